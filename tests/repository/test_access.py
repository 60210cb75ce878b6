"""Who may call what, generated from the routes: a route without a rule fails here before anybody calls it."""

import uuid
from collections.abc import Iterator

import pytest
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from services.propagation.app import create_app
from services.propagation.config import ROLE_PERMISSIONS, Settings
from shared.app import ServiceApp
from tests.fixtures.people import Issuer, Person
from tests.repository.world import BODIES, PREFIX, World, guarded, routes, rows_of

OPEN = {
    "/healthz": "alive or not, for the supervisor",
    "/readyz": "on the service's own port only",
    "/metrics": "on the service's own port only",
    "/api/propagation/docs": "the reference page",
    "/api/propagation/v1/openapi.json": "the document that the page shows",
}
# Where a refused caller may leave rows: the refusal itself, and being known from now on.
LEFT_BY_REFUSALS = ("audit_events", "members")


@pytest.fixture(scope="module")
def tenant() -> uuid.UUID:
    return uuid.uuid4()


@pytest.fixture(scope="module")
def ada(propagation_app: ServiceApp, issuer: Issuer, tenant: uuid.UUID) -> Person:
    return Person(propagation_app.test_client(), PREFIX.rstrip("/"), issuer.token(tenant))


@pytest.fixture(scope="module")
def world(ada: Person) -> World:
    return World.make(ada, f"mark-{uuid.uuid4().hex[:12]}")


def somebody(app: ServiceApp, issuer: Issuer, tenant: uuid.UUID | None, **claims: object) -> Person:
    return Person(app.test_client(), PREFIX.rstrip("/"), issuer.token(tenant, **claims))  # type: ignore[arg-type]


def undeclared(app: ServiceApp) -> set[str]:
    return {route.name for route in routes(app) if route.rule not in OPEN and route.permission is None}


def test_every_route_has_an_access_rule(propagation_app: ServiceApp) -> None:
    assert undeclared(propagation_app) == set()


def test_a_route_without_access_rule_is_noticed(propagation_settings: Settings) -> None:
    app = create_app(propagation_settings)

    @app.get("/api/propagation/v1/forgotten")
    def forgotten() -> ResponseReturnValue:
        return "everything"

    assert undeclared(app) == {"GET forgotten"}
    app.runtime.db.dispose()


def test_what_is_open_is_open_on_purpose(propagation_app: ServiceApp) -> None:
    marked = {
        rule.rule
        for rule in propagation_app.url_map.iter_rules()
        if getattr(propagation_app.view_functions[rule.endpoint], "is_open", False)
        and not rule.rule.startswith("/propagation/")  # pages: tests/repository/test_console.py
    }
    assert marked | {"/api/propagation/v1/openapi.json"} == OPEN.keys()
    client = propagation_app.test_client()
    for rule in OPEN:
        assert client.get(rule).status_code == 200, rule


def test_every_writing_route_is_called_with_a_body(propagation_app: ServiceApp) -> None:
    writing = {route.name for route in guarded(propagation_app) if route.method in ("POST", "PUT", "PATCH")}
    assert writing == BODIES.keys()


def test_every_permission_is_somebodys(propagation_app: ServiceApp) -> None:
    # What siblings may do is in no role.
    known = frozenset({"approval.callback"}).union(*ROLE_PERMISSIONS.values())
    assert {route.permission for route in guarded(propagation_app)} <= known


def test_nothing_without_a_token(propagation_app: ServiceApp, world: World) -> None:
    client = propagation_app.test_client()
    for route in guarded(propagation_app):
        address = PREFIX + route.address(world.ids)
        answer = client.open(address, method=route.method, json=route.body(world.ids))
        assert (answer.status_code, answer.get_json()["code"]) == (401, "unauthenticated"), route.name
        assert answer.mimetype == "application/problem+json"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_nothing_without_a_tenant(propagation_app: ServiceApp, issuer: Issuer, world: World) -> None:
    nobody = somebody(propagation_app, issuer, None)
    for route in guarded(propagation_app):
        answer = route.call(nobody, world.ids)
        assert (answer.status_code, answer.get_json()["code"]) == (403, "tenant_missing"), route.name


@pytest.fixture
def unchanged(catalogue: Connection, world: World, tenant: uuid.UUID) -> Iterator[None]:
    """Refusals write nothing but themselves."""
    before = rows_of(catalogue, tenant)
    yield
    after = rows_of(catalogue, tenant)
    for table in before.keys() - set(LEFT_BY_REFUSALS):
        assert after[table] == before[table], table


@pytest.mark.parametrize("role", [*ROLE_PERMISSIONS, "unheard-of"])
@pytest.mark.usefixtures("unchanged")
def test_a_role_without_the_permission_is_refused(
    propagation_app: ServiceApp, issuer: Issuer, world: World, tenant: uuid.UUID, role: str
) -> None:
    person = somebody(propagation_app, issuer, tenant, sub=role, roles=[role])
    held = ROLE_PERMISSIONS.get(role, frozenset())
    for route in guarded(propagation_app):
        if route.permission in held:
            continue
        answer = route.call(person, world.ids)
        assert answer.status_code == 403, (route.name, answer.get_data(as_text=True))
        problem = answer.get_json()
        assert (problem["code"], problem["permission"]) == ("permission_missing", route.permission), route.name


@pytest.mark.parametrize("role", ROLE_PERMISSIONS)
def test_a_role_with_the_permission_reads(
    propagation_app: ServiceApp, issuer: Issuer, world: World, tenant: uuid.UUID, role: str
) -> None:
    person = somebody(propagation_app, issuer, tenant, roles=[role])  # ada: her settings are her own
    for route in guarded(propagation_app):
        if route.method == "GET" and route.permission in ROLE_PERMISSIONS[role]:
            answer = route.call(person, world.ids)
            assert answer.status_code == 200, (route.name, answer.get_data(as_text=True))
            answer.close()


def test_the_permission_alone_is_enough(propagation_app: ServiceApp, issuer: Issuer, tenant: uuid.UUID) -> None:
    """Changing, then deleting: what the first calls did may stop the later ones, but never for lack of rights."""
    tenant = uuid.uuid4()
    world = World.make(somebody(propagation_app, issuer, tenant), f"mark-{uuid.uuid4().hex[:12]}")
    for route in guarded(propagation_app):
        person = somebody(propagation_app, issuer, tenant, roles=[], permissions=[route.permission])
        answer = route.call(person, world.ids)
        if route.permission == "approval.callback":  # it takes a signature as well
            assert (answer.status_code, answer.get_json()["code"]) == (401, "signature_refused")
            continue
        assert answer.status_code in (200, 201, 202, 204, 409, 422), (route.name, answer.get_data(as_text=True))
        answer.close()


def test_settings_belong_to_one_person(
    propagation_app: ServiceApp, issuer: Issuer, world: World, tenant: uuid.UUID
) -> None:
    other = somebody(propagation_app, issuer, tenant, sub="grace")
    for route in guarded(propagation_app):
        if route.path == "settings/<>":
            assert route.call(other, world.ids).status_code == 404, route.name
