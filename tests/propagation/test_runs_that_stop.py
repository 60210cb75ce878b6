"""Runs that end before they are through: late, dead, with a worker that was killed. Counters and marks stay right."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from services.propagation import jobs
from services.propagation.jobs import registry
from services.propagation.models import Job
from shared.db import Database
from shared.jobs.dispatch import reconcile
from shared.jobs.lease import claim
from shared.jobs.performing import AttemptFailed
from shared.tenancy import Context
from tests.fixtures.databases import TestDatabase
from tests.propagation.changing import Body, change, everything, job, set_workspace, stored
from tests.propagation.naming import Naming, answered
from tests.propagation.working import Worker
from tests.propagation.working import worker as worker

Edit = Callable[..., None]


@pytest.fixture
def edit(worker: Worker) -> Edit:
    """Sets columns of the jobs that a condition finds."""

    def change_rows(*where: Any, **values: Any) -> None:
        with worker.app.runtime.db.transaction(Context(tenant_id=worker.tenant_id)) as session:
            session.execute(update(Job).where(Job.tenant_id == worker.tenant_id, *where).values(**values))

    return change_rows


def begun(naming: Naming, worker: Worker) -> tuple[dict[str, Any], str]:
    """A run of which the first wave is done. Half of what is below holds a brand of its own, which stays."""
    tree = naming.tree(campaigns=4, ads=4)
    for campaign in tree["campaigns"][:2]:
        answered(change(naming, campaign, "Brand", "VANS"))
    set_workspace(naming, background_processing_threshold=1)
    rules = {"dimension_value": "inherit_unless_overridden"}
    accepted = change(naming, tree["account"], "Brand", "PUMA", field_propagation_rules=rules)
    run_id: str = answered(accepted, 202)["propagation_summary"]["job_id"]
    worker.step()
    return tree, run_id


def counters(run: Body) -> list[int]:
    return [run[f"{name}_strings"] for name in ("total", "processed", "failed", "skipped")]


def check_left(naming: Naming, run_id: str, *, code: str) -> None:
    """Only strings that were to change count as failed and are behind: account, two campaigns and their ads."""
    run = job(naming, run_id)
    total, processed, failed, skipped = counters(run)
    assert (run["status"], total, processed + failed, skipped) == ("partial_failure", 11, 11, failed)
    assert 0 < failed < 11
    now = stored(naming)
    behind = {key for key, row in now.items() if row["stale"]}
    assert {now[key]["stale_reason"] for key in behind} == {"failed"}
    assert len(behind) == failed
    assert all(now[key]["value"].startswith("NIKE") for key in behind)
    errors = everything(naming.person, f"jobs/{run_id}/errors")
    assert {error["error_code"] for error in errors} == {code}
    changes = everything(naming.person, f"jobs/{run_id}/changes?limit=200")
    assert {row["string"] for row in changes if row["outcome"] == "skipped"} == behind


def test_what_a_late_run_leaves(naming: Naming, worker: Worker, edit: Edit) -> None:
    _tree, run_id = begun(naming, worker)
    edit(Job.status.in_(["pending", "running"]), deadline_at=func.clock_timestamp() - timedelta(seconds=1))
    worker.run()
    check_left(naming, run_id, code="timeout")


def test_what_dead_chunks_leave(naming: Naming, worker: Worker, edit: Edit, monkeypatch: pytest.MonkeyPatch) -> None:
    _tree, run_id = begun(naming, worker)

    def broken(*_arguments: object) -> None:
        raise TypeError("a mistake in the code")

    edit(Job.parent_id == uuid.UUID(run_id), max_attempts=1)
    with monkeypatch.context() as patched:
        patched.setattr(jobs, "_step", broken)
        for chunk in worker.pending():
            with pytest.raises(AttemptFailed):
                jobs.perform(str(worker.tenant_id), str(chunk))
    worker.run()
    check_left(naming, run_id, code="attempts_exhausted")


def test_what_a_cancelled_run_leaves(naming: Naming, worker: Worker) -> None:
    """Strings that keep a brand of their own are not behind."""
    tree, run_id = begun(naming, worker)
    answered(naming.person.post(f"jobs/{run_id}/cancel"), 202)
    worker.run()
    now = stored(naming)
    behind = {key for key, row in now.items() if row["stale"]}
    assert job(naming, run_id)["status"] == "cancelled"
    assert {now[key]["stale_reason"] for key in behind} == {"pending_propagation"}
    assert all(now[key]["value"].startswith("NIKE") for key in behind)
    assert behind | {key for key, row in now.items() if row["value"].startswith("PUMA")} == {
        tree["account"]["id"],
        *(row["id"] for row in tree["campaigns"][2:] + tree["ads"][8:]),
    }


def test_a_run_whose_last_worker_was_killed_has_its_errors(
    naming: Naming, worker: Worker, edit: Edit, propagation_database: TestDatabase
) -> None:
    tree = naming.tree(campaigns=1, ads=2)
    set_workspace(naming, background_processing_threshold=2)
    run_id = answered(change(naming, tree["account"], "Brand", "PUMA"), 202)["propagation_summary"]["job_id"]
    this = Job.id == uuid.UUID(run_id)
    edit(this, max_attempts=1)
    with worker.app.runtime.db.transaction(Context(tenant_id=worker.tenant_id)) as session:
        assert claim(session, Job, uuid.UUID(run_id), lease_seconds=0) is not None
    relay = Database(propagation_database.relay_url, pooled=False)
    with relay.transaction(Context(tenant_id=None)) as session:
        reconcile(session, Job, ends_in_worker=registry.ends_in_worker)
    edit(this, run_at=func.clock_timestamp())
    with pytest.raises(AttemptFailed):
        worker.step()
    run = job(naming, run_id)
    assert (run["status"], counters(run)[1]) == ("failed", 0)
    assert run["failed_strings"] == run["total_strings"] > 0
    (error,) = everything(naming.person, f"jobs/{run_id}/errors")
    assert (error["string"], error["error_code"]) == (tree["account"]["id"], "attempts_exhausted")
    with worker.app.runtime.db.transaction(Context(tenant_id=worker.tenant_id)) as session:
        assert session.scalar(select(Job.dead_letter).where(this))
