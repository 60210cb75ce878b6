"""What goes to validation and comes from there.

Made by `python -m docs.generate` from `services/validation/openapi.json`; do not edit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Required, TypedDict


class Alert(TypedDict, total=False):
    breaches: list[dict[str, Any]]
    created_at: str | None
    created_by: str | None
    group: str | None
    handled_by: str | None
    id: int | None
    muted_until: str | None
    reason: str | None
    resolved_at: str | None
    severity: str | None
    state: str | None
    ticket: int | None
    told_at: str | None
    updated_at: str | None
    version: int


class AlertAsk(TypedDict, total=False):
    reason: str


class AlertList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Alert]]


class AlertMuteAsk(TypedDict, total=False):
    reason: str
    until: Required[str]


AnyObject = dict[str, Any]


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


class AwardResult(TypedDict, total=False):
    amount: Required[int]
    character: Required[int]
    xp: Required[int]


class AwardedScene(TypedDict, total=False):
    awarded: Required[int]
    results: Required[list[AwardResult]]
    scene: Required[Scene]


class AwardedStory(TypedDict, total=False):
    awarded: Required[int]
    results: Required[list[AwardResult]]
    story: Required[Story]


class Awards(TypedDict, total=False):
    awards: Required[dict[str, Any]]
    version: int | None


class Balance(TypedDict, total=False):
    available: Required[int]
    earned: Required[int]
    pending: Required[int]
    spent: Required[int]


class BeforeImage(TypedDict, total=False):
    created_at: str | None
    id: int | None
    new: dict[str, Any] | None
    old: dict[str, Any] | None
    row: int | None
    rule: str | None
    table: str | None
    undone_at: str | None


class BeforeImageList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[BeforeImage]]


class Character(TypedDict, total=False):
    academics: int
    age: int | None
    alertness: int
    apparent_age: int | None
    appearance: int
    athletics: int
    brawl: int
    character_type: str
    charisma: int
    chronicle: int | None
    computer: int
    concept: str
    crafts: int
    created_at: str | None
    created_by: str | None
    creation_status: int
    date_of_birth: str | None
    description: str
    dexterity: int
    display: bool
    drive: int
    empathy: int
    etiquette: int
    expression: int
    firearms: int
    freebies: int
    freebies_approved: bool
    gameline: int | None
    id: int | None
    image_status: str
    intelligence: int
    intimidation: int
    investigation: int
    ledger_entries: int | None
    limit_profile: int | None
    limits: Limits
    manipulation: int
    medicine: int
    melee: int
    name: Required[str]
    notes: str
    npc: bool
    owner: str | None
    perception: int
    public_info: str
    quarantined: bool
    science: int
    st_notes: str
    stamina: int
    status: str | None
    stealth: int
    streetwise: int
    strength: int
    subterfuge: int
    temporary_willpower: int
    traits: dict[str, int]
    updated_at: str | None
    version: int
    visibility: str
    willpower: int
    wits: int
    xp: int | None
    xp_pending: int | None
    xp_spent: int | None


class CharacterChangeChange(TypedDict, total=False):
    academics: int
    age: int | None
    alertness: int
    apparent_age: int | None
    appearance: int
    athletics: int
    brawl: int
    character_type: str
    charisma: int
    chronicle: int | None
    computer: int
    concept: str
    crafts: int
    created_at: str | None
    created_by: str | None
    creation_status: int
    date_of_birth: str | None
    description: str
    dexterity: int
    display: bool
    drive: int
    empathy: int
    etiquette: int
    expression: int
    firearms: int
    freebies: int
    freebies_approved: bool
    gameline: int | None
    id: int | None
    image_status: str
    intelligence: int
    intimidation: int
    investigation: int
    ledger_entries: int | None
    limit_profile: int | None
    limits: Limits
    manipulation: int
    medicine: int
    melee: int
    name: str
    notes: str
    npc: bool
    owner: str | None
    perception: int
    public_info: str
    quarantined: bool
    science: int
    st_notes: str
    stamina: int
    status: str | None
    stealth: int
    streetwise: int
    strength: int
    subterfuge: int
    temporary_willpower: int
    traits: dict[str, int]
    updated_at: str | None
    version: int
    visibility: str
    willpower: int
    wits: int
    xp: int
    xp_pending: int | None
    xp_spent: int | None


class CharacterList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Character]]


class CheckDefinition(TypedDict, total=False):
    definition: Required[Any]
    detail: Literal["summary", "failures"]
    failure_limit: int
    records: list[Any] | None


class CheckedDefinition(TypedDict, total=False):
    faults: list[dict[str, Any]]
    results: Evaluation | None
    valid: bool


class Chronicle(TypedDict, total=False):
    allowed_types: list[str]
    created_at: str | None
    created_by: str | None
    game_storytellers: list[str]
    head_st: str | None
    id: int | None
    mood: str
    name: Required[str]
    theme: str
    updated_at: str | None
    version: int
    year: int


class ChronicleChange(TypedDict, total=False):
    allowed_types: list[str]
    created_at: str | None
    created_by: str | None
    game_storytellers: list[str]
    head_st: str | None
    id: int | None
    mood: str
    name: str
    theme: str
    updated_at: str | None
    version: int
    year: int


class ChronicleList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Chronicle]]


class Close(TypedDict, total=False):
    last_post_date: str | None
    version: int | None


class ConstraintList(TypedDict, total=False):
    results: list[GuardedRule]


class Decision(TypedDict, total=False):
    character: int | None
    expected_value: int | None
    reason: str | None
    version: int | None


class Definition(TypedDict, total=False):
    rule_set: str


class Denial(TypedDict, total=False):
    reason: str | None
    version: int | None


class Evaluate(TypedDict, total=False):
    detail: Literal["summary", "failures"]
    failure_limit: int
    label: str | None
    page: int
    records: Required[list[Any]]
    version: int | None


class Evaluation(TypedDict, total=False):
    duration_ms: float
    failed: Required[int]
    failed_indexes: list[int]
    failures: list[Failure]
    failures_truncated: bool
    passed: Required[int]
    records: Required[int]
    rule_set: str
    rules: list[RuleResult]
    verdict: str
    version: int | None
    warned: Required[int]
    warned_indexes: list[int]


class EvaluationTotals(TypedDict, total=False):
    failed: Required[int]
    first_at: str | None
    label: str
    last_at: str | None
    pages: Required[int]
    passed: Required[int]
    records: Required[int]
    verdict: str
    warned: Required[int]


class EvaluationTotalsList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[EvaluationTotals]]


class Failure(TypedDict, total=False):
    index: Required[int]
    key: dict[str, Any] | None
    violations: list[Violation]


class FieldProblem(TypedDict, total=False):
    code: Required[str]
    detail: Required[str]
    pointer: Required[str]


class Finding(TypedDict, total=False):
    kind: Required[str]
    number: Required[int | None]
    retention_class: Required[str]
    row_id: Required[int | None]


class FoundByRun(TypedDict, total=False):
    created_at: str | None
    fixed: Required[int]
    found: Required[int]
    mode: str
    remaining: Required[int]
    run: str


class FoundByRunList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[FoundByRun]]


class Gameline(TypedDict, total=False):
    code: Required[str]
    created_at: str | None
    created_by: str | None
    id: int | None
    name: Required[str]
    updated_at: str | None
    version: int


class GamelineChange(TypedDict, total=False):
    code: str
    created_at: str | None
    created_by: str | None
    id: int | None
    name: str
    updated_at: str | None
    version: int


class GamelineList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Gameline]]


class Grant(TypedDict, total=False):
    amount: Required[int]
    reason: Required[str]


class Granted(TypedDict, total=False):
    balance: Required[Balance]
    transfer: Required[Transfer]


class Group(TypedDict, total=False):
    chronicle: int | None
    created_at: str | None
    created_by: str | None
    id: int | None
    kind: Literal["group", "organisation"]
    leader: int | None
    members: list[int]
    name: Required[str]
    roles: list[Role]
    updated_at: str | None
    version: int


class GroupChange(TypedDict, total=False):
    chronicle: int | None
    created_at: str | None
    created_by: str | None
    id: int | None
    kind: Literal["group", "organisation"]
    leader: int | None
    members: list[int]
    name: str
    roles: list[Role]
    updated_at: str | None
    version: int


class GroupList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Group]]


class GuardedRule(TypedDict, total=False):
    constraint: str | None
    definition_matches: bool | None
    kind: str | None
    last_found: int | None
    protected: bool | None
    reason: str | None
    rule: str | None
    rule_set: str | None
    scan_only: bool | None
    state: str | None
    table: str | None
    wanted: str | None


class Health(TypedDict, total=False):
    checks: dict[str, Any] | None
    deductions: list[dict[str, Any]]
    health_score: int | None
    period_hours: int | None
    status: str | None
    timestamp: str | None


class HealthHistory(TypedDict, total=False):
    expected: dict[str, Any] | None
    judgement: str | None
    metric: str | None
    points: list[HealthPoint]
    slope_per_day: float | None


class HealthPoint(TypedDict, total=False):
    at: str | None
    change: float | None
    value: float | None


class IntegrityFinding(TypedDict, total=False):
    field: str | None
    fixed_value: Any
    id: int | None
    name: str | None
    row: int | None
    rule: str | None
    rule_set: str | None
    table: str | None
    value: Any


class IntegrityFindingList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[IntegrityFinding]]


class IntegrityResult(TypedDict, total=False):
    changed_rows: int | None
    check: str | None
    constraint: RuleConstraint | None
    field: str | None
    fixable: bool | None
    fixed: int | None
    found: int | None
    kind: str | None
    remaining: int | None
    rule: str | None
    rule_set: str | None
    samples: list[dict[str, Any]]
    severity: str | None
    status: str | None
    table: str | None
    title: str | None


class IntegrityRun(TypedDict, total=False):
    created_at: str | None
    duration_seconds: float | None
    exit_code: int | None
    finished_at: str | None
    info: dict[str, Any] | None
    mode: str | None
    options: dict[str, Any] | None
    requested_by: str | None
    rule_sets: list[RunRuleSet]
    rules: list[IntegrityResult]
    run_id: str | None
    started_at: str | None
    state: str | None
    tenant: str | None
    totals: dict[str, Any] | None


class IntegrityRunAsk(TypedDict, total=False):
    character_status: list[str]
    chronicle: int | None
    fix_rules: list[str]
    inline: bool
    mode: Literal["check", "dry_run", "fix"]
    plan: str | None
    quarantine: bool
    rule_sets: list[str]
    rules: list[str]
    samples: int | None
    strict: bool


class IntegrityRunSummary(TypedDict, total=False):
    created_at: str | None
    duration_seconds: float | None
    exit_code: int | None
    finished_at: str | None
    mode: str | None
    options: dict[str, Any] | None
    requested_by: str | None
    rule_sets: list[RunRuleSet]
    run_id: str | None
    started_at: str | None
    state: str | None
    tenant: str | None
    totals: dict[str, Any] | None


class IntegrityRunSummaryList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[IntegrityRunSummary]]


class IntegrityUndoAsk(TypedDict, total=False):
    dry_run: bool
    inline: bool
    rules: list[str]


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


class JobList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Job]]


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


class LimitProfile(TypedDict, total=False):
    abilities_max: int | None
    abilities_min: int | None
    age_max: int | None
    apparent_age_max: int | None
    appearance_min: int | None
    attributes_max: int | None
    attributes_min: int | None
    character_type: str | None
    chronicle: int | None
    created_at: str | None
    created_by: str | None
    gameline: int | None
    id: int | None
    reason: Required[str]
    temporary_willpower_max: int | None
    updated_at: str | None
    version: int
    willpower_max: int | None
    willpower_min: int | None


class LimitProfileChange(TypedDict, total=False):
    abilities_max: int | None
    abilities_min: int | None
    age_max: int | None
    apparent_age_max: int | None
    appearance_min: int | None
    attributes_max: int | None
    attributes_min: int | None
    character_type: str | None
    chronicle: int | None
    created_at: str | None
    created_by: str | None
    gameline: int | None
    id: int | None
    reason: str
    temporary_willpower_max: int | None
    updated_at: str | None
    version: int
    willpower_max: int | None
    willpower_min: int | None


class LimitProfileList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[LimitProfile]]


class Limits(TypedDict, total=False):
    abilities_max: int
    abilities_min: int
    age_max: int
    apparent_age_max: int
    appearance_min: int
    attributes_max: int
    attributes_min: int
    temporary_willpower_max: int
    willpower_max: int
    willpower_min: int


class ListBody(TypedDict, total=False):
    values: Required[list[Any]]


class Lookup(TypedDict, total=False):
    end_date: Required[str]
    start_date: Required[str]
    week: Required[int | None]


class Membership(TypedDict, total=False):
    character: Required[int]
    created_at: str | None
    created_by: str | None
    group: int | None
    id: int | None
    role: Literal["member", "leader", "ambassador", "node_tender", "investigator", "guardian", "teacher"]
    updated_at: str | None
    version: int


class MembershipChange(TypedDict, total=False):
    role: Required[Literal["member", "leader", "ambassador", "node_tender", "investigator", "guardian", "teacher"]]
    version: int


class MembershipList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Membership]]


class Message(TypedDict, total=False):
    message_id: Required[str]


class NewCharacter(TypedDict, total=False):
    academics: int
    age: int | None
    alertness: int
    apparent_age: int | None
    appearance: int
    athletics: int
    brawl: int
    character_type: str
    charisma: int
    chronicle: int | None
    computer: int
    concept: str
    crafts: int
    created_at: str | None
    created_by: str | None
    creation_status: int
    date_of_birth: str | None
    description: str
    dexterity: int
    display: bool
    drive: int
    empathy: int
    etiquette: int
    expression: int
    firearms: int
    freebies: int
    freebies_approved: bool
    gameline: int | None
    id: int | None
    image_status: str
    intelligence: int
    intimidation: int
    investigation: int
    ledger_entries: int | None
    limit_profile: int | None
    limits: Limits
    manipulation: int
    medicine: int
    melee: int
    name: Required[str]
    notes: str
    npc: bool
    owner: str | None
    perception: int
    public_info: str
    quarantined: bool
    science: int
    st_notes: str
    stamina: int
    status: str
    stealth: int
    streetwise: int
    strength: int
    subterfuge: int
    temporary_willpower: int
    traits: dict[str, int]
    updated_at: str | None
    version: int
    visibility: str
    willpower: int
    wits: int
    xp: int
    xp_pending: int | None
    xp_spent: int | None


class NewWebhook(TypedDict, total=False):
    active: bool
    created_at: str
    created_by: str | None
    event_types: list[Literal["character.status_changed", "health.alert"]]
    id: int
    inactive_reason: Literal["gone", "switched_off"] | None
    name: str
    previous_valid_until: str | None
    updated_at: str
    url: Required[str]
    version: int


class Offer(TypedDict, total=False):
    cost: Required[int]
    current: Required[int]
    new_value: Required[int]
    trait: Required[str]
    trait_name: Required[str]
    trait_type: Required[str]


class Options(TypedDict, total=False):
    results: Required[list[Offer]]
    xp: Required[int]


class PaginationMetadata(TypedDict, total=False):
    first_page: int
    last_page: int
    next_page: int
    page: int
    previous_page: int
    total: int
    total_pages: int


class Problem(TypedDict, total=False):
    code: Required[str]
    correlation_id: Required[str]
    detail: Required[str]
    errors: Required[list[FieldProblem]]
    instance: Required[str]
    status: Required[int]
    title: Required[str]
    type: Required[str]


class Quarantine(TypedDict, total=False):
    closed_at: str | None
    closed_by: str | None
    id: int | None
    reason: str | None
    row: int | None
    rule: str | None
    rule_set: str | None
    run: str | None
    since: str | None
    state: str | None
    table: str | None


class QuarantineList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Quarantine]]


class QuarantineReleaseAsk(TypedDict, total=False):
    reason: Required[str]


class Quote(TypedDict, total=False):
    affordable: Required[bool]
    cost: Required[int]
    current: Required[int]
    new_value: Required[int]
    trait: Required[str]
    trait_name: Required[str]
    trait_type: Required[str]
    xp: Required[int]
    xp_after: Required[int]


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


class RetriedJob(TypedDict, total=False):
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


class Reversal(TypedDict, total=False):
    reason: Required[str]
    version: int | None


class Role(TypedDict, total=False):
    character: int | None
    role: str | None


class RosterEntry(TypedDict, total=False):
    balance: Balance
    character_type: str | None
    gameline: int | None
    id: int | None
    name: str | None
    npc: bool | None
    owner: str | None
    status: str | None


class RosterEntryList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[RosterEntry]]


class RuleConstraint(TypedDict, total=False):
    name: str | None
    state: str | None


class RuleList(TypedDict, total=False):
    name: str
    rule_set: str
    size: Required[int]
    updated_at: str | None
    version: Required[int]


class RuleListList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[RuleList]]


class RuleListWithValues(TypedDict, total=False):
    name: str
    rule_set: str
    size: Required[int]
    updated_at: str | None
    values: list[str]
    version: Required[int]


class RuleResult(TypedDict, total=False):
    failed: Required[int]
    failed_ratio: float
    judged: Required[int]
    not_judged: Required[int]
    rule: str
    severity: str
    status: str


class RuleSet(TypedDict, total=False):
    built_in: bool
    created_at: str | None
    created_by: str | None
    latest: Required[int]
    name: str
    retired_at: str | None
    rules: Required[int]
    target: str
    title: str
    version: Required[int]


class RuleSetList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[RuleSet]]


class RuleSetWithDefinition(TypedDict, total=False):
    built_in: bool
    created_at: str | None
    created_by: str | None
    definition: dict[str, Any]
    latest: Required[int]
    lists: list[str]
    name: str
    retired_at: str | None
    rules: Required[int]
    target: str
    title: str
    version: Required[int]


class RunRuleSet(TypedDict, total=False):
    name: str | None
    version: int | None


class Scene(TypedDict, total=False):
    characters: list[int]
    chronicle: int | None
    created_at: str | None
    created_by: str | None
    date_of_scene: str | None
    date_played: str
    finished: bool | None
    finished_at: str | None
    id: int | None
    last_post_date: str | None
    location: str
    name: Required[str]
    st_message: str
    updated_at: str | None
    version: int
    waiting_for_st: bool
    week: int | None
    xp_given: bool | None


class SceneChange(TypedDict, total=False):
    characters: list[int]
    chronicle: int | None
    created_at: str | None
    created_by: str | None
    date_of_scene: str | None
    date_played: str
    finished: bool | None
    finished_at: str | None
    id: int | None
    last_post_date: str | None
    location: str
    name: str
    st_message: str
    updated_at: str | None
    version: int
    waiting_for_st: bool
    week: int | None
    xp_given: bool | None


class SceneList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Scene]]


class Schedule(TypedDict, total=False):
    active: bool | None
    cron: str | None
    id: int | None
    kind: str | None
    last_run_at: str | None
    name: str | None
    next_run_at: str | None
    time_zone: str | None


class ScheduleChange(TypedDict, total=False):
    active: bool
    cron: str
    time_zone: str


class ScheduleList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Schedule]]


class Spend(TypedDict, total=False):
    cost: int | None
    reason: str
    trait: Required[str]
    trait_value: int | None


class SpendRequest(TypedDict, total=False):
    approved_at: str | None
    character: int | None
    cost: int | None
    created_at: str | None
    created_by: str | None
    decided_at: str | None
    decided_by: str | None
    id: int | None
    reason: str | None
    reservation: int | None
    reversed_at: str | None
    reversed_by: str | None
    state: str | None
    trait: str
    trait_from: int | None
    trait_name: str | None
    trait_type: str | None
    trait_value: int
    updated_at: str | None
    version: int


class SpendRequestChange(TypedDict, total=False):
    approved_at: str | None
    character: int | None
    cost: int | None
    created_at: str | None
    created_by: str | None
    decided_at: str | None
    decided_by: str | None
    id: int | None
    reason: str | None
    reservation: int | None
    reversed_at: str | None
    reversed_by: str | None
    state: str | None
    trait: str
    trait_from: int | None
    trait_name: str | None
    trait_type: str | None
    trait_value: int
    updated_at: str | None
    version: int


class SpendRequestList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[SpendRequest]]


class Spent(TypedDict, total=False):
    balance: Required[Balance]
    request: Required[SpendRequest]


class StRelationship(TypedDict, total=False):
    chronicle: Required[int]
    created_at: str | None
    created_by: str | None
    gameline: Required[int]
    id: int | None
    updated_at: str | None
    user: Required[str]
    version: int


class StRelationshipChange(TypedDict, total=False):
    chronicle: int
    created_at: str | None
    created_by: str | None
    gameline: int
    id: int | None
    updated_at: str | None
    user: str
    version: int


class StRelationshipList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[StRelationship]]


class StatusChange(TypedDict, total=False):
    actor: str | None
    changed_at: str | None
    character: int | None
    id: int | None
    new: str | None
    old: str | None
    reason: str | None


class StatusChangeList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[StatusChange]]


class Story(TypedDict, total=False):
    chronicle: int | None
    created_at: str | None
    created_by: str | None
    id: int | None
    name: Required[str]
    updated_at: str | None
    version: int
    xp_given: bool | None


class StoryApproval(TypedDict, total=False):
    danger: bool
    drama: bool
    duration: int
    growth: bool
    reason: str | None
    success: bool
    version: int | None


class StoryChange(TypedDict, total=False):
    chronicle: int | None
    created_at: str | None
    created_by: str | None
    id: int | None
    name: str
    updated_at: str | None
    version: int
    xp_given: bool | None


class StoryChangeChange(TypedDict, total=False):
    character: int | None
    created_at: str | None
    created_by: str | None
    danger: bool
    decided_at: str | None
    decided_by: str | None
    drama: bool
    duration: int
    growth: bool
    id: int | None
    reason: str | None
    state: str | None
    story: int | None
    success: bool
    updated_at: str | None
    version: int


class StoryDecision(TypedDict, total=False):
    amount: Required[int]
    balance: Required[Balance]
    request: Required[StoryRequest]


class StoryList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Story]]


class StoryRequest(TypedDict, total=False):
    character: Required[int]
    created_at: str | None
    created_by: str | None
    danger: bool
    decided_at: str | None
    decided_by: str | None
    drama: bool
    duration: int
    growth: bool
    id: int | None
    reason: str | None
    state: str | None
    story: Required[int]
    success: bool
    updated_at: str | None
    version: int


class StoryRequestList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[StoryRequest]]


Tariff = TypedDict(
    "Tariff",
    {
        "cap": "int | None",
        "change_price": "int | None",
        "class": "str",
        "created_at": "str | None",
        "created_by": "str | None",
        "factor": "int",
        "gameline": "int | None",
        "id": "int | None",
        "kind": "Required[str]",
        "new_price": "int | None",
        "updated_at": "str | None",
        "version": "int",
    },
    total=False,
)
TariffChange = TypedDict(
    "TariffChange",
    {
        "cap": "int | None",
        "change_price": "int | None",
        "class": "str",
        "created_at": "str | None",
        "created_by": "str | None",
        "factor": "int",
        "gameline": "int | None",
        "id": "int | None",
        "kind": "str",
        "new_price": "int | None",
        "updated_at": "str | None",
        "version": "int",
    },
    total=False,
)


class TariffList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Tariff]]


class Threshold(TypedDict, total=False):
    action: str
    active: bool
    alert: Required[str]
    anomaly_alert: bool
    created_at: str | None
    created_by: str | None
    id: int | None
    metric: Required[
        Literal[
            "health_score",
            "xp_spend_success",
            "xp_spend_time",
            "scene_award_success",
            "constraint_violations",
            "transaction_rollbacks",
            "deadlocks",
        ]
    ]
    target: Required[str]
    updated_at: str | None
    version: int
    window_hours: int


class ThresholdChange(TypedDict, total=False):
    action: str
    active: bool
    alert: str
    anomaly_alert: bool
    created_at: str | None
    created_by: str | None
    id: int | None
    metric: Literal[
        "health_score",
        "xp_spend_success",
        "xp_spend_time",
        "scene_award_success",
        "constraint_violations",
        "transaction_rollbacks",
        "deadlocks",
    ]
    target: str
    updated_at: str | None
    version: int
    window_hours: int


class ThresholdList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Threshold]]


TraitDefinition = TypedDict(
    "TraitDefinition",
    {
        "active": "bool",
        "class": "str",
        "code": "Required[str]",
        "created_at": "str | None",
        "created_by": "str | None",
        "gameline": "int | None",
        "id": "int | None",
        "kind": "Required[str]",
        "label": "Required[str]",
        "max": "int",
        "min": "int",
        "multiplier": "int",
        "updated_at": "str | None",
        "version": "int",
    },
    total=False,
)
TraitDefinitionChange = TypedDict(
    "TraitDefinitionChange",
    {
        "active": "bool",
        "class": "str",
        "code": "str",
        "created_at": "str | None",
        "created_by": "str | None",
        "gameline": "int | None",
        "id": "int | None",
        "kind": "str",
        "label": "str",
        "max": "int",
        "min": "int",
        "multiplier": "int",
        "updated_at": "str | None",
        "version": "int",
    },
    total=False,
)


class TraitDefinitionList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[TraitDefinition]]


class Transfer(TypedDict, total=False):
    actor: str | None
    amount: Required[int]
    available_after: Required[int]
    character: Required[int]
    created_at: Required[str]
    credit_account: Required[str]
    debit_account: Required[str]
    entry_no: Required[int]
    id: Required[int]
    kind: Required[str]
    pending_after: Required[int]
    reason: Required[str]
    reservation: int | None
    scene: int | None
    spend_request: int | None
    spent_after: Required[int]
    story: int | None
    story_request: int | None
    weekly_request: int | None


class TransferList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Transfer]]


class Transition(TypedDict, total=False):
    reason: str
    status: Required[str]
    version: int


class Verification(TypedDict, total=False):
    findings: Required[list[Finding]]
    intact: Required[bool]
    rows: Required[int]
    seals: Required[int]
    truncated: Required[bool]
    unsealed_rows: Required[int]


class Version(TypedDict, total=False):
    created_at: str | None
    created_by: str | None
    version: int


class VersionList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Version]]


class Violation(TypedDict, total=False):
    code: str
    field: str | None
    message: str
    pointer: str
    rule: str
    severity: str
    value: Any


class Webhook(TypedDict, total=False):
    active: bool
    created_at: str
    created_by: str | None
    event_types: list[Literal["character.status_changed", "health.alert"]]
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
    event_types: list[Literal["character.status_changed", "health.alert"]]
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
    event_types: list[Literal["character.status_changed", "health.alert"]]
    id: int
    inactive_reason: Literal["gone", "switched_off"] | None
    name: Required[str]
    previous_valid_until: str | None
    secret: str
    updated_at: str
    url: Required[str]
    version: int


class Week(TypedDict, total=False):
    created_at: str | None
    created_by: str | None
    end_date: Required[str]
    id: int | None
    start_date: str | None
    updated_at: str | None
    version: int


class WeekChange(TypedDict, total=False):
    created_at: str | None
    created_by: str | None
    end_date: str
    id: int | None
    start_date: str | None
    updated_at: str | None
    version: int


class WeekList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Week]]


class WeekWithPlay(TypedDict, total=False):
    created_at: str | None
    created_by: str | None
    end_date: Required[str]
    id: int | None
    participants: list[int]
    scenes: list[int]
    start_date: str | None
    updated_at: str | None
    version: int


class WeeklyApproval(TypedDict, total=False):
    finishing: bool
    focus: bool
    focus_scene: int | None
    learning: bool
    learning_scene: int | None
    reason: str | None
    rp: bool
    rp_scene: int | None
    standingout: bool
    standingout_scene: int | None
    version: int | None


class WeeklyChangeChange(TypedDict, total=False):
    character: int | None
    created_at: str | None
    created_by: str | None
    decided_at: str | None
    decided_by: str | None
    finishing: bool
    focus: bool
    focus_scene: int | None
    id: int | None
    learning: bool
    learning_scene: int | None
    reason: str | None
    rp: bool
    rp_scene: int | None
    standingout: bool
    standingout_scene: int | None
    state: str | None
    updated_at: str | None
    version: int
    week: int | None


class WeeklyDecision(TypedDict, total=False):
    amount: Required[int]
    balance: Required[Balance]
    request: Required[WeeklyRequest]


class WeeklyRequest(TypedDict, total=False):
    character: Required[int]
    created_at: str | None
    created_by: str | None
    decided_at: str | None
    decided_by: str | None
    finishing: bool
    focus: bool
    focus_scene: int | None
    id: int | None
    learning: bool
    learning_scene: int | None
    reason: str | None
    rp: bool
    rp_scene: int | None
    standingout: bool
    standingout_scene: int | None
    state: str | None
    updated_at: str | None
    version: int
    week: Required[int]


class WeeklyRequestList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[WeeklyRequest]]


class AlertsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    state: str | Sequence[str]
    group: str | Sequence[str]
    severity: str | Sequence[str]


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


class CharactersListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    status: Literal["Un", "Sub", "App", "Ret", "Dec"] | Sequence[Literal["Un", "Sub", "App", "Ret", "Dec"]]
    owner: str | Sequence[str]
    chronicle: int | Sequence[int]
    gameline: int | Sequence[int]
    npc: bool
    character_type: str | Sequence[str]
    quarantined: bool


class CharactersLedgerQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    kind: (
        Literal["grant", "scene_award", "story_award", "weekly_award", "reserve", "post", "void", "reverse", "withdraw"]
        | Sequence[
            Literal[
                "grant", "scene_award", "story_award", "weekly_award", "reserve", "post", "void", "reverse", "withdraw"
            ]
        ]
    )
    scene: int | Sequence[int]
    story: int | Sequence[int]
    created_after: str
    created_before: str


class CharactersQuoteQuery(TypedDict, total=False):
    trait: Required[str]
    trait_value: int | None


class CharactersSpendRequestsQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    state: Literal["Pending", "Approved", "Denied"] | Sequence[Literal["Pending", "Approved", "Denied"]]
    created_after: str
    trait: str | Sequence[str]


class CharactersStatusChangesQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


class ChroniclesListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    name: str | Sequence[str]
    head_st: str | Sequence[str]


class ChroniclesRosterQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


class GamelinesListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    code: str | Sequence[str]


class GroupsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    name: str | Sequence[str]
    chronicle: int | Sequence[int]
    kind: Literal["group", "organisation"] | Sequence[Literal["group", "organisation"]]


class GroupsMembershipsQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


class HealthReadQuery(TypedDict, total=False):
    period_hours: int
    fresh: bool


class HealthHistoryQuery(TypedDict, total=False):
    metric: str
    from_: str | None
    to: str | None
    step: int | None


class IntegrityRunsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    mode: str | Sequence[str]
    state: str | Sequence[str]


class IntegrityRunsBeforeImagesQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    rule: str | Sequence[str]


class IntegrityRunsFindingsQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    rule: str | Sequence[str]


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


class LimitProfilesListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    chronicle: int | Sequence[int]
    gameline: int | Sequence[int]
    character_type: str | Sequence[str]


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


class QuarantineListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    state: str | Sequence[str]
    table: str | Sequence[str]
    row: int | Sequence[int]
    rule: str | Sequence[str]


class RuleSetsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    target: str | Sequence[str]


class RuleSetsReadQuery(TypedDict, total=False):
    version: int | None


class RuleSetsDocsQuery(TypedDict, total=False):
    version: int | None
    format: Literal["html", "markdown"] | None


class RuleSetsEvaluationsQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    label: str | Sequence[str]


class RuleSetsListsQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


class RuleSetsVersionsQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


class RulesHistoryQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


class ScenesListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    chronicle: int | Sequence[int]
    week: int | Sequence[int]
    finished: bool
    xp_given: bool
    waiting_for_st: bool


class SchedulesListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    name: str | Sequence[str]
    kind: str | Sequence[str]


class SpendRequestsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    state: Literal["Pending", "Approved", "Denied"] | Sequence[Literal["Pending", "Approved", "Denied"]]
    created_after: str
    trait: str | Sequence[str]
    character: int | Sequence[int]
    chronicle: int | Sequence[int]


class StRelationshipsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    user: str | Sequence[str]
    chronicle: int | Sequence[int]
    gameline: int | Sequence[int]


class StoriesListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    chronicle: int | Sequence[int]
    xp_given: bool


class StoryRequestsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    state: Literal["Pending", "Approved", "Denied"] | Sequence[Literal["Pending", "Approved", "Denied"]]
    created_after: str
    character: int | Sequence[int]
    chronicle: int | Sequence[int]
    story: int | Sequence[int]


class TariffsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    kind: str | Sequence[str]
    gameline: int | Sequence[int]


class ThresholdsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    metric: str | Sequence[str]


class TraitDefinitionsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    code: str | Sequence[str]
    kind: str | Sequence[str]
    gameline: int | Sequence[int]
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


class WeeklyRequestsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    state: Literal["Pending", "Approved", "Denied"] | Sequence[Literal["Pending", "Approved", "Denied"]]
    created_after: str
    character: int | Sequence[int]
    chronicle: int | Sequence[int]
    week: int | Sequence[int]


class WeeksListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    end_date: str | Sequence[str]


class WeeksLookupQuery(TypedDict, total=False):
    date: Required[str]


class XpTransfersListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    kind: (
        Literal["grant", "scene_award", "story_award", "weekly_award", "reserve", "post", "void", "reverse", "withdraw"]
        | Sequence[
            Literal[
                "grant", "scene_award", "story_award", "weekly_award", "reserve", "post", "void", "reverse", "withdraw"
            ]
        ]
    )
    scene: int | Sequence[int]
    story: int | Sequence[int]
    created_after: str
    created_before: str
    character: int | Sequence[int]
