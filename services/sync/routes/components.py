"""The installed components."""

from typing import Any

from flask_smorest import Blueprint

from services.sync.domain.components import KINDS
from services.sync.operations.components import components
from services.sync.schemas.pipelines import ComponentsSchema
from shared.access import requires

blueprint = Blueprint("components", __name__, description="Extractors, functions, validators and loaders.")


@blueprint.route("/components", methods=["GET"])
@blueprint.response(200, ComponentsSchema)
@requires("pipeline.view")
def list_components() -> Any:
    return {
        "results": [
            {
                "kind": kind,
                "name": name,
                "version": one.version,
                "schema": dict(one.schema),
                "missing_group": one.group,
            }
            for kind in KINDS
            for name, one in components(kind).items()
        ]
    }
