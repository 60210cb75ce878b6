"""A run as a worker carries it out: its plan, then its parts. It may be started again after any of its steps."""

from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

from services.sync.clients import cluster
from services.sync.config import Settings
from services.sync.errors import SourceRefused
from services.sync.models import PipelineRun
from services.sync.operations.runs import dividing, ending, partition, planning
from services.sync.operations.runs.beginning import still_waits
from services.sync.operations.runs.surroundings import world_of
from shared.jobs.errors import Cancelled, RunStopped
from shared.jobs.run import Run
from shared.jobs.step import tell
from shared.siblings import Siblings

# The one function that all executors call: plain JSON in, the counters of the part out.
RunPartition = Callable[[Mapping[str, Any]], Mapping[str, int]]


def carry_out(work: Run, settings: Settings, siblings: Siblings, *, run_partition: RunPartition) -> None:
    """The whole run, or handing its parts to chunks. Failures for good are recorded by `ending.record_dead`."""
    try:
        with work.step() as session:
            run = session.get_one(PipelineRun, (work.job.tenant_id, work.job.id))
            if run.status == "pending" and still_waits(session, run, planning.configuration_of(session, run)):
                work.finish(session, "cancelled")
                return
            planning.begin(session, run)
            session.flush()
            tell(session, work.job, work.job, "started", {"pipeline": run.pipeline, "entity": run.entity})
            setup = dividing.to_divide(session, run)
            parents = None if setup is None else dividing.parents_of(session, setup)
            parts = None if setup else dividing.hand_out(session, work, run)
        if setup is not None:
            bounds = dividing.divide(setup, world_of(work, setup, settings), parents)
            with work.step() as session:
                run = session.get_one(PipelineRun, (work.job.tenant_id, work.job.id))
                dividing.store(session, run, setup, bounds, executor=settings.executor)
                parts = dividing.hand_out(session, work, run)
        assert parts is not None  # handed out in one of the two
        _load(work, parts, settings, siblings, run_partition)
    except Cancelled:
        with work.step(closing=True) as session:
            ending.record_cancelled(session, work.job.id)
            work.finish(session, "cancelled")


def _load(
    work: Run, parts: dividing.Parts, settings: Settings, siblings: Siblings, run_partition: RunPartition
) -> None:
    if parts.executor is None:
        (whole,) = parts.specifications
        try:
            partition.load(work, whole["number"], settings, siblings)
        except SourceRefused as refusal:
            with work.step() as session:
                planning.fall_back(session, session.get_one(PipelineRun, (work.job.tenant_id, work.job.id)), refusal)
            partition.load(work, whole["number"], settings, siblings)
    elif parts.executor == "local":
        for specification in parts.specifications:
            run_partition(dividing.fenced(specification, work.job))
        work.ended = True  # with its last part
    elif parts.executor == "dask":
        _load_on_cluster(work, parts, settings, run_partition)
        work.ended = True  # with its last part


def _load_on_cluster(work: Run, parts: dividing.Parts, settings: Settings, run_partition: RunPartition) -> None:
    """All parts, each under the fence of the run's job; one that fails lets the others end first."""
    given = [dividing.fenced(specification, work.job) for specification in parts.specifications]
    failures: list[BaseException] = []
    ends = cluster.outcomes(settings.dask_address, run_partition, given, at_once=parts.at_once, watch=work.admit)
    with closing(ends):
        for failure in ends:
            if isinstance(failure, RunStopped):
                raise failure
            if failure is not None:
                failures.append(failure)
    if failures:
        raise failures[0]
