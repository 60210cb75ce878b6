"""Create, change and delete one row with its audit row; what is special to a kind of row stays with its noun."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.inspection import inspect
from sqlalchemy.orm import DeclarativeBase, Session

from shared.auditing.classification import classes_of, diff
from shared.auditing.models import EventType, Level, audit_events_of
from shared.auditing.writing import record
from shared.errors import AlreadyExists, InUse, NotFound, UnknownReference
from shared.locking import lock_rows
from shared.rows import Tombstoned, is_deleted, noun
from shared.tenancy import context_of, tenant_of

Row = TypeVar("Row", bound=DeclarativeBase)
# Who and when stand in the audit row itself.
_SAID_ELSEWHERE = frozenset({"tenant_id", "created_at", "updated_at", "created_by", "updated_by", "version"})


def create(session: Session, model: type[Row], values: Mapping[str, Any]) -> Row:
    """Stores a new row of the caller's tenant. Raises AlreadyExists where a name is taken."""
    actor = context_of(session).actor
    authors = {name: actor for name in ("created_by", "updated_by") if hasattr(model, name)}
    row = model(tenant_id=tenant_of(session), **authors, **values)
    session.add(row)
    flush(session, noun(model))
    session.refresh(row)
    audit(session, row, "created", event_type=EventType.CREATED)
    return row


def change(session: Session, row: DeclarativeBase, values: Mapping[str, Any], *, verb: str = "updated") -> bool:
    """Stores what differs; a change that changes nothing leaves no trace. Returns whether there was one."""
    before = {name: getattr(row, name) for name in values}
    changed = {name: value for name, value in values.items() if value != before[name]}
    if not changed:
        return False
    for name, value in changed.items():
        setattr(row, name, value)
    if hasattr(row, "updated_by"):
        row.updated_by = context_of(session).actor
    flush(session, noun(type(row)))
    session.refresh(row)
    changes = diff({name: before[name] for name in changed}, changed, classes_of(type(row).__table__))  # type: ignore[arg-type]
    audit(session, row, verb, changes=changes)
    return True


def delete(session: Session, row: DeclarativeBase) -> None:
    """Removes a row, or marks it as deleted; what it was stays in the audit row.

    Raises InUse while something refers to it.
    """
    snapshot = {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}
    if isinstance(row, Tombstoned):
        row.deleted_at = datetime.now(UTC)
    else:
        session.delete(row)
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as failure:
        raise InUse(f"This {noun(type(row))} is in use.") from failure
    shown = {name: value for name, value in snapshot.items() if name not in _SAID_ELSEWHERE}
    audit(session, row, "deleted", event_type=EventType.DELETED, level=Level.WARNING, metadata={"snapshot": shown})


def flush(session: Session, what: str) -> None:
    """Writes now, so that the answer shows versions and times, and a taken name is told by its noun."""
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as failure:
        constraint = getattr(getattr(failure.orig, "diag", None), "constraint_name", "") or ""
        if getattr(failure.orig, "sqlstate", "") == "23505":
            raise AlreadyExists(f"This {what} already exists.", constraint=constraint) from failure
        raise


def audit(
    session: Session,
    row: DeclarativeBase,
    verb: str,
    *,
    event_type: EventType = EventType.UPDATED,
    changes: Mapping[str, Any] | None = None,
    **entry: Any,
) -> None:
    """One audit row about this row, unless the service has switched the usual ones off."""
    events = audit_events_of(type(row))
    if not events.are_automatic(session):
        return
    entity = noun(type(row)).replace(" ", "_")
    record(
        session,
        events,
        action=f"{entity}.{verb}",
        entity_type=entity,
        entity_id=getattr(row, "id", None) or getattr(row, "tenant_id", ""),
        event_type=event_type,
        changes=changes,
        classification=classes_of(type(row).__table__),  # type: ignore[arg-type]
        **entry,
    )


def demand_reference(
    session: Session, model: type[Row], row_id: Any, pointer: str, *, code: str = UnknownReference.code
) -> Row | None:
    """The row that a body refers to. Raises UnknownReference: missing and foreign look alike."""
    if row_id is None:
        return None
    found = session.get(model, (tenant_of(session), row_id))
    if found is None or is_deleted(found):
        raise UnknownReference(pointer, f"{pointer[1:]}: there is no {noun(model)} {row_id}.", code=code)
    return found


def locked(session: Session, model: type[Row], row_id: Any) -> Row:
    """The row, locked until the end, so that what is compared now still holds when it is written.

    Raises NotFound and Busy.
    """
    key: Any = inspect(model).primary_key[-1]
    found = lock_rows(session, select(model).where(key == row_id), may_be_referred_to=True)
    if not found or is_deleted(found[0]):
        raise NotFound(f"There is no such {noun(model)}.")
    return found[0]
