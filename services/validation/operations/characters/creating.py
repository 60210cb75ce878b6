"""Makes characters."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from services.validation.domain.editing import coupled_willpower, usual_rating
from services.validation.domain.limits import BOUNDS
from services.validation.domain.statuses import UNFINISHED
from services.validation.domain.traits import USUAL
from services.validation.errors import FieldNotPermitted, NotApprover
from services.validation.models import Character, StatusChange
from services.validation.operations import faults
from services.validation.operations.characters import ratings
from services.validation.operations.characters.placing import place_faults
from services.validation.operations.ledger.granting import OPENING_BALANCE, grant
from services.validation.operations.limits import limits_for
from services.validation.operations.standing import Standing, demand_not_own, standing_to_new
from shared import editing
from shared.auth import demand
from shared.tenancy import context_of, tenant_of

EDIT_ALL, EDIT_OWN, GRANT = "character.edit_all", "character.edit_own", "xp.grant"
# What the database would put in; rules are judged before it does.
DEFAULTS: Mapping[str, Any] = {
    "owner": None,
    "chronicle_id": None,
    "gameline_id": None,
    "character_type": "human",
    "status": UNFINISHED,
    "npc": False,
    "visibility": "PRI",
    "image_status": "sub",
    "age": None,
    "apparent_age": None,
    "xp": 0,
    "xp_pending": 0,
    "xp_spent": 0,
}


def create(session: Session, sent: Mapping[str, Any]) -> tuple[Character, Standing]:
    """The character, and how the caller stands to it.

    Raises PermissionMissing, NotApprover, OwnCharacter, Invalid with everything that is wrong.
    """
    values = {**DEFAULTS, "owner": _usual_owner(session), **sent}
    traits, xp = values.pop("traits", {}), values["xp"]
    how = standing_to_new(
        session, owner=values["owner"], chronicle=values["chronicle_id"], gameline=values["gameline_id"]
    )
    _demand_rights(session, how, values)
    values |= limits_for(session, values)
    values = _usual_ratings(values, sent) | values
    change = ratings.planned(session, {}, traits, gameline=values["gameline_id"])
    faults.demand(session, "characters", values, sent=sent, also=[*place_faults(session, values), *change.faults])
    stored = {name: value for name, value in values.items() if name not in ("xp", "xp_pending", "xp_spent")}
    character = editing.create(session, Character, stored)
    session.add(_first_status(session, character))
    ratings.put(session, character.id, change)
    if xp:
        grant(session, character, xp, reason=OPENING_BALANCE)
    return character, how


def _usual_owner(session: Session) -> str | None:
    context = context_of(session)
    return None if EDIT_ALL in context.permissions else context.actor


def _demand_rights(session: Session, how: Standing, values: Mapping[str, Any]) -> None:
    permissions = context_of(session).permissions
    decides = how.is_approver or EDIT_ALL in permissions
    if not decides:
        demand(context_of(session), EDIT_OWN)
        if not how.is_owner or values.get("st_notes"):
            raise FieldNotPermitted(["owner" if not how.is_owner else "st_notes"])
        if values["status"] != UNFINISHED:
            raise NotApprover
    if values["xp"] > 0:
        if not (how.is_approver or {EDIT_ALL, GRANT} <= permissions):
            raise NotApprover
        demand_not_own(how, npc=values["npc"])


def _usual_ratings(values: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, int]:
    """Within the limits; the temporary willpower never above the permanent one."""
    usual = {}
    for code, rating in USUAL.items():
        lower, upper = BOUNDS[code]
        usual[code] = usual_rating(rating, least=values.get(lower, 0), most=values[upper])
    willpower = sent.get("willpower", usual["willpower"])
    return usual | {"temporary_willpower": coupled_willpower(usual["temporary_willpower"], willpower, ())}


def _first_status(session: Session, character: Character) -> StatusChange:
    actor = context_of(session).actor
    return StatusChange(
        tenant_id=tenant_of(session),
        character_id=character.id,
        old=None,
        new=character.status,
        actor=actor,
        created_by=actor,
        reason="",
    )
