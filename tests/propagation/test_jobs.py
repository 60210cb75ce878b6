"""Runs as a resource: what each shows, how they are found and counted, their events."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from services.propagation.models import Job
from shared.app import ServiceApp
from shared.tenancy import Context
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson
from tests.propagation.changing import batch, change, item, job, set_own, set_workspace
from tests.propagation.naming import Naming, answered
from tests.propagation.working import Worker
from tests.propagation.working import worker as worker

Body = dict[str, Any]


def run(naming: Naming, string: Body, value: str = "PUMA", **options: Any) -> str:
    answer = change(naming, string, "Brand", value, **options).get_json()
    found: str = answer["propagation_summary"]["job_id"]
    return found


def found(person: Person, query: str) -> list[str]:
    return [row["id"] for row in answered(person.get(f"jobs?{query}"))["results"]]


def failing(naming: Naming, tree: Body) -> Body:
    """A batch of which one update fails."""
    updates = [item(naming, tree["campaigns"][0], "Brand", "PUMA"), {"string_detail_id": 10**12, "dimension_value": 1}]
    answer: Body = answered(batch(naming, *updates), 207)
    return answer


def test_a_run_shows_all_that_is_known(naming: Naming, tenant_id: uuid.UUID) -> None:
    tree = naming.tree(1, 1)
    shown = job(naming, run(naming, tree["account"]))
    assert shown["id"] == shown["batch_id"]
    assert (shown["workspace"], shown["workspace_name"]) == (str(tenant_id), shown["workspace_name"])
    assert (shown["trigger_type"], shown["triggered_by"], shown["triggered_by_name"]) == ("detail_update", "ada", "Ada")
    assert (shown["status"], shown["processing_method"], shown["error_handling"]) == (
        "completed",
        "synchronous",
        "continue",
    )
    assert (shown["total_strings"], shown["processed_strings"]) == (3, 3)
    assert (shown["failed_strings"], shown["skipped_strings"]) == (0, 0)
    assert (shown["progress_percentage"], shown["success_rate"]) == (100.0, 100.0)
    assert (shown["max_depth"], shown["truncated"], shown["error_message"]) == (10, False, None)
    assert (shown["undo_of"], shown["undone_by"], shown["retry_of"]) == (None, None, None)
    assert shown["started_at"] <= shown["completed_at"] == shown["last_updated"]
    assert shown["duration"].endswith("s")
    assert shown["duration_seconds"] >= 0
    assert shown["metadata"]["root_strings"] == [tree["account"]["id"]]
    assert shown["metadata"]["options"]["error_handling"] == {"value": "continue", "layer": "service"}


def test_runs_are_listed_newest_first_and_filtered(naming: Naming, worker: Worker, person: MakePerson) -> None:
    tree = naming.tree(2, 1)
    first = run(naming, tree["ads"][0], person=person(sub="bob", name="Bob"))
    second = run(naming, tree["campaigns"][1])
    third = failing(naming, tree)["job_id"]
    set_workspace(naming, background_processing_threshold=1)
    fourth = run(naming, tree["account"], "VANS")
    ada = naming.person
    assert found(ada, "") == [fourth, third, second, first]
    assert found(ada, "status=pending") == [fourth]
    worker.run()
    assert found(ada, "status=completed&status=partial_failure") == [fourth, third, second, first]
    assert found(ada, "status=partial_failure") == [third]
    assert found(ada, "processing_method=background&processing_method=chunked") == [fourth]
    assert found(ada, "triggered_by=bob") == [first]
    assert found(ada, "trigger_type=batch_update") == [third]
    assert found(ada, f"string={tree['ads'][1]['id']}") == [fourth, second]
    assert found(ada, f"string={tree['campaigns'][0]['id']}") == [fourth, third]
    middle = job(naming, second)["created"]
    assert found(ada, f"created_after={middle}") == [fourth, third]
    assert found(ada, f"created_before={middle}") == [first]


@pytest.mark.parametrize(
    "query",
    [
        "status=done",
        "processing_method=quick",
        "trigger_type=whim",
        "string=0",
        "string=x",
        "created_after=yesterday",
        "unknown=1",
    ],
)
def test_filters_that_cannot_be(ada: Person, query: str) -> None:
    (fault,) = answered(ada.get(f"jobs?{query}"), 422)["errors"]
    assert query.partition("=")[0] in fault["pointer"]


def test_the_summary_of_nothing(ada: Person) -> None:
    assert answered(ada.get("jobs/summary")) == {
        "total_jobs": 0,
        "pending_jobs": 0,
        "running_jobs": 0,
        "completed_jobs": 0,
        "partial_failure_jobs": 0,
        "failed_jobs": 0,
        "cancelled_jobs": 0,
        "success_rate": 0.0,
        "average_duration_seconds": None,
        "p95_duration_seconds": None,
        "unresolved_errors": 0,
    }


def test_the_summary_counts(naming: Naming, app: ServiceApp, context: Context) -> None:
    tree = naming.tree(2, 1)
    run(naming, tree["ads"][0])
    run(naming, tree["ads"][1])
    failing(naming, tree)
    answered(batch(naming, {"string_detail_id": 10**12, "dimension_value": 1}), 409)
    shown = answered(naming.person.get("jobs/summary"))
    assert (shown["total_jobs"], shown["completed_jobs"]) == (4, 2)
    assert (shown["partial_failure_jobs"], shown["failed_jobs"], shown["success_rate"]) == (1, 1, 50.0)
    assert shown["unresolved_errors"] == 2
    assert 0 <= shown["average_duration_seconds"] <= shown["p95_duration_seconds"] + 1
    with app.runtime.db.transaction(context) as session:
        session.execute(update(Job).values(created_at=datetime.now(UTC) - timedelta(days=3)))
    yesterday = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert answered(naming.person.get(f"jobs/summary?created_after={yesterday}"))["total_jobs"] == 0


def test_the_errors_of_a_run(naming: Naming) -> None:
    tree = naming.tree(2, 0)
    taken = item(naming, tree["campaigns"][0], "Note", "c1")
    answer = answered(batch(naming, taken, {"string_detail_id": 10**12, "dimension_value": 1}), 409)
    address = f"jobs/{answer['job_id']}/errors"
    errors = {row["error_type"]: row for row in answered(naming.person.get(address))["results"]}
    conflict = errors["conflict_error"]
    assert (conflict["job"], conflict["job_batch_id"]) == (answer["job_id"], answer["job_id"])
    assert (conflict["string"], conflict["string_value"]) == (tree["campaigns"][0]["id"], "NIKE_SS26|[c0]")
    assert (conflict["error_code"], conflict["retry_count"], conflict["is_retryable"]) == ("duplicate_value", 0, False)
    assert (conflict["resolved"], conflict["resolution"], conflict["resolved_by_name"]) == (False, None, None)
    assert conflict["context_data"]["correlation_id"]
    (only,) = answered(naming.person.get(f"{address}?error_type=validation_error"))["results"]
    assert (only["error_code"], only["string"], only["string_value"]) == ("not_found", None, None)
    assert answered(naming.person.get(f"{address}?resolved=true"))["results"] == []


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_runs_have_no_other_writing_method(naming: Naming, method: str) -> None:
    run_id = run(naming, naming.tree(0)["account"])
    for address in ("jobs", f"jobs/{run_id}"):
        assert naming.person.call(method.upper(), address, {}).status_code == 405


def read(app: ServiceApp, person: Person, after: int) -> list[str]:
    """The states that the caller's stream tells after an event, as far as there are any now."""
    response = person.get(f"events?last_event_id={after}")
    assert response.mimetype == "text/event-stream"
    text = response.get_data(as_text=True)
    return [line.split('"state":"')[1].split('"')[0] for line in text.splitlines() if line.startswith("data:")]


@pytest.fixture
def short(app: ServiceApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams that end after one look."""
    monkeypatch.setattr(app.runtime.settings, "event_stream_seconds", 0)


@pytest.mark.usefixtures("short")
def test_the_stream_tells_of_own_runs(naming: Naming, app: ServiceApp, person: MakePerson, worker: Worker) -> None:
    tree = naming.tree(2, 1)
    bob = person(sub="bob")
    run(naming, tree["ads"][0], person=bob)
    run(naming, tree["ads"][1])
    failing(naming, tree)
    assert read(app, naming.person, 0) == ["completed", "partial_failure"]
    assert read(app, bob, 0) == ["completed"]
    set_workspace(naming, background_processing_threshold=1)
    run(naming, tree["account"], "VANS")
    worker.run()
    assert read(app, naming.person, 0)[-1] == "completed"


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    ("preferences", "told"),
    [
        ({}, ["completed", "partial_failure"]),
        ({"on_completion": False}, ["partial_failure"]),
        ({"on_errors": False}, ["completed"]),
        ({"on_completion": False, "on_errors": False}, []),
    ],
)
def test_preferences_say_which_ends_are_told(
    naming: Naming, app: ServiceApp, preferences: dict[str, bool], told: list[str]
) -> None:
    tree = naming.tree(1, 1)
    run(naming, tree["ads"][0])
    failing(naming, tree)
    set_own(naming, notification_preferences=preferences)
    assert read(app, naming.person, 0) == told
