"""Updating, prioritising and assigning many items."""

from typing import Any

from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson
from tests.workflow.bulk.calling import bulk, statuses, told, versions
from tests.workflow.working import moved, order, order_in, record, task, ticket, vendor


def test_an_update_changes_what_differs(ada: Person) -> None:
    same, other = ticket(ada, priority="HIGH")["id"], ticket(ada)["id"]
    call = {"ids": [same, other], "update_data": {"priority": "high", "category": " lifts "}}
    body = told(bulk(ada, "tickets/update", **call))
    assert body["operation_type"] == "bulk_update"
    assert statuses(body) == [(same, "done", None), (other, "done", None)]
    again = told(bulk(ada, "tickets/update", **call))
    assert again["unchanged_ids"] == again["successful_ids"] == [same, other]
    assert versions(ada, "tickets", [same, other]) == [1, 1]
    row = ada.get(f"tickets/{other}").get_json()
    assert (row["priority"], row["category"]) == ("HIGH", "lifts")
    rows = ada.get(f"audit-log?entity=ticket&entity_id={other}&event_type=UPDATED").get_json()["results"]
    assert [found["changes"].keys() for found in rows] == [{"priority", "category"}]


def test_times_amounts_and_references_are_stored_as_such(ada: Person) -> None:
    lift = vendor(ada)["id"]
    ids = [order(ada)["id"] for _ in range(2)]
    data = {"due_at": "2027-01-01T08:00:00+01:00", "estimated_cost": "12.50", "vendor_id": lift}
    told(bulk(ada, "work-orders/update", ids=ids, update_data=data))
    row = ada.get(f"work-orders/{ids[1]}").get_json()
    assert (row["due_at"], row["estimated_cost"], row["vendor_id"]) == ("2027-01-01T07:00:00Z", "12.50", lift)


def test_an_unknown_field_is_the_failure_of_each_item(ada: Person) -> None:
    item = ticket(ada)["id"]
    data = {"colour": "red", "priority": "LOW"}
    body = told(bulk(ada, "tickets/update", ids=[item, 2**60], update_data=data), 409)
    assert statuses(body) == [(item, "failed", "unknown_field"), (2**60, "failed", "not_found")]
    assert "colour" in body["failure_details"][str(item)]
    assert versions(ada, "tickets", [item]) == [0]


def test_fields_of_the_second_group_need_their_permission(ada: Person, person: MakePerson) -> None:
    item = order(ada)["id"]
    bob = person(sub="bob", roles=["operator"])
    refused = told(bulk(bob, "work-orders/update", ids=[item], update_data={"requester": "eve"}), 403)
    assert refused["code"] == "field_not_permitted"
    told(bulk(bob, "work-orders/update", ids=[item], update_data={"title": "Other"}))
    told(bulk(ada, "work-orders/update", ids=[item], update_data={"requester": "eve"}))
    vera = person(sub="vera", roles=["viewer"])
    refused = told(bulk(vera, "work-orders/update", ids=[item], update_data={"title": "Third"}), 403)
    assert (refused["code"], refused["missing_permissions"]) == ("permission_missing", ["workorder.update"])
    assert len(ada.get("audit-log?event_type=PERMISSION_DENIED&actor=vera").get_json()["results"]) == 1


def test_ended_items_take_no_more_changes(ada: Person) -> None:
    open_, ended = ticket(ada)["id"], ticket(ada)["id"]
    moved(ada, f"tickets/{ended}", "CANCELLED", comments="twice")
    for address, body in _changes():
        answer = told(bulk(ada, f"tickets/{address}", ids=[ended, open_], rollback_on_error=False, **body), 207)
        assert statuses(answer) == [(ended, "failed", "terminal_state"), (open_, "done", None)]


def _changes() -> list[tuple[str, dict[str, Any]]]:
    return [
        ("update", {"update_data": {"subject": "Other"}}),
        ("update-priority", {"priority": "critical"}),
        ("assign", {"assigned_to_team": "elevators"}),
    ]


def test_an_assignment_clears_what_it_does_not_name(ada: Person) -> None:
    ids = [task(ada)["id"] for _ in range(2)]
    items = [{"id": ids[0], "version": 0}, {"id": ids[1], "version": 4}]
    call = {"items": items, "assigned_to_team": "night", "rollback_on_error": False}
    body = told(bulk(ada, "tasks/assign", **call), 207)
    assert statuses(body) == [(ids[0], "done", None), (ids[1], "failed", "version_conflict")]
    row = ada.get(f"tasks/{ids[0]}").get_json()
    assert (row["assigned_to_user"], row["assigned_to_team"], row["version"]) == (None, "night", 1)
    (step,) = (
        entry for entry in ada.get(f"tasks/{ids[0]}/history").get_json()["results"] if entry["kind"] == "assignment"
    )
    assert (step["data"]["assigned_to_user"], step["data"]["assigned_to_team"]) == (None, "night")


def test_each_entity_has_its_operations(ada: Person) -> None:
    here = record(ada)["id"]
    told(bulk(ada, "attendance/update", ids=[here], update_data={"remarks": "late"}))
    told(bulk(ada, "attendance/approve", ids=[here]))
    told(bulk(ada, "attendance/lock", ids=[here]))
    work = task(ada)["id"]
    told(bulk(ada, "tasks/start", ids=[work]))
    told(bulk(ada, "tasks/complete", ids=[work]))
    other = order_in(ada, "DRAFT")["id"]
    while other <= work:  # numbers of orders and of tasks are counted apart
        other = order_in(ada, "DRAFT")["id"]
    told(bulk(ada, "tasks/update", ids=[other], update_data={"title": "x"}), 409)
    assert ada.get(f"attendance/{here}").get_json()["state"] == "LOCKED"
    assert ada.get(f"tasks/{work}").get_json()["state"] == "COMPLETED"
