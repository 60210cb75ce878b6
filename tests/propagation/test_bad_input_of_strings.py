"""What the calls for strings refuse, and what is stored then: nothing."""

import uuid
from typing import Any

import pytest

from tests.fixtures.people import codes
from tests.fixtures.services import MakePerson
from tests.propagation.batching import analyze, batch, wanted
from tests.propagation.changing import stored_names
from tests.propagation.naming import Naming, answered

Body = dict[str, Any]
CALLS = ("batch_update", "analyze_impact")
UNKNOWN = 2**40


def send(naming: Naming, call: str, updates: Any, **more: Any) -> Any:
    body = {"updates": updates} | more
    put = call == "batch_update"
    return naming.person.call("PUT" if put else "POST", f"strings/{call}", body)


def places(response: Any) -> list[tuple[str, str]]:
    assert (response.status_code, response.mimetype) == (422, "application/problem+json"), response.get_json()
    return [(error["pointer"], error["code"]) for error in response.get_json()["errors"]]


UPDATES: list[tuple[Any, str, str]] = [
    ([], "/updates", "invalid"),
    ("all", "/updates", "invalid"),
    (None, "/updates", "null"),
    ([7], "/updates/0", "invalid"),
    ([{}], "/updates/0/string_id", "required"),
    ([{"string_id": "7", "values": {"Brand": "x"}}], "/updates/0/string_id", "invalid"),
    ([{"string_id": 0, "values": {"Brand": "x"}}], "/updates/0/string_id", "invalid"),
    ([{"string_id": 2**63, "values": {"Brand": "x"}}], "/updates/0/string_id", "invalid"),
    ([{"string_id": 1}], "/updates/0/values", "required"),
    ([{"string_id": 1, "values": {}}], "/updates/0/values", "required"),
    ([{"string_id": 1, "values": []}], "/updates/0/values", "invalid"),
    ([{"string_id": 1, "values": {"Brand": 7}}], "/updates/0/values/Brand", "invalid"),
    ([{"string_id": 1, "values": {"Brand": "x" * 101}}], "/updates/0/values/Brand", "invalid"),
    ([{"string_id": 1, "values": {"Note": "a\x1fb"}}], "/updates/0/values/Note", "control_character"),
    ([{"string_id": 1, "values": {"B" * 31: "x"}}], f"/updates/0/values/{'B' * 31}", "invalid"),
    ([{"string_id": 1, "custom_fields": {"a": []}}], "/updates/0/custom_fields/a", "not_plain"),
    ([{"string_id": 1, "parent": "top"}], "/updates/0/parent", "invalid"),
    ([{"string_id": 1, "parent": None, "version": "1"}], "/updates/0/version", "invalid"),
    ([{"string_id": 1, "values": {"Brand": "x"}, "colour": "red"}], "/updates/0/colour", "unknown_field"),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("updates", "pointer", "code"), UPDATES)
def test_lists_that_cannot_be(naming: Naming, call: str, updates: Any, pointer: str, code: str) -> None:
    ((found, found_code), *_) = places(send(naming, call, updates))
    assert (found, found_code) == (pointer, code)
    assert answered(naming.person.get("jobs"))["results"] == []


@pytest.mark.parametrize(("call", "limit"), [("batch_update", 1000), ("analyze_impact", 500)])
def test_limits(naming: Naming, call: str, limit: int) -> None:
    def updates(count: int) -> list[Body]:
        return [{"string_id": UNKNOWN + number, "custom_fields": {"a": 1}} for number in range(count)]

    assert places(send(naming, call, updates(limit + 1))) == [("/updates", "invalid")]
    allowed = send(naming, call, updates(limit))
    if call == "batch_update":
        assert len(answered(allowed, 409)["failed_updates"]) == limit
    else:
        assert codes(allowed) == ["not_found"] * limit


@pytest.mark.parametrize("call", CALLS)
def test_the_same_string_twice(naming: Naming, call: str) -> None:
    tree = naming.tree(1, 0)
    account, campaign = tree["account"], tree["campaigns"][0]
    updates = [wanted(account, {"Brand": "PUMA"}), wanted(campaign, {"Note": "x"}), wanted(account, {"Region": "US"})]
    refused = send(naming, call, updates)
    assert places(refused) == [
        ("/updates/0/string_id", "duplicate_item"),
        ("/updates/2/string_id", "duplicate_item"),
    ]
    assert refused.get_json()["code"] == "duplicate_item"
    assert naming.string(account["id"])["version"] == 1


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [
        ("max_depth", 0, "invalid"),
        ("max_depth", 51, "invalid"),
        ("max_depth", "ten", "invalid"),
        ("propagate", "often", "invalid"),
        ("error_handling", "ignore", "invalid"),
        ("field_propagation_rules", {"default": "perhaps"}, "invalid"),
        ("field_propagation_rules", {"dimension_value:Colour": "inherit_never"}, "unknown"),
        ("depth", 3, "unknown_field"),
    ],
)
@pytest.mark.parametrize("call", CALLS)
def test_options_that_cannot_be(naming: Naming, call: str, option: str, value: Any, code: str) -> None:
    update = wanted(naming.make("account", {"Brand": "NIKE", "Region": "EU"}), {"Brand": "PUMA"})
    is_batch = call == "batch_update"
    refused = send(naming, call, [update], **({"options": {option: value}} if is_batch else {option: value}))
    ((pointer, found),) = places(refused)
    assert pointer.startswith(f"/options/{option}" if is_batch else f"/{option}")
    assert found == code


@pytest.mark.parametrize("call", CALLS)
def test_another_workspace_in_the_body(naming: Naming, call: str, tenant_id: uuid.UUID) -> None:
    update = wanted(naming.make("account", {"Brand": "NIKE", "Region": "EU"}), {"Brand": "PUMA"})
    for other in (str(uuid.uuid4()), 77):
        refused = send(naming, call, [update], workspace=other)
        assert answered(refused, 403)["code"] == "workspace_mismatch"
    answered(send(naming, call, [update], workspace=str(tenant_id)))


def test_unknown_and_foreign_strings(naming: Naming, person: MakePerson) -> None:
    theirs = Naming.build(person(tenant_id=uuid.uuid4()))
    foreign = theirs.make("account", {"Brand": "NIKE", "Region": "EU"})
    own = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    updates = [wanted(own, {"Brand": "PUMA"}), wanted(foreign, {"Brand": "PUMA"})]
    assert places(analyze(naming, *updates)) == [("/updates/1/string_id", "not_found")]
    answer = answered(batch(naming, *updates), 207)
    assert [(row["index"], row["code"], row["string_id"]) for row in answer["failed_updates"]] == [
        (1, "not_found", None)
    ]
    below = answered(batch(naming, wanted(own, parent=foreign["id"])), 409)["failed_updates"]
    assert [(row["error_type"], row["code"]) for row in below] == [("validation_error", "not_found")]
    assert stored_names(theirs) == {foreign["id"]: "NIKE-EU"}


def test_values_that_may_not_be_chosen(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    naming.add_value("Brand", "OLD", valid_until="2020-01-01")
    naming.add_value("Brand", "OFF", status="inactive")
    for value, code in (("OLD", "value_not_valid"), ("OFF", "value_inactive"), ("EU", "not_found")):
        (failed,) = answered(batch(naming, wanted(account, {"Brand": value})), 409)["failed_updates"]
        assert (failed["error_type"], failed["code"]) == ("validation_error", code)
    assert stored_names(naming) == {account["id"]: "NIKE-EU"}


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"parent": UNKNOWN}, "/parent", "not_found"),
        ({"parent_uuid": str(uuid.uuid4())}, "/parent_uuid", "not_found"),
        ({"submission": UNKNOWN}, "/submission", "not_found"),
        ({"parent": "top"}, "/parent", "invalid"),
        ({"custom_fields": []}, "/custom_fields", "invalid"),
        ({"custom_fields": {"k" * 31: 1}}, "/custom_fields", "invalid"),
        ({"propagation_depth": 51}, "/propagation_depth", "invalid"),
        ({"colour": "red"}, "/colour", "unknown_field"),
    ],
)
def test_changes_of_one_string_that_cannot_be(naming: Naming, change: Body, pointer: str, code: str) -> None:
    account = naming.tree(0)["account"]
    ((found, found_code), *_) = places(naming.person.patch(f"strings/{account['id']}", change))
    assert found.startswith(pointer)
    assert found_code == code
    assert naming.string(account["id"])["version"] == 1


@pytest.mark.parametrize("place", ["parent", "ad"])
def test_a_parent_that_is_the_string_or_stands_below(naming: Naming, place: str) -> None:
    tree = naming.tree(1, 1)
    parent = tree["campaigns"][0] if place == "parent" else tree["ads"][0]
    refused = naming.person.patch(f"strings/{tree['campaigns'][0]['id']}", {"parent": parent["id"]})
    assert places(refused) == [("/parent", "circular_dependency")]
    level = naming.person.patch(f"strings/{tree['ads'][0]['id']}", {"parent": tree["account"]["id"]})
    assert places(level) == [("/parent", "invalid_parent")]


def test_a_workspace_or_an_author_in_a_body_count_for_nothing(naming: Naming) -> None:
    claimed: Body = {"workspace": str(uuid.uuid4()), "created_by": "eve"}
    string = naming.make("account", {"Brand": "NIKE", "Region": "EU"}, **claimed)
    assert string["created_by"] == "ada"
    answered(naming.person.patch(f"strings/{string['id']}", {"custom_fields": {"a": 1}} | claimed))
    assert naming.string(string["id"])["created_by"] == "ada"
    dimension = naming.person.post("dimensions", {"name": "Colour"} | claimed)
    assert answered(dimension, 201)["created_by"] == "ada"
