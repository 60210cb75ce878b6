"""A run in a worker: the first wave, and the chunks that carry on from its frontier.

In mode continue a large plan is cut by subtree into chunks, parents before children; each step of a chunk is one
transaction with its strings, its history and its place in the tree. Modes stop and rollback run as one transaction.
"""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.propagation.domain.error_handling import ErrorHandling, Outcome
from services.propagation.domain.failures import ErrorType, Failure
from services.propagation.domain.inheritance import Rule
from services.propagation.domain.wave import Scope
from services.propagation.models import Job, RunError, StringVersion
from services.propagation.operations.entry import enter
from services.propagation.operations.runs import control, halving, job_rows, marking, recording
from services.propagation.operations.runs.applying import Record
from services.propagation.operations.runs.codec import detail_key, key_of
from services.propagation.operations.runs.halving import refusals
from services.propagation.operations.runs.preparing import Prepared, prepare
from services.propagation.operations.runs.request import Environment, RunRequest
from services.propagation.operations.runs.running import Care, check_names, decide, demand_current, preview, rewalk
from services.propagation.operations.runs.tally import Tally
from services.propagation.operations.runs.undoing import UndoWalk
from services.propagation.operations.runs.walking import Planned, Walk
from services.propagation.queries import walk as rows
from shared.db import plan_for_lookups
from shared.jobs.models import EndStatus
from shared.jobs.run import Run
from shared.tenancy import context_of


def prepare_job(session: Session, job: Job, environment: Environment) -> Prepared:
    """The request of a job, checked again against the data as it is now."""
    enter(session, context_of(session), is_write=False)
    request = replace(RunRequest.from_json(job.metadata_["request"]), is_accepted=True)
    prepared = prepare(session, request, environment)
    if request.confirmed is not None and request.confirmed != preview(session, prepared, environment).seen:
        prepared.refuse_all(
            Failure(ErrorType.CONFLICT, "confirmation_stale", "What the preview showed has changed since.")
        )
    return prepared


def prepare_undo_job(session: Session, job: Job, environment: Environment) -> Prepared:
    enter(session, context_of(session), is_write=False)
    plan_for_lookups(session)
    return control.prepare_undo(session, RunRequest.from_json(job.metadata_["request"]), environment)


def resume_undo(prepared: Prepared, job: Job) -> UndoWalk:
    """An undo where its last committed step left it."""
    walk = control.undo_walk(prepared)
    if job.payload:
        walk.place, walk.fallen = job.payload["place"], set(job.payload["fallen"])
    return walk


def apply_undo_wave(
    session: Session, job_id: uuid.UUID, walk: UndoWalk, tally: Tally, record: Record, *, size: int
) -> None:
    planned = walk.next_wave(session, size=size)
    halving.apply(session, planned, record)
    recording.record_left_out(session, job_id, planned.plan)
    check_names(session)
    tally.add(planned)


def undo_status(session: Session, job: Job) -> EndStatus:
    """By the job's errors and its counters, which the open step has not added up yet."""
    failed = session.scalar(
        select(RunError.id).where(RunError.tenant_id == job.tenant_id, RunError.job_id == job.id).limit(1)
    )
    if failed is None:
        return "completed"
    changed = session.scalar(
        select(StringVersion.string_id)
        .where(StringVersion.tenant_id == job.tenant_id, StringVersion.job_id == job.id)
        .limit(1)
    )
    return "failed" if changed is None else "partial_failure"


def is_chunked(prepared: Prepared) -> bool:
    return prepared.options.error_handling is ErrorHandling.CONTINUE


def start(session: Session, job: Job, prepared: Prepared, environment: Environment) -> tuple[Tally, Walk]:
    """Applies the first wave of a chunked run; the walk knows what is left."""
    plan_for_lookups(session)
    job_rows.record_refused(session, job.id, prepared)
    walk, tally = prepared.walk(), Tally(sees=False)
    if not walk.is_done:
        planned = walk.next_wave(session, size=environment.chunk_size)
        demand_current(prepared, planned)
        _apply(session, job.id, planned, _record(prepared, job.id), tally)
    return tally, walk


def apply_wave(session: Session, job_id: uuid.UUID, walk: Walk, record: Record, tally: Tally, *, size: int) -> None:
    _apply(session, job_id, walk.next_wave(session, size=size), record, tally)


def _apply(session: Session, job_id: uuid.UUID, planned: Planned, record: Record, tally: Tally) -> None:
    halving.apply(session, planned, record)
    recording.record_left_out(session, job_id, planned.plan)
    check_names(session)
    tally.add(planned)


def run_whole(session: Session, job: Job, prepared: Prepared, environment: Environment) -> tuple[Tally, Tally, Outcome]:
    """Modes stop and rollback: plan everything first, then apply what is kept, all in this transaction."""
    plan_for_lookups(session)
    job_rows.record_refused(session, job.id, prepared)
    wanted, applied = Tally(), Tally()
    for planned in prepared.walk().waves(session, size=environment.chunk_size):
        wanted.add(planned)
        demand_current(prepared, planned)
        recording.record_left_out(session, job.id, planned.plan)
    decision = decide(session, prepared, wanted, environment)
    record = _record(prepared, job.id)
    for planned in rewalk(session, prepared, decision, environment):
        halving.apply(session, planned, record)
        applied.add(planned)
    check_names(session)
    return wanted, applied, decision.outcome


def chunk_payloads(walk: Walk, prepared: Prepared, record: Record, *, chunks: int) -> list[dict[str, Any]]:
    """What the chunks need: their part of the frontier, and what is the same for all of them."""
    same = same_for_chunks(prepared, record)
    return [{"state": state, **same} for state in walk.split(chunks)]


def same_for_chunks(prepared: Prepared, record: Record) -> dict[str, Any]:
    scope = prepared.scope
    return {
        "rules": {detail_key(key): str(rule) for key, rule in scope.rules.items()},
        "max_depth": scope.max_depth,
        "propagate": scope.propagate,
        "regenerate": scope.regenerate,
        "direct_type": record.direct_type,
        "versions": {str(string_id): version for string_id, version in record.versions.items()},
    }


def mark_behind(work: Run, environment: Environment) -> None:
    """What a change has left behind, wave after wave, each one transaction with its place in the tree."""
    payload = dict(work.payload)
    assert isinstance(work.job, Job)
    while not work.ended:
        with work.step() as session:
            payload, marked, is_done = _mark_wave(session, work.job, payload, environment)
            work.progress(session, processed=marked)
            if is_done:
                work.finish(session)


def _mark_wave(
    session: Session, job: Job, payload: Mapping[str, Any], environment: Environment
) -> tuple[dict[str, Any], int, bool]:
    """The payload that the next step begins with, how many strings were marked, and whether that was all."""
    if payload.get("state"):
        packed = dict(payload)
        walk, _record_of_none = resume(session, payload, job.id)
    else:
        prepared = prepare_job(session, job, environment)
        prepared.scope = replace(prepared.scope, propagate=False)
        walk, packed = prepared.walk(), same_for_chunks(prepared, _record(prepared, job.id))
    marked = 0
    if not walk.is_done:
        planned = walk.next_wave(session, size=environment.chunk_size)
        marked = len(planned.plan.stale)
        marking.mark(session, planned)
    packed |= {"state": walk.state()}
    save_state(session, job, packed)
    return packed, marked, walk.is_done


def resume(session: Session, payload: Mapping[str, Any], job_id: uuid.UUID) -> tuple[Walk, Record]:
    """A chunk where its last committed step left it."""
    plan_for_lookups(session)
    rules = {key_of(key): Rule(rule) for key, rule in payload["rules"].items()}
    scope = Scope(
        levels=rows.rule_levels(session),
        rules=rules,
        max_depth=payload["max_depth"],
        propagate=payload["propagate"],
        regenerate=payload["regenerate"],
        dependencies=rows.dependencies(session, rules),
    )
    record = Record(job_id, payload["direct_type"])
    record.versions = {int(string_id): version for string_id, version in payload["versions"].items()}
    care = payload.get("care") or {"is_needed": False, "refused": []}
    record.is_careful = care["is_needed"]
    walk = Walk.resumed(scope, payload["state"])
    walk.refused = refusals(care["refused"])
    return walk, record


def packed(care: Care) -> dict[str, Any]:
    return {"is_needed": care.is_needed, "refused": sorted(care.refused)}


def save_state(session: Session, chunk: Job, payload: Mapping[str, Any]) -> None:
    """The chunk's place in the tree, in the transaction of what it did."""
    session.execute(
        update(Job).where(Job.tenant_id == chunk.tenant_id, Job.id == chunk.id).values(payload=dict(payload)),
        execution_options={"synchronize_session": False},
    )


def status_of(session: Session, job: Job, *, processed: int, failed: int) -> EndStatus:
    """By the counters, and by the errors: an update that was refused may have had no string at all."""
    errors = select(RunError.id).where(RunError.tenant_id == job.tenant_id, RunError.job_id == job.id)
    if not failed and session.scalar(errors.limit(1)) is None:
        return "completed"
    return "partial_failure" if processed else "failed"


def first_record(prepared: Prepared, job_id: uuid.UUID, tally: Tally) -> Record:
    """The record that chunks go on with: it knows the new versions of the strings named in the request."""
    record = _record(prepared, job_id)
    record.versions = {change.string_id: change.version + 1 for change in tally.changes if change.is_direct}
    return record


def _record(prepared: Prepared, job_id: uuid.UUID) -> Record:
    return Record(job_id, prepared.request.direct_type, is_careful=prepared.is_careful)
