"""`python -m benchmarks.search`: three words, one misspelt, among many tickets; `--write` also into the reference."""

import statistics
import time
import uuid
from collections.abc import Callable

from sqlalchemy import text

from benchmarks import web
from benchmarks.measuring import Cost, Figures, Meter, metered
from benchmarks.page import Suite
from benchmarks.search import limit
from benchmarks.search.subjects import Query, queries, subjects
from services.workflow.models import Ticket
from services.workflow.operations.search.indexing import index_items
from shared.app import ServiceApp
from shared.tenancy import Context
from tests.fixtures.people import Person

BLOCK = 5000
PEER = 10  # queries of the peer in a round
ABOUT = """Three words of one subject, one of them misspelt, among tickets of six to ten words; the best twenty. Called
as WSGI in this process, each query for the first time, so that no cache answers.

- **limit**: bare SQL over narrow tables: a dictionary of the words with trigrams, a text index on the subjects.
- **service**: a whole request over all kinds of items: token, quota, rights, words near, ranking by age, state and
  owner, snippets, actions, history.
- **peer**: trigrams of the subjects (pg_trgm, word similarity).
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
        assert answer.status_code == 200, answer.get_json()
        return [found["id"] - before for found in answer.get_json()["results"] if found["entity"] == "ticket"]

    return search


class Bench:
    """Queries in turns, none of them twice."""

    def __init__(self, meter: Meter, works: dict[str, Search], asked: list[Query]) -> None:
        self.meter, self.works, self.asked = meter, works, iter(asked)
        self.figures = Figures()
        self.walls: dict[str, list[float]] = {name: [] for name in works}
        self.found: dict[str, list[bool]] = {name: [] for name in works}

    def round(self, size: int) -> None:
        these = [next(self.asked) for _ in range(size)]
        for name, work in self.works.items():
            chosen = these[:PEER] if name == "peer" else these
            with self.meter.measuring(len(chosen)) as cost:
                for query in chosen:
                    begun = time.perf_counter()
                    keys = work(query)
                    self.walls[name].append((time.perf_counter() - begun) * 1000)
                    self.found[name].append(query.source + 1 in keys)
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
        reference = "limit: kept" if "kept" in name else "limit"
        median, least, most = bench.figures.ratio(name, reference)
        walls, found = sorted(bench.walls[name]), bench.found.get(name)
        cells = (
            name,
            "1.0" if name == reference else f"**{median:.1f}** [{least:.1f}, {most:.1f}]",
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


def measure(meter: Meter, *, tickets: int, rounds: int, size: int) -> Bench:
    with web.running_redis() as redis_url, web.issuing() as issuer:
        quotas = {"search_rate_limit_authenticated": 10**7, "search_rate_limit_premium": 10**7}
        app = web.application("workflow", web.migrate(meter.server.url, "workflow"), redis_url, issuer, **quotas)
        ada, found = web.admin(app, issuer, tenant_id := uuid.uuid4()), subjects(tickets)
        search = searching(ada, fill(app, tenant_id, found))
        meter.admin.execute("create database limit_subjects")
        meter.vacuum("concord_workflow")
        bare = limit.Bare(meter.server.url_of("limit_subjects"), found)
        asked = queries(found, size * (rounds + 1) + 1)
        works = {"limit": bare.by_dictionary, "service": search, "peer": bare.by_trigrams}
        Bench(meter, works, asked[:size]).round(size)  # warms
        bench = Bench(meter, works, asked[size:])
        kept, last = limit.kept(redis_url), asked[-1]
        search(last)
        for _ in range(rounds):
            bench.round(size)
            bench.again("limit: kept", kept, 5 * size)
            bench.again("service: kept", lambda: search(last), 5 * size)
        app.runtime.close()
    return bench


def main() -> None:
    parser = SUITE.parser(__doc__)
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--queries", type=int, default=40, help="of a round")
    given = parser.parse_args()
    with metered() as meter:
        bench = measure(meter, tickets=given.tickets, rounds=given.rounds, size=given.queries)
        machine = meter.machine(tickets=f"{given.tickets:,}")
    SUITE.publish(machine, table(bench), bench.figures.as_json(), write=given.write)


if __name__ == "__main__":
    main()
