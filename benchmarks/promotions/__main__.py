"""`python -m benchmarks.promotions`: what stores cost, through the service's own calls, beside a loop over an ORM.

Costs are CPU of client and server together, for one call. The number of statements must not grow with promotions or
stores: the command ends with 1 where it does.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import psycopg
from sqlalchemy import make_url

from benchmarks import server
from benchmarks.measuring import Meter
from benchmarks.promotions import peer
from benchmarks.promotions.company import PAGE, Company
from services.sync.app import create_app
from services.sync.config import Settings
from shared import migrations
from shared.app import ServiceApp
from shared.migrations import Roles
from tests.fixtures.people import Issuer
from tests.fixtures.statements import counting

PASSWORDS = {"owner": "bench-owner", "app": "bench-app", "relay": "bench-relay"}
SIZES = (100, 500, 5000)
TINY = 400  # repetitions of what takes less than the ticks in which CPU is counted
NO_REDIS = "redis://127.0.0.1:1/0"  # without one nobody is counted, or the store's quota would be measured
Work = Callable[[], object]


@dataclass
class Table:
    """Prints a line for each measurement; keeps the statements of those that must not grow."""

    app: ServiceApp
    meter: Meter
    statements: dict[str, set[int]] = field(default_factory=dict)

    def line(self, size: int, work: str, what: Work, *, times: int, limit: float | None = None) -> float:
        """CPU milliseconds of one call; `limit` is what it is held against."""
        walls = []
        with counting(self.app.runtime.db.engine) as sent:
            what()
        with self.meter.measuring(times) as cost:
            for _ in range(times):
                begun = time.perf_counter()
                what()
                walls.append((time.perf_counter() - begun) * 1000)
        mine = cost.cpu * 1000 / times
        late = sorted(walls)[max(0, round(len(walls) * 0.95) - 1)]
        ratio = "" if not limit else f"{mine / limit:.1f}"
        wall = f"{statistics.median(walls):.1f} | {late:.1f}"
        print(f"| {size:,} | {work} | {mine:.2f} | {ratio} | {wall} | {len(sent)} |", flush=True)
        self.statements.setdefault(work, set()).add(len(sent))
        return mine

    def grown(self) -> list[str]:
        """Work that took another number of statements at another size."""
        return [work for work, counts in self.statements.items() if len(counts) > 1 and "peer" not in work]


def promotions(company: Company, table: Table, size: int, times: int) -> None:
    company.fill(size)
    company.sync()  # keys and settings are made at first use
    hello, page = peer.hello(), min(PAGE, size)
    least = table.line(size, "limit: an empty Flask view", lambda: hello.get("/"), times=times * TINY)

    def anew() -> None:
        company.forget_compiled()
        company.ask(limit=1)

    table.line(size, "all compiled anew", anew, times=1)
    things = orjson.loads(company.ask(limit=page).data)
    dumped = table.line(size, f"limit: orjson of {page} promotions", lambda: orjson.dumps(things), times=times * TINY)
    table.line(size, f"full, a page of {page}", lambda: company.ask(limit=page), times=times * 5, limit=dumped)
    cursor = company.sync()
    tag = company.ask(cursor=cursor).headers["ETag"]
    table.line(size, "nothing new: 304", lambda: company.ask(cursor=cursor, tag=tag), times=times * 20, limit=least)

    def moved() -> None:
        company.change_one()
        company.ask(cursor=cursor)

    table.line(size, "one changed: delta", moved, times=times)
    with company.unit() as session:
        whose = {"brand": company.brand, "store": company.store}
        table.line(size, "peer: loop over an ORM", lambda: peer.loop(session, company.tenant_id, **whose), times=1)


def others(company: Company, table: Table, size: int, times: int) -> None:
    """The ceilings of the specification: version 50 ms, categories 200, products 500, usage 300."""
    for what in ("version", "categories", "products"):
        table.line(size, what, lambda what=what: company.ask(what), times=times * 5)  # type: ignore[misc]
    for rows in (10, 1000):
        table.line(rows, "uses reported", lambda rows=rows: company.use(rows), times=times)  # type: ignore[misc]


def polls(company: Company, table: Table, size: int, stores: list[str]) -> None:
    """All stores, one after the other; figures are of all of them together."""
    told = f"{len(stores):,} stores"
    company.tell()
    held = {store: company.sync(store=store) for store in stores}
    tags = {store: company.ask(store=store, cursor=held[store]).headers["ETag"] for store in stores}

    def poll() -> None:
        for store in stores:
            company.ask(store=store, cursor=held[store], tag=tags[store])

    table.line(size, f"{told} poll, nothing new", poll, times=1)
    company.change_one()
    table.line(size, f"{told} poll, one changed", poll, times=1)

    def told_all() -> None:
        company.change_one()
        company.tell()

    table.line(size, f"manifests of {told}", told_all, times=1)
    table.line(size, f"{told} poll after that", poll, times=1)


def measure(company: Company, table: Table, given: argparse.Namespace) -> None:
    print(
        "| promotions | work | CPU ms | times the limit | wall ms | p95 | statements |\n|---|---|---|---|---|---|---|"
    )
    for size in given.sizes:
        promotions(company, table, size, given.repetitions)
    others(company, table, given.sizes[-1], given.repetitions)
    polls(company, table, given.sizes[-1], company.open_stores(given.stores))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", type=lambda text: [int(part) for part in text.split(",")], default=list(SIZES))
    parser.add_argument("--stores", type=int, default=1000)
    parser.add_argument("--repetitions", type=int, default=7)
    given = parser.parse_args()
    os.environ.setdefault("TZ", "UTC")
    with (
        server.running() as running,
        psycopg.connect(running.url, autocommit=True) as admin,
        TemporaryDirectory() as folder,
    ):
        admin.execute("create extension if not exists pg_stat_statements")
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
            "secret_key": "only-for-benchmarks-" * 3,
            "statement_timeout_seconds": 600,
        }
        app = create_app(Settings.model_validate(values))
        print(", ".join(f"{name} {value}" for name, value in server.environment().items()), "\n")
        with psycopg.connect(owner, autocommit=True) as analysing:
            table = Table(app, Meter(running, admin))
            measure(Company.found(app, issuer, analysing), table, given)
        app.runtime.close()
    if grown := table.grown():
        sys.exit(f"the number of statements grows: {', '.join(grown)}")


if __name__ == "__main__":
    main()
