"""What a row of the service's own tables breaks, as an answer of the API has it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.validation.domain.rules.definition import Condition, Enforce, Rule, Severity
from services.validation.domain.rules.expressions.columns import Column, Setting, evaluate
from services.validation.domain.rules.messages import message_of, printed


@dataclass(frozen=True, slots=True)
class Broken:
    """`field` is the column to which the answer points; empty where the rule is about the row as a whole."""

    rule: str
    field: str
    message: str


def faults_of(
    rules: Iterable[Rule], row: Mapping[str, Any], setting: Setting, *, changed: Collection[str] | None = None
) -> list[Broken]:
    """What the row breaks of the rules that the API keeps, in their order. `row` has all fields that the rules read.

    With `changed`, only rules that read one of these fields are judged: what was wrong before and is not touched stops
    nobody. A rule that warns stops nobody either.
    """
    columns = {name: Column([value], value is None) for name, value in row.items()}
    kept = [rule for rule in rules if isinstance(rule.body, Condition) and is_asked(rule, changed)]
    return [broken(rule, row) for rule in kept if _is_broken(rule, columns, setting)]


def is_asked(rule: Rule, changed: Collection[str] | None) -> bool:
    """Whether the API keeps the rule, and it is about what is written."""
    is_kept = rule.enforce in (Enforce.API, Enforce.DATABASE) and rule.severity is Severity.ERROR
    return is_kept and (changed is None or not set(changed).isdisjoint(rule.reads))


def broken(rule: Rule, row: Mapping[str, Any]) -> Broken:
    """Points to the first field of the rule; what several share is told together."""
    name = rule.fields[0] if rule.fields else ""
    value = row.get(name) if len(rule.fields) < 2 else ", ".join(printed(row.get(each)) for each in rule.fields)
    return Broken(rule.id, name, message_of(rule)(value, row.get))


def _is_broken(rule: Rule, columns: Mapping[str, Column], setting: Setting) -> bool:
    assert rule.holds is not None
    return evaluate(rule.holds, columns, setting).values[0] is False
