"""What is played: scenes and who takes part, stories, and the weeks that play is counted in."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Index, func, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT, aggregate_order_by
from sqlalchemy.orm import Mapped, column_property, mapped_column

from services.validation.domain.ledger.weeks import week_start
from services.validation.models.rows import Base, Kept, not_blank
from shared.rows import Row, at_most, belongs_to, unique

TODAY = func.current_date()
NO = text("false")
EMPTY = text("''")


class Week(Kept, Base):
    """Seven days that end on a Sunday."""

    __tablename__ = "weeks"
    __table_args__ = (
        unique("end_date"),
        CheckConstraint("extract(isodow from end_date) = 7", name="end_date_sunday"),
    )

    end_date: Mapped[date]

    @property
    def start_date(self) -> date:
        return week_start(self.end_date)


class Scene(Kept, Base):
    """finished, finished_at, week and xp_given change by actions only."""

    __tablename__ = "scenes"
    __table_args__ = (
        belongs_to("chronicles", "chronicle_id", ondelete="SET NULL (chronicle_id)"),
        belongs_to("weeks", "week_id"),
        not_blank("scenes", "name"),
        at_most("name", 100),
        at_most("location", 200),
        at_most("st_message", 300),
        Index("ix_scenes_chronicle", "tenant_id", "chronicle_id", "id"),
        Index("ix_scenes_week", "tenant_id", "week_id", "id"),
        Index("ix_scenes_awaiting", "tenant_id", "id", postgresql_where=text("finished and not xp_given")),
    )

    name: Mapped[str]
    chronicle_id: Mapped[int | None]
    location: Mapped[str] = mapped_column(server_default=EMPTY)
    date_played: Mapped[date] = mapped_column(server_default=TODAY)
    date_of_scene: Mapped[date | None] = mapped_column(server_default=TODAY)
    last_post_date: Mapped[date | None]
    finished: Mapped[bool] = mapped_column(server_default=NO)
    finished_at: Mapped[datetime | None]
    week_id: Mapped[int | None]
    xp_given: Mapped[bool] = mapped_column(server_default=NO)
    waiting_for_st: Mapped[bool] = mapped_column(server_default=NO)
    st_message: Mapped[str] = mapped_column(server_default=EMPTY)

    if TYPE_CHECKING:
        characters: Mapped[list[int]]

    @property
    def embedded(self) -> tuple[int, ...]:
        """Parts of what is shown that come and go without a new version: a character that is deleted."""
        return tuple(self.characters)


class SceneParticipant(Row, Base):
    """Fixed once the scene is finished."""

    __tablename__ = "scene_participants"
    __table_args__ = (
        belongs_to("scenes", "scene_id", ondelete="CASCADE"),
        belongs_to("characters", "character_id", ondelete="CASCADE"),
        unique("scene_id", "character_id"),
        Index("ix_scene_participants_character", "tenant_id", "character_id", "scene_id"),
    )

    scene_id: Mapped[int]
    character_id: Mapped[int]


# Who takes part, in order, read with the scene.
Scene.characters = column_property(
    select(
        func.coalesce(
            func.array_agg(aggregate_order_by(SceneParticipant.character_id, SceneParticipant.character_id.asc())),
            literal([], ARRAY(BIGINT)),
        )
    )
    .where(SceneParticipant.tenant_id == Scene.tenant_id, SceneParticipant.scene_id == Scene.id)
    .correlate_except(SceneParticipant)
    .scalar_subquery()
)


class Story(Kept, Base):
    """xp_given changes by the award only."""

    __tablename__ = "stories"
    __table_args__ = (
        belongs_to("chronicles", "chronicle_id", ondelete="SET NULL (chronicle_id)"),
        not_blank("stories", "name"),
        at_most("name", 100),
        Index("ix_stories_chronicle", "tenant_id", "chronicle_id", "id"),
    )

    name: Mapped[str]
    chronicle_id: Mapped[int | None]
    xp_given: Mapped[bool] = mapped_column(server_default=NO)
