"""From `validate.rules` to compiled checks, or to everything that is wrong with them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from typing import Any

from services.sync.domain.checks.rules import RULES, UNIQUE, Clears, Patterns, RuleRefused, Test, said
from services.sync.domain.components import Component
from services.sync.domain.findings import Finding
from services.sync.domain.pages import Fault
from services.sync.domain.transform.columns import Transformed

_KEYS = frozenset({"field", "rule", "value", "message", "options"})


@dataclass(frozen=True, slots=True)
class Check:
    """`test` is None for `unique`; a null passes every test unless `nulls` come to it. `clears` looks at a column at
    once."""

    field: str
    rule: str
    message: str
    test: Test | None
    nulls: bool = False
    clears: Clears | None = None


# Of a check, by its number, and marks of values: those that the run has met before.
Met = Callable[[int, Sequence[int]], Collection[int]]


@dataclass(frozen=True, slots=True)
class Checks:
    """Compiled rules."""

    checks: Sequence[Check]

    @property
    def looks_back(self) -> bool:
        """Whether a rule looks at other rows of the run."""
        return any(check.test is None for check in self.checks)

    def apply(self, page: Transformed, rows: list[dict[str, Any]], met: Met) -> "Checked":
        """The page without the rows that break a rule; each of these names every rule that it breaks.

        Of repeated values the first one passes.
        """
        broken: dict[int, list[Fault]] = {}
        marks: dict[int, list[int]] = {}
        for number, check in enumerate(self.checks):
            values = page.columns.get(check.field, [])
            if check.test is None:
                failing, marks[number] = _repeated(values, partial(met, number))
            else:
                failing = _failing(check, check.test, values)
            for at in failing:
                fault = Fault(check.rule, check.message, check.field, check.rule, values[at])
                broken.setdefault(at, []).append(fault)
        return Checked(page.without(broken, rows), marks)


@dataclass(frozen=True, slots=True)
class Checked:
    """`marks` of the values that this page has brought, by the number of the check that must know them from now on."""

    page: Transformed
    marks: Mapping[int, list[int]]


def _repeated(values: list[Any], met: Callable[[Sequence[int]], Collection[int]]) -> tuple[list[int], list[int]]:
    """Where values repeat, and the marks of all, 8 bytes each."""
    marked = [(at, _mark(value)) for at, value in enumerate(values) if value is not None]
    seen, found = set(met([mark for _at, mark in marked])) if marked else set(), []
    for at, mark in marked:
        if mark in seen:
            found.append(at)
        seen.add(mark)
    return found, [mark for _at, mark in marked]


def _mark(value: Any) -> int:
    return int.from_bytes(blake2b(str(value).encode("utf-8", "replace"), digest_size=8).digest(), signed=True)


def _failing(check: Check, test: Test, values: list[Any]) -> list[int]:
    if check.clears is not None and check.clears(values):
        return []
    if check.nulls:
        return [at for at, value in enumerate(values) if not test(value)]
    return [at for at, value in enumerate(values) if value is not None and not test(value)]


def compile_rules(
    rules: Any, *, fields: Collection[str] | None, patterns: Patterns, registered: Mapping[str, Component] | None = None
) -> tuple[Checks | None, list[Finding]]:
    """The checks, None with a finding. `fields` are the columns that the mapping fills, None where not known.

    The `build` of a registered rule gets `value` and `options` and makes a test of one value.
    """
    compiled: list[Check] = []
    findings: list[Finding] = []
    known = {**(registered or {}), **dict.fromkeys([*RULES, UNIQUE])}
    for number, given in enumerate(rules or []):
        try:
            compiled.append(_check(given, fields, patterns, known))
        except _Refused as refused:
            findings.append(Finding(f"/{number}{refused.pointer}", refused.code, refused.text))
    return (None if findings else Checks(compiled)), findings


class _Refused(ValueError):
    def __init__(self, pointer: str, code: str, text: str) -> None:
        super().__init__(text)
        self.pointer, self.code, self.text = pointer, code, text


def _check(
    given: Any, fields: Collection[str] | None, patterns: Patterns, known: Mapping[str, Component | None]
) -> Check:
    if not isinstance(given, Mapping):
        raise _Refused("", "invalid_type", "A rule is an object with `field` and `rule`.")
    field, name = given.get("field"), given.get("rule")
    for key in ("field", "rule"):
        if not isinstance(given.get(key), str):
            raise _Refused("", "missing_field", f"A rule needs `{key}`.")
    for key in given.keys() - _KEYS:
        raise _Refused(f"/{key}", "unknown_key", f"A rule has no {key!r}.")
    if not isinstance(name, str) or name not in known:
        raise _Refused(
            "/rule", "unknown_component", f"There is no rule {name!r}; known are {', '.join(sorted(known))}."
        )
    if fields is not None and field not in fields:
        raise _Refused("/field", "unknown_column", f"No mapping fills {field!r}.")
    return _made(str(field), name, given, known[name], patterns)


def _made(field: str, name: str, given: Mapping[str, Any], component: Component | None, patterns: Patterns) -> Check:
    message, value = given.get("message"), given.get("value")
    if name == UNIQUE:
        return Check(field, name, message or f"{field} must not repeat", None)
    if component is not None:
        test = component.build(value, given.get("options", {}))
        return Check(field, name, message or f"{field} breaks the rule {name}", test)
    rule = RULES[name]
    if rule.needs_value and "value" not in given:
        raise _Refused("", "missing_field", f"The rule {name} needs `value`.")
    try:
        test = rule.make(value, patterns)
    except (RuleRefused, ValueError) as refused:
        raise _Refused("/value", "invalid_value", str(refused)) from None
    clears = None if rule.clears is None else rule.clears(value)
    return Check(field, name, message or f"{field} {said(rule, value)}", test, name == "not_empty", clears)
