import pickle
import uuid
from typing import Any

import pytest
import redis
from rq import Queue, SimpleWorker
from rq.job import Job as PlainJob
from rq.serializers import JSONSerializer

from shared.jobs import worker
from shared.jobs.rq_queue import HandOver, NotAllowed, SafeJob, allow, hand_over, queue
from shared.redis_client import connect

DOOR = "tests.shared.jobs.test_rq_queue.note"
noted: list[tuple[str, str]] = []


def note(tenant_id: str, job_id: str) -> None:
    noted.append((tenant_id, job_id))


def unwanted(*_: Any) -> None:
    noted.append(("unwanted", ""))


@pytest.fixture
def connection(redis_url: str) -> redis.Redis:
    return connect(redis_url)


@pytest.fixture
def target(connection: redis.Redis) -> Queue:
    return queue(f"q-{uuid.uuid4().hex}", connection)


def described(attempt: int = 0) -> HandOver:
    return HandOver(str(uuid.uuid4()), str(uuid.uuid4()), attempt, "kind", 60, str(uuid.uuid4()))


def work_off(target: Queue) -> None:
    SimpleWorker([target], connection=target.connection, job_class=SafeJob, serializer=JSONSerializer).work(burst=True)


def test_a_hand_over_carries_ids_only(target: Queue) -> None:
    allow(DOOR)
    job = described(attempt=3)
    hand_over(target, DOOR, job)
    stored = SafeJob.fetch(job.rq_id, connection=target.connection, serializer=JSONSerializer)
    assert stored.id == f"{job.job_id}-3"
    assert stored.args == [job.tenant_id, job.job_id]
    assert stored.description == "kind"
    assert stored.meta["correlation_id"] == job.correlation_id
    assert 0 < target.connection.ttl(stored.key) <= 40
    work_off(target)
    assert noted[-1] == (job.tenant_id, job.job_id)


def test_a_second_hand_over_of_the_same_attempt_adds_nothing(target: Queue) -> None:
    job = described()
    hand_over(target, DOOR, job)
    hand_over(target, DOOR, job)
    assert target.count == 1


@pytest.mark.parametrize("status", ["finished", "failed", "started", "stopped"])
def test_a_hand_over_that_led_to_nothing_is_made_again(target: Queue, status: str) -> None:
    job = described()
    hand_over(target, DOOR, job)
    target.connection.delete(target.key)
    target.connection.hset(SafeJob.key_for(job.rq_id), "status", status)
    hand_over(target, DOOR, job)
    assert target.job_ids == [job.rq_id]


@pytest.mark.parametrize(
    "name", ["os.system", "services.x.jobs.perform_", "services.x.y.jobs.perform", "builtins.eval"]
)
def test_only_doors_of_services_may_be_called(target: Queue, name: str) -> None:
    with pytest.raises(NotAllowed):
        _ = SafeJob.create(
            name, args=["touch /tmp/x", "1"], connection=target.connection, serializer=JSONSerializer
        ).func


def test_a_queued_system_call_is_refused_by_the_worker(target: Queue, tmp_path: Any) -> None:
    trace = tmp_path / "called"
    bad = PlainJob.create(
        "os.system",
        args=[f"touch {trace}"],
        connection=target.connection,
        serializer=JSONSerializer,
        origin=target.name,
    )
    bad.save()
    target.connection.rpush(target.key, bad.id)
    work_off(target)
    assert not trace.exists()
    assert bad.get_status() == "failed"


def test_a_pickle_is_not_opened(target: Queue, tmp_path: Any) -> None:
    trace = tmp_path / "called"

    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return (trace.touch, ())

    bad = PlainJob.create(DOOR, connection=target.connection, serializer=JSONSerializer, origin=target.name)
    bad.save()
    target.connection.hset(bad.key, "data", pickle.dumps((DOOR, None, (Bomb(),), {})))
    target.connection.rpush(target.key, bad.id)
    work_off(target)
    assert not trace.exists()
    assert bad.get_status() == "failed"


def test_callbacks_and_webhooks_are_dropped(target: Queue) -> None:
    allow(DOOR)
    job = described()
    hand_over(target, DOOR, job)
    name = f"{__name__}.unwanted"
    target.connection.hset(
        SafeJob.key_for(job.rq_id),
        mapping={
            "success_callback_name": name,
            "failure_callback_name": name,
            "stopped_callback_name": name,
            "webhooks": '[{"url": "http://127.0.0.1:9/", "on": "finished", "method": "POST"}]',
        },
    )
    work_off(target)
    assert noted[-1] == (job.tenant_id, job.job_id)
    restored = SafeJob.fetch(job.rq_id, connection=target.connection, serializer=JSONSerializer)
    assert (restored.success_callback, restored.failure_callback, restored.webhooks) == (None, None, [])


def test_a_worker_serves_exactly_one_queue(redis_url: str) -> None:
    made = worker.make("one", redis_url)
    assert [served.name for served in made.queues] == ["one"]
    assert made.job_class is SafeJob
    with pytest.raises(ValueError, match="exactly one"):
        worker.make("one,two", redis_url)
