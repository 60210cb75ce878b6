"""Chronicles, their storytellers, gamelines and definitions of traits."""

from typing import Any

from flask_smorest import Blueprint
from sqlalchemy import select

from services.validation.models import Character, Chronicle, Gameline, StRelationship, TraitDefinition
from services.validation.operations import chronicles
from services.validation.operations.characters.showing import entry_of
from services.validation.operations.traits import check_definition
from services.validation.queries.seeing import sees
from services.validation.schemas import chronicles as schemas
from services.validation.schemas import traits
from services.validation.schemas.characters import RosterEntrySchema
from shared import editing, listing
from shared.access import requires
from shared.current import current_context, current_session
from shared.listing import ListArgs, Listing
from shared.resources import Plain, check_version, listed, register
from shared.tenancy import tenant_of

blueprint = Blueprint("chronicles", __name__, description="Where characters are played, and what they can be rated in.")

MANAGE = "chronicle.manage"
SAVED = frozenset({"POST", "PATCH"})
CHRONICLES = Plain(
    "chronicles",
    Chronicle,
    schemas.ChronicleSchema,
    schemas.ChronicleArgs,
    view="chronicle.view",
    manage=MANAGE,
    filters={"name": Chronicle.name, "head_st": Chronicle.head_st},
    orderings={"name": Chronicle.name},
    writes=SAVED,
    check=chronicles.check_chronicle,
)
GAMELINES = Plain(
    "gamelines",
    Gameline,
    schemas.GamelineSchema,
    schemas.GamelineArgs,
    view="chronicle.view",
    manage=MANAGE,
    filters={"code": Gameline.code},
    orderings={"code": Gameline.code},
    writes=SAVED,
)
TRAITS = Plain(
    "trait-definitions",
    TraitDefinition,
    traits.TraitDefinitionSchema,
    traits.TraitDefinitionArgs,
    view="character.view",
    manage="policy.manage",
    filters={
        "code": TraitDefinition.code,
        "kind": TraitDefinition.kind,
        "gameline": TraitDefinition.gameline_id,
        "active": TraitDefinition.active,
    },
    orderings={"code": TraitDefinition.code},
    check=check_definition,
)
STORYTELLERS = Plain(
    "st-relationships",
    StRelationship,
    schemas.StRelationshipSchema,
    schemas.StRelationshipArgs,
    view="chronicle.view",
    manage=MANAGE,
    filters={
        "user": StRelationship.user_id,
        "chronicle": StRelationship.chronicle_id,
        "gameline": StRelationship.gameline_id,
    },
    orderings={"gameline": listing.coalesced(StRelationship.gameline_id, 0)},
    default="gameline",
    check=chronicles.check_storyteller,
)
ROSTER = Listing(key=Character.id, orderings={"id": Character.id, "name": Character.name}, default="name")
for resource in (CHRONICLES, GAMELINES, TRAITS, STORYTELLERS):
    register(blueprint, resource)


@blueprint.route("/chronicles/<key:row_id>", methods=["DELETE"])
@blueprint.response(204)
@requires(MANAGE, on=Chronicle)
def delete_chronicle(row_id: int) -> None:
    """Its storytellers go along; its characters stay, without a chronicle."""
    session = current_session()
    row: Any = editing.locked(session, Chronicle, row_id)
    check_version(row, {})
    chronicles.delete_chronicle(session, row)


@blueprint.route("/gamelines/<key:row_id>", methods=["DELETE"])
@blueprint.response(204)
@requires(MANAGE, on=Gameline)
def delete_gameline(row_id: int) -> None:
    """Its storytellers go along; its characters stay, without a gameline."""
    session = current_session()
    row: Any = editing.locked(session, Gameline, row_id)
    check_version(row, {})
    chronicles.delete_gameline(session, row)


@blueprint.route("/chronicles/<key:row_id>/roster", methods=["GET"])
@blueprint.arguments(ListArgs, location="query")
@blueprint.response(200, listing.envelope(RosterEntrySchema))
@requires("chronicle.view", on=Chronicle)
def list_roster(args: dict[str, Any], row_id: int) -> Any:
    """Its characters that the caller sees, with status and points."""
    session = current_session()
    played = select(Character).where(
        Character.tenant_id == tenant_of(session),
        Character.chronicle_id == row_id,
        sees(session, current_context()),
    )
    page = listed(played, ROSTER, args)
    return page.as_dict() | {"results": [entry_of(character) for character in page.results]}
