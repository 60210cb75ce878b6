"""What the relay does in one look at the jobs of a service: hand over what waits, take back what was lost."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import redis
from rq import Queue
from sqlalchemy import Row, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from shared.jobs.errors import WorkerLost, describe
from shared.jobs.lease import after, give_back
from shared.jobs.models import JobMixin
from shared.jobs.performing import settle
from shared.jobs.rq_queue import HandOver, hand_over

BATCH = 200
# A queue that is this long gets nothing more until workers catch up: what has waited too long in Redis is handed
# over again, and the list must not grow by that.
FULL_QUEUE = 1000
REDISPATCH_SECONDS = 10.0
_LOST = describe(WorkerLost("The worker stopped without a word."))

Key = tuple[uuid.UUID, uuid.UUID]


class Handed(NamedTuple):
    """How many jobs were handed over, and why not more."""

    jobs: int
    failure: redis.RedisError | None = None


@dataclass(frozen=True)
class Dispatcher:
    """Hands waiting jobs of one service to RQ."""

    model: type[JobMixin]
    door: str
    queues: Mapping[str, Queue]
    timeout_seconds: int
    redispatch_seconds: float = REDISPATCH_SECONDS
    full_queue: int = FULL_QUEUE

    def dispatch(self, session: Session) -> Handed:
        """The rows stay locked until the commit, so that other relays pass over them; a worker that is faster than
        the commit waits for it. When Redis fails on the way, what was handed over before still counts."""
        handed: list[Key] = []
        failure = None
        try:
            for row in self._waiting(session):
                hand_over(self.queues[row.queue], self.door, self._describe(row))
                handed.append((row.tenant_id, row.id))
        except redis.RedisError as error:
            failure = error
        self._note(session, handed)
        return Handed(len(handed), failure)

    def _waiting(self, session: Session) -> Sequence[Any]:
        job = self.model
        open_queues = [name for name, queue in self.queues.items() if queue.count < self.full_queue]
        return session.execute(
            select(job.tenant_id, job.id, job.attempt, job.kind, job.queue, job.run_timeout_seconds, job.correlation_id)
            .where(
                job.status == "pending",
                job.run_at <= func.clock_timestamp(),
                or_(job.dispatched_at.is_(None), job.dispatched_at < after(-self.redispatch_seconds)),
                job.queue.in_(open_queues),
            )
            .order_by(job.run_at)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        ).all()

    def _describe(self, row: Row[Any]) -> HandOver:
        # A run with a limit of its own ends itself in time; RQ's alarm comes a minute later.
        limit = self.timeout_seconds if row.run_timeout_seconds is None else row.run_timeout_seconds + 60
        return HandOver(
            tenant_id=str(row.tenant_id),
            job_id=str(row.id),
            attempt=row.attempt,
            kind=row.kind,
            timeout_seconds=limit,
            correlation_id=str(row.correlation_id),
        )

    def _note(self, session: Session, handed: Sequence[Key]) -> None:
        if handed:
            session.execute(
                update(self.model)
                .where(tuple_(self.model.tenant_id, self.model.id).in_(handed))
                .values(dispatched_at=func.clock_timestamp()),
                execution_options={"synchronize_session": False},
            )


def reconcile(session: Session, model: type[JobMixin], *, ends_in_worker: Collection[str] = ()) -> int:
    """Takes back jobs whose lease has run out: they wait for their next attempt, or are dead; returns how many.

    What a kind has to record at its end the relay may not: it sees no table of the service but that of the jobs.
    """
    lost = session.execute(
        select(model.tenant_id, model.id)
        .where(model.status == "running", model.lease_until < func.clock_timestamp())
        .order_by(model.lease_until)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    if not lost:
        return 0
    keys = [(row.tenant_id, row.id) for row in lost]
    these = tuple_(model.tenant_id, model.id).in_(keys)
    given_back = give_back(session, model, these, error=_LOST, ends_in_worker=ends_in_worker)
    settle(session, model, list(given_back))
    return len(keys)
