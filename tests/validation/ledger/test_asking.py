"""Weekly and story requests: filed by players, decided by who decides about the character."""

from typing import Any

import pytest

from tests.fixtures.services import AtOnce
from tests.validation.ledger.test_awards import story
from tests.validation.ledger.test_play import refusal, scene
from tests.validation.ledger.world import Stage

DAY = "2024-01-10"


@pytest.fixture
def lucita(stage: Stage) -> int:
    return stage.character()


def closed(stage: Stage, *characters: int, day: str = DAY) -> tuple[int, int]:
    """Ids of a scene that ended and of its week."""
    made = scene(stage, *characters)["id"]
    return made, stage.head.post(f"scenes/{made}/close", {"last_post_date": day}).get_json()["week"]


def test_a_week_gives_a_point_for_each_category(stage: Stage, lucita: int) -> None:
    made, week = closed(stage, lucita)
    body = {"week": week, "character": lucita, "finishing": False, "rp": True, "rp_scene": made}
    answer = stage.bob.post("weekly-requests", body)
    assert answer.status_code == 201
    request = answer.get_json()
    assert (request["finishing"], request["rp"], request["state"]) == (True, True, "Pending")
    address = f"weekly-requests/{request['id']}"
    assert stage.bob.get(address).get_json() == request
    assert refusal(stage.bob.post("weekly-requests", body)) == (409, "unique_weekly_xp_request")
    again = {"learning": True, "learning_scene": made, "reason": "good"}
    stale = stage.teller.post(f"{address}/approve", again, headers={"If-Match": '"9-x"'})
    assert refusal(stale) == (412, "version_conflict")
    approved = stage.teller.post(f"{address}/approve", again).get_json()
    assert approved["amount"] == 3
    assert approved["balance"] == {"available": 3, "pending": 0, "spent": 0, "earned": 3}
    assert (approved["request"]["state"], approved["request"]["learning"]) == ("Approved", True)
    assert stage.kinds(lucita) == ["weekly_award"]
    for what in ("approve", "deny"):
        assert refusal(stage.head.post(f"{address}/{what}")) == (409, "already_processed")
    assert refusal(stage.bob.patch(address, {"rp": False})) == (409, "already_processed")
    assert refusal(stage.bob.delete(address)) == (409, "already_processed")


def test_scenes_of_a_weekly_request(stage: Stage, lucita: int) -> None:
    made, week = closed(stage, lucita)
    elsewhere, _other = closed(stage, lucita, day="2024-02-10")
    unfinished = scene(stage, lucita)["id"]
    base = {"week": week, "character": lucita, "focus": True}
    for scene_id, code in (
        (None, "required"),
        (elsewhere, "wrong_scene"),
        (unfinished, "wrong_scene"),
        (10**9, "unknown_reference"),
    ):
        refused = stage.bob.post("weekly-requests", base if scene_id is None else base | {"focus_scene": scene_id})
        assert refusal(refused) == (422, code)
        assert refused.get_json()["errors"][0]["pointer"] == "/focus_scene"
    for wrong in ({"week": 10**9}, {"character": "7"}, {"state": "Approved"}, {"colour": 1}, {"focus": None}):
        assert stage.bob.post("weekly-requests", base | wrong | {"focus_scene": made}).status_code == 422
    address = f"weekly-requests/{stage.bob.post('weekly-requests', base | {'focus_scene': made}).get_json()['id']}"
    assert refusal(stage.bob.patch(address, {"focus_scene": elsewhere})) == (422, "wrong_scene")
    assert refusal(stage.bob.patch(address, {"focus_scene": None})) == (422, "required")
    assert refusal(stage.bob.patch(address, {"week": week})) == (422, "read_only")
    assert refusal(stage.head.post(f"{address}/approve", {"rp": True})) == (422, "required")
    changed = stage.bob.patch(address, {"focus": False, "finishing": False}).get_json()
    assert (changed["focus"], changed["finishing"], changed["version"]) == (False, True, 2)
    assert stage.head.post(f"{address}/approve", {"finishing": False}).get_json()["amount"] == 0
    assert stage.kinds(lucita) == []


def test_who_files_and_who_decides(stage: Stage, lucita: int) -> None:
    _made, week = closed(stage, lucita)
    body = {"week": week, "character": lucita}
    assert refusal(stage.stranger.post("weekly-requests", body)) == (404, "not_found")
    assert refusal(stage.other.post("weekly-requests", body)) == (403, "not_owner")
    filed = stage.teller.post("weekly-requests", body | {"finishing": False})
    assert filed.get_json()["finishing"] is False
    address = f"weekly-requests/{filed.get_json()['id']}"
    for who in (stage.bob, stage.other, stage.manager):
        assert refusal(who.post(f"{address}/approve")) == (403, "not_approver")
    assert refusal(stage.stranger.post(f"{address}/approve")) == (404, "invalid_request")
    assert refusal(stage.stranger.patch(address, {"rp": False})) == (404, "invalid_request")
    assert refusal(stage.other.delete(address)) == (403, "not_owner")
    for cause, code in (({"status": "Dec"}, "character_not_active"), ({"status": "App"}, "quarantined")):
        stage.set(lucita, **cause)
        if code == "quarantined":
            stage.quarantine(lucita)
        assert refusal(stage.teller.post(f"{address}/approve")) == (409, code)
    stale = {"If-Match": '"9-x"'}
    assert refusal(stage.other.patch(address, {"rp": False}, headers=stale)) == (403, "not_owner")
    assert refusal(stage.bob.patch(address, {"rp": False}, headers=stale)) == (412, "version_conflict")
    denied = stage.admin.post(f"{address}/deny", {"reason": "absent"}).get_json()
    assert (denied["amount"], denied["request"]["state"], denied["request"]["reason"]) == (0, "Denied", "absent")
    assert refusal(stage.other.delete(address)) == (403, "not_owner")
    own = stage.character(owner="head")
    mine = stage.head.post("weekly-requests", {"week": week, "character": own}).get_json()["id"]
    assert refusal(stage.head.post(f"weekly-requests/{mine}/approve")) == (403, "own_character")
    assert [row["id"] for row in stage.head.get("weekly-requests?state=Pending").get_json()["results"]] == [mine]
    assert stage.stranger.get(f"weekly-requests?week={week}").get_json()["results"] == []
    assert stage.head.delete(f"weekly-requests/{mine}").status_code == 204


def test_a_story_request_is_paid_once(stage: Stage, lucita: int) -> None:
    made = story(stage)
    body = {"story": made, "character": lucita, "success": True, "drama": True, "duration": 2}
    filed = stage.bob.post("story-requests", body).get_json()
    assert refusal(stage.bob.post("story-requests", body)) == (409, "unique_story_xp_request")
    assert stage.bob.post("story-requests", body | {"duration": None}).status_code == 422
    assert stage.bob.post("story-requests", body | {"duration": 101}).status_code == 422
    address = f"story-requests/{filed['id']}"
    assert stage.bob.patch(address, {"duration": 3}).get_json()["duration"] == 3
    approved = stage.head.post(f"{address}/approve", {"danger": True}).get_json()
    assert (approved["amount"], approved["request"]["danger"]) == (6, True)
    assert stage.balance(lucita) == (6, 0, 0)
    assert refusal(stage.head.post(f"{address}/approve")) == (409, "already_processed")
    other = story(stage)
    late = stage.bob.post("story-requests", body | {"story": other}).get_json()["id"]
    stage.head.post(f"stories/{other}/award", {"awards": {str(lucita): 4}})
    assert refusal(stage.head.post(f"story-requests/{late}/approve")) == (409, "already_awarded")
    assert stage.head.post(f"story-requests/{late}/deny").status_code == 200
    assert stage.balance(lucita) == (10, 0, 0)


def test_filed_or_approved_at_once_counts_once(stage: Stage, lucita: int, at_once: AtOnce) -> None:
    _made, week = closed(stage, lucita)
    body = {"week": week, "character": lucita}
    filed = at_once(*(lambda: stage.bob.post("weekly-requests", body) for _ in range(3)))
    assert sorted(answer.status_code for answer in filed) == [201, 409, 409]
    (lost, _again) = (answer.get_json()["code"] for answer in filed if answer.status_code == 409)
    assert lost == "unique_weekly_xp_request"
    (request,) = (answer.get_json()["id"] for answer in filed if answer.status_code == 201)
    address = f"weekly-requests/{request}/approve"
    answers: Any = at_once(*(lambda who=who: who.post(address) for who in (stage.head, stage.teller)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert stage.balance(lucita) == (1, 0, 0)


def test_a_story_is_awarded_or_asked_for_once(stage: Stage, lucita: int, at_once: AtOnce) -> None:
    made = story(stage)
    asked = stage.bob.post("story-requests", {"story": made, "character": lucita, "duration": 5}).get_json()["id"]
    answers: Any = at_once(
        lambda: stage.head.post(f"story-requests/{asked}/approve"),
        lambda: stage.teller.post(f"stories/{made}/award", {"awards": {str(lucita): 5}}),
    )
    assert [answer.status_code for answer in answers] in ([200, 422], [409, 200])
    assert stage.balance(lucita) == (5, 0, 0)
