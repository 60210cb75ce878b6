"""A company of any size, filled by SQL; and the calls of its stores, through the application."""

import time
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Self
from urllib.parse import urlencode

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.sync.operations.edges import telling
from shared.app import ServiceApp
from shared.tenancy import Context
from tests.fixtures.people import Issuer, Person

PAGE = 500
_PROMOTIONS = """
insert into promotions (tenant_id, code, name, promo_type, discount_percent, start_date, end_date, all_stores)
select :tenant, 'B-' || n, 'Promotion ' || n, 'percent_discount', 10, current_date - 1, current_date + 30, n % 2 = 0
from generate_series(cast(:first as int), cast(:last as int)) as n
"""
_LINKS = """
insert into promotion_links (tenant_id, promotion_id, role, target_id)
select :tenant, p.id, 'stores', :store from promotions p where not p.all_stores
on conflict do nothing
"""
_STORES = """
insert into stores (tenant_id, brand_id, store_code, store_name)
select :tenant, :brand, :group || n, 'Store ' || n from generate_series(1, cast(:count as int)) as n
"""
_MENU = """
with made as (insert into menu_categories (tenant_id, brand_id, name)
    select :tenant, :brand, 'Category ' || n from generate_series(1, 50) as n returning id)
insert into menu_products (tenant_id, brand_id, category_id, name, sku, price)
select :tenant, :brand, made.id, 'Product ' || n, made.id || '-' || n, n from made, generate_series(1, 20) as n
"""


@dataclass
class Company:
    """`admin` is a connection that may analyse: nobody else does while it is measured."""

    app: ServiceApp
    issuer: Issuer
    person: Person
    admin: psycopg.Connection[Any]
    tenant_id: uuid.UUID
    brand: str
    store: str
    bills: Iterator[int]
    tills: dict[str, Person] = field(default_factory=dict)

    @classmethod
    def found(cls, app: ServiceApp, issuer: Issuer, admin: psycopg.Connection[Any]) -> Self:
        tenant_id = uuid.uuid4()
        person = Person(app.test_client(), "/api/sync/v1", issuer.token(tenant_id))
        person.post("company", {"code": "B", "name": "Bench"})
        person.put("promotion-settings", {"max_promotions_per_sync": PAGE})
        brand = person.post("brands", {"code": "b", "name": "b"}).get_json()["id"]
        store = person.post("stores", {"brand_id": brand, "store_code": "s", "store_name": "s"}).get_json()["id"]
        made = cls(app, issuer, person, admin, tenant_id, brand, store, count())
        with made.unit() as session:
            session.execute(text(_MENU), {"tenant": tenant_id, "brand": brand})
        return made

    def unit(self) -> AbstractContextManager[Session]:
        return self.app.runtime.db.transaction(Context(tenant_id=self.tenant_id), statement_timeout_seconds=600)

    def fill(self, promotions: int) -> None:
        """Until there are so many, half of them for this store and half for all."""
        with self.unit() as session:
            have = session.scalar(text("select count(*) from promotions")) or 0
            span = {"tenant": self.tenant_id, "first": have + 1, "last": promotions}
            session.execute(text(_PROMOTIONS), span)
            session.execute(text(_LINKS), {"tenant": self.tenant_id, "store": self.store})
        self.admin.execute("analyze")

    def open_stores(self, number: int) -> list[str]:
        group = f"N{len(self.tills)}-"
        with self.unit() as session:
            span = {"tenant": self.tenant_id, "brand": self.brand, "count": number, "group": group}
            session.execute(text(_STORES), span)
            found = session.scalars(
                text("select id from stores where store_code like :group order by id"), {"group": f"{group}%"}
            )
            stores = [str(each) for each in found]
        for store in stores:
            self._till(store)
        self.admin.execute("analyze")
        return stores

    def ask(self, what: str = "promotions", *, store: str = "", tag: str = "", **more: Any) -> Any:
        query = {"company_id": str(self.tenant_id), "store_id": store or self.store} | more
        headers = {"If-None-Match": tag} if tag else {}
        answer = self._till(store or self.store).get(f"edge/{what}?{urlencode(query)}", headers=headers)
        assert answer.status_code in (200, 304), answer.get_data(as_text=True)
        return answer

    def _till(self, store: str) -> Person:
        """The server of a store."""
        if store not in self.tills:
            may, until = ["edge.read", "edge.usage"], int(time.time()) + 86_400
            token = self.issuer.token(self.tenant_id, sub=f"store:{store}", roles=[], permissions=may, exp=until)
            self.tills[store] = Person(self.person.client, self.person.prefix, token)
        return self.tills[store]

    def sync(self, *, store: str = "", cursor: str | None = None) -> str:
        """All pages; the cursor after them."""
        while True:
            body = self.ask(store=store, **({"cursor": cursor} if cursor else {})).get_json()
            if not body["has_more"]:
                return str(body["cursor"])
            cursor = body["next_cursor"]

    def change_one(self) -> None:
        changed = "update promotions set name = name || '.', version = version + 1 where code = 'B-2'"
        with self.unit() as session:
            session.execute(text(changed))

    def tell(self) -> None:
        """Builds the manifests of all stores, as at a due time."""
        with self.unit() as session:
            session.info["settings"] = self.app.runtime.settings
            telling.tell(session, datetime.now(UTC) + timedelta(seconds=1))

    def use(self, rows: int) -> None:
        """Reports uses, each of a bill of its own."""
        with self.unit() as session:
            promotion = str(session.scalar(text("select id from promotions where code = 'B-2'")))
        use = {"promotion_id": promotion, "discount_amount": "1.00", "used_at": "2026-01-01", "store_id": self.store}
        usages = [use | {"bill_id": f"B{next(self.bills)}"} for _ in range(rows)]
        answer = self._till(self.store).post("edge/usage", {"usages": usages})
        assert answer.get_json()["created"] == rows
