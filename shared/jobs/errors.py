"""Facts about jobs and their runs."""

from typing import Any

from shared.errors import Busy, Conflict, DomainError, Invalid, Unavailable


class JobFinished(Conflict):
    """The job has ended; there is nothing to cancel."""

    code = "job_finished"


class JobNotRetryable(Conflict):
    """Only a job that failed, partly failed or was cancelled can be tried again, and once at a time."""

    code = "job_not_retryable"


class RunStopped(DomainError):
    """Why a worker must put a job down; raised inside handlers by `Run.step`."""


class LeaseLost(RunStopped):
    """Another worker has the job, or it was ended; what this step did is rolled back."""

    status = 409
    code = "lease_lost"


class Cancelled(RunStopped):
    """Somebody asked to cancel; what this step did is rolled back, committed steps stay."""

    status = 409
    code = "cancelled"


class TimedOut(RunStopped):
    """The time of the run is over; what this step did is rolled back, committed steps stay."""

    status = 504
    code = "timeout"


def is_permanent(failure: Exception) -> bool:
    """Trying again would fail in the same way."""
    return isinstance(failure, DomainError) and not isinstance(failure, Busy | Unavailable)


def describe(failure: BaseException) -> dict[str, Any]:
    """What is stored about a failure: never the text of an unexpected one, which may hold data of anybody."""
    if isinstance(failure, DomainError):
        errors = {"errors": [error.as_dict() for error in failure.errors]} if failure.errors else {}
        return {**failure.members, "code": failure.code, "detail": failure.detail, **errors}
    return {"code": "internal_error", "detail": f"The job stopped unexpectedly ({type(failure).__name__})."}


def unknown_status(status: str) -> Invalid:
    return Invalid.field("?status", "unknown_status", f"There is no job status {status!r}.")
