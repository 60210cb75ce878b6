"""`python -m benchmarks.promotions`: what stores cost, through the service's own calls, beside a loop over an ORM.

Costs are CPU of client and server together, for one call. The number of statements must not grow with promotions or
stores: the command ends with 1 where it does.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import orjson
import psycopg

from benchmarks import web
from benchmarks.measuring import Figures, Meter, metered
from benchmarks.page import Suite
from benchmarks.promotions import peer
from benchmarks.promotions.company import PAGE, Company
from shared.app import ServiceApp
from tests.fixtures.statements import counting

SIZES = (100, 500, 5000)
TIMES, MANY = 40, 400  # so often what takes less than the ticks in which CPU is counted
NO_REDIS = "redis://127.0.0.1:1/0"  # without one nobody is counted, or the store's quota would be measured
HELLO, DUMPED = "limit: an empty Flask view", "limit: orjson of the same page"
LIMITS = {
    "nothing new: 304": HELLO,
    "full, asked again": DUMPED,
    "full, first of a store": DUMPED,
    "peer: loop over an ORM": DUMPED,
}
HEAD = (
    "| promotions | work | CPU, times the limit: median [min, max] | ms CPU | of it in the server | wall ms, p95"
    " | statements |"
)
ABOUT = f"""One store's calls, or those of many, through the application; a page has {PAGE} promotions at most.

- **limit** of a poll: an empty view of Flask; of a download: orjson over the same page, already in memory.
- **nothing new**: what a store asks every few minutes: token, number of the last change, 304.
- **full**: everything, signed; *first of a store* makes its manifest, *asked again* is the same question again.
- **one changed**: a promotion edited, compiled, and sent as the difference.
- **peer**: the same content by a loop over objects of an ORM, without tenants, signatures, pages and log.

No quota is counted here, for there is no Redis. The server runs with fsync on."""
SUITE = Suite("promotions", "Sync: promotions for stores", ABOUT)
Work = Callable[[], object]


@dataclass
class Table:
    """Measures in rounds; keeps how many statements each work takes at each size."""

    app: ServiceApp
    meter: Meter
    figures: Figures = field(default_factory=Figures)
    walls: dict[str, list[float]] = field(default_factory=dict)
    statements: dict[str, dict[int, int]] = field(default_factory=dict)

    def measure(self, size: int, work: str, what: Work, *, times: int = 1) -> None:
        if size not in self.statements.setdefault(work, {}):
            what()  # what was known before is looked at, too
            with counting(self.app.runtime.db.engine) as sent:
                what()
            self.statements[work][size] = len(sent)
        walls = self.walls.setdefault(f"{size}.{work}", [])
        with self.meter.measuring(times) as cost:
            for _ in range(times):
                begun = time.perf_counter()
                what()
                walls.append((time.perf_counter() - begun) * 1000)
        self.figures.add(f"{size}.{work}", cost)

    def lines(self) -> Iterator[str]:
        yield HEAD
        yield "|" + "---|" * (HEAD.count(" | ") + 1)
        for name in self.figures.costs:
            size, _, work = name.partition(".")
            walls = sorted(self.walls[name])
            limit = LIMITS.get(work)
            cells = (
                f"{int(size):,}",
                work,
                "1.0" if work in (HELLO, DUMPED) else self._ratio(name, f"{size}.{limit}") if limit else "",
                f"{self.figures.median(name, lambda cost: cost.cpu / cost.items * 1000):.2f}",
                f"{self.figures.median(name, lambda cost: cost.server_cpu / max(cost.cpu, 1e-9)):.0%}",
                f"{statistics.median(walls):.1f}, {walls[max(0, round(len(walls) * 0.95) - 1)]:.1f}",
                f"{self.statements[work][int(size)]}",
            )
            yield f"| {' | '.join(cells)} |"

    def _ratio(self, name: str, limit: str) -> str:
        median, least, most = self.figures.ratio(name, limit)
        return f"**{median:.1f}** [{least:.1f}, {most:.1f}]"

    def grown(self) -> list[str]:
        """Work that took another number of statements at another size."""
        return [
            work for work, counts in self.statements.items() if len(set(counts.values())) > 1 and "peer" not in work
        ]


def promotions(company: Company, table: Table, size: int, rounds: int) -> None:
    company.fill(size)
    cursor, hello, page = company.sync(), peer.hello(), min(PAGE, size)
    company.sync(cursor=cursor)
    things = orjson.loads(company.ask(limit=page).data)
    fresh = iter(company.open_stores(rounds * 3 + 2))

    def first() -> None:
        company.ask(store=next(fresh), limit=page)

    def moved() -> None:
        company.change_one()
        company.ask(cursor=cursor)

    for number in range(rounds):
        tag = company.ask(cursor=cursor).headers["ETag"]
        polled = partial(company.ask, cursor=cursor, tag=tag)
        table.measure(size, HELLO, lambda: hello.get("/"), times=MANY)
        table.measure(size, "nothing new: 304", polled, times=MANY)
        table.measure(size, DUMPED, lambda: orjson.dumps(things), times=MANY)
        table.measure(size, "full, asked again", lambda: company.ask(limit=page), times=TIMES)
        table.measure(size, "full, first of a store", first, times=3)
        if number == 0:
            table.measure(size, "peer: loop over an ORM", lambda: looped(company))
        table.measure(size, "one changed: delta", moved)
        cursor = company.sync(cursor=cursor)


def looped(company: Company) -> None:
    with company.unit() as session:
        peer.loop(session, company.tenant_id, brand=company.brand, store=company.store)


def others(company: Company, table: Table, size: int, rounds: int) -> None:
    """The ceilings of the specification: version 50 ms, categories 200, products 500, usage 300."""
    for what in ("version", "categories", "products"):
        table.measure(size, f"{what}, asked again", lambda what=what: company.ask(what), times=TIMES)  # type: ignore[misc]
    for rows in (10, 1000):
        table.measure(rows, "uses reported", lambda rows=rows: company.use(rows), times=rounds)  # type: ignore[misc]


def polls(company: Company, table: Table, size: int, number: int) -> None:
    """All stores, one after the other; figures are of all of them together."""
    told, stores = f"{number:,} stores", company.open_stores(number)
    company.tell()
    held = {store: company.sync(store=store) for store in stores}
    tags = {store: company.ask(store=store, cursor=held[store]).headers["ETag"] for store in stores}

    def poll() -> None:
        for store in stores:
            company.ask(store=store, cursor=held[store], tag=tags[store])

    def tell_of_one() -> None:
        company.change_one()
        company.tell()

    def poll_after_one() -> None:
        company.change_one()
        poll()

    table.measure(size, f"{told} poll, nothing new", poll)
    table.measure(size, f"manifests of {told}, one changed", tell_of_one)
    table.measure(size, f"{told} poll, one changed", poll_after_one)


@contextmanager
def prepared() -> Iterator[tuple[Company, Table]]:
    with metered() as meter, web.issuing() as issuer:
        database_url = web.migrate(meter.server.url, "sync")
        app = web.application("sync", database_url, NO_REDIS, issuer, statement_timeout_seconds=600)
        with psycopg.connect(meter.server.url_of("concord_sync"), autocommit=True) as analysing:
            yield Company.found(app, issuer, analysing), Table(app, meter)
        app.runtime.close()


def main() -> None:
    parser = SUITE.parser(__doc__)
    parser.add_argument("--sizes", type=lambda text: [int(part) for part in text.split(",")], default=list(SIZES))
    parser.add_argument("--stores", type=int, default=1000)
    parser.add_argument("--repetitions", type=int, default=5)
    given = parser.parse_args()
    os.environ.setdefault("TZ", "UTC")
    with prepared() as (company, table):
        for size in given.sizes:
            promotions(company, table, size, given.repetitions)
        others(company, table, given.sizes[-1], given.repetitions)
        polls(company, table, given.sizes[-1], given.stores)
        machine = table.meter.server.machine()
    SUITE.publish(machine, "\n".join(table.lines()), table.figures.as_json(), write=given.write)
    if grown := table.grown():
        sys.exit(f"the number of statements grows: {', '.join(grown)}")


if __name__ == "__main__":
    main()
