"""Clocks and timers of one item."""

from typing import Any

from flask_smorest import Blueprint

from services.workflow.operations.entities import Entity
from services.workflow.operations.timers import reading
from services.workflow.routes.access import sees
from services.workflow.schemas.timers import ClocksSchema
from shared.current import current_session


def register(blueprint: Blueprint, entity: Entity) -> None:
    """Adds `<entity>/{id}/clocks`."""

    @blueprint.route(f"/{entity.path}/<key:item_id>/clocks", methods=["GET"], endpoint="clocks")
    @blueprint.response(200, ClocksSchema)
    @sees(entity)
    def read_clocks(item_id: int) -> Any:
        """How much of its time the item has spent, and what happens to it if it stays as it is."""
        return reading.of_item(current_session(), entity.lifecycle, item_id)
