"""One statement per batch: it joins the stage with the target, decides on each row, and writes what has to change.

Rows that are as they were are neither written nor locked. Everything that a row leads to (its history, a conflict,
quarantine that it settles, its entry in the list of the run) is written by the same statement, from the same picture.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import psycopg
from sqlalchemy.orm import Session

from services.sync.loaders.staging import ROWS_OF_A_PAGE, Stage, driver

# A verdict and the counters that it raises.
COUNTED: dict[str, tuple[str, ...]] = {
    "create": ("created",),
    "update": ("updated",),
    "restore": ("updated", "restored"),
    "unchanged": ("unchanged",),
    "adopt": ("unchanged",),
    "duplicate": ("duplicates",),
    "conflict": ("conflicts",),
    "parked": ("parked",),
    "reject": ("errors",),
}
# Verdicts of rows that are left out, and the reason that is told.
SKIPS = {
    "exists": "exists",
    "target_wins": "target_wins",
    "target_newer": "target_newer",
    "missing_reference": "missing_reference",
}
# Ways to a row that read the whole target, once for a batch or even once for a row.
SLOW_WAYS = tuple(f"enable_{way}" for way in ("seqscan", "bitmapscan", "material", "hashjoin", "mergejoin"))
LISTED = ("duplicate", "conflict", *SKIPS)


@dataclass(frozen=True, slots=True)
class Merged:
    """Rows by verdict, and how many were really written: another transaction may have been faster."""

    verdicts: dict[str, int] = field(default_factory=dict)
    written: int = 0

    @property
    def intended(self) -> int:
        return sum(self.verdicts.get(verdict, 0) for verdict in ("create", "update", "restore"))


@dataclass(frozen=True)
class Merge:
    """The statement for one pipeline. `key` are the columns by which a row is found."""

    stage: Stage
    key: tuple[str, ...]
    is_dry: bool = False
    keeps_seen: bool = False
    is_manual: bool = False

    def run(self, session: Session, parameters: dict[str, Any]) -> Merged:
        """`parameters`: tenant, pipeline, run, started, strategy, update_existing.

        Raises psycopg's errors where a row breaks a constraint.
        """
        session.flush()
        connection = driver(session)
        connection.execute(self.settings)
        row = connection.execute(self._statement, parameters, prepare=True).fetchone()
        assert row is not None  # an aggregate always has one row
        return Merged(dict(row[0] or {}), int(row[1]))

    @cached_property
    def settings(self) -> bytes:
        """Says that a loader is at work, writes values in one form, and looks rows up by index instead of reading a
        large table for every batch: a stage has no statistics."""
        settings = {"app.loading": "on", "timezone": "UTC", "datestyle": "ISO"}
        if self.stage.target.finds(self.key):
            settings |= dict.fromkeys(SLOW_WAYS, "off")
        calls = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in settings.items())
        return f"select {calls}".encode()

    @cached_property
    def _statement(self) -> bytes:
        parts = [self._latest(), self._judged()]
        parts += [self._differences()] if self.is_dry else self._writes()
        parts += [self._listed(), *([self._seen()] if self.keeps_seen else [])]
        written = "0" if self.is_dry else "(select count(*) from created) + (select count(*) from changed)"
        counts = "select jsonb_object_agg(verdict, n) from (select verdict, count(*) n from judged group by 1) c"
        return f"with {', '.join(parts)} select ({counts}), {written}".encode()

    @cached_property
    def _table(self) -> str:
        return self.stage.target.table_name

    @cached_property
    def _versions(self) -> bool:
        return self.stage.target.versions

    @property
    def _id(self) -> str:
        return self.stage.target.row_id

    @cached_property
    def _columns(self) -> list[str]:
        return [f'"{name}"' for name in self.stage.columns]

    def _latest(self) -> str:
        """Each staged row with its place among those of its key, the last one first."""
        key = ", ".join(f'"{name}"' for name in self.key)
        return (
            f"latest as (select s.*, row_number() over (partition by {key} order by n desc) as place"
            f" from {self.stage.name} s where outcome is null)"
        )

    @property
    def _hash(self) -> str:
        """What lookups have found belongs to the content."""
        found = "".join(f', l."{name}"' for name in self.stage.looked_up)
        return f"md5(row(l.hash{found})::text)::uuid" if found else "l.hash"

    def _judged(self) -> str:
        new = ", ".join(f"l.{name}" for name in self._columns)
        old_values, new_values = (", ".join(f"{of}.{name}" for name in self._columns) for of in "tl")
        matches = "".join(f' and t."{name}" = l."{name}"' for name in self.key)
        edited = (
            "coalesce(t.edited_at, case when t.content_hash is null then t.updated_at end)"
            " > coalesce(t.loaded_at, '-infinity')"
        )
        return f"""judged as materialized (
select l.n, case when l.place > 1 then 'duplicate'
  when t.{self._id} is null then 'create'
  when not %(update_existing)s then 'exists'
  when t.deleted_at is not null{" or not t.is_current" if self._versions else ""} then 'restore'
  when t.content_hash = {self._hash} then 'unchanged'
  when row({old_values}) is not distinct from row({new_values}) and not t.is_placeholder then 'adopt'
  when t.is_placeholder or ({edited}) is not true then 'update'
  when %(strategy)s = 'source_wins' then 'update'
  when %(strategy)s = 'target_wins' then 'target_wins'
  when %(strategy)s = 'manual' then 'conflict'
  when l.changed_at >= coalesce(t.edited_at, t.updated_at) then 'update'
  else 'target_newer' end as verdict,
 {self._hash} as hash, l.changed_at, t.{self._id} as id, t.version, {self._key_text("l")} as key, {new}
from latest l left join {self.matching(f"{matches} and l.place = 1")})"""

    def matching(self, matches: str) -> str:
        """The row of a key. Asked for row by row where an index leads there, which no statistics talk the planner out
        of: of a table that has none it would read all of it for each row."""
        condition = f"t.tenant_id = %(tenant)s{matches}"
        if self._versions:  # the latest of them, which may have ended
            newest = "order by is_current desc, valid_from desc, id desc limit 1"
            return f"lateral (select * from {self._table} t where {condition} {newest}) t on true"
        if self.stage.target.keeps_tombstones:  # of which several may have had the key of a living row
            living = "order by t.deleted_at is not null limit 1"
            return f"lateral (select * from {self._table} t where {condition} {living}) t on true"
        if not self.stage.target.finds(self.key):
            return f"{self._table} t on {condition}"
        return f"lateral (select * from {self._table} t where {condition} limit 1) t on true"

    def _key_text(self, of: str) -> str:
        parts = [f'{of}."{name}"::text' for name in self.key]
        return parts[0] if len(parts) == 1 else f"concat_ws(' / ', {', '.join(parts)})"

    def _writes(self) -> list[str]:
        rows = self._added_versions() if self._versions else [self._created(), self._changed()]
        own = [*rows, self._adopted(), self._history(), self._settled()]
        return own + ([self._opened(), self._obsolete()] if self.is_manual else [])

    def _created(self) -> str:
        columns = ", ".join(self._columns)
        return (
            f"created as (insert into {self._table} (tenant_id, {columns}, source_pipeline, content_hash,"
            f" source_changed_at, loaded_at, created_run_id) select %(tenant)s, {columns}, %(pipeline)s, hash,"
            " changed_at, statement_timestamp(), %(run)s from judged where verdict = 'create' order by n"
            f" returning {self._id} as id)"
        )

    def _changed(self) -> str:
        values = ", ".join(f"{name} = j.{name}" for name in self._columns)
        return (
            f"changed as (update {self._table} t set {values}, source_pipeline = %(pipeline)s, content_hash = j.hash,"
            " source_changed_at = j.changed_at, loaded_at = statement_timestamp(), deleted_at = null,"
            " is_placeholder = false, version = t.version + 1, updated_at = now() from judged j"
            " where j.verdict in ('update', 'restore') and t.tenant_id = %(tenant)s"
            f" and t.{self._id} = j.id and t.version = j.version returning t.id)"
        )

    def _added_versions(self) -> list[str]:
        """A version ends where the next begins; that one is only added once the other has ended."""
        columns = ", ".join(self._columns)
        begins = "greatest(coalesce(j.changed_at, %(started)s), t.valid_from)"
        return [
            f"ended as (update {self._table} t set valid_to = {begins}, is_current = false, version = t.version + 1,"
            " updated_at = now() from judged j where j.verdict = 'update' and t.tenant_id = %(tenant)s and t.id = j.id"
            " and t.version = j.version returning j.n, t.valid_to)",
            "starting as (select j.*, e.valid_to as begins from judged j join ended e on e.n = j.n"
            " union all select j.*, coalesce(j.changed_at, %(started)s) from judged j"
            " where j.verdict in ('create', 'restore'))",
            f"created as (insert into {self._table} (tenant_id, {columns}, source_pipeline, content_hash,"
            " source_changed_at, loaded_at, created_run_id, valid_from)"
            f" select %(tenant)s, {columns}, %(pipeline)s, hash, changed_at, statement_timestamp(), %(run)s, begins"
            " from starting order by n returning id)",
            "changed as (select id from created where false)",
        ]

    def _adopted(self) -> str:
        """Both sides came to the same, or the target won: the source's version counts as seen."""
        return (
            f"adopted as (update {self._table} t set content_hash = j.hash,"
            " loaded_at = case j.verdict when 'adopt' then statement_timestamp() else t.loaded_at end,"
            " source_pipeline = coalesce(t.source_pipeline, %(pipeline)s) from judged j"
            " where j.verdict in ('adopt', 'target_wins', 'target_newer') and t.tenant_id = %(tenant)s"
            f" and t.{self._id} = j.id and t.version = j.version)"
        )

    def _history(self) -> str:
        return (
            "history as (insert into row_history (tenant_id, table_name, row_id, run_id, action, fields)"
            f" select %(tenant)s, '{self.stage.target.name}', j.id, %(run)s, j.verdict, {self._diff()}"
            f" from judged j join {self._present} where j.verdict in ('update', 'restore'))"
        )

    @property
    def _present(self) -> str:
        """The row of the target as it was before this statement."""
        return f"{self._table} t on t.tenant_id = %(tenant)s and t.{self._id} = j.id"

    def _diff(self) -> str:
        """Field to [old, new] of what differs, and nothing is made of the rest. Numbers are texts: JSON's own lose
        digits."""
        fields = ", ".join(
            f"""case when t."{name}" is distinct from j."{name}" then '"{name}":'"""
            f" || jsonb_build_array({self._json('t', name)}, {self._json('j', name)})::text end"
            for name in self.stage.columns
        )
        return f"('{{' || concat_ws(',', {fields}) || '}}')::jsonb"

    def _json(self, of: str, column: str) -> str:
        cast = "::text" if self.stage.target.types[column] == "decimal" else ""
        return f'to_jsonb({of}."{column}"{cast})'

    def _object(self, of: str) -> str:
        pairs = ", ".join(f"'{name}', {self._json(of, name)}" for name in self.stage.columns)
        return f"jsonb_build_object({pairs})"

    def _settled(self) -> str:
        """What loads now settles what lay in quarantine under its key."""
        return (
            "settled as (update quarantine_entries q set status = 'resolved', resolved_run_id = %(run)s,"
            " resolved_at = statement_timestamp(), version = q.version + 1, updated_at = now()"
            " where q.tenant_id = %(tenant)s and q.pipeline = %(pipeline)s and q.status = 'open' and q.key = any(array("
            # Mostly nothing lies there, and then no key has to be gathered.
            "select key from judged where verdict in ('create', 'update', 'restore', 'unchanged', 'adopt') and exists"
            " (select from quarantine_entries o where o.tenant_id = %(tenant)s and o.pipeline = %(pipeline)s"
            " and o.status = 'open'))))"
        )

    def _opened(self) -> str:
        names = (
            "tenant_id, pipeline, run_id, table_name, row_id, key, source_hash, source_values, target_values,"
            " target_version, source_changed_at, target_edited_at, target_edited_by"
        )
        changes = ", ".join(
            f"{name} = excluded.{name}"
            for name in (
                "run_id",
                "source_hash",
                "source_values",
                "target_values",
                "target_version",
                "source_changed_at",
                "target_edited_at",
                "target_edited_by",
            )
        )
        return (
            f"opened as (insert into conflicts as c ({names}) select %(tenant)s, %(pipeline)s, %(run)s,"
            f" '{self.stage.target.name}', j.id, j.key, j.hash, {self._object('j')}, {self._object('t')}, j.version,"
            f" j.changed_at, t.edited_at, t.edited_by from judged j join {self._present} where j.verdict = 'conflict'"
            " on conflict (tenant_id, pipeline, key) where status = 'open' do update set"
            f" {changes}, version = c.version + 1, updated_at = now(),"
            # Whoever was asked was asked about another row.
            " approval_round = c.approval_round + (c.approval_asked_at is not null)::int, approval_asked_at = null,"
            " former_approval_id = coalesce(c.approval_id, c.former_approval_id), approval_id = null"
            " where c.source_hash <> excluded.source_hash or c.target_version <> excluded.target_version)"
        )

    def _obsolete(self) -> str:
        return (
            "obsolete as (update conflicts c set status = 'obsolete', version = c.version + 1, updated_at = now(),"
            " former_approval_id = coalesce(c.approval_id, c.former_approval_id) from judged j"
            " where c.tenant_id = %(tenant)s and c.pipeline = %(pipeline)s and c.status = 'open'"
            " and c.key = j.key and j.verdict in ('update', 'restore', 'unchanged', 'adopt'))"
        )

    def _differences(self) -> str:
        return (
            "differences as (insert into run_differences (tenant_id, run_id, key, action, fields)"
            f" select %(tenant)s, %(run)s, j.key, j.verdict, {self._diff()} from judged j left join {self._present}"
            " where j.verdict in ('create', 'update', 'restore') order by j.n)"
        )

    def _listed(self) -> str:
        words = ", ".join(f"'{word}'" for word in LISTED)
        skips = ", ".join(f"'{word}'" for word in SKIPS)
        return (
            "listed as (insert into run_rows (tenant_id, run_id, outcome, key, position, code)"
            f" select %(tenant)s, %(run)s, case when verdict in ({skips}) then 'skipped'"
            " when verdict = 'duplicate' then 'duplicates' else 'conflicts' end, key,"
            f" jsonb_build_object('page', n / {ROWS_OF_A_PAGE}, 'row', n %% {ROWS_OF_A_PAGE} + 1), verdict"
            f" from judged where verdict in ({words}) order by n)"
        )

    def _seen(self) -> str:
        created = "" if self.is_dry else " union all select id from created"
        return (
            "seen as (insert into run_seen_rows (tenant_id, run_id, ids)"
            " select %(tenant)s, %(run)s, coalesce(array_agg(id), '{}') from"
            f" (select id from judged where id is not null{created}) met)"
        )


def is_constraint(failure: BaseException | None) -> bool:
    """Whether a row is at fault, not the statement or the server."""
    return isinstance(failure, psycopg.errors.IntegrityError | psycopg.errors.DataError)
