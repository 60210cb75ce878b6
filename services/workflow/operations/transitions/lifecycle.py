"""What binds a machine to rows, and the effects that follow a move."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Table
from sqlalchemy.orm import Session

from services.workflow.domain.machines.asking import Ask
from services.workflow.domain.machines.definition import Edge, Machine
from services.workflow.domain.machines.shipped import machine_of, machines
from services.workflow.models import Living
from shared.auditing.models import Level

LoadFacts = Callable[[Session, Sequence[Any], Ask], Mapping[int, Any]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """An item to move. `version` is what a body sent; `picture` refuses a stale If-Match by raising VersionConflict."""

    id: int
    version: int | None = None
    picture: Callable[[Any], None] | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """An item that has moved: `row` shows it as it is now, `facts` what was known before, `metadata` what the record
    keeps: the request's and what effects noted."""

    row: Any
    from_state: str
    to_state: str
    edge: Edge
    facts: Any
    ask: Ask
    warnings: Sequence[str]
    metadata: Mapping[str, Any] = field(default_factory=dict)


def nothing(_row: Any) -> Mapping[str, Any]:
    return {}


def news(_move: Move) -> Level:
    return Level.INFO


def no_flags(_from_state: str, _to_state: str) -> Sequence[str]:
    return ()


def of_edge(_row: Any, edge: Edge) -> Sequence[str]:
    return edge.permissions


def as_defined(_row: Any, edge: Edge) -> int:
    return edge.votes


@dataclass(frozen=True, kw_only=True)
class Lifecycle:
    """One machine on one table.

    `entity` is the word of records, audit rows and events; `column` holds the state. `facts` loads what guards and
    stamps know, with a number of statements that does not depend on the number of rows. `flags` marks attempts,
    `level` is that of a move's audit row, `shown` is what its event tells of the row, `needed` are the permissions of
    an edge for a row and `votes` how many it takes. `event` is the one word of all its events; without one each state
    is the word of its own.
    """

    machine: str
    model: type[Living]
    entity: str
    area: str
    facts: LoadFacts
    column: str = "state"
    flags: Callable[[str, str], Sequence[str]] = field(default=no_flags)
    event: str | None = None
    level: Callable[[Move], Level] = field(default=news)
    votes: Callable[[Any, Edge], int] = field(default=as_defined)
    shown: Callable[[Any], Mapping[str, Any]] = field(default=nothing)
    needed: Callable[[Any, Edge], Sequence[str]] = field(default=of_edge)

    @property
    def table(self) -> Table:
        table: Table = self.model.__table__  # type: ignore[attr-defined]  # a mapped class has one
        return table

    @property
    def newest(self) -> Machine:
        return machines()[self.machine]

    def machine_of(self, row: Any) -> Machine:
        """The definition that this item stands on; only the main machine of a row is versioned by it."""
        return machine_of(self.machine, row.machine_version) if self.column == "state" else self.newest

    def event_of(self, state: str) -> str:
        """`work_order.approved`, or `ticket.state_changed` where the lifecycle has one word for all."""
        return f"{self.machine}.{self.event or state.lower()}"

    @property
    def events(self) -> list[str]:
        return list(dict.fromkeys(self.event_of(state) for state in self.newest.states))

    def state_of(self, row: Any) -> str:
        return str(getattr(row, self.column))


After = Callable[[Session, Sequence[Move]], None]
SomeAfter = TypeVar("SomeAfter", bound=After)
AFTER: dict[str, After] = {}


def after(effect: SomeAfter) -> SomeAfter:
    """Registers an after-effect under its own name; it gets every item of the set whose edge names it."""
    if effect.__name__ in AFTER:
        raise ValueError(f"{effect.__name__} is registered twice")
    AFTER[effect.__name__] = effect
    return effect
