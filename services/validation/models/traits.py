"""Ratings: as columns those that every character has, as rows those that a tenant has defined."""

from typing import ClassVar

from sqlalchemy import CheckConstraint, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from services.validation.models.rows import Base, Kept, not_blank, slug
from shared.db import Name
from shared.rows import Row, at_most, belongs_to, unique


def rating(usual: int) -> Mapped[int]:
    return mapped_column(Integer, server_default=text(str(usual)), sort_order=50)


class Ratings:
    """Attributes, abilities and willpower."""

    __personal__: ClassVar = ""

    strength: Mapped[int] = rating(1)
    dexterity: Mapped[int] = rating(1)
    stamina: Mapped[int] = rating(1)
    charisma: Mapped[int] = rating(1)
    manipulation: Mapped[int] = rating(1)
    appearance: Mapped[int] = rating(1)
    perception: Mapped[int] = rating(1)
    intelligence: Mapped[int] = rating(1)
    wits: Mapped[int] = rating(1)
    alertness: Mapped[int] = rating(0)
    athletics: Mapped[int] = rating(0)
    brawl: Mapped[int] = rating(0)
    empathy: Mapped[int] = rating(0)
    expression: Mapped[int] = rating(0)
    intimidation: Mapped[int] = rating(0)
    streetwise: Mapped[int] = rating(0)
    subterfuge: Mapped[int] = rating(0)
    crafts: Mapped[int] = rating(0)
    drive: Mapped[int] = rating(0)
    etiquette: Mapped[int] = rating(0)
    firearms: Mapped[int] = rating(0)
    melee: Mapped[int] = rating(0)
    stealth: Mapped[int] = rating(0)
    academics: Mapped[int] = rating(0)
    computer: Mapped[int] = rating(0)
    investigation: Mapped[int] = rating(0)
    medicine: Mapped[int] = rating(0)
    science: Mapped[int] = rating(0)
    willpower: Mapped[int] = rating(3)
    temporary_willpower: Mapped[int] = rating(3)


class TraitDefinition(Kept, Base):
    """A background, a merit, a flaw or a power of a gameline; withdrawn while not active."""

    __tablename__ = "trait_definitions"
    __table_args__ = (
        unique("code", name="unique_trait_code"),
        belongs_to("gamelines", "gameline_id"),
        slug("code"),
        at_most("code", 50),
        not_blank("trait_definitions", "label"),
        at_most("label", 100),
        slug("kind"),
        at_most("kind", 50),
        slug("class"),
        at_most("class", 50),
        CheckConstraint("multiplier between 1 and 10", name="multiplier_range"),
        CheckConstraint("min between -10 and 10", name="min_range"),
        CheckConstraint("max between -10 and 10", name="max_range"),
        CheckConstraint("max >= min", name="min_max"),
        Index("ix_trait_definitions_gameline", "tenant_id", "gameline_id"),
    )

    code: Mapped[str] = mapped_column(Name)
    label: Mapped[str]
    kind: Mapped[str]
    class_: Mapped[str] = mapped_column("class", server_default=text("'standard'"))
    gameline_id: Mapped[int | None]
    multiplier: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    min: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    max: Mapped[int] = mapped_column(Integer, server_default=text("5"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))


class CharacterTrait(Row, Base):
    """A rating other than 0 in a defined trait."""

    __tablename__ = "character_traits"
    __table_args__ = (
        unique("character_id", "trait_definition_id", name="unique_trait_of_character"),
        belongs_to("characters", "character_id", ondelete="CASCADE"),
        belongs_to("trait_definitions", "trait_definition_id"),
        CheckConstraint("rating between -10 and 10", name="rating_range"),
        Index("ix_character_traits_definition", "tenant_id", "trait_definition_id", "rating"),
    )

    character_id: Mapped[int]
    trait_definition_id: Mapped[int]
    rating: Mapped[int] = mapped_column(Integer)
