"""What the service knows without a database: traits, limits, statuses, who may what."""
