"""Options of calls that make runs, in JSON."""

from typing import Any

import marshmallow as ma

from services.propagation.schemas.fields import MAX_ID, Body, Flag, Map, printable

RULE_WORDS = ("inherit_always", "inherit_if_empty", "inherit_unless_overridden", "inherit_never")
DEPTH = ma.validate.Range(1, 50)
VALUE, TEXT = "dimension_value", "dimension_value_freetext"


def workspace() -> ma.fields.Raw:
    """Compared, whatever it is: what does not equal the token's is another workspace."""
    return ma.fields.Raw(
        allow_none=True,
        metadata={
            "type": "string",
            "format": "uuid",
            "example": "5d0c1f0e-7a52-4f0e-9d0b-3c6a2f1b8e44",
            "description": "The token's workspace, if it is given at all.",
        },
    )


def value_id() -> ma.fields.Integer:
    return ma.fields.Integer(
        strict=True,
        allow_none=True,
        validate=ma.validate.Range(1, MAX_ID),
        metadata={"example": 42, "description": "A value of the list; null empties the detail."},
    )


def freetext() -> ma.fields.String:
    return ma.fields.String(
        allow_none=True,
        validate=[ma.validate.Length(max=100), printable],
        metadata={"example": "launch week", "description": "A free text; null empties the detail."},
    )


def rules() -> ma.fields.Dict:
    return Map(
        keys=ma.fields.String(validate=ma.validate.Length(max=100)),
        values=ma.fields.String(validate=ma.validate.OneOf(RULE_WORDS)),
        metadata={"example": {"dimension_value": "inherit_always"}, "description": "Rules of inheritance by rule key."},
    )


def depth() -> ma.fields.Integer:
    return ma.fields.Integer(
        strict=True,
        validate=DEPTH,
        metadata={"example": 10, "description": "Levels that may change, the named string's own included."},
    )


def error_handling() -> ma.fields.String:
    return ma.fields.String(
        validate=ma.validate.OneOf(["continue", "stop", "rollback"]),
        metadata={"example": "continue", "description": "What happens to the rest if something fails."},
    )


def request_approval(kind: type[ma.fields.Boolean] = Flag, **options: Any) -> ma.fields.Boolean:
    """In a query, where everything is text, it is of another kind."""
    return kind(
        **options,
        metadata={
            "example": True,
            "description": "The run waits until somebody has approved exactly what it would do; the default in mode"
            " prompt, where workflow can be asked.",
        },
    )


class RunOptions(Body):
    """The request's layer of the settings; what is left out comes from the user, the workspace, the service."""

    propagate = Flag(
        metadata={
            "example": True,
            "description": "False changes the named strings alone and marks what is below as stale.",
        }
    )
    error_handling = error_handling()
    mode = ma.fields.String(
        validate=ma.validate.OneOf(["automatic", "manual", "prompt"]),
        metadata={
            "example": "automatic",
            "description": "automatic, manual (nothing flows down) or prompt (asks before further strings change).",
        },
    )
    field_propagation_rules = rules()
    confirm_token = ma.fields.String(
        validate=ma.validate.Length(max=2000),
        metadata={
            "example": "eyJ0…",
            "description": "The token of a preview: exactly what it showed is done, or nothing.",
        },
    )
    request_approval = request_approval()


class BatchOptions(RunOptions):
    max_depth = depth()
    parallel_processing = Flag(metadata={"example": True, "description": "False keeps the run to one worker."})
    dry_run = Flag(
        load_default=False, metadata={"example": False, "description": "Shows what would happen and writes nothing."}
    )
