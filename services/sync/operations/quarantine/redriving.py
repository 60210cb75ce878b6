"""Re-driving: entries of quarantine go the way of a page again. What loads is resolved, what does not stays open."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.sync.config import Settings
from services.sync.domain.pages import Page
from services.sync.domain.tally import Tally
from services.sync.domain.transform.mapping import FunctionFailed
from services.sync.errors import TransformFailed
from services.sync.loaders.staging import position
from services.sync.models import PipelineRun, QuarantineEntry, RunPartition
from services.sync.operations.runs import ending, planning
from services.sync.operations.runs.delivering import Sender
from services.sync.operations.runs.loading import Loader
from services.sync.operations.runs.preparing import prepare
from services.sync.operations.runs.recording import Aside, Listed, faults_told, put_on_list
from services.sync.operations.runs.surroundings import courier_of, judge_of, world_of
from services.sync.queries import quarantine as queries
from shared.jobs.errors import Cancelled
from shared.jobs.run import Run
from shared.locking import lock_rows
from shared.siblings import Siblings
from shared.tenancy import tenant_of

ROWS = 1000
STATEMENT_SECONDS = 900

# Entries that an attempt has made of corrected rows are the old ones once more.
_FORGET = text(
    "delete from quarantine_entries where tenant_id = :tenant and run_id = :run and created_at = now()"
    " and not id = any(:ids)"
)
_SETTLE = text(
    """
with tried as (select * from jsonb_to_recordset(:rows) as t
 (id bigint, failed boolean, kind text, stage text, errors jsonb, waiting_table text, waiting_key text, seen int))
update quarantine_entries q set status = case when t.failed then 'open' else 'resolved' end,
 attempts = q.attempts + t.failed::int, times_seen = t.seen,
 kind = coalesce(t.kind, q.kind), stage = coalesce(t.stage, q.stage), errors = coalesce(t.errors, q.errors),
 waiting_table = case when t.failed then t.waiting_table else q.waiting_table end,
 waiting_key = case when t.failed then t.waiting_key else q.waiting_key end,
 resolved_run_id = case when not t.failed then :run end,
 resolved_at = case when not t.failed then statement_timestamp() end,
 version = q.version + 1, updated_at = now()
from tried t where q.tenant_id = :tenant and q.id = t.id
"""
).bindparams(bindparam("rows", type_=JSONB))


class Redriving(Loader):
    """Loads rows of quarantine. A bad row goes back into the entry that it came from."""

    _entries: Sequence[QuarantineEntry] = ()
    _failed: dict[int, dict[str, Any]]

    def take(self, entries: Sequence[QuarantineEntry]) -> Page:
        """The page that these entries make; rows that nobody can read as such fail again at once."""
        self._entries, self._failed = [one for one in entries if isinstance(_row(one), dict)], {}
        self._failed = {one.id: {} for one in entries if not isinstance(_row(one), dict)}
        return Page(
            rows=[_row(one) for one in self._entries],
            bad=[],
            position={},
            next=None,
            number=self.batches + 1,
            places=[{"entry": one.id} for one in self._entries],
        )

    def settle(self, session: Session, entries: Sequence[QuarantineEntry], tally: Tally) -> None:
        """Says of each entry what has become of it."""
        unread = sum(not isinstance(_row(one), dict) for one in entries)
        tally.counts["errors"] += unread
        for n, outcome, code, table, key in self.left_out(session):
            entry = self._entries[position(n)["row"] - 1]
            fault = {"code": code, "field": None, "rule": None, "text": f"There is no {table} {key}."}
            kind = "parked" if outcome == "parked" else "bad"
            waiting = {"waiting_table": table, "waiting_key": key}
            if entry.id not in self._failed:
                self._failed[entry.id] = {"kind": kind, "stage": "load", "errors": [fault], **waiting}
        rows = [
            {"id": one.id, "seen": one.times_seen, "failed": one.id in self._failed, **self._failed.get(one.id, {})}
            for one in entries
        ]
        common = {"tenant": tenant_of(session), "run": self._run_id}
        session.execute(_FORGET, common | {"ids": [one.id for one in entries]})
        session.execute(_SETTLE, common | {"rows": rows})

    def _put_aside(self, session: Session, rows: list[Aside], tally: Tally) -> None:
        for one in rows:
            told = {"kind": "bad", "stage": one.stage, "errors": faults_told(one)}
            self._failed[one.place["entry"]] = told
        tally.counts["errors"] += len(rows)
        tally.show(one.told() for one in rows)
        listed = [
            Listed("errors", one.key, one.place, one.faults[0].code, one.faults[0].field, one.faults[0].text)
            for one in rows
        ]
        put_on_list(session, self._run_id, listed)

    def _check_limits(self, tally: Tally) -> None:
        """They are about sources."""


class RedrivingSender(Redriving, Sender):
    """The same for targets elsewhere."""


def carry_out(work: Run, settings: Settings, siblings: Siblings) -> None:
    """A run of kind redrive, with the version of the pipeline that was in force when it was asked for."""
    try:
        with work.step() as session:
            run = session.get_one(PipelineRun, (work.job.tenant_id, work.job.id))
            planning.begin(session, run)
            session.flush()
            setup = prepare(session, run)
            partition = session.get_one(RunPartition, (run.tenant_id, run.id, 0))
            choice = run.parameters["entries"]
        world, judge = world_of(work, setup, settings), judge_of(work, setup, siblings)
        courier = courier_of(work, setup, world, siblings)
        redriver = Redriving(setup, work.job.id, partition, judge=judge)
        if courier is not None:
            redriver = RedrivingSender(
                setup, work.job.id, partition, judge=judge, courier=courier, reading=work.reading
            )
        while not work.ended:
            _batch(work, redriver, setup.pipeline, choice)
    except FunctionFailed as failure:
        raise TransformFailed(str(failure), function=failure.name) from failure
    except Cancelled:
        with work.step(closing=True) as session:
            ending.record_cancelled(session, work.job.id)
            work.finish(session, "cancelled")


def _batch(work: Run, redriver: Redriving, pipeline: str, choice: Mapping[str, Any]) -> None:
    tally = Tally.from_dict(redriver.tally.as_dict())
    with work.step(statement_timeout_seconds=STATEMENT_SECONDS) as session:
        after = (redriver.checkpoint or {}).get("after", 0)
        wanted = queries.chosen(session, choice).where(QuarantineEntry.pipeline == pipeline, QuarantineEntry.id > after)
        # The lock orders by the key, so these are the next ones.
        ids = wanted.with_only_columns(QuarantineEntry.id).order_by(QuarantineEntry.id).limit(ROWS)
        entries = lock_rows(session, wanted.where(QuarantineEntry.id.in_(ids)))
        redriver.open(session)
        page = redriver.take(entries)
        digested = redriver.digest(page, 0, len(page.rows), tally, redriver.met(session))
        redriver.merge(session, redriver.stage(session, digested, tally), tally)
        redriver.settle(session, entries, tally)
        checkpoint = {"after": entries[-1].id} if entries else None
        redriver.save(session, tally, checkpoint, done=not entries)
        work.progress(
            session,
            processed=tally.extracted - tally.errors - (redriver.tally.extracted - redriver.tally.errors),
            failed=tally.errors - redriver.tally.errors,
        )
        if not entries:
            run = session.get_one(PipelineRun, (work.job.tenant_id, work.job.id), populate_existing=True)
            work.finish(session, ending.finish(session, run, redriver.setup, tally, redriver.deletes()))
    redriver.tally, redriver.checkpoint = tally, checkpoint
    redriver.batches += 1


def _row(entry: QuarantineEntry) -> Any:
    return entry.row if entry.corrected_row is None else entry.corrected_row
