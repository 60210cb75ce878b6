"""Scenes: who takes part, and how they end."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.validation.errors import SceneFinished, XpAlreadyGiven
from services.validation.models import Character, Chronicle, Scene, SceneParticipant, Week
from services.validation.operations import faults
from services.validation.operations.play.weeks import end_of
from services.validation.queries.play import week_ending
from shared import editing
from shared.auditing.models import EventType
from shared.errors import FieldError, UnknownReference
from shared.tenancy import context_of, tenant_of


def create(session: Session, values: Mapping[str, Any], characters: Sequence[int]) -> Scene:
    """Raises UnknownReference, Invalid."""
    editing.demand_reference(session, Chronicle, values.get("chronicle_id"), "/chronicle")
    _demand_known(session, characters)
    scene = editing.create(session, Scene, values)
    faults.keep(session, scene)
    _add(session, scene, set(characters))
    session.refresh(scene, ["characters"])
    return scene


def change(session: Session, scene: Scene, values: Mapping[str, Any], characters: Sequence[int] | None) -> None:
    """Changes a locked scene; `characters` are all who take part then. Raises SceneFinished, UnknownReference,
    Invalid."""
    editing.demand_reference(session, Chronicle, values.get("chronicle_id"), "/chronicle")
    if characters is not None:
        _recast(session, scene, characters)
    editing.change(session, scene, values)
    faults.keep(session, scene, changed=values)


def _recast(session: Session, scene: Scene, characters: Sequence[int]) -> None:
    session.refresh(scene, ["characters"])  # as it is below the lock
    before, after = set(scene.characters), set(characters)
    if before == after:
        return
    if scene.finished:
        raise SceneFinished("This scene is finished; who took part stands.")
    _demand_known(session, characters)
    _remove(session, scene, before - after)
    _add(session, scene, after - before)
    # A new version: readers see another cast.
    scene.updated_at = datetime.now(UTC)
    session.flush()
    session.refresh(scene, ["characters"])
    editing.audit(session, scene, "recast", metadata={"characters": [sorted(before), sorted(after)]})


def remove(session: Session, scene: Scene) -> None:
    """Raises XpAlreadyGiven, InUse."""
    if scene.xp_given:
        raise XpAlreadyGiven("The XP of this scene has been given; it stays.")
    editing.delete(session, scene)


def close(session: Session, scene: Scene, last_post_date: date | None) -> None:
    """Ends a locked scene in the week of its last post, which is made if needed. Raises SceneFinished,
    Invalid."""
    if scene.finished:
        raise SceneFinished("This scene is finished already.")
    last_post = last_post_date or scene.last_post_date or datetime.now(UTC).date()
    scene.last_post_date = last_post
    scene.finished, scene.finished_at = True, datetime.now(UTC)
    scene.week_id = week_of(session, last_post).id
    session.flush()
    faults.keep(session, scene, changed=("last_post_date", "finished", "finished_at", "week_id"))
    changes = {"finished": [False, True], "week_id": [None, scene.week_id]}
    editing.audit(session, scene, "closed", event_type=EventType.STATE_CHANGED, changes=changes)


def week_of(session: Session, day: date) -> Week:
    """The week that the day belongs to. Two who make it at once make one."""
    end = end_of(day, "/last_post_date")
    found = week_ending(session, end)
    if found is not None:
        return found
    made = insert(Week).values(tenant_id=tenant_of(session), end_date=end, created_by=context_of(session).actor)
    session.execute(made.on_conflict_do_nothing())
    week = week_ending(session, end)
    assert week is not None  # made here or, a moment ago, by another
    return week


def _demand_known(session: Session, characters: Sequence[int]) -> None:
    """Raises UnknownReference with every id that is none of the tenant's characters."""
    known = select(Character.id).where(Character.tenant_id == tenant_of(session), Character.id.in_(set(characters)))
    found = set(session.scalars(known)) if characters else set()
    missing = [number for number, character in enumerate(characters) if character not in found]
    if missing:
        detail = "There is no such character."
        refusal = UnknownReference(f"/characters/{missing[0]}", detail)
        refusal.errors = [FieldError(f"/characters/{number}", UnknownReference.code, detail) for number in missing]
        raise refusal


def _add(session: Session, scene: Scene, characters: set[int]) -> None:
    added = {"tenant_id": scene.tenant_id, "scene_id": scene.id, "created_by": context_of(session).actor}
    rows = [added | {"character_id": character} for character in sorted(characters)]
    if rows:
        session.execute(insert(SceneParticipant).values(rows))


def _remove(session: Session, scene: Scene, characters: set[int]) -> None:
    session.execute(
        delete(SceneParticipant).where(
            SceneParticipant.tenant_id == scene.tenant_id,
            SceneParticipant.scene_id == scene.id,
            SceneParticipant.character_id.in_(characters),
        )
    )
