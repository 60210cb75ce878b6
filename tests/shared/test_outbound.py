"""Calls to siblings: who calls is proven, what fails is typed, what may be repeated is, a dead callee is left alone."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stamina
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from werkzeug.wrappers import Request, Response

from shared.auth import Authenticator, KeySet
from shared.circuit import CircuitBreaker
from shared.errors import Unauthenticated
from shared.outbound import CallLimits, Refused, ServiceClient, Unreachable
from shared.service_tokens import ServiceTokens
from shared.signatures import new_secret, verify
from shared.tenancy import Context
from tests.fixtures.servers import free_port
from tests.fixtures.stand_in import StandIn, pem, says

CALLS = {"workflow": ["approval.request", "ticket.create"]}
QUICK = CallLimits(connect_seconds=0.5, read_seconds=0.3, total_seconds=5, max_bytes=10_000)


@pytest.fixture(autouse=True)
def no_waits() -> Iterator[None]:
    """Three attempts without the pauses between them."""
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture
def sibling() -> Iterator[StandIn]:
    sibling = StandIn()
    yield sibling
    sibling.stop()


@pytest.fixture
def tokens(tmp_path: Path) -> ServiceTokens:
    return ServiceTokens(
        "sync", calls=CALLS, key_file=pem(tmp_path / "sync.pem", ec.generate_private_key(ec.SECP256R1()))
    )


@pytest.fixture
def breaker() -> CircuitBreaker:
    return CircuitBreaker(threshold=100)


@pytest.fixture
def client(sibling: StandIn, tokens: ServiceTokens, breaker: CircuitBreaker) -> Iterator[ServiceClient]:
    client = ServiceClient("sync", "workflow", base_url=sibling.url, tokens=tokens, limits=QUICK, breaker=breaker)
    yield client
    client.close()


def authenticator(tokens: ServiceTokens, folder: Path, service: str) -> Authenticator:
    keys = folder / "jwks.json"
    keys.write_text(json.dumps({"keys": [tokens.public_jwk()]}))
    return Authenticator(KeySet(str(keys)), service=service, issuer="concord", role_permissions={})


def test_the_callee_knows_who_calls_for_whom(
    client: ServiceClient, sibling: StandIn, tokens: ServiceTokens, context: Context, tmp_path: Path
) -> None:
    sibling.answers = [says(201, {"id": 7}, Location="/approvals/7")]
    answer = client.call(
        "POST", "/api/workflow/v1/approvals", context=context, permissions=["approval.request"], json={"kind": "x"}
    )
    assert (answer.status, answer.headers["Location"], answer.json()) == (201, "/approvals/7", {"id": 7})
    request = sibling.requests[0]
    assert (request.path, request.get_json()) == ("/api/workflow/v1/approvals", {"kind": "x"})
    assert request.headers["X-Correlation-ID"] == str(context.correlation_id)

    header = request.headers["Authorization"]
    arguments: dict[str, Any] = {"correlation_id": uuid.uuid4(), "client_address": None}
    caller = authenticator(tokens, tmp_path, "workflow").context(header, **arguments)
    assert (caller.actor, caller.tenant_id) == ("service:sync", context.tenant_id)
    assert caller.permissions == {"approval.request"}
    assert caller.is_service
    with pytest.raises(Unauthenticated, match="another audience"):
        authenticator(tokens, tmp_path, "validation").context(header, **arguments)


def test_only_a_p256_key_signs(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no private key on the curve"):
        ServiceTokens("sync", calls=CALLS, key_file=pem(tmp_path / "a.pem", ec.generate_private_key(ec.SECP384R1())))
    with pytest.raises(Exception, match="EC"):
        ServiceTokens("sync", calls=CALLS, key_file=pem(tmp_path / "b.pem", rsa.generate_private_key(65537, 2048)))


def test_a_refusal_carries_the_problem(client: ServiceClient, sibling: StandIn, context: Context) -> None:
    sibling.answers = [says(409, {"code": "version_conflict", "detail": "Stale.", "actual_version": 3})]
    with pytest.raises(Refused) as refusal:
        client.call("PUT", "/x", context=context, json={})
    assert refusal.value.answered == 409
    assert refusal.value.problem["actual_version"] == 3
    assert refusal.value.status == 502
    assert refusal.value.members["answered_code"] == "version_conflict"
    assert len(sibling.requests) == 1


def test_what_is_no_problem_document_is_a_refusal_too(
    client: ServiceClient, sibling: StandIn, context: Context
) -> None:
    sibling.answers = [lambda _request: Response("<h1>Not here</h1>", 404)]
    with pytest.raises(Refused) as refusal:
        client.call("GET", "/x", context=context)
    assert (refusal.value.answered, refusal.value.problem) == (404, {})


@pytest.mark.parametrize(
    ("method", "key", "times"),
    [("GET", None, 3), ("PUT", None, 3), ("POST", "k", 3), ("POST", None, 1), ("PATCH", None, 1)],
)
def test_only_safe_calls_are_repeated(
    client: ServiceClient, sibling: StandIn, context: Context, method: str, key: str | None, times: int
) -> None:
    sibling.answers = [says(503)]
    with pytest.raises(Refused):
        client.call(method, "/x", context=context, idempotency_key=key)
    assert len(sibling.requests) == times
    assert {request.headers.get("Idempotency-Key") for request in sibling.requests} == {key}
    assert len({request.headers["Authorization"] for request in sibling.requests}) == times


def test_a_passing_failure_ends_in_the_answer(client: ServiceClient, sibling: StandIn, context: Context) -> None:
    sibling.answers = [says(503), says(409, {"code": "idempotency_in_flight"}, Retry_After="0"), says(200, {"ok": 1})]
    assert client.call("POST", "/x", context=context, idempotency_key="k").json() == {"ok": 1}
    assert len(sibling.requests) == 3


def test_a_wait_beyond_the_limit_is_not_waited(client: ServiceClient, sibling: StandIn, context: Context) -> None:
    sibling.answers = [says(429, Retry_After="60")]
    with pytest.raises(Refused) as refusal:
        client.call("GET", "/x", context=context)
    assert refusal.value.retry_after_seconds == 60
    assert len(sibling.requests) == 1


def test_nobody_there(tokens: ServiceTokens, context: Context) -> None:
    client = ServiceClient("sync", "workflow", base_url=f"http://127.0.0.1:{free_port()}", tokens=tokens, limits=QUICK)
    with pytest.raises(Unreachable) as failure:
        client.call("GET", "/x", context=context)
    client.close()
    assert (failure.value.status, failure.value.code) == (503, "service_unreachable")
    assert failure.value.members == {"callee": "workflow"}
    assert "ConnectError" in failure.value.reason


def test_a_silent_sibling(client: ServiceClient, sibling: StandIn, context: Context) -> None:
    def silent(_request: Request) -> Response:
        sibling.release.wait(20)
        return Response()

    sibling.answers = [silent]
    with pytest.raises(Unreachable, match="does not answer") as failure:
        client.call("POST", "/x", context=context)
    assert "ReadTimeout" in failure.value.reason


def test_a_slow_drip_ends_at_the_total_limit(sibling: StandIn, tokens: ServiceTokens, context: Context) -> None:
    def drip(_request: Request) -> Response:
        return Response((b"x" for _ in iter(lambda: sibling.release.wait(0.05), True)), direct_passthrough=True)

    sibling.answers = [drip]
    limits = CallLimits(read_seconds=5, total_seconds=0.5)
    client = ServiceClient("sync", "workflow", base_url=sibling.url, tokens=tokens, limits=limits)
    with pytest.raises(Unreachable) as failure:
        client.call("GET", "/x", context=context)
    client.close()
    assert "takes too long" in failure.value.reason


def test_an_endless_answer_is_cut(client: ServiceClient, sibling: StandIn, context: Context) -> None:
    sibling.answers = [lambda _request: Response(b"x" * 10_001)]
    with pytest.raises(Unreachable) as failure:
        client.call("POST", "/x", context=context)
    assert "too large" in failure.value.reason


def test_a_redirect_is_not_followed(client: ServiceClient, sibling: StandIn, context: Context) -> None:
    sibling.answers = [says(307, Location="/elsewhere"), says(200)]
    with pytest.raises(Refused) as refusal:
        client.call("GET", "/x", context=context)
    assert refusal.value.answered == 307
    assert len(sibling.requests) == 1


def test_proxies_of_the_environment_are_ignored(
    sibling: StandIn, tokens: ServiceTokens, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    sibling.answers = [says(200)]
    client = ServiceClient("sync", "workflow", base_url=sibling.url, tokens=tokens)
    assert client.call("GET", "/x", context=context).status == 200
    client.close()


def test_an_open_circuit_asks_nobody(sibling: StandIn, tokens: ServiceTokens, context: Context) -> None:
    now = [0.0]
    breaker = CircuitBreaker(threshold=3, rest_seconds=10, clock=lambda: now[0])
    client = ServiceClient("sync", "workflow", base_url=sibling.url, tokens=tokens, breaker=breaker)
    sibling.answers = [says(500), says(500), says(500), says(200)]
    for _ in range(3):
        with pytest.raises(Refused):
            client.call("POST", "/x", context=context)
    with pytest.raises(Unreachable) as failure:
        client.call("GET", "/x", context=context)
    assert failure.value.reason == "circuit open"
    assert len(sibling.requests) == 3
    now[0] = 10.0
    assert client.call("GET", "/x", context=context).status == 200
    assert client.call("GET", "/x", context=context).status == 200
    client.close()


def test_a_breaker_lets_one_trial_through() -> None:
    now = [0.0]
    breaker = CircuitBreaker(threshold=2, rest_seconds=10, clock=lambda: now[0])
    breaker.failed()
    assert breaker.allows()
    breaker.succeeded()
    breaker.failed()
    assert breaker.allows()  # only failures in a row open it
    breaker.failed()
    assert not breaker.allows()
    now[0] = 10.0
    assert [breaker.allows(), breaker.allows()] == [True, False]
    breaker.failed()
    now[0] = 19.9
    assert not breaker.allows()
    now[0] = 20.0
    assert breaker.allows()
    breaker.succeeded()
    assert [breaker.allows(), breaker.allows()] == [True, True]


def test_nothing_is_signed_that_the_service_has_no_business_with(tokens: ServiceTokens, context: Context) -> None:
    for callee, permissions in (("workflow", ["approval.decide"]), ("validation", None), ("validation", [])):
        with pytest.raises(ValueError, match="service:sync may not ask"):
            tokens.issue(callee, tenant_id=context.tenant_id, permissions=permissions)


def test_a_token_carries_all_that_the_service_may_do_there(
    client: ServiceClient, sibling: StandIn, tokens: ServiceTokens, context: Context, tmp_path: Path
) -> None:
    sibling.answers = [says(200)]
    client.call("GET", "/x", context=context)
    header = sibling.requests[0].headers["Authorization"]
    caller = authenticator(tokens, tmp_path, "workflow").context(
        header, correlation_id=uuid.uuid4(), client_address=None
    )
    assert caller.permissions == {"approval.request", "ticket.create"}


def test_messages_between_services_that_share_a_secret_are_signed(
    sibling: StandIn, tokens: ServiceTokens, context: Context
) -> None:
    secret = new_secret()
    client = ServiceClient("sync", "workflow", base_url=sibling.url, tokens=tokens, limits=QUICK, secret=secret)
    sibling.answers = [says(200)]
    client.call("POST", "/x", context=context, json={"a": 1}, message_id="letter-1")
    client.call("POST", "/x", context=context, json={"a": 1})
    client.close()
    signed, plain = sibling.requests
    assert verify(dict(signed.headers), signed.get_data(), [secret]) == "letter-1"
    assert "webhook-signature" not in plain.headers
