"""Scenes: played, closed, awarded."""

from flask.typing import ResponseReturnValue

from services.validation.console.requests import names
from shared.console import api
from shared.console.pages import Pages, Values, asked, done, sent

pages = Pages("validation", "scenes", __name__)


@pages.page("/scenes", "chronicle.view", menu="Scenes")
def scenes() -> Values:
    return {"scenes": api.get("scenes", asked(ordering="-id"))}


@pages.page("/scenes/<key:scene_id>", "chronicle.view")
def scene(scene_id: int) -> Values:
    found, known = api.get(f"scenes/{scene_id}"), names()
    cast = [(each, known.get(each, f"Character {each}")) for each in found["characters"]]
    return {"scene": found, "cast": cast}


@pages.form("/scenes/<key:scene_id>/close", "chronicle.view")
def close_scene(scene_id: int) -> ResponseReturnValue:
    api.post(f"scenes/{scene_id}/close", sent())
    return done("It is finished; who takes part is fixed.")


@pages.form("/scenes/<key:scene_id>/award", "chronicle.view")
def award_scene(scene_id: int) -> ResponseReturnValue:
    """A point for each that is ticked; nobody ticked closes it without any."""
    chosen = sent().get("awards", [])
    found = api.post(f"scenes/{scene_id}/award", {"awards": dict.fromkeys(chosen, True)})
    return done(f"{found['awarded']} got their point.")
