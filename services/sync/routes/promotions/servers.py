"""The servers in the stores, the keys that answers to them are signed with, and the log of their calls."""

from typing import Any

import flask
from flask_smorest import Blueprint
from sqlalchemy import select

from services.sync.models import EdgeServer, SyncLogEntry
from services.sync.operations.edges import keys, servers
from services.sync.routes.edge.calls import present
from services.sync.routes.edge.gathering import calls_gathered
from services.sync.schemas.promotions import servers as schemas
from shared import editing, listing
from shared.access import load, requires
from shared.current import current_session, runtime
from shared.listing import Listing, one_of, since, until
from shared.outbound_guard import Guard
from shared.resources import Answer, check_version, fresh, listed, tag_of
from shared.tenancy import tenant_of
from shared.webhooks.sending import guard_of

blueprint = Blueprint("edge_servers", __name__, description="The servers in the stores, and what they asked for.")
SERVERS = Listing(
    key=EdgeServer.id,
    orderings={"id": EdgeServer.id, "created_at": EdgeServer.created_at},
    default="created_at",
    filters={"store_id": one_of(EdgeServer.store_id), "active": one_of(EdgeServer.active)},
)
LOG = Listing(
    key=SyncLogEntry.id,
    orderings={"called_at": SyncLogEntry.called_at, "id": SyncLogEntry.id},
    default="-called_at",  # some are logged a little later than they came
    filters={
        **{name: one_of(getattr(SyncLogEntry, name)) for name in ("store_id", "endpoint", "mode", "status")},
        "called_after": since(SyncLogEntry.called_at),
        "called_before": until(SyncLogEntry.called_at),
    },
)


@blueprint.route("/edge-servers", methods=["GET"])
@blueprint.arguments(schemas.EdgeServerArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.EdgeServerSchema))
@requires("promotion.view")
def list_servers(args: dict[str, Any]) -> Any:
    session = current_session()
    living = select(EdgeServer).where(EdgeServer.tenant_id == tenant_of(session), EdgeServer.deleted_at.is_(None))
    found = listed(living, SERVERS, args).as_dict()
    return found | {"results": [_shown(row) for row in found["results"]]}


@blueprint.route("/edge-servers", methods=["POST"])
@blueprint.arguments(schemas.EdgeServerSchema)
@blueprint.response(201, schemas.EdgeServerSchema)
@requires("edge_server.manage")
def create_server(body: dict[str, Any]) -> Any:
    body.pop("version", None)
    row = servers.create(current_session(), body, _guard())
    place = f"{flask.request.path.rstrip('/')}/{row.id}"
    return _shown(row, with_secret=True), 201, {"ETag": tag_of(row), "Location": place, "Cache-Control": "no-store"}


@blueprint.route("/edge-servers/<id:row_id>", methods=["GET"])
@blueprint.response(200, schemas.EdgeServerSchema)
@requires("promotion.view", on=EdgeServer)
def read_server(row_id: Any) -> Answer:
    row = load(current_session(), EdgeServer, row_id)
    return fresh(_shown(row), tag_of(row))


@blueprint.route("/edge-servers/<id:row_id>", methods=["PATCH"])
@blueprint.arguments(schemas.EdgeServerSchema(partial=True))
@blueprint.response(200, schemas.EdgeServerSchema)
@requires("edge_server.manage", on=EdgeServer)
def change_server(body: dict[str, Any], row_id: Any) -> Any:
    row = editing.locked(current_session(), EdgeServer, row_id)
    servers.change(current_session(), row, check_version(row, body), _guard())
    return _shown(row), 200, {"ETag": tag_of(row)}


@blueprint.route("/edge-servers/<id:row_id>", methods=["DELETE"])
@blueprint.response(204)
@requires("edge_server.manage", on=EdgeServer)
def delete_server(row_id: Any) -> None:
    row = editing.locked(current_session(), EdgeServer, row_id)
    check_version(row, {})
    editing.delete(current_session(), row)


@blueprint.route("/edge-servers/<id:row_id>/renew-secret", methods=["POST"])
@blueprint.response(200, schemas.EdgeServerSchema)
@requires("edge_server.manage", on=EdgeServer)
def renew_secret(row_id: Any) -> Any:
    row = editing.locked(current_session(), EdgeServer, row_id)
    check_version(row, {})
    servers.renew_secret(current_session(), row)
    return _shown(row, with_secret=True), 200, {"ETag": tag_of(row), "Cache-Control": "no-store"}


@blueprint.route("/edge-servers/rotate-key", methods=["POST"])
@blueprint.response(200, schemas.EdgeKeyMadeSchema)
@requires("edge_server.manage")
def rotate_key() -> Any:
    return keys.rotate(current_session())


@blueprint.route("/sync-log", methods=["GET"])
@blueprint.arguments(schemas.SyncLogArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.SyncLogSchema))
@requires("promotion.view")
def list_calls(args: dict[str, Any]) -> Any:
    calls_gathered().write()
    own = select(SyncLogEntry).where(SyncLogEntry.tenant_id == tenant_of(current_session()))
    return listed(own, LOG, args).as_dict()


@blueprint.route("/sync-log/summary", methods=["GET"])
@blueprint.response(200, schemas.ContactsSchema)
@requires("promotion.view")
def summarise_calls() -> Any:
    calls_gathered().write()
    return {"results": servers.contacts(current_session(), present())}


def _shown(row: EdgeServer, *, with_secret: bool = False) -> dict[str, Any]:
    names = (
        "tenant_id",
        "id",
        "store_id",
        "url",
        "signature",
        "active",
        "gone_at",
        "version",
        "created_at",
        "updated_at",
    )
    shown = {name: getattr(row, name) for name in names} | servers.contact_of(current_session(), row.store_id)
    return shown | ({"secret": row.told_secret} if with_secret else {})


def _guard() -> Guard:
    return guard_of(runtime().settings)
