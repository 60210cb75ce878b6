"""Runs that stop half-way: a lost worker, a cancel, a failure; nothing is done twice and nothing is forgotten."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from services.sync.errors import RunFailed
from services.sync.models import Job, RunPartition
from shared.jobs import operations
from shared.tenancy import Context
from tests.sync.working import Sync, item


class SourceAway(RunFailed):
    code = group = "source_unavailable"


class Killed(BaseException):
    """Nothing that anybody catches, like the end of the process."""


def pages(count: int = 4) -> list[list[dict[str, Any]]]:
    return [[item(f"{page}-{n}") for n in range(3)] for page in range(1, count + 1)]


def stop_at(page: int, failure: BaseException | None = None) -> Any:
    def before(number: int) -> None:
        if number == page:
            raise failure or Killed

    return before


def go_on(_number: int) -> None: ...


def test_a_killed_run_goes_on_at_the_next_page(sync: Sync) -> None:
    source = sync.source("items", *pages())
    sync.put()
    source.before = stop_at(3)
    run = sync.ask()
    with pytest.raises(Killed):
        sync.work()
    half = sync.read(run["id"])
    assert (half["status"], half["stats"]["created"], half["partitions"][0]["batches"]) == ("running", 6, 2)
    assert sync.person.get("pipelines/items/state").get_json()["checkpoint"]["position"] == {"page": 3}
    source.before = go_on
    sync.lose_worker(run["id"])
    sync.work()
    whole = sync.read(run["id"])
    assert (whole["status"], whole["stats"]["created"], whole["started_at"]) == ("completed", 12, half["started_at"])
    assert [first for first, _conditions in source.asked] == [1, 3]


def test_batches_that_end_within_a_page_go_on_there(sync: Sync) -> None:
    source = sync.source("items", *pages())
    sync.put(batch_size=4)
    source.before = stop_at(3)
    run = sync.ask()
    with pytest.raises(Killed):
        sync.work()
    assert sync.read(run["id"])["stats"]["created"] == 4
    source.before = go_on
    sync.lose_worker(run["id"])
    sync.work()
    whole = sync.read(run["id"])
    assert (whole["stats"]["created"], whole["stats"]["extracted"], whole["stats"]["unchanged"]) == (12, 12, 0)


def test_a_failed_run_is_resumed_as_itself(sync: Sync) -> None:
    source = sync.source("items", *pages())
    sync.put()
    source.before = stop_at(2, SourceAway("The source does not answer."))
    run = sync.run()
    assert (run["status"], run["stats"]["created"]) == ("failed", 3)
    assert {name: run["error"][name] for name in ("class", "code", "message", "sample")} == {
        "class": "source_unavailable",
        "code": "source_unavailable",
        "message": "The source does not answer.",
        "sample": [],
    }
    source.before = go_on
    resumed = sync.person.post(f"runs/{run['id']}/resume")
    assert (resumed.status_code, resumed.get_json()["status"]) == (202, "pending")
    assert resumed.headers["Location"].endswith(f"runs/{run['id']}")
    sync.work()
    again = sync.read(run["id"])
    assert (again["status"], again["stats"]["created"], again["error"]) == ("completed", 12, None)
    assert again["started_at"] == run["started_at"]
    refused = sync.person.post(f"runs/{run['id']}/resume")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "run_not_resumable")


def test_what_cannot_be_resumed(sync: Sync) -> None:
    source = sync.source("items", *pages())
    sync.put()
    source.before = stop_at(2, SourceAway("away"))
    old, new = sync.run(), None
    with sync.app.runtime.db.transaction(Context(tenant_id=sync.tenant_id)) as session:
        partition = session.get_one(RunPartition, (sync.tenant_id, uuid.UUID(old["id"]), 0))
        assert partition.committed_at is not None
        partition.committed_at -= timedelta(hours=25)
    refused = sync.person.post(f"runs/{old['id']}/resume")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "checkpoint_too_old")
    new = sync.run()
    sync.put(description="another version")
    refused = sync.person.post(f"jobs/{new['id']}/retry")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "configuration_changed")


def test_a_cancel_takes_effect_before_the_next_commit(sync: Sync) -> None:
    source = sync.source("items", *pages())
    sync.put()
    run = sync.ask()

    def before(number: int) -> None:
        if number == 3:
            with sync.app.runtime.db.transaction(Context(tenant_id=sync.tenant_id)) as session:
                operations.request_cancel(session, Job, uuid.UUID(run["id"]))

    source.before = before
    sync.work()
    stopped = sync.read(run["id"])
    assert (stopped["status"], stopped["stats"]["created"]) == ("cancelled", 6)
    source.before = go_on
    sync.person.post(f"runs/{run['id']}/resume")
    sync.work()
    assert sync.read(run["id"])["stats"]["created"] == 12


def test_a_run_that_waits_is_cancelled_at_once(sync: Sync) -> None:
    sync.source("items")
    sync.put()
    run = sync.ask()
    assert sync.person.get(f"runs/{run['id']}/wait").status_code == 404
    answer = sync.person.post(f"runs/{run['id']}/cancel")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "cancelled")
    assert sync.person.get(f"runs/{run['id']}/wait").status_code == 200
    refused = sync.person.post(f"runs/{run['id']}/cancel")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "job_finished")


def test_infrastructure_is_tried_again_and_then_told(sync: Sync) -> None:
    source = sync.source("items", *pages())
    sync.put()
    source.before = stop_at(2, ConnectionError("secret address"))
    run = sync.run()
    assert run["status"] == "running"
    for _attempt in range(2):
        sync.lose_worker(run["id"])
        sync.work()
    dead = sync.read(run["id"])
    assert (dead["status"], dead["error"]["class"]) == ("failed", "infrastructure")
    assert "secret" not in str(dead["error"])


def test_a_pipeline_that_vanishes_fails_its_run(sync: Sync) -> None:
    sync.source("items")
    sync.put()
    run = sync.ask()
    sync.person.patch("pipelines/items", {"active": False})
    sync.work()
    failed = sync.read(run["id"])
    assert (failed["status"], failed["error"]["message"]) == ("failed", "pipeline items not found or not active")
