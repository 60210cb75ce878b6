"""Scenes, stories and weeks in JSON, and requests for what they have earned."""

import marshmallow as ma

from services.validation.domain.ledger.awards import MAX_AWARDS, MAX_DURATION
from services.validation.schemas.fields import (
    MAX_ID,
    Body,
    Flag,
    KeptSchema,
    Reference,
    Text,
    ViewArgs,
    Whole,
    read_only,
)
from services.validation.schemas.ledger import BalanceSchema, RequestArgs
from shared.listing import ListArgs, Several

MAX_PARTICIPANTS = 1_000


class SceneSchema(KeptSchema):
    name = Text(100, example="Elysium", required=True, blank=False, metadata={"description": "What people call it."})
    chronicle = Reference(
        "chronicle_id", allow_none=True, metadata={"description": "The chronicle that it is part of."}
    )
    location = Text(200, example="The opera", metadata={"description": "Where it is set."})
    date_played = ma.fields.Date(metadata={"example": "2026-11-20", "description": "When it was begun; today."})
    date_of_scene = ma.fields.Date(
        allow_none=True, metadata={"example": "1889-03-31", "description": "When it is set; today."}
    )
    characters = ma.fields.List(
        Whole(1, MAX_ID, example=7),
        validate=ma.validate.Length(max=MAX_PARTICIPANTS, error="too_many|At most 1 000 characters."),
        metadata={"example": [7, 12], "description": "Who takes part; fixed once the scene is finished."},
    )
    last_post_date = ma.fields.Date(
        allow_none=True, metadata={"example": "2026-11-21", "description": "When something happened in it last."}
    )
    waiting_for_st = Flag(metadata={"example": False, "description": "Whether a storyteller is asked for."})
    st_message = Text(300, example="We are at the door.", metadata={"description": "What the storyteller is asked."})
    finished = read_only(ma.fields.Boolean, True, "Whether it has ended; see `close`.")
    finished_at = read_only(ma.fields.DateTime, "2026-11-21T22:00:00Z", "When it was closed.")
    week = read_only(ma.fields.Integer, 4, "The week of its last post.", attribute="week_id")
    xp_given = read_only(ma.fields.Boolean, False, "Whether it was awarded; see `award`.")


class SceneArgs(ListArgs):
    chronicle = Several(ma.fields.Integer(validate=ma.validate.Range(1, MAX_ID), metadata={"example": 3}))
    week = Several(ma.fields.Integer(validate=ma.validate.Range(1, MAX_ID), metadata={"example": 4}))
    finished = ma.fields.Boolean(metadata={"example": True})
    xp_given = ma.fields.Boolean(metadata={"example": False})
    waiting_for_st = ma.fields.Boolean(metadata={"example": True})


class CloseSchema(Body):
    last_post_date = ma.fields.Date(
        load_default=None,
        allow_none=True,
        metadata={"example": "2026-11-21", "description": "When something happened last; decides the week. Today."},
    )
    version = Whole(0, MAX_ID, example=3, load_default=None, metadata={"description": "The version that was read."})


class StorySchema(KeptSchema):
    name = Text(
        100, example="Blood and Ash", required=True, blank=False, metadata={"description": "What it is called."}
    )
    chronicle = Reference(
        "chronicle_id", allow_none=True, metadata={"description": "The chronicle that it is part of."}
    )
    xp_given = read_only(ma.fields.Boolean, False, "Whether it was awarded; see `award`.")


class StoryArgs(ListArgs):
    chronicle = Several(ma.fields.Integer(validate=ma.validate.Range(1, MAX_ID), metadata={"example": 3}))
    xp_given = ma.fields.Boolean(metadata={"example": False})


class AwardsSchema(Body):
    """By character; what an entry may be is said with the resource."""

    awards = ma.fields.Dict(
        required=True,
        validate=ma.validate.Length(max=MAX_AWARDS, error="too_many|At most 1 000 characters."),
        metadata={"example": {"7": True}, "description": "Id of a character to its award. All are booked, or none."},
    )
    version = Whole(0, MAX_ID, example=3, load_default=None, metadata={"description": "The version that was read."})


class AwardResultSchema(ma.Schema):
    character = ma.fields.Integer(required=True, metadata={"example": 7, "description": "Who."})
    amount = ma.fields.Integer(required=True, metadata={"example": 1, "description": "Points that it got."})
    xp = ma.fields.Integer(required=True, metadata={"example": 13, "description": "What it can spend now."})


class _AwardedSchema(ma.Schema):
    awarded = ma.fields.Integer(required=True, metadata={"example": 1, "description": "Characters that got XP."})
    results = ma.fields.List(
        ma.fields.Nested(AwardResultSchema), required=True, metadata={"description": "By character."}
    )


class AwardedSceneSchema(_AwardedSchema):
    scene = ma.fields.Nested(SceneSchema, required=True, metadata={"description": "As it is now."})


class AwardedStorySchema(_AwardedSchema):
    story = ma.fields.Nested(StorySchema, required=True, metadata={"description": "As it is now."})


class WeekSchema(KeptSchema):
    end_date = ma.fields.Date(required=True, metadata={"example": "2026-11-22", "description": "A Sunday."})
    start_date = read_only(ma.fields.Date, "2026-11-16", "Six days before.")


class WeekWithPlaySchema(WeekSchema):
    scenes = ma.fields.List(
        ma.fields.Integer(), dump_only=True, metadata={"example": [9], "description": "Its finished scenes."}
    )
    participants = ma.fields.List(
        ma.fields.Integer(),
        dump_only=True,
        metadata={"example": [7, 12], "description": "Players' characters in these scenes."},
    )


class WeekArgs(ListArgs):
    end_date = Several(ma.fields.Date(metadata={"example": "2026-11-22"}))


class LookupArgs(ViewArgs):
    date = ma.fields.Date(required=True, metadata={"example": "2026-11-18", "description": "Any day."})


class LookupSchema(ma.Schema):
    start_date = ma.fields.Date(required=True, metadata={"example": "2026-11-16", "description": "Its Monday."})
    end_date = ma.fields.Date(required=True, metadata={"example": "2026-11-22", "description": "Its Sunday."})
    week = ma.fields.Integer(
        required=True, allow_none=True, metadata={"example": 4, "description": "Its id; null while there is none."}
    )


class _DecidedSchema(KeptSchema):
    state = read_only(ma.fields.String, "Pending", "Pending, Approved or Denied.")
    decided_at = read_only(ma.fields.DateTime, "2026-11-21T14:05:00Z", "When it was decided.")
    decided_by = read_only(ma.fields.String, "grace", "Who decided.")
    reason = read_only(ma.fields.String, "Well played.", "Why it was decided so.")


def _flag(about: str) -> Flag:
    return Flag(metadata={"example": True, "description": about})


def _scene(category: str) -> Reference:
    return Reference(
        f"{category}_scene_id", allow_none=True, metadata={"description": f"The scene in which {category} was earned."}
    )


class WeeklyCategories(Body):
    """What a week has earned: a point for each."""

    finishing = _flag("Was there to the end; always true for what the owner files.")
    learning = _flag("Learnt something.")
    rp = _flag("Played the role well.")
    focus = _flag("Was the focus of a scene.")
    standingout = _flag("Stood out.")
    learning_scene = _scene("learning")
    rp_scene = _scene("rp")
    focus_scene = _scene("focus")
    standingout_scene = _scene("standingout")


class WeeklyRequestSchema(_DecidedSchema, WeeklyCategories):
    week = Reference("week_id", required=True, metadata={"description": "The week."})
    character = Reference("character_id", required=True, metadata={"description": "Who has earned it."})


class WeeklyChangeSchema(WeeklyRequestSchema):
    week = read_only(ma.fields.Integer, 4, "The week.", attribute="week_id")
    character = read_only(ma.fields.Integer, 7, "Who has earned it.", attribute="character_id")


class WeeklyRequestArgs(RequestArgs):
    week = Several(ma.fields.Integer(validate=ma.validate.Range(1, MAX_ID), metadata={"example": 4}))


class StoryAchievements(Body):
    """What a character did in a story: a point for each, and the duration."""

    success = _flag("Reached the goal.")
    danger = _flag("Was in danger.")
    growth = _flag("Grew by it.")
    drama = _flag("Made it dramatic.")
    duration = Whole(0, MAX_DURATION, example=2, metadata={"description": "Sessions that it took."})


class StoryRequestSchema(_DecidedSchema, StoryAchievements):
    story = Reference("story_id", required=True, metadata={"description": "The story."})
    character = Reference("character_id", required=True, metadata={"description": "Who has earned it."})


class StoryChangeSchema(StoryRequestSchema):
    story = read_only(ma.fields.Integer, 2, "The story.", attribute="story_id")
    character = read_only(ma.fields.Integer, 7, "Who has earned it.", attribute="character_id")


class StoryRequestArgs(RequestArgs):
    story = Several(ma.fields.Integer(validate=ma.validate.Range(1, MAX_ID), metadata={"example": 2}))


class _Deciding(Body):
    reason = Text(500, example="Well played.", load_default=None, metadata={"description": "Why, for the player."})
    version = Whole(0, MAX_ID, example=1, load_default=None, metadata={"description": "The version that was read."})


class WeeklyApprovalSchema(_Deciding, WeeklyCategories):
    """What is sent here is rewritten first, under the rules of filing."""


class StoryApprovalSchema(_Deciding, StoryAchievements):
    """What is sent here is rewritten first."""


class DenialSchema(_Deciding):
    pass


class _DecisionSchema(ma.Schema):
    amount = ma.fields.Integer(required=True, metadata={"example": 3, "description": "Points that it gave."})
    balance = ma.fields.Nested(BalanceSchema, required=True, metadata={"description": "Of the character, now."})


class WeeklyDecisionSchema(_DecisionSchema):
    request = ma.fields.Nested(WeeklyRequestSchema, required=True, metadata={"description": "As it is now."})


class StoryDecisionSchema(_DecisionSchema):
    request = ma.fields.Nested(StoryRequestSchema, required=True, metadata={"description": "As it is now."})
