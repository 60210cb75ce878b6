"""What happens to the updates of a call when some of its strings fail."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.propagation.domain.failures import Failure
from services.propagation.domain.plan import LeftOut


class ErrorHandling(StrEnum):
    CONTINUE = "continue"
    STOP = "stop"
    ROLLBACK = "rollback"


class RunStatus(StrEnum):
    COMPLETED = "completed"
    PARTIAL_FAILURE = "partial_failure"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Each update of the call is in `failed` or in `skipped`, or succeeded."""

    failed: Mapping[int, Failure]
    skipped: Sequence[int]
    status: RunStatus


@dataclass(frozen=True, slots=True)
class Stop:
    """The first failing update: it and all later ones are not applied."""

    index: int
    failure: Failure

    def keeps(self, index: int) -> bool:
        return index < self.index


def find_stop(refused: Mapping[int, Failure], left_out: Iterable[LeftOut]) -> Stop | None:
    """Where mode `stop` cuts; planning is then repeated with the updates before, until this finds nothing.

    A string that several updates reach together counts for the last of them: the earlier ones alone may well succeed.
    The repetition ends because each one has fewer updates than the one before.
    """
    stops = [Stop(index, failure) for index, failure in refused.items()]
    stops += [Stop(max(left.updates), left.failure) for left in left_out]
    return min(stops, key=lambda stop: stop.index, default=None)


def judge_continue(
    indexes: Iterable[int], *, refused: Mapping[int, Failure], left_out: Sequence[LeftOut], applied: bool
) -> Outcome:
    """An update fails if its own check or its own string fails; what fails below it leaves it a success."""
    named = {index: left.failure for left in left_out for index in left.own_updates}
    failed = _in_order(indexes, {**named, **refused})
    return Outcome(failed, (), _status(failing=bool(refused or left_out), applied=applied))


def judge_stop(indexes: Iterable[int], *, stop: Stop | None, applied: bool) -> Outcome:
    """`applied` is about the last planning, whose updates all stand before `stop`."""
    if stop is None:
        return Outcome({}, (), RunStatus.COMPLETED)
    skipped = tuple(index for index in indexes if index > stop.index)
    return Outcome({stop.index: stop.failure}, skipped, _status(failing=True, applied=applied))


def judge_rollback(indexes: Sequence[int], *, refused: Mapping[int, Failure], left_out: Sequence[LeftOut]) -> Outcome:
    """All or nothing: every update that a failing string goes back to fails, and the others are skipped."""
    if not (refused or left_out):
        return Outcome({}, (), RunStatus.COMPLETED)
    reached = {index: left.failure for left in left_out for index in left.updates}
    failed = _in_order(indexes, {**reached, **refused})
    return Outcome(failed, tuple(index for index in indexes if index not in failed), RunStatus.FAILED)


def _in_order(indexes: Iterable[int], failures: Mapping[int, Failure]) -> dict[int, Failure]:
    return {index: failures[index] for index in indexes if index in failures}


def _status(*, failing: bool, applied: bool) -> RunStatus:
    if not failing:
        return RunStatus.COMPLETED
    return RunStatus.PARTIAL_FAILURE if applied else RunStatus.FAILED
