"""Figures over the jobs of a tenant, and waiting for one of them."""

import time
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Float, cast, func, select
from sqlalchemy.orm import Session

from shared.db import Database
from shared.jobs.models import ACTIVE, ENDED, JobMixin
from shared.jobs.operations import find
from shared.tenancy import Context, tenant_of

J = TypeVar("J", bound=JobMixin)


def summary(
    session: Session,
    model: type[JobMixin],
    *,
    created_after: datetime | None = None,
    where: tuple[ColumnElement[bool], ...] = (),
) -> dict[str, Any]:
    """Counts by status, success rate in percent, average and 95th percentile of the duration; one statement."""
    seconds = cast(func.extract("epoch", model.completed_at - model.started_at), Float)
    conditions = [model.tenant_id == tenant_of(session), model.parent_id.is_(None), *where]
    if created_after is not None:
        conditions.append(model.created_at >= created_after)
    counts = [func.count().filter(model.status == status).label(f"{status}_jobs") for status in (*ACTIVE, *ENDED)]
    found = dict(
        session.execute(
            select(
                func.count().label("total_jobs"),
                *counts,
                func.avg(seconds).label("average_duration_seconds"),
                func.percentile_cont(0.95).within_group(seconds).label("p95_duration_seconds"),
            ).where(*conditions)
        )
        .mappings()
        .one()
    )
    judged = found["completed_jobs"] + found["partial_failure_jobs"] + found["failed_jobs"]
    rate = round(found["completed_jobs"] * 100 / judged, 2) if judged else 0.0
    return {**found, "success_rate": rate}


def wait_until_ended(
    db: Database,
    context: Context,
    model: type[J],
    job_id: uuid.UUID,
    *,
    seconds: float,
    sleep: Callable[[float], None] = time.sleep,
) -> J:
    """The job as it is when it has ended or the time is over; for use after the commit that made the job.

    Holds no connection while it waits. Raises NotFound.
    """
    deadline, pause = time.monotonic() + seconds, 0.05
    while True:
        with db.transaction(context) as session:
            mine = (model.tenant_id == tenant_of(session), model.id == job_id)
            status = session.scalar(select(model.status).where(*mine))
            if status not in ACTIVE or time.monotonic() >= deadline:
                return find(session, model, job_id)
        sleep(min(pause, max(0.0, deadline - time.monotonic())))
        pause = min(pause * 1.5, 0.5)
