"""Limit profiles: legal exceptions from the usual limits, and the columns in which rows carry their limits."""

from typing import ClassVar

from sqlalchemy import CheckConstraint, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from services.validation.domain.limits import DEFAULTS, OUTER, PAIRS
from services.validation.models.rows import Base, Kept, not_blank, referring, slug
from shared.rows import at_most, belongs_to, unique


def limit(name: str) -> Mapped[int]:
    return mapped_column(Integer, server_default=text(str(DEFAULTS[name])), sort_order=80)


class Limits:
    """The limits of a row, one column each."""

    __personal__: ClassVar = ""

    attributes_min: Mapped[int] = limit("attributes_min")
    attributes_max: Mapped[int] = limit("attributes_max")
    appearance_min: Mapped[int] = limit("appearance_min")
    abilities_min: Mapped[int] = limit("abilities_min")
    abilities_max: Mapped[int] = limit("abilities_max")
    willpower_min: Mapped[int] = limit("willpower_min")
    willpower_max: Mapped[int] = limit("willpower_max")
    temporary_willpower_max: Mapped[int] = limit("temporary_willpower_max")
    age_max: Mapped[int] = limit("age_max")
    apparent_age_max: Mapped[int] = limit("apparent_age_max")


class LimitProfile(Limits, Kept, Base):
    """Whose conditions all match and weigh most has it: see `domain.profiles`. A null condition matches everything."""

    __tablename__ = "limit_profiles"
    __table_args__ = (
        unique(
            "chronicle_id",
            "gameline_id",
            "character_type",
            name="unique_limit_profile",
            postgresql_nulls_not_distinct=True,
        ),
        # What characters refer to, so that none can carry limits that are not those of its profile.
        unique("id", *DEFAULTS, name="unique_limits_of_profile"),
        belongs_to("chronicles", "chronicle_id"),
        belongs_to("gamelines", "gameline_id"),
        referring("limit_profiles", "gameline_id"),
        CheckConstraint("num_nonnulls(chronicle_id, gameline_id, character_type) > 0", name="condition"),
        slug("character_type"),
        at_most("character_type", 50),
        not_blank("limit_profiles", "reason"),
        at_most("reason", 500),
        *(CheckConstraint(f"{name} between 0 and {outer}", name=f"{name}_range") for name, outer in OUTER.items()),
        *(CheckConstraint(f"{upper} >= {lower}", name=f"{lower}_{upper}") for lower, upper in PAIRS),
    )

    chronicle_id: Mapped[int | None]
    gameline_id: Mapped[int | None]
    character_type: Mapped[str | None]
    reason: Mapped[str]
