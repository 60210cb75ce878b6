"""Characters: made, read, edited, deleted."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from services.validation.models import StatusChange
from shared.app import ServiceApp
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson, Unit
from tests.fixtures.statements import counting
from tests.validation.working import (
    audit_rows,
    changed,
    character,
    chronicle,
    faults,
    gameline,
    made,
    refusal,
)


def test_a_character_needs_only_a_name(ada: Person, person: MakePerson, unit: Unit) -> None:
    player = person(sub="lea", roles=["operator"])
    row = character(player, name="  Lena\n")
    assert (row["name"], row["owner"], row["status"], row["character_type"], row["version"]) == (
        "Lena",
        "lea",
        "Un",
        "human",
        1,
    )
    assert (row["visibility"], row["image_status"], row["display"], row["freebies"]) == ("PRI", "sub", True, 15)
    assert (row["strength"], row["alertness"], row["willpower"], row["temporary_willpower"]) == (1, 0, 3, 3)
    assert (row["xp"], row["xp_pending"], row["xp_spent"], row["ledger_entries"], row["age"]) == (0, 0, 0, 0, None)
    assert (row["limit_profile"], row["limits"]["attributes_max"], row["traits"]) == (None, 10, {})
    assert "st_notes" not in row
    assert player.get(f"characters/{row['id']}").get_json() == row
    assert character(ada)["owner"] is None
    with unit() as session:
        session.execute(text("insert into characters (name) values ('From elsewhere')"))
        moves = session.scalars(select(StatusChange).where(StatusChange.character_id == row["id"])).all()
        assert [(move.old, move.new, move.actor) for move in moves] == [(None, "Un", "lea")]
    assert [entry["action"] for entry in audit_rows(ada, "character", row["id"])] == ["character.created"]


def test_everything_that_is_wrong_is_told_at_once(ada: Person) -> None:
    wrong = {
        "name": "Lena",
        "strength": 11,
        "appearance": 0,
        "science": -1,
        "willpower": 11,
        "age": 501,
        "apparent_age": -1,
        "status": "Active",
        "visibility": "ALL",
        "image_status": "new",
        "xp": -5,
        "chronicle": 999,
        "gameline": 999,
        "traits": {"wings": 3, "allies": 6, "mentor": 5},
    }
    assert faults(ada.post("characters", wrong)) == {
        "/strength": "strength_range",
        "/appearance": "appearance_range",
        "/science": "science_range",
        "/willpower": "permanent_willpower_range",
        "/age": "reasonable_age",
        "/apparent_age": "reasonable_apparent_age",
        "/status": "valid_status",
        "/visibility": "valid_visibility",
        "/image_status": "valid_image_status",
        "/xp": "xp_non_negative",
        "/chronicle": "unknown_reference",
        "/gameline": "unknown_reference",
        "/traits/wings": "unknown_trait",
        "/traits/allies": "trait_range",
    }
    assert ada.get("characters").get_json()["results"] == []
    alone = ada.post("characters", {"name": "Lena", "xp": -1}).get_json()
    assert (alone["code"], alone["detail"]) == ("xp_non_negative", "XP cannot be negative")
    both = {"name": "Lena", "willpower": 4, "temporary_willpower": 5}
    assert faults(ada.post("characters", both)) == {"/temporary_willpower": "temp_not_exceeds_max"}


def test_the_form_of_a_body(ada: Person) -> None:
    wrong = {
        "name": "x" * 201,
        "strength": "3",
        "dexterity": 2.5,
        "stamina": True,
        "wits": 2**63,
        "notes": "x\0y",
        "description": "x" * 20_001,
        "character_type": "Not A Slug",
        "xp_pending": 3,
        "colour": "red",
        "owner": "",
    }
    assert faults(ada.post("characters", wrong | {"xp_pending": 3})) == {"/xp_pending": "read_only"}
    del wrong["xp_pending"]
    assert faults(ada.post("characters", wrong)) == {
        "/name": "too_long",
        "/strength": "invalid",
        "/dexterity": "invalid",
        "/stamina": "invalid",
        "/wits": "invalid",
        "/notes": "control_character",
        "/description": "too_long",
        "/character_type": "slug",
        "/colour": "unknown_field",
        "/owner": "blank",
    }
    assert faults(ada.post("characters", {"name": "\t "})) == {"/name": "blank"}
    assert faults(ada.post("characters", {"name": "Lena", "creation_status": -1})) == {"/creation_status": "invalid"}


def test_what_is_read_only(ada: Person) -> None:
    row = character(ada)
    address = f"characters/{row['id']}"
    for name, value in (
        ("status", "App"),
        ("xp_spent", 1),
        ("ledger_entries", 0),
        ("limits", {}),
        ("xp", 0),
        ("xp", 7),
    ):
        assert faults(ada.patch(address, {name: value})) == {f"/{name}": "read_only"}, name
    negative = ada.patch(address, {"xp": -1, "strength": 99}).get_json()
    assert [(error["pointer"], error["code"]) for error in negative["errors"]] == [
        ("/xp", "xp_non_negative"),
        ("/strength", "strength_range"),
    ]
    assert ada.get(address).get_json() == row


def test_a_change(ada: Person) -> None:
    assert faults(ada.post("characters", {"name": "Lena", "traits": {"allies": "2"}})).keys() == {"/traits/allies"}
    assert faults(ada.post("characters", {"name": "Lena", "traits": []})).keys() == {"/traits"}
    row = character(ada, traits={"allies": 2, "mentor": 1})
    address = f"characters/{row['id']}"
    seen = ada.get(address)
    later = changed(ada, address, strength=4, concept="Heiress", traits={"allies": 3, "mentor": 0}, version=1)
    assert (later["strength"], later["concept"], later["traits"], later["version"]) == (4, "Heiress", {"allies": 3}, 2)
    same = ada.patch(address, {"strength": 4, "traits": {"allies": 3, "resources": 0}})
    assert same.get_json()["version"] == 2
    assert changed(ada, address, traits={"resources": 5})["version"] == 3
    stale = ada.patch(address, {"strength": 5}, headers={"If-Match": seen.headers["ETag"]})
    assert refusal(stale) == (412, "version_conflict")
    assert refusal(ada.patch(address, {"strength": 5, "version": 2})) == (409, "version_conflict")
    told = [entry["changes"] for entry in audit_rows(ada, "character", row["id"])]
    assert told[1]["strength"] == [1, 4]
    assert (told[1]["traits.allies"], told[1]["traits.mentor"]) == ([2, 3], [1, 0])
    assert told[2:] == [{"traits.resources": [0, 5]}]


def test_willpower_takes_the_temporary_rating_along(ada: Person) -> None:
    row = character(ada, willpower=7, temporary_willpower=6)
    address = f"characters/{row['id']}"

    def ratings(**sent: int) -> tuple[int, int]:
        after = changed(ada, address, **sent)
        return after["willpower"], after["temporary_willpower"]

    assert ratings(willpower=6) == (6, 6)
    assert ratings(willpower=4) == (4, 4)
    assert ratings(willpower=8) == (8, 4)
    assert ratings(willpower=5, temporary_willpower=5) == (5, 5)
    for sent in ({"temporary_willpower": 6}, {"willpower": 3, "temporary_willpower": 4}):
        assert faults(ada.patch(address, sent)) == {"/temporary_willpower": "temp_not_exceeds_max"}
    for sent in ({"willpower": 0}, {"willpower": 11}, {"willpower": -4}):
        assert faults(ada.patch(address, sent)) == {"/willpower": "permanent_willpower_range"}
    assert ratings() == (5, 5)
    assert character(ada, willpower=2)["temporary_willpower"] == 2


def test_chronicles_take_the_types_that_they_allow(ada: Person) -> None:
    night = chronicle(ada, allowed_types=["vampire"])
    refused = ada.post("characters", {"name": "Lena", "chronicle": night["id"]})
    assert faults(refused) == {"/character_type": "type_not_allowed"}
    row = character(ada, chronicle=night["id"], character_type="vampire", gameline=gameline(ada))
    assert faults(ada.patch(f"characters/{row['id']}", {"character_type": "mage"})) == {
        "/character_type": "type_not_allowed"
    }
    assert changed(ada, f"characters/{row['id']}", chronicle=None, character_type="mage")["chronicle"] is None


def test_traits_of_another_gameline_and_withdrawn_ones(ada: Person) -> None:
    vtm = gameline(ada)
    potence = made(ada, "trait-definitions", code="potence", label="Potence", kind="discipline", gameline=vtm)
    assert faults(ada.post("characters", {"name": "Lena", "traits": {"potence": 1}})) == {
        "/traits/potence": "unknown_trait"
    }
    row = character(ada, gameline=vtm, traits={"potence": 3})
    narrow = ada.patch(f"trait-definitions/{potence['id']}", {"max": 2})
    assert refusal(narrow) == (409, "limit_in_use")
    assert (narrow.get_json()["counts"], narrow.get_json()["ids"]) == ({"potence_range": 1}, [row["id"]])
    assert refusal(ada.delete(f"trait-definitions/{potence['id']}")) == (409, "in_use")
    changed(ada, f"trait-definitions/{potence['id']}", active=False)
    address = f"characters/{row['id']}"
    assert faults(ada.patch(address, {"traits": {"potence": 4}})) == {"/traits/potence": "unknown_trait"}
    assert changed(ada, address, traits={"potence": 0})["traits"] == {}


def test_deleting(ada: Person, person: MakePerson, unit: Unit) -> None:
    row, booked = character(ada, traits={"allies": 1}), character(ada, owner="lea", xp=3)
    assert (booked["xp"], booked["ledger_entries"]) == (3, 1)
    assert refusal(ada.delete(f"characters/{booked['id']}")) == (409, "has_ledger")
    assert refusal(person(sub="lea", roles=["operator"]).delete(f"characters/{row['id']}")) == (404, "not_found")
    assert ada.delete(f"characters/{row['id']}").status_code == 204
    assert refusal(ada.get(f"characters/{row['id']}")) == (404, "not_found")
    assert audit_rows(ada, "character", row["id"])[-1]["action"] == "character.deleted"


def test_a_chronicle_and_a_gameline_go_and_characters_stay(ada: Person) -> None:
    night, vtm = chronicle(ada), gameline(ada)
    row = character(ada, chronicle=night["id"], gameline=vtm)
    assert ada.delete(f"chronicles/{night['id']}").status_code == 204
    assert ada.delete(f"gamelines/{vtm}").status_code == 204
    after = ada.get(f"characters/{row['id']}").get_json()
    assert (after["chronicle"], after["gameline"], after["version"]) == (None, None, 3)
    told = [entry["changes"] for entry in audit_rows(ada, "character", row["id"])][1:]
    assert told == [{"chronicle_id": [night["id"], None]}, {"gameline_id": [vtm, None]}]


def test_what_got_past_the_api_is_told_as_its_rule(app: ServiceApp, unit: Unit) -> None:
    with pytest.raises(IntegrityError) as stopped, unit() as session:
        session.execute(text("insert into characters (name, strength) values ('Lena', 99)"))
    with app.test_request_context():
        answer = app.make_response(app.handle_user_exception(stopped.value))
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.get_json()["errors"]] == [
        ("/strength", "strength_range")
    ]


def test_lists(ada: Person) -> None:
    night, vtm = chronicle(ada)["id"], gameline(ada)
    lena = character(ada, name="Lena", owner="lea", chronicle=night, gameline=vtm, npc=True)
    mara = character(ada, name="Mara", owner="max", status="App", character_type="mage")

    def ids(query: str) -> list[int]:
        answer = ada.get(f"characters?{query}")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return [row["id"] for row in answer.get_json()["results"]]

    assert ids("") == [lena["id"], mara["id"]]
    assert ids("ordering=-name") == [mara["id"], lena["id"]]
    for query in (f"chronicle={night}", f"gameline={vtm}", "owner=lea", "npc=true", "status=Un&status=Sub"):
        assert ids(query) == [lena["id"]], query
    assert ids("character_type=mage&status=App") == [mara["id"]]
    assert faults(ada.get("characters?status=Active")) == {"?status/0": "invalid"}
    assert faults(ada.get("characters?colour=red")) == {"?colour": "unknown_field"}
    roster = ada.get(f"chronicles/{night}/roster").get_json()["results"]
    assert [(row["id"], row["status"], row["npc"]) for row in roster] == [(lena["id"], "Un", True)]
    assert roster[0]["balance"] == {"available": 0, "pending": 0, "spent": 0, "earned": 0}


def test_a_list_takes_as_many_statements_for_many(ada: Person, person: MakePerson, app: ServiceApp) -> None:
    lea, counts = person(sub="lea", roles=["operator"]), []
    lea.get("characters")
    for number in (1, 8):
        for _each in range(number):
            character(lea, traits={"allies": 1})
        with counting(app.runtime.db.engine) as sent:
            assert lea.get("characters").headers["X-Cache"] == "miss"
        counts.append(len(sent))
    assert counts[0] == counts[1]
