"""What the planner is given: the strings loaded together, what is wanted of them, and the rules of the run."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from services.propagation.domain.dependencies import NO_DEPENDENCIES, Dependencies
from services.propagation.domain.failures import Failure
from services.propagation.domain.flow import Flow
from services.propagation.domain.generation import RuleLevel
from services.propagation.domain.inheritance import Rule
from services.propagation.domain.values import EMPTY, Above, Detail, Key, Value

# (rule, field, parent, name): what must be unique.
NameKey: TypeAlias = tuple[int, int, int | None, str]


@dataclass(slots=True, eq=False)
class Node:
    """A loaded string.

    `level` is its field's level, `parts` the effective values in the order of its own rule level, `details` those of
    the keys on the move only (and of the dimensions these depend on); a key that is not there is lacking.
    """

    id: int
    parent_id: int | None
    level: int
    rule_id: int
    field_id: int
    value: str
    version: int
    parts: Sequence[str | None]
    details: Mapping[Key, Detail]
    is_auto_generated: bool = True
    children: int = 0
    is_stale: bool = False

    @property
    def name_key(self) -> NameKey:
        return (self.rule_id, self.field_id, self.parent_id, self.value)


class UpdateKind(StrEnum):
    """How an explicit value acts: only a chosen and a resent one flow down.

    REPLACE puts a value in place of another and keeps the lineage, RESTORE puts `restored` back and falls with any
    string that is left out above, REMOVE takes the detail away, RESEND sends the stored value down again, RESET takes
    what stands above.
    """

    CHOOSE = "choose"
    REPLACE = "replace"
    RESTORE = "restore"
    REMOVE = "remove"
    RESEND = "resend"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Update:
    """One explicit value; `index` is its place in the request, `above` what the nearest string above holds now.

    `restored` None means that there was no detail before.
    """

    index: int
    string_id: int
    key: Key
    value: Value = EMPTY
    kind: UpdateKind = UpdateKind.CHOOSE
    own: bool = False
    above: Above | None = None
    restored: Detail | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """Values that come to a string from above although nothing above is planned: a new parent, or a retry.

    With `is_move` the string goes under `parent_id`, and own values stay whatever the rule says.
    """

    index: int
    string_id: int
    parent_id: int | None
    above: Mapping[Key, Above] = field(default_factory=dict)
    is_move: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """Whole families, so that names can be judged: with a string whose children it meets, all its children.

    `inflows` are the flows that leave a parent of an earlier wave (its entry in that plan's frontier); `regenerate` are
    strings whose name is to be made again from the parts as loaded (a renamed value, an edited rule); `spine` are the
    strings between an upper explicit string and a lower one; `fallen` are strings above or in this wave whose subtree
    must not be restored; `refused` are strings that are known to fail whatever is planned for them.
    """

    nodes: Collection[Node]
    updates: Sequence[Update] = ()
    entries: Sequence[Entry] = ()
    inflows: Mapping[int, tuple[Flow, ...]] = field(default_factory=dict)
    regenerate: Collection[int] = frozenset()
    spine: Collection[int] = frozenset()
    fallen: Collection[int] = frozenset()
    refused: Mapping[int, Failure] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is the same for all waves of a run; `rules` has a rule for every key on the move.

    `propagate` is False for every reason that keeps a change at the named strings (the request, manual mode,
    inheritance off), `regenerate` is False with the kill switch.
    """

    levels: Mapping[tuple[int, int], RuleLevel]
    rules: Mapping[Key, Rule]
    max_depth: int = 10
    propagate: bool = True
    regenerate: bool = True
    dependencies: Dependencies = NO_DEPENDENCIES

    @property
    def reach(self) -> int:
        """The number of levels that may change, the explicit string's own included."""
        return self.max_depth if self.propagate and self.regenerate else 1
