"""Calls to sibling services: limited in time and size, repeated only where repeating is safe, given up early when the
callee is known to be away."""

import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import httpx2
import orjson
import stamina

from shared import metrics
from shared.circuit import CircuitBreaker
from shared.errors import DomainError, Unavailable
from shared.service_tokens import ServiceTokens
from shared.signatures import signed
from shared.tenancy import Context

_SAFE_TO_REPEAT = frozenset({"GET", "HEAD", "PUT", "DELETE"})
_PASSING_CODES = frozenset({"idempotency_in_flight", "locked"})
_PASSING_STATUSES = frozenset({429, 502, 503, 504})


class Unreachable(Unavailable):
    """The sibling gave no answer that could be read, or is known to be away."""

    code = "service_unreachable"

    def __init__(self, callee: str, reason: str) -> None:
        super().__init__(f"The service {callee} does not answer.", callee=callee)
        self.reason = reason


class Refused(DomainError):
    """The sibling answered with a failure: `answered` is its status, `problem` its problem document (or {})."""

    status: ClassVar[int] = 502
    code = "service_refused"

    def __init__(
        self, callee: str, answered: int, problem: Mapping[str, Any], retry_after: float | None = None
    ) -> None:
        answered_code = problem.get("code")
        super().__init__(
            f"The service {callee} refused: {problem.get('detail') or answered}.",
            callee=callee,
            answered_status=answered,
            answered_code=answered_code,
        )
        self.answered = answered
        self.problem = dict(problem)
        self.retry_after_seconds = retry_after

    @property
    def may_pass(self) -> bool:
        """Whether the same call may be answered otherwise in a moment."""
        return self.answered in _PASSING_STATUSES or self.problem.get("code") in _PASSING_CODES


@dataclass(frozen=True, slots=True)
class CallLimits:
    """`total_seconds` holds for the call with all its repetitions."""

    connect_seconds: float = 1.0
    read_seconds: float = 5.0
    total_seconds: float = 10.0
    attempts: int = 3
    max_bytes: int = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is neither a failure nor a redirect."""

    status: int
    headers: httpx2.Headers
    content: bytes

    def json(self) -> Any:
        return orjson.loads(self.content)


class ServiceClient:
    """Calls one sibling. Make one per process and callee; threads may share it."""

    def __init__(
        self,
        service: str,
        callee: str,
        *,
        base_url: str,
        tokens: ServiceTokens,
        limits: CallLimits | None = None,
        breaker: CircuitBreaker | None = None,
        secret: str | None = None,
    ) -> None:
        """`secret` is shared with the callee and signs the messages of `call(message_id=...)`."""
        self._service = service
        self._secret = secret
        self._callee = callee
        self._tokens = tokens
        self._limits = limits or CallLimits()
        self._breaker = breaker or CircuitBreaker()
        # The environment's proxies are for the world outside; a token must not travel through them.
        self._client = httpx2.Client(base_url=base_url, trust_env=False, follow_redirects=False)

    def close(self) -> None:
        self._client.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        context: Context,
        permissions: Iterable[str] | None = None,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
        message_id: str | None = None,
    ) -> Answer:
        """The answer to a request on behalf of the context's tenant, with its correlation id.

        The token carries all permissions that this service has there, unless some are named. Repeated within the
        limits if the method is safe to repeat or an idempotency key makes it so.
        Raises Unreachable or Refused.
        """
        given = dict(headers or {}) | ({"Idempotency-Key": idempotency_key} if idempotency_key else {})
        content = None if json is None else orjson.dumps(json, default=str)
        if content is not None:
            given["Content-Type"] = "application/json"
        if message_id is not None and self._secret is not None:
            given |= signed(message_id, content or b"", [self._secret])
        request = self._client.build_request(method, path, params=params, headers=given, content=content)
        repeatable = method in _SAFE_TO_REPEAT or idempotency_key is not None
        deadline = time.monotonic() + self._limits.total_seconds
        permitted = None if permissions is None else frozenset(permissions)
        for attempt in stamina.retry_context(
            on=lambda failure: repeatable and _wait(failure, left=deadline - time.monotonic()),
            attempts=self._limits.attempts,
            timeout=self._limits.total_seconds,
            wait_initial=0.1,
            wait_max=1.0,
            wait_jitter=0.1,
        ):
            with attempt:
                self._authorize(request, context, permitted)
                return self._attempt(request, deadline)
        raise AssertionError("the loop above returns or raises")

    def _authorize(self, request: httpx2.Request, context: Context, permissions: frozenset[str] | None) -> None:
        token = self._tokens.issue(self._callee, tenant_id=context.tenant_id, permissions=permissions)
        request.headers["Authorization"] = f"Bearer {token}"
        request.headers["X-Correlation-ID"] = str(context.correlation_id or uuid.uuid4())

    def _attempt(self, request: httpx2.Request, deadline: float) -> Answer:
        if not self._breaker.allows():
            self._count("circuit_open")
            raise Unreachable(self._callee, "circuit open")
        try:
            answer = self._send(request, deadline)
        except (httpx2.HTTPError, httpx2.StreamError, _OutOfBounds) as failure:
            self._breaker.failed()
            self._count("unreachable")
            raise Unreachable(self._callee, f"{type(failure).__name__}: {failure}") from failure
        self._count(f"{answer.status // 100}xx")
        if answer.status >= 500:
            self._breaker.failed()
        else:
            self._breaker.succeeded()
        if answer.status >= 300 and answer.status != 304:  # siblings do not redirect; a token must not follow one
            raise Refused(self._callee, answer.status, _problem(answer), _retry_after(answer))
        return answer

    def _send(self, request: httpx2.Request, deadline: float) -> Answer:
        """Reads piece by piece: the client's own limits hold for one read each, a slow drip would never end."""
        limits, left = self._limits, max(0.001, deadline - time.monotonic())
        request.extensions["timeout"] = httpx2.Timeout(
            min(limits.read_seconds, left), connect=min(limits.connect_seconds, left)
        ).as_dict()
        response = self._client.send(request, stream=True)
        try:
            content = bytearray()
            for piece in response.iter_bytes():
                content += piece
                if len(content) > limits.max_bytes:
                    raise _OutOfBounds("the answer is too large")
                if time.monotonic() > deadline:
                    raise _OutOfBounds("the answer takes too long")
            return Answer(response.status_code, response.headers, bytes(content))
        finally:
            response.close()

    def _count(self, outcome: str) -> None:
        metrics.OUTBOUND_REQUESTS.labels(self._service, self._callee, outcome).inc()


class _OutOfBounds(Exception):
    """An answer beyond the limits of time or size."""


def _wait(failure: Exception, *, left: float) -> bool | float:
    """Whether to try again; seconds where the sibling named them and the call has that long."""
    if isinstance(failure, Unreachable):
        return failure.reason != "circuit open" and left > 0
    if not isinstance(failure, Refused) or not failure.may_pass:
        return False
    if failure.retry_after_seconds is None:
        return left > 0
    return failure.retry_after_seconds if failure.retry_after_seconds < left else False


def _problem(answer: Answer) -> dict[str, Any]:
    try:
        found = answer.json()
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _retry_after(answer: Answer) -> float | None:
    value = answer.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() else None
