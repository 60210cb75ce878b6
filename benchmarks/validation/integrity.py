"""`python -m benchmarks.validation.integrity`: scans and fixes of many characters, and rules over posted records.

Beside the service: one scan of bare SQL with a count per rule and the duplicates; for records, reading their JSON.
"""

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
import psycopg
from sqlalchemy import make_url

from benchmarks import server
from benchmarks.measuring import Cost, Figures, Meter, own_peak_mib
from benchmarks.validation.calling import PASSWORDS, Client, migrate
from services.validation.domain.integrity.options import Mode, Options
from services.validation.domain.traits import ABILITY_CODES, ATTRIBUTE_CODES
from services.validation.models.registry import enforced
from services.validation.operations.entry import enter
from services.validation.operations.integrity import asking, undoing
from services.validation.operations.integrity.running import Direct, carry_out
from services.validation.operations.rule_sets.evaluating import answer_of, judged
from services.validation.operations.rule_sets.finding import understood
from shared import logging
from shared.db import Database
from shared.migrations import Roles

# Every hundredth character has a strength beyond its limit; a thousandth of the relationships is there twice.
CHARACTERS = """insert into characters (tenant_id, name, status, strength)
select %(tenant)s, 'Number ' || n, 'App', case when n %% 100 = 0 then 11 else 3 end
from generate_series(1, %(rows)s) n"""
RELATIONSHIPS = """insert into st_relationships (tenant_id, user_id)
select %(tenant)s, 'user-' || case when n %% 1000 = 0 then n - 1 else n end from generate_series(1, %(rows)s) n"""
SCAN = "select {} from characters where tenant_id = %(tenant)s"
PAIRS = """select count(*) from (select from st_relationships where tenant_id = %(tenant)s
group by user_id, chronicle_id, gameline_id having count(*) > 1) as twice"""
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
BATCHES = {"clean": 0, "a tenth broken": 10, "all broken": 1}


@dataclass
class Bench:
    meter: Meter
    admin_url: str
    figures: Figures

    def scans(self, rows: int, repetitions: int) -> None:
        """All of core and ledger, a fix of a hundredth of the rows, and its undo, on a tenant of its own."""
        client = Client(migrate(self.admin_url))
        # Beside the one of the step that runs, whoever changes rows holds its turn by one.
        client.db = Database(client.settings.database_url.get_secret_value(), pool_size=2)
        with client.db.transaction(client.staff) as session:
            enter(client.settings, session, client.staff, True)
        with psycopg.connect(self._owner(), autocommit=True) as owner:
            for one in enforced():
                if one.table in ("characters", "st_relationships"):
                    owner.execute(f"alter table {one.table} drop constraint if exists {one.name}".encode())
        tenant = {"tenant": client.staff.tenant_id, "rows": rows}
        with psycopg.connect(self._database(), autocommit=True) as boss:
            boss.execute(CHARACTERS, tenant)
            boss.execute(RELATIONSHIPS, tenant)
            boss.execute("vacuum analyze")
            for _ in range(repetitions):
                self._add(f"limit.scan of {rows:,}", rows, lambda: bare(boss, tenant))
                self._add(f"service.scan of {rows:,}", rows, lambda: run(client, Options()))
            fixed = self._add(
                f"service.fix of {rows // 100:,}",
                rows // 100,
                lambda: run(client, Options(mode=Mode.FIX, fix_rules=("strength_range",))),
            )
            self._add(f"service.undo of {rows // 100:,}", rows // 100, lambda: undo(client, fixed))

    def batches(self, records: int, repetitions: int) -> None:
        rules = understood({"rule_set": "bench", "target": "records", "fields": FIELDS, "rules": RULES})
        for kind, every in BATCHES.items():
            raw = orjson.dumps([record(place, every) for place in range(records)])

            def evaluated(raw: bytes = raw) -> Any:
                found = judged(rules, orjson.loads(raw), lambda _name, texts, _folded: set(texts))
                return orjson.dumps(answer_of(rules, 1, found, detail="failures", limit=records))

            for _ in range(repetitions):
                self._add(f"limit.batch of {records:,}, {kind}", records, partial(orjson.loads, raw), times=10)
                self._add(f"service.batch of {records:,}, {kind}", records, evaluated, times=10)

    def _add(self, name: str, items: int, work: Callable[[], Any], *, times: int = 1) -> Any:
        with self.meter.measuring(items * times) as cost:
            for _ in range(times):
                found = work()
        self.figures.add(name, cost)
        return found

    def _database(self) -> str:
        return make_url(self.admin_url).set(database="concord_validation").render_as_string(hide_password=False)

    def _owner(self) -> str:
        owner = make_url(self._database()).set(username=Roles.of("validation").owner, password=PASSWORDS["owner"])
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


def told(figures: Figures, name: str, costs: list[Cost]) -> str:
    micros = figures.median(name, lambda cost: cost.cpu / cost.items * 1e6)
    statements = figures.median(name, lambda cost: cost.statements)
    return f"{name}: {micros:.2f} µs CPU each, {statements:.0f} statements, {len(costs)} times"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000])
    parser.add_argument("--records", type=int, nargs="+", default=[100, 1_000, 5_000])
    parser.add_argument("--repetitions", type=int, default=3)
    given = parser.parse_args()
    logging.configure("ERROR")
    figures = Figures()
    for rows in given.rows:
        with server.running() as running, psycopg.connect(running.url, autocommit=True) as admin:
            admin.execute("create extension pg_stat_statements")
            bench = Bench(Meter(running, admin), running.url, figures)
            bench.scans(rows, given.repetitions)
            for records in given.records if rows == given.rows[0] else ():
                bench.batches(records, given.repetitions)
    for name, costs in figures.costs.items():
        print(told(figures, name, costs))
    print(f"peak of this process {own_peak_mib():.0f} MiB, load {os.getloadavg()[0]:.0f}")


if __name__ == "__main__":
    main()
