"""What runs leave behind is forgotten after a while; the runs themselves stay."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.sync.models import PipelineRun, RunDifference, RunMark, RunRow, SeenRows
from shared.tenancy import tenant_of

# What ended runs have met goes with the differences: a run that failed may be resumed for a day.
KEPT: dict[type[RunDifference] | type[RunRow] | type[RunMark] | type[SeenRows], timedelta] = {
    RunDifference: timedelta(days=1),
    RunMark: timedelta(days=1),
    SeenRows: timedelta(days=1),
    RunRow: timedelta(days=30),
}


def forget(session: Session) -> int:
    """Differences of dry runs, listed rows and what was met, of runs of this tenant that ended long enough ago.

    Returns how many rows went.
    """
    now, tenant_id, gone = datetime.now(UTC), tenant_of(session), 0
    for model, kept in KEPT.items():
        old = select(PipelineRun.id).where(PipelineRun.tenant_id == tenant_id, PipelineRun.completed_at < now - kept)
        statement = delete(model).where(model.tenant_id == tenant_id, model.run_id.in_(old))
        done: Any = session.execute(statement, execution_options={"synchronize_session": False})
        gone += int(done.rowcount)
    return gone
