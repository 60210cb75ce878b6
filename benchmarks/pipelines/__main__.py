"""`python -m benchmarks.pipelines`: products from JSON lines, CSV and HTTP, fresh, 10 % changed and unchanged, beside a
COPY with a merge; `--peer-rows` also beside dlt, `--executors` also in parts; `--write` also into the reference.

Everything, once, in a quarter of an hour on a calm machine:
`--repetitions 1 --executors local rq dask --peer-rows 100000 --write`."""

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from benchmarks import peers, web
from benchmarks.measuring import Figures, Meter, metered
from benchmarks.page import Suite
from benchmarks.pipelines import data, limit
from benchmarks.pipelines.calling import LANES, Service, paged
from shared import logging

PEER = peers.TOOLS / "dlt"
SOURCES = ("jsonl", "csv", "rest")
EXECUTORS = ("local", "rq", "dask")
PARTS = 4
# By name: the variant of the rows that is loaded, and the share of them that is written.
PHASES = {"fresh": "base", "10 % changed": "changed", "unchanged": "changed"}
ABOUT = """Products with nine mapped columns of five types, three rules; every row has a key, so all are merged.

- **limit**: COPY of the ready CSV into an unlogged table, then one statement that joins first and writes only rows that
  are new or different; typed columns and three indexes (the catalogue has six), but no mapping, rules, tenants or
  history.
- **service**: the code of a worker: read, mapped, checked, staged, merged with history and bookkeeping, page by page,
  each with its checkpoint. Pages of 5,000 rows.
- **parts by local, rq, dask**: four parts of the same file, one after the other, by two workers, and by a cluster of
  one process with two threads; all end with the same rows.
- **dlt**: merge with strategy upsert, one process, near its defaults, of dicts, of Arrow tables and of its client for
  HTTP; fewer rows, per row beside the same limit.

The server runs with fsync on; vacuum runs between the measurements. Peak memory is all that the process of a run sees,
most of it Python, its imports and what was prepared: those pages belong to the worker that it was forked from too. Its
own is what no other process has: what one more run on the same machine takes. What is logged for unchanged rows are
checkpoints and progress: no row is written."""
SUITE = Suite("pipelines", "Sync: pipelines", ABOUT)
HEAD = (
    "| work | rows | CPU, times the limit | µs CPU a row | of it in the server | rows/s | log, bytes a row | statements"
    " | peak MiB | of it its own |"
)


class Bench:
    def __init__(self, meter: Meter, service: Service, folder: Path, *, rows: int) -> None:
        self.meter, self.service, self.folder, self.rows = meter, service, folder, rows
        self.figures = Figures()
        self.loaded: Any = None
        meter.admin.execute("create database limits")
        self.limits = psycopg.connect(meter.server.url_of("limits"), autocommit=True)
        limit.prepare(self.limits)

    def measure(self, *, repetitions: int, sources: Sequence[str], executors: Sequence[str], peer_rows: int) -> None:
        for _ in range(repetitions):
            limit.empty(self.limits)
            for phase, variant in PHASES.items():
                with self.meter.measuring(self.rows) as cost:
                    written = limit.load(self.limits, self.folder / f"{variant}.csv")
                assert written == expected(phase, self.rows)
                self.figures.add(f"limit.{phase}", cost)
                self.meter.vacuum("limits", "concord_sync")
            for source in sources:
                self._load(f"service {source}", source)
            for executor in executors:
                divided = {"executor": executor, "partitions": {"by": "pages", "count": PARTS, "max_parallel": LANES}}
                self._load(f"service jsonl, parts by {executor}", "jsonl", **divided)
            if peer_rows:
                self._peers(peer_rows)

    def _load(self, name: str, source: str, **sections: Any) -> None:
        """Ends with the same rows whatever the source, and whoever reads it."""
        self._empty()
        for phase, variant in PHASES.items():
            cost, became = self.service.load(self.meter, source, variant, self.rows, **sections)
            assert became["created"] + became["updated"] == expected(phase, self.rows), became
            self.figures.add(f"{name}.{phase}", cost)
            self.meter.vacuum("limits", "concord_sync")
        loaded = self.service.loaded()
        self.loaded = self.loaded or loaded
        assert loaded == self.loaded

    def _peers(self, rows: int) -> None:
        """Its state lasts in its own folder, so both are made anew."""
        with TemporaryDirectory() as home, TemporaryDirectory() as small, ExitStack() as stack:
            data.write(Path(small), rows)
            port = stack.enter_context(paged(Path(small)))
            self.meter.admin.execute("drop database if exists peer")
            self.meter.admin.execute("create database peer")
            for kind in ("jsonl", "arrow", "http"):
                for phase, variant in PHASES.items():
                    place = f"http://127.0.0.1:{port}/{variant}" if kind == "http" else f"{small}/{variant}.jsonl"
                    command = [
                        str(PEER / "bin/python"),
                        "benchmarks/pipelines/dlt_peer.py",
                        kind,
                        place,
                        self.meter.server.url_of("peer"),
                    ]
                    with self.meter.measuring(rows) as cost:
                        done = subprocess.run(
                            command,
                            check=True,
                            stdout=subprocess.PIPE,
                            text=True,
                            env=os.environ | {"DLT_DATA_DIR": home},
                        )
                    told = json.loads(done.stdout.splitlines()[-1])
                    cost.client_cpu, cost.peak_mib = told["cpu"], told["peak_mib"]
                    self.figures.add(f"dlt {kind}.{phase}", cost)

    def _empty(self) -> None:
        self.service.admin.execute("truncate catalogue_product, row_history cascade")


def expected(phase: str, rows: int) -> int:
    """Rows that are written."""
    return {"fresh": rows, "10 % changed": -(-rows // data.CHANGED_SHARE), "unchanged": 0}[phase]


def table(figures: Figures) -> str:
    lines = [HEAD, "|" + "---|" * (HEAD.count(" | ") + 1)]
    for name, costs in figures.costs.items():
        kind, phase = name.split(".")
        median, least, most = figures.ratio(name, f"limit.{phase}")
        peak, own = (max(getattr(cost, name) or 0 for cost in costs) for name in ("peak_mib", "own_mib"))
        cells = (
            f"{kind}: {phase}",
            f"{costs[0].items:,}",
            "1.0" if kind == "limit" else f"**{median:.1f}** [{least:.1f}, {most:.1f}]",
            f"{figures.median(name, lambda cost: cost.cpu / cost.items * 1e6):.1f}",
            f"{figures.median(name, lambda cost: cost.server_cpu / max(cost.cpu, 1e-9)):.0%}",
            f"{figures.median(name, lambda cost: cost.items / cost.seconds):,.0f}",
            f"{figures.median(name, lambda cost: cost.wal_bytes / cost.items):,.1f}",
            f"{figures.median(name, lambda cost: cost.statements):,.0f}",
            f"{peak:.0f}" if peak else "",
            f"{own:.0f}" if own else "",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


@contextmanager
def prepared(rows: int, *, executors: Sequence[str] = ()) -> Iterator[Bench]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        meter = stack.enter_context(metered())
        data.write(folder, rows)
        port = stack.enter_context(paged(folder))
        app_url = web.migrate(meter.server.url, "sync")
        admin = stack.enter_context(psycopg.connect(meter.server.url_of("concord_sync"), autocommit=True))
        service = Service.begin(app_url, admin, folder, port, dask=stack if "dask" in executors else None)
        stack.callback(service.app.runtime.close)
        yield Bench(meter, service, folder, rows=rows)


def main() -> None:
    parser = SUITE.parser(__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--sources", nargs="*", choices=SOURCES, default=SOURCES)
    parser.add_argument(
        "--executors", nargs="*", choices=EXECUTORS, default=(), help=f"that load {PARTS} parts, {LANES} at a time"
    )
    parser.add_argument(
        "--peer-rows", type=int, default=0, help="of dlt, which gets an environment of its own; 0: none"
    )
    parser.add_argument("--uv", default=which("uv") or ".tools/bin/uv", help="the program that makes that environment")
    given = parser.parse_args()
    logging.configure("ERROR")
    if given.peer_rows:
        peers.install(given.uv, PEER.name, "dlt[postgres]", "pyarrow")
    with prepared(given.rows, executors=given.executors) as bench:
        bench.measure(
            repetitions=given.repetitions,
            sources=given.sources,
            executors=given.executors,
            peer_rows=given.peer_rows,
        )
        machine = bench.meter.server.machine(**{"imports of a worker": f"{bench.service.imports_mib:.0f} MiB"})
    SUITE.publish(machine, table(bench.figures), bench.figures.as_json(), write=given.write)


if __name__ == "__main__":
    main()
