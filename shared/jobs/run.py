"""What a handler holds while it works: the job, and steps whose effects and progress commit together."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.db import Database
from shared.jobs.errors import Cancelled, LeaseLost, TimedOut
from shared.jobs.models import ENDED, EndStatus, JobMixin
from shared.jobs.registry import JobRegistry
from shared.jobs.step import Step, close_step, insert_chunks
from shared.tenancy import Context


@dataclass
class Run:
    """One attempt at one job.

    A handler does its work in steps. It may be started again after any committed step, so it begins by looking at
    what is done already. It needs no `finish` if `completed` is the truth.
    """

    db: Database
    registry: JobRegistry
    job: JobMixin
    lease_seconds: float
    statement_timeout_seconds: float = 15.0
    # Set by the heartbeat: the lease is gone, somebody wants the job to be cancelled.
    lost: threading.Event = field(default_factory=threading.Event)
    cancelled: threading.Event = field(default_factory=threading.Event)
    ended: bool = False
    handed_over: bool = False

    @property
    def payload(self) -> dict[str, Any]:
        return self.job.payload

    @property
    def context(self) -> Context:
        """The tenant and person in whose name the job was asked for, from its row."""
        job = self.job
        return Context(
            tenant_id=job.tenant_id,
            actor=job.requested_by,
            actor_name=job.requested_by_name,
            correlation_id=job.correlation_id,
            origin_correlation_id=job.origin_correlation_id,
        )

    @property
    def attempt(self) -> int:
        return self.job.attempt

    @property
    def cancel_requested(self) -> bool:
        """As the heartbeat and the last step saw it; a step that ends asks the database itself."""
        return self.cancelled.is_set()

    @property
    def seconds_left(self) -> float | None:
        """Time until the run's own limit, counted from the first start of the job; None without a limit."""
        if self.job.deadline_at is None:
            return None
        return (self.job.deadline_at - datetime.now(UTC)).total_seconds()

    @contextmanager
    def step(self, *, statement_timeout_seconds: float | None = None, closing: bool = False) -> Iterator[Session]:
        """One fenced unit of work; it rolls back unless this attempt still holds the job at its end.

        Raises LeaseLost, Cancelled or TimedOut. The first must end the handler; after the others it may still do
        its last bookkeeping in a step that is `closing`, which looks at the lease only.
        """
        self.admit(closing=closing)
        work = Step(closing=closing)
        limit = statement_timeout_seconds or self.job.statement_timeout_seconds or self.statement_timeout_seconds
        try:
            with self.db.transaction(
                self.context, statement_timeout_seconds=limit if closing else self._within_deadline(limit)
            ) as session:
                session.info["step"] = work
                yield session
                session.flush()
                if not closing and self._is_late:
                    raise TimedOut("The time of this run is over.")
                close_step(session, self.registry, self.job, work, lease_seconds=self.lease_seconds)
        except Cancelled:
            self.cancelled.set()
            raise
        except LeaseLost:
            self.lost.set()
            raise
        except Exception as failure:
            if not closing and self._is_late:
                raise TimedOut("The time of this run is over.") from failure
            raise
        self.ended = self.ended or work.status is not None
        self.handed_over = self.handed_over or work.hands_over

    @contextmanager
    def reading(self, *, statement_timeout_seconds: float | None = None) -> Iterator[Session]:
        """One consistent picture for work that reads in several statements; it cannot write, so it needs no fence."""
        self.admit()
        limit = statement_timeout_seconds or self.job.statement_timeout_seconds or self.statement_timeout_seconds
        limit = self._within_deadline(limit)
        with self.db.transaction(self.context, statement_timeout_seconds=limit, snapshot=True) as session:
            session.execute(text("set transaction read only"))
            yield session

    def progress(
        self,
        session: Session,
        *,
        processed: int = 0,
        failed: int = 0,
        skipped: int = 0,
        total: int | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Counts what this step did, for the job and, of a chunk, also for its parent.

        processed, failed and skipped are added; `total` is set (of a chunk: its own only) and grows by itself when
        it turns out too small. `data` joins the event that the step writes.
        """
        step: Step = session.info["step"]
        step.count(processed=processed, failed=failed, skipped=skipped)
        step.total = total if total is not None else step.total
        step.data |= dict(data or {})

    def spawn(
        self,
        session: Session,
        payloads: Sequence[Mapping[str, Any]],
        *,
        kind: str,
        queue: str | None = None,
        totals: Sequence[int] | None = None,
    ) -> None:
        """Hands work to chunks, written with this step; they may start when it has committed.

        From then on the job itself waits in no process, so this is the last step of its handler: the last chunk to
        end completes it. Called by a chunk it adds siblings, and the chunk goes on.
        """
        if not payloads:
            return
        step: Step = session.info["step"]
        parent_id = self.job.parent_id or self.job.id
        insert_chunks(session, self.job, parent_id, payloads, kind=kind, queue=queue or self.job.queue, totals=totals)
        step.children += len(payloads)
        step.hands_over = step.hands_over or self.job.parent_id is None

    def finish(
        self, session: Session, status: EndStatus = "completed", *, error: Mapping[str, Any] | None = None
    ) -> None:
        """Ends the job together with what this step does."""
        if status not in ENDED:
            raise ValueError(f"a job cannot end as {status}")
        step: Step = session.info["step"]
        step.status, step.error = status, dict(error) if error else None

    def pause(self, seconds: float) -> None:
        """Sleeps, but not longer than there is reason to: a lost lease or a cancel request ends it."""
        until = time.monotonic() + seconds
        while not (self.lost.is_set() or self.cancelled.is_set()) and time.monotonic() < until:
            self.lost.wait(min(0.2, max(0.0, until - time.monotonic())))

    @property
    def _is_late(self) -> bool:
        return self.seconds_left is not None and self.seconds_left <= 0

    def admit(self, *, closing: bool = False) -> None:
        """Raises LeaseLost, Cancelled or TimedOut where nothing more may begin."""
        if self.ended or self.handed_over:
            raise RuntimeError("a job that has ended or is in the hands of its chunks takes no further step")
        if self.lost.is_set():
            raise LeaseLost("Another worker has this job.")
        if closing:
            return
        if self.cancelled.is_set():
            raise Cancelled("The job was cancelled.")
        if self._is_late:
            raise TimedOut("The time of this run is over.")

    def _within_deadline(self, limit: float) -> float:
        left = self.seconds_left
        return limit if left is None else max(0.05, min(left, limit))
