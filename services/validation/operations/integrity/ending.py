"""Ends runs whose job came to an end without them."""

import uuid
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from services.validation.models import IntegrityRun, Job
from services.validation.models.integrity import ACTIVE
from shared.tenancy import tenant_of


def record_end(session: Session, run_id: uuid.UUID, state: str) -> None:
    run = session.get(IntegrityRun, (tenant_of(session), run_id))
    if run is not None and run.state in ACTIVE:
        run.state, run.exit_code, run.finished_at = state, 1, datetime.now(UTC)
        session.flush()


def record_dead(session: Session, job: Job) -> None:
    """The job has been given up, and its run with it; checks that were mended stay so."""
    record_end(session, job.id, "failed")


def record_cancelled(session: Session, job: Job) -> None:
    """A job that had not begun ends at once; a running one says so itself."""
    if job.status == "cancelled":
        record_end(session, job.id, "cancelled")
