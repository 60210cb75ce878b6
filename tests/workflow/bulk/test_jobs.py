"""Bulk calls that a worker carries out."""

import uuid
from collections import Counter
from typing import Any

import pytest

from services.workflow.operations.bulk import background
from services.workflow.queries import job_items
from shared.app import ServiceApp
from shared.errors import NotFound
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson
from tests.workflow.bulk.calling import bulk, many_orders, told, versions
from tests.workflow.bulk.working import Worker, items_of, job_of
from tests.workflow.bulk.working import worker as worker
from tests.workflow.working import moved, order

TO = {"target_state": "SUBMITTED"}


def started(person: Person, address: str = "work-orders/transition", **body: Any) -> str:
    answer = bulk(person, address, **(TO if address.endswith("transition") else {}) | body)
    job = told(answer, 202)
    assert answer.headers["Location"] == f"/api/workflow/v1/jobs/{job['id']}"
    job_id: str = job["id"]
    return job_id


@pytest.fixture
def ids(app: ServiceApp, ada: Person, tenant_id: uuid.UUID) -> list[int]:
    """Eleven drafts: three chunks."""
    order(ada)  # the tenant arrives
    return many_orders(app, tenant_id, 11)


def bulk_rows(person: Person) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = person.get("audit-log?event_type=BULK_OPERATION").get_json()["results"]
    return rows


def test_without_rollback_what_can_be_done_is_done(ada: Person, worker: Worker, ids: list[int]) -> None:
    moved(ada, f"work-orders/{ids[5]}", "CANCELLED", comments="twice")
    sent = [*reversed(ids), "no id", str(ids[0])]
    job_id = started(ada, ids=sent, rollback_on_error=False)
    job = job_of(ada, job_id)
    assert (job["status"], job["total"], job["processed"]) == ("pending", 12, 0)
    assert job["bulk"]["warnings"][0].startswith("duplicate_ids")
    assert {status for _id, status, _code in items_of(ada, job_id)} == {"pending"}
    worker.run()
    job = job_of(ada, job_id)
    assert (job["status"], job["processed"], job["failed"]) == ("partial_failure", 10, 2)
    outcomes = items_of(ada, job_id)
    assert [item for item, _status, _code in outcomes] == sent[:-1]
    assert Counter((status, code) for _item, status, code in outcomes) == {
        ("done", None): 10,
        ("failed", "transition_not_allowed"): 1,
        ("failed", "not_found"): 1,
    }
    (row,) = bulk_rows(ada)
    assert (row["metadata"]["total"], row["metadata"]["successful"], row["metadata"]["failed"]) == (12, 10, 2)
    assert row["correlation_id"] == job["correlation_id"]


def test_a_retry_takes_up_what_failed(ada: Person, worker: Worker, ids: list[int]) -> None:
    started_id = started(ada, "work-orders/approve", ids=ids, rollback_on_error=False)
    worker.run()
    assert job_of(ada, started_id)["status"] == "failed"
    told(bulk(ada, "work-orders/transition", ids=ids[:2], **TO))
    lift = ada.post("vendors", {"name": "Lift & Co."}).get_json()["id"]
    told(bulk(ada, "work-orders/update", ids=ids[:2], update_data={"vendor_id": lift}))
    first = told(ada.post(f"jobs/{started_id}/retry"), 202)
    assert (first["retry_of"], first["total"]) == (started_id, 11)
    worker.run()
    assert job_of(ada, first["id"])["status"] == "partial_failure"
    second = told(ada.post(f"jobs/{first['id']}/retry"), 202)
    assert second["total"] == 9
    assert [item for item, _status, _code in items_of(ada, second["id"])] == ids[2:]


def test_all_or_nothing(ada: Person, worker: Worker, ids: list[int]) -> None:
    job_id = started(ada, ids=ids)
    worker.run()
    job = job_of(ada, job_id)
    assert (job["status"], job["processed"], job["checked"], job["progress_percentage"]) == ("completed", 11, 11, 100.0)
    assert {status for _id, status, _code in items_of(ada, job_id)} == {"done"}
    moved(ada, f"work-orders/{ids[7]}", "CANCELLED", comments="twice")
    job_id = started(ada, target_state="CANCELLED", comments="all of them", ids=[*ids[:7], *ids[8:], 2**60])
    worker.run()
    job = job_of(ada, job_id)
    assert (job["status"], job["processed"], job["failed"], job["skipped"]) == ("failed", 0, 11, 10)
    assert job["error"]["code"] == "rolled_back"
    assert job["bulk"]["was_rolled_back"]
    assert job["bulk"]["rollback_reason"] == "1 of 11 items failed, so that none was changed."
    assert Counter(status for _id, status, _code in items_of(ada, job_id)) == {"rolled_back": 10, "failed": 1}
    assert versions(ada, "work-orders", ids[:3]) == [1, 1, 1]
    assert [row["metadata"]["was_rolled_back"] for row in bulk_rows(ada)] == [True, False]


def test_what_changes_between_look_and_run_is_rolled_back(
    ada: Person, worker: Worker, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = started(ada, ids=ids)
    together = background.BulkJob._all_or_nothing

    def late(job: background.BulkJob) -> None:
        moved(ada, f"work-orders/{ids[9]}", "CANCELLED", comments="late")
        together(job)

    monkeypatch.setattr(background.BulkJob, "_all_or_nothing", late)
    worker.run()
    assert job_of(ada, job_id)["status"] == "failed"
    assert items_of(ada, job_id)[9] == (ids[9], "failed", "transition_not_allowed")
    assert versions(ada, "work-orders", ids[:9]) == [0] * 9


def test_a_dry_run_writes_nothing_but_the_job(ada: Person, worker: Worker, ids: list[int]) -> None:
    job_id = started(ada, ids=[*ids, 2**60], dry_run=True)
    worker.run()
    job = job_of(ada, job_id)
    assert (job["status"], job["processed"], job["failed"]) == ("completed", 11, 1)
    assert Counter(status for _id, status, _code in items_of(ada, job_id)) == {"would_succeed": 11, "failed": 1}
    assert versions(ada, "work-orders", ids[:3]) == [0, 0, 0]
    assert bulk_rows(ada) == []


def test_the_set_of_a_where_is_fixed_at_once(ada: Person, worker: Worker, ids: list[int]) -> None:
    body = {"where": {"state": "draft", "requester": ["ada", "bob"]}, "update_data": {"priority": "HIGH"}}
    job_id = started(ada, "work-orders/update", **body)
    first = ada.get("work-orders?ordering=id&limit=1").get_json()["results"][0]["id"]
    assert [item for item, _status, _code in items_of(ada, job_id)] == [first, *ids]
    later = order(ada)["id"]
    worker.run()
    assert job_of(ada, job_id)["status"] == "completed"
    assert ada.get(f"work-orders/{later}").get_json()["priority"] == "MEDIUM"
    assert ada.get(f"work-orders/{ids[3]}").get_json()["priority"] == "HIGH"


def test_a_where_sees_what_its_caller_sees(
    ada: Person, person: MakePerson, worker: Worker, ids: list[int], other_tenant: uuid.UUID
) -> None:
    order(person(tenant_id=other_tenant))
    bob = person(sub="bob", roles=[], permissions=["workorder.view_own", "workorder.create", "workorder.update"])
    own = order(bob)["id"]
    job = told(bulk(bob, "work-orders/update", where={"state": "DRAFT"}, update_data={"title": "Mine"}), 202)
    worker.run()
    assert items_of(ada, job["id"]) == [(own, "done", None)]


def test_too_many(
    app: ServiceApp, ada: Person, worker: Worker, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert worker.app is app
    monkeypatch.setattr(app.runtime.settings, "bulk_max_ids", 10)
    for named, pointer in (({"ids": ids}, "/ids"), ({"where": {"state": "DRAFT"}}, "/where")):
        problem = told(bulk(ada, "work-orders/transition", **TO, **named), 422)
        assert (problem["code"], problem["errors"][0]["pointer"]) == ("too_many_ids", pointer)
    assert ada.get("jobs?kind=workflow.bulk").get_json()["results"] == []


def test_a_lost_worker_repeats_nothing(
    ada: Person, worker: Worker, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = started(ada, ids=ids, rollback_on_error=False)
    tell, seen = job_items.tell, []

    def lost(*args: Any) -> None:
        seen.append(1)
        if len(seen) == 2:
            raise RuntimeError("the machine is gone")
        tell(*args)

    with monkeypatch.context() as patch:
        patch.setattr(job_items, "tell", lost)
        worker.fail()
    job = job_of(ada, job_id)
    assert (job["status"], job["processed"]) == ("pending", 4)
    assert versions(ada, "work-orders", ids) == [1] * 4 + [0] * 7
    worker.try_again(job_id)
    assert (job_of(ada, job_id)["status"], job_of(ada, job_id)["processed"]) == ("completed", 11)
    assert versions(ada, "work-orders", ids) == [1] * 11
    assert "unchanged" not in {status for _id, status, _code in items_of(ada, job_id)}
    assert len(ada.get("transitions?success=true&limit=200").get_json()["results"]) == 11


def test_a_cancelled_run_keeps_what_was_done(
    ada: Person, worker: Worker, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = started(ada, ids=ids, rollback_on_error=False)
    advance = background.BulkJob._advance

    def cancelling(job: background.BulkJob) -> bool:
        went_on = advance(job)
        told(ada.post(f"jobs/{job_id}/cancel"), 202)
        return went_on

    monkeypatch.setattr(background.BulkJob, "_advance", cancelling)
    worker.run()
    assert job_of(ada, job_id)["status"] == "cancelled"
    assert Counter(status for _id, status, _code in items_of(ada, job_id)) == {"done": 4, "pending": 7}
    (row,) = bulk_rows(ada)
    assert (row["metadata"]["successful"], row["metadata"]["total"]) == (4, 11)


def test_permissions_are_those_of_who_asked(ada: Person, person: MakePerson, worker: Worker, ids: list[int]) -> None:
    bob = person(sub="bob", roles=["operator"])
    job_id = started(bob, ids=ids)
    worker.run()
    assert job_of(bob, job_id)["status"] == "completed"
    assert told(bulk(bob, "work-orders/approve", ids=ids), 403)["code"] == "permission_missing"
    eve = person(sub="eve", roles=["operator"])
    assert eve.get(f"jobs/{job_id}").status_code == 404
    assert eve.get(f"jobs/{job_id}/items").status_code == 404
    assert eve.get("jobs").get_json()["results"] == []
    own = started(eve, ids=ids)
    assert bob.post(f"jobs/{own}/cancel").status_code == 404
    assert told(eve.post(f"jobs/{own}/cancel"))["status"] == "cancelled"
    assert told(eve.post(f"jobs/{own}/retry"), 202)["total"] == 11


def test_items_are_paged_and_filtered(ada: Person, worker: Worker, ids: list[int]) -> None:
    job_id = started(ada, items=[{"id": item, "version": item % 2} for item in ids], rollback_on_error=False)
    worker.run()
    page = ada.get(f"jobs/{job_id}/items?limit=3").get_json()
    assert [row["id"] for row in page["results"]] == ids[:3]
    rest = ada.get(page["next"].split("/api/workflow/v1/")[1]).get_json()
    assert [row["id"] for row in rest["results"]] == ids[3:6]
    failed = ada.get(f"jobs/{job_id}/items?status=failed&limit=200").get_json()["results"]
    assert [row["id"] for row in failed] == [item for item in ids if item % 2]
    assert {(row["code"], row["expected_version"], row["actual_version"]) for row in failed} == {
        ("version_conflict", 1, 0)
    }


def test_values_come_through_the_job_as_they_were(ada: Person, worker: Worker, ids: list[int]) -> None:
    data = {"due_at": "2027-01-01T08:00:00+01:00", "estimated_cost": "12.50", "priority": "high"}
    for _ in range(2):
        job_id = started(ada, "work-orders/update", ids=ids, update_data=data)
        worker.run()
        assert job_of(ada, job_id)["status"] == "completed"
    assert {status for _id, status, _code in items_of(ada, job_id)} == {"unchanged"}
    row = ada.get(f"work-orders/{ids[4]}").get_json()
    assert (row["due_at"], row["estimated_cost"], row["version"]) == ("2027-01-01T07:00:00Z", "12.50", 1)
    job_id = started(ada, "work-orders/assign", ids=ids, assigned_to_team="night")
    worker.run()
    assert ada.get(f"work-orders/{ids[4]}").get_json()["assigned_to_team"] == "night"


def test_a_job_that_is_given_up_is_recorded(
    ada: Person, worker: Worker, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = started(ada, ids=ids, rollback_on_error=False)
    advance, steps = background.BulkJob._advance, iter(range(100))

    def breaking(job: background.BulkJob) -> bool:
        if next(steps) >= 1:
            raise NotFound("What it needs is gone.")
        return advance(job)

    monkeypatch.setattr(background.BulkJob, "_advance", breaking)
    worker.fail()
    job = job_of(ada, job_id)
    assert (job["status"], job["dead_letter"], job["processed"]) == ("failed", True, 4)
    (row,) = bulk_rows(ada)
    assert (row["metadata"]["successful"], row["metadata"]["total"]) == (4, 11)
    monkeypatch.undo()
    assert told(ada.post(f"jobs/{job_id}/retry"), 202)["total"] == 7
