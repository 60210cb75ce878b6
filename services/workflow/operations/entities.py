"""What is declared about a kind of item, so that creating, editing, assigning and listing are written once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import True_, select
from sqlalchemy.orm import Session

from services.workflow.models import Base
from services.workflow.operations.transitions.lifecycle import Lifecycle
from services.workflow.queries.seeing import seen_by_caller
from shared.errors import NotFound
from shared.locking import lock_rows
from shared.rows import noun
from shared.tenancy import tenant_of

Values = dict[str, Any]
# (session, row or None for a new one, values) -> values to store; raises what is special to the entity.
Prepare = Callable[[Session, Any, Values], Values]
# (session, rows that were assigned)
AfterAssign = Callable[[Session, Any, Values], None]


def as_given(_session: Session, _row: Any, values: Values) -> Values:
    return values


def never_known(_session: Session, _values: Values) -> Any:
    return None


def nothing_more(_session: Session, _row: Any) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A bulk operation that moves to one state; with `comments` the call must bring them."""

    target: str
    comments: bool = False


@dataclass(frozen=True, kw_only=True)
class Entity:
    """One of the kinds of items.

    `editable` may be changed with `<area>.update`, `editable_by_all` with `<area>.update_all` as well, and `by_patch`
    are those of the latter that no bulk update takes. `references` are columns that hold ids of other rows here.
    `prefix` begins generated numbers. `shortcuts` and `bulk_priority` are bulk operations of its own. `known` finds
    what the same request made before. `prepare` checks and completes values, `created` follows a creation.
    """

    lifecycle: Lifecycle
    path: str
    editable: frozenset[str]
    editable_by_all: frozenset[str]
    by_patch: frozenset[str] = frozenset()
    references: Mapping[str, type[Base]] = field(default_factory=dict)
    prefix: str | None = None
    assignable: bool = True
    shortcuts: Mapping[str, Shortcut] = field(default_factory=dict)
    bulk_priority: bool = False
    known: Callable[[Session, Values], Any] = never_known
    prepare: Prepare = as_given
    created: Callable[[Session, Any], None] = nothing_more

    @property
    def name(self) -> str:
        return self.lifecycle.entity

    @property
    def area(self) -> str:
        return self.lifecycle.area

    @property
    def model(self) -> Any:
        return self.lifecycle.model


def find(session: Session, entity: Entity, item_id: int, *, lock: bool = False) -> Any:
    """The item, if the caller sees it. Raises NotFound: missing, foreign and hidden look alike; Busy."""
    model, seen = entity.model, seen_by_caller(session, entity.model, entity.area)
    if isinstance(seen, True_) and not lock:  # the short way of most reads
        row = session.get(model, (tenant_of(session), item_id), populate_existing=True)
        found = [] if row is None else [row]
    else:
        rows = select(model).where(model.tenant_id == tenant_of(session), model.id == item_id, seen)
        found = lock_rows(session, rows) if lock else list(session.scalars(rows))
    if not found:
        raise NotFound(f"There is no such {noun(model)}.")
    return found[0]


def is_ended(entity: Entity, row: Any) -> bool:
    return row.state in entity.lifecycle.machine_of(row).terminal
