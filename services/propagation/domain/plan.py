"""What the planner answers: everything that a run would write and everything that it would not, with the reason."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from services.propagation.domain.failures import Failure
from services.propagation.domain.flow import Flow
from services.propagation.domain.values import Detail, Key
from services.propagation.domain.wave import Node


class Move(NamedTuple):
    """One detail of a string before and after (None = there is no such detail), and the update that moves it."""

    key: Key
    before: Detail | None
    after: Detail | None
    update: int


@dataclass(slots=True, eq=False)
class Change:
    """One string written once: `updates` are all that reach it, `cause` the one that decides its place in the order.

    `parts` replaces the string's projection also where the name stays the same.
    """

    node: Node
    level: int
    is_direct: bool
    cause: int
    updates: tuple[int, ...]
    parent_id: int | None
    moves: list[Move]
    value: str
    parts: Sequence[str | None]
    is_auto_generated: bool

    @property
    def string_id(self) -> int:
        return self.node.id

    @property
    def value_before(self) -> str:
        return self.node.value

    @property
    def version(self) -> int:
        return self.node.version

    @property
    def change_type(self) -> str:
        return "direct" if self.is_direct else "inherited"


@dataclass(slots=True, eq=False)
class LeftOut:
    """A string that fails; `own_updates` are those that name it, `updates` all that would have changed it."""

    node: Node
    level: int
    updates: tuple[int, ...]
    own_updates: tuple[int, ...]
    failure: Failure
    value: str


@dataclass(slots=True, eq=False)
class Skipped:
    """A string that does not change because `stopped_by`, above it, was left out."""

    node: Node
    level: int
    updates: tuple[int, ...]
    stopped_by: int | None


class Relink(NamedTuple):
    """A detail that keeps its value and only gets another lineage: not a change of the string."""

    string_id: int
    key: Key
    is_inherited: bool
    source_id: int | None


class Conflict(NamedTuple):
    string_id: int
    conflicting_string_id: int
    value: str
    message: str


class ManyChildren(NamedTuple):
    string_id: int
    children: int

    @property
    def severity(self) -> str:
        return "high" if self.children >= 100 else "medium"


class StaleReason(StrEnum):
    PENDING_PROPAGATION = "pending_propagation"
    REGENERATION_DISABLED = "regeneration_disabled"
    FAILED = "failed"
    INCOMPLETE = "incomplete"


@dataclass(slots=True)
class WavePlan:
    """`frontier` are planned or passed strings whose children were not loaded, with the flows that leave each.

    `pending` are the details (string, key) that did not reach everyone below; `fallen` is for the next wave.
    """

    changes: list[Change] = field(default_factory=list)
    failed: list[LeftOut] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    relinks: list[Relink] = field(default_factory=list)
    warnings: list[ManyChildren] = field(default_factory=list)
    stale: dict[int, StaleReason] = field(default_factory=dict)
    pending: set[tuple[int, Key]] = field(default_factory=set)
    frontier: dict[int, tuple[Flow, ...]] = field(default_factory=dict)
    fallen: set[int] = field(default_factory=set)
    truncated: bool = False

    @property
    def conflicts(self) -> list[Conflict]:
        return [
            Conflict(left.node.id, holder, left.value, left.failure.message)
            for left in self.failed
            if (holder := left.failure.conflicting_string_id) is not None
        ]

    @property
    def by_level(self) -> dict[int, int]:
        return dict(sorted(Counter(change.level for change in self.changes).items()))
