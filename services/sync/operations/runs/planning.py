"""The first step of a run: what it reads, from where, and what measures it. Decided once for all attempts."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.sync.domain.configuration import LAG_SECONDS, Configuration, narrowing
from services.sync.domain.cursors import Cursor, low_bound, read_cursor, written
from services.sync.errors import ConfigurationLost, NoIncrementalState, SourceRefused
from services.sync.models import PipelineRun, PipelineState, PipelineVersion, RunPartition
from services.sync.operations.mappings import zone_of
from services.sync.operations.quarantine.retrying import retry_parked_of
from services.sync.queries import pipelines, runs
from shared.tenancy import tenant_of

# Content of files is older than the run that reads them.
FILES = frozenset({"csv", "jsonl", "parquet"})
# Statuses by which a source refuses who asks, not what is asked.
NOT_THE_FILTER = (401, 403, 407)


def configuration_of(session: Session, run: PipelineRun) -> Configuration:
    """Of the version that the run names."""
    version = session.get_one(PipelineVersion, (run.tenant_id, run.pipeline, run.config_version))
    return Configuration(version.configuration)


def begin(session: Session, run: PipelineRun) -> None:
    """Marks it as running and writes its plan, unless an earlier attempt has. Raises RunFailed."""
    pipeline = pipelines.named(session, run.pipeline)
    if pipeline is None or not pipeline.active:
        raise ConfigurationLost(f"pipeline {run.pipeline} not found or not active")
    now: datetime = session.scalars(select(func.clock_timestamp())).one()
    run.status, run.heartbeat_at, run.completed_at = "running", now, None
    if "full" in run.plan:
        return
    retry_parked_of(session, run)
    configuration = configuration_of(session, run)
    state = pipelines.state_of(session, run.pipeline)
    assert state is not None  # made with the pipeline
    run.started_at = run.started_at or now
    run.watermark_before = state.watermark
    run.plan = _plan(run, configuration, state) | _in_group(session, run, configuration)
    if "parents" in run.plan and run.kind != "dry_run":
        run.kind = "partial"
    if run.kind not in ("dry_run", "redrive"):
        state.last_sync_at, state.last_run_id = run.started_at, run.id
    if _is_whole(run, configuration):
        run.plan = {**run.plan, "partitions": 1}
        first = {"tenant_id": tenant_of(session), "run_id": run.id, "number": 0}
        session.execute(insert(RunPartition).values(first).on_conflict_do_nothing())


def _plan(run: PipelineRun, configuration: Configuration, state: PipelineState) -> dict[str, Any]:
    """`full` says whether everything of the source is looked at, `low` from which cursor value on otherwise."""
    if _is_narrow(run):
        return {"full": False, "low": None, "by": _measured_by(configuration, state)}
    wants_full = run.parameters.get("mode") == "full" or configuration.incremental is None
    why = None if wants_full else _why_full(configuration, state)
    if why is not None:
        assert configuration.incremental is not None  # else a full run is what was wanted
        if not configuration.incremental.full_sync_fallback:
            raise NoIncrementalState(f"An incremental run is not possible: {why}.")
        run.why_full = why
        run.kind = "full" if run.kind == "incremental" else run.kind
    low = None if wants_full else _initial(configuration) if why else _low(configuration, state)
    return {
        "full": low is None,
        "low": None if low is None else written(low),
        "by": _measured_by(configuration, state),
    }


def fall_back(session: Session, run: PipelineRun, refusal: SourceRefused) -> None:
    """Turns an incremental run that has read nothing yet into a full one, because the source does not take the filter.

    Raises the refusal where that cannot help, NoIncrementalState where the file forbids it.
    """
    configuration = configuration_of(session, run)
    incremental = configuration.incremental
    parts = runs.unfinished_parts(session, run.id)
    has_begun = any(part.batches for part in parts)
    if incremental is None or run.plan["low"] is None or has_begun or refusal.answered in NOT_THE_FILTER:
        raise refusal
    if not incremental.full_sync_fallback:
        raise NoIncrementalState(f"The source refuses the filter of an incremental run: {refusal.detail}") from refusal
    run.why_full = "filter_refused"
    run.kind = "full" if run.kind == "incremental" else run.kind
    run.plan = {**run.plan, "full": True, "low": None}
    session.flush()


def _is_narrow(run: PipelineRun) -> bool:
    return run.kind == "redrive" or narrowing(run.parameters) is not None


def _in_group(session: Session, run: PipelineRun, configuration: Configuration) -> dict[str, Any]:
    """What other members of its group run mean for a run: those that look for the children of its rows want to know
    which it has met; and if it looks for children itself, the run that brought their parents."""
    if run.group_run_id is None:
        return {}
    found: dict[str, Any] = {}
    if run.pipeline in runs.parents_wanted(session, run.group_run_id):
        found["keeps_seen"] = True
    wish = configuration.parent_filter
    members = {one.pipeline: one for one in runs.of_group(session, run.group_run_id)}
    parents = members.get(wish.pipeline) if wish is not None else None
    if parents is not None and parents.completed_at is not None:
        # Of children whose parents did not come nothing is known: no deletes, and no watermark.
        found |= {"parents": str(parents.id), "full": False, "low": None}
    return found


def _is_whole(run: PipelineRun, configuration: Configuration) -> bool:
    """Whether it is one part: because nobody wants more, or since what is wanted cannot be said of parts."""
    if "parents" in run.plan:
        return False
    asked = run.parameters.get("batch_size")
    is_one_batch = (configuration.batch_size if asked is None else asked) == 0
    return configuration.partitions is None or is_one_batch or "top" in run.parameters or run.kind == "redrive"


def _why_full(configuration: Configuration, state: PipelineState) -> str | None:
    if state.watermark is None:
        return None if _initial(configuration) else "no_state"
    if state.mapping_checksum is not None and state.mapping_checksum != configuration.mapping_checksum:
        return "mapping_changed"
    return None


def _low(configuration: Configuration, state: PipelineState) -> Cursor | None:
    incremental, watermark = configuration.incremental, read_cursor(state.watermark)
    assert incremental is not None  # looked at before
    if watermark is None:
        return _initial(configuration)
    default = LAG_SECONDS if isinstance(watermark, datetime) else 0
    lag = default if incremental.lag_seconds is None else incremental.lag_seconds
    return low_bound(watermark, lag_seconds=lag, initial=_initial(configuration))


def _initial(configuration: Configuration) -> Cursor | None:
    """Where the first run begins; nothing below it is read but by a run that is told to read everything."""
    assert configuration.incremental is not None  # looked at before
    return read_cursor(configuration.incremental.initial, zone=zone_of(configuration))


def _measured_by(configuration: Configuration, state: PipelineState) -> str:
    """start or max_seen: by which the watermark advances."""
    incremental = configuration.incremental
    if incremental is None:
        return "start"
    known = read_cursor(state.watermark) if state.watermark else read_cursor(incremental.initial)
    if known is not None and not isinstance(known, datetime):
        return "max_seen"  # the time of a run says nothing about numbers
    if incremental.watermark is not None:
        return incremental.watermark
    return "max_seen" if configuration.source["type"] in FILES else "start"


def days_before(days: int, *, today: datetime | None = None) -> datetime:
    """00:00Z of the day so many days ago."""
    now = today or datetime.now(UTC)
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days)
