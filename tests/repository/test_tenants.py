"""Two tenants and every route: nothing of the one is seen, changed or even known to exist by the other."""

import re
import uuid
from typing import Any

import pytest
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from shared.app import ServiceApp
from tests.fixtures.databases import TestDatabase
from tests.fixtures.people import Issuer, Person
from tests.repository.world import COLLECTIONS, PREFIX, Route, World, guarded, missing, rows_of

FIRST, SECOND = uuid.uuid4(), uuid.uuid4()
STREAMS = ("GET events", "GET jobs/<>/events")
# Filters whose name is not the name of a collection's id.
FILTERS = {"parent": "string", "dimension_value": "dimension_value", "retry_of": "job"} | {
    name: name for name in COLLECTIONS.values()
}


def admin(app: ServiceApp, issuer: Issuer, tenant: uuid.UUID) -> Person:
    return Person(app.test_client(), PREFIX.rstrip("/"), issuer.token(tenant))


@pytest.fixture(scope="module")
def theirs(propagation_app: ServiceApp, issuer: Issuer) -> World:
    return World.make(admin(propagation_app, issuer, FIRST), f"mark-{uuid.uuid4().hex[:12]}")


@pytest.fixture(scope="module")
def ours(propagation_app: ServiceApp, issuer: Issuer) -> World:
    return World.make(admin(propagation_app, issuer, SECOND), f"mark-{uuid.uuid4().hex[:12]}")


class Asked(dict[str, Any]):
    """Ids that remember which of them a body needed."""

    def __init__(self, ids: dict[str, Any]) -> None:
        super().__init__(ids)
        self.names: list[str] = []

    def __getitem__(self, name: str) -> Any:
        self.names.append(name)
        return super().__getitem__(name)


def seen(answer: TestResponse) -> tuple[int, str]:
    """The answer without what names the request itself: ids that were sent, the correlation id, times, signatures."""
    told = re.sub(r'[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]+|"confirm_token":"[^"]+"', "#", answer.get_data(as_text=True))
    return answer.status_code, told


def test_foreign_ids_in_a_path_answer_like_missing_ones(
    propagation_app: ServiceApp, catalogue: Connection, theirs: World, ours: World
) -> None:
    before = rows_of(catalogue, FIRST)
    called = 0
    for route in guarded(propagation_app):
        if not route.has_argument:
            continue
        foreign = route.call(ours.person, theirs.ids)
        absent = route.call(ours.person, missing(theirs.ids))
        assert foreign.status_code == 404, (route.name, foreign.get_data(as_text=True))
        assert seen(foreign) == seen(absent), route.name
        called += 1
    assert called > 40
    assert rows_of(catalogue, FIRST) == before


def test_foreign_ids_in_a_body_answer_like_missing_ones(
    propagation_app: ServiceApp, catalogue: Connection, theirs: World, ours: World
) -> None:
    before = rows_of(catalogue, FIRST)
    called = 0
    for route in guarded(propagation_app):
        asked = Asked(ours.ids)
        route.body(asked)
        for name in asked.names:
            foreign = _with(route, ours, name, theirs.ids[name])
            absent = _with(route, ours, name, missing(theirs.ids)[name])
            assert seen(foreign) == seen(absent), (route.name, name)
            assert foreign.status_code >= 400 or "not_found" in foreign.get_data(as_text=True), (route.name, name)
            called += 1
    assert called > 15
    assert rows_of(catalogue, FIRST) == before


def _with(route: Route, ours: World, name: str, value: Any) -> TestResponse:
    """The call with one of the body's references exchanged, the path being the caller's own."""
    body = route.body({**ours.ids, name: value})
    return ours.person.call(route.method, route.address(ours.ids), body)


def test_lists_show_their_own_rows_only(propagation_app: ServiceApp, theirs: World, ours: World) -> None:
    marks = [*theirs.marks, str(FIRST)]
    for route in guarded(propagation_app):
        if route.method != "GET" or route.has_argument or route.name in STREAMS:
            continue
        told = route.call(ours.person, ours.ids).get_data(as_text=True)
        assert not [mark for mark in marks if mark in told], route.name


def test_filters_by_foreign_ids_find_nothing(propagation_app: ServiceApp, theirs: World, ours: World) -> None:
    document = propagation_app.test_client().get(f"{PREFIX}openapi.json").get_json()
    tried = 0
    for path, methods in document["paths"].items():
        names = {item["name"] for item in methods.get("get", {}).get("parameters", []) if item.get("in") == "query"}
        if "{" in path or "limit" not in names:
            continue
        for name in names & FILTERS.keys():
            answer = ours.person.get(path, query_string={name: theirs.ids[FILTERS[name]]})
            assert (answer.status_code, answer.get_json()["results"]) == (200, []), (path, name)
            tried += 1
    assert tried > 15


def test_cursors_do_not_open_foreign_pages(theirs: World, ours: World) -> None:
    following = theirs.person.get("strings?limit=1").get_json()["next"].removeprefix("http://localhost")
    told = ours.person.get(following).get_data(as_text=True)
    assert not [mark for mark in theirs.marks if mark in told]


@pytest.mark.parametrize("tenant", [None, SECOND, uuid.uuid4()])
def test_the_database_shows_a_tenant_its_own_rows_only(
    propagation_database: TestDatabase, catalogue: Connection, theirs: World, tenant: uuid.UUID | None
) -> None:
    stored = {table for table, rows in rows_of(catalogue, FIRST).items() if rows}
    assert len(stored) > 15
    with propagation_database.db.engine.connect() as connection:
        connection.execute(text("select set_config('app.tenant_id', :t, true)"), {"t": str(tenant or "")})
        for table in stored:
            assert not connection.scalar(text(f"select count(*) from {table} where tenant_id = :t"), {"t": FIRST})
