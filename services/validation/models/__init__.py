"""Tables of the validation service, by noun."""

import services.validation.models.classes  # noqa: F401 - classifies the columns of all
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
from services.validation.models.records import (
    AuditEvent,
    AuditSeal,
    AuditSpool,
    IdempotencyKey,
    JobEvent,
    Outbox,
    RevokedSession,
    Schedule,
    Webhook,
    WebhookDelivery,
)
from services.validation.models.rows import Base, Kept
from services.validation.models.rule_sets import RuleEvaluation, RuleList, RuleListValue, RuleSet, RuleSetVersion
from services.validation.models.runs import Job
from services.validation.models.tenants import Tenant
from services.validation.models.traits import CharacterTrait, TraitDefinition

__all__ = [
    "Alert",
    "AuditEvent",
    "AuditSeal",
    "AuditSpool",
    "Base",
    "BeforeImage",
    "Character",
    "CharacterTrait",
    "Chronicle",
    "Gameline",
    "Group",
    "GroupMembership",
    "HealthPoint",
    "HealthReport",
    "IdempotencyKey",
    "IntegrityFinding",
    "IntegrityResult",
    "IntegrityRun",
    "Job",
    "JobEvent",
    "Kept",
    "LimitProfile",
    "OperationStat",
    "Outbox",
    "QuarantineEntry",
    "RevokedSession",
    "RuleEvaluation",
    "RuleList",
    "RuleListValue",
    "RuleSet",
    "RuleSetVersion",
    "Scene",
    "SceneParticipant",
    "Schedule",
    "StRelationship",
    "StatusChange",
    "Story",
    "StoryXpRequest",
    "Tariff",
    "Tenant",
    "Threshold",
    "TraitDefinition",
    "Webhook",
    "WebhookDelivery",
    "Week",
    "WeeklyXpRequest",
    "XpSpendRequest",
    "XpTransfer",
]
