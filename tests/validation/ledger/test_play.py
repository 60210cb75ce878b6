"""Scenes, stories and weeks: kept, closed, looked up."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from services.validation.models import Character
from tests.fixtures.people import codes
from tests.fixtures.services import AtOnce
from tests.validation.ledger.world import Stage


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def scene(stage: Stage, *characters: int, **body: Any) -> dict[str, Any]:
    answer = stage.manager.post(
        "scenes", {"name": "Elysium", "chronicle": stage.chronicle, "characters": [*characters], **body}
    )
    assert answer.status_code == 201, answer.get_data(as_text=True)
    made: dict[str, Any] = answer.get_json()
    return made


def test_a_scene_keeps_who_takes_part(stage: Stage) -> None:
    one, two, three = (stage.character(name=name) for name in ("Lucita", "Anatole", "Beckett"))
    made = scene(stage, two, one)
    today = datetime.now(UTC).date().isoformat()
    shown = {name: made[name] for name in ("characters", "date_played", "finished", "week", "xp_given", "st_message")}
    assert shown == {
        "characters": [one, two],
        "date_played": today,
        "finished": False,
        "week": None,
        "xp_given": False,
        "st_message": "",
    }
    address = f"scenes/{made['id']}"
    changed = stage.manager.patch(address, {"characters": [two, three], "waiting_for_st": True, "version": 1})
    assert changed.get_json()["characters"] == [two, three]
    assert changed.headers["ETag"] != stage.bob.get(f"scenes/{scene(stage)['id']}").headers["ETag"]
    assert refusal(stage.manager.patch(address, {"location": "The opera", "version": 1})) == (409, "version_conflict")
    again = stage.manager.patch(address, {"characters": [three, two]}).get_json()
    assert again["version"] == changed.get_json()["version"]
    tag = stage.bob.get(address).headers["ETag"]
    with stage.unit() as session:
        session.execute(delete(Character).where(Character.id == three))
    assert stage.bob.get(address, headers={"If-None-Match": tag}).get_json()["characters"] == [two]
    refused = stage.manager.patch(address, {"characters": [two, 10**9, 10**9 + 1]})
    assert [error["pointer"] for error in refused.get_json()["errors"]] == ["/characters/1", "/characters/2"]
    assert set(codes(refused)) == {"unknown_reference"}
    assert [row["id"] for row in stage.bob.get("scenes?waiting_for_st=true").get_json()["results"]] == [made["id"]]
    assert stage.manager.delete(address).status_code == 204


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "required"),
        ({"name": " "}, "blank"),
        ({"name": "x" * 101}, "too_long"),
        ({"name": "x", "chronicle": 10**9}, "unknown_reference"),
        ({"name": "x", "characters": [10**9]}, "unknown_reference"),
        ({"name": "x", "characters": ["7"]}, "invalid"),
        ({"name": "x", "characters": [1] * 1001}, "too_many"),
        ({"name": "x", "finished": True}, "read_only"),
        ({"name": "x", "week": 1}, "read_only"),
        ({"name": "x", "xp_given": True}, "read_only"),
        ({"name": "x", "colour": "red"}, "unknown_field"),
    ],
)
def test_scenes_that_cannot_be(stage: Stage, body: dict[str, Any], code: str) -> None:
    assert refusal(stage.manager.post("scenes", body)) == (422, code)


def test_who_keeps_scenes(stage: Stage) -> None:
    made = scene(stage)
    assert refusal(stage.head.post("scenes", {"name": "x"})) == (403, "permission_missing")
    assert refusal(stage.head.patch(f"scenes/{made['id']}", {"name": "x"})) == (403, "permission_missing")
    assert refusal(stage.bob.post(f"scenes/{made['id']}/close")) == (403, "not_storyteller")
    assert stage.other.post(f"scenes/{made['id']}/close").status_code == 200
    assert refusal(stage.bob.post("scenes/9000000/close")) == (404, "not_found")


@pytest.mark.parametrize(
    ("last_post", "end"),
    [("2024-01-14", "2024-01-14"), ("2024-01-15", "2024-01-21"), ("2024-01-13", "2024-01-14")],
)
def test_a_scene_ends_in_the_week_of_its_last_post(stage: Stage, last_post: str, end: str) -> None:
    lucita, npc = stage.character(), stage.character(npc=True, name="The Prince")
    made = scene(stage, lucita, npc)
    assert stage.bob.get(f"weeks/lookup?date={last_post}").get_json()["week"] is None
    closed = stage.head.post(f"scenes/{made['id']}/close", {"last_post_date": last_post}).get_json()
    assert closed["finished"] is True
    assert closed["finished_at"] is not None
    assert closed["last_post_date"] == last_post
    week = stage.bob.get(f"weeks/{closed['week']}").get_json()
    assert (week["end_date"], week["scenes"], week["participants"]) == (end, [made["id"]], [lucita])
    found = stage.bob.get(f"weeks/lookup?date={last_post}").get_json()
    assert found == {"start_date": week["start_date"], "end_date": end, "week": week["id"]}
    assert refusal(stage.head.post(f"scenes/{made['id']}/close")) == (409, "scene_finished")
    assert refusal(stage.manager.patch(f"scenes/{made['id']}", {"characters": [lucita]})) == (409, "scene_finished")
    assert stage.manager.patch(f"scenes/{made['id']}", {"location": "The opera"}).status_code == 200
    assert refusal(stage.manager.delete(f"weeks/{week['id']}")) == (409, "in_use")
    assert refusal(stage.manager.patch(f"weeks/{week['id']}", {"end_date": "2024-02-04"})) == (409, "in_use")


def test_scenes_that_end_at_once_share_a_week(stage: Stage, at_once: AtOnce) -> None:
    made = [scene(stage)["id"] for _ in range(3)]
    answers = at_once(
        *(lambda n=n: stage.head.post(f"scenes/{n}/close", {"last_post_date": "2024-03-05"}) for n in made)
    )
    assert len({answer.get_json()["week"] for answer in answers}) == 1
    today = stage.head.post(f"scenes/{scene(stage)['id']}/close").get_json()
    assert today["last_post_date"] >= (datetime.now(UTC).date() - timedelta(days=1)).isoformat()


def test_weeks_end_on_sundays(stage: Stage) -> None:
    made = stage.manager.post("weeks", {"end_date": "2024-01-14"})
    assert made.get_json()["start_date"] == "2024-01-08"
    assert refusal(stage.manager.post("weeks", {"end_date": "2024-01-15"})) == (422, "not_a_sunday")
    assert refusal(stage.manager.post("weeks", {"end_date": "2024-01-14"})) == (409, "already_exists")
    address = f"weeks/{made.get_json()['id']}"
    assert stage.manager.patch(address, {"end_date": "2024-01-21"}).get_json()["start_date"] == "2024-01-15"
    assert refusal(stage.bob.get("weeks/lookup?date=9999-12-31")) == (422, "out_of_range")
    assert refusal(stage.bob.get("weeks/lookup?date=yesterday")) == (422, "invalid")
    assert stage.manager.delete(address).status_code == 204


def test_stories_are_kept(stage: Stage) -> None:
    made = stage.manager.post("stories", {"name": "Blood and Ash", "chronicle": stage.chronicle}).get_json()
    assert (made["xp_given"], made["version"]) == (False, 1)
    address = f"stories/{made['id']}"
    assert stage.manager.patch(address, {"name": "Ash"}).get_json()["version"] == 2
    assert refusal(stage.manager.patch(address, {"xp_given": True})) == (422, "read_only")
    assert refusal(stage.manager.post("stories", {"name": "x", "chronicle": 10**9})) == (422, "unknown_reference")
    assert refusal(stage.head.post("stories", {"name": "x"})) == (403, "permission_missing")
    assert [row["id"] for row in stage.bob.get(f"stories?chronicle={stage.chronicle}").get_json()["results"]] == [
        made["id"]
    ]
    assert stage.manager.delete(address).status_code == 204
