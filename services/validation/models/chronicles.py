"""Chronicles, the lines of games that they are played in, and who tells them."""

from sqlalchemy import CheckConstraint, Index, Integer, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from services.validation.models.rows import Base, Kept, not_blank, ruled
from shared.db import Name
from shared.rows import at_most, belongs_to, unique

EMPTY = text("''")
NONE = text("'{}'::text[]")


class Gameline(Kept, Base):
    __tablename__ = "gamelines"
    __table_args__ = (
        unique("code", name="unique_gameline_code"),
        CheckConstraint("char_length(code) between 2 and 10", name="code_length"),
        not_blank("gamelines", "name"),
        at_most("name", 100),
    )

    code: Mapped[str] = mapped_column(Name)
    name: Mapped[str]


class Chronicle(Kept, Base):
    """`game_storytellers` may look only; no `allowed_types` means that every type of character may join."""

    __tablename__ = "chronicles"
    __table_args__ = (
        *ruled("chronicles"),
        at_most("name", 100),
        at_most("head_st", 255),
        at_most("theme", 200),
        at_most("mood", 200),
        CheckConstraint("cardinality(game_storytellers) <= 100", name="game_storytellers_length"),
        Index("ix_chronicles_head_st", "tenant_id", "head_st"),
    )

    name: Mapped[str] = mapped_column(Name)
    head_st: Mapped[str | None] = mapped_column(Name)
    game_storytellers: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default=NONE)
    theme: Mapped[str] = mapped_column(server_default=EMPTY)
    mood: Mapped[str] = mapped_column(server_default=EMPTY)
    year: Mapped[int] = mapped_column(Integer, server_default=text("2022"))
    allowed_types: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default=NONE)


class StRelationship(Kept, Base):
    """A storyteller of a gameline in a chronicle. Imported rows may lack any of the three."""

    __tablename__ = "st_relationships"
    __table_args__ = (
        unique(
            "user_id",
            "chronicle_id",
            "gameline_id",
            name="unique_st_per_chronicle_gameline",
            postgresql_nulls_not_distinct=True,
        ),
        belongs_to("chronicles", "chronicle_id", ondelete="CASCADE"),
        belongs_to("gamelines", "gameline_id", ondelete="CASCADE"),
        at_most("user_id", 255),
        Index("ix_st_relationships_chronicle", "tenant_id", "chronicle_id"),
        Index("ix_st_relationships_gameline", "tenant_id", "gameline_id", "id"),
    )

    user_id: Mapped[str | None] = mapped_column(Name)
    chronicle_id: Mapped[int | None]
    gameline_id: Mapped[int | None]
