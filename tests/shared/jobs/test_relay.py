"""The relay's loop in a thread, against a Redis and a PostgreSQL that go away."""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.db import Database
from shared.jobs.duties import Duty, Pass
from shared.jobs.relay import Relay, RelayedService, ServiceRelay
from shared.jobs.rq_queue import queue
from shared.metrics import REDIS_ERRORS
from shared.redis_client import connect
from shared.tenancy import Context
from tests.fixtures.databases import TestDatabase
from tests.shared.jobs.conftest import Submit
from tests.shared.jobs.sample import DOOR, Job, Schedule


@pytest.fixture
def queue_name() -> str:
    return f"q-{uuid.uuid4().hex}"


@pytest.fixture
def described(scratch: TestDatabase, redis_url: str, queue_name: str) -> Callable[..., RelayedService]:
    def make(**options: object) -> RelayedService:
        values = {"redis_url": redis_url, "duties": (), "redispatch_seconds": 0.2} | options
        return RelayedService(
            "sample",
            scratch.relay_url,
            jobs=Job,
            queues=[queue_name],
            schedules=Schedule,
            door=DOOR,
            **values,  # type: ignore[arg-type]
        )

    return make


@pytest.fixture
def relay(described: Callable[..., RelayedService]) -> Iterator[ServiceRelay]:
    made = ServiceRelay(described(), threading.Event())
    yield made
    made.close()


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)


def waiting_in(redis_url: str, queue_name: str) -> list[str]:
    return list(queue(queue_name, connect(redis_url)).job_ids)


def test_a_waiting_job_is_handed_over_once(
    relay: ServiceRelay, submitted: Submit, redis_url: str, queue_name: str
) -> None:
    job = submitted(queue=queue_name)
    relay.look()
    relay.look()
    assert waiting_in(redis_url, queue_name) == [f"{job.id}-0"]


def test_a_job_whose_time_has_not_come_waits(
    relay: ServiceRelay, db: Database, context: Context, submitted: Submit, redis_url: str, queue_name: str
) -> None:
    job = submitted(queue=queue_name)
    with db.transaction(context) as session:
        session.execute(text("update jobs set run_at = now() + interval '1 hour' where id = :id"), {"id": job.id})
    relay.look()
    assert waiting_in(redis_url, queue_name) == []


def test_what_redis_forgot_is_handed_over_again(
    relay: ServiceRelay, submitted: Submit, redis_url: str, queue_name: str
) -> None:
    job = submitted(queue=queue_name)
    relay.look()
    connection = connect(redis_url)
    connection.delete(f"rq:queue:{queue_name}", f"rq:job:{job.id}-0")

    def look_again() -> list[str]:
        relay.look()
        return waiting_in(redis_url, queue_name)

    wait_for(look_again)
    assert waiting_in(redis_url, queue_name) == [f"{job.id}-0"]


def test_many_relays_hand_each_job_over_once(
    described: Callable[..., RelayedService], submitted: Submit, redis_url: str, queue_name: str
) -> None:
    jobs = [submitted(queue=queue_name) for _ in range(20)]
    relays = [ServiceRelay(described(redispatch_seconds=60), threading.Event()) for _ in range(3)]
    threads = [threading.Thread(target=one.look) for one in relays]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waiting_in(redis_url, queue_name)) == sorted(f"{job.id}-0" for job in jobs)
    for one in relays:
        one.close()


def test_without_redis_jobs_wait(
    described: Callable[..., RelayedService], submitted: Submit, redis_url: str, queue_name: str
) -> None:
    before = REDIS_ERRORS.labels("sample", "relay")._value.get()
    job = submitted(queue=queue_name)
    away = ServiceRelay(described(redis_url="redis://127.0.0.1:1/0"), threading.Event())
    away.look()
    away.close()
    assert REDIS_ERRORS.labels("sample", "relay")._value.get() == before + 1
    back = ServiceRelay(described(), threading.Event())
    back.look()
    back.close()
    assert waiting_in(redis_url, queue_name) == [f"{job.id}-0"]


def test_the_loop_hears_the_doorbell_and_survives_a_lost_connection(
    described: Callable[..., RelayedService],
    scratch: TestDatabase,
    postgres_url: str,
    submitted: Submit,
    redis_url: str,
    queue_name: str,
    tmp_path: Path,
) -> None:
    # The poll is far away, so what comes at once was announced by the doorbell.
    heartbeat = tmp_path / "heartbeat.json"
    process = Relay([described()], heartbeat, poll_seconds=3600)
    thread = threading.Thread(target=process.run)
    thread.start()
    try:
        wait_for(lambda: heartbeat.exists() and json.loads(heartbeat.read_text())["sample"] > 0)
        first = submitted(queue=queue_name)
        wait_for(lambda: f"{first.id}-0" in waiting_in(redis_url, queue_name))
        _cut_connections(postgres_url, scratch)
        second = submitted(queue=queue_name)
        wait_for(lambda: f"{second.id}-0" in waiting_in(redis_url, queue_name))
    finally:
        process.stop.set()
        submitted(queue="nobody's")
        thread.join(timeout=15)
    assert not thread.is_alive()


def test_duties_are_done_and_a_failing_one_stops_nothing(
    described: Callable[..., RelayedService], submitted: Submit, redis_url: str, queue_name: str
) -> None:
    done: list[str] = []

    def fail(_: Session) -> None:
        raise RuntimeError("duty")

    def note(session: Session) -> None:
        done.append(session.scalars(text("select current_user")).one())

    duties = (Duty("failing", 60, fail), Duty("noting", 60, note))
    relay = ServiceRelay(described(duties=duties), threading.Event())
    submitted(queue=queue_name)
    for _ in range(2):
        relay.duties.do_due()
        relay.look()
    relay.close()
    assert done == ["concord_scratch_relay"]
    assert len(waiting_in(redis_url, queue_name)) == 1


def test_a_duty_that_is_not_through_goes_on_in_another_transaction(described: Callable[..., RelayedService]) -> None:
    transactions: list[int] = []

    def count(session: Session) -> object:
        transactions.append(session.scalars(text("select pg_current_xact_id()::text::bigint")).one())
        return Pass.AGAIN if len(transactions) < 3 else None

    relay = ServiceRelay(described(duties=(Duty("counting", 60, count),)), threading.Event())
    relay.duties.do_due()
    relay.duties.do_due()
    relay.close()
    assert len(set(transactions)) == len(transactions) == 3


def test_a_duty_waits_for_its_first_time(described: Callable[..., RelayedService]) -> None:
    done: list[object] = []
    duty = Duty("later", 60, done.append, first_after_seconds=3600)
    relay = ServiceRelay(described(duties=(duty,)), threading.Event())
    relay.duties.do_due()
    relay.close()
    assert done == []


def test_a_full_queue_gets_nothing_more(
    described: Callable[..., RelayedService], submitted: Submit, redis_url: str, queue_name: str
) -> None:
    relay = ServiceRelay(described(full_queue=1), threading.Event())
    submitted(queue=queue_name)
    relay.look()
    submitted(queue=queue_name)
    relay.look()
    relay.close()
    assert len(waiting_in(redis_url, queue_name)) == 1


def _cut_connections(postgres_url: str, scratch: TestDatabase) -> None:
    name = scratch.relay_url.rsplit("/", 1)[1].split("?")[0]
    admin = Database(postgres_url, pooled=False)
    with admin.transaction(Context(tenant_id=None)) as session:
        session.execute(
            text("select pg_terminate_backend(pid) from pg_stat_activity where datname = :d and usename like '%relay'"),
            {"d": name},
        )
