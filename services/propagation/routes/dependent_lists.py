"""Values of dependent lists get their parents, many at once."""

from typing import Any

from flask_smorest import Blueprint

from services.propagation.operations.dependent_lists import Assignment, set_parents
from services.propagation.schemas.dependent_lists import ParentsSetSchema, SetParentsSchema
from shared.access import requires
from shared.current import current_session


def register(blueprint: Blueprint) -> None:
    @blueprint.route("/dimension-values/set-parents", methods=["POST"], endpoint="dimension_values_set_parents")
    @blueprint.arguments(SetParentsSchema)
    @blueprint.response(200, ParentsSetSchema)
    @requires("value.edit")
    def assign(body: dict[str, Any]) -> Any:
        """Says which value of the parent dimension each of these values belongs to: all of them, or none."""
        wanted = [Assignment(item["id"], item["parent"]) for item in body["items"]]
        return {"results": set_parents(current_session(), wanted)}
