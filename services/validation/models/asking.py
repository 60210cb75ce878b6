"""Requests for experience: what a player says that a week or a story has earned."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.validation.domain.ledger.awards import IN_A_SCENE, scene_of
from services.validation.domain.ledger.requests import State
from services.validation.models.rows import Base, Kept, referring, ruled
from shared.rows import at_most, belongs_to

NO = text("false")


class Decided:
    """How a request for experience stands, and who said so."""

    __personal__: ClassVar = "decided_by"

    state: Mapped[str] = mapped_column(server_default=text(f"'{State.PENDING}'"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    reason: Mapped[str] = mapped_column(server_default=text("''"))


def decided(table: str) -> tuple[Any, ...]:
    pending = text(f"state = '{State.PENDING}'")
    return (
        at_most("reason", 500),
        Index(f"ix_{table}_pending", "tenant_id", "id", postgresql_where=pending),
        Index(f"ix_{table}_character", "tenant_id", "character_id", "id"),
    )


class WeeklyXpRequest(Decided, Kept, Base):
    """A category other than finishing names the scene it was earned in."""

    __tablename__ = "weekly_xp_requests"
    __table_args__ = (
        belongs_to("weeks", "week_id"),
        belongs_to("characters", "character_id", ondelete="CASCADE"),
        *(belongs_to("scenes", f"{scene_of(category)}_id") for category in IN_A_SCENE),
        *(referring("weekly_xp_requests", f"{scene_of(category)}_id") for category in IN_A_SCENE),
        UniqueConstraint("tenant_id", "week_id", "character_id", name="unique_weekly_xp_request"),
        *ruled("weekly_xp_requests"),
        *decided("weekly_xp_requests"),
    )

    week_id: Mapped[int]
    character_id: Mapped[int]
    finishing: Mapped[bool] = mapped_column(server_default=text("true"))
    learning: Mapped[bool] = mapped_column(server_default=NO)
    rp: Mapped[bool] = mapped_column(server_default=NO)
    focus: Mapped[bool] = mapped_column(server_default=NO)
    standingout: Mapped[bool] = mapped_column(server_default=NO)
    learning_scene_id: Mapped[int | None]
    rp_scene_id: Mapped[int | None]
    focus_scene_id: Mapped[int | None]
    standingout_scene_id: Mapped[int | None]


class StoryXpRequest(Decided, Kept, Base):
    """What a character did in a story."""

    __tablename__ = "story_xp_requests"
    __table_args__ = (
        belongs_to("stories", "story_id"),
        belongs_to("characters", "character_id", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "story_id", "character_id", name="unique_story_xp_request"),
        *ruled("story_xp_requests"),
        *decided("story_xp_requests"),
    )

    story_id: Mapped[int]
    character_id: Mapped[int]
    success: Mapped[bool] = mapped_column(server_default=NO)
    danger: Mapped[bool] = mapped_column(server_default=NO)
    growth: Mapped[bool] = mapped_column(server_default=NO)
    drama: Mapped[bool] = mapped_column(server_default=NO)
    duration: Mapped[int] = mapped_column(Integer, server_default=text("0"))
