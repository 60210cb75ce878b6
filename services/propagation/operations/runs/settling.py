"""What the end of a run means for the error that it was another attempt at."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.propagation.models import AuditEvent, Job, RunError
from shared.auditing.models import EventType
from shared.auditing.writing import record

LIMIT = 3


def settle(session: Session, job: Job, status: str) -> None:
    """A run that did everything resolves the error; one that failed again leaves it as it is, counted."""
    packed: dict[str, Any] = (job.metadata_ or {}).get("request") or {}
    if packed.get("error_id") is None or status != "completed":
        return
    row = select(RunError).where(
        RunError.tenant_id == job.tenant_id, RunError.id == packed["error_id"], RunError.resolved.is_(False)
    )
    error = session.scalar(row.with_for_update())
    if error is not None:
        resolve(session, error, "retried", actor=job.requested_by, name=job.requested_by_name)


def resolve(session: Session, error: RunError, resolution: str, *, actor: str | None, name: str | None) -> None:
    error.resolved, error.resolution, error.is_retryable = True, resolution, False
    error.resolved_at, error.resolved_by, error.resolved_by_name = func.now(), actor, name
    session.flush()
    record(
        session,
        AuditEvent,
        action="error.resolved",
        entity_type="error",
        entity_id=error.id,
        event_type=EventType.STATE_CHANGED,
        changes={"resolved": [False, True]},
        metadata={"resolution": resolution},
    )
