"""How personal each column is (see shared.auditing): every column that no mixin has classified stands here once.

Personal is what says something about a person, and whatever may hold a source's row as it came.
"""

from collections.abc import Mapping

import services.sync.models.promotions.edges
import services.sync.models.promotions.promotions
import services.sync.models.promotions.reference
import services.sync.models.promotions.settings
import services.sync.models.records
import services.sync.models.tenants  # noqa: F401 - their columns are classified here too
from services.sync.models.alerts import Alert
from services.sync.models.aside import QuarantineEntry, RowHistory, SyncConflict
from services.sync.models.catalogue import (
    Address,
    BoxType,
    Category,
    Customer,
    Employee,
    Location,
    Product,
    SalesLine,
    SalesRecord,
    StorageItem,
    Variant,
)
from services.sync.models.delivered import DeliveredRow
from services.sync.models.groups import GroupRun
from services.sync.models.pipelines import Pipeline, PipelineState, PipelineVersion
from services.sync.models.rows import Base
from services.sync.models.runs import PipelineRun, RunDifference, RunMark, RunPartition, RunRow, SeenRows
from shared.auditing import classify_models

Columns = Mapping[type[Base], str]

ARTICLE = (
    "sku base_sku legacy_id name name_en description description_en weight category_id is_active retail_price"
    " retail_unit wholesale_price"
)

PERSONAL: Columns = {
    Address: "name street postal_code city email phone",
    Customer: "name vat_id",
    Employee: "first_name last_name birth_date email annual_salary monthly_salary",
    DeliveredRow: "address",
    PipelineRun: "actor",
    QuarantineEntry: "row corrected_row resolved_by",
    RowHistory: "fields",
    RunDifference: "fields",
    RunRow: "text",
    SyncConflict: "source_values target_values target_edited_by resolved_values resolved_by",
}
INTERNAL: Columns = {
    Alert: "pipeline cause detail run_id raised_at over_at",
    Address: "legacy_id legacy_address_number customer_id country",
    BoxType: "legacy_id name length_cm width_cm height_cm weight_kg",
    Category: "legacy_id name parent_id",
    Customer: "number legacy_id address_number customer_group price_group payment_method shipping_method credit_limit"
    " discount discount_days net_days delivery_block",
    DeliveredRow: "pipeline key content_hash revision run_id delivered_at left_mark gone_at",
    Employee: "number",
    GroupRun: "name status needs clean completed_at",
    Location: "legacy_id name",
    Pipeline: "name entity description active config_version",
    PipelineRun: "pipeline entity config_version kind why_full trigger status skip_reason parameters plan group_run_id"
    " started_at completed_at heartbeat_at watermark_before watermark_after stats stages skips unmapped_fields warnings"
    " error",
    PipelineState: "pipeline last_sync_at last_successful_sync_at watermark last_run_id last_successful_run_id"
    " mapping_checksum checkpoint",
    PipelineVersion: "pipeline number text checksum configuration",
    Product: ARTICLE,
    QuarantineEntry: "pipeline run_id kind stage key content_hash position errors waiting_table waiting_key attempts"
    " times_seen first_seen_at last_seen_at status resolved_run_id resolved_at comment",
    RowHistory: "table_name row_id action at",
    RunDifference: "run_id key action",
    RunMark: "run_id rule mark",
    RunPartition: "run_id number bounds checkpoint tally batches done committed_at",
    RunRow: "run_id outcome key position code field",
    SalesLine: "line_key sales_record_id product_id variant_id quantity delivered unit_price tax_rate fulfilment",
    SalesRecord: "legacy_id record_type customer_id record_date due_date currency total",
    SeenRows: "run_id ids keys",
    StorageItem: "legacy_id product_id location_id box_type_id quantity status",
    SyncConflict: "pipeline run_id table_name row_id key source_hash target_version source_changed_at target_edited_at"
    " strategy status resolution resolved_at approval_asked_at approval_id approval_round former_approval_id",
    Variant: f"{ARTICLE} variant_code product_id legacy_parent_id",
}

classify_models(Base, personal=PERSONAL, internal=INTERNAL)
