"""`python -m benchmarks.validation.integrity`: scans and fixes of many characters, and rules over posted records;
`--peers` also lets Great Expectations, Soda Core and pandera do the same, `--write` puts it into the reference."""

import json
import subprocess
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import orjson
import psycopg
from sqlalchemy import make_url

from benchmarks import peers, web
from benchmarks.measuring import Figures, Meter, metered, own_peak_mib
from benchmarks.page import Suite
from benchmarks.validation.calling import Client, cpu_seconds, migrate
from services.validation.config import Settings
from services.validation.definitions.documents import Document
from services.validation.domain.integrity.options import Mode, Options
from services.validation.domain.traits import ABILITY_CODES, ATTRIBUTE_CODES
from services.validation.models import Chronicle
from services.validation.models.registry import enforced
from services.validation.operations.entry import enter
from services.validation.operations.integrity import asking, undoing
from services.validation.operations.integrity.running import carry_out
from services.validation.operations.integrity.steps import Direct
from services.validation.operations.rule_sets import storing
from services.validation.operations.rule_sets.evaluating import answer_of, judged
from services.validation.operations.rule_sets.finding import understood
from shared import editing, logging
from shared.db import Database
from shared.migrations import Roles

# Every hundredth character has a strength beyond its limit; a thousandth of the relationships is there twice.
CHARACTERS = """insert into characters (tenant_id, name, status, strength)
select %(tenant)s, 'Number ' || n, 'App', case when n %% 100 = 0 then 11 else 3 end
from generate_series(1, %(rows)s) n"""
RELATIONSHIPS = """insert into st_relationships (tenant_id, user_id, chronicle_id)
select %(tenant)s, 'user-' || case when n %% 1000 = 0 then n - 1 else n end, %(chronicle)s
from generate_series(1, %(rows)s) n"""
SCAN = "select {} from characters where tenant_id = %(tenant)s"
PAIRS = """select count(*) from (select from st_relationships where tenant_id = %(tenant)s
group by user_id, chronicle_id, gameline_id having count(*) > 1) as twice"""
DANGLING = """select count(*) from st_relationships r where tenant_id = %(tenant)s and chronicle_id is not null
and not exists (select from chronicles c where c.tenant_id = r.tenant_id and c.id = r.chronicle_id)"""
LINKS = {
    "rule_set": "links",
    "target": "st_relationships",
    "rules": [{"id": "chronicle_there", "kind": "reference", "field": "chronicle_id", "references": "chronicles.id"}],
}
RULES = [
    {"id": "sku_present", "kind": "not_null", "field": "sku"},
    {"id": "sku_once", "kind": "unique", "fields": ["sku"]},
    {"id": "name_present", "kind": "not_null", "field": "name"},
    {"id": "price_range", "kind": "range", "field": "price", "min": 0.01, "max": 100000},
    {"id": "stock_range", "kind": "range", "field": "stock", "min": 0, "max": 1000},
    {"id": "currency_known", "kind": "set", "field": "currency", "values": ["EUR", "GBP", "USD"]},
    {"id": "listed_present", "kind": "not_null", "field": "listed_on"},
    {"id": "delisted_after", "kind": "compare", "field": "delisted_on", "operator": ">=", "other": "listed_on"},
    {"id": "name_is_no_sku", "kind": "expression", "expression": "not starts_with(name, sku)"},
    {"id": "name_long", "kind": "expression", "expression": "length(trim(name)) >= 3"},
]
FIELDS = {
    **dict.fromkeys(("sku", "name", "currency"), "text"),
    **dict.fromkeys(("listed_on", "delisted_on"), "date"),
    "price": "decimal",
    "stock": "integer",
}
TRAITS = (",".join(ATTRIBUTE_CODES), ",".join(ABILITY_CODES))
# What a run looks at.
SETS = {"service": ("core", "links"), "service with ledger": ("core", "ledger", "links")}
SCANNING = {"Great Expectations": "gx_peer", "Soda Core": "soda_peer"}
BATCHES = {"clean": 0, "a tenth broken": 10, "all broken": 1}


PEERS = {
    "Great Expectations": ("gx", ("great_expectations[postgresql]",)),
    "Soda Core": ("soda", ("soda-core-postgres", "setuptools<81")),
    "pandera": ("pandera", ("pandera", "pandas")),
}
ABOUT = """A **scan** judges 45 conditions over characters (a hundredth has a strength beyond its limit) and as many
relationships (a thousandth is there twice), each of which must refer to a chronicle. A **batch** is JSON in, JSON out,
ten rules over seven fields.

- **limit**: of a scan, one statement with a count per condition, one for duplicates, one for references; of a batch,
  reading its JSON with orjson.
- **service**: a run from its row to its results, with failing rows and their reasons, as a job carries it out;
  with the rules of the ledger, and without. A fix with before-images, audit rows and the scans before and after; its
  undo. Records judged, and the answer written.
- **Great Expectations, Soda Core, pandera**: the same conditions in environments of their own, without their imports.

The server runs with fsync on; the tables are vacuumed before."""
SUITE = Suite("validation-rules", "Validation: scans and batches", ABOUT)
HEAD = "| work | n | CPU, times the limit | µs CPU each | of it in the server | wall s | statements | peak MiB |"


@dataclass
class Bench:
    meter: Meter
    figures: Figures
    peers: bool = False
    idle_mib: float = field(default=0.0, init=False)

    def scans(self, rows: int, repetitions: int) -> None:
        """A fix of a hundredth of the rows, and its undo, come last."""
        client = Client(migrate(self.meter.server.url))
        # Beside the one of the step that runs, whoever changes rows holds its turn by one.
        client.db = Database(client.settings.database_url.get_secret_value(), pool_size=2)
        with client.db.transaction(client.staff) as session:
            enter(client.settings, session, client.staff, True)
            storing.put(session, "links", Document(LINKS), row=None)
            chronicle = editing.create(session, Chronicle, {"name": "Berlin"}).id
        with psycopg.connect(self._owner(), autocommit=True) as owner:
            for one in enforced():
                if one.table in ("characters", "st_relationships"):
                    owner.execute(f"alter table {one.table} drop constraint if exists {one.name}".encode())
        tenant = {"tenant": client.staff.tenant_id, "rows": rows, "chronicle": chronicle}
        with psycopg.connect(self._database(), autocommit=True) as boss:
            boss.execute(CHARACTERS, tenant)
            boss.execute(RELATIONSHIPS, tenant)
            boss.execute("vacuum analyze")
            for _ in range(repetitions):
                self._add(f"limit.scan of {rows:,}", rows, lambda: bare(boss, tenant))
                for kind, sets in SETS.items():
                    self._scan(f"{kind}.scan of {rows:,}", rows, client.settings, sets)
                for name, script in SCANNING.items() if self.peers else ():
                    self._peer(f"{name}.scan of {rows:,}", rows, name, script, self._database("+psycopg2"), *TRAITS)
            fixed = self._add(
                f"service.fix of {rows // 100:,}",
                rows // 100,
                lambda: run(client, Options(mode=Mode.FIX, fix_rules=("strength_range",))),
            )
            self._add(f"service.undo of {rows // 100:,}", rows // 100, lambda: undo(client, fixed))

    def _scan(self, name: str, rows: int, settings: Settings, sets: tuple[str, ...]) -> None:
        """In a process of its own, as a worker would: what it holds is its own."""
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            idle = pool.submit(idling, settings).result()
            with self.meter.measuring(rows) as cost:
                used, peak = pool.submit(scanned, sets).result()
        cost.client_cpu, cost.peak_mib = used, peak
        self.figures.add(name, cost)
        self.idle_mib = idle

    def _peer(self, name: str, items: int, peer: str, script: str, *given: str) -> None:
        """Run by the interpreter of its own environment, which tells what it has used."""
        command = [str(peers.TOOLS / PEERS[peer][0] / "bin/python"), f"benchmarks/validation/{script}.py", *given]
        with self.meter.measuring(items) as cost:
            done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{peer} ended with {done.returncode}: {done.stderr[-2000:]}")
        told = json.loads(done.stdout.splitlines()[-1])
        cost.client_cpu, cost.peak_mib = told["cpu"], told["peak_mib"]
        self.figures.add(name, cost)

    def batches(self, records: int, repetitions: int) -> None:
        rules = understood({"rule_set": "bench", "target": "records", "fields": FIELDS, "rules": RULES})
        times = max(10, 100_000 // records)  # what the clock of a process can tell
        for kind, every in BATCHES.items():
            raw = orjson.dumps([record(place, every) for place in range(records)])

            def evaluated(raw: bytes = raw) -> Any:
                found = judged(rules, orjson.loads(raw), lambda _name, texts, _folded: set(texts))
                return orjson.dumps(answer_of(rules, 1, found, detail="failures", limit=records))

            for _ in range(repetitions):
                self._add(f"limit.batch of {records:,}, {kind}", records, partial(orjson.loads, raw), times=times)
                self._add(f"service.batch of {records:,}, {kind}", records, evaluated, times=times)
                if self.peers:
                    with NamedTemporaryFile() as file:
                        Path(file.name).write_bytes(raw)
                        name = f"pandera.batch of {records:,}, {kind}"
                        self._peer(name, records * 2, "pandera", "pandera_peer", file.name, "2")

    def _add(self, name: str, items: int, work: Callable[[], Any], *, times: int = 1) -> Any:
        with self.meter.measuring(items * times) as cost:
            for _ in range(times):
                found = work()
        self.figures.add(name, cost)
        return found

    def _database(self, driver: str = "") -> str:
        place = make_url(self.meter.server.url_of("concord_validation")).set(drivername=f"postgresql{driver}")
        return place.render_as_string(hide_password=False)

    def _owner(self) -> str:
        owner = make_url(self._database()).set(username=Roles.of("validation").owner, password=web.PASSWORDS["owner"])
        return owner.render_as_string(hide_password=False)


def bare(connection: psycopg.Connection[Any], tenant: dict[str, Any]) -> None:
    """What the service looks for, counted by one scan, and the duplicates."""
    limits = {**dict.fromkeys(ATTRIBUTE_CODES, "attributes"), **dict.fromkeys(ABILITY_CODES, "abilities")}
    broken = [f"{name} not between {kind}_min and {kind}_max" for name, kind in limits.items()]
    broken += ["xp < 0", "status not in ('Un', 'Sub', 'App', 'Ret', 'Dec')", "temporary_willpower > willpower"]
    broken += ["willpower not between willpower_min and willpower_max", "age not between 0 and age_max"]
    broken += ["temporary_willpower not between 0 and temporary_willpower_max"]
    broken += ["apparent_age not between 0 and apparent_age_max"]
    counts = ", ".join(f"count(*) filter (where {one})" for one in broken)
    connection.execute(SCAN.format(counts).encode(), tenant)
    connection.execute(PAIRS, tenant)
    connection.execute(DANGLING, tenant)


_own: list[Client] = []


def idling(settings: Settings) -> float:
    """In a process of a pool: MiB once everything is there that a scan needs."""
    logging.configure("ERROR")
    _own.append(Client(settings))
    return own_peak_mib()


def scanned(sets: tuple[str, ...]) -> tuple[float, float]:
    """CPU seconds of a check in that process, and its peak in MiB."""
    begun = cpu_seconds()
    run(_own[0], Options(rule_sets=sets))
    return cpu_seconds() - begun, own_peak_mib()


def run(client: Client, options: Options) -> Any:
    """The id of a run that has been carried out."""
    with client.db.transaction(client.staff) as session:
        enter(client.settings, session, client.staff, True)
        run_id = asking.ask(session, options).id
    carry_out(Direct(client.db, client.staff), run_id)
    return run_id


def undo(client: Client, fixed: Any) -> None:
    with client.db.transaction(client.staff) as session:
        enter(client.settings, session, client.staff, True)
        asked = asking.ask_undo(session, undoing.fix_of(session, fixed), rules=(), dry_run=False).id
    carry_out(Direct(client.db, client.staff), asked)


def record(place: int, every: int) -> dict[str, Any]:
    is_broken = every and place % every == 0
    return {
        "sku": f"A-{place}",
        "name": f"Apple {place % 700}",
        "currency": "XXX" if is_broken else ("EUR", "GBP", "USD")[place % 3],
        "price": 0 if is_broken else round(1 + place % 1000 * 0.37, 2),
        "stock": place % 999,
        "listed_on": f"2024-01-{1 + place % 28:02}",
        "delisted_on": None if place % 2 else f"2024-03-{1 + place % 28:02}",
    }


def table(figures: Figures) -> str:
    lines = [HEAD, "|" + "---|" * (HEAD.count(" | ") + 1)]
    for name, costs in figures.costs.items():
        kind, work = name.split(".", 1)
        limit = f"limit.{work}"
        median, least, most = figures.ratio(name, limit) if limit in figures.costs else (0, 0, 0)
        peak = max((cost.peak_mib or 0 for cost in costs), default=0)
        cells = (
            f"{kind}: {work}",
            f"{costs[0].items:,}",
            "1.0" if kind == "limit" else f"**{median:.1f}** [{least:.1f}, {most:.1f}]" if median else "",
            f"{figures.median(name, lambda cost: cost.cpu / cost.items * 1e6):.2f}",
            f"{figures.median(name, lambda cost: cost.server_cpu / max(cost.cpu, 1e-9)):.0%}",
            f"{figures.median(name, lambda cost: cost.seconds):.2f}",
            f"{figures.median(name, lambda cost: cost.statements):,.0f}",
            f"{peak:.0f}" if peak else "",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = SUITE.parser(__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--records", type=int, nargs="+", default=[100, 1_000, 5_000])
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--peers", action="store_true", help="each gets an environment of its own")
    parser.add_argument("--uv", default="uv", help="the program that makes those environments")
    given = parser.parse_args()
    logging.configure("ERROR")
    if given.peers:
        for folder, packages in PEERS.values():
            peers.install(given.uv, folder, *packages)
    figures, idle = Figures(), 0.0
    for rows in given.rows:
        with metered() as meter:
            bench = Bench(meter, figures, peers=given.peers)
            bench.scans(rows, given.repetitions)
            idle = bench.idle_mib
            for records in given.records if rows == given.rows[0] else ():
                bench.batches(records, given.repetitions)
            machine = meter.server.machine()
    body = f"{table(figures)}\n\nA process that is about to scan has {idle:.0f} MiB."
    SUITE.publish(machine, body, figures.as_json(), write=given.write)


if __name__ == "__main__":
    main()
