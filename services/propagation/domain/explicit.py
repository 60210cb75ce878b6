"""What is wanted of a string by name: values chosen, put back or sent again, a new parent, a name made again."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from services.propagation.domain.draft import Draft, merged
from services.propagation.domain.flow import Fate, Flow
from services.propagation.domain.inheritance import Rule, Verdict, decide
from services.propagation.domain.plan import Change, Relink
from services.propagation.domain.values import Above, Detail, Key
from services.propagation.domain.wave import Entry, Node, Scope, Update, UpdateKind, Wave

# A renamed value or an edited rule is the one update of its run.
_REGENERATION = (0,)
_FLOWING = (UpdateKind.CHOOSE, UpdateKind.RESET)


class Explicit:
    """`changes` is the plan as far as it goes, since what a string above will hold counts, not what it holds.

    `named` are the strings with anything wanted of them.
    """

    __slots__ = (
        "changes",
        "entries",
        "moved",
        "named",
        "nodes",
        "parents",
        "regenerate",
        "relinked",
        "scope",
        "updates",
    )

    def __init__(self, wave: Wave, scope: Scope, *, changes: Mapping[int, Change]) -> None:
        self.scope = scope
        self.changes = changes
        self.nodes = wave.nodes
        self.relinked: dict[tuple[int, Key], int] = {}
        self.parents: dict[int, int | None] | None = None
        self.regenerate = frozenset(wave.regenerate)
        self.entries: dict[int, Entry] = {entry.string_id: entry for entry in wave.entries}
        self.updates: defaultdict[int, dict[Key, Update]] = defaultdict(dict)
        for update in wave.updates:
            self.updates[update.string_id][update.key] = update
        self.moved = {entry.string_id: entry.parent_id for entry in wave.entries if entry.is_move}
        self.named = self.regenerate.union(self.updates, self.entries)

    def parent_of(self, node: Node) -> int | None:
        """The parent after the run."""
        return self.moved.get(node.id, node.parent_id)

    def restores(self, string_id: int) -> bool:
        updates = self.updates.get(string_id)
        return updates is not None and any(update.kind is UpdateKind.RESTORE for update in updates.values())

    def keys_set(self, string_id: int) -> set[Key]:
        """The keys whose explicit value beats what comes from above; sending a value again sets none."""
        updates = self.updates.get(string_id, {})
        return {key for key, update in updates.items() if update.kind is not UpdateKind.RESEND}

    def entry_flows(self, node: Node, incoming: tuple[Flow, ...]) -> tuple[Flow, ...]:
        """The values that a new parent (or a retry) brings, where the walk does not bring them anyway."""
        entry = self.entries.get(node.id)
        if entry is None:
            return ()
        arriving = {flow.key for flow in incoming}
        flows = (
            self._entry_flow(node, entry, key=key, above=above)
            for key, above in entry.above.items()
            if key not in arriving
        )
        return tuple(flow for flow in flows if flow.rule is not Rule.NEVER or flow.fate is Fate.LINEAGE)

    def _entry_flow(self, node: Node, entry: Entry, *, key: Key, above: Above) -> Flow:
        above = self._above(node, key, stored=above) or above
        arrival = Detail(above.value, is_inherited=True, source_id=above.source_id)
        flow = self._flow(key, arrival, update=entry.index, node=node)
        flow.origin_id = above.source_id
        if not entry.is_move:
            return flow
        stored = node.details.get(key)
        is_kept = flow.rule is Rule.NEVER or flow.rule is Rule.IF_EMPTY
        if is_kept and stored is not None and stored.is_inherited and stored.value == above.value:
            flow.fate = Fate.LINEAGE
        return flow.respecting_own()

    def apply(self, draft: Draft, absorbed: Mapping[Key, Flow]) -> None:
        """Adds what is wanted by name to what came by inheritance; `absorbed` are the flows that it beats."""
        node = draft.node
        for update in self.updates.get(node.id, {}).values():
            draft.named_by = merged(draft.named_by, (update.index,))
            self._apply(update, draft, beaten=absorbed.get(update.key))
        entry = self.entries.get(node.id)
        if entry is not None:
            draft.named_by = merged(draft.named_by, (entry.index,))
            if draft.is_moved:
                draft.change_by(entry.index)

    def confirm(self, draft: Draft) -> None:
        """A name made again counts as named by the run only where it comes out differently."""
        if draft.node.id in self.regenerate and draft.is_change:
            draft.named_by = merged(draft.named_by, _REGENERATION)
            draft.change_by(*_REGENERATION)

    def _apply(self, update: Update, draft: Draft, *, beaten: Flow | None) -> None:
        stored = draft.node.details.get(update.key)
        if update.kind is UpdateKind.RESEND:
            self._resend(update, draft, stored=stored)
            return
        after = self._after(update, draft.node, stored=stored)
        if (stored and stored.value) != (after and after.value):
            draft.put(update.key, before=stored, after=after, update=update.index)
            if update.kind in _FLOWING and after is not None:
                draft.send(self._onward(update, draft.node, detail=after))
        elif stored is not None and after is not None:
            self._keep(update, draft, stored=stored, after=after, beaten=beaten)

    def _after(self, update: Update, node: Node, *, stored: Detail | None) -> Detail | None:
        match update.kind:
            case UpdateKind.RESTORE:
                return update.restored
            case UpdateKind.REPLACE:
                return stored and Detail(update.value, stored.is_inherited, stored.source_id)
            case UpdateKind.CHOOSE:
                return self._chosen(update, node)
            case UpdateKind.RESET:
                above = self._above(node, update.key, stored=update.above)
                return above and Detail(above.value, is_inherited=True, source_id=above.source_id)
        return None

    def _chosen(self, update: Update, node: Node) -> Detail:
        """Own, unless the nearest string above will hold the same."""
        above = self._above(node, update.key, stored=update.above)
        if update.own or above is None or above.value.effective != update.value.effective:
            return Detail(update.value)
        return Detail(update.value, is_inherited=True, source_id=above.source_id)

    def _keep(self, update: Update, draft: Draft, *, stored: Detail, after: Detail, beaten: Flow | None) -> None:
        """The same value again is no change, but it can become own, be put back, or stand against one from above."""
        takes_the_place = beaten is not None and self._would_flow(beaten, draft.node, stored=stored)
        is_reset = update.kind is UpdateKind.RESET
        if not (takes_the_place or update.own or is_reset or update.kind is UpdateKind.RESTORE):
            return
        if not stored.has_lineage_of(after):
            draft.relink(update.key, after)
        if takes_the_place:
            draft.send(self._onward(update, draft.node, detail=after))
        elif is_reset or (update.own and stored.is_inherited):
            flow = self._onward(update, draft.node, detail=after)
            flow.fate = Fate.LINEAGE
            draft.sent += (flow,)

    def _would_flow(self, flow: Flow, node: Node, *, stored: Detail) -> bool:
        if flow.fate is not Fate.LIVE or node.level - flow.origin_level >= self.scope.reach:
            return False
        return decide(flow.rule, stored, value=flow.value) is not Verdict.STOP

    def _resend(self, update: Update, draft: Draft, *, stored: Detail | None) -> None:
        if stored is not None and all(flow.key != update.key for flow in draft.onward):
            draft.send(self._onward(update, draft.node, detail=stored))

    def _onward(self, update: Update, node: Node, *, detail: Detail) -> Flow:
        source_id = detail.source_id if detail.is_inherited else node.id
        arrival = Detail(detail.value, is_inherited=True, source_id=source_id)
        return self._flow(update.key, arrival, update=update.index, node=node)

    def _flow(self, key: Key, arrival: Detail, *, update: int, node: Node) -> Flow:
        rule = self.scope.rules.get(key, Rule.NEVER)
        return Flow(key, rule, arrival=arrival, updates=(update,), origin_id=node.id, origin_level=node.level)

    def _above(self, node: Node, key: Key, *, stored: Above | None) -> Above | None:
        """What the nearest string above will hold; one in between may gain the key in this very run."""
        if not self.changes and not self.relinked:
            return stored
        for string_id in self._way_up(node, stored):
            gained = self._planned(string_id, key)
            if gained is not None:
                return gained
        if stored is None:
            return None
        source_id = self.relinked.get((stored.string_id, key), stored.source_id)
        return self._planned(stored.string_id, key) or stored._replace(source_id=source_id)

    def _planned(self, string_id: int, key: Key) -> Above | None:
        change = self.changes.get(string_id)
        for move in change.moves if change is not None else ():
            if move.key == key and move.after is not None:
                source_id = move.after.source_id if move.after.is_inherited else None
                return Above(string_id, move.after.value, source_id or string_id)
        return None

    def note(self, relinks: Iterable[Relink]) -> None:
        """Remembers where a value that stays comes from now."""
        self.relinked.update({(one.string_id, one.key): one.source_id or one.string_id for one in relinks})

    def _way_up(self, node: Node, end: Above | None) -> Iterator[int]:
        """The strings of the wave between the string and `end`; stored parents are not trusted to end by themselves."""
        seen = {end.string_id} if end is not None else set()
        string_id = self.parent_of(node)
        while string_id is not None and string_id not in seen:
            yield string_id
            seen.add(string_id)
            string_id = self._parents().get(string_id)

    def _parents(self) -> dict[int, int | None]:
        """Made only when an explicit value stands below a planned one."""
        if self.parents is None:
            self.parents = {node.id: self.parent_of(node) for node in self.nodes}
        return self.parents
