"""Simultaneous bulk calls, and what a call costs the database."""

import uuid
from collections import Counter
from typing import Any

import pytest

from shared.app import ServiceApp
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson
from tests.fixtures.statements import counting
from tests.workflow.bulk.calling import bulk, many_orders, told, versions
from tests.workflow.test_concurrency import at_once
from tests.workflow.working import order


def test_ten_alike_without_versions(ada: Person, person: MakePerson) -> None:
    ids = [order(ada)["id"] for _ in range(5)]
    body = {"ids": ids, "target_state": "SUBMITTED"}
    answers = at_once(person, "POST", "work-orders/bulk/transition", [body] * 10)
    assert Counter(answer.status_code for answer in answers) == {200: 10}
    assert Counter(len(answer.get_json()["unchanged_ids"]) for answer in answers) == {0: 1, 5: 9}
    assert versions(ada, "work-orders", ids) == [1] * 5


def test_ten_alike_with_versions(ada: Person, person: MakePerson) -> None:
    ids = [order(ada)["id"] for _ in range(5)]
    body = {"items": [{"id": item, "version": 0} for item in ids], "target_state": "SUBMITTED"}
    answers = at_once(person, "POST", "work-orders/bulk/transition", [body] * 10)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 9}
    refused = next(answer.get_json() for answer in answers if answer.status_code == 409)
    assert {item["code"] for item in refused["items"]} == {"version_conflict"}
    assert versions(ada, "work-orders", ids) == [1] * 5


def test_opposite_orders_do_not_block_each_other(ada: Person, person: MakePerson) -> None:
    ids = [order(ada)["id"] for _ in range(20)]
    bodies = [{"ids": ids[:: 1 if number % 2 else -1], "update_data": {"title": f"T{number}"}} for number in range(8)]
    answers = at_once(person, "POST", "work-orders/bulk/update", bodies)
    assert Counter(answer.status_code for answer in answers) == {200: 8}
    assert versions(ada, "work-orders", ids) == [8] * 20


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("transition", {"target_state": "SUBMITTED"}),
        ("transition", {"target_state": "SUBMITTED", "dry_run": True}),
        ("transition", {"target_state": "CLOSED"}),
        ("update", {"update_data": {"title": "Other"}}),
        ("update", {"update_data": {"title": "Other"}, "dry_run": True}),
        ("assign", {"assigned_to_user": "grace"}),
    ],
)
def test_statements_do_not_grow_with_the_items(
    app: ServiceApp, ada: Person, tenant_id: uuid.UUID, operation: str, body: dict[str, Any]
) -> None:
    order(ada, vendor_id=None)  # the tenant arrives
    ids = many_orders(app, tenant_id, 1100)

    def statements(chosen: list[int]) -> int:
        with counting(app.runtime.db.engine) as sent:
            status = 409 if body.get("target_state") == "CLOSED" else 200
            told(bulk(ada, f"work-orders/{operation}", ids=chosen, **body), status)
        return len(sent)

    assert statements(ids[:100]) == statements(ids[100:])
