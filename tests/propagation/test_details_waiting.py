"""Clients that wait for what a worker carries out, and changes that hold only as long as nobody was quicker."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import sleep
from typing import Any

import pytest
from werkzeug.test import TestResponse

from services.propagation import jobs
from tests.fixtures.services import MakePerson
from tests.propagation.changing import change, job, set_workspace, stored_names
from tests.propagation.naming import Naming, answered, detail_of
from tests.propagation.working import Worker
from tests.propagation.working import worker as worker

Waiting = Callable[[Callable[[], TestResponse]], TestResponse]
WAIT = {"Prefer": "wait=20"}


@pytest.fixture
def waiting(naming: Naming, worker: Worker) -> Waiting:
    """Sends a call while a worker is there to carry it out."""
    set_workspace(naming, background_processing_threshold=2)

    def send(call: Callable[[], TestResponse]) -> TestResponse:
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(call)
            while not answer.done():
                worker.run()
                sleep(0.02)
            return answer.result()

    return send


def test_a_detail_with_what_followed(naming: Naming, person: MakePerson, waiting: Waiting) -> None:
    tree = naming.tree(campaigns=1, ads=2)
    someone = person(sub="waiter")
    response = waiting(lambda: change(naming, tree["account"], "Brand", "PUMA", person=someone, headers=WAIT))
    answer, summary = answered(response), response.get_json()["propagation_summary"]
    assert response.headers["Preference-Applied"] == "wait=20"
    assert (answer["id"], answer["effective_value"]) == (detail_of(tree["account"], "Brand")["id"], "PUMA")
    assert (summary["status"], summary["total_affected"], summary["successful"]) == ("completed", 4, 4)
    assert response.headers["ETag"] == naming.person.get(f"string-details/{answer['id']}").headers["ETag"]
    assert job(naming, summary["job_id"])["status"] == "completed"


def test_strings_below_that_failed(naming: Naming, person: MakePerson, waiting: Waiting) -> None:
    tree = naming.tree(campaigns=1, ads=2)
    campaign = tree["campaigns"][0]
    naming.make("campaign", {"Brand": "PUMA", "Season": "SS26", "Note": "c0"}, tree["account"]["id"])
    someone = person(sub="waiter")
    response = waiting(lambda: change(naming, tree["account"], "Brand", "PUMA", person=someone, headers=WAIT))
    summary = answered(response)["propagation_summary"]
    assert (summary["status"], summary["failed"], summary["skipped"]) == ("partial_failure", 1, 2)
    assert [row["string_id"] for row in summary["errors"]] == [campaign["id"]]
    assert summary["stale_marked"] == 3


def test_a_string(naming: Naming, person: MakePerson, waiting: Waiting) -> None:
    tree = naming.tree(campaigns=1, ads=2)
    campaign = tree["campaigns"][0]
    other = naming.make("account", {"Brand": "PUMA", "Region": "US"})
    someone = person(sub="waiter")
    address, body = f"strings/{campaign['id']}", {"parent": other["id"]}
    answer = answered(waiting(lambda: someone.patch(address, body, headers=WAIT)))
    assert (answer["parent"], answer["value"]) == (other["id"], "PUMA_SS26|[c0]")
    assert answer["propagation_summary"]["successful"] == 3


def test_a_renamed_value_with_what_followed(naming: Naming, person: MakePerson, waiting: Waiting) -> None:
    naming.tree(campaigns=1, ads=2)
    someone = person(sub="waiter")
    address = f"dimension-values/{naming.values['NIKE']}"
    response = waiting(lambda: someone.patch(address, {"value": "NYKE"}, headers=WAIT))
    answer, summary = answered(response), response.get_json()["propagation_summary"]
    assert (answer["id"], answer["value"]) == (naming.values["NIKE"], "NYKE")
    assert (summary["status"], summary["successful"]) == ("completed", 4)
    assert response.headers["ETag"] == naming.person.get(address).headers["ETag"]
    assert response.headers["Preference-Applied"] == "wait=20"


def test_an_edited_rule_with_what_followed(naming: Naming, person: MakePerson, waiting: Waiting) -> None:
    naming.tree(campaigns=1, ads=2)
    someone = person(sub="waiter")
    wanted = [naming.rule_details["ad", name] for name in ("Season", "Brand", "Note")]
    body = {"field": naming.fields["ad"], "rule_details": wanted}
    answer = answered(waiting(lambda: someone.post(f"rules/{naming.rule}/reorder", body, headers=WAIT)))
    assert [row["id"] for row in answer["rule_details"]] == wanted
    assert answer["propagation_summary"]["successful"] == 2
    region = {
        "rule": naming.rule,
        "field": naming.fields["ad"],
        "dimension": naming.dimensions["Region"],
        "dimension_order": 4,
        "is_required": False,
    }
    set_workspace(naming, background_processing_threshold=1)
    gone = answered(waiting(lambda: someone.call("DELETE", f"rule-details/{wanted[0]}", headers=WAIT)))
    assert gone["propagation_summary"]["status"] == "completed"
    assert "id" not in gone
    assert someone.post("rule-details", region | {"dimension_order": 3}).status_code == 201


@pytest.mark.parametrize("way", ["header", "body"])
def test_a_string_that_was_changed_before_the_worker_came(naming: Naming, worker: Worker, way: str) -> None:
    tree = naming.tree(campaigns=1, ads=2)
    set_workspace(naming, background_processing_threshold=2)
    campaign = tree["campaigns"][0]
    other = naming.make("account", {"Brand": "PUMA", "Region": "US"})
    address = f"strings/{campaign['id']}"
    body: dict[str, Any] = {"parent": other["id"]} | ({"version": 1} if way == "body" else {})
    headers = {"If-Match": naming.person.get(address).headers["ETag"]} if way == "header" else {}
    accepted = answered(naming.person.patch(address, body, headers=headers), 202)
    set_workspace(naming, background_processing_threshold=100)
    answered(naming.person.patch(address, {"custom_fields": {"note": "quicker"}}))
    before = stored_names(naming)
    worker.run()
    run = job(naming, accepted["propagation_summary"]["job_id"])
    assert (run["status"], run["processed_strings"]) == ("failed", 0)
    (error,) = answered(naming.person.get(f"jobs/{run['id']}/errors"))["results"]
    assert (error["error_type"], error["error_code"]) == ("conflict_error", "changed_since")
    assert stored_names(naming) == before


@pytest.mark.parametrize("action", ["delete", "reset"])
def test_a_detail_that_was_changed_before_the_worker_came(naming: Naming, worker: Worker, action: str) -> None:
    tree = naming.tree(campaigns=1, ads=2)
    campaign = tree["campaigns"][0]
    answered(change(naming, campaign, "Brand", "PUMA"))
    set_workspace(naming, background_processing_threshold=1)
    dimension = {"delete": "Note", "reset": "Brand"}[action]
    address = f"string-details/{detail_of(campaign, dimension)['id']}"
    tag = {"If-Match": naming.person.get(address).headers["ETag"]}
    call = naming.person.delete(address, headers=tag) if action == "delete" else None
    accepted = answered(call or naming.person.post(f"{address}/reset", {}, headers=tag), 202)
    set_workspace(naming, background_processing_threshold=100)
    answered(change(naming, campaign, dimension, {"delete": "quicker", "reset": "VANS"}[action]))
    worker.run()
    run = job(naming, accepted["propagation_summary"]["job_id"])
    (error,) = answered(naming.person.get(f"jobs/{run['id']}/errors"))["results"]
    assert (run["status"], error["error_code"]) == ("failed", "changed_since")


def test_the_queue_follows_all_that_may_change(naming: Naming, worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """The call stops counting at its own threshold, which lies below that of the heavy queue."""
    tree = naming.tree(campaigns=4, ads=4)
    set_workspace(naming, background_processing_threshold=2)
    monkeypatch.setattr(worker.app.runtime.settings, "heavy_propagation_threshold", 10)
    large = answered(change(naming, tree["account"], "Brand", "PUMA"), 202)["propagation_summary"]["job_id"]
    small = answered(change(naming, tree["campaigns"][1], "Season", "FW26"), 202)["propagation_summary"]["job_id"]
    assert [worker.queue(job_id) for job_id in (large, small)] == ["propagation_heavy", "propagation"]


def test_a_run_that_dies_before_it_has_chunks(naming: Naming, worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = naming.tree(campaigns=1, ads=2)
    set_workspace(naming, background_processing_threshold=2)
    accepted = answered(change(naming, tree["account"], "Brand", "PUMA"), 202)["propagation_summary"]

    def broken(*_arguments: object, **_options: object) -> None:
        raise TypeError("a mistake in the code")

    with monkeypatch.context() as patched:
        patched.setattr(jobs, "_start", broken)
        worker.exhaust(accepted["job_id"])
    run = job(naming, accepted["job_id"])
    assert run["status"] == "failed"
    assert run["processed_strings"] + run["failed_strings"] == run["total_strings"] > 0
    (error,) = answered(naming.person.get(f"jobs/{run['id']}/errors"))["results"]
    assert (error["string"], error["error_code"]) == (tree["account"]["id"], "attempts_exhausted")
