"""Transitions in JSON: what is asked, what came of it, what could be asked next."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from services.workflow.domain.machines.asking import CLIENTS, REASONS
from services.workflow.schemas.fields import MAX_COMMENTS, Body, Person, PersonalText, Text, Word, version_read
from shared.listing import ListArgs, Several

LONGEST_STATE = 50


class FieldFindingSchema(ma.Schema):
    code = ma.fields.String(required=True, metadata={"example": "vendor_missing"})
    detail = ma.fields.String(required=True, metadata={"example": "The work order has no vendor."})
    pointer = ma.fields.String(required=True, metadata={"example": "/vendor_id"})


class AskSchema(Body):
    """What every way to ask for a transition takes."""

    comments = Text(MAX_COMMENTS, example="Checked on site.", load_default="", allow_none=True)
    metadata = ma.fields.Dict(
        keys=ma.fields.String(), load_default=dict, allow_none=True, metadata={"example": {"adjustment_reason": "typo"}}
    )
    reason = Word(*REASONS, lower=True, load_default="user_action")
    client = Word(*CLIENTS, lower=True, load_default="web")
    dry_run = ma.fields.Boolean(load_default=False, metadata={"description": "True tells what would happen."})


class VerbSchema(AskSchema):
    """The target is in the address; one that is sent along must agree."""

    target_state = ma.fields.String(
        validate=ma.validate.Length(1, LONGEST_STATE), load_only=True, metadata={"example": "APPROVED"}
    )
    version = version_read(load_only=True)
    as_system = ma.fields.Boolean(load_default=False, load_only=True)


class TransitionSchema(VerbSchema):
    target_state = ma.fields.String(
        required=True,
        validate=ma.validate.Length(1, LONGEST_STATE),
        load_only=True,
        metadata={"example": "SUBMITTED", "description": "In any letter case."},
    )


class ResultSchema(ma.Schema):
    """What came of a transition of one item."""

    success = ma.fields.Boolean(required=True)
    unchanged = ma.fields.Boolean(required=True, metadata={"description": "It was in that state already."})
    dry_run = ma.fields.Boolean(required=True)
    from_state = ma.fields.String(required=True, allow_none=True, metadata={"example": "DRAFT"})
    to_state = ma.fields.String(required=True, allow_none=True, metadata={"example": "SUBMITTED"})
    errors = ma.fields.List(ma.fields.Nested(FieldFindingSchema), required=True)
    error_message = ma.fields.String(required=True, allow_none=True, metadata={"example": None})
    required_permissions = ma.fields.List(
        ma.fields.String(), required=True, metadata={"example": ["workorder.transition"]}
    )
    missing_permissions = ma.fields.List(ma.fields.String(), required=True, metadata={"example": []})
    allowed_targets = ma.fields.List(ma.fields.String(), required=True, metadata={"example": ["SUBMITTED"]})
    warnings = ma.fields.List(
        ma.fields.String(), required=True, metadata={"example": ["vendor_inactive: The vendor is not active."]}
    )
    metadata = ma.fields.Dict(required=True, metadata={"example": {}})
    timestamp = ma.fields.DateTime(required=True)
    transition_id = ma.fields.Integer(required=True, allow_none=True, metadata={"example": 41})
    audit_correlation_id = ma.fields.UUID(required=True, allow_none=True)
    status_if_run = ma.fields.Integer(metadata={"example": 200, "description": "Of a dry run."})


class OptionSchema(ma.Schema):
    """A target that can be asked for now."""

    target = ma.fields.String(required=True, metadata={"example": "COMPLETED"})
    verb = ma.fields.String(required=True, metadata={"example": "complete"})
    permissions = ma.fields.List(ma.fields.String(), required=True, metadata={"example": ["workorder.complete"]})
    required_fields = ma.fields.List(ma.fields.String(), required=True, metadata={"example": ["comments"]})
    warnings = ma.fields.List(ma.fields.String(), required=True, metadata={"example": []})


class BlockedOptionSchema(ma.Schema):
    target = ma.fields.String(required=True, metadata={"example": "APPROVED"})
    verb = ma.fields.String(required=True, metadata={"example": "approve"})
    reasons = ma.fields.List(ma.fields.Nested(FieldFindingSchema), required=True)


class OptionsSchema(ma.Schema):
    """Every declared target of the present state stands in exactly one of the two lists."""

    state = ma.fields.String(required=True, metadata={"example": "IN_PROGRESS"})
    available = ma.fields.List(ma.fields.Nested(OptionSchema), required=True)
    blocked = ma.fields.List(ma.fields.Nested(BlockedOptionSchema), required=True)


class AttemptSchema(ma.Schema):
    """One attempt of a transition, successful or refused."""

    id = ma.fields.Integer(required=True, metadata={"example": 41})
    machine = ma.fields.String(required=True, metadata={"example": "work_order"})
    machine_version = ma.fields.Integer(required=True, metadata={"example": 1})
    entity = ma.fields.String(required=True, metadata={"example": "work_order"})
    entity_id = ma.fields.Integer(required=True, metadata={"example": 12})
    from_state = ma.fields.String(required=True, allow_none=True, metadata={"example": "DRAFT"})
    to_state = ma.fields.String(required=True, metadata={"example": "SUBMITTED"})
    success = ma.fields.Boolean(required=True)
    error_codes = ma.fields.List(ma.fields.String(), required=True, metadata={"example": []})
    actor = ma.fields.String(required=True, allow_none=True, metadata={"example": "ada"})
    on_behalf_of = ma.fields.String(required=True, allow_none=True, metadata={"example": None})
    reason = ma.fields.String(required=True, metadata={"example": "user_action"})
    client = ma.fields.String(required=True, metadata={"example": "web"})
    comments = PersonalText(MAX_COMMENTS, example="Checked on site.", required=True)
    metadata = ma.fields.Dict(required=True, attribute="metadata_", metadata={"example": {}})
    flags = ma.fields.List(ma.fields.String(), required=True, metadata={"example": []})
    suspicious = ma.fields.Function(
        lambda row: "suspicious" in row.flags, metadata={"type": "boolean", "example": False}
    )
    seconds_in_state = ma.fields.Decimal(required=True, allow_none=True, as_string=True, metadata={"example": "61.204"})
    execution_ms = ma.fields.Decimal(required=True, allow_none=True, as_string=True, metadata={"example": "4.120"})
    lock_wait_ms = ma.fields.Decimal(required=True, allow_none=True, as_string=True, metadata={"example": "0.310"})
    correlation_id = ma.fields.UUID(required=True)
    created_at = ma.fields.DateTime(required=True)


class AttemptArgs(ListArgs):
    entity = Several(ma.fields.String())
    entity_id = Several(ma.fields.Integer())
    machine = Several(ma.fields.String())
    from_state = Several(ma.fields.String(), data_key="from")
    to_state = Several(ma.fields.String(), data_key="to")
    actor = Several(ma.fields.String())
    reason = Several(ma.fields.String())
    success = ma.fields.Boolean()
    created_after = ma.fields.AwareDateTime(default_timezone=None, metadata={"example": "2026-11-20T08:00:00Z"})
    created_before = ma.fields.AwareDateTime(default_timezone=None, metadata={"example": "2026-11-21T08:00:00Z"})


class StatisticsArgs(ma.Schema):
    hours = ma.fields.Integer(
        load_default=24, validate=ma.validate.Range(1, 8760), metadata={"example": 24, "description": "Up to now."}
    )


class FiguresSchema(ma.Schema):
    total = ma.fields.Integer(required=True, metadata={"example": 200})
    success = ma.fields.Integer(required=True, metadata={"example": 180})
    failure = ma.fields.Integer(required=True, metadata={"example": 20})
    success_rate = ma.fields.Float(required=True, metadata={"example": 90.0, "description": "Percent."})
    average_execution_ms = ma.fields.Float(required=True, allow_none=True, metadata={"example": 4.1})
    p95_execution_ms = ma.fields.Float(required=True, allow_none=True, metadata={"example": 9.8})
    average_lock_wait_ms = ma.fields.Float(required=True, allow_none=True, metadata={"example": 0.4})
    p95_lock_wait_ms = ma.fields.Float(required=True, allow_none=True, metadata={"example": 2.0})


class StatisticsSchema(FiguresSchema):
    """Attempts of the last hours: all of them, by machine, by day (UTC), and failures by code."""

    hours = ma.fields.Integer(required=True, metadata={"example": 24})
    by_machine: Any = ma.fields.Dict(
        keys=ma.fields.String(), values=ma.fields.Nested(FiguresSchema), required=True, metadata={"example": {}}
    )
    by_day: Any = ma.fields.Dict(
        keys=ma.fields.String(), values=ma.fields.Nested(FiguresSchema), required=True, metadata={"example": {}}
    )
    failures_by_code: Any = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Integer(),
        required=True,
        metadata={"example": {"vendor_missing": 12}},
    )


class AssignSchema(Body):
    """Naming one of the two sets it and clears the other; naming both sets both."""

    assigned_to_user = Person(allow_none=True, load_default=None, example="grace")
    assigned_to_team = Person(allow_none=True, load_default=None, example="elevators")
    version = version_read(load_only=True)
    client = Word(*CLIENTS, lower=True, load_default="web")

    @ma.validates_schema
    def _check_names(self, data: Mapping[str, Any], **_options: Any) -> None:
        if data.get("assigned_to_user") is None and data.get("assigned_to_team") is None:
            raise ma.ValidationError(
                "assignee_missing|Name assigned_to_user, assigned_to_team or both.", "assigned_to_user"
            )


class HistoryEntrySchema(ma.Schema):
    """A transition, a step of permit or verification, an assignment, or an entry."""

    kind = ma.fields.String(required=True, metadata={"example": "transition"})
    id = ma.fields.Integer(required=True, metadata={"example": 41})
    created_at = ma.fields.DateTime(required=True)
    actor = ma.fields.String(required=True, allow_none=True, metadata={"example": "ada"})
    text = PersonalText(5000, example="Checked on site.", required=True, allow_none=True)
    data = ma.fields.Dict(required=True, metadata={"example": {"from_state": "DRAFT", "to_state": "SUBMITTED"}})
