"""Every service lets nobody in without a rule, a token and a tenant, and shows nobody what another tenant has."""

import re
import uuid
from collections.abc import Iterator
from ipaddress import IPv6Address
from typing import Any, NamedTuple

import pytest
from werkzeug.test import TestResponse

from concord.catalogue import installed_names
from services.propagation.config import ROLE_PERMISSIONS as OF_PROPAGATION
from services.sync.config import KNOWN_PERMISSIONS as OF_SYNC
from services.validation.config import KNOWN_PERMISSIONS as OF_VALIDATION
from services.workflow.config import KNOWN_PERMISSIONS as OF_WORKFLOW
from shared.app import ServiceApp
from tests.fixtures.people import Issuer, Person
from tests.workflow.working import made, order, record, task, ticket, vendor

# What siblings may do is in no role.
KNOWN = {
    "propagation": frozenset({"approval.callback"}).union(*OF_PROPAGATION.values()),
    "validation": OF_VALIDATION,
    "workflow": OF_WORKFLOW,
    "sync": OF_SYNC,
}
PROBES = {"/healthz", "/readyz", "/metrics"}
# Where a caller gets the token that everything else needs.
LOGINS = {"sync": {"/api/sync/v1/edge/token"}}
# The long-known protocol of edges says its codes in capitals, and one page hears of a missing company otherwise.
PREVIEW = "/api/sync/v1/promotion-settings/preview-query"
ARGUMENTS = {"key": "9000000000000000", "uuid": str(uuid.UUID(int=7)), "id": str(uuid.UUID(int=7))}


class Called(NamedTuple):
    method: str
    rule: str
    permission: str | None
    is_open: bool

    def address(self, **own: Any) -> str:
        """With an id that nobody has for each argument but `own` ones, by collection."""
        collection = self.rule.split("/v1/")[-1].split("/")[0]
        path = re.sub(r"<key:\w+>", str(own.get(collection, ARGUMENTS["key"])), self.rule, count=1)
        return re.sub(r"<(?:(\w+):)?\w+>", lambda found: ARGUMENTS.get(found[1], "unknown"), path)


def routes(app: ServiceApp) -> Iterator[Called]:
    """Of the API; pages are another matter (tests/repository/test_console.py)."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(f"/{app.name}/"):
            continue
        view = app.view_functions[rule.endpoint]
        permission, is_open = getattr(view, "required_permission", None), getattr(view, "is_open", False)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Called(method, rule.rule, permission, is_open)


@pytest.fixture(params=installed_names())
def app(request: pytest.FixtureRequest) -> ServiceApp:
    found: ServiceApp = request.getfixturevalue(f"{request.param}_app")
    return found


def send(app: ServiceApp, route: Called, token: str | None = None) -> TestResponse:
    """From an address of its own, because some quotas count whom they do not know."""
    host = {"REMOTE_ADDR": str(IPv6Address(uuid.uuid4().int))}
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    body: Any = {} if route.method in ("POST", "PUT", "PATCH") else None
    return app.test_client().open(route.address(), method=route.method, json=body, headers=headers, environ_base=host)


def test_every_route_demands_a_known_permission_or_is_open_on_purpose(app: ServiceApp) -> None:
    service = app.runtime.service
    open_routes = {route.rule for route in routes(app) if route.permission is None}
    documents = {f"/api/{service}/docs", f"/api/{service}/v1/openapi.json"}
    assert open_routes == PROBES | documents | LOGINS.get(service, set())
    assert {route.permission for route in routes(app)} - {None} <= KNOWN[service]


def test_nothing_without_a_token(app: ServiceApp) -> None:
    for route in routes(app):
        if route.permission is None:
            continue
        answer = send(app, route)
        assert (answer.status_code, answer.get_json()["code"].lower()) == (401, "unauthenticated"), route
        assert answer.mimetype == "application/problem+json"


def test_nothing_without_a_tenant(app: ServiceApp, issuer: Issuer) -> None:
    token = issuer.token(None)
    for route in routes(app):
        if route.permission is None:
            continue
        answer = send(app, route, token)
        expected = 400 if route.rule == PREVIEW else 403
        assert (answer.status_code, answer.get_json()["code"].lower()) == (expected, "tenant_missing"), route


def test_who_may_nothing_is_refused_everywhere(app: ServiceApp, issuer: Issuer) -> None:
    """By the form of the request or by what is missing, before anything is done."""
    tenant = uuid.uuid4()
    for number, route in enumerate(routes(app)):
        if route.permission is not None:
            answer = send(app, route, issuer.token(tenant, sub=f"nobody-{number}", roles=["unheard-of"]))
            refusals = (400, 403, 404, 415, 422) if route.rule == PREVIEW else (403, 404, 415, 422)
            assert answer.status_code in refusals, (route, answer.get_data(as_text=True))


def test_foreign_items_of_workflow_look_like_missing_ones(workflow_app: ServiceApp, issuer: Issuer) -> None:
    theirs, ours = (
        Person(workflow_app.test_client(), "/api/workflow/v1", issuer.token(uuid.uuid4())) for _each in range(2)
    )
    ids = {
        "work-orders": order(theirs)["id"],
        "tasks": task(theirs)["id"],
        "attendance": record(theirs)["id"],
        "tickets": ticket(theirs)["id"],
        "vendors": vendor(theirs)["id"],
        "shifts": made(theirs, "shifts", name="Night", start_time="22:00", end_time="06:00")["id"],
    }
    tried = 0
    for route in routes(workflow_app):
        if "/<key:" not in route.rule or route.rule.split("/v1/")[-1].split("/")[0] not in ids:
            continue
        body: Any = {} if route.method in ("POST", "PATCH") else None
        foreign = ours.call(route.method, route.address(**ids), body)
        absent = ours.call(route.method, route.address(), body)
        told = [(answer.status_code, answer.get_json()["code"]) for answer in (foreign, absent)]
        assert told[0] == told[1], route
        assert foreign.status_code in (404, 422), route
        tried += foreign.status_code == 404
    assert tried > 50
