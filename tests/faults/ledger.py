"""What PostgreSQL says about a tenant's tree and its runs, asked by a role that sees everything and reconnects."""

import contextlib
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

from services.propagation.queries.walk import rule_levels
from shared.db import Database
from shared.tenancy import Context
from tests.faults.servers import wait_until

Row = dict[str, Any]
PATIENCE_SECONDS = 60


@dataclass
class Ledger:
    admin_url: str
    db: Database
    tenant_id: uuid.UUID
    # Called at each look, as a supervisor would look after its processes.
    tend: Callable[[], None]

    def ask(self, statement: str, **parameters: Any) -> list[Row]:
        with psycopg.connect(self.admin_url, row_factory=dict_row, connect_timeout=5) as connection:
            return connection.execute(statement, {"tenant": self.tenant_id, **parameters}).fetchall()

    def one(self, statement: str, **parameters: Any) -> Row:
        (row,) = self.ask(statement, **parameters)
        return row

    def job(self, job_id: str) -> Row:
        return self.one("select * from propagation_jobs where tenant_id = %(tenant)s and id = %(job)s", job=job_id)

    def wait_for(self, condition: Callable[[], object], what: str) -> None:
        def met() -> object:
            self.tend()
            with contextlib.suppress(psycopg.OperationalError):
                return condition()
            return False

        wait_until(met, what, seconds=PATIENCE_SECONDS)

    def ended(self, job_id: str) -> Row:
        self.wait_for(lambda: self.job(job_id)["completed_at"], f"the end of {job_id}")
        return self.job(job_id)

    def counters(self, job_id: str) -> tuple[Any, ...]:
        row = self.job(job_id)
        return row["status"], row["total"], row["processed"], row["failed"], row["skipped"]

    def tree(self) -> Row:
        """How many strings, how they are called and how often they were changed."""
        return self.one(
            """select count(*) as strings, min(version) as oldest, max(version) as newest,
                      count(stale_reason) as stale from strings where tenant_id = %(tenant)s"""
        )

    def called(self, beginning: str) -> int:
        """Strings whose names begin like this."""
        return int(
            self.one(
                "select count(*) from strings where tenant_id = %(tenant)s and starts_with(value, %(beginning)s)",
                beginning=beginning,
            )["count"]
        )

    def written(self, job_id: str) -> tuple[int, int]:
        """(version rows, different strings in them) of a run."""
        row = self.one(
            """select count(*) as rows, count(distinct string_id) as strings from string_versions
               where tenant_id = %(tenant)s and job_id = %(job)s""",
            job=job_id,
        )
        return row["rows"], row["strings"]

    def audited(self, action: str) -> tuple[int, int]:
        """(audit rows of this action, different strings in them)."""
        row = self.one(
            """select count(*) as rows, count(distinct entity_id) as strings from audit_events
               where tenant_id = %(tenant)s and action = %(action)s""",
            action=action,
        )
        return row["rows"], row["strings"]

    def errors(self, job_id: str) -> list[Row]:
        return self.ask(
            "select * from propagation_errors where tenant_id = %(tenant)s and job_id = %(job)s order by id", job=job_id
        )

    def names(self) -> dict[int, str]:
        found = self.ask("select id, value from strings where tenant_id = %(tenant)s")
        return {row["id"]: row["value"] for row in found}

    def chunks(self, job_id: str) -> dict[str, int]:
        found = self.ask(
            """select status, count(*) from propagation_jobs where tenant_id = %(tenant)s and parent_id = %(job)s
               group by status""",
            job=job_id,
        )
        return {row["status"]: row["count"] for row in found}

    def misnamed(self) -> list[Row]:
        """Strings whose name, or whose projection of values, is not what their details give."""
        found = self.ask(
            """select s.id, s.rule_id, s.field_id, s.value, s.parts,
                      jsonb_object_agg(d.dimension_id, coalesce(v.value, d.dimension_value_freetext)) as details
               from strings s
               join string_details d on d.tenant_id = s.tenant_id and d.string_id = s.id
               left join dimension_values v on v.tenant_id = d.tenant_id and v.id = d.dimension_value_id
               where s.tenant_id = %(tenant)s group by 1, 2, 3, 4, 5"""
        )
        with self.db.transaction(Context(tenant_id=self.tenant_id)) as session:
            levels = rule_levels(session)
        wrong = []
        for row in found:
            level = levels[row["rule_id"], row["field_id"]]
            parts = [row["details"].get(str(part.dimension_id)) for part in level.parts]
            if level.render(parts) != row["value"] or "\x1f".join(part or "" for part in parts) != row["parts"]:
                wrong.append(row)
        return wrong

    def unlike_their_source(self) -> int:
        """Inherited choices that differ from the choice they say they come from."""
        row = self.one(
            """select count(*) from string_details d
               join string_details a on a.tenant_id = d.tenant_id and a.string_id = d.source_string_id
                   and a.dimension_id = d.dimension_id
               where d.tenant_id = %(tenant)s and d.is_inherited
                 and (d.dimension_value_id, d.dimension_value_freetext)
                     is distinct from (a.dimension_value_id, a.dimension_value_freetext)"""
        )
        return int(row["count"])

    def parents_of_stale(self) -> list[int]:
        """The places below which a run did not get."""
        found = self.ask(
            """select distinct parent_id from strings where tenant_id = %(tenant)s and stale_reason is not null
               order by 1"""
        )
        return [row["parent_id"] for row in found]

    def details_of(self, field: str, dimension: str) -> list[int]:
        found = self.ask(
            """select d.id from string_details d
               join strings s on s.tenant_id = d.tenant_id and s.id = d.string_id
               join fields f on f.tenant_id = d.tenant_id and f.id = s.field_id
               join dimensions m on m.tenant_id = d.tenant_id and m.id = d.dimension_id
               where d.tenant_id = %(tenant)s and f.name = %(field)s and m.name = %(dimension)s order by d.id""",
            field=field,
            dimension=dimension,
        )
        return [row["id"] for row in found]

    def is_late(self, job_id: str) -> bool:
        row = self.one(
            "select deadline_at < now() as late from propagation_jobs where tenant_id = %(tenant)s and id = %(job)s",
            job=job_id,
        )
        return bool(row["late"])

    def make_last_attempt(self, job_id: str) -> None:
        """As if the chunks that run now had failed often."""
        self.ask(
            """update propagation_jobs set max_attempts = attempt
               where tenant_id = %(tenant)s and parent_id = %(job)s and status = 'running' returning id""",
            job=job_id,
        )

    def taken_over(self, job_id: str) -> bool:
        """A chunk is in its second hands."""
        row = self.one(
            """select count(*) from propagation_jobs where tenant_id = %(tenant)s and parent_id = %(job)s
               and status = 'running' and attempt > 1""",
            job=job_id,
        )
        return bool(row["count"])

    @contextlib.contextmanager
    def gate(self, job_id: Callable[[], str], *, over: Sequence[int], waiting: int = 1) -> Iterator[str]:
        """Locks some strings (`over`: how many come before them, how many), lets `job_id` start a run and goes on when
        `waiting` of its transactions stand before the gate. Whatever happens in the block happens in the middle of a
        wave. The gate also opens when PostgreSQL dies."""
        lock = """select id from strings where tenant_id = %(tenant)s and id in (select id from strings
                  where tenant_id = %(tenant)s order by id offset %(offset)s limit %(limit)s) for update"""
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.admin_url) as connection:
            connection.execute(lock, {"tenant": self.tenant_id, "offset": over[0], "limit": over[1]})
            started = job_id()
            self.wait_for(lambda: self.blocked() >= waiting, "the run to reach the gate")
            yield started

    def blocked(self) -> int:
        row = self.one("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
        return int(row["count"])

    def waiting_chunks(self, job_id: str) -> int:
        row = self.one(
            """select count(*) from propagation_jobs
               where tenant_id = %(tenant)s and parent_id = %(job)s and status = 'pending'""",
            job=job_id,
        )
        return int(row["count"])

    def hand_over_by_place(self) -> None:
        """Lets chunks of different runs over the same places start side by side, and not run after run; whoever calls
        this empties the queues too."""
        self.ask(
            """update propagation_jobs j set run_at = now() - x.step * interval '1 ms', dispatched_at = null
               from (select id, row_number() over (order by (payload #>> '{state,queue,0,0}')::bigint desc, id) as step
                     from propagation_jobs where tenant_id = %(tenant)s and status = 'pending') x
               where j.tenant_id = %(tenant)s and j.id = x.id and j.status = 'pending' returning j.id"""
        )

    def active_jobs(self) -> int:
        row = self.one(
            "select count(*) from propagation_jobs where tenant_id = %(tenant)s and status in ('pending', 'running')"
        )
        return int(row["count"])
