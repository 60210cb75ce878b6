"""Decides requests for the experience of a week or a story; what is approved is booked once, under the row's lock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from services.validation.domain.ledger.accounts import Balance, Kind
from services.validation.domain.ledger.awards import STORY_FLAGS, WEEKLY_CATEGORIES, story_points, weekly_points
from services.validation.domain.ledger.requests import State
from services.validation.domain.statuses import DECEASED
from services.validation.errors import AlreadyAwarded, CharacterNotActive, InvalidRequest
from services.validation.models import Character, Story, StoryXpRequest, WeeklyXpRequest
from services.validation.operations import faults
from services.validation.operations.asking.filing import check_scenes, demand_waiting, shown
from services.validation.operations.ledger.booking import balance_of, book
from services.validation.operations.standing import demand_decider, demand_not_quarantined, find
from services.validation.queries.ledger.entries import has_story_award
from shared import editing
from shared.auditing.models import EventType
from shared.errors import NotFound
from shared.locking import lock_by_id
from shared.tenancy import context_of

Request = WeeklyXpRequest | StoryXpRequest
Check = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Decision:
    """The request as it is now, what it gave, and what the character holds."""

    request: Request
    amount: int
    balance: Balance


def approve_weekly(
    session: Session, request_id: int, *, check: Check, reason: str | None = None, values: Mapping[str, Any]
) -> Decision:
    """`values` are categories and scenes that are rewritten first. Raises InvalidRequest, NotApprover, OwnCharacter,
    AlreadyProcessed, what filing raises, Quarantined and CharacterNotActive."""
    request, character = claimed(session, WeeklyXpRequest, request_id, check)
    check_scenes(session, request.week_id, {**shown(request), **values})
    _rewrite(request, values)
    points = weekly_points({name: getattr(request, name) for name in WEEKLY_CATEGORIES})
    return _approve(
        session, request, character, Kind.WEEKLY_AWARD, points, reason, about={"weekly_request_id": request.id}
    )


def approve_story(
    session: Session, request_id: int, *, check: Check, reason: str | None = None, values: Mapping[str, Any]
) -> Decision:
    """Raises as the above, and AlreadyAwarded where the character has the award of the story."""
    request, character = claimed(session, StoryXpRequest, request_id, check)
    if has_story_award(session, request.story_id, character.id):
        raise AlreadyAwarded("This character has the XP of this story already.")
    _rewrite(request, values)
    points = story_points([getattr(request, name) for name in STORY_FLAGS], request.duration)
    about = {"story_request_id": request.id, "story_id": request.story_id}
    return _approve(session, request, character, Kind.STORY_AWARD, points, reason, about=about)


def deny(
    session: Session,
    model: type[WeeklyXpRequest] | type[StoryXpRequest],
    request_id: int,
    *,
    check: Check,
    reason: str | None,
) -> Decision:
    """Books nothing."""
    request, character = claimed(session, model, request_id, check)
    _decide(session, request, State.DENIED, reason, 0)
    return Decision(request, 0, balance_of(character))


def claimed(session: Session, model: type[Any], request_id: int, check: Check) -> tuple[Any, Character]:
    """The request, its story and its character, locked in this order, by somebody who may decide."""
    found = lock_by_id(session, model, [request_id])
    if not found:
        raise InvalidRequest
    request = found[0]
    if isinstance(request, StoryXpRequest):
        # The award of the story locks it too: one of the two sees what the other has given.
        lock_by_id(session, Story, [request.story_id])
    try:
        character, how = find(session, request.character_id, lock=True)
    except NotFound:
        raise InvalidRequest from None
    demand_decider(character, how)
    check(request)
    demand_waiting(request)
    return request, character


def _rewrite(request: Request, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(request, name, value)


def _approve(
    session: Session,
    request: Request,
    character: Character,
    kind: Kind,
    points: int,
    reason: str | None,
    *,
    about: Mapping[str, int],
) -> Decision:
    demand_not_quarantined(session, character)
    if character.status == DECEASED:
        raise CharacterNotActive(character.status)
    _decide(session, request, State.APPROVED, reason, points)
    amounts = {character.id: points} if points else {}
    book(session, kind, amounts, reason=request.reason, about=about)
    return Decision(request, points, balance_of(character))


def _decide(session: Session, request: Request, state: State, reason: str | None, points: int) -> None:
    request.state = state
    request.decided_at, request.decided_by = datetime.now(UTC), context_of(session).actor
    if reason is not None:
        request.reason = reason
    session.flush()
    if isinstance(request, WeeklyXpRequest):
        faults.keep(session, request)
    editing.audit(
        session,
        request,
        state.lower(),
        event_type=EventType.STATE_CHANGED,
        changes={"state": [State.PENDING.value, state.value]},
        metadata={"character": request.character_id, "points": points},
    )
