"""Mends what fails, check by check, each in a transaction of its own."""

import uuid
from collections.abc import Sequence

from sqlalchemy import case, column, func, null, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.validation.domain.integrity.options import Options
from services.validation.domain.integrity.outcome import Sample, Tally
from services.validation.domain.integrity.planning import Planned
from services.validation.domain.rules.definition import Rule, Unique
from services.validation.domain.rules.tables import TABLES
from services.validation.models import AuditEvent, BeforeImage
from services.validation.queries.integrity import mending
from shared.auditing.models import EventType
from shared.auditing.writing import Entry, write_rows
from shared.tenancy import context_of, tenant_of

# Every table that a rule may be about, and whose rows a fix may take away.
ENTITIES = {name: name.removesuffix("s") for name in (*TABLES, "scene_participants")}


def mend_check(
    session: Session, run_id: uuid.UUID, check: Sequence[Planned], following: Sequence[Planned], options: Options
) -> None:
    """Mends one check, with before-images, audit rows and history rows, in this transaction. `following` are the rules
    of later checks: a row that breaks those as well is mended for them in the same step."""
    session.flush()
    now = mending.assigning(check)
    for table in dict.fromkeys(rule.table for rule in now):
        mine = [rule for rule in now if rule.table == table]
        later = [rule for rule in mending.assigning(following) if rule.table == table]
        mending.mend_values(session, run_id, mine, mine + later, options)
    for each in check:
        _mend_otherwise(session, run_id, each.rule, options)
    mending.add_status_history(session, run_id, context_of(session).actor, f"integrity run {run_id}")
    for table in dict.fromkeys(_changed_table(each.rule) for each in check):
        audit(session, run_id, table)


def _changed_table(rule: Rule) -> str:
    return "scene_participants" if rule.fix is not None and rule.fix.kind == "detach" else rule.table


def _mend_otherwise(session: Session, run_id: uuid.UUID, rule: Rule, options: Options) -> None:
    kind = rule.fix.kind if rule.fix else ""
    if kind == "project":
        mending.mend_projections(session, run_id, rule, options)
    elif kind == "keep_oldest":
        mending.delete_repeated(session, run_id, rule, options)
    elif kind == "detach":
        mending.detach(session, run_id, rule, options)


def audit(session: Session, run_id: uuid.UUID, table: str, verb: str = "fixed") -> None:
    """One row for each row of the table that this transaction has changed or deleted."""
    entity = ENTITIES[table]
    each = func.jsonb_each(BeforeImage.old).table_valued("key", column("value", JSONB)).render_derived().lateral()
    new = BeforeImage.new[each.c.key]
    change = func.jsonb_object_agg(each.c.key, func.jsonb_build_array(each.c.value, new))
    rows = (
        select(
            BeforeImage.row_id.label("row_id"),
            case((func.bool_or(BeforeImage.new.is_(None)), null()), else_=change).cast(JSONB).label("changes"),
        )
        .join(each, true())
        .where(
            BeforeImage.tenant_id == tenant_of(session),
            BeforeImage.run_id == run_id,
            BeforeImage.created_at == func.now(),
            BeforeImage.table_name == table,
            BeforeImage.new.is_(None) | each.c.value.is_distinct_from(new),
        )
        .group_by(BeforeImage.row_id)
        .subquery()
    )
    entry = Entry(f"{entity}.{verb}", entity, event_type=EventType.UPDATED, metadata={"run": str(run_id)})
    write_rows(session, AuditEvent, entry, source=rows, entity_id=rows.c.row_id, changes=rows.c.changes)


def sampled(session: Session, planned: Sequence[Planned], tallies: dict[int, Tally], options: Options) -> None:
    """Adds to the examples of a fix what they become."""
    by_table: dict[str, list[Planned]] = {}
    for each in planned:
        if each.rule.fix is not None and options.mends(each.rule.id):
            by_table.setdefault(each.rule.table, []).append(each)
    for rules in by_table.values():
        ids = {one.row_id for each in rules for one in tallies[each.position].samples if one.row_id is not None}
        new = mending.fixed_values(session, [each.rule for each in rules], sorted(ids), options) if ids else {}
        for each in rules:
            tally = tallies[each.position]
            tally.samples = [_with_fix(sample, each, new) for sample in tally.samples]


def _with_fix(sample: Sample, each: Planned, new: dict[tuple[str, int], object]) -> Sample:
    key = (each.field or "", sample.row_id or 0)
    if key not in new and not isinstance(each.rule.body, Unique):
        return sample
    return Sample(sample.row_id, sample.name, sample.field, sample.value, True, new.get(key))
