"""Runs in JSON, and what a request for one may say."""

from typing import Any

import marshmallow as ma

from services.sync.domain.tally import BESIDE, OUTCOMES
from services.sync.models.groups import STATUSES as GROUP_STATUSES
from services.sync.models.runs import ASKING, KINDS, STATUSES, TRIGGERS
from services.sync.schemas.fields import (
    count_told,
    id_told,
    object_told,
    text_told,
    time_told,
    told,
)
from shared.listing import ListArgs, Several

STATS = {"extracted": 5000, "loaded": 123, "created": 3, "updated": 120, "unchanged": 4873, "errors": 4}
STAGE = {"rows_in": 5000, "rows_out": 4996, "failed": 4, "seconds": 0.8, "rows_per_second": 6250.0}
DIFFERENCE = {"key": "A-1", "action": "update", "fields": {"name": ["Old", "New"]}}


class RunRequestSchema(ma.Schema):
    """All of it may be left out."""

    mode = ma.fields.String(
        validate=ma.validate.OneOf(["incremental", "full"]),
        metadata={"example": "full", "description": "Incremental where the file has a cursor, unless said otherwise."},
    )
    since = ma.fields.String(metadata={"example": "2026-11-01", "description": "Rows changed from this time on."})
    until = ma.fields.String(metadata={"example": "2026-11-20", "description": "Rows changed up to this time."})
    days = ma.fields.Integer(
        strict=True,
        validate=ma.validate.Range(0, 36_500),
        metadata={"example": 7, "description": "Rows changed since 00:00Z of the day so many days ago."},
    )
    top = ma.fields.Integer(
        strict=True,
        validate=ma.validate.Range(1, 2**31 - 1),
        metadata={"example": 100, "description": "Exactly so many rows at most."},
    )
    filters = ma.fields.Dict(
        keys=ma.fields.String(),
        metadata={"example": {"aktiv": True}, "description": "Field to value, list, or operator and value."},
    )
    batch_size = ma.fields.Integer(
        strict=True,
        validate=ma.validate.Range(0, 2**31 - 1),
        metadata={"example": 1000, "description": "Rows of a commit; 0 makes the run one batch."},
    )
    update_existing = ma.fields.Boolean(metadata={"example": True, "description": "False leaves existing rows alone."})
    dry_run = ma.fields.Boolean(
        metadata={"example": False, "description": "Writes nothing and tells what a run would do."}
    )
    dependencies = ma.fields.String(
        validate=ma.validate.OneOf(["check", "run", "ignore"]),
        metadata={"example": "ignore", "description": "What to do about the pipelines that this one depends on."},
    )
    if_running = ma.fields.String(
        validate=ma.validate.OneOf(["refuse", "join"]),
        metadata={"example": "refuse", "description": "Join answers with the run that goes on."},
    )
    allow_mass_delete = ma.fields.Boolean(
        metadata={"example": False, "description": "Lifts the limit of deletes for this run."}
    )
    trigger = ma.fields.String(
        validate=ma.validate.OneOf(ASKING),
        metadata={
            "example": "api",
            "description": "What asks, told in the history; a group's runs name the group.",
        },
    )


class RunAllSchema(RunRequestSchema):
    all = ma.fields.Boolean(
        required=True,
        validate=ma.validate.Equal(True),
        metadata={"example": True, "description": "Every active pipeline, in the order of dependencies."},
    )


class RunSchema(ma.Schema):
    id = id_told("Also that of its job.")
    pipeline = text_told("product_families", "Whose run it is.")
    entity = text_told("product", "What its rows are.")
    config_version = count_told(3, "The version of the file that it works with.")
    kind = told(ma.fields.String, "incremental", f"One of {', '.join(KINDS)}.")
    why_full = text_told("no_state", "Why a full run took the place of an incremental one.", allow_none=True)
    trigger = told(ma.fields.String, "api", f"One of {', '.join(TRIGGERS)}.")
    actor = text_told("ada", "Who asked for it; null is the system.", allow_none=True)
    status = told(ma.fields.String, "completed", f"One of {', '.join(STATUSES)}.")
    skip_reason = text_told(None, "Why it was not run.", allow_none=True)
    parameters = object_told({"mode": "full"}, "What the request said.")
    group_run_id = id_told("The group run that it belongs to.", allow_none=True)
    created_at = time_told("When it was asked for.")
    started_at = time_told("When it began; kept by a resume.")
    completed_at = time_told("When it ended.")
    duration_seconds = told(ma.fields.Float, 7.4, "From start to end.", allow_none=True)
    heartbeat_at = time_told("When it committed a batch last.")
    watermark_before = text_told("2026-11-20T08:00:00Z", "The watermark that it found.", allow_none=True)
    watermark_after = text_told("2026-11-21T08:00:00Z", "The one that it left.", allow_none=True)
    stats = object_told(STATS, f"Rows by outcome: {', '.join(OUTCOMES)}; beside them {', '.join(BESIDE)}.")
    stages = object_told({"extract": STAGE}, "Rows and seconds of extract, transform, validate and load.")
    skips = object_told({"exists": 3}, "Skipped rows by reason.")
    unmapped_fields = told(ma.fields.Raw, ["Farbe"], "Fields of the source that nothing is made of.")
    warnings = told(ma.fields.Raw, [], "What is to be known about it.")
    error = told(
        ma.fields.Dict,
        {"class": "limit", "code": "bad_row_limit", "message": "…", "sample": []},
        "Why it failed.",
        allow_none=True,
    )
    correlation_id = id_told("Of the request that asked for it.")


class PartitionSchema(ma.Schema):
    number = count_told(0, "Counts from 0.")
    bounds = object_told({}, "What it reads.")
    done = told(ma.fields.Boolean, True, "Whether all of it is loaded.")
    batches = count_told(12, "Batches that it has committed.")
    stats = object_told(STATS, "Its rows by outcome, like those of the run.")


class DifferenceSchema(ma.Schema):
    key = text_told("A-1", "Of the row.", allow_none=True)
    action = text_told("update", "create, update, restore or delete.")
    changes = object_told(
        {"name": ["Old", "New"]}, "Field to old and new value.", attribute="fields", data_key="fields"
    )


class DifferenceArgs(ListArgs):
    format = ma.fields.String(
        validate=ma.validate.OneOf(["json", "jsonl"]),
        load_default="json",
        metadata={"example": "jsonl", "description": "Pages of JSON, or everything as JSON lines."},
    )


class RunDetailSchema(RunSchema):
    partitions = ma.fields.List(
        ma.fields.Nested(PartitionSchema), dump_only=True, metadata={"description": "Its parts, by number."}
    )
    diff = told(ma.fields.Raw, [DIFFERENCE], "Of a dry run: the first 1000 differences.")


class RunsSchema(ma.Schema):
    results = ma.fields.List(ma.fields.Nested(RunSchema), metadata={"description": "The runs that were asked for."})


class GroupSchema(ma.Schema):
    name = text_told("nightly", "As files name it.")
    pipelines = told(ma.fields.Raw, ["categories", "products"], "Which are in it.")


class GroupsSchema(ma.Schema):
    results = ma.fields.List(ma.fields.Nested(GroupSchema), metadata={"description": "All groups, by name."})


class GroupRunLineSchema(ma.Schema):
    id = id_told("Its id.")
    name = text_told("nightly", "The group; null where it is none.", allow_none=True)
    status = text_told("running", "running, completed, completed_with_errors or failed.")
    created_at = time_told("When it was asked for.")
    completed_at = time_told("When the last member ended.")


class GroupRunSchema(GroupRunLineSchema):
    members = ma.fields.List(ma.fields.Nested(RunSchema), metadata={"description": "A run for each pipeline."})
    edges = told(ma.fields.Raw, [{"from": "categories", "to": "products"}], "What waits for what.")


class GroupRunArgs(ListArgs):
    name = Several(ma.fields.String())
    status = Several(ma.fields.String(validate=ma.validate.OneOf(GROUP_STATUSES)))


class RunArgs(ListArgs):
    pipeline = Several(ma.fields.String())
    entity = Several(ma.fields.String())
    status = Several(ma.fields.String(validate=ma.validate.OneOf(STATUSES)))
    kind = Several(ma.fields.String(validate=ma.validate.OneOf(KINDS)))
    trigger = Several(ma.fields.String(validate=ma.validate.OneOf(TRIGGERS)))
    group_run = ma.fields.UUID()
    started_after = ma.fields.AwareDateTime()
    started_before = ma.fields.AwareDateTime()
    q = ma.fields.String(validate=ma.validate.Length(max=200))


class RunRowSchema(ma.Schema):
    outcome = text_told("errors", "What became of it.")
    key = text_told("A-1", "Of the row, as far as it can be read.", allow_none=True)
    position = object_told({"page": 3, "row": 17}, "Where it stood: page and row, or file and line.")
    code = text_told("invalid_number", "Why.", allow_none=True)
    field = text_told("weight", "Which field.", allow_none=True)
    text = text_told("This is no number.", "In words.", allow_none=True)


class RunRowArgs(ListArgs):
    outcome = Several(ma.fields.String())


class RunSummaryArgs(ma.Schema):
    created_after = ma.fields.AwareDateTime(load_default=None)

    def load(self, data: Any, *, unknown: str | None = None, **options: Any) -> Any:  # noqa: ARG002
        return super().load(data, unknown=ma.RAISE, **options)


class FiguresSchema(ma.Schema):
    pipeline = text_told("product_families", "Whose figures they are.")
    total_runs = count_told(20, "Runs in all, dry runs aside.")
    pending_runs = count_told(0, "Runs that wait.")
    running_runs = count_told(1, "Runs at work.")
    completed_runs = count_told(16, "Runs without an error.")
    completed_with_errors_runs = count_told(1, "Runs with bad rows.")
    failed_runs = count_told(1, "Runs that failed.")
    cancelled_runs = count_told(1, "Runs that somebody stopped.")
    skipped_runs = count_told(0, "Runs that were not run.")
    scheduled_success_rate = told(
        ma.fields.Float, 98.0, "Percent of the scheduled runs that ended well.", allow_none=True
    )
    average_duration_seconds = told(ma.fields.Float, 7.4, "Of the runs that have ended.", allow_none=True)
    p95_duration_seconds = told(ma.fields.Float, 12.0, "95 of 100 runs took no longer.", allow_none=True)
    rows_per_second = told(ma.fields.Float, 8000.0, "Extracted rows in the time that the runs took.", allow_none=True)
    mean_seconds_to_recovery = told(
        ma.fields.Float, 900.0, "From a run that failed to the next that ended well.", allow_none=True
    )
    unattended_rate = told(
        ma.fields.Float,
        97.5,
        "Percent of the ended runs that took no person: on schedule or in a group, neither failed nor stopped.",
        allow_none=True,
    )


class RunSummarySchema(FiguresSchema):
    pipelines = ma.fields.List(ma.fields.Nested(FiguresSchema), metadata={"description": "The same for each pipeline."})
