"""Pipelines: their files checked, stored and shown, their versions, how far their runs have come."""

from typing import Any

import flask
from flask_smorest import Blueprint
from sqlalchemy import select

from services.sync.errors import ConfigurationInvalid
from services.sync.models import Pipeline, PipelineVersion
from services.sync.operations.pipelines import storing
from services.sync.operations.pipelines.checking import MAX_DOCUMENTS, check
from services.sync.operations.pipelines.reading import MAX_BYTES, Document, read_document, split_documents
from services.sync.operations.pipelines.shape import composed_schema
from services.sync.queries import pipelines
from services.sync.routes.access import on_pipeline
from services.sync.schemas import pipelines as schemas
from shared import listing
from shared.access import requires, takes
from shared.current import current_session
from shared.errors import Invalid
from shared.listing import Listing
from shared.resources import check_version, fresh, listed, tag, with_tag
from shared.tenancy import tenant_of

blueprint = Blueprint("pipelines", __name__, description="Pipelines, as versioned files.")

YAML = ("application/yaml", "application/x-yaml", "text/yaml")
JSON = "application/json"
FILE = {"required": True, "content": {"application/yaml": {"schema": {"type": "string"}}}}
SET = {"required": True, "content": {**FILE["content"], JSON: {"schema": schemas.SetSchema}}}  # type: ignore[dict-item]
MOST_BYTES = MAX_DOCUMENTS * MAX_BYTES

LISTING = Listing(
    key=Pipeline.id,
    orderings={"name": Pipeline.name, "created_at": Pipeline.created_at, "updated_at": Pipeline.updated_at},
    default="name",
    filters={"entity": listing.one_of(Pipeline.entity), "active": listing.one_of(Pipeline.active)},
)
VERSIONS = Listing(key=PipelineVersion.number, orderings={"number": PipelineVersion.number}, default="-number")


@blueprint.route("/pipelines", methods=["GET"])
@blueprint.arguments(schemas.PipelineArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.PipelineSchema))
@requires("pipeline.view")
def list_pipelines(args: dict[str, Any]) -> Any:
    session = current_session()
    found = listed(select(Pipeline).where(Pipeline.tenant_id == tenant_of(session)), LISTING, args).as_dict()
    return found | {"results": _with_beside(found["results"])}


@blueprint.route("/pipelines", methods=["POST"])
@blueprint.doc(requestBody=SET)
@blueprint.response(200, schemas.PipelineSetSchema)
@takes(*YAML, JSON, max_bytes=MOST_BYTES)
@requires("pipeline.manage")
def store_pipelines() -> Any:
    """A set, stored as a whole or not at all: documents divided by `---`, or JSON with `files`."""
    stored = storing.store(current_session(), _sent_set())
    return {"results": _with_beside([one.pipeline for one in stored])}


@blueprint.route("/pipelines/check", methods=["POST"])
@blueprint.doc(requestBody=SET)
@blueprint.response(200, schemas.CheckedSchema)
@takes(*YAML, JSON, max_bytes=MOST_BYTES)
@requires("pipeline.view")
def check_pipelines() -> Any:
    """Finds what storing would refuse, and stores nothing."""
    found = check(current_session(), _sent_set())
    return {"names": [configuration.name for configuration in found], "findings": []}


@blueprint.route("/pipelines/schema", methods=["GET"])
@blueprint.response(200, {"type": "object"})
@requires("pipeline.view")
def read_schema() -> Any:
    """The JSON Schema of a file, composed with those of the installed components."""
    return flask.jsonify(composed_schema())


@blueprint.route("/pipelines/<name>", methods=["GET"])
@blueprint.response(200, schemas.PipelineDetailSchema)
@on_pipeline("pipeline.view")
def read_pipeline(name: str) -> Any:
    pipeline = storing.demand(current_session(), name)
    shown = _detail(pipeline)
    parts = [shown["state"].watermark, shown["last_run"], shown["next_run_at"]]
    etag = tag(pipeline.version, parts=[*parts, shown["open_quarantine"], shown["open_conflicts"]])
    return fresh(shown, etag)


@blueprint.route("/pipelines/<name>", methods=["PUT"])
@blueprint.doc(requestBody=FILE)
@blueprint.response(200, schemas.PipelineDetailSchema)
@blueprint.alt_response(201, schema=schemas.PipelineDetailSchema, description="It is new.")
@takes(*YAML, max_bytes=2 * MAX_BYTES)
@requires("pipeline.manage")
def put_pipeline(name: str) -> Any:
    """Stores the file; a text that is new becomes a version."""
    session = current_session()
    present = pipelines.named(session, name)
    if present is not None:
        check_version(present, {})
    (stored,) = storing.store(session, [read_document(flask.request.get_data())], name=name)
    answer = _detail(stored.pipeline), 201 if stored.is_new else 200, with_tag(stored.pipeline)[2]
    return answer


@blueprint.route("/pipelines/<name>", methods=["PATCH"])
@blueprint.arguments(schemas.SwitchSchema)
@blueprint.response(200, schemas.PipelineSchema)
@on_pipeline("pipeline.manage")
def switch_pipeline(body: dict[str, Any], name: str) -> Any:
    """Switches it on or off; everything else is in its file."""
    pipeline = storing.demand(current_session(), name)
    storing.switch(current_session(), pipeline, **check_version(pipeline, body))
    (shown,) = _with_beside([pipeline])
    return shown, 200, with_tag(pipeline)[2]


@blueprint.route("/pipelines/<name>", methods=["DELETE"])
@blueprint.response(204)
@on_pipeline("pipeline.delete")
def delete_pipeline(name: str) -> None:
    """Its runs and versions stay."""
    pipeline = storing.demand(current_session(), name)
    check_version(pipeline, {})
    storing.remove(current_session(), pipeline)


@blueprint.route("/pipelines/<name>/versions", methods=["GET"])
@blueprint.arguments(listing.ListArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.VersionSchema))
@on_pipeline("pipeline.view")
def list_versions(args: dict[str, Any], name: str) -> Any:
    mine = (PipelineVersion.tenant_id == tenant_of(current_session()), PipelineVersion.pipeline == name)
    return listed(select(PipelineVersion).where(*mine), VERSIONS, args).as_dict()


@blueprint.route("/pipelines/<name>/state", methods=["GET"])
@blueprint.response(200, schemas.StateSchema)
@on_pipeline("pipeline.view")
def read_state(name: str) -> Any:
    return pipelines.state_of(current_session(), name)


@blueprint.route("/pipelines/<name>/state/reset", methods=["POST"])
@blueprint.arguments(schemas.ResetSchema, required=False)
@blueprint.response(200, schemas.StateSchema)
@on_pipeline("state.reset")
def reset_state(body: dict[str, Any], name: str) -> Any:
    """Forgets the watermark, or sets it: the next run reads from there."""
    pipeline = storing.demand(current_session(), name)
    return storing.reset_state(current_session(), pipeline, body["watermark"])


def _sent_set() -> list[Document]:
    if flask.request.mimetype == JSON:
        body = flask.request.get_json()
        files = body.get("files") if isinstance(body, dict) else None
        if not isinstance(files, dict) or not all(isinstance(text, str) for text in files.values()):
            raise Invalid.field("/files", "invalid", "Send files: the name of each and its text.")
        documents = [read_document(text, file=file) for file, text in files.items()]
    else:
        raw = flask.request.get_data()
        try:
            documents = [read_document(text) for text in split_documents(raw.decode())]
        except UnicodeDecodeError:
            documents = [read_document(raw)]
    if len(documents) > MAX_DOCUMENTS:
        text = f"A set has at most {MAX_DOCUMENTS} pipelines."
        raise ConfigurationInvalid([{"pointer": "", "line": 1, "code": "configuration_invalid", "text": text}])
    return documents


def _with_beside(found: list[Pipeline]) -> list[dict[str, Any]]:
    schema, more = schemas.PipelineSchema(), pipelines.beside(current_session(), [one.name for one in found])
    return [_shown(pipeline, schema, more[pipeline.name]) for pipeline in found]


def _shown(pipeline: Pipeline, schema: schemas.PipelineSchema, more: dict[str, Any]) -> dict[str, Any]:
    return {name: getattr(pipeline, name) for name in schema.fields if name not in more} | more


def _detail(pipeline: Pipeline) -> dict[str, Any]:
    session = current_session()
    version, (shown,) = pipelines.version_of(session, pipeline), _with_beside([pipeline])
    own = {"text": version.text, "checksum": version.checksum, "configuration": version.configuration}
    return shown | own | {"state": pipelines.state_of(session, pipeline.name)}
