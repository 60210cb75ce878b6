"""The stages of a transition, what it leaves behind, dry runs, and what could be asked next."""

import uuid
from typing import Any

import pytest
from sqlalchemy import event

from services.workflow.config import ROLE_PERMISSIONS, Settings
from services.workflow.domain.machines.asking import Ask
from services.workflow.operations.entry import enter
from services.workflow.operations.transitions.lifecycle import Wanted
from services.workflow.operations.transitions.moving import move
from services.workflow.operations.work_orders.lifecycle import WORK_ORDER
from shared.app import ServiceApp
from shared.tenancy import Context
from tests.fixtures.people import Person, codes
from tests.fixtures.services import MakePerson
from tests.workflow.working import moved, order, order_in, vendor


def test_a_transition_tells_what_it_did(ada: Person) -> None:
    row = order(ada)
    answer = ada.post(f"work-orders/{row['id']}/transition", {"target_state": " submitted ", "comments": "ready"})
    result = answer.get_json()
    assert answer.status_code == 200
    assert (result["success"], result["unchanged"], result["dry_run"]) == (True, False, False)
    assert (result["from_state"], result["to_state"]) == ("DRAFT", "SUBMITTED")
    assert result["errors"] == []
    assert result["error_message"] is None
    assert result["transition_id"] is not None
    assert result["entity"]["state"] == "SUBMITTED"
    assert result["entity"]["version"] == 1
    assert result["audit_correlation_id"] == answer.headers["X-Correlation-ID"]
    assert ada.get(f"work-orders/{row['id']}").headers["ETag"] == answer.headers["ETag"]


def test_each_success_leaves_one_audit_row_and_one_record(ada: Person) -> None:
    row = order(ada)
    moved(ada, f"work-orders/{row['id']}", "SUBMITTED", comments="call me at +49 30 5550 1234")
    rows = ada.get(f"audit-log?entity=work_order&entity_id={row['id']}&ordering=created_at").get_json()["results"]
    assert [found["event_type"] for found in rows] == ["CREATED", "STATE_CHANGED"]
    assert rows[1]["changes"] == {"state": ["DRAFT", "SUBMITTED"]}
    (record,) = ada.get(f"transitions?entity_id={row['id']}").get_json()["results"]
    assert record["success"]
    assert record["comments"] == "call me at [PHONE]"
    assert record["actor"] == "ada"


def test_the_same_state_changes_nothing(ada: Person) -> None:
    row = order(ada)
    result = moved(ada, f"work-orders/{row['id']}", "DRAFT")
    assert (result["success"], result["unchanged"], result["transition_id"]) == (True, True, None)
    assert result["entity"]["version"] == 0
    assert ada.get(f"transitions?entity_id={row['id']}").get_json()["results"] == []


@pytest.mark.parametrize(
    ("state", "body", "status", "code"),
    [
        ("DRAFT", {"target_state": "NOWHERE"}, 422, "unknown_state"),
        ("DRAFT", {"target_state": "CLOSED"}, 409, "transition_not_allowed"),
        ("SUBMITTED", {"target_state": "DRAFT"}, 422, "comments_required"),
        ("SUBMITTED", {"target_state": "DRAFT", "comments": "  "}, 422, "comments_required"),
        ("SUBMITTED", {"target_state": "APPROVED"}, 409, "vendor_missing"),
        ("DRAFT", {"target_state": "SUBMITTED", "version": 7}, 409, "version_conflict"),
        ("DRAFT", {"target_state": "DRAFT", "version": 7}, 409, "version_conflict"),
        ("DRAFT", {"target_state": "SUBMITTED", "reason": "timeout"}, 422, "reason_not_permitted"),
        ("DRAFT", {"target_state": "SUBMITTED", "as_system": True}, 403, "permission_missing"),
        ("DRAFT", {"comments": "where to?"}, 422, "required"),
        ("DRAFT", {"target_state": "SUBMITTED", "metadata": [1]}, 422, "invalid"),
        ("DRAFT", {"target_state": "SUBMITTED", "comments": "x" * 1001}, 422, "too_long"),
    ],
)
def test_refusals(ada: Person, state: str, body: dict[str, Any], status: int, code: str) -> None:
    row = order_in(ada, state)
    answer = ada.post(f"work-orders/{row['id']}/transition", body)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert ada.get(f"work-orders/{row['id']}").get_json()["version"] == row["version"]


def test_a_refused_edge_tells_where_it_may_go(ada: Person) -> None:
    row = order(ada)
    answer = ada.post(f"work-orders/{row['id']}/transition", {"target_state": "CLOSED"})
    assert answer.get_json()["allowed_targets"] == ["SUBMITTED", "CANCELLED"]
    (record,) = ada.get(f"transitions?entity_id={row['id']}&success=false").get_json()["results"]
    assert record["error_codes"] == ["transition_not_allowed"]
    (audit,) = ada.get(f"audit-log?entity_id={row['id']}&event_type=STATE_CHANGED").get_json()["results"]
    assert audit["level"] == "WARNING"


def test_a_missing_permission_is_named_and_recorded_once(ada: Person, person: MakePerson) -> None:
    row = order_in(ada, "SUBMITTED", vendor_id=vendor(ada)["id"])
    bob = person(sub="bob", roles=["operator"])
    answer = bob.post(f"work-orders/{row['id']}/approve")
    problem = answer.get_json()
    assert (answer.status_code, problem["code"]) == (403, "permission_missing")
    assert problem["missing_permissions"] == ["workorder.approve"]
    assert "workorder.approve" in problem["detail"]
    rows = ada.get(f"audit-log?entity_id={row['id']}&actor=bob").get_json()["results"]
    assert [found["event_type"] for found in rows] == ["PERMISSION_DENIED"]
    (record,) = ada.get(f"transitions?entity_id={row['id']}&success=false").get_json()["results"]
    assert (record["actor"], record["error_codes"]) == ("bob", ["permission_missing"])


def test_missing_comments_and_data_are_told_together(ada: Person) -> None:
    row = order_in(ada, "IN_PROGRESS")
    ada.post(f"work-orders/{row['id']}/line-items", {"description": "Door sensor"})
    answer = ada.post(f"work-orders/{row['id']}/complete")
    assert answer.status_code == 422
    assert list(codes(answer)) == ["comments_required", "line_items_open"]
    assert "1 line item" in answer.get_json()["detail"]


def test_a_dry_run_tells_everything_and_writes_nothing(ada: Person, person: MakePerson) -> None:
    row = order_in(ada, "SUBMITTED")
    address = f"work-orders/{row['id']}/approve"
    refused = ada.post(address, {"dry_run": True})
    assert refused.status_code == 200
    assert (refused.get_json()["success"], refused.get_json()["status_if_run"]) == (False, 409)
    viewer = person(roles=["viewer"], sub="vera")
    assert viewer.post(address, {"dry_run": True}).get_json()["status_if_run"] == 403
    assert ada.post(address, {"dry_run": True, "version": 9}).get_json()["status_if_run"] == 409
    stale = ada.post(address, {"dry_run": True}, headers={"If-Match": '"9-x"'})
    assert stale.get_json()["status_if_run"] == 412
    assert ada.post(address, {"dry_run": True, "as_system": True}).status_code == 403
    assert ada.get(f"work-orders/{row['id']}").get_json()["version"] == row["version"]
    assert len(ada.get(f"transitions?entity_id={row['id']}").get_json()["results"]) == 1
    assert ada.get("audit-log?event_type=PERMISSION_DENIED").get_json()["results"] == []


def test_each_target_is_available_or_blocked(ada: Person, person: MakePerson) -> None:
    row = order_in(ada, "SUBMITTED")
    told = ada.get(f"work-orders/{row['id']}/transitions").get_json()
    assert [option["target"] for option in told["available"]] == ["DRAFT", "CANCELLED"]
    assert [option["required_fields"] for option in told["available"]] == [["comments"], ["comments"]]
    assert [(option["target"], option["reasons"][0]["code"]) for option in told["blocked"]] == [
        ("APPROVED", "vendor_missing")
    ]
    vera = person(roles=["viewer"], sub="vera").get(f"work-orders/{row['id']}/transitions").get_json()
    assert vera["available"] == []
    approve = next(option for option in vera["blocked"] if option["target"] == "APPROVED")
    assert [reason["code"] for reason in approve["reasons"]] == ["permission_missing", "vendor_missing"]


def test_a_verb_is_its_target(ada: Person) -> None:
    row = order(ada)
    assert ada.post(f"work-orders/{row['id']}/submit", {"target_state": "APPROVED"}).status_code == 422
    assert ada.post(f"work-orders/{row['id']}/submit", {"target_state": "submitted"}).status_code == 200
    assert ada.post(f"work-orders/{row['id']}/fly").status_code == 404


def test_statements_do_not_grow_with_the_items(
    app: ServiceApp, settings: Settings, ada: Person, tenant_id: uuid.UUID
) -> None:
    lift = vendor(ada)
    ids = [order_in(ada, "SUBMITTED", vendor_id=lift["id"])["id"] for _ in range(12)]
    context = Context(tenant_id=tenant_id, actor="ada", permissions=ROLE_PERMISSIONS["admin"])

    def statements(chosen: list[int]) -> int:
        counted: list[str] = []

        def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            counted.append(statement)

        with app.runtime.db.transaction(context) as session:
            enter(settings, session, context, True)
            event.listen(app.runtime.db.engine, "before_cursor_execute", count)
            ask = Ask(actor="ada", permissions=context.permissions)
            outcomes = move(session, WORK_ORDER, [Wanted(item) for item in chosen], "APPROVED", ask)
            event.remove(app.runtime.db.engine, "before_cursor_execute", count)
        assert all(outcome.result.success for outcome in outcomes)
        return len(counted)

    assert statements(ids[:2]) == statements(ids[2:])
