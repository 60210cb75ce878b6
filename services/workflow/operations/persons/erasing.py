"""Erases what a person has written: two people want it, then the key is destroyed, and with it every text under it, in
tables, audit log and archive alike. Rows, hashes and seals stay as they are."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from services.workflow.errors import AlreadyDecided, OwnWork
from services.workflow.models import AuditEvent
from services.workflow.models.person_keys import Erasure, PersonKey
from shared import editing
from shared.auditing.models import EventType, Level
from shared.auditing.writing import record
from shared.tenancy import context_of, tenant_of


def erasures(session: Session) -> Select[Erasure]:
    return select(Erasure).where(Erasure.tenant_id == tenant_of(session))


def ask(session: Session, *, subject: str, reason: str) -> Erasure:
    """The wish of the first person. Raises AlreadyExists while another one about the same person waits."""
    return editing.create(session, Erasure, {"subject": subject, "reason": reason})


def carry_out(session: Session, erasure: Erasure) -> Erasure:
    """By a second person; there is no way back. `erasure` is locked. Raises AlreadyDecided, OwnWork."""
    _demand_pending(erasure)
    if context_of(session).actor == erasure.created_by:
        raise OwnWork("Who has asked for an erasure does not carry it out; it takes a second person.")
    theirs = (PersonKey.tenant_id == tenant_of(session), PersonKey.subject == erasure.subject)
    destroyed = session.scalars(
        update(PersonKey)
        .where(*theirs, PersonKey.key.is_not(None))
        .values(key=None, erased_at=datetime.now(UTC), updated_at=datetime.now(UTC))
        .returning(PersonKey.id)
        .execution_options(synchronize_session=False)
    ).all()
    for kept in ("person_keys", "person_key_of", "person_text"):
        session.info.pop(kept, None)
    _decide(session, erasure, "DONE", keys_destroyed=len(destroyed))
    record(
        session,
        AuditEvent,
        action="person.erased",
        entity_type="person",
        entity_id=erasure.subject,
        event_type=EventType.DATA_ACCESSED,
        level=Level.SECURITY,
        message=f"Everything that {erasure.subject} wrote is unreadable from now on.",
        metadata={"erasure": erasure.id, "asked_by": erasure.created_by, "keys_destroyed": len(destroyed)},
        security_flags=["person_erased"],
    )
    return erasure


def withdraw(session: Session, erasure: Erasure) -> Erasure:
    """Raises AlreadyDecided."""
    _demand_pending(erasure)
    _decide(session, erasure, "WITHDRAWN")
    return erasure


def _decide(session: Session, erasure: Erasure, state: str, **more: Any) -> None:
    decided = {"decided_by": context_of(session).actor, "decided_at": datetime.now(UTC)}
    editing.change(session, erasure, {"state": state} | decided | more)


def _demand_pending(erasure: Erasure) -> None:
    if erasure.state != "PENDING":
        raise AlreadyDecided(f"This erasure is {erasure.state} already.", state=erasure.state)
