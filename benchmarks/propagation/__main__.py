"""`python -m benchmarks.propagation`: the tables, or with `--profile run` (or `preview`) where the time goes."""

import cProfile
import pstats
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version

from benchmarks.measuring import Figures, Meter, metered
from benchmarks.page import Suite
from benchmarks.propagation import report
from benchmarks.propagation.service import migrate
from benchmarks.propagation.suite import Bench, sizes_of
from benchmarks.propagation.trees import Tree, flat, ten_ary, wide
from services.propagation.config import Settings
from shared import logging

ABOUT = """One changed choice, inherited by everything below: each string gets the new value and its text rebuilt.

- **limit**: one statement over narrow tables without tenants, checks and foreign keys: recursive query, update of the
  details, texts, update of the strings, one audit row each.
- **service**: the code that runs in production, from accepting the request to the last chunk, the workers' handlers
  called in this process one after the other: planning in Python, collision checks, lineage, a version row and an audit
  row per string, progress events, row-level security, foreign keys.
- **peer**: recursion with the SQLAlchemy ORM over the limit's tables, one string at a time.
- **preview**: the plan without writing, with the digest for the confirm token; its limit only finds and builds.

The server runs with fsync on; vacuum runs between the measurements."""
SUITE = Suite("propagation", "Propagation", ABOUT)


@dataclass
class Stage:
    """A running server with the service's database."""

    meter: Meter
    settings: Settings

    def bench(self, tree: Tree, name: str) -> Bench:
        return Bench.make(self.meter, self.settings, tree, name)


@contextmanager
def stage() -> Iterator[Stage]:
    with metered() as meter:
        yield Stage(meter, migrate(meter.server.url))


def measure(stage: Stage, *, levels: int, repetitions: int) -> dict[str, Figures]:
    """The table of the ten-ary tree, and one for each of the small shapes."""
    found = {"ten children each, 8 details": Figures()}
    bench = stage.bench(ten_ary(levels), "limit_ten")
    for dimension, level in enumerate(sizes_of(bench.tree), start=1):
        bench.repeat(
            bench.target(level, min(dimension, 3)), found["ten children each, 8 details"], repetitions=repetitions
        )
    for number, tree in enumerate((flat(10_001), wide(10_001))):
        figures = found[f"{tree.name}, 3 details"] = Figures()
        shape = stage.bench(tree, f"limit_shape_{number}")
        shape.repeat(shape.target(1, 1), figures, repetitions=repetitions)
    return found


def profile(stage: Stage, *, levels: int, preview: bool) -> None:
    """Functions by their own time, statements by the server's."""
    bench = stage.bench(ten_ary(levels), "limit_ten")
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
    parser = SUITE.parser(__doc__)
    parser.add_argument("--levels", type=int, default=6, choices=range(4, 8), help="6 = 111,110 strings; 7 = 1,111,110")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--profile", choices=("run", "preview"))
    given = parser.parse_args()
    logging.configure("ERROR")
    with stage() as running:
        if given.profile:
            profile(running, levels=given.levels, preview=given.profile == "preview")
            return
        found = measure(running, levels=given.levels, repetitions=given.repetitions)
        machine = running.meter.machine(psycopg=version("psycopg"), SQLAlchemy=version("sqlalchemy"))
    body = "\n\n".join(f"### {title}\n\n{report.table(figures)}" for title, figures in found.items())
    kept = {title: figures.as_json() for title, figures in found.items()}
    SUITE.publish(machine, body, kept, write=given.write)


if __name__ == "__main__":
    main()
