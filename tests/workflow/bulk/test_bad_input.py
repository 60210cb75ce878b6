"""Calls that are refused as a whole, before any item is looked at."""

from typing import Any

import pytest

from services.workflow.app import create_app
from services.workflow.config import Settings
from tests.fixtures.people import Issuer, Person
from tests.fixtures.services import MakePerson
from tests.workflow.bulk.calling import bulk, told

MOVE, UPDATE, ASSIGN = "work-orders/transition", "work-orders/update", "tickets/assign"
TO = {"target_state": "SUBMITTED"}


@pytest.mark.parametrize(
    ("address", "body", "code", "pointer"),
    [
        (MOVE, TO | {"ids": []}, "ids_empty", "/ids"),
        (MOVE, TO | {"items": []}, "ids_empty", "/items"),
        (MOVE, TO, "ids_ambiguous", "/ids"),
        (MOVE, TO | {"ids": [1], "items": [{"id": 1}]}, "ids_ambiguous", "/items"),
        (MOVE, TO | {"ids": [1], "where": {"state": "DRAFT"}}, "ids_ambiguous", "/where"),
        (MOVE, TO | {"ids": ["x" * 101]}, "invalid_id", "/ids/0"),
        (MOVE, TO | {"ids": [1, 1.5]}, "invalid_id", "/ids/1"),
        (MOVE, TO | {"ids": [True]}, "invalid_id", "/ids/0"),
        (MOVE, TO | {"ids": [None]}, "invalid_id", "/ids/0"),
        (MOVE, TO | {"ids": 5}, "invalid", "/ids"),
        (MOVE, TO | {"items": [{"version": 1}]}, "invalid_id", "/items/0/id"),
        (MOVE, TO | {"items": [{"id": 1, "version": "1"}]}, "invalid", "/items/0/version"),
        (MOVE, TO | {"items": [{"id": 1, "state": "DRAFT"}]}, "unknown_field", "/items/0/state"),
        (MOVE, TO | {"items": [{"id": 1, "version": 1}, {"id": "1", "version": 2}]}, "versions_differ", "/items"),
        (MOVE, TO | {"where": {}}, "where_empty", "/where"),
        (MOVE, TO | {"where": {"colour": "red"}}, "unknown_field", "/where/colour"),
        (MOVE, {"ids": [1]}, "required", "/target_state"),
        (MOVE, {"ids": [1], "target_state": "NOWHERE"}, "unknown_state", "/target_state"),
        (MOVE, TO | {"ids": [1], "comments": "x" * 1001}, "too_long", "/comments"),
        (MOVE, TO | {"ids": [1], "metadata": [1]}, "invalid", "/metadata"),
        (MOVE, TO | {"ids": [1], "reason": "timeout"}, "reason_not_permitted", "/reason"),
        (MOVE, TO | {"ids": [1], "colour": "red"}, "unknown_field", "/colour"),
        ("work-orders/approve", {"ids": [1], "target_state": "CLOSED"}, "target_state_differs", "/target_state"),
        ("tickets/close", {"ids": [1]}, "comments_required", "/comments"),
        ("attendance/reject", {"ids": [1], "comments": " "}, "comments_required", "/comments"),
        (UPDATE, {"ids": [1]}, "required", "/update_data"),
        (UPDATE, {"ids": [1], "update_data": {}}, "update_data_empty", "/update_data"),
        (UPDATE, {"ids": [1], "update_data": {"priority": "URGENT"}}, "unknown_word", "/update_data/priority"),
        (UPDATE, {"ids": [1], "update_data": {"title": "x" * 201}}, "too_long", "/update_data/title"),
        (UPDATE, {"ids": [1], "update_data": {"title": None}}, "null", "/update_data/title"),
        (UPDATE, {"ids": [1], "update_data": {"vendor_id": 2**60}}, "unknown_reference", "/update_data/vendor_id"),
        (ASSIGN, {"ids": [1]}, "assignee_missing", "/assigned_to_user"),
        ("tickets/update-priority", {"ids": [1]}, "required", "/priority"),
        ("tickets/update-priority", {"ids": [1], "priority": "URGENT"}, "unknown_word", "/priority"),
    ],
)
def test_refused_as_a_whole(ada: Person, address: str, body: dict[str, Any], code: str, pointer: str) -> None:
    problem = told(bulk(ada, address, **body), 422)
    assert (problem["code"], problem["errors"][0]["pointer"]) == (code, pointer)
    assert pointer.split("/")[1] in problem["detail"]


@pytest.mark.parametrize("address", ["work-orders/update", "tasks/update", "attendance/update", "tickets/update"])
def test_protected_fields(person: MakePerson, address: str) -> None:
    names = [
        *("id", "uuid", "tenant", "tenant_id", "version", "state", "status", "number", "person", "created_on"),
        *("updated_on", "created_at", "updated_by", "latitude", "assigned_to_user", "permit_status", "verifiers"),
    ]
    sent = dict.fromkeys(names, "x")
    problem = told(bulk(person(sub=address), address, ids=[1], update_data=sent), 422)
    assert {error["code"] for error in problem["errors"]} == {"protected_field"}
    assert {error["pointer"] for error in problem["errors"]} == {f"/update_data/{name}" for name in names}
    assert "protected" in problem["detail"]


def test_what_no_entity_has(ada: Person) -> None:
    for address in ("attendance/assign", "tasks/update-priority", "work-orders/close"):
        assert bulk(ada, address, ids=[1]).status_code == 404


def test_the_eleventh_call_of_a_minute(ada: Person, person: MakePerson) -> None:
    for number in range(10):
        path = "work-orders" if number % 2 else "tickets"
        assert bulk(ada, f"{path}/update", ids=[1], update_data={"priority": "LOW"}).status_code == 409
    refused = bulk(ada, "tasks/transition")
    assert told(refused, 429)["code"] == "rate_limited"
    assert int(refused.headers["Retry-After"]) >= 1
    assert bulk(person(sub="bob"), "tickets/update", ids=[1], update_data={"priority": "LOW"}).status_code == 409


def test_switched_off(settings: Settings, issuer: Issuer, ada: Person) -> None:
    app = create_app(settings.model_copy(update={"enable_bulk_operations": False}))
    refused = bulk(Person(app.test_client(), "/api/workflow/v1", ada.token), "work-orders/transition")
    assert told(refused, 503)["code"] == "feature_disabled"
    assert "Retry-After" in refused.headers
    app.runtime.db.dispose()


def test_on_the_long_known_paths_422_is_400(ada: Person) -> None:
    known = {"X-Contract": "v1-paths"}
    answer = ada.post("work-orders/bulk/reject", {"ids": [1]}, headers=known)
    problem = told(answer, 400)
    assert (problem["status"], problem["code"], problem["error"]) == (400, "comments_required", "comments_required")
    assert problem["message"] == problem["detail"]
    for named in ({"ids": list(range(1, 1002))}, {"where": {"state": "DRAFT"}}):
        answer = ada.post("work-orders/bulk/transition", named | {"target_state": "SUBMITTED"}, headers=known)
        problem = told(answer, 400)
        assert (problem["code"], problem["errors"][0]["pointer"]) == ("too_many_ids", f"/{next(iter(named))}")
    rolled_back = ada.post("work-orders/bulk/approve", {"ids": [1]}, headers=known)
    assert told(rolled_back, 409)["was_rolled_back"]
