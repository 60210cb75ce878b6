"""How personal each column is (see shared.auditing): every column stands here once, by name, so that a new one has
to be thought about. Personal are the columns that say which person did something, and stored answers, which may
quote them."""

from collections.abc import Mapping

from services.propagation.models.imports import ImportRow
from services.propagation.models.names import CheckedName
from services.propagation.models.rows import Base
from services.propagation.models.runs import Job, RunChange, RunError, UserSettings
from services.propagation.models.strings import Detail, String, StringVersion
from services.propagation.models.structure import (
    Constraint,
    Dimension,
    DimensionValue,
    Field,
    Member,
    Platform,
    Rule,
    RuleDetail,
    Submission,
    Workspace,
)
from shared.auditing import classify_models

Columns = Mapping[type[Base], str]

PERSONAL: Columns = {
    Member: "user_id name",
    RunError: "resolved_by resolved_by_name",
    StringVersion: "modified_by",
    UserSettings: "user_id user_name",
}
INTERNAL: Columns = {
    CheckedName: "job_id row given result",
    Constraint: "dimension_id constraint_type value error_message order is_active",
    Detail: "string_id dimension_id dimension_value_id dimension_value_freetext is_inherited source_string_id"
    " pending_since",
    Dimension: "parent_id name slug description type status",
    DimensionValue: "dimension_id parent_id value label utm description external_ref valid_from valid_until status",
    Field: "platform_id name field_level next_field_id next_level",
    ImportRow: "job_id row key string_id parent_id parent_row cells work wanted place outcome value faults",
    Job: "trigger_type processing_method error_handling max_depth truncated metadata undo_of undone_by",
    Member: "role is_active",
    Platform: "platform_type name slug icon_name",
    Rule: "platform_id name slug description status is_default",
    RuleDetail: "platform_id rule_id field_id dimension_id prefix suffix delimiter dimension_order is_required",
    RunChange: "job_id string_id level change_type cause before after version_before outcome",
    RunError: "job_id string_id string_detail_id error_type error_code error_message context_data retry_count"
    " is_retryable resolved resolution resolved_at",
    String: "parent_id field_id rule_id submission_id value parts string_uuid custom_fields custom_field_sources"
    " is_auto_generated regenerated_at regenerated_from children stale_reason stale_since",
    StringVersion: "string_id value_before value details_before details change_type level job_id caused_by_version"
    " modified_at",
    Submission: "rule_id starting_field_id selected_parent_string_id name slug description status",
    UserSettings: "settings",
    Workspace: "logo_url",
}

classify_models(Base, personal=PERSONAL, internal=INTERNAL)
