"""`python -m benchmarks.validation`: the ledger against bare SQL and pgbench; `--write` also into the reference."""

import statistics
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import psycopg

from benchmarks.measuring import Figures, Meter, metered
from benchmarks.page import Suite
from benchmarks.validation import limit, orm
from benchmarks.validation.calling import Client, begin, migrate, pairs
from shared import logging

ABOUT = """A **pair** is a spend and its approval, two transactions, by eight clients at once: on 10 000 characters, or
all on one (hot). An **award** gives a point to the whole cast of a scene.

- **tpcb-like**: pgbench's own transaction on the same server; a pair is two of them.
- **limit**: bare SQL over two narrow tables: the balance moved by a conditional update, one entry; without rights,
  tariff, limits of the trait, running balances, audit.
- **ORM**: the same tables through SQLAlchemy's ORM, rows locked by SELECT FOR UPDATE.
- **service**: the code of a request without HTTP: rights, locks, tariff, request, entries with running balances, the
  trait written and checked, audit rows. Each client is a process with one connection.

The server runs with fsync on; vacuum runs between the measurements."""
SUITE = Suite("validation", "Validation: the ledger", ABOUT)
HEAD = "| work | n | CPU, times the limit | µs CPU each | of it in the server | each per s | statements each |"
CLIENTS, CHARACTERS, HOT = 8, 10_000, "hot"
# Size of a cast, and how many awards are one measurement.
AWARDS = {20: 50, 100: 20, 1000: 4}


class Bench:
    def __init__(self, meter: Meter, *, pairs: int, seconds: int, repetitions: int) -> None:
        self.meter, self.pairs, self.seconds, self.repetitions = meter, pairs, seconds, repetitions
        self.settings = migrate(meter.server.url)
        self.limits = meter.server.url_of("limits")
        self.client = Client(self.settings)
        scenes = {size: times * (repetitions + 1) for size, times in AWARDS.items()}
        self.ids = self.client.prepare(CHARACTERS, scenes, CLIENTS)
        meter.admin.execute("create database limits")
        self.connection = psycopg.connect(self.limits)
        limit.prepare(self.connection, CHARACTERS)
        limit.fill(self.limits, 10)
        self.figures, self.spends = Figures(), dict[str, list[float]]()

    def measure(self) -> None:
        """The first round is not counted."""
        spawn = get_context("spawn")
        with ProcessPoolExecutor(CLIENTS, spawn, initializer=begin, initargs=(self.settings,)) as pool:
            for number in range(self.repetitions + 1):
                figures = self.figures if number else Figures()
                self._pairs(pool, figures)
                for size in AWARDS:
                    self._awards(figures, f"limit.award of {size}", size, partial(limit.award, self.connection, size))
                    self._awards(figures, f"service.award of {size}", size, partial(self.client.award, size))
                self.meter.vacuum("limits", "concord_validation")

    def _pairs(self, pool: ProcessPoolExecutor, figures: Figures) -> None:
        with self.meter.measuring(1) as cost:
            cost.items = limit.pgbench(self.limits, clients=CLIENTS, seconds=self.seconds) // 2
        figures.add("tpcb-like.pair", cost)
        for kind, holders in (("pair", CHARACTERS), (HOT, 1)):
            script = limit.PAIR.format(holders=holders)
            with self.meter.measuring(1) as cost:
                cost.items = limit.pgbench(self.limits, clients=CLIENTS, seconds=self.seconds, script=script)
            figures.add(f"limit.{kind}", cost)
            shares = [self.ids[n::CLIENTS] if kind == "pair" else self.ids[:1] for n in range(CLIENTS)]
            with self.meter.measuring(self.pairs * CLIENTS) as cost:
                done = list(pool.map(pairs, shares, [self.pairs] * CLIENTS, range(CLIENTS)))
            cost.client_cpu += sum(each.cpu for each in done)
            figures.add(f"service.{kind}", cost)
            self.spends[kind] = [took for each in done for took in each.spends]
            held = [range(n + 1, holders + 1, CLIENTS) if holders > 1 else range(1, 2) for n in range(CLIENTS)]
            with self.meter.measuring(self.pairs * CLIENTS) as cost:
                cpu = list(pool.map(orm.pairs, [self.limits] * CLIENTS, held, [self.pairs] * CLIENTS))
            cost.client_cpu += sum(cpu)
            figures.add(f"ORM.{kind}", cost)

    def _awards(self, figures: Figures, name: str, size: int, award: Callable[[], int]) -> None:
        with self.meter.measuring(AWARDS[size]) as cost:
            for _ in range(cost.items):
                assert award() == size
        figures.add(name, cost)


def table(figures: Figures) -> str:
    lines = [HEAD, "|" + "---|" * (HEAD.count(" | ") + 1)]
    for name, costs in figures.costs.items():
        kind, work = name.split(".")
        median, least, most = figures.ratio(name, f"limit.{work}")
        cells = (
            f"{kind}: {work}",
            f"{costs[0].items:,}",
            "1.0" if kind == "limit" else f"**{median:.1f}** [{least:.1f}, {most:.1f}]",
            f"{figures.median(name, lambda cost: cost.cpu / cost.items * 1e6):.0f}",
            f"{figures.median(name, lambda cost: cost.server_cpu / max(cost.cpu, 1e-9)):.0%}",
            f"{figures.median(name, lambda cost: cost.items / cost.seconds):,.0f}",
            f"{figures.median(name, lambda cost: cost.statements / cost.items):.0f}",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def quantiles(spends: dict[str, list[float]]) -> str:
    told = []
    for kind, took in spends.items():
        cuts = statistics.quantiles(took, n=100)
        told.append(f"{kind}: p50 {cuts[49] * 1e3:.0f} ms, p95 {cuts[94] * 1e3:.0f} ms, p99 {cuts[98] * 1e3:.0f} ms")
    return "A spend took, " + "; ".join(told) + "."


def main() -> None:
    parser = SUITE.parser(__doc__)
    parser.add_argument("--pairs", type=int, default=200, help="of each of the eight clients")
    parser.add_argument("--seconds", type=int, default=4, help="that pgbench runs each time")
    parser.add_argument("--repetitions", type=int, default=3)
    given = parser.parse_args()
    if given.pairs % 2:
        parser.error("--pairs is even: each trait goes up and down")
    logging.configure("ERROR")
    with metered() as meter:
        bench = Bench(meter, pairs=given.pairs, seconds=given.seconds, repetitions=given.repetitions)
        bench.measure()
        machine = meter.server.machine()
    body = f"{table(bench.figures)}\n\n{quantiles(bench.spends)}"
    SUITE.publish(machine, body, bench.figures.as_json(), write=given.write)


if __name__ == "__main__":
    main()
