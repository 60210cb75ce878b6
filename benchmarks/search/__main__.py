"""`python -m benchmarks.search`: three words, one misspelt, among many tickets (`--tickets 1000000`); `--peers` also
beside tantivy, `--write` also into the reference."""

import statistics
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from sqlalchemy import text

from benchmarks import peers, web
from benchmarks.measuring import Cost, Figures, Meter, metered
from benchmarks.page import Suite
from benchmarks.search import limit
from benchmarks.search.subjects import Query, queries, subjects
from services.workflow.models import Ticket
from services.workflow.operations.search.indexing import index_items
from shared.app import ServiceApp
from shared.tenancy import Context
from tests.fixtures.people import Issuer, Person

BLOCK = 5000
LIMIT, SERVICE, TRIGRAMS, TANTIVY = "limit", "service", "peer: pg_trgm", "peer: tantivy"
SLOW = 10  # queries of the trigrams in a round
ABOUT = """Three words of one subject, one of them misspelt, among tickets of six to ten words; the best twenty. Called
as WSGI in this process, each query for the first time, so that no cache answers.

- **limit**: bare SQL over narrow tables: a dictionary of the words with trigrams, a text index on the subjects.
- **service**: a whole request over all kinds of items: token, quota, rights, words near, ranking by age, state and
  owner, snippets, actions, history.
- **pg_trgm**: trigrams of the subjects, word similarity.
- **tantivy**: an index in the memory of another process, each word with one letter more, less or other.
- **one word**: the same with a single word as it is written, often one of thousands of tickets.
- **kept**: the same question again, answered from the cache; its limit is a Redis GET in an empty Flask view.

Found is the share of queries whose source is among the twenty."""
SUITE = Suite("search", "Workflow: search", ABOUT)
HEAD = (
    "| work | CPU per query, times the limit: median [min, max] | ms CPU | of it in the server | p50 ms | p95 ms"
    " | found |"
)
Search = Callable[[Query], list[int]]


def fill(app: ServiceApp, tenant_id: uuid.UUID, found: list[str]) -> int:
    """Tickets with these subjects, indexed as the service does; the id before the first."""
    context = Context(tenant_id=tenant_id)
    stored = text(
        "insert into tickets (tenant_id, number, subject, state, requester)"
        " select :tenant, 'T-' || n, said, 'NEW', 'ada'"
        " from unnest(cast(:said as text[])) with ordinality as u (said, n) order by n returning id"
    )
    with app.runtime.db.transaction(context, statement_timeout_seconds=3600) as session:
        app.parts.on_entry(session, context, True)
        ids = sorted(session.scalars(stored, {"tenant": tenant_id, "said": found}))
    for first in range(0, len(ids), BLOCK):
        with app.runtime.db.transaction(context, statement_timeout_seconds=3600) as session:
            app.parts.on_entry(session, context, True)
            index_items(session, Ticket, ids[first : first + BLOCK])
    return int(ids[0]) - 1


def searching(ada: Person, before: int) -> Search:
    """Ids as places, from 1 on."""

    def search(query: Query) -> list[int]:
        answer = ada.post("search", {"query": " ".join(query.words)})
        told = answer.get_json()
        assert answer.status_code == 200, told
        return [found["id"] - before for found in told["results"] if found["entity"] == "ticket"]

    return search


class Bench:
    """Queries in turns, none of them twice."""

    def __init__(
        self, meter: Meter, works: dict[str, Search], asked: list[Query], tantivy: peers.Peer | None = None
    ) -> None:
        self.meter, self.works, self.asked, self.tantivy = meter, works, iter(asked), tantivy
        self.figures = Figures()
        self.walls: dict[str, list[float]] = {name: [] for name in works}
        self.found: dict[str, list[bool]] = {name: [] for name in works}

    def round(self, size: int) -> None:
        these = [next(self.asked) for _ in range(size)]
        for name, work in self.works.items():
            chosen = these[:SLOW] if name == TRIGRAMS else these
            before = self.tantivy.cpu_seconds() if self.tantivy else 0.0
            with self.meter.measuring(len(chosen)) as cost:
                for query in chosen:
                    begun = time.perf_counter()
                    keys = work(query)
                    self.walls[name].append((time.perf_counter() - begun) * 1000)
                    self.found[name].append(query.source + 1 in keys)
            cost.client_cpu += self.tantivy.cpu_seconds() - before if self.tantivy else 0.0
            self.figures.add(name, cost)

    def again(self, name: str, work: Callable[[], object], times: int) -> None:
        with self.meter.measuring(times) as cost:
            for _ in range(times):
                begun = time.perf_counter()
                work()
                self.walls.setdefault(name, []).append((time.perf_counter() - begun) * 1000)
        self.figures.add(name, cost)


def table(bench: Bench) -> str:
    lines = [HEAD, "|" + "---|" * 7]
    for name in bench.figures.costs:
        work, _, kind = name.partition(", ")
        reference = f"{LIMIT}, {kind}" if kind else LIMIT
        median, least, most = bench.figures.ratio(name, reference)
        walls, found = sorted(bench.walls[name]), bench.found.get(name)
        cells = (
            name,
            "1.0" if work == LIMIT else f"**{median:.1f}** [{least:.1f}, {most:.1f}]",
            f"{bench.figures.median(name, _milliseconds):.2f}",
            f"{bench.figures.median(name, lambda cost: cost.server_cpu / max(cost.cpu, 1e-9)):.0%}",
            f"{statistics.median(walls):.1f}",
            f"{walls[round(len(walls) * 0.95) - 1]:.1f}",
            f"{sum(found) / len(found):.0%}" if found else "",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _milliseconds(cost: Cost) -> float:
    return cost.cpu / cost.items * 1000


class World:
    """The same subjects for everybody: as tickets of a tenant, as bare rows, and with the peers."""

    def __init__(self, meter: Meter, redis_url: str, issuer: Issuer, tickets: int) -> None:
        quotas = {"search_rate_limit_authenticated": 10**7, "search_rate_limit_premium": 10**7}
        self.app = web.application("workflow", web.migrate(meter.server.url, "workflow"), redis_url, issuer, **quotas)
        self.ada, self.subjects = web.admin(self.app, issuer, tenant_id := uuid.uuid4()), subjects(tickets)
        self.search = searching(self.ada, fill(self.app, tenant_id, self.subjects))
        meter.admin.execute("create database limit_subjects")
        meter.vacuum("concord_workflow")
        self.own = psycopg.connect(meter.server.url_of("concord_workflow"), autocommit=True)
        self.bare = limit.Bare(meter.server.url_of("limit_subjects"), self.subjects)

    def tantivy(self, stack: ExitStack) -> peers.Peer:
        file = Path(stack.enter_context(TemporaryDirectory())) / "subjects"
        file.write_text("\n".join(self.subjects))
        return stack.enter_context(peers.running("tantivy", "benchmarks/search/tantivy_peer.py", str(file)))

    def seconds_until_found(self) -> float:
        """From the answer to a write until a search finds it."""
        assert self.ada.post("tickets", {"subject": "Unheardof quuxify"}).status_code == 201
        begun = time.perf_counter()
        while not self.search(Query(["quuxify"], 0)):
            assert time.perf_counter() - begun < 60
        return time.perf_counter() - begun

    def scans(self) -> int:
        """Of the whole index, row by row; statistics come a second late, with the next statement."""
        time.sleep(1.1)
        self.search(Query(["nothing"], 0))
        row = self.own.execute("select seq_scan from pg_stat_user_tables where relname = 'search_entries'").fetchone()
        assert row is not None
        return int(row[0])


def measure(meter: Meter, world: World, *, rounds: int, size: int, tantivy: peers.Peer | None) -> tuple[Bench, str]:
    """The figures, and what is told beside them."""
    asked = queries(world.subjects, size * (rounds + 1) + 1)
    works: dict[str, Search] = {
        LIMIT: world.bare.by_dictionary,
        SERVICE: world.search,
        TRIGRAMS: world.bare.by_trigrams,
    }
    if tantivy is not None:
        works[TANTIVY] = lambda query: list(tantivy.ask(query.words))
    warming = Bench(meter, works, asked[:size], tantivy)
    warming.round(size)
    bench, scans = Bench(meter, works, asked[size:], tantivy), world.scans()
    kept, last = limit.kept(world.app.runtime.settings.redis_url.get_secret_value()), asked[-1]
    for number in range(rounds):
        bench.round(size)
        for name in (LIMIT, SERVICE):
            single = iter([Query(query.words[:1], query.source) for query in asked[number * size :]])
            bench.again(f"{name}, one word", lambda work=works[name], ones=single: work(next(ones)), size)  # type: ignore[misc]
        world.search(last)
        bench.again(f"{LIMIT}, kept", kept, 5 * size)
        bench.again(f"{SERVICE}, kept", lambda: world.search(last), 5 * size)
    scanned = world.scans() - scans
    first, visible = warming.walls[SERVICE][0], world.seconds_until_found() * 1000
    return bench, (
        f"The first search after the tickets had been stored took {first:.0f} ms; a ticket that was written was found"
        f" {visible:.0f} ms after the answer. Below row security the entries were read one by one {scanned} times."
    )


def main() -> None:
    parser = SUITE.parser(__doc__)
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--queries", type=int, default=40, help="of a round")
    parser.add_argument("--peers", action="store_true", help="tantivy gets an environment of its own")
    parser.add_argument("--uv", default="uv", help="the program that makes that environment")
    given = parser.parse_args()
    if given.peers:
        peers.install(given.uv, "tantivy", "tantivy")
    with metered() as meter, web.running_redis() as redis_url, web.issuing() as issuer, ExitStack() as stack:
        world = World(meter, redis_url, issuer, given.tickets)
        tantivy = world.tantivy(stack) if given.peers else None
        bench, told = measure(meter, world, rounds=given.rounds, size=given.queries, tantivy=tantivy)
        world.app.runtime.close()
        machine = meter.server.machine(tickets=f"{given.tickets:,}")
    SUITE.publish(machine, f"{table(bench)}\n\n{told}", bench.figures.as_json(), write=given.write)


if __name__ == "__main__":
    main()
