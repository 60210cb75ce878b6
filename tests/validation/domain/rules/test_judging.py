"""Batches of records: which fail, which warn, and what is told of them."""

import math
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from services.validation.definitions.documents import read
from services.validation.domain.rules.definition import Status
from services.validation.domain.rules.expressions.columns import Setting
from services.validation.domain.rules.judging import Evaluation, judge, violations
from services.validation.domain.rules.reading import read_rule_set
from shared.patterns import compile_pattern
from tests.validation.domain.rules.shipped import pattern_problem
from tests.validation.domain.rules.test_reading import PRODUCTS

SETTING = Setting(date(2024, 1, 31), compile_pattern)
SOUND = {
    "sku": "A-1",
    "name": "Apple",
    "price": 1.5,
    "currency": "EUR",
    "category": "fruit",
    "listed_on": "2024-01-01",
    "delisted_on": None,
}


def lookup(name: str, values: Collection[str], folded: bool) -> Collection[str]:
    assert name == "product-categories"
    assert not folded
    return {"fruit", "12"} & set(values)


def judged(records: list[Any], text: str = PRODUCTS) -> Evaluation:
    return judge(read_rule_set(read(text).data, pattern_problem=pattern_problem), records, SETTING, lookup)


def of(
    rules: str, fields: str = "{a: integer, b: text, p: decimal, d: date, m: datetime, f: boolean}", **head: str
) -> str:
    more = "\n".join(f"{name}: {value}" for name, value in head.items())
    return f"rule_set: tried\ntarget: records\nfields: {fields}\n{more}\nrules:\n" + "".join(
        f"  - {rule}\n" for rule in rules.strip().splitlines()
    )


def outcome(found: Evaluation, rule: str) -> tuple[list[int], int, int, Status]:
    (one,) = [outcome for outcome in found.outcomes if outcome.rule == rule]
    return list(one.failing), one.judged, one.not_judged, one.status


def product(place: int, **changes: object) -> dict[str, Any]:
    return SOUND | {"sku": f"A-{place}"} | changes


def test_a_clean_batch_passes() -> None:
    found = judged([product(place) for place in range(100)])
    assert (found.failed, found.warned, found.verdict) == ([], [], Status.PASS)
    assert [one.rule for one in found.outcomes] == [rule.id for rule in found.rules.values()]
    assert violations(found, 10) == ({}, False)


BOUNDS = st.decimals(-9999, 9999, places=3) | st.sampled_from([Decimal("0.1"), Decimal("0.30000000000000004")])
NEAR = st.sampled_from([math.nextafter(0.1, 0), 0.1, math.nextafter(0.1, 1), 0.1 + 0.2, 0.3, 2**60, -(2**60), None])


@given(BOUNDS, BOUNDS, st.lists(NEAR | st.integers(-9999, 9999) | st.floats(-9999, 9999), min_size=1))
def test_numbers_are_compared_as_they_are_written(low: Decimal, high: Decimal, values: list[Any]) -> None:
    low, high = min(low, high), max(low, high)
    rules = (
        f"{{id: inside, kind: range, field: p, min: {low}, max: {high}}}\n"
        f"{{id: above, kind: expression, expression: 'p > {low}'}}"
    )
    found = judged([{"p": value} for value in values], of(rules))
    exact = [None if value is None else Decimal(repr(value)) for value in values]
    wrong = set(outcome(found, "field_type")[0]) if len(found.outcomes) > 2 else set()
    judgeable = [(place, value) for place, value in enumerate(exact) if value is not None and place not in wrong]
    assert outcome(found, "inside")[0] == [place for place, value in judgeable if not low <= value <= high]
    assert outcome(found, "above")[0] == [place for place, value in judgeable if not value > low]


def test_each_rule_finds_what_breaks_it() -> None:
    records = [
        product(0),
        product(1, sku="  "),
        product(2, sku="A-0"),
        product(3, price=0.001),
        product(4, price=None, currency="NOK"),
        product(5, category="nothing"),
        product(6, delisted_on="2023-12-31"),
        product(7, name="A-7 apple"),
        product(8, name="A-8 apple", category="service"),
        {},
    ]
    found = judged(records)
    assert outcome(found, "sku_present") == ([1, 9], 10, 0, Status.FAIL)
    assert outcome(found, "sku_once") == ([2], 10, 0, Status.FAIL)
    assert outcome(found, "price_range") == ([3], 10, 0, Status.FAIL)
    assert outcome(found, "currency_known") == ([4], 10, 0, Status.FAIL)
    assert outcome(found, "category_known") == ([5, 8], 10, 0, Status.WARN)
    assert outcome(found, "delisted_after_listed") == ([6], 10, 0, Status.FAIL)
    assert outcome(found, "name_is_no_sku") == ([7], 8, 2, Status.FAIL)
    assert (found.failed, found.warned, found.verdict) == ([1, 2, 3, 4, 6, 7, 9], [5, 8], Status.FAIL)
    told, more = violations(found, 3)
    assert more
    assert list(told) == [1, 2, 3]
    assert told[3] == [
        {
            "rule": "price_range",
            "code": "price_range",
            "severity": "error",
            "field": "price",
            "pointer": "/records/3/price",
            "value": 0.001,
            "message": "A price lies between 0.01 and 100000; this one is 0.001.",
        }
    ]


def test_shape_and_type_leave_the_rest_judged() -> None:
    text = of("{id: low, kind: range, field: a, min: 0}\n{id: given, kind: not_null, field: b}")
    records = [{"a": 1, "b": "x"}, 7, {"a": "1", "b": ""}, {"a": True, "b": "x"}, {"a": -1}, None, {"a": 1.0, "b": "x"}]
    found = judged(records, text)
    assert outcome(found, "record_shape") == ([1, 5], 7, 0, Status.FAIL)
    assert outcome(found, "field_type") == ([2, 3, 6], 5, 2, Status.FAIL)
    assert outcome(found, "low") == ([4], 2, 5, Status.FAIL)
    assert outcome(found, "given") == ([2, 4], 5, 2, Status.FAIL)
    told, _more = violations(found, 10)
    assert [violation["rule"] for violation in told[2]] == ["field_type", "given"]
    assert told[1][0]["pointer"] == "/records/1"


def test_fields_that_must_not_be_there() -> None:
    text = of("{id: given, kind: not_null, field: b}", additional_fields="forbid")
    found = judged([{"b": "x"}, {"b": "x", "odd/~one": 1}], text)
    assert outcome(found, "record_shape") == ([1], 2, 0, Status.FAIL)
    told, _more = violations(found, 5)
    assert told[1][0] | {"message": ""} == {
        "rule": "record_shape",
        "code": "unknown_field",
        "severity": "error",
        "field": "odd/~one",
        "pointer": "/records/1/odd~1~0one",
        "value": 1,
        "message": "",
    }


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("a", [1, -5, None], [True, 1.0, "1", [], {}, 10**40]),
        ("p", [1, 1.5, 0.1, None], [True, "1.5", 1e300, 1e-300]),
        ("b", ["", "x", None], [1, True, ["x"]]),
        ("f", [True, False, None], [0, "true"]),
        ("d", ["2024-02-29", None], ["2023-02-29", "20240229", "2024-02-29T00:00:00Z", "2024-W09-4", 20240229]),
        ("m", ["2024-02-29T10:00:00Z", "2024-02-29T10:00:00.5+02:00"], ["2024-02-29", "2024-02-29T10:00:00", "x"]),
    ],
)
def test_types_are_strict(name: str, good: list[Any], bad: list[Any]) -> None:
    text = of(f"{{id: given, kind: not_null, field: {name}, blank_is_null: false, severity: info}}")
    found = judged([{name: value} for value in [*good, *bad]], text)
    wrong = [place for one in found.outcomes if one.rule == "field_type" for place in one.failing]
    assert wrong == list(range(len(good), len(good) + len(bad)))
    assert judged([{name: value} for value in good], text).failed == []


def test_texts_are_coerced_only_where_that_is_said() -> None:
    rules = "{id: low, kind: range, field: a, min: 10}\n{id: dear, kind: range, field: p, max: 1.5}"
    records = [{"a": "12", "p": "1.50", "f": "true"}, {"a": "9", "p": "1.51"}, {"a": "1.5"}, {"a": " 12"}, {"p": "1e3"}]
    found = judged(records, of(rules, coerce="true"))
    assert outcome(found, "field_type")[0] == [2, 3, 4]
    assert outcome(found, "low")[0] == [1]
    assert outcome(found, "dear")[0] == [1]


def test_decimals_are_those_that_were_written() -> None:
    text = of(
        "{id: sum, kind: expression, expression: 'p + 0.2 = 0.3'}\n{id: above, kind: range, field: p, min: 0.1,"
        " exclusive: true}"
    )
    found = judged([{"p": 0.1}], text)
    assert outcome(found, "sum")[0] == []
    assert outcome(found, "above")[0] == [0]


def test_unique_knows_nulls_and_what_to_keep() -> None:
    text = of(
        "{id: equal, kind: unique, fields: [a, b]}\n"
        "{id: distinct, kind: unique, fields: [a, b], nulls: distinct}\n"
        "{id: none, kind: unique, fields: [a, b], keep: none}\n"
        "{id: some, kind: unique, fields: [a, b], when: 'f'}"
    )
    pair = {"a": 1, "b": None}
    records = [pair, pair | {"f": True}, {"a": 2, "b": "x"}, {"a": 2, "b": "x", "f": True}, {"a": 2, "b": 3}]
    found = judged(records, text)
    assert outcome(found, "equal")[0] == [1, 3]
    assert outcome(found, "distinct")[0] == [3]
    assert outcome(found, "none")[0] == [0, 1, 2, 3]
    assert outcome(found, "some")[:2] == ([], 2)


def test_lists_compare_texts_and_numbers() -> None:
    rule = "{id: known, kind: set, field: %s, list: product-categories}"
    assert judged([{"p": 12}, {"p": 12.0}, {"p": 12.5}, {}], of(rule % "p")).failed == [2]
    assert judged([{"a": 12}, {"a": 13}], of(rule % "a")).failed == [1]


def test_thresholds_decide_the_status_and_every_failing_row_is_listed() -> None:
    text = of(
        "{id: few, kind: not_null, field: a, mostly: 0.5}\n"
        "{id: percent, kind: not_null, field: a, warn_if: '20%', fail_if: '60 %'}\n"
        "{id: count, kind: not_null, field: a, warn_if: 2, fail_if: 3}\n"
        "{id: soft, kind: not_null, field: a, severity: warning}\n"
        "{id: number, kind: not_null, field: a, severity: info}"
    )
    statuses = [judged([{"a": 1}] * (10 - bad) + [{}] * bad, text).outcomes for bad in (0, 1, 2, 3, 6)]
    assert [[str(one.status) for one in outcomes] for outcomes in statuses] == [
        ["pass"] * 5,
        ["pass", "pass", "pass", "warn", "pass"],
        ["pass", "warn", "warn", "warn", "pass"],
        ["pass", "warn", "fail", "warn", "pass"],
        ["fail", "fail", "fail", "warn", "pass"],
    ]
    found = judged([{"a": 1}, {}], of("{id: few, kind: not_null, field: a, mostly: 0.5}"))
    assert (found.failed, found.verdict) == ([1], Status.PASS)


def test_messages_name_the_values_and_nothing_else() -> None:
    text = of(
        "{id: up, kind: compare, field: a, operator: '>', other: p, message: '{value} {other} {field} {a} {0}'}\n"
        "{id: known, kind: set, field: b, values: [x, y], case_sensitive: false}"
    )
    told, _more = violations(judged([{"a": 1, "p": 2.5, "b": "X"}], text), 1)
    assert [violation["message"] for violation in told[0]] == ["1 2.5 a {a} {0}"]
    told, _more = violations(judged([{"a": 3, "p": 2, "b": "z" * 300}], text), 1)
    assert told[0][0]["message"] == "b must be one of x, y."
    assert told[0][0]["value"] == "z" * 200


def test_repeated_values_are_judged_like_single_ones() -> None:
    rule = "{id: form, kind: expression, expression: \"matches(b, '[A-Z]{2}-\\\\d+') or today < date '2020-01-01'\"}"
    values = ["AB-1", "ab-1", None, "AB-\n1"]
    single = judged([{"b": value} for value in values], of(rule)).failed
    repeated = judged([{"b": value} for value in values] * 50, of(rule)).failed
    assert single == [1, 3]
    assert repeated == [place * 4 + wrong for place in range(50) for wrong in single]


def test_an_empty_batch_passes() -> None:
    found = judged([])
    assert (found.failed, found.verdict, found.outcomes[0].failed_ratio) == ([], Status.PASS, 0.0)
