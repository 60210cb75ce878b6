"""What sync can be asked.

Made by `python -m docs.generate` from `services/sync/openapi.json`; do not edit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Unpack

from concord.client.calling import Event, Resource, ServiceClient

if TYPE_CHECKING:
    from concord.client.documents import sync as d


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


class Brands(Resource):
    def list(self, **query: Unpack[d.BrandsListQuery]) -> Iterator[d.Brand]:
        """GET brands"""
        return self._service.rows("brands", params={**query})

    def create(self, body: d.Brand) -> d.Brand:
        """POST brands"""
        return self._service.ask("POST", "brands", json=body)

    def read(self, row_id: str) -> d.Brand:
        """GET brands/{row_id}"""
        return self._service.ask("GET", "brands/{}", row_id)

    def update(self, row_id: str, body: d.BrandChange) -> d.Brand:
        """PATCH brands/{row_id}"""
        return self._service.ask("PATCH", "brands/{}", row_id, json=body)

    def delete(self, row_id: str) -> None:
        """DELETE brands/{row_id}"""
        self._service.ask("DELETE", "brands/{}", row_id)


class Catalogue(Resource):
    def address(self, **query: Unpack[d.CatalogueAddressQuery]) -> Iterator[d.CatalogueAddress]:
        """GET catalogue/address"""
        return self._service.rows("catalogue/address", params={**query})

    def read_address(self, row_id: int) -> d.CatalogueAddress:
        """GET catalogue/address/{row_id}"""
        return self._service.ask("GET", "catalogue/address/{}", row_id)

    def update_address(self, row_id: int, body: d.CatalogueAddressChange) -> d.CatalogueAddress:
        """PATCH catalogue/address/{row_id}"""
        return self._service.ask("PATCH", "catalogue/address/{}", row_id, json=body)

    def address_history(self, row_id: int, **query: Unpack[d.CatalogueAddressHistoryQuery]) -> Iterator[d.History]:
        """What runs changed in the row, newest first; kept for 90 days."""
        return self._service.rows("catalogue/address/{}/history", row_id, params={**query})

    def box_type(self, **query: Unpack[d.CatalogueBoxTypeQuery]) -> Iterator[d.CatalogueBoxType]:
        """GET catalogue/box_type"""
        return self._service.rows("catalogue/box_type", params={**query})

    def read_box_type(self, row_id: int) -> d.CatalogueBoxType:
        """GET catalogue/box_type/{row_id}"""
        return self._service.ask("GET", "catalogue/box_type/{}", row_id)

    def update_box_type(self, row_id: int, body: d.CatalogueBoxTypeChange) -> d.CatalogueBoxType:
        """PATCH catalogue/box_type/{row_id}"""
        return self._service.ask("PATCH", "catalogue/box_type/{}", row_id, json=body)

    def box_type_history(self, row_id: int, **query: Unpack[d.CatalogueBoxTypeHistoryQuery]) -> Iterator[d.History]:
        """What runs changed in the row, newest first; kept for 90 days."""
        return self._service.rows("catalogue/box_type/{}/history", row_id, params={**query})

    def category(self, **query: Unpack[d.CatalogueCategoryQuery]) -> Iterator[d.CatalogueCategory]:
        """GET catalogue/category"""
        return self._service.rows("catalogue/category", params={**query})

    def read_category(self, row_id: int) -> d.CatalogueCategory:
        """GET catalogue/category/{row_id}"""
        return self._service.ask("GET", "catalogue/category/{}", row_id)

    def update_category(self, row_id: int, body: d.CatalogueCategoryChange) -> d.CatalogueCategory:
        """PATCH catalogue/category/{row_id}"""
        return self._service.ask("PATCH", "catalogue/category/{}", row_id, json=body)

    def category_history(self, row_id: int, **query: Unpack[d.CatalogueCategoryHistoryQuery]) -> Iterator[d.History]:
        """What runs changed in the row, newest first; kept for 90 days."""
        return self._service.rows("catalogue/category/{}/history", row_id, params={**query})

    def customer(self, **query: Unpack[d.CatalogueCustomerQuery]) -> Iterator[d.CatalogueCustomer]:
        """GET catalogue/customer"""
        return self._service.rows("catalogue/customer", params={**query})

    def read_customer(self, row_id: int) -> d.CatalogueCustomer:
        """GET catalogue/customer/{row_id}"""
        return self._service.ask("GET", "catalogue/customer/{}", row_id)

    def update_customer(self, row_id: int, body: d.CatalogueCustomerChange) -> d.CatalogueCustomer:
        """PATCH catalogue/customer/{row_id}"""
        return self._service.ask("PATCH", "catalogue/customer/{}", row_id, json=body)

    def customer_history(self, row_id: int, **query: Unpack[d.CatalogueCustomerHistoryQuery]) -> Iterator[d.History]:
        """What runs changed in the row, newest first; kept for 90 days."""
        return self._service.rows("catalogue/customer/{}/history", row_id, params={**query})

    def employee(self, **query: Unpack[d.CatalogueEmployeeQuery]) -> Iterator[d.CatalogueEmployee]:
        """GET catalogue/employee"""
        return self._service.rows("catalogue/employee", params={**query})

    def read_employee(self, row_id: int) -> d.CatalogueEmployee:
        """GET catalogue/employee/{row_id}"""
        return self._service.ask("GET", "catalogue/employee/{}", row_id)

    def update_employee(self, row_id: int, body: d.CatalogueEmployeeChange) -> d.CatalogueEmployee:
        """PATCH catalogue/employee/{row_id}"""
        return self._service.ask("PATCH", "catalogue/employee/{}", row_id, json=body)

    def employee_history(self, row_id: int, **query: Unpack[d.CatalogueEmployeeHistoryQuery]) -> Iterator[d.History]:
        """What runs changed in the row, newest first; kept for 90 days."""
        return self._service.rows("catalogue/employee/{}/history", row_id, params={**query})

    def location(self, **query: Unpack[d.CatalogueLocationQuery]) -> Iterator[d.CatalogueLocation]:
        """GET catalogue/location"""
        return self._service.rows("catalogue/location", params={**query})

    def read_location(self, row_id: int) -> d.CatalogueLocation:
        """GET catalogue/location/{row_id}"""
        return self._service.ask("GET", "catalogue/location/{}", row_id)

    def update_location(self, row_id: int, body: d.CatalogueLocationChange) -> d.CatalogueLocation:
        """PATCH catalogue/location/{row_id}"""
        return self._service.ask("PATCH", "catalogue/location/{}", row_id, json=body)

    def location_history(self, row_id: int, **query: Unpack[d.CatalogueLocationHistoryQuery]) -> Iterator[d.History]:
        """What runs changed in the row, newest first; kept for 90 days."""
        return self._service.rows("catalogue/location/{}/history", row_id, params={**query})

    def product(self, **query: Unpack[d.CatalogueProductQuery]) -> Iterator[d.CatalogueProduct]:
        """GET catalogue/product"""
        return self._service.rows("catalogue/product", params={**query})

    def read_product(self, row_id: int) -> d.CatalogueProduct:
        """GET catalogue/product/{row_id}"""
        return self._service.ask("GET", "catalogue/product/{}", row_id)

    def update_product(self, row_id: int, body: d.CatalogueProductChange) -> d.CatalogueProduct:
        """PATCH catalogue/product/{row_id}"""
        return self._service.ask("PATCH", "catalogue/product/{}", row_id, json=body)

    def product_history(self, row_id: int, **query: Unpack[d.CatalogueProductHistoryQuery]) -> Iterator[d.History]:
        """What runs changed in the row, newest first; kept for 90 days."""
        return self._service.rows("catalogue/product/{}/history", row_id, params={**query})

    def sales_line(self, **query: Unpack[d.CatalogueSalesLineQuery]) -> Iterator[d.CatalogueSalesLine]:
        """GET catalogue/sales_line"""
        return self._service.rows("catalogue/sales_line", params={**query})

    def read_sales_line(self, row_id: int) -> d.CatalogueSalesLine:
        """GET catalogue/sales_line/{row_id}"""
        return self._service.ask("GET", "catalogue/sales_line/{}", row_id)

    def update_sales_line(self, row_id: int, body: d.CatalogueSalesLineChange) -> d.CatalogueSalesLine:
        """PATCH catalogue/sales_line/{row_id}"""
        return self._service.ask("PATCH", "catalogue/sales_line/{}", row_id, json=body)

    def sales_line_history(self, row_id: int, **query: Unpack[d.CatalogueSalesLineHistoryQuery]) -> Iterator[d.History]:
        """What runs changed in the row, newest first; kept for 90 days."""
        return self._service.rows("catalogue/sales_line/{}/history", row_id, params={**query})

    def sales_record(self, **query: Unpack[d.CatalogueSalesRecordQuery]) -> Iterator[d.CatalogueSalesRecord]:
        """GET catalogue/sales_record"""
        return self._service.rows("catalogue/sales_record", params={**query})

    def read_sales_record(self, row_id: int) -> d.CatalogueSalesRecord:
        """GET catalogue/sales_record/{row_id}"""
        return self._service.ask("GET", "catalogue/sales_record/{}", row_id)

    def update_sales_record(self, row_id: int, body: d.CatalogueSalesRecordChange) -> d.CatalogueSalesRecord:
        """PATCH catalogue/sales_record/{row_id}"""
        return self._service.ask("PATCH", "catalogue/sales_record/{}", row_id, json=body)

    def sales_record_history(
        self, row_id: int, **query: Unpack[d.CatalogueSalesRecordHistoryQuery]
    ) -> Iterator[d.History]:
        """What runs changed in the row, newest first; kept for 90 days."""
        return self._service.rows("catalogue/sales_record/{}/history", row_id, params={**query})

    def storage_item(self, **query: Unpack[d.CatalogueStorageItemQuery]) -> Iterator[d.CatalogueStorageItem]:
        """GET catalogue/storage_item"""
        return self._service.rows("catalogue/storage_item", params={**query})

    def read_storage_item(self, row_id: int) -> d.CatalogueStorageItem:
        """GET catalogue/storage_item/{row_id}"""
        return self._service.ask("GET", "catalogue/storage_item/{}", row_id)

    def update_storage_item(self, row_id: int, body: d.CatalogueStorageItemChange) -> d.CatalogueStorageItem:
        """PATCH catalogue/storage_item/{row_id}"""
        return self._service.ask("PATCH", "catalogue/storage_item/{}", row_id, json=body)

    def storage_item_history(
        self, row_id: int, **query: Unpack[d.CatalogueStorageItemHistoryQuery]
    ) -> Iterator[d.History]:
        """What runs changed in the row, newest first; kept for 90 days."""
        return self._service.rows("catalogue/storage_item/{}/history", row_id, params={**query})

    def variant(self, **query: Unpack[d.CatalogueVariantQuery]) -> Iterator[d.CatalogueVariant]:
        """GET catalogue/variant"""
        return self._service.rows("catalogue/variant", params={**query})

    def read_variant(self, row_id: int) -> d.CatalogueVariant:
        """GET catalogue/variant/{row_id}"""
        return self._service.ask("GET", "catalogue/variant/{}", row_id)

    def update_variant(self, row_id: int, body: d.CatalogueVariantChange) -> d.CatalogueVariant:
        """PATCH catalogue/variant/{row_id}"""
        return self._service.ask("PATCH", "catalogue/variant/{}", row_id, json=body)

    def variant_history(self, row_id: int, **query: Unpack[d.CatalogueVariantHistoryQuery]) -> Iterator[d.History]:
        """What runs changed in the row, newest first; kept for 90 days."""
        return self._service.rows("catalogue/variant/{}/history", row_id, params={**query})

    def read(self, table: str) -> dict[str, Any]:
        """Columns that an index finds are filters."""
        return self._service.ask("GET", "catalogue/{}", table)

    def read_one(self, table: str, row_id: int) -> dict[str, Any]:
        """GET catalogue/{table}/{row_id}"""
        return self._service.ask("GET", "catalogue/{}/{}", table, row_id)

    def update_one(self, table: str, row_id: int, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """An edit of the target, which the next run takes for one side of a conflict."""
        return self._service.ask("PATCH", "catalogue/{}/{}", table, row_id, json=body)

    def history(self, table: str, row_id: int, **query: Unpack[d.CatalogueHistoryQuery]) -> Iterator[d.History]:
        """What runs changed in the row, newest first; kept for 90 days."""
        return self._service.rows("catalogue/{}/{}/history", table, row_id, params={**query})


class Categories(Resource):
    def list(self, **query: Unpack[d.CategoriesListQuery]) -> Iterator[d.MenuCategory]:
        """GET categories"""
        return self._service.rows("categories", params={**query})

    def create(self, body: d.MenuCategory) -> d.MenuCategory:
        """POST categories"""
        return self._service.ask("POST", "categories", json=body)

    def read(self, row_id: str) -> d.MenuCategory:
        """GET categories/{row_id}"""
        return self._service.ask("GET", "categories/{}", row_id)

    def update(self, row_id: str, body: d.MenuCategoryChange) -> d.MenuCategory:
        """PATCH categories/{row_id}"""
        return self._service.ask("PATCH", "categories/{}", row_id, json=body)

    def delete(self, row_id: str) -> None:
        """DELETE categories/{row_id}"""
        self._service.ask("DELETE", "categories/{}", row_id)


class Company(Resource):
    def read(self) -> d.Company:
        """GET company"""
        return self._service.ask("GET", "company")

    def create(self, body: d.Company) -> d.Company:
        """POST company"""
        return self._service.ask("POST", "company", json=body)

    def update(self, body: d.CompanyChange) -> d.Company:
        """PATCH company"""
        return self._service.ask("PATCH", "company", json=body)

    def compile(self, body: d.CompileCompanyArgs | None = None) -> d.CompiledCompany | d.Job:
        """What every active store would be sent. Over 50 stores a job: follow `Location`, then read its file."""
        return self._service.ask("POST", "company/compile", json=body)

    def read_compile(self, job_id: str) -> d.CompiledCompany:
        """The file of a completed job, streamed; it is kept as long as the job."""
        return self._service.ask("GET", "company/compile/{}", job_id)


class Components(Resource):
    def read(self) -> d.Components:
        """GET components"""
        return self._service.ask("GET", "components")


class Conflicts(Resource):
    def list(self, **query: Unpack[d.ConflictsListQuery]) -> Iterator[d.Conflict]:
        """GET conflicts"""
        return self._service.rows("conflicts", params={**query})

    def resolve_many(self, body: d.ResolveMany) -> d.ResolvedMany:
        """Each for itself: 200 if all are resolved, 207 if some are not."""
        return self._service.ask("POST", "conflicts/resolve", json=body)

    def read(self, conflict_id: int) -> d.Conflict:
        """GET conflicts/{conflict_id}"""
        return self._service.ask("GET", "conflicts/{}", conflict_id)

    def decision(self, conflict_id: int, body: d.Decision) -> d.Conflict:
        """The callback of an approval, signed by the service that it was asked of: approved with an option …"""
        return self._service.ask("POST", "conflicts/{}/decision", conflict_id, json=body)

    def resolve(self, conflict_id: int, body: d.Resolve) -> d.Conflict:
        """Writes one side or a merge of both, like a load; the same decision again changes nothing."""
        return self._service.ask("POST", "conflicts/{}/resolve", conflict_id, json=body)


class EdgeServers(Resource):
    def list(self, **query: Unpack[d.EdgeServersListQuery]) -> Iterator[d.EdgeServer]:
        """GET edge-servers"""
        return self._service.rows("edge-servers", params={**query})

    def create(self, body: d.EdgeServer) -> d.EdgeServer:
        """POST edge-servers"""
        return self._service.ask("POST", "edge-servers", json=body)

    def rotate_key(self) -> d.EdgeKeyMade:
        """POST edge-servers/rotate-key"""
        return self._service.ask("POST", "edge-servers/rotate-key")

    def read(self, row_id: str) -> d.EdgeServer:
        """GET edge-servers/{row_id}"""
        return self._service.ask("GET", "edge-servers/{}", row_id)

    def update(self, row_id: str, body: d.EdgeServerChange) -> d.EdgeServer:
        """PATCH edge-servers/{row_id}"""
        return self._service.ask("PATCH", "edge-servers/{}", row_id, json=body)

    def delete(self, row_id: str) -> None:
        """DELETE edge-servers/{row_id}"""
        self._service.ask("DELETE", "edge-servers/{}", row_id)

    def renew_secret(self, row_id: str) -> d.EdgeServer:
        """POST edge-servers/{row_id}/renew-secret"""
        return self._service.ask("POST", "edge-servers/{}/renew-secret", row_id)


class Edge(Resource):
    def brands(self, **query: Unpack[d.EdgeBrandsQuery]) -> d.EdgePage:
        """GET edge/brands"""
        return self._service.ask("GET", "edge/brands", params={**query})

    def create_brands(self, body: dict[str, Any]) -> d.EdgePage:
        """POST edge/brands"""
        return self._service.ask("POST", "edge/brands", json=body)

    def categories(self, **query: Unpack[d.EdgeCategoriesQuery]) -> d.EdgePage:
        """GET edge/categories"""
        return self._service.ask("GET", "edge/categories", params={**query})

    def create_categories(self, body: dict[str, Any]) -> d.EdgePage:
        """POST edge/categories"""
        return self._service.ask("POST", "edge/categories", json=body)

    def companies(self, **query: Unpack[d.EdgeCompaniesQuery]) -> d.EdgePage:
        """GET edge/companies"""
        return self._service.ask("GET", "edge/companies", params={**query})

    def create_companies(self, body: dict[str, Any] | None = None) -> d.EdgePage:
        """POST edge/companies"""
        return self._service.ask("POST", "edge/companies", json=body)

    def keys(self, **query: Unpack[d.EdgeKeysQuery]) -> d.EdgeKeys:
        """GET edge/keys"""
        return self._service.ask("GET", "edge/keys", params={**query})

    def create_keys(self, body: dict[str, Any] | None = None) -> d.EdgeKeys:
        """POST edge/keys"""
        return self._service.ask("POST", "edge/keys", json=body)

    def modifier_options(self, **query: Unpack[d.EdgeModifierOptionsQuery]) -> d.EdgePage:
        """GET edge/modifier-options"""
        return self._service.ask("GET", "edge/modifier-options", params={**query})

    def create_modifier_options(self, body: dict[str, Any]) -> d.EdgePage:
        """POST edge/modifier-options"""
        return self._service.ask("POST", "edge/modifier-options", json=body)

    def modifiers(self, **query: Unpack[d.EdgeModifiersQuery]) -> d.EdgePage:
        """GET edge/modifiers"""
        return self._service.ask("GET", "edge/modifiers", params={**query})

    def create_modifiers(self, body: dict[str, Any]) -> d.EdgePage:
        """POST edge/modifiers"""
        return self._service.ask("POST", "edge/modifiers", json=body)

    def product_modifiers(self, **query: Unpack[d.EdgeProductModifiersQuery]) -> d.EdgePage:
        """GET edge/product-modifiers"""
        return self._service.ask("GET", "edge/product-modifiers", params={**query})

    def create_product_modifiers(self, body: dict[str, Any]) -> d.EdgePage:
        """POST edge/product-modifiers"""
        return self._service.ask("POST", "edge/product-modifiers", json=body)

    def products(self, **query: Unpack[d.EdgeProductsQuery]) -> d.EdgePage:
        """GET edge/products"""
        return self._service.ask("GET", "edge/products", params={**query})

    def create_products(self, body: dict[str, Any]) -> d.EdgePage:
        """POST edge/products"""
        return self._service.ask("POST", "edge/products", json=body)

    def promotions(self, **query: Unpack[d.EdgePromotionsQuery]) -> d.EdgePromotions:
        """GET edge/promotions"""
        return self._service.ask("GET", "edge/promotions", params={**query})

    def create_promotions(self, body: dict[str, Any]) -> d.EdgePromotions:
        """POST edge/promotions"""
        return self._service.ask("POST", "edge/promotions", json=body)

    def stores(self, **query: Unpack[d.EdgeStoresQuery]) -> d.EdgePage:
        """GET edge/stores"""
        return self._service.ask("GET", "edge/stores", params={**query})

    def create_stores(self, body: dict[str, Any]) -> d.EdgePage:
        """POST edge/stores"""
        return self._service.ask("POST", "edge/stores", json=body)

    def table_areas(self, **query: Unpack[d.EdgeTableAreasQuery]) -> d.EdgePage:
        """GET edge/table-areas"""
        return self._service.ask("GET", "edge/table-areas", params={**query})

    def create_table_areas(self, body: dict[str, Any]) -> d.EdgePage:
        """POST edge/table-areas"""
        return self._service.ask("POST", "edge/table-areas", json=body)

    def table_groups(self, **query: Unpack[d.EdgeTableGroupsQuery]) -> d.EdgePage:
        """GET edge/table-groups"""
        return self._service.ask("GET", "edge/table-groups", params={**query})

    def create_table_groups(self, body: dict[str, Any]) -> d.EdgePage:
        """POST edge/table-groups"""
        return self._service.ask("POST", "edge/table-groups", json=body)

    def tables(self, **query: Unpack[d.EdgeTablesQuery]) -> d.EdgePage:
        """GET edge/tables"""
        return self._service.ask("GET", "edge/tables", params={**query})

    def create_tables(self, body: dict[str, Any]) -> d.EdgePage:
        """POST edge/tables"""
        return self._service.ask("POST", "edge/tables", json=body)

    def token(self, body: d.EdgeLogin) -> d.EdgeToken:
        """POST edge/token"""
        return self._service.ask("POST", "edge/token", json=body)

    def usage(self, body: dict[str, Any]) -> d.UsageAnswer:
        """POST edge/usage"""
        return self._service.ask("POST", "edge/usage", json=body)

    def version(self, **query: Unpack[d.EdgeVersionQuery]) -> d.EdgeVersion:
        """GET edge/version"""
        return self._service.ask("GET", "edge/version", params={**query})

    def create_version(self, body: dict[str, Any]) -> d.EdgeVersion:
        """POST edge/version"""
        return self._service.ask("POST", "edge/version", json=body)


class Entities(Resource):
    def runs(self, entity: str, body: d.RunRequest | None = None) -> d.Run:
        """Of the one active pipeline that loads this entity."""
        return self._service.ask("POST", "entities/{}/runs", entity, json=body)


class GroupRuns(Resource):
    def list(self, **query: Unpack[d.GroupRunsListQuery]) -> Iterator[d.GroupRunLine]:
        """GET group-runs"""
        return self._service.rows("group-runs", params={**query})

    def read(self, group_run_id: str) -> d.GroupRun:
        """Its members with their states, and which waits for which."""
        return self._service.ask("GET", "group-runs/{}", group_run_id)


class Groups(Resource):
    def read(self) -> d.Groups:
        """GET groups"""
        return self._service.ask("GET", "groups")

    def dag(self, group: str) -> d.Dag:
        """The active pipelines of a group."""
        return self._service.ask("GET", "groups/{}/dag", group)

    def runs(self, group: str, body: d.RunRequest | None = None) -> d.Runs:
        """Of every active pipeline of a group, each after those that it depends on."""
        return self._service.ask("POST", "groups/{}/runs", group, json=body)


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


class ModifierOptions(Resource):
    def list(self, **query: Unpack[d.ModifierOptionsListQuery]) -> Iterator[d.ModifierOption]:
        """GET modifier-options"""
        return self._service.rows("modifier-options", params={**query})

    def create(self, body: d.ModifierOption) -> d.ModifierOption:
        """POST modifier-options"""
        return self._service.ask("POST", "modifier-options", json=body)

    def read(self, row_id: str) -> d.ModifierOption:
        """GET modifier-options/{row_id}"""
        return self._service.ask("GET", "modifier-options/{}", row_id)

    def update(self, row_id: str, body: d.ModifierOptionChange) -> d.ModifierOption:
        """PATCH modifier-options/{row_id}"""
        return self._service.ask("PATCH", "modifier-options/{}", row_id, json=body)

    def delete(self, row_id: str) -> None:
        """DELETE modifier-options/{row_id}"""
        self._service.ask("DELETE", "modifier-options/{}", row_id)


class Modifiers(Resource):
    def list(self, **query: Unpack[d.ModifiersListQuery]) -> Iterator[d.Modifier]:
        """GET modifiers"""
        return self._service.rows("modifiers", params={**query})

    def create(self, body: d.Modifier) -> d.Modifier:
        """POST modifiers"""
        return self._service.ask("POST", "modifiers", json=body)

    def read(self, row_id: str) -> d.Modifier:
        """GET modifiers/{row_id}"""
        return self._service.ask("GET", "modifiers/{}", row_id)

    def update(self, row_id: str, body: d.ModifierChange) -> d.Modifier:
        """PATCH modifiers/{row_id}"""
        return self._service.ask("PATCH", "modifiers/{}", row_id, json=body)

    def delete(self, row_id: str) -> None:
        """DELETE modifiers/{row_id}"""
        self._service.ask("DELETE", "modifiers/{}", row_id)


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


class Pipelines(Resource):
    def list(self, **query: Unpack[d.PipelinesListQuery]) -> Iterator[d.Pipeline]:
        """GET pipelines"""
        return self._service.rows("pipelines", params={**query})

    def create(self, body: d.Set) -> d.PipelineSet:
        """A set, stored as a whole or not at all: documents divided by `---`, or JSON with `files`."""
        return self._service.ask("POST", "pipelines", json=body)

    def check(self, body: d.Set) -> d.Checked:
        """Finds what storing would refuse, and stores nothing."""
        return self._service.ask("POST", "pipelines/check", json=body)

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of a file, composed with those of the installed components."""
        return self._service.ask("GET", "pipelines/schema")

    def read(self, name: str) -> d.PipelineDetail:
        """GET pipelines/{name}"""
        return self._service.ask("GET", "pipelines/{}", name)

    def replace(self, name: str, text: str) -> d.PipelineDetail:
        """Stores the file; a text that is new becomes a version."""
        return self._service.ask(
            "PUT", "pipelines/{}", name, content=text, headers={"Content-Type": "application/yaml"}
        )

    def update(self, name: str, body: d.Switch) -> d.Pipeline:
        """Switches it on or off; everything else is in its file."""
        return self._service.ask("PATCH", "pipelines/{}", name, json=body)

    def delete(self, name: str) -> None:
        """Its runs and versions stay."""
        self._service.ask("DELETE", "pipelines/{}", name)

    def dag(self, name: str) -> d.Dag:
        """The pipeline and all it depends on."""
        return self._service.ask("GET", "pipelines/{}/dag", name)

    def runs(self, name: str, body: d.RunRequest | None = None) -> d.Run:
        """POST pipelines/{name}/runs"""
        return self._service.ask("POST", "pipelines/{}/runs", name, json=body)

    def state(self, name: str) -> d.State:
        """GET pipelines/{name}/state"""
        return self._service.ask("GET", "pipelines/{}/state", name)

    def state_reset(self, name: str, body: d.Reset | None = None) -> d.State:
        """Forgets the watermark, or sets it: the next run reads from there."""
        return self._service.ask("POST", "pipelines/{}/state/reset", name, json=body)

    def versions(self, name: str, **query: Unpack[d.PipelinesVersionsQuery]) -> Iterator[d.Version]:
        """GET pipelines/{name}/versions"""
        return self._service.rows("pipelines/{}/versions", name, params={**query})


class ProductModifiers(Resource):
    def list(self, **query: Unpack[d.ProductModifiersListQuery]) -> Iterator[d.ProductModifier]:
        """GET product-modifiers"""
        return self._service.rows("product-modifiers", params={**query})

    def create(self, body: d.ProductModifier) -> d.ProductModifier:
        """POST product-modifiers"""
        return self._service.ask("POST", "product-modifiers", json=body)

    def read(self, row_id: str) -> d.ProductModifier:
        """GET product-modifiers/{row_id}"""
        return self._service.ask("GET", "product-modifiers/{}", row_id)

    def update(self, row_id: str, body: d.ProductModifierChange) -> d.ProductModifier:
        """PATCH product-modifiers/{row_id}"""
        return self._service.ask("PATCH", "product-modifiers/{}", row_id, json=body)

    def delete(self, row_id: str) -> None:
        """DELETE product-modifiers/{row_id}"""
        self._service.ask("DELETE", "product-modifiers/{}", row_id)


class Products(Resource):
    def list(self, **query: Unpack[d.ProductsListQuery]) -> Iterator[d.MenuProduct]:
        """GET products"""
        return self._service.rows("products", params={**query})

    def create(self, body: d.MenuProduct) -> d.MenuProduct:
        """POST products"""
        return self._service.ask("POST", "products", json=body)

    def read(self, row_id: str) -> d.MenuProduct:
        """GET products/{row_id}"""
        return self._service.ask("GET", "products/{}", row_id)

    def update(self, row_id: str, body: d.MenuProductChange) -> d.MenuProduct:
        """PATCH products/{row_id}"""
        return self._service.ask("PATCH", "products/{}", row_id, json=body)

    def delete(self, row_id: str) -> None:
        """DELETE products/{row_id}"""
        self._service.ask("DELETE", "products/{}", row_id)


class PromotionSettings(Resource):
    def read(self) -> d.Settings:
        """GET promotion-settings"""
        return self._service.ask("GET", "promotion-settings")

    def create(self, body: dict[str, Any] | None = None) -> d.Settings:
        """POST promotion-settings"""
        return self._service.ask("POST", "promotion-settings", json=body)

    def replace(self, body: d.Settings) -> d.Settings:
        """PUT promotion-settings"""
        return self._service.ask("PUT", "promotion-settings", json=body)

    def update(self, body: d.Settings) -> d.Settings:
        """PATCH promotion-settings"""
        return self._service.ask("PATCH", "promotion-settings", json=body)

    def effective(self, **query: Unpack[d.PromotionSettingsEffectiveQuery]) -> d.Effective:
        """GET promotion-settings/effective"""
        return self._service.ask("GET", "promotion-settings/effective", params={**query})

    def force_full_sync(self, body: d.Force) -> d.Settings:
        """POST promotion-settings/force-full-sync"""
        return self._service.ask("POST", "promotion-settings/force-full-sync", json=body)

    def history(self, **query: Unpack[d.PromotionSettingsHistoryQuery]) -> Iterator[d.Save]:
        """GET promotion-settings/history"""
        return self._service.rows("promotion-settings/history", params={**query})

    def replace_override(self, layer: str, target_id: str, body: d.Override) -> d.Override:
        """PUT promotion-settings/overrides/{layer}/{target_id}"""
        return self._service.ask("PUT", "promotion-settings/overrides/{}/{}", layer, target_id, json=body)

    def delete_override(self, layer: str, target_id: str) -> None:
        """DELETE promotion-settings/overrides/{layer}/{target_id}"""
        self._service.ask("DELETE", "promotion-settings/overrides/{}/{}", layer, target_id)

    def preview(self, body: d.Try) -> d.Preview:
        """POST promotion-settings/preview"""
        return self._service.ask("POST", "promotion-settings/preview", json=body)

    def preview_query(self, **query: Unpack[d.PromotionSettingsPreviewQueryQuery]) -> d.Preview:
        """GET promotion-settings/preview-query"""
        return self._service.ask("GET", "promotion-settings/preview-query", params={**query})

    def rehearsal(self, body: d.Rehearsal) -> d.Moves:
        """What saving these settings would move in all active stores at once."""
        return self._service.ask("POST", "promotion-settings/rehearsal", json=body)

    def restore(self, body: d.Restore) -> d.Settings:
        """POST promotion-settings/restore"""
        return self._service.ask("POST", "promotion-settings/restore", json=body)


class Promotions(Resource):
    def list(self, **query: Unpack[d.PromotionsListQuery]) -> Iterator[d.Promotion]:
        """GET promotions"""
        return self._service.rows("promotions", params={**query})

    def create(self, body: d.Promotion) -> d.Promotion:
        """POST promotions"""
        return self._service.ask("POST", "promotions", json=body)

    def compile_many(self, body: d.CompileArgs) -> d.CompiledMany:
        """POST promotions/compile"""
        return self._service.ask("POST", "promotions/compile", json=body)

    def read(self, row_id: str) -> d.Promotion:
        """GET promotions/{row_id}"""
        return self._service.ask("GET", "promotions/{}", row_id)

    def update(self, row_id: str, body: d.PromotionChange) -> d.Promotion:
        """PATCH promotions/{row_id}"""
        return self._service.ask("PATCH", "promotions/{}", row_id, json=body)

    def delete(self, row_id: str) -> None:
        """DELETE promotions/{row_id}"""
        self._service.ask("DELETE", "promotions/{}", row_id)

    def compile(self, row_id: str) -> d.Compiled:
        """POST promotions/{row_id}/compile"""
        return self._service.ask("POST", "promotions/{}/compile", row_id)

    def usages(self, row_id: str, **query: Unpack[d.PromotionsUsagesQuery]) -> Iterator[d.Usage]:
        """GET promotions/{row_id}/usages"""
        return self._service.rows("promotions/{}/usages", row_id, params={**query})


class Quarantine(Resource):
    def list(self, **query: Unpack[d.QuarantineListQuery]) -> Iterator[d.Entry]:
        """GET quarantine"""
        return self._service.rows("quarantine", params={**query})

    def causes(self, **query: Unpack[d.QuarantineCausesQuery]) -> d.Causes:
        """What keeps rows from loading: open entries by pipeline, kind, code and field, most entries first."""
        return self._service.ask("GET", "quarantine/causes", params={**query})

    def redrive_many(self, body: d.Redrive) -> d.Runs:
        """Tries open entries again: a run for each pipeline that they are of."""
        return self._service.ask("POST", "quarantine/redrive", json=body)

    def read(self, entry_id: int) -> d.Entry:
        """GET quarantine/{entry_id}"""
        return self._service.ask("GET", "quarantine/{}", entry_id)

    def update(self, entry_id: int, body: d.Correction) -> d.Entry:
        """Stores a corrected row, which the next re-drive takes."""
        return self._service.ask("PATCH", "quarantine/{}", entry_id, json=body)

    def discard(self, entry_id: int, body: d.Discard) -> d.Entry:
        """A run that meets the same content again skips it."""
        return self._service.ask("POST", "quarantine/{}/discard", entry_id, json=body)

    def redrive(self, entry_id: int) -> d.Run:
        """Tries the row again, with the pipeline's present version, as a run of kind redrive."""
        return self._service.ask("POST", "quarantine/{}/redrive", entry_id)


class Runs(Resource):
    def list(self, **query: Unpack[d.RunsListQuery]) -> Iterator[d.Run]:
        """GET runs"""
        return self._service.rows("runs", params={**query})

    def create(self, body: d.RunAll) -> d.Runs:
        """Of every active pipeline, in the order of their dependencies."""
        return self._service.ask("POST", "runs", json=body)

    def summary(self, **query: Unpack[d.RunsSummaryQuery]) -> d.RunSummary:
        """GET runs/summary"""
        return self._service.ask("GET", "runs/summary", params={**query})

    def read(self, run_id: str) -> d.RunDetail:
        """GET runs/{run_id}"""
        return self._service.ask("GET", "runs/{}", run_id)

    def cancel(self, run_id: str) -> d.Run:
        """POST runs/{run_id}/cancel"""
        return self._service.ask("POST", "runs/{}/cancel", run_id)

    def diff(self, run_id: str, **query: Unpack[d.RunsDiffQuery]) -> Iterator[d.Difference]:
        """What a run would do, as a dry run found it; kept for a day; with `format=jsonl` all of it as JSON lines."""
        return self._service.rows("runs/{}/diff", run_id, params={**query})

    def events(self, run_id: str, **query: Unpack[d.RunsEventsQuery]) -> Iterator[Event]:
        """Server-Sent Events: `started`, `progress` after each batch with its counters, and the end."""
        return self._service.listen("runs/{}/events", run_id, params={**query})

    def resume(self, run_id: str) -> d.Run:
        """Goes on behind the last batch, as the same run."""
        return self._service.ask("POST", "runs/{}/resume", run_id)

    def rows(self, run_id: str, **query: Unpack[d.RunsRowsQuery]) -> Iterator[d.RunRow]:
        """Rows that were not simply loaded, and why."""
        return self._service.rows("runs/{}/rows", run_id, params={**query})

    def wait(self, run_id: str) -> d.Run:
        """200 when it has ended, 404 while it has not."""
        return self._service.ask("GET", "runs/{}/wait", run_id)


class Stores(Resource):
    def list(self, **query: Unpack[d.StoresListQuery]) -> Iterator[d.Store]:
        """GET stores"""
        return self._service.rows("stores", params={**query})

    def create(self, body: d.Store) -> d.Store:
        """POST stores"""
        return self._service.ask("POST", "stores", json=body)

    def read(self, row_id: str) -> d.Store:
        """GET stores/{row_id}"""
        return self._service.ask("GET", "stores/{}", row_id)

    def update(self, row_id: str, body: d.StoreChange) -> d.Store:
        """PATCH stores/{row_id}"""
        return self._service.ask("PATCH", "stores/{}", row_id, json=body)

    def delete(self, row_id: str) -> None:
        """DELETE stores/{row_id}"""
        self._service.ask("DELETE", "stores/{}", row_id)

    def compile(self, row_id: str) -> d.CompiledMany:
        """POST stores/{row_id}/compile"""
        return self._service.ask("POST", "stores/{}/compile", row_id)

    def promotions(self, row_id: str, **query: Unpack[d.StoresPromotionsQuery]) -> Iterator[d.JudgedPromotion]:
        """Every promotion, and which of the four rules lets the store have it, now or at another moment."""
        return self._service.rows("stores/{}/promotions", row_id, params={**query})


class SyncLog(Resource):
    def list(self, **query: Unpack[d.SyncLogListQuery]) -> Iterator[d.SyncLog]:
        """GET sync-log"""
        return self._service.rows("sync-log", params={**query})

    def summary(self) -> d.Contacts:
        """GET sync-log/summary"""
        return self._service.ask("GET", "sync-log/summary")


class TableAreas(Resource):
    def list(self, **query: Unpack[d.TableAreasListQuery]) -> Iterator[d.TableArea]:
        """GET table-areas"""
        return self._service.rows("table-areas", params={**query})

    def create(self, body: d.TableArea) -> d.TableArea:
        """POST table-areas"""
        return self._service.ask("POST", "table-areas", json=body)

    def read(self, row_id: str) -> d.TableArea:
        """GET table-areas/{row_id}"""
        return self._service.ask("GET", "table-areas/{}", row_id)

    def update(self, row_id: str, body: d.TableAreaChange) -> d.TableArea:
        """PATCH table-areas/{row_id}"""
        return self._service.ask("PATCH", "table-areas/{}", row_id, json=body)

    def delete(self, row_id: str) -> None:
        """DELETE table-areas/{row_id}"""
        self._service.ask("DELETE", "table-areas/{}", row_id)


class TableGroups(Resource):
    def list(self, **query: Unpack[d.TableGroupsListQuery]) -> Iterator[d.TableGroup]:
        """GET table-groups"""
        return self._service.rows("table-groups", params={**query})

    def create(self, body: d.TableGroup) -> d.TableGroup:
        """POST table-groups"""
        return self._service.ask("POST", "table-groups", json=body)

    def read(self, row_id: str) -> d.TableGroup:
        """GET table-groups/{row_id}"""
        return self._service.ask("GET", "table-groups/{}", row_id)

    def update(self, row_id: str, body: d.TableGroupChange) -> d.TableGroup:
        """PATCH table-groups/{row_id}"""
        return self._service.ask("PATCH", "table-groups/{}", row_id, json=body)

    def delete(self, row_id: str) -> None:
        """DELETE table-groups/{row_id}"""
        self._service.ask("DELETE", "table-groups/{}", row_id)


class Tables(Resource):
    def list(self, **query: Unpack[d.TablesListQuery]) -> Iterator[d.StoreTable]:
        """GET tables"""
        return self._service.rows("tables", params={**query})

    def create(self, body: d.StoreTable) -> d.StoreTable:
        """POST tables"""
        return self._service.ask("POST", "tables", json=body)

    def read(self, row_id: str) -> d.StoreTable:
        """GET tables/{row_id}"""
        return self._service.ask("GET", "tables/{}", row_id)

    def update(self, row_id: str, body: d.StoreTableChange) -> d.StoreTable:
        """PATCH tables/{row_id}"""
        return self._service.ask("PATCH", "tables/{}", row_id, json=body)

    def delete(self, row_id: str) -> None:
        """DELETE tables/{row_id}"""
        self._service.ask("DELETE", "tables/{}", row_id)


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


class Sync(ServiceClient):
    name = "sync"

    @property
    def audit_log(self) -> AuditLog:
        return AuditLog(self)

    @property
    def brands(self) -> Brands:
        return Brands(self)

    @property
    def catalogue(self) -> Catalogue:
        return Catalogue(self)

    @property
    def categories(self) -> Categories:
        return Categories(self)

    @property
    def company(self) -> Company:
        return Company(self)

    @property
    def components(self) -> Components:
        return Components(self)

    @property
    def conflicts(self) -> Conflicts:
        return Conflicts(self)

    @property
    def edge_servers(self) -> EdgeServers:
        return EdgeServers(self)

    @property
    def edge(self) -> Edge:
        return Edge(self)

    @property
    def entities(self) -> Entities:
        return Entities(self)

    @property
    def group_runs(self) -> GroupRuns:
        return GroupRuns(self)

    @property
    def groups(self) -> Groups:
        return Groups(self)

    @property
    def jobs(self) -> Jobs:
        return Jobs(self)

    @property
    def modifier_options(self) -> ModifierOptions:
        return ModifierOptions(self)

    @property
    def modifiers(self) -> Modifiers:
        return Modifiers(self)

    @property
    def outbox(self) -> Outbox:
        return Outbox(self)

    @property
    def pipelines(self) -> Pipelines:
        return Pipelines(self)

    @property
    def product_modifiers(self) -> ProductModifiers:
        return ProductModifiers(self)

    @property
    def products(self) -> Products:
        return Products(self)

    @property
    def promotion_settings(self) -> PromotionSettings:
        return PromotionSettings(self)

    @property
    def promotions(self) -> Promotions:
        return Promotions(self)

    @property
    def quarantine(self) -> Quarantine:
        return Quarantine(self)

    @property
    def runs(self) -> Runs:
        return Runs(self)

    @property
    def stores(self) -> Stores:
        return Stores(self)

    @property
    def sync_log(self) -> SyncLog:
        return SyncLog(self)

    @property
    def table_areas(self) -> TableAreas:
        return TableAreas(self)

    @property
    def table_groups(self) -> TableGroups:
        return TableGroups(self)

    @property
    def tables(self) -> Tables:
        return Tables(self)

    @property
    def webhooks(self) -> Webhooks:
        return Webhooks(self)
