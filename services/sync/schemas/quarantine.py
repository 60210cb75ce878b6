"""Quarantine in JSON. Values of rows are for those who may see them; everybody else sees their fields."""

from typing import Any

import marshmallow as ma
from sqlalchemy import Row

from services.sync.models import QuarantineEntry
from services.sync.schemas.bodies import MAX_ID, Body, Text, version_read
from services.sync.schemas.fields import count_told, id_told, object_told, text_told, time_told, told
from shared.listing import DEFAULT_LIMIT, MAX_LIMIT, ListArgs, Several

KINDS, STATUSES, STAGES = (
    ("bad", "parked"),
    ("open", "resolved", "discarded"),
    ("extract", "transform", "validate", "load"),
)
FAULT = {"code": "invalid_number", "field": "weight", "rule": None, "text": "This is no number."}
ROW = {"Art_Nr": "A-1", "Gewicht": "heavy"}
SAMPLE = {"id": 12, "key": "A-1", "text": "This is no number."}
MASK = "***"
MOST_AT_ONCE = 10_000


class EntrySchema(ma.Schema):
    id = count_told(12, "Number of the entry.")
    pipeline = text_told("product_families", "Whose run met it.")
    run_id = id_told("The run that met it last.")
    kind = told(ma.fields.String, "bad", "bad, or parked: it waits for its parent.")
    stage = told(ma.fields.String, "transform", f"Where it stopped: {', '.join(STAGES)}.")
    key = text_told("A-1", "Of the row; empty where none can be read.")
    position = object_told({"page": 3, "row": 17}, "Where it stood: page and row, or file and line.")
    errors = told(ma.fields.Raw, [FAULT], "What is wrong: code, field, rule, text, and the value that broke a rule.")
    row = told(ma.fields.Raw, ROW, f"As it came; without quarantine.view_raw its values are {MASK}.")
    corrected_row = told(ma.fields.Raw, None, "What people have made of it; masked alike.", allow_none=True)
    waiting_for = object_told(
        {"table": "customer", "key": "4711"}, "Table and key of the parent of a parked row.", allow_none=True
    )
    attempts = count_told(0, "How often it was tried again in vain.")
    times_seen = count_told(3, "How often the source has sent it like this.")
    first_seen_at = time_told("When it came first.")
    last_seen_at = time_told("When it came last.")
    status = told(ma.fields.String, "open", f"One of {', '.join(STATUSES)}.")
    resolved_run_id = id_told("The run that loaded it.", allow_none=True)
    resolved_at = time_told("When it was resolved or discarded.")
    resolved_by = text_told("ada", "Who discarded it.", allow_none=True)
    comment = text_told("Test data of the vendor.", "Why it was discarded.", allow_none=True)
    version = count_told(1, "Counts changes of the entry.")
    created_at = time_told("When it was stored.")
    updated_at = time_told("When it was last changed.")


class EntryArgs(ListArgs):
    pipeline = Several(ma.fields.String())
    kind = Several(ma.fields.String(validate=ma.validate.OneOf(KINDS)))
    stage = Several(ma.fields.String(validate=ma.validate.OneOf(STAGES)))
    status = Several(ma.fields.String(validate=ma.validate.OneOf(STATUSES)))
    key = Several(ma.fields.String())
    code = Several(ma.fields.String(metadata={"description": "With an error of this code."}))
    field = Several(ma.fields.String(metadata={"description": "With an error in this field."}))
    run = ma.fields.UUID(metadata={"description": "Met last by this run."})
    waiting_table = Several(ma.fields.String())


class CausesArgs(ma.Schema):
    pipeline = Several(ma.fields.String())
    kind = Several(ma.fields.String(validate=ma.validate.OneOf(KINDS)))
    stage = Several(ma.fields.String(validate=ma.validate.OneOf(STAGES)))
    status = Several(
        ma.fields.String(validate=ma.validate.OneOf(STATUSES)),
        load_default=["open"],
        metadata={"example": ["open"], "description": "Open ones unless given."},
    )
    run = ma.fields.UUID(metadata={"description": "Met last by this run."})
    limit = ma.fields.Integer(load_default=DEFAULT_LIMIT, validate=ma.validate.Range(1, MAX_LIMIT))

    def load(self, data: Any, *, unknown: str | None = None, **options: Any) -> Any:  # noqa: ARG002
        return super().load(data, unknown=ma.RAISE, **options)


class CauseSchema(ma.Schema):
    """What keeps rows of a pipeline from loading."""

    pipeline = text_told("product_families", "Whose rows they are.")
    kind = told(ma.fields.String, "bad", "bad, or parked: they wait for their parents.")
    code = text_told("invalid_number", "The reason.")
    field = text_told("weight", "Which field; null where it is none.", allow_none=True)
    entries = count_told(120, "How many entries have this error; one with several errors counts under each.")
    first_seen_at = time_told("When the first of them came.")
    last_seen_at = time_told("When one of them came last.")
    sample = object_told(SAMPLE, "The newest of them: its id, its key and the error in words.")


class CausesSchema(ma.Schema):
    results = ma.fields.List(ma.fields.Nested(CauseSchema), metadata={"description": "Most entries first."})


class CorrectionSchema(Body):
    corrected_row = ma.fields.Dict(
        keys=ma.fields.String(validate=ma.validate.Length(max=500)),
        required=True,
        allow_none=True,
        metadata={
            "example": {"Art_Nr": "A-1", "Gewicht": "2.5"},
            "description": "The row as it should have come: the next attempt takes it. Null takes the original.",
        },
    )
    version = version_read()


class DiscardSchema(Body):
    comment = Text(2000, example="Test data of the vendor.", about="Why.", blank=False, required=True)
    version = version_read()


class EntryChoiceSchema(Body):
    pipeline = Text(100, example="product_families", about="Entries of this pipeline.")
    kind = ma.fields.String(
        validate=ma.validate.OneOf(KINDS), metadata={"example": "bad", "description": "Entries of this kind."}
    )
    stage = ma.fields.String(
        validate=ma.validate.OneOf(STAGES), metadata={"example": "load", "description": "That stopped there."}
    )
    code = Text(100, example="invalid_number", about="With an error of this code.")
    field = Text(200, example="weight", about="With an error in this field.")
    key = Text(500, example="A-1", about="Of this key.")


class RedriveSchema(Body):
    """Named entries, or open ones that a filter finds."""

    ids = ma.fields.List(
        ma.fields.Integer(strict=True, validate=ma.validate.Range(1, MAX_ID)),
        validate=ma.validate.Length(1, MOST_AT_ONCE),
        metadata={"example": [12, 13], "description": "The entries."},
    )
    filter = ma.fields.Nested(EntryChoiceSchema, metadata={"description": "Instead of ids."})

    @ma.validates_schema
    def _check_choice(self, data: dict[str, Any], **_options: Any) -> None:
        if ("ids" in data) == ("filter" in data):
            raise ma.ValidationError("ids_or_filter|Give either ids or a filter.", "ids")


def shown(entry: QuarantineEntry, *, raw: bool) -> dict[str, Any]:
    """An entry as its reader may see it."""
    names = [name for name in EntrySchema().fields if name != "waiting_for"]
    found = {name: getattr(entry, name) for name in names}
    if not raw:
        found["row"], found["corrected_row"] = masked(entry.row), masked(entry.corrected_row)
        found["errors"] = [fault | ({"value": MASK} if "value" in fault else {}) for fault in entry.errors]
    waiting = {"table": entry.waiting_table, "key": entry.waiting_key} if entry.waiting_table else None
    return found | {"waiting_for": waiting}


def cause_shown(cause: Row[Any]) -> dict[str, Any]:
    """A group of entries with its newest one, whose own error of this cause is told."""
    said = next(one for one in cause.errors if (one["code"], one.get("field")) == (cause.code, cause.field))
    sample = {"id": cause.newest, "key": cause.key, "text": said["text"]}
    return {name: getattr(cause, name) for name in CauseSchema().fields if name != "sample"} | {"sample": sample}


def masked(value: Any) -> Any:
    """The shape of a row without its values."""
    match value:
        case None:
            return None
        case dict():
            return {name: masked(item) for name, item in value.items()}
        case list():
            return [masked(item) for item in value]
        case _:
            return MASK
