"""Writes the row of a run that is asked for; who may change rows next."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.validation.domain.integrity.options import ALL, Mode, Options
from services.validation.domain.integrity.planning import Planned, plan, unknown
from services.validation.domain.rules.definition import RuleSet
from services.validation.errors import RunInProgress, UnknownRules
from services.validation.models import AuditEvent, Chronicle, IntegrityRun, Job
from services.validation.models.integrity import ACTIVE
from services.validation.models.registry import built_in
from shared import editing
from shared.auditing.models import EventType
from shared.auditing.writing import record
from shared.errors import FieldError, NotFound
from shared.jobs.operations import submit
from shared.locking import try_named_lock
from shared.tenancy import context_of, tenant_of

KIND: Final = "validation.integrity"
STATEMENT_SECONDS: Final = 900
CHANGING: Final = (Mode.FIX, Mode.UNDO)


def ask(session: Session, options: Options) -> IntegrityRun:
    """A run that waits to be carried out. Raises UnknownRules, UnknownReference, RunInProgress."""
    planned_of(options)
    editing.demand_reference(session, Chronicle, options.chronicle, "/chronicle")
    return enlist(session, options.mode, options.as_dict())


def ask_undo(session: Session, fix: IntegrityRun, *, rules: Sequence[str], dry_run: bool) -> IntegrityRun:
    """A run that will give back what that fix has changed. Raises RunInProgress."""
    return enlist(session, Mode.UNDO, {"run": str(fix.id), "rules": list(rules), "dry_run": dry_run})


def demand_rule(rule_set: str, rule: str) -> None:
    """Raises NotFound."""
    if rule_set not in built_in() or built_in()[rule_set].rule(rule) is None:
        raise NotFound("There is no such rule.")


def enlist(session: Session, mode: Mode, options: Mapping[str, Any]) -> IntegrityRun:
    if mode in CHANGING:
        demand_turn(session)
    run = IntegrityRun(
        tenant_id=tenant_of(session),
        id=uuid.uuid4(),
        mode=mode,
        options=dict(options),
        created_by=context_of(session).actor,
    )
    session.add(run)
    session.flush()
    session.refresh(run)
    record(
        session,
        AuditEvent,
        action="integrity_run.asked",
        entity_type="integrity_run",
        entity_id=run.id,
        event_type=EventType.CREATED,
        metadata={"mode": str(mode)},
    )
    return run


def submit_job(session: Session, run: IntegrityRun) -> Job:
    """The job that carries a run out; both have one id."""
    return submit(
        session,
        Job,
        id=run.id,
        kind=KIND,
        queue="validation_heavy",
        payload={"run_id": str(run.id)},
        statement_timeout_seconds=STATEMENT_SECONDS,
    )


def demand_turn(session: Session) -> None:
    """Raises RunInProgress. Runs whose process has died without a word are ended here."""
    if not try_named_lock(session, *turn(session)):
        raise RunInProgress
    changing = select(IntegrityRun.id).where(
        IntegrityRun.tenant_id == tenant_of(session),
        IntegrityRun.mode.in_(CHANGING),
        IntegrityRun.state.in_(ACTIVE),
    )
    waiting = set(session.scalars(changing))
    if not waiting:
        return
    jobs = select(Job.id).where(Job.tenant_id == tenant_of(session), Job.id.in_(waiting), Job.status.in_(ACTIVE))
    if set(session.scalars(jobs)):
        raise RunInProgress
    session.execute(
        update(IntegrityRun)
        .where(IntegrityRun.tenant_id == tenant_of(session), IntegrityRun.id.in_(waiting))
        .values(state="failed", exit_code=1)
    )


def turn(session: Session) -> tuple[object, ...]:
    """The name of the lock that whoever changes rows of this tenant holds to its end."""
    return "validation.integrity", tenant_of(session)


def sets_of(options: Options) -> list[RuleSet]:
    """Raises UnknownRules."""
    errors = [
        FieldError(f"/rule_sets/{place}", "unknown_rule_set", f"There is no rule set {name} about tables.")
        for place, name in enumerate(options.rule_sets)
        if name not in built_in()
    ]
    if errors:
        raise UnknownRules(errors)
    return [built_in()[name] for name in dict.fromkeys(options.rule_sets)]


def planned_of(options: Options) -> list[Planned]:
    """The rules of a run in their order. Raises UnknownRules."""
    sets = sets_of(options)
    errors = [
        FieldError(f"/{member}", "unknown_rule", f"There is no rule {name} in these sets.")
        for member, named in (("rules", options.rules), ("fix_rules", options.fix_rules))
        for name in unknown(sets, (name for name in named if name != ALL))
    ]
    if errors:
        raise UnknownRules(errors)
    return plan(sets, options)
