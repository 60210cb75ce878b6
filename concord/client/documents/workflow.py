"""What goes to workflow and comes from there.

Made by `python -m docs.generate` from `services/workflow/openapi.json`; do not edit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Required, TypedDict


class Action(TypedDict, total=False):
    href: Required[str]
    label: Required[str]
    method: Required[str]
    payload: Required[dict[str, Any] | None]


class Analytics(TypedDict, total=False):
    average_duration_ms: Required[float]
    click_through_rate: Required[float]
    clicked_searches: Required[int]
    hours: Required[int]
    total_clicks: Required[int]
    total_searches: Required[int]
    zero_result_queries: Required[list[MissedQuery]]
    zero_result_searches: Required[int]


AnyObject = dict[str, Any]


class Approval(TypedDict, total=False):
    callback_url: str | None
    candidates: Candidates
    created_at: str | None
    created_by: str | None
    decided_at: str | None
    decided_by: str | None
    decision: str | None
    exclude: list[str]
    expires_at: str | None
    external_ref: str | None
    id: int | None
    kind: Required[str]
    machine_version: int | None
    on_expiry: Literal["expire", "approve", "reject"]
    option: str | None
    options: list[str]
    payload: dict[str, Any]
    payload_classes: dict[str, Literal["public", "internal", "personal", "secret"]]
    requester: str | None
    required_permission: str
    state: str | None
    state_changed_at: str | None
    summary: str | None
    title: Required[str]
    updated_at: str | None
    updated_by: str | None
    version: int
    votes_needed: int


class ApprovalBulkDecide(TypedDict, total=False):
    client: Literal["web", "mobile", "api"]
    comments: str | None
    dry_run: bool
    ids: list[Any]
    items: list[BulkItemRef]
    metadata: dict[str, Any] | None
    option: str | None
    reason: Literal[
        "user_action",
        "api_call",
        "webhook",
        "mobile_sync",
        "system_auto",
        "scheduled",
        "escalation",
        "timeout",
        "approval",
    ]
    rollback_on_error: bool
    where: ApprovalWhere


class ApprovalList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Approval]]


class ApprovalResult(TypedDict, total=False):
    allowed_targets: Required[list[str]]
    audit_correlation_id: Required[str | None]
    dry_run: Required[bool]
    entity: Required[Approval]
    error_message: Required[str | None]
    errors: Required[list[FieldFinding]]
    from_state: Required[str | None]
    metadata: Required[dict[str, Any]]
    missing_permissions: Required[list[str]]
    required_permissions: Required[list[str]]
    status_if_run: int
    success: Required[bool]
    timestamp: Required[str]
    to_state: Required[str | None]
    transition_id: Required[int | None]
    unchanged: Required[bool]
    warnings: Required[list[str]]


class ApprovalWhere(TypedDict, total=False):
    created_after: str
    created_before: str
    external_ref: list[str]
    kind: list[str]
    mine: bool
    requester: list[str]
    state: list[str]
    updated_after: str
    updated_before: str


class Assign(TypedDict, total=False):
    assigned_to_team: str | None
    assigned_to_user: str | None
    client: Literal["web", "mobile", "api"]
    version: int


class Attempt(TypedDict, total=False):
    actor: Required[str | None]
    client: Required[str]
    comments: Required[str]
    correlation_id: Required[str]
    created_at: Required[str]
    entity: Required[str]
    entity_id: Required[int]
    error_codes: Required[list[str]]
    execution_ms: Required[str | None]
    flags: Required[list[str]]
    from_state: Required[str | None]
    id: Required[int]
    lock_wait_ms: Required[str | None]
    machine: Required[str]
    machine_version: Required[int]
    metadata: Required[dict[str, Any]]
    on_behalf_of: Required[str | None]
    reason: Required[str]
    seconds_in_state: Required[str | None]
    success: Required[bool]
    suspicious: bool
    to_state: Required[str]


class AttemptList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Attempt]]


class Attendance(TypedDict, total=False):
    accuracy_m: float | None
    created_at: str | None
    created_by: str | None
    device_id: str | None
    event_at: Required[str]
    geofence_id: int | None
    id: int | None
    kind: Literal["check_in", "check_out"]
    latitude: float | None
    locked_at: str | None
    longitude: float | None
    machine_version: int | None
    original_event_at: str | None
    person: Required[str]
    remarks: str | None
    shift_id: int | None
    state: str | None
    state_changed_at: str | None
    updated_at: str | None
    updated_by: str | None
    version: int


class AttendanceBulkShortcut(TypedDict, total=False):
    as_system: bool
    client: Literal["web", "mobile", "api"]
    comments: str | None
    dry_run: bool
    ids: list[Any]
    items: list[BulkItemRef]
    metadata: dict[str, Any] | None
    reason: Literal[
        "user_action",
        "api_call",
        "webhook",
        "mobile_sync",
        "system_auto",
        "scheduled",
        "escalation",
        "timeout",
        "approval",
    ]
    rollback_on_error: bool
    target_state: str
    where: AttendanceWhere


class AttendanceBulkTransition(TypedDict, total=False):
    as_system: bool
    client: Literal["web", "mobile", "api"]
    comments: str | None
    dry_run: bool
    ids: list[Any]
    items: list[BulkItemRef]
    metadata: dict[str, Any] | None
    reason: Literal[
        "user_action",
        "api_call",
        "webhook",
        "mobile_sync",
        "system_auto",
        "scheduled",
        "escalation",
        "timeout",
        "approval",
    ]
    rollback_on_error: bool
    target_state: Required[str]
    where: AttendanceWhere


class AttendanceBulkUpdate(TypedDict, total=False):
    client: Literal["web", "mobile", "api"]
    comments: str | None
    dry_run: bool
    ids: list[Any]
    items: list[BulkItemRef]
    metadata: dict[str, Any] | None
    reason: Literal[
        "user_action",
        "api_call",
        "webhook",
        "mobile_sync",
        "system_auto",
        "scheduled",
        "escalation",
        "timeout",
        "approval",
    ]
    rollback_on_error: bool
    update_data: Required[AttendanceUpdate]
    where: AttendanceWhere


class AttendanceChange(TypedDict, total=False):
    geofence_id: int | None
    remarks: str | None
    shift_id: int | None
    version: int


class AttendanceList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Attendance]]


class AttendanceResult(TypedDict, total=False):
    allowed_targets: Required[list[str]]
    audit_correlation_id: Required[str | None]
    dry_run: Required[bool]
    entity: Required[Attendance]
    error_message: Required[str | None]
    errors: Required[list[FieldFinding]]
    from_state: Required[str | None]
    metadata: Required[dict[str, Any]]
    missing_permissions: Required[list[str]]
    required_permissions: Required[list[str]]
    status_if_run: int
    success: Required[bool]
    timestamp: Required[str]
    to_state: Required[str | None]
    transition_id: Required[int | None]
    unchanged: Required[bool]
    warnings: Required[list[str]]


class AttendanceUpdate(TypedDict, total=False):
    geofence_id: int | None
    remarks: str | None
    shift_id: int | None


class AttendanceWhere(TypedDict, total=False):
    created_after: str
    created_before: str
    event_after: str
    event_before: str
    geofence: list[int]
    kind: list[Literal["check_in", "check_out"]]
    person: list[str]
    shift: list[int]
    state: list[str]
    updated_after: str
    updated_before: str


class AuditRowWithRecord(TypedDict, total=False):
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
    record: Required[dict[str, Any] | None]
    retention_class: Required[str]
    retention_until: Required[str]
    security_flags: Required[list[str]]


class AuditRowWithRecordList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[AuditRowWithRecord]]


class BlockedOption(TypedDict, total=False):
    reasons: Required[list[FieldFinding]]
    target: Required[str]
    verb: Required[str]


Body = dict[str, Any]


class BulkAnswer(TypedDict, total=False):
    audit_correlation_id: Required[str]
    code: str
    dry_run: Required[bool]
    failed_ids: Required[list[Any]]
    failed_items: Required[int]
    failure_details: Required[dict[str, str]]
    items: Required[list[BulkItem]]
    operation_type: Required[str]
    rollback_reason: Required[str | None]
    success_rate: Required[float]
    successful_ids: Required[list[Any]]
    successful_items: Required[int]
    total_items: Required[int]
    unchanged_ids: Required[list[Any]]
    warnings: Required[list[str]]
    was_rolled_back: Required[bool]
    would_have_succeeded: Required[list[Any]]


class BulkItem(TypedDict, total=False):
    actual_version: Required[int | None]
    code: Required[str | None]
    detail: Required[str | None]
    expected_version: Required[int | None]
    from_state: Required[str | None]
    id: Required[Any]
    status: Required[Literal["done", "unchanged", "failed", "would_succeed", "rolled_back"]]
    to_state: Required[str | None]
    version: Required[int | None]
    warnings: Required[list[str]]


class BulkItemRef(TypedDict, total=False):
    id: Required[Any]
    version: int | None


class BulkOfJob(TypedDict, total=False):
    dry_run: Required[bool]
    entity: Required[str]
    operation_type: Required[str]
    rollback_on_error: Required[bool]
    rollback_reason: Required[str | None]
    warnings: Required[list[str]]
    was_rolled_back: Required[bool]


class CacheStatistics(TypedDict, total=False):
    hit_rate: Required[float]
    hits: Required[int]
    misses: Required[int]
    requests: Required[int]


class Candidates(TypedDict, total=False):
    persons: list[str]
    teams: list[str]


class Checkpoint(TypedDict, total=False):
    closed_by_server: bool | None
    completed_at: str | None
    completed_by: str | None
    created_at: str | None
    created_by: str | None
    id: int | None
    machine_version: int | None
    name: Required[str]
    position: int
    state: str | None
    state_changed_at: str | None
    task_id: int | None
    updated_at: str | None
    updated_by: str | None
    version: int


class CheckpointChange(TypedDict, total=False):
    closed_by_server: bool | None
    completed_at: str | None
    completed_by: str | None
    created_at: str | None
    created_by: str | None
    id: int | None
    machine_version: int | None
    name: str
    position: int
    state: str | None
    state_changed_at: str | None
    task_id: int | None
    updated_at: str | None
    updated_by: str | None
    version: int


class CheckpointList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Checkpoint]]


class CheckpointResult(TypedDict, total=False):
    allowed_targets: Required[list[str]]
    audit_correlation_id: Required[str | None]
    dry_run: Required[bool]
    entity: Required[Checkpoint]
    error_message: Required[str | None]
    errors: Required[list[FieldFinding]]
    from_state: Required[str | None]
    metadata: Required[dict[str, Any]]
    missing_permissions: Required[list[str]]
    required_permissions: Required[list[str]]
    status_if_run: int
    success: Required[bool]
    timestamp: Required[str]
    to_state: Required[str | None]
    transition_id: Required[int | None]
    unchanged: Required[bool]
    warnings: Required[list[str]]


class Click(TypedDict, total=False):
    created_at: Required[str]
    created_by: Required[str | None]
    entity_id: Required[str]
    entity_type: Required[str]
    id: Required[int]
    position: Required[int]
    query_id: Required[str]


class ClickList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Click]]


class Clock(TypedDict, total=False):
    breached_at: Required[str | None]
    due_at: Required[str | None]
    ended_at: Required[str | None]
    name: Required[str]
    percent: Required[float]
    remaining_seconds: Required[float]
    spent_seconds: Required[float]
    started_at: Required[str]
    status: Required[Literal["running", "paused", "met", "breached"]]
    target_seconds: Required[float]
    warned_at: Required[str | None]
    working_time: Required[bool]


class Clocks(TypedDict, total=False):
    clocks: Required[list[Clock]]
    timers: Required[list[Timer]]


class Decide(TypedDict, total=False):
    client: Literal["web", "mobile", "api"]
    comments: str | None
    dry_run: bool
    option: str | None
    version: int


class Delegation(TypedDict, total=False):
    comments: str
    created_at: str | None
    created_by: str | None
    delegate: Required[str]
    delegator: str | None
    ends_at: Required[str]
    id: int | None
    permission: Required[str]
    starts_at: str
    updated_at: str | None
    updated_by: str | None
    version: int


class DelegationList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Delegation]]


class Document(TypedDict, total=False):
    assignee: str | None
    body: str | None
    entity: str | None
    id: str
    metadata: dict[str, Any]
    owner: str | None
    priority: Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"] | None
    required_permission: str | None
    source_updated_at: Required[str]
    state: str | None
    subtitle: str | None
    team: str | None
    title: Required[str]


Edge = TypedDict(
    "Edge",
    {
        "comments": "Required[bool]",
        "effects": "Required[list[str]]",
        "excludes": "Required[list[str]]",
        "from": "Required[str]",
        "guards": "Required[list[str]]",
        "metadata": "Required[list[str]]",
        "permissions": "Required[list[str]]",
        "system_only": "Required[bool]",
        "to": "Required[str]",
        "verb": "Required[str]",
        "voters": "Required[list[str]]",
        "votes": "Required[int]",
    },
    total=False,
)


class Entry(TypedDict, total=False):
    actor: str | None
    created_at: str | None
    data: dict[str, Any]
    id: int | None
    kind: Literal["note"]
    text: Required[str]


class Erasure(TypedDict, total=False):
    created_at: str | None
    created_by: str | None
    decided_at: str | None
    decided_by: str | None
    id: int | None
    keys_destroyed: int | None
    reason: Required[str]
    state: str | None
    subject: Required[str]
    updated_at: str | None
    updated_by: str | None
    version: int


class ErasureList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Erasure]]


class Escalate(TypedDict, total=False):
    assigned_to_team: str | None
    assigned_to_user: str | None
    client: Literal["web", "mobile", "api"]
    comments: str | None
    version: int


class Escalation(TypedDict, total=False):
    activity_count: Required[int]
    count: Required[int]
    is_escalated: Required[bool]
    last_escalated_at: Required[str | None]
    level: Required[int]
    resolution_hours: Required[str | None]
    response_hours: Required[str | None]
    status: Required[str]
    version: Required[int]


class Evidence(TypedDict, total=False):
    attachment_ref: str | None
    created_at: str | None
    created_by: str | None
    id: int | None
    kind: Required[Literal["observation", "meter_reading", "attachment"]]
    recorded_at: str
    recorded_by: str | None
    task_id: int | None
    text: str | None
    unit: str | None
    value: str | None


class EvidenceList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Evidence]]


class Features(TypedDict, total=False):
    ENABLE_AUDIT_SIGNALS: Required[bool]
    ENABLE_BULK_OPERATIONS: Required[bool]
    ENABLE_SEARCH_RATE_LIMITING: Required[bool]


class FieldFinding(TypedDict, total=False):
    code: Required[str]
    detail: Required[str]
    pointer: Required[str]


class FieldProblem(TypedDict, total=False):
    code: Required[str]
    detail: Required[str]
    pointer: Required[str]


class Figures(TypedDict, total=False):
    average_execution_ms: Required[float | None]
    average_lock_wait_ms: Required[float | None]
    failure: Required[int]
    p95_execution_ms: Required[float | None]
    p95_lock_wait_ms: Required[float | None]
    success: Required[int]
    success_rate: Required[float]
    total: Required[int]


class Filters(TypedDict, total=False):
    created_at: Range
    updated_at: Range


class Finding(TypedDict, total=False):
    kind: Required[str]
    number: Required[int | None]
    retention_class: Required[str]
    row_id: Required[int | None]


class FoundItem(TypedDict, total=False):
    entity: Required[str]
    id: Required[str]
    title: Required[str]


class Geofence(TypedDict, total=False):
    centre: Place | None
    created_at: str | None
    created_by: str | None
    id: int | None
    kind: Required[Literal["circle", "polygon"]]
    latitude: float | None
    longitude: float | None
    name: Required[str]
    radius_m: float | None
    updated_at: str | None
    updated_by: str | None
    version: int
    vertices: list[Place] | None


class GeofenceChange(TypedDict, total=False):
    centre: Place | None
    created_at: str | None
    created_by: str | None
    id: int | None
    kind: Literal["circle", "polygon"]
    latitude: float | None
    longitude: float | None
    name: str
    radius_m: float | None
    updated_at: str | None
    updated_by: str | None
    version: int
    vertices: list[Place] | None


class GeofenceList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Geofence]]


class Highlight(TypedDict, total=False):
    field: Required[str]
    length: Required[int]
    offset: Required[int]


class HistoryEntry(TypedDict, total=False):
    actor: Required[str | None]
    created_at: Required[str]
    data: Required[dict[str, Any]]
    id: Required[int]
    kind: Required[str]
    text: Required[str | None]


class HistoryEntryList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[HistoryEntry]]


class Invalidated(TypedDict, total=False):
    entities: Required[list[str]]


class Invalidation(TypedDict, total=False):
    entities: list[
        Literal["work_order", "ticket", "task", "tour", "people", "asset", "location", "knowledge", "report"]
    ]


class Job(TypedDict, total=False):
    attempt: int
    cancel_requested: bool
    completed_at: str | None
    correlation_id: str
    created_at: str
    dead_letter: bool
    duration_seconds: float | None
    error: dict[str, Any] | None
    failed: int
    id: str
    kind: str
    max_attempts: int
    origin_correlation_id: str | None
    processed: int
    progress_percentage: float
    requested_by: str | None
    requested_by_name: str | None
    retry_of: str | None
    skipped: int
    started_at: str | None
    status: Literal["pending", "running", "completed", "partial_failure", "failed", "cancelled"]
    total: int


class JobItem(TypedDict, total=False):
    actual_version: Required[int | None]
    code: Required[str | None]
    detail: Required[str | None]
    expected_version: Required[int | None]
    from_state: Required[str | None]
    id: Required[Any]
    status: Required[Literal["pending", "done", "unchanged", "failed", "would_succeed", "rolled_back"]]
    to_state: Required[str | None]
    version: Required[int | None]
    warnings: Required[list[str]]


class JobItemList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[JobItem]]


class JobSummary(TypedDict, total=False):
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


class LineItem(TypedDict, total=False):
    created_at: str | None
    created_by: str | None
    description: Required[str]
    id: int | None
    position: int
    quantity: str
    status: Literal["PENDING", "IN_PROGRESS", "COMPLETED", "CANCELLED"]
    unit_price: str | None
    updated_at: str | None
    updated_by: str | None
    version: int
    work_order_id: int | None


class LineItemChange(TypedDict, total=False):
    created_at: str | None
    created_by: str | None
    description: str
    id: int | None
    position: int
    quantity: str
    status: Literal["PENDING", "IN_PROGRESS", "COMPLETED", "CANCELLED"]
    unit_price: str | None
    updated_at: str | None
    updated_by: str | None
    version: int
    work_order_id: int | None


class LineItemList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[LineItem]]


class Machine(TypedDict, total=False):
    edges: Required[list[Edge]]
    initial: Required[str]
    name: Required[str]
    states: Required[list[State]]
    terminal: Required[list[str]]
    version: Required[int]
    warnings: Required[list[str]]


class MachineFigures(TypedDict, total=False):
    machine: Required[str]
    results: Required[list[StateFigures]]


class MachineList(TypedDict, total=False):
    results: Required[list[Machine]]


class Message(TypedDict, total=False):
    message_id: Required[str]


class MigratedState(TypedDict, total=False):
    image: Required[str | None]
    items: Required[int]
    problem: Required[str | None]
    state: Required[str]


class Migration(TypedDict, total=False):
    dry_run: bool
    from_version: Required[int]
    states: Required[dict[str, str]]
    to_version: Required[int]


class MigrationCheck(TypedDict, total=False):
    clean: Required[bool]
    from_version: Required[int]
    items: Required[list[StuckItem]]
    machine: Required[str]
    states: Required[list[MigratedState]]
    to_version: Required[int]
    total: Required[int]


class MissedQuery(TypedDict, total=False):
    count: Required[int]
    query: Required[str]


class NewClick(TypedDict, total=False):
    correlation_id: str
    entity_id: Required[Any]
    entity_type: Required[
        Literal["work_order", "ticket", "task", "tour", "people", "asset", "location", "knowledge", "report"]
    ]
    position: Required[int]
    query_id: str


class NewWebhook(TypedDict, total=False):
    active: bool
    created_at: str
    created_by: str | None
    event_types: list[
        Literal[
            "approval.approved",
            "approval.assigned",
            "approval.cancelled",
            "approval.created",
            "approval.deleted",
            "approval.expired",
            "approval.pending",
            "approval.rejected",
            "approval.updated",
            "attendance.adjusted",
            "attendance.approved",
            "attendance.assigned",
            "attendance.created",
            "attendance.deleted",
            "attendance.locked",
            "attendance.pending",
            "attendance.rejected",
            "attendance.updated",
            "checkpoint.assigned",
            "checkpoint.autoclosed",
            "checkpoint.completed",
            "checkpoint.created",
            "checkpoint.deleted",
            "checkpoint.updated",
            "permit.approved",
            "permit.not_required",
            "permit.pending",
            "permit.rejected",
            "task.assigned",
            "task.autoclosed",
            "task.completed",
            "task.created",
            "task.deleted",
            "task.inprogress",
            "task.maintenance",
            "task.partiallycompleted",
            "task.standby",
            "task.updated",
            "task.working",
            "ticket.assigned",
            "ticket.created",
            "ticket.deleted",
            "ticket.state_changed",
            "ticket.updated",
            "work_order.approved",
            "work_order.assigned",
            "work_order.cancelled",
            "work_order.closed",
            "work_order.completed",
            "work_order.created",
            "work_order.deleted",
            "work_order.draft",
            "work_order.in_progress",
            "work_order.submitted",
            "work_order.updated",
        ]
    ]
    id: int
    inactive_reason: Literal["gone", "switched_off"] | None
    name: str
    previous_valid_until: str | None
    updated_at: str
    url: Required[str]
    version: int


class Option(TypedDict, total=False):
    permissions: Required[list[str]]
    required_fields: Required[list[str]]
    target: Required[str]
    verb: Required[str]
    warnings: Required[list[str]]


class Options(TypedDict, total=False):
    available: Required[list[Option]]
    blocked: Required[list[BlockedOption]]
    state: Required[str]


class PaginationMetadata(TypedDict, total=False):
    first_page: int
    last_page: int
    next_page: int
    page: int
    previous_page: int
    total: int
    total_pages: int


class PeopleFilters(TypedDict, total=False):
    created_at: Range
    department: list[Any]
    status: list[Any]
    type: list[Any]
    updated_at: Range
    verified: list[bool]


class Place(TypedDict, total=False):
    latitude: Required[float]
    longitude: Required[float]


class Problem(TypedDict, total=False):
    code: Required[str]
    correlation_id: Required[str]
    detail: Required[str]
    errors: Required[list[FieldProblem]]
    instance: Required[str]
    status: Required[int]
    title: Required[str]
    type: Required[str]


Range = TypedDict("Range", {"from": "str", "to": "str"}, total=False)


class Replay(TypedDict, total=False):
    since: str | None


class ReplayLetters(TypedDict, total=False):
    created_after: str
    created_before: str
    kind: list[str]
    ordering_key: str
    subject: str
    target: str


class Replayed(TypedDict, total=False):
    messages: Required[int]


class ReplayedLetters(TypedDict, total=False):
    letters: Required[int]


class Result(TypedDict, total=False):
    actions: Required[list[Action]]
    entity: Required[str]
    highlights: Required[list[Highlight]]
    id: Required[Any]
    metadata: Required[dict[str, Any]]
    score: Required[float]
    snippet: Required[str]
    subtitle: Required[str | None]
    title: Required[str]
    typos: Required[int]


class RetriedWorkflowJob(TypedDict, total=False):
    attempt: int
    bulk: BulkOfJob | None
    cancel_requested: bool
    checked: int
    completed_at: str | None
    correlation_id: str
    created_at: str
    dead_letter: bool
    duration_seconds: float | None
    error: dict[str, Any] | None
    failed: int
    id: str
    kind: str
    max_attempts: int
    new_job_id: str
    origin_correlation_id: str | None
    processed: int
    progress_percentage: float
    requested_by: str | None
    requested_by_name: str | None
    retry_of: str | None
    skipped: int
    started_at: str | None
    status: Literal["pending", "running", "completed", "partial_failure", "failed", "cancelled"]
    total: int


Retry = dict[str, Any]


class SavedSearch(TypedDict, total=False):
    alert_enabled: bool
    alert_frequency: Literal["realtime", "hourly", "daily", "weekly"]
    created_at: str | None
    created_by: str | None
    description: str | None
    entities: list[
        Literal["work_order", "ticket", "task", "tour", "people", "asset", "location", "knowledge", "report"]
    ]
    filters: dict[str, Any]
    id: int | None
    is_public: bool
    name: Required[str]
    next_alert_at: str | None
    query: Required[str]
    updated_at: str | None
    updated_by: str | None
    version: int


class SavedSearchChange(TypedDict, total=False):
    alert_enabled: bool
    alert_frequency: Literal["realtime", "hourly", "daily", "weekly"]
    created_at: str | None
    created_by: str | None
    description: str | None
    entities: list[
        Literal["work_order", "ticket", "task", "tour", "people", "asset", "location", "knowledge", "report"]
    ]
    filters: dict[str, Any]
    id: int | None
    is_public: bool
    name: str
    next_alert_at: str | None
    query: str
    updated_at: str | None
    updated_by: str | None
    version: int


class SavedSearchList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[SavedSearch]]


class Search(TypedDict, total=False):
    cursor: str | None
    entities: list[
        Literal["work_order", "ticket", "task", "tour", "people", "asset", "location", "knowledge", "report"]
    ]
    filters: SearchFilters
    fuzzy: bool
    limit: int
    page: int
    query: Required[str]
    semantic: bool


class SearchAlert(TypedDict, total=False):
    created_at: Required[str]
    id: Required[int]
    items: Required[list[FoundItem]]
    mute: Required[str]
    saved_search_id: Required[int]


class SearchAlertList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[SearchAlert]]


class SearchAnswer(TypedDict, total=False):
    failed_entities: Required[list[str]]
    from_cache: Required[bool]
    next: Required[str | None]
    partial: Required[bool]
    query_id: Required[str]
    response_time_ms: Required[float]
    results: Required[list[Result]]
    total_is_estimated: Required[bool]
    total_results: Required[int]
    warnings: Required[list[str]]


class SearchFilters(TypedDict, total=False):
    asset: Filters
    knowledge: Filters
    location: Filters
    people: PeopleFilters
    report: Filters
    task: WorkFilters
    ticket: TicketFilters
    tour: WorkFilters
    work_order: WorkOrderFilters


class Settings(TypedDict, total=False):
    coordinates_required: bool
    created_at: str | None
    default_sla_hours: int
    final_inspection_required: bool
    if_match_required: bool
    name: str | None
    payroll_cutoff_days: int
    retention_days: dict[str, int]
    time_zone: str
    timer_hours: dict[str, float | None]
    updated_at: str | None
    version: int
    working_hours: dict[str, list[list[str]]]


class Shift(TypedDict, total=False):
    created_at: str | None
    created_by: str | None
    end_time: Required[str]
    id: int | None
    name: Required[str]
    start_time: Required[str]
    updated_at: str | None
    updated_by: str | None
    version: int


class ShiftChange(TypedDict, total=False):
    created_at: str | None
    created_by: str | None
    end_time: str
    id: int | None
    name: str
    start_time: str
    updated_at: str | None
    updated_by: str | None
    version: int


class ShiftList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Shift]]


class State(TypedDict, total=False):
    initial: Required[bool]
    name: Required[str]
    pauses_clocks: Required[bool]
    targets: Required[list[str]]
    terminal: Required[bool]


class StateFigures(TypedDict, total=False):
    items: Required[int]
    median_seconds: Required[float | None]
    state: Required[str]


class StateTargets(TypedDict, total=False):
    initial: Required[bool]
    machine: Required[str]
    state: Required[str]
    targets: Required[list[Target]]
    terminal: Required[bool]


class Statistics(TypedDict, total=False):
    average_execution_ms: Required[float | None]
    average_lock_wait_ms: Required[float | None]
    by_day: Required[dict[str, Figures]]
    by_machine: Required[dict[str, Figures]]
    failure: Required[int]
    failures_by_code: Required[dict[str, int]]
    hours: Required[int]
    p95_execution_ms: Required[float | None]
    p95_lock_wait_ms: Required[float | None]
    success: Required[int]
    success_rate: Required[float]
    total: Required[int]


class StuckItem(TypedDict, total=False):
    code: Required[str]
    id: Required[int]
    state: Required[str]


class Suggestions(TypedDict, total=False):
    suggestions: Required[list[str]]


class Target(TypedDict, total=False):
    system_only: Required[bool]
    target: Required[str]
    verb: Required[str]


class Task(TypedDict, total=False):
    asset_id: str | None
    assigned_to_team: str | None
    assigned_to_user: str | None
    closed_by_server: bool | None
    closure_mail_sent: bool | None
    completed_at: str | None
    created_at: str | None
    created_by: str | None
    description: str | None
    due_at: str | None
    expires_at: str | None
    hours_spent: str | None
    id: int | None
    kind: Literal["task", "tour"]
    location_id: str | None
    machine_version: int | None
    priority: Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]
    requires_attachments: bool
    requires_meter_readings: bool
    requires_observations: bool
    sla_hours: int
    started_at: str | None
    state: str | None
    state_changed_at: str | None
    title: Required[str]
    updated_at: str | None
    updated_by: str | None
    version: int
    work_order_id: int | None


class TaskBulkAssign(TypedDict, total=False):
    assigned_to_team: str | None
    assigned_to_user: str | None
    client: Literal["web", "mobile", "api"]
    comments: str | None
    dry_run: bool
    ids: list[Any]
    items: list[BulkItemRef]
    metadata: dict[str, Any] | None
    reason: Literal[
        "user_action",
        "api_call",
        "webhook",
        "mobile_sync",
        "system_auto",
        "scheduled",
        "escalation",
        "timeout",
        "approval",
    ]
    rollback_on_error: bool
    where: TaskWhere


class TaskBulkShortcut(TypedDict, total=False):
    as_system: bool
    client: Literal["web", "mobile", "api"]
    comments: str | None
    dry_run: bool
    ids: list[Any]
    items: list[BulkItemRef]
    metadata: dict[str, Any] | None
    reason: Literal[
        "user_action",
        "api_call",
        "webhook",
        "mobile_sync",
        "system_auto",
        "scheduled",
        "escalation",
        "timeout",
        "approval",
    ]
    rollback_on_error: bool
    target_state: str
    where: TaskWhere


class TaskBulkTransition(TypedDict, total=False):
    as_system: bool
    client: Literal["web", "mobile", "api"]
    comments: str | None
    dry_run: bool
    ids: list[Any]
    items: list[BulkItemRef]
    metadata: dict[str, Any] | None
    reason: Literal[
        "user_action",
        "api_call",
        "webhook",
        "mobile_sync",
        "system_auto",
        "scheduled",
        "escalation",
        "timeout",
        "approval",
    ]
    rollback_on_error: bool
    target_state: Required[str]
    where: TaskWhere


class TaskBulkUpdate(TypedDict, total=False):
    client: Literal["web", "mobile", "api"]
    comments: str | None
    dry_run: bool
    ids: list[Any]
    items: list[BulkItemRef]
    metadata: dict[str, Any] | None
    reason: Literal[
        "user_action",
        "api_call",
        "webhook",
        "mobile_sync",
        "system_auto",
        "scheduled",
        "escalation",
        "timeout",
        "approval",
    ]
    rollback_on_error: bool
    update_data: Required[TaskUpdate]
    where: TaskWhere


class TaskChange(TypedDict, total=False):
    asset_id: str | None
    description: str | None
    due_at: str | None
    expires_at: str | None
    location_id: str | None
    priority: Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]
    requires_attachments: bool
    requires_meter_readings: bool
    requires_observations: bool
    sla_hours: int
    title: str
    version: int


class TaskList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Task]]


class TaskResult(TypedDict, total=False):
    allowed_targets: Required[list[str]]
    audit_correlation_id: Required[str | None]
    dry_run: Required[bool]
    entity: Required[Task]
    error_message: Required[str | None]
    errors: Required[list[FieldFinding]]
    from_state: Required[str | None]
    metadata: Required[dict[str, Any]]
    missing_permissions: Required[list[str]]
    required_permissions: Required[list[str]]
    status_if_run: int
    success: Required[bool]
    timestamp: Required[str]
    to_state: Required[str | None]
    transition_id: Required[int | None]
    unchanged: Required[bool]
    warnings: Required[list[str]]


class TaskUpdate(TypedDict, total=False):
    asset_id: str | None
    description: str | None
    due_at: str | None
    expires_at: str | None
    location_id: str | None
    priority: Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]
    requires_attachments: bool
    requires_meter_readings: bool
    requires_observations: bool
    sla_hours: int
    title: str


class TaskWhere(TypedDict, total=False):
    asset: list[str]
    assignee: list[str]
    created_after: str
    created_before: str
    due_after: str
    due_before: str
    kind: list[Literal["task", "tour"]]
    location: list[str]
    overdue: bool
    priority: list[str]
    requester: list[str]
    state: list[str]
    team: list[str]
    updated_after: str
    updated_before: str
    work_order: list[int]


class Ticket(TypedDict, total=False):
    assigned_to_team: str | None
    assigned_to_user: str | None
    category: str | None
    closed_at: str | None
    created_at: str | None
    created_by: str | None
    description: str | None
    due_at: str | None
    escalation: Escalation
    external_ref: str | None
    first_response_at: str | None
    id: int | None
    machine_version: int | None
    number: str
    priority: Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]
    requester: str | None
    resolved_at: str | None
    state: str | None
    state_changed_at: str | None
    subject: Required[str]
    updated_at: str | None
    updated_by: str | None
    version: int


class TicketBulkAssign(TypedDict, total=False):
    assigned_to_team: str | None
    assigned_to_user: str | None
    client: Literal["web", "mobile", "api"]
    comments: str | None
    dry_run: bool
    ids: list[Any]
    items: list[BulkItemRef]
    metadata: dict[str, Any] | None
    reason: Literal[
        "user_action",
        "api_call",
        "webhook",
        "mobile_sync",
        "system_auto",
        "scheduled",
        "escalation",
        "timeout",
        "approval",
    ]
    rollback_on_error: bool
    where: TicketWhere


class TicketBulkPriority(TypedDict, total=False):
    client: Literal["web", "mobile", "api"]
    comments: str | None
    dry_run: bool
    ids: list[Any]
    items: list[BulkItemRef]
    metadata: dict[str, Any] | None
    priority: Required[Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]]
    reason: Literal[
        "user_action",
        "api_call",
        "webhook",
        "mobile_sync",
        "system_auto",
        "scheduled",
        "escalation",
        "timeout",
        "approval",
    ]
    rollback_on_error: bool
    where: TicketWhere


class TicketBulkShortcut(TypedDict, total=False):
    as_system: bool
    client: Literal["web", "mobile", "api"]
    comments: str | None
    dry_run: bool
    ids: list[Any]
    items: list[BulkItemRef]
    metadata: dict[str, Any] | None
    reason: Literal[
        "user_action",
        "api_call",
        "webhook",
        "mobile_sync",
        "system_auto",
        "scheduled",
        "escalation",
        "timeout",
        "approval",
    ]
    rollback_on_error: bool
    target_state: str
    where: TicketWhere


class TicketBulkTransition(TypedDict, total=False):
    as_system: bool
    client: Literal["web", "mobile", "api"]
    comments: str | None
    dry_run: bool
    ids: list[Any]
    items: list[BulkItemRef]
    metadata: dict[str, Any] | None
    reason: Literal[
        "user_action",
        "api_call",
        "webhook",
        "mobile_sync",
        "system_auto",
        "scheduled",
        "escalation",
        "timeout",
        "approval",
    ]
    rollback_on_error: bool
    target_state: Required[str]
    where: TicketWhere


class TicketBulkUpdate(TypedDict, total=False):
    client: Literal["web", "mobile", "api"]
    comments: str | None
    dry_run: bool
    ids: list[Any]
    items: list[BulkItemRef]
    metadata: dict[str, Any] | None
    reason: Literal[
        "user_action",
        "api_call",
        "webhook",
        "mobile_sync",
        "system_auto",
        "scheduled",
        "escalation",
        "timeout",
        "approval",
    ]
    rollback_on_error: bool
    update_data: Required[TicketUpdate]
    where: TicketWhere


class TicketChange(TypedDict, total=False):
    category: str | None
    description: str | None
    due_at: str | None
    priority: Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]
    requester: str | None
    subject: str
    version: int


class TicketFilters(TypedDict, total=False):
    assigned_to: list[Any]
    created_after: str
    created_at: Range
    due_at: Range
    is_overdue: bool
    priority: list[Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]]
    status: list[Any]
    updated_at: Range


class TicketList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Ticket]]


class TicketResult(TypedDict, total=False):
    allowed_targets: Required[list[str]]
    audit_correlation_id: Required[str | None]
    dry_run: Required[bool]
    entity: Required[Ticket]
    error_message: Required[str | None]
    errors: Required[list[FieldFinding]]
    from_state: Required[str | None]
    metadata: Required[dict[str, Any]]
    missing_permissions: Required[list[str]]
    required_permissions: Required[list[str]]
    status_if_run: int
    success: Required[bool]
    timestamp: Required[str]
    to_state: Required[str | None]
    transition_id: Required[int | None]
    unchanged: Required[bool]
    warnings: Required[list[str]]


class TicketUpdate(TypedDict, total=False):
    category: str | None
    description: str | None
    due_at: str | None
    priority: Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]
    requester: str | None
    subject: str


class TicketWhere(TypedDict, total=False):
    assignee: list[str]
    category: list[str]
    created_after: str
    created_before: str
    due_after: str
    due_before: str
    external_ref: list[str]
    number: list[str]
    overdue: bool
    priority: list[str]
    requester: list[str]
    state: list[str]
    team: list[str]
    updated_after: str
    updated_before: str


class Timer(TypedDict, total=False):
    due_at: Required[str]
    name: Required[str]
    state: Required[str]


class Transition(TypedDict, total=False):
    as_system: bool
    client: Literal["web", "mobile", "api"]
    comments: str | None
    dry_run: bool
    metadata: dict[str, Any] | None
    reason: Literal[
        "user_action",
        "api_call",
        "webhook",
        "mobile_sync",
        "system_auto",
        "scheduled",
        "escalation",
        "timeout",
        "approval",
    ]
    target_state: Required[str]
    version: int


class UnifiedAnswer(TypedDict, total=False):
    correlation_id: Required[str]
    failed_entities: Required[list[str]]
    from_cache: Required[bool]
    fuzzy_matches: Required[list[str]]
    modules_searched: Required[list[str]]
    next: Required[str | None]
    partial: Required[bool]
    query_id: Required[str]
    response_time_ms: Required[float]
    results: Required[list[Result]]
    search_time_ms: Required[float]
    suggestions: Required[list[str]]
    total_count: Required[int]
    total_is_estimated: Required[bool]
    total_results: Required[int]
    warnings: Required[list[str]]


class Validate(TypedDict, total=False):
    comments: str | None
    from_state: Required[str]
    metadata: dict[str, Any] | None
    target_state: Required[str]


class Validation(TypedDict, total=False):
    allowed_targets: Required[list[str]]
    errors: Required[list[FieldFinding]]
    from_state: Required[str]
    missing_permissions: Required[list[str]]
    not_evaluated: Required[list[str]]
    required_permissions: Required[list[str]]
    to_state: Required[str]
    unchanged: Required[bool]
    valid: Required[bool]


class Vendor(TypedDict, total=False):
    active: bool
    contact_email: str | None
    contact_phone: str | None
    created_at: str | None
    created_by: str | None
    id: int | None
    name: Required[str]
    updated_at: str | None
    updated_by: str | None
    version: int


class VendorChange(TypedDict, total=False):
    active: bool
    contact_email: str | None
    contact_phone: str | None
    created_at: str | None
    created_by: str | None
    id: int | None
    name: str
    updated_at: str | None
    updated_by: str | None
    version: int


class VendorList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Vendor]]


class Verb(TypedDict, total=False):
    as_system: bool
    client: Literal["web", "mobile", "api"]
    comments: str | None
    dry_run: bool
    metadata: dict[str, Any] | None
    reason: Literal[
        "user_action",
        "api_call",
        "webhook",
        "mobile_sync",
        "system_auto",
        "scheduled",
        "escalation",
        "timeout",
        "approval",
    ]
    target_state: str
    version: int


class Verification(TypedDict, total=False):
    findings: Required[list[Finding]]
    intact: Required[bool]
    rows: Required[int]
    seals: Required[int]
    truncated: Required[bool]
    unsealed_rows: Required[int]


class Verify(TypedDict, total=False):
    comments: str | None
    decision: Required[Literal["approved", "rejected"]]
    version: int


class Webhook(TypedDict, total=False):
    active: bool
    created_at: str
    created_by: str | None
    event_types: list[
        Literal[
            "approval.approved",
            "approval.assigned",
            "approval.cancelled",
            "approval.created",
            "approval.deleted",
            "approval.expired",
            "approval.pending",
            "approval.rejected",
            "approval.updated",
            "attendance.adjusted",
            "attendance.approved",
            "attendance.assigned",
            "attendance.created",
            "attendance.deleted",
            "attendance.locked",
            "attendance.pending",
            "attendance.rejected",
            "attendance.updated",
            "checkpoint.assigned",
            "checkpoint.autoclosed",
            "checkpoint.completed",
            "checkpoint.created",
            "checkpoint.deleted",
            "checkpoint.updated",
            "permit.approved",
            "permit.not_required",
            "permit.pending",
            "permit.rejected",
            "task.assigned",
            "task.autoclosed",
            "task.completed",
            "task.created",
            "task.deleted",
            "task.inprogress",
            "task.maintenance",
            "task.partiallycompleted",
            "task.standby",
            "task.updated",
            "task.working",
            "ticket.assigned",
            "ticket.created",
            "ticket.deleted",
            "ticket.state_changed",
            "ticket.updated",
            "work_order.approved",
            "work_order.assigned",
            "work_order.cancelled",
            "work_order.closed",
            "work_order.completed",
            "work_order.created",
            "work_order.deleted",
            "work_order.draft",
            "work_order.in_progress",
            "work_order.submitted",
            "work_order.updated",
        ]
    ]
    id: int
    inactive_reason: Literal["gone", "switched_off"] | None
    name: Required[str]
    previous_valid_until: str | None
    updated_at: str
    url: Required[str]
    version: int


class WebhookChange(TypedDict, total=False):
    active: bool
    created_at: str
    created_by: str | None
    event_types: list[
        Literal[
            "approval.approved",
            "approval.assigned",
            "approval.cancelled",
            "approval.created",
            "approval.deleted",
            "approval.expired",
            "approval.pending",
            "approval.rejected",
            "approval.updated",
            "attendance.adjusted",
            "attendance.approved",
            "attendance.assigned",
            "attendance.created",
            "attendance.deleted",
            "attendance.locked",
            "attendance.pending",
            "attendance.rejected",
            "attendance.updated",
            "checkpoint.assigned",
            "checkpoint.autoclosed",
            "checkpoint.completed",
            "checkpoint.created",
            "checkpoint.deleted",
            "checkpoint.updated",
            "permit.approved",
            "permit.not_required",
            "permit.pending",
            "permit.rejected",
            "task.assigned",
            "task.autoclosed",
            "task.completed",
            "task.created",
            "task.deleted",
            "task.inprogress",
            "task.maintenance",
            "task.partiallycompleted",
            "task.standby",
            "task.updated",
            "task.working",
            "ticket.assigned",
            "ticket.created",
            "ticket.deleted",
            "ticket.state_changed",
            "ticket.updated",
            "work_order.approved",
            "work_order.assigned",
            "work_order.cancelled",
            "work_order.closed",
            "work_order.completed",
            "work_order.created",
            "work_order.deleted",
            "work_order.draft",
            "work_order.in_progress",
            "work_order.submitted",
            "work_order.updated",
        ]
    ]
    id: int
    inactive_reason: Literal["gone", "switched_off"] | None
    name: str
    previous_valid_until: str | None
    updated_at: str
    url: str
    version: int


class WebhookDelivery(TypedDict, total=False):
    attempt: int
    created_at: str
    duration_ms: int
    error: str | None
    event_type: str
    id: int
    message_id: str
    status_code: int | None
    succeeded: bool


class WebhookDeliveryList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[WebhookDelivery]]


class WebhookList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Webhook]]


class WebhookWithSecret(TypedDict, total=False):
    active: bool
    created_at: str
    created_by: str | None
    event_types: list[
        Literal[
            "approval.approved",
            "approval.assigned",
            "approval.cancelled",
            "approval.created",
            "approval.deleted",
            "approval.expired",
            "approval.pending",
            "approval.rejected",
            "approval.updated",
            "attendance.adjusted",
            "attendance.approved",
            "attendance.assigned",
            "attendance.created",
            "attendance.deleted",
            "attendance.locked",
            "attendance.pending",
            "attendance.rejected",
            "attendance.updated",
            "checkpoint.assigned",
            "checkpoint.autoclosed",
            "checkpoint.completed",
            "checkpoint.created",
            "checkpoint.deleted",
            "checkpoint.updated",
            "permit.approved",
            "permit.not_required",
            "permit.pending",
            "permit.rejected",
            "task.assigned",
            "task.autoclosed",
            "task.completed",
            "task.created",
            "task.deleted",
            "task.inprogress",
            "task.maintenance",
            "task.partiallycompleted",
            "task.standby",
            "task.updated",
            "task.working",
            "ticket.assigned",
            "ticket.created",
            "ticket.deleted",
            "ticket.state_changed",
            "ticket.updated",
            "work_order.approved",
            "work_order.assigned",
            "work_order.cancelled",
            "work_order.closed",
            "work_order.completed",
            "work_order.created",
            "work_order.deleted",
            "work_order.draft",
            "work_order.in_progress",
            "work_order.submitted",
            "work_order.updated",
        ]
    ]
    id: int
    inactive_reason: Literal["gone", "switched_off"] | None
    name: Required[str]
    previous_valid_until: str | None
    secret: str
    updated_at: str
    url: Required[str]
    version: int


class WorkFilters(TypedDict, total=False):
    assigned_to: list[Any]
    created_at: Range
    due_at: Range
    is_overdue: bool
    priority: list[Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]]
    status: list[Any]
    updated_at: Range


class WorkOrder(TypedDict, total=False):
    archived_at: str | None
    asset_id: str | None
    assigned_to_team: str | None
    assigned_to_user: str | None
    completed_at: str | None
    created_at: str | None
    created_by: str | None
    description: str | None
    due_at: str | None
    estimated_cost: str | None
    final_inspection_at: str | None
    id: int | None
    location_id: str | None
    machine_version: int | None
    number: str
    permit_approvers: list[str]
    permit_status: Literal["NOT_REQUIRED", "PENDING", "REQUIRED", "APPROVED", "REJECTED"]
    priority: Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]
    requester: str | None
    state: str | None
    state_changed_at: str | None
    title: Required[str]
    updated_at: str | None
    updated_by: str | None
    vendor_id: int | None
    verification_status: str | None
    verifiers: list[str]
    version: int


class WorkOrderBulkAssign(TypedDict, total=False):
    assigned_to_team: str | None
    assigned_to_user: str | None
    client: Literal["web", "mobile", "api"]
    comments: str | None
    dry_run: bool
    ids: list[Any]
    items: list[BulkItemRef]
    metadata: dict[str, Any] | None
    reason: Literal[
        "user_action",
        "api_call",
        "webhook",
        "mobile_sync",
        "system_auto",
        "scheduled",
        "escalation",
        "timeout",
        "approval",
    ]
    rollback_on_error: bool
    where: WorkOrderWhere


class WorkOrderBulkShortcut(TypedDict, total=False):
    as_system: bool
    client: Literal["web", "mobile", "api"]
    comments: str | None
    dry_run: bool
    ids: list[Any]
    items: list[BulkItemRef]
    metadata: dict[str, Any] | None
    reason: Literal[
        "user_action",
        "api_call",
        "webhook",
        "mobile_sync",
        "system_auto",
        "scheduled",
        "escalation",
        "timeout",
        "approval",
    ]
    rollback_on_error: bool
    target_state: str
    where: WorkOrderWhere


class WorkOrderBulkTransition(TypedDict, total=False):
    as_system: bool
    client: Literal["web", "mobile", "api"]
    comments: str | None
    dry_run: bool
    ids: list[Any]
    items: list[BulkItemRef]
    metadata: dict[str, Any] | None
    reason: Literal[
        "user_action",
        "api_call",
        "webhook",
        "mobile_sync",
        "system_auto",
        "scheduled",
        "escalation",
        "timeout",
        "approval",
    ]
    rollback_on_error: bool
    target_state: Required[str]
    where: WorkOrderWhere


class WorkOrderBulkUpdate(TypedDict, total=False):
    client: Literal["web", "mobile", "api"]
    comments: str | None
    dry_run: bool
    ids: list[Any]
    items: list[BulkItemRef]
    metadata: dict[str, Any] | None
    reason: Literal[
        "user_action",
        "api_call",
        "webhook",
        "mobile_sync",
        "system_auto",
        "scheduled",
        "escalation",
        "timeout",
        "approval",
    ]
    rollback_on_error: bool
    update_data: Required[WorkOrderUpdate]
    where: WorkOrderWhere


class WorkOrderChange(TypedDict, total=False):
    asset_id: str | None
    description: str | None
    due_at: str | None
    estimated_cost: str | None
    final_inspection_at: str | None
    location_id: str | None
    permit_approvers: list[str]
    permit_status: Literal["NOT_REQUIRED", "PENDING", "REQUIRED", "APPROVED", "REJECTED"]
    priority: Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]
    requester: str | None
    title: str
    vendor_id: int | None
    verifiers: list[str]
    version: int


class WorkOrderFilters(TypedDict, total=False):
    asset: list[Any]
    assigned_to: list[Any]
    created_at: Range
    due_at: Range
    is_overdue: bool
    location: list[Any]
    priority: list[Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]]
    status: list[Any]
    updated_at: Range
    vendor: list[Any]


class WorkOrderList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[WorkOrder]]


class WorkOrderResult(TypedDict, total=False):
    allowed_targets: Required[list[str]]
    audit_correlation_id: Required[str | None]
    dry_run: Required[bool]
    entity: Required[WorkOrder]
    error_message: Required[str | None]
    errors: Required[list[FieldFinding]]
    from_state: Required[str | None]
    metadata: Required[dict[str, Any]]
    missing_permissions: Required[list[str]]
    required_permissions: Required[list[str]]
    status_if_run: int
    success: Required[bool]
    timestamp: Required[str]
    to_state: Required[str | None]
    transition_id: Required[int | None]
    unchanged: Required[bool]
    warnings: Required[list[str]]


class WorkOrderUpdate(TypedDict, total=False):
    asset_id: str | None
    description: str | None
    due_at: str | None
    estimated_cost: str | None
    location_id: str | None
    priority: Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]
    requester: str | None
    title: str
    vendor_id: int | None


class WorkOrderWhere(TypedDict, total=False):
    archived: bool
    assignee: list[str]
    created_after: str
    created_before: str
    due_after: str
    due_before: str
    overdue: bool
    priority: list[str]
    requester: list[str]
    state: list[str]
    team: list[str]
    updated_after: str
    updated_before: str
    vendor: list[int]


class WorkflowJob(TypedDict, total=False):
    attempt: int
    bulk: BulkOfJob | None
    cancel_requested: bool
    checked: int
    completed_at: str | None
    correlation_id: str
    created_at: str
    dead_letter: bool
    duration_seconds: float | None
    error: dict[str, Any] | None
    failed: int
    id: str
    kind: str
    max_attempts: int
    origin_correlation_id: str | None
    processed: int
    progress_percentage: float
    requested_by: str | None
    requested_by_name: str | None
    retry_of: str | None
    skipped: int
    started_at: str | None
    status: Literal["pending", "running", "completed", "partial_failure", "failed", "cancelled"]
    total: int


class WorkflowJobList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[WorkflowJob]]


class ApprovalsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    state: str | Sequence[str]
    created_after: str
    created_before: str
    updated_after: str
    updated_before: str
    kind: str | Sequence[str]
    requester: str | Sequence[str]
    external_ref: str | Sequence[str]
    mine: bool


class ApprovalsHistoryQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


class AttendanceListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    state: str | Sequence[str]
    created_after: str
    created_before: str
    updated_after: str
    updated_before: str
    kind: Literal["check_in", "check_out"] | Sequence[Literal["check_in", "check_out"]]
    person: str | Sequence[str]
    geofence: int | Sequence[int]
    shift: int | Sequence[int]
    event_after: str
    event_before: str


class AttendanceHistoryQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


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


class DelegationsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    permission: str | Sequence[str]
    delegator: str | Sequence[str]
    delegate: str | Sequence[str]


class ErasuresListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    subject: str | Sequence[str]
    state: Literal["PENDING", "DONE", "WITHDRAWN"] | Sequence[Literal["PENDING", "DONE", "WITHDRAWN"]]


class EventsListenQuery(TypedDict, total=False):
    last_event_id: int | None


class GeofencesListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    name: str | Sequence[str]
    kind: Literal["circle", "polygon"] | Sequence[Literal["circle", "polygon"]]


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


class JobsSummaryQuery(TypedDict, total=False):
    created_after: str | None


class JobsEventsQuery(TypedDict, total=False):
    last_event_id: int | None


class JobsItemsQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    status: (
        Literal["pending", "done", "unchanged", "failed", "would_succeed", "rolled_back"]
        | Sequence[Literal["pending", "done", "unchanged", "failed", "would_succeed", "rolled_back"]]
    )


class MachinesReadQuery(TypedDict, total=False):
    version: int | None


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


class SavedSearchesListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    include: Literal["public"] | None


class SavedSearchesAlertsQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


class SearchAnalyticsQuery(TypedDict, total=False):
    hours: int


class SearchClicksQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    query_id: str | Sequence[str]


class SearchSuggestionsQuery(TypedDict, total=False):
    q: Required[str]
    limit: int


class SearchUnifiedQuery(TypedDict, total=False):
    q: Required[str]
    modules: (
        Literal["tickets", "work_orders", "assets", "people", "knowledge_base", "tasks"]
        | Sequence[Literal["tickets", "work_orders", "assets", "people", "knowledge_base", "tasks"]]
    )
    limit: int
    status: Any | Sequence[Any]
    priority: Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"] | Sequence[Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]]
    date_from: str
    date_to: str


class ShiftsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    name: str | Sequence[str]


class TasksListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    state: str | Sequence[str]
    created_after: str
    created_before: str
    updated_after: str
    updated_before: str
    priority: str | Sequence[str]
    assignee: str | Sequence[str]
    team: str | Sequence[str]
    requester: str | Sequence[str]
    overdue: bool
    due_after: str
    due_before: str
    kind: Literal["task", "tour"] | Sequence[Literal["task", "tour"]]
    work_order: int | Sequence[int]
    location: str | Sequence[str]
    asset: str | Sequence[str]


class TasksCheckpointsQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    state: str | Sequence[str]


class TasksEvidenceQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    kind: (
        Literal["observation", "meter_reading", "attachment"]
        | Sequence[Literal["observation", "meter_reading", "attachment"]]
    )


class TasksHistoryQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


class TicketsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    state: str | Sequence[str]
    created_after: str
    created_before: str
    updated_after: str
    updated_before: str
    priority: str | Sequence[str]
    assignee: str | Sequence[str]
    team: str | Sequence[str]
    requester: str | Sequence[str]
    overdue: bool
    due_after: str
    due_before: str
    category: str | Sequence[str]
    number: str | Sequence[str]
    external_ref: str | Sequence[str]


class TicketsHistoryQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


class TransitionsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    entity: str | Sequence[str]
    entity_id: int | Sequence[int]
    machine: str | Sequence[str]
    from_: str | Sequence[str]
    to: str | Sequence[str]
    actor: str | Sequence[str]
    reason: str | Sequence[str]
    success: bool
    created_after: str
    created_before: str


class TransitionsStatisticsQuery(TypedDict, total=False):
    hours: int


class VendorsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    name: str | Sequence[str]
    active: bool


class WebhooksListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    active: bool


class WebhooksDeliveriesQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    message_id: str
    event_type: str


class WorkOrdersListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    state: str | Sequence[str]
    created_after: str
    created_before: str
    updated_after: str
    updated_before: str
    priority: str | Sequence[str]
    assignee: str | Sequence[str]
    team: str | Sequence[str]
    requester: str | Sequence[str]
    overdue: bool
    due_after: str
    due_before: str
    vendor: int | Sequence[int]
    archived: bool


class WorkOrdersHistoryQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


class WorkOrdersLineItemsQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    status: str | Sequence[str]
