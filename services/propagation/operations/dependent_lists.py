"""Dependent lists: which value of the parent dimension each value of a dimension belongs to."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ARRAY, BigInteger, cast, func, select, update
from sqlalchemy.orm import Session

from services.propagation.models import AuditEvent, Dimension, DimensionValue
from shared.auditing.models import EventType
from shared.auditing.writing import Entry, record_many
from shared.errors import FieldError, Invalid
from shared.tenancy import tenant_of


@dataclass(frozen=True, slots=True)
class Assignment:
    """A value and the value of the parent dimension that it shall belong to; None sets it free."""

    value_id: int
    parent_id: int | None


def set_parents(session: Session, wanted: Sequence[Assignment]) -> list[DimensionValue]:
    """Assigns all or none, in a constant number of statements; the values in the order of the assignments.

    Raises Invalid with every assignment that is wrong.
    """
    _refuse(_repeated(wanted))
    known = _values(session, {item.value_id for item in wanted}, {item.parent_id for item in wanted} - {None})
    dimensions = select(Dimension.id, Dimension.parent_id).where(Dimension.tenant_id == tenant_of(session))
    above = {row_id: parent_id for row_id, parent_id in session.execute(dimensions)}
    _refuse(error for place, item in enumerate(wanted) for error in _problems(place, item, known, above))
    changed = [item for item in wanted if known[item.value_id].parent_id != item.parent_id]
    if changed:
        entries = [_entry(known[item.value_id], item) for item in changed]
        _store(session, changed)
        record_many(session, AuditEvent, entries)
        known = _values(session, {item.value_id for item in wanted}, set())
    return [known[item.value_id] for item in wanted]


def _repeated(wanted: Sequence[Assignment]) -> Iterator[FieldError]:
    times = Counter(item.value_id for item in wanted)
    for place, item in enumerate(wanted):
        if times[item.value_id] > 1:
            yield FieldError(f"/items/{place}/id", "duplicate_item", "This value is named more than once.")


def _values(session: Session, ids: set[int], parents: set[int | None]) -> dict[int, DimensionValue]:
    """Locked in the order of their ids: a parent must not go while values are put below it."""
    row = DimensionValue
    rows = select(row).where(row.tenant_id == tenant_of(session), row.id.in_(ids | parents)).order_by(row.id)
    locked = rows.with_for_update(key_share=True).execution_options(populate_existing=True)
    return {value.id: value for value in session.scalars(locked)}


def _problems(
    place: int, item: Assignment, known: Mapping[int, DimensionValue], above: Mapping[int, int | None]
) -> Iterator[FieldError]:
    value = known.get(item.value_id)
    if value is None:
        yield FieldError(f"/items/{place}/id", "not_found", f"There is no dimension value {item.value_id}.")
    if item.parent_id is None:
        return
    parent = known.get(item.parent_id)
    if parent is None:
        yield FieldError(f"/items/{place}/parent", "not_found", f"There is no dimension value {item.parent_id}.")
    elif value is not None and parent.dimension_id != above[value.dimension_id]:
        detail = "The parent is a value of the dimension's parent dimension."
        yield FieldError(f"/items/{place}/parent", "wrong_dimension", detail)


def _store(session: Session, changed: Sequence[Assignment]) -> None:
    ids, parents = ([item.value_id for item in changed], [item.parent_id for item in changed])
    pairs = (
        func.unnest(cast(ids, ARRAY(BigInteger)), cast(parents, ARRAY(BigInteger)))
        .table_valued("id", "parent_id", name="pairs")
        .render_derived()
    )
    session.execute(
        update(DimensionValue)
        .where(DimensionValue.tenant_id == tenant_of(session), DimensionValue.id == pairs.c.id)
        .values(parent_id=pairs.c.parent_id, version=DimensionValue.version + 1, updated_at=func.now()),
        execution_options={"synchronize_session": False},
    )


def _entry(value: DimensionValue, item: Assignment) -> Entry:
    return Entry(
        action="dimension_value.updated",
        entity_type="dimension_value",
        entity_id=value.id,
        event_type=EventType.UPDATED,
        changes={"parent_id": [value.parent_id, item.parent_id]},
    )


def _refuse(errors: Iterator[FieldError]) -> None:
    found = list(errors)
    if found:
        code = found[0].code if len({error.code for error in found}) == 1 else "invalid"
        raise Invalid(found[0].detail, code=code, errors=found)
