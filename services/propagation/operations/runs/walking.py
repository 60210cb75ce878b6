"""The walk of a run down the tree: loads a wave, plans it, remembers where the next one begins.

Memory is bounded by the wave (and the largest family), not by the tree; the number of statements of a wave is constant.
"""

from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from services.propagation.domain.failures import Failure
from services.propagation.domain.flow import Flow
from services.propagation.domain.freshness import caught_up
from services.propagation.domain.plan import WavePlan
from services.propagation.domain.planner import names_to_look_up, plan_wave
from services.propagation.domain.values import Above, Key
from services.propagation.domain.wave import Entry, Node, Scope, Update, UpdateKind, Wave
from services.propagation.operations.runs.codec import (
    FlowTable,
    pack_entry,
    pack_update,
    unpack_entry,
    unpack_flows,
    unpack_update,
)
from services.propagation.queries import descent
from services.propagation.queries import walk as rows


class Family(NamedTuple):
    """The children of a string, still to be visited, and what flows to them."""

    parent_id: int
    size: int
    flows: tuple[Flow, ...]


class Planned(NamedTuple):
    """One wave's plan and the strings that it was made from.

    `resent` are details that reach everybody unless the plan says otherwise, `caught_up` strings that are behind no
    more if nothing above them waits.
    """

    plan: WavePlan
    nodes: Sequence[Node]
    resent: Sequence[tuple[int, int]] = ()
    caught_up: Sequence[int] = ()


@dataclass
class Walk:
    """Where a run stands. `roots` are the explicit strings with none above them; `queue` the families to come.

    `refused` are strings that the database would not take. With `defers` families that nothing reaches any more are
    put aside in `behind`: their strings are at most to be marked.
    """

    scope: Scope
    updates: Mapping[int, Sequence[Update]]
    entries: Mapping[int, Entry] = field(default_factory=dict)
    roots: Sequence[int] = ()
    spine: Collection[int] = frozenset()
    queue: deque[Family] = field(default_factory=deque)
    fallen: Collection[int] = frozenset()
    regenerate: Collection[int] = frozenset()
    levels: Mapping[int, int] | None = None
    refused: Mapping[int, Failure] = field(default_factory=dict)
    defers: bool = False
    behind: deque[Family] = field(default_factory=deque)
    is_marking: bool = False

    @property
    def named(self) -> set[int]:
        """The explicit strings."""
        return {*self.updates, *self.entries, *self.regenerate}

    @property
    def is_done(self) -> bool:
        return not self.roots and not self.queue

    @property
    def keys(self) -> Collection[Key]:
        """The keys on the move, and the dimensions that these depend on or that depend on them."""
        return self.scope.rules.keys() | self.scope.dependencies.dimensions

    def waves(self, session: Session, *, size: int) -> Iterator[Planned]:
        """Plans wave after wave until nothing is left; the caller stores each before it asks for the next."""
        while not self.is_done:
            yield self.next_wave(session, size=size)

    def next_wave(self, session: Session, *, size: int) -> Planned:
        """One wave of about `size` strings."""
        if self.levels is None:
            self.levels = rows.field_levels(session)
        inflows: dict[int, tuple[Flow, ...]] = {} if self.roots else self._take_families(size)
        if self.roots:
            nodes = self._first(session, size)
        else:
            nodes = rows.load(session, self.keys, parents=inflows, levels=self.levels)
        wave = Wave(
            nodes=nodes,
            updates=[update for node in nodes for update in self.updates.get(node.id, ())],
            entries=[self.entries[node.id] for node in nodes if node.id in self.entries],
            inflows=inflows,
            spine=self.spine,
            fallen=self.fallen,
            regenerate=[node.id for node in nodes if node.id in self.regenerate] if self.regenerate else (),
            refused=self.refused,
        )
        is_named = wave.updates or wave.entries or wave.regenerate
        taken = rows.holders(session, names_to_look_up(wave, self.scope)) if is_named else {}
        plan = plan_wave(wave, self.scope, taken=taken)
        sizes = {node.id: node.children for node in nodes}
        # Depth first: what was found last goes first, so that the queue stays as short as the tree is deep.
        found = [Family(parent, sizes[parent], flows) for parent, flows in plan.frontier.items()]
        deferred = self._out_of_reach(found, nodes) if self.defers else frozenset()
        self.queue.extendleft(family for family in found if family.parent_id not in deferred)
        self.behind.extendleft(family for family in found if family.parent_id in deferred)
        self.roots, self.fallen = (), plan.fallen
        if self.spine and self.queue:
            self._look_up_again(plan)
        resent = _resent(wave, plan) if self.scope.propagate and self.scope.regenerate else ()
        return Planned(plan, nodes, resent, caught_up(plan, nodes, self.scope))

    def take_up(self) -> None:
        """Goes on with what was put aside."""
        self.queue, self.behind, self.defers, self.is_marking = self.behind, deque(), False, True

    def _out_of_reach(self, families: Sequence[Family], nodes: Sequence[Node]) -> Collection[int]:
        levels = {node.id: node.level for node in nodes}
        return {
            family.parent_id
            for family in families
            if family.parent_id not in self.spine
            and all(levels[family.parent_id] + 1 - flow.origin_level >= self.scope.reach for flow in family.flows)
        }

    def count_below(self, session: Session, *, enough: int) -> int:
        """The most that is still to come; stops counting at about `enough`."""
        parents = {family.parent_id for family in self.queue}
        return descent.count_below(session, parents, enough=enough) - len(parents)

    def _look_up_again(self, plan: WavePlan) -> None:
        """What stands above the explicit strings of later waves is what this wave leaves there."""
        uppers = {update.above.string_id for updates in self.updates.values() for update in updates if update.above}
        held = {
            (change.string_id, move.key): Above.of(change.string_id, move.after)
            for change in plan.changes
            if change.string_id in uppers
            for move in change.moves
            if move.after is not None
        }
        sources = {(one.string_id, one.key): one.source_id or one.string_id for one in plan.relinks}
        self.updates = {
            string_id: [_above_again(update, held, sources) for update in updates]
            for string_id, updates in self.updates.items()
        }

    def _first(self, session: Session, size: int) -> list[Node]:
        """The explicit strings and as many whole levels below them as fit.

        A child made between the two statements would be counted without being loaded, so then both are made again.
        """
        size = max(size, len(self.roots))
        while True:
            found = descent.discover(session, self.roots, limit=size + 1)
            if len(found) > size:
                deepest = max(row.depth for row in found)
                found = [row for row in found if row.depth < max(deepest, 1)]
            counted = {row.id: row.children for row in found}
            nodes = rows.load(session, self.keys, ids=counted, levels=self.levels or {})
            if all(node.children == counted[node.id] for node in nodes):
                return nodes

    def _take_families(self, size: int) -> dict[int, tuple[Flow, ...]]:
        inflows: dict[int, tuple[Flow, ...]] = {}
        total = 0
        while self.queue and (not inflows or total + self.queue[0].size <= size):
            family = self.queue.popleft()
            inflows[family.parent_id] = family.flows
            total += family.size
        return inflows

    def split(self, chunks: int) -> list[dict[str, Any]]:
        """What is left as payloads of at most `chunks` chunks, of about equal numbers of children."""
        total = sum(family.size for family in self.queue)
        payloads, part, weight = [], list[Family](), 0
        for family in self.queue:
            part.append(family)
            weight += family.size
            if weight * chunks >= total:
                payloads.append(self.state(part))
                part, weight = [], 0
        return [*payloads, self.state(part)] if part else payloads

    def state(self, families: Collection[Family] | None = None) -> dict[str, Any]:
        """Where this walk stands, as JSON."""
        table = FlowTable()
        queue = [
            [family.parent_id, family.size, table.numbers(family.flows)]
            for family in (self.queue if families is None else families)
        ]
        return {
            "queue": queue,
            "flows": table.packed,
            "fallen": sorted(self.fallen),
            "spine": sorted(self.spine),
            "updates": [pack_update(update) for updates in self.updates.values() for update in updates]
            if self.spine
            else [],
            "entries": [pack_entry(entry) for entry in self.entries.values()] if self.spine else [],
        }

    @classmethod
    def resumed(cls, scope: Scope, state: Mapping[str, Any]) -> "Walk":
        flows = unpack_flows(state["flows"])
        queue = deque(
            Family(parent_id, size, tuple(flows[number] for number in numbers))
            for parent_id, size, numbers in state["queue"]
        )
        updates = grouped(unpack_update(update) for update in state["updates"])
        entries = {entry.string_id: entry for entry in map(unpack_entry, state.get("entries", ()))}
        return cls(
            scope, updates, entries, queue=queue, spine=frozenset(state["spine"]), fallen=frozenset(state["fallen"])
        )


def _resent(wave: Wave, plan: WavePlan) -> list[tuple[int, int]]:
    left = {left.node.id for left in plan.failed}
    return [
        (update.string_id, update.key)
        for update in wave.updates
        if update.kind is UpdateKind.RESEND and isinstance(update.key, int) and update.string_id not in left
    ]


def _above_again(
    update: Update, held: Mapping[tuple[int, Key], Above], sources: Mapping[tuple[int, Key], int]
) -> Update:
    if update.above is None:
        return update
    place = (update.above.string_id, update.key)
    above = held.get(place) or update.above._replace(source_id=sources.get(place, update.above.source_id))
    return update if above == update.above else replace(update, above=above)


def grouped(updates: Iterator[Update] | Sequence[Update]) -> dict[int, list[Update]]:
    """Updates by the string that they name."""
    found: dict[int, list[Update]] = {}
    for update in updates:
        found.setdefault(update.string_id, []).append(update)
    return found
