"""A string while its level is being planned."""

from collections.abc import Sequence

from services.propagation.domain.failures import Failure
from services.propagation.domain.flow import Fate, Flow
from services.propagation.domain.inheritance import Rule
from services.propagation.domain.plan import Change, LeftOut, Move, Relink, StaleReason
from services.propagation.domain.values import Detail, Key
from services.propagation.domain.wave import NameKey, Node

_NO_LEVEL = 1_000_000


class Draft:
    """What has met a string so far; with a failure it becomes a `LeftOut`, otherwise a `Change`.

    `onward` are the flows that pass or were taken, `sent` those that start here; `held` is the name it has now and
    `claim` the one it is to have.
    """

    __slots__ = (
        "changed_by",
        "claim",
        "failure",
        "held",
        "incoming",
        "is_auto_generated",
        "level",
        "moves",
        "named_by",
        "node",
        "onward",
        "parent_id",
        "parts",
        "relinks",
        "sent",
        "stale",
        "updates",
        "value",
    )  # fmt: skip

    def __init__(self, node: Node, parent_id: int | None, *, incoming: tuple[Flow, ...]) -> None:
        self.node = node
        self.parent_id = parent_id
        self.incoming = incoming
        self.level = _NO_LEVEL
        self.moves: list[Move] = []
        self.updates: tuple[int, ...] = ()
        self.named_by: tuple[int, ...] = ()
        self.changed_by: tuple[int, ...] = ()
        self.onward = incoming
        self.sent: tuple[Flow, ...] = ()
        self.relinks: tuple[Relink, ...] = ()
        self.value = node.value
        self.parts: Sequence[str | None] = node.parts
        self.is_auto_generated = node.is_auto_generated
        self.failure: Failure | None = None
        self.stale: StaleReason | None = None
        self.held: NameKey = node.name_key
        self.claim = self.held if parent_id == node.parent_id else (node.rule_id, node.field_id, parent_id, node.value)

    @property
    def is_moved(self) -> bool:
        return self.parent_id != self.node.parent_id

    @property
    def is_change(self) -> bool:
        if self.moves or self.failure is not None or self.is_moved or self.claim != self.held:
            return True
        return self.is_auto_generated != self.node.is_auto_generated

    @property
    def outgoing(self) -> tuple[Flow, ...]:
        return self.onward + self.sent if self.sent else self.onward

    @property
    def rank(self) -> tuple[int, int, int]:
        """Who gets a contested name: by update, level, id."""
        cause, level = self.place
        return (cause, level, self.node.id)

    @property
    def place(self) -> tuple[int, int]:
        """The update that decides the place in the order, and the level: 0 where an explicit value changes it."""
        return (self.changed_by[0], 0) if self.changed_by else (self.updates[0], self.level)

    def take(self, flow: Flow, detail: Detail) -> None:
        self.moves.append(Move(flow.key, detail, flow.arrival, flow.updates[0]))
        self.updates = merged(self.updates, flow.updates)
        hops = self.node.level - flow.origin_level
        if hops < self.level:
            self.level = hops

    def pass_on(self, flow: Flow, detail: Detail, *, is_within_reach: bool) -> Flow:
        """The string has the value already: what changes at most is where it says that it comes from."""
        if not is_within_reach and flow.fate is not Fate.LINEAGE:
            return flow
        if not detail.is_inherited:
            return flow.from_own(self.node.id)
        if detail.source_id != flow.arrival.source_id:
            self.relink(flow.key, flow.arrival)
        return flow

    def change_by(self, index: int) -> None:
        self.changed_by = merged(self.changed_by, (index,))
        self.updates = merged(self.updates, (index,))

    def put(self, key: Key, *, before: Detail | None, after: Detail | None, update: int) -> None:
        self.moves.append(Move(key, before, after, update))
        self.change_by(update)

    def relink(self, key: Key, detail: Detail) -> None:
        self.relinks += (Relink(self.node.id, key, detail.is_inherited, detail.source_id),)

    def send(self, flow: Flow) -> None:
        if flow.rule is not Rule.NEVER:
            self.sent += (flow,)

    def as_change(self) -> Change:
        cause, level = self.place
        return Change(
            self.node,
            level,
            bool(self.changed_by),
            cause,
            self.updates,
            self.parent_id,
            self.moves,
            self.value,
            self.parts,
            self.is_auto_generated,
        )

    def as_left_out(self, failure: Failure) -> LeftOut:
        _, level = self.place
        updates = merged(self.updates, self.named_by)
        return LeftOut(self.node, level, updates, self.named_by, failure, self.claim[3])


def merged(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...]:
    if not first or first == second:
        return second
    return tuple(sorted({*first, *second})) if second else first
