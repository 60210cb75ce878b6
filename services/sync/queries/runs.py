"""Runs: listed, counted, and the rows of theirs that are listed."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from services.sync.models import Job, PipelineRun, PipelineVersion, RunDifference, RunPartition, RunRow
from shared.tenancy import tenant_of

ENDED_WELL = ("completed", "completed_with_errors")
_SECONDS = func.extract("epoch", PipelineRun.completed_at - PipelineRun.started_at)


def all_runs(session: Session) -> Select[Any]:
    return select(PipelineRun).where(PipelineRun.tenant_id == tenant_of(session))


def rows_of(session: Session, run_id: uuid.UUID) -> Select[Any]:
    return select(RunRow).where(RunRow.tenant_id == tenant_of(session), RunRow.run_id == run_id)


def differences_of(session: Session, run_id: uuid.UUID) -> Select[Any]:
    return select(RunDifference).where(RunDifference.tenant_id == tenant_of(session), RunDifference.run_id == run_id)


def partitions_of(session: Session, run_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, list[RunPartition]]:
    found = session.scalars(
        select(RunPartition)
        .where(RunPartition.tenant_id == tenant_of(session), RunPartition.run_id.in_(run_ids))
        .order_by(RunPartition.run_id, RunPartition.number)
    )
    by_run: dict[uuid.UUID, list[RunPartition]] = {run_id: [] for run_id in run_ids}
    for partition in found:
        by_run[partition.run_id].append(partition)
    return by_run


def unfinished_parts(session: Session, run_id: uuid.UUID) -> Sequence[RunPartition]:
    """Those of which not everything is loaded, by number."""
    return session.scalars(
        select(RunPartition)
        .where(RunPartition.tenant_id == tenant_of(session), RunPartition.run_id == run_id, ~RunPartition.done)
        .order_by(RunPartition.number)
        .execution_options(populate_existing=True)
    ).all()


def parts_handed_out(session: Session, run_id: uuid.UUID) -> set[int]:
    """The numbers of the parts that are chunks of the run's job."""
    number = Job.payload["number"].as_integer()
    return set(session.scalars(select(number).where(Job.tenant_id == tenant_of(session), Job.parent_id == run_id)))


def failed_part(session: Session, run_id: uuid.UUID) -> dict[str, Any] | None:
    """Why the first part failed that did."""
    failed = (Job.tenant_id == tenant_of(session), Job.parent_id == run_id, Job.status == "failed")
    return session.scalar(select(Job.error).where(*failed).order_by(Job.completed_at, Job.id).limit(1))


def of_group(session: Session, group_run_id: uuid.UUID) -> Sequence[PipelineRun]:
    """The members of a group run, by pipeline."""
    members = all_runs(session).where(PipelineRun.group_run_id == group_run_id).order_by(PipelineRun.pipeline)
    return session.scalars(members).all()


def going_on(session: Session, pipelines: Sequence[str]) -> list[str]:
    """Those of the pipelines that have a run which has not ended, by name."""
    active = (PipelineRun.status.in_(("pending", "running")), PipelineRun.kind.in_(("incremental", "full", "partial")))
    found = select(PipelineRun.pipeline).where(
        PipelineRun.tenant_id == tenant_of(session), PipelineRun.pipeline.in_(pipelines), *active
    )
    return sorted(session.scalars(found))


def waiting_for(session: Session, pipeline: str) -> Select[Any]:
    """Ids of runs on their own that look at the needs of their pipeline, and it depends on this one."""
    version = and_(
        PipelineVersion.tenant_id == PipelineRun.tenant_id,
        PipelineVersion.pipeline == PipelineRun.pipeline,
        PipelineVersion.number == PipelineRun.config_version,
    )
    return (
        select(PipelineRun.id)
        .join(PipelineVersion, version)
        .where(
            PipelineRun.tenant_id == tenant_of(session),
            PipelineRun.status == "pending",
            PipelineRun.parameters["dependencies"].as_string() == "check",
            PipelineVersion.configuration["depends_on"].contains([pipeline]),
        )
    )


def latest_ended(session: Session, pipelines: Sequence[str]) -> dict[str, PipelineRun]:
    """The newest run of each pipeline that has ended, dry runs and partial ones aside."""
    newest = (
        all_runs(session)
        .where(
            PipelineRun.pipeline.in_(pipelines),
            PipelineRun.completed_at.is_not(None),
            PipelineRun.kind.in_(("incremental", "full")),
        )
        .ext(distinct_on(PipelineRun.pipeline))
        .order_by(PipelineRun.pipeline, PipelineRun.completed_at.desc())
    )
    return {run.pipeline: run for run in session.scalars(newest)}


def summary(session: Session, *, since: datetime | None = None) -> dict[str, Any]:
    """Totals by status, for each pipeline and in all; dry runs do not count."""
    where = [PipelineRun.tenant_id == tenant_of(session), PipelineRun.kind != "dry_run"]
    where += [PipelineRun.created_at > since] if since else []
    rows = session.execute(
        select(PipelineRun.pipeline, *_figures()).where(*where).group_by(func.rollup(PipelineRun.pipeline))
    ).all()
    by_name = {row.pipeline: _told(row) for row in rows}
    total = by_name.pop(None, None)
    return {**(total or _told(None)), "pipelines": [{"pipeline": name, **by_name[name]} for name in sorted(by_name)]}


_COUNTED = ("pending", "running", "completed", "completed_with_errors", "failed", "cancelled", "skipped")


def _figures() -> list[Any]:
    own = [func.count().filter(PipelineRun.status == status).label(status) for status in _COUNTED]
    scheduled = PipelineRun.trigger == "schedule"
    ended = PipelineRun.completed_at.is_not(None)
    good = PipelineRun.status.in_(ENDED_WELL)
    return [
        *own,
        func.count().label("total"),
        func.count().filter(scheduled, ended).label("scheduled"),
        func.count().filter(scheduled, good).label("scheduled_good"),
        func.avg(_SECONDS).label("average"),
        func.percentile_disc(0.95).within_group(_SECONDS).label("p95"),
        func.sum(PipelineRun.stats["extracted"].as_integer()).label("rows"),
        func.sum(_SECONDS).label("seconds"),
    ]


def _told(row: Any) -> dict[str, Any]:
    counts = {f"{status}_runs": getattr(row, status, 0) for status in _COUNTED}
    rate = round(100 * row.scheduled_good / row.scheduled, 1) if row and row.scheduled else None
    speed = round(float(row.rows) / float(row.seconds), 1) if row and row.rows and row.seconds else None
    return {
        "total_runs": row.total if row else 0,
        **counts,
        "scheduled_success_rate": rate,
        "average_duration_seconds": float(row.average) if row and row.average is not None else None,
        "p95_duration_seconds": float(row.p95) if row and row.p95 is not None else None,
        "rows_per_second": speed,
    }
