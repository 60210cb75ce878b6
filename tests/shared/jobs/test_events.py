import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from shared.db import Database, keep_on_rollback
from shared.jobs.events import format_event, last_event_id, record_event, stream, trim_events
from shared.jobs.lease import claim
from shared.jobs.models import JobMixin
from shared.jobs.operations import submit
from shared.jobs.performing import work
from shared.jobs.run import Run
from shared.tenancy import Context
from tests.shared.jobs.conftest import Submit
from tests.shared.jobs.sample import Effect, Job, JobEvent, make_effect, registry


def started(db: Database, context: Context, job: Job) -> Run:
    with db.transaction(context) as session:
        claimed = claim(session, Job, job.id, lease_seconds=30)
    assert claimed is not None
    return Run(db, registry, claimed, 30)


def advance(run: Run, **data: Any) -> None:
    with run.step() as session:
        run.progress(session, processed=1, data=data)


def record(session: Session, job: JobMixin) -> None:
    record_event(
        session,
        JobEvent,
        tenant_id=job.tenant_id,
        job_id=job.id,
        requested_by=job.requested_by,
        type="state",
        data={},
    )


def parse(message: bytes) -> dict[str, Any]:
    lines = dict(line.split(": ", 1) for line in message.decode().strip().splitlines())
    return {"id": lines.get("id"), "event": lines.get("event"), "data": json.loads(lines.get("data", "null"))}


def told(messages: Iterator[bytes]) -> list[dict[str, Any]]:
    """The events of a stream, without comments and the reconnection time."""
    return [parse(message) for message in messages if b"data:" in message]


def test_the_format_has_number_type_and_one_line_of_json() -> None:
    assert format_event("state", {"a": "x\ny"}, id=7) == b'id: 7\nevent: state\ndata: {"a":"x\\ny"}\n\n'


def test_last_event_id_takes_numbers_only() -> None:
    assert last_event_id("42") == 42
    assert [last_event_id(text) for text in (None, "", "-1", "x", "²", "9" * 40)] == [None] * 6


def test_a_stream_tells_progress_and_ends_with_the_end(db: Database, context: Context, submitted: Submit) -> None:
    job = submitted("items", payload={"items": 2})
    messages = stream(db, context, Job, job_id=job.id, sleep=lambda _: None)
    assert next(messages) == b"retry: 1000\n\n"
    assert parse(next(messages))["data"]["state"] == "pending"
    work(db, registry, tenant_id=job.tenant_id, job_id=job.id)
    rest = told(messages)
    assert [(one["event"], one["data"]["processed"]) for one in rest] == [
        ("state", 0),
        ("progress", 0),
        ("progress", 1),
        ("progress", 2),
        ("state", 2),
    ]
    assert rest[-1]["data"]["state"] == "completed"
    assert rest[2]["data"]["percentage"] == 50.0
    assert rest[2]["data"]["current_item"] == 0
    numbers = [int(one["id"]) for one in rest]
    assert numbers == sorted(set(numbers))


def test_a_stream_resumes_after_the_number_last_seen(db: Database, context: Context, submitted: Submit) -> None:
    run = started(db, context, submitted("items", total=3))
    advance(run, step=1)
    with db.transaction(context) as session:
        seen = session.scalar(select(func.max(JobEvent.id)).where(JobEvent.job_id == run.job.id))
    advance(run, step=2)
    advance(run, step=3)
    messages = told(stream(db, context, Job, job_id=run.job.id, after=seen, seconds=0))
    assert [one["data"]["step"] for one in messages] == [2, 3]


def test_who_comes_back_after_the_end_hears_it_again(db: Database, context: Context, submitted: Submit) -> None:
    job = submitted()
    work(db, registry, tenant_id=job.tenant_id, job_id=job.id)
    messages = told(stream(db, context, Job, job_id=job.id, after=10**12))
    assert [(one["id"], one["data"]["state"]) for one in messages] == [(None, "completed")]


def test_a_stream_of_a_person_has_only_their_own_jobs(db: Database, context: Context, submitted: Submit) -> None:
    mine = stream(db, context, Job, seconds=60, sleep=lambda _: None)
    next(mine)
    start = next(mine)
    assert start.startswith(b"id: ")
    with db.transaction(Context(tenant_id=context.tenant_id, actor="grace")) as session:
        record(session, submit(session, Job, kind="once", queue="sample"))
    advance(started(db, context, submitted("items")), mine=True)
    assert parse(next(mine))["data"]["mine"] is True


def test_a_stream_gives_a_sign_of_life(db: Database, context: Context, submitted: Submit) -> None:
    job = submitted()
    messages = stream(db, context, Job, job_id=job.id, heartbeat_seconds=0, sleep=lambda _: None)
    assert [next(messages) for _ in range(3)][2].startswith(b":")


def test_another_tenant_hears_nothing(db: Database, submitted: Submit) -> None:
    job = submitted()
    stranger = Context(tenant_id=uuid.uuid4(), actor="ada")
    assert told(stream(db, stranger, Job, job_id=job.id)) == []


def test_events_of_a_step_that_failed_are_not_told(db: Database, context: Context, submitted: Submit) -> None:
    run = started(db, context, submitted("items"))
    with pytest.raises(ZeroDivisionError), run.step() as session:
        run.progress(session, processed=1)
        record(session, run.job)
        _ = 1 / 0
    with db.transaction(context) as session:
        assert session.scalar(select(func.count()).where(JobEvent.job_id == run.job.id)) == 0


def test_what_is_kept_on_rollback_carries_no_undone_event(db: Database, context: Context, submitted: Submit) -> None:
    run = started(db, context, submitted("items"))

    def step_that_fails() -> None:
        with run.step() as session:
            keep_on_rollback(session, lambda kept: make_effect(kept, run))
            record(session, run.job)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        step_that_fails()
    with db.transaction(context) as session:
        assert session.scalar(select(func.count()).where(JobEvent.job_id == run.job.id)) == 0
        assert session.scalar(select(func.count()).where(Effect.job_id == run.job.id)) == 1


def test_savepoints_do_not_disturb_events(db: Database, context: Context, submitted: Submit) -> None:
    run = started(db, context, submitted("items"))
    with run.step() as session:
        with session.begin_nested():
            run.progress(session, processed=1)
            record(session, run.job)
        session.begin_nested().rollback()
        record(session, run.job)
    with db.transaction(context) as session:
        assert session.scalar(select(func.count()).where(JobEvent.job_id == run.job.id)) == 3


def test_chunks_speak_for_their_parent(db: Database, context: Context, submitted: Submit) -> None:
    parent = submitted("fan_out", payload={"chunks": [{"item": 1}, {"item": 2}]})
    work(db, registry, tenant_id=parent.tenant_id, job_id=parent.id)
    with db.transaction(context) as session:
        chunks = list(session.scalars(select(Job.id).where(Job.parent_id == parent.id).order_by(Job.run_at)))
    for chunk in chunks:
        work(db, registry, tenant_id=parent.tenant_id, job_id=chunk)
    messages = told(stream(db, context, Job, job_id=parent.id, after=0))
    assert [(one["event"], one["data"]["processed"]) for one in messages] == [
        ("state", 0),
        ("progress", 0),
        ("progress", 1),
        ("state", 2),
    ]


def test_a_look_costs_the_same_with_many_events(db: Database, context: Context, submitted: Submit) -> None:
    run = started(db, context, submitted("items", total=50))
    counts = []
    for size in (1, 20):
        for _ in range(size):
            advance(run)
        statements: list[str] = []

        def count(_c: object, _cursor: object, statement: str, *_: object, seen: list[str] = statements) -> None:
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", count)
        told(stream(db, context, Job, job_id=run.job.id, after=0, seconds=0))
        event.remove(db.engine, "before_cursor_execute", count)
        counts.append(len(statements))
    assert counts == [3, 3]


def test_the_ring_forgets_by_age(db: Database, relay_db: Database, context: Context, submitted: Submit) -> None:
    run = started(db, context, submitted("items"))
    advance(run)
    advance(run)
    with relay_db.transaction(Context(tenant_id=None)) as session:
        trim_events(session, JobEvent, keep_seconds=3600)
    with db.transaction(context) as session:
        assert session.scalar(select(func.count()).where(JobEvent.job_id == run.job.id)) == 2
    with relay_db.transaction(Context(tenant_id=None)) as session:
        trim_events(session, JobEvent, keep_seconds=-1)
    with db.transaction(context) as session:
        assert session.scalar(select(func.count()).where(JobEvent.job_id == run.job.id)) == 0
