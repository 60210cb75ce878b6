"""Runs: listed, counted, and the rows of theirs that are listed."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from services.sync.models import (
    GroupRun,
    Job,
    PipelineRun,
    PipelineVersion,
    RunDifference,
    RunPartition,
    RunRow,
    SeenRows,
)
from shared.db import Database
from shared.tenancy import Context, tenant_of

ENDED_WELL = ("completed", "completed_with_errors")


def all_runs(session: Session) -> Select[Any]:
    return select(PipelineRun).where(PipelineRun.tenant_id == tenant_of(session))


def all_group_runs(session: Session) -> Select[Any]:
    return select(GroupRun).where(GroupRun.tenant_id == tenant_of(session))


def rows_of(session: Session, run_id: uuid.UUID) -> Select[Any]:
    return select(RunRow).where(RunRow.tenant_id == tenant_of(session), RunRow.run_id == run_id)


def differences_of(session: Session, run_id: uuid.UUID) -> Select[Any]:
    return select(RunDifference).where(RunDifference.tenant_id == tenant_of(session), RunDifference.run_id == run_id)


def stream_differences(db: Database, context: Context, run_id: uuid.UUID) -> Iterator[bytes]:
    """All of them as JSON lines, in a transaction of its own."""
    with db.transaction(context, snapshot=True) as session:
        columns = (RunDifference.key, RunDifference.action, RunDifference.fields)
        found = differences_of(session, run_id).with_only_columns(*columns).order_by(RunDifference.id)
        for row in session.execute(found, execution_options={"yield_per": 1000}):
            yield orjson.dumps(row._asdict(), option=orjson.OPT_APPEND_NEWLINE)


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


def parents_wanted(session: Session, group_run_id: uuid.UUID) -> set[str]:
    """The pipelines whose rows other members of the group run look for the children of."""
    version = and_(
        PipelineVersion.tenant_id == PipelineRun.tenant_id,
        PipelineVersion.pipeline == PipelineRun.pipeline,
        PipelineVersion.number == PipelineRun.config_version,
    )
    wanted = PipelineVersion.configuration["source", "parent_filter", "pipeline"].as_string()
    mine = (PipelineRun.tenant_id == tenant_of(session), PipelineRun.group_run_id == group_run_id)
    found = select(wanted).join(PipelineRun, version).where(*mine, wanted.is_not(None))
    return set(session.scalars(found))


def keys_met(session: Session, run_id: uuid.UUID, column: Any, row_id: Any, *, at_most: int) -> Sequence[Any]:
    """The values of a column in the rows that a run has met, each once."""
    met = select(func.unnest(SeenRows.ids)).where(SeenRows.tenant_id == tenant_of(session), SeenRows.run_id == run_id)
    found = select(column).where(row_id.in_(met), column.is_not(None)).distinct().order_by(column)
    return session.scalars(found.limit(at_most)).all()


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
    # When the next run of the pipeline ended well, as seen from each.
    well = case((PipelineRun.status.in_(ENDED_WELL), PipelineRun.completed_at))
    following = func.min(well).over(partition_by=PipelineRun.pipeline, order_by=PipelineRun.created_at, rows=(1, None))
    found = select(PipelineRun, following.label("recovered_at")).where(*where).subquery()
    run = aliased(PipelineRun, found)
    rows = session.execute(
        select(run.pipeline, *_figures(run, found.c.recovered_at)).group_by(func.rollup(run.pipeline))
    ).all()
    by_name = {row.pipeline: _told(row) for row in rows}
    total = by_name.pop(None, None)
    return {**(total or _told(None)), "pipelines": [{"pipeline": name, **by_name[name]} for name in sorted(by_name)]}


_COUNTED = ("pending", "running", "completed", "completed_with_errors", "failed", "cancelled", "skipped")


def _figures(run: type[PipelineRun], recovered_at: Any) -> list[Any]:
    own = [func.count().filter(run.status == status).label(status) for status in _COUNTED]
    scheduled = run.trigger == "schedule"
    ended = run.completed_at.is_not(None)
    good = run.status.in_(ENDED_WELL)
    seconds = func.extract("epoch", run.completed_at - run.started_at)
    recovery = func.extract("epoch", recovered_at - run.completed_at)
    return [
        *own,
        func.count().label("total"),
        func.count().filter(ended).label("ended"),
        func.count().filter(good, run.trigger.in_(("schedule", "group", "airflow"))).label("unattended"),
        func.count().filter(scheduled, ended).label("scheduled"),
        func.count().filter(scheduled, good).label("scheduled_good"),
        func.avg(seconds).label("average"),
        func.percentile_disc(0.95).within_group(seconds).label("p95"),
        func.sum(run.stats["extracted"].as_integer()).label("rows"),
        func.sum(seconds).label("seconds"),
        func.avg(recovery).filter(run.status == "failed").label("recovery"),
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
        "mean_seconds_to_recovery": float(row.recovery) if row and row.recovery is not None else None,
        "unattended_rate": round(100 * row.unattended / row.ended, 1) if row and row.ended else None,
    }


def last_commit(session: Session, run_id: Any) -> datetime | None:
    """When the run committed its last batch."""
    return session.scalar(
        select(func.max(RunPartition.committed_at)).where(
            RunPartition.tenant_id == tenant_of(session), RunPartition.run_id == run_id
        )
    )
