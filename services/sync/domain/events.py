"""What webhooks may ask to be told of."""

EVENT_TYPES = ("run.ended",)
