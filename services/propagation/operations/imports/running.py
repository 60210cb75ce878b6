"""An import from its rows to its end: step by step in a worker, or all at once in the request.

Rows that a check refuses never take part; what the others come to is decided by the handling of errors. A dry run does
the same and writes only what it found.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services.propagation.domain.error_handling import ErrorHandling
from services.propagation.domain.settings import run_options
from services.propagation.domain.sheets import Header
from services.propagation.models import Job, Rule
from services.propagation.operations.imports import checking, creating, updating
from services.propagation.operations.imports.convention import Convention, convention
from services.propagation.operations.imports.updating import Names, Part
from services.propagation.operations.runs import recording
from services.propagation.operations.runs.applying import PlanOutdated
from services.propagation.operations.runs.halving import StringsRefused
from services.propagation.operations.runs.preparing import settings_for
from services.propagation.operations.runs.request import Environment
from services.propagation.operations.runs.running import Care, demand_race
from services.propagation.queries import imports as queries
from services.propagation.queries.imports import Marked
from shared.db import plan_for_lookups
from shared.errors import Busy
from shared.jobs.models import EndStatus
from shared.tenancy import tenant_of

PART = 1000
ATTEMPTS = 5
FEW, SEVERAL, MANY = 100, 1000, 5000
RACES = (PlanOutdated, StringsRefused, DBAPIError, psycopg.Error)


@dataclass
class Import:
    """One run of an import. `names` is for a dry run: nothing is written, so the names to come are kept here."""

    job: Job
    environment: Environment
    care: Care = field(default_factory=Care)
    names: Names | None = None
    _convention: Convention | None = None

    @property
    def asked(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.job.metadata_["import"]
        return found

    @property
    def is_dry(self) -> bool:
        return bool(self.asked["dry_run"])

    @property
    def options(self) -> dict[str, Any]:
        return dict(self.job.metadata_["request"]["options"])

    def handling(self, session: Session) -> ErrorHandling:
        return run_options(settings_for(session, self.environment, self.options)).error_handling

    def begin(self, session: Session) -> None:
        """Links the rows; of a dry run that was interrupted, forgets what it had planned."""
        plan_for_lookups(session)
        if self.job.total >= SEVERAL:
            refresh_statistics(session)
        queries.link(session, self.job.id)
        if self.is_dry:
            queries.open_again(session, self.job.id)

    def advance(self, session: Session) -> Part | None:
        """The next part: rows to check first, then strings to update, then new ones; None when nothing is left."""
        plan_for_lookups(session)
        return self._check(session) or self._update(session) or self._create(session)

    def _check(self, session: Session) -> Part | None:
        rows = queries.to_check(session, self.job.id, limit=PART)
        if not rows:
            return None
        marked = checking.check(session, self.job.id, rows, self.convention(session))
        self.mark(session, marked)
        if len(rows) < PART or not queries.to_check(session, self.job.id, limit=1):
            queries.arrange(session, self.job.id)
        refused = sum(1 for row in marked if row.outcome == "refused")
        return Part(failed=refused, marked=marked)

    def _update(self, session: Session, *, is_strict: bool = False) -> Part | None:
        rows = queries.to_update(session, self.job.id, limit=PART)
        if not rows:
            return None
        part = updating.update(
            session,
            self.job,
            rows,
            self.environment,
            options=self.options,
            care=self.care,
            names=self._names(session),
            is_strict=is_strict,
        )
        self.mark(session, part.marked, are_recorded=True)
        return part

    def _create(self, session: Session) -> Part | None:
        rows = queries.to_create(session, self.job.id, limit=PART)
        if not rows:
            return None
        part = creating.create(session, rows, self.convention(session), names=self._names(session))
        self.mark(session, part.marked)
        if not self.is_dry and part.processed > FEW and queries.strings_known(session) < FEW:
            refresh_statistics(session)
        return part

    def _names(self, session: Session) -> Names | None:
        if self.is_dry and self.names is None:
            self.names = Names(queries.families(session, self.job.id))
        return self.names

    def mark(self, session: Session, marked: list[Marked], *, are_recorded: bool = False) -> None:
        """`are_recorded` where the errors of rows that failed in the plan have their rows already."""
        queries.mark(session, self.job.id, marked, keep_cells=self.is_dry)
        if not self.is_dry and not are_recorded:
            refused = [row for row in marked if row.outcome == "refused"]
            recording.record_errors(session, self.job.id, [_error_row(row) for row in refused])

    def convention(self, session: Session) -> Convention:
        if self._convention is None:
            rule = session.get_one(Rule, (tenant_of(session), self.asked["rule"]))
            self._convention = convention(session, rule, Header(tuple(self.asked["columns"])))
        return self._convention

    def check_all(self, session: Session) -> None:
        self.begin(session)
        while self._check(session) is not None:
            pass

    def apply(self, session: Session) -> None:
        """What the check has left; nothing, or nothing from the first fault on, if the handling of errors says so."""
        handling = self.handling(session)
        if self.is_dry or handling is ErrorHandling.CONTINUE:
            self._apply_all(session)
            return
        while True:
            until = queries.first_refused(session, self.job.id)
            if until is not None:
                queries.skip_open(session, self.job.id, from_row=until if handling is ErrorHandling.STOP else 0)
            faults = self._try(session)
            if not faults:
                return
            self.mark(session, faults)

    def _try(self, session: Session) -> list[Marked]:
        """Applies what is open, or takes it back and answers the rows that are to blame."""
        savepoint = session.begin_nested()
        parts = self._apply_all(session, is_strict=True)
        faults = [row for part in parts for row in part.marked if row.outcome == "refused"]
        if faults:
            savepoint.rollback()
        else:
            savepoint.commit()
        return faults

    def _apply_all(self, session: Session, *, is_strict: bool = False) -> list[Part]:
        parts = []
        while (part := self._update(session, is_strict=is_strict) or self._create(session)) is not None:
            parts.append(part)
        return parts

    def carry_out(self, session: Session) -> None:
        """Everything in this transaction; again when others were quicker. Raises Busy if they stay so."""
        for _attempt in range(ATTEMPTS):
            try:
                with session.begin_nested():
                    self.check_all(session)
                    self.apply(session)
                return
            except RACES as failure:
                if not self.care.learns(failure):
                    demand_race(failure)
        raise Busy("Others keep changing the same strings; try again.")


def refresh_statistics(session: Session) -> None:
    """What PostgreSQL does by itself within a minute or so; until then it may look rows up by a wrong index."""
    session.execute(text("select refresh_statistics()"))


def end(session: Session, run: Import, *, is_cancelled: bool = False) -> EndStatus:
    """Skips what is open, and counts in the job's row the strings that changed and that did not; the status."""
    left = queries.skip_open(session, run.job.id)
    rows, strings = queries.counts(session, run.job.id), queries.written(session, run.job.id)
    done = rows["created"] + (rows["updated"] if run.is_dry else strings.changed)
    failed = rows["refused"] + rows["skipped"] + strings.left_out
    counters = {"processed": done, "failed": failed, "skipped": rows["skipped"] + strings.skipped}
    row = update(Job).where(Job.tenant_id == run.job.tenant_id, Job.id == run.job.id)
    session.execute(row.values(total=done + failed, **counters).execution_options(synchronize_session=False))
    if rows["created"] > MANY and not run.is_dry:
        refresh_statistics(session)
    if is_cancelled and left:
        return "cancelled"
    if run.is_dry or not failed:
        return "completed"
    return "partial_failure" if done else "failed"


def summary(rows: Mapping[str, int], status: str) -> dict[str, Any]:
    """Counts of rows by what became of them."""
    return {"rows": sum(rows.values()), **{name: rows[name] for name in queries.OUTCOMES}, "status": status}


def _error_row(row: Marked) -> dict[str, Any]:
    first = row.faults[0]
    kind = "conflict_error" if first.code in ("duplicate_value", "changed_since") else "validation_error"
    return {
        "string_id": row.string_id,
        "string_detail_id": None,
        "error_type": kind,
        "error_code": first.code,
        "error_message": first.message,
        "context_data": {"row": row.row, "faults": [fault._asdict() for fault in row.faults]},
        "is_retryable": False,
    }
