"""Rate limits: a moving window in Redis, per tenant and caller, with the numbers that the answer's headers carry.

Redis away means that requests pass; a metric counts it.
"""

import math
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import redis
from limits import RateLimitItemPerSecond
from limits.storage import RedisStorage
from redis.exceptions import NoScriptError

from shared import metrics
from shared.circuit import CircuitBreaker
from shared.errors import DomainError


@dataclass(frozen=True, slots=True)
class Quota:
    """How many requests a caller may make in any window of this length. An amount of 0 is no limit.

    A group of addresses with a quota of its own names the kind of caller it is for: refusals tell it together with
    the numbers, and the answers carry numbers even while nothing can be counted. `headers` go with every answer.
    """

    name: str
    amount: int
    window_seconds: int = 60
    user_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the limit says about one request. `reset_at` is the epoch time at which the oldest counted request
    leaves the window; None when nothing was counted (no limit, or Redis away)."""

    allowed: bool
    quota: Quota
    remaining: int = 0
    reset_at: float | None = None
    asked_at: float = 0.0
    took_seconds: float = 0.0

    @property
    def retry_after_seconds(self) -> int:
        return max(1, math.ceil((self.reset_at or self.asked_at) - self.asked_at))

    @property
    def headers(self) -> dict[str, str]:
        """For every answer to a counted caller."""
        quota = self.quota
        if self.reset_at is None:
            uncounted: dict[str, str] = dict.fromkeys(
                ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"), "0"
            )
            return {**uncounted, **quota.headers} if quota.user_type else {}
        refused: dict[str, str] = {} if self.allowed else {"Retry-After": str(self.retry_after_seconds)}
        return {
            **quota.headers,
            **refused,
            "RateLimit-Policy": f'"{quota.name}";q={quota.amount};w={quota.window_seconds}',
            "RateLimit": f'"{quota.name}";r={self.remaining};t={self.retry_after_seconds}',
            "X-RateLimit-Limit": str(quota.amount),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(math.floor(self.reset_at)),
        }


class RateLimited(DomainError):
    """The quota of this caller is used up; the request was not counted."""

    status = 429
    code = "rate_limited"

    def __init__(self, verdict: Verdict) -> None:
        quota = verdict.quota
        super().__init__(
            f"{quota.amount} requests in {quota.window_seconds} seconds are allowed;"
            f" try again in {verdict.retry_after_seconds} seconds.",
            code="rate_limit_exceeded" if quota.user_type else None,
            headers=verdict.headers,
            retry_after_seconds=verdict.retry_after_seconds,
            **_numbers(verdict) if quota.user_type else {},
        )


def _numbers(verdict: Verdict) -> dict[str, Any]:
    """What the refusal of a group tells in its body, too."""
    return {
        "error": "rate_limit_exceeded",
        "limit": verdict.quota.amount,
        "remaining": verdict.remaining,
        "reset": math.floor(verdict.reset_at or 0),
        "retry_after": verdict.retry_after_seconds,
        "window_seconds": verdict.quota.window_seconds,
        "user_type": verdict.quota.user_type,
    }


class RateLimiter:
    """The limits of one service. Make one per process; it uses the connections of the given client."""

    def __init__(self, client: "redis.Redis", *, service: str) -> None:
        self._window = _MovingWindow("redis://", client.connection_pool, key_prefix=f"concord:{service}:limit")
        self._service = service
        # A Redis that does not even refuse costs its time limit on each call; that is paid a few times only.
        self._breaker = CircuitBreaker(threshold=3, rest_seconds=5)

    def check(
        self,
        quota: Quota,
        *,
        tenant_id: uuid.UUID | None,
        actor: str | None,
        client_address: str | None = None,
    ) -> Verdict:
        """Counts one request of this caller against the quota, unless it is refused. Never raises.

        Without an actor the address is what is counted.
        """
        now = time.time()
        if quota.amount <= 0:
            return Verdict(True, quota, asked_at=now)
        caller = f"user:{actor}" if actor else f"address:{client_address or 'unknown'}"
        item = RateLimitItemPerSecond(quota.amount, quota.window_seconds, namespace=quota.name)
        counted = self._hit(item.key_for(str(tenant_id or "-"), caller), quota, now=now)
        if counted is None:
            metrics.REDIS_ERRORS.labels(self._service, "limits").inc()
            return Verdict(True, quota, asked_at=now)
        allowed, oldest, count = counted
        metrics.RATE_LIMIT_REQUESTS.labels(self._service, quota.name, "passed" if allowed else "refused").inc()
        return Verdict(allowed, quota, quota.amount - count, oldest + quota.window_seconds, now, time.time() - now)

    def _hit(self, key: str, quota: Quota, *, now: float) -> tuple[bool, float, int] | None:
        if not self._breaker.allows():
            return None
        try:
            counted = self._window.hit(key, quota, now=now)
        except redis.RedisError:
            self._breaker.failed()
            return None
        self._breaker.succeeded()
        return counted


class _MovingWindow(RedisStorage):
    """Counts and looks in one transaction: asked separately, two callers at once would read the same number."""

    def hit(self, key: str, quota: Quota, *, now: float) -> tuple[bool, float, int]:
        """Whether it was counted, when the oldest counted request came, and how many are counted."""
        asked = [
            (self.lua_acquire_moving_window, (self.prefixed_key(key), now, quota.amount, quota.window_seconds, 1)),
            (self.lua_moving_window, (self.prefixed_key(key), now - quota.window_seconds, quota.amount)),
        ]
        try:
            acquired, found = self._run(asked)
        except NoScriptError:  # the server is another one, or has forgotten
            client: Any = self.get_connection()
            for script, _arguments in asked:
                client.script_load(script.script)
            acquired, found = self._run(asked)
        oldest, count = found or (now, 0)
        return bool(acquired), float(oldest), int(count)

    def _run(self, asked: Sequence[tuple[Any, tuple[Any, ...]]]) -> Any:
        """By their digests: a pipeline of the client would first ask, in a round trip of its own, for the scripts."""
        client: Any = self.get_connection()
        with client.pipeline(transaction=True) as pipe:
            for script, arguments in asked:
                pipe.evalsha(script.sha, 1, *arguments)
            return pipe.execute()
