"""Rows that leave a run on the way: into quarantine and into the list of the run, with few statements for a page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.sync.domain.pages import Fault
from services.sync.domain.storing import canonical, fingerprint, storable
from shared.tenancy import tenant_of

MAX_TEXT = 500


@dataclass(frozen=True, slots=True)
class Aside:
    """A bad row: `key` is None where none can be read."""

    stage: str
    faults: tuple[Fault, ...]
    row: Any
    key: str | None
    place: Mapping[str, Any]

    def told(self) -> dict[str, Any]:
        """As the run's error and its list show it: never the row itself."""
        first = self.faults[0]
        return {"key": self.key, "code": first.code, "field": first.field, "text": first.text[:MAX_TEXT]}


@dataclass(frozen=True, slots=True)
class Listed:
    """A row that left on purpose, or of which something is to be said."""

    outcome: str
    key: str | None
    place: Mapping[str, Any]
    code: str
    field: str | None = None
    text: str | None = None


_QUARANTINE = text(
    """
insert into quarantine_entries as q
 (tenant_id, pipeline, run_id, kind, stage, key, content_hash, position, errors, "row")
select distinct on (r.key, r.content_hash) :tenant, :pipeline, :run, 'bad', r.stage, r.key, r.content_hash::uuid,
 r.position, r.errors, r."row"
from jsonb_to_recordset(:rows) as r
 (stage text, key text, content_hash text, position jsonb, errors jsonb, "row" jsonb)
order by r.key, r.content_hash
on conflict (tenant_id, pipeline, key, content_hash) do update set
 times_seen = q.times_seen + 1, last_seen_at = now(), run_id = excluded.run_id, errors = excluded.errors,
 position = excluded.position, stage = excluded.stage, updated_at = now(), version = q.version + 1,
 status = case q.status when 'discarded' then 'discarded' else 'open' end,
 resolved_run_id = case q.status when 'discarded' then q.resolved_run_id end,
 resolved_at = case q.status when 'discarded' then q.resolved_at end
returning q.key, q.content_hash::text, q.status
"""
).bindparams(bindparam("rows", type_=JSONB))

_LIST = text(
    """
insert into run_rows (tenant_id, run_id, outcome, key, position, code, field, text)
select :tenant, :run, r.outcome, r.key, r.position, r.code, r.field, r.text
from jsonb_to_recordset(:rows) as r
 (outcome text, key text, position jsonb, code text, field text, text text)
"""
).bindparams(bindparam("rows", type_=JSONB))

_DISCARDED = text(
    "select key, content_hash::text from quarantine_entries where tenant_id = :tenant and pipeline = :pipeline"
    " and status = 'discarded' and key = any(:keys)"
)

_MET = text(
    "select mark from run_marks where tenant_id = :tenant and run_id = :run and rule = :rule and mark = any(:marks)"
)
_NOTE = text(
    "insert into run_marks (tenant_id, run_id, rule, mark)"
    " select :tenant, :run, :rule, unnest(cast(:marks as bigint[])) on conflict do nothing"
)


def put_aside(session: Session, pipeline: str, run_id: Any, rows: Sequence[Aside], *, is_dry: bool) -> set[int]:
    """Stores bad rows; the places among `rows` of those whose equal content somebody has discarded: they are not bad
    any more, but left out. A dry run stores nothing and finds the same."""
    if not rows:
        return set()
    hashes = [str(fingerprint(canonical(one.row))) for one in rows]
    same = {"tenant": tenant_of(session), "pipeline": pipeline}
    if is_dry:
        found = session.execute(_DISCARDED, same | {"keys": [one.key or "" for one in rows]})
        discarded = {(key, content) for key, content in found}
    else:
        sent = [_entry(one, content) for one, content in zip(rows, hashes, strict=True)]
        found = session.execute(_QUARANTINE, same | {"run": run_id, "rows": sent})
        discarded = {(key, content) for key, content, status in found if status == "discarded"}
    return {at for at, one in enumerate(rows) if (one.key or "", hashes[at]) in discarded}


def put_on_list(session: Session, run_id: Any, rows: Iterable[Listed]) -> None:
    sent = [
        {
            "outcome": one.outcome,
            "key": storable(one.key),
            "position": dict(one.place),
            "code": one.code,
            "field": one.field,
            "text": None if one.text is None else storable(one.text[:MAX_TEXT]),
        }
        for one in rows
    ]
    if sent:
        session.execute(_LIST, {"tenant": tenant_of(session), "run": run_id, "rows": sent})


def marks_met(session: Session, run_id: Any, rule: int, marks: Sequence[int]) -> set[int]:
    """Those marks of values that the run has met already."""
    values = {"tenant": tenant_of(session), "run": run_id, "rule": rule, "marks": list(marks)}
    return set(session.scalars(_MET, values))


def note_marks(session: Session, run_id: Any, found: Mapping[int, Sequence[int]]) -> None:
    values = {"tenant": tenant_of(session), "run": run_id}
    for rule, marks in found.items():
        if marks:
            session.execute(_NOTE, {**values, "rule": rule, "marks": list(marks)})


def _entry(one: Aside, content: str) -> dict[str, Any]:
    return {
        "stage": one.stage,
        "key": storable(one.key or ""),
        "content_hash": content,
        "position": dict(one.place),
        "errors": faults_told(one),
        "row": orjson.loads(canonical(one.row)),
    }


def faults_told(one: Aside) -> list[dict[str, Any]]:
    """As the entry tells what is wrong."""
    return [_fault(fault) for fault in one.faults]


def _fault(fault: Fault) -> dict[str, Any]:
    told = {"code": fault.code, "field": fault.field, "rule": fault.rule, "text": storable(fault.text[:MAX_TEXT])}
    return told | ({"value": storable(fault.value)} if fault.rule else {})
