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
from services.propagation.domain.values import Detail, unpacked
from services.propagation.operations.runs import lineage, marking, telling
from services.propagation.operations.runs.codec import detail_key
from services.propagation.operations.runs.walking import Planned
from services.propagation.queries.walk import SEPARATOR, array, per_group, texts, unchanged
from shared.db import execute_prepared
from shared.tenancy import context_of, tenant_of


class PlanOutdated(Exception):
    """The strings are not any more what the plan saw."""


@dataclass
class Record:
    """What every row that a run writes has in common. `versions` grows: the new version of each string that others
    may have inherited from. `is_careful` follows an error of the database that nobody expected. `undone` is the run
    that this one takes back."""

    job_id: uuid.UUID | None
    direct_type: str
    inherited_type: str = "inheritance_update"
    action: str = "string.regenerated"
    versions: dict[int, int] = field(default_factory=dict)
    is_careful: bool = False
    undone: uuid.UUID | None = None


def apply(session: Session, planned: Planned, record: Record) -> None:
    """Stores a plan and the history of it. Raises PlanOutdated."""
    plan = planned.plan
    if plan.changes:
        write_changes(session, plan.changes, record)
    lineage.relink(session, plan)
    if record.undone is not None:
        lineage.adopt(session, plan, record.undone)
    _check_the_rest(session, planned)
    marking.mark(session, planned)
    telling.log_levels(plan, job_id=record.job_id)


def write_changes(session: Session, changes: list[Change], record: Record) -> None:
    _write_strings(session, changes, record)
    _move(session, [change for change in changes if change.parent_id != change.node.parent_id])
    _write_details(session, changes, record)


# Strings, their versions and their audit rows from the same arrays: `groups` has what many strings have in common.
# Strings are written, and so locked, in the order of their ids, so that two runs never wait for each other in a circle;
# the second sees the first's work and finds other versions.
_WRITE = """
with groups as materialized (
    select ids::bigint[], versions::bigint[], children::bigint[], string_to_array(names, chr(30)) as names,
           string_to_array(parts, chr(30)) as parts, is_auto, before::jsonb, after::jsonb, type, level, cause
    from unnest(string_to_array(%(ids)s, chr(29)), string_to_array(%(versions)s, chr(29)),
                string_to_array(%(children)s, chr(29)), string_to_array(%(names)s, chr(29)),
                string_to_array(%(parts)s, chr(29)), string_to_array(%(before)s, chr(29)),
                string_to_array(%(after)s, chr(29)), string_to_array(%(types)s, chr(29)),
                %(auto)s::bool[], %(levels)s::bigint[], %(causes)s::bigint[])
         as g(ids, versions, children, names, parts, before, after, type, is_auto, level, cause)
), planned as materialized (
    select x.id, x.version, x.children, x.name, x.parts, g.is_auto, g.before, g.after, g.type, g.level, g.cause
    from groups g
    cross join lateral unnest(g.ids, g.versions, g.children, g.names, g.parts) as x(id, version, children, name, parts)
    order by x.id
), written as (
    update strings s set value = p.name, parts = coalesce(p.parts, ''), version = s.version + 1, updated_at = now(),
           is_auto_generated = p.is_auto, regenerated_at = now(), regenerated_from = s.value
    from planned p
    where s.tenant_id = %(tenant)s and s.id = p.id and s.version = p.version and s.children = p.children
    returning s.id, s.version, s.regenerated_from as old, s.value as new, p.before, p.after, p.type, p.level, p.cause
), remembered as (
    insert into string_versions (tenant_id, string_id, version, value_before, value, details_before, details,
        change_type, level, job_id, caused_by_version, modified_by)
    select %(tenant)s, id, version, old, new, before, after, type, level, %(job)s, cause, %(actor)s from written
)
insert into audit_events (tenant_id, event_type, action, entity_type, entity_id, actor, actor_name, client_address,
    changes, correlation_id, origin_correlation_id)
select %(tenant)s, 'UPDATED', %(action)s, 'string', id::text, %(actor)s, %(actor_name)s, %(address)s,
       jsonb_build_object('value', jsonb_build_array(old, new)), %(correlation)s, %(origin)s
from written
"""


def _write_strings(session: Session, changes: list[Change], record: Record) -> None:
    """Names, and one version row and one audit row per string."""
    for change in changes:
        if change.is_direct:
            record.versions[change.node.id] = change.node.version + 1
    groups = _alike(changes)
    firsts = [group[0] for group in groups]
    context = context_of(session)
    written = execute_prepared(
        session,
        _WRITE,
        {
            "tenant": tenant_of(session),
            "ids": per_group(array(change.node.id for change in group) for group in groups),
            "versions": per_group(array(change.node.version for change in group) for group in groups),
            "children": per_group(array(change.node.children for change in group) for group in groups),
            "names": per_group(texts(change.value for change in group) for group in groups),
            "parts": per_group(texts(_projection(change) for change in group) for group in groups),
            "before": per_group(_side(first, after=False) for first in firsts),
            "after": per_group(_side(first, after=True) for first in firsts),
            "types": per_group(record.direct_type if first.is_direct else record.inherited_type for first in firsts),
            "auto": array("t" if first.is_auto_generated else "f" for first in firsts),
            "levels": array(first.level for first in firsts),
            "causes": array(_cause(first, record) for first in firsts),
            "job": record.job_id,
            "actor": context.actor,
            "actor_name": context.actor_name,
            "correlation": context.correlation_id,
            "origin": context.origin_correlation_id,
            "address": context.client_address,
            "action": record.action,
        },
    )
    if written.rowcount != len(changes):
        raise PlanOutdated


def _alike(changes: list[Change]) -> list[list[Change]]:
    """Changes by all that is not a string's own. Details that are one object are alike, others count as different:
    what is loaded and what flows down are few objects for thousands of strings."""
    groups: dict[tuple[Any, ...], list[Change]] = {}
    for change in changes:
        moved = (change.node.parent_id, change.parent_id) if change.parent_id != change.node.parent_id else None
        details = [(move.key, id(move.before), id(move.after)) for move in change.moves]
        place = (change.is_direct, change.level, change.is_auto_generated, moved, *details)
        groups.setdefault(place, []).append(change)
    return list(groups.values())


def _projection(change: Change) -> str:
    return SEPARATOR.join([part or "" for part in change.parts])


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


def _write_details(session: Session, changes: list[Change], record: Record) -> None:
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
    lineage.disown(session, removed, record.job_id)
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
    """By what they become: strings that take the same value are found together."""
    if not rows:
        return
    groups: dict[tuple[int, int], list[tuple[int, int, Detail]]] = {}
    for row in rows:
        groups.setdefault((row[1], id(row[2])), []).append(row)
    same = _detail_parameters(session, [group[0] for group in groups.values()])
    written = execute_prepared(
        session,
        """
        with groups as materialized (
            select ids::bigint[], dimension_id, value_id, text, is_inherited, source_id
            from unnest(string_to_array(%(ids)s, chr(29)), %(dimensions)s::bigint[], %(values)s::bigint[],
                        string_to_array(%(texts)s, chr(30), ''), %(inherited)s::bool[], %(sources)s::bigint[])
                 as x(ids, dimension_id, value_id, text, is_inherited, source_id)
        )
        update string_details d set dimension_value_id = g.value_id, dimension_value_freetext = g.text,
               is_inherited = g.is_inherited, source_string_id = g.source_id, version = d.version + 1,
               updated_at = now(), pending_since = null
        from groups g
        where d.tenant_id = %(tenant)s and d.string_id = any(g.ids) and d.dimension_id = g.dimension_id
        """,
        same | {"ids": per_group(array(row[0] for row in group) for group in groups.values())},
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


def _side(change: Change, *, after: bool) -> str:
    """The changed details before or after, as JSON."""
    side: dict[str, Any] = {
        detail_key(move.key): stored_detail(move.after if after else move.before) for move in change.moves
    }
    if change.parent_id != change.node.parent_id:
        side["parent"] = change.parent_id if after else change.node.parent_id
    return orjson.dumps(side).decode()


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
