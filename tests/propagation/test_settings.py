"""The layers of the settings through HTTP."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from services.propagation.config import Settings
from tests.fixtures.people import Person, codes
from tests.fixtures.services import MakePerson
from tests.propagation.naming import answered, made


def test_a_person_has_one_row(ada: Person) -> None:
    assert answered(ada.get("settings"))["results"] == []
    row = made(ada.post("settings", {"settings": {"propagation_mode": "prompt", "error_handling": None}}))
    assert row["settings"] == {"propagation_mode": "prompt"}
    assert (row["user"], row["user_name"], row["version"]) == ("ada", "Ada", 1)
    assert row["workspace_name"].startswith("Workspace ")
    refused = ada.post("settings", {"settings": {}})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "settings_exist")
    assert answered(ada.get(f"settings/{row['id']}")) == row
    assert answered(ada.get("settings"))["results"] == [row]
    assert ada.delete(f"settings/{row['id']}").status_code == 204
    assert ada.get(f"settings/{row['id']}").status_code == 404


def test_patch_merges_and_put_replaces(ada: Person) -> None:
    row = made(ada.post("settings", {"settings": {"propagation_mode": "prompt", "default_propagation_depth": 3}}))
    address = f"settings/{row['id']}"
    merged = answered(ada.patch(address, {"settings": {"propagation_mode": None, "error_handling": "stop"}}))
    assert merged["settings"] == {"default_propagation_depth": 3, "error_handling": "stop"}
    replaced = answered(ada.put(address, merged | {"settings": {"auto_preview_enabled": True}}))
    assert replaced["settings"] == {"auto_preview_enabled": True}
    assert replaced["version"] == 3
    assert ada.put(address, merged).status_code == 409
    stale = ada.patch(address, {"settings": {}}, headers={"If-Match": '"1-x"'})
    assert stale.status_code == 412


def test_rows_are_private(ada: Person, person: MakePerson) -> None:
    row = made(ada.post("settings", {"settings": {}}))
    bob = person(sub="bob")
    assert bob.get(f"settings/{row['id']}").status_code == 404
    assert bob.patch(f"settings/{row['id']}", {"settings": {}}).status_code == 404
    assert answered(bob.get("settings"))["results"] == []


def test_current_shows_what_counts_and_why(ada: Person, settings: Settings) -> None:
    empty = answered(ada.get("settings/current"))
    assert (empty["id"], empty["settings"]) == (None, {})
    assert empty["effective"]["propagation_mode"] == {"value": settings.propagation_mode, "layer": "service"}
    answered(ada.patch("settings/workspace", {"settings": {"propagation_mode": "manual", "max_inheritance_depth": 4}}))
    put = answered(ada.put("settings/current", {"settings": {"default_propagation_depth": 2}}))
    assert put["id"] is not None
    effective = put["effective"]
    assert effective["propagation_mode"] == {"value": "manual", "layer": "workspace"}
    assert effective["max_inheritance_depth"] == {"value": 2, "layer": "user"}
    again = answered(ada.put("settings/current", put | {"settings": {"propagation_mode": "prompt"}}))
    assert (again["id"], again["version"]) == (put["id"], 2)
    assert again["effective"]["propagation_mode"] == {"value": "prompt", "layer": "user"}
    assert again["effective"]["max_inheritance_depth"]["layer"] == "workspace"


def test_of_several_at_once_all_create_or_replace(ada: Person, person: MakePerson) -> None:
    answered(ada.get("settings"))
    depths = range(1, 7)
    with ThreadPoolExecutor(len(depths)) as pool:
        bodies = [{"settings": {"default_propagation_depth": depth}} for depth in depths]
        answers = list(pool.map(lambda body: person().put("settings/current", body), bodies))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len(answered(ada.get("settings"))["results"]) == 1


def test_the_tag_of_current_follows_every_layer(ada: Person) -> None:
    tag = ada.get("settings/current").headers["ETag"]
    assert ada.get("settings/current", headers={"If-None-Match": tag}).status_code == 304
    answered(ada.patch("settings/workspace", {"settings": {"error_handling": "stop"}}))
    assert ada.get("settings/current", headers={"If-None-Match": tag}).status_code == 200
    assert ada.put("settings/current", {"settings": {}}, headers={"If-Match": tag}).status_code == 412


def test_off_at_either_layer_is_off(ada: Person) -> None:
    answered(ada.patch("settings/workspace", {"settings": {"enable_inheritance_propagation": False}}))
    effective = answered(ada.get("settings/current"))["effective"]
    assert effective["enable_inheritance_propagation"] == {"value": False, "layer": "workspace"}


def test_a_workspace_may_lower_the_workers_only(ada: Person, settings: Settings) -> None:
    answered(ada.patch("settings/workspace", {"settings": {"max_parallel_workers": settings.max_parallel_workers + 5}}))
    effective = answered(ada.get("settings/current"))["effective"]
    assert effective["max_parallel_workers"] == {"value": settings.max_parallel_workers, "layer": "service"}


@pytest.mark.parametrize(
    ("stated", "pointer", "code"),
    [
        ({"default_propagation_depth": 0}, "/default_propagation_depth", "invalid"),
        ({"default_propagation_depth": 51}, "/default_propagation_depth", "invalid"),
        ({"default_propagation_depth": "3"}, "/default_propagation_depth", "invalid"),
        ({"default_propagation_depth": True}, "/default_propagation_depth", "invalid"),
        ({"propagation_mode": "sometimes"}, "/propagation_mode", "invalid"),
        ({"colour": "red"}, "/colour", "unknown"),
        ({"strict_auto_regeneration": True}, "/strict_auto_regeneration", "unknown"),
        ({"field_propagation_rules": []}, "/field_propagation_rules", "invalid"),
        ({"field_propagation_rules": {"default": "maybe"}}, "/field_propagation_rules/default", "invalid"),
        ({"field_propagation_rules": {"note": "inherit_never"}}, "/field_propagation_rules/note", "unknown"),
        (
            {"field_propagation_rules": {"dimension_value:A/B": "inherit_never"}},
            "/field_propagation_rules/dimension_value:A~1B",
            "unknown",
        ),
    ],
)
def test_what_cannot_be_stated(ada: Person, stated: dict[str, Any], pointer: str, code: str) -> None:
    for refused in (ada.post("settings", {"settings": stated}), ada.put("settings/current", {"settings": stated})):
        assert (refused.status_code, codes(refused)) == (422, [code])
        assert refused.get_json()["errors"][0]["pointer"] == f"/settings{pointer}"
    assert answered(ada.get("settings"))["results"] == []


def test_rules_may_name_dimensions_that_exist(ada: Person) -> None:
    made(ada.post("dimensions", {"name": "Brand"}))
    rules = {"dimension_value:Brand": "inherit_unless_overridden", "default": "inherit_never"}
    row = made(ada.post("settings", {"settings": {"field_propagation_rules": rules}}))
    assert row["settings"]["field_propagation_rules"] == rules
    shown = answered(ada.get("settings/current"))["effective"]["field_propagation_rules"]
    assert shown == {"value": rules, "layer": "user"}


def test_rules_follow_a_dimension_to_its_new_name(ada: Person, person: MakePerson) -> None:
    brand = made(ada.post("dimensions", {"name": "Brand"}))
    rules = {"dimension_value:Brand": "inherit_unless_overridden", "default": "inherit_never"}
    answered(
        ada.patch("settings/workspace", {"settings": {"field_propagation_rules": rules, "error_handling": "stop"}})
    )
    bob = person(sub="bob")
    for one in (ada, bob):
        made(one.post("settings", {"settings": {"field_propagation_rules": rules, "propagation_mode": "manual"}}))
    answered(ada.patch(f"dimensions/{brand['id']}", {"name": "Label"}))
    followed = {"dimension_value:Label": "inherit_unless_overridden", "default": "inherit_never"}
    layer = answered(ada.get("settings/workspace"))
    assert layer["settings"] == {"field_propagation_rules": followed, "error_handling": "stop"}
    for one in (ada, bob):
        (own,) = answered(one.get("settings"))["results"]
        assert own["settings"] == {"field_propagation_rules": followed, "propagation_mode": "manual"}
        assert own["version"] == 2
    audited = answered(ada.get("audit-log?action=user_settings.updated"))["results"]
    assert len(audited) == 2


@pytest.mark.parametrize("body", [{}, {"settings": []}, {"settings": {}, "colour": 1}, {"settings": None}])
def test_bodies_have_a_shape(ada: Person, body: dict[str, Any]) -> None:
    assert ada.post("settings", body).status_code == 422
    assert ada.put("settings/current", body).status_code == 422
    assert ada.patch("settings/workspace", body).status_code == 422


def test_the_workspace_layer_is_for_managers(ada: Person, person: MakePerson) -> None:
    layer = answered(ada.patch("settings/workspace", {"settings": {"background_processing_threshold": 5}}))
    assert layer["settings"] == {"background_processing_threshold": 5}
    merged = answered(ada.patch("settings/workspace", {"settings": {"auto_regenerate_strings": False}}))
    assert merged["settings"] == {"background_processing_threshold": 5, "auto_regenerate_strings": False}
    refused = ada.patch("settings/workspace", {"settings": {"auto_preview_enabled": True}})
    assert (refused.status_code, codes(refused)) == (422, ["unknown"])
    operator, viewer = person(sub="olga", roles=["operator"]), person(sub="vic", roles=["viewer"])
    assert answered(operator.get("settings/workspace"))["settings"] == merged["settings"]
    assert operator.patch("settings/workspace", {"settings": {}}).get_json()["permission"] == "settings.manage"
    assert operator.put("settings/current", {"settings": {}}).status_code == 200
    assert viewer.get("settings/current").status_code == 200
    assert viewer.put("settings/current", {"settings": {}}).status_code == 403
