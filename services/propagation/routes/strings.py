"""Strings enter, are read, leave; their details are read."""

from typing import Any

import flask
from flask_smorest import Blueprint

from services.propagation.models import Detail, String, StringVersion
from services.propagation.operations.strings import creating, deleting, explaining, exporting
from services.propagation.operations.strings.wanted import NewString, WantedDetail
from services.propagation.queries import history
from services.propagation.queries import strings as queries
from services.propagation.routes import csv_answers
from services.propagation.routes.environment import environment
from services.propagation.routes.shapes import detail_tag, string_shape, string_shapes
from services.propagation.schemas import strings as schemas
from services.propagation.schemas.explain import ExplanationSchema
from services.propagation.schemas.fields import escaped
from services.propagation.schemas.history import VersionSchema
from services.propagation.schemas.strings import detail_view
from shared import listing
from shared.access import load, requires
from shared.current import current_session
from shared.listing import ListArgs, Listing
from shared.resources import Answer, check_tag, fresh, listed

blueprint = Blueprint("strings", __name__, description="Names in their tree, and the choices they are built from.")
MAX_LISTED = 1000

STRINGS = Listing(
    key=String.id,
    orderings={
        "id": String.id,
        "value": String.value,
        "created_at": String.created_at,
        "updated_at": String.updated_at,
    },
    default="id",
    filters={
        "id": listing.one_of(String.id),
        "rule": listing.one_of(String.rule_id),
        "field": listing.one_of(String.field_id),
        "parent": listing.one_of(String.parent_id),
        "submission": listing.one_of(String.submission_id),
        "value": listing.one_of(String.value),
        "stale": lambda wanted: String.stale_reason.is_not(None) if wanted else String.stale_reason.is_(None),
        "stale_reason": listing.one_of(String.stale_reason),
        "dimension_value": queries.holds_value,
        "updated_after": listing.since(String.updated_at),
    },
)
DETAILS = Listing(
    key=Detail.id,
    orderings={"id": Detail.id, "created_at": Detail.created_at, "updated_at": Detail.updated_at},
    default="id",
    filters={
        "string": listing.one_of(Detail.string_id),
        "dimension": listing.one_of(Detail.dimension_id),
        "dimension_value": listing.one_of(Detail.dimension_value_id),
        "is_inherited": listing.one_of(Detail.is_inherited),
        "pending": lambda wanted: Detail.pending_since.is_not(None) if wanted else Detail.pending_since.is_(None),
    },
)
VERSIONS = Listing(key=StringVersion.version, orderings={"version": StringVersion.version}, default="-version")


@blueprint.route("/strings", methods=["GET"])
@blueprint.arguments(schemas.StringArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.StringSchema))
@blueprint.alt_response(200, **csv_answers.DOCUMENTED)
@requires("string.view")
def list_strings(args: dict[str, Any]) -> Any:
    """A page; with `format=csv` all that the filters name, in the columns that an import takes."""
    if args["format"] == "csv":
        keeps = [make(args[name]) for name, make in STRINGS.filters.items() if args.get(name) is not None]
        return csv_answers.streamed("strings.csv", lambda own: exporting.export(own, keeps))
    found = listed(queries.strings(current_session()), STRINGS, args).as_dict()
    return found | {"results": string_shapes(found["results"])}


@blueprint.route("/strings", methods=["POST"])
@blueprint.arguments(schemas.NewStringSchema)
@blueprint.response(201, schemas.StringAnswerSchema)
@requires("string.edit")
def create_string(body: dict[str, Any]) -> Any:
    wanted = wanted_of(body)
    if body["dry_run"]:
        return _imagined(creating.preview(current_session(), wanted)), 200
    shape, tag = string_shape(creating.create(current_session(), wanted))
    return shape, 201, {"ETag": tag, "Location": f"{flask.request.path.rstrip('/')}/{shape['id']}"}


@blueprint.route("/strings/<key:string_id>", methods=["GET"])
@blueprint.response(200, schemas.StringSchema)
@requires("string.view", on=String)
def read_string(string_id: int) -> Answer:
    return fresh(*string_shape(queries.string(current_session(), string_id)))


@blueprint.route("/strings/<key:string_id>", methods=["DELETE"])
@blueprint.arguments(schemas.DeleteArgs, location="query")
@blueprint.response(200, schemas.DeletedSchema)
@blueprint.alt_response(204, description="Deleted.")
@requires("string.edit", on=String)
def delete_string(args: dict[str, Any], string_id: int) -> Answer:
    session = current_session()
    row = queries.string(session, string_id)
    check_tag(string_shape(row)[1], row.version)
    if args["dry_run"]:
        ids = deleting.preview(session, row, cascade=args["cascade"])
        message = f"{len(ids)} strings would be deleted."
        return {"dry_run": True, "deleted": len(ids), "strings": ids[:MAX_LISTED], "message": message}
    deleting.delete(session, row, cascade=args["cascade"])
    return flask.Response(status=204)


@blueprint.route("/strings/<key:string_id>/descendants", methods=["GET"])
@blueprint.arguments(schemas.WalkArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.PlacedStringSchema))
@requires("string.view", on=String)
def list_descendants(args: dict[str, Any], string_id: int) -> Any:
    """What stands below, level by level; the children are level 1."""
    return _placed(queries.downward(current_session(), string_id, levels=args["max_depth"]), args)


@blueprint.route("/strings/<key:string_id>/ancestors", methods=["GET"])
@blueprint.arguments(schemas.WalkArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.PlacedStringSchema))
@requires("string.view", on=String)
def list_ancestors(args: dict[str, Any], string_id: int) -> Any:
    """What stands above, the nearest first; the parent is level 1."""
    return _placed(queries.upward(current_session(), [string_id], levels=args["max_depth"]), args)


@blueprint.route("/strings/<key:string_id>/history", methods=["GET"])
@blueprint.arguments(ListArgs, location="query")
@blueprint.response(200, listing.envelope(VersionSchema))
@requires("string.view", on=String)
def list_history(args: dict[str, Any], string_id: int) -> Any:
    """What changed, newest first; empty for a string that was never changed."""
    found = listed(history.versions(current_session(), string_id), VERSIONS, args).as_dict()
    keys = (key for row in found["results"] for key in (*row.details_before, *row.details))
    names = history.dimension_names(current_session(), keys)
    return found | {"results": [_version(row, names) for row in found["results"]]}


@blueprint.route("/strings/<key:string_id>/explain", methods=["GET"])
@blueprint.response(200, ExplanationSchema)
@requires("string.view", on=String)
def explain_string(string_id: int) -> Any:
    """Where each part of the name comes from, which rule decides about it, who changed it last and when."""
    return explaining.explain(current_session(), queries.string(current_session(), string_id), environment())


@blueprint.route("/string-details", methods=["GET"])
@blueprint.arguments(schemas.DetailArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.DetailSchema))
@requires("string.view")
def list_details(args: dict[str, Any]) -> Any:
    found = listed(queries.details(current_session()), DETAILS, args).as_dict()
    return found | {"results": [detail_view(row) for row in found["results"]]}


@blueprint.route("/string-details/<key:row_id>", methods=["GET"])
@blueprint.response(200, schemas.DetailSchema)
@requires("string.view", on=Detail)
def read_detail(row_id: int) -> Answer:
    row = load(current_session(), Detail, row_id)
    row = queries.detail(current_session(), row.id)
    return fresh(detail_view(row), detail_tag(row))


def wanted_of(body: dict[str, Any]) -> NewString:
    """The arguments of the operation, from a loaded body."""
    long_form = [
        WantedDetail(
            pointer=f"/details/{number}",
            dimension_id=item.get("dimension"),
            dimension_name=item.get("dimension_name"),
            value_id=item.get("dimension_value"),
            text=item.get("dimension_value_freetext"),
            own=item["own"],
        )
        for number, item in enumerate(body.get("details") or ())
    ]
    short_form = [
        WantedDetail(pointer=f"/values/{escaped(name)}", dimension_name=name, text=value, is_short=True)
        for name, value in (body.get("values") or {}).items()
    ]
    return NewString(
        field_id=body["field"],
        rule_id=body.get("rule"),
        submission_id=body.get("submission"),
        parent_id=body.get("parent"),
        parent_uuid=body.get("parent_uuid"),
        details=[*long_form, *short_form],
        custom_fields=body.get("custom_fields") or {},
        inherit_missing=body["inherit_missing"],
        value=body.get("value"),
    )


def _imagined(string: String) -> dict[str, Any]:
    """The shape of a string that was not stored; nothing refers to it, so it has no ids."""
    shape = schemas.string_view(string)
    details = [detail | {"id": None, "string": None} for detail in shape["details"]]
    unknown = {"id": None, "string_uuid": None, "details": details}
    return shape | unknown | {"dry_run": True, "message": "Nothing was stored."}


def _placed(walk: Any, args: dict[str, Any]) -> Any:
    orderings = {"level": walk.c.level, "id": String.id}
    how = Listing(key=String.id, orderings=orderings, default="level")
    found = listed(queries.placed(current_session(), walk), how, args).as_dict()
    shapes = string_shapes([string for string, _level, _path in found["results"]])
    places = [{"level": level, "path": path} for _string, level, path in found["results"]]
    return found | {"results": [shape | place for shape, place in zip(shapes, places, strict=True)]}


def _version(row: StringVersion, names: dict[int, str]) -> dict[str, Any]:
    return {
        "version": row.version,
        "string_value": row.value,
        "field_updates": history.field_updates(row, names),
        "original_values": history.side(row.value_before, row.details_before, names),
        "change_type": row.change_type,
        "batch_id": row.job_id,
        "caused_by_version": row.caused_by_version,
        "modified_by": row.modified_by,
        "modified_at": row.modified_at,
    }
