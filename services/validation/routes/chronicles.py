"""Chronicles, gamelines and definitions of traits."""

from typing import Any

from flask_smorest import Blueprint

from services.validation.models import Chronicle, Gameline, TraitDefinition
from services.validation.operations import chronicles
from services.validation.operations.traits import check_definition
from services.validation.schemas import chronicles as schemas
from services.validation.schemas import traits
from shared import editing
from shared.access import requires
from shared.current import current_session
from shared.resources import Plain, check_version, register

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
for resource in (CHRONICLES, GAMELINES, TRAITS):
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
