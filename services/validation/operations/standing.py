"""How the caller stands to a character: who sees it, who decides about it, whose it is."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.validation.config import STAFF
from services.validation.errors import NotApprover, OwnCharacter, Quarantined
from services.validation.models import Character
from services.validation.queries.quarantine import in_quarantine
from services.validation.queries.seeing import is_storyteller, sees
from shared.errors import NotFound
from shared.locking import lock_by_id
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
    row = _locked(session, character_id) if lock else session.get(Character, (tenant_of(session), character_id))
    if row is not None:
        own = (Character.tenant_id == row.tenant_id, Character.id == row.id)
        context = context_of(session)
        tied = is_storyteller(session, context, Character.chronicle_id, Character.gameline_id)
        seen, tells = session.execute(select(sees(session, context), tied).where(*own)).one()
        if seen:
            return row, _standing(session, row.owner, tells)
    raise NotFound("There is no such character.")


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


def _locked(session: Session, character_id: int) -> Character | None:
    return next(iter(lock_by_id(session, Character, [character_id])), None)
