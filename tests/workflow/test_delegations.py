"""Permissions lent to another person for a time: what can be lent, what it opens, what the records show."""

from typing import Any

import pytest

from services.workflow.models import Delegation
from tests.fixtures.people import Person, codes
from tests.fixtures.services import MakePerson, Unit
from tests.workflow.working import ago, ahead, audit_rows, made, moved, order_in, vendor

LENT = "workorder.approve"


@pytest.fixture
def mia(person: MakePerson) -> Person:
    """A manager, who may approve orders."""
    return person(sub="mia", roles=["manager"])


@pytest.fixture
def oli(person: MakePerson) -> Person:
    """An operator, who may not."""
    return person(sub="oli", roles=["operator"])


def lend(lender: Person, **body: Any) -> dict[str, Any]:
    return made(lender, "delegations", **({"permission": LENT, "delegate": "oli", "ends_at": ahead(days=7)} | body))


def submitted(ada: Person) -> str:
    return f"work-orders/{order_in(ada, 'SUBMITTED', vendor_id=vendor(ada)['id'])['id']}"


def test_a_lent_permission_opens_its_edge_and_the_records_show_both(ada: Person, mia: Person, oli: Person) -> None:
    address = submitted(ada)
    assert oli.post(f"{address}/approve", {}).get_json()["code"] == "permission_missing"
    lent = lend(mia)
    assert (lent["delegator"], lent["delegate"], lent["permission"]) == ("mia", "oli", LENT)
    row = moved(oli, address, "APPROVED")["entity"]
    record = ada.get(f"transitions?entity=work_order&entity_id={row['id']}&limit=1").get_json()["results"][0]
    assert (record["actor"], record["on_behalf_of"]) == ("oli", "mia")
    last = audit_rows(ada, "work_order", row["id"])[-1]
    assert (last["actor"], last["metadata"]["on_behalf_of"]) == ("oli", "mia")
    moved(oli, address, "IN_PROGRESS")
    record = ada.get(f"transitions?entity=work_order&entity_id={row['id']}&limit=1").get_json()["results"][0]
    assert (record["actor"], record["on_behalf_of"]) == ("oli", None)  # starting is his own right


def test_it_counts_in_its_period_only(ada: Person, mia: Person, oli: Person, unit: Unit) -> None:
    address = submitted(ada)
    lend(mia, starts_at=ahead(hours=1))
    with unit() as session:
        over = {"delegator": "mia", "delegate": "oli", "starts_at": ago(hours=2), "ends_at": ago(hours=1)}
        session.add(Delegation(permission=LENT, **over))
    assert oli.post(f"{address}/approve", {}).status_code == 403
    lend(mia)
    assert oli.post(f"{address}/approve", {"dry_run": True}).get_json()["success"]


def test_it_can_be_taken_back(ada: Person, mia: Person, oli: Person) -> None:
    address = submitted(ada)
    lent = f"delegations/{lend(mia)['id']}"
    refused = oli.delete(lent)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "not_the_delegator")
    assert mia.delete(lent).status_code == 204
    assert oli.post(f"{address}/approve", {}).status_code == 403
    assert ada.delete(f"delegations/{lend(mia)['id']}").status_code == 204  # who manages the settings


def test_who_sees_delegations(ada: Person, mia: Person, oli: Person, person: MakePerson) -> None:
    lent = lend(mia)
    for one in (ada, mia, oli):
        assert [row["id"] for row in one.get("delegations").get_json()["results"]] == [lent["id"]]
        assert one.get(f"delegations/{lent['id']}").status_code == 200
    stranger = person(sub="sue", roles=["manager"])
    assert stranger.get("delegations").get_json()["results"] == []
    assert stranger.get(f"delegations/{lent['id']}").status_code == 404


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"permission": "settings.manage"}, "not_delegable"),
        ({"delegate": "mia"}, "own_delegate"),
        ({"ends_at": ago(hours=1)}, "out_of_range"),
        ({"ends_at": ahead(days=93)}, "out_of_range"),
        ({"starts_at": ahead(days=2), "ends_at": ahead(days=1)}, "out_of_range"),
        ({"delegator": "ada"}, "read_only"),
    ],
)
def test_what_cannot_be_lent(mia: Person, body: dict[str, Any], code: str) -> None:
    answer = mia.post("delegations", {"permission": LENT, "delegate": "oli", "ends_at": ahead(days=7)} | body)
    assert (answer.status_code, list(codes(answer))) == (422, [code])


def test_only_what_is_ones_own_is_lent(mia: Person, oli: Person) -> None:
    body = {"permission": LENT, "delegate": "sue", "ends_at": ahead(days=7)}
    assert oli.post("delegations", body).status_code == 403
    lend(mia)
    passed_on = oli.post("delegations", body)
    assert (passed_on.status_code, passed_on.get_json()["permission"]) == (403, LENT)


def test_nobody_votes_twice_through_somebody_else(ada: Person, mia: Person, oli: Person) -> None:
    approval = made(ada, "approvals", kind="test", title="Two of us", votes_needed=2)
    lend(mia, permission="approval.decide")
    address = f"approvals/{approval['id']}"
    assert oli.post(f"{address}/approve", {}).get_json()["to_state"] == "PENDING"
    assert mia.post(f"{address}/approve", {}).get_json()["code"] == "already_voted"


def test_who_asked_does_not_decide_through_somebody_else(ada: Person, mia: Person, oli: Person) -> None:
    lend(ada, permission="approval.decide")
    approval = made(ada, "approvals", kind="test", title="Mine")
    refused = oli.post(f"approvals/{approval['id']}/approve", {})
    assert (refused.status_code, refused.get_json()["code"]) == (403, "own_work")
    assert mia.post(f"approvals/{approval['id']}/approve", {}).get_json()["to_state"] == "APPROVED"


def test_it_ends_at_the_tenant(mia: Person, ada: Person, person: MakePerson, other_tenant: Any) -> None:
    lend(mia)
    abroad = person(sub="oli", roles=["operator"], tenant_id=other_tenant)
    elsewhere = person(tenant_id=other_tenant)
    assert abroad.post(f"{submitted(elsewhere)}/approve", {}).status_code == 403
    assert abroad.get("delegations").get_json()["results"] == []
    assert len(ada.get("delegations").get_json()["results"]) == 1
