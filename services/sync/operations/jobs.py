"""What becomes of jobs that have ended."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from services.sync.models import Job
from shared.jobs.models import ACTIVE


def cleanup(session: Session, *, days: int, at_most: int = 1000) -> int:
    """Forgets jobs that ended more than `days` ago. Returns how many; call again while it is `at_most`."""
    before = datetime.now(UTC) - timedelta(days=days)
    old = select(Job.tenant_id, Job.id).where(
        Job.parent_id.is_(None), Job.status.not_in(ACTIVE), Job.completed_at < before
    )
    found = session.execute(old.limit(at_most)).all()
    if found:
        gone = delete(Job).where(tuple_(Job.tenant_id, Job.id).in_([tuple(row) for row in found]))
        session.execute(gone, execution_options={"synchronize_session": False})
    return len(found)
