"""The catalogue of platforms, and one of them put into the workspace."""

from dataclasses import asdict
from typing import Any

import flask
from flask_smorest import Blueprint

from services.propagation.operations import platforms
from services.propagation.schemas import platforms as schemas
from services.propagation.schemas.structure import FieldSchema, PlatformSchema
from shared.access import requires
from shared.current import current_session
from shared.resources import tag_of


def register(blueprint: Blueprint) -> None:
    @blueprint.route("/platforms/catalogues", methods=["GET"], endpoint="platforms_catalogues")
    @blueprint.response(200, schemas.CataloguesSchema)
    @requires("string.view")
    def catalogues() -> Any:
        """Ad platforms that can be installed, with the levels of their entities."""
        present = platforms.installed_platforms(current_session())
        shown = [asdict(found) | {"platform": present.get(key)} for key, found in platforms.catalogues().items()]
        return {"results": shown}

    @blueprint.route("/platforms/install", methods=["POST"], endpoint="platforms_install")
    @blueprint.arguments(schemas.InstallSchema)
    @blueprint.response(201, schemas.InstalledSchema)
    @requires("structure.manage")
    def install(body: dict[str, Any]) -> Any:
        """A platform of the catalogue with a field for each of its levels; a second time is 409 `already_exists`."""
        done = platforms.install(current_session(), body["catalogue"])
        shown = PlatformSchema().dump(done.platform) | {"fields": FieldSchema(many=True).dump(done.fields)}
        place = flask.request.path.rstrip("/").removesuffix("install")
        return flask.jsonify(shown), 201, {"ETag": tag_of(done.platform), "Location": f"{place}{done.platform.id}"}
