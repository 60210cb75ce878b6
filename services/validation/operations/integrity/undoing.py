"""Takes a fix back, row by row where nobody has changed the row since."""

import uuid
from typing import Any

from sqlalchemy.orm import Session

from services.validation.domain.integrity.options import Mode
from services.validation.domain.rules.definition import Rule
from services.validation.errors import NothingToUndo
from services.validation.models import AuditEvent, IntegrityRun
from services.validation.models.integrity import ACTIVE
from services.validation.models.registry import rules_of
from services.validation.operations.integrity import results
from services.validation.operations.integrity.fixing import ENTITIES
from services.validation.operations.integrity.steps import Steps
from services.validation.queries.constraints import states
from services.validation.queries.integrity import restoring
from shared.auditing.models import EventType
from shared.auditing.writing import Entry, record_many
from shared.errors import NotFound
from shared.tenancy import context_of, tenant_of

# Why a row is not given back.
REASONS = ("changed_since", "constraint")


def fix_of(session: Session, run_id: uuid.UUID) -> IntegrityRun:
    """The run that is to be undone. Raises NotFound, NothingToUndo."""
    row = session.get(IntegrityRun, (tenant_of(session), run_id))
    if row is None:
        raise NotFound("There is no such run.")
    if row.mode != Mode.FIX or row.state in ACTIVE:
        raise NothingToUndo
    return row


def undo(steps: Steps, run_id: uuid.UUID) -> None:
    """One transaction; a dry run of it is rolled back."""
    with steps.step() as session:
        row = session.get_one(IntegrityRun, (tenant_of(session), run_id))
        results.begin(row)
        options = row.options
    fixed, rules = uuid.UUID(options["run"]), list(options["rules"])
    with steps.step() as session:
        told = look_or_restore(session, fixed, rules, dry_run=options["dry_run"])
        row = session.get_one(IntegrityRun, (tenant_of(session), run_id))
        row.info = told
        left = sum(len(told[reason]) for reason in REASONS)
        row.totals = {"restored": told["restored"], "left": left}
        row.state, row.exit_code = "completed", 0 if not left else 3
        row.finished_at = results.now()


def look_or_restore(session: Session, run_id: uuid.UUID, rules: list[str], *, dry_run: bool) -> dict[str, Any]:
    if not dry_run:
        return _restore(session, run_id, rules)
    attempt = session.begin_nested()
    told = _restore(session, run_id, rules)
    attempt.rollback()
    return told


def _restore(session: Session, run_id: uuid.UUID, rules: list[str]) -> dict[str, Any]:
    """How many rows were given back, and those that were not, by reason."""
    session.flush()
    restored = set[tuple[str, int]]()
    for table, fields in restoring.changed_fields(session, run_id, rules).items():
        values = restoring.restore_values(session, run_id, rules, table, fields, _kept(session, table))
        restored |= _given_back(session, run_id, rules, table, values)
    for table in restoring.deleted_tables(session, run_id, rules):
        deleted = restoring.restore_deleted(session, run_id, rules, table)
        restored |= _given_back(session, run_id, rules, table, deleted)
    balances = restoring.restore_balances(session, run_id, rules, _kept(session, "characters"))
    restored |= _given_back(session, run_id, rules, "characters", balances, balances=True)
    told: dict[str, list[dict[str, Any]]] = {reason: [] for reason in REASONS}
    for row in restoring.left_over(session, run_id, rules):
        told[row.pop("reason")].append(row)
    return {"restored": len(restored), **told}


def _kept(session: Session, table: str) -> list[Rule]:
    """The rules of a table whose constraints are there."""
    named = [rule for rule in rules_of(table) if rule.enforce == "database"]
    present = states(session, [rule.constraint for rule in named])
    return [rule for rule in named if present[rule.constraint] != "absent"]


def _given_back(
    session: Session, run_id: uuid.UUID, rules: list[str], table: str, ids: list[int], *, balances: bool = False
) -> set[tuple[str, int]]:
    if not ids:
        return set()
    restoring.mark_undone(session, run_id, rules, table, ids, balances=balances)
    if table == "characters" and not balances:
        restoring.add_status_history(session, run_id, ids, actor=context_of(session).actor)
    entity = ENTITIES[table]
    told = [
        Entry(f"{entity}.restored", entity, one, event_type=EventType.UPDATED, metadata={"run": str(run_id)})
        for one in ids
    ]
    record_many(session, AuditEvent, told)
    return {(table, one) for one in ids}
