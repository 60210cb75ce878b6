"""Which strings that were behind are up to date by themselves after a wave; what stands above is looked at by SQL."""

from collections.abc import Iterable

from services.propagation.domain.generation import NO_RULE
from services.propagation.domain.plan import WavePlan
from services.propagation.domain.wave import Node, Scope


def caught_up(plan: WavePlan, nodes: Iterable[Node], scope: Scope) -> list[int]:
    """Stale strings that were not left behind and are called what their details give, changed or not."""
    stale = [node for node in nodes if node.is_stale and node.id not in plan.stale]
    if not (stale and scope.regenerate):
        return []
    left = {left.node.id for left in plan.failed} | {skipped.node.id for skipped in plan.skipped}
    changes = {change.node.id: change for change in plan.changes}
    found = []
    for node in stale:
        now = changes.get(node.id, node)
        level = scope.levels.get((node.rule_id, node.field_id), NO_RULE)
        if node.id not in left and level.render(level.padded(now.parts)) == now.value:
            found.append(node.id)
    return found
