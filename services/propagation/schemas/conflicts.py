"""Conflicts between editors, in JSON."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from services.propagation.domain.conflicts import ConflictType, Resolution, Strategy
from services.propagation.schemas.batches import StringUpdateSchema
from services.propagation.schemas.fields import MAX_ID, Body, Flag, Map, refuse_twins, text
from services.propagation.schemas.options import RunOptions, depth

TYPES, STRATEGIES = [*map(str, ConflictType)], [*map(str, Strategy)]


class ConflictsBody(Body):
    """What somebody wants of strings, with the version that each was seen at."""

    updates = ma.fields.List(
        ma.fields.Nested(StringUpdateSchema),
        required=True,
        validate=ma.validate.Length(max=500),
        metadata={"description": "At most 500 updates, each of another string; none is fine."},
    )

    @ma.validates_schema
    def _each_once(self, data: dict[str, Any], **_options: Any) -> None:
        refuse_twins("updates", data["updates"], name="string_id", noun="string")


class ConflictSchema(Body):
    """One conflict; what was found may be sent back as it is."""

    string_id = ma.fields.Integer(
        required=True,
        strict=True,
        validate=ma.validate.Range(1, MAX_ID),
        metadata={"example": 12, "description": "The string."},
    )
    type = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(TYPES),
        metadata={"example": "concurrent_edit", "description": "What kind of conflict it is."},
    )
    code = ma.fields.String(
        dump_only=True,
        metadata={"example": "version_conflict", "description": "The code that a run would fail by."},
    )
    message = ma.fields.String(
        dump_only=True,
        metadata={"example": "The string 12 has version 4 by now, not 3.", "description": "The same in words."},
    )
    index = ma.fields.Integer(dump_only=True, metadata={"example": 0, "description": "Place of the update."})
    expected_version = ma.fields.Integer(
        dump_only=True, metadata={"example": 3, "description": "concurrent_edit: the version that was seen."}
    )
    actual_version = ma.fields.Integer(
        dump_only=True, metadata={"example": 4, "description": "concurrent_edit: the present version."}
    )
    conflicting_string_id = ma.fields.Integer(
        dump_only=True, metadata={"example": 9, "description": "duplicate_value: the string that has the name."}
    )


class ConflictsSchema(ma.Schema):
    conflicts = ma.fields.List(
        ma.fields.Nested(ConflictSchema), metadata={"description": "What was found, in the order of the updates."}
    )


class SuggestBody(Body):
    conflicts = ma.fields.List(
        ma.fields.Nested(ConflictSchema),
        required=True,
        validate=ma.validate.Length(max=1000),
        metadata={"description": "Conflicts as they were found."},
    )


class SuggestedStrategySchema(ma.Schema):
    strategy = ma.fields.String(
        metadata={"example": "take_theirs", "enum": STRATEGIES, "description": "A way out of it."}
    )
    risk = ma.fields.String(
        metadata={"example": "low", "enum": ["low", "medium", "high"], "description": "What may be lost on it."}
    )
    description = ma.fields.String(
        metadata={"example": "Keep what was changed meanwhile and drop my values.", "description": "What it does."}
    )


class SuggestionSchema(ma.Schema):
    string_id = ma.fields.Integer(metadata={"example": 12, "description": "The string."})
    type = ma.fields.String(metadata={"example": "concurrent_edit", "enum": TYPES, "description": "The conflict."})
    strategies = ma.fields.List(
        ma.fields.Nested(SuggestedStrategySchema), metadata={"description": "The ways out of it."}
    )


class SuggestionsSchema(ma.Schema):
    suggestions = ma.fields.List(
        ma.fields.Nested(SuggestionSchema), metadata={"description": "One for each conflict, in order."}
    )


def _values(description: str) -> ma.fields.Dict:
    return Map(
        keys=text(30, example="Brand"),
        values=text(100, example="NIKE", allow_none=True),
        validate=ma.validate.Length(max=200),
        metadata={"example": {"Brand": "PUMA"}, "description": description},
    )


def _strategy(**options: Any) -> ma.fields.String:
    return ma.fields.String(
        validate=ma.validate.OneOf(STRATEGIES),
        metadata={"example": "take_mine", "description": "What to do about it."},
        **options,
    )


class DecidedConflictSchema(ConflictSchema):
    """A conflict and what is to be done about it."""

    strategy = _strategy()
    mine = _values("For `take_mine`: name of the dimension to the text of my value; null empties it.")
    merged_values = _values("For `merge`: name of the dimension to the text of the value agreed on.")


class ResolveOptions(RunOptions):
    max_depth = depth()


class ResolveBody(Body):
    conflicts = ma.fields.List(
        ma.fields.Nested(DecidedConflictSchema),
        required=True,
        validate=ma.validate.Length(max=1000),
        metadata={"description": "The conflicts, each with its strategy or without."},
    )
    strategies = Map(
        keys=ma.fields.String(validate=ma.validate.OneOf(TYPES)),
        values=_strategy(),
        load_default=dict,
        metadata={
            "example": {"concurrent_edit": "take_theirs"},
            "description": "For conflicts without a strategy, by type; what is not here is skipped.",
        },
    )
    apply = Flag(
        load_default=False,
        metadata={"example": False, "description": "True stores `mine` and `merged_values` on the present versions."},
    )
    options = ma.fields.Nested(
        ResolveOptions, load_default=dict, metadata={"description": "With `apply`: the options of the run."}
    )


class ResolutionSchema(ma.Schema):
    string_id = ma.fields.Integer(metadata={"example": 12, "description": "The string."})
    strategy = ma.fields.String(
        metadata={"example": "take_mine", "enum": STRATEGIES, "description": "What was to be done."}
    )
    resolution = ma.fields.String(
        metadata={
            "example": "take_mine",
            "enum": ["skipped", "take_mine", "take_theirs", "merge", "failed"],
            "description": "What came of it.",
        }
    )
    message = ma.fields.String(
        allow_none=True, metadata={"example": None, "description": "Why it failed, where it did."}
    )


class ResolutionsSchema(ma.Schema):
    resolutions = ma.fields.List(
        ma.fields.Nested(ResolutionSchema), metadata={"description": "One for each conflict, in order."}
    )
    applied = ma.fields.Boolean(metadata={"example": True, "description": "Whether a run stored something."})
    job_id = ma.fields.UUID(
        allow_none=True,
        metadata={
            "example": "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21",
            "description": "The run that stored what was agreed on.",
        },
    )
    total_affected = ma.fields.Integer(metadata={"example": 3, "description": "Strings that it changed."})


def resolution_view(resolution: Resolution) -> Mapping[str, Any]:
    return {
        "string_id": resolution.string_id,
        "strategy": str(resolution.strategy),
        "resolution": resolution.outcome,
        "message": resolution.message,
    }
