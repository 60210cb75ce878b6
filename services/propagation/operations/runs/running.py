"""Carries a prepared request out: looks how large it is, runs small ones here and hands large ones to a worker.

Preview, dry run, run and chunk differ only in what they do with the planner's waves.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import psycopg.errors
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services.propagation.domain.error_handling import (
    ErrorHandling,
    Outcome,
    find_stop,
    judge_continue,
    judge_rollback,
    judge_stop,
)
from services.propagation.domain.failures import Failure
from services.propagation.domain.values import Key
from services.propagation.models import Job
from services.propagation.operations.runs import approving, behind, halving, impact, job_rows, recording
from services.propagation.operations.runs.applying import PlanOutdated, Record
from services.propagation.operations.runs.halving import StringsRefused, is_unexpected, refusals
from services.propagation.operations.runs.preparing import Prepared, prepare
from services.propagation.operations.runs.request import Environment, ItemKind, RunRequest
from services.propagation.operations.runs.tally import Tally
from services.propagation.operations.runs.walking import Planned, Walk
from shared.db import plan_for_lookups
from shared.errors import Busy

ATTEMPTS = 5
PREVIEW_SIZE = 5000
RACES = (
    PlanOutdated,
    psycopg.errors.UniqueViolation,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
)


@dataclass
class Result:
    """What came of a request: `wanted` is all that was to change, `applied` what did. `job` is None where nothing had
    to be written, `outcome` None where a worker decides."""

    prepared: Prepared
    wanted: Tally
    applied: Tally = field(default_factory=Tally)
    outcome: Outcome | None = None
    job: Job | None = None
    seconds: float = 0.0

    @property
    def counted(self) -> Tally:
        """What was applied, as an answer counts it."""
        return self.applied.shown(regenerate=self.prepared.options.regenerate)

    @property
    def is_pending(self) -> bool:
        return self.outcome is None


class Decision(NamedTuple):
    """What error handling makes of a plan: `keeps` tells the updates that are applied; None means nothing is."""

    outcome: Outcome
    keeps: Callable[[int], bool] | None


def keep_all(_index: int) -> bool:
    return True


def execute(session: Session, request: RunRequest, environment: Environment) -> Result:
    """Runs the request in this transaction, or leaves it to a worker from the threshold on.

    Failures are in the outcome; what they mean for the call is its own business.
    """
    if request.needs_approval:
        return _leave_to_approval(session, request, environment)
    started, races, care = time.perf_counter(), 0, Care()
    while races < ATTEMPTS:
        prepared = care.over(prepare(session, request, environment))
        plan_for_lookups(session)
        try:
            with session.begin_nested():
                result = _try(session, prepared, environment)
            result.seconds = time.perf_counter() - started
            return result
        except (PlanOutdated, StringsRefused, DBAPIError, psycopg.Error) as failure:
            if not care.learns(failure):
                demand_race(failure)
                races += 1
    raise Busy("Others keep changing the same strings; try again.")


def _leave_to_approval(session: Session, request: RunRequest, environment: Environment) -> Result:
    prepared = prepare(session, request, environment)
    tally = preview(session, prepared, environment)
    if request.confirmed not in (None, tally.seen):
        raise impact.outdated(session, prepared, tally, environment)
    return Result(prepared, tally, job=approving.ask(session, prepared, tally, environment))


@dataclass
class Care:
    """What one attempt at a run learns for the next from an error of the database that nobody expected."""

    is_needed: bool = False
    refused: set[int] = field(default_factory=set)

    def over(self, prepared: Prepared) -> Prepared:
        return replace(prepared, is_careful=self.is_needed, unwritable=refusals(self.refused))

    def learns(self, failure: Exception) -> bool:
        """False where another attempt would meet the same."""
        known = (self.is_needed, len(self.refused))
        if isinstance(failure, StringsRefused):
            self.refused |= failure.ids
        elif is_unexpected(failure):
            self.is_needed = True
        return known != (self.is_needed, len(self.refused))


def demand_race(failure: Exception) -> None:
    """Somebody took a name between the look and the write, or waited for this run as it for them: planning again
    tells the first as a conflict and gets past the second. Raises everything else."""
    cause = failure.orig if isinstance(failure, DBAPIError) else failure
    if isinstance(cause, psycopg.errors.LockNotAvailable):
        raise Busy("Somebody else is changing the same strings; try again.") from failure
    if not isinstance(cause, RACES):
        raise failure


def _try(session: Session, prepared: Prepared, environment: Environment) -> Result:
    threshold = prepared.options.background_threshold
    confirmed = prepared.request.confirmed
    size = PREVIEW_SIZE if confirmed else max(2 * threshold, 200)
    walk, wanted = prepared.walk(), Tally()
    walk.defers = not confirmed  # the token saw every string
    planned = _look(session, prepared, walk, wanted, size=size)
    if wanted.total >= threshold:
        below = walk.count_below(session, enough=environment.heavy_threshold)
        job = job_rows.submit(session, prepared, environment, total=wanted.total, at_most=wanted.total + below)
        return Result(prepared, wanted, job=job)
    if confirmed not in (None, wanted.seen):
        raise impact.outdated(session, prepared, wanted, environment)
    decision = decide(session, prepared, wanted, environment)
    result = Result(prepared, wanted, outcome=decision.outcome)
    if needs_job(prepared, wanted, decision.outcome):
        result.job = job_rows.open_here(session, prepared)
    waves = planned if decision.keeps is keep_all else rewalk(session, prepared, decision, environment)
    record = Record(result.job.id if result.job else None, prepared.request.direct_type, is_careful=prepared.is_careful)
    leaves_marks, sent = wanted.stale >= threshold, set[tuple[int, Key]]()
    for wave in waves:
        if leaves_marks:
            behind.leave(wave.plan)
            sent |= behind.sent(wave)
        halving.apply(session, wave, record)
        result.applied.add(wave)
    check_names(session)
    if leaves_marks and decision.keeps is not None:
        behind.submit(session, prepared, sent)
    if result.job is not None:
        job_rows.close(session, result.job, prepared, result.wanted, result.applied, decision.outcome)
        for wave in planned:
            recording.record_left_out(session, result.job.id, wave.plan)
    return result


def _look(session: Session, prepared: Prepared, walk: Walk, wanted: Tally, *, size: int) -> list[Planned]:
    """The waves of a plan, as far as it is clear that it is small; what is only to be marked is looked at last, until
    it is many."""
    threshold, planned = prepared.options.background_threshold, list[Planned]()
    while wanted.total < threshold:
        if walk.is_done and wanted.stale < threshold:
            walk.take_up()
        if walk.is_done or (walk.is_marking and wanted.stale >= threshold):
            break
        planned.append(walk.next_wave(session, size=size))
        wanted.add(planned[-1])
        demand_current(prepared, planned[-1])
    return planned


def demand_current(prepared: Prepared, planned: Planned) -> None:
    """The details that the request names are read twice: to check it, then to plan. Somebody in between would be
    overwritten without the check; raises PlanOutdated."""
    named = {
        (target.string_id, target.dimension_id): target.version
        for target in prepared.targets.values()
        if target.item.detail_id
    }
    strings = {string_id for string_id, _dimension_id in named}
    seen = {
        item.string_id: item.version
        for item in prepared.request.items
        if item.kind == ItemKind.SEEN and item.index not in prepared.refused
    }
    for node in planned.nodes:
        if seen.get(node.id) not in (None, node.version):
            raise PlanOutdated
        for key, detail in node.details.items() if node.id in strings else ():
            if isinstance(key, int) and named.get((node.id, key), detail.version) != detail.version:
                raise PlanOutdated


def rewalk(session: Session, prepared: Prepared, decision: Decision, environment: Environment) -> Iterator[Planned]:
    """The waves of the updates that are kept; none where nothing is."""
    if decision.keeps is None:
        return iter(())
    return prepared.walk(decision.keeps).waves(session, size=environment.chunk_size)


def decide(session: Session, prepared: Prepared, wanted: Tally, environment: Environment) -> Decision:
    """What error handling makes of the failures in a plan. Mode stop plans again until what is kept succeeds."""
    indexes = [item.index for item in prepared.request.items]
    refused = prepared.refused
    match prepared.options.error_handling:
        case ErrorHandling.ROLLBACK:
            outcome = judge_rollback(indexes, refused=refused, left_out=wanted.left_out)
            return Decision(outcome, keep_all if outcome.status == "completed" else None)
        case ErrorHandling.STOP:
            stop = find_stop(refused, wanted.left_out)
            kept = wanted
            while stop is not None:
                kept = _planned(session, prepared, stop.keeps, environment)
                earlier = find_stop({}, kept.left_out)
                if earlier is None:
                    break
                stop = earlier
            outcome = judge_stop(indexes, stop=stop, applied=kept.processed > 0)
            return Decision(outcome, keep_all if stop is None else stop.keeps)
    outcome = judge_continue(indexes, refused=refused, left_out=wanted.left_out, applied=wanted.processed > 0)
    return Decision(outcome, keep_all)


def _planned(session: Session, prepared: Prepared, keeps: Callable[[int], bool], environment: Environment) -> Tally:
    tally = Tally()
    for planned in prepared.walk(keeps).waves(session, size=environment.chunk_size):
        tally.add(planned)
    return tally


def preview(session: Session, prepared: Prepared, environment: Environment) -> Tally:
    """The whole plan of a request, nothing written.

    Its waves have one size in every process, since a larger one sees more of what it does not change: a worker has to
    see what the confirm token saw.
    """
    plan_for_lookups(session)
    return _planned(session, prepared, keep_all, replace(environment, chunk_size=PREVIEW_SIZE))


def needs_job(prepared: Prepared, wanted: Tally, outcome: Outcome) -> bool:
    """No job where nothing changes and nothing fails; a batch always has one, the kill switch makes none."""
    if not prepared.request.is_single:
        return True
    if not prepared.options.regenerate:
        return bool(outcome.failed)
    if prepared.request.trigger == "detail_create" and wanted.processed == wanted.total:
        # A new detail that changes no name is told by its own row.
        return any(change.value != change.value_before for change in wanted.changes)
    return bool(wanted.total or outcome.failed)


def check_names(session: Session) -> None:
    """Looks at the names now instead of at the commit, where nobody could plan again."""
    session.execute(text("set constraints uq_strings_name immediate"))
    session.execute(text("set constraints uq_strings_name deferred"))


def failure_of_single(result: Result) -> Failure | None:
    """What stops a call for one string: its own check, or its own string."""
    if result.prepared.refused:
        return next(iter(result.prepared.refused.values()))
    return next((left.failure for left in result.wanted.left_out if left.own_updates), None)
