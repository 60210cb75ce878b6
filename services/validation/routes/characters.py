"""Characters: what they are, and how their status moves."""

from typing import Any

import flask
from flask_smorest import Blueprint
from sqlalchemy import ColumnElement, select

from services.validation.models import Character, StatusChange
from services.validation.operations.characters import changing, creating, moving
from services.validation.operations.characters.showing import shown
from services.validation.operations.standing import Standing
from services.validation.queries.quarantine import is_quarantined
from services.validation.queries.seeing import sees
from services.validation.routes.pictures import checked, fresh_picture, picture
from services.validation.routes.seeing import seen
from services.validation.schemas import characters as schemas
from shared import listing
from shared.access import requires
from shared.current import current_context, current_session
from shared.listing import Listing
from shared.resources import Answer, listed
from shared.tenancy import tenant_of

blueprint = Blueprint("characters", __name__, url_prefix="/characters", description="Who is played.")

VIEW = "character.view"
ONE = "/<key:character_id>"


def _quarantined(wanted: bool) -> ColumnElement[bool]:
    apart = is_quarantined(current_session())
    return apart if wanted else ~apart


LISTING = Listing(
    key=Character.id,
    orderings={name: getattr(Character, name) for name in ("id", "name", "status", "created_at", "updated_at", "xp")},
    default="id",
    filters={
        "status": listing.one_of(Character.status),
        "owner": listing.one_of(Character.owner),
        "chronicle": listing.one_of(Character.chronicle_id),
        "gameline": listing.one_of(Character.gameline_id),
        "npc": listing.one_of(Character.npc),
        "character_type": listing.one_of(Character.character_type),
        "quarantined": _quarantined,
    },
)
CHANGES = Listing(key=StatusChange.id, orderings={"id": StatusChange.id}, default="id")


@blueprint.route("", methods=["GET"])
@blueprint.arguments(schemas.CharacterArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.CharacterSchema))
@requires(VIEW)
def list_characters(args: dict[str, Any]) -> Any:
    """Those that the caller sees."""
    session = current_session()
    rows = select(Character).where(Character.tenant_id == tenant_of(session), sees(session, current_context()))
    page = listed(rows, LISTING, args)
    return page.as_dict() | {"results": shown(session, page.results)}


@blueprint.route("", methods=["POST"])
@blueprint.arguments(schemas.NewCharacterSchema)
@blueprint.response(201, schemas.CharacterSchema)
@requires(VIEW)
def create_character(body: dict[str, Any]) -> Any:
    """Of the caller, unless who decides about it or edits all says otherwise."""
    body.pop("version", None)
    character, how = creating.create(current_session(), body)
    return picture(character, how, 201, Location=f"{flask.request.path.rstrip('/')}/{character.id}")


@blueprint.route(ONE, methods=["GET"])
@blueprint.response(200, schemas.CharacterSchema)
@seen(VIEW)
def read_character(character: Character, how: Standing) -> Answer:
    return fresh_picture(character, how)


@blueprint.route(ONE, methods=["PATCH"])
@blueprint.arguments(schemas.CharacterChangeSchema(partial=True))
@blueprint.response(200, schemas.CharacterSchema)
@seen(VIEW, lock=True)
def change_character(body: dict[str, Any], character: Character, how: Standing) -> Any:
    """Its owner edits all while it is Un or Sub, afterwards texts and visibility; who decides about it, everything."""
    changing.demand_editor(current_session(), character, how, body.keys() - {"version"})
    changing.change(current_session(), character, checked(character, how, body))
    return picture(character, how)


@blueprint.route(ONE, methods=["DELETE"])
@blueprint.response(204)
@seen(VIEW, lock=True)
def delete_character(character: Character, how: Standing) -> None:
    """Only without a ledger; its roles in groups and its place in scenes go along."""
    changing.demand_editor(current_session(), character, how, ["name"])
    checked(character, how, {})
    changing.delete(current_session(), character)


@blueprint.route(f"{ONE}/transition", methods=["POST"])
@blueprint.arguments(schemas.TransitionSchema)
@blueprint.response(200, schemas.CharacterSchema)
@seen(VIEW, lock=True)
def move_character(body: dict[str, Any], character: Character, how: Standing) -> Any:
    """Moves its status. Who leaves the game (Ret, Dec) leaves all groups."""
    move = {"status": body["status"], "reason": body["reason"]}
    moving.demand_move(current_session(), character, how, **move)
    checked(character, how, body)
    moving.move(current_session(), character, **move)
    return picture(character, how)


@blueprint.route(f"{ONE}/status-changes", methods=["GET"])
@blueprint.arguments(listing.ListArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.StatusChangeSchema))
@seen(VIEW)
def list_status_changes(args: dict[str, Any], character: Character, how: Standing) -> Any:  # noqa: ARG001
    """How its status has moved, from its creation on."""
    session = current_session()
    moves = select(StatusChange).where(
        StatusChange.tenant_id == tenant_of(session), StatusChange.character_id == character.id
    )
    return listed(moves, CHANGES, args).as_dict()
