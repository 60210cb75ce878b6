"""Constraints of a dimension: put in order, and tried on a value."""

from typing import Any

from flask_smorest import Blueprint

from services.propagation.models import Dimension
from services.propagation.operations import constraints
from services.propagation.schemas import constraints as schemas
from shared.access import load, requires
from shared.current import current_session

Values = dict[str, Any]


def register(blueprint: Blueprint) -> None:
    """Adds the actions of a dimension's constraints."""

    @blueprint.route("/dimensions/<key:row_id>/constraints/reorder", methods=["POST"], endpoint="constraints_reorder")
    @blueprint.arguments(schemas.ConstraintReorderSchema)
    @blueprint.response(200, schemas.ConstraintsInOrderSchema)
    @requires("rule.manage", on=Dimension)
    def reorder(body: Values, row_id: int) -> Any:
        """Sets the orders of all constraints of the dimension to 1..n, as named."""
        session = current_session()
        dimension = load(session, Dimension, row_id)
        return {"constraints": constraints.reorder(session, dimension, body["constraints"])}

    @blueprint.route("/dimensions/<key:row_id>/constraints/check", methods=["POST"], endpoint="constraints_check")
    @blueprint.arguments(schemas.ConstraintCheckSchema)
    @blueprint.response(200, schemas.ConstraintCheckedSchema)
    @requires("string.view", on=Dimension)
    def check(body: Values, row_id: int) -> Any:
        """Tries a value; what it breaks is told in the order of the constraints."""
        broken = constraints.broken_by(current_session(), row_id, body["value"])
        return {"valid": not broken, "validation_errors": [violation._asdict() for violation in broken]}
