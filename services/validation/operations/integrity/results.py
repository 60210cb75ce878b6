"""Stores what a run has found so far, and ends it."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.validation.domain.integrity.options import Options
from services.validation.domain.integrity.outcome import Outcome, Sample, Status, Tally, exit_code, totals
from services.validation.domain.integrity.planning import Planned
from services.validation.domain.rules.definition import Enforce
from services.validation.models import AuditEvent, IntegrityFinding, IntegrityResult, IntegrityRun
from services.validation.queries.constraints import states
from services.validation.queries.integrity.storing import store
from shared.auditing.models import EventType
from shared.auditing.writing import record
from shared.tenancy import tenant_of


def begin(run: IntegrityRun) -> None:
    run.state, run.exit_code, run.finished_at = "running", None, None
    run.started_at = run.started_at or now()


def keep_samples(
    session: Session, run: IntegrityRun, outcomes: Sequence[Outcome], tallies: Mapping[int, Tally]
) -> None:
    """Failing rows that the first scan has found; the same run may come by a second time."""
    of_run = (IntegrityFinding.tenant_id == tenant_of(session), IntegrityFinding.run_id == run.id)
    session.execute(delete(IntegrityFinding).where(*of_run))
    rows = [
        _finding(session, run.id, outcome.planned, sample)
        for outcome in outcomes
        for sample in tallies[outcome.planned.position].samples
    ]
    store(session, IntegrityFinding, rows)


def _finding(session: Session, run_id: uuid.UUID, planned: Planned, sample: Sample) -> dict[str, Any]:
    told = {"value": sample.value} | ({"fixed_value": sample.fixed_value} if sample.has_fix else {})
    return {
        "tenant_id": str(tenant_of(session)),
        "run_id": str(run_id),
        "rule_set": planned.rule_set,
        "rule": planned.rule.id,
        "table_name": planned.rule.table,
        "row_id": sample.row_id,
        "name": sample.name,
        "field": sample.field,
        "told": told,
    }


def keep(session: Session, run: IntegrityRun, outcomes: Sequence[Outcome]) -> None:
    """The results, instead of those that were stored before."""
    session.execute(
        delete(IntegrityResult).where(IntegrityResult.tenant_id == tenant_of(session), IntegrityResult.run_id == run.id)
    )
    named = [each.planned.rule for each in outcomes if each.planned.rule.enforce is Enforce.DATABASE]
    present = states(session, [rule.constraint for rule in named])
    store(session, IntegrityResult, [_result(session, run.id, outcome, present) for outcome in outcomes])
    run.totals = dict(totals(outcomes))


def _result(session: Session, run_id: uuid.UUID, outcome: Outcome, present: Mapping[str, str]) -> dict[str, Any]:
    planned, rule = outcome.planned, outcome.planned.rule
    state = present.get(rule.constraint)
    return {
        "tenant_id": str(tenant_of(session)),
        "run_id": str(run_id),
        "rule_set": planned.rule_set,
        "rule": rule.id,
        "table_name": rule.table,
        "position": planned.position,
        "check": planned.check,
        "title": rule.title,
        "severity": str(rule.severity),
        "kind": rule.kind,
        "field": ", ".join(rule.fields) or None,
        "found": outcome.found,
        "fixed": outcome.fixed,
        "changed_rows": outcome.changed_rows,
        "remaining": outcome.remaining,
        "fixable": outcome.fixable,
        "status": str(outcome.status),
        "constraint_name": rule.constraint if state is not None else None,
        "constraint_state": state,
    }


def found_before(session: Session, run: IntegrityRun) -> dict[int, int]:
    """What the first scan of this run had found, by position, if it got that far."""
    of_run = (IntegrityResult.tenant_id == tenant_of(session), IntegrityResult.run_id == run.id)
    rows = session.execute(select(IntegrityResult.position, IntegrityResult.found).where(*of_run))
    return dict(rows.all())


def end(session: Session, run: IntegrityRun, outcomes: Sequence[Outcome], options: Options) -> None:
    keep(session, run, outcomes)
    run.exit_code = exit_code(totals(outcomes), strict=options.strict)
    run.state = "failed" if any(each.failure is Status.ERROR for each in outcomes) else "completed"
    run.finished_at = now()
    session.flush()
    record(
        session,
        AuditEvent,
        action="integrity_run.ended",
        entity_type="integrity_run",
        entity_id=run.id,
        event_type=EventType.UPDATED,
        metadata={"mode": run.mode, "state": run.state, "totals": run.totals},
    )


def fail(run: IntegrityRun) -> None:
    """A run that could not be carried out."""
    run.state, run.exit_code, run.finished_at = "failed", 1, now()


def now() -> datetime:
    return datetime.now(UTC)
