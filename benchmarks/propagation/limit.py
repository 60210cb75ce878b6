"""The limit: one statement that does the least a correct solution could do, and the peer: the same work row by row."""

from typing import Any

import psycopg
from sqlalchemy import BigInteger, ForeignKey, Identity, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

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


class Base(DeclarativeBase):
    type_annotation_map = {int: BigInteger()}  # noqa: RUF012 - SQLAlchemy's own form


class Part(Base):
    __tablename__ = "rule_part"

    dimension_id: Mapped[int] = mapped_column(primary_key=True)
    prefix: Mapped[str]
    suffix: Mapped[str]
    delimiter_before: Mapped[str]


class DetailRow(Base):
    __tablename__ = "detail"

    string_id: Mapped[int] = mapped_column(ForeignKey("string.id"), primary_key=True)
    dimension_id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[str]


class StringNode(Base):
    __tablename__ = "string"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None]
    value: Mapped[str]
    version: Mapped[int]
    details: Mapped[list[DetailRow]] = relationship()


class AuditRow(Base):
    __tablename__ = "string_audit"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    job: Mapped[int]
    string_id: Mapped[int]
    old_value: Mapped[str]
    new_value: Mapped[str]


def recurse(session: Session, parent_id: int, *, dimension: int, value: str, job: int) -> int:
    """As it is written first: for each child its details, the rule, three saves, then its own children."""
    count = 0
    for child in session.scalars(select(StringNode).where(StringNode.parent_id == parent_id)).all():
        own = session.scalars(
            select(DetailRow).where(DetailRow.string_id == child.id, DetailRow.dimension_id == dimension)
        ).one()
        own.value = value
        session.flush()
        old, child.value = child.value, _regenerated(session, child)
        child.version += 1
        session.flush()
        session.add(AuditRow(job=job, string_id=child.id, old_value=old, new_value=child.value))
        session.flush()
        count += 1 + recurse(session, child.id, dimension=dimension, value=value, job=job)
    return count


def _regenerated(session: Session, node: StringNode) -> str:
    values = {detail.dimension_id: detail.value for detail in node.details}
    parts = session.scalars(select(Part).order_by(Part.dimension_id)).all()
    return "".join(f"{part.delimiter_before}{part.prefix}{values[part.dimension_id]}{part.suffix}" for part in parts)


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
