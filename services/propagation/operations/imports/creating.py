"""Rows of strings that are new: one level after the other, every table written once per part."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import BigInteger, any_, cast, func, null, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from services.propagation.domain.failures import duplicate_value
from services.propagation.domain.sheets import Column, Fault
from services.propagation.domain.values import Above, Key, plain
from services.propagation.domain.wave import NameKey
from services.propagation.models import AuditEvent, String
from services.propagation.operations.imports.convention import Convention
from services.propagation.operations.imports.updating import Names, Part
from services.propagation.operations.runs.running import check_names
from services.propagation.queries import walk
from services.propagation.queries.imports import Marked, Staged
from shared.auditing.models import EventType
from shared.auditing.writing import Entry, record_rows
from shared.db import execute_prepared
from shared.tenancy import context_of, tenant_of

_REFUSED = ("refused", "skipped")


def create(session: Session, rows: Sequence[Staged], convention: Convention, *, names: Names | None) -> Part:
    """Stores the rows of one level, or with `names` only looks whether they could be stored."""
    part, free = Part(), list[Staged]()
    parents = {parent for row in rows if (parent := _parent(row)) is not None}
    found = walk.lock(session, parents) if names is None and parents else {}
    wanted = [_key(row, convention) for row in rows]
    stored = walk.holders(session, {key for key in wanted if (key[2] or 0) >= 0})
    names_now = names or Names()
    for row, key in zip(rows, wanted, strict=True):
        fault = _fault(
            row,
            key,
            names_now.holder(key, stored),
            is_gone=names is None and key[2] is not None and key[2] not in found,
        )
        if fault is not None:
            part.marked.append(Marked(row.row, "refused", faults=[fault]))
            part.failed += 1
            continue
        names_now.claimed[key] = -row.row
        free.append(row)
    ids = _store(session, free, convention) if names is None else {}
    part.marked += [Marked(row.row, "created", ids.get(row.row), row.wanted["value"]) for row in free]
    part.processed = len(free)
    return part


def _parent(row: Staged) -> int | None:
    return row.parent_string if row.parent_row is not None else row.parent_id


def _key(row: Staged, convention: Convention) -> NameKey:
    """Of a parent that a dry run has not made the row stands for the id, negative."""
    parent = _parent(row)
    if parent is None and row.parent_row is not None:
        parent = -row.parent_row
    return (convention.rule_id, row.wanted["field"], parent, row.wanted["value"])


def _fault(row: Staged, key: NameKey, holder: int | None, *, is_gone: bool) -> Fault | None:
    if row.parent_outcome in _REFUSED and row.parent_string is None:
        return Fault(Column.PARENT_KEY, "parent_refused", f"The row of its parent, {row.parent_row}, is refused.")
    if is_gone:
        column = Column.PARENT_KEY if row.parent_row is not None else Column.PARENT_ID
        return Fault(column, "not_found", "There is no such parent any more.")
    if holder is None:
        return None
    if holder < 0:
        return Fault(None, "duplicate_value", f"Row {-holder} makes the name {key[3]!r} already.")
    failure = duplicate_value(key[3], holder=holder)
    return Fault(None, failure.code, failure.message)


def _store(session: Session, rows: Sequence[Staged], convention: Convention) -> dict[int, int]:
    """Ids by row."""
    if not rows:
        return {}
    above = _above(session, {parent for row in rows if (parent := _parent(row)) is not None}, rows)
    uuids = {uuid.uuid4(): row for row in rows}
    ids = _insert_strings(session, uuids, convention, above)
    _insert_details(session, rows, ids, above)
    check_names(session)
    _audit(session, list(ids.values()))
    return ids


def _above(session: Session, parents: set[int], rows: Sequence[Staged]) -> dict[int | None, Mapping[Key, Above]]:
    """What a child of each parent finds above itself, for the keys that the rows bring."""
    keys: set[Key] = {choice[0] for row in rows for choice in row.wanted["details"].values()}
    keys |= {key for row in rows for key in row.wanted["custom"]}
    chains = walk.ancestors(session, parents, keys, with_itself=True) if parents else {}
    found: dict[int | None, Mapping[Key, Above]] = {None: {}}
    for parent, chain in chains.items():
        nearest = {key: walk.nearest(chain, key) for key in keys}
        found[parent] = {key: above for key, above in nearest.items() if above is not None}
    return found


def _insert_strings(
    session: Session,
    rows: Mapping[uuid.UUID, Staged],
    convention: Convention,
    above: Mapping[int | None, Mapping[Key, Above]],
) -> dict[int, int]:
    packed = [_packed(string_uuid, row, above[_parent(row)]) for string_uuid, row in rows.items()]
    written = execute_prepared(
        session,
        """insert into strings (tenant_id, created_by, rule_id, string_uuid, parent_id, field_id, value, parts,
               custom_fields, custom_field_sources, is_auto_generated, stale_reason, stale_since)
           select %(tenant)s, %(actor)s, %(rule)s, x.*, case when not x.is_generated then 'incomplete' end,
                  case when not x.is_generated then now() end
           from jsonb_to_recordset(%(rows)s::jsonb) as x(uuid uuid, parent bigint, field bigint, value text, parts text,
               custom jsonb, sources jsonb, is_generated boolean)
           returning string_uuid, id""",
        {
            "tenant": tenant_of(session),
            "actor": context_of(session).actor,
            "rule": convention.rule_id,
            "rows": orjson.dumps(packed).decode(),
        },
    )
    return {rows[string_uuid].row: string_id for string_uuid, string_id in written}


def _packed(string_uuid: uuid.UUID, row: Staged, above: Mapping[Key, Above]) -> dict[str, Any]:
    wanted = row.wanted
    custom = wanted["custom"]
    same = {
        key: above[key].source_id for key, value in custom.items() if key in above and above[key].value == plain(value)
    }
    return {
        "uuid": string_uuid,
        "parent": _parent(row),
        "field": wanted["field"],
        "value": wanted["value"],
        "parts": wanted["parts"],
        "custom": custom,
        "sources": same,
        "is_generated": wanted["is_generated"],
    }


def _insert_details(
    session: Session,
    rows: Sequence[Staged],
    ids: Mapping[int, int],
    above: Mapping[int | None, Mapping[Key, Above]],
) -> None:
    packed = []
    for row in rows:
        place = above[_parent(row)]
        for dimension_id, value_id, chosen, effective in row.wanted["details"].values():
            upper = place.get(dimension_id)
            source = upper.source_id if upper is not None and upper.value.effective == effective else None
            packed.append([ids[row.row], dimension_id, value_id, chosen, source])
    names = ("string_id", "dimension_id", "value_id", "text", "source_id")
    execute_prepared(
        session,
        """insert into string_details (tenant_id, string_id, dimension_id, dimension_value_id,
               dimension_value_freetext, source_string_id, is_inherited)
           select %(tenant)s, x.*, x.source_id is not null from jsonb_to_recordset(%(rows)s::jsonb)
               as x(string_id bigint, dimension_id bigint, value_id bigint, text text, source_id bigint)""",
        {
            "tenant": tenant_of(session),
            "rows": orjson.dumps([dict(zip(names, row, strict=True)) for row in packed]).decode(),
        },
    )


def _audit(session: Session, ids: list[int]) -> None:
    among = String.id == any_(cast(ids, ARRAY(BigInteger)))
    source = select(String.id, String.value).where(String.tenant_id == tenant_of(session), among).subquery()
    changes = func.jsonb_build_object("value", func.jsonb_build_array(null(), source.c.value))
    entry = Entry("string.created", "string", event_type=EventType.CREATED)
    session.execute(record_rows(session, AuditEvent, entry, source=source, entity_id=source.c.id, changes=changes))
