"""The gateway's own errors are problem documents."""

from collections.abc import Callable

import pytest

from tests.gateway.stage import Answer, Proxy, Upstream


def check(answer: Answer, status: int, code: str, instance: str) -> None:
    assert answer.status == status
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers.get_all("X-Content-Type-Options") == ["nosniff"]
    problem = answer.json
    assert problem.pop("title")
    assert problem.pop("detail")
    correlation_id = problem.pop("correlation_id")
    assert answer.headers.get_all("X-Correlation-ID") == [correlation_id]
    expected = {"type": f"urn:concord:problem:{code}", "status": status, "instance": instance, "code": code}
    assert problem == expected


def test_malformed_request(proxy: Proxy) -> None:
    check(proxy.raw(b"GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n"), 400, "malformed_request", "/healthz")


def test_malformed_request_line(proxy: Proxy) -> None:
    check(proxy.raw(b"NONSENSE\r\n\r\n"), 400, "malformed_request", "/")


def test_not_found(proxy: Proxy) -> None:
    check(proxy.get("/nowhere/at/all?token=secret"), 404, "not_found", "/nowhere/at/all")


def test_a_path_cannot_break_out_of_the_document(proxy: Proxy) -> None:
    answer = proxy.raw(b'GET /no","code":"forged HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    check(answer, 404, "not_found", "/no")


def test_method_not_allowed(proxy: Proxy) -> None:
    check(proxy.call("TRACE", "/api/propagation/v1/jobs"), 405, "method_not_allowed", "/api/propagation/v1/jobs")


def test_body_too_large(proxy: Proxy) -> None:
    path = "/api/propagation/v1/strings"
    check(proxy.call("POST", path, b"x" * 2000), 413, "payload_too_large", path)


def test_address_too_long(proxy: Proxy) -> None:
    check(proxy.get("/api/" + "a" * 9000), 414, "uri_too_long", "/")


def test_header_too_large(proxy: Proxy) -> None:
    check(proxy.get("/healthz", X_Long="a" * 9000), 431, "header_too_large", "/healthz")


def test_service_breaks_off(proxy: Proxy) -> None:
    path = "/api/propagation/v1/jobs"
    check(proxy.call("POST", path, X_Behaviour="break"), 502, "bad_gateway", path)


def test_service_is_not_started(proxy: Proxy) -> None:
    answer = proxy.get("/api/sync/v1/runs")
    check(answer, 503, "service_unavailable", "/api/sync/v1/runs")
    assert answer.headers["Retry-After"] == "5"


def test_service_is_not_installed(proxy: Proxy) -> None:
    check(proxy.get("/api/validation/v1/rule-sets"), 503, "service_unavailable", "/api/validation/v1/rule-sets")


def test_long_known_path_of_a_service_that_is_not_installed(new_proxy: Callable[..., Proxy]) -> None:
    check(new_proxy().get("/api/propagation-jobs/"), 503, "service_unavailable", "/api/propagation-jobs/")


def test_service_does_not_answer_in_time(proxy: Proxy) -> None:
    path = "/api/propagation/v1/jobs"
    check(proxy.get(path, X_Behaviour="hang"), 504, "gateway_timeout", path)


def test_flood(new_proxy: Callable[..., Proxy], upstream: Upstream) -> None:
    proxy = new_proxy(upstreams={"propagation": upstream.address}, rate="1r/m", burst=1)
    answers = [proxy.get("/api/propagation/v1/jobs") for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 429, 429]
    check(answers[-1], 429, "rate_limited", "/api/propagation/v1/jobs")
    assert answers[-1].headers["Retry-After"] == "1"


@pytest.mark.parametrize("path", ["/nowhere", "/api/sync/v1/runs"])
def test_the_clients_correlation_id_is_in_the_document(proxy: Proxy, path: str) -> None:
    mine = "0b9a3c9e-3d1f-4c52-9a55-0d1f6a1c7e11"
    answer = proxy.get(path, X_Correlation_ID=mine)
    assert answer.json["correlation_id"] == answer.headers["X-Correlation-ID"] == mine
