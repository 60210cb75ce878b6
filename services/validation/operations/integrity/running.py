"""Carries a run out: scan, mend check by check, scan again. It may be begun again after any of its steps."""

import uuid
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services.validation.domain.integrity.options import Mode, Options
from services.validation.domain.integrity.outcome import Outcome, Status
from services.validation.domain.integrity.planning import Planned, checks_to_mend
from services.validation.domain.rules.definition import Severity
from services.validation.errors import PlanStale, RunInProgress
from services.validation.models import IntegrityRun
from services.validation.operations.integrity import fixing, quarantine, results
from services.validation.operations.integrity.asking import turn
from services.validation.operations.integrity.choosing import planned_of
from services.validation.operations.integrity.steps import Steps
from services.validation.operations.integrity.undoing import undo
from services.validation.queries.integrity.mending import changed_rows, digest
from services.validation.queries.integrity.scanning import Tallies, scan_all, scene_numbers
from shared.locking import try_named_lock
from shared.tenancy import tenant_of

log = structlog.get_logger(__name__)


def carry_out(steps: Steps, run_id: uuid.UUID) -> None:
    """Does a run that was asked for, to its end. Raises RunInProgress, PlanStale; these and whatever else stops it
    leave it failed."""
    try:
        with steps.step() as session:
            mode = Mode(_row(session, run_id).mode)
        if mode in (Mode.CHECK, Mode.DRY_RUN):
            _look(steps, run_id)
            return
        with steps.db.transaction(steps.context) as holder:
            # Held by a connection that does nothing else: the turn ends with this process, however that ends.
            if not try_named_lock(holder, *turn(holder)):
                raise RunInProgress
            if mode is Mode.UNDO:
                undo(steps, run_id)
            else:
                _fix(steps, run_id)
    except (RunInProgress, PlanStale):
        with steps.step() as session:
            results.fail(_row(session, run_id))
        raise


def _row(session: Session, run_id: uuid.UUID) -> IntegrityRun:
    return session.get_one(IntegrityRun, (tenant_of(session), run_id))


def _begin(steps: Steps, run_id: uuid.UUID) -> tuple[list[Planned], Options]:
    with steps.step() as session:
        row = _row(session, run_id)
        options = Options.of(row.options)
        planned = planned_of(session, options, {each["name"]: each["version"] for each in row.rule_sets})
        results.begin(row)
    return planned, options


def _scanned(steps: Steps, planned: list[Planned], options: Options) -> tuple[Tallies, dict[str, Any], str | None]:
    """Tallies, the numbers of scenes and, of a dry run, what stands for all that it shows; from one snapshot."""
    with steps.reading() as session:
        tallies = scan_all(session, planned, options)
        numbers: dict[str, Any] = {}
        for each in planned:
            if each.rule.severity is Severity.INFO:
                numbers |= scene_numbers(session, each.rule, options)
        checks = checks_to_mend(planned, options)
        if checks:
            fixing.sampled(session, planned, tallies, options)
        shown = digest(session, checks, options) if options.mode is Mode.DRY_RUN or options.plan else None
    return tallies, numbers, shown


def _outcomes(planned: list[Planned], found: dict[int, int]) -> list[Outcome]:
    return [
        Outcome(each, found.get(each.position, 0), found.get(each.position, 0), fixable=each.rule.fix is not None)
        for each in planned
    ]


def _look(steps: Steps, run_id: uuid.UUID) -> None:
    planned, options = _begin(steps, run_id)
    tallies, numbers, shown = _scanned(steps, planned, options)
    outcomes = _outcomes(planned, {position: tally.found for position, tally in tallies.items()})
    with steps.step() as session:
        row = _row(session, run_id)
        row.info, row.digest = numbers, shown
        results.keep_samples(session, row, outcomes, tallies)
        if options.mode is Mode.CHECK:
            quarantine.renew(session, run_id, planned, options)
        results.end(session, row, outcomes, options)


def _fix(steps: Steps, run_id: uuid.UUID) -> None:
    planned, options = _begin(steps, run_id)
    outcomes = _first_look(steps, run_id, planned, options)
    _mend(steps, run_id, outcomes, options)
    tallies, numbers, _digest = _scanned(steps, planned, options)
    with steps.step() as session:
        row = _row(session, run_id)
        changed = changed_rows(session, run_id)
        for outcome in outcomes:
            outcome.remaining = tallies[outcome.planned.position].found
            outcome.changed_rows = changed.get(outcome.planned.rule.id, 0)
        row.info = numbers
        quarantine.renew(session, run_id, planned, options)
        results.end(session, row, outcomes, options)


def _first_look(steps: Steps, run_id: uuid.UUID, planned: list[Planned], options: Options) -> list[Outcome]:
    """Raises PlanStale. A run that was interrupted knows already what it had found."""
    with steps.step() as session:
        known = results.found_before(session, _row(session, run_id))
    if known:
        return _outcomes(planned, known)
    tallies, _numbers, shown = _scanned(steps, planned, options)
    outcomes = _outcomes(planned, {position: tally.found for position, tally in tallies.items()})
    with steps.step() as session:
        if options.plan is not None and shown != _row(session, uuid.UUID(options.plan)).digest:
            raise PlanStale
        results.keep_samples(session, _row(session, run_id), outcomes, tallies)
        results.keep(session, _row(session, run_id), outcomes)
    return outcomes


def _mend(steps: Steps, run_id: uuid.UUID, outcomes: list[Outcome], options: Options) -> None:
    """Each check in a transaction of its own; one that fails leaves those after it alone."""
    checks = checks_to_mend([outcome.planned for outcome in outcomes], options)
    by_position = {outcome.planned.position: outcome for outcome in outcomes}
    failure: Status | None = None
    for place, check in enumerate(checks):
        if failure is None:
            following = [each for later in checks[place + 1 :] for each in later]
            try:
                with steps.step() as session:
                    fixing.mend_check(session, run_id, check, following, options)
                continue
            except DBAPIError as error:
                if _is_away(error):
                    raise
                log.exception("integrity_check_failed", check=check[0].check)
                failure = Status.ERROR
        for each in check:
            by_position[each.position].failure = failure
        failure = Status.NOT_RUN


def _is_away(error: DBAPIError) -> bool:
    """The database itself, rather than what this check wanted of it."""
    return error.connection_invalidated
