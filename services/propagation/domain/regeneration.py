"""The name that a drafted string gets, or the reason why it gets none."""

from collections.abc import Mapping

from services.propagation.domain.draft import Draft
from services.propagation.domain.failures import Failure
from services.propagation.domain.generation import NO_RULE, RuleLevel, required_missing
from services.propagation.domain.plan import StaleReason
from services.propagation.domain.values import Detail, Key
from services.propagation.domain.wave import Scope


def generate(draft: Draft, scope: Scope, *, again: bool = False) -> None:
    """Sets the projection and the name, or the failure, of a string whose details move or whose name is made `again`.

    Custom fields take no part in names.
    """
    if not again and all(isinstance(move.key, str) for move in draft.moves):
        return
    node = draft.node
    level = scope.levels.get((node.rule_id, node.field_id), NO_RULE)
    draft.parts = _parts_after(draft, level)
    if scope.dependencies:
        draft.failure = _dependency_mismatch(draft, scope)
        if draft.failure is not None:
            return
    result = level.render(draft.parts)
    if not scope.regenerate:
        _store_only(draft, level, result)
    elif isinstance(result, str):
        draft.value = result
        draft.is_auto_generated = True
        draft.claim = (node.rule_id, node.field_id, draft.parent_id, result)
    elif node.is_auto_generated or result.code != "required_dimension_missing":
        draft.failure = result
    else:
        draft.stale = StaleReason.INCOMPLETE
        draft.failure = _newly_missing(draft, level)


def _parts_after(draft: Draft, level: RuleLevel) -> tuple[str | None, ...]:
    parts = level.padded(draft.node.parts)
    positions: Mapping[Key, int] = level.positions
    for move in draft.moves:
        position = positions.get(move.key)
        if position is not None:
            parts[position] = move.after.value.effective if move.after is not None else None
    return tuple(parts)


def _store_only(draft: Draft, level: RuleLevel, result: str | Failure) -> None:
    """With the kill switch details are stored and names stay; only emptying what is required is still refused."""
    draft.failure = _newly_missing(draft, level)
    if result != draft.node.value:
        draft.stale = StaleReason.REGENERATION_DISABLED


def _newly_missing(draft: Draft, level: RuleLevel) -> Failure | None:
    """An incomplete string may go on lacking what it lacks, but loses nothing that is required."""
    for part, before, after in zip(level.parts, level.padded(draft.node.parts), draft.parts, strict=True):
        if part.is_required and before and not after:
            return required_missing(part)
    return None


def _dependency_mismatch(draft: Draft, scope: Scope) -> Failure | None:
    details: dict[Key, Detail | None] = dict(draft.node.details)
    details.update((move.key, move.after) for move in draft.moves)
    return scope.dependencies.mismatch(details, changed=[move.key for move in draft.moves])
