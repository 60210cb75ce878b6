"""Writes the row of a run that is asked for; who may change rows next."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.validation.domain.integrity.options import Mode, Options
from services.validation.errors import RunInProgress
from services.validation.models import AuditEvent, Chronicle, IntegrityRun, Job
from services.validation.models.integrity import ACTIVE
from services.validation.operations.integrity.choosing import planned_from, sets_of, versions_of
from shared import editing
from shared.auditing.models import EventType
from shared.auditing.writing import record
from shared.jobs.operations import submit
from shared.locking import try_named_lock
from shared.tenancy import context_of, tenant_of

KIND: Final = "validation.integrity"
STATEMENT_SECONDS: Final = 900
CHANGING: Final = (Mode.FIX, Mode.UNDO)


def ask(session: Session, options: Options) -> IntegrityRun:
    """A run that waits to be carried out. Raises UnknownRules, UnknownReference, RunInProgress."""
    found = sets_of(session, options.rule_sets)
    planned = planned_from(session, found, options)
    editing.demand_reference(session, Chronicle, options.chronicle, "/chronicle")
    return enlist(session, options.mode, options.as_dict(), versions_of(found, planned))


def ask_undo(session: Session, fix: IntegrityRun, *, rules: Sequence[str], dry_run: bool) -> IntegrityRun:
    """A run that will give back what that fix has changed. Raises RunInProgress."""
    return enlist(session, Mode.UNDO, {"run": str(fix.id), "rules": list(rules), "dry_run": dry_run})


def enlist(
    session: Session, mode: Mode, options: Mapping[str, Any], rule_sets: Sequence[Mapping[str, Any]] = ()
) -> IntegrityRun:
    """`rule_sets` are names with the versions that the run stays on."""
    if mode in CHANGING:
        demand_turn(session)
    run = IntegrityRun(
        tenant_id=tenant_of(session),
        id=uuid.uuid4(),
        mode=mode,
        options=dict(options),
        rule_sets=list(rule_sets),
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
