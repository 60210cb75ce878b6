"""An import in a worker: a part is one transaction with its strings, its history and the outcome of its rows."""

from sqlalchemy.orm import Session

from services.propagation.domain.error_handling import ErrorHandling
from services.propagation.models import Job
from services.propagation.operations.entry import enter
from services.propagation.operations.imports.running import ATTEMPTS, RACES, Import, end
from services.propagation.operations.runs import job_rows
from services.propagation.operations.runs.request import Environment
from services.propagation.operations.runs.running import demand_race
from shared.jobs.errors import Cancelled, TimedOut, describe
from shared.jobs.run import Run


def carry_out(work: Run, environment: Environment) -> None:
    assert isinstance(work.job, Job)
    run = Import(work.job, environment)
    try:
        with work.step() as session:
            run.begin(session)
        if run.is_dry or _handling(work, run) is ErrorHandling.CONTINUE:
            _part_by_part(work, run)
        else:
            with work.step() as session:
                enter(session, work.context, is_write=False)
                run.carry_out(session)
        with work.step() as session:
            _end(work, session, run)
    except (Cancelled, TimedOut) as stopped:
        with work.step(closing=True) as session:
            late = isinstance(stopped, TimedOut)
            _end(work, session, run, is_cancelled=not late, error=stopped)


def _handling(work: Run, run: Import) -> ErrorHandling:
    with work.step() as session:
        enter(session, work.context, is_write=False)
        return run.handling(session)


def _part_by_part(work: Run, run: Import) -> None:
    races, is_done = 0, False
    while not is_done:
        try:
            with work.step() as session:
                enter(session, work.context, is_write=False)
                part = run.advance(session)
                if part is not None:
                    work.progress(session, processed=part.processed, failed=part.failed)
                is_done = part is None
            races = 0
        except RACES as failure:
            if not run.care.learns(failure):
                races += 1
                if races == ATTEMPTS:
                    raise
                demand_race(failure)


def _end(
    work: Run, session: Session, run: Import, *, is_cancelled: bool = False, error: Exception | None = None
) -> None:
    status = end(session, run, is_cancelled=is_cancelled)
    assert isinstance(work.job, Job)
    job_rows.audit_end(session, work.job, status)
    work.finish(session, status, error=describe(error) if error is not None else None)
