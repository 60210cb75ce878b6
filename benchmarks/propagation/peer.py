"""The peer: the same work as it is written first, with the objects of an ORM, one string at a time, over the limit's
tables."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


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
    old_value: Mapped[str | None]
    new_value: Mapped[str]


def recurse(session: Session, parent_id: int, *, dimension: int, value: str, job: int) -> int:
    """Each child, then its own children."""
    count = 0
    for child in session.scalars(select(StringNode).where(StringNode.parent_id == parent_id)).all():
        _change(session, child, dimension=dimension, value=value, job=job)
        count += 1 + recurse(session, child.id, dimension=dimension, value=value, job=job)
    return count


def one_by_one(session: Session, ids: Iterable[int], *, dimension: int, value: str, job: int) -> int:
    """Strings that somebody has picked: in a batch, by a value, by a rule, from a history."""
    count = 0
    for string_id in ids:
        _change(session, session.get_one(StringNode, string_id), dimension=dimension, value=value, job=job)
        count += 1
    return count


def export(session: Session, count: int) -> int:
    """The details of each when its row is written."""
    writer = csv.writer(io.StringIO())
    written = 0
    for node in session.scalars(select(StringNode).order_by(StringNode.id.desc()).limit(count)):
        values = {detail.dimension_id: detail.value for detail in node.details}
        writer.writerow([node.id, node.parent_id, node.value, *(values[dimension] for dimension in sorted(values))])
        written += 1
    return written


def import_rows(session: Session, rows: Sequence[Mapping[str, Any]]) -> int:
    """For each its parent, the rule, whether the name is taken, then five rows."""
    for row in rows:
        values = {dimension: row[f"dimension:D{dimension}"] for dimension in (1, 2, 3)}
        parts = session.scalars(select(Part).order_by(Part.dimension_id)).all()
        name = "".join(
            f"{part.delimiter_before}{part.prefix}{values[part.dimension_id]}{part.suffix}" for part in parts
        )
        taken = select(StringNode).where(StringNode.parent_id == row["parent_id"], StringNode.value == name)
        assert session.scalars(taken).first() is None
        node = StringNode(
            id=session.scalars(select(func.max(StringNode.id))).one() + 1,
            parent_id=row["parent_id"],
            value=name,
            version=1,
        )
        session.add(node)
        session.flush()
        for dimension, value in values.items():
            session.add(DetailRow(string_id=node.id, dimension_id=dimension, value=value))
            session.flush()
        session.add(AuditRow(job=0, string_id=node.id, old_value=None, new_value=name))
        session.flush()
    return len(rows)


def _change(session: Session, node: StringNode, *, dimension: int, value: str, job: int) -> None:
    """Its detail, the rule, three saves."""
    own = session.scalars(
        select(DetailRow).where(DetailRow.string_id == node.id, DetailRow.dimension_id == dimension)
    ).one()
    own.value = value
    session.flush()
    old, node.value = node.value, _regenerated(session, node)
    node.version += 1
    session.flush()
    session.add(AuditRow(job=job, string_id=node.id, old_value=old, new_value=node.value))
    session.flush()


def _regenerated(session: Session, node: StringNode) -> str:
    values = {detail.dimension_id: detail.value for detail in node.details}
    return _name(session.scalars(select(Part).order_by(Part.dimension_id)).all(), values)


def _name(parts: Iterable[Part], values: Mapping[int, str]) -> str:
    return "".join(f"{part.delimiter_before}{part.prefix}{values[part.dimension_id]}{part.suffix}" for part in parts)
