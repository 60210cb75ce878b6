"""Moving many items: all or nothing, or what can be moved; each item is told about."""

import uuid
from typing import Any

import pytest

from services.workflow.schemas.bulk import BulkAnswerSchema
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson
from tests.workflow.bulk.calling import bulk, statuses, told, versions
from tests.workflow.working import audit_rows, order, order_in, ticket, vendor

MEMBERS = {
    "operation_type",
    "total_items",
    "successful_items",
    "failed_items",
    "success_rate",
    "successful_ids",
    "failed_ids",
    "unchanged_ids",
    "would_have_succeeded",
    "failure_details",
    "items",
    "warnings",
    "was_rolled_back",
    "rollback_reason",
    "dry_run",
    "audit_correlation_id",
}


def orders(person: Person, state: str, number: int, **body: Any) -> list[int]:
    return [order_in(person, state, **body)["id"] for _ in range(number)]


def test_all_are_moved_together(ada: Person) -> None:
    ids = orders(ada, "DRAFT", 3)
    answer = bulk(ada, "work-orders/transition", ids=[ids[2], str(ids[0]), ids[1]], target_state=" submitted ")
    body = told(answer)
    assert body.keys() == MEMBERS
    assert body["operation_type"] == "transition_to_SUBMITTED"
    assert (body["total_items"], body["successful_items"], body["failed_items"]) == (3, 3, 0)
    assert body["success_rate"] == 100.0
    assert body["successful_ids"] == [ids[2], str(ids[0]), ids[1]]
    assert body["failed_ids"] == body["unchanged_ids"] == body["would_have_succeeded"] == []
    assert statuses(body) == [(ids[2], "done", None), (str(ids[0]), "done", None), (ids[1], "done", None)]
    assert {(item["from_state"], item["to_state"], item["version"]) for item in body["items"]} == {
        ("DRAFT", "SUBMITTED", 1)
    }
    assert body["audit_correlation_id"] == answer.headers["X-Correlation-ID"]
    assert BulkAnswerSchema().dump(body | {"audit_correlation_id": uuid.UUID(body["audit_correlation_id"])}) == body
    assert versions(ada, "work-orders", ids) == [1, 1, 1]


def test_items_that_look_different_are_told_apart(ada: Person) -> None:
    """What is said of many at once is still said of each: from where, over what, for how long."""
    first, second = order(ada)["id"], order_in(ada, "SUBMITTED")["id"]
    done = orders(ada, "COMPLETED", 2)
    before = {item: ada.get(f"work-orders/{item}").get_json()["completed_at"] for item in done}
    told(bulk(ada, "work-orders/transition", ids=[second, first], target_state="CANCELLED", comments="No more."))
    told(bulk(ada, "work-orders/transition", ids=done, target_state="IN_PROGRESS"))
    for item, origin in ((first, "DRAFT"), (second, "SUBMITTED")):
        rows = audit_rows(ada, "work_order", item)
        (row,) = [row for row in rows if row["changes"] == {"state": [origin, "CANCELLED"]}]
        assert row["message"] == "No more."
    for item in done:
        rows = audit_rows(ada, "work_order", item)
        (row,) = [row for row in rows if (row["changes"] or {}).get("state") == ["COMPLETED", "IN_PROGRESS"]]
        assert row["changes"]["completed_at"] == [before[item], None]
        steps = ada.get(f"transitions?entity=work_order&entity_id={item}&limit=50").get_json()["results"]
        (step,) = [step for step in steps if step["from_state"] == "COMPLETED"]
        assert (step["to_state"], step["metadata"], step["success"]) == ("IN_PROGRESS", {}, True)


def test_one_failure_and_nothing_changes(ada: Person) -> None:
    good = orders(ada, "SUBMITTED", 2, vendor_id=vendor(ada)["id"])
    bad = order_in(ada, "SUBMITTED")["id"]
    body = told(bulk(ada, "work-orders/approve", ids=[good[0], bad, "no id", good[1]]), 409)
    assert body["code"] == "rolled_back"
    assert body.keys() == MEMBERS | {"code"}
    assert body["was_rolled_back"]
    assert body["rollback_reason"] == "2 of 4 items failed, so that none was changed."
    assert (body["successful_items"], body["failed_items"], body["success_rate"]) == (0, 2, 0.0)
    assert (body["successful_ids"], body["failed_ids"]) == ([], [bad, "no id"])
    assert body["would_have_succeeded"] == good
    assert statuses(body) == [
        (good[0], "rolled_back", None),
        (bad, "failed", "vendor_missing"),
        ("no id", "failed", "not_found"),
        (good[1], "rolled_back", None),
    ]
    assert body["failure_details"].keys() == {str(bad), "no id"}
    assert "vendor" in body["failure_details"][str(bad)]
    assert versions(ada, "work-orders", [*good, bad]) == [1, 1, 1]


def test_without_rollback_the_good_ones_stay(ada: Person) -> None:
    good, bad = order(ada)["id"], order_in(ada, "APPROVED")["id"]
    body = told(
        bulk(ada, "work-orders/transition", ids=[bad, good], target_state="SUBMITTED", rollback_on_error=False), 207
    )
    assert statuses(body) == [(bad, "failed", "transition_not_allowed"), (good, "done", None)]
    assert (body["successful_items"], body["success_rate"], body["was_rolled_back"]) == (1, 50.0, False)
    assert ada.get(f"work-orders/{good}").get_json()["state"] == "SUBMITTED"
    again = bulk(ada, "work-orders/transition", ids=[bad], target_state="SUBMITTED", rollback_on_error=False)
    assert told(again, 207)["successful_items"] == 0


def test_the_same_state_is_success_and_unchanged(ada: Person) -> None:
    ids = orders(ada, "DRAFT", 2)
    told(bulk(ada, "work-orders/transition", ids=ids[:1], target_state="SUBMITTED"))
    body = told(bulk(ada, "work-orders/transition", ids=ids, target_state="SUBMITTED"))
    assert (body["successful_ids"], body["unchanged_ids"]) == (ids, ids[:1])
    assert versions(ada, "work-orders", ids) == [1, 1]


def test_missing_and_foreign_look_alike(ada: Person, person: MakePerson, other_tenant: uuid.UUID) -> None:
    foreign = order(person(tenant_id=other_tenant))["id"]
    mine = order(ada)["id"]
    ids = [mine, foreign, 2**62, 2**63, -1, "", "x" * 100, "drop table"]
    call = {"ids": ids, "target_state": "SUBMITTED", "rollback_on_error": False}
    body = told(bulk(ada, "work-orders/transition", **call), 207)
    assert {(item["code"], item["detail"]) for item in body["items"][1:]} == {("not_found", "There is no such item.")}
    assert body["successful_ids"] == [mine]
    assert person(tenant_id=other_tenant).get(f"work-orders/{foreign}").get_json()["state"] == "DRAFT"


def test_repeated_ids_count_once(ada: Person) -> None:
    first, second = orders(ada, "DRAFT", 2)
    ids = [str(first), second, first, str(second), "x", "x"]
    call = {"ids": ids, "target_state": "SUBMITTED", "rollback_on_error": False}
    body = told(bulk(ada, "work-orders/transition", **call), 207)
    assert [item["id"] for item in body["items"]] == [str(first), second, "x"]
    assert body["total_items"] == 3
    assert body["warnings"] == [f"duplicate_ids: Sent more than once and handled once: {first}, {second}, x."]


def test_versions_are_compared_one_by_one(ada: Person) -> None:
    fresh, stale = orders(ada, "DRAFT", 2)
    ada.patch(f"work-orders/{stale}", {"title": "Other"})
    items = [{"id": stale, "version": 0}, {"id": fresh, "version": 0}]
    call = {"items": items, "target_state": "SUBMITTED"}
    body = told(bulk(ada, "work-orders/transition", **call), 409)
    failed = body["items"][0]
    assert (failed["code"], failed["expected_version"], failed["actual_version"]) == ("version_conflict", 0, 1)
    assert "0" in failed["detail"]
    assert "1" in failed["detail"]
    told(bulk(ada, "work-orders/transition", **call, rollback_on_error=False), 207)
    assert ada.get(f"work-orders/{fresh}").get_json()["state"] == "SUBMITTED"


def test_a_dry_run_tells_what_a_run_does(ada: Person) -> None:
    good = orders(ada, "SUBMITTED", 2, vendor_id=vendor(ada, active=False)["id"])
    bad = order_in(ada, "SUBMITTED")["id"]
    call = {"ids": [*good, bad], "rollback_on_error": False}
    dry = told(bulk(ada, "work-orders/approve", **call, dry_run=True))
    assert dry["dry_run"]
    assert [status for _id, status, _code in statuses(dry)] == ["would_succeed", "would_succeed", "failed"]
    assert dry["warnings"][-1].startswith("dry_run:")
    assert dry["warnings"][0].startswith(f"{good[0]}: vendor_inactive:")
    assert versions(ada, "work-orders", [*good, bad]) == [1, 1, 1]
    assert ada.get("audit-log?event_type=BULK_OPERATION").get_json()["results"] == []
    run = told(bulk(ada, "work-orders/approve", **call), 207)
    same = ("successful_ids", "failed_ids", "unchanged_ids", "failure_details", "success_rate", "total_items")
    assert {name: run[name] for name in same} == {name: dry[name] for name in same}
    assert run["warnings"] == dry["warnings"][:-1]


@pytest.mark.parametrize(
    ("address", "state", "target"),
    [("work-orders/reject", "SUBMITTED", "DRAFT"), ("tickets/resolve", "OPEN", "RESOLVED")],
)
def test_shortcuts_that_need_comments(ada: Person, address: str, state: str, target: str) -> None:
    path = address.split("/", maxsplit=1)[0]
    item = (order if path == "work-orders" else ticket)(ada)["id"]
    told(bulk(ada, f"{path}/transition", ids=[item], target_state=state))
    for comments in (None, "", "  "):
        problem = told(bulk(ada, address, ids=[item], comments=comments), 422)
        assert (problem["code"], problem["errors"][0]["pointer"]) == ("comments_required", "/comments")
        assert "comments" in problem["detail"]
    assert told(bulk(ada, address, ids=[item], comments="not so"))["operation_type"] == f"transition_to_{target}"
    assert ada.get(f"{path}/{item}").get_json()["state"] == target


def test_who_could_take_no_edge_is_refused_as_a_whole(ada: Person, person: MakePerson) -> None:
    ids = orders(ada, "SUBMITTED", 2, vendor_id=vendor(ada)["id"])
    bob = person(sub="bob", roles=["operator"])
    problem = told(bulk(bob, "work-orders/approve", ids=[*ids, 2**60]), 403)
    assert (problem["code"], problem["missing_permissions"]) == ("permission_missing", ["workorder.approve"])
    denials = "audit-log?event_type=PERMISSION_DENIED&actor=bob"
    assert len(ada.get(denials).get_json()["results"]) == 1
    assert told(bulk(bob, "work-orders/approve", ids=ids, dry_run=True), 403)["code"] == "permission_missing"
    update = {"ids": ids, "update_data": {"requester": "bob"}, "dry_run": True}
    assert told(bulk(bob, "work-orders/update", **update), 403)["code"] == "field_not_permitted"
    assert len(ada.get(denials).get_json()["results"]) == 1
    assert versions(ada, "work-orders", ids) == [1, 1]


def test_else_permission_is_decided_item_by_item(ada: Person, person: MakePerson) -> None:
    """IN_PROGRESS is reached by starting (operators) and by reopening (managers)."""
    approved, completed = order_in(ada, "APPROVED")["id"], order_in(ada, "COMPLETED")["id"]
    bob = person(sub="bob", roles=["operator"])
    call = {"ids": [approved, completed], "target_state": "IN_PROGRESS", "rollback_on_error": False}
    body = told(bulk(bob, "work-orders/transition", **call), 207)
    assert statuses(body) == [(approved, "done", None), (completed, "failed", "permission_missing")]
    assert "workorder.reopen" in body["failure_details"][str(completed)]
    (denial,) = ada.get("audit-log?event_type=PERMISSION_DENIED&actor=bob").get_json()["results"]
    assert denial["correlation_id"] == body["audit_correlation_id"]


def test_a_run_leaves_one_bulk_record_and_a_row_per_moved_item(ada: Person) -> None:
    ids = orders(ada, "DRAFT", 2)
    body = told(bulk(ada, "work-orders/transition", ids=ids, target_state="SUBMITTED", comments="go"))
    rows = ada.get(f"audit-log?correlation_id={body['audit_correlation_id']}").get_json()["results"]
    assert sorted(row["event_type"] for row in rows) == ["BULK_OPERATION", "STATE_CHANGED", "STATE_CHANGED"]
    bulk_row = next(row for row in rows if row["event_type"] == "BULK_OPERATION")
    assert (bulk_row["level"], bulk_row["action"]) == ("INFO", "work_order.bulk_transition")
    assert bulk_row["metadata"]["success_ratio"] == 1
    back = told(bulk(ada, "work-orders/transition", ids=[*ids, 2**60], target_state="CANCELLED"), 409)
    (row,) = ada.get(f"audit-log?correlation_id={back['audit_correlation_id']}").get_json()["results"]
    assert (row["event_type"], row["level"]) == ("BULK_OPERATION", "WARNING")
    assert row["metadata"]["was_rolled_back"]
