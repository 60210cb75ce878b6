"""What batches and analyses refuse as a whole, and what fails one item alone."""

from typing import Any

import pytest

from tests.propagation.changing import Body, analyze, batch, item, stored_names
from tests.propagation.naming import Naming, answered

UNKNOWN = 2**40
CALLS = ["batch_update", "analyze_impact"]


def send(naming: Naming, call: str, updates: Any, **more: Any) -> Any:
    if call == "batch_update":
        return naming.person.put("string-details/batch_update", {"updates": updates} | more)
    return naming.person.post("string-details/analyze_impact", {"string_detail_updates": updates} | more)


def places(response: Any) -> list[tuple[str, str]]:
    assert (response.status_code, response.mimetype) == (422, "application/problem+json"), response.get_json()
    return [(error["pointer"], error["code"]) for error in response.get_json()["errors"]]


@pytest.fixture
def account(naming: Naming) -> Body:
    return naming.make("account", {"Brand": "NIKE", "Region": "EU"})


LISTS: list[tuple[Any, str, str]] = [
    ([], "", "invalid"),
    ("all", "", "invalid"),
    ({}, "", "invalid"),
    (None, "", "null"),
    ([{"string_detail_id": n + 1, "dimension_value": None} for n in range(101)], "", "invalid"),
    (["7"], "/0", "invalid"),
    ([{"dimension_value": None}], "/0/string_detail_id", "required"),
    ([{"string_detail_id": "7", "dimension_value": None}], "/0/string_detail_id", "invalid"),
    ([{"string_detail_id": 7.5, "dimension_value": None}], "/0/string_detail_id", "invalid"),
    ([{"string_detail_id": True, "dimension_value": None}], "/0/string_detail_id", "invalid"),
    ([{"string_detail_id": 0, "dimension_value": None}], "/0/string_detail_id", "invalid"),
    ([{"string_detail_id": 2**63, "dimension_value": None}], "/0/string_detail_id", "invalid"),
    ([{"string_detail_id": None, "dimension_value": None}], "/0/string_detail_id", "null"),
    ([{"string_detail_id": 7}], "/0/dimension_value", "required"),
    (
        [{"string_detail_id": 7, "dimension_value": 1, "dimension_value_freetext": "x"}],
        "/0/dimension_value",
        "both_values",
    ),
    ([{"string_detail_id": 7, "dimension_value": "x"}], "/0/dimension_value", "invalid"),
    ([{"string_detail_id": 7, "dimension_value_freetext": "x" * 101}], "/0/dimension_value_freetext", "invalid"),
    (
        [{"string_detail_id": 7, "dimension_value_freetext": "\x7f"}],
        "/0/dimension_value_freetext",
        "control_character",
    ),
    ([{"string_detail_id": 7, "dimension_value": None, "colour": 1}], "/0/colour", "unknown_field"),
    (
        [{"string_detail_id": 6, "dimension_value": None}, {"string_detail_id": 7}],
        "/1/dimension_value",
        "required",
    ),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("updates", "pointer", "code"), LISTS)
def test_lists_that_cannot_be(naming: Naming, call: str, updates: Any, pointer: str, code: str) -> None:
    key = "updates" if call == "batch_update" else "string_detail_updates"
    assert places(send(naming, call, updates)) == [(f"/{key}{pointer}", code)]
    assert answered(naming.person.get("jobs"))["results"] == []


@pytest.mark.parametrize("call", CALLS)
def test_the_list_is_required(naming: Naming, call: str) -> None:
    method = naming.person.put if call == "batch_update" else naming.person.post
    key = "updates" if call == "batch_update" else "string_detail_updates"
    assert places(method(f"string-details/{call}", {})) == [(f"/{key}", "required")]


@pytest.mark.parametrize("call", CALLS)
def test_a_hundred_updates_are_allowed(naming: Naming, call: str) -> None:
    updates = [{"string_detail_id": UNKNOWN + n, "dimension_value": None} for n in range(100)]
    response = send(naming, call, updates)
    assert response.status_code == (409 if call == "batch_update" else 200)
    failed = response.get_json()["failed_updates" if call == "batch_update" else "warnings"]
    assert [row["index"] for row in failed] == list(range(100))


@pytest.mark.parametrize("call", CALLS)
def test_the_same_detail_twice(naming: Naming, call: str, account: Body) -> None:
    once, other = item(naming, account, "Brand", "PUMA"), item(naming, account, "Region", "US")
    key = "updates" if call == "batch_update" else "string_detail_updates"
    refused = send(naming, call, [once, other, once | {"dimension_value": None}])
    assert places(refused) == [
        (f"/{key}/0/string_detail_id", "duplicate_item"),
        (f"/{key}/2/string_detail_id", "duplicate_item"),
    ]
    assert refused.get_json()["code"] == "duplicate_item"
    assert stored_names(naming) == {account["id"]: "NIKE-EU"}


OPTIONS: list[tuple[str, Any, str]] = [
    ("max_depth", 0, "invalid"),
    ("max_depth", 51, "invalid"),
    ("max_depth", 100, "invalid"),
    ("max_depth", "ten", "invalid"),
    ("max_depth", 1.5, "invalid"),
    ("propagate", "often", "invalid"),
    ("error_handling", "ignore", "invalid"),
    ("field_propagation_rules", "inherit_always", "invalid"),
    ("depth", 3, "unknown_field"),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("option", "value", "code"), OPTIONS)
def test_options_that_cannot_be(naming: Naming, account: Body, call: str, option: str, value: Any, code: str) -> None:
    update = item(naming, account, "Brand", "PUMA")
    more: Body = {option: value} if call == "analyze_impact" else {"options": {option: value}}
    pointer = f"/{option}" if call == "analyze_impact" else f"/options/{option}"
    assert places(send(naming, call, [update], **more)) == [(pointer, code)]
    assert stored_names(naming) == {account["id"]: "NIKE-EU"}


@pytest.mark.parametrize("call", CALLS)
def test_rules_name_what_exists(naming: Naming, account: Body, call: str) -> None:
    update = item(naming, account, "Brand", "PUMA")
    rules = {"dimension_value:Colour": "inherit_never"}
    more: Body = {"field_propagation_rules": rules}
    above = "" if call == "analyze_impact" else "/options"
    refused = send(naming, call, [update], **(more if call == "analyze_impact" else {"options": more}))
    assert places(refused) == [(f"{above}/field_propagation_rules/dimension_value:Colour", "unknown")]


@pytest.mark.parametrize(("option", "value"), [("mode", "sometimes"), ("dry_run", "x"), ("parallel_processing", "x")])
def test_options_of_a_batch(naming: Naming, account: Body, option: str, value: Any) -> None:
    refused = batch(naming, item(naming, account, "Brand", "PUMA"), **{option: value})
    assert places(refused) == [(f"/options/{option}", "invalid")]


def test_bodies_are_objects(naming: Naming) -> None:
    bodies: list[Any] = [[], "x", 7]
    for body in bodies:
        refused = naming.person.put("string-details/batch_update", body)
        assert refused.status_code == 422, refused.get_json()
    broken = naming.person.client.put(
        "/api/propagation/v1/string-details/batch_update",
        data=b"{",
        headers={"Authorization": f"Bearer {naming.person.token}", "Content-Type": "application/json"},
    )
    assert (broken.status_code, broken.mimetype) == (400, "application/problem+json")


def items_that_fail(naming: Naming, account: Body) -> list[tuple[Body, str, str]]:
    """Updates that fail alone, with their type and code."""
    brand = item(naming, account, "Brand", "PUMA")
    text = {"string_detail_id": brand["string_detail_id"]}
    return [
        ({"string_detail_id": UNKNOWN, "dimension_value": None}, "validation_error", "not_found"),
        (text | {"dimension_value": UNKNOWN}, "validation_error", "not_found"),
        (text | {"dimension_value": naming.values["EU"]}, "validation_error", "wrong_dimension"),
        (text | {"dimension_value_freetext": "x"}, "validation_error", "type_mismatch"),
        (text | {"dimension_value": None}, "string_generation_error", "required_dimension_missing"),
        (brand | {"version": 9}, "conflict_error", "version_conflict"),
    ]


@pytest.mark.parametrize("number", range(6))
def test_an_item_fails_alone(naming: Naming, account: Body, number: int) -> None:
    other = naming.make("account", {"Brand": "VANS", "Region": "US"})
    update, error_type, code = items_that_fail(naming, account)[number]
    answer = answered(batch(naming, update, item(naming, other, "Brand", "PUMA")), 207)
    (failed,) = answer["failed_updates"]
    assert (failed["index"], failed["error_type"], failed["code"], failed["update"]) == (0, error_type, code, update)
    (error,) = answered(naming.person.get(f"jobs/{answer['job_id']}/errors"))["results"]
    assert (error["error_type"], error["error_code"], error["is_retryable"]) == (error_type, code, False)
    assert error["context_data"]["correlation_id"]
    assert stored_names(naming) == {account["id"]: "NIKE-EU", other["id"]: "PUMA-US"}


@pytest.mark.parametrize("number", range(6))
def test_a_preview_warns_of_it(naming: Naming, account: Body, number: int) -> None:
    update, error_type, code = items_that_fail(naming, account)[number]
    impact = answered(analyze(naming, update))
    (warning,) = impact["warnings"]
    kind = "not_found" if update["string_detail_id"] == UNKNOWN else error_type
    assert (warning["type"], warning["code"]) == (kind, code)
    assert (warning["severity"], bool(warning["message"])) == ("high", True)
    assert (impact["affected_strings"], impact["summary"]["failed"]) == ([], 1)
