"""Refused permissions: an audit row and its denial record, written after everything else was rolled back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.workflow.domain.risk import Risk, risk_of
from services.workflow.models import AuditEvent, DenialRecord
from shared.auditing.models import EventType, Level
from shared.auditing.writing import record
from shared.tenancy import context_of, tenant_of

WINDOW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was refused. `action` is dotted; `required` are the permissions that it takes; `items` is the size of a bulk
    call; `beside` writes what belongs beside the audit row whose id it gets."""

    action: str
    required: Sequence[str]
    detail: str
    entity: str | None = None
    entity_id: object | None = None
    items: int = 1
    beside: Callable[[Session, int], None] | None = None
    method: str | None = None
    path: str | None = None

    def sent(self, method: str, path: str) -> "Attempt":
        return replace(self, method=method, path=path)


def record_denial(session: Session, attempt: Attempt) -> int:
    """Writes both rows; returns the id of the audit row."""
    context = context_of(session)
    risk = _risk(session, attempt)
    audit = record(
        session,
        AuditEvent,
        action="access.denied",
        entity_type=attempt.entity or "permission",
        entity_id=attempt.entity_id if attempt.entity else ", ".join(attempt.required),
        event_type=EventType.PERMISSION_DENIED,
        level=Level.SECURITY,
        message=attempt.detail,
        metadata={"attempted_action": attempt.action, "risk_score": risk.score, "risk_level": risk.level},
        security_flags=["permission_denied", "SECURITY_EVENT", *(["suspicious"] if risk.suspicious else [])],
    )
    session.add(
        DenialRecord(
            tenant_id=tenant_of(session),
            audit_id=audit.id,
            correlation_id=context.correlation_id,
            required_permissions=list(attempt.required),
            held_permissions=sorted(context.permissions),
            attempted_action=attempt.action,
            entity=attempt.entity,
            entity_id=None if attempt.entity_id is None else str(attempt.entity_id),
            method=attempt.method,
            path=attempt.path,
            risk_score=risk.score,
            risk_level=risk.level,
            suspicious=risk.suspicious,
            actor=context.actor,
        )
    )
    session.flush()
    if attempt.beside is not None:
        attempt.beside(session, audit.id)
    return audit.id


def _risk(session: Session, attempt: Attempt) -> Risk:
    context = context_of(session)
    before = session.scalar(
        select(func.count()).where(
            DenialRecord.tenant_id == context.tenant_id,
            DenialRecord.actor == context.actor,
            DenialRecord.created_at > datetime.now(UTC) - WINDOW,
        )
    )
    return risk_of(attempt.required, recent=(before or 0) + 1, items=attempt.items)
