"""`python -m benchmarks.workflow`: bulk transitions against their limit; `--peers` also beside Django, `--write` also
into the reference."""

from collections.abc import Callable
from contextlib import ExitStack

import psycopg

from benchmarks import peers, web
from benchmarks.measuring import Cost, Figures, Meter, metered, own_peak_mib
from benchmarks.page import Suite
from benchmarks.workflow import limit
from benchmarks.workflow.calling import Service, migrate
from benchmarks.workflow.peer import Peer
from shared import logging
from tests.fixtures.people import Issuer

ABOUT = """Work orders moved from one state to the next, or back; every one was named with its version.

- **limit**: one statement over a narrow table: ids and versions from two arrays, state and version compared and
  written, one audit row each.
- **by HTTP**: a whole request, called as WSGI in this process: token, quota, JSON, and what is done at once.
- **at once**: the code of a request, from the loaded body to the answer: locks, checks with their facts, the update,
  an audit row and a transition record for each, events, the bulk record.
- **dry run**: the same without writing; its limit is that of the move.
- **ORM**: the same with objects of SQLAlchemy, over the limit's kind of tables, one item at a time.
- **Django**: the same with django-fsm-2, django-concurrency and django-auditlog, in an environment of its own and
  without its imports.
- **job**: from accepting the request to the end of the job, worker and outcomes of the items included.

The server runs with fsync on; vacuum runs between the measurements."""
SUITE = Suite("workflow", "Workflow: bulk transitions", ABOUT)
HEAD = (
    "| items | work | CPU per item, times the limit: median [min, max] | µs CPU per item | of it in the server"
    " | wall s | items per s | WAL bytes per item | statements |"
)
MEASURED = 10_000
WORK = {
    "limit": "limit: one statement",
    "once": "service: at once",
    "http": "service: by HTTP",
    "orm": "peer: ORM, item by item",
    "django": "peer: Django, item by item",
    "dry": "service: dry run",
    "chunks": "service: job, chunk by chunk",
    "whole": "service: job, all or nothing",
}
SLOW = ("orm", "django")
DJANGO = ("django>=5.2,<5.3", "django-fsm-2", "django-concurrency", "django-auditlog", "psycopg[binary]")


class Bench:
    """Both sides in turns; each run moves all items on by one state."""

    django: peers.Peer | None = None

    def __init__(self, meter: Meter, redis_url: str, issuer: Issuer, items: int) -> None:
        self.meter, limits = meter, meter.server.url_of("limit_items")
        self.service = Service.with_items(migrate(meter.server.url, redis_url), items)
        meter.admin.execute("create database limit_items")
        self.connection = psycopg.connect(limits)
        limit.prepare(self.connection, items)
        self.orm = Peer(limits, self.service.settings.bulk_sync_max_ids)
        self.caller = self.service.by_http(issuer)
        self.tidy()

    def measure(self, figures: Figures, *, items: int, repetitions: int) -> None:
        """The first round is not counted. Sizes have to be measured from the largest on, since versions must agree."""
        for number in range(repetitions):
            kept = figures if number else Figures()
            times = max(1, MEASURED // items)
            kept.add(f"limit.{items}", self._cost(items, self._limit(items), times=times))
            for kind, work in self._works(items).items():
                kept.add(f"{kind}.{items}", self._cost(items, work, times=1 if kind in SLOW else times))
            self.tidy()

    def _works(self, items: int) -> dict[str, Callable[[], int]]:
        service = self.service
        if items <= service.settings.bulk_sync_max_ids:
            works = {
                "dry": lambda: service.move(items, number=self.version, dry_run=True),
                "once": lambda: service.move(items, number=self._next()),
                "http": lambda: self.caller.move(items, number=self._next()),
                "orm": lambda: self.orm.move(items),
            }
            django = self.django
            return works | ({} if django is None else {"django": lambda: int(django.ask({"items": items}))})
        return {
            "chunks": lambda: service.move_by_job(items, number=self._next(), rollback=False),
            "whole": lambda: service.move_by_job(items, number=self._next(), rollback=True),
        }

    version = 0
    limit_version = 0

    def _next(self) -> int:
        self.version += 1
        return self.version - 1

    def _limit(self, items: int) -> Callable[[], int]:
        def move() -> int:
            self.limit_version += 1
            return limit.move(self.connection, items, run=self.limit_version - 1)

        return move

    def _cost(self, items: int, work: Callable[[], int], *, times: int) -> Cost:
        """Small ones several times: CPU is counted in hundredths of a second."""
        before = self.django.cpu_seconds() if self.django else 0.0
        with self.meter.measuring(items * times) as cost:
            counts = {work() for _ in range(times)}
        cost.client_cpu += self.django.cpu_seconds() - before if self.django else 0.0
        assert counts == {items}, counts
        cost.seconds, cost.statements = cost.seconds / times, cost.statements // times
        return cost

    def tidy(self) -> None:
        self.meter.vacuum("limit_items", "concord_workflow")


def table(figures: Figures) -> str:
    lines = [HEAD, "|" + "---|" * HEAD.count(" | ") + "---|"]
    for name in figures.costs:
        kind, size = name.split(".")
        median, least, most = figures.ratio(name, f"limit.{size}")
        seconds = figures.median(name, lambda cost: cost.seconds)
        cells = (
            f"{int(size):,}",
            WORK[kind],
            "1.0" if kind == "limit" else f"**{median:.1f}** [{least:.1f}, {most:.1f}]",
            f"{figures.median(name, lambda cost: cost.cpu / cost.items * 1e6):.0f}",
            f"{figures.median(name, lambda cost: cost.server_cpu / max(cost.cpu, 1e-9)):.0%}",
            f"{seconds:.2f}",
            f"{int(size) / seconds:,.0f}",
            f"{figures.median(name, lambda cost: cost.wal_bytes / cost.items):.0f}",
            f"{figures.median(name, lambda cost: cost.statements):.0f}",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def measure(bench: Bench, *, items: int, repetitions: int) -> Figures:
    figures = Figures()
    bench.measure(figures, items=items, repetitions=repetitions)
    bench.measure(figures, items=min(items, 1000), repetitions=2 * repetitions + 2)
    return figures


def main() -> None:
    parser = SUITE.parser(__doc__)
    parser.add_argument("--items", type=int, default=100_000, help="of the jobs; 1000 are also moved at once")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--peers", action="store_true", help="Django gets an environment of its own")
    parser.add_argument("--uv", default="uv", help="the program that makes that environment")
    given = parser.parse_args()
    logging.configure("ERROR")
    if given.peers:
        peers.install(given.uv, "django", *DJANGO)
    with metered() as meter, web.running_redis() as redis_url, web.issuing() as issuer, ExitStack() as stack:
        bench = Bench(meter, redis_url, issuer, given.items)
        if given.peers:
            place = meter.server.url_of("limit_items"), "1000"
            bench.django = stack.enter_context(peers.running("django", "benchmarks/workflow/django_peer.py", *place))
        figures = measure(bench, items=given.items, repetitions=given.repetitions)
        machine = meter.server.machine(**{"peak memory": f"{own_peak_mib():.0f} MiB"})
    SUITE.publish(machine, table(figures), figures.as_json(), write=given.write)


if __name__ == "__main__":
    main()
