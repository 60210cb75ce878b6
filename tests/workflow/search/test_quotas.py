"""The quota of the search addresses, counted before anybody is refused."""

import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis
from pydantic import SecretStr

from services.workflow.app import create_app
from services.workflow.config import Settings
from shared.app import ServiceApp
from tests.fixtures.people import Issuer, Person

Address = "search/suggestions?q=pump"
Limited = Callable[..., ServiceApp]


@pytest.fixture
def limited(settings: Settings) -> Iterator[Limited]:
    """The service with other numbers; nothing counted before."""
    made = []
    client = redis.Redis.from_url(settings.redis_url.get_secret_value())
    for key in client.scan_iter("*:limit*search*"):
        client.delete(key)

    def make(**values: Any) -> ServiceApp:
        made.append(create_app(settings.model_copy(update=values)))
        return made[-1]

    yield make
    for app in made:
        app.runtime.db.dispose()


def person_of(app: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID, **claims: Any) -> Person:
    return Person(app.test_client(), "/api/workflow/v1", issuer.token(tenant_id, **claims))


def test_strangers_have_twenty_and_then_429_before_401(limited: Limited) -> None:
    stranger = Person(limited().test_client(), "/api/workflow/v1", "bad")
    answers = [stranger.get(Address) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [401] * 20 + [429]
    left = [answer.headers["X-RateLimit-Remaining"] for answer in answers]
    assert (left[0], left[10], left[19], left[20]) == ("19", "9", "0", "0")
    refused, body = answers[-1], answers[-1].get_json()
    assert body["error"] == body["code"] == "rate_limit_exceeded"
    assert (body["limit"], body["remaining"], body["window_seconds"], body["user_type"]) == (20, 0, 300, "anonymous")
    assert body["retry_after"] == int(refused.headers["Retry-After"])
    assert body["reset"] == int(refused.headers["X-RateLimit-Reset"])
    assert abs(body["reset"] - time.time() - 300) < 30
    assert "X-RateLimit-Tenant" not in refused.headers


def test_signing_in_starts_a_fresh_quota_that_all_addresses_share(
    limited: Limited, issuer: Issuer, tenant_id: uuid.UUID
) -> None:
    app = limited(search_rate_limit_anonymous=1, search_rate_limit_authenticated=3)
    stranger = Person(app.test_client(), "/api/workflow/v1", "bad")
    assert [stranger.get(Address).status_code for _ in range(2)] == [401, 429]
    ada = person_of(app, issuer, tenant_id)
    assert ada.get(Address).headers["X-RateLimit-Remaining"] == "2"
    assert ada.get("saved-searches").headers["X-RateLimit-Tenant"] == str(tenant_id)
    assert ada.post("search", {}).status_code == 422
    assert ada.post("search", {"query": "pump"}).status_code == 429
    assert ada.get("settings").status_code == 200
    assert person_of(app, issuer, tenant_id, sub="bob").get(Address).status_code == 200


@pytest.mark.parametrize(
    ("by", "amount"), [("nothing", "100"), ("setting", "500"), ("permission", "500"), ("override", "7")]
)
def test_premium_and_overridden_tenants(
    limited: Limited, issuer: Issuer, tenant_id: uuid.UUID, by: str, amount: str
) -> None:
    override = {str(tenant_id): {"limit": 7, "window_seconds": 60}} if by == "override" else {}
    premium = [str(tenant_id)] if by in ("setting", "override") else []
    app = limited(search_premium_tenants=premium, search_rate_limit_tenant_overrides=override)
    ada = person_of(app, issuer, tenant_id, permissions=["search.premium"] if by == "permission" else [])
    assert ada.get(Address).headers["X-RateLimit-Limit"] == amount


def test_simultaneous_requests_do_not_pass_the_limit(limited: Limited, issuer: Issuer, tenant_id: uuid.UUID) -> None:
    app = limited(search_rate_limit_authenticated=5)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: person_of(app, issuer, tenant_id).get(Address).status_code, range(16)))
    assert sorted(answers) == [200] * 5 + [429] * 11


def test_switched_off_there_is_no_limit_and_no_field(limited: Limited, issuer: Issuer, tenant_id: uuid.UUID) -> None:
    app = limited(enable_search_rate_limiting=False, rate_limit_per_minute=1)
    ada = person_of(app, issuer, tenant_id)
    answers = [ada.get(Address) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert not [name for name, _ in answers[0].headers if "ratelimit" in name.lower().replace("-", "")]


def test_without_redis_requests_pass_and_the_numbers_are_zero(
    limited: Limited, issuer: Issuer, tenant_id: uuid.UUID
) -> None:
    app = limited(redis_url=SecretStr("redis://127.0.0.1:1/0"))
    answer = person_of(app, issuer, tenant_id).post("search", {"query": "pump"})
    assert answer.status_code == 200
    numbers = [answer.headers[f"X-RateLimit-{name}"] for name in ("Limit", "Remaining", "Reset")]
    assert numbers == ["0", "0", "0"]
