"""Names to read, and what they say, in JSON."""

from typing import Any

import marshmallow as ma
from flask_smorest.fields import Upload

from services.propagation.domain.scanning import MAX_READINGS
from services.propagation.operations.names.files import MAX_ROWS
from services.propagation.schemas.fields import MAX_ID, Reference, csv_or_json, text
from shared.listing import ListArgs

# Longer than any name may be, so that `too_long` can be told.
LONGEST = 2000


def _is_id_or_name(value: Any) -> None:
    is_id = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_ID
    if not is_id and not (isinstance(value, str) and 0 < len(value) <= 50 and value.isprintable()):
        raise ma.ValidationError("An id, or a name of at most 50 characters.")


def by_id_or_name(**options: Any) -> ma.fields.Raw:
    """A row of the structure by its id or by its name."""
    return ma.fields.Raw(validate=_is_id_or_name, **options)


class ParseSchema(ma.Schema):
    rule = Reference(required=True)
    field = Reference(required=True)
    value = text(LONGEST, example="NIKE_SS27|[launch]", required=True)
    parent = Reference(
        allow_none=True,
        load_default=None,
        metadata={"description": "The string above; readings that repeat its choices come first."},
    )


class ReadPartSchema(ma.Schema):
    """A part of a name without its prefix and suffix."""

    dimension = ma.fields.Integer(required=True, metadata={"example": 7})
    dimension_name = ma.fields.String(required=True, metadata={"example": "Brand"})
    text = ma.fields.String(required=True, metadata={"example": "NIKE"})
    dimension_value = ma.fields.Integer(
        required=True, allow_none=True, metadata={"example": 42, "description": "Null for free text."}
    )


class ReasonSchema(ma.Schema):
    code = ma.fields.String(required=True, metadata={"example": "unknown_value"})
    position = ma.fields.Integer(required=True, metadata={"example": 5, "description": "Characters from 0."})
    message = ma.fields.String(required=True, metadata={"example": "'SS99' is no value of 'Season'."})


class ParsedSchema(ma.Schema):
    """What a name says by its rule."""

    matches = ma.fields.Boolean(required=True)
    ambiguous = ma.fields.Boolean(required=True, metadata={"description": "It can be read in several ways."})
    readings = ma.fields.List(
        ma.fields.List(ma.fields.Nested(ReadPartSchema)),
        required=True,
        metadata={"description": f"The best first, at most {MAX_READINGS}."},
    )
    reasons = ma.fields.List(
        ma.fields.Nested(ReasonSchema), required=True, metadata={"description": "Why it does not match."}
    )


class NameRowSchema(ma.Schema):
    value = text(LONGEST, example="NIKE_SS27", required=True)
    field = by_id_or_name(required=True, metadata={"example": "campaign", "description": "By id or by name."})
    rule = by_id_or_name(
        allow_none=True,
        metadata={"example": "Standard", "description": "By id or by name; default: the platform's default rule."},
    )
    parent = text(400, example="NIKE-EU", allow_none=True)


class CheckSchema(ma.Schema):
    """Names to check beside each other; from 1000 on a job does it."""

    rows = ma.fields.List(
        ma.fields.Nested(NameRowSchema), required=True, validate=ma.validate.Length(min=1, max=MAX_ROWS)
    )


class CheckForm(ma.Schema):
    """The rows as a CSV file."""

    file = Upload(required=True, metadata={"description": "CSV in UTF-8: value, field, rule?, parent?, and any more."})


class CheckArgs(ma.Schema):
    rule = Reference(
        strict=False, load_default=None, metadata={"description": "The rule of rows that name none, by id."}
    )

    def load(self, data: Any, *, unknown: str | None = None, **options: Any) -> Any:  # noqa: ARG002
        # webargs drops unknown query names unless every call site says otherwise; here they are always an error.
        return super().load(data, unknown=ma.RAISE, **options)


class NameNoteSchema(ma.Schema):
    code = ma.fields.String(required=True, metadata={"example": "missing_intermediate_level"})
    message = ma.fields.String(required=True, metadata={"example": "Between 'account' and 'ad' a level was left out."})


class CheckedNameSchema(ParsedSchema):
    """One row: what its name says, and what is wrong or odd beside that."""

    row = ma.fields.Integer(required=True, metadata={"example": 1, "description": "Counted from 1."})
    value = ma.fields.String(required=True, metadata={"example": "NIKE_SS27"})
    field = ma.fields.Integer(required=True, allow_none=True, metadata={"example": 7})
    rule = ma.fields.Integer(required=True, allow_none=True, metadata={"example": 7})
    parent = ma.fields.String(required=True, allow_none=True, metadata={"example": "NIKE-EU"})
    valid = ma.fields.Boolean(required=True, metadata={"description": "It matches and there are no errors."})
    errors = ma.fields.List(ma.fields.Nested(NameNoteSchema), required=True)
    warnings = ma.fields.List(ma.fields.Nested(NameNoteSchema), required=True)


class DuplicateNameSchema(ma.Schema):
    value = ma.fields.String(required=True, metadata={"example": "NIKE_SS27"})
    rows = ma.fields.List(ma.fields.Integer(), required=True, metadata={"example": [3, 17]})


class CheckedSchema(ma.Schema):
    """Figures over all rows, and each row. `counts` is by code: how many rows have it."""

    total = ma.fields.Integer(required=True, metadata={"example": 120})
    valid = ma.fields.Integer(required=True, metadata={"example": 117})
    invalid = ma.fields.Integer(required=True, metadata={"example": 3})
    ambiguous = ma.fields.Integer(required=True, metadata={"example": 0})
    counts = ma.fields.Dict(
        keys=ma.fields.String(), values=ma.fields.Integer(), required=True, metadata={"example": {"unknown_value": 3}}
    )
    duplicates = ma.fields.List(ma.fields.Nested(DuplicateNameSchema), required=True)
    results = ma.fields.List(ma.fields.Nested(CheckedNameSchema), required=True)


class CheckedNameArgs(ListArgs):
    valid = ma.fields.Boolean()
    format = csv_or_json()
