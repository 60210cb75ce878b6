"""Characters, with the limits that hold for each of them, and how their status has moved."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, Index, Integer, func, text
from sqlalchemy.orm import Mapped, mapped_column

from services.validation.domain.limits import DEFAULTS
from services.validation.models.limits import Limits
from services.validation.models.rows import Base, Kept, named, ruled, slug
from services.validation.models.traits import Ratings
from shared.db import Name
from shared.rows import Row, at_most, belongs_to

EMPTY = text("''")
ZERO = text("0")


def _defaults() -> str:
    return " and ".join(f"{name} = {value}" for name, value in DEFAULTS.items())


class Character(Ratings, Limits, Kept, Base):
    """`xp`, `xp_pending`, `xp_spent` and `ledger_entries` are projections of the ledger, written by it alone.

    The limits are those of the profile, or the usual ones; a foreign key over both sees to it.
    """

    __tablename__ = "characters"
    __table_args__ = (
        *ruled("characters"),
        named("characters_default_limits", f"limit_profile_id is not null or ({_defaults()})"),
        belongs_to(
            "limit_profiles",
            "limit_profile_id",
            *DEFAULTS,
            remote=("id", *DEFAULTS),
            name="characters_limit_profile_fk",
            onupdate="CASCADE",
        ),
        belongs_to("chronicles", "chronicle_id", ondelete="SET NULL (chronicle_id)"),
        belongs_to("gamelines", "gameline_id", ondelete="SET NULL (gameline_id)"),
        at_most("name", 200),
        at_most("owner", 255),
        slug("character_type"),
        at_most("character_type", 50),
        at_most("concept", 100),
        *(at_most(name, 20_000) for name in ("description", "public_info", "notes", "st_notes")),
        CheckConstraint("creation_status >= 0", name="creation_status"),
        CheckConstraint("ledger_entries >= 0", name="ledger_entries"),
        Index("ix_characters_owner", "tenant_id", "owner"),
        Index("ix_characters_chronicle", "tenant_id", "chronicle_id", "gameline_id"),
        Index("ix_characters_gameline", "tenant_id", "gameline_id"),
        Index("ix_characters_status", "tenant_id", "status", "id"),
        Index("ix_characters_limit_profile", "tenant_id", "limit_profile_id"),
    )

    name: Mapped[str] = mapped_column(Name)
    owner: Mapped[str | None] = mapped_column(Name)
    chronicle_id: Mapped[int | None]
    gameline_id: Mapped[int | None]
    character_type: Mapped[str] = mapped_column(server_default=text("'human'"))
    status: Mapped[str] = mapped_column(server_default=text("'Un'"))
    npc: Mapped[bool] = mapped_column(server_default=text("false"))
    concept: Mapped[str] = mapped_column(server_default=EMPTY)
    creation_status: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    description: Mapped[str] = mapped_column(server_default=EMPTY)
    public_info: Mapped[str] = mapped_column(server_default=EMPTY)
    notes: Mapped[str] = mapped_column(server_default=EMPTY)
    st_notes: Mapped[str] = mapped_column(server_default=EMPTY)
    visibility: Mapped[str] = mapped_column(server_default=text("'PRI'"))
    image_status: Mapped[str] = mapped_column(server_default=text("'sub'"))
    display: Mapped[bool] = mapped_column(server_default=text("true"))
    freebies: Mapped[int] = mapped_column(Integer, server_default=text("15"))
    freebies_approved: Mapped[bool] = mapped_column(server_default=text("false"))
    age: Mapped[int | None] = mapped_column(Integer, sort_order=60)
    apparent_age: Mapped[int | None] = mapped_column(Integer, sort_order=60)
    date_of_birth: Mapped[date | None] = mapped_column(Date, sort_order=60)
    xp: Mapped[int] = mapped_column(server_default=ZERO, sort_order=70)
    xp_pending: Mapped[int] = mapped_column(server_default=ZERO, sort_order=70)
    xp_spent: Mapped[int] = mapped_column(server_default=ZERO, sort_order=70)
    ledger_entries: Mapped[int] = mapped_column(server_default=ZERO, sort_order=70)
    limit_profile_id: Mapped[int | None] = mapped_column(sort_order=80)


class StatusChange(Row, Base):
    """A move of a character, written once; its creation is the first, with no old status."""

    __tablename__ = "status_changes"
    __table_args__ = (
        belongs_to("characters", "character_id", ondelete="CASCADE"),
        at_most("reason", 500),
        Index("ix_status_changes_character", "tenant_id", "character_id", "id"),
    )

    character_id: Mapped[int]
    old: Mapped[str | None]
    new: Mapped[str]
    actor: Mapped[str | None]
    reason: Mapped[str] = mapped_column(server_default=EMPTY)
    changed_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
