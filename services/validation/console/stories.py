"""Stories: made, played over several scenes, awarded once."""

from typing import Any

from flask.typing import ResponseReturnValue

from shared.console import api
from shared.console.pages import Pages, Values, asked, done, sent

pages = Pages("validation", "stories", __name__)
MOST = 200


@pages.page("/stories", "chronicle.view", menu="Stories")
def stories() -> Values:
    chronicles = _chronicles()
    return {"stories": api.get("stories", asked(ordering="-id")), "chronicles": chronicles, "places": dict(chronicles)}


@pages.page("/stories/<key:story_id>", "chronicle.view")
def story(story_id: int) -> Values:
    """With those who can be awarded: whoever plays in its chronicle, and what they have asked for."""
    found = api.get(f"stories/{story_id}")
    place = {"chronicle": [found["chronicle"]]} if found["chronicle"] else {}
    cast = api.get("characters", place, npc="false", status="App", ordering="name", limit=MOST)["results"]
    return {
        "story": found,
        "tag": found.etag,
        "places": dict(_chronicles()),
        "cast": cast,
        "requests": api.get("story-requests", story=[story_id], ordering="-id", limit=MOST),
        "character_names": {each["id"]: each["name"] for each in cast},
    }


@pages.form("/stories", "chronicle.manage")
def make_story() -> ResponseReturnValue:
    made = api.post("stories", _told(sent()))
    return done("It is there; it is awarded when it has ended.", to=f"/validation/stories/{made['id']}")


@pages.form("/stories/<key:story_id>", "chronicle.manage")
def change_story(story_id: int) -> ResponseReturnValue:
    body = sent()
    api.patch(f"stories/{story_id}", {"name": body.get("name", "")}, if_match=body.get("tag"))
    return done("Changed.")


@pages.form("/stories/<key:story_id>/delete", "chronicle.manage")
def delete_story(story_id: int) -> ResponseReturnValue:
    api.delete(f"stories/{story_id}", if_match=sent().get("tag"))
    return done("It is gone.", to="/validation/stories")


@pages.form("/stories/<key:story_id>/award", "chronicle.view")
def award_story(story_id: int) -> ResponseReturnValue:
    """Points for each who has some; nobody with any closes it without."""
    points = sent().get("awards", {})
    awards = {who: int(number) if number.isdecimal() else number for who, number in points.items()}
    found = api.post(f"stories/{story_id}/award", {"awards": awards})
    return done(f"{found['awarded']} got their points; the story is closed.")


def _chronicles() -> list[tuple[int, str]]:
    return [(each["id"], each["name"]) for each in api.get("chronicles", ordering="name", limit=MOST)["results"]]


def _told(body: dict[str, Any]) -> dict[str, Any]:
    return {"name": body.get("name", "")} | ({"chronicle": int(body["chronicle"])} if "chronicle" in body else {})
