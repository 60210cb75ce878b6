"""What webhooks may ask to be told of."""

from typing import Final

STATUS_CHANGED: Final = "character.status_changed"
ALERT: Final = "health.alert"

EVENT_TYPES: Final = (STATUS_CHANGED, ALERT)
