"""Rows that the source has no more: counted first, then marked, with their history, in two statements."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.sync.loaders.targets import TargetTable

# Of an id that a batch has met, and of a key that a bad row had.
_MET = (
    "not exists (select from (select unnest(ids) as id from run_seen_rows where tenant_id = :tenant and run_id = :run)"
    " met where met.id = t.{id}) and not exists (select from (select unnest(keys) as key from run_seen_rows"
    " where tenant_id = :tenant and run_id = :run) met where met.key = {key})"
)


@dataclass(frozen=True, slots=True)
class Missing:
    """Live rows of a pipeline that were there before the run, and those of them that it has not met."""

    live: int
    missing: int


@dataclass(frozen=True)
class Deletes:
    """`parameters` of both statements: tenant, pipeline, run."""

    target: TargetTable
    key: tuple[str, ...]

    def count(self, session: Session, parameters: dict[str, Any]) -> Missing:
        sql = (
            f"select count(*), count(*) filter (where {self._unmet}) from {self.target.table_name} t"
            f" where {self._live}" + ("" if self.target.versions else " and t.created_run_id is distinct from :run")
        )
        row = session.execute(text(sql), parameters).one()
        return Missing(int(row[0]), int(row[1]))

    def mark(self, session: Session, parameters: dict[str, Any]) -> int:
        """Gives them `deleted_at`; how many."""
        sql = (
            f"with gone as (update {self.target.table_name} t set deleted_at = statement_timestamp(),{self._ended}"
            " version = t.version + 1, updated_at = now(), loaded_at = statement_timestamp()"
            f" where {self._live} and {self._unmet} returning t.{self.target.row_id} as id),"
            " history as (insert into row_history (tenant_id, table_name, row_id, run_id, action, fields)"
            f" select :tenant, '{self.target.name}', id, :run, 'delete', '{{}}'::jsonb from gone)"
            " select count(*) from gone"
        )
        session.execute(text("select set_config('app.loading', 'on', true)"))
        return int(session.execute(text(sql), parameters).scalar_one())

    def show(self, session: Session, parameters: dict[str, Any]) -> int:
        """For a dry run: writes them to its differences; how many."""
        sql = (
            "with gone as (insert into run_differences (tenant_id, run_id, key, action, fields)"
            f" select :tenant, :run, {self._key_text}, 'delete', '{{}}'::jsonb from {self.target.table_name} t"
            f" where {self._live} and {self._unmet} order by t.id returning 1) select count(*) from gone"
        )
        return int(session.execute(text(sql), parameters).scalar_one())

    @property
    def _live(self) -> str:
        return f"{_LIVE} and t.is_current" if self.target.versions else _LIVE

    @property
    def _ended(self) -> str:
        """The present version ends with the row, when the run began."""
        begun = "(select started_at from runs where tenant_id = :tenant and id = :run)"
        return f" is_current = false, valid_to = greatest({begun}, t.valid_from)," if self.target.versions else ""

    @property
    def _key_text(self) -> str:
        parts = [f't."{name}"::text' for name in self.key]
        return parts[0] if len(parts) == 1 else f"concat_ws(' / ', {', '.join(parts)})"

    @property
    def _unmet(self) -> str:
        return _MET.format(key=self._key_text, id=self.target.row_id)


_LIVE = "t.tenant_id = :tenant and t.source_pipeline = :pipeline and t.deleted_at is null"
