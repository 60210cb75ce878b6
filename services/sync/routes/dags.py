"""Pipelines and groups for orchestrators outside, such as Airflow."""

from typing import Any

from flask_smorest import Blueprint

from services.sync.operations.pipelines import orchestrating
from services.sync.routes.access import on_pipeline
from services.sync.schemas import dags as schemas
from shared.access import requires
from shared.current import current_session

blueprint = Blueprint("dags", __name__, description="Pipelines for orchestrators outside.")


@blueprint.route("/pipelines/<name>/dag", methods=["GET"])
@blueprint.response(200, schemas.DagSchema)
@on_pipeline("pipeline.view")
def read_dag(name: str) -> Any:
    """The pipeline and all it depends on."""
    return orchestrating.dag_of_pipeline(current_session(), name)


@blueprint.route("/groups/<group>/dag", methods=["GET"])
@blueprint.response(200, schemas.DagSchema)
@requires("pipeline.view")
def read_group_dag(group: str) -> Any:
    """The active pipelines of a group."""
    return orchestrating.dag_of_group(current_session(), group)
