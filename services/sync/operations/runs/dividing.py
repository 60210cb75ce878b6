"""Cutting a run into parts, and handing them out: to chunks that any worker takes, or to this worker one by one."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.sync.domain.configuration import Partitions
from services.sync.domain.pages import Divisible
from services.sync.domain.partitions import (
    MOST,
    WHOLE,
    Bounds,
    by_months,
    by_ranges,
    by_values,
    latest_months,
    not_below,
)
from services.sync.errors import ConfigurationLost
from services.sync.extractors.world import World
from services.sync.loaders.targets import TARGETS
from services.sync.models import PipelineRun, RunPartition
from services.sync.operations.runs.planning import configuration_of
from services.sync.operations.runs.preparing import USUAL_CURSOR, Setup, prepare
from services.sync.queries import runs
from shared.jobs.models import JobMixin
from shared.jobs.run import Run
from shared.tenancy import tenant_of

PARTITION, QUEUE = "sync.partition", "sync_heavy"


class Parts(NamedTuple):
    """What is left of a run to be loaded: `executor` is None where it is one part, which the run's own job loads;
    `at_once` is how many parts may be loaded at the same time."""

    executor: str | None
    specifications: list[dict[str, Any]]
    at_once: int = 1


def to_divide(session: Session, run: PipelineRun) -> Setup | None:
    """What a run works with that has to be cut into parts first; None where it has been, or need not be."""
    return None if "partitions" in run.plan else prepare(session, run)


def parents_of(session: Session, setup: Setup) -> list[Any] | None:
    """The keys of the parents to whose children the run is limited; None where it is not. Raises ConfigurationLost."""
    wish, run_id = setup.configuration.parent_filter, setup.plan.get("parents")
    if wish is None or run_id is None:
        return None
    run = session.get_one(PipelineRun, (tenant_of(session), uuid.UUID(run_id)))
    table = TARGETS.get(configuration_of(session, run).target.table)
    column = None if table is None else table.table.columns.get(wish.parent_key)
    if table is None or column is None:
        raise ConfigurationLost(f"{wish.pipeline} fills no column {wish.parent_key}")
    at_most = wish.chunk_size * MOST + 1
    return list(runs.keys_met(session, run.id, column, table.table.columns["id"], at_most=at_most))


def divide(setup: Setup, world: World, parents: Sequence[Any] | None) -> list[Bounds]:
    """The parts, which the source may have to be asked about. Raises what an extractor raises."""
    if parents is not None:
        return _by_parents(setup, parents)
    wish = setup.configuration.partitions
    assert wish is not None  # else there is nothing to divide
    parts = _by_plan(setup, wish)
    if parts is None:
        with setup.extractor(world) as extractor:
            assert isinstance(extractor, Divisible)  # looked at when the file was checked
            parts = extractor.divide(wish.by, wish.count, setup.conditions)
    if parts and parts[0].get("field") == setup.configuration.cursor_field:
        parts = not_below(parts, setup.low)
    return parts or [WHOLE]


def _by_parents(setup: Setup, parents: Sequence[Any]) -> list[Bounds]:
    """A part for each chunk of parents; of very many parents all children are read."""
    wish = setup.configuration.parent_filter
    assert wish is not None  # else there were no parents
    if len(parents) > wish.chunk_size * MOST:
        return [WHOLE]
    keys = [key if isinstance(key, int) else str(key) for key in parents]
    chunks = [keys[at : at + wish.chunk_size] for at in range(0, len(keys), wish.chunk_size)]
    return [{"field": wish.field, "values": chunk} for chunk in chunks] or [{"nothing": True}]


def _by_plan(setup: Setup, wish: Partitions) -> list[Bounds] | None:
    """Where the file says enough."""
    match wish.by:
        case "values":
            return by_values(wish.field or "", wish.values or [], count=min(wish.count or MOST, MOST))
        case "key_range" if wish.values is not None:
            return by_ranges(wish.field or setup.key_fields[0], wish.values)
        case "month":
            field = wish.field or setup.configuration.cursor_field or USUAL_CURSOR
            if wish.values is not None:
                return by_months(field, wish.values)
            return by_ranges(field, latest_months(wish.count or 1, now=setup.started_at))
        case _:
            return None


def store(session: Session, run: PipelineRun, setup: Setup, parts: Sequence[Bounds], *, executor: str) -> None:
    """`executor` is that of the settings; the file may name another."""
    rows = [
        {"tenant_id": run.tenant_id, "run_id": run.id, "number": number, "bounds": bounds}
        for number, bounds in enumerate(parts)
    ]
    session.execute(insert(RunPartition).values(rows).on_conflict_do_nothing())
    # Chunks of parents are many and small.
    chosen = setup.configuration.executor or ("local" if "parents" in setup.plan else executor)
    lanes = 1 if chosen == "local" else _lanes(setup, len(parts))
    run.plan = {**run.plan, "partitions": len(parts), "lanes": lanes, "executor": chosen}
    session.flush()


def _lanes(setup: Setup, parts: int) -> int:
    """How many parts are loaded at the same time."""
    if setup.checks.looks_back:
        return 1  # which of two equal values came first must be known
    wish, rate = setup.configuration.partitions, setup.configuration.source.get("rate_limit") or {}
    limits = [wish.max_parallel if wish else None, rate.get("parallel")]
    return min([parts, *(int(limit) for limit in limits if limit is not None)])


def hand_out(session: Session, work: Run, run: PipelineRun) -> Parts:
    """The parts that are left; with the executor rq the first of them are chunks from the end of this step on."""
    left = [specification(run, partition) for partition in runs.unfinished_parts(session, run.id)]
    if run.plan["partitions"] == 1:
        return Parts(None, left)
    if run.plan["executor"] == "rq":
        work.spawn(session, left[: run.plan["lanes"]], kind=PARTITION, queue=QUEUE)
    return Parts(run.plan["executor"], left, run.plan["lanes"])


def next_part(session: Session, run: PipelineRun) -> dict[str, Any] | None:
    """A part that nobody has begun; the run is locked."""
    taken = runs.parts_handed_out(session, run.id)
    waiting = (part for part in runs.unfinished_parts(session, run.id) if part.number not in taken)
    return next((specification(run, part) for part in waiting), None)


def specification(run: PipelineRun, partition: RunPartition) -> dict[str, Any]:
    """All that a worker anywhere has to know: plain JSON, without rows and secrets."""
    return {
        "tenant": str(run.tenant_id),
        "run": str(run.id),
        "number": partition.number,
        "bounds": partition.bounds,
        "version": run.config_version,
    }


def fenced(given: Mapping[str, Any], job: JobMixin) -> dict[str, Any]:
    """Under the fence of this attempt of a job: when somebody else has it, nothing more is committed."""
    return {**given, "job": str(job.id), "attempt": job.attempt}


def job_of(given: Mapping[str, Any]) -> tuple[uuid.UUID, uuid.UUID, int]:
    """Tenant, job and attempt of a fenced specification."""
    return uuid.UUID(given["tenant"]), uuid.UUID(given["job"]), int(given["attempt"])
