"""What a run would change or has changed, in JSON."""

import marshmallow as ma


class AffectedStringSchema(ma.Schema):
    string_id = ma.fields.Integer(metadata={"example": 12, "description": "The string."})
    string_value = ma.fields.String(metadata={"example": "NIKE_SS27", "description": "Its name now."})
    new_value = ma.fields.String(metadata={"example": "ADIDAS_SS27", "description": "Its name after the run."})
    value_changed = ma.fields.Boolean(metadata={"example": True, "description": "Whether the two differ."})
    field_level = ma.fields.Integer(metadata={"example": 2, "description": "Level of its field; 1 is the top."})
    parent_id = ma.fields.Integer(
        allow_none=True, metadata={"example": 9, "description": "The string that it stands under."}
    )
    level = ma.fields.Integer(metadata={"example": 0, "description": "0 = named in the request."})
    path = ma.fields.List(
        ma.fields.Integer(),
        metadata={"example": [9, 12], "description": "Ids from the topmost affected string down to it."},
    )
    change_type = ma.fields.String(
        metadata={"example": "inherited", "description": "direct for a named string, else inherited."}
    )
    changed_fields = ma.fields.List(
        ma.fields.String(), metadata={"example": ["dimension_value"], "description": "The kinds of what changes in it."}
    )
    changes = ma.fields.List(
        ma.fields.Dict(),
        metadata={
            "example": [{"field": "dimension_value", "old": 7, "new": 8}],
            "description": "Each change with old and new, as stored and as people read it.",
        },
    )
    children = ma.fields.List(
        ma.fields.Integer(), metadata={"example": [13], "description": "Affected strings directly below."}
    )


class ImpactSchema(ma.Schema):
    """Everything that a run over the same data would change, and what stands in its way."""

    affected_strings = ma.fields.List(
        ma.fields.Nested(AffectedStringSchema),
        metadata={"example": [], "description": "The first 1000 strings that would change."},
    )
    affected_strings_truncated = ma.fields.Boolean(
        metadata={"example": False, "description": "Whether there are more of them."}
    )
    warnings = ma.fields.List(
        ma.fields.Dict(),
        metadata={
            "example": [{"type": "not_found", "severity": "high", "string_id": 12}],
            "description": "What a run would refuse, and what is worth a look.",
        },
    )
    conflicts = ma.fields.List(
        ma.fields.Dict(),
        metadata={
            "example": [{"type": "duplicate_value", "string_id": 12}],
            "description": "Strings that would want a name that another has.",
        },
    )
    summary = ma.fields.Dict(
        metadata={
            "example": {"total_affected": 7, "failed": 0},
            "description": "Exact totals, levels, depth and an estimate of the time.",
        }
    )
    confirm_token = ma.fields.String(
        metadata={"example": "eyJ0…", "description": "Sent with the same request, it does exactly this or nothing."}
    )
    expires_at = ma.fields.AwareDateTime(
        metadata={"example": "2026-11-20T08:00:00Z", "description": "Until when the token counts."}
    )


class RunAnswerSchema(ma.Schema):
    """What a change tells about its run; with `dry_run` the analysis is all there is."""

    propagation_summary = ma.fields.Dict(
        metadata={
            "example": {"status": "completed", "total_affected": 7},
            "description": "How the run went, below the string included.",
        }
    )
    impact_analysis = ma.fields.Nested(
        ImpactSchema, metadata={"description": "What would change, in a dry run or where the caller always wants it."}
    )
    dry_run = ma.fields.Boolean(metadata={"example": False, "description": "Whether it was only rehearsed."})
    message = ma.fields.String(
        metadata={"example": "Nothing was written.", "description": "What a dry run has to say."}
    )
