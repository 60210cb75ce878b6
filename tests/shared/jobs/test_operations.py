import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, update
from sqlalchemy.exc import IntegrityError

from shared.db import Database
from shared.errors import NotFound
from shared.jobs.errors import JobFinished, JobNotRetryable
from shared.jobs.operations import find, request_cancel, resume, retry, submit
from shared.jobs.reports import summary, wait_until_ended
from shared.tenancy import Context
from tests.shared.jobs.conftest import Submit
from tests.shared.jobs.sample import Job

Read = Callable[[uuid.UUID], Job]


def end(db: Database, context: Context, job: Job, status: str, seconds: float = 1, **values: Any) -> None:
    """Makes a job look as if it had ended after `seconds`."""
    started = datetime(2026, 1, 1, tzinfo=UTC)
    times = {"started_at": started, "completed_at": started + timedelta(seconds=seconds)}
    with db.transaction(context) as session:
        session.execute(update(Job).where(Job.id == job.id).values(status=status, **times, **values))


def test_a_job_remembers_for_whom_it_runs(submitted: Submit, context: Context) -> None:
    job = submitted(payload={"id": 1}, note="own column")
    assert (job.status, job.requested_by, job.correlation_id) == ("pending", "ada", context.correlation_id)
    assert (job.payload, job.note) == ({"id": 1}, "own column")


def test_a_job_of_a_failed_request_does_not_exist(db: Database, context: Context) -> None:
    job_id = uuid.uuid4()
    with pytest.raises(ZeroDivisionError), db.transaction(context) as session:
        submit(session, Job, kind="once", queue="sample", id=job_id)
        find(session, Job, job_id)
        _ = 1 / 0
    with db.transaction(context) as session, pytest.raises(NotFound):
        find(session, Job, job_id)


def test_the_same_key_gives_the_same_job(submitted: Submit) -> None:
    first = submitted(idempotency_key="k")
    assert submitted(idempotency_key="k").id == first.id
    assert submitted(idempotency_key="other").id != first.id
    assert submitted("items", idempotency_key="k").id != first.id


def test_chunks_are_not_found(db: Database, context: Context, submitted: Submit) -> None:
    parent = submitted("fan_out")
    chunk = submitted("chunk", parent_id=parent.id)
    with db.transaction(context) as session, pytest.raises(NotFound):
        find(session, Job, chunk.id)


def test_an_ended_job_cannot_be_cancelled(db: Database, context: Context, submitted: Submit) -> None:
    job = submitted()
    end(db, context, job, "completed")
    with db.transaction(context) as session, pytest.raises(JobFinished) as refusal:
        request_cancel(session, Job, job.id)
    assert (refusal.value.status, refusal.value.code) == (409, "job_finished")


def test_a_retry_is_a_new_job(db: Database, context: Context, submitted: Submit, read: Read) -> None:
    old = submitted("items", payload={"items": 3, "only": None}, run_timeout_seconds=9)
    end(db, context, old, "partial_failure")
    with db.transaction(context) as session:
        new = retry(session, Job, old.id, changes={"only": [1]}, note="again")
    assert new.id != old.id
    assert (new.retry_of, new.kind, new.run_timeout_seconds, new.note) == (old.id, "items", 9, "again")
    assert new.payload == {"items": 3, "only": [1]}
    assert new.origin_correlation_id == old.correlation_id
    with db.transaction(context) as session, pytest.raises(JobNotRetryable):
        retry(session, Job, old.id)


@pytest.mark.parametrize("status", ["completed", "pending"])
def test_what_needs_no_retry_is_refused(db: Database, context: Context, submitted: Submit, status: str) -> None:
    job = submitted()
    if status == "completed":
        end(db, context, job, status)
    with db.transaction(context) as session, pytest.raises(JobNotRetryable) as refusal:
        retry(session, Job, job.id)
    assert (refusal.value.status, refusal.value.code) == (409, "job_not_retryable")


def test_resuming_keeps_job_and_counters(db: Database, context: Context, submitted: Submit, read: Read) -> None:
    job = submitted("items", total=5)
    end(db, context, job, "failed", processed=2, attempt=5, dead_letter=True, cancel_requested=True)
    with db.transaction(context) as session:
        resume(session, Job, job.id)
    again = read(job.id)
    assert (again.status, again.processed, again.attempt, again.max_attempts) == ("pending", 2, 5, 10)
    assert (again.dead_letter, again.cancel_requested, again.completed_at) == (False, False, None)


def test_the_summary_of_an_empty_tenant(db: Database, context: Context) -> None:
    with db.transaction(context) as session:
        found = summary(session, Job)
    assert (found["total_jobs"], found["success_rate"], found["p95_duration_seconds"]) == (0, 0.0, None)


def test_the_summary_counts_by_status_without_chunks(db: Database, context: Context, submitted: Submit) -> None:
    for status, seconds in [("completed", 1), ("completed", 3), ("failed", 2), ("cancelled", 2)]:
        end(db, context, submitted(), status, seconds)
    waiting = submitted()
    submitted("chunk", parent_id=waiting.id)
    with db.transaction(context) as session:
        found = summary(session, Job)
        later = summary(session, Job, created_after=datetime.now(UTC) + timedelta(days=1))
    assert (found["total_jobs"], found["pending_jobs"], found["completed_jobs"], found["failed_jobs"]) == (5, 1, 2, 1)
    assert found["success_rate"] == 66.67
    assert found["average_duration_seconds"] == 2.0
    assert found["p95_duration_seconds"] == pytest.approx(2.85)
    assert later["total_jobs"] == 0


def test_waiting_ends_with_the_job(db: Database, context: Context, submitted: Submit) -> None:
    job, looks = submitted(), []

    def end_at_the_third_look(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 3:
            end(db, context, job, "completed")

    done = wait_until_ended(db, context, Job, job.id, seconds=60, sleep=end_at_the_third_look)
    assert (done.status, len(looks)) == ("completed", 3)


def test_waiting_gives_up_in_time(db: Database, context: Context, submitted: Submit) -> None:
    assert wait_until_ended(db, context, Job, submitted().id, seconds=0).status == "pending"


@pytest.mark.parametrize(
    "values", [{"status": "odd"}, {"failed": -1}, {"processed": 1}, {"completed_at": func.now()}, {"max_attempts": 0}]
)
def test_the_table_refuses_impossible_jobs(
    db: Database, context: Context, submitted: Submit, values: dict[str, Any]
) -> None:
    job = submitted()
    with pytest.raises(IntegrityError), db.transaction(context) as session:
        session.execute(update(Job).where(Job.id == job.id).values(**values))
