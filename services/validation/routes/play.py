"""Scenes, stories and weeks: what is played, how it ends, and what it gives."""

from typing import Any

from flask_smorest import Blueprint

from services.validation.domain.ledger.weeks import week_start
from services.validation.errors import XpAlreadyGiven
from services.validation.models import Chronicle, Scene, Story, Week
from services.validation.operations.ledger import awarding
from services.validation.operations.play import scenes, weeks
from services.validation.operations.play.rights import MANAGE, demand_storyteller
from services.validation.queries.play import week_ending
from services.validation.schemas import play as schemas
from shared import editing
from shared.access import requires
from shared.current import current_session
from shared.resources import Plain, check_picture, check_version, register, tag_of, with_tag

blueprint = Blueprint("play", __name__, description="What is played and what it gives; all of it once.")

VIEW = "chronicle.view"
SCENES = Plain(
    "scenes",
    Scene,
    schemas.SceneSchema,
    schemas.SceneArgs,
    view=VIEW,
    manage=MANAGE,
    filters={
        "chronicle": Scene.chronicle_id,
        "week": Scene.week_id,
        "finished": Scene.finished,
        "xp_given": Scene.xp_given,
        "waiting_for_st": Scene.waiting_for_st,
    },
    orderings={"name": Scene.name, "date_played": Scene.date_played},
    writes=frozenset(),
)


def _in_a_chronicle(session: Any, _row: Any, values: dict[str, Any]) -> dict[str, Any]:
    editing.demand_reference(session, Chronicle, values.get("chronicle_id"), "/chronicle")
    return values


STORIES = Plain(
    "stories",
    Story,
    schemas.StorySchema,
    schemas.StoryArgs,
    view=VIEW,
    manage=MANAGE,
    filters={"chronicle": Story.chronicle_id, "xp_given": Story.xp_given},
    orderings={"name": Story.name},
    writes=frozenset({"POST", "PATCH"}),
    check=_in_a_chronicle,
)
WEEKS = Plain(
    "weeks",
    Week,
    schemas.WeekSchema,
    schemas.WeekArgs,
    view=VIEW,
    manage=MANAGE,
    filters={"end_date": Week.end_date},
    orderings={"end_date": Week.end_date},
    default="-end_date",
    check=weeks.check_week,
    answer=schemas.WeekWithPlaySchema,
    more=weeks.played,
)
for resource in (SCENES, STORIES, WEEKS):
    register(blueprint, resource)


@blueprint.route("/scenes", methods=["POST"])
@blueprint.arguments(schemas.SceneSchema)
@blueprint.response(201, schemas.SceneSchema)
@requires(MANAGE)
def create_scene(body: dict[str, Any]) -> Any:
    body.pop("version", None)
    scene = scenes.create(current_session(), body, body.pop("characters", []))
    return with_tag(scene, 201, Location=f"/api/validation/v1/scenes/{scene.id}")


@blueprint.route("/scenes/<key:scene_id>", methods=["PATCH"])
@blueprint.arguments(schemas.SceneSchema(partial=True))
@blueprint.response(200, schemas.SceneSchema)
@requires(MANAGE, on=Scene)
def change_scene(body: dict[str, Any], scene_id: int) -> Any:
    """`characters` are all who take part then; they are fixed once the scene is finished."""
    scene = editing.locked(current_session(), Scene, scene_id)
    values = check_version(scene, body)
    characters = values.pop("characters", None)
    scenes.change(current_session(), scene, values, characters)
    return with_tag(scene)


@blueprint.route("/scenes/<key:scene_id>", methods=["DELETE"])
@blueprint.response(204)
@requires(MANAGE, on=Scene)
def delete_scene(scene_id: int) -> None:
    """Until it is awarded."""
    scene = editing.locked(current_session(), Scene, scene_id)
    check_version(scene, {})
    scenes.remove(current_session(), scene)


@blueprint.route("/scenes/<key:scene_id>/close", methods=["POST"])
@blueprint.arguments(schemas.CloseSchema)
@blueprint.response(200, schemas.SceneSchema)
@requires(VIEW)
def close_scene(body: dict[str, Any], scene_id: int) -> Any:
    """Ends the scene in the week of its last post; from then on it can be awarded."""
    scene = editing.locked(current_session(), Scene, scene_id)
    demand_storyteller(current_session(), scene.chronicle_id, managing=True)
    check_picture(scene, body["version"])
    scenes.close(current_session(), scene, body["last_post_date"])
    return with_tag(scene)


@blueprint.route("/scenes/<key:scene_id>/award", methods=["POST"])
@blueprint.arguments(schemas.AwardsSchema)
@blueprint.response(200, schemas.AwardedSceneSchema)
@requires(VIEW)
def award_scene(body: dict[str, Any], scene_id: int) -> Any:
    """One point for each participant whose entry is true; all entries or none, once."""
    scene = editing.locked(current_session(), Scene, scene_id)
    demand_storyteller(current_session(), scene.chronicle_id)
    check_picture(scene, body["version"])
    given = awarding.award_scene(current_session(), scene, body["awards"])
    return {"awarded": given.awarded, "results": given.results, "scene": scene}, 200, {"ETag": tag_of(scene)}


@blueprint.route("/stories/<key:story_id>", methods=["DELETE"])
@blueprint.response(204)
@requires(MANAGE, on=Story)
def delete_story(story_id: int) -> None:
    """Until it is awarded."""
    story = editing.locked(current_session(), Story, story_id)
    check_version(story, {})
    if story.xp_given:
        raise XpAlreadyGiven("The XP of this story has been given; it stays.")
    editing.delete(current_session(), story)


@blueprint.route("/stories/<key:story_id>/award", methods=["POST"])
@blueprint.arguments(schemas.AwardsSchema)
@blueprint.response(200, schemas.AwardedStorySchema)
@requires(VIEW)
def award_story(body: dict[str, Any], story_id: int) -> Any:
    """An entry is an amount (0 to 10 000), or an object of success, danger, growth, drama (a point for each true one)
    and duration, which is added. All entries or none, once."""
    story = editing.locked(current_session(), Story, story_id)
    demand_storyteller(current_session(), story.chronicle_id)
    check_picture(story, body["version"])
    given = awarding.award_story(current_session(), story, body["awards"])
    return {"awarded": given.awarded, "results": given.results, "story": story}, 200, {"ETag": tag_of(story)}


@blueprint.route("/weeks/lookup")
@blueprint.arguments(schemas.LookupArgs, location="query")
@blueprint.response(200, schemas.LookupSchema)
@requires(VIEW)
def lookup_week(args: dict[str, Any]) -> Any:
    """The week that a day belongs to."""
    end = weeks.end_of(args["date"], "?date")
    found = week_ending(current_session(), end)
    return {"start_date": week_start(end), "end_date": end, "week": found.id if found else None}
