"""What calls that change or preview choices refuse, and what is stored then: nothing."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.fixtures.people import Person, codes
from tests.fixtures.services import MakePerson
from tests.propagation.changing import analyze, batch, change, held, item, stored_names
from tests.propagation.naming import Naming, answered, detail_of

UNKNOWN = 2**40


@pytest.fixture
def account(naming: Naming) -> Iterator[dict[str, Any]]:
    """An account that is the same afterwards, with no run about it."""
    made = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    yield made
    now = naming.string(made["id"])
    assert (now["value"], now["version"], now["stale"]) == ("NIKE-EU", 1, False)
    assert [row["version"] for row in now["details"]] == [1, 1]


def details(naming: Naming, string: dict[str, Any], dimension: str = "Brand") -> str:
    return f"string-details/{detail_of(string, dimension)['id']}"


PATCHES: list[tuple[dict[str, Any], str, str]] = [
    ({}, "/dimension_value", "required"),
    ({"propagate": True}, "/dimension_value", "required"),
    ({"dimension_value": 1, "dimension_value_freetext": "x"}, "/dimension_value", "both_values"),
    ({"dimension_value": "1"}, "/dimension_value", "invalid"),
    ({"dimension_value": 1.5}, "/dimension_value", "invalid"),
    ({"dimension_value": True}, "/dimension_value", "invalid"),
    ({"dimension_value": 0}, "/dimension_value", "invalid"),
    ({"dimension_value": 2**63}, "/dimension_value", "invalid"),
    ({"dimension_value_freetext": 7}, "/dimension_value_freetext", "invalid"),
    ({"dimension_value_freetext": "x" * 101}, "/dimension_value_freetext", "invalid"),
    ({"dimension_value_freetext": "a\x1fb"}, "/dimension_value_freetext", "control_character"),
    ({"dimension_value_freetext": "a\x00b"}, "/dimension_value_freetext", "control_character"),
    ({"dimension_value": None, "colour": "red"}, "/colour", "unknown_field"),
    ({"dimension_value": None, "max_depth": 3}, "/max_depth", "unknown_field"),
    ({"dimension_value": None, "propagation_depth": 0}, "/propagation_depth", "invalid"),
    ({"dimension_value": None, "propagation_depth": 51}, "/propagation_depth", "invalid"),
    ({"dimension_value": None, "propagation_depth": 100}, "/propagation_depth", "invalid"),
    ({"dimension_value": None, "propagation_depth": "3"}, "/propagation_depth", "invalid"),
    ({"dimension_value": None, "propagation_depth": "deep"}, "/propagation_depth", "invalid"),
    ({"dimension_value": None, "propagation_depth": None}, "/propagation_depth", "null"),
    ({"dimension_value": None, "error_handling": "ignore"}, "/error_handling", "invalid"),
    ({"dimension_value": None, "mode": "sometimes"}, "/mode", "invalid"),
    ({"dimension_value": None, "propagate": "often"}, "/propagate", "invalid"),
    ({"dimension_value": None, "dry_run": "true"}, "/dry_run", "invalid"),
    ({"dimension_value": None, "propagate": 1}, "/propagate", "invalid"),
    ({"own": "mine"}, "/own", "invalid"),
    ({"dimension_value": None, "field_propagation_rules": []}, "/field_propagation_rules", "invalid"),
    (
        {"dimension_value": None, "field_propagation_rules": {"default": "perhaps"}},
        "/field_propagation_rules/default",
        "invalid",
    ),
    (
        {"dimension_value": None, "field_propagation_rules": {"dimension_value:Colour": "inherit_never"}},
        "/field_propagation_rules/dimension_value:Colour",
        "unknown",
    ),
    ({"dimension_value": None, "string": UNKNOWN}, "/string", "immutable_field"),
    ({"dimension_value": None, "dimension": UNKNOWN}, "/dimension", "immutable_field"),
    ({"dimension_value": UNKNOWN}, "/dimension_value", "not_found"),
    ({"dimension_value_freetext": "x"}, "/dimension_value_freetext", "type_mismatch"),
]


@pytest.mark.parametrize(("body", "pointer", "code"), PATCHES)
def test_a_change_that_cannot_be(
    naming: Naming, account: dict[str, Any], body: dict[str, Any], pointer: str, code: str
) -> None:
    for dry_run in ({}, {"dry_run": True}):
        refused = naming.person.patch(details(naming, account), dry_run | body)
        assert (refused.status_code, refused.mimetype) == (422, "application/problem+json"), refused.get_json()
        (error,) = refused.get_json()["errors"]
        assert error["code"] == code
        assert error["pointer"] == pointer
        assert bool(error["detail"])
    assert answered(naming.person.get("jobs"))["results"] == []


def test_what_was_read_may_be_sent_back(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    read = answered(naming.person.get(details(naming, account)))
    read |= {"id": 1, "workspace": "other", "workspace_name": "x", "created_by": "eve", "is_inherited": True}
    answer = answered(naming.person.patch(details(naming, account), read | {"dimension_value": naming.values["PUMA"]}))
    assert (answer["effective_value"], answer["is_inherited"]) == ("PUMA", False)


def test_a_value_of_another_dimension(naming: Naming, account: dict[str, Any]) -> None:
    refused = naming.person.patch(details(naming, account), {"dimension_value": naming.values["EU"]})
    assert (refused.status_code, refused.get_json()["code"], codes(refused)) == (
        422, "wrong_dimension", ["wrong_dimension"],
    )  # fmt: skip


def test_a_list_value_for_a_text(naming: Naming) -> None:
    campaign = naming.tree(campaigns=1, ads=0)["campaigns"][0]
    refused = naming.person.patch(details(naming, campaign, "Note"), {"dimension_value": naming.values["EU"]})
    assert (refused.status_code, codes(refused)) == (422, ["type_mismatch"])
    assert held(naming, campaign, "Note")["effective_value"] == "c0"


UNUSABLE: list[tuple[dict[str, Any], str]] = [
    ({"status": "inactive"}, "value_inactive"),
    ({"valid_until": "2020-01-01"}, "value_not_valid"),
    ({"valid_from": "2999-01-01"}, "value_not_valid"),
]


@pytest.mark.parametrize(("more", "code"), UNUSABLE)
def test_a_value_that_may_not_be_chosen(
    naming: Naming, account: dict[str, Any], more: dict[str, Any], code: str
) -> None:
    naming.add_value("Brand", "ASICS", **more)
    refused = change(naming, account, "Brand", "ASICS")
    assert (refused.status_code, codes(refused)) == (422, [code])
    failed = answered(batch(naming, item(naming, account, "Brand", "ASICS")), 409)["failed_updates"]
    assert [(row["error_type"], row["code"]) for row in failed] == [("validation_error", code)]
    warned = answered(analyze(naming, item(naming, account, "Brand", "ASICS")))["warnings"]
    assert [(row["type"], row["code"], row["severity"]) for row in warned] == [("validation_error", code, "high")]


@pytest.mark.parametrize("edge", ["valid_from", "valid_until"])
def test_the_days_of_a_value_are_inclusive(naming: Naming, edge: str) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    naming.add_value("Brand", "ASICS", **{edge: str(datetime.now(UTC).date())})
    assert change(naming, account, "Brand", "ASICS").status_code == 200


def test_an_inactive_dimension_takes_no_new_value(naming: Naming, account: dict[str, Any]) -> None:
    answered(naming.person.patch(f"dimensions/{naming.dimensions['Brand']}", {"status": "inactive"}))
    assert codes(change(naming, account, "Brand", "PUMA")) == ["value_inactive"]
    assert change(naming, account, "Brand", "NIKE").status_code == 200


def test_a_value_that_expired_stays_and_is_inherited(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    value = naming.values["NIKE"]
    answered(change(naming, tree["campaigns"][0], "Brand", "PUMA"))
    answered(naming.person.patch(f"dimension-values/{value}", {"valid_until": "2020-01-01"}))
    assert change(naming, tree["account"], "Brand", "NIKE").status_code == 200
    assert naming.string(tree["account"]["id"])["value"] == "NIKE-EU"


@pytest.fixture
def cities(naming: Naming) -> Naming:
    """City depends on Region: Berlin lies in EU, Boston in US, Atlantis anywhere; both stand in an account's name."""
    naming.dimensions["City"] = naming.add("dimensions", name="City", parent=naming.dimensions["Region"])
    for city, region in (("Berlin", "EU"), ("Boston", "US"), ("Atlantis", None)):
        naming.add_value("City", city, **({"parent": naming.values[region]} if region else {}))
    naming.add(
        "rule-details",
        rule=naming.rule,
        field=naming.fields["account"],
        dimension=naming.dimensions["City"],
        dimension_order=3,
        is_required=False,
    )
    return naming


def test_a_value_that_goes_with_another_parent(cities: Naming) -> None:
    account = cities.make("account", {"Brand": "NIKE", "Region": "EU", "City": "Berlin"})
    for dimension, value in (("City", "Boston"), ("Region", "US")):
        problem = answered(change(cities, account, dimension, value), 422)
        assert (problem["code"], problem["error_type"]) == ("dependent_value_mismatch", "validation_error")
        failed = answered(batch(cities, item(cities, account, dimension, value)), 409)["failed_updates"]
        assert [row["code"] for row in failed] == ["dependent_value_mismatch"]
        warned = answered(analyze(cities, item(cities, account, dimension, value)))["warnings"]
        assert [row["code"] for row in warned] == ["dependent_value_mismatch"]
    assert stored_names(cities) == {account["id"]: "NIKE-EU-Berlin"}
    assert change(cities, account, "City", "Atlantis").status_code == 200
    both = batch(cities, item(cities, account, "Region", "US"), item(cities, account, "City", "Boston"))
    assert answered(both)["summary"]["status"] == "completed"
    assert stored_names(cities) == {account["id"]: "NIKE-US-Boston"}


def test_what_is_inherited_must_go_together_too(cities: Naming) -> None:
    cities.add(
        "rule-details", rule=cities.rule, field=cities.fields["campaign"], dimension=cities.dimensions["City"],
        dimension_order=4, is_required=False,
    )  # fmt: skip
    account = cities.make("account", {"Brand": "NIKE", "Region": "EU"})
    campaign = cities.make(
        "campaign", {"Brand": "NIKE", "Season": "SS26", "Region": "EU", "City": "Berlin"}, account["id"]
    )
    summary = answered(change(cities, account, "Region", "US"))["propagation_summary"]
    assert (summary["status"], [row["code"] for row in summary["errors"]]) == (
        "partial_failure", ["dependent_value_mismatch"],
    )  # fmt: skip
    assert held(cities, campaign, "Region")["effective_value"] == "EU"


FOREIGN = ["0", "999999999999", str(2**63 - 1), "9" * 30, "abc", "-1", "1.5", "%00"]


@pytest.mark.parametrize("key", FOREIGN)
def test_ids_that_lead_nowhere(ada: Person, key: str) -> None:
    address = f"string-details/{key}"
    for refused in (ada.patch(address, {"own": True}), ada.get(address)):
        assert (refused.status_code, refused.mimetype) == (404, "application/problem+json")


def test_foreign_rows_are_missing_rows(naming: Naming, person: MakePerson) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    stranger = person(tenant_id=uuid.uuid4())
    theirs = Naming.build(stranger)
    other = theirs.make("account", {"Brand": "NIKE", "Region": "EU"})
    refused = naming.person.patch(details(naming, other), {"own": True})
    unknown = naming.person.patch(f"string-details/{UNKNOWN}", {"own": True})
    same = ("status", "title", "code", "detail")
    assert [refused.get_json()[name] for name in same] == [unknown.get_json()[name] for name in same]
    value = naming.person.patch(details(naming, account), {"dimension_value": theirs.values["PUMA"]})
    nothing = naming.person.patch(details(naming, account), {"dimension_value": UNKNOWN})
    assert codes(value) == codes(nothing) == ["not_found"]
    failed = answered(batch(naming, item(theirs, other, "Brand", "PUMA")), 409)["failed_updates"]
    assert [(row["code"], row["string_id"]) for row in failed] == [("not_found", None)]
    impact = answered(analyze(naming, item(theirs, other, "Brand", "PUMA")))
    assert [row["type"] for row in impact["warnings"]] == ["not_found"]


def test_who_may(naming: Naming, person: MakePerson, account: dict[str, Any]) -> None:
    viewer, operator = person(sub="vic", roles=["viewer"]), person(sub="olga", roles=["operator"])
    update = item(naming, account, "Brand", "PUMA")
    for refused in (change(naming, account, "Brand", "PUMA", person=viewer), batch(naming, update, person=viewer)):
        assert (refused.status_code, refused.get_json()["permission"]) == (403, "string.edit")
    assert analyze(naming, update, person=viewer).status_code == 200
    assert viewer.patch(f"string-details/{UNKNOWN}", {"own": True}).status_code == 404
    assert change(naming, account, "Brand", "PUMA", person=operator, dry_run=True).status_code == 200
    nobody = Person(naming.person.client, naming.person.prefix, "no token")
    assert change(naming, account, "Brand", "PUMA", person=nobody).status_code == 401
    assert answered(analyze(naming, update, person=person(tenant_id=None)), 403)["code"] == "tenant_missing"
