"""What people do with alerts."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from services.validation.domain.health.alerts import State
from services.validation.models import Alert
from shared import editing
from shared.errors import Conflict, Invalid
from shared.tenancy import context_of


def handle(session: Session, alert: Alert, state: State, *, reason: str, until: datetime | None = None) -> None:
    """Raises Conflict for an alert that is over, Invalid for a time that has passed."""
    if alert.state == State.RESOLVED:
        raise Conflict("This alert is over.", code="already_resolved")
    now = datetime.now(UTC)
    if state is State.MUTED and (until is None or until <= now):
        raise Invalid.field("/until", "in_the_past", "It is muted until a time that comes.")
    alert.handled_by = context_of(session).actor
    values = {
        "state": str(state),
        "reason": reason,
        "muted_until": until if state is State.MUTED else None,
        "resolved_at": now if state is State.RESOLVED else None,
    }
    editing.change(session, alert, values, verb=str(state))
