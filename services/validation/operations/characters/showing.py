"""What a person is shown of characters: the notes of storytellers only to who decides about them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.validation.config import STAFF
from services.validation.domain.limits import DEFAULTS
from services.validation.models import Character
from services.validation.operations.characters.ratings import ratings_of
from services.validation.operations.ledger.booking import balance_of
from services.validation.queries.quarantine import in_quarantine, quarantined
from services.validation.queries.seeing import approves
from shared import versioning
from shared.tenancy import context_of, tenant_of

_COLUMNS = [column.key for column in Character.__mapper__.column_attrs if column.key != "tenant_id"]
# What the ledger and profiles write without counting a version.
_MOVING = ("xp", "xp_pending", "xp_spent", "ledger_entries", "limit_profile_id", *DEFAULTS)


def shown(session: Session, characters: Sequence[Character]) -> list[dict[str, Any]]:
    """In their order; three statements, whatever their number."""
    ids = [character.id for character in characters]
    decided, apart = _decided(session, ids), quarantined(session, ids)
    traits = ratings_of(session, ids)
    return [
        _one(character, character.id in decided)
        | {"traits": traits.get(character.id, {}), "quarantined": character.id in apart}
        for character in characters
    ]


def entry_of(character: Character) -> dict[str, Any]:
    """As a roster has it."""
    names = ("id", "name", "owner", "gameline_id", "character_type", "npc", "status")
    return {name: getattr(character, name) for name in names} | {"balance": balance_of(character)}


def tag_of(session: Session, character: Character, *, approves: bool) -> str:
    """The entity tag of what this caller is shown."""
    parts = [*(getattr(character, name) for name in _MOVING), in_quarantine(session, character)]
    return versioning.etag(character.version, parts=parts, view=f"{tenant_of(session)}:{approves}")


def _decided(session: Session, ids: Sequence[int]) -> set[int]:
    context = context_of(session)
    if STAFF in context.permissions or not ids:
        return set(ids)
    own = (Character.tenant_id == tenant_of(session), Character.id.in_(ids))
    return set(session.scalars(select(Character.id).where(*own, approves(session, context))))


def _one(character: Character, decides: bool) -> dict[str, Any]:
    view = {name: getattr(character, name) for name in _COLUMNS if decides or name != "st_notes"}
    return view | {"limits": {name: view[name] for name in DEFAULTS}}
