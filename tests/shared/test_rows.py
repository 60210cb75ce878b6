"""Constraints that a table declares in one line each, as PostgreSQL is told them."""

from sqlalchemy.orm import DeclarativeBase, Mapped
from sqlalchemy.schema import CreateTable

from shared.auditing import unclassified_columns
from shared.db import TYPES, new_metadata
from shared.rows import Row, at_most, belongs_to, one_of, unique


class Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = TYPES


class Shelf(Row, Base):
    __tablename__ = "shelves"
    __table_args__ = (unique("label"), at_most("label", 20), one_of("size", "small", "large"))
    label: Mapped[str]
    size: Mapped[str]


class Book(Row, Base):
    __tablename__ = "books"
    __table_args__ = (
        belongs_to("shelves", "shelf_id", ondelete="CASCADE"),
        belongs_to("shelves", "shelf_id", "shelf_label", remote=("id", "label"), name="fk_books_label"),
    )
    shelf_id: Mapped[int]
    shelf_label: Mapped[str]


def ddl(model: type[Base]) -> str:
    return " ".join(str(CreateTable(model.metadata.tables[model.__tablename__])).split())


def test_rows_are_numbered_within_their_tenant_and_know_who_made_them() -> None:
    assert "CONSTRAINT pk_shelves PRIMARY KEY (tenant_id, id)" in ddl(Shelf)
    assert [column.name for column in Shelf.__table__.columns] == [
        "tenant_id",
        "id",
        "label",
        "size",
        "created_at",
        "updated_at",
        "created_by",
    ]
    assert unclassified_columns(Base.metadata) == [
        "shelves.label",
        "shelves.size",
        "books.shelf_id",
        "books.shelf_label",
    ]
    assert Shelf.__table__.c.created_by.info["class"] == "personal"


def test_uniqueness_lengths_and_words_carry_names_that_tell_the_field() -> None:
    assert "CONSTRAINT uq_shelves_tenant_id_label UNIQUE (tenant_id, label)" in ddl(Shelf)
    assert "CONSTRAINT ck_shelves_label_length CHECK (char_length(label) <= 20)" in ddl(Shelf)
    assert "CONSTRAINT ck_shelves_size CHECK (size in ('small', 'large'))" in ddl(Shelf)


def test_references_stay_within_the_tenant() -> None:
    created = ddl(Book)
    assert "FOREIGN KEY(tenant_id, shelf_id) REFERENCES shelves (tenant_id, id) ON DELETE CASCADE" in created
    assert (
        "CONSTRAINT fk_books_label FOREIGN KEY(tenant_id, shelf_id, shelf_label)"
        " REFERENCES shelves (tenant_id, id, label)"
    ) in created
