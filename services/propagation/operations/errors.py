"""What a person does about the errors of runs."""

from sqlalchemy import func
from sqlalchemy.orm import Session

from services.propagation.errors import AlreadyResolved
from services.propagation.models import AuditEvent, RunError
from shared.auditing.models import EventType
from shared.auditing.writing import record
from shared.tenancy import context_of

# The other words are those of retries: retried, superseded, obsolete.
MARKED = "marked_resolved"


def mark_resolved(session: Session, error: RunError) -> None:
    """The caller vouches for it. Raises AlreadyResolved; of two at once the second finds the first's."""
    session.refresh(error, with_for_update=True)
    if error.resolved:
        raise AlreadyResolved("This error is resolved already.", resolution=error.resolution)
    context = context_of(session)
    error.resolved, error.resolution, error.is_retryable = True, MARKED, False
    error.resolved_at = func.now()
    error.resolved_by, error.resolved_by_name = context.actor, context.actor_name
    session.flush()
    session.refresh(error)
    record(
        session,
        AuditEvent,
        action="error.resolved",
        entity_type="error",
        entity_id=error.id,
        event_type=EventType.STATE_CHANGED,
        changes={"resolved": [False, True]},
    )
