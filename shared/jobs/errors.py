"""Facts about jobs and their runs."""

from typing import Any, ClassVar

from rq.timeouts import JobTimeoutException

from shared.errors import Busy, Conflict, DomainError, Unavailable


class JobFinished(Conflict):
    """The job has ended; there is nothing to cancel."""

    code = "job_finished"


class JobNotRetryable(Conflict):
    """Only a job that failed, partly failed or was cancelled can be tried again, and once at a time."""

    code = "job_not_retryable"


class RunStopped(Exception):
    """Why a worker must put a job down; raised inside handlers by `Run.step`.

    No DomainError, so that a handler that counts failed items does not take it for one of them.
    """

    code: ClassVar[str]


class LeaseLost(RunStopped):
    """Another worker has the job, or it was ended; what this step did is rolled back."""

    code = "lease_lost"


class Cancelled(RunStopped):
    """Somebody asked to cancel; what this step did is rolled back, committed steps stay."""

    code = "cancelled"


class TimedOut(RunStopped):
    """The time of the run is over; what this step did is rolled back, committed steps stay."""

    code = "timeout"


class WorkerLost(RunStopped):
    """The worker of the last attempt was killed, so that nobody has recorded the end of the job."""

    code = "worker_lost"


def is_permanent(failure: Exception) -> bool:
    """Trying again would fail in the same way."""
    if isinstance(failure, RunStopped):
        return True
    return isinstance(failure, DomainError) and not isinstance(failure, Busy | Unavailable)


def describe(failure: BaseException) -> dict[str, Any]:
    """What is stored about a failure: never the text of an unexpected one, which may hold data of anybody."""
    if isinstance(failure, DomainError):
        errors = {"errors": [error.as_dict() for error in failure.errors]} if failure.errors else {}
        return {**failure.members, "code": failure.code, "detail": failure.detail, **errors}
    if isinstance(failure, RunStopped):
        return {"code": failure.code, "detail": str(failure)}
    if isinstance(failure, JobTimeoutException):
        return {"code": "timeout", "detail": "This attempt took longer than one hand-over may."}
    return {"code": "internal_error", "detail": f"The job stopped unexpectedly ({type(failure).__name__})."}
