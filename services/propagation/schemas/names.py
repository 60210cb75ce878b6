"""Names to read, and what they say, in JSON."""

from typing import Any

import marshmallow as ma
from flask_smorest.fields import Upload

from services.propagation.domain.scanning import MAX_READINGS
from services.propagation.operations.names.files import MAX_ROWS
from services.propagation.schemas.fields import MAX_ID, Body, Query, Reference, csv_or_json, text
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


class ParseSchema(Body):
    rule = Reference(required=True, metadata={"description": "The rule that should have made the name."})
    field = Reference(required=True, metadata={"description": "The field whose name it is."})
    value = text(LONGEST, example="NIKE_SS27|[launch]", required=True, metadata={"description": "The name."})
    parent = Reference(
        allow_none=True,
        load_default=None,
        metadata={"description": "The string above; readings that repeat its choices come first."},
    )


class ReadPartSchema(ma.Schema):
    """A part of a name without its prefix and suffix."""

    dimension = ma.fields.Integer(required=True, metadata={"example": 7, "description": "The dimension."})
    dimension_name = ma.fields.String(required=True, metadata={"example": "Brand", "description": "Its name."})
    text = ma.fields.String(required=True, metadata={"example": "NIKE", "description": "Without prefix and suffix."})
    dimension_value = ma.fields.Integer(
        required=True, allow_none=True, metadata={"example": 42, "description": "Null for free text."}
    )


class ReasonSchema(ma.Schema):
    code = ma.fields.String(required=True, metadata={"example": "unknown_value", "description": "What is wrong."})
    position = ma.fields.Integer(required=True, metadata={"example": 5, "description": "Characters from 0."})
    message = ma.fields.String(
        required=True, metadata={"example": "'SS99' is no value of 'Season'.", "description": "The same in a sentence."}
    )


class ParsedSchema(ma.Schema):
    """What a name says by its rule."""

    matches = ma.fields.Boolean(
        required=True, metadata={"description": "Whether the name is one of its rule.", "example": True}
    )
    ambiguous = ma.fields.Boolean(
        required=True, metadata={"description": "It can be read in several ways.", "example": False}
    )
    readings = ma.fields.List(
        ma.fields.List(ma.fields.Nested(ReadPartSchema)),
        required=True,
        metadata={"description": f"The best first, at most {MAX_READINGS}."},
    )
    reasons = ma.fields.List(
        ma.fields.Nested(ReasonSchema), required=True, metadata={"description": "Why it does not match."}
    )


class NameRowSchema(ma.Schema):
    value = text(LONGEST, example="NIKE_SS27", required=True, metadata={"description": "The name."})
    field = by_id_or_name(required=True, metadata={"example": "campaign", "description": "By id or by name."})
    rule = by_id_or_name(
        allow_none=True,
        metadata={"example": "Standard", "description": "By id or by name; default: the platform's default rule."},
    )
    parent = text(400, example="NIKE-EU", allow_none=True, metadata={"description": "The name of the string above."})


class CheckSchema(Body):
    """Names to check beside each other; from 1000 on a job does it."""

    rows = ma.fields.List(
        ma.fields.Nested(NameRowSchema),
        required=True,
        validate=ma.validate.Length(min=1, max=MAX_ROWS),
        metadata={"description": "At most 10,000."},
    )


class CheckForm(ma.Schema):
    """The rows as a CSV file."""

    file = Upload(
        required=True,
        metadata={"description": "CSV in UTF-8: value, field, rule?, parent?, and any more.", "example": "value,field"},
    )


class CheckArgs(Query):
    rule = Reference(
        strict=False, load_default=None, metadata={"description": "The rule of rows that name none, by id."}
    )


class NameNoteSchema(ma.Schema):
    code = ma.fields.String(
        required=True, metadata={"example": "missing_intermediate_level", "description": "What is wrong or odd."}
    )
    message = ma.fields.String(
        required=True,
        metadata={
            "example": "Between 'account' and 'ad' a level was left out.",
            "description": "The same in a sentence.",
        },
    )


class CheckedNameSchema(ParsedSchema):
    """One row: what its name says, and what is wrong or odd beside that."""

    row = ma.fields.Integer(required=True, metadata={"example": 1, "description": "Counted from 1."})
    value = ma.fields.String(required=True, metadata={"example": "NIKE_SS27", "description": "The name."})
    field = ma.fields.Integer(
        required=True,
        allow_none=True,
        metadata={"example": 7, "description": "The field that was meant; null if it cannot be told."},
    )
    rule = ma.fields.Integer(
        required=True,
        allow_none=True,
        metadata={"example": 7, "description": "The rule that was meant; null if it cannot be told."},
    )
    parent = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"example": "NIKE-EU", "description": "The parent's name as it was sent."},
    )
    valid = ma.fields.Boolean(
        required=True, metadata={"description": "It matches and there are no errors.", "example": True}
    )
    errors = ma.fields.List(
        ma.fields.Nested(NameNoteSchema),
        required=True,
        metadata={"description": "What makes it wrong beside its letters."},
    )
    warnings = ma.fields.List(
        ma.fields.Nested(NameNoteSchema), required=True, metadata={"description": "What is worth a look."}
    )


class DuplicateNameSchema(ma.Schema):
    value = ma.fields.String(required=True, metadata={"example": "NIKE_SS27", "description": "The name."})
    rows = ma.fields.List(
        ma.fields.Integer(), required=True, metadata={"example": [3, 17], "description": "Where it stands."}
    )


class CheckedSchema(ma.Schema):
    """Figures over all rows, and each row. `counts` is by code: how many rows have it."""

    total = ma.fields.Integer(required=True, metadata={"example": 120, "description": "Rows."})
    valid = ma.fields.Integer(required=True, metadata={"example": 117, "description": "Rows that match without error."})
    invalid = ma.fields.Integer(required=True, metadata={"example": 3, "description": "The others."})
    ambiguous = ma.fields.Integer(
        required=True, metadata={"example": 0, "description": "Rows that can be read in several ways."}
    )
    counts = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Integer(),
        required=True,
        metadata={"example": {"unknown_value": 3}, "description": "How many rows have each code."},
    )
    duplicates = ma.fields.List(
        ma.fields.Nested(DuplicateNameSchema),
        required=True,
        metadata={"description": "Names that several rows give to the same rule, field and parent."},
    )
    results = ma.fields.List(ma.fields.Nested(CheckedNameSchema), required=True, metadata={"description": "Each row."})


class CheckedNameArgs(ListArgs):
    valid = ma.fields.Boolean()
    format = csv_or_json()
