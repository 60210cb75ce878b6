"""What a row breaks of the rules that the API keeps, as errors of its fields: the one way from rules to refusals."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from services.validation.domain.rules import faulting
from services.validation.domain.rules.comparing import compares
from services.validation.domain.rules.definition import Enforce, Rule, Unique
from services.validation.domain.rules.expressions.columns import Setting
from services.validation.domain.rules.tables import TABLES
from services.validation.errors import Repeated
from services.validation.models import Base
from services.validation.models.registry import rules_of
from services.validation.operations.rule_sets.finding import about
from services.validation.operations.rule_sets.lists import with_lists
from services.validation.queries.constraints import relaxed
from services.validation.queries.integrity.scanning import broken_among
from shared.errors import AlreadyExists, FieldError, Invalid
from shared.locking import named_lock
from shared.patterns import compile_pattern
from shared.tenancy import tenant_of

Row = Mapping[str, Any]


def demand(
    session: Session,
    table: str,
    row: Row,
    *,
    changed: Collection[str] | None = None,
    sent: Collection[str] | None = None,
    also: Collection[FieldError] = (),
) -> None:
    """Raises Invalid with everything that the row breaks, one entry per field; `also` was found before. Rules that
    people have written for the API are kept as well; one of ours that was dropped to be scanned only is not.

    With `sent`, what follows from a fault in a sent field is not told beside it.
    """
    found: dict[str, FieldError] = {}
    broken = _still_kept(session, table, faults_of(table, row, changed=changed))
    for fault in [*also, *broken, *own_faults(session, table, row, changed)]:
        found.setdefault(fault.pointer, fault)
    faults = list(found.values())
    own = [fault for fault in faults if sent is None or _field(fault) in map(_name, sent)]
    refuse(own or faults)


def _still_kept(session: Session, table: str, faults: list[FieldError]) -> list[FieldError]:
    """Without those of rules that are scanned only; asked for where something is broken, so that it costs nobody else
    a statement."""
    if not faults:
        return faults
    dropped = {name for name, told in relaxed(session).items() if told.get("scan_only")}
    loose = {rule.id for rule in rules_of(table) if rule.constraint in dropped}
    return [fault for fault in faults if fault.code not in loose]


def keep(session: Session, row: Base, *, changed: Collection[str] | None = None) -> None:
    """Raises Invalid or AlreadyExists with what a row, as it was just stored, breaks of the tenant's own rules for the
    API."""
    table = row.__tablename__
    rules = own_rules(session, table)
    if rules:
        values = {name: getattr(row, name) for name in TABLES[table].fields}
        refuse(by_row(session, rules, [values], changed=changed)[0])


def own_rules(session: Session, table: str) -> list[Rule]:
    """The tenant's own rules for the API about a table."""
    sets = [with_lists(session, found) for found in about(session, table)]
    return [rule for each in sets for rule in each.rules if rule.enforce is Enforce.API]


def own_faults(session: Session, table: str, row: Row, changed: Collection[str] | None = None) -> list[FieldError]:
    """What the row breaks of the tenant's own rules for the API. What is not known of a new row is null."""
    rules = own_rules(session, table)
    return by_row(session, rules, [row], changed=changed)[0] if rules else []


def by_row(
    session: Session, rules: Sequence[Rule], rows: Sequence[Row], *, changed: Collection[str] | None = None
) -> list[list[FieldError]]:
    """What each of the rows breaks of these rules about its table. A statement for each rule that compares rows,
    whatever their number; who writes what such a rule wants to be unique does so one after the other."""
    table = rules[0].table
    whole = [{**dict.fromkeys(TABLES[table].fields), **row} for row in rows]
    found = [judged(rules, row, changed) for row in whole]
    comparing = [rule for rule in rules if compares(rule) and faulting.is_asked(rule, changed)]
    if any(isinstance(rule.body, Unique) for rule in comparing):
        named_lock(session, "own rules", tenant_of(session), table)
    for rule in comparing:
        kind = Repeated if isinstance(rule.body, Unique) else FieldError
        for place in broken_among(session, rule, whole):
            one = faulting.broken(rule, whole[place])
            found[place].append(kind(_pointer(one.field), one.rule, one.message))
    return found


def refuse(faults: Collection[FieldError]) -> None:
    """Raises Invalid with all of them, or AlreadyExists where all are about what is there already; one alone gives the
    whole answer its code."""
    errors = list(faults)
    if not errors:
        return
    code = errors[0].code if len(errors) == 1 else None
    if all(isinstance(error, Repeated) for error in errors):
        raise AlreadyExists(errors[0].detail, code=code, errors=errors)
    raise Invalid(errors[0].detail, code=code, errors=errors)


def faults_of(table: str, row: Row, *, changed: Collection[str] | None = None) -> list[FieldError]:
    """`row` has all columns that rules read. With `changed`, only rules that read one of these are judged."""
    return judged(rules_of(table), row, changed)


def judged(rules: Iterable[Rule], row: Row, changed: Collection[str] | None = None) -> list[FieldError]:
    """What the row breaks of these; it has all columns that they read."""
    setting = Setting(datetime.now(UTC).date(), compile_pattern)
    broken = faulting.faults_of(rules, row, setting, changed=changed)
    return [FieldError(_pointer(one.field), one.rule, one.message) for one in broken]


def fault_of(table: str | None, constraint: str | None) -> FieldError | None:
    """The rule that a constraint of the database keeps, for what got past the API; None if it is no rule."""
    for rule in rules_of(table or ""):
        if rule.constraint == constraint:
            return FieldError(_pointer(rule.fields[0] if rule.fields else ""), rule.id, _told(rule))
    return None


def range_rules(table: str) -> dict[str, str]:
    """By column, the rule that keeps it within limits."""
    return {rule.fields[0]: rule.id for rule in rules_of(table) if rule.kind == "range"}


def _told(rule: Rule) -> str:
    """Without the row there are no values to fill in."""
    return rule.title if "{" in rule.message else rule.message


def _field(fault: FieldError) -> str:
    """What the fault points at; nothing where it is about the whole row."""
    return fault.pointer.removeprefix("/").partition("/")[0]


def _pointer(column: str) -> str:
    return f"/{_name(column)}" if column else ""


def _name(column: str) -> str:
    """References have the bare name of their target in JSON."""
    return column.removesuffix("_id")
