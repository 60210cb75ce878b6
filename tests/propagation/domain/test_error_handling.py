import pytest

from services.propagation.domain.error_handling import (
    RunStatus,
    Stop,
    find_stop,
    judge_continue,
    judge_rollback,
    judge_stop,
)
from services.propagation.domain.failures import ErrorType, Failure
from services.propagation.domain.plan import LeftOut
from services.propagation.domain.wave import Node

REFUSED = Failure(ErrorType.VALIDATION, "not_found", "There is no such value.")
BROKEN = Failure(ErrorType.STRING_GENERATION, "blank_value", "The name would be blank.")
INDEXES = [0, 1, 2, 3]


def left_out(*updates: int, own: tuple[int, ...] = ()) -> LeftOut:
    node = Node(1, None, 1, 1, 1, "old", 1, (), {})
    return LeftOut(node, 0, updates, own, BROKEN, "new")


def test_nothing_failing_is_completed_in_every_mode() -> None:
    assert judge_continue([], refused={}, left_out=[], applied=False).status is RunStatus.COMPLETED
    assert judge_stop(INDEXES, stop=None, applied=True).status is RunStatus.COMPLETED
    assert judge_rollback(INDEXES, refused={}, left_out=[]).status is RunStatus.COMPLETED


def test_continue_fails_an_update_for_its_check_and_its_own_string_only() -> None:
    outcome = judge_continue(
        INDEXES, refused={3: REFUSED}, left_out=[left_out(0, 1, own=(1,)), left_out(2)], applied=True
    )
    assert outcome.failed == {1: BROKEN, 3: REFUSED}
    assert list(outcome.failed) == [1, 3]
    assert (outcome.skipped, outcome.status) == ((), RunStatus.PARTIAL_FAILURE)


def test_nothing_applied_is_failed() -> None:
    assert judge_continue([0], refused={0: REFUSED}, left_out=[], applied=False).status is RunStatus.FAILED
    assert judge_stop([0, 1], stop=Stop(0, REFUSED), applied=False).status is RunStatus.FAILED


def test_stop_keeps_what_stands_before_the_first_failing_update() -> None:
    stop = find_stop({3: REFUSED}, [left_out(2)])
    assert stop == Stop(2, BROKEN)
    assert [index for index in INDEXES if stop.keeps(index)] == [0, 1]
    outcome = judge_stop(INDEXES, stop=stop, applied=True)
    assert (outcome.failed, outcome.skipped, outcome.status) == ({2: BROKEN}, (3,), RunStatus.PARTIAL_FAILURE)


def test_stop_blames_the_last_of_the_updates_that_reach_a_failing_string() -> None:
    assert find_stop({}, [left_out(0, 2)]) == Stop(2, BROKEN)
    assert find_stop({}, []) is None


def test_rollback_fails_every_update_behind_a_failing_string_and_applies_none() -> None:
    outcome = judge_rollback(INDEXES, refused={3: REFUSED}, left_out=[left_out(0, 2)])
    assert outcome.failed == {0: BROKEN, 2: BROKEN, 3: REFUSED}
    assert (outcome.skipped, outcome.status) == ((1,), RunStatus.FAILED)


@pytest.mark.parametrize(
    ("error_type", "is_retryable", "status"),
    [
        (ErrorType.STRING_GENERATION, False, 422),
        (ErrorType.VALIDATION, False, 422),
        (ErrorType.CONFLICT, False, 409),
        (ErrorType.CIRCULAR, False, 409),
        (ErrorType.PERMISSION, False, 403),
        (ErrorType.DATABASE, True, 503),
        (ErrorType.TIMEOUT, True, 504),
        (ErrorType.UNKNOWN, True, 500),
    ],
)
def test_each_type_has_its_status_and_says_whether_a_retry_helps(
    error_type: ErrorType, is_retryable: bool, status: int
) -> None:
    assert (error_type.is_retryable, error_type.status) == (is_retryable, status)
    assert Failure(error_type, "code", "text").is_retryable is is_retryable
