"""`python -m benchmarks.promotions`: what stores cost, through the service's own calls, beside a loop over an ORM.

Each line is one call: time (median of its repetitions) and statements. The peer answers the same promotions as a view
that loops over objects would: one select for the promotions of a store, then those of each one's parts, compiled anew.
"""

import argparse
import os
import statistics
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import psycopg
from sqlalchemy import event, make_url, select, text
from sqlalchemy.orm import Session

from benchmarks import server
from services.sync.app import create_app
from services.sync.config import Settings
from services.sync.domain.promotions.compiling import compile_promotion
from services.sync.domain.promotions.promotion import Promotion as Source
from services.sync.models import Promotion
from services.sync.operations.edges import telling
from services.sync.queries.promotion_parts import parts_of
from services.sync.queries.selection import for_brand, for_store
from shared import migrations
from shared.app import ServiceApp
from shared.migrations import Roles
from shared.tenancy import Context
from tests.fixtures.people import Issuer, Person

PASSWORDS = {"owner": "bench-owner", "app": "bench-app", "relay": "bench-relay"}
SIZES = (100, 500, 5000)
NO_REDIS = "redis://127.0.0.1:1/0"  # without one nobody is counted, or the store's quota would be measured
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
select :tenant, :brand, 'N' || n, 'Store ' || n from generate_series(1, cast(:count as int)) as n
"""


@dataclass
class Bench:
    app: ServiceApp
    person: Person
    tenant_id: uuid.UUID
    brand: str
    store: str

    @classmethod
    def begin(cls, app: ServiceApp, issuer: Issuer) -> "Bench":
        tenant_id = uuid.uuid4()
        person = Person(app.test_client(), "/api/sync/v1", issuer.token(tenant_id))
        person.post("company", {"code": "B", "name": "Bench"})
        person.put("promotion-settings", {"max_promotions_per_sync": 500})
        brand = person.post("brands", {"code": "b", "name": "b"}).get_json()["id"]
        store = person.post("stores", {"brand_id": brand, "store_code": "s", "store_name": "s"}).get_json()["id"]
        return cls(app, person, tenant_id, brand, store)

    def fill(self, promotions: int, *, stores: int = 0) -> None:
        with self.unit() as session:
            have = session.scalar(text("select count(*) from promotions")) or 0
            span = {"tenant": self.tenant_id, "first": have + 1, "last": promotions}
            session.execute(text(_PROMOTIONS), span)
            session.execute(text(_LINKS), {"tenant": self.tenant_id, "store": self.store})
            if stores:
                session.execute(text(_STORES), {"tenant": self.tenant_id, "brand": self.brand, "count": stores})

    def unit(self) -> Any:
        return self.app.runtime.db.transaction(Context(tenant_id=self.tenant_id), statement_timeout_seconds=600)

    def sync(self, cursor: str | None = None, **headers: str) -> Any:
        """All pages; the last answer."""
        query = {"company_id": str(self.tenant_id), "store_id": self.store}
        while True:
            sent = query | ({"cursor": cursor} if cursor else {})
            answer = self.person.get("edge/promotions", query_string=sent, headers=headers)
            body = answer.get_json() if answer.status_code == 200 else None
            if body is None or not body["has_more"]:
                return answer
            cursor = body["next_cursor"]

    def peer(self) -> int:
        """One select, then those of each promotion: what a loop over objects does."""
        with self.unit() as session:
            rows = session.scalars(select(Promotion).where(for_brand(self.brand), for_store(self.store))).all()
            return len(orjson.dumps([_compiled(session, row, self.tenant_id) for row in rows]))


def _compiled(session: Session, row: Promotion, tenant_id: uuid.UUID) -> dict[str, Any]:
    parts: dict[str, Any] = {name: tuple(value) for name, value in parts_of(session, [row.id])[row.id].items() if value}
    own: dict[str, Any] = {
        name: getattr(row, name) for name in ("id", "code", "name", "promo_type", "start_date", "end_date")
    }
    own |= {"discount_percent": row.discount_percent, "all_stores": row.all_stores, "company_id": tenant_id}
    return compile_promotion(Source(**own, **parts), compiled_at=datetime.now(UTC)).content


def measured(app: ServiceApp, what: Callable[[], object], *, repetitions: int) -> tuple[float, int]:
    """Median milliseconds, and statements of the last time."""
    sent: list[str] = []
    listener = lambda _c, _k, statement, *_rest: sent.append(statement)  # noqa: E731 - handed over twice
    event.listen(app.runtime.db.engine, "before_cursor_execute", listener)
    times = []
    for _ in range(repetitions):
        sent.clear()
        begun = time.perf_counter()
        what()
        times.append((time.perf_counter() - begun) * 1000)
    event.remove(app.runtime.db.engine, "before_cursor_execute", listener)
    return statistics.median(times), len(sent)


def table(bench: Bench, *, stores: int, repetitions: int) -> None:
    print("| promotions | work | ms | statements |\n|---|---|---|---|")

    def line(size: int, work: str, what: Callable[[], object], times: int = repetitions) -> None:
        milliseconds, statements = measured(bench.app, what, repetitions=times)
        print(f"| {size:,} | {work} | {milliseconds:.1f} | {statements} |", flush=True)

    def move() -> None:
        with bench.unit() as session:
            changed = "update promotions set name = name || '.', version = version + 1 where code = 'B-1'"
            session.execute(text(changed))
        bench.sync(cursor)

    for size in SIZES:
        bench.fill(size)
        line(size, "full, all compiled anew", bench.sync, 1)
        line(size, "full", bench.sync)
        cursor = bench.sync().get_json()["cursor"]
        tag = bench.sync(cursor).headers["ETag"]
        line(size, "nothing new: 304", lambda cursor=cursor, tag=tag: bench.sync(cursor, **{"If-None-Match": tag}))  # type: ignore[misc]
        line(size, "one changed: delta", move)
        line(size, "peer: loop over an ORM", bench.peer, 1)
    bench.fill(SIZES[-1], stores=stores)

    def build() -> None:
        with bench.unit() as session:
            session.info["settings"] = bench.app.runtime.settings
            telling.tell(session, datetime.now(UTC) + timedelta(seconds=1))

    line(SIZES[-1], f"manifests of {stores:,} stores", build, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stores", type=int, default=1000)
    parser.add_argument("--repetitions", type=int, default=7)
    given = parser.parse_args()
    os.environ.setdefault("TZ", "UTC")
    with server.running() as running, psycopg.connect(running.url, autocommit=True), TemporaryDirectory() as folder:
        migrations.bootstrap(running.url, "sync", PASSWORDS)
        roles = Roles.of("sync")
        owner, app_url = (
            make_url(running.url)
            .set(username=role, password=PASSWORDS[name], database="concord_sync")
            .render_as_string(hide_password=False)
            for name, role in (("owner", roles.owner), ("app", roles.app))
        )
        migrations.upgrade("sync", owner)
        issuer = Issuer.make(Path(folder))
        values: dict[str, Any] = {
            "database_url": app_url,
            "redis_url": NO_REDIS,
            "jwks": str(issuer.jwks),
            "log_level": "ERROR",
        }
        values |= {"secret_key": "only-for-benchmarks-" * 3, "statement_timeout_seconds": 600}
        app = create_app(Settings.model_validate(values))
        print(", ".join(f"{name} {value}" for name, value in server.environment().items()), "\n")
        table(Bench.begin(app, issuer), stores=given.stores, repetitions=given.repetitions)
        app.runtime.close()


if __name__ == "__main__":
    main()
