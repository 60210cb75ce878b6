"""Constraints on values through HTTP: written, ordered, tried, and applied wherever a value is made or chosen."""

from typing import Any

import pytest
from sqlalchemy import Engine

from shared.app import ServiceApp
from tests.fixtures.people import Person, codes
from tests.fixtures.services import MakePerson
from tests.fixtures.statements import counting
from tests.propagation.changing import batch, change, held, item
from tests.propagation.naming import Naming, answered, made

NO_SPACES = {"constraint_type": "no_spaces", "message": "Spaces are not allowed."}


def constrain(naming: Naming, dimension: str, kind: str, value: str | None = None, **more: Any) -> dict[str, Any]:
    body = {"dimension": naming.dimensions[dimension], "constraint_type": kind, "value": value} | more
    row: dict[str, Any] = made(naming.person.post("dimension-constraints", body))
    return row


def test_a_constraint_is_made_read_changed_and_deleted(naming: Naming) -> None:
    row = constrain(naming, "Brand", "max_length", "4", error_message="Too long.")
    assert (row["order"], row["is_active"], row["version"]) == (1, True, 1)
    address = f"dimension-constraints/{row['id']}"
    changed = answered(naming.person.patch(address, {"value": "5", "version": 1}))
    assert (changed["value"], changed["error_message"], changed["version"]) == ("5", "Too long.", 2)
    assert naming.person.patch(address, {"value": "6", "version": 1}).status_code == 409
    assert naming.person.delete(address).status_code == 204
    assert naming.person.get(address).status_code == 404
    entries = answered(naming.person.get("audit-log?limit=200"))["results"]
    actions = {entry["action"] for entry in entries if entry["action"].startswith("constraint.")}
    assert actions == {"constraint.created", "constraint.updated", "constraint.deleted"}


def test_the_order_is_the_last_one_unless_given(naming: Naming) -> None:
    rows = [constrain(naming, "Brand", "no_spaces"), constrain(naming, "Brand", "uppercase", order=7)]
    rows.append(constrain(naming, "Brand", "no_numbers"))
    assert [row["order"] for row in rows] == [1, 7, 8]
    body = {"dimension": naming.dimensions["Brand"], "constraint_type": "lowercase", "order": 7}
    taken = naming.person.post("dimension-constraints", body)
    assert (taken.status_code, taken.get_json()["code"]) == (409, "already_exists")
    taken = naming.person.patch(f"dimension-constraints/{rows[0]['id']}", {"order": 8})
    assert (taken.status_code, taken.get_json()["code"]) == (409, "already_exists")
    constrain(naming, "Season", "no_spaces", order=7)


def test_they_are_listed_by_dimension_and_order(naming: Naming) -> None:
    for kind, order in (("no_spaces", 3), ("uppercase", 1), ("no_numbers", 2)):
        constrain(naming, "Brand", kind, order=order, is_active=order != 2)
    constrain(naming, "Season", "no_spaces")
    brand = f"dimension-constraints?dimension={naming.dimensions['Brand']}"
    kinds = [row["constraint_type"] for row in answered(naming.person.get(brand))["results"]]
    assert kinds == ["uppercase", "no_numbers", "no_spaces"]
    active = answered(naming.person.get(f"{brand}&is_active=true"))["results"]
    assert [row["constraint_type"] for row in active] == ["uppercase", "no_spaces"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"constraint_type": "max_length"}, "invalid_constraint"),
        ({"constraint_type": "max_length", "value": "many"}, "invalid_constraint"),
        ({"constraint_type": "starts_with", "value": ""}, "invalid_constraint"),
        ({"constraint_type": "regex", "value": "("}, "invalid_constraint"),
        ({"constraint_type": "regex", "value": r"(a)\1"}, "invalid_constraint"),
        ({"constraint_type": "regex", "value": "(?=a)"}, "invalid_constraint"),
        ({"constraint_type": "regex", "value": "x" * 201}, "invalid_constraint"),
        ({"constraint_type": "colour"}, "invalid"),
        ({"constraint_type": "no_spaces", "order": 0}, "invalid"),
        ({"constraint_type": "no_spaces", "error_message": "x" * 501}, "invalid"),
        ({"constraint_type": "no_spaces", "colour": "red"}, "unknown_field"),
        ({"constraint_type": "no_spaces", "dimension": 424242}, "not_found"),
        ({}, "required"),
    ],
)
def test_constraints_that_cannot_be(naming: Naming, body: dict[str, Any], code: str) -> None:
    refused = naming.person.post("dimension-constraints", {"dimension": naming.dimensions["Brand"]} | body)
    assert (refused.status_code, codes(refused)) == (422, [code])


def test_a_change_must_leave_it_whole(naming: Naming) -> None:
    row = constrain(naming, "Brand", "no_spaces")
    address = f"dimension-constraints/{row['id']}"
    refused = naming.person.patch(address, {"constraint_type": "regex"})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "invalid_constraint")
    moved = naming.person.patch(address, {"dimension": naming.dimensions["Season"]})
    assert (moved.status_code, codes(moved)) == (422, ["immutable_field"])


def test_values_are_checked_when_made_and_when_renamed(naming: Naming) -> None:
    constrain(naming, "Brand", "max_length", "6", error_message="Six letters at most.")
    constrain(naming, "Brand", "no_spaces")
    constrain(naming, "Brand", "uppercase", is_active=False)
    body = {"dimension": naming.dimensions["Brand"], "value": "Nike Air"}
    expected = [{"constraint_type": "max_length", "message": "Six letters at most."}, NO_SPACES]
    refused = naming.person.post("dimension-values", body)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "constraint_violation")
    assert refused.get_json()["validation_errors"] == expected
    assert refused.get_json()["errors"][0]["pointer"] == "/value"
    value = f"dimension-values/{naming.values['NIKE']}"
    for options in ({}, {"dry_run": True}):
        refused = naming.person.patch(value, {"value": "Nike Air"} | options)
        assert (refused.status_code, refused.get_json()["validation_errors"]) == (422, expected)
    answered(naming.person.patch(value, {"value": "nike", "label": "Nike the longer label"}))


def test_what_was_there_before_stays(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    constrain(naming, "Brand", "lowercase")
    value = f"dimension-values/{naming.values['NIKE']}"
    kept = answered(naming.person.patch(value, {"label": "Nike", "value": "NIKE"}))
    assert (kept["value"], kept["label"]) == ("NIKE", "Nike")
    answered(change(naming, account, "Brand", "PUMA"))
    assert naming.string(account["id"])["value"] == "PUMA-EU"


def test_free_text_is_checked_where_it_is_chosen(naming: Naming) -> None:
    campaign = naming.tree(campaigns=1, ads=0)["campaigns"][0]
    constrain(naming, "Note", "no_spaces")
    constrain(naming, "Note", "no_uppercase")
    expected = [NO_SPACES, {"constraint_type": "no_uppercase", "message": "Upper-case letters are not allowed."}]
    values = {"Brand": "NIKE", "Season": "FW26", "Note": "Launch week"}
    answers = [
        naming.person.post("strings", naming.body("campaign", campaign["parent"], values=values)),
        naming.person.post("strings", naming.body("campaign", campaign["parent"], values=values, dry_run=True)),
        change(naming, campaign, "Note", "Launch week"),
        change(naming, campaign, "Note", "Launch week", dry_run=True),
    ]
    for refused in answers:
        problem = refused.get_json()
        assert (refused.status_code, problem["code"]) == (422, "constraint_violation"), problem
        assert (problem["error_type"], problem["validation_errors"]) == ("validation_error", expected)
    other = naming.make("campaign", {"Brand": "NIKE", "Season": "FW26"}, campaign["parent"])
    body = {"string": other["id"], "dimension": naming.dimensions["Note"], "dimension_value_freetext": "Launch week"}
    refused = naming.person.post("string-details", body)
    assert (refused.status_code, refused.get_json()["validation_errors"]) == (422, expected)
    answered(change(naming, campaign, "Note", "launch"))


def test_an_item_of_a_batch_fails_alone(naming: Naming) -> None:
    first, second = naming.tree(campaigns=2, ads=0)["campaigns"]
    constrain(naming, "Note", "no_spaces")
    done = answered(batch(naming, item(naming, first, "Note", "a b"), item(naming, second, "Note", "ab")), 207)
    (failed,) = done["failed_updates"]
    assert (failed["error_type"], failed["code"]) == ("validation_error", "constraint_violation")
    assert failed["validation_errors"] == [NO_SPACES]
    assert held(naming, first, "Note")["effective_value"] == "c0"


def test_a_text_that_is_held_is_no_new_choice(naming: Naming) -> None:
    campaign = naming.make(
        "campaign",
        {"Brand": "NIKE", "Season": "SS26", "Note": "a b"},
        naming.make("account", {"Brand": "NIKE", "Region": "EU"})["id"],
    )
    constrain(naming, "Note", "no_spaces")
    answered(change(naming, campaign, "Note", "a b"))
    assert change(naming, campaign, "Note", "b c").status_code == 422


def test_trying_a_value(naming: Naming, person: MakePerson) -> None:
    constrain(naming, "Brand", "regex", "[A-Z]{4}", error_message="Four letters.")
    constrain(naming, "Brand", "no_spaces")
    viewer = person(sub="vic", roles=["viewer"])
    address = f"dimensions/{naming.dimensions['Brand']}/constraints/check"
    assert answered(viewer.post(address, {"value": "NIKE"})) == {"valid": True, "validation_errors": []}
    tried = answered(viewer.post(address, {"value": "Nike Air"}))
    four = {"constraint_type": "regex", "message": "Four letters."}
    assert tried == {"valid": False, "validation_errors": [four, NO_SPACES]}
    assert codes(viewer.post(address, {})) == ["required"]
    assert viewer.post("dimensions/999999999/constraints/check", {"value": "x"}).status_code == 404


def test_reordering(naming: Naming) -> None:
    rows = [constrain(naming, "Brand", kind, order=order) for kind, order in (("no_spaces", 2), ("uppercase", 5))]
    first, second = (row["id"] for row in rows)
    address = f"dimensions/{naming.dimensions['Brand']}/constraints/reorder"
    done = answered(naming.person.post(address, {"constraints": [second, first]}))["constraints"]
    assert [(row["id"], row["order"], row["version"]) for row in done] == [(second, 1, 2), (first, 2, 2)]
    again = answered(naming.person.post(address, {"constraints": [second, first]}))["constraints"]
    assert [row["version"] for row in again] == [2, 2]
    foreign = constrain(naming, "Season", "no_spaces")["id"]
    for wrong in ([first], [first, first], [first, second, foreign], [first, foreign]):
        refused = naming.person.post(address, {"constraints": wrong})
        assert (refused.status_code, codes(refused)) == (422, ["not_all_parts"])
    assert codes(naming.person.post(address, {"constraints": []})) == ["invalid"]
    (entry,) = answered(naming.person.get("audit-log?action=constraint.reordered"))["results"]
    assert entry["changes"] == {"constraints": [[first, second], [second, first]]}


def test_a_dimension_with_constraints_is_in_use(ada: Person) -> None:
    dimension = made(ada.post("dimensions", {"name": "Colour"}))
    body = {"dimension": dimension["id"], "constraint_type": "no_spaces"}
    row = made(ada.post("dimension-constraints", body))
    refused = ada.delete(f"dimensions/{dimension['id']}")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "in_use")
    assert ada.delete(f"dimension-constraints/{row['id']}").status_code == 204
    assert ada.delete(f"dimensions/{dimension['id']}").status_code == 204


def test_roles(naming: Naming, person: MakePerson) -> None:
    row = constrain(naming, "Brand", "no_spaces")
    operator, manager = person(sub="olga", roles=["operator"]), person(sub="max", roles=["manager"])
    body = {"dimension": naming.dimensions["Brand"], "constraint_type": "uppercase"}
    assert operator.get(f"dimension-constraints/{row['id']}").status_code == 200
    for refused in (
        operator.post("dimension-constraints", body),
        operator.patch(f"dimension-constraints/{row['id']}", {"is_active": False}),
        operator.delete(f"dimension-constraints/{row['id']}"),
        operator.post(f"dimensions/{naming.dimensions['Brand']}/constraints/reorder", {"constraints": [row["id"]]}),
    ):
        assert (refused.status_code, refused.get_json()["permission"]) == (403, "rule.manage")
    made(manager.post("dimension-constraints", body))


def test_the_number_of_statements_does_not_grow(naming: Naming, app: ServiceApp) -> None:
    campaigns = naming.tree(campaigns=20, ads=0)["campaigns"]
    for kind in ("no_spaces", "no_uppercase", "no_special_chars"):
        constrain(naming, "Note", kind)
    engine: Engine = app.runtime.db.engine
    counts = []
    for size in (2, 20):
        updates = [item(naming, row, "Note", f"n{size}x{place}") for place, row in enumerate(campaigns[:size])]
        with counting(engine) as sent:
            answered(batch(naming, *updates))
        counts.append(len(sent))
    assert counts[0] == counts[1]
