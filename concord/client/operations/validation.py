"""What validation can be asked.

Made by `python -m docs.generate` from `services/validation/openapi.json`; do not edit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Unpack

from concord.client.calling import Event, Resource, ServiceClient

if TYPE_CHECKING:
    from concord.client.documents import validation as d


class Alerts(Resource):
    def list(self, **query: Unpack[d.AlertsListQuery]) -> Iterator[d.Alert]:
        """Alerts, newest first."""
        return self._service.rows("alerts", params={**query})

    def read(self, row_id: int) -> d.Alert:
        """One alert."""
        return self._service.ask("GET", "alerts/{}", row_id)

    def acknowledge(self, row_id: int, body: d.AlertAsk) -> d.Alert:
        """Somebody has it: it is not repeated."""
        return self._service.ask("POST", "alerts/{}/acknowledge", row_id, json=body)

    def mute(self, row_id: int, body: d.AlertMuteAsk) -> d.Alert:
        """Silent until a time, unless it gets worse."""
        return self._service.ask("POST", "alerts/{}/mute", row_id, json=body)

    def resolve(self, row_id: int, body: d.AlertAsk) -> d.Alert:
        """Over by hand; what still alarms opens another one."""
        return self._service.ask("POST", "alerts/{}/resolve", row_id, json=body)


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


class Characters(Resource):
    def list(self, **query: Unpack[d.CharactersListQuery]) -> Iterator[d.Character]:
        """Those that the caller sees."""
        return self._service.rows("characters", params={**query})

    def create(self, body: d.NewCharacter) -> d.Character:
        """Of the caller, unless who decides about it or edits all says otherwise."""
        return self._service.ask("POST", "characters", json=body)

    def read(self, character_id: int) -> d.Character:
        """GET characters/{character_id}"""
        return self._service.ask("GET", "characters/{}", character_id)

    def update(self, character_id: int, body: d.CharacterChangeChange) -> d.Character:
        """Its owner edits all while it is Un or Sub, afterwards texts and visibility; who decides about it, …"""
        return self._service.ask("PATCH", "characters/{}", character_id, json=body)

    def delete(self, character_id: int) -> None:
        """Only without a ledger; its roles in groups and its place in scenes go along."""
        self._service.ask("DELETE", "characters/{}", character_id)

    def balance(self, character_id: int) -> d.Balance:
        """What the character holds in each account, and the sum of what it has earned."""
        return self._service.ask("GET", "characters/{}/balance", character_id)

    def grant(self, character_id: int, body: d.Grant) -> d.Granted:
        """Gives points beside all play, with a reason; never to an own character."""
        return self._service.ask("POST", "characters/{}/grant", character_id, json=body)

    def ledger(self, character_id: int, **query: Unpack[d.CharactersLedgerQuery]) -> Iterator[d.Transfer]:
        """The entries of the character, the last one first."""
        return self._service.rows("characters/{}/ledger", character_id, params={**query})

    def quote(self, character_id: int, **query: Unpack[d.CharactersQuoteQuery]) -> d.Quote:
        """What the next rating of a trait costs; stores nothing."""
        return self._service.ask("GET", "characters/{}/quote", character_id, params={**query})

    def spend(self, character_id: int, body: d.Spend) -> d.Spent:
        """Reserves the points; the trait changes when the request is approved. Only the owner spends."""
        return self._service.ask("POST", "characters/{}/spend", character_id, json=body)

    def spend_options(self, character_id: int) -> d.Options:
        """What can be bought now: below its cap, affordable, and not asked for already."""
        return self._service.ask("GET", "characters/{}/spend-options", character_id)

    def spend_requests(
        self, character_id: int, **query: Unpack[d.CharactersSpendRequestsQuery]
    ) -> Iterator[d.SpendRequest]:
        """What the character has asked for, the last request first."""
        return self._service.rows("characters/{}/spend-requests", character_id, params={**query})

    def status_changes(
        self, character_id: int, **query: Unpack[d.CharactersStatusChangesQuery]
    ) -> Iterator[d.StatusChange]:
        """How its status has moved, from its creation on."""
        return self._service.rows("characters/{}/status-changes", character_id, params={**query})

    def transition(self, character_id: int, body: d.Transition) -> d.Character:
        """Moves its status. Who leaves the game (Ret, Dec) leaves all groups."""
        return self._service.ask("POST", "characters/{}/transition", character_id, json=body)

    def withdraw(self, character_id: int, body: d.Grant) -> d.Granted:
        """Takes back what was granted by mistake, never more than is available."""
        return self._service.ask("POST", "characters/{}/withdraw", character_id, json=body)


class Chronicles(Resource):
    def list(self, **query: Unpack[d.ChroniclesListQuery]) -> Iterator[d.Chronicle]:
        """GET chronicles"""
        return self._service.rows("chronicles", params={**query})

    def create(self, body: d.Chronicle) -> d.Chronicle:
        """POST chronicles"""
        return self._service.ask("POST", "chronicles", json=body)

    def read(self, row_id: int) -> d.Chronicle:
        """GET chronicles/{row_id}"""
        return self._service.ask("GET", "chronicles/{}", row_id)

    def update(self, row_id: int, body: d.ChronicleChange) -> d.Chronicle:
        """PATCH chronicles/{row_id}"""
        return self._service.ask("PATCH", "chronicles/{}", row_id, json=body)

    def delete(self, row_id: int) -> None:
        """Its storytellers go along; its characters stay, without a chronicle."""
        self._service.ask("DELETE", "chronicles/{}", row_id)

    def roster(self, row_id: int, **query: Unpack[d.ChroniclesRosterQuery]) -> Iterator[d.RosterEntry]:
        """Its characters that the caller sees, with status and points."""
        return self._service.rows("chronicles/{}/roster", row_id, params={**query})


class Constraints(Resource):
    def read(self) -> d.ConstraintList:
        """The constraints that rules become, and how they stand in the database."""
        return self._service.ask("GET", "constraints")


class Gamelines(Resource):
    def list(self, **query: Unpack[d.GamelinesListQuery]) -> Iterator[d.Gameline]:
        """GET gamelines"""
        return self._service.rows("gamelines", params={**query})

    def create(self, body: d.Gameline) -> d.Gameline:
        """POST gamelines"""
        return self._service.ask("POST", "gamelines", json=body)

    def read(self, row_id: int) -> d.Gameline:
        """GET gamelines/{row_id}"""
        return self._service.ask("GET", "gamelines/{}", row_id)

    def update(self, row_id: int, body: d.GamelineChange) -> d.Gameline:
        """PATCH gamelines/{row_id}"""
        return self._service.ask("PATCH", "gamelines/{}", row_id, json=body)

    def delete(self, row_id: int) -> None:
        """Its storytellers go along; its characters stay, without a gameline."""
        self._service.ask("DELETE", "gamelines/{}", row_id)


class Groups(Resource):
    def list(self, **query: Unpack[d.GroupsListQuery]) -> Iterator[d.Group]:
        """GET groups"""
        return self._service.rows("groups", params={**query})

    def create(self, body: d.Group) -> d.Group:
        """POST groups"""
        return self._service.ask("POST", "groups", json=body)

    def memberships(self, group_id: int, **query: Unpack[d.GroupsMembershipsQuery]) -> Iterator[d.Membership]:
        """GET groups/{group_id}/memberships"""
        return self._service.rows("groups/{}/memberships", group_id, params={**query})

    def create_memberships(self, group_id: int, body: d.Membership) -> d.Membership:
        """Not for a character that has left the game."""
        return self._service.ask("POST", "groups/{}/memberships", group_id, json=body)

    def read_membership(self, group_id: int, membership_id: int) -> d.Membership:
        """GET groups/{group_id}/memberships/{membership_id}"""
        return self._service.ask("GET", "groups/{}/memberships/{}", group_id, membership_id)

    def update_membership(self, group_id: int, membership_id: int, body: d.MembershipChange) -> d.Membership:
        """PATCH groups/{group_id}/memberships/{membership_id}"""
        return self._service.ask("PATCH", "groups/{}/memberships/{}", group_id, membership_id, json=body)

    def delete_membership(self, group_id: int, membership_id: int) -> None:
        """DELETE groups/{group_id}/memberships/{membership_id}"""
        self._service.ask("DELETE", "groups/{}/memberships/{}", group_id, membership_id)

    def read(self, row_id: int) -> d.Group:
        """GET groups/{row_id}"""
        return self._service.ask("GET", "groups/{}", row_id)

    def update(self, row_id: int, body: d.GroupChange) -> d.Group:
        """PATCH groups/{row_id}"""
        return self._service.ask("PATCH", "groups/{}", row_id, json=body)

    def delete(self, row_id: int) -> None:
        """DELETE groups/{row_id}"""
        self._service.ask("DELETE", "groups/{}", row_id)


class Health(Resource):
    def read(self, **query: Unpack[d.HealthReadQuery]) -> d.Health:
        """The report, made now, or as it was recorded last."""
        return self._service.ask("GET", "health", params={**query})

    def history(self, **query: Unpack[d.HealthHistoryQuery]) -> d.HealthHistory:
        """The points of a metric, with its trend."""
        return self._service.ask("GET", "health/history", params={**query})


class IntegrityRuns(Resource):
    def list(self, **query: Unpack[d.IntegrityRunsListQuery]) -> Iterator[d.IntegrityRunSummary]:
        """Runs, newest first."""
        return self._service.rows("integrity-runs", params={**query})

    def create(self, body: d.IntegrityRunAsk) -> d.IntegrityRun | d.Job:
        """A run as a job; with `inline` the answer is the run at its end. A fix takes `integrity.fix`."""
        return self._service.ask("POST", "integrity-runs", json=body)

    def read(self, run_id: str) -> d.IntegrityRun:
        """A run with its rules and examples."""
        return self._service.ask("GET", "integrity-runs/{}", run_id)

    def before_images(self, run_id: str, **query: Unpack[d.IntegrityRunsBeforeImagesQuery]) -> Iterator[d.BeforeImage]:
        """What a fix changed, with what was there before."""
        return self._service.rows("integrity-runs/{}/before-images", run_id, params={**query})

    def findings(self, run_id: str, **query: Unpack[d.IntegrityRunsFindingsQuery]) -> Iterator[d.IntegrityFinding]:
        """The failing rows that a run has kept."""
        return self._service.rows("integrity-runs/{}/findings", run_id, params={**query})

    def undo(self, run_id: str, body: d.IntegrityUndoAsk) -> d.IntegrityRun | d.Job:
        """Gives back what a fix changed, where nobody has changed it since."""
        return self._service.ask("POST", "integrity-runs/{}/undo", run_id, json=body)


class Jobs(Resource):
    def list(self, **query: Unpack[d.JobsListQuery]) -> Iterator[d.Job]:
        """GET jobs"""
        return self._service.rows("jobs", params={**query})

    def summary(self, **query: Unpack[d.JobsSummaryQuery]) -> d.JobSummary:
        """GET jobs/summary"""
        return self._service.ask("GET", "jobs/summary", params={**query})

    def read(self, job_id: str) -> d.Job:
        """GET jobs/{job_id}"""
        return self._service.ask("GET", "jobs/{}", job_id)

    def cancel(self, job_id: str) -> d.Job:
        """POST jobs/{job_id}/cancel"""
        return self._service.ask("POST", "jobs/{}/cancel", job_id)

    def events(self, job_id: str, **query: Unpack[d.JobsEventsQuery]) -> Iterator[Event]:
        """Server-Sent Events `state` and `progress`; resumable, ends with the end state."""
        return self._service.listen("jobs/{}/events", job_id, params={**query})

    def retry(self, job_id: str, body: d.Retry | None = None) -> d.RetriedJob:
        """POST jobs/{job_id}/retry"""
        return self._service.ask("POST", "jobs/{}/retry", job_id, json=body)

    def wait(self, job_id: str) -> d.Job:
        """200 when the job has ended, 404 while it has not."""
        return self._service.ask("GET", "jobs/{}/wait", job_id)


class LimitProfiles(Resource):
    def list(self, **query: Unpack[d.LimitProfilesListQuery]) -> Iterator[d.LimitProfile]:
        """GET limit-profiles"""
        return self._service.rows("limit-profiles", params={**query})

    def create(self, body: d.LimitProfile) -> d.LimitProfile:
        """Holds at once for the characters that it is for; refused where their values would be out of range."""
        return self._service.ask("POST", "limit-profiles", json=body)

    def read(self, row_id: int) -> d.LimitProfile:
        """GET limit-profiles/{row_id}"""
        return self._service.ask("GET", "limit-profiles/{}", row_id)

    def update(self, row_id: int, body: d.LimitProfileChange) -> d.LimitProfile:
        """PATCH limit-profiles/{row_id}"""
        return self._service.ask("PATCH", "limit-profiles/{}", row_id, json=body)

    def delete(self, row_id: int) -> None:
        """Its characters have the limits of the next profile that matches, or the usual ones."""
        self._service.ask("DELETE", "limit-profiles/{}", row_id)


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


class Quarantine(Resource):
    def list(self, **query: Unpack[d.QuarantineListQuery]) -> Iterator[d.Quarantine]:
        """Rows that are or were set apart."""
        return self._service.rows("quarantine", params={**query})

    def read(self, row_id: int) -> d.Quarantine:
        """GET quarantine/{row_id}"""
        return self._service.ask("GET", "quarantine/{}", row_id)

    def release(self, row_id: int, body: d.QuarantineReleaseAsk) -> d.Quarantine:
        """Takes a row back although it breaks its rule."""
        return self._service.ask("POST", "quarantine/{}/release", row_id, json=body)


class RuleSets(Resource):
    def list(self, **query: Unpack[d.RuleSetsListQuery]) -> Iterator[d.RuleSet]:
        """Those in use, the built-in ones too."""
        return self._service.rows("rule-sets", params={**query})

    def check(self, body: d.CheckDefinition) -> d.CheckedDefinition:
        """What is wrong with a definition, or what it says of some records; nothing is stored."""
        return self._service.ask("POST", "rule-sets/check", json=body)

    def read(self, name: str, **query: Unpack[d.RuleSetsReadQuery]) -> d.RuleSetWithDefinition:
        """With its definition; with `Accept: application/yaml` the definition alone, as YAML."""
        return self._service.ask("GET", "rule-sets/{}", name, params={**query})

    def replace(self, name: str, body: d.Definition) -> d.RuleSetWithDefinition:
        """Stores a definition as the newest version; one that says the same changes nothing."""
        return self._service.ask("PUT", "rule-sets/{}", name, json=body)

    def delete(self, name: str) -> None:
        """Retires it: nobody is judged by it any more, its versions stay readable."""
        self._service.ask("DELETE", "rule-sets/{}", name)

    def docs(self, name: str, **query: Unpack[d.RuleSetsDocsQuery]) -> Iterator[bytes]:
        """The set as a page for people: each rule with reason, severity, limits, constraint and last result."""
        return self._service.download("rule-sets/{}/docs", name, params={**query})

    def evaluate(self, name: str, body: d.Evaluate) -> d.Evaluation:
        """Which records break which rule: 200 also when all of them do. Nothing of the records is stored."""
        return self._service.ask("POST", "rule-sets/{}/evaluate", name, json=body)

    def evaluations(self, name: str, **query: Unpack[d.RuleSetsEvaluationsQuery]) -> Iterator[d.EvaluationTotals]:
        """The totals of callers' runs, by the label that they gave."""
        return self._service.rows("rule-sets/{}/evaluations", name, params={**query})

    def lists(self, name: str, **query: Unpack[d.RuleSetsListsQuery]) -> Iterator[d.RuleList]:
        """Without their values."""
        return self._service.rows("rule-sets/{}/lists", name, params={**query})

    def read_list(self, name: str, list_name: str) -> d.RuleListWithValues:
        """With all its values."""
        return self._service.ask("GET", "rule-sets/{}/lists/{}", name, list_name)

    def replace_list(self, name: str, list_name: str, body: d.ListBody) -> d.RuleList:
        """These values instead of those that the list had."""
        return self._service.ask("PUT", "rule-sets/{}/lists/{}", name, list_name, json=body)

    def delete_list(self, name: str, list_name: str) -> None:
        """Whoever looks into it from now on finds nothing."""
        self._service.ask("DELETE", "rule-sets/{}/lists/{}", name, list_name)

    def versions(self, name: str, **query: Unpack[d.RuleSetsVersionsQuery]) -> Iterator[d.Version]:
        """All versions of a set, the newest first; also of a retired one. A built-in set is versioned with the …"""
        return self._service.rows("rule-sets/{}/versions", name, params={**query})


class Rules(Resource):
    def history(self, name: str, rule: str, **query: Unpack[d.RulesHistoryQuery]) -> Iterator[d.FoundByRun]:
        """What each integrity run found of a rule, the newest first; also of one that the set has no more."""
        return self._service.rows("rules/{}/{}/history", name, rule, params={**query})


class Scenes(Resource):
    def list(self, **query: Unpack[d.ScenesListQuery]) -> Iterator[d.Scene]:
        """GET scenes"""
        return self._service.rows("scenes", params={**query})

    def create(self, body: d.Scene) -> d.Scene:
        """POST scenes"""
        return self._service.ask("POST", "scenes", json=body)

    def read(self, row_id: int) -> d.Scene:
        """GET scenes/{row_id}"""
        return self._service.ask("GET", "scenes/{}", row_id)

    def update(self, scene_id: int, body: d.SceneChange) -> d.Scene:
        """`characters` are all who take part then; they are fixed once the scene is finished."""
        return self._service.ask("PATCH", "scenes/{}", scene_id, json=body)

    def delete(self, scene_id: int) -> None:
        """Until it is awarded."""
        self._service.ask("DELETE", "scenes/{}", scene_id)

    def award(self, scene_id: int, body: d.Awards) -> d.AwardedScene:
        """One point for each participant whose entry is true; all entries or none, once."""
        return self._service.ask("POST", "scenes/{}/award", scene_id, json=body)

    def close(self, scene_id: int, body: d.Close) -> d.Scene:
        """Ends the scene in the week of its last post; from then on it can be awarded."""
        return self._service.ask("POST", "scenes/{}/close", scene_id, json=body)


class Schedules(Resource):
    def list(self, **query: Unpack[d.SchedulesListQuery]) -> Iterator[d.Schedule]:
        """All schedules of the tenant."""
        return self._service.rows("schedules", params={**query})

    def read(self, row_id: int) -> d.Schedule:
        """GET schedules/{row_id}"""
        return self._service.ask("GET", "schedules/{}", row_id)

    def update(self, row_id: int, body: d.ScheduleChange) -> d.Schedule:
        """When it fires, and whether at all."""
        return self._service.ask("PATCH", "schedules/{}", row_id, json=body)

    def run(self, row_id: int) -> d.Job:
        """Does now, in the caller's name, what is due later; when it fires next stays as it is."""
        return self._service.ask("POST", "schedules/{}/run", row_id)


class SpendRequests(Resource):
    def list(self, **query: Unpack[d.SpendRequestsListQuery]) -> Iterator[d.SpendRequest]:
        """The last request first."""
        return self._service.rows("spend-requests", params={**query})

    def read(self, request_id: int) -> d.SpendRequest:
        """GET spend-requests/{request_id}"""
        return self._service.ask("GET", "spend-requests/{}", request_id)

    def update(self, request_id: int, body: d.SpendRequestChange) -> d.SpendRequest:
        """Turns a request that waits to another target of the same cost; by who decides about the character."""
        return self._service.ask("PATCH", "spend-requests/{}", request_id, json=body)

    def approve(self, request_id: int, body: d.Decision) -> d.Spent:
        """Spends the reserved points and raises the trait, both or neither."""
        return self._service.ask("POST", "spend-requests/{}/approve", request_id, json=body)

    def deny(self, request_id: int, body: d.Decision) -> d.Spent:
        """Gives the reserved points back; the trait stays as it is."""
        return self._service.ask("POST", "spend-requests/{}/deny", request_id, json=body)

    def reverse(self, request_id: int, body: d.Reversal) -> d.Spent:
        """Takes an approved request back, once: the trait as before, the points available again."""
        return self._service.ask("POST", "spend-requests/{}/reverse", request_id, json=body)


class StRelationships(Resource):
    def list(self, **query: Unpack[d.StRelationshipsListQuery]) -> Iterator[d.StRelationship]:
        """GET st-relationships"""
        return self._service.rows("st-relationships", params={**query})

    def create(self, body: d.StRelationship) -> d.StRelationship:
        """POST st-relationships"""
        return self._service.ask("POST", "st-relationships", json=body)

    def read(self, row_id: int) -> d.StRelationship:
        """GET st-relationships/{row_id}"""
        return self._service.ask("GET", "st-relationships/{}", row_id)

    def update(self, row_id: int, body: d.StRelationshipChange) -> d.StRelationship:
        """PATCH st-relationships/{row_id}"""
        return self._service.ask("PATCH", "st-relationships/{}", row_id, json=body)

    def delete(self, row_id: int) -> None:
        """DELETE st-relationships/{row_id}"""
        self._service.ask("DELETE", "st-relationships/{}", row_id)


class Stories(Resource):
    def list(self, **query: Unpack[d.StoriesListQuery]) -> Iterator[d.Story]:
        """GET stories"""
        return self._service.rows("stories", params={**query})

    def create(self, body: d.Story) -> d.Story:
        """POST stories"""
        return self._service.ask("POST", "stories", json=body)

    def read(self, row_id: int) -> d.Story:
        """GET stories/{row_id}"""
        return self._service.ask("GET", "stories/{}", row_id)

    def update(self, row_id: int, body: d.StoryChange) -> d.Story:
        """PATCH stories/{row_id}"""
        return self._service.ask("PATCH", "stories/{}", row_id, json=body)

    def delete(self, story_id: int) -> None:
        """Until it is awarded."""
        self._service.ask("DELETE", "stories/{}", story_id)

    def award(self, story_id: int, body: d.Awards) -> d.AwardedStory:
        """An entry is an amount (0 to 10 000), or an object of success, danger, growth, drama (a point for each …"""
        return self._service.ask("POST", "stories/{}/award", story_id, json=body)


class StoryRequests(Resource):
    def list(self, **query: Unpack[d.StoryRequestsListQuery]) -> Iterator[d.StoryRequest]:
        """The last request first."""
        return self._service.rows("story-requests", params={**query})

    def create(self, body: d.StoryRequest) -> d.StoryRequest:
        """By the owner of the character, or by who decides about it."""
        return self._service.ask("POST", "story-requests", json=body)

    def read(self, request_id: int) -> d.StoryRequest:
        """GET story-requests/{request_id}"""
        return self._service.ask("GET", "story-requests/{}", request_id)

    def update(self, request_id: int, body: d.StoryChangeChange) -> d.StoryRequest:
        """While it waits."""
        return self._service.ask("PATCH", "story-requests/{}", request_id, json=body)

    def delete(self, request_id: int) -> None:
        """While it waits."""
        self._service.ask("DELETE", "story-requests/{}", request_id)

    def approve(self, request_id: int, body: d.StoryApproval) -> d.StoryDecision:
        """Books the points, once; what is sent along is rewritten first."""
        return self._service.ask("POST", "story-requests/{}/approve", request_id, json=body)

    def deny(self, request_id: int, body: d.Denial) -> d.StoryDecision:
        """Books nothing."""
        return self._service.ask("POST", "story-requests/{}/deny", request_id, json=body)


class Tariffs(Resource):
    def list(self, **query: Unpack[d.TariffsListQuery]) -> Iterator[d.Tariff]:
        """GET tariffs"""
        return self._service.rows("tariffs", params={**query})

    def create(self, body: d.Tariff) -> d.Tariff:
        """POST tariffs"""
        return self._service.ask("POST", "tariffs", json=body)

    def read(self, row_id: int) -> d.Tariff:
        """GET tariffs/{row_id}"""
        return self._service.ask("GET", "tariffs/{}", row_id)

    def update(self, row_id: int, body: d.TariffChange) -> d.Tariff:
        """PATCH tariffs/{row_id}"""
        return self._service.ask("PATCH", "tariffs/{}", row_id, json=body)

    def delete(self, row_id: int) -> None:
        """DELETE tariffs/{row_id}"""
        self._service.ask("DELETE", "tariffs/{}", row_id)


class Thresholds(Resource):
    def list(self, **query: Unpack[d.ThresholdsListQuery]) -> Iterator[d.Threshold]:
        """GET thresholds"""
        return self._service.rows("thresholds", params={**query})

    def create(self, body: d.Threshold) -> d.Threshold:
        """POST thresholds"""
        return self._service.ask("POST", "thresholds", json=body)

    def read(self, row_id: int) -> d.Threshold:
        """GET thresholds/{row_id}"""
        return self._service.ask("GET", "thresholds/{}", row_id)

    def update(self, row_id: int, body: d.ThresholdChange) -> d.Threshold:
        """PATCH thresholds/{row_id}"""
        return self._service.ask("PATCH", "thresholds/{}", row_id, json=body)

    def delete(self, row_id: int) -> None:
        """DELETE thresholds/{row_id}"""
        self._service.ask("DELETE", "thresholds/{}", row_id)


class TraitDefinitions(Resource):
    def list(self, **query: Unpack[d.TraitDefinitionsListQuery]) -> Iterator[d.TraitDefinition]:
        """GET trait-definitions"""
        return self._service.rows("trait-definitions", params={**query})

    def create(self, body: d.TraitDefinition) -> d.TraitDefinition:
        """POST trait-definitions"""
        return self._service.ask("POST", "trait-definitions", json=body)

    def read(self, row_id: int) -> d.TraitDefinition:
        """GET trait-definitions/{row_id}"""
        return self._service.ask("GET", "trait-definitions/{}", row_id)

    def update(self, row_id: int, body: d.TraitDefinitionChange) -> d.TraitDefinition:
        """PATCH trait-definitions/{row_id}"""
        return self._service.ask("PATCH", "trait-definitions/{}", row_id, json=body)

    def delete(self, row_id: int) -> None:
        """DELETE trait-definitions/{row_id}"""
        self._service.ask("DELETE", "trait-definitions/{}", row_id)


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


class WeeklyRequests(Resource):
    def list(self, **query: Unpack[d.WeeklyRequestsListQuery]) -> Iterator[d.WeeklyRequest]:
        """The last request first."""
        return self._service.rows("weekly-requests", params={**query})

    def create(self, body: d.WeeklyRequest) -> d.WeeklyRequest:
        """By the owner of the character, or by who decides about it."""
        return self._service.ask("POST", "weekly-requests", json=body)

    def read(self, request_id: int) -> d.WeeklyRequest:
        """GET weekly-requests/{request_id}"""
        return self._service.ask("GET", "weekly-requests/{}", request_id)

    def update(self, request_id: int, body: d.WeeklyChangeChange) -> d.WeeklyRequest:
        """While it waits."""
        return self._service.ask("PATCH", "weekly-requests/{}", request_id, json=body)

    def delete(self, request_id: int) -> None:
        """While it waits."""
        self._service.ask("DELETE", "weekly-requests/{}", request_id)

    def approve(self, request_id: int, body: d.WeeklyApproval) -> d.WeeklyDecision:
        """Books the points, once; what is sent along is rewritten first."""
        return self._service.ask("POST", "weekly-requests/{}/approve", request_id, json=body)

    def deny(self, request_id: int, body: d.Denial) -> d.WeeklyDecision:
        """Books nothing."""
        return self._service.ask("POST", "weekly-requests/{}/deny", request_id, json=body)


class Weeks(Resource):
    def list(self, **query: Unpack[d.WeeksListQuery]) -> Iterator[d.Week]:
        """GET weeks"""
        return self._service.rows("weeks", params={**query})

    def create(self, body: d.Week) -> d.WeekWithPlay:
        """POST weeks"""
        return self._service.ask("POST", "weeks", json=body)

    def lookup(self, **query: Unpack[d.WeeksLookupQuery]) -> d.Lookup:
        """The week that a day belongs to."""
        return self._service.ask("GET", "weeks/lookup", params={**query})

    def read(self, row_id: int) -> d.WeekWithPlay:
        """GET weeks/{row_id}"""
        return self._service.ask("GET", "weeks/{}", row_id)

    def update(self, row_id: int, body: d.WeekChange) -> d.WeekWithPlay:
        """PATCH weeks/{row_id}"""
        return self._service.ask("PATCH", "weeks/{}", row_id, json=body)

    def delete(self, row_id: int) -> None:
        """DELETE weeks/{row_id}"""
        self._service.ask("DELETE", "weeks/{}", row_id)


class XpTransfers(Resource):
    def list(self, **query: Unpack[d.XpTransfersListQuery]) -> Iterator[d.Transfer]:
        """The last entry first. With `Accept: text/csv` all that the filters name as CSV, the first entry first."""
        return self._service.rows("xp-transfers", params={**query})

    def read(self, transfer_id: int) -> d.Transfer:
        """GET xp-transfers/{transfer_id}"""
        return self._service.ask("GET", "xp-transfers/{}", transfer_id)


class Validation(ServiceClient):
    name = "validation"

    @property
    def alerts(self) -> Alerts:
        return Alerts(self)

    @property
    def audit_log(self) -> AuditLog:
        return AuditLog(self)

    @property
    def characters(self) -> Characters:
        return Characters(self)

    @property
    def chronicles(self) -> Chronicles:
        return Chronicles(self)

    @property
    def constraints(self) -> Constraints:
        return Constraints(self)

    @property
    def gamelines(self) -> Gamelines:
        return Gamelines(self)

    @property
    def groups(self) -> Groups:
        return Groups(self)

    @property
    def health(self) -> Health:
        return Health(self)

    @property
    def integrity_runs(self) -> IntegrityRuns:
        return IntegrityRuns(self)

    @property
    def jobs(self) -> Jobs:
        return Jobs(self)

    @property
    def limit_profiles(self) -> LimitProfiles:
        return LimitProfiles(self)

    @property
    def outbox(self) -> Outbox:
        return Outbox(self)

    @property
    def quarantine(self) -> Quarantine:
        return Quarantine(self)

    @property
    def rule_sets(self) -> RuleSets:
        return RuleSets(self)

    @property
    def rules(self) -> Rules:
        return Rules(self)

    @property
    def scenes(self) -> Scenes:
        return Scenes(self)

    @property
    def schedules(self) -> Schedules:
        return Schedules(self)

    @property
    def spend_requests(self) -> SpendRequests:
        return SpendRequests(self)

    @property
    def st_relationships(self) -> StRelationships:
        return StRelationships(self)

    @property
    def stories(self) -> Stories:
        return Stories(self)

    @property
    def story_requests(self) -> StoryRequests:
        return StoryRequests(self)

    @property
    def tariffs(self) -> Tariffs:
        return Tariffs(self)

    @property
    def thresholds(self) -> Thresholds:
        return Thresholds(self)

    @property
    def trait_definitions(self) -> TraitDefinitions:
        return TraitDefinitions(self)

    @property
    def webhooks(self) -> Webhooks:
        return Webhooks(self)

    @property
    def weekly_requests(self) -> WeeklyRequests:
        return WeeklyRequests(self)

    @property
    def weeks(self) -> Weeks:
        return Weeks(self)

    @property
    def xp_transfers(self) -> XpTransfers:
        return XpTransfers(self)
