"""A partition of a run, batch by batch: each is one transaction with its rows, what they led to, the counters and the
checkpoint, under the fence of the job."""

import time
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import psycopg
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from services.sync.clients.rule_sets import Judge
from services.sync.domain.checks.compiling import Met
from services.sync.domain.pages import Fault, Page
from services.sync.domain.tally import Tally
from services.sync.errors import BadRowLimit, TargetUnsettled
from services.sync.loaders.deleting import Deletes
from services.sync.loaders.merging import COUNTED, SKIPS, Merged, is_constraint
from services.sync.loaders.numbering import with_numbers
from services.sync.loaders.recognising import Recognition
from services.sync.loaders.staging import ROWS_OF_A_PAGE, LeftOut, position
from services.sync.models import AuditEvent, PipelineRun, PipelineState, RunPartition, SeenRows
from services.sync.operations.runs.digesting import Digested, Digester, greatest_of
from services.sync.operations.runs.preparing import Setup
from services.sync.operations.runs.recording import Aside, Listed, marks_met, note_marks, put_aside, put_on_list
from services.sync.operations.runs.removing import Removals
from shared.auditing.writing import record
from shared.jobs.errors import LeaseLost
from shared.tenancy import tenant_of

# Rows of the target that change while a batch is merged are looked at once more.
MERGES = 3


class Loader:
    """Loads one partition. Whatever it knows it has from the database, so that another process can go on."""

    def __init__(self, setup: Setup, run_id: Any, partition: RunPartition, *, judge: Judge | None = None) -> None:
        self.setup, self._run_id, self.number = setup, run_id, partition.number
        self._digester = Digester(setup, judge)
        self._merge, self._stage, self._references = setup.merge, setup.stage, setup.references
        self._recognition = Recognition(setup.merge, expects_known=setup.update_existing)
        self.tally = Tally.from_dict(partition.tally)
        self.batches = partition.batches
        self.checkpoint = partition.checkpoint
        # Of this process: pages, seconds spent waiting for them, and the traffic that a batch has told already.
        self.pages, self.waited_seconds = 0, 0.0
        self.told_traffic: dict[str, int] = {}
        self._page: Page | None = None

    # A batch

    def open(self, session: Session) -> None:
        """Before rows are staged in a transaction."""
        self._stage.open(session)

    def left_out(self, session: Session) -> list[LeftOut]:
        """Rows that wait or were refused while they were merged."""
        return self._stage.left_out(session)

    def deletes(self) -> Deletes | Removals:
        """What ends the rows that the source has no more."""
        return Deletes(self.setup.target, self.setup.configuration.target.key)

    def seal(self) -> None:
        """The commit shows everything."""

    def digest(self, page: Page, first: int, last: int, tally: Tally, met: Met) -> Digested:
        """What is to be staged of a part of a page. Needs no transaction, so that none waits for a sibling's answer."""
        return self._digester.digest(page, first, last, tally, met)

    def met(self, session: Session) -> Met:
        """Looks up values that the run has met."""
        return partial(marks_met, session, self._run_id)

    def stage(self, session: Session, found: Digested, tally: Tally) -> int:
        """Copies it to the stage, as far as it is not known; how many rows there were."""
        self._page = found.page
        note_marks(session, self._run_id, found.marks)
        self._put_aside(session, found.aside, tally)
        put_on_list(session, self._run_id, found.listed)
        started = time.perf_counter()
        if found.rows:
            numbered, columns = self.setup.mapping.numbered, found.columns
            named = columns if numbered is None else with_numbers(session, self._stage, numbered, columns)
            rows = self._stage.rows(named, self._merge.key)
            self._stage.copy(session, self._recognition.unknown(session, self._parameters(session), rows))
        tally.stages["load"].seconds += time.perf_counter() - started
        tally.greatest = greatest_of(tally, found)
        return found.rows

    def merge(self, session: Session, staged: int, tally: Tally) -> None:
        """Merges what is staged and counts it. Raises TargetUnsettled."""
        started = time.perf_counter()
        merged, known = Merged(), self._recognition.take()
        if staged > known:
            parameters = self._parameters(session)
            left = self._references.resolve(session, parameters) if self._references.lookups else {}
            merged = self._settled(session, parameters, tally)
            self._references.settle(session, parameters)
            self._count(left, tally)
        unchanged = known + merged.verdicts.get("unchanged", 0)
        merged.verdicts.update({"unchanged": unchanged} if unchanged else {})
        self._recognition.expects_known = self.setup.update_existing and 2 * unchanged >= staged
        self._count(merged.verdicts, tally)
        written = tally.counts["created"] + tally.counts["updated"]
        merged_rows = sum(merged.verdicts.values())
        failed = staged - merged_rows
        tally.stages["load"].add(staged, merged_rows, failed=failed, seconds=time.perf_counter() - started)
        if merged.written and not self.setup.is_dry:
            self._audit(session, merged, written)

    def _settled(self, session: Session, parameters: dict[str, Any], tally: Tally) -> Merged:
        """The merge, again where somebody else was faster, and without the rows that break a constraint."""
        for attempt in range(MERGES):
            savepoint = session.begin_nested()
            try:
                merged = self._merge.run(session, parameters)
            except psycopg.Error as failure:
                savepoint.rollback()
                if not is_constraint(failure):
                    raise
                # The first time it may be the race for a key that is new to both.
                if attempt:
                    self._leave_out(session, parameters, tally)
                continue
            if self.setup.is_dry or merged.written == merged.intended:
                savepoint.commit()
                return merged
            savepoint.rollback()
        raise TargetUnsettled("Rows of the target kept changing while they were loaded.")

    def _parameters(self, session: Session) -> dict[str, Any]:
        return {
            "tenant": tenant_of(session),
            "pipeline": self.setup.pipeline,
            "run": self._run_id,
            "started": self.setup.started_at,
            "strategy": self.setup.configuration.target.conflict_strategy,
            "update_existing": self.setup.update_existing,
        }

    def _leave_out(self, session: Session, parameters: dict[str, Any], tally: Tally) -> None:
        """Finds the rows that break a constraint by halving, and makes them bad rows."""
        for n, failure in list(self._guilty(session, parameters, self._stage.numbers(session))):
            values = self._stage.leave_out(session, n)
            key = " / ".join(str(values[name]) for name in self.setup.configuration.target.key)
            name = getattr(failure.diag, "constraint_name", None) or "constraint"
            fault = Fault("constraint", f"The row breaks {name}.", _column_of(name, self._stage.columns))
            self._put_aside(
                session, [Aside("load", (fault,), self._source_of(n, values), key, self._place_of(n))], tally
            )

    def _source_of(self, n: int, staged: dict[str, Any]) -> Any:
        """The row as it came: in a batch of several pages the stage keeps it."""
        source = self._stage.source_of(staged)
        if source is not None:
            return source
        return self._page.rows[n % ROWS_OF_A_PAGE] if self._page is not None else staged

    def _place_of(self, n: int) -> Mapping[str, Any]:
        page = self._page
        return page.place(n % ROWS_OF_A_PAGE) if page and page.number == n // ROWS_OF_A_PAGE else position(n)

    def _guilty(
        self, session: Session, parameters: dict[str, Any], numbers: list[int]
    ) -> Iterator[tuple[int, psycopg.Error]]:
        failure = self._try(session, parameters, numbers)
        if failure is None:
            return
        if len(numbers) == 1:
            yield numbers[0], failure
            return
        middle = len(numbers) // 2
        yield from self._guilty(session, parameters, numbers[:middle])
        yield from self._guilty(session, parameters, numbers[middle:])

    def _try(self, session: Session, parameters: dict[str, Any], numbers: list[int]) -> psycopg.Error | None:
        """Merges only these rows, and takes it back."""
        savepoint = session.begin_nested()
        try:
            self._stage.hide_all_but(session, numbers)
            self._merge.run(session, parameters)
        except psycopg.Error as failure:
            if not is_constraint(failure):
                raise
            return failure
        finally:
            savepoint.rollback()
        return None

    def _count(self, verdicts: dict[str, int], tally: Tally) -> None:
        for verdict, rows in verdicts.items():
            if verdict in SKIPS:
                tally.skip(SKIPS[verdict], rows)
            else:
                for name in COUNTED[verdict]:
                    tally.counts[name] += rows

    def _put_aside(self, session: Session, rows: list[Aside], tally: Tally) -> None:
        discarded = put_aside(session, self.setup.pipeline, self._run_id, rows, is_dry=self.setup.is_dry)
        bad = [one for at, one in enumerate(rows) if at not in discarded]
        if discarded:
            tally.skip("discarded", len(discarded))
        tally.counts["errors"] += len(bad)
        tally.keyless += sum(one.key is None for one in rows)
        tally.show(one.told() for one in bad)
        listed = [
            Listed(
                "skipped" if at in discarded else "errors",
                one.key,
                one.place,
                "discarded" if at in discarded else one.faults[0].code,
                one.faults[0].field,
                one.faults[0].text,
            )
            for at, one in enumerate(rows)
        ]
        put_on_list(session, self._run_id, listed)
        self._see(session, rows)

    def _see(self, session: Session, rows: list[Aside]) -> None:
        """A bad row was there, so the row of its key is not missing."""
        keys = [one.key for one in rows if one.key is not None]
        if keys and self.setup.keeps_seen:
            session.add(SeenRows(run_id=self._run_id, keys=keys))
            session.flush()

    def _check_limits(self, tally: Tally) -> None:
        configuration = self.setup.configuration
        share, count = configuration.max_bad_share, configuration.max_bad_count
        too_many = count is not None and tally.errors > count
        if share is not None and tally.extracted:
            too_many = too_many or tally.errors / tally.extracted > share
        if too_many:
            raise BadRowLimit(
                f"{tally.errors} of {tally.extracted} rows are bad.",
                bad_rows=tally.errors,
                extracted=tally.extracted,
                sample=tally.sample,
            )

    def _audit(self, session: Session, merged: Merged, written: int) -> None:
        record(
            session,
            AuditEvent,
            action="catalogue.loaded",
            entity_type=self.setup.target.name,
            entity_id=self._run_id,
            metadata={"pipeline": self.setup.pipeline, "batch": self.batches, **merged.verdicts, "loaded": written},
        )

    # After a batch

    def save(self, session: Session, tally: Tally, checkpoint: dict[str, Any] | None, *, done: bool) -> Tally:
        """Counters and checkpoint, in the transaction of the batch; the counters of the run. Raises BadRowLimit,
        and LeaseLost where another process has gone on with this part: a cluster may call twice for one."""
        at = func.clock_timestamp()
        tenant_id = tenant_of(session)
        plain = {"synchronize_session": False}
        kept = session.execute(
            update(RunPartition)
            .where(
                RunPartition.tenant_id == tenant_id,
                RunPartition.run_id == self._run_id,
                RunPartition.number == self.number,
                RunPartition.batches == self.batches,
            )
            .values(checkpoint=checkpoint, tally=tally.as_dict(), batches=self.batches + 1, done=done, committed_at=at)
            .returning(RunPartition.number),
            execution_options=plain,
        )
        if kept.first() is None:
            raise LeaseLost("Another process has gone on with this part.")
        whole = self._together(session, tally)
        self._check_limits(whole)
        session.execute(
            update(PipelineRun)
            .where(PipelineRun.tenant_id == tenant_id, PipelineRun.id == self._run_id)
            .values(
                stats=whole.stats(),
                stages=whole.stages_told(),
                skips=dict(whole.skips),
                unmapped_fields=sorted(whole.unmapped),
                heartbeat_at=at,
            ),
            execution_options=plain,
        )
        self._page = None
        if self.setup.keeps_state:
            part = {"partition": self.number} if self.setup.is_divided else {}
            session.execute(
                update(PipelineState)
                .where(PipelineState.tenant_id == tenant_id, PipelineState.pipeline == self.setup.pipeline)
                .values(checkpoint=checkpoint and {**part, **checkpoint}),
                execution_options=plain,
            )
        return whole

    def _together(self, session: Session, tally: Tally) -> Tally:
        """With what the other parts of the run have committed. The lock lets their batches end one after the other, so
        that limits hold for all of them, and the last one knows that it is."""
        if not self.setup.is_divided:
            return tally
        session.flush()
        run = (PipelineRun.tenant_id == tenant_of(session), PipelineRun.id == self._run_id)
        session.execute(select(PipelineRun.id).where(*run).with_for_update())
        others = session.scalars(
            select(RunPartition.tally).where(
                RunPartition.tenant_id == tenant_of(session),
                RunPartition.run_id == self._run_id,
                RunPartition.number != self.number,
            )
        )
        return Tally.together([*map(Tally.from_dict, others), tally])


def _column_of(constraint: str, columns: tuple[str, ...]) -> str | None:
    """The column that a constraint is named after."""
    named = [column for column in columns if constraint.endswith((f"_{column}", f"_{column}_length"))]
    return max(named, key=len, default=None)
