"""The built-in rule sets, read from their definitions once per process."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from services.validation.definitions import texts
from services.validation.definitions.documents import read
from services.validation.domain.rules.constraints import Constraint, constraints
from services.validation.domain.rules.definition import Rule, RuleSet
from services.validation.domain.rules.reading import read_rule_set
from shared.patterns import InvalidPattern, compile_pattern


@cache
def built_in() -> Mapping[str, RuleSet]:
    """By name. Raises InvalidDocument and InvalidRuleSet: a service whose own rules cannot be read does not start."""
    sets = [read_rule_set(read(text).data, pattern_problem=pattern_problem, built_in=True) for text in texts().values()]
    return MappingProxyType({rule_set.name: rule_set for rule_set in sets})


@cache
def rules_of(table: str) -> tuple[Rule, ...]:
    """What the built-in sets say of a table, in the order of their checks."""
    return tuple(rule for rule_set in built_in().values() for rule in rule_set.rules if rule.table == table)


@cache
def enforced() -> tuple[Constraint, ...]:
    """The constraints that the rules become."""
    return tuple(constraints(rule for rule_set in built_in().values() for rule in rule_set.rules))


def pattern_problem(form: str) -> str | None:
    """What is wrong with a pattern of an expression."""
    try:
        compile_pattern(form)
    except InvalidPattern as reason:
        return str(reason)
    return None
