"""How personal each column is (see shared.auditing): every column that no mixin has classified stands here once.

Personal is who did something. Ids of persons in a role (owner, storyteller) are internal: the log has to show who
was responsible.
"""

from collections.abc import Mapping

import services.validation.models.records
import services.validation.models.runs
import services.validation.models.tenants  # noqa: F401
from services.validation.models.asking import StoryXpRequest, WeeklyXpRequest
from services.validation.models.characters import Character, StatusChange
from services.validation.models.chronicles import Chronicle, Gameline, StRelationship
from services.validation.models.groups import Group, GroupMembership
from services.validation.models.health import Alert, HealthPoint, HealthReport, OperationStat, Threshold
from services.validation.models.integrity import (
    BeforeImage,
    IntegrityFinding,
    IntegrityResult,
    IntegrityRun,
    QuarantineEntry,
)
from services.validation.models.ledger import Tariff, XpSpendRequest, XpTransfer
from services.validation.models.limits import LimitProfile
from services.validation.models.play import Scene, SceneParticipant, Story, Week
from services.validation.models.rows import Base
from services.validation.models.rule_sets import RuleEvaluation, RuleList, RuleListValue, RuleSet, RuleSetVersion
from services.validation.models.traits import CharacterTrait, TraitDefinition
from shared.auditing import classify_models

Columns = Mapping[type[Base], str]

PERSONAL: Columns = {
    Alert: "handled_by",
    IntegrityRun: "created_by",
    QuarantineEntry: "closed_by",
    StRelationship: "user_id",
    StatusChange: "actor",
    XpSpendRequest: "reversed_by",
    XpTransfer: "actor",
}
INTERNAL: Columns = {
    Alert: "group severity state breaches told_at muted_until resolved_at reason ticket untold",
    BeforeImage: "id run_id rule table_name row_id old new created_at undone_at",
    HealthPoint: "report_id metric value recorded_at",
    HealthReport: "period_hours health_score report",
    IntegrityFinding: "id run_id rule_set rule table_name row_id name field told",
    IntegrityResult: "run_id rule_set rule table_name position check title severity kind field found fixed changed_rows"
    " remaining fixable status constraint_name constraint_state",
    IntegrityRun: "id mode state exit_code options rule_sets totals info digest created_at started_at finished_at",
    OperationStat: "operation outcome minute count durations",
    QuarantineEntry: "table_name row_id rule_set rule run_id state closed_at reason",
    Threshold: "metric target alert action window_hours anomaly_alert active",
    Character: "name owner chronicle_id gameline_id character_type status npc concept creation_status description"
    " public_info notes st_notes visibility image_status display freebies freebies_approved age apparent_age"
    " date_of_birth xp xp_pending xp_spent ledger_entries limit_profile_id",
    CharacterTrait: "character_id trait_definition_id rating",
    Chronicle: "name head_st game_storytellers theme mood year allowed_types",
    Gameline: "code name",
    Group: "name chronicle_id kind",
    GroupMembership: "group_id character_id role",
    LimitProfile: "chronicle_id gameline_id character_type reason",
    RuleEvaluation: "rule_set_id label page number records failed warned verdict",
    RuleList: "rule_set_id name size",
    RuleListValue: "list_id value folded",
    RuleSet: "name title target latest retired_at",
    RuleSetVersion: "rule_set_id number definition",
    Scene: "name chronicle_id location date_played date_of_scene last_post_date finished finished_at week_id xp_given"
    " waiting_for_st st_message",
    SceneParticipant: "scene_id character_id",
    StRelationship: "chronicle_id gameline_id",
    StatusChange: "character_id old new reason changed_at",
    Story: "name chronicle_id xp_given",
    StoryXpRequest: "story_id character_id success danger growth drama duration",
    Tariff: "kind class gameline_id factor new_price change_price cap",
    TraitDefinition: "code label kind class gameline_id multiplier min max active",
    Week: "end_date",
    WeeklyXpRequest: "week_id character_id finishing learning rp focus standingout learning_scene_id rp_scene_id"
    " focus_scene_id standingout_scene_id",
    XpSpendRequest: "character_id trait trait_name trait_type trait_from trait_value cost reservation_id reversed_at",
    XpTransfer: "character_id entry_no kind debit_account credit_account amount available_after pending_after"
    " spent_after reservation_id spend_request_id scene_id story_id weekly_request_id story_request_id reason",
}

classify_models(Base, personal=PERSONAL, internal=INTERNAL)
