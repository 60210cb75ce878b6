"""A character as its routes answer with it: what the caller may see of it, under a tag that is good for him."""

from typing import Any

from services.validation.models import Character
from services.validation.operations.characters import showing
from services.validation.operations.standing import Standing
from shared.current import current_session
from shared.resources import Answer, Values, check_version, fresh


def tag_of(character: Character, how: Standing) -> str:
    return showing.tag_of(current_session(), character, approves=how.is_approver)


def checked(character: Character, how: Standing, body: Values) -> Values:
    """Refuses a stale picture; returns the body without `version`."""
    return check_version(character, body, etag=tag_of(character, how))


def picture(character: Character, how: Standing, status: int = 200, **headers: str) -> Any:
    """As it is now."""
    (view,) = showing.shown(current_session(), [character])
    return view, status, {"ETag": tag_of(character, how)} | headers


def fresh_picture(character: Character, how: Standing) -> Answer:
    """The same, or 304 for who has it."""
    (view,) = showing.shown(current_session(), [character])
    return fresh(view, tag_of(character, how))
