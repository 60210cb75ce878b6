"""Conflicts in JSON, and decisions about them."""

from typing import Any

import marshmallow as ma

from services.sync.schemas.bodies import MAX_ID, Body, Text
from services.sync.schemas.fields import count_told, id_told, object_told, text_told, time_told, told
from shared.listing import ListArgs, Several

SOURCE, TARGET = {"sku": "A-1", "name": "Chair, oak"}, {"sku": "A-1", "name": "Armchair"}
RESOLUTIONS = ("source", "target", "merged")
STATUSES = ("open", "resolved", "obsolete")
MOST_AT_ONCE = 1000


class ConflictSchema(ma.Schema):
    """A row that its source and a person have both changed."""

    id = count_told(12, "Number of the conflict.")
    pipeline = text_told("product_families", "Whose run found it.")
    run_id = id_told("The run that met this version of the source.")
    table = text_told("product", "Where the row is.", attribute="table_name")
    row_id = count_told(7, "Number of the row there.")
    key = text_told("A-1", "Of the row.")
    source_values = object_told(SOURCE, "The mapped fields as the source has them.")
    target_values = object_told(TARGET, "The same fields as the row had them when the conflict was found.")
    target_version = count_told(4, "The version that the row had then.")
    differing_fields = told(ma.fields.Raw, ["name"], "The fields in which the sides differ.")
    source_changed_at = time_told("When the source changed the row, as far as it says so.")
    target_edited_at = time_told("When the row was edited here.")
    target_edited_by = text_told("grace", "Who edited it.", allow_none=True)
    strategy = text_told("manual", "What the pipeline does with conflicts.")
    status = told(
        ma.fields.String, "open", f"One of {', '.join(STATUSES)}; obsolete where both sides came to the same."
    )
    resolution = told(ma.fields.String, None, f"One of {', '.join(RESOLUTIONS)}.", allow_none=True)
    resolved_values = object_told(None, "What was written.", allow_none=True)
    resolved_by = text_told("ada", "Who decided.", allow_none=True)
    resolved_at = time_told("When it was decided.")
    approval_id = count_told(12, "The approval in workflow that asks for it.", allow_none=True)
    version = count_told(1, "Counts changes of the conflict.")
    created_at = time_told("When it was found.")
    updated_at = time_told("When it was last changed.")


class ConflictArgs(ListArgs):
    pipeline = Several(ma.fields.String())
    table = Several(ma.fields.String())
    key = Several(ma.fields.String())
    status = Several(ma.fields.String(validate=ma.validate.OneOf(STATUSES)))
    resolution = Several(ma.fields.String(validate=ma.validate.OneOf(RESOLUTIONS)))
    run = ma.fields.UUID()


class ResolveSchema(Body):
    resolution = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(RESOLUTIONS),
        metadata={"example": "source", "description": "Which side holds, or what was made of both."},
    )
    values = ma.fields.Dict(
        keys=ma.fields.String(),
        metadata={
            "example": {"name": "Armchair, oak"},
            "description": "With merged: the differing fields; those left out stay as they are in the target.",
        },
    )
    target_version = ma.fields.Integer(
        strict=True,
        validate=ma.validate.Range(0, MAX_ID),
        metadata={"example": 4, "description": "The row's version that was seen, if not the one that is shown here."},
    )

    @ma.validates_schema
    def _check_values(self, data: dict[str, Any], **_options: Any) -> None:
        if data.get("resolution") == "merged" and not data.get("values"):
            raise ma.ValidationError("required|Say what was made of both sides.", "values")
        if data.get("resolution") != "merged" and data.get("values"):
            raise ma.ValidationError("unexpected|Values are for merged.", "values")


class ConflictChoiceSchema(Body):
    pipeline = Text(100, example="product_families", about="Conflicts of this pipeline.")
    table = Text(100, example="product", about="Conflicts about rows of this table.")


class ResolveManySchema(Body):
    """Named conflicts, or open ones that a filter finds: at most 1000 at once."""

    resolution = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(["source", "target"]),
        metadata={"example": "target", "description": "Which side holds in all of them."},
    )
    ids = ma.fields.List(
        ma.fields.Integer(strict=True, validate=ma.validate.Range(1, MAX_ID)),
        validate=ma.validate.Length(1, MOST_AT_ONCE),
        metadata={"example": [12, 13], "description": "The conflicts."},
    )
    filter = ma.fields.Nested(ConflictChoiceSchema, metadata={"description": "Instead of ids."})

    @ma.validates_schema
    def _check_choice(self, data: dict[str, Any], **_options: Any) -> None:
        if ("ids" in data) == ("filter" in data):
            raise ma.ValidationError("ids_or_filter|Give either ids or a filter.", "ids")


class ResolvedSchema(ma.Schema):
    id = count_told(12, "The conflict.")
    status = told(ma.fields.String, "resolved", "resolved, unchanged (it was resolved so already) or failed.")
    code = text_told(None, "Why it failed.", allow_none=True)
    detail = text_told(None, "The same in words.", allow_none=True)


class ResolvedManySchema(ma.Schema):
    results = ma.fields.List(ma.fields.Nested(ResolvedSchema), metadata={"description": "In the order of ids."})
    resolved = count_told(2, "How many were resolved now.")
    unchanged = count_told(0, "How many were resolved so already.")
    failed = count_told(0, "How many were not.")
    left = count_told(0, "How many open ones the filter still finds.")


class DecisionSchema(Body):
    """The decision on an approval that this service asked for. The same one may come more than once."""

    approval_id = ma.fields.Integer(
        required=True,
        strict=True,
        validate=ma.validate.Range(1, MAX_ID),
        metadata={"example": 12, "description": "The approval's id in workflow."},
    )
    external_ref = ma.fields.String(
        allow_none=True,
        validate=ma.validate.Length(max=200),
        metadata={"example": "12", "description": "The conflict's id, as it was sent with the asking."},
    )
    decision = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(["approved", "rejected", "expired", "cancelled"]),
        metadata={"example": "approved", "description": "Anything but approved keeps the target."},
    )
    option = ma.fields.String(
        allow_none=True,
        validate=ma.validate.Length(max=100),
        metadata={"example": "keep_source", "description": "keep_source or keep_target, with approved."},
    )
    person = ma.fields.String(
        allow_none=True,
        validate=ma.validate.Length(max=200),
        metadata={"example": "grace", "description": "Who decided; null if time did."},
    )
    comments = ma.fields.String(
        allow_none=True,
        validate=ma.validate.Length(max=1000),
        metadata={"example": "The shop is right.", "description": "What the person said."},
    )
