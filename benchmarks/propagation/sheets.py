"""Lists by the thousand through the API: names checked, strings exported and imported as CSV; each beside its limit,
and beside the peer on fewer rows."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import create_engine, make_url
from sqlalchemy.orm import Session

from benchmarks.measuring import Cost, Figures
from benchmarks.propagation import limit, peer
from benchmarks.propagation.calling import Caller
from benchmarks.propagation.suite import Bench
from services.propagation.operations.names.parsing import parse

NAMES, ROWS, PEER_ROWS = 10_000, 100_000, 500
WRONG = 100  # one row of so many
Content = list[dict[str, Any]]


@dataclass
class Sheets:
    """Figures by the number of rows, those of names first."""

    bench: Bench
    caller: Caller
    rows: int = ROWS
    names: Figures = field(default_factory=Figures)
    files: Figures = field(default_factory=Figures)

    def measure(self) -> None:
        """Once each: a file that was imported is in the tree."""
        self.caller.configure(background_processing_threshold=1)
        self._check_names()
        self.bench.tidy()
        exported = self._export()
        self._edit(exported)
        self.bench.tidy()
        for work, wrong in (("import", 0), ("faults", WRONG)):
            self._import(work, self._new_rows(work, wrong=wrong))
            self.bench.tidy()

    def _check_names(self) -> None:
        found = self.bench.own.execute(
            """select s.value, f.name as field, p.value as parent, f.id, s.rule_id, p.id from strings s
               join fields f on f.id = s.field_id join strings p on p.id = s.parent_id
               where s.tenant_id = %s order by s.id desc limit %s""",
            [self.bench.service.context.tenant_id, min(NAMES, self.rows)],
        ).fetchall()
        body = json.dumps({"rows": [{"value": row[0], "field": row[1], "parent": row[2]} for row in found]})
        known = orjson.dumps(limit.names(self.bench.connection, len(found)))
        with self._measuring(self.names, "names/limit", len(found)):
            assert limit.look_up(self.bench.connection, orjson.loads(known)) == len(found)
        with self.caller.measuring(workers=1, peak=True) as cost:
            job = self.caller.call("POST", "names/check", json.loads(body))
        self._add(self.names, "names/service", cost, len(found))
        told = self.caller.job(job["id"])["metadata"]["names"]
        assert told["valid"] == len(found), told
        with (
            self._measuring(self.names, "names/peer", PEER_ROWS),
            self.bench.service.db.transaction(self.bench.service.context) as session,
        ):
            for value, _field, _parent, field_id, rule_id, parent_id in found[:PEER_ROWS]:
                assert parse(session, rule_id, field_id, value, parent_id=parent_id)["matches"]

    def _export(self) -> bytes:
        """The strings of the lowest level."""
        counts = self.bench.tree.counts
        with self._measuring(self.files, "export/limit", counts[-1]):
            assert limit.export(self.bench.connection, first=sum(counts[:-1])) == counts[-1]
        field_id = self._field(len(counts))
        with self._measuring(self.files, "export/service", counts[-1]):
            response = self.caller.person.get(f"strings?format=csv&field={field_id}")
            content = b"".join(response.iter_encoded())
        assert content.count(b"\n") == counts[-1] + 1
        self._peer("export", lambda session: peer.export(session, PEER_ROWS))
        return content

    def _edit(self, exported: bytes) -> None:
        """What was exported, with another note in one row of a hundred."""
        rows = list(csv.DictReader(io.StringIO(exported.decode(), newline="")))[: self.rows]
        note = f"dimension:D{self.bench.tree.details}"
        for row in rows[::WRONG]:
            row[note] = f"m{row['string_id']}"
            row["value"] = ""
        self._import("edited", rows)

    def _new_rows(self, name: str, *, wrong: int) -> Content:
        """Children for the strings of the lowest level but one."""
        counts = self.bench.tree.counts
        above = self.bench.own.execute(
            "select id from strings where tenant_id = %s and field_id = %s order by id",
            [self.bench.service.context.tenant_id, self._field(len(counts) - 1)],
        ).fetchall()
        return [
            {
                "parent_id": above[number % len(above)][0],
                "field": f"level {len(counts)}",
                "dimension:D1": "no such value" if wrong and number % wrong == 0 else "v1x0",
                "dimension:D2": "v2x0",
                "dimension:D3": f"{name}{number}",
            }
            for number in range(self.rows)
        ]

    def _import(self, work: str, rows: Content) -> None:
        buffer = io.StringIO()
        writer = csv.DictWriter(buffer, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        content = buffer.getvalue().encode()
        if work == "import":
            with self._measuring(self.files, "import/limit", len(rows)):
                assert limit.import_rows(self.bench.connection, rows) == len(rows)
            others = [row | {"dimension:D3": f"peer{row['dimension:D3']}"} for row in rows[:PEER_ROWS]]
            self._peer("import", lambda session: peer.import_rows(session, others))
        rule = str(self._one("select max(id) from rules where tenant_id = %s"))
        with self.caller.measuring(workers=1, peak=True) as cost:
            job_id = self.caller.upload("imports", content, rule=rule, dry_run="false")["job_id"]
        self._add(self.files, f"{work}/service", cost, len(rows))
        told = self.caller.call("GET", f"imports/{job_id}")["summary"]
        refused = len(rows) // WRONG if work == "faults" else 0
        assert (told["rows"], told["refused"], told["skipped"]) == (len(rows), refused, 0), told

    def _peer(self, work: str, do: Callable[[Session], int]) -> None:
        engine = create_engine(make_url(self.bench.address).set(drivername="postgresql+psycopg"))
        with Session(engine) as warm:
            warm.connection()
        with self._measuring(self.files, f"{work}/peer", PEER_ROWS), Session(engine) as session:
            assert do(session) == PEER_ROWS
            session.commit()
        engine.dispose()

    @contextmanager
    def _measuring(self, figures: Figures, name: str, items: int) -> Iterator[None]:
        with self.bench.meter.measuring(items) as cost:
            yield
        figures.add(name, cost)

    @staticmethod
    def _add(figures: Figures, name: str, cost: Cost, items: int) -> None:
        cost.items = items
        figures.add(name, cost)

    def _field(self, level: int) -> int:
        return int(self._one("select id from fields where tenant_id = %s and field_level = %s", level))

    def _one(self, statement: str, *parameters: Any) -> Any:
        tenant = self.bench.service.context.tenant_id
        row = self.bench.own.execute(statement, [tenant, *parameters]).fetchone()
        assert row is not None
        return row[0]
