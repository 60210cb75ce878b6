"""The state machines: as JSON, as diagrams, and asked without an item."""

from typing import Any

import flask
from flask_smorest import Blueprint

from services.workflow.domain.machines.asking import Ask
from services.workflow.domain.machines.checking import judge
from services.workflow.domain.machines.definition import Machine
from services.workflow.domain.machines.drawing import mermaid, svg
from services.workflow.domain.machines.shipped import machines, versions
from services.workflow.operations.lifecycles import LIFECYCLES
from services.workflow.operations.migrating import checking
from services.workflow.queries import machines as queries
from services.workflow.schemas import machines as schemas
from services.workflow.schemas.fields import ViewArgs
from shared import versioning
from shared.access import requires
from shared.current import current_context, current_session
from shared.errors import NotFound
from shared.jobs.answers import accepted
from shared.jobs.schemas import JobSchema

blueprint = Blueprint("machines", __name__, description="Which states there are and which ways lead between them.")


@blueprint.route("/machines", methods=["GET"])
@blueprint.arguments(ViewArgs, location="query")
@blueprint.response(200, schemas.MachineListSchema)
@requires("machine.view")
def list_machines(_args: dict[str, Any]) -> Any:
    return {"results": [machine.as_dict() for machine in machines().values()]}


@blueprint.route("/machines/<name>", methods=["GET"])
@blueprint.arguments(schemas.MachineArgs, location="query")
@blueprint.response(200, schemas.MachineSchema)
@requires("machine.view")
def read_machine(args: dict[str, Any], name: str) -> Any:
    machine = _find(name, args["version"])
    tag = versioning.etag(machine.version, view=name)
    if versioning.is_not_modified(flask.request.headers.get("If-None-Match"), tag):
        return flask.Response(status=304, headers={"ETag": tag})
    return machine.as_dict(), 200, {"ETag": tag}


@blueprint.route("/machines/<name>.mmd", methods=["GET"])
@blueprint.response(200, {"type": "string"}, content_type="text/vnd.mermaid")
@requires("machine.view")
def read_mermaid(name: str) -> flask.Response:
    """The diagram in Mermaid's language."""
    return flask.Response(mermaid(_find(name)), mimetype="text/vnd.mermaid")


@blueprint.route("/machines/<name>.svg", methods=["GET"])
@blueprint.response(200, {"type": "string"}, content_type="image/svg+xml")
@requires("machine.view")
def read_svg(name: str) -> flask.Response:
    """The diagram, drawn here."""
    return flask.Response(svg(_find(name)), mimetype="image/svg+xml")


@blueprint.route("/machines/<name>/states/<state>", methods=["GET"])
@blueprint.response(200, schemas.StateTargetsSchema)
@requires("machine.view")
def read_state(name: str, state: str) -> Any:
    """Where a state leads, whoever asks."""
    machine = _find(name)
    known = machine.state_named(state)
    if known is None:
        raise NotFound(f"The machine {name} has no such state.")
    found = machine.states[known]
    return {
        "machine": name,
        "state": known,
        "initial": found.initial,
        "terminal": found.terminal,
        "targets": machine.edges_from(known, as_system=True),
    }


@blueprint.route("/machines/<name>/figures", methods=["GET"])
@blueprint.response(200, schemas.MachineFiguresSchema)
@requires("machine.view")
def read_figures(name: str) -> Any:
    """How many items stand in each state, and how long items stay there."""
    machine, lifecycle, session = _find(name), LIFECYCLES[name], current_session()
    standing = queries.items_by_state(session, lifecycle.model, lifecycle.column)
    medians = queries.median_seconds(session, name, days=90)
    return {
        "machine": name,
        "results": [
            {"state": state, "items": standing.get(state, 0), "median_seconds": medians.get(state)}
            for state in machine.states
        ],
    }


@blueprint.route("/machines/<name>/validate", methods=["POST"])
@blueprint.arguments(schemas.ValidateSchema)
@blueprint.response(200, schemas.ValidationSchema)
@requires("machine.view")
def validate(body: dict[str, Any], name: str) -> Any:
    """Edge, permissions and what the request brings, for the caller; guards need an item and are listed."""
    context = current_context()
    ask = Ask(
        actor=context.actor,
        permissions=context.permissions,
        comments=body["comments"] or "",
        metadata=body["metadata"] or {},
    )
    verdict = judge(_find(name), body["from_state"], body["target_state"], ask)
    edge = verdict.edge
    return {
        "valid": verdict.passes,
        "unchanged": verdict.unchanged,
        "from_state": verdict.from_state,
        "to_state": verdict.to_state,
        "errors": [finding.as_dict() for finding in verdict.findings],
        "required_permissions": edge.permissions if edge else (),
        "missing_permissions": verdict.missing,
        "allowed_targets": verdict.allowed_targets,
        "not_evaluated": edge.guards if edge else (),
    }


@blueprint.route("/machines/<name>/migrations", methods=["POST"])
@blueprint.arguments(schemas.MigrationSchema)
@blueprint.response(202, JobSchema)
@blueprint.alt_response(200, schema=schemas.MigrationCheckSchema, description="A dry run.")
@requires("settings.manage")
def migrate(body: dict[str, Any], name: str) -> Any:
    """Takes all items of one version over to another. Refused unless every item has a state there to go to."""
    lifecycle, migration = checking.plan(name, body["from_version"], body["to_version"], body["states"])
    checked = checking.check(current_session(), lifecycle, migration)
    if body["dry_run"]:
        return flask.jsonify(schemas.MigrationCheckSchema().dump(checked.as_dict()))
    return accepted(checking.start(current_session(), checked), JobSchema)


def _find(name: str, version: int | None = None) -> Machine:
    found = machines().get(name) if version is None else versions().get((name, version))
    if found is None:
        raise NotFound("There is no such machine.")
    return found
