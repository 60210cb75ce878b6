"""The built-in rules: which values pass, how rows that do not are reported, which configurations are refused."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sync.domain.checks.compiling import Checks, compile_rules
from services.sync.domain.checks.rules import RULES, Test
from services.sync.domain.components import Component
from services.sync.domain.transform.columns import Transformed
from services.sync.domain.transform.compiling import compile_mapping


def patterns(pattern: str) -> Test:
    try:
        compiled = re.compile(pattern)
    except re.error as wrong:
        raise ValueError(str(wrong)) from None
    return lambda text: compiled.fullmatch(text) is not None


def even(value: Any, options: Any) -> Test:
    return lambda found: found % (value or 2) == options.get("rest", 0)


REGISTERED = {"even": Component("even", {}, even)}


class Begun:
    """The checks of a run that remembers what it has met, as the database does."""

    def __init__(self, checks: Checks) -> None:
        self._checks, self._met = checks, dict[int, set[int]]()

    def apply(self, page: Transformed, rows: list[dict[str, Any]]) -> Transformed:
        checked = self._checks.apply(page, rows, lambda rule, marks: self._met.get(rule, set()) & set(marks))
        for rule, marks in checked.marks.items():
            self._met.setdefault(rule, set()).update(marks)
        return checked.page


def begun(*rules: dict[str, Any]) -> Begun:
    checks, findings = compile_rules(list(rules), fields=None, patterns=patterns, registered=REGISTERED)
    assert not findings
    assert checks is not None
    return Begun(checks)


def passing(rule: dict[str, Any], values: list[Any]) -> list[Any]:
    mapping, _ = compile_mapping({"field_mappings": {"f": "f"}}, target=None)
    assert mapping is not None
    rows = [{"f": value} for value in values]
    page = begun({"field": "f", **rule}).apply(mapping.apply(rows), rows)
    assert len(page.bad) + len(page.kept) == len(rows)
    return page.columns["f"]


CASES: list[tuple[str, Any, list[Any], list[Any]]] = [
    ("not_empty", None, ["a", 0, False, Decimal(0), [1]], ["", " ", [], {}]),
    ("greater_than", 0, [1, Decimal("0.1"), "5"], [0, -1, "a", True]),
    ("at_least", "2026-01-01", [date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)], [date(2025, 12, 31)]),
    ("less_than", 2.5, [2, Decimal("2.4")], [Decimal("2.5"), 3]),
    ("at_most", 3, [3], [Decimal("3.1")]),
    ("equals", "x", ["x"], ["X", 5]),
    ("equals", True, [True], [False]),
    ("between", [1, 3], [1, 3, Decimal("2.2")], [0, 4]),
    ("one_of", ["a", 5], ["a", 5, "5"], ["b", 6]),
    ("min_length", 2, ["ab", "abc", 12], ["a", ""]),
    ("max_length", 2, ["ab", ""], ["abc", 123]),
    ("regex", "[A-Z]+", ["AB"], ["ABc", "", "1"]),
    ("date_not_before", "2026-01-01", [date(2026, 1, 1)], [date(2025, 12, 31), "soon"]),
    ("date_not_after", "2026-01-01", [datetime(2026, 1, 1, 23, tzinfo=UTC)], [date(2026, 1, 2)]),
    ("email", None, ["a@b.de"], ["a", 5]),
]


@pytest.mark.parametrize(("rule", "value", "good", "bad"), CASES)
def test_each_rule(rule: str, value: Any, good: list[Any], bad: list[Any]) -> None:
    assert passing({"rule": rule, "value": value}, good + bad) == good


def test_all_rules_have_a_case() -> None:
    assert {case[0] for case in CASES} == set(RULES)


@pytest.mark.parametrize("rule", sorted(set(RULES) - {"not_empty"}))
def test_null_passes_every_rule_but_one(rule: str) -> None:
    value = next(case[1] for case in CASES if case[0] == rule)
    assert passing({"rule": rule, "value": value}, [None]) == [None]
    assert passing({"rule": "not_empty"}, [None]) == []


def test_repeated_values_of_a_run() -> None:
    run = begun({"field": "f", "rule": "unique"})
    mapping, _ = compile_mapping({"field_mappings": {"f": "f"}}, target=None)
    assert mapping is not None
    first: list[dict[str, Any]] = [{"f": 1}, {"f": 2}, {"f": 1}, {"f": None}, {"f": None}]
    second: list[dict[str, Any]] = [{"f": "2"}, {"f": 3}]
    assert run.apply(mapping.apply(first), first).kept == [0, 1, 3, 4]
    assert run.apply(mapping.apply(second), second).kept == [1]
    assert begun({"field": "f", "rule": "unique"}).apply(mapping.apply(second), second).kept == [0, 1]


def test_a_bad_row_names_every_broken_rule() -> None:
    mapping, _ = compile_mapping({"field_mappings": {"w": "weight", "n": "name"}}, target=None)
    assert mapping is not None
    rows: list[dict[str, Any]] = [{"w": -1, "n": ""}, {"w": 1, "n": "x"}]
    run = begun(
        {"field": "weight", "rule": "greater_than", "value": 0, "message": "a product weighs something"},
        {"field": "weight", "rule": "between", "value": [0, 9]},
        {"field": "name", "rule": "not_empty"},
    )
    page = run.apply(mapping.apply(rows), rows)
    assert page.columns == {"weight": [1], "name": ["x"]}
    (bad,) = page.bad
    assert (bad.index, bad.row) == (0, rows[0])
    assert [(fault.field, fault.rule, fault.value, fault.text) for fault in bad.faults] == [
        ("weight", "greater_than", -1, "a product weighs something"),
        ("weight", "between", -1, "weight must lie between 0 and 9"),
        ("name", "not_empty", "", "name must not be empty"),
    ]


def test_registered_rules() -> None:
    assert passing({"rule": "even", "value": 3, "options": {"rest": 1}}, [1, 2, 4]) == [1, 4]


@pytest.mark.parametrize(
    ("rule", "pointer", "code"),
    [
        ("x", "/0", "invalid_type"),
        ({"rule": "email"}, "/0", "missing_field"),
        ({"field": "f"}, "/0", "missing_field"),
        ({"field": "f", "rule": "odd"}, "/0/rule", "unknown_component"),
        ({"field": "g", "rule": "email"}, "/0/field", "unknown_column"),
        ({"field": "f", "rule": "email", "values": 1}, "/0/values", "unknown_key"),
        ({"field": "f", "rule": "greater_than"}, "/0", "missing_field"),
        ({"field": "f", "rule": "greater_than", "value": None}, "/0/value", "invalid_value"),
        ({"field": "f", "rule": "between", "value": [1]}, "/0/value", "invalid_value"),
        ({"field": "f", "rule": "one_of", "value": []}, "/0/value", "invalid_value"),
        ({"field": "f", "rule": "equals", "value": [1]}, "/0/value", "invalid_value"),
        ({"field": "f", "rule": "min_length", "value": -1}, "/0/value", "invalid_value"),
        ({"field": "f", "rule": "regex", "value": "("}, "/0/value", "invalid_value"),
        ({"field": "f", "rule": "regex", "value": 5}, "/0/value", "invalid_value"),
        ({"field": "f", "rule": "date_not_after", "value": "soon"}, "/0/value", "invalid_value"),
        ({"field": "f", "rule": "date_not_after", "value": "2026-02-30"}, "/0/value", "invalid_value"),
    ],
)
def test_what_is_refused(rule: Any, pointer: str, code: str) -> None:
    checks, (finding,) = compile_rules([rule], fields={"f"}, patterns=patterns)
    assert checks is None
    assert (finding.pointer, finding.code) == (pointer, code)


def test_no_rules_are_no_checks() -> None:
    checks, findings = compile_rules(None, fields=set(), patterns=patterns)
    assert checks is not None
    assert (list(checks.checks), findings) == ([], [])


@pytest.mark.parametrize(
    "rule",
    [
        {"rule": "not_empty"},
        *({"rule": name, "value": 1} for name in ("greater_than", "at_least", "less_than", "at_most")),
        {"rule": "between", "value": [0, 2.5]},
        {"rule": "at_least", "value": "2026-01-31"},
    ],
)
@given(
    values=st.lists(
        st.none()
        | st.integers(-3, 3)
        | st.decimals(-3, 3, places=1)
        | st.booleans()
        | st.sampled_from(["", " ", "2", "x", Decimal("NaN"), "2026-02-01"]),
        max_size=4,
    )
)
def test_a_column_passes_as_its_values_do(rule: dict[str, Any], values: list[Any]) -> None:
    checks, _ = compile_rules([{"field": "f", **rule}], fields=None, patterns=patterns)
    assert checks is not None
    (check,) = checks.checks
    page = Transformed({"f": values}, list(range(len(values))), [], [], [], [], {}, frozenset())
    rows: list[dict[str, Any]] = [{} for _ in values]
    kept = checks.apply(page, rows, lambda _rule, _marks: set()).page.kept
    assert kept == [
        at
        for at, value in enumerate(values)
        if (value is None and not check.nulls) or (check.test is not None and check.test(value))
    ]
