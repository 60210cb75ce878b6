"""What a row breaks of the rules that the API keeps, as errors of its fields: the one way from rules to refusals."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from services.validation.domain.rules import faulting
from services.validation.domain.rules.definition import Rule
from services.validation.domain.rules.expressions.columns import Setting
from services.validation.models.registry import rules_of
from shared.errors import FieldError, Invalid
from shared.patterns import compile_pattern

Row = Mapping[str, Any]


def demand(
    table: str,
    row: Row,
    *,
    changed: Collection[str] | None = None,
    sent: Collection[str] | None = None,
    also: Collection[FieldError] = (),
) -> None:
    """Raises Invalid with everything that the row breaks, one entry per field; `also` was found before.

    With `sent`, what follows from a fault in a sent field is not told beside it.
    """
    found: dict[str, FieldError] = {}
    for fault in [*also, *faults_of(table, row, changed=changed)]:
        found.setdefault(fault.pointer, fault)
    faults = list(found.values())
    own = [fault for fault in faults if sent is None or fault.pointer.split("/")[1] in map(_name, sent)]
    refuse(own or faults)


def refuse(faults: Collection[FieldError]) -> None:
    """Raises Invalid with all of them; one alone gives the whole answer its code."""
    if faults:
        errors = list(faults)
        code = errors[0].code if len(errors) == 1 else None
        raise Invalid(errors[0].detail, code=code, errors=errors)


def faults_of(table: str, row: Row, *, changed: Collection[str] | None = None) -> list[FieldError]:
    """`row` has all columns that rules read. With `changed`, only rules that read one of these are judged."""
    setting = Setting(datetime.now(UTC).date(), compile_pattern)
    broken = faulting.faults_of(rules_of(table), row, setting, changed=changed)
    return [FieldError(f"/{_name(one.field)}", one.rule, one.message) for one in broken]


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


def _name(column: str) -> str:
    """References have the bare name of their target in JSON."""
    return column.removesuffix("_id")
