"""Awards of scenes and stories: all entries or none, once, in a number of statements that the cast does not change."""

from typing import Any

import pytest
from sqlalchemy import select

from services.validation.models import AuditEvent, Scene, XpTransfer
from services.validation.operations.ledger.awarding import award_scene
from shared.app import ServiceApp
from shared.editing import locked
from tests.fixtures.services import AtOnce
from tests.fixtures.statements import counting
from tests.validation.ledger.test_play import refusal, scene
from tests.validation.ledger.world import Stage


def finished(stage: Stage, *characters: int, **body: Any) -> int:
    """Id of a scene that can be awarded."""
    made: int = scene(stage, *characters, **body)["id"]
    assert stage.admin.post(f"scenes/{made}/close").status_code == 200
    return made


def story(stage: Stage, **body: Any) -> int:
    made: int = stage.manager.post("stories", {"name": "Ash", "chronicle": stage.chronicle, **body}).get_json()["id"]
    return made


def faults(answer: Any) -> dict[str, str]:
    """Code by pointer."""
    assert answer.status_code == 422, answer.get_data(as_text=True)
    return {error["pointer"].removeprefix("/awards/"): error["code"] for error in answer.get_json()["errors"]}


def test_a_scene_gives_a_point_to_each_true_entry(stage: Stage) -> None:
    one, two, three = (stage.character(name=name, granted=3) for name in ("Lucita", "Anatole", "Beckett"))
    made = finished(stage, one, two, three)
    answer = stage.teller.post(f"scenes/{made}/award", {"awards": {str(one): True, str(two): False}})
    assert answer.status_code == 200
    body = answer.get_json()
    assert body["awarded"] == 1
    assert body["results"] == [{"character": one, "amount": 1, "xp": 4}, {"character": two, "amount": 0, "xp": 3}]
    assert body["scene"]["xp_given"] is True
    read = stage.bob.get(f"scenes/{made}")
    assert (read.get_json(), read.headers["ETag"]) == (body["scene"], answer.headers["ETag"])
    assert [stage.balance(each)[0] for each in (one, two, three)] == [4, 3, 3]
    entry = stage.bob.get(f"xp-transfers?scene={made}").get_json()["results"]
    assert [(each["character"], each["kind"], each["amount"]) for each in entry] == [(one, "scene_award", 1)]
    assert refusal(stage.teller.post(f"scenes/{made}/award", {"awards": {}})) == (409, "xp_already_given")
    assert refusal(stage.manager.delete(f"scenes/{made}")) == (409, "xp_already_given")


def test_an_empty_award_closes_the_scene(stage: Stage) -> None:
    lucita = stage.character()
    for awards in ({}, {str(lucita): False}):
        made = finished(stage, lucita)
        body = stage.head.post(f"scenes/{made}/award", {"awards": awards}).get_json()
        assert (body["awarded"], body["scene"]["xp_given"]) == (0, True)
    assert stage.balance(lucita) == (0, 0, 0)


def test_all_faults_of_a_scene_are_answered_together(stage: Stage) -> None:
    fine, stranger, npc, dead = (
        stage.character(name=name, **values)
        for name, values in (("A", {}), ("B", {}), ("C", {"npc": True}), ("D", {"status": "Dec"}))
    )
    made = finished(stage, fine, npc, dead)
    awards = {
        str(fine): True,
        str(stranger): False,
        str(npc): True,
        str(dead): True,
        "900000000": True,
        "abc": True,
        f"0{fine}": True,
    }
    answer = stage.head.post(f"scenes/{made}/award", {"awards": awards})
    assert faults(answer) == {
        str(stranger): "not_a_participant",
        str(npc): "npc",
        str(dead): "deceased",
        "900000000": "unknown_character",
        "abc": "unknown_character",
        f"0{fine}": "unknown_character",
    }
    values: list[Any] = [None, 1, "true", {}]
    for value in values:
        assert faults(stage.head.post(f"scenes/{made}/award", {"awards": {str(fine): value}})) == {
            str(fine): "invalid_award"
        }
    # Who gets nothing may be anybody of the cast.
    given = stage.head.post(f"scenes/{made}/award", {"awards": {str(fine): True, str(npc): False, str(dead): False}})
    assert given.get_json()["awarded"] == 1
    assert stage.kinds(npc) == []


def test_an_award_refused_leaves_everything(stage: Stage) -> None:
    lucita = stage.character()
    open_scene = scene(stage, lucita)["id"]
    awards = {"awards": {str(lucita): True}}
    assert refusal(stage.head.post(f"scenes/{open_scene}/award", awards)) == (409, "scene_not_finished")
    assert refusal(stage.head.post("scenes/900000/award", awards)) == (404, "not_found")
    made = finished(stage, lucita)
    for who in (stage.bob, stage.stranger, stage.manager):
        assert refusal(who.post(f"scenes/{made}/award", awards)) == (403, "not_storyteller")
    for body, code in (
        ({}, "required"),
        ({"awards": []}, "invalid"),
        ({"awards": {str(n): True for n in range(1001)}}, "too_many"),
    ):
        assert refusal(stage.head.post(f"scenes/{made}/award", body)) == (422, code)
    stale = stage.head.post(f"scenes/{made}/award", awards, headers={"If-Match": '"1-x"'})
    assert refusal(stale) == (412, "version_conflict")
    assert stage.bob.get(f"scenes/{made}").get_json()["xp_given"] is False
    nowhere = finished(stage, lucita, chronicle=None)
    assert refusal(stage.head.post(f"scenes/{nowhere}/award", awards)) == (403, "permission_missing")
    assert stage.manager.post(f"scenes/{nowhere}/award", awards).status_code == 200


def test_the_audit_row_names_the_awarders_own(stage: Stage) -> None:
    own, bobs = stage.character(owner="head"), stage.character()
    made = finished(stage, own, bobs)
    stage.head.post(f"scenes/{made}/award", {"awards": {str(own): True, str(bobs): True}})
    with stage.unit() as session:
        found = session.scalars(select(AuditEvent).where(AuditEvent.action == "scene.awarded")).one()
    assert found.metadata_ == {"awarded": 2, "points": 2, "own_characters": [own]}


def test_a_story_counts_what_was_achieved(stage: Stage) -> None:
    cast = [stage.character(name=name) for name in "ABCDE"]
    made = story(stage)
    everything = {"success": True, "danger": True, "growth": True, "drama": True, "duration": 2}
    values = [everything, {"duration": 5}, {}, 7, 0]
    awards = {str(each): value for each, value in zip(cast, values, strict=True)}
    answer = stage.other.post(f"stories/{made}/award", {"awards": awards})
    body = answer.get_json()
    assert body["awarded"] == 3
    assert [result["amount"] for result in body["results"]] == [6, 5, 0, 7, 0]
    assert body["story"]["xp_given"] is True
    assert [stage.balance(each)[0] for each in cast] == [6, 5, 0, 7, 0]
    assert refusal(stage.head.post(f"stories/{made}/award", {"awards": {}})) == (409, "xp_already_given")
    assert refusal(stage.manager.delete(f"stories/{made}")) == (409, "xp_already_given")


def test_all_faults_of_a_story_are_answered_together(stage: Stage) -> None:
    fine, elsewhere, npc, rich = (
        stage.character(name=name, **values)
        for name, values in (("A", {}), ("B", {"chronicle_id": None}), ("C", {"npc": True}), ("D", {}))
    )
    made = story(stage)
    asked = stage.bob.post("story-requests", {"story": made, "character": rich, "duration": 1}).get_json()["id"]
    assert stage.head.post(f"story-requests/{asked}/approve").status_code == 200
    awards = {str(fine): {"duration": None}, str(elsewhere): 1, str(npc): 1, str(rich): 1, "9000000": 1}
    answer = stage.head.post(f"stories/{made}/award", {"awards": awards})
    assert faults(answer) == {
        str(fine): "invalid_award",
        str(elsewhere): "other_chronicle",
        str(npc): "npc",
        str(rich): "already_awarded",
        "9000000": "unknown_character",
    }
    assert stage.bob.get(f"stories/{made}").get_json()["xp_given"] is False
    assert stage.head.post(f"stories/{made}/award", {"awards": {str(fine): 2, str(rich): 0}}).status_code == 200


@pytest.mark.parametrize("size", [2, 100])
def test_an_award_takes_six_statements_whatever_the_cast(stage: Stage, app: ServiceApp, size: int) -> None:
    cast = [stage.character(name=f"Number {number}") for number in range(size)]
    made = finished(stage, *cast)
    with stage.unit() as session:
        with counting(app.runtime.db.engine) as sent:
            given = award_scene(session, locked(session, Scene, made), {str(each): True for each in cast})
        assert given.awarded == size
    assert len(sent) <= 6, sent


def test_awards_over_the_same_cast_in_opposite_order_do_not_deadlock(stage: Stage, at_once: AtOnce) -> None:
    cast = [stage.character(name=f"Number {number}") for number in range(12)]
    made = [finished(stage, *cast) for _ in range(6)]

    def award(number: int) -> Any:
        order = cast if number % 2 else cast[::-1]
        return stage.head.post(f"scenes/{made[number]}/award", {"awards": {str(each): True for each in order}})

    answers = at_once(*(lambda n=n: award(n) for n in range(6)))
    assert [answer.status_code for answer in answers] == [200] * 6
    assert {stage.balance(each) for each in cast} == {(6, 0, 0)}


def test_a_scene_awarded_at_once_is_awarded_once(stage: Stage, at_once: AtOnce) -> None:
    lucita = stage.character()
    made = finished(stage, lucita)
    award = {"awards": {str(lucita): True}}
    answers = at_once(
        *(lambda who=who: who.post(f"scenes/{made}/award", award) for who in (stage.head, stage.teller, stage.admin))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    with stage.unit() as session:
        assert len(session.scalars(select(XpTransfer.id).where(XpTransfer.scene_id == made)).all()) == 1
