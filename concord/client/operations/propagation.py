"""What propagation can be asked.

Made by `python -m docs.generate` from `services/propagation/openapi.json`; do not edit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Unpack

from concord.client.calling import Event, Resource, ServiceClient

if TYPE_CHECKING:
    from concord.client.documents import propagation as d


class AuditLog(Resource):
    def list(self, **query: Unpack[d.AuditLogListQuery]) -> Iterator[d.AuditRow]:
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


class DimensionConstraints(Resource):
    def list(self, **query: Unpack[d.DimensionConstraintsListQuery]) -> Iterator[d.Constraint]:
        """GET dimension-constraints"""
        return self._service.rows("dimension-constraints", params={**query})

    def create(self, body: d.Constraint) -> d.Constraint:
        """POST dimension-constraints"""
        return self._service.ask("POST", "dimension-constraints", json=body)

    def read(self, row_id: int) -> d.Constraint:
        """GET dimension-constraints/{row_id}"""
        return self._service.ask("GET", "dimension-constraints/{}", row_id)

    def update(self, row_id: int, body: d.ConstraintChange) -> d.Constraint:
        """PATCH dimension-constraints/{row_id}"""
        return self._service.ask("PATCH", "dimension-constraints/{}", row_id, json=body)

    def delete(self, row_id: int) -> None:
        """DELETE dimension-constraints/{row_id}"""
        self._service.ask("DELETE", "dimension-constraints/{}", row_id)


class DimensionValues(Resource):
    def list(self, **query: Unpack[d.DimensionValuesListQuery]) -> Iterator[d.DimensionValue]:
        """GET dimension-values"""
        return self._service.rows("dimension-values", params={**query})

    def create(self, body: d.DimensionValue) -> d.DimensionValue:
        """POST dimension-values"""
        return self._service.ask("POST", "dimension-values", json=body)

    def set_parents(self, body: d.SetParents) -> d.ParentsSet:
        """Says which value of the parent dimension each of these values belongs to: all of them, or none."""
        return self._service.ask("POST", "dimension-values/set-parents", json=body)

    def read(self, row_id: int) -> d.DimensionValue:
        """GET dimension-values/{row_id}"""
        return self._service.ask("GET", "dimension-values/{}", row_id)

    def update(self, row_id: int, body: d.DimensionValueChangeChange) -> d.DimensionValueAnswerChange:
        """Renaming a value makes every name again that holds it; one that goes needs `replace_with` while in use."""
        return self._service.ask("PATCH", "dimension-values/{}", row_id, json=body)

    def delete(self, row_id: int, **query: Unpack[d.DimensionValuesDeleteQuery]) -> d.RunAnswer | None:
        """DELETE dimension-values/{row_id}"""
        return self._service.ask("DELETE", "dimension-values/{}", row_id, params={**query})


class Dimensions(Resource):
    def list(self, **query: Unpack[d.DimensionsListQuery]) -> Iterator[d.Dimension]:
        """GET dimensions"""
        return self._service.rows("dimensions", params={**query})

    def create(self, body: d.Dimension) -> d.Dimension:
        """POST dimensions"""
        return self._service.ask("POST", "dimensions", json=body)

    def read(self, row_id: int) -> d.Dimension:
        """GET dimensions/{row_id}"""
        return self._service.ask("GET", "dimensions/{}", row_id)

    def update(self, row_id: int, body: d.DimensionChange) -> d.Dimension:
        """PATCH dimensions/{row_id}"""
        return self._service.ask("PATCH", "dimensions/{}", row_id, json=body)

    def delete(self, row_id: int) -> None:
        """DELETE dimensions/{row_id}"""
        self._service.ask("DELETE", "dimensions/{}", row_id)

    def constraints_check(self, row_id: int, body: d.ConstraintCheck) -> d.ConstraintChecked:
        """Tries a value; what it breaks is told in the order of the constraints."""
        return self._service.ask("POST", "dimensions/{}/constraints/check", row_id, json=body)

    def constraints_reorder(self, row_id: int, body: d.ConstraintReorder) -> d.ConstraintsInOrder:
        """Sets the orders of all constraints of the dimension to 1..n, as named."""
        return self._service.ask("POST", "dimensions/{}/constraints/reorder", row_id, json=body)


class Errors(Resource):
    def list(self, **query: Unpack[d.ErrorsListQuery]) -> Iterator[d.Error]:
        """GET errors"""
        return self._service.rows("errors", params={**query})

    def read(self, error_id: int) -> d.Error:
        """GET errors/{error_id}"""
        return self._service.ask("GET", "errors/{}", error_id)

    def mark_resolved(self, error_id: int, body: d.Body) -> d.Resolved:
        """POST errors/{error_id}/mark_resolved"""
        return self._service.ask("POST", "errors/{}/mark_resolved", error_id, json=body)

    def retry(self, error_id: int, body: d.Body) -> d.Retried:
        """Runs what failed again; 202 where a worker does it."""
        return self._service.ask("POST", "errors/{}/retry", error_id, json=body)


class Events(Resource):
    def listen(self, **query: Unpack[d.EventsListenQuery]) -> Iterator[Event]:
        """Server-Sent Events of the caller's own jobs; resumable by Last-Event-ID. The setting …"""
        return self._service.listen("events", params={**query})


class Fields(Resource):
    def list(self, **query: Unpack[d.FieldsListQuery]) -> Iterator[d.Field]:
        """GET fields"""
        return self._service.rows("fields", params={**query})

    def create(self, body: d.Field) -> d.Field:
        """POST fields"""
        return self._service.ask("POST", "fields", json=body)

    def read(self, row_id: int) -> d.Field:
        """GET fields/{row_id}"""
        return self._service.ask("GET", "fields/{}", row_id)

    def update(self, row_id: int, body: d.FieldChange) -> d.Field:
        """PATCH fields/{row_id}"""
        return self._service.ask("PATCH", "fields/{}", row_id, json=body)

    def delete(self, row_id: int) -> None:
        """DELETE fields/{row_id}"""
        self._service.ask("DELETE", "fields/{}", row_id)


class Imports(Resource):
    def create(self, files: dict[str, Any], form: dict[str, Any] | None = None) -> d.Import:
        """One run for the whole file. Columns: string_id, key, parent_id, parent_key, field, value, …"""
        return self._service.ask("POST", "imports", files=files, data=form)

    def read(self, job_id: str) -> d.Import:
        """How far an import is, with its first rows."""
        return self._service.ask("GET", "imports/{}", job_id)

    def rows(self, job_id: str, **query: Unpack[d.ImportsRowsQuery]) -> Iterator[d.ImportRow]:
        """What became of each row; as CSV a line for each fault."""
        return self._service.rows("imports/{}/rows", job_id, params={**query})


class Jobs(Resource):
    def list(self, **query: Unpack[d.JobsListQuery]) -> Iterator[d.Run]:
        """GET jobs"""
        return self._service.rows("jobs", params={**query})

    def cleanup(self, body: d.Cleanup) -> d.Run:
        """Forgets runs that ended some time ago, now instead of in the night; histories and audit rows stay."""
        return self._service.ask("POST", "jobs/cleanup", json=body)

    def report(self, **query: Unpack[d.JobsReportQuery]) -> d.Report:
        """Runs, strings and errors between two times."""
        return self._service.ask("GET", "jobs/report", params={**query})

    def summary(self, **query: Unpack[d.JobsSummaryQuery]) -> d.RunSummary:
        """GET jobs/summary"""
        return self._service.ask("GET", "jobs/summary", params={**query})

    def read(self, job_id: str) -> d.Run:
        """GET jobs/{job_id}"""
        return self._service.ask("GET", "jobs/{}", job_id)

    def cancel(self, job_id: str) -> d.Run:
        """POST jobs/{job_id}/cancel"""
        return self._service.ask("POST", "jobs/{}/cancel", job_id)

    def changes(self, job_id: str, **query: Unpack[d.JobsChangesQuery]) -> Iterator[d.RunChange]:
        """The diff of a run, string by string: applied, failed, skipped, planned. As CSV a line for each changed …"""
        return self._service.rows("jobs/{}/changes", job_id, params={**query})

    def decision(self, job_id: str, body: d.Decision) -> d.Run:
        """The callback of an approval, signed by the service that it was asked of: approved starts exactly the …"""
        return self._service.ask("POST", "jobs/{}/decision", job_id, json=body)

    def errors(self, job_id: str, **query: Unpack[d.JobsErrorsQuery]) -> Iterator[d.Error]:
        """The errors of a run, with the names of their strings."""
        return self._service.rows("jobs/{}/errors", job_id, params={**query})

    def events(self, job_id: str, **query: Unpack[d.JobsEventsQuery]) -> Iterator[Event]:
        """Server-Sent Events `state` and `progress`; resumable, ends with the end state."""
        return self._service.listen("jobs/{}/events", job_id, params={**query})

    def names(self, job_id: str, **query: Unpack[d.JobsNamesQuery]) -> Iterator[d.CheckedName]:
        """What a check of many names has found so far; as CSV the file with columns added. The figures are in the …"""
        return self._service.rows("jobs/{}/names", job_id, params={**query})

    def retry(self, job_id: str, body: d.RunRetry | None = None) -> d.RetriedRun:
        """POST jobs/{job_id}/retry"""
        return self._service.ask("POST", "jobs/{}/retry", job_id, json=body)

    def undo(self, job_id: str, body: d.Undo) -> d.UndoingRun:
        """Takes a run back: details, lineage and names, except of strings that were changed since."""
        return self._service.ask("POST", "jobs/{}/undo", job_id, json=body)

    def wait(self, job_id: str) -> d.Run:
        """200 when the job has ended, 404 while it has not."""
        return self._service.ask("GET", "jobs/{}/wait", job_id)


class Members(Resource):
    def list(self, **query: Unpack[d.MembersListQuery]) -> Iterator[d.Member]:
        """GET members"""
        return self._service.rows("members", params={**query})

    def create(self, body: d.Member) -> d.Member:
        """POST members"""
        return self._service.ask("POST", "members", json=body)

    def read(self, row_id: int) -> d.Member:
        """GET members/{row_id}"""
        return self._service.ask("GET", "members/{}", row_id)

    def update(self, row_id: int, body: d.MemberChange) -> d.Member:
        """PATCH members/{row_id}"""
        return self._service.ask("PATCH", "members/{}", row_id, json=body)

    def delete(self, row_id: int) -> None:
        """DELETE members/{row_id}"""
        self._service.ask("DELETE", "members/{}", row_id)


class Names(Resource):
    def check(self, body: d.Check, **query: Unpack[d.NamesCheckQuery]) -> d.Checked | d.Run:
        """Names checked beside each other, from JSON or from a CSV file; answered as JSON, or as the CSV with …"""
        return self._service.ask("POST", "names/check", json=body, params={**query})

    def parse(self, body: d.Parse) -> d.Parsed:
        """What a name says by the rule of its field, or why it says nothing."""
        return self._service.ask("POST", "names/parse", json=body)


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


class Platforms(Resource):
    def list(self, **query: Unpack[d.PlatformsListQuery]) -> Iterator[d.Platform]:
        """GET platforms"""
        return self._service.rows("platforms", params={**query})

    def create(self, body: d.Platform) -> d.Platform:
        """POST platforms"""
        return self._service.ask("POST", "platforms", json=body)

    def catalogues(self) -> d.Catalogues:
        """Ad platforms that can be installed, with the levels of their entities."""
        return self._service.ask("GET", "platforms/catalogues")

    def install(self, body: d.Install) -> d.Installed:
        """A platform of the catalogue with a field for each of its levels; a second time is 409 `already_exists`."""
        return self._service.ask("POST", "platforms/install", json=body)

    def read(self, row_id: int) -> d.Platform:
        """GET platforms/{row_id}"""
        return self._service.ask("GET", "platforms/{}", row_id)

    def update(self, row_id: int, body: d.PlatformChange) -> d.Platform:
        """PATCH platforms/{row_id}"""
        return self._service.ask("PATCH", "platforms/{}", row_id, json=body)

    def delete(self, row_id: int) -> None:
        """DELETE platforms/{row_id}"""
        self._service.ask("DELETE", "platforms/{}", row_id)


class RuleDetails(Resource):
    def list(self, **query: Unpack[d.RuleDetailsListQuery]) -> Iterator[d.RuleDetail]:
        """GET rule-details"""
        return self._service.rows("rule-details", params={**query})

    def create(self, body: d.RuleDetailChange) -> d.RunAnswer | d.RuleDetailAnswer | d.RuleDetailAnswerChange:
        """POST rule-details"""
        return self._service.ask("POST", "rule-details", json=body)

    def read(self, row_id: int) -> d.RuleDetail:
        """GET rule-details/{row_id}"""
        return self._service.ask("GET", "rule-details/{}", row_id)

    def update(self, row_id: int, body: d.RuleDetailChangeChange) -> d.RuleDetailAnswerChange:
        """PATCH rule-details/{row_id}"""
        return self._service.ask("PATCH", "rule-details/{}", row_id, json=body)

    def delete(self, row_id: int, **query: Unpack[d.RuleDetailsDeleteQuery]) -> d.RunAnswer | None:
        """DELETE rule-details/{row_id}"""
        return self._service.ask("DELETE", "rule-details/{}", row_id, params={**query})


class Rules(Resource):
    def list(self, **query: Unpack[d.RulesListQuery]) -> Iterator[d.Rule]:
        """GET rules"""
        return self._service.rows("rules", params={**query})

    def create(self, body: d.Rule) -> d.RuleAnswer:
        """POST rules"""
        return self._service.ask("POST", "rules", json=body)

    def read(self, row_id: int) -> d.RuleAnswer:
        """GET rules/{row_id}"""
        return self._service.ask("GET", "rules/{}", row_id)

    def update(self, row_id: int, body: d.RuleChange) -> d.RuleAnswer:
        """PATCH rules/{row_id}"""
        return self._service.ask("PATCH", "rules/{}", row_id, json=body)

    def delete(self, row_id: int) -> None:
        """DELETE rules/{row_id}"""
        self._service.ask("DELETE", "rules/{}", row_id)

    def inheritance(self, row_id: int) -> d.Matrix:
        """Which dimension is repeated on which level, from where, and whether it is written alike."""
        return self._service.ask("GET", "rules/{}/inheritance", row_id)

    def reorder(self, row_id: int, body: d.Reorder) -> d.Reordered:
        """Sets the orders of a rule's parts at one field to 1..n."""
        return self._service.ask("POST", "rules/{}/reorder", row_id, json=body)

    def simulate(self, row_id: int, body: d.Simulation) -> d.Simulated:
        """The name that these values would get, with edits that are not saved; nothing is stored."""
        return self._service.ask("POST", "rules/{}/simulate", row_id, json=body)


class Settings(Resource):
    def list(self, **query: Unpack[d.SettingsListQuery]) -> Iterator[d.Settings]:
        """GET settings"""
        return self._service.rows("settings", params={**query})

    def create(self, body: d.Settings) -> d.Settings:
        """POST settings"""
        return self._service.ask("POST", "settings", json=body)

    def current(self) -> d.CurrentSettings:
        """GET settings/current"""
        return self._service.ask("GET", "settings/current")

    def replace_current(self, body: d.CurrentSettings) -> d.CurrentSettings:
        """PUT settings/current"""
        return self._service.ask("PUT", "settings/current", json=body)

    def workspace(self) -> d.Layer:
        """GET settings/workspace"""
        return self._service.ask("GET", "settings/workspace")

    def update_workspace(self, body: d.Layer) -> d.Layer:
        """PATCH settings/workspace"""
        return self._service.ask("PATCH", "settings/workspace", json=body)

    def read(self, row_id: int) -> d.Settings:
        """GET settings/{row_id}"""
        return self._service.ask("GET", "settings/{}", row_id)

    def replace(self, row_id: int, body: d.Settings) -> d.Settings:
        """PUT settings/{row_id}"""
        return self._service.ask("PUT", "settings/{}", row_id, json=body)

    def update(self, row_id: int, body: d.Settings) -> d.Settings:
        """PATCH settings/{row_id}"""
        return self._service.ask("PATCH", "settings/{}", row_id, json=body)

    def delete(self, row_id: int) -> None:
        """DELETE settings/{row_id}"""
        self._service.ask("DELETE", "settings/{}", row_id)


class StringDetails(Resource):
    def list(self, **query: Unpack[d.StringDetailsListQuery]) -> Iterator[d.Detail]:
        """GET string-details"""
        return self._service.rows("string-details", params={**query})

    def create(self, body: d.NewDetailBody) -> d.RunAnswer | d.ChangedDetail:
        """A detail for a dimension that the string lacks."""
        return self._service.ask("POST", "string-details", json=body)

    def analyze_impact(self, body: d.Analyze) -> d.Impact | d.Run:
        """What these updates would change, exactly as a run over the same data would; nothing is written."""
        return self._service.ask("POST", "string-details/analyze_impact", json=body)

    def batch_update(self, body: d.Batch) -> d.BatchAnswer:
        """Up to a hundred updates as one run: 200 all done, 207 some, 409 none, 202 a worker has it."""
        return self._service.ask("PUT", "string-details/batch_update", json=body)

    def delete(self, detail_id: int, **query: Unpack[d.StringDetailsDeleteQuery]) -> d.RunAnswer:
        """Takes a detail away where the rule does not require it; what was inherited from it stays, and becomes …"""
        return self._service.ask("DELETE", "string-details/{}", detail_id, params={**query})

    def reset(self, detail_id: int, body: d.ResetBody) -> d.ChangedDetail:
        """Gives up an own value and takes what stands above."""
        return self._service.ask("POST", "string-details/{}/reset", detail_id, json=body)

    def read(self, row_id: int) -> d.Detail:
        """GET string-details/{row_id}"""
        return self._service.ask("GET", "string-details/{}", row_id)

    def replace(self, row_id: int, body: d.DetailChange) -> d.ChangedDetail:
        """PUT string-details/{row_id}"""
        return self._service.ask("PUT", "string-details/{}", row_id, json=body)

    def update(self, row_id: int, body: d.DetailChange) -> d.ChangedDetail:
        """PATCH string-details/{row_id}"""
        return self._service.ask("PATCH", "string-details/{}", row_id, json=body)


class Strings(Resource):
    def list(self, **query: Unpack[d.StringsListQuery]) -> Iterator[d.String]:
        """A page; with `format=csv` all that the filters name, in the columns that an import takes."""
        return self._service.rows("strings", params={**query})

    def create(self, body: d.NewString) -> d.StringAnswer:
        """POST strings"""
        return self._service.ask("POST", "strings", json=body)

    def analyze_impact(self, body: d.StringAnalyze) -> d.StringImpact:
        """What these updates would change, exactly as a run over the same data would, and what would stop them."""
        return self._service.ask("POST", "strings/analyze_impact", json=body)

    def batch_update(self, body: d.StringBatch) -> d.StringBatchAnswer:
        """Up to a thousand strings as one run: 200 all done, 207 some, 409 none, 202 a worker has it."""
        return self._service.ask("PUT", "strings/batch_update", json=body)

    def check(self, body: d.CheckBody) -> d.CheckReport:
        """Compares stored names with their details, rules, places and neighbours; nothing is written."""
        return self._service.ask("POST", "strings/check", json=body)

    def conflicts(self, body: d.ConflictsBody) -> d.Conflicts:
        """What was changed since it was seen, and all else that stands against the updates; nothing is written."""
        return self._service.ask("POST", "strings/conflicts", json=body)

    def conflicts_resolve(self, body: d.ResolveBody) -> d.Resolutions:
        """What comes of each conflict; with `apply` the values agreed on are stored on the present versions, as …"""
        return self._service.ask("POST", "strings/conflicts/resolve", json=body)

    def conflicts_suggest(self, body: d.SuggestBody) -> d.Suggestions:
        """The ways out of each conflict, with what may be lost on them."""
        return self._service.ask("POST", "strings/conflicts/suggest", json=body)

    def read(self, string_id: int) -> d.String:
        """GET strings/{string_id}"""
        return self._service.ask("GET", "strings/{}", string_id)

    def update(self, string_id: int, body: d.StringChangeBody) -> d.ChangedString:
        """Another parent, another submission, custom fields."""
        return self._service.ask("PATCH", "strings/{}", string_id, json=body)

    def delete(self, string_id: int, **query: Unpack[d.StringsDeleteQuery]) -> d.Deleted | None:
        """DELETE strings/{string_id}"""
        return self._service.ask("DELETE", "strings/{}", string_id, params={**query})

    def ancestors(self, string_id: int, **query: Unpack[d.StringsAncestorsQuery]) -> Iterator[d.PlacedString]:
        """What stands above, the nearest first; the parent is level 1."""
        return self._service.rows("strings/{}/ancestors", string_id, params={**query})

    def descendants(self, string_id: int, **query: Unpack[d.StringsDescendantsQuery]) -> Iterator[d.PlacedString]:
        """What stands below, level by level; the children are level 1."""
        return self._service.rows("strings/{}/descendants", string_id, params={**query})

    def explain(self, string_id: int) -> d.Explanation:
        """Where each part of the name comes from, which rule decides about it, who changed it last and when."""
        return self._service.ask("GET", "strings/{}/explain", string_id)

    def history(self, string_id: int, **query: Unpack[d.StringsHistoryQuery]) -> Iterator[d.Version]:
        """What changed, newest first; empty for a string that was never changed."""
        return self._service.rows("strings/{}/history", string_id, params={**query})

    def propagate(self, string_id: int, body: d.PropagateBody) -> d.Propagated:
        """Brings the string up to date and sends its details down, in every mode."""
        return self._service.ask("POST", "strings/{}/propagate", string_id, json=body)

    def restore(self, string_id: int, body: d.RestoreBody) -> d.Propagated:
        """Puts the details and custom fields of an earlier version back, and lets what is below follow."""
        return self._service.ask("POST", "strings/{}/restore", string_id, json=body)


class Submissions(Resource):
    def list(self, **query: Unpack[d.SubmissionsListQuery]) -> Iterator[d.Submission]:
        """GET submissions"""
        return self._service.rows("submissions", params={**query})

    def create(self, body: d.Submission) -> d.Submission:
        """POST submissions"""
        return self._service.ask("POST", "submissions", json=body)

    def read(self, row_id: int) -> d.Submission:
        """GET submissions/{row_id}"""
        return self._service.ask("GET", "submissions/{}", row_id)

    def update(self, row_id: int, body: d.SubmissionChange) -> d.Submission:
        """PATCH submissions/{row_id}"""
        return self._service.ask("PATCH", "submissions/{}", row_id, json=body)

    def delete(self, row_id: int) -> None:
        """DELETE submissions/{row_id}"""
        self._service.ask("DELETE", "submissions/{}", row_id)


class Workspace(Resource):
    def read(self) -> d.Workspace:
        """GET workspace"""
        return self._service.ask("GET", "workspace")

    def update(self, body: d.WorkspaceChange) -> d.Workspace:
        """PATCH workspace"""
        return self._service.ask("PATCH", "workspace", json=body)


class Propagation(ServiceClient):
    name = "propagation"

    @property
    def audit_log(self) -> AuditLog:
        return AuditLog(self)

    @property
    def dimension_constraints(self) -> DimensionConstraints:
        return DimensionConstraints(self)

    @property
    def dimension_values(self) -> DimensionValues:
        return DimensionValues(self)

    @property
    def dimensions(self) -> Dimensions:
        return Dimensions(self)

    @property
    def errors(self) -> Errors:
        return Errors(self)

    @property
    def events(self) -> Events:
        return Events(self)

    @property
    def fields(self) -> Fields:
        return Fields(self)

    @property
    def imports(self) -> Imports:
        return Imports(self)

    @property
    def jobs(self) -> Jobs:
        return Jobs(self)

    @property
    def members(self) -> Members:
        return Members(self)

    @property
    def names(self) -> Names:
        return Names(self)

    @property
    def outbox(self) -> Outbox:
        return Outbox(self)

    @property
    def platforms(self) -> Platforms:
        return Platforms(self)

    @property
    def rule_details(self) -> RuleDetails:
        return RuleDetails(self)

    @property
    def rules(self) -> Rules:
        return Rules(self)

    @property
    def settings(self) -> Settings:
        return Settings(self)

    @property
    def string_details(self) -> StringDetails:
        return StringDetails(self)

    @property
    def strings(self) -> Strings:
        return Strings(self)

    @property
    def submissions(self) -> Submissions:
        return Submissions(self)

    @property
    def workspace(self) -> Workspace:
        return Workspace(self)
