"""Chronicles, gamelines and definitions of traits."""

import pytest

from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson
from tests.validation.working import audit_rows, changed, character, chronicle, faults, gameline, made, refusal


def test_a_chronicle_lives(ada: Person, person: MakePerson) -> None:
    row = chronicle(ada, head_st="grace", game_storytellers=["tim"], allowed_types=["vampire"])
    assert (row["year"], row["version"], row["created_by"], row["theme"]) == (2022, 1, "ada", "")
    address = f"chronicles/{row['id']}"
    seen = person(sub="vera", roles=["viewer"]).get(address)
    assert seen.get_json() == row
    assert ada.get(address, headers={"If-None-Match": seen.headers["ETag"]}).status_code == 304
    later = changed(ada, address, year=1999, mood="  Bleak ")
    assert (later["year"], later["mood"], later["version"]) == (1999, "Bleak", 2)
    assert changed(ada, address, year=1999)["version"] == 2
    stale = ada.patch(address, {"year": 2000}, headers={"If-Match": seen.headers["ETag"]})
    assert refusal(stale) == (412, "version_conflict")
    played = {"chronicle": row["id"]}
    left = {
        "character": ("characters", character(ada, character_type="vampire", **played)["id"]),
        "scene": ("scenes", made(ada, "scenes", name="Elysium", **played)["id"]),
        "story": ("stories", made(ada, "stories", name="Fall", **played)["id"]),
        "group": ("groups", made(ada, "groups", name="Coterie", **played)["id"]),
    }
    told = made(ada, "st-relationships", user="tess", gameline=gameline(ada), **played)["id"]
    assert ada.delete(address).status_code == 204
    assert refusal(ada.get(address)) == (404, "not_found")
    actions = [entry["action"] for entry in audit_rows(ada, "chronicle", row["id"])]
    assert actions == ["chronicle.created", "chronicle.updated", "chronicle.deleted"]
    for entity, (path, row_id) in left.items():
        assert ada.get(f"{path}/{row_id}").get_json()["chronicle"] is None
        last = audit_rows(ada, entity, row_id)[-1]
        assert (last["action"], last["changes"]) == (f"{entity}.updated", {"chronicle_id": [row["id"], None]})
    assert audit_rows(ada, "st_relationship", told)[-1]["action"] == "st_relationship.deleted"


def test_what_a_chronicle_must_keep(ada: Person) -> None:
    assert faults(ada.post("chronicles", {"name": " \n"})) == {"/name": "blank"}
    assert faults(ada.post("chronicles", {})) == {"/name": "required"}
    for year in (999, 10000):
        assert faults(ada.post("chronicles", {"name": "Berlin", "year": year})) == {"/year": "year_range"}
    wrong = {"name": "x" * 101, "year": "2022", "mood": "bad\0", "theme": "x" * 201, "allowed_types": ["Not a slug"]}
    assert faults(ada.post("chronicles", wrong)) == {
        "/name": "too_long",
        "/year": "invalid",
        "/mood": "control_character",
        "/theme": "too_long",
        "/allowed_types/0": "slug",
    }
    assert faults(ada.post("chronicles", {"name": "Berlin", "colour": "red"})) == {"/colour": "unknown_field"}
    assert faults(ada.post("chronicles", {"name": "Berlin", "id": 7})) == {"/id": "read_only"}
    assert ada.get("chronicles").get_json()["results"] == []


@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_who_manages_chronicles(ada: Person, person: MakePerson, role: str) -> None:
    row, other = chronicle(ada), person(sub="oscar", roles=[role])
    for answer in (other.post("chronicles", {"name": "Mine"}), other.patch(f"chronicles/{row['id']}", {"year": 2000})):
        assert refusal(answer) == (403, "permission_missing")
        assert answer.get_json()["permission"] == "chronicle.manage"
    assert refusal(other.delete(f"chronicles/{row['id']}")) == (403, "permission_missing")


def test_gamelines(ada: Person) -> None:
    codes = [row["code"] for row in ada.get("gamelines").get_json()["results"]]
    assert codes == ["wod", "vtm", "wta", "mta", "wto", "ctd", "dtf", "htr", "mtr"]
    own = made(ada, "gamelines", code="home", name="House rules")
    assert refusal(ada.post("gamelines", {"code": "home", "name": "Again"})) == (409, "unique_gameline_code")
    assert faults(ada.post("gamelines", {"code": "x", "name": ""})) == {"/code": "too_short", "/name": "blank"}
    made(ada, "trait-definitions", code="rites", label="Rites", kind="background", gameline=own["id"])
    assert refusal(ada.delete(f"gamelines/{own['id']}")) == (409, "in_use")
    assert ada.delete(f"gamelines/{gameline(ada, 'mtr')}").status_code == 204


def test_definitions_of_traits(ada: Person, person: MakePerson) -> None:
    codes = [row["code"] for row in ada.get("trait-definitions?kind=background").get_json()["results"]]
    assert codes == ["allies", "contacts", "mentor", "resources"]
    row = made(ada, "trait-definitions", code="iron-will", label="Iron Will", kind="merit", min=3, max=3)
    assert (row["class"], row["multiplier"], row["gameline"], row["active"]) == ("standard", 1, None, True)
    assert changed(ada, f"trait-definitions/{row['id']}", active=False)["active"] is False
    assert refusal(person(roles=["manager"]).delete(f"trait-definitions/{row['id']}")) == (403, "permission_missing")
    taken = ada.post("trait-definitions", {"code": "iron-will", "label": "Again", "kind": "merit"})
    assert refusal(taken) == (409, "unique_trait_code")
    wrong = {"label": "Wrong", "kind": "merit"}
    assert faults(ada.post("trait-definitions", wrong | {"code": "strength"})) == {"/code": "reserved_code"}
    assert faults(ada.post("trait-definitions", wrong | {"code": "a", "min": 6})) == {"/max": "max_below_min"}
    assert faults(ada.post("trait-definitions", wrong | {"code": "a", "max": 11})) == {"/max": "invalid"}
    assert faults(ada.post("trait-definitions", wrong | {"code": "a", "gameline": 999})) == {
        "/gameline": "unknown_reference"
    }
