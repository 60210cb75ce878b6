"""Pipelines with the version in force, their dependencies, and what stands beside them."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from services.sync.domain.configuration import Configuration
from services.sync.models import (
    Pipeline,
    PipelineRun,
    PipelineState,
    PipelineVersion,
    QuarantineEntry,
    Schedule,
    SyncConflict,
)
from shared.tenancy import tenant_of

SCHEDULED = "sync.scheduled"


def named(session: Session, name: str) -> Pipeline | None:
    return session.scalars(
        select(Pipeline).where(Pipeline.tenant_id == tenant_of(session), Pipeline.name == name)
    ).one_or_none()


def by_name(session: Session, names: Collection[str]) -> dict[str, Pipeline]:
    found = session.scalars(
        select(Pipeline).where(Pipeline.tenant_id == tenant_of(session), Pipeline.name.in_(names)).with_for_update()
    )
    return {pipeline.name: pipeline for pipeline in found}


def in_force() -> Select[Pipeline, PipelineVersion]:
    """Each pipeline with its present version."""
    present = and_(
        PipelineVersion.tenant_id == Pipeline.tenant_id,
        PipelineVersion.pipeline == Pipeline.name,
        PipelineVersion.number == Pipeline.config_version,
    )
    return select(Pipeline, PipelineVersion).join(PipelineVersion, present)


def version_of(session: Session, pipeline: Pipeline) -> PipelineVersion:
    return session.get_one(PipelineVersion, (pipeline.tenant_id, pipeline.name, pipeline.config_version))


def latest_versions(session: Session, names: Collection[str]) -> dict[str, PipelineVersion]:
    """The newest version of each name, also of pipelines that were deleted."""
    newest = (
        select(PipelineVersion)
        .where(PipelineVersion.tenant_id == tenant_of(session), PipelineVersion.pipeline.in_(names))
        .ext(distinct_on(PipelineVersion.pipeline))
        .order_by(PipelineVersion.pipeline, PipelineVersion.number.desc())
    )
    return {version.pipeline: version for version in session.scalars(newest)}


def dependencies(session: Session) -> dict[str, list[str]]:
    """Every pipeline of the tenant, and the names that it depends on."""
    needs = PipelineVersion.configuration["depends_on"]
    rows = session.execute(
        in_force().where(Pipeline.tenant_id == tenant_of(session)).with_only_columns(Pipeline.name, needs)
    )
    return {name: list(others or []) for name, others in rows}


def of_entity(session: Session, entity: str) -> Sequence[Pipeline]:
    """The active pipelines of an entity, by name."""
    return session.scalars(
        select(Pipeline)
        .where(Pipeline.tenant_id == tenant_of(session), Pipeline.entity == entity, Pipeline.active)
        .order_by(Pipeline.name)
    ).all()


def all_configurations(session: Session, *, active: bool | None) -> list[Configuration]:
    """Those in force, by name; of active pipelines, of inactive ones, or of both."""
    rows = in_force().where(Pipeline.tenant_id == tenant_of(session)).order_by(Pipeline.name)
    rows = rows if active is None else rows.where(Pipeline.active.is_(active))
    return [Configuration(version.configuration) for _pipeline, version in session.execute(rows)]


def schedules_of(session: Session, names: Collection[str]) -> Sequence[Schedule]:
    return session.scalars(
        select(Schedule).where(
            Schedule.tenant_id == tenant_of(session),
            Schedule.kind == SCHEDULED,
            Schedule.payload["pipeline"].as_string().in_(names),
        )
    ).all()


def beside(session: Session, names: Collection[str]) -> Mapping[str, dict[str, Any]]:
    """Last run, next run, open quarantine and conflicts of each; four statements for any number."""
    tenant_id = tenant_of(session)
    last = (
        select(PipelineRun.pipeline, PipelineRun.id, PipelineRun.status, PipelineRun.kind, PipelineRun.completed_at)
        .where(PipelineRun.tenant_id == tenant_id, PipelineRun.pipeline.in_(names))
        .ext(distinct_on(PipelineRun.pipeline))
        .order_by(PipelineRun.pipeline, PipelineRun.created_at.desc())
    )
    runs = {row.pipeline: {**row._mapping} for row in session.execute(last)}
    due = _earliest(session, names)
    quarantine, conflicts = (_open(session, model, names) for model in (QuarantineEntry, SyncConflict))
    return {
        name: {
            "last_run": runs.get(name),
            "next_run_at": due.get(name),
            "open_quarantine": quarantine.get(name, 0),
            "open_conflicts": conflicts.get(name, 0),
        }
        for name in names
    }


def state_of(session: Session, name: str) -> PipelineState | None:
    return session.get(PipelineState, (tenant_of(session), name))


def active_run(session: Session, name: str) -> PipelineRun | None:
    """The run that holds the pipeline."""
    return session.scalars(
        select(PipelineRun).where(
            PipelineRun.tenant_id == tenant_of(session),
            PipelineRun.pipeline == name,
            PipelineRun.status.in_(("pending", "running")),
            PipelineRun.kind.in_(("incremental", "full", "partial")),
        )
    ).one_or_none()


def has_redrive(session: Session, name: str) -> bool:
    """Whether entries of quarantine wait for their turn already."""
    waiting = select(PipelineRun.id).where(
        PipelineRun.tenant_id == tenant_of(session),
        PipelineRun.pipeline == name,
        PipelineRun.kind == "redrive",
        PipelineRun.status == "pending",
    )
    return session.scalar(waiting.limit(1)) is not None


def run_of(session: Session, run_id: uuid.UUID) -> PipelineRun | None:
    return session.get(PipelineRun, (tenant_of(session), run_id))


def _earliest(session: Session, names: Collection[str]) -> dict[str, datetime]:
    name = Schedule.payload["pipeline"].as_string()
    rows = session.execute(
        select(name, func.min(Schedule.next_run_at))
        .where(Schedule.tenant_id == tenant_of(session), Schedule.kind == SCHEDULED, Schedule.active, name.in_(names))
        .group_by(name)
    )
    return {pipeline: due for pipeline, due in rows}


def _open(
    session: Session, model: type[QuarantineEntry] | type[SyncConflict], names: Collection[str]
) -> dict[str, int]:
    rows = session.execute(
        select(model.pipeline, func.count())
        .where(model.tenant_id == tenant_of(session), model.status == "open", model.pipeline.in_(names))
        .group_by(model.pipeline)
    )
    return {pipeline: count for pipeline, count in rows}
