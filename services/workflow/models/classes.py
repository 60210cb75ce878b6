"""How personal each column is (see shared.auditing): every column that no mixin has classified stands here once.

Personal is what says something about a person: how to reach them, where they were, who did something. Ids of persons
in a role (requester, assignee, approver) are internal: the log has to show who was responsible.
"""

from collections.abc import Mapping

import services.workflow.models.records  # noqa: F401 - its columns are classified here too
from services.workflow.models.approvals import Approval
from services.workflow.models.attendance import Attendance, Geofence, Shift
from services.workflow.models.delegations import Delegation
from services.workflow.models.history import BulkRecord, DenialRecord, Step, TransitionRecord
from services.workflow.models.jobs import Job, JobItem
from services.workflow.models.person_keys import Erasure, PersonKey
from services.workflow.models.rows import Base
from services.workflow.models.search import (
    ReportedItem,
    SavedSearch,
    SearchAlert,
    SearchClick,
    SearchDocument,
    SearchEntry,
    SearchQuery,
    SearchWord,
)
from services.workflow.models.tasks import Checkpoint, Evidence, Task
from services.workflow.models.tenants import Counter, Tenant
from services.workflow.models.tickets import Escalation, Ticket, TicketEntry
from services.workflow.models.timers import Clock, Timer
from services.workflow.models.work_orders import LineItem, Vendor, WorkOrder
from shared.auditing import classify_models

Columns = Mapping[type[Base], str]

PERSONAL: Columns = {
    Approval: "decided_by",
    Attendance: "latitude longitude device_id",
    BulkRecord: "actor",
    Checkpoint: "completed_by",
    DenialRecord: "actor",
    Erasure: "decided_by",
    Evidence: "recorded_by",
    SearchAlert: "person items",
    SearchQuery: "person",
    Step: "actor",
    TicketEntry: "actor",
    TransitionRecord: "actor on_behalf_of",
    Vendor: "contact_email contact_phone",
}
INTERNAL: Columns = {
    Approval: "kind title summary payload payload_classes options requester external_ref required_permission"
    " candidate_users candidate_teams exclude votes_needed expires_at on_expiry callback_url decision option"
    " decided_at",
    Attendance: "person kind event_at original_event_at accuracy_m geofence_id shift_id remarks locked_at",
    BulkRecord: "audit_id operation entity total successful failed success_ratio successful_ids failed_ids"
    " failure_details was_rolled_back rollback_reason execution_ms",
    Checkpoint: "task_id position name completed_at closed_by_server",
    Clock: "entity entity_id name mode target_seconds spent_seconds runs_since due_at next_at started_at warned_at"
    " breached_at ended_at",
    Counter: "name last",
    Delegation: "permission delegator delegate starts_at ends_at comments",
    DenialRecord: "audit_id required_permissions held_permissions attempted_action entity entity_id method path"
    " risk_score risk_level suspicious",
    Escalation: "ticket_id status level count is_escalated activity_count response_hours resolution_hours"
    " last_escalated_at",
    Erasure: "subject reason state decided_at keys_destroyed",
    Evidence: "task_id kind text value unit attachment_ref recorded_at",
    Geofence: "name kind latitude longitude radius_m vertices",
    Job: "checked bulk",
    JobItem: "job_id position sent item_id sent_version status code detail from_state to_state version warnings",
    LineItem: "work_order_id position description quantity unit_price status",
    PersonKey: "subject erased_at",
    ReportedItem: "saved_search_id entity entity_id",
    SavedSearch: "name description query entities filters alert_enabled alert_frequency is_public next_alert_at"
    " alerted_until owner_permissions owner_teams",
    SearchAlert: "saved_search_id",
    SearchClick: "query_id entity_type entity_id position",
    SearchDocument: "entity document_id title subtitle body data owner assigned_to_user assigned_to_team priority"
    " state required_permission source_updated_at",
    SearchEntry: "entity entity_id title title_terms terms",
    SearchQuery: "query normalised entities total duration_ms",
    SearchWord: "word code frequency variants",
    Shift: "name start_time end_time",
    Step: "audit_id entity entity_id kind decision comments data round",
    Task: "kind title description priority assigned_to_user assigned_to_team work_order_id location_id asset_id due_at"
    " sla_hours expires_at requires_observations requires_meter_readings requires_attachments started_at"
    " completed_at hours_spent closed_by_server closure_mail_sent",
    Tenant: "payroll_cutoff_days default_sla_hours coordinates_required final_inspection_required retention_days"
    " working_hours timer_hours",
    Ticket: "number subject description category priority requester assigned_to_user assigned_to_team external_ref"
    " due_at first_response_at resolved_at closed_at",
    TicketEntry: "ticket_id kind text data",
    Timer: "entity entity_id name state due_at",
    TransitionRecord: "audit_id machine machine_version entity entity_id from_state to_state success error_codes"
    " reason client comments metadata flags seconds_in_state execution_ms lock_wait_ms",
    Vendor: "name active",
    WorkOrder: "number title description priority vendor_id requester assigned_to_user assigned_to_team location_id"
    " asset_id due_at estimated_cost permit_status permit_approvers verifiers verification_status final_inspection_at"
    " completed_at archived_at",
}

classify_models(Base, personal=PERSONAL, internal=INTERNAL)
