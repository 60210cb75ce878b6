"""What traits cost: data that policy decides."""

from typing import Any

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from services.validation.models import Gameline, Tariff
from services.validation.schemas.ledger import TariffArgs, TariffSchema
from shared import editing
from shared.resources import Plain, register

blueprint = Blueprint("tariffs", __name__, description="What a point of each kind of trait costs.")


def _check(session: Session, _row: Any, values: dict[str, Any]) -> dict[str, Any]:
    editing.demand_reference(session, Gameline, values.get("gameline_id"), "/gameline")
    return values


TARIFFS = Plain(
    "tariffs",
    Tariff,
    TariffSchema,
    TariffArgs,
    view="character.view",
    manage="policy.manage",
    filters={"kind": Tariff.kind, "gameline": Tariff.gameline_id},
    orderings={"kind": Tariff.kind},
    check=_check,
)
register(blueprint, TARIFFS)
