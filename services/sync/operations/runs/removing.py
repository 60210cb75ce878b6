"""Rows elsewhere that the source has no more: counted first, then ended there, block by block, and remembered as gone.

They are ended in the run's last transaction: what a crash repeats finds them gone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.sync.loaders.deleting import Missing
from services.sync.loaders.deliveries import Courier, Leaving
from services.sync.operations.runs.recording import Listed, put_on_list

AT_ONCE = 1000
_MINE = "from delivered_rows d where d.tenant_id = :tenant and d.pipeline = :pipeline and d.gone_at is null"
_UNMET = (
    "not exists (select from (select unnest(keys) as key from run_seen_rows where tenant_id = :tenant"
    " and run_id = :run) met where met.key = d.key)"
)
# What this run has brought was not there before it.
_COUNT = text(f"select count(*), count(*) filter (where {_UNMET}) {_MINE} and not (d.run_id = :run and d.revision = 1)")
_LEAVING = text(
    f"select d.key, d.address, d.content_hash::text, d.revision {_MINE} and {_UNMET} and d.key > :after"
    f" order by d.key limit {AT_ONCE}"
)
_FORGET = text(
    "update delivered_rows set gone_at = now(), run_id = :run"
    " where tenant_id = :tenant and pipeline = :pipeline and key = any(:keys)"
)
_SHOW = text(
    "with gone as (insert into run_differences (tenant_id, run_id, key, action, fields)"  # noqa: S608 - constants
    f" select :tenant, :run, d.key, 'delete', '{{}}'::jsonb {_MINE} and {_UNMET} order by d.key returning 1)"
    " select count(*) from gone"
)


@dataclass(frozen=True)
class Removals:
    """Stands where `loaders.deleting.Deletes` stands for tables here."""

    courier: Courier
    key: tuple[str, ...]

    def count(self, session: Session, parameters: dict[str, Any]) -> Missing:
        live, missing = session.execute(_COUNT, parameters).one()
        return Missing(live, missing)

    def mark(self, session: Session, parameters: dict[str, Any]) -> int:
        """Ends them there; how many. Those that the target keeps are on the list of the run."""
        ended, after = 0, ""
        while leaving := self._next(session, {**parameters, "after": after}):
            removals = list(self.courier.remove(leaving))
            gone = [one.key for one in removals if not one.code]
            session.execute(_FORGET, {**parameters, "keys": gone})
            kept = [Listed("warnings", one.key, {}, one.code, None, one.text) for one in removals if one.code]
            put_on_list(session, parameters["run"], kept)
            ended, after = ended + len(gone), leaving[-1].key
        return ended

    def show(self, session: Session, parameters: dict[str, Any]) -> int:
        return int(session.execute(_SHOW, parameters).scalar_one())

    def _next(self, session: Session, parameters: dict[str, Any]) -> Sequence[Leaving]:
        rows = session.execute(_LEAVING, parameters)
        return [Leaving(row.key, row.address or self._named(row.key), row.content_hash, row.revision) for row in rows]

    def _named(self, key: str) -> Mapping[str, Any]:
        """Of rows that were delivered before addresses were kept."""
        parts = key.split(" / ")
        return dict(zip(self.key, parts, strict=True)) if len(parts) == len(self.key) else {}
