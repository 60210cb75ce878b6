"""An analysis in a worker: the whole diff of a request, kept for a day; nothing else is written."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import cast, delete, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.propagation.domain.plan import Change, WavePlan
from services.propagation.errors import DiffGone
from services.propagation.models import Job, RunChange
from services.propagation.operations.runs import background, impact, job_rows, recording
from services.propagation.operations.runs.applying import stored_detail
from services.propagation.operations.runs.codec import detail_key
from services.propagation.operations.runs.preparing import Prepared
from services.propagation.operations.runs.request import Environment
from services.propagation.operations.runs.running import PREVIEW_SIZE
from services.propagation.operations.runs.tally import Tally
from shared.db import plan_for_lookups
from shared.jobs import operations
from shared.jobs.run import Run
from shared.tenancy import tenant_of

KIND = "propagation.analysis"
KEPT = timedelta(hours=24)


def submit(session: Session, prepared: Prepared) -> Job:
    prepared = replace(prepared, request=replace(prepared.request, trigger="analysis"))
    job = operations.submit(
        session,
        Job,
        kind=KIND,
        queue="propagation_light",
        run_timeout_seconds=prepared.options.timeout_seconds,
        statement_timeout_seconds=prepared.options.timeout_seconds,
        processing_method="background",
        **job_rows.columns(prepared),
    )
    session.refresh(job)
    return job


def again(session: Session, job: Job) -> Job:
    """The same analysis of what is stored now. Raises JobNotRetryable."""
    columns = {
        name: getattr(job, name) for name in ("trigger_type", "processing_method", "error_handling", "max_depth")
    }
    return operations.retry(session, Job, job.id, metadata_=job.metadata_, **columns)


def carry_out(work: Run, environment: Environment) -> None:
    """Plans over one consistent picture; each wave's part of the diff is committed beside it."""
    job = work.job
    assert isinstance(job, Job)
    with work.step() as session:
        forget(session)
        _begin_again(session, job)
    tally = Tally()
    with work.reading() as picture:
        prepared = background.prepare_job(picture, job, environment)
        plan_for_lookups(picture)
        for planned in prepared.walk().waves(picture, size=PREVIEW_SIZE):
            tally.add(planned)
            with work.step() as session:
                recording.record_changes(session, job.id, list(_rows(planned.plan, prepared)))
                work.progress(session, processed=_looked_at(planned.plan))
        shown = _shown(picture, prepared, tally, environment)
    with work.step() as session:
        recording.record_changes(session, job.id, _refused_rows(prepared))
        _keep(session, job, shown)
        work.progress(session, total=tally.total)
        job_rows.audit_end(session, job, "completed")
        work.finish(session)


def forget(session: Session) -> None:
    """Diffs of analyses that are older than a day."""
    old = select(Job.id).where(
        Job.tenant_id == tenant_of(session), Job.kind == KIND, Job.completed_at < datetime.now(UTC) - KEPT
    )
    gone = delete(RunChange).where(RunChange.tenant_id == tenant_of(session), RunChange.job_id.in_(old))
    session.execute(gone.execution_options(synchronize_session=False))


def demand_kept(job: Job) -> None:
    """Raises DiffGone for an analysis whose day is over, whether or not it has been cleaned up."""
    if job.kind == KIND and job.completed_at is not None and job.completed_at < datetime.now(UTC) - KEPT:
        raise DiffGone("The diff of an analysis is kept for 24 hours; analyse again.")


def _begin_again(session: Session, job: Job) -> None:
    """After an attempt that did not come to its end."""
    mine = (RunChange.tenant_id == job.tenant_id, RunChange.job_id == job.id)
    session.execute(delete(RunChange).where(*mine).execution_options(synchronize_session=False))
    row = update(Job).where(Job.tenant_id == job.tenant_id, Job.id == job.id).values(processed=0)
    session.execute(row.execution_options(synchronize_session=False))


def _looked_at(plan: WavePlan) -> int:
    return len(plan.changes) + len(plan.failed) + len(plan.skipped)


def _rows(plan: WavePlan, prepared: Prepared) -> Iterator[dict[str, Any]]:
    if prepared.options.regenerate:
        yield from (_planned_row(change) for change in plan.changes)
    yield from recording.left_out_rows(plan)


def _planned_row(change: Change) -> dict[str, Any]:
    return {
        "string_id": change.string_id,
        "level": change.level,
        "change_type": change.change_type,
        "cause": change.updates,
        "before": _side(change, after=False),
        "after": _side(change, after=True),
        "version_before": change.version,
        "outcome": "planned",
    }


def _side(change: Change, *, after: bool) -> dict[str, Any]:
    """The changed details as the history of a string has them, and the name."""
    details = {detail_key(move.key): stored_detail(move.after if after else move.before) for move in change.moves}
    return {**details, "value": change.value if after else change.value_before}


def _refused_rows(prepared: Prepared) -> list[dict[str, Any]]:
    """Strings whose updates fail by their own check; what the plan says of a string comes first."""
    targets = prepared.targets
    known = [(failure, targets[index]) for index, failure in prepared.refused.items() if index in targets]
    return [
        {
            "string_id": target.string_id,
            "level": 0,
            "change_type": "direct",
            "cause": [target.item.index],
            "before": {"value": target.name},
            "after": {"problem": f"{failure.code}: {failure.message}"},
            "version_before": None,
            "outcome": "failed",
        }
        for failure, target in known
    ]


def _shown(session: Session, prepared: Prepared, tally: Tally, environment: Environment) -> dict[str, Any]:
    """What an analysis answers besides its strings: summary, warnings, conflicts, token."""
    whole = impact.analysis(session, prepared, tally, environment)
    return {name: value for name, value in whole.items() if not name.startswith("affected_strings")}


def _keep(session: Session, job: Job, shown: dict[str, Any]) -> None:
    row = update(Job).where(Job.tenant_id == job.tenant_id, Job.id == job.id)
    merged = row.values(metadata_=Job.metadata_.op("||")(cast({"impact_analysis": shown}, JSONB)))
    session.execute(merged.execution_options(synchronize_session=False))
