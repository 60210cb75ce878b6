"""Rows of an import: put down, linked, fetched part by part, marked; each a constant number of statements."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from services.propagation.domain.sheets import Fault
from services.propagation.models import ImportRow, RunChange, StringVersion
from services.propagation.queries.walk import array
from shared.db import execute_prepared
from shared.tenancy import tenant_of


class Staged(NamedTuple):
    """A row that is still to be worked on; `parent_string` is what its parent's row has become."""

    row: int
    string_id: int | None
    parent_id: int | None
    parent_row: int | None
    cells: dict[str, str]
    wanted: dict[str, Any]
    parent_string: int | None
    parent_outcome: str | None


class Marked(NamedTuple):
    """What has become of a row."""

    row: int
    outcome: str
    string_id: int | None = None
    value: str | None = None
    faults: Sequence[Fault] = ()


def stage(session: Session, job_id: uuid.UUID, rows: Collection[dict[str, Any]]) -> None:
    """Rows of (row, key, string_id, parent_id, cells)."""
    execute_prepared(
        session,
        """insert into import_rows (tenant_id, job_id, row, key, string_id, parent_id, cells)
           select %(tenant)s, %(job)s, x.* from jsonb_to_recordset(%(rows)s::jsonb)
               as x(row bigint, key text, string_id bigint, parent_id bigint, cells jsonb)""",
        {"tenant": tenant_of(session), "job": job_id, "rows": orjson.dumps(list(rows)).decode()},
    )


# Under row security a join by what stands in JSON compares every row with every other; brought together by sorting,
# they are found in one pass.
_PARENTS = """
select row, parent_row from (
    select row, asks, max(own) over (partition by name) as parent_row from (
        select row, key as name, row as own, false as asks from import_rows
        where tenant_id = %(tenant)s and job_id = %(job)s and key is not null
        union all
        select row, cells->>'parent_key', null, true from import_rows
        where tenant_id = %(tenant)s and job_id = %(job)s and parent_id is null and cells->>'parent_key' <> ''
    ) as named
) as x where asks and parent_row is not null
"""
# Found once, then by row: nobody knows yet how many rows there are.
_TWICE = """
update import_rows r set outcome = 'refused', work = 'none', faults = r.faults || %(fault)s::jsonb
where r.tenant_id = %(tenant)s and r.job_id = %(job)s and r.outcome is null and r.row = any(array(
    select row from (select row, count(*) over (partition by {column}) as times from import_rows
                     where tenant_id = %(tenant)s and job_id = %(job)s and {column} is not null) as x
    where times > 1))
"""


def link(session: Session, job_id: uuid.UUID) -> None:
    """Finds the rows that others name as their parent, and refuses what stands in the file twice."""
    mine = {"tenant": tenant_of(session), "job": job_id}
    found = execute_prepared(session, _PARENTS, mine).fetchall()
    execute_prepared(
        session,
        """update import_rows r set parent_row = x.parent_row
           from unnest(%(rows)s::bigint[], %(parents)s::bigint[]) as x(row, parent_row)
           where r.tenant_id = %(tenant)s and r.job_id = %(job)s and r.row = x.row""",
        mine | {"rows": array(row for row, _parent in found), "parents": array(parent for _row, parent in found)},
    )
    for column in ("key", "string_id"):
        fault = Fault(column, "duplicate_item", "Another row of the file has the same.")
        statement = _TWICE.format(column=column)
        execute_prepared(session, statement, mine | {"fault": orjson.dumps([fault._asdict()]).decode()})


def to_check(session: Session, job_id: uuid.UUID, *, limit: int) -> list[Staged]:
    return _open(session, job_id, "check", limit=limit)


def to_update(session: Session, job_id: uuid.UUID, *, limit: int) -> list[Staged]:
    """The next rows, up to the end of a place; all of a place that has more than `limit`."""
    found = _open(session, job_id, "update", limit=limit + 1, order="r.place, r.row")
    if len(found) <= limit:
        return found
    places = dict(
        execute_prepared(
            session,
            """select row, place from import_rows
               where tenant_id = %(tenant)s and job_id = %(job)s and row = any(%(rows)s::bigint[])""",
            {"tenant": tenant_of(session), "job": job_id, "rows": array(row.row for row in found)},
        ).fetchall()
    )
    last = places[found[-1].row]
    if places[found[0].row] != last:
        return [row for row in found if places[row.row] != last]
    return _open(session, job_id, "update", place=last)


def to_create(session: Session, job_id: uuid.UUID, *, limit: int) -> list[Staged]:
    """The next rows of one level (their place), the upper ones first."""
    found = _open(session, job_id, "create", limit=1, order="r.place, r.row")
    if not found:
        return []
    return _open(session, job_id, "create", limit=limit, place=int(found[0].wanted["level"]))


def _open(
    session: Session,
    job_id: uuid.UUID,
    work: str,
    *,
    limit: int | None = None,
    order: str = "r.row",
    place: int | None = None,
) -> list[Staged]:
    rows = execute_prepared(
        session,
        f"""select r.row, r.string_id, r.parent_id, r.parent_row, r.cells, r.wanted, p.string_id, p.outcome
            from import_rows r
            left join import_rows p on p.tenant_id = r.tenant_id and p.job_id = r.job_id and p.row = r.parent_row
            where r.tenant_id = %(tenant)s and r.job_id = %(job)s and r.outcome is null and r.work = %(work)s
              and (%(place)s::bigint is null or r.place = %(place)s::bigint)
            order by {order} limit %(limit)s""",  # noqa: S608 - a constant
        {"tenant": tenant_of(session), "job": job_id, "work": work, "limit": limit, "place": place},
    )
    return [Staged(*row) for row in rows]


def keep_work(session: Session, job_id: uuid.UUID, rows: Iterable[tuple[int, str, int, dict[str, Any]]]) -> None:
    """(row, work, place, wanted) of rows that a check let pass."""
    found = [dict(zip(("row", "work", "place", "wanted"), row, strict=True)) for row in rows]
    if found:
        execute_prepared(
            session,
            """update import_rows r set work = x.work, place = x.place, wanted = x.wanted
               from jsonb_to_recordset(%(rows)s::jsonb) as x(row bigint, work text, place bigint, wanted jsonb)
               where r.tenant_id = %(tenant)s and r.job_id = %(job)s and r.row = x.row""",
            {"tenant": tenant_of(session), "job": job_id, "rows": orjson.dumps(found).decode()},
        )


def arrange(session: Session, job_id: uuid.UUID) -> None:
    """Gives rows whose strings stand one below another, or side by side, the same place: the family of the topmost.

    Where strings move, what is planned together cannot be told from where they stand; then all have one place.
    """
    execute_prepared(
        session,
        """with recursive up as (
               select r.row, s.id as top, s.parent_id as family, s.parent_id as next, 0 as steps
               from import_rows r join strings s on s.tenant_id = r.tenant_id and s.id = r.string_id
               where r.tenant_id = %(tenant)s and r.job_id = %(job)s and r.work = 'update' and r.outcome is null
                 and not exists (select from import_rows m where m.tenant_id = %(tenant)s and m.job_id = %(job)s
                                 and m.work = 'update' and m.outcome is null and m.wanted ? 'parent')
               union all
               select u.row, case when n.row is null then u.top else s.id end,
                      case when n.row is null then u.family else s.parent_id end, s.parent_id, u.steps + 1
               from up u join strings s on s.tenant_id = %(tenant)s and s.id = u.next
               left join import_rows n on n.tenant_id = %(tenant)s and n.job_id = %(job)s and n.string_id = s.id
                   and n.work = 'update' and n.outcome is null
               where u.steps < 60
           ), last as (select distinct on (row) row, family from up order by row, steps desc)
           update import_rows r set place = coalesce(l.family, 0) from last l
           where r.tenant_id = %(tenant)s and r.job_id = %(job)s and r.row = l.row""",
        {"tenant": tenant_of(session), "job": job_id},
    )


def mark(session: Session, job_id: uuid.UUID, rows: Collection[Marked], *, keep_cells: bool = False) -> None:
    """What became of rows. The cells of those that need no other attempt go, unless they are to be kept."""
    if not rows:
        return
    found = [row._asdict() | {"faults": [fault._asdict() for fault in row.faults]} for row in rows]
    execute_prepared(
        session,
        """update import_rows r set outcome = x.outcome, string_id = coalesce(x.string_id, r.string_id),
               value = x.value, faults = r.faults || coalesce(x.faults, '[]'::jsonb),
               cells = case when %(keep)s or x.outcome in ('refused', 'skipped') then r.cells end
           from jsonb_to_recordset(%(rows)s::jsonb)
               as x(row bigint, outcome text, string_id bigint, value text, faults jsonb)
           where r.tenant_id = %(tenant)s and r.job_id = %(job)s and r.row = x.row""",
        {"tenant": tenant_of(session), "job": job_id, "keep": keep_cells, "rows": orjson.dumps(found).decode()},
    )


def skip_open(session: Session, job_id: uuid.UUID, *, from_row: int = 0) -> int:
    """What is left out from this row on; how many that are."""
    done = execute_prepared(
        session,
        """update import_rows set outcome = 'skipped'
           where tenant_id = %(tenant)s and job_id = %(job)s and outcome is null and row >= %(row)s""",
        {"tenant": tenant_of(session), "job": job_id, "row": from_row},
    )
    return int(done.rowcount)


def open_again(session: Session, job_id: uuid.UUID) -> None:
    """A dry run that was interrupted plans anew: what it knows of names is not in any table."""
    execute_prepared(
        session,
        """update import_rows set outcome = null, faults = '[]'
           where tenant_id = %(tenant)s and job_id = %(job)s and work in ('update', 'create')""",
        {"tenant": tenant_of(session), "job": job_id},
    )


def copy_open(session: Session, old_id: uuid.UUID, new_id: uuid.UUID) -> int:
    """The rows of an import that took no effect, for another one; a parent that was made meanwhile goes by its id."""
    copied = execute_prepared(
        session,
        """insert into import_rows (tenant_id, job_id, row, key, string_id, parent_id, cells)
           select r.tenant_id, %(new)s, r.row, r.key, r.string_id,
                  coalesce(r.parent_id, case when p.outcome not in ('refused', 'skipped') then p.string_id end),
                  r.cells
           from import_rows r
           left join import_rows p on p.tenant_id = r.tenant_id and p.job_id = r.job_id and p.row = r.parent_row
           where r.tenant_id = %(tenant)s and r.job_id = %(old)s
             and (r.outcome is null or r.outcome in ('refused', 'skipped'))""",
        {"tenant": tenant_of(session), "old": old_id, "new": new_id},
    )
    return int(copied.rowcount)


def strings_known(session: Session) -> int:
    """How many strings of all tenants PostgreSQL reckons with; -1 if it has never counted."""
    found: int = session.scalar(text("select reltuples::bigint from pg_class where oid = 'strings'::regclass")) or 0
    return found


def first_refused(session: Session, job_id: uuid.UUID) -> int | None:
    found: int | None = session.scalar(
        select(func.min(ImportRow.row)).where(*_of(session, job_id), ImportRow.outcome == "refused")
    )
    return found


OUTCOMES = ("created", "updated", "unchanged", "refused", "skipped")


def counts(session: Session, job_id: uuid.UUID) -> dict[str, int]:
    """Rows by outcome; those without one are `open`."""
    outcome = func.coalesce(ImportRow.outcome, "open")
    found = select(outcome, func.count()).where(*_of(session, job_id)).group_by(ImportRow.outcome)
    return dict.fromkeys(OUTCOMES, 0) | {name: number for name, number in session.execute(found)}


class Written(NamedTuple):
    """Strings that an import changed, and those that no row names and that could not follow."""

    changed: int
    left_out: int
    skipped: int


def written(session: Session, job_id: uuid.UUID) -> Written:
    tenant = tenant_of(session)
    changed = select(func.count()).where(StringVersion.tenant_id == tenant, StringVersion.job_id == job_id)
    below = select(func.count(), func.count().filter(RunChange.outcome == "skipped")).where(
        RunChange.tenant_id == tenant, RunChange.job_id == job_id, RunChange.change_type == "inherited"
    )
    return Written(session.scalar(changed) or 0, *session.execute(below).one())


def rows_of(session: Session, job_id: uuid.UUID) -> Select[ImportRow]:
    return select(ImportRow).where(*_of(session, job_id))


def _of(session: Session, job_id: uuid.UUID) -> tuple[Any, ...]:
    return ImportRow.tenant_id == tenant_of(session), ImportRow.job_id == job_id


def fields_of_rows(session: Session, job_id: uuid.UUID, rows: Collection[int]) -> dict[int, str]:
    """The name of the field of each of these rows: of its cells, or of the string that it names."""
    found = execute_prepared(
        session,
        """select r.row, coalesce(nullif(r.cells->>'field', ''), f.name, '')
           from import_rows r
           left join strings s on s.tenant_id = r.tenant_id and s.id = r.string_id
           left join fields f on f.tenant_id = s.tenant_id and f.id = s.field_id
           where r.tenant_id = %(tenant)s and r.job_id = %(job)s and r.row = any(%(rows)s::bigint[])""",
        {"tenant": tenant_of(session), "job": job_id, "rows": array(rows)},
    )
    return dict(found.fetchall())


def families(session: Session, job_id: uuid.UUID) -> frozenset[int | None]:
    """The stored parents of new rows; None where a new row has none."""
    new = select(ImportRow.parent_id).where(*_of(session, job_id), ImportRow.work == "create")
    return frozenset(session.scalars(new.where(ImportRow.parent_row.is_(None)).distinct()))


def updated_strings(session: Session, job_id: uuid.UUID) -> frozenset[int]:
    """Strings that rows are going to change: what stands below them may follow."""
    changed = select(ImportRow.string_id).where(*_of(session, job_id), ImportRow.work == "update")
    return frozenset(string_id for string_id in session.scalars(changed) if string_id is not None)
