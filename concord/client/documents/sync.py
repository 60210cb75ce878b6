"""What goes to sync and comes from there.

Made by `python -m docs.generate` from `services/sync/openapi.json`; do not edit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Required, TypedDict

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


class Brand(TypedDict, total=False):
    address: str
    code: Required[str]
    company_id: str
    created_at: str | None
    id: str
    is_active: bool
    name: Required[str]
    phone: str
    point_expiry_months: int | None
    point_expiry_months_override: int | None
    service_charge: str
    tax_id: str
    tax_rate: str
    updated_at: str | None
    version: int


class BrandChange(TypedDict, total=False):
    address: str
    code: str
    company_id: str
    created_at: str | None
    id: str
    is_active: bool
    name: str
    phone: str
    point_expiry_months: int | None
    point_expiry_months_override: int | None
    service_charge: str
    tax_id: str
    tax_rate: str
    updated_at: str | None
    version: int


class BrandCount(TypedDict, total=False):
    promotions: Required[int]
    stores: Required[int]


class BrandList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Brand]]


class CatalogueAddress(TypedDict, total=False):
    city: str | None
    content_hash: str | None
    country: str | None
    created_at: str | None
    created_run_id: str | None
    customer_id: int | None
    deleted_at: str | None
    edited_at: str | None
    edited_by: str | None
    email: str | None
    id: int
    is_placeholder: bool
    legacy_address_number: str | None
    legacy_id: str
    loaded_at: str | None
    name: str | None
    phone: str | None
    postal_code: str | None
    source_changed_at: str | None
    source_pipeline: str | None
    street: str | None
    updated_at: str | None
    version: int


class CatalogueAddressChange(TypedDict, total=False):
    city: str | None
    content_hash: str | None
    country: str | None
    created_at: str | None
    created_run_id: str | None
    customer_id: int | None
    deleted_at: str | None
    edited_at: str | None
    edited_by: str | None
    email: str | None
    id: int
    is_placeholder: bool
    legacy_address_number: str | None
    legacy_id: str
    loaded_at: str | None
    name: str | None
    phone: str | None
    postal_code: str | None
    source_changed_at: str | None
    source_pipeline: str | None
    street: str | None
    updated_at: str | None
    version: int


class CatalogueAddressList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[CatalogueAddress]]


class CatalogueBoxType(TypedDict, total=False):
    content_hash: str | None
    created_at: str | None
    created_run_id: str | None
    deleted_at: str | None
    edited_at: str | None
    edited_by: str | None
    height_cm: str | None
    id: int
    is_placeholder: bool
    legacy_id: str
    length_cm: str | None
    loaded_at: str | None
    name: str | None
    source_changed_at: str | None
    source_pipeline: str | None
    updated_at: str | None
    version: int
    weight_kg: str | None
    width_cm: str | None


class CatalogueBoxTypeChange(TypedDict, total=False):
    content_hash: str | None
    created_at: str | None
    created_run_id: str | None
    deleted_at: str | None
    edited_at: str | None
    edited_by: str | None
    height_cm: str | None
    id: int
    is_placeholder: bool
    legacy_id: str
    length_cm: str | None
    loaded_at: str | None
    name: str | None
    source_changed_at: str | None
    source_pipeline: str | None
    updated_at: str | None
    version: int
    weight_kg: str | None
    width_cm: str | None


class CatalogueBoxTypeList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[CatalogueBoxType]]


class CatalogueCategory(TypedDict, total=False):
    content_hash: str | None
    created_at: str | None
    created_run_id: str | None
    deleted_at: str | None
    edited_at: str | None
    edited_by: str | None
    id: int
    is_placeholder: bool
    legacy_id: str
    loaded_at: str | None
    name: str | None
    parent_id: int | None
    source_changed_at: str | None
    source_pipeline: str | None
    updated_at: str | None
    version: int


class CatalogueCategoryChange(TypedDict, total=False):
    content_hash: str | None
    created_at: str | None
    created_run_id: str | None
    deleted_at: str | None
    edited_at: str | None
    edited_by: str | None
    id: int
    is_placeholder: bool
    legacy_id: str
    loaded_at: str | None
    name: str | None
    parent_id: int | None
    source_changed_at: str | None
    source_pipeline: str | None
    updated_at: str | None
    version: int


class CatalogueCategoryList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[CatalogueCategory]]


class CatalogueCustomer(TypedDict, total=False):
    address_number: str | None
    content_hash: str | None
    created_at: str | None
    created_run_id: str | None
    credit_limit: str | None
    customer_group: str | None
    deleted_at: str | None
    delivery_block: bool | None
    discount: str | None
    discount_days: int | None
    edited_at: str | None
    edited_by: str | None
    id: int
    is_placeholder: bool
    legacy_id: str | None
    loaded_at: str | None
    name: str | None
    net_days: int | None
    number: str
    payment_method: str | None
    price_group: str | None
    shipping_method: str | None
    source_changed_at: str | None
    source_pipeline: str | None
    updated_at: str | None
    vat_id: str | None
    version: int


class CatalogueCustomerChange(TypedDict, total=False):
    address_number: str | None
    content_hash: str | None
    created_at: str | None
    created_run_id: str | None
    credit_limit: str | None
    customer_group: str | None
    deleted_at: str | None
    delivery_block: bool | None
    discount: str | None
    discount_days: int | None
    edited_at: str | None
    edited_by: str | None
    id: int
    is_placeholder: bool
    legacy_id: str | None
    loaded_at: str | None
    name: str | None
    net_days: int | None
    number: str
    payment_method: str | None
    price_group: str | None
    shipping_method: str | None
    source_changed_at: str | None
    source_pipeline: str | None
    updated_at: str | None
    vat_id: str | None
    version: int


class CatalogueCustomerList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[CatalogueCustomer]]


class CatalogueEmployee(TypedDict, total=False):
    annual_salary: str | None
    birth_date: str | None
    content_hash: str | None
    created_at: str | None
    created_run_id: str | None
    deleted_at: str | None
    edited_at: str | None
    edited_by: str | None
    email: str | None
    first_name: str | None
    id: int
    is_placeholder: bool
    last_name: str | None
    loaded_at: str | None
    monthly_salary: str | None
    number: str
    source_changed_at: str | None
    source_pipeline: str | None
    updated_at: str | None
    version: int


class CatalogueEmployeeChange(TypedDict, total=False):
    annual_salary: str | None
    birth_date: str | None
    content_hash: str | None
    created_at: str | None
    created_run_id: str | None
    deleted_at: str | None
    edited_at: str | None
    edited_by: str | None
    email: str | None
    first_name: str | None
    id: int
    is_placeholder: bool
    last_name: str | None
    loaded_at: str | None
    monthly_salary: str | None
    number: str
    source_changed_at: str | None
    source_pipeline: str | None
    updated_at: str | None
    version: int


class CatalogueEmployeeList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[CatalogueEmployee]]


class CatalogueLocation(TypedDict, total=False):
    content_hash: str | None
    created_at: str | None
    created_run_id: str | None
    deleted_at: str | None
    edited_at: str | None
    edited_by: str | None
    id: int
    is_placeholder: bool
    legacy_id: str
    loaded_at: str | None
    name: str | None
    source_changed_at: str | None
    source_pipeline: str | None
    updated_at: str | None
    version: int


class CatalogueLocationChange(TypedDict, total=False):
    content_hash: str | None
    created_at: str | None
    created_run_id: str | None
    deleted_at: str | None
    edited_at: str | None
    edited_by: str | None
    id: int
    is_placeholder: bool
    legacy_id: str
    loaded_at: str | None
    name: str | None
    source_changed_at: str | None
    source_pipeline: str | None
    updated_at: str | None
    version: int


class CatalogueLocationList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[CatalogueLocation]]


class CatalogueProduct(TypedDict, total=False):
    base_sku: str | None
    category_id: int | None
    content_hash: str | None
    created_at: str | None
    created_run_id: str | None
    deleted_at: str | None
    description: str | None
    description_en: str | None
    edited_at: str | None
    edited_by: str | None
    id: int
    is_active: bool
    is_placeholder: bool
    legacy_id: str | None
    loaded_at: str | None
    name: str | None
    name_en: str | None
    retail_price: str | None
    retail_unit: str | None
    sku: str
    source_changed_at: str | None
    source_pipeline: str | None
    updated_at: str | None
    version: int
    weight: str | None
    wholesale_price: str | None


class CatalogueProductChange(TypedDict, total=False):
    base_sku: str | None
    category_id: int | None
    content_hash: str | None
    created_at: str | None
    created_run_id: str | None
    deleted_at: str | None
    description: str | None
    description_en: str | None
    edited_at: str | None
    edited_by: str | None
    id: int
    is_active: bool
    is_placeholder: bool
    legacy_id: str | None
    loaded_at: str | None
    name: str | None
    name_en: str | None
    retail_price: str | None
    retail_unit: str | None
    sku: str
    source_changed_at: str | None
    source_pipeline: str | None
    updated_at: str | None
    version: int
    weight: str | None
    wholesale_price: str | None


class CatalogueProductList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[CatalogueProduct]]


class CatalogueSalesLine(TypedDict, total=False):
    content_hash: str | None
    created_at: str | None
    created_run_id: str | None
    deleted_at: str | None
    delivered: str | None
    edited_at: str | None
    edited_by: str | None
    fulfilment: Literal["FULFILLED", "PARTIAL", "PENDING"] | None
    id: int
    is_placeholder: bool
    line_key: str
    loaded_at: str | None
    product_id: int | None
    quantity: str | None
    sales_record_id: int | None
    source_changed_at: str | None
    source_pipeline: str | None
    tax_rate: str | None
    unit_price: str | None
    updated_at: str | None
    variant_id: int | None
    version: int


class CatalogueSalesLineChange(TypedDict, total=False):
    content_hash: str | None
    created_at: str | None
    created_run_id: str | None
    deleted_at: str | None
    delivered: str | None
    edited_at: str | None
    edited_by: str | None
    fulfilment: Literal["FULFILLED", "PARTIAL", "PENDING"] | None
    id: int
    is_placeholder: bool
    line_key: str
    loaded_at: str | None
    product_id: int | None
    quantity: str | None
    sales_record_id: int | None
    source_changed_at: str | None
    source_pipeline: str | None
    tax_rate: str | None
    unit_price: str | None
    updated_at: str | None
    variant_id: int | None
    version: int


class CatalogueSalesLineList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[CatalogueSalesLine]]


class CatalogueSalesRecord(TypedDict, total=False):
    content_hash: str | None
    created_at: str | None
    created_run_id: str | None
    currency: str | None
    customer_id: int | None
    deleted_at: str | None
    due_date: str | None
    edited_at: str | None
    edited_by: str | None
    id: int
    is_placeholder: bool
    legacy_id: str
    loaded_at: str | None
    record_date: str | None
    record_type: Literal["INVOICE", "PROPOSAL", "DELIVERY_NOTE", "CREDIT_NOTE", "ORDER_CONFIRMATION"] | None
    source_changed_at: str | None
    source_pipeline: str | None
    total: str | None
    updated_at: str | None
    version: int


class CatalogueSalesRecordChange(TypedDict, total=False):
    content_hash: str | None
    created_at: str | None
    created_run_id: str | None
    currency: str | None
    customer_id: int | None
    deleted_at: str | None
    due_date: str | None
    edited_at: str | None
    edited_by: str | None
    id: int
    is_placeholder: bool
    legacy_id: str
    loaded_at: str | None
    record_date: str | None
    record_type: Literal["INVOICE", "PROPOSAL", "DELIVERY_NOTE", "CREDIT_NOTE", "ORDER_CONFIRMATION"] | None
    source_changed_at: str | None
    source_pipeline: str | None
    total: str | None
    updated_at: str | None
    version: int


class CatalogueSalesRecordList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[CatalogueSalesRecord]]


class CatalogueStorageItem(TypedDict, total=False):
    box_type_id: int | None
    content_hash: str | None
    created_at: str | None
    created_run_id: str | None
    deleted_at: str | None
    edited_at: str | None
    edited_by: str | None
    id: int
    is_placeholder: bool
    legacy_id: str
    loaded_at: str | None
    location_id: int | None
    product_id: int | None
    quantity: int | None
    source_changed_at: str | None
    source_pipeline: str | None
    status: Literal["RESERVED", "ALLOCATED", "AVAILABLE"] | None
    updated_at: str | None
    version: int


class CatalogueStorageItemChange(TypedDict, total=False):
    box_type_id: int | None
    content_hash: str | None
    created_at: str | None
    created_run_id: str | None
    deleted_at: str | None
    edited_at: str | None
    edited_by: str | None
    id: int
    is_placeholder: bool
    legacy_id: str
    loaded_at: str | None
    location_id: int | None
    product_id: int | None
    quantity: int | None
    source_changed_at: str | None
    source_pipeline: str | None
    status: Literal["RESERVED", "ALLOCATED", "AVAILABLE"] | None
    updated_at: str | None
    version: int


class CatalogueStorageItemList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[CatalogueStorageItem]]


class CatalogueVariant(TypedDict, total=False):
    base_sku: str | None
    category_id: int | None
    content_hash: str | None
    created_at: str | None
    created_run_id: str | None
    deleted_at: str | None
    description: str | None
    description_en: str | None
    edited_at: str | None
    edited_by: str | None
    id: int
    is_active: bool
    is_placeholder: bool
    legacy_id: str | None
    legacy_parent_id: str | None
    loaded_at: str | None
    name: str | None
    name_en: str | None
    product_id: int | None
    retail_price: str | None
    retail_unit: str | None
    sku: str
    source_changed_at: str | None
    source_pipeline: str | None
    updated_at: str | None
    variant_code: str | None
    version: int
    weight: str | None
    wholesale_price: str | None


class CatalogueVariantChange(TypedDict, total=False):
    base_sku: str | None
    category_id: int | None
    content_hash: str | None
    created_at: str | None
    created_run_id: str | None
    deleted_at: str | None
    description: str | None
    description_en: str | None
    edited_at: str | None
    edited_by: str | None
    id: int
    is_active: bool
    is_placeholder: bool
    legacy_id: str | None
    legacy_parent_id: str | None
    loaded_at: str | None
    name: str | None
    name_en: str | None
    product_id: int | None
    retail_price: str | None
    retail_unit: str | None
    sku: str
    source_changed_at: str | None
    source_pipeline: str | None
    updated_at: str | None
    variant_code: str | None
    version: int
    weight: str | None
    wholesale_price: str | None


class CatalogueVariantList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[CatalogueVariant]]


class Cause(TypedDict, total=False):
    code: str
    entries: int
    field: str | None
    first_seen_at: str | None
    kind: str
    last_seen_at: str | None
    pipeline: str
    sample: dict[str, Any]


class Causes(TypedDict, total=False):
    results: list[Cause]


class Checked(TypedDict, total=False):
    findings: list[dict[str, Any]]
    names: list[str]


class Company(TypedDict, total=False):
    code: Required[str]
    company_id: str
    created_at: str | None
    id: str
    is_active: bool
    name: Required[str]
    point_expiry_months: int
    points_per_currency: str
    timezone: str
    updated_at: str | None
    version: int


class CompanyChange(TypedDict, total=False):
    code: str
    company_id: str
    created_at: str | None
    id: str
    is_active: bool
    name: str
    point_expiry_months: int
    points_per_currency: str
    timezone: str
    updated_at: str | None
    version: int


class CompanySummary(TypedDict, total=False):
    by_brand: Required[dict[str, BrandCount]]
    stores_with_promotions: Required[int]
    total_promotions: Required[int]
    total_stores: Required[int]


class CompileArgs(TypedDict, total=False):
    company_id: str
    ids: list[str] | None


class CompileCompanyArgs(TypedDict, total=False):
    company_id: str


class Compiled(TypedDict, total=False):
    compiled_data: Required[dict[str, Any]]
    promotion_code: Required[str]
    success: Required[bool]


class CompiledCompany(TypedDict, total=False):
    company_id: Required[str]
    company_name: Required[str]
    compiled_at: Required[str]
    errors: Required[list[dict[str, Any]]]
    stores: Required[dict[str, CompiledStore]]
    summary: Required[CompanySummary]


class CompiledMany(TypedDict, total=False):
    count: Required[int]
    errors: Required[list[dict[str, Any]]]
    promotions: Required[list[dict[str, Any]]]
    store_code: str
    store_id: str
    success: bool


class CompiledStore(TypedDict, total=False):
    brand_id: Required[str]
    brand_name: Required[str]
    count: Required[int]
    promotions: Required[list[dict[str, Any]]]
    store_code: Required[str]
    store_id: Required[str]
    store_name: Required[str]


class Component(TypedDict, total=False):
    kind: str
    missing_group: str | None
    name: str
    schema: dict[str, Any]
    version: str


class Components(TypedDict, total=False):
    results: list[Component]


class Conflict(TypedDict, total=False):
    approval_id: int | None
    created_at: str | None
    differing_fields: Any
    id: int
    key: str
    pipeline: str
    resolution: str | None
    resolved_at: str | None
    resolved_by: str | None
    resolved_values: dict[str, Any] | None
    row_id: int
    run_id: str
    source_changed_at: str | None
    source_values: dict[str, Any]
    status: str
    strategy: str
    table: str
    target_edited_at: str | None
    target_edited_by: str | None
    target_values: dict[str, Any]
    target_version: int
    updated_at: str | None
    version: int


class ConflictChoice(TypedDict, total=False):
    pipeline: str
    table: str


class ConflictList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Conflict]]


class Contact(TypedDict, total=False):
    bytes: Required[int]
    calls: Required[int]
    is_stale: Required[bool]
    last_contact: Required[str | None]
    share_full: Required[float]
    share_unchanged: Required[float]
    store_code: Required[str]
    store_id: Required[str]
    version: Required[int]
    version_held: Required[int | None]


class Contacts(TypedDict, total=False):
    results: Required[list[Contact]]


class Correction(TypedDict, total=False):
    corrected_row: Required[dict[str, Any] | None]
    version: int


class Dag(TypedDict, total=False):
    dag_id: str
    description: str
    edges: Any
    max_active_runs: int
    nodes: list[Node]
    schedule: str | None
    time_zone: str


class Decision(TypedDict, total=False):
    approval_id: Required[int]
    comments: str | None
    decision: Required[Literal["approved", "rejected", "expired", "cancelled"]]
    external_ref: str | None
    option: str | None
    person: str | None


class Difference(TypedDict, total=False):
    action: str
    fields: dict[str, Any]
    key: str | None


class DifferenceList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Difference]]


class Discard(TypedDict, total=False):
    comment: Required[str]
    version: int


class EdgeFilter(TypedDict, total=False):
    brand_id: Required[str | None]
    company_id: Required[str]
    store_id: Required[str | None]


class EdgeKey(TypedDict, total=False):
    alg: Required[str]
    created_at: Required[str]
    expires_at: Required[str | None]
    key_id: Required[str]
    public_key: Required[str]


class EdgeKeyMade(TypedDict, total=False):
    created_at: Required[str]
    key_id: Required[str]
    public_key: Required[str]


class EdgeKeys(TypedDict, total=False):
    keys: Required[list[EdgeKey]]


class EdgeLogin(TypedDict, total=False):
    secret: Required[str]
    store_id: Required[str]


class EdgePage(TypedDict, total=False):
    checksum: Required[str]
    cursor: Required[str | None]
    deleted_ids: Required[list[str]]
    filter: Required[EdgeFilter]
    full_required: Required[bool]
    has_more: Required[bool]
    mode: Required[Literal["full", "delta", "since"]]
    next: Required[str | None]
    next_cursor: Required[str | None]
    store: Required[EdgeStore | None]
    sync_timestamp: Required[str]
    total: Required[int]
    total_available: Required[int]


class EdgePromotions(TypedDict, total=False):
    checksum: Required[str]
    cursor: Required[str | None]
    deleted_ids: Required[list[str]]
    errors: Required[list[dict[str, Any]]]
    filter: Required[EdgeFilter]
    full_required: Required[bool]
    has_more: Required[bool]
    mode: Required[Literal["full", "delta", "since"]]
    next: Required[str | None]
    next_cursor: Required[str | None]
    promotions: Required[list[dict[str, Any]]]
    schema_version: Required[str]
    settings: Required[EdgeSettings]
    store: Required[EdgeStore | None]
    sync_timestamp: Required[str]
    total: Required[int]
    total_available: Required[int]


class EdgeServer(TypedDict, total=False):
    active: bool
    company_id: str
    created_at: str | None
    gone_at: str | None
    id: str
    last_seen_at: str | None
    last_version: int | None
    secret: str | None
    signature: Literal["ed25519", "hmac-sha256"]
    store_id: Required[str]
    updated_at: str | None
    url: str | None
    version: int


class EdgeServerChange(TypedDict, total=False):
    active: bool
    company_id: str
    created_at: str | None
    gone_at: str | None
    id: str
    last_seen_at: str | None
    last_version: int | None
    secret: str | None
    signature: Literal["ed25519", "hmac-sha256"]
    store_id: str
    updated_at: str | None
    url: str | None
    version: int


class EdgeServerList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[EdgeServer]]


class EdgeSettings(TypedDict, total=False):
    future_days: Required[int]
    max_promotions: Required[int]
    past_days: Required[int]
    strategy: Required[str]


class EdgeStore(TypedDict, total=False):
    code: Required[str]
    id: Required[str]
    name: Required[str]


class EdgeToken(TypedDict, total=False):
    access_token: Required[str]
    expires_in: Required[int]
    token_type: Required[str]


class EdgeVersion(TypedDict, total=False):
    force_update: Required[bool]
    last_updated: Required[str | None]
    next_sync_at: Required[str | None]
    version: Required[int]


class Effective(TypedDict, total=False):
    origins: Required[dict[str, Any]]
    values: Required[dict[str, Any]]


class Entry(TypedDict, total=False):
    attempts: int
    comment: str | None
    corrected_row: Any
    created_at: str | None
    errors: Any
    first_seen_at: str | None
    id: int
    key: str
    kind: str
    last_seen_at: str | None
    pipeline: str
    position: dict[str, Any]
    resolved_at: str | None
    resolved_by: str | None
    resolved_run_id: str | None
    row: Any
    run_id: str
    stage: str
    status: str
    times_seen: int
    updated_at: str | None
    version: int
    waiting_for: dict[str, Any] | None


class EntryChoice(TypedDict, total=False):
    code: str
    field: str
    key: str
    kind: Literal["bad", "parked"]
    pipeline: str
    stage: Literal["extract", "transform", "validate", "load"]


class EntryList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Entry]]


class FieldProblem(TypedDict, total=False):
    code: Required[str]
    detail: Required[str]
    pointer: Required[str]


class Figures(TypedDict, total=False):
    average_duration_seconds: float | None
    cancelled_runs: int
    completed_runs: int
    completed_with_errors_runs: int
    failed_runs: int
    mean_seconds_to_recovery: float | None
    p95_duration_seconds: float | None
    pending_runs: int
    pipeline: str
    rows_per_second: float | None
    running_runs: int
    scheduled_success_rate: float | None
    skipped_runs: int
    total_runs: int
    unattended_rate: float | None


class Finding(TypedDict, total=False):
    kind: Required[str]
    number: Required[int | None]
    retention_class: Required[str]
    row_id: Required[int | None]


class Force(TypedDict, total=False):
    comment: Required[str]
    company_id: str


class Group(TypedDict, total=False):
    name: str
    pipelines: Any


class GroupRun(TypedDict, total=False):
    completed_at: str | None
    created_at: str | None
    edges: Any
    id: str
    members: list[Run]
    name: str | None
    status: str


class GroupRunLine(TypedDict, total=False):
    completed_at: str | None
    created_at: str | None
    id: str
    name: str | None
    status: str


class GroupRunLineList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[GroupRunLine]]


class Groups(TypedDict, total=False):
    results: list[Group]


class History(TypedDict, total=False):
    action: str
    at: str | None
    fields: dict[str, Any]
    id: int
    run_id: str


class HistoryList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[History]]


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


class JudgedPromotion(TypedDict, total=False):
    code: Required[str]
    end_date: Required[str]
    id: Required[str]
    is_for_brand: Required[bool]
    is_for_store: Required[bool]
    is_held: Required[bool]
    is_in_time: Required[bool]
    is_on: Required[bool]
    name: Required[str]
    promo_type: Required[str]
    start_date: Required[str]


class JudgedPromotionList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[JudgedPromotion]]


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


class MenuCategory(TypedDict, total=False):
    brand_id: Required[str]
    company_id: str
    created_at: str | None
    icon: str
    id: str
    is_active: bool
    name: Required[str]
    parent_id: str | None
    sort_order: int
    updated_at: str | None
    version: int


class MenuCategoryChange(TypedDict, total=False):
    brand_id: str
    company_id: str
    created_at: str | None
    icon: str
    id: str
    is_active: bool
    name: str
    parent_id: str | None
    sort_order: int
    updated_at: str | None
    version: int


class MenuCategoryList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[MenuCategory]]


class MenuProduct(TypedDict, total=False):
    brand_id: Required[str]
    category_id: Required[str]
    company_id: str
    cost: str | None
    created_at: str | None
    description: str
    id: str
    is_active: bool
    name: Required[str]
    price: Required[str]
    printer_target: Literal["kitchen", "bar", "dessert"]
    sku: Required[str]
    sort_order: int
    stock_quantity: int
    track_stock: bool
    updated_at: str | None
    version: int


class MenuProductChange(TypedDict, total=False):
    brand_id: str
    category_id: str
    company_id: str
    cost: str | None
    created_at: str | None
    description: str
    id: str
    is_active: bool
    name: str
    price: str
    printer_target: Literal["kitchen", "bar", "dessert"]
    sku: str
    sort_order: int
    stock_quantity: int
    track_stock: bool
    updated_at: str | None
    version: int


class MenuProductList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[MenuProduct]]


class Message(TypedDict, total=False):
    message_id: Required[str]


class MixMatch(TypedDict, total=False):
    allow_same_product: bool
    category_id: str | None
    required_quantity: int
    special_price: str


class Modifier(TypedDict, total=False):
    brand_id: Required[str]
    company_id: str
    created_at: str | None
    id: str
    is_active: bool
    is_required: bool
    max_selections: int
    name: Required[str]
    sort_order: int
    updated_at: str | None
    version: int


class ModifierChange(TypedDict, total=False):
    brand_id: str
    company_id: str
    created_at: str | None
    id: str
    is_active: bool
    is_required: bool
    max_selections: int
    name: str
    sort_order: int
    updated_at: str | None
    version: int


class ModifierList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Modifier]]


class ModifierOption(TypedDict, total=False):
    company_id: str
    created_at: str | None
    id: str
    is_active: bool
    is_default: bool
    modifier_id: Required[str]
    name: Required[str]
    price_adjustment: str
    sort_order: int
    updated_at: str | None
    version: int


class ModifierOptionChange(TypedDict, total=False):
    company_id: str
    created_at: str | None
    id: str
    is_active: bool
    is_default: bool
    modifier_id: str
    name: str
    price_adjustment: str
    sort_order: int
    updated_at: str | None
    version: int


class ModifierOptionList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[ModifierOption]]


class Moves(TypedDict, total=False):
    bytes: Required[int]
    objects_deleted: Required[int]
    objects_sent: Required[int]
    stores: Required[int]
    stores_moved: Required[int]


class NewWebhook(TypedDict, total=False):
    active: bool
    created_at: str
    created_by: str | None
    event_types: list[Literal["run.ended"]]
    id: int
    inactive_reason: Literal["gone", "switched_off"] | None
    name: str
    previous_valid_until: str | None
    updated_at: str
    url: Required[str]
    version: int


class Node(TypedDict, total=False):
    accept: Any
    id: str
    pipeline: str
    result_path: str
    retries: int
    start: dict[str, Any]
    timeout_seconds: int
    wait_path: str


class Override(TypedDict, total=False):
    company_id: str
    enable_compression: bool | None
    future_days: int | None
    include_inactive: bool | None
    max_promotions_per_sync: int | None
    past_days: int | None
    sync_strategy: Literal["current_only", "include_future", "all_active"] | None


class Package(TypedDict, total=False):
    allow_modification: bool
    deduction_strategy: Literal["fixed_only", "selected_only", "all_components"]
    items: list[PackageItem]
    max_items: int | None
    min_items: int | None
    package_name: Required[str]
    package_price: Required[str]
    package_sku: Required[str]


class PackageItem(TypedDict, total=False):
    category: str | None
    is_required: bool
    item_type: Required[Literal["fixed", "choice"]]
    max_selection: int
    min_selection: int
    product: str | None
    quantity: int
    sort_order: Required[int]
    upsell_price: str


class PaginationMetadata(TypedDict, total=False):
    first_page: int
    last_page: int
    next_page: int
    page: int
    previous_page: int
    total: int
    total_pages: int


class Partition(TypedDict, total=False):
    batches: int
    bounds: dict[str, Any]
    done: bool
    number: int
    stats: dict[str, Any]


class Pipeline(TypedDict, total=False):
    active: bool
    config_version: int
    created_at: str | None
    created_by: str | None
    description: str | None
    entity: str
    last_run: dict[str, Any] | None
    name: str
    next_run_at: str | None
    open_conflicts: int
    open_quarantine: int
    updated_at: str | None
    version: int


class PipelineDetail(TypedDict, total=False):
    active: bool
    checksum: str
    config_version: int
    configuration: dict[str, Any]
    created_at: str | None
    created_by: str | None
    description: str | None
    entity: str
    last_run: dict[str, Any] | None
    name: str
    next_run_at: str | None
    open_conflicts: int
    open_quarantine: int
    state: State
    text: str
    updated_at: str | None
    version: int


class PipelineList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Pipeline]]


class PipelineSet(TypedDict, total=False):
    results: list[Pipeline]


class Preview(TypedDict, total=False):
    codes: list[str]
    compared_with_saved: dict[str, Any]
    count: Required[int]
    description: Required[str]
    samples: Required[list[Sample]]
    strategy: Required[str]
    success: Required[bool]


class Problem(TypedDict, total=False):
    code: Required[str]
    correlation_id: Required[str]
    detail: Required[str]
    errors: Required[list[FieldProblem]]
    instance: Required[str]
    status: Required[int]
    title: Required[str]
    type: Required[str]


class ProductModifier(TypedDict, total=False):
    company_id: str
    created_at: str | None
    id: str
    modifier_id: Required[str]
    product_id: Required[str]
    sort_order: int
    updated_at: str | None
    version: int


class ProductModifierChange(TypedDict, total=False):
    company_id: str
    created_at: str | None
    id: str
    modifier_id: str
    product_id: str
    sort_order: int
    updated_at: str | None
    version: int


class ProductModifierList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[ProductModifier]]


class Promotion(TypedDict, total=False):
    all_stores: bool
    apply_to: Literal["all", "category", "product", "bill", "payment"]
    benefit_brands: list[str]
    brand_id: str | None
    brands: list[str]
    buy_quantity: int | None
    cannot_combine_with: list[str]
    categories: list[str]
    code: Required[str]
    combo_price: str | None
    combo_products: list[str]
    company_id: str
    created_at: str | None
    created_by: str | None
    cross_brand_rules: dict[str, Any]
    cross_brand_type: (
        Literal["trigger_benefit", "multi_brand_spend", "cross_brand_bundle", "loyalty_accumulate", "same_receipt"]
        | None
    )
    current_uses: int | None
    customer_type: Literal["all", "first_order", "first_per_brand", "comeback", "inactive"]
    description: str
    discount_amount: str | None
    discount_percent: str | None
    end_date: Required[str]
    exclude_brands: list[str]
    exclude_categories: list[str]
    exclude_channels: list[str]
    exclude_holidays: bool
    exclude_products: list[str]
    execution_priority: int
    execution_stage: Literal["item_level", "cart_level", "payment_level"]
    get_product: str | None
    get_quantity: int | None
    happy_hour_price: str | None
    id: str
    is_active: bool
    is_auto_apply: bool
    is_cross_brand: bool
    is_stackable: bool
    max_discount_amount: str | None
    max_uses: int | None
    max_uses_per_customer: int | None
    max_uses_per_day: int | None
    member_only: bool
    member_tiers: list[str]
    min_items: int | None
    min_purchase: str
    min_quantity: int | None
    mix_match_rules: MixMatch
    name: Required[str]
    package: Package | None
    payment_methods: list[str]
    payment_min_amount: str | None
    priority: int
    products: list[str]
    promo_type: Required[
        Literal[
            "percent_discount",
            "amount_discount",
            "buy_x_get_y",
            "combo",
            "free_item",
            "happy_hour",
            "cashback",
            "payment_discount",
            "package",
            "mix_match",
            "upsell",
            "threshold_tier",
        ]
    ]
    require_voucher: bool
    required_product: str | None
    sales_channels: list[str]
    scope: Literal["company", "brands", "single"]
    show_in_menu: bool
    start_date: Required[str]
    stores: list[str]
    terms_conditions: str
    tiers: list[Tier]
    trigger_brands: list[str]
    trigger_min_amount: str | None
    updated_at: str | None
    upsell_message: str
    upsell_product: str | None
    upsell_special_price: str | None
    valid_days: list[int]
    valid_time_end: str | None
    valid_time_start: str | None
    version: int
    warnings: list[Warning]


class PromotionChange(TypedDict, total=False):
    all_stores: bool
    apply_to: Literal["all", "category", "product", "bill", "payment"]
    benefit_brands: list[str]
    brand_id: str | None
    brands: list[str]
    buy_quantity: int | None
    cannot_combine_with: list[str]
    categories: list[str]
    code: str
    combo_price: str | None
    combo_products: list[str]
    company_id: str
    created_at: str | None
    created_by: str | None
    cross_brand_rules: dict[str, Any]
    cross_brand_type: (
        Literal["trigger_benefit", "multi_brand_spend", "cross_brand_bundle", "loyalty_accumulate", "same_receipt"]
        | None
    )
    current_uses: int | None
    customer_type: Literal["all", "first_order", "first_per_brand", "comeback", "inactive"]
    description: str
    discount_amount: str | None
    discount_percent: str | None
    end_date: str
    exclude_brands: list[str]
    exclude_categories: list[str]
    exclude_channels: list[str]
    exclude_holidays: bool
    exclude_products: list[str]
    execution_priority: int
    execution_stage: Literal["item_level", "cart_level", "payment_level"]
    get_product: str | None
    get_quantity: int | None
    happy_hour_price: str | None
    id: str
    is_active: bool
    is_auto_apply: bool
    is_cross_brand: bool
    is_stackable: bool
    max_discount_amount: str | None
    max_uses: int | None
    max_uses_per_customer: int | None
    max_uses_per_day: int | None
    member_only: bool
    member_tiers: list[str]
    min_items: int | None
    min_purchase: str
    min_quantity: int | None
    mix_match_rules: MixMatch
    name: str
    package: Package | None
    payment_methods: list[str]
    payment_min_amount: str | None
    priority: int
    products: list[str]
    promo_type: Literal[
        "percent_discount",
        "amount_discount",
        "buy_x_get_y",
        "combo",
        "free_item",
        "happy_hour",
        "cashback",
        "payment_discount",
        "package",
        "mix_match",
        "upsell",
        "threshold_tier",
    ]
    require_voucher: bool
    required_product: str | None
    sales_channels: list[str]
    scope: Literal["company", "brands", "single"]
    show_in_menu: bool
    start_date: str
    stores: list[str]
    terms_conditions: str
    tiers: list[Tier]
    trigger_brands: list[str]
    trigger_min_amount: str | None
    updated_at: str | None
    upsell_message: str
    upsell_product: str | None
    upsell_special_price: str | None
    valid_days: list[int]
    valid_time_end: str | None
    valid_time_start: str | None
    version: int
    warnings: list[Warning]


class PromotionList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Promotion]]


class Redrive(TypedDict, total=False):
    filter: EntryChoice
    ids: list[int]


class Rehearsal(TypedDict, total=False):
    at: str | None
    auto_sync_enabled: bool
    company_id: str
    enable_compression: bool
    future_days: int
    include_inactive: bool
    max_promotions_per_sync: int
    past_days: int
    sync_interval_hours: int
    sync_strategy: Literal["current_only", "include_future", "all_active"]
    sync_times: list[str]
    updated_at: str | None
    updated_by: str | None
    version: int


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


class Reset(TypedDict, total=False):
    watermark: str | None


class Resolve(TypedDict, total=False):
    resolution: Required[Literal["source", "target", "merged"]]
    target_version: int
    values: dict[str, Any]


class ResolveMany(TypedDict, total=False):
    filter: ConflictChoice
    ids: list[int]
    resolution: Required[Literal["source", "target"]]


class Resolved(TypedDict, total=False):
    code: str | None
    detail: str | None
    id: int
    status: str


class ResolvedMany(TypedDict, total=False):
    failed: int
    left: int
    resolved: int
    results: list[Resolved]
    unchanged: int


class Restore(TypedDict, total=False):
    company_id: str
    id: Required[int]


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


class Run(TypedDict, total=False):
    actor: str | None
    completed_at: str | None
    config_version: int
    correlation_id: str
    created_at: str | None
    duration_seconds: float | None
    entity: str
    error: dict[str, Any] | None
    group_run_id: str | None
    heartbeat_at: str | None
    id: str
    kind: str
    parameters: dict[str, Any]
    pipeline: str
    skip_reason: str | None
    skips: dict[str, Any]
    stages: dict[str, Any]
    started_at: str | None
    stats: dict[str, Any]
    status: str
    trigger: str
    unmapped_fields: Any
    warnings: Any
    watermark_after: str | None
    watermark_before: str | None
    why_full: str | None


class RunAll(TypedDict, total=False):
    all: Required[Literal[True]]
    allow_mass_delete: bool
    batch_size: int
    days: int
    dependencies: Literal["check", "run", "ignore"]
    dry_run: bool
    filters: dict[str, Any]
    if_running: Literal["refuse", "join"]
    mode: Literal["incremental", "full"]
    since: str
    top: int
    trigger: Literal["api", "cli", "airflow"]
    until: str
    update_existing: bool


class RunDetail(TypedDict, total=False):
    actor: str | None
    completed_at: str | None
    config_version: int
    correlation_id: str
    created_at: str | None
    diff: Any
    duration_seconds: float | None
    entity: str
    error: dict[str, Any] | None
    group_run_id: str | None
    heartbeat_at: str | None
    id: str
    kind: str
    parameters: dict[str, Any]
    partitions: list[Partition]
    pipeline: str
    skip_reason: str | None
    skips: dict[str, Any]
    stages: dict[str, Any]
    started_at: str | None
    stats: dict[str, Any]
    status: str
    trigger: str
    unmapped_fields: Any
    warnings: Any
    watermark_after: str | None
    watermark_before: str | None
    why_full: str | None


class RunList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Run]]


class RunRequest(TypedDict, total=False):
    allow_mass_delete: bool
    batch_size: int
    days: int
    dependencies: Literal["check", "run", "ignore"]
    dry_run: bool
    filters: dict[str, Any]
    if_running: Literal["refuse", "join"]
    mode: Literal["incremental", "full"]
    since: str
    top: int
    trigger: Literal["api", "cli", "airflow"]
    until: str
    update_existing: bool


class RunRow(TypedDict, total=False):
    code: str | None
    field: str | None
    key: str | None
    outcome: str
    position: dict[str, Any]
    text: str | None


class RunRowList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[RunRow]]


class RunSummary(TypedDict, total=False):
    average_duration_seconds: float | None
    cancelled_runs: int
    completed_runs: int
    completed_with_errors_runs: int
    failed_runs: int
    mean_seconds_to_recovery: float | None
    p95_duration_seconds: float | None
    pending_runs: int
    pipeline: str
    pipelines: list[Figures]
    rows_per_second: float | None
    running_runs: int
    scheduled_success_rate: float | None
    skipped_runs: int
    total_runs: int
    unattended_rate: float | None


class Runs(TypedDict, total=False):
    results: list[Run]


class Sample(TypedDict, total=False):
    code: Required[str]
    end_date: Required[str]
    is_active: Required[bool]
    name: Required[str]
    start_date: Required[str]


class Save(TypedDict, total=False):
    changes: Required[dict[str, Any]]
    comment: Required[str | None]
    id: Required[int]
    layer: Required[str]
    saved_at: Required[str]
    saved_by: Required[str | None]
    saved_by_name: Required[str | None]
    target_id: Required[str | None]
    values: Required[dict[str, Any]]


class SaveList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Save]]


class Set(TypedDict, total=False):
    files: Required[dict[str, str]]


class Settings(TypedDict, total=False):
    auto_sync_enabled: bool
    company_id: str
    enable_compression: bool
    future_days: int
    include_inactive: bool
    max_promotions_per_sync: int
    past_days: int
    sync_interval_hours: int
    sync_strategy: Literal["current_only", "include_future", "all_active"]
    sync_times: list[str]
    updated_at: str | None
    updated_by: str | None
    version: int


class State(TypedDict, total=False):
    checkpoint: dict[str, Any] | None
    last_run_id: str | None
    last_successful_run_id: str | None
    last_successful_sync_at: str | None
    last_sync_at: str | None
    mapping_checksum: str | None
    watermark: str | None


class Store(TypedDict, total=False):
    address: str
    brand_id: Required[str]
    company_id: str
    created_at: str | None
    id: str
    is_active: bool
    latitude: str | None
    longitude: str | None
    phone: str
    store_code: Required[str]
    store_name: Required[str]
    timezone: str | None
    updated_at: str | None
    version: int


class StoreChange(TypedDict, total=False):
    address: str
    brand_id: str
    company_id: str
    created_at: str | None
    id: str
    is_active: bool
    latitude: str | None
    longitude: str | None
    phone: str
    store_code: str
    store_name: str
    timezone: str | None
    updated_at: str | None
    version: int


class StoreList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Store]]


class StoreTable(TypedDict, total=False):
    area_id: Required[str]
    capacity: int
    company_id: str
    created_at: str | None
    id: str
    is_active: bool
    number: Required[str]
    updated_at: str | None
    version: int


class StoreTableChange(TypedDict, total=False):
    area_id: str
    capacity: int
    company_id: str
    created_at: str | None
    id: str
    is_active: bool
    number: str
    updated_at: str | None
    version: int


class StoreTableList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[StoreTable]]


class Switch(TypedDict, total=False):
    active: Required[bool]
    version: int


class SyncLog(TypedDict, total=False):
    bytes: Required[int]
    called_at: Required[str]
    deleted: Required[int]
    endpoint: Required[str]
    id: Required[int]
    mode: Required[str | None]
    seconds: Required[float]
    sent: Required[int]
    status: Required[int]
    store_id: Required[str | None]
    version: Required[int | None]


class SyncLogList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[SyncLog]]


class TableArea(TypedDict, total=False):
    company_id: str
    created_at: str | None
    id: str
    is_active: bool
    name: Required[str]
    sort_order: int
    store_id: Required[str]
    updated_at: str | None
    version: int


class TableAreaChange(TypedDict, total=False):
    company_id: str
    created_at: str | None
    id: str
    is_active: bool
    name: str
    sort_order: int
    store_id: str
    updated_at: str | None
    version: int


class TableAreaList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[TableArea]]


class TableGroup(TypedDict, total=False):
    company_id: str
    created_at: str | None
    id: str
    is_active: bool
    name: Required[str]
    store_id: Required[str]
    tables: list[str]
    updated_at: str | None
    version: int


class TableGroupChange(TypedDict, total=False):
    company_id: str
    created_at: str | None
    id: str
    is_active: bool
    name: str
    store_id: str
    tables: list[str]
    updated_at: str | None
    version: int


class TableGroupList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[TableGroup]]


class Tier(TypedDict, total=False):
    discount_type: Required[Literal["percent", "amount", "free_product", "points_multiplier"]]
    discount_value: str
    free_product: str | None
    is_active: bool
    max_amount: str | None
    min_amount: Required[str]
    points_multiplier: str
    tier_name: Required[str]
    tier_order: Required[int]


class Try(TypedDict, total=False):
    at: str | None
    auto_sync_enabled: bool
    brand_id: str | None
    company_id: str
    enable_compression: bool
    future_days: int
    include_inactive: bool
    limit: int
    max_promotions_per_sync: int
    past_days: int
    store_id: str | None
    sync_interval_hours: int
    sync_strategy: Literal["current_only", "include_future", "all_active"]
    sync_times: list[str]
    updated_at: str | None
    updated_by: str | None
    version: int


class Usage(TypedDict, total=False):
    bill_id: Required[str]
    clock_suspect: Required[bool]
    customer_id: Required[str | None]
    discount_amount: Required[str]
    id: Required[int]
    promotion_id: Required[str]
    received_at: Required[str]
    store_id: Required[str]
    used_at: Required[str]


class UsageAnswer(TypedDict, total=False):
    created: Required[int]
    duplicates: Required[int]
    errors: Required[list[UsageError]]
    total: Required[int]


class UsageError(TypedDict, total=False):
    code: Required[str]
    data: Required[Any]
    error: Required[str]
    index: Required[int]


class UsageList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Usage]]


class Verification(TypedDict, total=False):
    findings: Required[list[Finding]]
    intact: Required[bool]
    rows: Required[int]
    seals: Required[int]
    truncated: Required[bool]
    unsealed_rows: Required[int]


class Version(TypedDict, total=False):
    checksum: str
    created_at: str | None
    created_by: str | None
    number: int
    text: str


class VersionList(TypedDict, total=False):
    count: int
    next: Required[str | None]
    previous: Required[str | None]
    results: Required[list[Version]]


class Warning(TypedDict, total=False):
    code: Required[str]
    field: Required[str]
    text: Required[str]


class Webhook(TypedDict, total=False):
    active: bool
    created_at: str
    created_by: str | None
    event_types: list[Literal["run.ended"]]
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
    event_types: list[Literal["run.ended"]]
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
    event_types: list[Literal["run.ended"]]
    id: int
    inactive_reason: Literal["gone", "switched_off"] | None
    name: Required[str]
    previous_valid_until: str | None
    secret: str
    updated_at: str
    url: Required[str]
    version: int


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


class BrandsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    company_id: str | None
    code: str
    is_active: bool


class CatalogueAddressQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    deleted: bool
    source_pipeline: str | Sequence[str]
    is_placeholder: bool
    legacy_id: str | Sequence[str]
    customer_id: int | Sequence[int]


class CatalogueAddressHistoryQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


class CatalogueBoxTypeQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    deleted: bool
    source_pipeline: str | Sequence[str]
    is_placeholder: bool
    legacy_id: str | Sequence[str]


class CatalogueBoxTypeHistoryQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


class CatalogueCategoryQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    deleted: bool
    source_pipeline: str | Sequence[str]
    is_placeholder: bool
    legacy_id: str | Sequence[str]
    parent_id: int | Sequence[int]


class CatalogueCategoryHistoryQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


class CatalogueCustomerQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    deleted: bool
    source_pipeline: str | Sequence[str]
    is_placeholder: bool
    number: str | Sequence[str]
    legacy_id: str | Sequence[str]
    address_number: str | Sequence[str]


class CatalogueCustomerHistoryQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


class CatalogueEmployeeQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    deleted: bool
    source_pipeline: str | Sequence[str]
    is_placeholder: bool
    number: str | Sequence[str]


class CatalogueEmployeeHistoryQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


class CatalogueLocationQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    deleted: bool
    source_pipeline: str | Sequence[str]
    is_placeholder: bool
    legacy_id: str | Sequence[str]


class CatalogueLocationHistoryQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


class CatalogueProductQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    deleted: bool
    source_pipeline: str | Sequence[str]
    is_placeholder: bool
    sku: str | Sequence[str]
    base_sku: str | Sequence[str]
    legacy_id: str | Sequence[str]
    category_id: int | Sequence[int]


class CatalogueProductHistoryQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


class CatalogueSalesLineQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    deleted: bool
    source_pipeline: str | Sequence[str]
    is_placeholder: bool
    line_key: str | Sequence[str]
    sales_record_id: int | Sequence[int]
    product_id: int | Sequence[int]
    variant_id: int | Sequence[int]


class CatalogueSalesLineHistoryQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


class CatalogueSalesRecordQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    deleted: bool
    source_pipeline: str | Sequence[str]
    is_placeholder: bool
    legacy_id: str | Sequence[str]
    customer_id: int | Sequence[int]


class CatalogueSalesRecordHistoryQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


class CatalogueStorageItemQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    deleted: bool
    source_pipeline: str | Sequence[str]
    is_placeholder: bool
    legacy_id: str | Sequence[str]
    product_id: int | Sequence[int]
    location_id: int | Sequence[int]
    box_type_id: int | Sequence[int]


class CatalogueStorageItemHistoryQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


class CatalogueVariantQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    deleted: bool
    source_pipeline: str | Sequence[str]
    is_placeholder: bool
    product_id: int | Sequence[int]
    sku: str | Sequence[str]
    base_sku: str | Sequence[str]
    legacy_id: str | Sequence[str]
    category_id: int | Sequence[int]


class CatalogueVariantHistoryQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


class CatalogueHistoryQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


class CategoriesListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    company_id: str | None
    brand_id: str
    is_active: bool


class ConflictsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    pipeline: str | Sequence[str]
    table: str | Sequence[str]
    key: str | Sequence[str]
    status: Literal["open", "resolved", "obsolete"] | Sequence[Literal["open", "resolved", "obsolete"]]
    resolution: Literal["source", "target", "merged"] | Sequence[Literal["source", "target", "merged"]]
    run: str


class EdgeServersListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    company_id: str | None
    store_id: str
    active: bool


class EdgeBrandsQuery(TypedDict, total=False):
    company_id: Required[str]
    store_id: str
    brand_id: str
    cursor: str
    updated_since: str
    limit: int


class EdgeCategoriesQuery(TypedDict, total=False):
    company_id: Required[str]
    store_id: Required[str]
    brand_id: str
    cursor: str
    updated_since: str
    limit: int


class EdgeCompaniesQuery(TypedDict, total=False):
    company_id: str
    store_id: str
    brand_id: str
    cursor: str
    updated_since: str
    limit: int


class EdgeKeysQuery(TypedDict, total=False):
    company_id: str
    store_id: str


class EdgeModifierOptionsQuery(TypedDict, total=False):
    company_id: Required[str]
    store_id: Required[str]
    brand_id: str
    cursor: str
    updated_since: str
    limit: int


class EdgeModifiersQuery(TypedDict, total=False):
    company_id: Required[str]
    store_id: Required[str]
    brand_id: str
    cursor: str
    updated_since: str
    limit: int


class EdgeProductModifiersQuery(TypedDict, total=False):
    company_id: Required[str]
    store_id: Required[str]
    brand_id: str
    cursor: str
    updated_since: str
    limit: int


class EdgeProductsQuery(TypedDict, total=False):
    company_id: Required[str]
    store_id: Required[str]
    brand_id: str
    cursor: str
    updated_since: str
    limit: int


class EdgePromotionsQuery(TypedDict, total=False):
    company_id: Required[str]
    store_id: Required[str]
    brand_id: str
    cursor: str
    updated_since: str
    limit: int


class EdgeStoresQuery(TypedDict, total=False):
    company_id: Required[str]
    store_id: Required[str]
    brand_id: str
    cursor: str
    updated_since: str
    limit: int


class EdgeTableAreasQuery(TypedDict, total=False):
    company_id: Required[str]
    store_id: Required[str]
    brand_id: str
    cursor: str
    updated_since: str
    limit: int


class EdgeTableGroupsQuery(TypedDict, total=False):
    company_id: Required[str]
    store_id: Required[str]
    brand_id: str
    cursor: str
    updated_since: str
    limit: int


class EdgeTablesQuery(TypedDict, total=False):
    company_id: Required[str]
    store_id: Required[str]
    brand_id: str
    cursor: str
    updated_since: str
    limit: int


class EdgeVersionQuery(TypedDict, total=False):
    company_id: Required[str]
    store_id: str


class GroupRunsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    name: str | Sequence[str]
    status: (
        Literal["running", "completed", "completed_with_errors", "failed"]
        | Sequence[Literal["running", "completed", "completed_with_errors", "failed"]]
    )


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


class ModifierOptionsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    company_id: str | None
    modifier_id: str
    is_active: bool


class ModifiersListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    company_id: str | None
    brand_id: str
    is_active: bool


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


class PipelinesListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    entity: str | Sequence[str]
    active: bool


class PipelinesVersionsQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None


class ProductModifiersListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    company_id: str | None
    product_id: str
    modifier_id: str


class ProductsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    company_id: str | None
    brand_id: str
    is_active: bool
    category_id: str
    sku: str


class PromotionSettingsEffectiveQuery(TypedDict, total=False):
    store_id: str | None
    company_id: str | None


class PromotionSettingsHistoryQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    company_id: str | None
    layer: str


class PromotionSettingsPreviewQueryQuery(TypedDict, total=False):
    store_id: str | None
    company_id: str | None


class PromotionsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    company_id: str | None
    promo_type: str
    brand: str
    store: str
    is_active: bool
    valid_on: str
    starts_after: str
    ends_before: str
    q: str


class PromotionsUsagesQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    company_id: str | None


class QuarantineListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    pipeline: str | Sequence[str]
    kind: Literal["bad", "parked"] | Sequence[Literal["bad", "parked"]]
    stage: (
        Literal["extract", "transform", "validate", "load"]
        | Sequence[Literal["extract", "transform", "validate", "load"]]
    )
    status: Literal["open", "resolved", "discarded"] | Sequence[Literal["open", "resolved", "discarded"]]
    key: str | Sequence[str]
    code: str | Sequence[str]
    field: str | Sequence[str]
    run: str
    waiting_table: str | Sequence[str]


class QuarantineCausesQuery(TypedDict, total=False):
    pipeline: str | Sequence[str]
    kind: Literal["bad", "parked"] | Sequence[Literal["bad", "parked"]]
    stage: (
        Literal["extract", "transform", "validate", "load"]
        | Sequence[Literal["extract", "transform", "validate", "load"]]
    )
    status: Literal["open", "resolved", "discarded"] | Sequence[Literal["open", "resolved", "discarded"]]
    run: str
    limit: int


class RunsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    pipeline: str | Sequence[str]
    entity: str | Sequence[str]
    status: (
        Literal["pending", "running", "completed", "completed_with_errors", "failed", "cancelled", "skipped"]
        | Sequence[
            Literal["pending", "running", "completed", "completed_with_errors", "failed", "cancelled", "skipped"]
        ]
    )
    kind: (
        Literal["incremental", "full", "partial", "dry_run", "redrive"]
        | Sequence[Literal["incremental", "full", "partial", "dry_run", "redrive"]]
    )
    trigger: (
        Literal["api", "cli", "schedule", "group", "airflow"]
        | Sequence[Literal["api", "cli", "schedule", "group", "airflow"]]
    )
    group_run: str
    started_after: str
    started_before: str
    q: str


class RunsSummaryQuery(TypedDict, total=False):
    created_after: str | None


class RunsDiffQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    format: Literal["json", "jsonl"]


class RunsEventsQuery(TypedDict, total=False):
    last_event_id: int | None


class RunsRowsQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    outcome: str | Sequence[str]


class StoresListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    company_id: str | None
    brand_id: str
    store_code: str
    is_active: bool


class StoresPromotionsQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    company_id: str | None
    at: str | None


class SyncLogListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    company_id: str | None
    store_id: str
    endpoint: str
    mode: str
    status: int
    called_after: str
    called_before: str


class TableAreasListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    company_id: str | None
    store_id: str
    is_active: bool


class TableGroupsListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    company_id: str | None
    store_id: str
    is_active: bool


class TablesListQuery(TypedDict, total=False):
    limit: int
    cursor: str | None
    ordering: str | None
    count: Literal["exact", "estimated"] | None
    company_id: str | None
    area_id: str
    is_active: bool


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
