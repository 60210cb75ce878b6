"""Rows for the planner: what is below, what is above, which names are taken. Each function is one statement.

These run for thousands of strings at a time, so they speak the driver's SQL with arrays as literals.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from services.propagation.domain.dependencies import NO_DEPENDENCIES, Dependencies
from services.propagation.domain.generation import RuleLevel, RulePart
from services.propagation.domain.values import Above, Detail, Key, Value, plain
from services.propagation.domain.wave import NameKey, Node
from shared.db import execute_prepared
from shared.tenancy import tenant_of

SEPARATOR = "\x1f"


def load(
    session: Session,
    keys: Collection[Key],
    *,
    ids: Collection[int] | None = None,
    parents: Collection[int] | None = None,
    levels: Mapping[int, int],
) -> list[Node]:
    """The strings with these ids, or the children of these parents, with their details of the keys on the move.

    `levels` is the level of each field.
    """
    dimensions = [key for key in keys if isinstance(key, int)]
    names = [key for key in keys if isinstance(key, str)]
    custom = "s.custom_fields, s.custom_field_sources" if names else "null, null"
    chosen = ids if parents is None else parents
    where = "s.id = any(%(ids)s::bigint[])" if parents is None else "s.parent_id = any(%(ids)s::bigint[])"
    rows = execute_prepared(
        session,
        f"""
        select s.id, s.parent_id, s.rule_id, s.field_id, s.value, s.version, s.parts, s.is_auto_generated,
               s.children, s.stale_reason is not null, {custom},
               d.dimension_id, d.dimension_value_id, d.dimension_value_freetext, d.is_inherited, d.source_string_id,
               d.version
        from strings s
        left join string_details d on d.tenant_id = s.tenant_id and d.string_id = s.id
            and d.dimension_id = any(%(dimensions)s::bigint[])
        where s.tenant_id = %(tenant)s and {where}
        """,  # noqa: S608 - the two fragments are chosen above, nothing of a caller is in them
        {
            "tenant": tenant_of(session),
            "ids": array(chosen or ()),
            "dimensions": array(dimensions),
        },
    ).fetchall()
    listed = value_names(session, {row[13] for row in rows if row[13] is not None})
    return _nodes(rows, names, levels, listed)


def _nodes(
    rows: Iterable[Any], names: Collection[str], levels: Mapping[int, int], listed: Mapping[int, str]
) -> list[Node]:
    """By id, so that equal plans are shown alike. `listed` are the names of the list values; details that are alike are
    one object."""
    nodes: dict[int, Node] = {}
    known: dict[tuple[Any, ...], Detail] = {}
    for (
        string_id, parent_id, rule_id, field_id, value, version, parts, is_auto, children, is_stale, custom, sources,
        dimension_id, *held,
    ) in rows:  # fmt: skip
        node = nodes.get(string_id)
        details: dict[Key, Detail]
        if node is None:
            details = _custom_details(names, custom, sources, version) if names else {}
            nodes[string_id] = Node(
                string_id, parent_id, levels[field_id], rule_id, field_id, value, version,
                parts.split(SEPARATOR) if parts else (), details, is_auto, children, is_stale,
            )  # fmt: skip
        else:
            details = node.details  # type: ignore[assignment]  # made here, read-only for everybody else
        if dimension_id is not None:
            detail = known.get(alike := tuple(held))
            if detail is None:
                value_id, text, is_inherited, source_id, detail_version = held
                effective = listed.get(value_id) if value_id is not None else text
                detail = Detail(Value(value_id, text, effective), is_inherited, source_id, detail_version)
                known[alike] = detail
            details[dimension_id] = detail
    return [nodes[string_id] for string_id in sorted(nodes)]


def value_names(session: Session, ids: Collection[int]) -> dict[int, str]:
    """What these list values are called now."""
    if not ids:
        return {}
    rows = execute_prepared(
        session,
        "select id, value from dimension_values where tenant_id = %(tenant)s and id = any(%(ids)s::bigint[])",
        {"tenant": tenant_of(session), "ids": array(ids)},
    )
    return dict(rows.fetchall())


def _custom_details(
    names: Collection[str], custom: Mapping[str, Any], sources: Mapping[str, Any], version: int
) -> dict[Key, Detail]:
    found: dict[Key, Detail] = {}
    for name in names:
        if name in custom:
            source = sources.get(name)
            found[name] = Detail(plain(custom[name]), source is not None, source, version)
    return found


def lock(session: Session, ids: Collection[int]) -> dict[int, int]:
    """Locks strings in the order of their ids, so that no two runs wait for each other; versions by id."""
    rows = execute_prepared(
        session,
        """select id, version from strings where tenant_id = %(tenant)s and id = any(%(ids)s::bigint[])
           order by id for no key update""",
        {"tenant": tenant_of(session), "ids": array(ids)},
    )
    return dict(rows.fetchall())


def unchanged(session: Session, nodes: Collection[Node]) -> int:
    """How many of these strings still have the version and the number of children that were read."""
    row = execute_prepared(
        session,
        """select count(*) from unnest(%(ids)s::bigint[], %(versions)s::bigint[], %(children)s::bigint[])
               as x(id, version, children)
           join strings s on s.tenant_id = %(tenant)s and s.id = x.id and s.version = x.version
               and s.children = x.children""",
        {
            "tenant": tenant_of(session),
            "ids": array(node.id for node in nodes),
            "versions": array(node.version for node in nodes),
            "children": array(node.children for node in nodes),
        },
    ).fetchone()
    return int(row[0])


def holders(session: Session, names: Collection[NameKey]) -> dict[NameKey, int]:
    """Which string holds each of these names now.

    With a parent and without are two looks, since only so each finds the index of the names.
    """
    if not names:
        return {}
    wanted = list(names)
    rows = execute_prepared(
        session,
        """
        with wanted as (
            select * from unnest(%(rules)s::bigint[], %(fields)s::bigint[], %(parents)s::bigint[],
                                 string_to_array(%(values)s, chr(30))) as w(rule_id, field_id, above, value)
        )
        select rule_id, field_id, parent_id, value, id from wanted join strings s using (rule_id, field_id, value)
        where s.tenant_id = %(tenant)s and s.parent_id = above
        union all
        select rule_id, field_id, parent_id, value, id from wanted join strings s using (rule_id, field_id, value)
        where s.tenant_id = %(tenant)s and s.parent_id is null and above is null
        """,
        {
            "tenant": tenant_of(session),
            "rules": array(name[0] for name in wanted),
            "fields": array(name[1] for name in wanted),
            "parents": array(name[2] for name in wanted),
            "values": texts(name[3] for name in wanted),
        },
    )
    return {(rule, field, parent, value): string_id for rule, field, parent, value, string_id in rows}


class Ancestor(NamedTuple):
    """A string above `below`; `distance` 1 is the parent. Details of the keys asked for, if it has them."""

    below: int
    id: int
    parent_id: int | None
    distance: int
    details: dict[Key, Detail]


def ancestors(
    session: Session, ids: Collection[int], keys: Collection[Key], *, with_itself: bool = False
) -> dict[int, list[Ancestor]]:
    """What stands above each of these strings, nearest first. A cycle in stored data ends at the repeated id."""
    names = [key for key in keys if isinstance(key, str)]
    rows = execute_prepared(
        session,
        """
        with recursive above as (
            select id as below, id, parent_id, 0 as distance, array[id] as path from strings
            where tenant_id = %(tenant)s and id = any(%(ids)s::bigint[])
            union all
            select a.below, s.id, s.parent_id, a.distance + 1, a.path || s.id
            from above a join strings s on s.tenant_id = %(tenant)s and s.id = a.parent_id
            where not s.id = any(a.path)
        )
        select a.below, a.id, a.parent_id, a.distance, s.custom_fields, s.custom_field_sources, s.version,
               d.dimension_id, d.dimension_value_id, d.dimension_value_freetext, v.value, d.is_inherited,
               d.source_string_id, d.version
        from above a
        join strings s on s.tenant_id = %(tenant)s and s.id = a.id
        left join string_details d on d.tenant_id = s.tenant_id and d.string_id = a.id
            and d.dimension_id = any(%(dimensions)s::bigint[])
        left join dimension_values v on v.tenant_id = d.tenant_id and v.dimension_id = d.dimension_id
            and v.id = d.dimension_value_id
        where a.distance >= %(nearest)s
        order by a.below, a.distance
        """,
        {
            "tenant": tenant_of(session),
            "ids": array(ids),
            "nearest": 0 if with_itself else 1,
            "dimensions": array(key for key in keys if isinstance(key, int)),
        },
    )
    found: dict[int, list[Ancestor]] = {string_id: [] for string_id in ids}
    for below, string_id, parent_id, distance, custom, sources, version, dimension_id, *detail in rows:
        chain = found[below]
        if not chain or chain[-1].id != string_id:
            details = _custom_details(names, custom, sources, version)
            chain.append(Ancestor(below, string_id, parent_id, distance, details))
        if dimension_id is not None:
            value_id, text, listed, is_inherited, source_id, detail_version = detail
            effective = listed if value_id is not None else text
            value = Value(value_id, text, effective)
            chain[-1].details[dimension_id] = Detail(value, is_inherited, source_id, detail_version)
    return found


def nearest(chain: Iterable[Ancestor], key: Key) -> Above | None:
    """The nearest string above that has the key."""
    for ancestor in chain:
        detail = ancestor.details.get(key)
        if detail is not None:
            source_id = detail.source_id if detail.is_inherited else None
            return Above(ancestor.id, detail.value, source_id or ancestor.id)
    return None


def rule_levels(session: Session) -> dict[tuple[int, int], RuleLevel]:
    """All rules of the workspace, compiled by (rule, field). Structure is small beside the strings."""
    rows = execute_prepared(
        session,
        """select r.rule_id, r.field_id, r.dimension_id, m.name, r.dimension_order, r.prefix, r.suffix, r.delimiter,
                  r.is_required
           from rule_details r join dimensions m on m.tenant_id = r.tenant_id and m.id = r.dimension_id
           where r.tenant_id = %(tenant)s""",
        {"tenant": tenant_of(session)},
    )
    parts: dict[tuple[int, int], list[RulePart]] = {}
    for rule_id, field_id, *part in rows:
        parts.setdefault((rule_id, field_id), []).append(RulePart(*part))
    return {place: RuleLevel(level) for place, level in parts.items()}


def dependencies(session: Session, keys: Collection[Key]) -> Dependencies:
    """What the values of these dimensions, and of those that depend on them, ask of each other."""
    moved = {"tenant": tenant_of(session), "dimensions": array(key for key in keys if isinstance(key, int))}
    parents = execute_prepared(
        session,
        """select id, parent_id from dimensions where tenant_id = %(tenant)s and parent_id is not null
           and (id = any(%(dimensions)s::bigint[]) or parent_id = any(%(dimensions)s::bigint[]))""",
        moved,
    )
    parent_of: dict[int, int] = dict(parents.fetchall())
    if not parent_of:
        return NO_DEPENDENCIES
    asked = execute_prepared(
        session,
        """select id, parent_id from dimension_values where tenant_id = %(tenant)s and parent_id is not null
           and dimension_id = any(%(dimensions)s::bigint[])""",
        moved | {"dimensions": array(parent_of)},
    )
    return Dependencies(parent_of, dict(asked.fetchall()))


def field_levels(session: Session) -> dict[int, int]:
    rows = execute_prepared(
        session,
        "select id, field_level from fields where tenant_id = %(tenant)s",
        {"tenant": tenant_of(session)},
    )
    return dict(rows.fetchall())


def array(items: Iterable[Any]) -> str:
    """A PostgreSQL array literal of numbers; much cheaper to send than a list of parameters."""
    return "{" + ",".join(["NULL" if item is None else str(item) for item in items]) + "}"


def texts(items: Iterable[str]) -> str:
    """For `string_to_array(…, chr(30))`: values hold no control characters, a constraint sees to it."""
    return "\x1e".join(items)


def per_group(items: Iterable[str]) -> str:
    """Arrays and texts of groups of rows, for `string_to_array(…, chr(29))`."""
    return "\x1d".join(items)
