"""The check of stored names, in JSON."""

from typing import Any

import marshmallow as ma

from services.propagation.schemas.fields import MAX_ID, Body


def _id(**options: Any) -> ma.fields.Integer:
    return ma.fields.Integer(strict=True, validate=ma.validate.Range(1, MAX_ID), **options)


class CheckBody(Body):
    """Which strings are checked: those with these ids, or all of a rule."""

    string_ids = ma.fields.List(
        _id(metadata={"example": 12}),
        validate=ma.validate.Length(max=1000),
        metadata={"example": [12, 13], "description": "At most 1000 strings; none is fine."},
    )
    rule = _id(metadata={"example": 1, "description": "The rule whose strings are checked, 20,000 in a call."})
    after = ma.fields.Integer(
        strict=True,
        load_default=0,
        validate=ma.validate.Range(0, MAX_ID),
        metadata={"example": 0, "description": "With `rule`: the `next` of the call before."},
    )

    @ma.validates_schema
    def _one_of_both(self, data: dict[str, Any], **_options: Any) -> None:
        if "string_ids" not in data and "rule" not in data:
            raise ma.ValidationError("required|Name strings or a rule.", "string_ids")
        if "string_ids" in data and "rule" in data:
            raise ma.ValidationError("both_forms|Name strings or a rule, not both.", "rule")


class ProblemFoundSchema(ma.Schema):
    string_id = ma.fields.Integer(metadata={"example": 12, "description": "The string."})
    type = ma.fields.String(
        metadata={
            "example": "value_mismatch",
            "description": "`not_found`, `value_mismatch`, `duplicate_value`, `invalid_parent`, `circular_dependency`,"
            " `dependent_value_mismatch`, a code of value generation such as `required_dimension_missing`; as warnings"
            " `value_inactive`, `value_not_valid`, `stale`.",
        }
    )
    message = ma.fields.String(
        metadata={
            "example": "The details give 'PUMA-EU', the name is 'NIKE-EU'.",
            "description": "What was found, in words.",
        }
    )


class CheckReportSchema(ma.Schema):
    """What was found; the lists hold at most 1000 problems each, the counts are exact."""

    errors = ma.fields.List(ma.fields.Nested(ProblemFoundSchema), metadata={"description": "What must not be."})
    warnings = ma.fields.List(
        ma.fields.Nested(ProblemFoundSchema),
        metadata={"description": "What may be so for good reasons: expired values in use, strings known to be behind."},
    )
    checked = ma.fields.Integer(metadata={"example": 10000, "description": "Strings looked at."})
    error_count = ma.fields.Integer(metadata={"example": 1, "description": "Errors found, listed or not."})
    warning_count = ma.fields.Integer(metadata={"example": 0, "description": "Warnings found, listed or not."})
    next = ma.fields.Integer(
        attribute="last_id",
        allow_none=True,
        metadata={"example": None, "description": "Where the next call goes on (`after`); null at the end."},
    )
