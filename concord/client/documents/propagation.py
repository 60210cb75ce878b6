"""What goes to propagation and comes from there.

Made by `python -m docs.generate` from `services/propagation/openapi.json`; do not edit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Required, TypedDict


class AffectedString(TypedDict, total=False):
    change_type: str
    changed_fields: list[str]
    changes: list[dict[str, Any]]
    children: list[int]
    field_level: int
    level: int
    new_value: str
    parent_id: int | None
    path: list[int]
    string_id: int
    string_value: str
    value_changed: bool


class Agreement(TypedDict, total=False):
    delimiter: bool
    prefix: bool
    suffix: bool


class Analyze(TypedDict, total=False):
    background: bool
    error_handling: Literal["continue", "stop", "rollback"]
    field_propagation_rules: dict[
        str, Literal["inherit_always", "inherit_if_empty", "inherit_unless_overridden", "inherit_never"]
    ]
    max_depth: int
    propagate: bool
    string_detail_updates: Required[list[DetailUpdate]]
    workspace: str | None


AnyObject = dict[str, Any]


class AppliedRule(TypedDict, total=False):
    key: str | None
    layer: Literal["service", "workspace", "user", "request"]
    name: Literal["inherit_always", "inherit_if_empty", "inherit_unless_overridden", "inherit_never"]


class Assignment(TypedDict, total=False):
    id: Required[int]
    parent: Required[int | None]


class AuditRow(TypedDict, total=False):
    action: Required[str]
    actor: Required[str | None]
    actor_name: Required[str | None]
    changes: Required[Any]
    client_address: Required[str | None]
    correlation_id: Required[str]
    created_at: Required[str]
    duration_ms: Required[int | None]
    entity: Required[str]
    entity_id: Required[str | None]
    event_type: Required[str]
    id: Required[int]
    is_archived: Required[bool]
    level: Required[str]
    message: Required[str | None]
    metadata: Required[Any]
    origin_correlation_id: Required[str | None]
    retention_class: Required[str]
    retention_until: Required[str]
    security_flags: Required[list[str]]


class AuditRowList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[AuditRow]]


class Batch(TypedDict, total=False):
    options: BatchOptions
    updates: Required[list[DetailUpdate]]
    workspace: str | None


class BatchAnswer(TypedDict, total=False):
    dry_run: bool
    estimated_seconds: float
    failed_updates: list[dict[str, Any]]
    impact_analysis: Impact
    job_id: str | None
    processing_time: float
    skipped_updates: list[dict[str, Any]]
    successful_updates: list[dict[str, Any]]
    summary: dict[str, Any]
    total_affected: int
    tracking_url: str
    truncated: bool


class BatchCounts(TypedDict, total=False):
    failed_count: int
    skipped_count: int
    status: Literal["completed", "partial_failure", "failed", "pending"]
    successful_count: int
    total_updates: int


class BatchOptions(TypedDict, total=False):
    confirm_token: str
    dry_run: bool
    error_handling: Literal["continue", "stop", "rollback"]
    field_propagation_rules: dict[
        str, Literal["inherit_always", "inherit_if_empty", "inherit_unless_overridden", "inherit_never"]
    ]
    max_depth: int
    mode: Literal["automatic", "manual", "prompt"]
    parallel_processing: bool
    propagate: bool
    request_approval: bool


class Blocker(TypedDict, total=False):
    code: str
    conflicting_string_id: int
    index: int
    message: str
    severity: str
    string_id: int | None
    type: str


Body = dict[str, Any]


class Catalogue(TypedDict, total=False):
    catalogue: Required[str]
    levels: Required[list[str]]
    name: Required[str]
    platform: Required[int | None]
    platform_type: Required[str]


class Catalogues(TypedDict, total=False):
    results: Required[list[Catalogue]]


class ChangedDetail(TypedDict, total=False):
    created: str | None
    dimension: int | None
    dimension_name: str | None
    dimension_value: int | None
    dimension_value_display: str | None
    dimension_value_freetext: str | None
    dry_run: bool
    effective_value: str | None
    id: int | None
    impact_analysis: Impact
    is_inherited: bool | None
    last_updated: str | None
    message: str
    pending_since: str | None
    propagation_summary: dict[str, Any]
    source_string: int | None
    string: int | None
    version: int | None


class ChangedString(TypedDict, total=False):
    can_have_children: bool | None
    created_at: str | None
    created_by: str | None
    custom_fields: dict[str, Any] | None
    details: list[Detail]
    dry_run: bool
    field: int | None
    field_level: int | None
    generation_metadata: GenerationMetadata
    id: int | None
    impact_analysis: Impact
    is_auto_generated: bool | None
    message: str
    parent: int | None
    propagation_summary: dict[str, Any]
    rule: int | None
    stale: bool | None
    stale_reason: str | None
    stale_since: str | None
    stale_sources: list[int]
    string_uuid: str | None
    submission: int | None
    suggested_child_field: int | None
    updated_at: str | None
    value: str | None
    version: int | None


class Check(TypedDict, total=False):
    rows: Required[list[NameRow]]


class CheckBody(TypedDict, total=False):
    after: int
    rule: int
    string_ids: list[int]


class CheckForm(TypedDict, total=False):
    file: Required[str]


class CheckReport(TypedDict, total=False):
    checked: int
    error_count: int
    errors: list[ProblemFound]
    next: int | None
    warning_count: int
    warnings: list[ProblemFound]


class Checked(TypedDict, total=False):
    ambiguous: Required[int]
    counts: Required[dict[str, int]]
    duplicates: Required[list[DuplicateName]]
    invalid: Required[int]
    results: Required[list[CheckedName]]
    total: Required[int]
    valid: Required[int]


class CheckedName(TypedDict, total=False):
    ambiguous: Required[bool]
    errors: Required[list[NameNote]]
    field: Required[int | None]
    matches: Required[bool]
    parent: Required[str | None]
    readings: Required[list[list[ReadPart]]]
    reasons: Required[list[Reason]]
    row: Required[int]
    rule: Required[int | None]
    valid: Required[bool]
    value: Required[str]
    warnings: Required[list[NameNote]]


class CheckedNameList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[CheckedName]]


class Cleanup(TypedDict, total=False):
    days: int


class Conflict(TypedDict, total=False):
    actual_version: int
    code: str
    conflicting_string_id: int
    expected_version: int
    index: int
    message: str
    string_id: Required[int]
    type: Required[Literal["concurrent_edit", "inheritance", "validation", "duplicate_value", "circular_inheritance"]]


class Conflicts(TypedDict, total=False):
    conflicts: list[Conflict]


class ConflictsBody(TypedDict, total=False):
    updates: Required[list[StringUpdate]]


class Constraint(TypedDict, total=False):
    constraint_type: Required[
        Literal[
            "no_spaces",
            "lowercase",
            "uppercase",
            "no_uppercase",
            "no_numbers",
            "no_special_chars",
            "alphanumeric",
            "numeric",
            "min_length",
            "max_length",
            "starts_with",
            "ends_with",
            "allowed_chars",
            "url_safe",
            "regex",
        ]
    ]
    created_at: str
    created_by: str | None
    dimension: Required[int]
    error_message: str | None
    id: int
    is_active: bool
    order: int
    updated_at: str
    value: str | None
    version: int


class ConstraintChange(TypedDict, total=False):
    constraint_type: Literal[
        "no_spaces",
        "lowercase",
        "uppercase",
        "no_uppercase",
        "no_numbers",
        "no_special_chars",
        "alphanumeric",
        "numeric",
        "min_length",
        "max_length",
        "starts_with",
        "ends_with",
        "allowed_chars",
        "url_safe",
        "regex",
    ]
    created_at: str
    created_by: str | None
    dimension: int
    error_message: str | None
    id: int
    is_active: bool
    order: int
    updated_at: str
    value: str | None
    version: int


class ConstraintCheck(TypedDict, total=False):
    value: Required[str]


class ConstraintChecked(TypedDict, total=False):
    valid: Required[bool]
    validation_errors: Required[list[Violation]]


class ConstraintList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Constraint]]


class ConstraintReorder(TypedDict, total=False):
    constraints: Required[list[int]]


class ConstraintsInOrder(TypedDict, total=False):
    constraints: Required[list[Constraint]]


class CurrentSettings(TypedDict, total=False):
    created: str | None
    effective: dict[str, Effective]
    id: int | None
    last_updated: str | None
    settings: Required[dict[str, Any]]
    user: str
    user_name: str | None
    version: int | None
    workspace: str
    workspace_name: str


class DecidedConflict(TypedDict, total=False):
    actual_version: int
    code: str
    conflicting_string_id: int
    expected_version: int
    index: int
    merged_values: dict[str, str | None]
    message: str
    mine: dict[str, str | None]
    strategy: Literal["take_mine", "take_theirs", "merge", "skip"]
    string_id: Required[int]
    type: Required[Literal["concurrent_edit", "inheritance", "validation", "duplicate_value", "circular_inheritance"]]


class Decision(TypedDict, total=False):
    approval_id: Required[int]
    comments: str | None
    decision: Required[Literal["approved", "rejected", "expired", "cancelled"]]
    external_ref: str
    option: str | None
    person: str | None


class Deleted(TypedDict, total=False):
    deleted: Required[int]
    dry_run: Required[bool]
    message: Required[str]
    strings: Required[list[int]]


class Detail(TypedDict, total=False):
    created: str | None
    dimension: int | None
    dimension_name: str | None
    dimension_value: int | None
    dimension_value_display: str | None
    dimension_value_freetext: str | None
    effective_value: str | None
    id: int | None
    is_inherited: bool | None
    last_updated: str | None
    pending_since: str | None
    source_string: int | None
    string: int | None
    version: int | None


class DetailChange(TypedDict, total=False):
    confirm_token: str
    dimension: int
    dimension_value: int | None
    dimension_value_freetext: str | None
    dry_run: bool
    error_handling: Literal["continue", "stop", "rollback"]
    field_propagation_rules: dict[
        str, Literal["inherit_always", "inherit_if_empty", "inherit_unless_overridden", "inherit_never"]
    ]
    mode: Literal["automatic", "manual", "prompt"]
    own: bool
    propagate: bool
    propagation_depth: int
    request_approval: bool
    string: int
    version: int


class DetailList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Detail]]


class DetailUpdate(TypedDict, total=False):
    dimension_value: int | None
    dimension_value_freetext: str | None
    string_detail_id: Required[int]
    version: int


class Dimension(TypedDict, total=False):
    created_at: str
    created_by: str | None
    description: str | None
    id: int
    name: Required[str]
    parent: int | None
    slug: str
    status: Literal["active", "inactive"]
    type: Literal["list", "text"]
    updated_at: str
    version: int


class DimensionChange(TypedDict, total=False):
    created_at: str
    created_by: str | None
    description: str | None
    id: int
    name: str
    parent: int | None
    slug: str
    status: Literal["active", "inactive"]
    type: Literal["list", "text"]
    updated_at: str
    version: int


class DimensionList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Dimension]]


class DimensionValue(TypedDict, total=False):
    created_at: str
    created_by: str | None
    description: str | None
    dimension: Required[int]
    external_ref: str | None
    id: int
    label: str
    parent: int | None
    status: Literal["active", "inactive"]
    updated_at: str
    utm: str | None
    valid_from: str | None
    valid_until: str | None
    value: Required[str]
    version: int


class DimensionValueAnswerChange(TypedDict, total=False):
    created_at: str
    created_by: str | None
    description: str | None
    dimension: int
    dry_run: bool
    external_ref: str | None
    id: int
    impact_analysis: Impact
    label: str
    message: str
    parent: int | None
    propagation_summary: dict[str, Any]
    status: Literal["active", "inactive"]
    updated_at: str
    utm: str | None
    valid_from: str | None
    valid_until: str | None
    value: str
    version: int


class DimensionValueChangeChange(TypedDict, total=False):
    confirm_token: str
    created_at: str
    created_by: str | None
    description: str | None
    dimension: int
    dry_run: bool
    error_handling: Literal["continue", "stop", "rollback"]
    external_ref: str | None
    id: int
    label: str
    mode: Literal["automatic", "manual", "prompt"]
    parent: int | None
    replace_with: int | None
    request_approval: bool
    status: Literal["active", "inactive"]
    updated_at: str
    utm: str | None
    valid_from: str | None
    valid_until: str | None
    value: str
    version: int


class DimensionValueList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[DimensionValue]]


class DuplicateName(TypedDict, total=False):
    rows: Required[list[int]]
    value: Required[str]


class Effective(TypedDict, total=False):
    layer: Required[str]
    value: Required[Any]


class Error(TypedDict, total=False):
    context_data: dict[str, Any]
    created: str
    error_code: str
    error_message: str
    error_type: str
    id: int
    is_retryable: bool
    job: str
    job_batch_id: str
    last_updated: str
    resolution: str | None
    resolved: bool
    resolved_at: str | None
    resolved_by: str | None
    resolved_by_name: str | None
    retry_count: int
    string: int | None
    string_detail: int | None
    string_value: str | None


class ErrorList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Error]]


class ExplainedField(TypedDict, total=False):
    changed_at: str | None
    changed_by: str | None
    is_kept: bool
    job: str | None
    key: str
    origin: Literal["own", "inherited", "missing"]
    rule: AppliedRule
    source_string: Source | None
    value: Any


class Explanation(TypedDict, total=False):
    custom_fields: list[ExplainedField]
    generated_value: str | None
    id: int
    parts: list[Part]
    problem: Nameless | None
    value: str
    version: int


class FailedUpdate(TypedDict, total=False):
    code: str
    conflicting_string_id: int
    error: str
    error_type: str
    index: int
    string_id: int | None
    update: dict[str, Any]


class Fault(TypedDict, total=False):
    code: str
    column: str | None
    message: str


class Field(TypedDict, total=False):
    created_at: str
    created_by: str | None
    field_level: Required[int]
    id: int
    name: Required[str]
    next_field: int | None
    platform: Required[int]
    updated_at: str
    version: int


class FieldChange(TypedDict, total=False):
    created_at: str
    created_by: str | None
    field_level: int
    id: int
    name: str
    next_field: int | None
    platform: int
    updated_at: str
    version: int


class FieldList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Field]]


class FieldProblem(TypedDict, total=False):
    code: Required[str]
    detail: Required[str]
    pointer: Required[str]


class FieldUpdate(TypedDict, total=False):
    dimension: int | None
    dimension_name: str | None
    field: str
    key: str | None
    new: Any
    new_display: Any
    old: Any
    old_display: Any


class Finding(TypedDict, total=False):
    kind: Required[str]
    number: Required[int | None]
    retention_class: Required[str]
    row_id: Required[int | None]


class GenerationMetadata(TypedDict, total=False):
    dimension_values_used: dict[str, Any]
    last_regenerated: str | None
    regenerated_from: str | None


class Impact(TypedDict, total=False):
    affected_strings: list[AffectedString]
    affected_strings_truncated: bool
    confirm_token: str
    conflicts: list[dict[str, Any]]
    expires_at: str
    summary: dict[str, Any]
    warnings: list[dict[str, Any]]


class ImpactCounts(TypedDict, total=False):
    direct_updates: int
    inherited_updates: int
    max_depth: int
    total_affected: int


class Import(TypedDict, total=False):
    dry_run: bool
    job_id: str | None
    rows: list[ImportRow]
    rows_truncated: bool
    summary: ImportSummary
    tracking_url: str


class ImportForm(TypedDict, total=False):
    dry_run: bool
    error_handling: Literal["continue", "stop", "rollback"]
    file: Required[str]
    rule: Required[int]


class ImportRow(TypedDict, total=False):
    faults: list[Fault]
    key: str | None
    line: int
    outcome: str | None
    row: int
    string_id: int | None
    value: str | None


class ImportRowList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[ImportRow]]


class ImportSummary(TypedDict, total=False):
    created: int
    refused: int
    rows: int
    skipped: int
    status: str
    unchanged: int
    updated: int


class Install(TypedDict, total=False):
    catalogue: Required[str]


class Installed(TypedDict, total=False):
    created_at: str
    created_by: str | None
    fields: Required[list[Field]]
    icon_name: str | None
    id: int
    name: Required[str]
    platform_type: Required[str]
    slug: str
    updated_at: str
    version: int


class Layer(TypedDict, total=False):
    created: str | None
    last_updated: str | None
    settings: Required[dict[str, Any]]
    version: int | None
    workspace: str
    workspace_name: str


class Letter(TypedDict, total=False):
    attempt: int
    correlation_id: str
    created_at: str
    dead_letter: bool
    ended_at: str | None
    give_up_at: str
    id: str
    kind: str
    next_attempt_at: str
    ordering_key: str | None
    origin_correlation_id: str | None
    reason: str | None
    status: Literal["pending", "delivered", "skipped", "failed"]
    subject: str
    target: str


class LetterList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Letter]]


class LetterWithPayload(TypedDict, total=False):
    attempt: int
    correlation_id: str
    created_at: str
    dead_letter: bool
    ended_at: str | None
    give_up_at: str
    id: str
    kind: str
    next_attempt_at: str
    ordering_key: str | None
    origin_correlation_id: str | None
    payload: dict[str, Any]
    reason: str | None
    status: Literal["pending", "delivered", "skipped", "failed"]
    subject: str
    target: str


class Matrix(TypedDict, total=False):
    dimensions: Required[list[MatrixLine]]
    fields: Required[list[Place]]
    rule: Required[int]


class MatrixCell(TypedDict, total=False):
    agrees: Required[Agreement]
    comes_from: Required[Place | None]
    delimiter: Required[str | None]
    dimension_order: Required[int]
    field: Required[int]
    field_level: Required[int]
    field_name: Required[str]
    is_required: Required[bool]
    prefix: Required[str | None]
    suffix: Required[str | None]


class MatrixLine(TypedDict, total=False):
    dimension: Required[int]
    dimension_name: Required[str]
    levels: Required[list[MatrixCell]]


class Member(TypedDict, total=False):
    created_at: str
    created_by: str | None
    id: int
    is_active: bool
    name: str
    role: Literal["viewer", "operator", "manager", "admin"] | None
    updated_at: str
    user_id: Required[str]
    version: int


class MemberChange(TypedDict, total=False):
    created_at: str
    created_by: str | None
    id: int
    is_active: bool
    name: str
    role: Literal["viewer", "operator", "manager", "admin"] | None
    updated_at: str
    user_id: str
    version: int


class MemberList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Member]]


class NameNote(TypedDict, total=False):
    code: Required[str]
    message: Required[str]


class NameRow(TypedDict, total=False):
    field: Required[Any]
    parent: str | None
    rule: Any
    value: Required[str]


class Nameless(TypedDict, total=False):
    code: str
    message: str


class NewDetail(TypedDict, total=False):
    created: str | None
    dimension: int
    dimension_name: str
    dimension_value: int | None
    dimension_value_display: str | None
    dimension_value_freetext: str | None
    effective_value: str | None
    id: int | None
    is_inherited: bool | None
    last_updated: str | None
    own: bool
    pending_since: str | None
    source_string: int | None
    string: int | None
    version: int | None


class NewDetailBody(TypedDict, total=False):
    confirm_token: str
    created: str | None
    dimension: Required[int]
    dimension_name: str | None
    dimension_value: int | None
    dimension_value_display: str | None
    dimension_value_freetext: str | None
    dry_run: bool
    effective_value: str | None
    error_handling: Literal["continue", "stop", "rollback"]
    field_propagation_rules: dict[
        str, Literal["inherit_always", "inherit_if_empty", "inherit_unless_overridden", "inherit_never"]
    ]
    id: int | None
    is_inherited: bool | None
    last_updated: str | None
    mode: Literal["automatic", "manual", "prompt"]
    own: bool
    pending_since: str | None
    propagate: bool
    propagation_depth: int
    request_approval: bool
    source_string: int | None
    string: Required[int]
    version: int


class NewString(TypedDict, total=False):
    can_have_children: bool | None
    created_at: str | None
    created_by: str | None
    custom_fields: dict[str, Any]
    details: list[NewDetail]
    dry_run: bool
    field: Required[int]
    field_level: int | None
    generation_metadata: GenerationMetadata
    id: int | None
    inherit_missing: bool
    is_auto_generated: bool | None
    parent: int | None
    parent_uuid: str | None
    rule: int | None
    stale: bool | None
    stale_reason: str | None
    stale_since: str | None
    stale_sources: list[int]
    string_uuid: str | None
    submission: int | None
    suggested_child_field: int | None
    updated_at: str | None
    value: str | None
    values: dict[str, str | None]
    version: int | None


class PaginationMetadata(TypedDict, total=False):
    first_page: int
    last_page: int
    next_page: int
    page: int
    previous_page: int
    total: int
    total_pages: int


class ParentsSet(TypedDict, total=False):
    results: Required[list[DimensionValue]]


class Parse(TypedDict, total=False):
    field: Required[int]
    parent: int | None
    rule: Required[int]
    value: Required[str]


class Parsed(TypedDict, total=False):
    ambiguous: Required[bool]
    matches: Required[bool]
    readings: Required[list[list[ReadPart]]]
    reasons: Required[list[Reason]]


class Part(TypedDict, total=False):
    changed_at: str | None
    changed_by: str | None
    delimiter_after: str | None
    dimension: int
    dimension_name: str
    effective_value: str | None
    is_kept: bool
    is_pending: bool
    is_required: bool
    job: str | None
    note: str | None
    order: int
    origin: Literal["own", "inherited", "missing"]
    prefix: str | None
    rule: AppliedRule
    source_string: Source | None
    source_value: str | None
    suffix: str | None
    text: str | None


class PartEdit(TypedDict, total=False):
    delimiter: str | None
    dimension: int
    dimension_order: int
    id: int
    is_required: bool
    prefix: str | None
    remove: bool
    suffix: str | None


class Place(TypedDict, total=False):
    field: Required[int]
    field_level: Required[int]
    field_name: Required[str]


class PlacedString(TypedDict, total=False):
    can_have_children: bool | None
    created_at: str | None
    created_by: str | None
    custom_fields: dict[str, Any] | None
    details: list[Detail]
    field: int | None
    field_level: int | None
    generation_metadata: GenerationMetadata
    id: int | None
    is_auto_generated: bool | None
    level: int | None
    parent: int | None
    path: list[int]
    rule: int | None
    stale: bool | None
    stale_reason: str | None
    stale_since: str | None
    stale_sources: list[int]
    string_uuid: str | None
    submission: int | None
    suggested_child_field: int | None
    updated_at: str | None
    value: str | None
    version: int | None


class PlacedStringList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[PlacedString]]


class Platform(TypedDict, total=False):
    created_at: str
    created_by: str | None
    icon_name: str | None
    id: int
    name: Required[str]
    platform_type: Required[str]
    slug: str
    updated_at: str
    version: int


class PlatformChange(TypedDict, total=False):
    created_at: str
    created_by: str | None
    icon_name: str | None
    id: int
    name: str
    platform_type: str
    slug: str
    updated_at: str
    version: int


class PlatformList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Platform]]


class Problem(TypedDict, total=False):
    code: Required[str]
    correlation_id: Required[str]
    detail: Required[str]
    errors: Required[list[FieldProblem]]
    instance: Required[str]
    status: Required[int]
    title: Required[str]
    type: Required[str]


class ProblemFound(TypedDict, total=False):
    message: str
    string_id: int
    type: str


class PropagateBody(TypedDict, total=False):
    all: bool
    confirm_token: str
    dimensions: list[int]
    dry_run: bool
    error_handling: Literal["continue", "stop", "rollback"]
    max_depth: int


class Propagated(TypedDict, total=False):
    dry_run: bool
    impact_analysis: Impact
    message: str
    propagation_summary: dict[str, Any]
    string: String


class ReadPart(TypedDict, total=False):
    dimension: Required[int]
    dimension_name: Required[str]
    dimension_value: Required[int | None]
    text: Required[str]


class Reason(TypedDict, total=False):
    code: Required[str]
    message: Required[str]
    position: Required[int]


class Reorder(TypedDict, total=False):
    confirm_token: str
    dry_run: bool
    error_handling: Literal["continue", "stop", "rollback"]
    field: Required[int]
    mode: Literal["automatic", "manual", "prompt"]
    request_approval: bool
    rule_details: Required[list[int]]


class Reordered(TypedDict, total=False):
    dry_run: bool
    impact_analysis: Impact
    message: str
    propagation_summary: dict[str, Any]
    rule_details: list[RuleDetail]


class ReplayLetters(TypedDict, total=False):
    created_after: str
    created_before: str
    kind: list[str]
    ordering_key: str
    subject: str
    target: str


class ReplayedLetters(TypedDict, total=False):
    letters: Required[int]


class Report(TypedDict, total=False):
    errors: dict[str, Any]
    jobs: dict[str, Any]
    strings: dict[str, Any]


class ResetBody(TypedDict, total=False):
    confirm_token: str
    dry_run: bool
    error_handling: Literal["continue", "stop", "rollback"]
    field_propagation_rules: dict[
        str, Literal["inherit_always", "inherit_if_empty", "inherit_unless_overridden", "inherit_never"]
    ]
    mode: Literal["automatic", "manual", "prompt"]
    propagate: bool
    propagation_depth: int
    request_approval: bool
    version: int


class Resolution(TypedDict, total=False):
    message: str | None
    resolution: Literal["skipped", "take_mine", "take_theirs", "merge", "failed"]
    strategy: Literal["take_mine", "take_theirs", "merge", "skip"]
    string_id: int


class Resolutions(TypedDict, total=False):
    applied: bool
    job_id: str | None
    resolutions: list[Resolution]
    total_affected: int


class ResolveBody(TypedDict, total=False):
    apply: bool
    conflicts: Required[list[DecidedConflict]]
    options: ResolveOptions
    strategies: dict[str, Literal["take_mine", "take_theirs", "merge", "skip"]]


class ResolveOptions(TypedDict, total=False):
    confirm_token: str
    error_handling: Literal["continue", "stop", "rollback"]
    field_propagation_rules: dict[
        str, Literal["inherit_always", "inherit_if_empty", "inherit_unless_overridden", "inherit_never"]
    ]
    max_depth: int
    mode: Literal["automatic", "manual", "prompt"]
    propagate: bool
    request_approval: bool


class Resolved(TypedDict, total=False):
    error: Required[Error]
    message: Required[str]


class RestoreBody(TypedDict, total=False):
    confirm_token: str
    dry_run: bool
    error_handling: Literal["continue", "stop", "rollback"]
    field_propagation_rules: dict[
        str, Literal["inherit_always", "inherit_if_empty", "inherit_unless_overridden", "inherit_never"]
    ]
    mode: Literal["automatic", "manual", "prompt"]
    propagate: bool
    propagation_depth: int
    request_approval: bool
    version: Required[int]


class Retried(TypedDict, total=False):
    error: Required[Error]
    job_id: str | None
    message: Required[str]
    resolved: bool
    retry_count: int


class RetriedRun(TypedDict, total=False):
    attempt: int
    batch_id: str
    cancel_requested: bool
    completed_at: str | None
    correlation_id: str
    created: str
    created_at: str
    dead_letter: bool
    duration: str | None
    duration_seconds: float | None
    error: dict[str, Any] | None
    error_handling: str
    error_message: str | None
    failed: int
    failed_strings: int
    id: str
    kind: str
    last_updated: str
    max_attempts: int
    max_depth: int
    metadata: dict[str, Any]
    new_job_id: str
    origin_correlation_id: str | None
    processed: int
    processed_strings: int
    processing_method: str
    progress_percentage: float
    requested_by: str | None
    requested_by_name: str | None
    retry_of: str | None
    skipped: int
    skipped_strings: int
    started_at: str | None
    status: Literal["pending", "running", "completed", "partial_failure", "failed", "cancelled"]
    success_rate: float
    total: int
    total_strings: int
    trigger_type: str
    triggered_by: str | None
    triggered_by_name: str
    truncated: bool
    undo_of: str | None
    undone_by: str | None
    workspace: str
    workspace_name: str


class Rule(TypedDict, total=False):
    created_at: str
    created_by: str | None
    description: str | None
    id: int
    is_default: bool
    name: Required[str]
    platform: Required[int]
    slug: str
    status: Literal["active", "inactive"]
    updated_at: str
    version: int


class RuleAnswer(TypedDict, total=False):
    created_at: str
    created_by: str | None
    description: str | None
    id: int
    is_default: bool
    name: Required[str]
    platform: Required[int]
    problems: list[RuleProblem]
    slug: str
    status: Literal["active", "inactive"]
    updated_at: str
    version: int


class RuleChange(TypedDict, total=False):
    created_at: str
    created_by: str | None
    description: str | None
    id: int
    is_default: bool
    name: str
    platform: int
    slug: str
    status: Literal["active", "inactive"]
    updated_at: str
    version: int


class RuleDetail(TypedDict, total=False):
    created_at: str
    created_by: str | None
    delimiter: str | None
    dimension: Required[int]
    dimension_order: Required[int]
    field: Required[int]
    id: int
    is_required: bool
    prefix: str | None
    rule: Required[int]
    suffix: str | None
    updated_at: str
    version: int


class RuleDetailAnswer(TypedDict, total=False):
    created_at: str
    created_by: str | None
    delimiter: str | None
    dimension: Required[int]
    dimension_order: Required[int]
    dry_run: bool
    field: Required[int]
    id: int
    impact_analysis: Impact
    is_required: bool
    message: str
    prefix: str | None
    propagation_summary: dict[str, Any]
    rule: Required[int]
    suffix: str | None
    updated_at: str
    version: int


class RuleDetailAnswerChange(TypedDict, total=False):
    created_at: str
    created_by: str | None
    delimiter: str | None
    dimension: int
    dimension_order: int
    dry_run: bool
    field: int
    id: int
    impact_analysis: Impact
    is_required: bool
    message: str
    prefix: str | None
    propagation_summary: dict[str, Any]
    rule: int
    suffix: str | None
    updated_at: str
    version: int


class RuleDetailChange(TypedDict, total=False):
    confirm_token: str
    created_at: str
    created_by: str | None
    delimiter: str | None
    dimension: Required[int]
    dimension_order: Required[int]
    dry_run: bool
    error_handling: Literal["continue", "stop", "rollback"]
    field: Required[int]
    id: int
    is_required: bool
    mode: Literal["automatic", "manual", "prompt"]
    prefix: str | None
    request_approval: bool
    rule: Required[int]
    suffix: str | None
    updated_at: str
    version: int


class RuleDetailChangeChange(TypedDict, total=False):
    confirm_token: str
    created_at: str
    created_by: str | None
    delimiter: str | None
    dimension: int
    dimension_order: int
    dry_run: bool
    error_handling: Literal["continue", "stop", "rollback"]
    field: int
    id: int
    is_required: bool
    mode: Literal["automatic", "manual", "prompt"]
    prefix: str | None
    request_approval: bool
    rule: int
    suffix: str | None
    updated_at: str
    version: int


class RuleDetailList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[RuleDetail]]


class RuleList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Rule]]


class RuleProblem(TypedDict, total=False):
    code: Required[str]
    field: Required[int]
    field_name: Required[str]
    message: Required[str]


class Run(TypedDict, total=False):
    attempt: int
    batch_id: str
    cancel_requested: bool
    completed_at: str | None
    correlation_id: str
    created: str
    created_at: str
    dead_letter: bool
    duration: str | None
    duration_seconds: float | None
    error: dict[str, Any] | None
    error_handling: str
    error_message: str | None
    failed: int
    failed_strings: int
    id: str
    kind: str
    last_updated: str
    max_attempts: int
    max_depth: int
    metadata: dict[str, Any]
    origin_correlation_id: str | None
    processed: int
    processed_strings: int
    processing_method: str
    progress_percentage: float
    requested_by: str | None
    requested_by_name: str | None
    retry_of: str | None
    skipped: int
    skipped_strings: int
    started_at: str | None
    status: Literal["pending", "running", "completed", "partial_failure", "failed", "cancelled"]
    success_rate: float
    total: int
    total_strings: int
    trigger_type: str
    triggered_by: str | None
    triggered_by_name: str
    truncated: bool
    undo_of: str | None
    undone_by: str | None
    workspace: str
    workspace_name: str


class RunAnswer(TypedDict, total=False):
    dry_run: bool
    impact_analysis: Impact
    message: str
    propagation_summary: dict[str, Any]


class RunChange(TypedDict, total=False):
    after: dict[str, Any]
    before: dict[str, Any]
    change_type: str
    level: int
    outcome: str
    problem: str | None
    string: int
    value: str | None
    value_before: str
    version_after: int | None
    version_before: int | None


class RunChangeList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[RunChange]]


class RunList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Run]]


class RunRetry(TypedDict, total=False):
    reason: str
    retry_failed_only: bool


class RunSummary(TypedDict, total=False):
    average_duration_seconds: float | None
    cancelled_jobs: int
    completed_jobs: int
    failed_jobs: int
    p95_duration_seconds: float | None
    partial_failure_jobs: int
    pending_jobs: int
    running_jobs: int
    success_rate: float
    total_jobs: int
    unresolved_errors: int


class SetParents(TypedDict, total=False):
    items: Required[list[Assignment]]


class Settings(TypedDict, total=False):
    created: str | None
    id: int | None
    last_updated: str | None
    settings: Required[dict[str, Any]]
    user: str
    user_name: str | None
    version: int | None
    workspace: str
    workspace_name: str


class SettingsList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Settings]]


class Simulated(TypedDict, total=False):
    parts: Required[list[SimulatedPart]]
    problems: Required[list[SimulationProblem]]
    strings: SimulatedStrings
    value: Required[str | None]


class SimulatedPart(TypedDict, total=False):
    delimiter: Required[str]
    dimension: Required[int]
    dimension_name: Required[str]
    text: Required[str | None]
    value: Required[str | None]


class SimulatedString(TypedDict, total=False):
    code: Required[str | None]
    new: Required[str | None]
    old: Required[str]
    string: Required[int]


class SimulatedStrings(TypedDict, total=False):
    changed: Required[int]
    failed: Required[int]
    first: Required[list[SimulatedString]]
    total: Required[int]


class Simulation(TypedDict, total=False):
    field: Required[int]
    rule_details: list[PartEdit]
    strings: bool
    values: dict[str, str | None]


class SimulationProblem(TypedDict, total=False):
    code: Required[str]
    dimension: Required[int | None]
    message: Required[str]


class SkippedUpdate(TypedDict, total=False):
    index: int
    reason: str
    string_id: int


class Source(TypedDict, total=False):
    id: int
    level: int
    value: str


class String(TypedDict, total=False):
    can_have_children: bool | None
    created_at: str | None
    created_by: str | None
    custom_fields: dict[str, Any] | None
    details: list[Detail]
    field: int | None
    field_level: int | None
    generation_metadata: GenerationMetadata
    id: int | None
    is_auto_generated: bool | None
    parent: int | None
    rule: int | None
    stale: bool | None
    stale_reason: str | None
    stale_since: str | None
    stale_sources: list[int]
    string_uuid: str | None
    submission: int | None
    suggested_child_field: int | None
    updated_at: str | None
    value: str | None
    version: int | None


class StringAnalyze(TypedDict, total=False):
    error_handling: Literal["continue", "stop", "rollback"]
    field_propagation_rules: dict[
        str, Literal["inherit_always", "inherit_if_empty", "inherit_unless_overridden", "inherit_never"]
    ]
    max_depth: int
    propagate: bool
    updates: Required[list[StringUpdate]]
    workspace: str | None


class StringAnswer(TypedDict, total=False):
    can_have_children: bool | None
    created_at: str | None
    created_by: str | None
    custom_fields: dict[str, Any] | None
    details: list[Detail]
    dry_run: bool
    field: int | None
    field_level: int | None
    generation_metadata: GenerationMetadata
    id: int | None
    is_auto_generated: bool | None
    message: str
    parent: int | None
    rule: int | None
    stale: bool | None
    stale_reason: str | None
    stale_since: str | None
    stale_sources: list[int]
    string_uuid: str | None
    submission: int | None
    suggested_child_field: int | None
    updated_at: str | None
    value: str | None
    version: int | None


class StringBatch(TypedDict, total=False):
    options: BatchOptions
    updates: Required[list[StringUpdate]]
    workspace: str | None


class StringBatchAnswer(TypedDict, total=False):
    dry_run: bool
    estimated_seconds: float
    failed_updates: list[FailedUpdate]
    impact_analysis: Impact
    job_id: str | None
    processing_time: float
    skipped_updates: list[SkippedUpdate]
    success: bool
    summary: BatchCounts
    total_affected: int
    tracking_url: str
    truncated: bool
    updated_strings: list[UpdatedString]


class StringChangeBody(TypedDict, total=False):
    can_have_children: bool | None
    confirm_token: str
    created_at: str | None
    created_by: str | None
    custom_fields: dict[str, Any]
    details: list[Detail]
    dry_run: bool
    error_handling: Literal["continue", "stop", "rollback"]
    field: int | None
    field_level: int | None
    field_propagation_rules: dict[
        str, Literal["inherit_always", "inherit_if_empty", "inherit_unless_overridden", "inherit_never"]
    ]
    generation_metadata: GenerationMetadata
    id: int | None
    is_auto_generated: bool | None
    mode: Literal["automatic", "manual", "prompt"]
    parent: int | None
    parent_uuid: str | None
    propagate: bool
    propagation_depth: int
    request_approval: bool
    rule: int | None
    stale: bool | None
    stale_reason: str | None
    stale_since: str | None
    stale_sources: list[int]
    string_uuid: str | None
    submission: int | None
    suggested_child_field: int | None
    updated_at: str | None
    value: str | None
    version: int


class StringImpact(TypedDict, total=False):
    affected_strings: list[AffectedString]
    affected_strings_truncated: bool
    blockers: list[Blocker]
    confirm_token: str
    conflicts: list[dict[str, Any]]
    expires_at: str
    impact: ImpactCounts
    summary: dict[str, Any]
    warnings: list[dict[str, Any]]


class StringList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[String]]


class StringUpdate(TypedDict, total=False):
    custom_fields: dict[str, Any]
    parent: int | None
    string_id: Required[int]
    values: dict[str, str | None]
    version: int


class Submission(TypedDict, total=False):
    created_at: str
    created_by: str | None
    description: str | None
    id: int
    name: Required[str]
    rule: Required[int]
    selected_parent_string: int | None
    slug: str
    starting_field: Required[int]
    status: Literal["draft", "submitted", "approved", "rejected"]
    updated_at: str
    version: int


class SubmissionChange(TypedDict, total=False):
    created_at: str
    created_by: str | None
    description: str | None
    id: int
    name: str
    rule: int
    selected_parent_string: int | None
    slug: str
    starting_field: int
    status: Literal["draft", "submitted", "approved", "rejected"]
    updated_at: str
    version: int


class SubmissionList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Submission]]


class SuggestBody(TypedDict, total=False):
    conflicts: Required[list[Conflict]]


class SuggestedStrategy(TypedDict, total=False):
    description: str
    risk: Literal["low", "medium", "high"]
    strategy: Literal["take_mine", "take_theirs", "merge", "skip"]


class Suggestion(TypedDict, total=False):
    strategies: list[SuggestedStrategy]
    string_id: int
    type: Literal["concurrent_edit", "inheritance", "validation", "duplicate_value", "circular_inheritance"]


class Suggestions(TypedDict, total=False):
    suggestions: list[Suggestion]


class Undo(TypedDict, total=False):
    dry_run: bool
    error_handling: Literal["continue", "stop", "rollback"]


class UndoingRun(TypedDict, total=False):
    attempt: int
    batch_id: str
    cancel_requested: bool
    completed_at: str | None
    correlation_id: str
    created: str
    created_at: str
    dead_letter: bool
    duration: str | None
    duration_seconds: float | None
    error: dict[str, Any] | None
    error_handling: str
    error_message: str | None
    failed: int
    failed_strings: int
    id: str
    kind: str
    last_updated: str
    max_attempts: int
    max_depth: int
    metadata: dict[str, Any]
    new_job_id: str
    origin_correlation_id: str | None
    processed: int
    processed_strings: int
    processing_method: str
    progress_percentage: float
    requested_by: str | None
    requested_by_name: str | None
    retry_of: str | None
    skipped: int
    skipped_strings: int
    started_at: str | None
    status: Literal["pending", "running", "completed", "partial_failure", "failed", "cancelled"]
    success_rate: float
    total: int
    total_strings: int
    trigger_type: str
    triggered_by: str | None
    triggered_by_name: str
    truncated: bool
    undo_of: str | None
    undone_by: str | None
    workspace: str
    workspace_name: str


class UpdatedString(TypedDict, total=False):
    affected_count: int
    failed_strings: list[int]
    index: int
    original_value: str
    string_id: int
    value: str
    version: int


class Verification(TypedDict, total=False):
    findings: Required[list[Finding]]
    intact: Required[bool]
    rows: Required[int]
    seals: Required[int]
    truncated: Required[bool]
    unsealed_rows: Required[int]


class Version(TypedDict, total=False):
    batch_id: str | None
    caused_by_version: int | None
    change_type: str
    field_updates: list[FieldUpdate]
    modified_at: str
    modified_by: str | None
    original_values: dict[str, Any]
    string_value: str
    version: int


class VersionList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Version]]


class Violation(TypedDict, total=False):
    constraint_type: Required[str]
    message: Required[str]


class Workspace(TypedDict, total=False):
    created_at: str
    id: str
    if_match_required: bool
    logo_url: str | None
    name: str
    settings: dict[str, Any]
    slug: str
    status: Literal["active", "inactive"]
    time_zone: str
    updated_at: str
    version: int


class WorkspaceChange(TypedDict, total=False):
    created_at: str
    id: str
    if_match_required: bool
    logo_url: str | None
    name: str
    settings: dict[str, Any]
    slug: str
    status: Literal["active", "inactive"]
    time_zone: str
    updated_at: str
    version: int


class AuditLogListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    actor: str | Sequence[str]
    event_type: str | Sequence[str]
    action: str | Sequence[str]
    entity: str | Sequence[str]
    entity_id: str | Sequence[str]
    correlation_id: str | Sequence[str]
    origin_correlation_id: str | Sequence[str]
    level: Literal["INFO", "WARNING", "ERROR", "SECURITY"] | Sequence[Literal["INFO", "WARNING", "ERROR", "SECURITY"]]
    security_flag: str
    created_after: str
    created_before: str
    expired: bool
    archived: bool


class AuditLogExportQuery(TypedDict, total=False):
    actor: str | Sequence[str]
    event_type: str | Sequence[str]
    action: str | Sequence[str]
    entity: str | Sequence[str]
    entity_id: str | Sequence[str]
    correlation_id: str | Sequence[str]
    origin_correlation_id: str | Sequence[str]
    level: Literal["INFO", "WARNING", "ERROR", "SECURITY"] | Sequence[Literal["INFO", "WARNING", "ERROR", "SECURITY"]]
    security_flag: str
    created_after: str
    created_before: str
    expired: bool
    archived: bool
    format: Literal["csv", "jsonl"]


class DimensionConstraintsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    dimension: int | Sequence[int]
    constraint_type: str | Sequence[str]
    is_active: bool


class DimensionValuesListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    dimension: int | Sequence[int]
    parent: int | Sequence[int]
    value: str | Sequence[str]
    external_ref: str | Sequence[str]
    status: str | Sequence[str]


class DimensionValuesDeleteQuery(TypedDict, total=False):
    dry_run: bool
    error_handling: Literal["continue", "stop", "rollback"]
    mode: Literal["automatic", "manual", "prompt"]
    confirm_token: str
    request_approval: bool
    replace_with: int


class DimensionsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    parent: int | Sequence[int]
    type: str | Sequence[str]
    status: str | Sequence[str]
    name: str | Sequence[str]


class ErrorsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    error_type: (
        Literal[
            "string_generation_error",
            "validation_error",
            "conflict_error",
            "circular_dependency",
            "permission_error",
            "database_error",
            "timeout_error",
            "unknown_error",
        ]
        | Sequence[
            Literal[
                "string_generation_error",
                "validation_error",
                "conflict_error",
                "circular_dependency",
                "permission_error",
                "database_error",
                "timeout_error",
                "unknown_error",
            ]
        ]
    )
    resolved: bool
    is_retryable: bool
    job: str | Sequence[str]
    string: int | Sequence[int]


class EventsListenQuery(TypedDict, total=False):
    last_event_id: int | None


class FieldsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    platform: int | Sequence[int]
    field_level: int | Sequence[int]


class ImportsRowsQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    outcome: (
        Literal["created", "updated", "unchanged", "refused", "skipped"]
        | Sequence[Literal["created", "updated", "unchanged", "refused", "skipped"]]
    )
    format: Literal["json", "csv"]


class JobsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    status: (
        Literal["pending", "running", "completed", "partial_failure", "failed", "cancelled"]
        | Sequence[Literal["pending", "running", "completed", "partial_failure", "failed", "cancelled"]]
    )
    kind: str | Sequence[str]
    requested_by: str
    retry_of: str
    dead_letter: bool
    created_after: str
    created_before: str
    processing_method: (
        Literal["synchronous", "background", "chunked"] | Sequence[Literal["synchronous", "background", "chunked"]]
    )
    trigger_type: (
        Literal[
            "detail_create",
            "detail_update",
            "detail_delete",
            "batch_update",
            "string_update",
            "parent_change",
            "dimension_value_change",
            "rule_change",
            "manual_propagation",
            "import",
            "analysis",
            "retry",
            "undo",
            "system",
        ]
        | Sequence[
            Literal[
                "detail_create",
                "detail_update",
                "detail_delete",
                "batch_update",
                "string_update",
                "parent_change",
                "dimension_value_change",
                "rule_change",
                "manual_propagation",
                "import",
                "analysis",
                "retry",
                "undo",
                "system",
            ]
        ]
    )
    triggered_by: str | Sequence[str]
    string: int | Sequence[int]


class JobsReportQuery(TypedDict, total=False):
    created_after: str | None
    created_before: str | None


class JobsSummaryQuery(TypedDict, total=False):
    created_after: str | None


class JobsChangesQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    outcome: (
        Literal["planned", "applied", "failed", "skipped"]
        | Sequence[Literal["planned", "applied", "failed", "skipped"]]
    )
    format: Literal["json", "csv"]


class JobsErrorsQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    error_type: (
        Literal[
            "string_generation_error",
            "validation_error",
            "conflict_error",
            "circular_dependency",
            "permission_error",
            "database_error",
            "timeout_error",
            "unknown_error",
        ]
        | Sequence[
            Literal[
                "string_generation_error",
                "validation_error",
                "conflict_error",
                "circular_dependency",
                "permission_error",
                "database_error",
                "timeout_error",
                "unknown_error",
            ]
        ]
    )
    resolved: bool
    is_retryable: bool
    job: str | Sequence[str]
    string: int | Sequence[int]


class JobsEventsQuery(TypedDict, total=False):
    last_event_id: int | None


class JobsNamesQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    valid: bool
    format: Literal["json", "csv"]


class MembersListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    role: str | Sequence[str]
    is_active: bool


class NamesCheckQuery(TypedDict, total=False):
    rule: int | None


class OutboxListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    status: (
        Literal["pending", "delivered", "skipped", "failed"]
        | Sequence[Literal["pending", "delivered", "skipped", "failed"]]
    )
    kind: str | Sequence[str]
    subject: str
    target: str
    ordering_key: str
    created_after: str
    created_before: str


class PlatformsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    platform_type: str | Sequence[str]
    slug: str | Sequence[str]


class RuleDetailsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    rule: int | Sequence[int]
    field: int | Sequence[int]
    dimension: int | Sequence[int]


class RuleDetailsDeleteQuery(TypedDict, total=False):
    dry_run: bool
    error_handling: Literal["continue", "stop", "rollback"]
    mode: Literal["automatic", "manual", "prompt"]
    confirm_token: str
    request_approval: bool


class RulesListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    platform: int | Sequence[int]
    status: str | Sequence[str]


class SettingsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


class StringDetailsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    string: int | Sequence[int]
    dimension: int | Sequence[int]
    dimension_value: int | Sequence[int]
    is_inherited: bool
    pending: bool


class StringDetailsDeleteQuery(TypedDict, total=False):
    propagate: bool
    propagation_depth: int
    error_handling: Literal["continue", "stop", "rollback"]
    mode: Literal["automatic", "manual", "prompt"]
    field_propagation_rules: str
    dry_run: bool
    confirm_token: str
    request_approval: bool


class StringsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    id: int | Sequence[int]
    rule: int | Sequence[int]
    field: int | Sequence[int]
    parent: int | Sequence[int]
    submission: int | Sequence[int]
    value: str | Sequence[str]
    stale: bool
    stale_reason: str | Sequence[str]
    dimension_value: int | Sequence[int]
    updated_after: str
    format: Literal["json", "csv"]


class StringsDeleteQuery(TypedDict, total=False):
    cascade: bool
    dry_run: bool


class StringsAncestorsQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    max_depth: int | None


class StringsDescendantsQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    max_depth: int | None


class StringsHistoryQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


class SubmissionsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    rule: int | Sequence[int]
    status: str | Sequence[str]
