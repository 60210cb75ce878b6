"""How the caller stands to a character: who sees it, who decides about it, whose it is."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.validation.config import STAFF
from services.validation.errors import NotApprover, OwnCharacter, Quarantined
from services.validation.models import Character
from services.validation.queries.quarantine import in_quarantine
from services.validation.queries.seeing import VIEW_ALL, is_storyteller, one_seen
from shared.errors import NotFound
from shared.locking import busy_when_locked
from shared.tenancy import context_of, tenant_of


@dataclass(frozen=True, slots=True)
class Standing:
    """`is_storyteller`: head of its chronicle, or storyteller of exactly its chronicle and gameline."""

    is_owner: bool
    is_staff: bool
    is_storyteller: bool

    @property
    def is_approver(self) -> bool:
        return self.is_staff or self.is_storyteller


def find(session: Session, character_id: int, *, lock: bool = False) -> tuple[Character, Standing]:
    """A character that the caller sees, locked if asked for. Raises NotFound, Busy."""
    context = context_of(session)
    view_all = VIEW_ALL in context.permissions
    asked = {"tenant": tenant_of(session), "actor": context.actor, "id": character_id}
    with busy_when_locked():
        row = session.execute(one_seen(view_all=view_all, lock=lock), asked).one_or_none()
    if row is None or not row[1] or not (view_all or context.actor):
        raise NotFound("There is no such character.")
    return row[0], _standing(session, row[0].owner, bool(row[2]))


def standing_to_new(session: Session, *, owner: str | None, chronicle: int | None, gameline: int | None) -> Standing:
    """To a character that is about to be made."""
    tied = is_storyteller(session, context_of(session), chronicle, gameline)
    return _standing(session, owner, bool(session.scalar(select(tied))))


def demand_decider(character: Character, how: Standing, *, granting: bool = False) -> None:
    """Raises NotApprover, unless the caller grants by permission, and OwnCharacter."""
    if not (how.is_approver or granting):
        raise NotApprover
    demand_not_own(how, npc=character.npc)


def demand_not_quarantined(session: Session, character: Character) -> None:
    """Raises Quarantined: what breaks a rule waits until it is mended."""
    if in_quarantine(session, character):
        raise Quarantined


def demand_not_own(how: Standing, *, npc: bool) -> None:
    """Nobody decides for a character of their own; a storyteller may for an own one that nobody plays."""
    if how.is_owner and not (npc and how.is_storyteller):
        raise OwnCharacter


def _standing(session: Session, owner: str | None, tells: bool) -> Standing:
    context = context_of(session)
    is_owner = context.actor is not None and owner == context.actor
    return Standing(is_owner, STAFF in context.permissions, tells)
