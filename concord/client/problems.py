"""What can go wrong with a call."""

from typing import Any, ClassVar

import httpx2


class CallFailed(Exception):
    """Of everything that the client raises."""


class Unreachable(CallFailed):
    """There is no answer: nobody listens, or the connection broke, as often as it was tried."""


class StillRunning(CallFailed):
    """Was waited for, and has not ended in time. `found` is how it was seen last."""

    def __init__(self, found: dict[str, Any], seconds: float) -> None:
        super().__init__(f"{found['id']} is still {found['status']} after {seconds:g} seconds")
        self.found = found


class Problem(CallFailed):
    """The service, or the gateway before it, refused: a problem document (RFC 9457).

    `code` is stable, `errors` have a `pointer` into the body, a `code` and a `detail` each, `document` is all of it.
    """

    statuses: ClassVar[tuple[int, ...]] = ()

    def __init__(self, response: httpx2.Response) -> None:
        self.response = response
        self.status = response.status_code
        self.document: dict[str, Any] = response.json() if "json" in response.headers.get("Content-Type", "") else {}
        self.code: str = self.document.get("code", "")
        self.errors: list[dict[str, Any]] = self.document.get("errors", [])
        self.correlation_id: str | None = response.headers.get("X-Correlation-ID")
        told = self.document.get("detail") or self.document.get("title")
        self.detail: str = told or f"{self.status} {response.reason_phrase}"
        super().__init__(self.detail)

    def __str__(self) -> str:
        lines = [self.detail, *(f"  {error['pointer']}: {error['detail']}" for error in self.errors[:20])]
        hint = f" (correlation id {self.correlation_id})" if self.correlation_id else ""
        return "\n".join(lines) + hint

    @classmethod
    def of(cls, response: httpx2.Response) -> "Problem":
        """The class for the status, so that `except` can tell them apart."""
        kinds = (kind for kind in cls.__subclasses__() if response.status_code in kind.statuses)
        return next(kinds, cls)(response)


class NotAuthorised(Problem):
    statuses = (401, 403)


class NotFound(Problem):
    """There is none, or it belongs to somebody else."""

    statuses = (404, 410)


class Conflict(Problem):
    """The state of things does not allow it, or somebody else was first."""

    statuses = (409,)


class Stale(Problem):
    """It has changed since it was read (`using(if_match=...)`), or the tenant wants to be told what was read."""

    statuses = (412, 428)


class Invalid(Problem):
    """`errors` has an entry for each wrong field."""

    statuses = (400, 415, 422)


class TooMany(Problem):
    statuses = (429,)


class Unavailable(Problem):
    statuses = (502, 503, 504)
