"""Rate limits: exact numbers from an exact window, and no Redis means no limit."""

import socket
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import redis
import time_machine
from prometheus_client import REGISTRY
from redis.backoff import NoBackoff
from redis.retry import Retry

from shared.limits import Quota, RateLimited, RateLimiter, Verdict
from tests.fixtures.servers import free_port

QUOTA = Quota("search", 20)
NOON = datetime(2026, 5, 1, 12, 0, 0, 250_000, tzinfo=UTC)


@pytest.fixture
def limiter(redis_url: str) -> RateLimiter:
    return RateLimiter(redis.Redis.from_url(redis_url), service="scratch")


def ask(limiter: RateLimiter, tenant_id: uuid.UUID, quota: Quota = QUOTA, actor: str | None = "ada") -> Verdict:
    return limiter.check(quota, tenant_id=tenant_id, actor=actor)


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, {"service": "scratch"} | labels) or 0.0


def test_the_first_of_twenty_leaves_nineteen(limiter: RateLimiter, tenant_id: uuid.UUID) -> None:
    with time_machine.travel(NOON, tick=False):
        verdict = ask(limiter, tenant_id)
    assert verdict.allowed
    assert verdict.headers == {
        "RateLimit-Policy": '"search";q=20;w=60',
        "RateLimit": '"search";r=19;t=60',
        "X-RateLimit-Limit": "20",
        "X-RateLimit-Remaining": "19",
        "X-RateLimit-Reset": str(int(NOON.timestamp()) + 60),
    }


def test_reset_is_when_the_oldest_leaves_and_refused_ones_are_not_counted(
    limiter: RateLimiter, tenant_id: uuid.UUID
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        remaining = []
        for _ in range(20):
            remaining.append(ask(limiter, tenant_id).remaining)
            clock.shift(timedelta(seconds=1))
        assert remaining == list(range(19, -1, -1))

        for _ in range(5):  # 20 s after the first one
            refused = ask(limiter, tenant_id)
            assert not refused.allowed
            assert refused.headers["Retry-After"] == "40"
            assert refused.headers["RateLimit"] == '"search";r=0;t=40'
            assert refused.headers["X-RateLimit-Reset"] == str(int(NOON.timestamp()) + 60)

        clock.shift(timedelta(seconds=40, milliseconds=1))  # the first one has left, the second is the oldest
        verdict = ask(limiter, tenant_id)
        assert (verdict.allowed, verdict.remaining) == (True, 0)
        assert verdict.headers["X-RateLimit-Reset"] == str(int(NOON.timestamp()) + 61)
        assert not ask(limiter, tenant_id).allowed


def test_each_caller_and_each_group_has_its_own(limiter: RateLimiter, tenant_id: uuid.UUID) -> None:
    ask(limiter, tenant_id)
    assert ask(limiter, tenant_id, actor="bob").remaining == 19
    assert ask(limiter, uuid.uuid4()).remaining == 19
    assert ask(limiter, tenant_id, Quota("upload", 5)).remaining == 4
    assert ask(limiter, tenant_id).remaining == 18


def test_the_unknown_are_counted_by_address(limiter: RateLimiter) -> None:
    address = f"test-{uuid.uuid4()}"
    first = limiter.check(QUOTA, tenant_id=None, actor=None, client_address=address)
    second = limiter.check(QUOTA, tenant_id=None, actor=None, client_address=address)
    assert (first.remaining, second.remaining) == (19, 18)


def test_many_at_once_get_exactly_the_quota(limiter: RateLimiter, tenant_id: uuid.UUID) -> None:
    with ThreadPoolExecutor(8) as pool:
        verdicts = list(pool.map(lambda _: ask(limiter, tenant_id), range(40)))
    passed = [verdict.remaining for verdict in verdicts if verdict.allowed]
    assert Counter(passed) == Counter(range(20))  # each number once: counted and read in one step


def test_a_refusal_says_when_to_come_back(limiter: RateLimiter, tenant_id: uuid.UUID) -> None:
    quota = Quota("tiny", 1, window_seconds=10)
    with time_machine.travel(NOON, tick=False):
        ask(limiter, tenant_id, quota)
        refusal = RateLimited(ask(limiter, tenant_id, quota))
    assert (refusal.status, refusal.code) == (429, "rate_limited")
    assert refusal.headers["Retry-After"] == "10"
    assert refusal.members == {"retry_after_seconds": 10}


def test_zero_is_no_limit(limiter: RateLimiter, tenant_id: uuid.UUID) -> None:
    verdict = ask(limiter, tenant_id, Quota("off", 0))
    assert verdict.allowed
    assert verdict.headers == {}


def test_without_redis_requests_pass_and_are_counted(tenant_id: uuid.UUID) -> None:
    client = redis.Redis(port=free_port(), socket_timeout=1, retry=Retry(NoBackoff(), 0))
    before = counted("redis_errors_total", part="limits")
    verdict = ask(RateLimiter(client, service="scratch"), tenant_id)
    assert verdict.allowed
    assert verdict.headers == {}
    assert counted("redis_errors_total", part="limits") == before + 1


def test_a_silent_redis_is_asked_a_few_times_only(tenant_id: uuid.UUID) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(0.1)
        client = redis.Redis(port=silent.getsockname()[1], socket_timeout=0.05, retry=Retry(NoBackoff(), 0))
        limiter = RateLimiter(client, service="scratch")
        before = counted("redis_errors_total", part="limits")
        assert all(ask(limiter, tenant_id).allowed for _ in range(10))
        assert counted("redis_errors_total", part="limits") == before + 10
        connections = 0
        with pytest.raises(TimeoutError):
            while True:
                silent.accept()[0].close()
                connections += 1
    assert connections == 3


def test_verdicts_are_counted(limiter: RateLimiter, tenant_id: uuid.UUID) -> None:
    quota = Quota("counted", 1)
    before = counted("concord_rate_limit_requests_total", quota="counted", verdict="refused")
    ask(limiter, tenant_id, quota)
    ask(limiter, tenant_id, quota)
    assert counted("concord_rate_limit_requests_total", quota="counted", verdict="refused") == before + 1
