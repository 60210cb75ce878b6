"""What stores cost, through the service's own calls."""
