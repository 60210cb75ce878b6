"""`python -m benchmarks.propagation`: the tables, or with `--profile run` (or `preview`) where the time goes."""

import cProfile
import pstats
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from benchmarks import web
from benchmarks.measuring import Figures, Meter, metered
from benchmarks.page import Suite
from benchmarks.propagation import memory, report
from benchmarks.propagation.calling import Caller, Workers
from benchmarks.propagation.service import migrate
from benchmarks.propagation.sheets import Sheets
from benchmarks.propagation.suite import Bench, Target, sizes_of
from benchmarks.propagation.trees import Tree, chain, flat, ten_ary, wide
from benchmarks.propagation.works import Works
from services.propagation.app import create_app
from services.propagation.config import Settings
from shared import logging
from tests.fixtures.people import Issuer

ABOUT = """One changed choice, inherited by everything below: each string gets the new value and its text rebuilt. Then
other kinds of work, lists, and memory.

- **limit**: one statement over narrow tables without tenants, checks and foreign keys: recursive query, update of the
  details, texts, update of the strings, one audit row each. Of a file, COPY and one statement; of names to check, one
  look at all of them.
- **service**: the code that runs in production. To apply: from accepting the request to the last chunk, the workers'
  handlers called in this process one after the other: planning in Python, collision checks, lineage, a version row and
  an audit row per string, progress events, row-level security, foreign keys. All other work: requests to the web
  application, and workers in processes of their own (`worker` is one of them).
- **peer**: objects of the SQLAlchemy ORM over the limit's tables, one string at a time, for 500 to 1,110 of them; of
  names to check, one call of the service for each.
- **preview**: the plan without writing, with the digest for the confirm token; its limit only finds and builds.

Small ones are repeated within a measurement, since the clock counts hundredths of a second. The
server runs with fsync on; vacuum runs between the measurements."""
SUITE = Suite("propagation", "Propagation", ABOUT)


PARTS = ("trees", "shapes", "works", "workers", "sheets", "memory")


@dataclass
class Stage:
    """A running server with the service's database, Redis, and somebody who signs tokens."""

    meter: Meter
    settings: Settings
    issuer: Issuer
    benches: dict[Tree, Bench] = field(default_factory=dict)

    def bench(self, tree: Tree) -> Bench:
        """One for each tree, kept."""
        if tree not in self.benches:
            name = f"limit_{len(self.benches)}"
            self.benches[tree] = Bench.make(self.meter, self.settings, tree, name)
        return self.benches[tree]

    @contextmanager
    def caller(self, bench: Bench, *, workers: int) -> Iterator[Caller]:
        """Somebody who calls the web application in this process, and waiting workers."""
        app, tenant_id = create_app(self.settings), bench.service.context.tenant_id
        assert tenant_id is not None
        try:
            with Workers.started(tenant_id, workers) as waiting:
                yield Caller(web.admin(app, self.issuer, tenant_id), waiting, self.meter)
        finally:
            app.runtime.close()


@contextmanager
def stage() -> Iterator[Stage]:
    with metered() as meter, web.issuing() as issuer, web.running_redis() as redis_url:
        yield Stage(meter, migrate(meter.server.url, redis_url, issuer.jwks), issuer)


@dataclass(frozen=True)
class Wanted:
    """What to measure: `largest` is the number of strings of the largest shapes."""

    parts: Collection[str]
    levels: int
    memory_levels: int
    largest: int
    repetitions: int

    @property
    def sizes(self) -> list[int]:
        return [size for size in (1000, 10_000, 100_000, 1_000_000) if size <= self.largest]


def measure(stage: Stage, wanted: Wanted) -> Iterator[tuple[str, str, Any]]:
    """Heading, table and figures of each part."""
    parts = {"trees": trees, "shapes": shapes, "works": works, "workers": workers, "sheets": sheets, "memory": peaks}
    for name, part in parts.items():
        if name in wanted.parts:
            yield from part(stage, wanted)


def trees(stage: Stage, wanted: Wanted) -> Iterator[tuple[str, str, Any]]:
    bench, found = stage.bench(ten_ary(wanted.levels)), list[tuple[str, Figures]]()
    for dimension, level in enumerate(sizes_of(bench.tree), start=1):
        found.append(_of(bench, bench.target(level, min(dimension, 3)), wanted))
    yield _rows("Ten children each, 8 details", found)


def shapes(stage: Stage, wanted: Wanted) -> Iterator[tuple[str, str, Any]]:
    for make in (flat, wide):
        found = list[tuple[str, Figures]]()
        for size in wanted.sizes:
            bench = stage.bench(make(size + 1))
            found.append(_of(bench, bench.target(1, 1), wanted))
        yield _rows(f"{bench.tree.name.capitalize()}, 3 details", found)
    bench = stage.bench(chain(50))
    yield _rows("A chain of 50, 3 details", [_of(bench, bench.target(1, 1), wanted)])


def _of(bench: Bench, target: Target, wanted: Wanted) -> tuple[str, Figures]:
    figures = Figures()
    bench.repeat(target, figures, repetitions=wanted.repetitions)
    return f"{target.strings:,}", figures


def works(stage: Stage, wanted: Wanted) -> Iterator[tuple[str, str, Any]]:
    size = min(10_000, wanted.largest)
    for make in (flat, wide):
        bench = stage.bench(make(size + 1))
        with stage.caller(bench, workers=2) as caller:
            done = Works.of(bench, caller)
            done.measure(repetitions=wanted.repetitions)
        yield _rows(f"Kinds of work: {bench.tree.name} of {size:,}, 3 details", [("", done.figures)])


def workers(stage: Stage, wanted: Wanted) -> Iterator[tuple[str, str, Any]]:
    size = min(100_000, wanted.largest)
    bench = stage.bench(wide(size + 1))
    with stage.caller(bench, workers=4) as caller:
        done = Works.of(bench, caller)
        done.workers((1, 2, 4), repetitions=wanted.repetitions)
    yield _rows(f"One, two and four workers: six levels of {size:,}, 3 details", [("", done.figures)])


def sheets(stage: Stage, wanted: Wanted) -> Iterator[tuple[str, str, Any]]:
    rows = min(100_000, wanted.largest)
    bench = stage.bench(wide(rows + 1))
    with stage.caller(bench, workers=1) as caller:
        lists = Sheets(bench, caller, rows)
        lists.measure()
    yield _rows("Names and files, through the API", [("", lists.names), ("", lists.files)], heading="rows")


def peaks(stage: Stage, wanted: Wanted) -> Iterator[tuple[str, str, Any]]:
    """Of one tree, the smallest subtree first."""
    tree = ten_ary(wanted.memory_levels, details=3)
    bench = stage.bench(tree)
    with stage.caller(bench, workers=0) as caller:
        found = memory.measure(bench, caller, sizes_of(tree, 10_000))
    yield "Peak memory, 3 details", memory.table(found), [one._asdict() for one in found]


def _rows(title: str, found: list[tuple[str, Figures]], *, heading: str = "strings") -> tuple[str, str, Any]:
    return title, report.table(found, heading=heading), [figures.as_json() for _label, figures in found]


def profile(stage: Stage, *, levels: int, preview: bool) -> None:
    """Functions by their own time, statements by the server's."""
    bench = stage.bench(ten_ary(levels))
    target = bench.target(1, 1)
    bench.run(target)
    bench.tidy()
    request = bench._request(target)
    profiler = cProfile.Profile()
    with stage.meter.measuring(target.strings) as cost:
        profiler.enable()
        (bench.service.preview if preview else bench.service.apply)(request)
        profiler.disable()
    print(f"client {cost.client_cpu:.2f} s CPU, server {cost.server_cpu:.2f} s, wall {cost.seconds:.2f} s")
    for statement, calls, milliseconds, rows in stage.meter.slowest(18):
        print(f"{milliseconds:9.1f} ms {calls:5d} calls {rows:8d} rows  {statement}")
    pstats.Stats(profiler).sort_stats("tottime").print_stats(30)


def main() -> None:
    parser = SUITE.parser((__doc__ or "").splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--levels", type=int, default=6, choices=range(4, 8), help="6 = 111,110 strings; 7 = 1,111,110")
    parser.add_argument("--memory-levels", type=int, default=6, choices=range(6, 8), help="the same, for peak memory")
    parser.add_argument("--largest", type=int, default=100_000, help="strings of the largest shape, to 1,000,000")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--profile", choices=("run", "preview"))
    given = parser.parse_args()
    logging.configure("ERROR")
    tables: dict[str, str] = {}
    figures: dict[str, Any] = {}
    with stage() as running:
        if given.profile:
            profile(running, levels=given.levels, preview=given.profile == "preview")
            return
        wanted = Wanted(given.only, given.levels, given.memory_levels, given.largest, given.repetitions)
        for title, table, numbers in measure(running, wanted):
            tables[title], figures[title] = table, numbers
        machine = running.meter.server.machine(psycopg=version("psycopg"), SQLAlchemy=version("sqlalchemy"))
    body = "\n\n".join(f"### {title}\n\n{table}" for title, table in tables.items())
    SUITE.publish(machine, body, figures, write=given.write)


if __name__ == "__main__":
    main()
