"""A mapping: what is compiled, what is refused, what becomes of a page."""

from collections.abc import Mapping as Options
from datetime import UTC
from decimal import Decimal
from typing import Any

import pytest

from services.sync.domain.components import Component
from services.sync.domain.transform.columns import Columns, FieldError, Skipped
from services.sync.domain.transform.compiling import compile_mapping
from services.sync.domain.transform.functions import SPLIT_SKU
from services.sync.domain.transform.lookups import Lookup
from services.sync.domain.transform.mapping import FunctionFailed, Mapping
from services.sync.domain.transform.targets import TargetColumn

TARGET = {
    column.name: column
    for column in (
        TargetColumn("sku", max_length=5),
        TargetColumn("base_sku"),
        TargetColumn("legacy_id"),
        TargetColumn("name"),
        TargetColumn("email"),
        TargetColumn("weight", "decimal", precision=6, scale=3),
        TargetColumn("is_active", "boolean"),
        TargetColumn("category_id", "integer"),
        TargetColumn("changed", "datetime"),
    )
}
TABLES = {"category": {"id", "legacy_id", "name"}}


def shout(columns: Columns, options: Options[str, Any]) -> Columns:
    columns.change("name", lambda name: name and name.upper())
    for at, name in enumerate(columns.get("name")):
        if name == options["drop"]:
            columns.skip(at, "unwanted")
        elif name == "BAD":
            columns.flag(at, "no_good", "This is no good.", field="name")
        elif name == "RAISE":
            raise KeyError(name)
    return columns


FUNCTIONS = {"split_sku": SPLIT_SKU, "shout": Component("shout", {"type": "object", "required": ["drop"]}, shout)}


def compiled(**transform: Any) -> Mapping:
    mapping, findings = compile_mapping(transform, target=TARGET, tables=TABLES, functions=FUNCTIONS, zone=UTC)
    assert not findings
    assert mapping is not None
    return mapping


def test_one_source_feeds_several_targets() -> None:
    mapping = compiled(
        field_mappings={
            "Art_Nr": ["sku", {"to": "base_sku", "type": "text"}],
            "Maße.Gewicht": {"to": "weight", "on_error": "reject"},
            "Bezeichnung": "name",
            "Aktiv": "is_active",
        },
        constants={"legacy_id": 5},
        defaults={"name": "?", "is_active": "yes"},
    )
    page = mapping.apply(
        [
            {"Art_Nr": " A1 ", "Maße": {"Gewicht": "1,5"}, "Bezeichnung": "x", "Aktiv": "nein", "Rest": 1},
            {"Art_Nr": 2, "Maße": None},
        ]
    )
    assert page.columns == {
        "sku": ["A1", "2"],
        "base_sku": ["A1", "2"],
        "weight": [Decimal("1.500"), None],
        "name": ["x", "?"],
        "is_active": [False, True],
        "legacy_id": ["5", "5"],
    }
    assert page.kept == [0, 1]
    assert page.unmapped == {"Rest"}
    assert mapping.targets == tuple(page.columns)
    assert (page.bad, page.skipped, page.field_errors, page.warnings) == ([], [], [], [])


def test_what_cannot_be_read_is_null_or_a_bad_row() -> None:
    mapping = compiled(
        field_mappings={
            "s": "sku",
            "w": "weight",
            "e": {"to": "email", "type": "email"},
            "b": {"to": "is_active", "on_error": "reject"},
        }
    )
    rows: list[dict[str, Any]] = [
        {"s": "1", "w": "heavy", "e": "nobody", "b": True},
        {"s": "too long", "w": 1, "e": "a@b.de", "b": "maybe"},
        {"s": "3", "w": "2000", "e": "a@b.de", "b": "1"},
        {"s": "4\x00", "w": 1, "e": None, "b": 0},
    ]
    page = mapping.apply(rows)
    assert page.kept == [0, 2]
    assert page.columns["weight"] == [None, None]
    assert page.columns["email"] == ["", "a@b.de"]
    assert [(error.index, error.field, error.code) for error in page.field_errors] == [
        (0, "weight", "invalid_number"),
        (2, "weight", "number_out_of_range"),
    ]
    (warning,) = page.warnings
    assert isinstance(warning, FieldError)
    assert (warning.index, warning.code) == (0, "invalid_email")
    first, second = page.bad
    assert (first.index, first.row) == (1, rows[1])
    assert [(fault.field, fault.code) for fault in first.faults] == [
        ("sku", "too_long"),
        ("is_active", "invalid_boolean"),
    ]
    assert [fault.code for fault in second.faults] == ["nul_character"]


@pytest.mark.parametrize("on_error", ["null", None])
def test_on_error_null_may_be_written_either_way(on_error: Any) -> None:
    mapping = compiled(
        field_mappings={
            "s": {"to": "sku", "on_error": on_error},
            "e": {"to": "email", "type": "email", "on_error": on_error},
        }
    )
    page = mapping.apply([{"s": "too long", "e": "x"}])
    assert page.columns == {"sku": [None], "email": [None]}
    assert [error.code for error in page.field_errors] == ["too_long", "invalid_email"]


def test_functions_change_skip_and_flag() -> None:
    mapping = compiled(
        field_mappings={"s": "sku", "n": "name"},
        functions=["split_sku", {"name": "shout", "options": {"drop": "GONE"}}],
    )
    page = mapping.apply([{"s": f"A-{n}", "n": name} for n, name in enumerate(["a", "gone", "bad", None])])
    assert page.columns == {"sku": ["A-0", "A-3"], "base_sku": ["A", "A"], "name": ["A", None]}
    assert page.kept == [0, 3]
    assert page.skipped == [Skipped(1, "unwanted")]
    assert [(bad.index, bad.faults[0].code) for bad in page.bad] == [(2, "no_good")]
    with pytest.raises(FunctionFailed, match="shout"):
        mapping.apply([{"s": "1", "n": "raise"}])


def test_lookups_match_by_columns_or_source_fields() -> None:
    mapping = compiled(
        field_mappings={"s": "sku", "n": "name"},
        lookups={
            "category_id": {"table": "category", "match": {"legacy_id": "g.nr", "name": "name"}, "on_missing": None}
        },
    )
    assert mapping.lookups == (
        Lookup("category_id", "category", ({"legacy_id": "g.nr", "name": "name"},), "id", "null"),
    )
    page = mapping.apply([{"s": 1, "n": "x", "g": {"nr": 7}}, {"s": 2, "g": {"nr": " "}}])
    assert page.helpers == {"g.nr": ["7", None]}
    assert page.unmapped == set()


def test_without_known_columns_everything_is_kept_as_it_came() -> None:
    mapping, findings = compile_mapping(
        {"field_mappings": {"a": "x", "b": {"to": "y", "type": "integer"}}}, target=None
    )
    assert not findings
    assert mapping is not None
    rows: list[dict[str, Any]] = [{"a": [1], "b": "5"}, {"a": 0.5}]
    page = mapping.apply(rows)
    assert page.columns == {"x": [[1], Decimal("0.5")], "y": [5, None]}


@pytest.mark.parametrize(
    ("transform", "pointer", "code"),
    [
        ({"field_mappings": {}}, "/field_mappings", "invalid_type"),
        ({"field_mappings": ["a"]}, "/field_mappings", "invalid_type"),
        ({"field_mappings": {"a": "nope"}}, "/field_mappings/a", "unknown_column"),
        ({"field_mappings": {"a/b": [{"type": "text"}]}}, "/field_mappings/a~1b/0", "missing_field"),
        ({"field_mappings": {"a": None}}, "/field_mappings/a", "missing_field"),
        ({"field_mappings": {"a": "sku", "b": "sku"}}, "/field_mappings/b", "duplicate_target"),
        ({"field_mappings": {"a": ["sku", "sku"]}}, "/field_mappings/a/1", "duplicate_target"),
        ({"field_mappings": {"a": {"to": "sku", "type": "txt"}}}, "/field_mappings/a/type", "unknown_component"),
        ({"field_mappings": {"a": {"to": "sku", "scale": 2}}}, "/field_mappings/a/scale", "unknown_key"),
        ({"field_mappings": {"a": {"to": "weight", "scale": -2}}}, "/field_mappings/a/scale", "invalid_value"),
        ({"field_mappings": {"a": {"to": "weight", "type": "text"}}}, "/field_mappings/a/type", "type_mismatch"),
        ({"field_mappings": {"a": {"to": "sku", "type": "enum"}}}, "/field_mappings/a/values", "invalid_value"),
        ({"field_mappings": {"a": {"to": "sku", "on_error": "stop"}}}, "/field_mappings/a/on_error", "invalid_value"),
        ({"profile": "nobody"}, "/profile", "unknown_component"),
        ({"profile": {"name": "product", "kind": 1}}, "/profile/kind", "unknown_key"),
        ({"functions": ["nobody"]}, "/functions/0", "unknown_component"),
        ({"functions": ["shout"]}, "/functions/0/options", "missing_field"),
        ({"constants": {"sku": "x"}}, "/constants/sku", "duplicate_target"),
        ({"constants": {"nope": "x"}}, "/constants/nope", "unknown_column"),
        ({"constants": {"weight": "heavy"}}, "/constants/weight", "invalid_value"),
        ({"defaults": {"is_active": "maybe"}}, "/defaults/is_active", "invalid_value"),
        (
            {"lookups": {"category_id": {"table": "x", "match": {"a": "b"}}}},
            "/lookups/category_id/table",
            "unknown_table",
        ),
        ({"lookups": {"category_id": {"table": "category"}}}, "/lookups/category_id", "missing_field"),
        (
            {"lookups": {"category_id": {"table": "category", "match": {"x": "y"}}}},
            "/lookups/category_id/match",
            "unknown_column",
        ),
        (
            {"lookups": {"category_id": {"table": "category", "match": {"name": "y"}, "on_missing": "wait"}}},
            "/lookups/category_id/on_missing",
            "invalid_value",
        ),
        ({"lookups": {"sku": {"table": "category", "match": {"name": "y"}}}}, "/lookups/sku", "duplicate_target"),
    ],
)
def test_what_is_refused(transform: dict[str, Any], pointer: str, code: str) -> None:
    whole = {"field_mappings": {"s": "sku"}} | transform
    mapping, (finding,) = compile_mapping(whole, target=TARGET, tables=TABLES, functions=FUNCTIONS)
    assert mapping is None
    assert (finding.pointer, finding.code) == (pointer, code)
    if code == "unknown_component":
        assert "known are" in finding.text


def test_every_finding_is_reported() -> None:
    transform = {"profile": "x", "field_mappings": {"a": "nope", "b": {"to": "sku", "type": "y"}}, "functions": ["z"]}
    _, findings = compile_mapping(transform, target=TARGET)
    assert len(findings) == 4
