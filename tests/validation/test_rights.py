"""Who sees a character, who edits it, who decides about it."""

from collections.abc import Callable

import pytest
from sqlalchemy import insert

from services.validation.models import StRelationship
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson, Unit
from tests.validation.working import changed, character, chronicle, faults, gameline, refusal

Roles = Callable[..., Person]


@pytest.fixture
def operator(person: MakePerson) -> Roles:
    return lambda sub, role="operator": person(sub=sub, roles=[role])


@pytest.fixture
def tells(unit: Unit) -> Callable[..., None]:
    """Makes somebody a storyteller; any of the three may be missing, as in imported rows."""

    def make(user: str | None, chronicle_id: int | None, gameline_id: int | None) -> None:
        with unit() as session:
            values = {"user_id": user, "chronicle_id": chronicle_id, "gameline_id": gameline_id}
            session.execute(insert(StRelationship).values(values))

    return make


def test_who_sees_a_character(ada: Person, operator: Roles, tells: Callable[..., None]) -> None:
    vtm, mta = gameline(ada), gameline(ada, "mta")
    night = chronicle(ada, head_st="hugo", game_storytellers=["gina"])["id"]
    elsewhere = chronicle(ada, head_st="nemo")["id"]
    tells("sara", night, mta)
    tells("nora", elsewhere, vtm)
    tells("nora", None, vtm)
    character(ada, owner="paul", chronicle=night)
    rows = {
        word: character(ada, owner="lea", chronicle=night, gameline=vtm, visibility=word)["id"]
        for word in ("PRI", "CHR", "PUB")
    }
    everything, nothing = {"PRI", "CHR", "PUB"}, {"PUB"}
    seen_by = {
        "lea": everything,
        "hugo": everything,
        "gina": everything,
        "sara": everything,
        "paul": {"CHR", "PUB"},
        "nora": nothing,
        "nemo": nothing,
        "zoe": nothing,
    }
    for sub, words in seen_by.items():
        who = operator(sub, "viewer")
        listed = {row["id"] for row in who.get(f"characters?chronicle={night}&owner=lea").get_json()["results"]}
        assert listed == {rows[word] for word in words}, sub
        on_roster = {row["id"] for row in who.get(f"chronicles/{night}/roster").get_json()["results"]}
        assert on_roster & set(rows.values()) == listed, sub
        for word, row_id in rows.items():
            status = who.get(f"characters/{row_id}").status_code
            assert status == (200 if word in words else 404), (sub, word)
    assert operator("mona", "manager").get(f"characters/{rows['PRI']}").status_code == 200


def test_what_one_does_not_see_is_not_there(ada: Person, operator: Roles) -> None:
    hidden = f"characters/{character(ada, owner='lea', status='Dec')['id']}"
    zoe = operator("zoe")
    for answer in (
        zoe.get(hidden),
        zoe.patch(hidden, {"strength": 99}),
        zoe.delete(hidden),
        zoe.post(f"{hidden}/transition", {"status": "Un"}),
        zoe.get(f"{hidden}/status-changes"),
    ):
        assert refusal(answer) == (404, "not_found")


def test_notes_of_storytellers(ada: Person, operator: Roles, tells: Callable[..., None]) -> None:
    vtm, mta = gameline(ada), gameline(ada, "mta")
    night = chronicle(ada, head_st="hugo")["id"]
    tells("tess", night, vtm)
    tells("sara", night, mta)
    row = character(ada, owner="lea", chronicle=night, gameline=vtm, st_notes="Followed.")
    address = f"characters/{row['id']}"
    tags: dict[bool, set[str]] = {}
    for sub, role, decides in (
        ("hugo", "viewer", True),
        ("tess", "viewer", True),
        ("staff", "admin", True),
        ("lea", "operator", False),
        ("sara", "viewer", False),
        ("mona", "manager", False),
    ):
        answer = operator(sub, role).get(address)
        assert answer.get_json().get("st_notes") == ("Followed." if decides else None), sub
        tags.setdefault(decides, set()).add(answer.headers["ETag"])
    assert [len(tags[True]), len(tags[False]), len(tags[True] | tags[False])] == [1, 1, 2]


def test_an_owner_edits_a_draft_and_later_its_texts(ada: Person, operator: Roles) -> None:
    lea = operator("lea")
    row = character(lea)
    address = f"characters/{row['id']}"
    assert changed(lea, address, strength=4, npc=False, name="Magdalena")["strength"] == 4
    assert lea.post(f"{address}/transition", {"status": "Sub"}).status_code == 200
    assert changed(lea, address, strength=5)["strength"] == 5
    assert ada.post(f"{address}/transition", {"status": "App"}).status_code == 200
    texts = {"concept": "Heiress", "description": "Pale", "public_info": "Rich", "notes": "Key", "visibility": "PUB"}
    assert changed(lea, address, display=False, **texts)["concept"] == "Heiress"
    refused = lea.patch(address, {"strength": 6, "concept": "Thief", "traits": {"allies": 1}})
    assert refusal(refused) == (403, "field_not_permitted")
    assert "strength, traits" in refused.get_json()["detail"]
    assert refusal(lea.delete(address)) == (403, "field_not_permitted")
    assert lea.get(address).get_json()["concept"] == "Heiress"
    assert changed(operator("mona", "manager"), address, strength=6)["strength"] == 6


def test_what_is_never_the_owners(operator: Roles) -> None:
    lea = operator("lea")
    address = f"characters/{character(lea)['id']}"
    for sent in ({"owner": "max"}, {"owner": None}, {"st_notes": "x"}):
        assert refusal(lea.patch(address, sent)) == (403, "field_not_permitted")
    assert refusal(operator("lea", "viewer").patch(address, {"name": "Mara"})) == (403, "permission_missing")
    stale = {"If-Match": '"9-x"'}  # a right that is missing is told before a stale picture
    assert refusal(lea.patch(address, {"owner": "max"}, headers=stale)) == (403, "field_not_permitted")
    assert refusal(lea.patch(address, {"name": "Mara"}, headers=stale)) == (412, "version_conflict")
    moved = {"status": "Sub", "version": 9}
    assert refusal(operator("lea", "viewer").post(f"{address}/transition", moved)) == (403, "permission_missing")
    assert refusal(lea.post(f"{address}/transition", moved | {"status": "App"})) == (409, "illegal_transition")
    assert refusal(lea.post(f"{address}/transition", moved)) == (409, "version_conflict")


def test_storytellers_edit_and_others_do_not(ada: Person, operator: Roles, tells: Callable[..., None]) -> None:
    vtm, mta = gameline(ada), gameline(ada, "mta")
    night = chronicle(ada, head_st="hugo", game_storytellers=["gina"])["id"]
    tells("tess", night, vtm)
    tells("sara", night, mta)
    tells("sara", night, None)
    row = character(ada, owner="lea", chronicle=night, gameline=vtm, status="App")
    address = f"characters/{row['id']}"
    for number, sub in enumerate(("hugo", "tess")):
        assert changed(operator(sub, "viewer"), address, strength=number + 2, st_notes=sub)["st_notes"] == sub
    for sub in ("sara", "gina"):
        assert refusal(operator(sub).patch(address, {"strength": 9})) == (403, "permission_missing")
    bare = character(ada, owner="lea", chronicle=night, status="App")
    assert refusal(operator("sara").patch(f"characters/{bare['id']}", {"strength": 9})) == (403, "permission_missing")
    assert changed(operator("hugo"), f"characters/{bare['id']}", strength=9)["strength"] == 9


def test_who_creates_what(ada: Person, operator: Roles, tells: Callable[..., None]) -> None:
    lea, mona, hugo = operator("lea"), operator("mona", "manager"), operator("hugo")
    night = chronicle(ada, head_st="hugo")["id"]
    name = {"name": "Lena"}
    assert refusal(operator("vera", "viewer").post("characters", name)) == (403, "permission_missing")
    for sent in ({"owner": "max"}, {"owner": None}, {"st_notes": "x"}):
        assert refusal(lea.post("characters", name | sent)) == (403, "field_not_permitted")
    undecided: list[dict[str, object]] = [{"status": "Sub"}, {"xp": 5}, {"chronicle": 999, "status": "App"}]
    for wish in undecided:
        assert refusal(lea.post("characters", {**name, **wish})) == (403, "not_approver")
    assert faults(lea.post("characters", name | {"xp": -1})) == {"/xp": "xp_non_negative"}
    assert character(lea, owner="lea", xp=0, status="Un")["owner"] == "lea"
    for npc in (False, True):
        own = {"name": "Lena", "owner": "mona", "xp": 5, "npc": npc}
        assert refusal(mona.post("characters", own)) == (403, "own_character")
    assert character(mona, owner="lea", xp=5, status="App")["xp"] == 5
    assert character(mona, xp=5)["xp"] == 5
    headed = {"chronicle": night, "status": "App"}
    assert character(hugo, owner="lea", xp=5, **headed)["xp"] == 5
    assert character(hugo, owner="hugo", npc=True, xp=5, **headed)["xp"] == 5
    assert refusal(hugo.post("characters", name | headed | {"xp": 5})) == (403, "own_character")
    for status in ("Un", "Sub", "App", "Ret", "Dec"):
        assert character(ada, status=status)["status"] == status
