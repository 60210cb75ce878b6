"""Rows that belong to an item and count their own versions; the item's version stays as it is, unless its machine
has votes, which an edit voids."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.workflow.errors import TooMany
from services.workflow.operations import sets
from services.workflow.operations.entities import Entity, Values, find
from services.workflow.operations.items import demand_not_ended
from shared import editing
from shared.errors import NotFound
from shared.rows import noun
from shared.tenancy import tenant_of


def allowed(_item: Any, _part: Any) -> Values:
    return {}


@dataclass(frozen=True, kw_only=True)
class Part:
    """A kind of rows below an item; `parent` is the column that names it. Numbered by `position`.

    `check` gets the item and the part (None for a new one), raises what forbids the change, and returns what a new
    part starts with.
    """

    entity: Entity
    model: Any
    parent: str
    at_most: int
    check: Callable[[Any, Any], Values] = allowed

    @property
    def parent_column(self) -> Any:
        return getattr(self.model, self.parent)


def of_item(session: Session, part: Part, item_id: int) -> Any:
    """The select of an item's parts."""
    return select(part.model).where(part.model.tenant_id == tenant_of(session), part.parent_column == item_id)


def demand(session: Session, part: Part, item_id: int, part_id: int) -> Any:
    """Raises NotFound for a part that is missing or belongs to another item."""
    found = session.scalar(of_item(session, part, item_id).where(part.model.id == part_id))
    if found is None:
        raise NotFound(f"There is no such {noun(part.model)}.")
    return found


def add(session: Session, part: Part, item_id: int, values: Values) -> Any:
    """A new part, after the last one unless it brings a position. Raises TerminalState, TooMany, AlreadyExists."""
    start = part.check(_open_item(session, part, item_id), None)
    count = func.count(), func.coalesce(func.max(part.model.position), 0)
    number, last = session.execute(
        select(*count).where(part.model.tenant_id == tenant_of(session), part.parent_column == item_id)
    ).one()
    if number >= part.at_most:
        raise TooMany(f"A {noun(part.entity.model)} holds at most {part.at_most} of them.")
    return editing.create(session, part.model, start | {"position": last + 1} | values | {part.parent: item_id})


def locked(session: Session, part: Part, item_id: int, part_id: int) -> Any:
    """The part, to be changed, with its item held: what a transition of the item looks at does not move under it."""
    item = _open_item(session, part, item_id)
    demand(session, part, item_id, part_id)
    row = editing.locked(session, part.model, part_id)
    part.check(item, row)
    return row


def _open_item(session: Session, part: Part, item_id: int) -> Any:
    item = find(session, part.entity, item_id, lock=True)
    demand_not_ended(part.entity, item)
    if part.entity.lifecycle.machine_of(item).has_votes:
        sets.update_rows(session, part.entity.model, [(item, {})])  # what was voted for is another thing now
    return item
