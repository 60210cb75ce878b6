"""Entries of the ledger: read, listed, exported; nobody writes here."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import flask
from flask_smorest import Blueprint
from sqlalchemy import select

from services.validation.models import Character, XpTransfer
from services.validation.queries.seeing import sees
from services.validation.schemas import ledger as schemas
from services.validation.schemas.fields import ViewArgs
from shared import listing
from shared.access import requires
from shared.current import current_context, current_session, runtime
from shared.errors import Invalid, NotFound
from shared.listing import Listing
from shared.resources import listed
from shared.tenancy import tenant_of

blueprint = Blueprint("xp-transfers", __name__, url_prefix="/xp-transfers", description="Every movement of a point.")

LISTING = Listing(
    key=XpTransfer.id,
    orderings={"id": XpTransfer.id, "created_at": XpTransfer.created_at},
    default="-id",
    filters={
        "character": listing.one_of(XpTransfer.character_id),
        "kind": listing.one_of(XpTransfer.kind),
        "scene": listing.one_of(XpTransfer.scene_id),
        "story": listing.one_of(XpTransfer.story_id),
        "created_after": listing.since(XpTransfer.created_at),
        "created_before": listing.until(XpTransfer.created_at),
    },
)
CSV = "text/csv; charset=utf-8"
_AT_ONCE = 1_000
_OF_PAGES = ("limit", "cursor", "ordering", "count")


def visible() -> Any:
    """Entries of the characters that the caller sees."""
    session = current_session()
    whose = (Character.tenant_id == XpTransfer.tenant_id) & (Character.id == XpTransfer.character_id)
    return (
        select(XpTransfer)
        .join(Character, whose)
        .where(XpTransfer.tenant_id == tenant_of(session), sees(session, current_context()))
    )


@blueprint.route("")
@blueprint.arguments(schemas.TransferArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.TransferSchema))
@blueprint.alt_response(200, schema={"type": "string", "format": "binary"}, content_type="text/csv", success=True)
@requires("character.view")
def list_transfers(args: dict[str, Any]) -> Any:
    """The last entry first. With `Accept: text/csv` all that the filters name as CSV, the first entry first."""
    if flask.request.accept_mimetypes.best_match(["application/json", "text/csv"]) == "text/csv":
        return _as_csv(args)
    return listed(visible(), LISTING, args).as_dict()


@blueprint.route("/<key:transfer_id>")
@blueprint.arguments(ViewArgs, location="query")
@blueprint.response(200, schemas.TransferSchema)
@requires("character.view")
def read_transfer(_args: dict[str, Any], transfer_id: int) -> Any:
    found = current_session().scalars(visible().where(XpTransfer.id == transfer_id)).one_or_none()
    if found is None:
        raise NotFound("There is no such entry.")
    return found


def _as_csv(args: dict[str, Any]) -> flask.Response:
    """Streamed after the view, from one consistent picture; memory is bounded by a batch."""
    for name in _OF_PAGES:
        if name in flask.request.args:
            raise Invalid.field(f"?{name}", "not_with_csv", "A file has everything that the filters name.")
    chosen = [make(args[name]) for name, make in LISTING.filters.items() if args.get(name) is not None]
    rows = visible().where(*chosen).order_by(XpTransfer.id)
    db, context, schema = runtime().db, current_context(), schemas.TransferSchema(many=True)

    def pieces() -> Iterator[bytes]:
        names = list(schema.fields)
        yield _lines([names])
        options = {"stream_results": True, "yield_per": _AT_ONCE}
        with db.transaction(context, snapshot=True) as session:
            for batch in session.scalars(rows, execution_options=options).partitions():
                yield _lines([[_cell(row[name]) for name in names] for row in schema.dump(batch)])
                session.expunge_all()

    headers = {"Content-Disposition": 'attachment; filename="xp-transfers.csv"', "Cache-Control": "no-store"}
    return flask.Response(pieces(), content_type=CSV, headers=headers)


def _lines(rows: list[list[Any]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue().encode()


def _cell(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula gets an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
