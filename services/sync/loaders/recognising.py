"""Rows that are as they were loaded last are found by key and hash alone, before anything else of them is sent."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from services.sync.loaders.merging import Merge
from services.sync.loaders.staging import Rows, driver

# Between the keys of a statement. A key that holds it is found nowhere, and goes the long way.
_BETWEEN = "\x1f"


@dataclass
class Recognition:
    """The statement for one pipeline; the merge would find these rows unchanged, and say nothing else of them. It is
    asked where most rows of the last batch were so: for new rows it would be a detour."""

    merge: Merge
    expects_known: bool = True
    _known: int = 0

    def unknown(self, session: Session, parameters: dict[str, Any], rows: Rows) -> Rows:
        """What has to be staged of the rows. `parameters`: tenant, pipeline, run."""
        if not (self.expects_known and self.is_possible):
            return rows
        left = rows.only(self._strangers(session, parameters, rows))
        self._known += len(rows) - len(left)
        return left

    def take(self) -> int:
        """How many rows of this batch were known."""
        known, self._known = self._known, 0
        return known

    @property
    def is_possible(self) -> bool:
        """Where rows are known by their own content, in one page, by keys of text that lead to one row each."""
        stage, key = self.merge.stage, self.merge.key
        is_text = all(stage.target.types[name] == "text" for name in key)
        return is_text and stage.target.finds(key) and not (stage.looked_up or stage.keeps_pages)

    def _strangers(self, session: Session, parameters: dict[str, Any], rows: Rows) -> list[bool]:
        if len(set(zip(*rows.keys, strict=True))) < len(rows):
            return [True] * len(rows)  # which of them counts, the merge decides
        given = {f"key_{at}": _BETWEEN.join(texts) for at, texts in enumerate(rows.keys)}
        given["hashes"] = " ".join(rows.hashes)
        session.flush()
        connection = driver(session)
        connection.execute(self.merge.settings)
        row = connection.execute(self._statement, {**parameters, **given}, prepare=True).fetchone()
        assert row is not None  # an aggregate always has one row
        strange = set(row[0])
        return [at in strange for at in range(1, len(rows) + 1)]

    @cached_property
    def _statement(self) -> bytes:
        target, key = self.merge.stage.target, self.merge.key
        texts = "".join(f", string_to_array(%(key_{at})s, chr({ord(_BETWEEN)}))" for at in range(len(key)))
        names = ", ".join(f"key_{at}" for at in range(len(key)))
        matches = "".join(f' and t."{name}" = o.key_{at}' for at, name in enumerate(key))
        known = f"t.content_hash = o.hash and t.deleted_at is null{' and t.is_current' if target.versions else ''}"
        known += self._nothing_waits()
        return (
            f"with met as materialized (select at, case when {known} then t.{target.row_id} end as id"
            f" from unnest(string_to_array(%(hashes)s, ' ')::uuid[]{texts}) with ordinality o (hash, {names}, at)"
            f" left join {self.merge.matching(matches)})"
            f"{self._seen() if self.merge.keeps_seen else ''}"
            " select coalesce(array_agg(at) filter (where id is null), '{}') from met"
        ).encode()

    def _nothing_waits(self) -> str:
        """A row that loads, changed or not, settles what waits under its key; the merge does that."""
        tables = ["quarantine_entries", *(["conflicts"] if self.merge.is_manual else [])]
        return "".join(
            f" and not exists (select from {table} w where w.tenant_id = %(tenant)s and w.pipeline = %(pipeline)s"
            " and w.status = 'open')"
            for table in tables
        )

    def _seen(self) -> str:
        return (
            ", seen as (insert into run_seen_rows (tenant_id, run_id, ids) select %(tenant)s, %(run)s, array_agg(id)"
            " from met where id is not null having count(*) > 0)"
        )
