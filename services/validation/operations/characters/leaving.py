"""Takes characters that have left the game out of the scenes that are still played."""

from collections import defaultdict

from sqlalchemy import delete, func, update
from sqlalchemy.orm import Session

from services.validation.domain.statuses import LEFT
from services.validation.models import AuditEvent, Character, Scene, SceneParticipant
from shared.auditing.writing import Entry, record_many
from shared.tenancy import tenant_of


def leave_scenes(session: Session) -> int:
    """Returns how many places are free now. Three statements, with an audit row for each scene."""
    here = tenant_of(session)
    leaving = (
        delete(SceneParticipant)
        .where(
            SceneParticipant.tenant_id == here,
            Scene.tenant_id == here,
            Scene.id == SceneParticipant.scene_id,
            Scene.finished.is_(False),
            Character.tenant_id == here,
            Character.id == SceneParticipant.character_id,
            Character.status.in_(LEFT),
        )
        .returning(SceneParticipant.scene_id, SceneParticipant.character_id)
        .execution_options(synchronize_session=False)
    )
    left: dict[int, list[int]] = defaultdict(list)
    for scene_id, character_id in session.execute(leaving):
        left[scene_id].append(character_id)
    if left:
        touched = (
            update(Scene)
            .where(Scene.tenant_id == here, Scene.id.in_(left))
            .values(version=Scene.version + 1, updated_at=func.now())
        )
        session.execute(touched, execution_options={"synchronize_session": False})
    told = [
        Entry("scene.updated", "scene", scene_id, metadata={"left": sorted(ids)})
        for scene_id, ids in sorted(left.items())
    ]
    record_many(session, AuditEvent, told)
    return sum(map(len, left.values()))
