"""Permits and verification of work orders: who decides, in which order, and that the first decision counts."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson
from tests.workflow.working import moved, order, order_in, vendor


def with_permit(ada: Person, state: str = "DRAFT", **body: Any) -> dict[str, Any]:
    return order_in(ada, state, vendor_id=vendor(ada)["id"], permit_approvers=["grace", "ada"], **body)


def test_naming_approvers_asks_for_a_permit(ada: Person) -> None:
    assert order(ada)["permit_status"] == "NOT_REQUIRED"
    assert order(ada, permit_approvers=["grace"])["permit_status"] == "PENDING"
    assert order(ada, permit_status="required")["permit_status"] == "PENDING"
    row = order(ada)
    changed = ada.patch(f"work-orders/{row['id']}", {"permit_approvers": ["grace"]}).get_json()
    assert (changed["permit_status"], changed["version"]) == ("PENDING", 1)


def test_work_waits_for_its_permit(ada: Person, person: MakePerson) -> None:
    row = with_permit(ada, "APPROVED")
    address = f"work-orders/{row['id']}"
    assert ada.post(f"{address}/start").get_json()["code"] == "permit_pending"
    decided = person(sub="grace", roles=["operator"]).post(f"{address}/permit/approve")
    assert decided.status_code == 200
    assert decided.get_json()["entity"]["permit_status"] == "APPROVED"
    assert decided.get_json()["entity"]["state"] == "APPROVED"
    assert ada.post(f"{address}/start").status_code == 200
    story = ada.get(f"{address}/history").get_json()["results"]
    assert [entry["kind"] for entry in story] == ["transition", "permit", "transition", "transition"]


def test_who_decides_about_a_permit(ada: Person, person: MakePerson) -> None:
    address = f"work-orders/{with_permit(ada)['id']}/permit"
    for sub, roles, code in (
        ("vera", ["viewer"], "permission_missing"),
        ("bob", ["operator"], "not_an_approver"),
        ("ada", ["admin"], "own_work"),
    ):
        answer = person(sub=sub, roles=roles).post(f"{address}/approve")
        assert (answer.status_code, answer.get_json()["code"]) == (403, code)
    grace = person(sub="grace", roles=["operator"])
    assert grace.post(f"{address}/reject").get_json()["code"] == "comments_required"
    assert grace.post(f"{address}/reject", {"comments": "no scaffold"}).status_code == 200
    assert ada.post(f"{address}/resubmit").get_json()["entity"]["permit_status"] == "PENDING"


def test_approvers_and_verifiers_change_only_in_their_time(ada: Person, person: MakePerson) -> None:
    row = with_permit(ada)
    address = f"work-orders/{row['id']}"
    assert ada.patch(address, {"permit_approvers": ["grace"]}).status_code == 200
    person(sub="grace").post(f"{address}/permit/approve")
    assert ada.patch(address, {"permit_approvers": ["bob"]}).get_json()["code"] == "permit_fixed"
    done = order_in(ada, "COMPLETED", vendor_id=row["vendor_id"])
    assert ada.patch(f"work-orders/{done['id']}", {"verifiers": ["bob"]}).get_json()["code"] == "verifiers_fixed"
    submitted = order_in(ada, "SUBMITTED")
    late = ada.patch(f"work-orders/{submitted['id']}", {"permit_status": "PENDING"})
    assert late.get_json()["code"] == "permit_fixed"


def to_verify(ada: Person) -> str:
    row = order_in(ada, "COMPLETED", vendor_id=vendor(ada)["id"], verifiers=["grace", "lin", "ada"])
    assert row["verification_status"] == "PENDING"
    return f"work-orders/{row['id']}"


def test_a_verifier_closes_the_order(ada: Person, person: MakePerson) -> None:
    address = to_verify(ada)
    assert ada.post(f"{address}/close", {"comments": "done"}).get_json()["code"] == "verification_pending"
    answer = person(sub="grace", roles=["operator"]).post(
        f"{address}/verify", {"decision": "approved", "comments": "works"}
    )
    closed = answer.get_json()["entity"]
    assert answer.status_code == 200
    assert (closed["state"], closed["verification_status"]) == ("CLOSED", "APPROVED")
    assert closed["archived_at"] is not None
    record = ada.get("transitions?to=CLOSED&success=true").get_json()["results"][0]
    assert (record["actor"], record["on_behalf_of"], record["reason"]) == ("system", "grace", "approval")
    steps = ada.get(f"{address}/history").get_json()["results"]
    assert {"verification", "transition"} <= {step["kind"] for step in steps}


def test_rejected_work_goes_back(ada: Person, person: MakePerson) -> None:
    address = to_verify(ada)
    grace, lin = person(sub="grace", roles=["operator"]), person(sub="lin", roles=["operator"])
    back = grace.post(f"{address}/verify", {"decision": "rejected", "comments": "still rattles"}).get_json()
    assert (back["entity"]["state"], back["entity"]["verification_status"]) == ("IN_PROGRESS", "REJECTED")
    assert back["entity"]["completed_at"] is None
    again = lin.post(f"{address}/verify", {"decision": "rejected"}).get_json()
    assert (again["unchanged"], again["entity"]["version"]) == (True, back["entity"]["version"])
    contrary = lin.post(f"{address}/verify", {"decision": "approved", "comments": "works"})
    assert (contrary.status_code, contrary.get_json()["code"]) == (409, "already_decided")
    assert moved(ada, address, "COMPLETED", comments="tightened")["entity"]["verification_status"] == "PENDING"


@pytest.mark.parametrize(
    ("sub", "roles", "body", "status", "code"),
    [
        ("vera", ["viewer"], {"decision": "approved"}, 403, "permission_missing"),
        ("bob", ["operator"], {"decision": "approved"}, 403, "not_a_verifier"),
        ("ada", ["admin"], {"decision": "approved"}, 403, "own_work"),
        ("grace", ["operator"], {"decision": "maybe"}, 422, "unknown_word"),
        ("grace", ["operator"], {}, 422, "required"),
        ("grace", ["operator"], {"decision": "rejected", "comments": " "}, 422, "comments_required"),
        ("grace", ["operator"], {"decision": "approved", "version": 99}, 409, "version_conflict"),
    ],
)
def test_who_verifies(
    ada: Person, person: MakePerson, sub: str, roles: list[str], body: dict[str, Any], status: int, code: str
) -> None:
    answer = person(sub=sub, roles=roles).post(f"{to_verify(ada)}/verify", body)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


def test_only_completed_work_is_verified(ada: Person, person: MakePerson) -> None:
    row = order(ada, verifiers=["grace"])
    answer = person(sub="grace").post(f"work-orders/{row['id']}/verify", {"decision": "approved"})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "not_completed")


def test_of_simultaneous_decisions_the_first_counts(ada: Person, person: MakePerson) -> None:
    address = to_verify(ada)
    verifiers = [person(sub=name, roles=["operator"]) for name in ("grace", "lin") for _ in range(3)]
    decisions = ["approved", "rejected"] * 3

    def decide(number: int) -> Any:
        return verifiers[number].post(f"{address}/verify", {"decision": decisions[number], "comments": "seen"})

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(decide, range(6)))
    changed = [answer for answer in answers if answer.status_code == 200 and not answer.get_json()["unchanged"]]
    assert len(changed) == 1
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 409, 409, 409]
    steps = ada.get(f"{address}/history").get_json()["results"]
    assert len([step for step in steps if step["kind"] == "verification"]) == 1


def test_each_recipient_hears_once_of_each_event(ada: Person) -> None:
    order_in(ada, "COMPLETED", requester="grace")
    letters = ada.get("outbox?kind=notice&ordering=created_at").get_json()["results"]
    assert [(letter["subject"], letter["target"].split(":")[0]) for letter in letters] == [
        ("work_order.approved", "vendor"),
        ("work_order.completed", "grace"),
    ]
