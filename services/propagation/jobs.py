"""Doors for workers: each takes a job, opens its steps and calls operations. Kinds and the door's path are stored."""

import math
import uuid
from functools import cache

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services.propagation.config import CALLS, QUEUES, Settings
from services.propagation.models import (
    Base,
    Job,
)
from services.propagation.operations import gauges
from services.propagation.operations.entry import enter
from services.propagation.operations.imports import entering, working
from services.propagation.operations.names import background as names
from services.propagation.operations.runs import (
    analyzing,
    approving,
    background,
    behind,
    control,
    editing,
    ending,
    job_rows,
)
from services.propagation.operations.runs.applying import PlanOutdated
from services.propagation.operations.runs.halving import StringsRefused
from services.propagation.operations.runs.preparing import Prepared
from services.propagation.operations.runs.request import Environment
from services.propagation.operations.runs.running import Care
from services.propagation.operations.runs.tally import Tally
from services.propagation.queries import descent
from services.propagation.queries.runs import CLEANUP
from shared.jobs import performing
from shared.jobs.errors import Cancelled, TimedOut, describe
from shared.jobs.registry import JobRegistry
from shared.jobs.relay import RelayedService
from shared.jobs.run import Run
from shared.relaying import relayed_service

registry = JobRegistry("propagation", Job)
ATTEMPTS = 5


@cache
def _settings() -> Settings:
    return Settings()  # type: ignore[call-arg]  # the environment has the required ones


def perform(tenant_id: str, job_id: str) -> None:
    """RQ's door."""
    performing.perform(registry, _settings(), tenant_id, job_id)


@registry.handler(
    job_rows.KIND,
    on_children_done=lambda session, job, _counts: ending.finish(session, job),
    on_dead=lambda session, job: ending.bury(session, job),
)
def run(work: Run) -> None:
    """A run: one transaction in modes stop and rollback, else a first wave that hands on to chunks."""
    environment = Environment.of(_settings())
    races, care = 0, Care()
    assert isinstance(work.job, Job)
    if approving.is_unanswered(work.job):
        with work.step() as session:
            work.finish(session, "cancelled", error=approving.drop_unanswered(session, work.job))
        return
    try:
        while True:
            try:
                _start(work, environment, care)
                return
            except (PlanOutdated, StringsRefused, DBAPIError, psycopg.Error) as failure:
                races += isinstance(failure, PlanOutdated)
                if races == ATTEMPTS or not (isinstance(failure, PlanOutdated) or care.learns(failure)):
                    raise
    except TimedOut:
        _end_late(work)


@registry.handler(approving.ASKED)
def approval_asked(work: Run) -> None:
    """Notes which approval a run waits for."""
    with work.step() as session:
        approving.asked(session, uuid.UUID(work.payload["run"]), work.payload["outbox"])
        work.finish(session)


def _end_late(work: Run) -> None:
    assert isinstance(work.job, Job)
    with work.step(closing=True) as session:
        status, left = ending.give_up_whole(session, work.job)
        work.progress(session, failed=left, skipped=left)
        job_rows.audit_end(session, work.job, status)
        work.finish(session, status, error=describe(TimedOut("The time of this run is over.")))


def _start(work: Run, environment: Environment, care: Care) -> None:
    assert isinstance(work.job, Job)
    if work.job.metadata_["request"].get("edit") is not None:
        _edit(work, work.job, environment, care)
        return
    if work.job.undo_of is not None:
        _undo(work, work.job, environment, care)
        return
    with work.step() as session:
        prepared = care.over(background.prepare_job(session, work.job, environment))
        if not background.is_chunked(prepared):
            wanted, applied, outcome = background.run_whole(session, work.job, prepared, environment)
            total = wanted.total + job_rows.unplanned(prepared)
            failed = total - applied.processed
            skipped = max(0, failed - wanted.failed - job_rows.unplanned(prepared))
            work.progress(session, processed=applied.processed, failed=failed, skipped=skipped, total=total)
            job_rows.audit_end(session, work.job, outcome.status)
            work.finish(session, str(outcome.status))  # type: ignore[arg-type]  # the same words
            return
        tally, walk = background.start(session, work.job, prepared, environment)
        refused = job_rows.unplanned(prepared)
        _count(work, session, tally, refused=refused)
        if walk.is_done:
            failed = tally.failed + tally.skipped + refused
            ended = background.status_of(session, work.job, processed=tally.processed, failed=failed)
            work.progress(session, total=tally.processed + failed)
            job_rows.audit_end(session, work.job, ended)
            work.finish(session, ended)
            return
        below = descent.count_below(session, {family.parent_id for family in walk.queue})
        work.progress(session, total=tally.total + refused + below - len(walk.queue))
        record = background.first_record(prepared, work.job.id, tally)
        # No more chunks than there is work for: each costs a process and a connection.
        chunks = min(prepared.options.workers * 2, math.ceil(below / environment.chunk_size))
        payloads = background.chunk_payloads(walk, prepared, record, chunks=chunks)
        work.spawn(session, payloads, kind=job_rows.CHUNK, queue="propagation_heavy")


def _edit(work: Run, job: Job, environment: Environment, care: Care) -> None:
    """An edit of the structure and the names that it makes again, wave after wave."""
    payload = dict(work.payload)
    while not work.ended:
        with work.step() as session:
            enter(session, work.context, is_write=False)
            payload, tally, is_done = editing.step(session, job, payload, environment, care)
            background.save_state(session, job, payload)
            _count(work, session, tally)
            if is_done:
                _end_waves(work, session, job)
        job.payload = payload


def _end_waves(work: Run, session: Session, job: Job) -> None:
    """What was counted when the run was asked for may have been more than there was to do."""
    status = background.undo_status(session, job)
    work.progress(session, total=0)  # grows to what was done and what failed
    job_rows.audit_end(session, job, status)
    work.finish(session, status)


def _undo(work: Run, job: Job, environment: Environment, care: Care) -> None:
    """Wave after wave, each one transaction with its place among the versions; all or nothing is one transaction."""
    while not work.ended:
        with work.step() as session:
            prepared = care.over(background.prepare_undo_job(session, job, environment))
            if not background.is_chunked(prepared):
                _undo_whole(work, session, prepared, environment)
                return
            walk, tally = background.resume_undo(prepared, job), Tally()
            record = control.undo_record(prepared, job.id)
            background.apply_undo_wave(session, job.id, walk, tally, record, size=environment.chunk_size)
            place = {"place": walk.place, "fallen": sorted(walk.fallen)}
            background.save_state(session, job, place)
            _count(work, session, tally)
            if walk.is_done:
                _end_waves(work, session, job)
        # Committed: from here the next wave begins, also after one that was outdated.
        job.payload = place


def _undo_whole(work: Run, session: Session, prepared: Prepared, environment: Environment) -> None:
    wanted, applied = control.apply_undo(session, work.job.id, prepared, environment)
    failed = wanted.total - applied.processed
    skipped = max(0, failed - wanted.failed)
    work.progress(session, processed=applied.processed, failed=failed, skipped=skipped, total=wanted.total)
    status = control.status_of(wanted, applied)
    assert isinstance(work.job, Job)
    job_rows.audit_end(session, work.job, status)
    work.finish(session, str(status))  # type: ignore[arg-type]  # the same words


@registry.handler(analyzing.KIND)
def analyze(work: Run) -> None:
    """The diff of a request, nothing applied."""
    analyzing.carry_out(work, Environment.of(_settings()))


@registry.handler(behind.KIND)
def mark_behind(work: Run) -> None:
    """Marks what a change has left behind, wave after wave."""
    background.mark_behind(work, Environment.of(_settings()))


@registry.handler(entering.KIND)
def import_rows(work: Run) -> None:
    """The rows of a file, part by part."""
    working.carry_out(work, Environment.of(_settings()))


@registry.handler(names.KIND)
def check_names(work: Run) -> None:
    """Thousands of names read back by their rules."""
    names.carry_out(work)


@registry.handler(CLEANUP)
def cleanup(work: Run) -> None:
    """Forgets old runs, daily."""
    with work.step() as session:
        analyzing.forget(session)
    days = int(work.payload.get("days", _settings().job_retention_days))
    while True:
        with work.step() as session:
            forgotten = control.cleanup(session, days=days)
            work.progress(session, processed=forgotten)
            if forgotten < 1000:
                work.finish(session)
                return


@registry.handler(job_rows.CHUNK)
def run_chunk(work: Run) -> None:
    """A part of a run: wave after wave, each one transaction with its place in the tree."""
    environment = Environment.of(_settings())
    assert work.job.parent_id is not None
    state, outdated, care = dict(work.payload), 0, Care()
    try:
        while not work.ended:
            try:
                state, outdated = _step(work, state, environment), 0
            except PlanOutdated:
                outdated += 1
                if outdated == ATTEMPTS:
                    raise
            except (StringsRefused, DBAPIError, psycopg.Error) as error:
                if not care.learns(error):
                    raise
                state["care"] = background.packed(care)
    except (Cancelled, TimedOut) as stopped:
        with work.step(closing=True) as session:
            late = isinstance(stopped, TimedOut)
            failure = ending.OUT_OF_TIME if late else None
            left = ending.give_up(session, work.job.parent_id, state, failure=failure)
            work.progress(session, failed=left if late else 0, skipped=left if late else 0)
            work.finish(session, "failed" if late else "cancelled")


def _step(work: Run, payload: dict[str, object], environment: Environment) -> dict[str, object]:
    """One wave; the payload that the next step begins with."""
    assert work.job.parent_id is not None
    assert isinstance(work.job, Job)
    with work.step() as session:
        walk, record = background.resume(session, payload, work.job.parent_id)
        tally = Tally(sees=False)
        if not walk.is_done:
            background.apply_wave(session, work.job.parent_id, walk, record, tally, size=environment.chunk_size)
        payload = {**payload, "state": walk.state()}
        background.save_state(session, work.job, payload)
        _count(work, session, tally)
        if walk.is_done:
            work.finish(session)
    return payload


def _count(work: Run, session: Session, tally: Tally, *, refused: int = 0) -> None:
    work.progress(
        session,
        processed=tally.processed,
        failed=tally.failed + tally.skipped + refused,
        skipped=tally.skipped,
        data={"current_level": max(tally.by_level, default=0)},
    )


def relayed(settings: Settings) -> RelayedService:
    """What the relay does for this service."""
    return relayed_service(
        settings,
        Base,
        queues=QUEUES,
        calls_of=CALLS,
        registry=registry,
        collectors=(gauges.read_runs, gauges.read_errors),
    )
