"""Where strings move to: whether they may stand there, and what they find above themselves then. The number of
statements does not grow with the number of strings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.propagation.domain.failures import ErrorType, Failure
from services.propagation.domain.values import Above, Detail, Key, plain
from services.propagation.models import Field, String
from services.propagation.operations.runs.request import Item
from services.propagation.queries import strings as queries
from services.propagation.queries.strings import Lineage
from shared.tenancy import tenant_of

Place = Mapping[Key, Above]


@dataclass(slots=True)
class Named:
    """A string that items name, as it is stored."""

    id: int
    name: str
    version: int
    parent_id: int | None
    field_id: int
    rule_id: int
    details: dict[Key, Detail] = field(default_factory=dict)


def places(
    session: Session, moves: Sequence[Item], strings: Mapping[int, Named]
) -> tuple[dict[int, Place], dict[int, Failure]]:
    """What stands above the new place of each string that may move there, by string; by item what stops the others.

    `strings` are the moving ones by item. What stands above a new place is kept from changing.
    """
    parents = {item.parent_id for item in moves if item.parent_id is not None}
    if not parents:
        return {strings[item.index].id: {} for item in moves}, {}
    below = _fields_below(session, parents)
    above = _above(session, below)
    refused = {
        item.index: problem
        for item in moves
        if item.parent_id is not None
        and (problem := _misplaced(strings[item.index], item.parent_id, below, above)) is not None
    }
    kept = [item for item in moves if item.index not in refused]
    targets = {item.parent_id for item in kept if item.parent_id is not None}
    queries.lock_above(session, targets)
    found = {parent_id: _as_place(lineage) for parent_id, lineage in queries.lineages(session, targets).items()}
    return {strings[item.index].id: found.get(item.parent_id or 0, {}) for item in kept}, refused


def _fields_below(session: Session, ids: set[int]) -> dict[int, int | None]:
    """The field that stands below each of these strings, as far as they exist."""
    rows = session.execute(
        select(String.id, Field.next_field_id)
        .join(Field, (Field.tenant_id == String.tenant_id) & (Field.id == String.field_id))
        .where(String.tenant_id == tenant_of(session), String.id.in_(ids))
    )
    return {string_id: next_field_id for string_id, next_field_id in rows}


def _above(session: Session, ids: Mapping[int, int | None]) -> set[tuple[int, int]]:
    """(string, itself or one above it) for all of these."""
    walk = queries.upward(session, ids)
    return {(root, string_id) for root, string_id in session.execute(select(walk.c.root, walk.c.id))}


def _misplaced(
    string: Named, parent_id: int, below: Mapping[int, int | None], above: set[tuple[int, int]]
) -> Failure | None:
    if parent_id not in below:
        return invalid("not_found", f"There is no string {parent_id}.")
    if (parent_id, string.id) in above:
        return invalid("circular_dependency", f"The string {parent_id} is the string {string.id} or stands below it.")
    if below[parent_id] != string.field_id:
        return invalid("invalid_parent", f"The string {parent_id} is not exactly one level above.")
    return None


def _as_place(found: Lineage) -> Place:
    place: dict[Key, Above] = dict(found.details.items())
    for key, (value, source_id) in found.custom_fields.items():
        place[key] = Above(source_id, plain(value), source_id)
    return place


def invalid(code: str, message: str) -> Failure:
    return Failure(ErrorType.VALIDATION, code, message)
