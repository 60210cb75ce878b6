"""Where the gateway sends what, and with which headers."""

import http.client
import re
import uuid
from collections.abc import Callable
from contextlib import closing

import pytest

from tests.gateway.stage import Proxy, Upstream

LEGACY = {
    "/api/propagation-jobs/": "/api/propagation/v1/jobs",
    "/api/propagation-jobs": "/api/propagation/v1/jobs",
    "/api/propagation-jobs/summary/": "/api/propagation/v1/jobs/summary",
    "/api/propagation-jobs/5f/errors/?limit=2": "/api/propagation/v1/jobs/5f/errors?limit=2",
    "/api/propagation-errors/": "/api/propagation/v1/errors",
    "/api/propagation-errors/7/mark_resolved/": "/api/propagation/v1/errors/7/mark_resolved",
    "/api/propagation-settings/": "/api/propagation/v1/settings",
    "/api/propagation-settings/current/": "/api/propagation/v1/settings/current",
    "/api/enhanced-string-details/": "/api/propagation/v1/string-details",
    "/api/enhanced-string-details/12/": "/api/propagation/v1/string-details/12",
    "/api/enhanced-string-details/analyze_impact/": "/api/propagation/v1/string-details/analyze_impact",
    "/api/enhanced-string-details/batch_update/": "/api/propagation/v1/string-details/batch_update",
    "/api/v1/work-orders/bulk/transition/": "/api/workflow/v1/work-orders/bulk/transition",
    "/api/v1/tasks/bulk/complete": "/api/workflow/v1/tasks/bulk/complete",
    "/api/v1/attendance/bulk/lock/": "/api/workflow/v1/attendance/bulk/lock",
    "/api/v1/tickets/bulk/update-priority/": "/api/workflow/v1/tickets/bulk/update-priority",
    "/api/v1/search/": "/api/workflow/v1/search",
    "/api/v1/search/saved/": "/api/workflow/v1/saved-searches",
    "/api/v1/search/unified/?q=a": "/api/workflow/v1/search/unified?q=a",
    "/api/v1/search/suggestions/": "/api/workflow/v1/search/suggestions",
    "/api/v1/search/analytics/click/": "/api/workflow/v1/search/clicks",
}
LEGACY_OF_SYNC = {
    "/api/v1/sync/promotions/?company_id=1": "/api/sync/v1/edge/promotions?company_id=1",
    "/api/v1/sync/product-modifiers": "/api/sync/v1/edge/product-modifiers",
    "/promotions/settings/preview-query/": "/api/sync/v1/promotion-settings/preview-query",
    "/promotions/compiler/compile/7/": "/api/sync/v1/promotions/7/compile",
    "/promotions/compiler/compile-all/": "/api/sync/v1/promotions/compile",
    "/promotions/compiler/compile-store/7": "/api/sync/v1/stores/7/compile",
    "/promotions/compiler/compile-company/": "/api/sync/v1/company/compile",
}
SPOOFED = {
    "X_Forwarded_For": "203.0.113.9",
    "X_Forwarded_Proto": "https",
    "X_Forwarded_Prefix": "/evil",
    "X_Real_IP": "203.0.113.9",
    "X_Client_IP": "203.0.113.9",
    "Forwarded": "for=203.0.113.9",
    "X_Remote_User": "root",
    "X_Auth_Subject": "root",
    "X_Tenant_ID": "other",
    "X_Contract": "v1-paths",
    "X_HTTP_Method_Override": "DELETE",
}
V4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@pytest.mark.parametrize(("path", "target"), LEGACY.items())
def test_long_known_paths(proxy: Proxy, path: str, target: str) -> None:
    assert proxy.get(path).json["path"] == target


def test_long_known_paths_keep_method_body_and_encoded_characters(proxy: Proxy) -> None:
    seen = proxy.call("PUT", "/api/enhanced-string-details/batch_update/?q=%C3%A9", b'{"updates": []}').json
    assert (seen["method"], seen["body"]) == ("PUT", '{"updates": []}')
    assert seen["path"] == "/api/propagation/v1/string-details/batch_update?q=%C3%A9"


def test_long_known_paths_of_stores(new_proxy: Callable[..., Proxy], upstream: Upstream) -> None:
    proxy = new_proxy(upstreams={"sync": upstream.address})
    for path, target in LEGACY_OF_SYNC.items():
        assert proxy.get(path).json["path"] == target
    saved = proxy.call("POST", "/promotions/settings/")
    assert saved.json["path"] == "/api/sync/v1/promotion-settings"


@pytest.mark.parametrize("path", ["/api/v1/tasks/bulk/complete/", "/api/v1/search/", "/api/v1/search/saved"])
def test_paths_with_a_contract_of_their_own_name_it(proxy: Proxy, path: str) -> None:
    assert proxy.call("POST", path, b"{}").json["headers"]["X-Contract"] == "v1-paths"
    canonical = proxy.call("POST", path, b"{}").json["path"]
    assert "X-Contract" not in proxy.call("POST", canonical, b"{}").json["headers"]


@pytest.mark.parametrize("path", ["/api/propagation-jobsx", "/api/propagation-jobsx/1", "/api/propagation-job/"])
def test_similar_paths_are_not_rewritten(proxy: Proxy, path: str) -> None:
    assert proxy.get(path).status == 404


@pytest.mark.parametrize(
    "path", ["/api/propagation/v1/jobs", "/api/propagation/v1/strings/3/?a=1", "/api/propagation/docs"]
)
def test_canonical_paths_pass_unchanged(proxy: Proxy, path: str) -> None:
    assert proxy.get(path).json["path"] == path


@pytest.mark.parametrize(
    "path",
    [
        "/readyz",
        "/metrics",
        "/api/propagation/readyz",
        "/api/propagation/v1/metrics",
        "/api/propagation/..%2freadyz",
    ],
)
def test_internal_routes_are_closed(proxy: Proxy, path: str) -> None:
    assert proxy.get(path).status == 404


def test_index_and_health(proxy: Proxy) -> None:
    assert proxy.get("/healthz").json == {"status": "alive"}
    for path in ("/api", "/api/"):
        answer = proxy.get(path)
        assert answer.headers["Content-Type"].startswith("application/json")
        assert [entry["name"] for entry in answer.json["services"]] == ["propagation", "workflow", "sync"]
        assert answer.json["services"][0]["openapi"] == "/api/propagation/v1/openapi.json"
    assert proxy.get("/").headers["Content-Type"].startswith("text/html")


def test_a_valid_correlation_id_is_kept(proxy: Proxy) -> None:
    mine = str(uuid.uuid4())
    answer = proxy.get("/api/propagation/v1/jobs", X_Correlation_ID=mine)
    assert answer.headers.get_all("X-Correlation-ID") == [mine]
    assert answer.json["headers"]["X-Correlation-ID"] == mine


@pytest.mark.parametrize("sent", [{}, {"X_Correlation_ID": "42"}, {"X_Correlation_ID": f"{uuid.uuid4()}x"}])
def test_a_missing_or_bad_correlation_id_is_made(proxy: Proxy, sent: dict[str, str]) -> None:
    answer = proxy.get("/api/propagation/v1/jobs", **sent)
    made = answer.headers["X-Correlation-ID"]
    assert V4.fullmatch(made)
    assert answer.json["headers"]["X-Correlation-ID"] == made
    assert proxy.logs(f'"correlation_id":"{made}"')


def test_identity_comes_from_the_connection(proxy: Proxy) -> None:
    seen = proxy.get("/api/propagation-jobs/", **SPOOFED).json["headers"]
    assert (seen["X-Forwarded-For"], seen["X-Real-IP"], seen["X-Forwarded-Proto"]) == (
        "127.0.0.1",
        "127.0.0.1",
        "http",
    )
    assert seen["X-Forwarded-Host"] == seen["Host"] == f"127.0.0.1:{proxy.port}"
    assert not {"203.0.113.9", "root", "other", "/evil", "v1-paths", "DELETE"} & set(seen.values())
    assert not {"Forwarded", "X-Remote-User", "X-Contract", "X-Client-Ip", "Proxy"} & set(seen)


def test_a_services_own_answer_passes_unchanged(proxy: Proxy) -> None:
    answer = proxy.get("/api/propagation/v1/jobs", X_Behaviour="fail", Accept_Encoding="gzip")
    assert answer.status == 500
    assert answer.json["path"] == "/api/propagation/v1/jobs"
    assert answer.headers["ETag"] == '"7"'
    assert answer.headers["Content-Encoding"] is None


def test_security_headers_are_there_once(proxy: Proxy) -> None:
    for path in ("/api/propagation/v1/jobs", "/api/propagation-jobs/", "/api", "/healthz", "/nowhere", "/"):
        headers = proxy.get(path).headers
        assert headers.get_all("X-Content-Type-Options") == ["nosniff"], path
        assert headers.get_all("X-Frame-Options") == ["DENY"], path
        assert len(headers.get_all("Content-Security-Policy", [])) == 1, path
        assert headers["Server"] == "nginx", path


def test_a_service_may_set_its_own_content_policy(proxy: Proxy) -> None:
    headers = proxy.get("/api/propagation/docs", X_Wanted_Policy="default-src 'none'").headers
    assert headers.get_all("Content-Security-Policy") == ["default-src 'none'"]


@pytest.mark.parametrize(
    "path",
    ["/api/propagation/v1/jobs/5/events", "/api/propagation-jobs/5/events/", "/api/propagation/v1/events"],
)
def test_events_arrive_while_the_stream_is_open(proxy: Proxy, path: str) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=20)) as connection:
        connection.request("GET", path, headers={"X-Behaviour": "events", "Accept-Encoding": "gzip"})
        response = connection.getresponse()
        assert response.headers["Content-Type"] == "text/event-stream"
        assert response.readline() == b"id: 1\n"
