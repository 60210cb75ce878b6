"""Tables of the sync service, by noun."""

import services.sync.models.classes  # noqa: F401 - classifies the columns of all
from services.sync.models.alerts import Alert
from services.sync.models.aside import QuarantineEntry, RowHistory, SyncConflict
from services.sync.models.catalogue import CATALOGUE, CatalogueRow
from services.sync.models.delivered import DeliveredRow
from services.sync.models.groups import GroupRun
from services.sync.models.pipelines import Pipeline, PipelineState, PipelineVersion
from services.sync.models.promotions.edges import (
    CompiledStore,
    EdgeContact,
    EdgeManifest,
    EdgeObject,
    EdgeServer,
    EdgeSigningKey,
    EdgeState,
    EdgeVersion,
    PromotionCompilation,
    SyncLogEntry,
)
from services.sync.models.promotions.promotions import (
    Promotion,
    PromotionLink,
    PromotionPackage,
    PromotionPackageItem,
    PromotionTier,
    PromotionUsage,
)
from services.sync.models.promotions.reference import (
    Brand,
    MenuCategory,
    MenuProduct,
    Modifier,
    ModifierOption,
    ProductModifier,
    Store,
    StoreTable,
    TableArea,
    TableGroup,
)
from services.sync.models.promotions.settings import PromotionOverride, PromotionSettings, PromotionSettingsSave
from services.sync.models.records import (
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
from services.sync.models.rows import Base
from services.sync.models.runs import Job, PipelineRun, RunDifference, RunMark, RunPartition, RunRow, SeenRows
from services.sync.models.tenants import Tenant

__all__ = [
    "CATALOGUE",
    "Alert",
    "AuditEvent",
    "AuditSeal",
    "AuditSpool",
    "Base",
    "Brand",
    "CatalogueRow",
    "CompiledStore",
    "DeliveredRow",
    "EdgeContact",
    "EdgeManifest",
    "EdgeObject",
    "EdgeServer",
    "EdgeSigningKey",
    "EdgeState",
    "EdgeVersion",
    "GroupRun",
    "IdempotencyKey",
    "Job",
    "JobEvent",
    "MenuCategory",
    "MenuProduct",
    "Modifier",
    "ModifierOption",
    "Outbox",
    "Pipeline",
    "PipelineRun",
    "PipelineState",
    "PipelineVersion",
    "ProductModifier",
    "Promotion",
    "PromotionCompilation",
    "PromotionLink",
    "PromotionOverride",
    "PromotionPackage",
    "PromotionPackageItem",
    "PromotionSettings",
    "PromotionSettingsSave",
    "PromotionTier",
    "PromotionUsage",
    "QuarantineEntry",
    "RevokedSession",
    "RowHistory",
    "RunDifference",
    "RunMark",
    "RunPartition",
    "RunRow",
    "Schedule",
    "SeenRows",
    "Store",
    "StoreTable",
    "SyncConflict",
    "SyncLogEntry",
    "TableArea",
    "TableGroup",
    "Tenant",
    "Webhook",
    "WebhookDelivery",
]
