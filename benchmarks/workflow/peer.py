"""The peer: the same move with objects, one item at a time, as views mostly are written."""

from typing import ClassVar

from sqlalchemy import BigInteger, ForeignKey, Identity, create_engine, insert
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    type_annotation_map: ClassVar = {int: BigInteger}


class Item(Base):
    __tablename__ = "peer_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    version: Mapped[int]


class Audit(Base):
    __tablename__ = "peer_audit"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("peer_item.id"))
    old_state: Mapped[str]
    new_state: Mapped[str]


class Peer:
    """Items of its own beside those of the limit."""

    def __init__(self, url: str, items: int) -> None:
        self._engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
        self._run = 0
        Base.metadata.create_all(self._engine)
        with self._engine.begin() as connection:
            rows = [{"id": number, "state": "DRAFT", "version": 0} for number in range(1, items + 1)]
            connection.execute(insert(Item), rows)

    def move(self, items: int) -> int:
        """All in one transaction: looked up under a lock, compared, written, audited."""
        origin, target = ("DRAFT", "SUBMITTED") if self._run % 2 == 0 else ("SUBMITTED", "DRAFT")
        moved = 0
        with Session(self._engine) as session, session.begin():
            for number in range(1, items + 1):
                item = session.get_one(Item, number, with_for_update=True)
                if (item.state, item.version) == (origin, self._run):
                    item.state, item.version = target, item.version + 1
                    session.add(Audit(item_id=item.id, old_state=origin, new_state=target))
                    session.flush()
                    moved += 1
        self._run += 1
        return moved
