"""The plain resources of the structure through HTTP."""

from typing import Any

import pytest

from tests.fixtures.people import Person, codes
from tests.fixtures.services import MakePerson


def made(response: Any) -> Any:
    assert response.status_code == 201, response.get_json()
    return response.get_json()


@pytest.fixture
def platform(ada: Person) -> dict[str, Any]:
    result: dict[str, Any] = made(ada.post("platforms", {"platform_type": "social", "name": "Meta Ads"}))
    return result


def test_a_platform_is_made_read_changed_and_deleted(ada: Person, platform: dict[str, Any]) -> None:
    assert platform["slug"] == "meta-ads"
    assert platform["version"] == 1
    read = ada.get(f"platforms/{platform['id']}")
    assert read.get_json() == platform
    changed = ada.patch(f"platforms/{platform['id']}", platform | {"name": "Meta"})
    assert (changed.status_code, changed.get_json()["version"]) == (200, 2)
    assert changed.headers["ETag"] != read.headers["ETag"]
    assert ada.delete(f"platforms/{platform['id']}").status_code == 204
    assert ada.get(f"platforms/{platform['id']}").status_code == 404


def test_slugs_are_numbered_when_taken(ada: Person, platform: dict[str, Any]) -> None:
    again = made(ada.post("platforms", {"platform_type": "social", "name": "Meta Ads"}))
    assert again["slug"] == "meta-ads-1"


def test_a_change_that_changes_nothing_leaves_the_version(ada: Person, platform: dict[str, Any]) -> None:
    assert ada.patch(f"platforms/{platform['id']}", {"name": "Meta Ads"}).get_json()["version"] == 1


def test_lists_filter_and_page(ada: Person) -> None:
    for number in range(5):
        made(ada.post("dimensions", {"name": f"Dimension {number}", "type": "text" if number % 2 else "list"}))
    page = ada.get("dimensions?limit=2&ordering=-name").get_json()
    assert [row["name"] for row in page["results"]] == ["Dimension 4", "Dimension 3"]
    following = ada.get(page["next"].removeprefix("http://localhost")).get_json()
    assert [row["name"] for row in following["results"]] == ["Dimension 2", "Dimension 1"]
    assert len(ada.get("dimensions?type=text").get_json()["results"]) == 2
    assert ada.get("dimension-values?dimension=7").get_json()["results"] == []
    assert codes(ada.get("dimension-values?dimension=x")) == ["invalid"]
    assert codes(ada.get("dimension-values?colour=red")) == ["unknown_field"]


def test_fields_lead_exactly_one_level_down(ada: Person, platform: dict[str, Any]) -> None:
    below = made(ada.post("fields", {"platform": platform["id"], "name": "ad", "field_level": 3}))
    body = {"platform": platform["id"], "name": "campaign", "field_level": 1, "next_field": below["id"]}
    refused = ada.post("fields", body)
    assert (refused.status_code, codes(refused)) == (422, ["invalid_next_field"])
    assert made(ada.post("fields", body | {"field_level": 2}))["next_field"] == below["id"]


def test_dimension_cycles_are_refused(ada: Person) -> None:
    first = made(ada.post("dimensions", {"name": "Region"}))
    second = made(ada.post("dimensions", {"name": "Country", "parent": first["id"]}))
    third = made(ada.post("dimensions", {"name": "City", "parent": second["id"]}))
    for parent in (first, third):
        refused = ada.patch(f"dimensions/{first['id']}", {"parent": parent["id"]})
        assert (refused.status_code, refused.get_json()["code"]) == (422, "circular_dependency")
        assert refused.get_json()["errors"][0]["pointer"] == "/parent"
    assert ada.patch(f"dimensions/{third['id']}", {"parent": None}).status_code == 200


def test_names_are_unique_in_the_workspace_only(ada: Person, person: MakePerson) -> None:
    import uuid

    made(ada.post("dimensions", {"name": "Brand"}))
    taken = ada.post("dimensions", {"name": "Brand"})
    assert (taken.status_code, taken.get_json()["code"]) == (409, "already_exists")
    made(person(tenant_id=uuid.uuid4()).post("dimensions", {"name": "Brand"}))


def test_a_second_default_rule_is_refused(ada: Person, platform: dict[str, Any]) -> None:
    body = {"platform": platform["id"], "name": "Standard", "is_default": True}
    made(ada.post("rules", body))
    refused = ada.post("rules", body | {"name": "Other"})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "already_exists")


def test_roles_decide(person: MakePerson, platform: dict[str, Any]) -> None:
    viewer, manager = person(sub="vic", roles=["viewer"]), person(sub="max", roles=["manager"])
    assert viewer.get("platforms").status_code == 200
    refused = viewer.post("dimensions", {"name": "Brand"})
    assert (refused.status_code, refused.get_json()["permission"]) == (403, "rule.manage")
    assert manager.post("platforms", {"platform_type": "x", "name": "y"}).status_code == 403
    assert manager.post("dimensions", {"name": "Brand"}).status_code == 201
    assert viewer.patch("platforms/999999999", {"name": "n"}).status_code == 404
    assert viewer.patch(f"platforms/{platform['id']}", {"name": "n"}).status_code == 403


def test_a_member_row_lowers_what_the_token_grants(ada: Person, person: MakePerson) -> None:
    bob = person(sub="bob", roles=["admin"])
    assert bob.get("workspace").status_code == 200
    row = next(row for row in ada.get("members").get_json()["results"] if row["user_id"] == "bob")
    assert ada.patch(f"members/{row['id']}", {"role": "viewer"}).status_code == 200
    assert bob.post("dimensions", {"name": "Brand"}).status_code == 403
    assert ada.patch(f"members/{row['id']}", {"is_active": False}).status_code == 200
    assert bob.get("workspace").get_json()["code"] == "member_inactive"


def test_an_inactive_workspace_can_be_read_only(ada: Person, platform: dict[str, Any]) -> None:
    assert ada.patch("workspace", {"status": "inactive"}).status_code == 200
    assert ada.get(f"platforms/{platform['id']}").status_code == 200
    refused = ada.post("dimensions", {"name": "Brand"})
    assert (refused.status_code, refused.get_json()["code"]) == (403, "workspace_inactive")


def test_what_was_read_may_be_sent_back(ada: Person, platform: dict[str, Any]) -> None:
    rule = made(ada.post("rules", {"platform": platform["id"], "name": "Standard"}))
    for path in ("workspace", f"rules/{rule['id']}"):
        read = ada.get(path).get_json()
        assert ada.patch(path, read | {"name": "Other"}).get_json() | {"version": 1} == read | {
            "name": "Other", "updated_at": ada.get(path).get_json()["updated_at"],
        }  # fmt: skip
        assert codes(ada.patch(path, {"colour": "red"})) == ["unknown_field"]


def test_stale_pictures_are_refused(ada: Person, platform: dict[str, Any]) -> None:
    address = f"platforms/{platform['id']}"
    tag = ada.get(address).headers["ETag"]
    assert ada.get(address, headers={"If-None-Match": tag}).status_code == 304
    assert ada.patch(address, {"name": "One"}, headers={"If-Match": tag}).status_code == 200
    stale = ada.patch(address, {"name": "Two"}, headers={"If-Match": tag})
    assert stale.status_code == 412
    assert (stale.get_json()["expected_version"], stale.get_json()["actual_version"]) == (1, 2)
    assert ada.patch(address, {"name": "Two", "version": 1}).status_code == 409
    ada.patch("workspace", {"if_match_required": True})
    assert ada.patch(address, {"name": "Two"}).status_code == 428


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "x" * 31}, "invalid"),
        ({"name": " "}, "blank"),
        ({"name": "a\x00b"}, "control_character"),
        ({}, "required"),
        ({"name": "x", "colour": "red"}, "unknown_field"),
        ({"name": "x", "type": "number"}, "invalid"),
        ({"name": "x", "parent": 424242}, "not_found"),
    ],
)
def test_bad_bodies_name_the_field(ada: Person, body: dict[str, Any], code: str) -> None:
    refused = ada.post("dimensions", body)
    assert refused.status_code == 422
    assert codes(refused) == [code]
    assert refused.mimetype == "application/problem+json"
