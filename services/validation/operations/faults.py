"""What a row breaks of the rules that the API keeps, as errors of its fields: the one way from rules to refusals."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from services.validation.domain.rules import faulting
from services.validation.domain.rules.definition import Enforce, Rule
from services.validation.domain.rules.expressions.columns import Setting
from services.validation.domain.rules.tables import TABLES
from services.validation.models import Base
from services.validation.models.registry import rules_of
from services.validation.operations.rule_sets.finding import about
from services.validation.queries.constraints import relaxed
from shared.errors import FieldError, Invalid
from shared.patterns import compile_pattern

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
    """Raises Invalid with what a row, as it was just stored, breaks of the tenant's own rules for the API."""
    table = row.__tablename__
    rules = own_rules(session, table)
    if rules:
        refuse(judged(rules, {name: getattr(row, name) for name in TABLES[table].fields}, changed))


def own_rules(session: Session, table: str) -> list[Rule]:
    """The tenant's own rules for the API about a table."""
    return [rule for found in about(session, table) for rule in found.rules.rules if rule.enforce is Enforce.API]


def own_faults(session: Session, table: str, row: Row, changed: Collection[str] | None = None) -> list[FieldError]:
    """What the row breaks of the tenant's own rules for the API. What is not known of a new row is null."""
    rules = own_rules(session, table)
    return judged(rules, {**dict.fromkeys(TABLES[table].fields), **row}, changed) if rules else []


def refuse(faults: Collection[FieldError]) -> None:
    """Raises Invalid with all of them; one alone gives the whole answer its code."""
    if faults:
        errors = list(faults)
        code = errors[0].code if len(errors) == 1 else None
        raise Invalid(errors[0].detail, code=code, errors=errors)


def faults_of(table: str, row: Row, *, changed: Collection[str] | None = None) -> list[FieldError]:
    """`row` has all columns that rules read. With `changed`, only rules that read one of these are judged."""
    return judged(rules_of(table), row, changed)


def judged(rules: Iterable[Rule], row: Row, changed: Collection[str] | None = None) -> list[FieldError]:
    """What the row breaks of these; it has all columns that they read."""
    setting = Setting(datetime.now(UTC).date(), compile_pattern)
    broken = faulting.faults_of(rules, row, setting, changed=changed)
    return [FieldError(f"/{_name(one.field)}" if one.field else "", one.rule, one.message) for one in broken]


def fault_of(table: str | None, constraint: str | None) -> FieldError | None:
    """The rule that a constraint of the database keeps, for what got past the API; None if it is no rule."""
    for rule in rules_of(table or ""):
        if rule.constraint == constraint:
            return FieldError(f"/{_name(rule.fields[0])}" if rule.fields else "", rule.id, _told(rule))
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


def _name(column: str) -> str:
    """References have the bare name of their target in JSON."""
    return column.removesuffix("_id")
