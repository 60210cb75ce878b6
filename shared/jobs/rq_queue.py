"""RQ as a doorbell: an allow-list of what may be called, and the hand-over of a job's ids."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import redis
from rq import Queue
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

_DOOR = re.compile(r"services\.[a-z_]+\.jobs\.perform")
_also_allowed: set[str] = set()

# How long a hand-over may lie in Redis before it is made again; heals a hash whose id is in no list.
HAND_OVER_TTL_SECONDS = 40
RESULT_TTL_SECONDS = 60
FAILURE_TTL_SECONDS = 24 * 3600


class NotAllowed(Exception):
    """Something in Redis asks for a call that is no job of ours."""


class SafeJob(Job):
    """Whoever can write to Redis can name any function: only the doors of services are opened.

    Callbacks and webhooks would be calls of the same kind, and retries are the job table's business.
    """

    @property
    def func(self) -> Any:
        name = self.func_name or ""
        if self.instance is not None or not (_DOOR.fullmatch(name) or name in _also_allowed):
            raise NotAllowed(name)
        return super().func

    def restore(self, raw_data: Any) -> Any:
        super().restore(raw_data)
        self._success_callback_name = self._failure_callback_name = self._stopped_callback_name = None
        self.webhooks = []
        self.retries_left = self.repeats_left = None
        self._dependency_ids = []


def allow(function_name: str) -> None:
    """Opens one more door; for tests, whose services are not in `services`."""
    _also_allowed.add(function_name)


def queue(name: str, connection: redis.Redis) -> Queue:
    return Queue(name, connection=connection, serializer=JSONSerializer, job_class=SafeJob)


@dataclass(frozen=True)
class HandOver:
    """What Redis gets to know of a job: ids only."""

    tenant_id: str
    job_id: str
    attempt: int
    kind: str
    timeout_seconds: int
    correlation_id: str

    @property
    def rq_id(self) -> str:
        return f"{self.job_id}-{self.attempt}"


def hand_over(target: Queue, door: str, job: HandOver) -> None:
    """Puts a job's ids into its queue unless they are there; repairs what a crash has left of an earlier hand-over."""
    try:
        _enqueue(target, door, job)
    except DuplicateJobError:
        if _is_stuck(target, job.rq_id):
            _enqueue(target, door, job)


def _is_stuck(target: Queue, rq_id: str) -> bool:
    """The row still waits, so a hand-over that is not queued any more led to nothing: it is removed."""
    try:
        old = SafeJob.fetch(rq_id, connection=target.connection, serializer=JSONSerializer)
        if old.get_status(refresh=False) == JobStatus.QUEUED:
            return False
        old.delete()
    except NoSuchJobError:
        pass
    return True


def _enqueue(target: Queue, door: str, job: HandOver) -> None:
    meta: Mapping[str, str] = {"correlation_id": job.correlation_id, "kind": job.kind}
    target.enqueue_call(
        func=door,
        args=[job.tenant_id, job.job_id],
        timeout=job.timeout_seconds,
        ttl=HAND_OVER_TTL_SECONDS,
        result_ttl=RESULT_TTL_SECONDS,
        failure_ttl=FAILURE_TTL_SECONDS,
        description=job.kind,
        job_id=job.rq_id,
        meta=dict(meta),
        unique=True,
    )
