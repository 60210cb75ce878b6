"""References of staged rows: filled from the tables that they lead to, a few statements for each lookup and batch.

A row whose parent is missing leaves the stage: it is parked, refused or left out; or its parent is made, as a
placeholder. A parent may come in the same batch.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from services.sync.domain.transform.lookups import Lookup, Match
from services.sync.loaders.staging import HELPER, ROWS_OF_A_PAGE, Stage, driver
from services.sync.loaders.targets import TARGETS, TargetTable

# What `on_missing` makes of a row, and the outcome that it is counted by.
OUTCOMES = {"park": "parked", "reject": "reject", "skip": "missing_reference"}
LEFT = tuple(OUTCOMES.values())


@dataclass(frozen=True)
class References:
    """`parameters` of all statements: tenant, pipeline, run."""

    stage: Stage
    lookups: tuple[Lookup, ...]
    key: tuple[str, ...]
    is_dry: bool = False
    keeps_seen: bool = False

    def resolve(self, session: Session, parameters: dict[str, Any]) -> dict[str, int]:
        """Fills what can be filled; rows that left, by outcome."""
        connection = driver(session)
        for lookup in self.lookups:
            connection.execute(self._fill(lookup), parameters)
            if lookup.on_missing == "placeholder" and not self.is_dry:
                connection.execute("select set_config('app.loading', 'on', true)")
                connection.execute(self._placeholders(lookup), parameters)
                connection.execute(self._fill(lookup), parameters)
            if lookup.on_missing in OUTCOMES:
                connection.execute(self._miss(lookup), parameters)
        row = connection.execute(self._leave, parameters).fetchone()
        assert row is not None  # an aggregate always has one row
        return dict(row[0] or {})

    def settle(self, session: Session, parameters: dict[str, Any]) -> None:
        """After the merge: references to parents that came with it."""
        if not self.is_dry:
            for lookup in self._own:
                driver(session).execute(self._settle(lookup), parameters)

    @cached_property
    def _own(self) -> tuple[Lookup, ...]:
        """Those that lead back to the table that is loaded."""
        return tuple(lookup for lookup in self.lookups if lookup.table == self.stage.target.name)

    def _field(self, name: str) -> str:
        return f's."{name}"::text' if name in self.stage.columns else f's."{HELPER}{name}"'

    def _sought(self, match: Match) -> str:
        """The key that a row looks for, null where it has none."""
        parts = [f"nullif({self._field(name)}, '')" for name in match.values()]
        return parts[0] if len(parts) == 1 else f"{' || chr(31) || '.join(parts)}"

    def _any_sought(self, lookup: Lookup) -> str:
        return f"coalesce({', '.join(self._sought(match) for match in lookup.matches)})"

    def _found(self, lookup: Lookup, match: Match) -> str:
        parent = TARGETS[lookup.table]
        conditions = " and ".join(
            f"{_text(parent.types.get(column), column)} = {self._field(name)}" for column, name in match.items()
        )
        return (
            f'(select p."{lookup.take}" from {parent.table_name} p where p.tenant_id = %(tenant)s'
            f" and p.deleted_at is null{' and p.is_current' if parent.versions else ''} and {conditions}"
            " order by p.id limit 1)"
        )

    def _fill(self, lookup: Lookup) -> bytes:
        found = ", ".join(self._found(lookup, match) for match in lookup.matches)
        return (
            f'update {self.stage.name} s set "{lookup.target}" = coalesce({found})'
            f' where outcome is null and "{lookup.target}" is null'
        ).encode()

    def _miss(self, lookup: Lookup) -> bytes:
        """Rows that look for a parent that is not there, and does not come in this batch."""
        own = ""
        if lookup in self._own:
            columns = [next(iter(match)) for match in lookup.matches]
            own = "".join(
                f' and ({self._sought(match)} in (select o."{column}"::text from {self.stage.name} o)) is not true'
                for match, column in zip(lookup.matches, columns, strict=True)
                if column in self.stage.columns
            )
        return (
            f"update {self.stage.name} s set outcome = '{OUTCOMES[lookup.on_missing]}', reason = 'missing_reference',"
            f" waiting_table = '{lookup.table}', waiting_key = {self._any_sought(lookup)}"
            f' where outcome is null and "{lookup.target}" is null and {self._any_sought(lookup)} is not null{own}'
        ).encode()

    def _placeholders(self, lookup: Lookup) -> bytes:
        """Parents with nothing but their key, until their own pipeline brings them."""
        parent, match = TARGETS[lookup.table], lookup.matches[0]
        columns = ", ".join(f'"{column}"' for column in match)
        values = ", ".join(f"{self._field(name)}::{_type_of(parent, column)}" for column, name in match.items())
        return (
            f"insert into {parent.table_name} (tenant_id, {columns}, is_placeholder, created_run_id)"
            f" select distinct %(tenant)s::uuid, {values}, true, %(run)s::uuid from {self.stage.name} s"
            f' where outcome is null and "{lookup.target}" is null and {self._sought(match)} is not null'
            " on conflict do nothing"
        ).encode()

    @cached_property
    def _leave(self) -> bytes:
        left = ", ".join(f"'{word}'" for word in LEFT)
        key = [f'"{name}"::text' for name in self.key]
        key_text = key[0] if len(key) == 1 else f"concat_ws(' / ', {', '.join(key)})"
        place = f"jsonb_build_object('page', n / {ROWS_OF_A_PAGE}, 'row', n %% {ROWS_OF_A_PAGE} + 1)"
        said = "'There is no ' || waiting_table || ' ' || waiting_key || '.'"
        parts = [
            f"gone as (select *, {key_text} as key, {place} as place, {said} as said from {self.stage.name}"
            f" where outcome in ({left}))",
            "listed as (insert into run_rows (tenant_id, run_id, outcome, key, position, code, text)"
            " select %(tenant)s, %(run)s, case outcome when 'reject' then 'errors' when 'parked' then 'parked'"
            " else 'skipped' end, key, place, reason, said from gone order by n)",
        ]
        parts += [] if self.is_dry else [self._entries]
        if self.keeps_seen:
            parts.append(
                "seen as (insert into run_seen_rows (tenant_id, run_id, keys)"
                " select %(tenant)s, %(run)s, array_agg(key) from gone having count(*) > 0)"
            )
        counts = "select jsonb_object_agg(outcome, n) from (select outcome, count(*) n from gone group by 1) c"
        return f"with {', '.join(parts)} {counts}".encode()

    @property
    def _entries(self) -> str:
        return (
            "entries as (insert into quarantine_entries as q (tenant_id, pipeline, run_id, kind, stage, key,"
            ' content_hash, position, errors, "row", waiting_table, waiting_key)'
            " select distinct on (key, source) %(tenant)s::uuid, %(pipeline)s, %(run)s::uuid,"
            " case outcome when 'parked' then 'parked' else 'bad' end, 'load', key, md5(source)::uuid, place,"
            " jsonb_build_array(jsonb_build_object('code', reason, 'text', said)), source::jsonb, waiting_table,"
            " waiting_key from gone where outcome in ('parked', 'reject') order by key, source, n"
            " on conflict (tenant_id, pipeline, key, content_hash) do update set times_seen = q.times_seen + 1,"
            " last_seen_at = now(), run_id = excluded.run_id, kind = excluded.kind, errors = excluded.errors,"
            " waiting_table = excluded.waiting_table, waiting_key = excluded.waiting_key, updated_at = now(),"
            " version = q.version + 1, status = case q.status when 'discarded' then 'discarded' else 'open' end)"
        )

    def _settle(self, lookup: Lookup) -> bytes:
        match = lookup.matches[0]
        keys = " and ".join(f't."{name}" = s."{name}"' for name in self.key)
        keys += " and t.is_current" if self.stage.target.versions else ""
        return (
            f'update {self.stage.target.table_name} t set "{lookup.target}" = {self._found(lookup, match)}'
            f" from {self.stage.name} s where t.tenant_id = %(tenant)s and {keys} and s.outcome is null"
            f' and s."{lookup.target}" is null and {self._sought(match)} is not null'
        ).encode()


def _type_of(parent: TargetTable, column: str) -> str:
    dialect: Any = postgresql.dialect()  # type: ignore[no-untyped-call]  # a class without types
    return str(parent.columns[column].type.compile(dialect))


def _text(kind: str | None, column: str) -> str:
    """Keys are compared as text; a text column as it is, so that its index serves."""
    return f'p."{column}"' if kind == "text" else f'p."{column}"::text'
