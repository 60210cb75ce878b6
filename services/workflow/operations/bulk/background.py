"""A bulk job in a worker.

Items are worked through by id, a chunk at a time. Without rollback each chunk is one transaction with its outcomes and
its place, so that whoever goes on repeats nothing. All or nothing looks at everything first, chunk by chunk and without
a lock, and then does everything in one transaction. A dry run is the look alone.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from services.workflow.config import Settings
from services.workflow.domain.bulk import Pick
from services.workflow.models import Job
from services.workflow.operations.bulk import ending
from services.workflow.operations.bulk.ending import call_of
from services.workflow.operations.bulk.reporting import ROLLED_BACK, rollback_reason
from services.workflow.operations.bulk.running import Call, examine
from services.workflow.operations.bulk.works import Done
from services.workflow.operations.entry import enter
from services.workflow.queries import job_items
from services.workflow.queries.job_items import BEGIN, Outcomes, Place
from shared.jobs.errors import Cancelled, TimedOut, describe
from shared.jobs.models import EndStatus
from shared.jobs.run import Run
from shared.redaction import redact_text

COMMITTED: Final = 1000
# What is not committed by itself costs less the more is taken at once.
LOOKED_AT: Final = 5000


class Failed(Exception):
    """Something failed in a run that is all or nothing; what it did so far is rolled back."""

    def __init__(self, positions: Sequence[int], done: Sequence[Done]) -> None:
        super().__init__("an item failed")
        self.positions, self.done = positions, done


@dataclass
class BulkJob:
    """One attempt of a worker. `place` is behind the items that are done with; `missing` collects permissions."""

    run: Run
    settings: Settings
    call: Call
    place: Place
    missing: set[str]

    @classmethod
    def of(cls, run: Run, settings: Settings) -> "BulkJob":
        assert isinstance(run.job, Job)
        return cls(run, settings, call_of(run.job), tuple(run.payload["place"] or BEGIN), set(run.payload["missing"]))

    @property
    def job(self) -> Job:
        assert isinstance(self.run.job, Job)
        return self.run.job

    @property
    def is_checked_first(self) -> bool:
        return self.call.dry_run or self.call.rollback

    @contextmanager
    def step(self, *, closing: bool = False) -> Iterator[Session]:
        """A step in the name of who asked, with the rights that they had."""
        with self.run.step(closing=closing) as session:
            permissions, teams = (frozenset(self.run.payload[name]) for name in ("permissions", "teams"))
            asked_by = replace(self.run.context, permissions=permissions, teams=teams)
            session.info["context"] = asked_by
            session.info["context"] = enter(self.settings, session, asked_by, is_write=False)
            yield session

    def carry_out(self) -> None:
        try:
            while self._advance():
                pass
            if self.call.rollback and not self.call.dry_run:
                self._all_or_nothing()
            else:
                self._end()
        except (Cancelled, TimedOut) as stopped:
            self._stop(stopped)

    def _advance(self) -> bool:
        """The next chunk: looked at, or done; whether there was one."""
        with self.step() as session:
            size = LOOKED_AT if self.is_checked_first else COMMITTED
            chunk = job_items.after(session, self.job, self.place, size=size)
            if not chunk:
                return False
            done = self._examine(session, chunk, write=not self.is_checked_first, together=False)
            self._tell(session, chunk, done)
            self.missing |= {name for one in done for name in one.missing}
            self.place = (chunk[-1].item_id, chunk[-1].position)
            self._count(session, done)
            self._save(session)
        return True

    def _examine(self, session: Session, chunk: Sequence[Any], *, write: bool, together: bool) -> list[Done]:
        picks = [Pick(row.sent, row.item_id, row.sent_version) for row in chunk]
        return examine(session, replace(self.call, rollback=together), picks, write=write)

    def _tell(self, session: Session, chunk: Sequence[Any], done: Sequence[Done]) -> None:
        job_items.tell(session, self.job, _outcomes([row.position for row in chunk], done))

    def _count(self, session: Session, done: Sequence[Done]) -> None:
        """A look before the run is half of the way; of a dry run it is all."""
        if self.call.rollback and not self.call.dry_run:
            self.job.checked += len(done)
            self.run.progress(session, data={"checked": self.job.checked})
            return
        failed = sum(one.status == "failed" for one in done)
        self.run.progress(session, processed=len(done) - failed, failed=failed)

    def _save(self, session: Session) -> None:
        """The place and the figures that no counter has, with what they tell of."""
        self.job.payload = self.job.payload | {"place": list(self.place), "missing": sorted(self.missing)}
        session.execute(
            update(Job)
            .where(Job.tenant_id == self.job.tenant_id, Job.id == self.job.id)
            .values(payload=self.job.payload, checked=self.job.checked),
            execution_options={"synchronize_session": False},
        )

    def _all_or_nothing(self) -> None:
        with self.step() as session:
            failed = job_items.counts(session, self.job).get("failed", 0)
            if failed:
                self._finish_rolled_back(session)
                return
        try:
            with self.step() as session:
                self._do_all(session)
                self.run.progress(session, processed=self.job.total)
                self._finish(session)
        except Failed as late:
            self.missing |= {name for one in late.done for name in one.missing}
            with self.step() as session:
                job_items.tell(session, self.job, _outcomes(late.positions, late.done))
                self._finish_rolled_back(session)

    def _do_all(self, session: Session) -> None:
        """Everything in this transaction; memory holds one chunk. Raises Failed at the end if anything did."""
        place, failed = BEGIN, list[tuple[int, Done]]()
        while chunk := job_items.after(session, self.job, place, size=LOOKED_AT):
            if self.run.cancel_requested:
                raise Cancelled("The job was cancelled.")
            done = self._examine(session, chunk, write=True, together=True)
            self._tell(session, chunk, done)
            failed += [(row.position, one) for row, one in zip(chunk, done, strict=True) if one.status == "failed"]
            place = (chunk[-1].item_id, chunk[-1].position)
            session.flush()
            session.expunge_all()
        if failed:
            raise Failed(*zip(*failed, strict=True))

    def _finish_rolled_back(self, session: Session) -> None:
        job_items.roll_back(session, self.job)
        failed = job_items.counts(session, self.job).get("failed", 0)
        self.run.progress(session, failed=self.job.total, skipped=self.job.total - failed)
        self._finish(session, reason=rollback_reason(failed, self.job.total))

    def _end(self) -> None:
        with self.step() as session:
            self._finish(session)

    def _stop(self, stopped: Cancelled | TimedOut) -> None:
        """What was committed stays; of a run that is all or nothing that is nothing."""
        with self.step(closing=True) as session:
            if self.is_checked_first:
                job_items.roll_back(session, self.job)
            ending.record(session, self.job, self.call, self.missing)
            status: EndStatus = "cancelled" if isinstance(stopped, Cancelled) else "failed"
            self.run.finish(session, status, error=describe(stopped))

    def _finish(self, session: Session, *, reason: str | None = None) -> None:
        counts = ending.record(session, self.job, self.call, self.missing, reason=reason)
        if reason is not None:
            self.run.finish(session, "failed", error={"code": ROLLED_BACK, "detail": reason})
            return
        failed, total = counts.get("failed", 0), sum(counts.values())
        status: EndStatus = "completed"
        if failed and not self.call.dry_run:
            status = "failed" if failed == total else "partial_failure"
        self.run.finish(session, status)


def _outcomes(positions: Sequence[int], done: Sequence[Done]) -> Outcomes:
    """What is said of many items is said once."""
    looks: dict[tuple[object, ...], int] = {}
    which = [looks.setdefault(_look(one), len(looks)) for one in done]
    names = ("status", "code", "detail", "from_state", "to_state", "warnings")
    told = [dict(zip(names, look, strict=True)) for look in looks]
    for one in told:
        one["detail"] = one["detail"] and redact_text(str(one["detail"]), free_text=True)
    return Outcomes(told, which, positions, [one.version for one in done])


def _look(done: Done) -> tuple[object, ...]:
    return (done.status, done.code, done.detail, done.from_state, done.to_state, tuple(done.warnings))
