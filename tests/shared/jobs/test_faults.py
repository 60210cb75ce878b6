"""Jobs under kill -9 of workers, their children and relays, with a Redis that forgets everything."""

import contextlib
import random
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
import redis
from sqlalchemy import func, select

from shared.db import Database
from shared.redis_client import connect
from shared.tenancy import Context
from tests.fixtures.databases import TestDatabase
from tests.shared.jobs.conftest import Submit
from tests.shared.jobs.sample import Effect, Job

ROOT = Path(__file__).parents[3]
PATIENCE_SECONDS = 60


@dataclass
class Crew:
    """Worker and relay processes that a test kills and replaces."""

    arguments: dict[str, list[str]]
    alive: dict[str, list[subprocess.Popen[bytes]]] = field(default_factory=lambda: {"worker": [], "relay": []})
    seen: list[psutil.Process] = field(default_factory=list)

    def start(self, role: str) -> None:
        command = [sys.executable, "-m", "tests.shared.jobs.process", role, *self.arguments[role]]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.alive[role].append(process)

    def children(self, process: subprocess.Popen[bytes]) -> list[psutil.Process]:
        try:
            found = psutil.Process(process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []
        self.seen += found
        return found

    def kill(self, role: str, chance: random.Random, *, parent: bool = True, child: bool = False) -> None:
        """SIGKILL to one of them, its child, or both; a killed parent is replaced as a supervisor would."""
        process = chance.choice(self.alive[role])
        children = self.children(process)
        if parent:
            process.kill()
        for one in children if child else []:
            _end(one)
        if parent:
            process.wait()
            self.alive[role].remove(process)
            self.start(role)

    def stop(self) -> None:
        for process in [one for group in self.alive.values() for one in group]:
            self.children(process)
            process.kill()
            process.wait()
        for child in self.seen:
            _end(child)


def _end(process: psutil.Process) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.kill()


@pytest.fixture
def queue_name() -> str:
    return f"q-{uuid.uuid4().hex}"


@pytest.fixture
def connection(redis_url: str) -> redis.Redis:
    return connect(redis_url)


@pytest.fixture
def crew(scratch: TestDatabase, redis_url: str, queue_name: str) -> Iterator[Crew]:
    common = [redis_url, queue_name]
    made = Crew({"worker": [scratch.app_url, *common], "relay": [scratch.relay_url, *common]})
    yield made
    made.stop()


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "not done in time"
        time.sleep(0.1)


def statuses(db: Database, context: Context) -> dict[str, int]:
    with db.transaction(context) as session:
        found = session.execute(select(Job.status, func.count()).group_by(Job.status))
        return {status: count for status, count in found}


def effects_and_jobs(db: Database, context: Context) -> tuple[int, int]:
    with db.transaction(context) as session:
        statement = select(func.count(), func.count(Effect.job_id.distinct()))
        effects, jobs = session.execute(statement.select_from(Effect)).one()
        return effects, jobs


@pytest.mark.faults
def test_every_effect_happens_exactly_once_whatever_is_killed(
    crew: Crew, db: Database, context: Context, submitted: Submit, connection: redis.Redis, queue_name: str
) -> None:
    chance = random.Random(7)
    for role in ("worker", "worker", "relay", "relay"):
        crew.start(role)
    jobs = [submitted(queue=queue_name, max_attempts=50, payload={"seconds": 0.1}) for _ in range(30)]
    parent = submitted(
        "fan_out",
        queue=queue_name,
        max_attempts=50,
        payload={"chunks": [{"item": item, "seconds": 0.1} for item in range(10)]},
    )
    faults: list[Callable[[], object]] = [
        lambda: crew.kill("worker", chance),
        lambda: crew.kill("worker", chance, child=True),
        lambda: crew.kill("worker", chance, parent=False, child=True),
        lambda: crew.kill("relay", chance),
        connection.flushdb,
    ]
    wait_for(lambda: statuses(db, context).get("completed", 0) >= 3)
    for fault in faults + chance.sample(faults, 5):
        fault()
        time.sleep(0.5)
    wait_for(lambda: statuses(db, context) == {"completed": len(jobs) + 1 + 10})
    assert effects_and_jobs(db, context) == (len(jobs) + 10, len(jobs) + 10)
    with db.transaction(context) as session:
        done = session.get_one(Job, (context.tenant_id, parent.id))
    assert (done.processed, done.note) == (10, "completed=10")


@pytest.mark.faults
def test_a_job_whose_worker_dies_goes_on_where_it_was(
    crew: Crew, db: Database, context: Context, submitted: Submit, queue_name: str
) -> None:
    crew.start("worker")
    crew.start("relay")
    job = submitted("items", queue=queue_name, payload={"items": 6, "seconds": 0.3})

    def processed() -> int:
        with db.transaction(context) as session:
            return session.get_one(Job, (context.tenant_id, job.id)).processed

    wait_for(lambda: processed() >= 2)
    crew.kill("worker", random.Random(1), child=True)
    wait_for(lambda: statuses(db, context) == {"completed": 1})
    with db.transaction(context) as session:
        done = session.get_one(Job, (context.tenant_id, job.id))
        items = list(session.scalars(select(Effect.item).where(Effect.job_id == job.id).order_by(Effect.item)))
    assert done.attempt == 2
    assert items == list(range(6))
