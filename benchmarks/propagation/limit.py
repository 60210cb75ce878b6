"""The limit: for each kind of work one statement that does the least a correct solution could do."""

from collections.abc import Sequence
from typing import Any

import psycopg

_BELOW = """
with recursive below as (
    select id from string where parent_id = %(root)s
    union all
    select s.id from below b join string s on s.parent_id = b.id
)"""
_BUILT = """
select d.string_id as id,
       string_agg(p.delimiter_before || p.prefix
           || case when d.dimension_id = %(dimension)s then %(value)s else d.value end || p.suffix,
           '' order by p.dimension_id) as value
from below b join detail d on d.string_id = b.id join rule_part p on p.dimension_id = d.dimension_id
group by d.string_id"""
_APPLY = f"""{_BELOW},
told as (
    update detail d set value = %(value)s from below b
    where d.string_id = b.id and d.dimension_id = %(dimension)s
),
built as materialized ({_BUILT}),
audited as (
    insert into string_audit (job, string_id, old_value, new_value)
    select %(job)s, s.id, s.value, x.value from built x join string s on s.id = x.id
)
update string s set value = x.value, version = s.version + 1, updated_at = now() from built x where s.id = x.id
"""
_PREVIEW = f"{_BELOW}, built as materialized ({_BUILT}) select count(*), max(length(value)) from built"


_BY_INDEX = """select set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true)"""


def apply(
    connection: psycopg.Connection[Any], *, root: int, dimension: int, value: str, job: int, by_index: bool
) -> int:
    """One statement: finds what is below, writes the detail and the text of each, and an audit row.

    PostgreSQL guesses how many rows a recursion yields, and for a small subtree scans whole tables; with `by_index` it
    does not. The cheaper of the two is the limit.
    """
    if by_index:
        connection.execute(_BY_INDEX)
    parameters = {"root": root, "dimension": dimension, "value": value, "job": job}
    count = connection.execute(_APPLY, parameters).rowcount
    connection.commit()
    return count


def preview(connection: psycopg.Connection[Any], *, root: int, dimension: int, value: str, by_index: bool) -> int:
    """Finds what is below and builds the texts; they stay in the server."""
    if by_index:
        connection.execute(_BY_INDEX)
    row = connection.execute(_PREVIEW, {"root": root, "dimension": dimension, "value": value}).fetchone()
    connection.commit()
    assert row is not None
    return int(row[0])


# By name, the strings that a kind of work is about.
_PICKS = {
    "below": """with recursive picked as (
        select id from string where id = any(%(roots)s)
        union
        select s.id from picked b join string s on s.parent_id = b.id)""",
    "holding": """with picked as (
        select string_id as id from detail where dimension_id = %(dimension)s and value = %(old)s)""",
    "level": "with picked as (select id from string where id between %(first)s and %(last)s)",
}
_CHANGE = """,
told as (
    update detail d set value = %(value)s from picked b
    where %(value)s::text is not null and d.string_id = b.id and d.dimension_id = %(dimension)s
),
built as materialized (
    select d.string_id as id,
           string_agg(p.delimiter_before || p.prefix
               || case when d.dimension_id = %(dimension)s then coalesce(%(value)s, d.value) else d.value end
               || case when d.dimension_id = %(dimension)s then coalesce(%(suffix)s, p.suffix) else p.suffix end,
               '' order by p.dimension_id) as value
    from picked b join detail d on d.string_id = b.id join rule_part p on p.dimension_id = d.dimension_id
    group by d.string_id
),
audited as (
    insert into string_audit (job, string_id, old_value, new_value)
    select %(job)s, s.id, s.value, x.value from built x join string s on s.id = x.id
)
update string s set value = x.value, version = s.version + 1, updated_at = now() from built x where s.id = x.id
"""
_UNDO = """
with back as (select string_id as id, old_value, new_value from string_audit where job = %(undone)s),
told as (
    update detail d set value = %(old)s from back b where d.string_id = b.id and d.dimension_id = %(dimension)s
),
audited as (
    insert into string_audit (job, string_id, old_value, new_value) select %(job)s, id, new_value, old_value from back
)
update string s set value = b.old_value, version = s.version + 1, updated_at = now() from back b where s.id = b.id
"""


def change_below(
    connection: psycopg.Connection[Any], roots: Sequence[int], *, dimension: int, value: str, job: int
) -> int:
    """The same choice in several strings and all that stands below them."""
    return _change(connection, "below", roots=list(roots), dimension=dimension, value=value, job=job)


def rename(connection: psycopg.Connection[Any], *, dimension: int, old: str, value: str, job: int) -> int:
    """A value called otherwise, in all strings that hold it."""
    return _change(connection, "holding", dimension=dimension, old=old, value=value, job=job)


def edit_rule(
    connection: psycopg.Connection[Any], *, first: int, last: int, dimension: int, suffix: str, job: int
) -> int:
    """Another suffix in the names of a level, whose strings are numbered from first to last."""
    return _change(connection, "level", first=first, last=last, dimension=dimension, suffix=suffix, job=job)


def undo(connection: psycopg.Connection[Any], *, undone: int, dimension: int, old: str, job: int) -> int:
    count = connection.execute(_UNDO, {"undone": undone, "dimension": dimension, "old": old, "job": job}).rowcount
    connection.commit()
    return count


def names(connection: psycopg.Connection[Any], count: int) -> list[dict[str, str]]:
    """The last ones, with those of their parents."""
    rows = connection.execute(
        """select s.value, p.value from string s join string p on p.id = s.parent_id order by s.id desc limit %s""",
        [count],
    )
    return [{"value": value, "parent": parent} for value, parent in rows]


def look_up(connection: psycopg.Connection[Any], rows: Sequence[dict[str, str]]) -> int:
    """Which names are there, below their parents; one statement for all."""
    found = connection.execute(
        """select count(s.id) from unnest(%s::text[], %s::text[]) as w(value, parent)
           left join string p on p.value = w.parent left join string s on s.value = w.value and s.parent_id = p.id""",
        [[row["value"] for row in rows], [row["parent"] for row in rows]],
    ).fetchone()
    connection.commit()
    assert found is not None
    return int(found[0])


def export(connection: psycopg.Connection[Any], *, first: int) -> int:
    """Strings with their three values as the server's own CSV, from this number on; how many."""
    lines = 0
    with connection.cursor().copy(
        """copy (select s.id, s.parent_id, s.value, max(d.value) filter (where d.dimension_id = 1),
                        max(d.value) filter (where d.dimension_id = 2), max(d.value) filter (where d.dimension_id = 3)
                 from string s join detail d on d.string_id = s.id
                 where s.id >= %s group by s.id order by s.id) to stdout (format csv)""",
        [first],
    ) as rows:
        for block in rows:
            lines += bytes(block).count(b"\n")
    connection.commit()
    return lines


def import_rows(connection: psycopg.Connection[Any], rows: Sequence[dict[str, Any]]) -> int:
    """COPY of what is ready to be stored, then a statement that makes strings, details and audit rows."""
    connection.execute("create temp table incoming (number int, parent_id bigint, d1 text, d2 text, d3 text)")
    with connection.cursor().copy("copy incoming from stdin") as lines:
        for number, row in enumerate(rows):
            values = (row[f"dimension:D{dimension}"] for dimension in (1, 2, 3))
            lines.write_row((number, row["parent_id"], *values))
    count = connection.execute(
        """with top as (select max(id) + 1 as id from string), made as (
               insert into string (id, parent_id, value)
               select top.id + number, parent_id, d1 || '_' || d2 || '-(' || d3 || ')' from incoming, top
               returning id, value
           ), detailed as (
               insert into detail select top.id + number, x.dimension, x.value from incoming, top
               cross join lateral (values (1, d1), (2, d2), (3, d3)) as x(dimension, value)
           )
           insert into string_audit (job, string_id, new_value) select 0, id, value from made"""
    ).rowcount
    connection.execute("drop table incoming")
    connection.commit()
    return count


def _change(connection: psycopg.Connection[Any], pick: str, **parameters: Any) -> int:
    unset = {"value": None, "suffix": None}
    count = connection.execute(f"{_PICKS[pick]}{_CHANGE}", unset | parameters).rowcount
    connection.commit()
    return count


def differences(connection: psycopg.Connection[Any]) -> int:
    """Strings whose stored text is not what their details give; 0 or the limit did not do the work."""
    row = connection.execute(
        """select count(*) from string s join (
               select d.string_id, string_agg(p.delimiter_before || p.prefix || d.value || p.suffix, ''
                   order by p.dimension_id) as value
               from detail d join rule_part p using (dimension_id) group by 1) x on x.string_id = s.id
           where x.value is distinct from s.value"""
    ).fetchone()
    assert row is not None
    return int(row[0])
