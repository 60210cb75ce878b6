"""Selects about runs: their changes from two tables, their last change, errors that wait."""

import uuid
from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, case, cast, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from services.propagation.models import Job, RunChange, RunError, StringVersion
from shared.tenancy import tenant_of

CLEANUP = "propagation.cleanup"
# The cause of rows that remember where values came from before they became own: no changes of their strings.
LINEAGE = ["lineage"]


def changes_of(session: Session, job_id: uuid.UUID) -> Any:
    """The diff of a run as one relation: what was applied is in the versions, the rest in its own table."""
    tenant_id = tenant_of(session)
    direct = StringVersion.change_type.in_(["direct_edit", "batch_update", "rollback", "regeneration"])
    applied = select(
        StringVersion.string_id,
        StringVersion.level,
        case((direct & (StringVersion.caused_by_version.is_(None)), "direct"), else_="inherited").label("change_type"),
        literal("applied").label("outcome"),
        StringVersion.value_before,
        StringVersion.value,
        StringVersion.details_before.label("before"),
        StringVersion.details.label("after"),
        (StringVersion.version - 1).label("version_before"),
        StringVersion.version.label("version_after"),
        cast(None, StringVersion.value.type).label("problem"),
    ).where(StringVersion.tenant_id == tenant_id, StringVersion.job_id == job_id)
    others = select(
        RunChange.string_id,
        RunChange.level,
        RunChange.change_type,
        RunChange.outcome,
        RunChange.before["value"].astext.label("value_before"),
        RunChange.after["value"].astext.label("value"),
        RunChange.before.op("-")("value").label("before"),
        RunChange.after.op("-")("value").op("-")("problem").label("after"),
        RunChange.version_before,
        cast(None, RunChange.version_before.type).label("version_after"),
        RunChange.after["problem"].astext.label("problem"),
    ).where(RunChange.tenant_id == tenant_id, RunChange.job_id == job_id, RunChange.cause != LINEAGE)
    return union_all(applied, others).subquery("changes")


def unresolved_errors(session: Session) -> int:
    waiting = select(func.count()).where(RunError.tenant_id == tenant_of(session), RunError.resolved.is_(False))
    return session.scalar(waiting) or 0


def holds_string(string_ids: Collection[int]) -> Any:
    """Whether a run changed, or was asked to change, one of these strings."""
    changed = select(StringVersion.job_id).where(
        StringVersion.tenant_id == Job.tenant_id, StringVersion.string_id.in_(string_ids)
    )
    return or_(Job.id.in_(changed), *(Job.metadata_["root_strings"].contains([each]) for each in string_ids))


def versions_of_job(session: Session, job_id: uuid.UUID) -> Select[StringVersion]:
    return select(StringVersion).where(StringVersion.tenant_id == tenant_of(session), StringVersion.job_id == job_id)


def report(session: Session, *, created_after: datetime | None, created_before: datetime | None) -> dict[str, Any]:
    """Runs and errors of the time, the end not included, counted by what they are: two statements."""
    runs = session.execute(
        select(Job.status, Job.trigger_type, func.count(), *map(_sum, (Job.processed, Job.failed, Job.skipped)))
        .where(Job.parent_id.is_(None), Job.kind != CLEANUP, *_within(session, Job, created_after, created_before))
        .group_by(Job.status, Job.trigger_type)
    ).all()
    errors = session.execute(
        select(RunError.error_type, func.count(), func.count().filter(RunError.resolved.is_(False)))
        .where(*_within(session, RunError, created_after, created_before))
        .group_by(RunError.error_type)
    ).all()
    by_status, by_trigger = Counter[str](), Counter[str]()
    for status, trigger, number, *_strings in runs:
        by_status[status] += number
        by_trigger[trigger] += number
    changed, failed, skipped = (sum(row[place] for row in runs) for place in (3, 4, 5))
    return {
        "jobs": {"total": by_status.total(), "by_status": by_status, "by_trigger": by_trigger},
        "strings": {"changed": changed, "failed": failed, "skipped": skipped},
        "errors": {
            "total": sum(row[1] for row in errors),
            "unresolved": sum(row[2] for row in errors),
            "by_type": {row[0]: row[1] for row in errors},
        },
    }


def _sum(column: Any) -> Any:
    return cast(func.coalesce(func.sum(column), 0), BigInteger)


def _within(session: Session, model: Any, after: datetime | None, before: datetime | None) -> list[Any]:
    bounds = [model.created_at >= after] if after else []
    bounds += [model.created_at < before] if before else []
    return [model.tenant_id == tenant_of(session), *bounds]
