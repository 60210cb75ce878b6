"""Asking for re-drives: by people for entries that they choose, by runs for rows that were parked."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.sync.errors import NothingToRedrive, PipelineNotFound
from services.sync.models import PipelineRun, QuarantineEntry, RowHistory
from services.sync.operations.runs.starting import start_redrive
from services.sync.queries import pipelines
from services.sync.queries import quarantine as queries

WAITS_AT_MOST, KEPT = timedelta(days=30), timedelta(days=30)
HISTORY_KEPT = timedelta(days=90)
GIVEN_UP = [{"code": "reference_missing", "field": None, "rule": None, "text": "Its parent did not come in 30 days."}]
AT_ONCE = 5000


def redrive(session: Session, choice: Mapping[str, Any]) -> list[PipelineRun]:
    """A run for each pipeline of the chosen open entries; `choice` has `ids` or a `filter`.

    Raises NothingToRedrive, PipelineNotFound, PipelineInactive.
    """
    names = queries.pipelines_of(session, choice)
    if not names:
        raise NothingToRedrive("None of these entries is open.")
    found = pipelines.by_name(session, names)
    gone = [name for name in names if name not in found]
    if gone:
        raise PipelineNotFound(gone[0])
    fixed = {**choice, "up_to": queries.newest(session)}
    return [start_redrive(session, found[name], {"entries": fixed}) for name in names]


def retry_waiting_for(session: Session, table: str) -> None:
    """After rows of this table were loaded: what was parked for one of them may load now."""
    _retry(session, {"waiting_table": table})


def retry_parked_of(session: Session, run: PipelineRun) -> None:
    """Before a run: the parents may have come on another way."""
    if run.kind not in ("dry_run", "redrive"):
        _retry(session, {"pipeline": run.pipeline})


def _retry(session: Session, which: Mapping[str, Any]) -> None:
    choice = {"filter": {"kind": "parked", **which}}
    names = queries.pipelines_of(session, choice)
    if not names:
        return
    fixed = {**choice, "up_to": queries.newest(session)}
    for name, pipeline in sorted(pipelines.by_name(session, names).items()):
        if pipeline.active and not pipelines.has_redrive(session, name):
            start_redrive(session, pipeline, {"entries": fixed})


def give_up_waiting(session: Session) -> int:
    """Rows whose parent has not come in time are bad rows from now on."""
    statement = text(
        "update quarantine_entries set kind = 'bad', errors = :errors, version = version + 1, updated_at = now()"
        " where kind = 'parked' and status = 'open' and first_seen_at < now() - :wait"
    ).bindparams(bindparam("errors", type_=JSONB))
    done = session.execute(statement, {"errors": GIVEN_UP, "wait": WAITS_AT_MOST})
    return int(done.rowcount)  # type: ignore[attr-defined]


def forget_old(session: Session) -> int:
    """Settled entries that were not met again for a month, history of rows older than a quarter; call again while it
    forgets AT_ONCE of one of them."""
    entry, plain = QuarantineEntry, {"synchronize_session": False}
    met = func.greatest(entry.resolved_at, entry.last_seen_at)
    settled = select(entry.id).where(entry.status != "open", met < func.now() - KEPT).limit(AT_ONCE)
    gone = session.execute(delete(entry).where(entry.id.in_(settled)), execution_options=plain)
    old = select(RowHistory.id).where(RowHistory.at < func.now() - HISTORY_KEPT).limit(AT_ONCE)
    lost = session.execute(delete(RowHistory).where(RowHistory.id.in_(old)), execution_options=plain)
    return max(int(gone.rowcount), int(lost.rowcount))  # type: ignore[attr-defined]
