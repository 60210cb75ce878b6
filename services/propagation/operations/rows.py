"""Create, change and delete one row with its audit row; what is special to a kind of row stays with its noun."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.inspection import inspect
from sqlalchemy.orm import Session

from services.propagation.errors import AlreadyExists, InUse
from services.propagation.models import AuditEvent, Base
from shared.auditing.classification import diff
from shared.auditing.models import EventType
from shared.auditing.writing import record
from shared.errors import FieldError, Invalid
from shared.tenancy import context_of, tenant_of

Row = TypeVar("Row", bound=Base)


def create(session: Session, model: type[Row], values: Mapping[str, Any]) -> Row:
    """Stores a new row of the caller's tenant. Raises AlreadyExists where a name is taken."""
    row = model(tenant_id=tenant_of(session), created_by=context_of(session).actor, **values)
    session.add(row)
    flush(session, noun(model))
    session.refresh(row)
    audit(session, row, "created", {}, values, event_type=EventType.CREATED)
    return row


def change(session: Session, row: Row, values: Mapping[str, Any]) -> bool:
    """Stores what differs; a change that changes nothing leaves no trace. Returns whether there was one."""
    before = {name: getattr(row, name) for name in values}
    changed = {name: value for name, value in values.items() if value != before[name]}
    if not changed:
        return False
    for name, value in changed.items():
        setattr(row, name, value)
    flush(session, noun(type(row)))
    session.refresh(row)
    audit(session, row, "updated", before, changed, event_type=EventType.UPDATED)
    return True


def delete(session: Session, row: Base) -> None:
    """Removes a row. Raises InUse while something refers to it."""
    mapper = inspect(type(row))
    before = {column.key: getattr(row, column.key) for column in mapper.column_attrs}
    session.delete(row)
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as failure:
        raise InUse(f"This {noun(type(row))} is in use.") from failure
    audit(session, row, "deleted", before, {}, event_type=EventType.DELETED)


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
    row: Base,
    verb: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    event_type: EventType,
) -> None:
    entity = noun(type(row)).replace(" ", "_")
    record(
        session,
        AuditEvent,
        action=f"{entity}.{verb}",
        entity_type=entity,
        entity_id=str(getattr(row, "id", None) or getattr(row, "tenant_id", "")),
        event_type=event_type,
        changes=diff({k: v for k, v in before.items() if k in after or not after}, after),
    )


def noun(model: type[Any]) -> str:
    """`RuleDetail` reads as "rule detail"."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in model.__name__).strip()


def demand_reference(session: Session, model: type[Base], row_id: int | None, pointer: str) -> Any:
    """The row that a body refers to. Raises Invalid `not_found` at the pointer: missing and foreign look alike."""
    if row_id is None:
        return None
    found = session.get(model, (tenant_of(session), row_id))
    if found is None:
        raise Invalid.field(pointer, "not_found", f"There is no {noun(model)} {row_id}.")
    return found


def fixed(row: Any, values: Mapping[str, Any], column: str) -> Any:
    """The reference that a row keeps for life: the given one on creation, afterwards only the stored one."""
    if row is None:
        return values[column]
    stored = getattr(row, column)
    if values.get(column, stored) != stored:
        name = column.removesuffix("_id") if column != "user_id" else column
        raise Invalid.field(f"/{name}", "immutable_field", f"{name} cannot be changed.")
    return stored


def demand_acyclic(session: Session, model: type[Any], row: Any, parent_id: int | None) -> None:
    """Raises Invalid `circular_dependency` if `parent_id` is the row itself or stands anywhere below it."""
    if parent_id is None or row is None:
        return
    table = model.__table__
    chain = select(table.c.id, table.c.parent_id).where(table.c.id == parent_id).cte("chain", recursive=True)
    above = select(table.c.id, table.c.parent_id).join(chain, table.c.id == chain.c.parent_id)
    chain = chain.union(above)
    if session.scalar(select(chain.c.id).where(chain.c.id == row.id)) is not None:
        error = FieldError("/parent", "circular_dependency", "The parent stands below this row.")
        raise Invalid(error.detail, code=error.code, errors=[error])
