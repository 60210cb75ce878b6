"""The built-in sets, and copies of them with something changed."""

from collections.abc import Callable
from functools import cache

from services.validation.definitions import texts
from services.validation.definitions.documents import read
from services.validation.domain.rules.definition import Rule, RuleSet
from services.validation.domain.rules.reading import read_rule_set
from shared.patterns import InvalidPattern, compile_pattern

Change = Callable[[str], str]


def pattern_problem(form: str) -> str | None:
    try:
        compile_pattern(form)
    except InvalidPattern as reason:
        return str(reason)
    return None


@cache
def shipped(name: str) -> RuleSet:
    return changed(name, lambda text: text)


def changed(name: str, change: Change) -> RuleSet:
    return read_rule_set(read(change(texts()[name])).data, pattern_problem=pattern_problem, built_in=True)


def all_rules() -> list[Rule]:
    return [rule for name in texts() for rule in shipped(name).rules]
