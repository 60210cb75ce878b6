"""Weeks with what ended in them."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.validation.models import Character, Scene, SceneParticipant, Week
from shared.tenancy import tenant_of


def week_ending(session: Session, end: date) -> Week | None:
    return session.scalars(select(Week).where(Week.tenant_id == tenant_of(session), Week.end_date == end)).one_or_none()


def scenes_of_week(session: Session, week_id: int) -> Sequence[int]:
    """Ids of the finished scenes of a week, in order."""
    return session.scalars(
        select(Scene.id)
        .where(Scene.tenant_id == tenant_of(session), Scene.week_id == week_id, Scene.finished)
        .order_by(Scene.id)
    ).all()


def cast_of_week(session: Session, week_id: int) -> Sequence[int]:
    """Ids of the characters with a player in the finished scenes of a week, in order."""
    return session.scalars(
        select(Character.id)
        .where(
            Character.tenant_id == tenant_of(session),
            Character.npc.is_(False),
            select(SceneParticipant.id)
            .join(Scene, (Scene.tenant_id == SceneParticipant.tenant_id) & (Scene.id == SceneParticipant.scene_id))
            .where(
                SceneParticipant.tenant_id == Character.tenant_id,
                SceneParticipant.character_id == Character.id,
                Scene.week_id == week_id,
                Scene.finished,
            )
            .exists(),
        )
        .order_by(Character.id)
    ).all()
