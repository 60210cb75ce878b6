"""Files, corrects and takes back requests for the experience of a week or a story."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.validation.domain.ledger.awards import IN_A_SCENE, scene_of
from services.validation.domain.ledger.requests import State
from services.validation.errors import AlreadyProcessed, NotOwner, WrongScene
from services.validation.models import Scene, Story, StoryXpRequest, Week, WeeklyXpRequest
from services.validation.operations import faults
from services.validation.operations.standing import find
from shared import editing
from shared.errors import FieldError, Invalid, UnknownReference
from shared.tenancy import tenant_of

Request = TypeVar("Request", WeeklyXpRequest, StoryXpRequest)
Values = Mapping[str, Any]


def file_weekly(session: Session, values: Values) -> WeeklyXpRequest:
    """By the owner, who has always finished the week, or by who decides about the character.

    Raises NotFound, NotOwner, UnknownReference, Invalid, WrongScene, AlreadyExists.
    """
    is_owner = demand_filer(session, values["character_id"])
    editing.demand_reference(session, Week, values["week_id"], "/week")
    values = {**values, "finishing": True} if is_owner else values
    check_scenes(session, values["week_id"], values)
    request = editing.create(session, WeeklyXpRequest, values)
    faults.keep(session, request)
    return request


def file_story(session: Session, values: Values) -> StoryXpRequest:
    """Raises NotFound, NotOwner, UnknownReference, AlreadyExists."""
    demand_filer(session, values["character_id"])
    editing.demand_reference(session, Story, values["story_id"], "/story")
    return editing.create(session, StoryXpRequest, values)


def change(session: Session, request: Request, values: Values, *, is_owner: bool) -> None:
    """Corrects a locked request that waits, for who may file it. Raises as filing does, and AlreadyProcessed."""
    demand_waiting(request)
    if isinstance(request, WeeklyXpRequest):
        values = {**values, "finishing": True} if is_owner and "finishing" in values else values
        check_scenes(session, request.week_id, {**shown(request), **values})
    editing.change(session, request, values)
    if isinstance(request, WeeklyXpRequest):
        faults.keep(session, request, changed=values)


def take_back(session: Session, request: WeeklyXpRequest | StoryXpRequest) -> None:
    """Removes a locked request that waits, for who may file it. Raises AlreadyProcessed."""
    demand_waiting(request)
    editing.delete(session, request)


def demand_filer(session: Session, character_id: int) -> bool:
    """Whether the caller is the owner. Raises NotFound, NotOwner."""
    _character, how = find(session, character_id)
    if not (how.is_owner or how.is_approver):
        raise NotOwner
    return how.is_owner


def demand_waiting(request: WeeklyXpRequest | StoryXpRequest) -> None:
    if request.state != State.PENDING:
        raise AlreadyProcessed(request.state)


def shown(request: WeeklyXpRequest) -> dict[str, Any]:
    """What the request says, as `check_scenes` reads it."""
    names = [name for category in IN_A_SCENE for name in (category, f"{scene_of(category)}_id")]
    return {name: getattr(request, name) for name in names}


def check_scenes(session: Session, week_id: int, values: Values) -> None:
    """Each category but finishing was earned in a finished scene of the week. Raises Invalid, WrongScene,
    UnknownReference."""
    named = {scene_of(category): values.get(f"{scene_of(category)}_id") for category in IN_A_SCENE}
    missing = [scene_of(category) for category in IN_A_SCENE if values.get(category) and not named[scene_of(category)]]
    if missing:
        detail = "Name the scene that this was earned in."
        raise Invalid(detail, code="required", errors=[FieldError(f"/{name}", "required", detail) for name in missing])
    wanted = {scene_id for scene_id in named.values() if scene_id is not None}
    if not wanted:
        return
    rows = session.execute(
        select(Scene.id, Scene.finished, Scene.week_id).where(
            Scene.tenant_id == tenant_of(session), Scene.id.in_(wanted)
        )
    )
    found = {row.id: row.finished and row.week_id == week_id for row in rows}
    for name, scene_id in named.items():
        if scene_id is not None and scene_id not in found:
            raise UnknownReference(f"/{name}", f"There is no scene {scene_id}.")
        if scene_id is not None and not found[scene_id]:
            raise WrongScene(f"/{name}", f"The scene {scene_id} was not finished in that week.")
