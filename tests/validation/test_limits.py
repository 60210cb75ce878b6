"""Limit profiles: legal exceptions, which rows carry and which the database itself honours."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from shared.app import ServiceApp
from tests.fixtures.people import Person
from tests.fixtures.services import AtOnce, MakePerson, Unit
from tests.fixtures.statements import counting
from tests.validation.working import audit_rows, changed, character, chronicle, faults, gameline, made, refusal

WHY = "Legal in this house."


def profile(person: Person, **body: Any) -> dict[str, Any]:
    return made(person, "limit-profiles", **({"reason": WHY} | body))


def limits(person: Person, row: dict[str, Any]) -> dict[str, Any]:
    """What holds for the character now, with the id of its profile."""
    found = person.get(f"characters/{row['id']}").get_json()
    return {"profile": found["limit_profile"], **found["limits"]}


def test_a_profile_resolves_what_it_leaves_open(ada: Person) -> None:
    row = profile(ada, character_type="nosferatu", attributes_min=0, age_max=1200)
    assert (row["appearance_min"], row["attributes_max"], row["age_max"], row["apparent_age_max"]) == (0, 10, 1200, 200)
    address = f"limit-profiles/{row['id']}"
    assert changed(ada, address, age_max=None, appearance_min=1)["age_max"] == 500
    assert changed(ada, address, appearance_min=None)["appearance_min"] == 0
    assert changed(ada, address, appearance_min=None)["version"] == 3
    assert audit_rows(ada, "limit_profile", row["id"])[0]["action"] == "limit_profile.created"


def test_the_weightiest_profile_holds(ada: Person) -> None:
    night, vtm = chronicle(ada)["id"], gameline(ada)
    row = character(ada, chronicle=night, gameline=vtm, character_type="vampire")
    other = character(ada, chronicle=night, gameline=vtm)
    conditions: list[dict[str, Any]] = [
        {"gameline": vtm},
        {"chronicle": night},
        {"chronicle": night, "gameline": vtm},
        {"character_type": "vampire"},
        {"character_type": "vampire", "gameline": vtm},
        {"character_type": "vampire", "chronicle": night},
        {"character_type": "vampire", "chronicle": night, "gameline": vtm},
    ]
    made_ids = []
    for number, condition in enumerate(conditions):
        made_ids.append(profile(ada, attributes_max=11 + number, **condition)["id"])
        assert (limits(ada, row)["profile"], limits(ada, row)["attributes_max"]) == (made_ids[-1], 11 + number)
    assert limits(ada, other)["profile"] == made_ids[2]
    later = character(ada, chronicle=night, gameline=vtm, character_type="vampire", strength=17)
    assert limits(ada, later)["profile"] == made_ids[-1]
    assert ada.delete(f"characters/{later['id']}").status_code == 204
    for number in reversed(range(len(made_ids))):
        assert ada.delete(f"limit-profiles/{made_ids[number]}").status_code == 204
        expected = (made_ids[number - 1], 10 + number) if number else (None, 10)
        assert (limits(ada, row)["profile"], limits(ada, row)["attributes_max"]) == expected


def test_rows_are_judged_by_their_own_limits(ada: Person, unit: Unit) -> None:
    profile(ada, character_type="elder", attributes_max=12, appearance_min=0, willpower_max=12, age_max=1200)
    elder = character(ada, character_type="elder", strength=12, appearance=0, age=1200, willpower=11)
    assert elder["temporary_willpower"] == 3
    assert faults(ada.patch(f"characters/{elder['id']}", {"strength": 13, "age": 1201, "charisma": 0})) == {
        "/strength": "strength_range",
        "/age": "reasonable_age",
        "/charisma": "charisma_range",
    }
    told = ada.patch(f"characters/{elder['id']}", {"strength": 13}).get_json()["detail"]
    assert "12" in told
    assert faults(ada.post("characters", {"name": "Lena", "strength": 11})) == {"/strength": "strength_range"}
    with unit() as session:
        session.execute(text("update characters set strength = 11 where id = :id"), {"id": elder["id"]})


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("insert into characters (name, attributes_max) values ('x', 20)", "characters_default_limits"),
        ("insert into characters (name, limit_profile_id) values ('x', 999999)", "characters_limit_profile_fk"),
        ("update characters set attributes_max = 20 where character_type = 'elder'", "characters_limit_profile_fk"),
        ("update characters set strength = 13 where character_type = 'elder'", "characters_strength_range"),
        ("insert into characters (name, willpower, temporary_willpower) values ('x', 11, 12)", "permanent_willpower"),
        ("insert into characters (name, willpower, temporary_willpower) values ('x', 5, 6)", "temp_not_exceeds_max"),
    ],
)
def test_forged_limits_and_values_are_refused_by_the_database(
    ada: Person, unit: Unit, statement: str, constraint: str
) -> None:
    profile(ada, character_type="elder", attributes_max=12)
    character(ada, character_type="elder")
    with pytest.raises(IntegrityError, match=constraint), unit() as session:
        session.execute(text(statement))


def test_what_is_stored_stays_legal(ada: Person) -> None:
    """Narrowing, deleting, other conditions and moving away are refused where values would be out of range."""
    night = chronicle(ada)["id"]
    row = profile(ada, chronicle=night, attributes_max=12, age_max=1200)
    old = [character(ada, chronicle=night, strength=12, age=900) for _number in range(22)]
    character(ada, chronicle=night, strength=9)
    address = f"limit-profiles/{row['id']}"
    for answer in (
        ada.patch(address, {"attributes_max": 11, "age_max": 800}),
        ada.delete(address),
        ada.patch(address, {"chronicle": chronicle(ada)["id"]}),
        ada.post("limit-profiles", {"reason": WHY, "character_type": "human"}),
    ):
        assert refusal(answer) == (409, "limit_in_use")
        told = answer.get_json()
        assert told["counts"] == {"strength_range": 22, "reasonable_age": 22}
        assert told["ids"] == [one["id"] for one in old[:20]]
    away = ada.patch(f"characters/{old[0]['id']}", {"chronicle": None})
    assert (refusal(away), away.get_json()["ids"]) == ((409, "limit_in_use"), [old[0]["id"]])
    assert faults(ada.patch(f"characters/{old[0]['id']}", {"chronicle": None, "strength": 11, "age": 1})) == {
        "/strength": "strength_range"
    }
    assert changed(ada, f"characters/{old[0]['id']}", chronicle=None, strength=10, age=1)["limit_profile"] is None
    assert limits(ada, old[1])["attributes_max"] == 12
    assert refusal(ada.delete(f"chronicles/{night}")) == (409, "in_use")
    assert ada.get(f"characters/{old[1]['id']}").get_json()["chronicle"] == night


def test_new_conditions_and_limits_at_once(ada: Person) -> None:
    """Those who leave are not judged by the new limits, those who come are."""
    row = profile(ada, character_type="elder", attributes_max=12)
    leaving, coming = character(ada, character_type="elder", strength=10), character(ada, character_type="ghoul")
    changed(ada, f"limit-profiles/{row['id']}", character_type="ghoul", attributes_max=5)
    assert (limits(ada, leaving)["profile"], limits(ada, leaving)["attributes_max"]) == (None, 10)
    assert (limits(ada, coming)["profile"], limits(ada, coming)["attributes_max"]) == (row["id"], 5)
    told = [entry["action"] for entry in audit_rows(ada, "limit_profile", row["id"])]
    assert told == ["limit_profile.created", "limit_profile.updated"]


def test_a_character_takes_the_limits_of_its_place(ada: Person) -> None:
    night = chronicle(ada)["id"]
    row = profile(ada, chronicle=night, abilities_max=12)
    one = character(ada)
    tag = ada.get(f"characters/{one['id']}").headers["ETag"]
    moved = changed(ada, f"characters/{one['id']}", chronicle=night, science=12)
    assert (moved["limit_profile"], moved["science"], moved["limits"]["abilities_max"]) == (row["id"], 12, 12)
    before = ada.get(f"characters/{one['id']}").headers["ETag"]
    assert before != tag
    changed(ada, f"limit-profiles/{row['id']}", abilities_max=13)
    assert ada.get(f"characters/{one['id']}").headers["ETag"] != before


def test_what_no_profile_can_say(ada: Person, person: MakePerson) -> None:
    body = {"reason": WHY, "character_type": "elder"}
    assert refusal(ada.post("limit-profiles", {"reason": WHY})) == (422, "condition_missing")
    assert faults(ada.post("limit-profiles", {"character_type": "elder"})) == {"/reason": "required"}
    for sent, pointer in (
        ({"attributes_max": 0}, "/attributes_max"),
        ({"abilities_min": 11}, "/abilities_max"),
        ({"willpower_min": 5, "willpower_max": 4}, "/willpower_max"),
    ):
        assert faults(ada.post("limit-profiles", body | sent)) == {pointer: "max_below_min"}
    outer = {"attributes_max": 21, "abilities_min": -1, "age_max": 10_001}
    assert faults(ada.post("limit-profiles", body | outer)).keys() == {f"/{name}" for name in outer}
    assert faults(ada.post("limit-profiles", body | {"chronicle": 999})) == {"/chronicle": "unknown_reference"}
    row = profile(ada, character_type="elder")
    assert refusal(ada.post("limit-profiles", body)) == (409, "duplicate")
    other = profile(ada, character_type="ghoul")
    assert refusal(ada.patch(f"limit-profiles/{other['id']}", {"character_type": "elder"})) == (409, "duplicate")
    cleared = ada.patch(f"limit-profiles/{row['id']}", {"character_type": None})
    assert refusal(cleared) == (422, "condition_missing")
    mona = person(sub="mona", roles=["manager"])
    for answer in (
        mona.post("limit-profiles", body),
        mona.patch(f"limit-profiles/{row['id']}", {"reason": "Mine."}),
        mona.delete(f"limit-profiles/{row['id']}"),
    ):
        assert refusal(answer) == (403, "permission_missing")


def test_moving_limits_takes_as_many_statements_for_many(ada: Person, app: ServiceApp) -> None:
    counts = []
    for kind, number in (("elder", 1), ("ghoul", 12)):
        for _each in range(number):
            character(ada, character_type=kind)
        with counting(app.runtime.db.engine) as sent:
            profile(ada, character_type=kind, attributes_max=12)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_characters_made_meanwhile_have_the_new_limits(ada: Person, at_once: AtOnce) -> None:
    def make() -> dict[str, Any]:
        return character(ada, character_type="elder")

    for number in range(3):
        (made_profile, *rows) = at_once(lambda: profile(ada, character_type="elder", attributes_max=12), make, make)
        assert {limits(ada, row)["profile"] for row in rows} == {made_profile["id"]}, number
        assert ada.delete(f"limit-profiles/{made_profile['id']}").status_code == 204
        assert {limits(ada, row)["profile"] for row in rows} == {None}
