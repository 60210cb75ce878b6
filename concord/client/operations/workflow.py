"""What workflow can be asked.

Made by `python -m docs.generate` from `services/workflow/openapi.json`; do not edit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Unpack

from concord.client.calling import Event, Resource, ServiceClient

if TYPE_CHECKING:
    from concord.client.documents import workflow as d


class Approvals(Resource):
    def list(self, **query: Unpack[d.ApprovalsListQuery]) -> Iterator[d.Approval]:
        """GET approvals"""
        return self._service.rows("approvals", params={**query})

    def create(self, body: d.Approval) -> d.Approval:
        """An item that was asked for before under the same reference is answered as it is now, with 200."""
        return self._service.ask("POST", "approvals", json=body)

    def bulk_approve(self, body: d.ApprovalBulkDecide) -> d.BulkAnswer | d.WorkflowJob:
        """All or nothing, unless `rollback_on_error` is false; then 409 becomes 207."""
        return self._service.ask("POST", "approvals/bulk/approve", json=body)

    def bulk_reject(self, body: d.ApprovalBulkDecide) -> d.BulkAnswer | d.WorkflowJob:
        """All or nothing, unless `rollback_on_error` is false; then 409 becomes 207."""
        return self._service.ask("POST", "approvals/bulk/reject", json=body)

    def read(self, item_id: int) -> d.Approval:
        """GET approvals/{item_id}"""
        return self._service.ask("GET", "approvals/{}", item_id)

    def approve(self, item_id: int, body: d.Decide) -> d.ApprovalResult:
        """Decides for it, or votes where several votes are needed: then `to_state` is still PENDING."""
        return self._service.ask("POST", "approvals/{}/approve", item_id, json=body)

    def cancel(self, item_id: int, body: d.Decide) -> d.ApprovalResult:
        """Takes the question back; for who asked it."""
        return self._service.ask("POST", "approvals/{}/cancel", item_id, json=body)

    def history(self, item_id: int, **query: Unpack[d.ApprovalsHistoryQuery]) -> Iterator[d.HistoryEntry]:
        """The story of the item, newest first."""
        return self._service.rows("approvals/{}/history", item_id, params={**query})

    def reject(self, item_id: int, body: d.Decide) -> d.ApprovalResult:
        """Decides against it; one rejection is enough."""
        return self._service.ask("POST", "approvals/{}/reject", item_id, json=body)

    def transitions(self, item_id: int) -> d.Options:
        """What could be asked next, and what stands in the way of the rest."""
        return self._service.ask("GET", "approvals/{}/transitions", item_id)

    def wait(self, item_id: int) -> d.Approval:
        """404 while nobody has decided, for callers that read only status codes."""
        return self._service.ask("GET", "approvals/{}/wait", item_id)


class Attendance(Resource):
    def list(self, **query: Unpack[d.AttendanceListQuery]) -> Iterator[d.Attendance]:
        """GET attendance"""
        return self._service.rows("attendance", params={**query})

    def create(self, body: d.Attendance) -> d.Attendance:
        """An item that was asked for before under the same reference is answered as it is now, with 200."""
        return self._service.ask("POST", "attendance", json=body)

    def bulk_approve(self, body: d.AttendanceBulkShortcut) -> d.BulkAnswer | d.WorkflowJob:
        """All or nothing, unless `rollback_on_error` is false; then 409 becomes 207."""
        return self._service.ask("POST", "attendance/bulk/approve", json=body)

    def bulk_lock(self, body: d.AttendanceBulkShortcut) -> d.BulkAnswer | d.WorkflowJob:
        """All or nothing, unless `rollback_on_error` is false; then 409 becomes 207."""
        return self._service.ask("POST", "attendance/bulk/lock", json=body)

    def bulk_reject(self, body: d.AttendanceBulkShortcut) -> d.BulkAnswer | d.WorkflowJob:
        """All or nothing, unless `rollback_on_error` is false; then 409 becomes 207."""
        return self._service.ask("POST", "attendance/bulk/reject", json=body)

    def bulk_transition(self, body: d.AttendanceBulkTransition) -> d.BulkAnswer | d.WorkflowJob:
        """All or nothing, unless `rollback_on_error` is false; then 409 becomes 207."""
        return self._service.ask("POST", "attendance/bulk/transition", json=body)

    def bulk_update(self, body: d.AttendanceBulkUpdate) -> d.BulkAnswer | d.WorkflowJob:
        """All or nothing, unless `rollback_on_error` is false; then 409 becomes 207."""
        return self._service.ask("POST", "attendance/bulk/update", json=body)

    def read(self, item_id: int) -> d.Attendance:
        """GET attendance/{item_id}"""
        return self._service.ask("GET", "attendance/{}", item_id)

    def update(self, item_id: int, body: d.AttendanceChange) -> d.Attendance:
        """PATCH attendance/{item_id}"""
        return self._service.ask("PATCH", "attendance/{}", item_id, json=body)

    def delete(self, item_id: int) -> None:
        """DELETE attendance/{item_id}"""
        self._service.ask("DELETE", "attendance/{}", item_id)

    def adjust(self, item_id: int, body: d.Verb) -> d.AttendanceResult:
        """Moves it to ADJUSTED."""
        return self._service.ask("POST", "attendance/{}/adjust", item_id, json=body)

    def approve(self, item_id: int, body: d.Verb) -> d.AttendanceResult:
        """Moves it to APPROVED."""
        return self._service.ask("POST", "attendance/{}/approve", item_id, json=body)

    def history(self, item_id: int, **query: Unpack[d.AttendanceHistoryQuery]) -> Iterator[d.HistoryEntry]:
        """The story of the item, newest first."""
        return self._service.rows("attendance/{}/history", item_id, params={**query})

    def lock(self, item_id: int, body: d.Verb) -> d.AttendanceResult:
        """Moves it to LOCKED."""
        return self._service.ask("POST", "attendance/{}/lock", item_id, json=body)

    def reject(self, item_id: int, body: d.Verb) -> d.AttendanceResult:
        """Moves it to REJECTED."""
        return self._service.ask("POST", "attendance/{}/reject", item_id, json=body)

    def resubmit(self, item_id: int, body: d.Verb) -> d.AttendanceResult:
        """Moves it to PENDING."""
        return self._service.ask("POST", "attendance/{}/resubmit", item_id, json=body)

    def transition(self, item_id: int, body: d.Transition) -> d.AttendanceResult:
        """POST attendance/{item_id}/transition"""
        return self._service.ask("POST", "attendance/{}/transition", item_id, json=body)

    def transitions(self, item_id: int) -> d.Options:
        """What could be asked next, and what stands in the way of the rest."""
        return self._service.ask("GET", "attendance/{}/transitions", item_id)


class AuditLog(Resource):
    def list(self, **query: Unpack[d.AuditLogListQuery]) -> Iterator[d.AuditRowWithRecord]:
        """Newest first; `ordering=created_at` tells the story in its order."""
        return self._service.rows("audit-log", params={**query})

    def export(self, **query: Unpack[d.AuditLogExportQuery]) -> Iterator[bytes]:
        """CSV or JSON lines (`format=jsonl`), oldest first, streamed."""
        return self._service.download("audit-log/export", params={**query})

    def redaction_preview(self, body: d.AnyObject) -> dict[str, Any]:
        """What would be stored of the sent object; nothing is."""
        return self._service.ask("POST", "audit-log/redaction-preview", json=body)

    def verify(self) -> d.Verification:
        """Recomputes the seals of the tenant's log; a finding is not a failure of the request."""
        return self._service.ask("POST", "audit-log/verify")


class Delegations(Resource):
    def list(self, **query: Unpack[d.DelegationsListQuery]) -> Iterator[d.Delegation]:
        """One's own, given and received; all for who manages the settings."""
        return self._service.rows("delegations", params={**query})

    def create(self, body: d.Delegation) -> d.Delegation:
        """Lends a permission that one holds oneself; the records of its use name both persons."""
        return self._service.ask("POST", "delegations", json=body)

    def read(self, delegation_id: int) -> d.Delegation:
        """GET delegations/{delegation_id}"""
        return self._service.ask("GET", "delegations/{}", delegation_id)

    def delete(self, delegation_id: int) -> None:
        """Ends it at once; for who has lent it, or manages the settings."""
        self._service.ask("DELETE", "delegations/{}", delegation_id)


class Erasures(Resource):
    def list(self, **query: Unpack[d.ErasuresListQuery]) -> Iterator[d.Erasure]:
        """GET erasures"""
        return self._service.rows("erasures", params={**query})

    def create(self, body: d.Erasure) -> d.Erasure:
        """Changes nothing yet: somebody else has to carry it out."""
        return self._service.ask("POST", "erasures", json=body)

    def read(self, erasure_id: int) -> d.Erasure:
        """GET erasures/{erasure_id}"""
        return self._service.ask("GET", "erasures/{}", erasure_id)

    def carry_out(self, erasure_id: int) -> d.Erasure:
        """Destroys the person's key, for good; by somebody else than who asked for it."""
        return self._service.ask("POST", "erasures/{}/carry-out", erasure_id)

    def withdraw(self, erasure_id: int) -> d.Erasure:
        """POST erasures/{erasure_id}/withdraw"""
        return self._service.ask("POST", "erasures/{}/withdraw", erasure_id)


class Events(Resource):
    def listen(self, **query: Unpack[d.EventsListenQuery]) -> Iterator[Event]:
        """Server-Sent Events of the items that the caller sees (`ticket.state_changed` with `from_state` and …"""
        return self._service.listen("events", params={**query})


class Features(Resource):
    def read(self) -> d.Features:
        """GET features"""
        return self._service.ask("GET", "features")


class Geofences(Resource):
    def list(self, **query: Unpack[d.GeofencesListQuery]) -> Iterator[d.Geofence]:
        """GET geofences"""
        return self._service.rows("geofences", params={**query})

    def create(self, body: d.Geofence) -> d.Geofence:
        """POST geofences"""
        return self._service.ask("POST", "geofences", json=body)

    def read(self, row_id: int) -> d.Geofence:
        """GET geofences/{row_id}"""
        return self._service.ask("GET", "geofences/{}", row_id)

    def update(self, row_id: int, body: d.GeofenceChange) -> d.Geofence:
        """PATCH geofences/{row_id}"""
        return self._service.ask("PATCH", "geofences/{}", row_id, json=body)

    def delete(self, row_id: int) -> None:
        """DELETE geofences/{row_id}"""
        self._service.ask("DELETE", "geofences/{}", row_id)


class Jobs(Resource):
    def list(self, **query: Unpack[d.JobsListQuery]) -> Iterator[d.WorkflowJob]:
        """GET jobs"""
        return self._service.rows("jobs", params={**query})

    def summary(self, **query: Unpack[d.JobsSummaryQuery]) -> d.JobSummary:
        """GET jobs/summary"""
        return self._service.ask("GET", "jobs/summary", params={**query})

    def read(self, job_id: str) -> d.WorkflowJob:
        """GET jobs/{job_id}"""
        return self._service.ask("GET", "jobs/{}", job_id)

    def cancel(self, job_id: str) -> d.WorkflowJob:
        """POST jobs/{job_id}/cancel"""
        return self._service.ask("POST", "jobs/{}/cancel", job_id)

    def events(self, job_id: str, **query: Unpack[d.JobsEventsQuery]) -> Iterator[Event]:
        """Server-Sent Events `state` and `progress`; resumable, ends with the end state."""
        return self._service.listen("jobs/{}/events", job_id, params={**query})

    def items(self, job_id: str, **query: Unpack[d.JobsItemsQuery]) -> Iterator[d.JobItem]:
        """What came of each item of a bulk job, in the order of the request."""
        return self._service.rows("jobs/{}/items", job_id, params={**query})

    def retry(self, job_id: str, body: d.Retry | None = None) -> d.RetriedWorkflowJob:
        """POST jobs/{job_id}/retry"""
        return self._service.ask("POST", "jobs/{}/retry", job_id, json=body)

    def wait(self, job_id: str) -> d.WorkflowJob:
        """200 when the job has ended, 404 while it has not."""
        return self._service.ask("GET", "jobs/{}/wait", job_id)


class Machines(Resource):
    def read_many(self) -> d.MachineList:
        """GET machines"""
        return self._service.ask("GET", "machines")

    def read(self, name: str, **query: Unpack[d.MachinesReadQuery]) -> d.Machine:
        """GET machines/{name}"""
        return self._service.ask("GET", "machines/{}", name, params={**query})

    def mmd(self, name: str) -> Iterator[bytes]:
        """The diagram in Mermaid's language."""
        return self._service.download("machines/{}.mmd", name)

    def svg(self, name: str) -> Iterator[bytes]:
        """The diagram, drawn here."""
        return self._service.download("machines/{}.svg", name)

    def figures(self, name: str) -> d.MachineFigures:
        """How many items stand in each state, and how long items stay there."""
        return self._service.ask("GET", "machines/{}/figures", name)

    def migrations(self, name: str, body: d.Migration) -> d.MigrationCheck | d.Job:
        """Takes all items of one version over to another. Refused unless every item has a state there to go to."""
        return self._service.ask("POST", "machines/{}/migrations", name, json=body)

    def read_state(self, name: str, state: str) -> d.StateTargets:
        """Where a state leads, whoever asks."""
        return self._service.ask("GET", "machines/{}/states/{}", name, state)

    def validate(self, name: str, body: d.Validate) -> d.Validation:
        """Edge, permissions and what the request brings, for the caller; guards need an item and are listed."""
        return self._service.ask("POST", "machines/{}/validate", name, json=body)


class Outbox(Resource):
    def list(self, **query: Unpack[d.OutboxListQuery]) -> Iterator[d.Letter]:
        """GET outbox"""
        return self._service.rows("outbox", params={**query})

    def replay_many(self, body: d.ReplayLetters | None = None) -> d.ReplayedLetters:
        """Sends again all failed letters that the filters name."""
        return self._service.ask("POST", "outbox/replay", json=body)

    def read(self, letter_id: str) -> d.LetterWithPayload:
        """GET outbox/{letter_id}"""
        return self._service.ask("GET", "outbox/{}", letter_id)

    def replay(self, letter_id: str) -> d.Letter:
        """Sends an ended letter once more, under its old id."""
        return self._service.ask("POST", "outbox/{}/replay", letter_id)


class SavedSearches(Resource):
    def list(self, **query: Unpack[d.SavedSearchesListQuery]) -> Iterator[d.SavedSearch]:
        """The caller's own, newest first; with `include=public` those that others share, too."""
        return self._service.rows("saved-searches", params={**query})

    def create(self, body: d.SavedSearch) -> d.SavedSearch:
        """POST saved-searches"""
        return self._service.ask("POST", "saved-searches", json=body)

    def read(self, saved_id: int) -> d.SavedSearch:
        """GET saved-searches/{saved_id}"""
        return self._service.ask("GET", "saved-searches/{}", saved_id)

    def update(self, saved_id: int, body: d.SavedSearchChange) -> d.SavedSearch:
        """PATCH saved-searches/{saved_id}"""
        return self._service.ask("PATCH", "saved-searches/{}", saved_id, json=body)

    def delete(self, saved_id: int) -> None:
        """DELETE saved-searches/{saved_id}"""
        self._service.ask("DELETE", "saved-searches/{}", saved_id)

    def alerts(self, saved_id: int, **query: Unpack[d.SavedSearchesAlertsQuery]) -> Iterator[d.SearchAlert]:
        """The messages about what was new, newest first; each item is in one of them only."""
        return self._service.rows("saved-searches/{}/alerts", saved_id, params={**query})

    def mute(self, saved_id: int, body: d.Body) -> d.SavedSearch:
        """No more messages of this search."""
        return self._service.ask("POST", "saved-searches/{}/mute", saved_id, json=body)


class Search(Resource):
    def create(self, body: d.Search) -> d.SearchAnswer:
        """Items that have all the words, the last one also as a beginning, misspelt ones too; the best first."""
        return self._service.ask("POST", "search", json=body)

    def analytics(self, **query: Unpack[d.SearchAnalyticsQuery]) -> d.Analytics:
        """How the search is used: searches, clicks, and what nobody found."""
        return self._service.ask("GET", "search/analytics", params={**query})

    def cache_invalidate(self, body: d.Invalidation) -> d.Invalidated:
        """Forgets kept answers about these entities, or about all."""
        return self._service.ask("POST", "search/cache/invalidate", json=body)

    def cache_statistics(self) -> d.CacheStatistics:
        """Of the tenant, the last 24 hours."""
        return self._service.ask("GET", "search/cache/statistics")

    def clicks(self, **query: Unpack[d.SearchClicksQuery]) -> Iterator[d.Click]:
        """GET search/clicks"""
        return self._service.rows("search/clicks", params={**query})

    def create_clicks(self, body: d.NewClick) -> d.Click:
        """A result was opened."""
        return self._service.ask("POST", "search/clicks", json=body)

    def suggestions(self, **query: Unpack[d.SearchSuggestionsQuery]) -> d.Suggestions:
        """Titles that begin so, the caller's own past queries, and those that worked for several others."""
        return self._service.ask("GET", "search/suggestions", params={**query})

    def unified(self, **query: Unpack[d.SearchUnifiedQuery]) -> Iterator[d.Result]:
        """The same over modules, with filters that hold for all of them."""
        return self._service.rows("search/unified", params={**query})


class SearchDocuments(Resource):
    def replace_one(self, entity: str, document_id: str, body: d.Document) -> d.Document:
        """Stores the document; an older one than is stored is ignored, and the stored one answered."""
        return self._service.ask("PUT", "search-documents/{}/{}", entity, document_id, json=body)

    def delete_one(self, entity: str, document_id: str) -> None:
        """DELETE search-documents/{entity}/{document_id}"""
        self._service.ask("DELETE", "search-documents/{}/{}", entity, document_id)


class Settings(Resource):
    def read(self) -> d.Settings:
        """GET settings"""
        return self._service.ask("GET", "settings")

    def update(self, body: d.Settings) -> d.Settings:
        """PATCH settings"""
        return self._service.ask("PATCH", "settings", json=body)


class Shifts(Resource):
    def list(self, **query: Unpack[d.ShiftsListQuery]) -> Iterator[d.Shift]:
        """GET shifts"""
        return self._service.rows("shifts", params={**query})

    def create(self, body: d.Shift) -> d.Shift:
        """POST shifts"""
        return self._service.ask("POST", "shifts", json=body)

    def read(self, row_id: int) -> d.Shift:
        """GET shifts/{row_id}"""
        return self._service.ask("GET", "shifts/{}", row_id)

    def update(self, row_id: int, body: d.ShiftChange) -> d.Shift:
        """PATCH shifts/{row_id}"""
        return self._service.ask("PATCH", "shifts/{}", row_id, json=body)

    def delete(self, row_id: int) -> None:
        """DELETE shifts/{row_id}"""
        self._service.ask("DELETE", "shifts/{}", row_id)


class Tasks(Resource):
    def list(self, **query: Unpack[d.TasksListQuery]) -> Iterator[d.Task]:
        """GET tasks"""
        return self._service.rows("tasks", params={**query})

    def create(self, body: d.Task) -> d.Task:
        """An item that was asked for before under the same reference is answered as it is now, with 200."""
        return self._service.ask("POST", "tasks", json=body)

    def bulk_assign(self, body: d.TaskBulkAssign) -> d.BulkAnswer | d.WorkflowJob:
        """All or nothing, unless `rollback_on_error` is false; then 409 becomes 207."""
        return self._service.ask("POST", "tasks/bulk/assign", json=body)

    def bulk_complete(self, body: d.TaskBulkShortcut) -> d.BulkAnswer | d.WorkflowJob:
        """All or nothing, unless `rollback_on_error` is false; then 409 becomes 207."""
        return self._service.ask("POST", "tasks/bulk/complete", json=body)

    def bulk_start(self, body: d.TaskBulkShortcut) -> d.BulkAnswer | d.WorkflowJob:
        """All or nothing, unless `rollback_on_error` is false; then 409 becomes 207."""
        return self._service.ask("POST", "tasks/bulk/start", json=body)

    def bulk_transition(self, body: d.TaskBulkTransition) -> d.BulkAnswer | d.WorkflowJob:
        """All or nothing, unless `rollback_on_error` is false; then 409 becomes 207."""
        return self._service.ask("POST", "tasks/bulk/transition", json=body)

    def bulk_update(self, body: d.TaskBulkUpdate) -> d.BulkAnswer | d.WorkflowJob:
        """All or nothing, unless `rollback_on_error` is false; then 409 becomes 207."""
        return self._service.ask("POST", "tasks/bulk/update", json=body)

    def read(self, item_id: int) -> d.Task:
        """GET tasks/{item_id}"""
        return self._service.ask("GET", "tasks/{}", item_id)

    def update(self, item_id: int, body: d.TaskChange) -> d.Task:
        """PATCH tasks/{item_id}"""
        return self._service.ask("PATCH", "tasks/{}", item_id, json=body)

    def delete(self, item_id: int) -> None:
        """DELETE tasks/{item_id}"""
        self._service.ask("DELETE", "tasks/{}", item_id)

    def assign(self, item_id: int, body: d.Assign) -> d.Task:
        """POST tasks/{item_id}/assign"""
        return self._service.ask("POST", "tasks/{}/assign", item_id, json=body)

    def autoclose(self, item_id: int) -> d.TaskResult:
        """Does by hand what the server does with a task that has expired."""
        return self._service.ask("POST", "tasks/{}/autoclose", item_id)

    def checkpoints(self, item_id: int, **query: Unpack[d.TasksCheckpointsQuery]) -> Iterator[d.Checkpoint]:
        """GET tasks/{item_id}/checkpoints"""
        return self._service.rows("tasks/{}/checkpoints", item_id, params={**query})

    def create_checkpoints(self, item_id: int, body: d.Checkpoint) -> d.Checkpoint:
        """POST tasks/{item_id}/checkpoints"""
        return self._service.ask("POST", "tasks/{}/checkpoints", item_id, json=body)

    def read_checkpoint(self, item_id: int, part_id: int) -> d.Checkpoint:
        """GET tasks/{item_id}/checkpoints/{part_id}"""
        return self._service.ask("GET", "tasks/{}/checkpoints/{}", item_id, part_id)

    def update_checkpoint(self, item_id: int, part_id: int, body: d.CheckpointChange) -> d.Checkpoint:
        """PATCH tasks/{item_id}/checkpoints/{part_id}"""
        return self._service.ask("PATCH", "tasks/{}/checkpoints/{}", item_id, part_id, json=body)

    def delete_checkpoint(self, item_id: int, part_id: int) -> None:
        """DELETE tasks/{item_id}/checkpoints/{part_id}"""
        self._service.ask("DELETE", "tasks/{}/checkpoints/{}", item_id, part_id)

    def checkpoint_complete(self, item_id: int, part_id: int, body: d.Verb) -> d.CheckpointResult:
        """POST tasks/{item_id}/checkpoints/{part_id}/complete"""
        return self._service.ask("POST", "tasks/{}/checkpoints/{}/complete", item_id, part_id, json=body)

    def clocks(self, item_id: int) -> d.Clocks:
        """How much of its time the item has spent, and what happens to it if it stays as it is."""
        return self._service.ask("GET", "tasks/{}/clocks", item_id)

    def close(self, item_id: int, body: d.Verb) -> d.TaskResult:
        """Moves it to AUTOCLOSED."""
        return self._service.ask("POST", "tasks/{}/close", item_id, json=body)

    def complete(self, item_id: int, body: d.Verb) -> d.TaskResult:
        """Moves it to COMPLETED."""
        return self._service.ask("POST", "tasks/{}/complete", item_id, json=body)

    def complete_partly(self, item_id: int, body: d.Verb) -> d.TaskResult:
        """Moves it to PARTIALLYCOMPLETED."""
        return self._service.ask("POST", "tasks/{}/complete-partly", item_id, json=body)

    def evidence(self, item_id: int, **query: Unpack[d.TasksEvidenceQuery]) -> Iterator[d.Evidence]:
        """GET tasks/{item_id}/evidence"""
        return self._service.rows("tasks/{}/evidence", item_id, params={**query})

    def create_evidence(self, item_id: int, body: d.Evidence) -> d.Evidence:
        """POST tasks/{item_id}/evidence"""
        return self._service.ask("POST", "tasks/{}/evidence", item_id, json=body)

    def history(self, item_id: int, **query: Unpack[d.TasksHistoryQuery]) -> Iterator[d.HistoryEntry]:
        """The story of the item, newest first."""
        return self._service.rows("tasks/{}/history", item_id, params={**query})

    def hold(self, item_id: int, body: d.Verb) -> d.TaskResult:
        """Moves it to STANDBY."""
        return self._service.ask("POST", "tasks/{}/hold", item_id, json=body)

    def maintain(self, item_id: int, body: d.Verb) -> d.TaskResult:
        """Moves it to MAINTENANCE."""
        return self._service.ask("POST", "tasks/{}/maintain", item_id, json=body)

    def reopen(self, item_id: int, body: d.Verb) -> d.TaskResult:
        """Moves it to INPROGRESS."""
        return self._service.ask("POST", "tasks/{}/reopen", item_id, json=body)

    def return_(self, item_id: int, body: d.Verb) -> d.TaskResult:
        """Moves it to ASSIGNED."""
        return self._service.ask("POST", "tasks/{}/return", item_id, json=body)

    def start(self, item_id: int, body: d.Verb) -> d.TaskResult:
        """Moves it to INPROGRESS."""
        return self._service.ask("POST", "tasks/{}/start", item_id, json=body)

    def transition(self, item_id: int, body: d.Transition) -> d.TaskResult:
        """POST tasks/{item_id}/transition"""
        return self._service.ask("POST", "tasks/{}/transition", item_id, json=body)

    def transitions(self, item_id: int) -> d.Options:
        """What could be asked next, and what stands in the way of the rest."""
        return self._service.ask("GET", "tasks/{}/transitions", item_id)

    def work(self, item_id: int, body: d.Verb) -> d.TaskResult:
        """Moves it to WORKING."""
        return self._service.ask("POST", "tasks/{}/work", item_id, json=body)


class Tickets(Resource):
    def list(self, **query: Unpack[d.TicketsListQuery]) -> Iterator[d.Ticket]:
        """GET tickets"""
        return self._service.rows("tickets", params={**query})

    def create(self, body: d.Ticket) -> d.Ticket:
        """An item that was asked for before under the same reference is answered as it is now, with 200."""
        return self._service.ask("POST", "tickets", json=body)

    def bulk_assign(self, body: d.TicketBulkAssign) -> d.BulkAnswer | d.WorkflowJob:
        """All or nothing, unless `rollback_on_error` is false; then 409 becomes 207."""
        return self._service.ask("POST", "tickets/bulk/assign", json=body)

    def bulk_close(self, body: d.TicketBulkShortcut) -> d.BulkAnswer | d.WorkflowJob:
        """All or nothing, unless `rollback_on_error` is false; then 409 becomes 207."""
        return self._service.ask("POST", "tickets/bulk/close", json=body)

    def bulk_resolve(self, body: d.TicketBulkShortcut) -> d.BulkAnswer | d.WorkflowJob:
        """All or nothing, unless `rollback_on_error` is false; then 409 becomes 207."""
        return self._service.ask("POST", "tickets/bulk/resolve", json=body)

    def bulk_transition(self, body: d.TicketBulkTransition) -> d.BulkAnswer | d.WorkflowJob:
        """All or nothing, unless `rollback_on_error` is false; then 409 becomes 207."""
        return self._service.ask("POST", "tickets/bulk/transition", json=body)

    def bulk_update(self, body: d.TicketBulkUpdate) -> d.BulkAnswer | d.WorkflowJob:
        """All or nothing, unless `rollback_on_error` is false; then 409 becomes 207."""
        return self._service.ask("POST", "tickets/bulk/update", json=body)

    def bulk_update_priority(self, body: d.TicketBulkPriority) -> d.BulkAnswer | d.WorkflowJob:
        """All or nothing, unless `rollback_on_error` is false; then 409 becomes 207."""
        return self._service.ask("POST", "tickets/bulk/update-priority", json=body)

    def read(self, item_id: int) -> d.Ticket:
        """GET tickets/{item_id}"""
        return self._service.ask("GET", "tickets/{}", item_id)

    def update(self, item_id: int, body: d.TicketChange) -> d.Ticket:
        """PATCH tickets/{item_id}"""
        return self._service.ask("PATCH", "tickets/{}", item_id, json=body)

    def delete(self, item_id: int) -> None:
        """DELETE tickets/{item_id}"""
        self._service.ask("DELETE", "tickets/{}", item_id)

    def assign(self, item_id: int, body: d.Assign) -> d.Ticket:
        """POST tickets/{item_id}/assign"""
        return self._service.ask("POST", "tickets/{}/assign", item_id, json=body)

    def cancel(self, item_id: int, body: d.Verb) -> d.TicketResult:
        """Moves it to CANCELLED."""
        return self._service.ask("POST", "tickets/{}/cancel", item_id, json=body)

    def clocks(self, item_id: int) -> d.Clocks:
        """How much of its time the item has spent, and what happens to it if it stays as it is."""
        return self._service.ask("GET", "tickets/{}/clocks", item_id)

    def close(self, item_id: int, body: d.Verb) -> d.TicketResult:
        """Moves it to CLOSED."""
        return self._service.ask("POST", "tickets/{}/close", item_id, json=body)

    def escalate(self, item_id: int, body: d.Escalate) -> d.Ticket:
        """Raises the level by one; of many calls at once each counts."""
        return self._service.ask("POST", "tickets/{}/escalate", item_id, json=body)

    def history(self, item_id: int, **query: Unpack[d.TicketsHistoryQuery]) -> Iterator[d.HistoryEntry]:
        """The story of the item, newest first."""
        return self._service.rows("tickets/{}/history", item_id, params={**query})

    def create_history(self, item_id: int, body: d.Entry) -> d.Entry:
        """Adds a note; the version of the ticket stays as it is."""
        return self._service.ask("POST", "tickets/{}/history", item_id, json=body)

    def hold(self, item_id: int, body: d.Verb) -> d.TicketResult:
        """Moves it to ONHOLD."""
        return self._service.ask("POST", "tickets/{}/hold", item_id, json=body)

    def open(self, item_id: int, body: d.Verb) -> d.TicketResult:
        """Moves it to OPEN."""
        return self._service.ask("POST", "tickets/{}/open", item_id, json=body)

    def reopen(self, item_id: int, body: d.Verb) -> d.TicketResult:
        """Moves it to OPEN."""
        return self._service.ask("POST", "tickets/{}/reopen", item_id, json=body)

    def resolve(self, item_id: int, body: d.Verb) -> d.TicketResult:
        """Moves it to RESOLVED."""
        return self._service.ask("POST", "tickets/{}/resolve", item_id, json=body)

    def start(self, item_id: int, body: d.Verb) -> d.TicketResult:
        """Moves it to INPROGRESS."""
        return self._service.ask("POST", "tickets/{}/start", item_id, json=body)

    def transition(self, item_id: int, body: d.Transition) -> d.TicketResult:
        """POST tickets/{item_id}/transition"""
        return self._service.ask("POST", "tickets/{}/transition", item_id, json=body)

    def transitions(self, item_id: int) -> d.Options:
        """What could be asked next, and what stands in the way of the rest."""
        return self._service.ask("GET", "tickets/{}/transitions", item_id)


class Transitions(Resource):
    def list(self, **query: Unpack[d.TransitionsListQuery]) -> Iterator[d.Attempt]:
        """GET transitions"""
        return self._service.rows("transitions", params={**query})

    def statistics(self, **query: Unpack[d.TransitionsStatisticsQuery]) -> d.Statistics:
        """GET transitions/statistics"""
        return self._service.ask("GET", "transitions/statistics", params={**query})


class Vendors(Resource):
    def list(self, **query: Unpack[d.VendorsListQuery]) -> Iterator[d.Vendor]:
        """GET vendors"""
        return self._service.rows("vendors", params={**query})

    def create(self, body: d.Vendor) -> d.Vendor:
        """POST vendors"""
        return self._service.ask("POST", "vendors", json=body)

    def read(self, row_id: int) -> d.Vendor:
        """GET vendors/{row_id}"""
        return self._service.ask("GET", "vendors/{}", row_id)

    def update(self, row_id: int, body: d.VendorChange) -> d.Vendor:
        """PATCH vendors/{row_id}"""
        return self._service.ask("PATCH", "vendors/{}", row_id, json=body)

    def delete(self, row_id: int) -> None:
        """DELETE vendors/{row_id}"""
        self._service.ask("DELETE", "vendors/{}", row_id)


class Webhooks(Resource):
    def list(self, **query: Unpack[d.WebhooksListQuery]) -> Iterator[d.Webhook]:
        """GET webhooks"""
        return self._service.rows("webhooks", params={**query})

    def create(self, body: d.NewWebhook) -> d.WebhookWithSecret:
        """The answer holds the secret, this once."""
        return self._service.ask("POST", "webhooks", json=body)

    def read(self, webhook_id: int) -> d.Webhook:
        """GET webhooks/{webhook_id}"""
        return self._service.ask("GET", "webhooks/{}", webhook_id)

    def update(self, webhook_id: int, body: d.WebhookChange) -> d.Webhook:
        """PATCH webhooks/{webhook_id}"""
        return self._service.ask("PATCH", "webhooks/{}", webhook_id, json=body)

    def delete(self, webhook_id: int) -> None:
        """DELETE webhooks/{webhook_id}"""
        self._service.ask("DELETE", "webhooks/{}", webhook_id)

    def deliveries(self, webhook_id: int, **query: Unpack[d.WebhooksDeliveriesQuery]) -> Iterator[d.WebhookDelivery]:
        """Attempts of the last month, the newest first."""
        return self._service.rows("webhooks/{}/deliveries", webhook_id, params={**query})

    def delivery_replay(self, webhook_id: int, message_id: str) -> d.Message:
        """Sends a message again, under its old id."""
        return self._service.ask("POST", "webhooks/{}/deliveries/{}/replay", webhook_id, message_id)

    def replay(self, webhook_id: int, body: d.Replay | None = None) -> d.Replayed:
        """Sends again what could not be delivered."""
        return self._service.ask("POST", "webhooks/{}/replay", webhook_id, json=body)

    def rotate_secret(self, webhook_id: int) -> d.WebhookWithSecret:
        """A new secret, told this once; for a day messages carry the signatures of both."""
        return self._service.ask("POST", "webhooks/{}/rotate-secret", webhook_id)

    def test(self, webhook_id: int) -> d.Message:
        """Sends the event `webhook.test` to this address, whatever types it asked for."""
        return self._service.ask("POST", "webhooks/{}/test", webhook_id)


class WorkOrders(Resource):
    def list(self, **query: Unpack[d.WorkOrdersListQuery]) -> Iterator[d.WorkOrder]:
        """GET work-orders"""
        return self._service.rows("work-orders", params={**query})

    def create(self, body: d.WorkOrder) -> d.WorkOrder:
        """An item that was asked for before under the same reference is answered as it is now, with 200."""
        return self._service.ask("POST", "work-orders", json=body)

    def bulk_approve(self, body: d.WorkOrderBulkShortcut) -> d.BulkAnswer | d.WorkflowJob:
        """All or nothing, unless `rollback_on_error` is false; then 409 becomes 207."""
        return self._service.ask("POST", "work-orders/bulk/approve", json=body)

    def bulk_assign(self, body: d.WorkOrderBulkAssign) -> d.BulkAnswer | d.WorkflowJob:
        """All or nothing, unless `rollback_on_error` is false; then 409 becomes 207."""
        return self._service.ask("POST", "work-orders/bulk/assign", json=body)

    def bulk_reject(self, body: d.WorkOrderBulkShortcut) -> d.BulkAnswer | d.WorkflowJob:
        """All or nothing, unless `rollback_on_error` is false; then 409 becomes 207."""
        return self._service.ask("POST", "work-orders/bulk/reject", json=body)

    def bulk_transition(self, body: d.WorkOrderBulkTransition) -> d.BulkAnswer | d.WorkflowJob:
        """All or nothing, unless `rollback_on_error` is false; then 409 becomes 207."""
        return self._service.ask("POST", "work-orders/bulk/transition", json=body)

    def bulk_update(self, body: d.WorkOrderBulkUpdate) -> d.BulkAnswer | d.WorkflowJob:
        """All or nothing, unless `rollback_on_error` is false; then 409 becomes 207."""
        return self._service.ask("POST", "work-orders/bulk/update", json=body)

    def read(self, item_id: int) -> d.WorkOrder:
        """GET work-orders/{item_id}"""
        return self._service.ask("GET", "work-orders/{}", item_id)

    def update(self, item_id: int, body: d.WorkOrderChange) -> d.WorkOrder:
        """PATCH work-orders/{item_id}"""
        return self._service.ask("PATCH", "work-orders/{}", item_id, json=body)

    def delete(self, item_id: int) -> None:
        """DELETE work-orders/{item_id}"""
        self._service.ask("DELETE", "work-orders/{}", item_id)

    def approve(self, item_id: int, body: d.Verb) -> d.WorkOrderResult:
        """Moves it to APPROVED."""
        return self._service.ask("POST", "work-orders/{}/approve", item_id, json=body)

    def assign(self, item_id: int, body: d.Assign) -> d.WorkOrder:
        """POST work-orders/{item_id}/assign"""
        return self._service.ask("POST", "work-orders/{}/assign", item_id, json=body)

    def cancel(self, item_id: int, body: d.Verb) -> d.WorkOrderResult:
        """Moves it to CANCELLED."""
        return self._service.ask("POST", "work-orders/{}/cancel", item_id, json=body)

    def close(self, item_id: int, body: d.Verb) -> d.WorkOrderResult:
        """Moves it to CLOSED."""
        return self._service.ask("POST", "work-orders/{}/close", item_id, json=body)

    def complete(self, item_id: int, body: d.Verb) -> d.WorkOrderResult:
        """Moves it to COMPLETED."""
        return self._service.ask("POST", "work-orders/{}/complete", item_id, json=body)

    def history(self, item_id: int, **query: Unpack[d.WorkOrdersHistoryQuery]) -> Iterator[d.HistoryEntry]:
        """The story of the item, newest first."""
        return self._service.rows("work-orders/{}/history", item_id, params={**query})

    def line_items(self, item_id: int, **query: Unpack[d.WorkOrdersLineItemsQuery]) -> Iterator[d.LineItem]:
        """GET work-orders/{item_id}/line-items"""
        return self._service.rows("work-orders/{}/line-items", item_id, params={**query})

    def create_line_items(self, item_id: int, body: d.LineItem) -> d.LineItem:
        """POST work-orders/{item_id}/line-items"""
        return self._service.ask("POST", "work-orders/{}/line-items", item_id, json=body)

    def read_line_item(self, item_id: int, part_id: int) -> d.LineItem:
        """GET work-orders/{item_id}/line-items/{part_id}"""
        return self._service.ask("GET", "work-orders/{}/line-items/{}", item_id, part_id)

    def update_line_item(self, item_id: int, part_id: int, body: d.LineItemChange) -> d.LineItem:
        """PATCH work-orders/{item_id}/line-items/{part_id}"""
        return self._service.ask("PATCH", "work-orders/{}/line-items/{}", item_id, part_id, json=body)

    def delete_line_item(self, item_id: int, part_id: int) -> None:
        """DELETE work-orders/{item_id}/line-items/{part_id}"""
        self._service.ask("DELETE", "work-orders/{}/line-items/{}", item_id, part_id)

    def permit_approve(self, item_id: int, body: d.Verb) -> d.WorkOrderResult:
        """Moves the permit to APPROVED."""
        return self._service.ask("POST", "work-orders/{}/permit/approve", item_id, json=body)

    def permit_reject(self, item_id: int, body: d.Verb) -> d.WorkOrderResult:
        """Moves the permit to REJECTED."""
        return self._service.ask("POST", "work-orders/{}/permit/reject", item_id, json=body)

    def permit_resubmit(self, item_id: int, body: d.Verb) -> d.WorkOrderResult:
        """Moves the permit to PENDING."""
        return self._service.ask("POST", "work-orders/{}/permit/resubmit", item_id, json=body)

    def reject(self, item_id: int, body: d.Verb) -> d.WorkOrderResult:
        """Moves it to DRAFT."""
        return self._service.ask("POST", "work-orders/{}/reject", item_id, json=body)

    def reopen(self, item_id: int, body: d.Verb) -> d.WorkOrderResult:
        """Moves it to IN_PROGRESS."""
        return self._service.ask("POST", "work-orders/{}/reopen", item_id, json=body)

    def start(self, item_id: int, body: d.Verb) -> d.WorkOrderResult:
        """Moves it to IN_PROGRESS."""
        return self._service.ask("POST", "work-orders/{}/start", item_id, json=body)

    def submit(self, item_id: int, body: d.Verb) -> d.WorkOrderResult:
        """Moves it to SUBMITTED."""
        return self._service.ask("POST", "work-orders/{}/submit", item_id, json=body)

    def transition(self, item_id: int, body: d.Transition) -> d.WorkOrderResult:
        """POST work-orders/{item_id}/transition"""
        return self._service.ask("POST", "work-orders/{}/transition", item_id, json=body)

    def transitions(self, item_id: int) -> d.Options:
        """What could be asked next, and what stands in the way of the rest."""
        return self._service.ask("GET", "work-orders/{}/transitions", item_id)

    def verify(self, item_id: int, body: d.Verify) -> d.WorkOrderResult:
        """Closes the order or sends it back, as a listed verifier decides. The first decision counts."""
        return self._service.ask("POST", "work-orders/{}/verify", item_id, json=body)


class Workflow(ServiceClient):
    name = "workflow"

    @property
    def approvals(self) -> Approvals:
        return Approvals(self)

    @property
    def attendance(self) -> Attendance:
        return Attendance(self)

    @property
    def audit_log(self) -> AuditLog:
        return AuditLog(self)

    @property
    def delegations(self) -> Delegations:
        return Delegations(self)

    @property
    def erasures(self) -> Erasures:
        return Erasures(self)

    @property
    def events(self) -> Events:
        return Events(self)

    @property
    def features(self) -> Features:
        return Features(self)

    @property
    def geofences(self) -> Geofences:
        return Geofences(self)

    @property
    def jobs(self) -> Jobs:
        return Jobs(self)

    @property
    def machines(self) -> Machines:
        return Machines(self)

    @property
    def outbox(self) -> Outbox:
        return Outbox(self)

    @property
    def saved_searches(self) -> SavedSearches:
        return SavedSearches(self)

    @property
    def search(self) -> Search:
        return Search(self)

    @property
    def search_documents(self) -> SearchDocuments:
        return SearchDocuments(self)

    @property
    def settings(self) -> Settings:
        return Settings(self)

    @property
    def shifts(self) -> Shifts:
        return Shifts(self)

    @property
    def tasks(self) -> Tasks:
        return Tasks(self)

    @property
    def tickets(self) -> Tickets:
        return Tickets(self)

    @property
    def transitions(self) -> Transitions:
        return Transitions(self)

    @property
    def vendors(self) -> Vendors:
        return Vendors(self)

    @property
    def webhooks(self) -> Webhooks:
        return Webhooks(self)

    @property
    def work_orders(self) -> WorkOrders:
        return WorkOrders(self)
