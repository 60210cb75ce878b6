"""The peer: a spend and its approval as most would write them, with SQLAlchemy's ORM and rows locked by SELECT FOR
UPDATE, over the narrow tables of the limit."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Engine, Identity, create_engine, make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from benchmarks.validation.calling import cpu_seconds

COST = 3


class Base(DeclarativeBase):
    """The tables are there already."""


class Holder(Base):
    __tablename__ = "holder"

    id: Mapped[int] = mapped_column(primary_key=True)
    xp: Mapped[int]
    pending: Mapped[int]
    spent: Mapped[int]
    version: Mapped[int]


class Entry(Base):
    __tablename__ = "entry"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    holder: Mapped[int]
    kind: Mapped[str]
    amount: Mapped[int]
    state: Mapped[str]


@cache
def _engine(url: str) -> Engine:
    """One connection for each process."""
    return create_engine(make_url(url).set(drivername="postgresql+psycopg"), pool_size=1)


def pairs(url: str, holders: Sequence[int], count: int) -> float:
    """CPU seconds of so many pairs on these holders in turn."""
    engine, begun = _engine(url), cpu_seconds()
    for turn in range(count):
        _approve(engine, _spend(engine, holders[turn % len(holders)]))
    return cpu_seconds() - begun


def _spend(engine: Engine, holder_id: int) -> int:
    with Session(engine) as session, session.begin():
        holder = session.get_one(Holder, holder_id, with_for_update=True)
        assert holder.xp >= COST
        holder.xp -= COST
        holder.pending += COST
        holder.version += 1
        entry = Entry(holder=holder.id, kind="reserve", amount=COST, state="Pending")
        session.add(entry)
        session.flush()
        return entry.id


def _approve(engine: Engine, entry_id: int) -> None:
    with Session(engine) as session, session.begin():
        entry = session.get_one(Entry, entry_id, with_for_update=True)
        holder = session.get_one(Holder, entry.holder, with_for_update=True)
        entry.state = "Approved"
        holder.pending -= COST
        holder.spent += COST
        holder.version += 1
