"""Writes a wave's plan: each table once, whatever the number of strings.

Nothing is locked while planning, so the first statements lock and compare: strings that moved on since, or children
that came meanwhile, mean that the wave is planned again (`PlanOutdated`).
"""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy.orm import Session

from services.propagation.domain.plan import Change
from services.propagation.domain.values import Detail, Key, unpacked
from services.propagation.operations.runs import lineage, marking, telling
from services.propagation.operations.runs.codec import detail_key
from services.propagation.operations.runs.walking import Planned
from services.propagation.queries.walk import SEPARATOR, array, lock, texts, unchanged
from shared.db import execute_prepared
from shared.tenancy import context_of, tenant_of


class PlanOutdated(Exception):
    """The strings are not any more what the plan saw."""


@dataclass
class Record:
    """What every row that a run writes has in common. `versions` grows: the new version of each string that others
    may have inherited from. `is_careful` follows an error of the database that nobody expected."""

    job_id: uuid.UUID | None
    direct_type: str
    inherited_type: str = "inheritance_update"
    action: str = "string.regenerated"
    versions: dict[int, int] = field(default_factory=dict)
    is_careful: bool = False


def apply(session: Session, planned: Planned, record: Record) -> None:
    """Stores a plan and the history of it. Raises PlanOutdated."""
    plan = planned.plan
    if plan.changes:
        write_changes(session, plan.changes, record)
    lineage.relink(session, plan)
    _check_the_rest(session, planned)
    marking.mark(session, planned)
    telling.log_levels(plan, job_id=record.job_id)


def write_changes(session: Session, changes: list[Change], record: Record) -> None:
    _lock(session, changes)
    _write_strings(session, changes)
    _write_details(session, changes)
    _write_history(session, changes, record)


def _lock(session: Session, changes: list[Change]) -> None:
    """In the order of ids, so that two runs never wait for each other in a circle; the second sees the first's work."""
    seen = {change.node.id: change.node.version for change in changes}
    if lock(session, sorted(seen)) != seen:
        raise PlanOutdated


def _write_strings(session: Session, changes: list[Change]) -> None:
    written = execute_prepared(
        session,
        """
        update strings s set value = x.value, parts = coalesce(x.parts, ''), version = s.version + 1,
               updated_at = now(), is_auto_generated = x.is_auto, regenerated_at = now(), regenerated_from = s.value
        from unnest(%(ids)s::bigint[], %(versions)s::bigint[], string_to_array(%(values)s, chr(30)),
                    string_to_array(%(parts)s, chr(30)), %(auto)s::bool[], %(children)s::bigint[])
             as x(id, version, value, parts, is_auto, children)
        where s.tenant_id = %(tenant)s and s.id = x.id and s.version = x.version and s.children = x.children
        """,
        {
            "tenant": tenant_of(session),
            "ids": array(change.node.id for change in changes),
            "versions": array(change.node.version for change in changes),
            "values": texts(change.value for change in changes),
            "parts": texts(SEPARATOR.join([part or "" for part in change.parts]) for change in changes),
            "auto": array("t" if change.is_auto_generated else "f" for change in changes),
            "children": array(change.node.children for change in changes),
        },
    )
    if written.rowcount != len(changes):
        raise PlanOutdated
    _move(session, [change for change in changes if change.parent_id != change.node.parent_id])


def _move(session: Session, moved: list[Change]) -> None:
    if not moved:
        return
    execute_prepared(
        session,
        """update strings s set parent_id = x.parent_id
           from unnest(%(ids)s::bigint[], %(parents)s::bigint[]) as x(id, parent_id)
           where s.tenant_id = %(tenant)s and s.id = x.id""",
        {
            "tenant": tenant_of(session),
            "ids": array(change.node.id for change in moved),
            "parents": array(change.parent_id for change in moved),
        },
    )
    steps = Counter(change.parent_id for change in moved)
    steps.subtract(change.node.parent_id for change in moved)
    counted = {parent_id: step for parent_id, step in steps.items() if parent_id is not None and step}
    # The triggers count only strings that come and go.
    execute_prepared(
        session,
        """update strings s set children = s.children + x.step
           from unnest(%(ids)s::bigint[], %(steps)s::bigint[]) as x(id, step)
           where s.tenant_id = %(tenant)s and s.id = x.id""",
        {"tenant": tenant_of(session), "ids": array(counted), "steps": array(counted.values())},
    )


def _write_details(session: Session, changes: list[Change]) -> None:
    changed: list[tuple[int, int, Detail]] = []
    added: list[tuple[int, int, Detail]] = []
    removed: list[tuple[int, int]] = []
    custom: list[tuple[int, str, Detail | None]] = []
    for change in changes:
        for key, before, after, _update in change.moves:
            if isinstance(key, str):
                custom.append((change.node.id, key, after))
            elif after is None:
                removed.append((change.node.id, key))
            else:
                (added if before is None else changed).append((change.node.id, key, after))
    _change_details(session, changed)
    _add_details(session, added)
    _remove_details(session, removed)
    lineage.disown(session, removed)
    _write_custom_fields(session, custom)


_DETAIL_ROWS = """unnest(%(ids)s::bigint[], %(dimensions)s::bigint[], %(values)s::bigint[],
    string_to_array(%(texts)s, chr(30), ''), %(inherited)s::bool[], %(sources)s::bigint[])
    as x(string_id, dimension_id, value_id, text, is_inherited, source_id)"""


def _detail_parameters(session: Session, rows: list[tuple[int, int, Detail]]) -> dict[str, Any]:
    return {
        "tenant": tenant_of(session),
        "ids": array(row[0] for row in rows),
        "dimensions": array(row[1] for row in rows),
        "values": array(row[2].value.value_id for row in rows),
        "texts": texts(row[2].value.text or "" for row in rows),
        "inherited": array("t" if row[2].is_inherited else "f" for row in rows),
        "sources": array(row[2].source_id for row in rows),
    }


def _change_details(session: Session, rows: list[tuple[int, int, Detail]]) -> None:
    if not rows:
        return
    written = execute_prepared(
        session,
        f"""
        update string_details d set dimension_value_id = x.value_id, dimension_value_freetext = x.text,
               is_inherited = x.is_inherited, source_string_id = x.source_id, version = d.version + 1,
               updated_at = now(), pending_since = null
        from {_DETAIL_ROWS}
        where d.tenant_id = %(tenant)s and d.string_id = x.string_id and d.dimension_id = x.dimension_id
        """,  # noqa: S608 - a constant
        _detail_parameters(session, rows),
    )
    if written.rowcount != len(rows):
        raise PlanOutdated


def _add_details(session: Session, rows: list[tuple[int, int, Detail]]) -> None:
    if rows:
        execute_prepared(
            session,
            f"""
            insert into string_details (tenant_id, string_id, dimension_id, dimension_value_id,
                dimension_value_freetext, is_inherited, source_string_id)
            select %(tenant)s, x.string_id, x.dimension_id, x.value_id, x.text, x.is_inherited, x.source_id
            from {_DETAIL_ROWS}
            """,  # noqa: S608 - a constant
            _detail_parameters(session, rows),
        )


def _remove_details(session: Session, rows: list[tuple[int, int]]) -> None:
    if rows:
        execute_prepared(
            session,
            """delete from string_details d using unnest(%(ids)s::bigint[], %(dimensions)s::bigint[])
               as x(string_id, dimension_id)
               where d.tenant_id = %(tenant)s and d.string_id = x.string_id and d.dimension_id = x.dimension_id""",
            {
                "tenant": tenant_of(session),
                "ids": array(row[0] for row in rows),
                "dimensions": array(row[1] for row in rows),
            },
        )


def _write_custom_fields(session: Session, rows: list[tuple[int, str, Detail | None]]) -> None:
    """Keys of custom_fields and where they came from, merged into each string's objects."""
    if not rows:
        return
    merged: dict[int, tuple[dict[str, Any], dict[str, Any], list[str]]] = {}
    for string_id, key, after in rows:
        values, sources, gone = merged.setdefault(string_id, ({}, {}, []))
        if after is None or after.value.is_empty:
            gone.append(key)
        else:
            values[key] = unpacked(after.value.text)
            sources[key] = after.source_id
    payload = [
        {"id": string_id, "values": values, "sources": sources, "gone": gone}
        for string_id, (values, sources, gone) in merged.items()
    ]
    execute_prepared(
        session,
        """
        update strings s set custom_fields = (s.custom_fields || x.values) - x.gone,
               custom_field_sources = jsonb_strip_nulls((s.custom_field_sources || x.sources) - x.gone)
        from (select (e->>'id')::bigint as id, e->'values' as values, e->'sources' as sources,
                     array(select jsonb_array_elements_text(e->'gone')) as gone
              from jsonb_array_elements(%(rows)s::jsonb) as e) as x
        where s.tenant_id = %(tenant)s and s.id = x.id
        """,
        {"tenant": tenant_of(session), "rows": orjson.dumps(payload).decode()},
    )


def _write_history(session: Session, changes: list[Change], record: Record) -> None:
    """One version row and one audit row per string, both from the same arrays."""
    for change in changes:
        if change.is_direct:
            record.versions[change.node.id] = change.node.version + 1
    snippets = _Snippets()
    context = context_of(session)
    parameters = {
        "tenant": tenant_of(session),
        "ids": array(change.node.id for change in changes),
        "versions": array(change.node.version + 1 for change in changes),
        "before": texts(change.node.value for change in changes),
        "after": texts(change.value for change in changes),
        "details_before": texts(snippets.side(change, after=False) for change in changes),
        "details": texts(snippets.side(change, after=True) for change in changes),
        "types": texts(record.direct_type if change.is_direct else record.inherited_type for change in changes),
        "levels": array(change.level for change in changes),
        "causes": array(_cause(change, record) for change in changes),
        "job": record.job_id,
        "actor": context.actor,
        "actor_name": context.actor_name,
        "correlation": context.correlation_id,
        "origin": context.origin_correlation_id,
        "address": context.client_address,
        "action": record.action,
    }
    execute_prepared(
        session,
        """
        insert into string_versions (tenant_id, string_id, version, value_before, value, details_before, details,
            change_type, level, job_id, caused_by_version, modified_by)
        select %(tenant)s, x.id, x.version, x.before, x.after, x.details_before::jsonb, x.details::jsonb, x.type,
               x.level, %(job)s, x.cause, %(actor)s
        from unnest(%(ids)s::bigint[], %(versions)s::bigint[], string_to_array(%(before)s, chr(30)),
                    string_to_array(%(after)s, chr(30)), string_to_array(%(details_before)s, chr(30)),
                    string_to_array(%(details)s, chr(30)), string_to_array(%(types)s, chr(30)),
                    %(levels)s::bigint[], %(causes)s::bigint[])
             as x(id, version, before, after, details_before, details, type, level, cause)
        """,
        parameters,
    )
    execute_prepared(
        session,
        """
        insert into audit_events (tenant_id, event_type, action, entity_type, entity_id, actor, actor_name,
            client_address, changes, correlation_id, origin_correlation_id)
        select %(tenant)s, 'UPDATED', %(action)s, 'string', x.id::text, %(actor)s, %(actor_name)s, %(address)s,
               jsonb_build_object('value', jsonb_build_array(x.before, x.after)), %(correlation)s, %(origin)s
        from unnest(%(ids)s::bigint[], string_to_array(%(before)s, chr(30)), string_to_array(%(after)s, chr(30)))
             as x(id, before, after)
        """,
        parameters,
    )


class _Snippets:
    """The changed details of each string as JSON; nearly all strings of a run share a few texts."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], str] = {}

    def side(self, change: Change, *, after: bool) -> str:
        moves = change.moves
        inner = ",".join([self._snippet(move.key, move.after if after else move.before) for move in moves])
        if change.parent_id != change.node.parent_id:
            parent_id = change.parent_id if after else change.node.parent_id
            inner = f'{inner},"parent":{orjson.dumps(parent_id).decode()}'.lstrip(",")
        return f"{{{inner}}}"

    def _snippet(self, key: Key, detail: Detail | None) -> str:
        known = (key, detail.value, detail.is_inherited, detail.source_id) if detail else (key, None)
        text = self._known.get(known)
        if text is None:
            text = self._known[known] = orjson.dumps({detail_key(key): stored_detail(detail)}).decode()[1:-1]
        return text


def stored_detail(detail: Detail | None) -> list[Any] | None:
    """[value id, free text, effective value, is inherited, source]; null where there is no detail."""
    if detail is None:
        return None
    return [*detail.value, detail.is_inherited, detail.source_id]


def _cause(change: Change, record: Record) -> int | None:
    """Version of the string that an inherited value came from."""
    if change.is_direct or not change.moves:
        return None
    after = change.moves[0].after
    return record.versions.get(after.source_id) if after is not None and after.source_id is not None else None


def _check_the_rest(session: Session, planned: Planned) -> None:
    """A child made since the family was read was given the old values; so strings that only let a value through
    must still be what the plan saw, too."""
    changed = {change.node.id for change in planned.plan.changes}
    passed = [node for node in planned.nodes if node.id not in changed]
    if passed and unchanged(session, passed) != len(passed):
        raise PlanOutdated
