"""How personal each column is (see shared.auditing): every column that no mixin has classified stands here once.

Personal is who did something. Ids of persons in a role (owner, storyteller) are internal: the log has to show who
was responsible.
"""

from collections.abc import Mapping

import services.validation.models.records
import services.validation.models.runs
import services.validation.models.tenants  # noqa: F401
from services.validation.models.characters import Character, StatusChange
from services.validation.models.chronicles import Chronicle, Gameline, StRelationship
from services.validation.models.groups import Group, GroupMembership
from services.validation.models.limits import LimitProfile
from services.validation.models.rows import Base
from services.validation.models.traits import CharacterTrait, TraitDefinition
from shared.auditing import classify_models

Columns = Mapping[type[Base], str]

PERSONAL: Columns = {
    StRelationship: "user_id",
    StatusChange: "actor",
}
INTERNAL: Columns = {
    Character: "name owner chronicle_id gameline_id character_type status npc concept creation_status description"
    " public_info notes st_notes visibility image_status display freebies freebies_approved age apparent_age"
    " date_of_birth xp xp_pending xp_spent ledger_entries limit_profile_id",
    CharacterTrait: "character_id trait_definition_id rating",
    Chronicle: "name head_st game_storytellers theme mood year allowed_types",
    Gameline: "code name",
    Group: "name chronicle_id kind",
    GroupMembership: "group_id character_id role",
    LimitProfile: "chronicle_id gameline_id character_type reason",
    StRelationship: "chronicle_id gameline_id",
    StatusChange: "character_id old new reason changed_at",
    TraitDefinition: "code label kind class gameline_id multiplier min max active",
}

classify_models(Base, personal=PERSONAL, internal=INTERNAL)
