"""Claim, fence, progress, failure, cancel, chunks: with threads instead of worker processes."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from rq.timeouts import JobTimeoutException
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import InternalError

from shared.db import Database
from shared.errors import Busy, Invalid, Unavailable
from shared.jobs.dispatch import reconcile
from shared.jobs.errors import Cancelled, LeaseLost, TimedOut, describe, is_permanent
from shared.jobs.lease import claim
from shared.jobs.models import JobMixin
from shared.jobs.operations import request_cancel
from shared.jobs.performing import AttemptFailed, work
from shared.jobs.run import Run
from shared.tenancy import Context
from tests.shared.jobs.conftest import Submit
from tests.shared.jobs.sample import Effect, Job, make_effect, registry

Read = Callable[[uuid.UUID], Job]


def perform(db: Database, job: Job) -> None:
    work(db, registry, tenant_id=job.tenant_id, job_id=job.id)


def effects(db: Database, context: Context) -> list[int]:
    with db.transaction(context) as session:
        return list(session.scalars(select(Effect.item).where(Effect.tenant_id == context.tenant_id)))


def chunks_of(db: Database, context: Context, job: Job) -> list[Job]:
    with db.transaction(context) as session:
        return list(session.scalars(select(Job).where(Job.parent_id == job.id).order_by(Job.run_at)))


def change(db: Database, context: Context, job: JobMixin, **values: Any) -> None:
    with db.transaction(context) as session:
        session.execute(update(Job).where(Job.id == job.id).values(**values))


def started(db: Database, context: Context, job: Job) -> Run:
    with db.transaction(context) as session:
        claimed = claim(session, Job, job.id, lease_seconds=30)
    assert claimed is not None
    return Run(db, registry, claimed, 30)


def test_a_job_runs_once_and_leaves_its_effect(db: Database, context: Context, submitted: Submit, read: Read) -> None:
    job = submitted()
    perform(db, job)
    perform(db, job)
    done = read(job.id)
    assert (done.status, done.attempt, done.progress_percentage) == ("completed", 1, 100.0)
    assert done.completed_at is not None
    assert effects(db, context) == [0]


def test_a_race_for_one_job_has_one_winner(db: Database, context: Context, submitted: Submit) -> None:
    job = submitted()

    def try_to_claim(_: int) -> Job | None:
        with db.transaction(context) as session:
            return claim(session, Job, job.id, lease_seconds=30)

    with ThreadPoolExecutor(8) as pool:
        winners = [won for won in pool.map(try_to_claim, range(8)) if won is not None]
    assert len(winners) == 1
    assert winners[0].attempt == 1


def test_a_job_is_invisible_to_another_tenant(db: Database, submitted: Submit, read: Read) -> None:
    job = submitted()
    work(db, registry, tenant_id=uuid.uuid4(), job_id=job.id)
    assert read(job.id).status == "pending"


def test_a_worker_that_was_overtaken_writes_nothing(
    db: Database, relay_db: Database, context: Context, submitted: Submit, read: Read
) -> None:
    job = submitted()
    zombie = started(db, context, job)
    with pytest.raises(LeaseLost), zombie.step() as session:
        make_effect(session, zombie)
        change(db, context, job, lease_until=func.clock_timestamp() - timedelta(seconds=1))
        with relay_db.transaction(Context(tenant_id=None)) as relay:
            reconcile(relay, Job)
        change(db, context, job, run_at=func.clock_timestamp())
        perform(db, job)
    done = read(job.id)
    assert (done.status, done.attempt) == ("completed", 2)
    assert [error["code"] for error in done.attempt_errors] == ["worker_lost"]
    assert effects(db, context) == [0]
    with pytest.raises(LeaseLost), zombie.step():
        pass


def test_effects_and_counters_commit_together(db: Database, context: Context, submitted: Submit, read: Read) -> None:
    run = started(db, context, submitted("items", payload={"items": 3}))
    with pytest.raises(ZeroDivisionError), run.step() as session:
        make_effect(session, run)
        run.progress(session, processed=1, total=3)
        _ = 1 / 0
    assert (read(run.job.id).processed, effects(db, context)) == (0, [])
    with run.step() as session:
        make_effect(session, run)
        run.progress(session, processed=1, total=3)
    half = read(run.job.id)
    assert (half.processed, half.total, half.progress_percentage) == (1, 3, 33.3)
    assert effects(db, context) == [0]


def test_reading_sees_one_state_and_cannot_write(db: Database, context: Context, submitted: Submit) -> None:
    run = started(db, context, submitted())
    with run.reading() as session:
        before = session.scalar(select(func.count()).select_from(Effect))
        with run.step() as other:
            make_effect(other, run)
        assert session.scalar(select(func.count()).select_from(Effect)) == before
    with pytest.raises(InternalError), run.reading() as session:
        make_effect(session, run)
    assert effects(db, context) == [0]


def test_a_second_attempt_goes_on_after_the_last_step(
    db: Database, context: Context, submitted: Submit, read: Read
) -> None:
    job = submitted("items", payload={"items": 4})
    run = started(db, context, job)
    with run.step() as session:
        make_effect(session, run, 0)
        run.progress(session, processed=1, total=4)
    change(db, context, job, status="pending", lease_until=None)
    perform(db, job)
    assert sorted(effects(db, context)) == [0, 1, 2, 3]
    assert (read(job.id).processed, read(job.id).status) == (4, "completed")


def test_a_total_that_is_too_small_grows(db: Database, context: Context, submitted: Submit, read: Read) -> None:
    run = started(db, context, submitted("items", total=1))
    with run.step() as session:
        run.progress(session, processed=2, failed=1, skipped=1)
    job = read(run.job.id)
    assert (job.total, job.processed, job.failed, job.skipped) == (3, 2, 1, 1)


def test_an_unexpected_error_is_tried_again_and_then_dead(
    db: Database, context: Context, submitted: Submit, read: Read
) -> None:
    job = submitted("broken", max_attempts=2)
    with pytest.raises(AttemptFailed):
        perform(db, job)
    waiting = read(job.id)
    assert (waiting.status, waiting.dead_letter, waiting.error) == ("pending", False, None)
    assert waiting.run_at > waiting.created_at
    perform(db, job)
    assert read(job.id).attempt == 1, "the delay is not over"
    change(db, context, job, run_at=func.clock_timestamp())
    with pytest.raises(AttemptFailed):
        perform(db, job)
    dead = read(job.id)
    assert (dead.status, dead.dead_letter) == ("failed", True)
    assert dead.error is not None
    assert (dead.error["code"], dead.error["reason"]) == ("internal_error", "attempts_exhausted")
    assert [error["attempt"] for error in dead.attempt_errors] == [1, 2]
    assert "must not be stored" not in str(dead.attempt_errors)


def test_a_permanent_error_fails_at_once(db: Database, submitted: Submit, read: Read) -> None:
    job = submitted("refused")
    with pytest.raises(AttemptFailed):
        perform(db, job)
    dead = read(job.id)
    assert (dead.status, dead.dead_letter, dead.attempt) == ("failed", True, 1)
    assert dead.error is not None
    assert (dead.error["code"], dead.error["reason"], dead.error["hint"]) == ("never", "permanent", "do not")


@pytest.mark.parametrize(
    ("failure", "permanent", "code"),
    [
        (Busy("held"), False, "locked"),
        (Unavailable("away"), False, "unavailable"),
        (Invalid("wrong"), True, "invalid"),
        (TimedOut("over"), True, "timeout"),
        (JobTimeoutException("alarm"), False, "timeout"),
        (MemoryError(), False, "internal_error"),
    ],
)
def test_which_failures_are_final(failure: Exception, permanent: bool, code: str) -> None:
    assert (is_permanent(failure), describe(failure)["code"]) == (permanent, code)


def test_an_unknown_kind_waits_for_a_newer_worker(db: Database, submitted: Submit, read: Read) -> None:
    job = submitted("of tomorrow")
    with pytest.raises(AttemptFailed):
        perform(db, job)
    assert read(job.id).status == "pending"


def test_a_lost_job_is_dead_after_its_last_attempt(
    db: Database, relay_db: Database, context: Context, submitted: Submit, read: Read
) -> None:
    run = started(db, context, submitted(max_attempts=1))
    change(db, context, run.job, lease_until=func.clock_timestamp() - timedelta(seconds=1))
    with relay_db.transaction(Context(tenant_id=None)) as session:
        reconcile(session, Job)
    dead = read(run.job.id)
    assert dead.error is not None
    assert (dead.status, dead.dead_letter, dead.error["code"]) == ("failed", True, "worker_lost")


def test_a_lost_job_with_something_to_record_is_ended_by_a_worker(
    db: Database, relay_db: Database, context: Context, submitted: Submit, read: Read
) -> None:
    """The relay sees nothing but jobs, so it hands a dead one over once more: it is not done, only ended."""
    job = submitted("mourned", max_attempts=1)
    lose(db, relay_db, context, started(db, context, job).job)
    assert read(job.id).status == "pending"
    change(db, context, job, run_at=func.clock_timestamp())
    with pytest.raises(AttemptFailed):
        perform(db, job)
    dead = read(job.id)
    assert dead.error is not None
    assert (dead.status, dead.dead_letter, dead.error["code"]) == ("failed", True, "worker_lost")
    assert (dead.note, effects(db, context)) == ("buried after 2", [])


def test_a_job_whose_end_is_lost_too_is_dead(
    db: Database, relay_db: Database, context: Context, submitted: Submit, read: Read
) -> None:
    run = started(db, context, submitted("mourned", max_attempts=1))
    lose(db, relay_db, context, run.job)
    change(db, context, run.job, run_at=func.clock_timestamp())
    lose(db, relay_db, context, started(db, context, read(run.job.id)).job)
    dead = read(run.job.id)
    assert (dead.status, dead.dead_letter, dead.note) == ("failed", True, None)


def lose(db: Database, relay_db: Database, context: Context, job: JobMixin) -> None:
    """Its worker is silent for longer than the lease, and the relay sees it."""
    change(db, context, job, lease_until=func.clock_timestamp() - timedelta(seconds=1))
    with relay_db.transaction(Context(tenant_id=None)) as session:
        reconcile(session, Job, ends_in_worker=registry.ends_in_worker)


def test_cancel_before_the_start(db: Database, context: Context, submitted: Submit, read: Read) -> None:
    job = submitted()
    with db.transaction(context) as session:
        assert request_cancel(session, Job, job.id).status == "cancelled"
    perform(db, job)
    assert (read(job.id).attempt, effects(db, context)) == (0, [])


def test_cancel_while_it_runs_rolls_the_open_step_back(
    db: Database, context: Context, submitted: Submit, read: Read
) -> None:
    run = started(db, context, submitted("items"))
    with run.step() as session:
        make_effect(session, run, 1)
    with pytest.raises(Cancelled), run.step() as session:
        make_effect(session, run, 2)
        with db.transaction(context) as other:
            assert request_cancel(other, Job, run.job.id).status == "running"
    with pytest.raises(Cancelled), run.step():
        pass
    with run.step(closing=True) as session:
        run.finish(session, "cancelled")
    assert read(run.job.id).status == "cancelled"
    assert effects(db, context) == [1]


def test_a_cancelled_handler_ends_as_cancelled(db: Database, context: Context, submitted: Submit, read: Read) -> None:
    job = submitted("items", payload={"items": 5})
    change(db, context, job, cancel_requested=True)
    perform(db, job)
    assert (read(job.id).status, effects(db, context)) == ("cancelled", [])


def test_the_time_of_a_run_counts_from_its_first_start(
    db: Database, context: Context, submitted: Submit, read: Read
) -> None:
    job = submitted("items", payload={"items": 2}, run_timeout_seconds=60)
    run = started(db, context, job)
    assert run.seconds_left is not None
    assert 0 < run.seconds_left <= 60
    change(db, context, job, status="pending", lease_until=None, deadline_at=func.clock_timestamp())
    with pytest.raises(AttemptFailed):
        perform(db, job)
    late = read(job.id)
    assert late.error is not None
    assert (late.status, late.error["code"]) == ("failed", "timeout")
    with pytest.raises(TimedOut), Run(db, registry, late, 30).step():
        pass


def test_the_last_of_many_chunks_completes_the_parent_once(
    db: Database, context: Context, submitted: Submit, read: Read
) -> None:
    parent = submitted("fan_out", payload={"chunks": [{"item": item} for item in range(12)]})
    perform(db, parent)
    waiting = read(parent.id)
    assert (waiting.status, waiting.lease_until, waiting.children) == ("running", None, 12)
    chunks = chunks_of(db, context, parent)
    assert [chunk.payload["item"] for chunk in chunks] == list(range(12))
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda chunk: perform(db, chunk), chunks))
    done = read(parent.id)
    assert (done.status, done.processed, done.total, done.note) == ("completed", 12, 12, "completed=12")
    assert sorted(effects(db, context)) == list(range(12))


def test_a_dead_chunk_wakes_the_parent_for_its_end(
    db: Database, context: Context, submitted: Submit, read: Read
) -> None:
    parent = submitted("fan_out", payload={"chunks": [{"item": 1}, {"item": 2}], "child": "refused"})
    perform(db, parent)
    for chunk in chunks_of(db, context, parent):
        with pytest.raises(AttemptFailed):
            perform(db, chunk)
    assert read(parent.id).status == "pending"
    perform(db, parent)
    assert (read(parent.id).status, read(parent.id).note) == ("failed", "failed=2")


def test_cancelling_a_parent_stops_its_chunks(db: Database, context: Context, submitted: Submit, read: Read) -> None:
    parent = submitted("fan_out", payload={"chunks": [{"item": item} for item in range(3)]})
    perform(db, parent)
    first, *_ = chunks_of(db, context, parent)
    run = started(db, context, first)
    with pytest.raises(Cancelled), run.step() as session:
        make_effect(session, run)
        with db.transaction(context) as other:
            assert request_cancel(other, Job, parent.id).status == "running"
    with run.step(closing=True) as session:
        run.finish(session, "cancelled")
    assert (read(parent.id).status, read(parent.id).note) == ("cancelled", "cancelled=3")
    assert effects(db, context) == []


def test_statements_do_not_grow_with_chunks(db: Database, context: Context, submitted: Submit) -> None:
    counts = []
    for size in (2, 200):
        run = started(db, context, submitted("fan_out"))
        statements: list[str] = []

        def count(_c: object, _cursor: object, statement: str, *_: object, seen: list[str] = statements) -> None:
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", count)
        with run.step() as session:
            run.progress(session, total=size)
            run.spawn(session, [{"item": item} for item in range(size)], kind="chunk")
        event.remove(db.engine, "before_cursor_execute", count)
        counts.append(len(statements))
    assert counts[0] == counts[1]
