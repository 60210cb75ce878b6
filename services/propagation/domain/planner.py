"""The one planner: from the rows loaded and the changes wanted to a plan, level by level, each string once."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from services.propagation.domain.draft import Draft
from services.propagation.domain.explicit import Explicit
from services.propagation.domain.failures import Failure
from services.propagation.domain.flow import Fate, Flow
from services.propagation.domain.inheritance import Verdict
from services.propagation.domain.names import settle_names
from services.propagation.domain.plan import Change, ManyChildren, Skipped, StaleReason, WavePlan
from services.propagation.domain.regeneration import generate
from services.propagation.domain.wave import NameKey, Node, Scope, Wave

MANY_CHILDREN = 50
_LIVE, _TAKE, _PASS = Fate.LIVE, Verdict.TAKE, Verdict.PASS


def names_to_look_up(wave: Wave, scope: Scope) -> set[NameKey]:
    """The names whose holders `plan_wave` has to be told: those of explicit strings, whose families may not be loaded.

    A family that a flow reaches is in the wave as a whole, so nothing else needs a look.
    """
    named = {
        *(update.string_id for update in wave.updates),
        *(entry.string_id for entry in wave.entries),
        *wave.regenerate,
    }
    walk = _Walk(replace(wave, nodes=[node for node in wave.nodes if node.id in named], spine=()), scope, taken={})
    drafts = [
        draft for level in list(walk.agenda.values()) for node in list(level.values()) if (draft := walk.draft(node))
    ]
    return {draft.claim for draft in drafts if draft.claim != draft.held}


def plan_wave(wave: Wave, scope: Scope, *, taken: Mapping[NameKey, int]) -> WavePlan:
    """The plan for one wave; `taken` gives the present holders of `names_to_look_up`."""
    walk = _Walk(wave, scope, taken=taken)
    # A level is complete before the next begins, so a string left out takes its flows away before they are met.
    while walk.agenda:
        walk.plan_level(walk.agenda.pop(min(walk.agenda)))
    return walk.finished()


class _Walk:
    __slots__ = (
        "agenda", "changes", "explicit", "families", "flows", "plan", "reach", "refused", "scope", "skipped", "spine",
        "taken",
    )  # fmt: skip

    def __init__(self, wave: Wave, scope: Scope, *, taken: Mapping[NameKey, int]) -> None:
        self.scope = scope
        self.taken = taken
        self.spine = wave.spine
        self.reach = scope.reach
        self.flows: dict[int | None, tuple[Flow, ...]] = dict(wave.inflows.items())
        self.families: dict[int | None, dict[int, Node]] = defaultdict(dict)
        self.agenda: dict[int, dict[int, Node]] = defaultdict(dict)
        self.changes: dict[int, Change] = {}
        self.skipped: dict[int, Skipped] = {}
        self.refused = wave.refused
        self.plan = WavePlan(fallen=set(wave.fallen))
        self.explicit = Explicit(wave, scope, changes=self.changes)
        starts = self.explicit.named.union(self.spine)
        for node in wave.nodes:
            parent_id = self.explicit.parent_of(node)
            self.families[parent_id][node.id] = node
            if node.id in starts or parent_id in wave.inflows:
                self.agenda[node.level][node.id] = node

    def plan_level(self, nodes: Mapping[int, Node]) -> None:
        drafts: list[Draft] = []
        idle: list[Node] = []
        for node in nodes.values():
            draft = self.draft(node)
            if draft is None:
                idle.append(node)
                continue
            if node.id in self.refused:
                draft.failure = self.refused[node.id]
            drafts.append(draft)
        settle_names(drafts, idle, taken=self.taken)
        for draft in drafts:
            if draft.failure is None:
                self.accept(draft)
            else:
                self.leave_out(draft, draft.failure)

    def draft(self, node: Node) -> Draft | None:
        """None where the string does not change; what passes through it has been sent on then."""
        if node.id in self.explicit.named:
            return self.explicit_draft(node)
        incoming = self.flows.get(node.parent_id, ())
        draft = Draft(node, node.parent_id, incoming=incoming)
        self.meet(draft, incoming)
        if draft.moves:
            generate(draft, self.scope)
            return draft
        self.pass_through(draft)
        return None

    def explicit_draft(self, node: Node) -> Draft | None:
        parent_id = self.explicit.parent_of(node)
        if parent_id in self.plan.fallen and self.explicit.restores(node.id):
            self.fall(node, parent_id)
            return None
        incoming = self.flows.get(parent_id, ())
        incoming += self.explicit.entry_flows(node, incoming)
        draft = Draft(node, parent_id, incoming=incoming)
        beating = self.explicit.keys_set(node.id)
        self.meet(draft, tuple(flow for flow in incoming if flow.key not in beating))
        self.explicit.apply(draft, {flow.key: flow for flow in incoming if flow.key in beating})
        generate(draft, self.scope, again=node.id in self.explicit.regenerate)
        self.explicit.confirm(draft)
        if draft.is_change:
            return draft
        self.pass_through(draft)
        return None

    def meet(self, draft: Draft, incoming: tuple[Flow, ...]) -> None:
        """Lets each arriving flow change the string, pass it, or end at it."""
        node = draft.node
        onward: list[Flow] = []
        for flow in incoming:
            detail = node.details.get(flow.key)
            if detail is None:
                onward.append(flow)
                continue
            verdict = flow.meets(detail)
            if verdict is _TAKE:
                onward.append(flow.onward)
                if self.is_within_reach(flow, node):
                    draft.take(flow, detail)
                else:
                    self.miss(node, flow)
            elif verdict is _PASS:
                onward.append(draft.pass_on(flow, detail, is_within_reach=self.is_within_reach(flow, node)))
        # Nearly every string hands on exactly what it got: then one tuple serves the whole subtree.
        through = tuple(onward)
        draft.onward = incoming if through == incoming else through

    def is_within_reach(self, flow: Flow, node: Node) -> bool:
        return flow.fate is _LIVE and node.level - flow.origin_level < self.reach

    def miss(self, node: Node, flow: Flow) -> None:
        """A string that the flow would have changed, had the limit or a string above let it."""
        is_beyond = node.level - flow.origin_level >= self.reach
        if flow.fate is not _LIVE and not is_beyond:
            level = node.level - flow.origin_level
            self.skipped[node.id] = Skipped(node, level, flow.updates, flow.stopped_by)
        if flow.fate is Fate.LOST:
            return
        self.plan.pending.add((flow.origin_id, flow.key))
        if not is_beyond:
            self.plan.stale[node.id] = StaleReason.FAILED
            return
        limited = self.scope.propagate and self.scope.regenerate
        self.plan.truncated |= limited and flow.fate is _LIVE
        reason = StaleReason.PENDING_PROPAGATION if self.scope.regenerate else StaleReason.REGENERATION_DISABLED
        self.plan.stale.setdefault(node.id, reason)

    def accept(self, draft: Draft) -> None:
        node = draft.node
        self.changes[node.id] = draft.as_change()
        if node.children > MANY_CHILDREN:
            self.plan.warnings.append(ManyChildren(node.id, node.children))
        self.pass_through(draft)

    def pass_through(self, draft: Draft) -> None:
        node = draft.node
        if draft.relinks:
            self.plan.relinks += draft.relinks
            self.explicit.note(draft.relinks)
        if draft.stale is not None:
            self.plan.stale[node.id] = draft.stale
        if draft.parent_id in self.plan.fallen:
            self.plan.fallen.add(node.id)
        self.send(node, draft.outgoing)

    def leave_out(self, draft: Draft, failure: Failure) -> None:
        """Everything that would have gone through the string ends here; below, explicit values stand on their own."""
        node = draft.node
        self.plan.failed.append(draft.as_left_out(failure))
        if node.id in self.explicit.regenerate:
            self.plan.stale[node.id] = StaleReason.FAILED
        if self.explicit.restores(node.id):
            self.plan.fallen.add(node.id)
        # A string that fails to move stays where it is, so it misses what comes down there.
        incoming = self.flows.get(node.parent_id, ()) if draft.is_moved else draft.incoming
        blocked = {flow.key: flow.onward.stopped(by=node.id) for flow in incoming if self.goes_through(flow, node)}
        lost = [
            flow.stopped(by=node.id, fate=Fate.LOST)
            for flow in draft.outgoing
            if flow.key not in blocked and flow.fate is not Fate.LINEAGE
        ]
        self.send(node, (*blocked.values(), *lost))

    def goes_through(self, flow: Flow, node: Node) -> bool:
        """Whether it would go on below a string left unchanged; one that it should have changed is behind it now."""
        detail = node.details.get(flow.key)
        verdict = _PASS if detail is None else flow.meets(detail)
        if verdict is _TAKE and self.is_within_reach(flow, node):
            self.plan.stale[node.id] = StaleReason.FAILED
            self.plan.pending.add((flow.origin_id, flow.key))
        elif verdict is _TAKE:
            self.miss(node, flow)
        return verdict is _TAKE or verdict is _PASS

    def send(self, node: Node, flows: tuple[Flow, ...]) -> None:
        # A family is entered once, so that even a cycle in what was loaded comes to an end.
        family = self.families.pop(node.id, None)
        if family is None:
            if node.children and (flows or node.id in self.spine):
                self.plan.frontier[node.id] = flows
        elif flows:
            self.flows[node.id] = flows
            self.agenda[node.level + 1].update(family)

    def fall(self, node: Node, parent_id: int | None) -> None:
        """What an undo cannot put back above is not put back below either."""
        updates = self.explicit.updates[node.id].values()
        self.skipped[node.id] = Skipped(node, 0, tuple(sorted({update.index for update in updates})), parent_id)
        self.plan.fallen.add(node.id)
        self.send(node, ())

    def finished(self) -> WavePlan:
        plan = self.plan
        direct = [change for change in self.changes.values() if change.is_direct]
        inherited = [change for change in self.changes.values() if not change.is_direct]
        direct.sort(key=lambda change: (change.cause, change.node.id))
        inherited.sort(key=lambda change: (change.level, change.node.id))
        plan.changes = direct + inherited
        handled = {left.node.id for left in plan.failed}.union(self.changes) if self.skipped else ()
        plan.skipped = [skipped for string_id, skipped in self.skipped.items() if string_id not in handled]
        plan.skipped.sort(key=lambda skipped: (skipped.level, skipped.node.id))
        plan.failed.sort(key=lambda left: (left.level, left.node.id))
        return plan
