"""Definitions: what is understood, and what is wrong with the others and where."""

import json
from decimal import Decimal
from typing import Any

import pytest

from services.validation.definitions.documents import InvalidDocument, read
from services.validation.domain.rules.definition import Enforce, RuleSet, Severity, Status
from services.validation.domain.rules.members import Fault, InvalidRuleSet
from services.validation.domain.rules.reading import read_rule_set
from services.validation.domain.rules.types import Type
from tests.validation.domain.rules.shipped import pattern_problem, shipped

PRODUCTS = """
rule_set: legacy-products
target: records
key: [sku]
fields: {sku: text, name: text, price: decimal, currency: text, category: text, listed_on: date, delisted_on: date}
rules:
  - {id: sku_present, kind: not_null, field: sku}
  - {id: sku_once, kind: unique, fields: [sku]}
  - {id: price_range, kind: range, field: price, min: 0.01, max: 100000,
     message: "A price lies between {min} and {max}; this one is {value}."}
  - {id: currency_known, kind: set, field: currency, values: [EUR, GBP, USD, NO]}
  - {id: category_known, kind: reference, field: category, list: product-categories, severity: warning, mostly: 0.98}
  - {id: delisted_after_listed, kind: compare, field: delisted_on, operator: ">=", other: listed_on}
  - {id: name_is_no_sku, kind: expression, when: "category != 'service'",
     expression: "length(trim(name)) >= 3 and not starts_with(name, sku)"}
"""


def understood(text: str) -> RuleSet:
    return read_rule_set(read(text).data, pattern_problem=pattern_problem)


def faults(text: str) -> list[Fault]:
    with pytest.raises(InvalidRuleSet) as refusal:
        understood(text)
    return refusal.value.faults


def with_rule(rule: str, head: str = "target: records\nfields: {a: integer, b: text, d: date}") -> str:
    return f"rule_set: tried\n{head}\nrules:\n  - {rule}\n"


def on_characters(rule: str) -> str:
    return with_rule(rule, "target: characters")


def test_the_example_is_understood() -> None:
    found = understood(PRODUCTS)
    assert (found.name, found.key, found.coerce, found.additional_fields) == ("legacy-products", ("sku",), False, True)
    assert found.fields["price"] is Type.DECIMAL
    assert [rule.id for rule in found.rules][2:4] == ["price_range", "currency_known"]
    category = found.rules[4]
    assert (category.severity, str(category.mostly)) == (Severity.WARNING, "0.98")
    assert category.status(failed=2, judged=100) is Status.PASS
    assert category.status(failed=3, judged=100) is Status.WARN
    assert found.lists == ("product-categories",)
    assert found.rules[3].bounds["other"] == "EUR, GBP, USD, NO"


def test_the_same_as_json_is_the_same() -> None:
    data: Any = read(PRODUCTS).data
    data["rules"][2]["min"] = 0.01  # a float, as JSON has it
    assert read_rule_set(data, pattern_problem=pattern_problem).rules == understood(PRODUCTS).rules


def test_built_in_sets_have_their_rules() -> None:
    core = shipped("core").rules
    assert len(core) == 37
    assert list(dict.fromkeys(rule.check for rule in core)) == list(shipped("core").checks)
    assert [rule.id for rule in core if rule.enforce is not Enforce.DATABASE] == ["scene_xp"]
    assert {rule.severity for rule in shipped("hygiene").rules} == {Severity.WARNING}
    assert [rule.id for rule in shipped("ledger").rules if rule.fix] == [
        "xp_matches_ledger",
        "pending_matches_ledger",
        "spent_matches_ledger",
    ]


@pytest.mark.parametrize(
    ("text", "path", "told"),
    [
        (with_rule("{id: x, kind: odd, field: a}"), ("rules", 0, "kind"), "kind is one of range"),
        (with_rule("{id: x, kind: ledger_balance, projection: xp, account: a}"), ("rules", 0, "kind"), "one of"),
        (with_rule("{id: x, kind: range, field: z, min: 0}"), ("rules", 0, "field"), "'z' is not known"),
        (with_rule("{id: x, kind: range, field: b, min: 0}"), ("rules", 0, "min"), "min is a text"),
        (with_rule("{id: x, kind: range, field: b, min: 'a'}"), ("rules", 0, "field"), "numbers or dates"),
        (with_rule("{id: x, kind: range, field: a, min: 0.12345678901234567}"), ("rules", 0, "min"), "15 digits"),
        (with_rule("{id: x, kind: range, field: a}"), ("rules", 0), "a min or a max"),
        (with_rule("{id: x, kind: range, field: a, min: 3, max: 2}"), ("rules", 0, "max"), "less than min"),
        (with_rule("{id: x, kind: range, field: a, min: {limit: z}}"), ("rules", 0, "min"), "no limit"),
        (with_rule("{id: x, kind: range, field: a, min: {limit: b}}"), ("rules", 0, "min"), "is a text"),
        (with_rule("{id: x, kind: range, field: d, min: 2024-02-30}"), ("rules", 0, "min"), "a date"),
        (with_rule("{id: x, kind: set, field: a, values: [1, two]}"), ("rules", 0, "values"), "Value 2"),
        (with_rule("{id: x, kind: set, field: a, values: []}"), ("rules", 0, "values"), "1 to 1000"),
        (with_rule("{id: x, kind: compare, field: a, operator: '=~', other: a}"), ("rules", 0, "operator"), "one of"),
        (with_rule("{id: x, kind: reference, field: a, references: nothing.id}"), ("rules", 0, "references"), "list"),
        (with_rule("{id: Upper, kind: not_null, field: a}"), ("rules", 0, "id"), "small letters"),
        (with_rule("{id: x, kind: not_null, field: a, severe: true}"), ("rules", 0, "severe"), "no member 'severe'"),
        (with_rule("{id: x, kind: not_null, field: a, mostly: 2}"), ("rules", 0, "mostly"), "0 to 1"),
        (with_rule("{id: x, kind: not_null, field: a, fail_if: 0}"), ("rules", 0, "fail_if"), "percentage"),
        (with_rule("{id: x, kind: not_null, field: a, samples: 1001}"), ("rules", 0, "samples"), "1000"),
        (with_rule("{id: x, kind: not_null, field: a, enforce: database}"), ("rules", 0, "enforce"), "scan, api"),
        (with_rule("{id: x, kind: not_null, field: a, fix: set_null}"), ("rules", 0, "fix"), "not allowed"),
        (with_rule("nothing"), ("rules", 0), "is a mapping"),
        (
            with_rule("{id: x, kind: not_null, field: a}\n  - {id: x, kind: not_null, field: b}"),
            ("rules", 1, "id"),
            "another rule",
        ),
        ("rule_set: x\ntarget: records\nfields: {}\nrules: [{id: y}]", ("fields",), "type of each field"),
        (with_rule("{id: x, kind: not_null, field: a}", "target: tenants"), ("target",), "target is one of records"),
        (with_rule("{id: x, kind: not_null, field: xp}", "target: xp_transfers"), ("target",), "target is one of"),
        (on_characters("{id: x, kind: not_null, field: xp}\nkey: [id]"), ("key",), "records only"),
        (on_characters("{id: x, kind: set, field: status, values: [Un], fix: {kind: set_value, value: Un}}"),
         ("rules", 0, "fix"), "not allowed"),
        (on_characters("{id: x, kind: range, field: xp, min: 0, fix: clamp}"), ("rules", 0, "fix"), "not allowed"),
        (on_characters("{id: x, kind: not_null, field: chronicle_id, fix: {kind: set_value, value: 1}}"),
         ("rules", 0, "fix"), "not allowed"),
        (on_characters("{id: x, kind: range, field: age, min: 0, fix: project}"), ("rules", 0, "fix"), "not allowed"),
        (on_characters("{id: x, kind: range, field: age, min: 0, exclusive: true, fix: clamp}"),
         ("rules", 0, "fix"), "does not fit"),
        (on_characters("{id: x, kind: unique, fields: [age], fix: set_null}"), ("rules", 0, "fix"), "one row alone"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place(text: str, path: tuple[str | int, ...], told: str) -> None:
    found = faults(text)
    assert (found[0].path, told in found[0].message) == (path, True), found
    assert read(text).place(path) is not None


@pytest.mark.parametrize(
    ("source", "position", "told"),
    [
        ("a >", 4, "a value is missing"),
        ("a ? 1", 3, "no part of the language"),
        ("z = 1", 1, "no field 'z'"),
        ("eval('1')", 1, "no function"),
        ("a = 'x'", 3, "values of one type"),
        ("a + b = 1", 3, "takes a number"),
        ("length(a) = 1", 1, "takes a text"),
        ("a", 1, "true or false"),
        ("a < 1 < 2", 7, "joined by and"),
        ("(a = 1", 7, "')' is missing"),
        ("a = 1)", 6, "unexpected ')'"),
        ("d = date '2024-02-30'", 10, "date '2024-01-31'"),
        ("round(a, 99) = 1", 1, "0 to 12"),
        ("matches(b, b)", 1, "written out"),
        (r"matches(b, '(a)\1')", 1, r"\1 is not supported"),
        ("matches(b, '(?=a)')", 1, "groups may be"),
        ("matches(b, '(((a{99}){99}){99})')", 1, "repeats too much"),
        ("length() = 1", 1, "takes 1 operands"),
        ("a not 1", 7, "in or between"),
        ("b = '" + "x" * 2000 + "'", 2001, "at most 2000"),
        ("(" * 40 + "a = 1" + ")" * 40, 34, "more than 32 levels"),
        (" and ".join(["a = 1"] * 80), 1, "at most 200 parts"),
        ("a" + "*a" * 20 + " = 1", 1, "too long"),
        ("not " * 31 + "a = 1 or " + "-" * 9 + "a = 1", 1, "32 levels deep"),
    ],
)
def test_a_wrong_expression_is_told_with_its_position(source: str, position: int, told: str) -> None:
    (fault,) = faults(with_rule(f"{{id: x, kind: expression, expression: {json.dumps(source)}}}"))
    assert fault.code == "invalid_expression"
    assert told in fault.message
    assert (fault.position, fault.rule) == (position, "x")


def test_all_faults_are_told_at_once() -> None:
    text = with_rule("{id: x, kind: odd}\n  - {id: y, kind: expression, expression: 'z'}\nextra: 1")
    assert [fault.rule for fault in faults(text)] == [None, "x", "y"]


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        ("a: &x 1\nb: *x", (1, 4), "Anchors"),
        ("a: 1\nb: *x", (2, 4), "Anchors"),
        ("a: !!python/object x", (1, 4), "Tags"),
        ("a: 1\nb: 2\na: 3", (3, 1), "twice"),
        ("a: [1", (2, 1), "no YAML"),
        ("a: 1\n---\nb: 1", (2, 1), "more than one document"),
        ("", (1, 1), "empty"),
        ("? [a]\n: 1", (1, 3), "A key is a text"),
        ("[" * 20 + "]" * 20, (1, 14), "levels"),
        ("a: \x07", (1, 1), "must not stand"),
        ("x" * 300_000, (1, 1), "256 KiB"),
    ],
)
def test_documents_are_read_strictly(text: str, place: tuple[int, int], told: str) -> None:
    with pytest.raises(InvalidDocument, match=told) as refusal:
        read(text)
    assert (refusal.value.line, refusal.value.column) == place


def test_plain_words_stay_words() -> None:
    found = read("[NO, yes, on, 1, 1.10, 2024-01-31, null, true, '1', 0x1F, 1e3]").data
    assert found == ["NO", "yes", "on", 1, Decimal("1.10"), "2024-01-31", None, True, "1", "0x1F", "1e3"]
