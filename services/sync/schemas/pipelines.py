"""Pipelines in JSON; as they are written they are YAML."""

import marshmallow as ma

from services.sync.schemas.fields import (
    UUID,
    count_told,
    id_told,
    object_told,
    text_told,
    time_told,
    told,
)
from shared.listing import ListArgs, Several

RUN = {"id": UUID, "status": "completed", "kind": "incremental", "completed_at": "2026-11-21T08:00:07Z"}


class PipelineSchema(ma.Schema):
    name = text_told("product_families", "Unique in the tenant.")
    entity = text_told("product", "What its rows are.")
    description = text_told("Families of products.", "What it is for.", allow_none=True)
    active = told(ma.fields.Boolean, True, "An inactive pipeline takes no run.")
    config_version = count_told(3, "Number of the version of its file that is in force.")
    version = count_told(4, "Grows with each change.")
    created_at = time_told("When it was stored first.")
    updated_at = time_told("When it was changed last.")
    created_by = text_told("ada", "Who stored it first.", allow_none=True)
    last_run = object_told(RUN, "The newest run; null before the first.", allow_none=True)
    next_run_at = time_told("When its schedule is due next; null without one.")
    open_quarantine = count_told(0, "Rows in quarantine that nobody has settled.")
    open_conflicts = count_told(0, "Conflicts that wait for a person.")


class SwitchSchema(ma.Schema):
    active = ma.fields.Boolean(
        required=True, metadata={"example": True, "description": "An inactive pipeline takes no run."}
    )
    version = ma.fields.Integer(
        strict=True, metadata={"example": 4, "description": "The version that was read; another one is a conflict."}
    )


class StateSchema(ma.Schema):
    """How far the runs have come."""

    last_sync_at = time_told("Start of the newest run, whatever came of it.")
    last_successful_sync_at = time_told("Start of the newest run that advanced the watermark.")
    watermark = text_told("2026-11-21T08:00:00Z", "What is older was read; a time or a number.", allow_none=True)
    last_run_id = id_told("The newest run.", allow_none=True)
    last_successful_run_id = id_told("The newest run that advanced the watermark.", allow_none=True)
    mapping_checksum = text_told("9f2c…", "Of mapping and key that loaded last.", allow_none=True)
    checkpoint = object_told({"page": 12}, "Where an unfinished run goes on.", allow_none=True)


class PipelineDetailSchema(PipelineSchema):
    text = text_told("name: product_families\n…", "The file as it was stored.")
    checksum = text_told("9f2c…", "SHA-256 of the text.")
    configuration = object_told({"name": "product_families"}, "The file as it was read.")
    state = ma.fields.Nested(StateSchema, dump_only=True, metadata={"description": "How far its runs have come."})


class PipelineSetSchema(ma.Schema):
    results = ma.fields.List(
        ma.fields.Nested(PipelineSchema), metadata={"description": "The pipelines of the set, in its order."}
    )


class CheckedSchema(ma.Schema):
    """The answer to a check without findings; with any it is the problem `configuration_invalid`."""

    names = ma.fields.List(
        ma.fields.String(),
        metadata={"example": ["product_families"], "description": "The pipelines that were checked."},
    )
    findings = ma.fields.List(ma.fields.Dict(), metadata={"example": [], "description": "None."})


class SetSchema(ma.Schema):
    """A set as JSON: each file's name and its text."""

    files = ma.fields.Dict(
        keys=ma.fields.String(validate=ma.validate.Length(max=300)),
        values=ma.fields.String(),
        required=True,
        metadata={"example": {"a.yaml": "name: a\n…"}, "description": "By name, which findings repeat."},
    )


class PipelineArgs(ListArgs):
    entity = Several(ma.fields.String())
    active = ma.fields.Boolean()


class VersionSchema(ma.Schema):
    number = count_told(3, "Counts from 1.")
    checksum = text_told("9f2c…", "SHA-256 of the text.")
    text = text_told("name: product_families\n…", "The file.")
    created_at = time_told("When it was stored.")
    created_by = text_told("ada", "Who stored it; null is the system.", allow_none=True)


class ResetSchema(ma.Schema):
    watermark = ma.fields.String(
        load_default=None,
        allow_none=True,
        validate=ma.validate.Length(max=100),
        metadata={"example": "2026-11-01T00:00:00Z", "description": "Left out or null forgets the watermark."},
    )


class ComponentSchema(ma.Schema):
    kind = text_told("extractors", "What it is for.")
    name = text_told("csv", "What configurations call it.")
    version = text_told("1", "Its own version.")
    schema = object_told({"type": "object"}, "JSON Schema of its configuration.")
    missing_group = text_told(None, "Dependency group to install before it can be used.", allow_none=True)


class ComponentsSchema(ma.Schema):
    results = ma.fields.List(ma.fields.Nested(ComponentSchema), metadata={"description": "All that are installed."})
