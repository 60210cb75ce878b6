"""Rows below an item: list, create, read, PATCH, DELETE under the address of the item."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint

from services.workflow.operations import parts
from services.workflow.operations.parts import Part
from services.workflow.routes.access import sees
from shared import editing, listing
from shared.current import current_session
from shared.listing import Filter, ListArgs, Listing
from shared.resources import Answer, check_version, fresh, listed, with_tag


@dataclass(frozen=True, kw_only=True)
class Parts:
    """One resource below an item."""

    part: Part
    path: str
    schema: type[ma.Schema]
    args: type[ListArgs]
    filters: Mapping[str, Filter] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"/{self.part.entity.path}/<key:item_id>/{self.path}"

    @property
    def listing(self) -> Listing:
        model = self.part.model
        orderings = {"position": model.position, "id": model.id}
        return Listing(key=model.id, orderings=orderings, default="position", filters=self.filters)


def register(blueprint: Blueprint, resource: Parts) -> None:
    _add_reading(blueprint, resource)
    _add_writing(blueprint, resource)


def _add_reading(blueprint: Blueprint, resource: Parts) -> None:
    part, name = resource.part, resource.path.replace("-", "_")

    @blueprint.route(resource.address, methods=["GET"], endpoint=f"{name}_list")
    @blueprint.arguments(resource.args, location="query")
    @blueprint.response(200, listing.envelope(resource.schema))
    @sees(part.entity)
    def list_parts(args: dict[str, Any], item_id: int) -> Any:
        return listed(parts.of_item(current_session(), part, item_id), resource.listing, args).as_dict()

    @blueprint.route(f"{resource.address}/<key:part_id>", methods=["GET"], endpoint=f"{name}_read")
    @blueprint.response(200, resource.schema)
    @sees(part.entity)
    def read_part(item_id: int, part_id: int) -> Answer:
        return fresh(parts.demand(current_session(), part, item_id, part_id))


def _add_writing(blueprint: Blueprint, resource: Parts) -> None:
    part, name = resource.part, resource.path.replace("-", "_")
    permission = f"{part.entity.area}.update"

    @blueprint.route(resource.address, methods=["POST"], endpoint=f"{name}_create")
    @blueprint.arguments(resource.schema)
    @blueprint.response(201, resource.schema)
    @sees(part.entity, permission)
    def create_part(body: dict[str, Any], item_id: int) -> Any:
        body.pop("version", None)
        row = parts.add(current_session(), part, item_id, body)
        return with_tag(row, 201, Location=f"{flask.request.path.rstrip('/')}/{row.id}")

    @blueprint.route(f"{resource.address}/<key:part_id>", methods=["PATCH"], endpoint=f"{name}_change")
    @blueprint.arguments(resource.schema(partial=True))
    @blueprint.response(200, resource.schema)
    @sees(part.entity, permission)
    def change_part(body: dict[str, Any], item_id: int, part_id: int) -> Any:
        row = parts.locked(current_session(), part, item_id, part_id)
        editing.change(current_session(), row, check_version(row, body))
        return with_tag(row)

    @blueprint.route(f"{resource.address}/<key:part_id>", methods=["DELETE"], endpoint=f"{name}_delete")
    @blueprint.response(204)
    @sees(part.entity, permission)
    def delete_part(item_id: int, part_id: int) -> None:
        row = parts.locked(current_session(), part, item_id, part_id)
        check_version(row, {})
        editing.delete(current_session(), row)
