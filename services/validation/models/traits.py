"""Ratings: as columns those that every character has, as rows those that a tenant has defined."""

from typing import ClassVar

from sqlalchemy import CheckConstraint, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from services.validation.domain.traits import USUAL
from services.validation.models.rows import Base, Kept, not_blank, slug
from shared.db import Name
from shared.rows import Row, at_most, belongs_to, unique


def rating(code: str) -> Mapped[int]:
    return mapped_column(Integer, server_default=text(str(USUAL[code])), sort_order=50)


class Ratings:
    """Attributes, abilities and willpower."""

    __personal__: ClassVar = ""

    strength: Mapped[int] = rating("strength")
    dexterity: Mapped[int] = rating("dexterity")
    stamina: Mapped[int] = rating("stamina")
    charisma: Mapped[int] = rating("charisma")
    manipulation: Mapped[int] = rating("manipulation")
    appearance: Mapped[int] = rating("appearance")
    perception: Mapped[int] = rating("perception")
    intelligence: Mapped[int] = rating("intelligence")
    wits: Mapped[int] = rating("wits")
    alertness: Mapped[int] = rating("alertness")
    athletics: Mapped[int] = rating("athletics")
    brawl: Mapped[int] = rating("brawl")
    empathy: Mapped[int] = rating("empathy")
    expression: Mapped[int] = rating("expression")
    intimidation: Mapped[int] = rating("intimidation")
    streetwise: Mapped[int] = rating("streetwise")
    subterfuge: Mapped[int] = rating("subterfuge")
    crafts: Mapped[int] = rating("crafts")
    drive: Mapped[int] = rating("drive")
    etiquette: Mapped[int] = rating("etiquette")
    firearms: Mapped[int] = rating("firearms")
    melee: Mapped[int] = rating("melee")
    stealth: Mapped[int] = rating("stealth")
    academics: Mapped[int] = rating("academics")
    computer: Mapped[int] = rating("computer")
    investigation: Mapped[int] = rating("investigation")
    medicine: Mapped[int] = rating("medicine")
    science: Mapped[int] = rating("science")
    willpower: Mapped[int] = rating("willpower")
    temporary_willpower: Mapped[int] = rating("temporary_willpower")


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
