"""Each built-in rule: which value it wants in the configuration, and which values of a field pass."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal
from typing import Any, Protocol

from services.sync.domain.filters.conditions import Condition, Operator
from services.sync.domain.filters.evaluating import COMPARE, test_of
from services.sync.domain.filters.reading import read_scalar
from services.sync.domain.transform.types.emails import is_email

Test = Callable[[Any], bool]
# Whether no value of a whole column can break the rule; False leaves that open.
Clears = Callable[[list[Any]], bool]


class RuleRefused(ValueError):
    """A rule cannot be made of what the configuration says; the message is for who writes it."""


class Patterns(Protocol):
    """Compiles a pattern to a test of the whole text, in time linear in it. Raises ValueError."""

    def __call__(self, pattern: str) -> Test: ...


@dataclass(frozen=True, slots=True)
class Rule:
    """`make` gets the configured value and the patterns; `text` is the message, with {value} for the configured one.
    `clears` gets the configured value, where a column can be cleared faster than value by value."""

    name: str
    make: Callable[[Any, Patterns], Test]
    text: str
    needs_value: bool = True
    clears: Callable[[Any], Clears] | None = None


def _compared(operator: Operator) -> Callable[[Any, Patterns], Test]:
    def make(value: Any, _patterns: Patterns) -> Test:
        if value is None or isinstance(value, bool | list | Mapping):
            raise RuleRefused("The value is a number, a date or a text.")
        return test_of(Condition("", operator, read_scalar(value)), zone=UTC)

    return make


def _equals(value: Any, _patterns: Patterns) -> Test:
    if value is None or isinstance(value, list | Mapping):
        raise RuleRefused("The value is one value.")
    return test_of(Condition("", "eq", read_scalar(value)), zone=UTC)


def _between(value: Any, patterns: Patterns) -> Test:
    if not isinstance(value, list) or len(value) != 2:
        raise RuleRefused("The value is a list of the lowest and the highest.")
    low, high = _compared("gte")(value[0], patterns), _compared("lte")(value[1], patterns)
    return lambda found: low(found) and high(found)


def _one_of(value: Any, patterns: Patterns) -> Test:
    if not isinstance(value, list) or not value:
        raise RuleRefused("The value is a list of what is allowed.")
    tests = [_equals(each, patterns) for each in value]
    return lambda found: any(test(found) for test in tests)


def _length(compare: Callable[[int, int], bool]) -> Callable[[Any, Patterns], Test]:
    def make(value: Any, _patterns: Patterns) -> Test:
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise RuleRefused("The value is a whole number from 0.")
        return lambda found: compare(len(found if isinstance(found, str | list) else str(found)), value)

    return make


def _regex(value: Any, patterns: Patterns) -> Test:
    if not isinstance(value, str):
        raise RuleRefused("The value is a pattern.")
    try:
        matches = patterns(value)
    except ValueError as wrong:
        raise RuleRefused(str(wrong)) from None
    return lambda found: matches(found if isinstance(found, str) else str(found))


def _day(operator: Operator) -> Callable[[Any, Patterns], Test]:
    def make(value: Any, _patterns: Patterns) -> Test:
        bound = read_scalar(value)
        if not isinstance(bound, date):
            raise RuleRefused("The value is a date such as 2026-01-31.")
        return test_of(Condition("", operator, bound), zone=UTC)

    return make


def _not_empty(_value: Any, _patterns: Patterns) -> Test:
    return lambda found: found.strip() != "" if isinstance(found, str) else found is not None and found not in ([], {})


def _email(_value: Any, _patterns: Patterns) -> Test:
    return lambda found: isinstance(found, str) and is_email(found)


# Columns at once


def _clears_numbers(*operators: Operator) -> Callable[[Any], Clears]:
    """For a column of exact numbers: its least or greatest tells of all."""

    def make(value: Any) -> Clears:
        bounds = [read_scalar(each) for each in (value if isinstance(value, list) else [value])]
        ends = [(min if operator in ("gt", "gte") else max, COMPARE[operator]) for operator in operators]

        def clears(values: list[Any]) -> bool:
            given = [found for found in values if found is not None]
            if not set(map(type, given)) <= _EXACT or not set(map(type, bounds)) <= _EXACT:
                return False
            try:
                return not given or all(
                    compare(end(given), bound) for (end, compare), bound in zip(ends, bounds, strict=True)
                )
            except ArithmeticError:  # not a number
                return False

        return clears

    return make


_EXACT = frozenset({int, Decimal})


def _clears_texts(_value: Any) -> Clears:
    return lambda values: set(map(type, values)) == {str} and all(map(str.strip, values))


RULES = {
    rule.name: rule
    for rule in (
        Rule("not_empty", _not_empty, "must not be empty", needs_value=False, clears=_clears_texts),
        Rule("greater_than", _compared("gt"), "must be greater than {value}", clears=_clears_numbers("gt")),
        Rule("at_least", _compared("gte"), "must be at least {value}", clears=_clears_numbers("gte")),
        Rule("less_than", _compared("lt"), "must be less than {value}", clears=_clears_numbers("lt")),
        Rule("at_most", _compared("lte"), "must be at most {value}", clears=_clears_numbers("lte")),
        Rule("equals", _equals, "must be {value}"),
        Rule("between", _between, "must lie between {value}", clears=_clears_numbers("gte", "lte")),
        Rule("one_of", _one_of, "must be one of {value}"),
        Rule("min_length", _length(lambda length, limit: length >= limit), "must have at least {value} characters"),
        Rule("max_length", _length(lambda length, limit: length <= limit), "must have at most {value} characters"),
        Rule("regex", _regex, "must match {value}"),
        Rule("date_not_before", _day("gte"), "must not be before {value}"),
        Rule("date_not_after", _day("lte"), "must not be after {value}"),
        Rule("email", _email, "must be an e-mail address", needs_value=False),
    )
}
# Looks at more than one row, so it is no test of a value.
UNIQUE = "unique"
BUILT_IN = frozenset({*RULES, UNIQUE})


def said(rule: Rule, value: Any) -> str:
    shown = " and ".join(map(str, value)) if rule.name == "between" else value
    shown = ", ".join(map(str, shown)) if isinstance(shown, list) else shown
    return rule.text.format(value=format(shown, "f") if isinstance(shown, Decimal) else shown)
