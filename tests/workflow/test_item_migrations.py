"""Items go from one version of their definition to another: checked first, then all of them, one record each."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from services.workflow import jobs
from services.workflow.config import Settings
from services.workflow.operations.migrating import checking
from services.workflow.operations.migrating.carrying_over import carry_over
from shared.app import ServiceApp
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson, Unit
from tests.fixtures.statements import counting
from tests.workflow.working import audit_rows, moved, ticket

ADDRESS = "machines/ticket/migrations"
WHOLE = {name: name for name in ("NEW", "OPEN", "INPROGRESS", "RESOLVED", "CLOSED", "CANCELLED")}
IMAGES = WHOLE | {"ONHOLD": "OPEN"}
Perform = Callable[[str], dict[str, Any]]


@pytest.fixture
def old_ones(ada: Person, later_versions: Callable[[], None]) -> list[dict[str, Any]]:
    """A new, a waiting and an ended ticket on version 1, while version 2 is the newest."""
    rows = [ticket(ada) for _ in range(3)]
    moved(ada, f"tickets/{rows[1]['id']}", "OPEN")
    moved(ada, f"tickets/{rows[1]['id']}", "ONHOLD")
    moved(ada, f"tickets/{rows[2]['id']}", "CANCELLED", comments="not needed")
    later_versions()
    return rows


@pytest.fixture
def perform(
    ada: Person, settings: Settings, tenant_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Perform]:
    """Does a job as a worker would; returns it as it has ended."""
    for name in ("database_url", "redis_url", "secret_key"):
        monkeypatch.setenv(f"CONCORD_WORKFLOW_{name.upper()}", getattr(settings, name).get_secret_value())
    monkeypatch.setenv("CONCORD_WORKFLOW_JWKS", settings.jwks)
    jobs._settings.cache_clear()

    def do(job_id: str) -> dict[str, Any]:
        jobs.perform(str(tenant_id), job_id)
        told: dict[str, Any] = ada.get(f"jobs/{job_id}").get_json()
        return told

    yield do
    jobs._settings.cache_clear()


def body(states: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"from_version": 1, "to_version": 2, "states": states} | more


def test_both_versions_are_served_and_each_item_keeps_its_own(ada: Person, old_ones: list[dict[str, Any]]) -> None:
    def states(address: str) -> set[str]:
        return {state["name"] for state in ada.get(address).get_json()["states"]}

    assert ada.get("machines/ticket").get_json()["version"] == 2
    assert states("machines/ticket?version=1") - states("machines/ticket?version=2") == {"ONHOLD"}
    new = ticket(ada)
    assert (new["machine_version"], old_ones[0]["machine_version"]) == (2, 1)
    moved(ada, f"tickets/{old_ones[1]['id']}", "INPROGRESS")
    moved(ada, f"tickets/{old_ones[1]['id']}", "ONHOLD")
    moved(ada, f"tickets/{new['id']}", "OPEN")
    refused = ada.post(f"tickets/{new['id']}/transition", {"target_state": "ONHOLD"})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "unknown_state")


def test_a_dry_run_counts_and_lists_what_cannot_go(ada: Person, old_ones: list[dict[str, Any]]) -> None:
    without = ada.post(ADDRESS, body(WHOLE, dry_run=True)).get_json()
    assert (without["clean"], without["total"]) == (False, 3)
    counted = {state["state"]: state["items"] for state in without["states"] if state["items"]}
    assert counted == {"NEW": 1, "ONHOLD": 1, "CANCELLED": 1}
    assert without["items"] == [{"id": old_ones[1]["id"], "state": "ONHOLD", "code": "no_image"}]
    ended = ada.post(ADDRESS, body(WHOLE | {"ONHOLD": "cancelled"}, dry_run=True)).get_json()
    assert ended["items"] == [{"id": old_ones[1]["id"], "state": "ONHOLD", "code": "no_way_out"}]
    clean = ada.post(ADDRESS, body(IMAGES, dry_run=True))
    assert (clean.status_code, clean.get_json()["clean"], clean.get_json()["items"]) == (200, True, [])
    assert ada.get("jobs").get_json()["results"] == []
    assert ada.get(f"tickets/{old_ones[1]['id']}").get_json()["machine_version"] == 1


def test_a_run_is_refused_unless_the_check_is_clean(ada: Person, old_ones: list[dict[str, Any]]) -> None:
    answer = ada.post(ADDRESS, body(WHOLE))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "migration_not_clean")
    assert answer.get_json()["items"][0]["id"] == old_ones[1]["id"]
    assert ada.get("jobs").get_json()["results"] == []


def test_a_run_takes_all_over_with_a_record_each(ada: Person, old_ones: list[dict[str, Any]], perform: Perform) -> None:
    new = ticket(ada)
    answer = ada.post(ADDRESS, body(IMAGES))
    assert (answer.status_code, answer.get_json()["total"]) == (202, 3)
    assert answer.headers["Location"].endswith(answer.get_json()["id"])
    job = perform(answer.get_json()["id"])
    assert (job["status"], job["processed"], job["failed"]) == ("completed", 3, 0)
    rows = [ada.get(f"tickets/{row['id']}").get_json() for row in old_ones]
    assert [(row["state"], row["machine_version"]) for row in rows] == [("NEW", 2), ("OPEN", 2), ("CANCELLED", 2)]
    assert rows[0]["version"] == old_ones[0]["version"] + 1
    assert ada.get(f"tickets/{new['id']}").get_json()["version"] == new["version"]
    for row in rows:
        record = ada.get(f"transitions?entity=ticket&entity_id={row['id']}&limit=1").get_json()["results"][0]
        assert (record["actor"], record["on_behalf_of"], record["machine_version"]) == ("system", "ada", 2)
        assert record["metadata"]["migration"] == {"from_version": 1, "to_version": 2}
        assert audit_rows(ada, "ticket", row["id"])[-1]["changes"]["machine_version"] == [1, 2]
    assert {clock["status"] for clock in ada.get(f"tickets/{rows[1]['id']}/clocks").get_json()["clocks"]} == {
        "met",
        "running",
    }
    again = perform(ada.post(ADDRESS, body(IMAGES)).get_json()["id"])
    assert (again["status"], again["processed"]) == ("completed", 0)


def test_what_moves_out_of_reach_meanwhile_is_left_and_counted(
    ada: Person, old_ones: list[dict[str, Any]], perform: Perform
) -> None:
    moved(ada, f"tickets/{old_ones[1]['id']}", "OPEN")
    job_id = ada.post(ADDRESS, body(WHOLE)).get_json()["id"]
    moved(ada, f"tickets/{old_ones[1]['id']}", "ONHOLD")
    job = perform(job_id)
    assert (job["status"], job["processed"], job["failed"]) == ("partial_failure", 2, 1)
    assert job["error"]["code"] == "items_left"


@pytest.mark.parametrize(
    ("machine", "sent", "status", "code"),
    [
        ("nothing", body({}), 404, "not_found"),
        ("permit", body({}), 409, "machine_not_versioned"),
        ("ticket", body({}, to_version=9), 422, "unknown_version"),
        ("ticket", body({}, to_version=1), 422, "same_version"),
        ("ticket", body({"NOWHERE": "OPEN"}), 422, "unknown_state"),
        ("ticket", body({"OPEN": "ONHOLD"}), 422, "unknown_state"),
        ("ticket", {"from_version": 1, "to_version": 2}, 422, "required"),
    ],
)
@pytest.mark.usefixtures("old_ones")
def test_what_is_refused(ada: Person, machine: str, sent: dict[str, Any], status: int, code: str) -> None:
    answer = ada.post(f"machines/{machine}/migrations", sent)
    told = answer.get_json()
    assert answer.status_code == status
    assert code in {told["code"], *(error["code"] for error in told.get("errors", []))}


def test_it_takes_the_permission(person: MakePerson) -> None:
    answer = person(sub="bob", roles=["manager"]).post(ADDRESS, body(IMAGES))
    assert (answer.status_code, answer.get_json()["permission"]) == (403, "settings.manage")


@pytest.mark.usefixtures("old_ones")
def test_the_statements_of_a_chunk_do_not_grow_with_its_items(ada: Person, unit: Unit, app: ServiceApp) -> None:
    for _ in range(6):
        ticket(ada)
    counts, last = [], 0
    for size in (1, 5):
        with unit() as session, counting(app.runtime.db.engine) as sent:
            lifecycle, migration = checking.plan("ticket", 2, 1, WHOLE | {"NEW": "OPEN"})
            done = carry_over(session, lifecycle, migration, after=last, at_most=size)
            session.flush()
        assert done.items == size
        last = done.last
        counts.append(len(sent))
    assert counts[0] == counts[1]
