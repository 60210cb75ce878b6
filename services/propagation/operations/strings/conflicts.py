"""Conflicts between what somebody wants of strings and what they are now: found, and resolved through a run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from services.propagation.domain.conflicts import Conflict, ConflictType, Resolution
from services.propagation.domain.failures import Failure
from services.propagation.operations.runs.preparing import Prepared
from services.propagation.operations.runs.request import Environment
from services.propagation.operations.runs.running import Result
from services.propagation.operations.runs.tally import Tally
from services.propagation.operations.strings import batches
from services.propagation.operations.strings.batches import StringUpdate
from services.propagation.queries.batches import names_of
from shared.auth import demand
from shared.tenancy import context_of


def find(session: Session, updates: Sequence[StringUpdate], environment: Environment) -> list[Conflict]:
    """Everything that stands against these updates, in their order; a constant number of statements."""
    if not updates:
        return []
    now = names_of(session, {update.string_id for update in updates})
    unguarded = [replace(update, version=None) for update in updates]
    prepared, tally = batches.rehearse(session, unguarded, {}, environment)
    found = [*_overtaken(updates, now), *_refused(prepared, updates), *_left_out(tally), *_overriding(tally)]
    return sorted(found, key=lambda conflict: conflict.place)


def _overtaken(updates: Sequence[StringUpdate], now: Mapping[int, tuple[str, int]]) -> Iterator[Conflict]:
    for index, update in enumerate(updates):
        actual = now[update.string_id][1] if update.string_id in now else update.version
        if update.version is not None and actual is not None and update.version != actual:
            message = f"The string {update.string_id} has version {actual} by now, not {update.version}."
            versions = {"expected_version": update.version, "actual_version": actual}
            yield Conflict(update.string_id, ConflictType.CONCURRENT_EDIT, "version_conflict", message, index, versions)


def _refused(prepared: Prepared, updates: Sequence[StringUpdate]) -> Iterator[Conflict]:
    for index, failure in prepared.refused.items():
        yield _of_failure(failure, updates[index].string_id, index)


def _left_out(tally: Tally) -> Iterator[Conflict]:
    for left in tally.left_out:
        yield _of_failure(left.failure, left.node.id, min(left.updates))


def _of_failure(failure: Failure, string_id: int, index: int) -> Conflict:
    holder = failure.conflicting_string_id
    if holder is not None:
        members = {"conflicting_string_id": holder}
        return Conflict(string_id, ConflictType.DUPLICATE_VALUE, failure.code, failure.message, index, members)
    is_circular = failure.code == "circular_dependency"
    kind = ConflictType.CIRCULAR_INHERITANCE if is_circular else ConflictType.VALIDATION
    return Conflict(string_id, kind, failure.code, failure.message, index, {})


def _overriding(tally: Tally) -> Iterator[Conflict]:
    """Inherited values that would become values of the string's own."""
    for change in tally.changes:
        for move in change.moves if change.is_direct else ():
            before, after = move.before, move.after
            if before is not None and before.is_inherited and after is not None and not after.is_inherited:
                held, wanted = before.value.effective, after.value.effective
                message = f"It inherits {held!r} from string {before.source_id}; {wanted!r} would be its own."
                yield Conflict(
                    change.string_id, ConflictType.INHERITANCE, "overrides_inherited", message, move.update, {}
                )


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of a run over resolutions: the words of the answer, its status, the run."""

    resolutions: list[Resolution]
    answer: Mapping[str, Any]
    status: int
    result: Result


def apply(
    session: Session, resolutions: Sequence[Resolution], options: dict[str, Any], environment: Environment
) -> Applied | None:
    """Stores what the resolutions want on the present versions, as one run; None where they want nothing.

    Raises PermissionMissing for who may only look.
    """
    demand(context_of(session), "string.edit")
    wanted: dict[int, dict[str, str | None]] = {}
    for resolution in resolutions:
        if resolution.values:
            wanted.setdefault(resolution.string_id, {}).update(resolution.values)
    if not wanted:
        return None
    updates = [StringUpdate(string_id, values) for string_id, values in wanted.items()]
    asked = [{"string_id": string_id, "values": values} for string_id, values in wanted.items()]
    answer, status, result = batches.batch(session, updates, options, environment, asked=asked)
    failed = {asked[row["index"]]["string_id"]: row["error"] for row in answer["failed_updates"]}
    left = {row["string_id"]: row["reason"] for row in answer["skipped_updates"]}
    told = [_told(resolution, failed | left) for resolution in resolutions]
    return Applied(told, answer, status, result)


def _told(resolution: Resolution, failed: Mapping[int, str]) -> Resolution:
    if not resolution.values or resolution.string_id not in failed:
        return resolution
    return replace(resolution, outcome="failed", message=failed[resolution.string_id])
