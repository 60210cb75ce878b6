"""Declared tables in the catalogue: what each holds is known when it is asked for, so the shapes are made then."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint
from sqlalchemy import select

from services.sync.loaders.targets import TARGETS
from services.sync.models import CatalogueRow, RowHistory
from services.sync.operations.catalogue import model_of, prepare_edit
from services.sync.routes.catalogue import HISTORY, plain_of
from services.sync.schemas import catalogue as schemas
from shared import editing, listing
from shared.access import load
from shared.auth import demand
from shared.current import current_context, current_session
from shared.errors import NotFound
from shared.listing import ListArgs
from shared.resources import Plain, check_version, fresh, listed, with_tag
from shared.tenancy import tenant_of

blueprint = Blueprint("declared", __name__, description="Declared tables of the catalogue.")

View = Callable[..., Any]
ONE = "/catalogue/<table>/<key:row_id>"
ANY_ROW = {"type": "object", "description": "The columns of the table, and the bookkeeping of its rows."}
ANY_ROWS = {"type": "object", "description": "A list, as of the other tables of the catalogue."}


@lru_cache(maxsize=256)
def _plain(table: str, model: type[CatalogueRow]) -> Plain:
    """Kept as long as the table is declared like this: another declaration makes another model."""
    return plain_of(TARGETS[table], model)


def on_table(permission: str) -> Callable[[View], View]:
    """Demands that the table is declared which the path names, and the permission; the view gets what is known of it.
    The innermost decorator of a view."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, table: str, **kwargs: Any) -> Any:
            TARGETS.refresh(current_session())
            if table not in TARGETS:
                raise NotFound(f"There is no table {table}.")
            demand(current_context(), permission)
            return view(*args, _plain(table, model_of(table)), **kwargs)

        checked.required_permission = permission  # type: ignore[attr-defined]
        return checked

    return decorate


@blueprint.route("/catalogue/<table>", methods=["GET"])
@blueprint.response(200, ANY_ROWS)
@on_table("catalogue.view")
def list_declared(plain: Plain) -> Any:
    """Columns that an index finds are filters."""
    args = blueprint.ARGUMENTS_PARSER.parse(plain.args(), location="query")
    found = listed(
        select(plain.model).where(plain.model.tenant_id == tenant_of(current_session())), plain.listing, args
    )
    schema: ma.Schema = plain.schema(many=True)
    return flask.jsonify(found.as_dict() | {"results": schema.dump(found.as_dict()["results"])})


@blueprint.route(ONE, methods=["GET"])
@blueprint.response(200, ANY_ROW)
@on_table("catalogue.view")
def read_declared(plain: Plain, row_id: int) -> Any:
    return _dumped(plain, fresh(load(current_session(), plain.model, row_id)))


@blueprint.route(ONE, methods=["PATCH"])
@blueprint.doc(requestBody={"content": {"application/json": {"schema": ANY_ROW}}})
@blueprint.response(200, ANY_ROW)
@on_table("catalogue.edit")
def change_declared(plain: Plain, row_id: int) -> Any:
    """An edit of the target, which the next run takes for one side of a conflict."""
    body = blueprint.ARGUMENTS_PARSER.parse(plain.schema(partial=True), location="json")
    session = current_session()
    row = editing.locked(session, plain.model, row_id)
    editing.change(session, row, prepare_edit(session, row, check_version(row, body)))
    return _dumped(plain, with_tag(row))


@blueprint.route(f"{ONE}/history", methods=["GET"])
@blueprint.arguments(ListArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.HistorySchema))
@on_table("catalogue.view")
def list_declared_history(args: dict[str, Any], plain: Plain, row_id: int) -> Any:
    """What runs changed in the row, newest first; kept for 90 days."""
    load(current_session(), plain.model, row_id)
    name = plain.model.__table__.name
    own = (RowHistory.tenant_id == tenant_of(current_session()), RowHistory.table_name == name)
    return listed(select(RowHistory).where(*own, RowHistory.row_id == row_id), HISTORY, args).as_dict()


def _dumped(plain: Plain, answer: Any) -> Any:
    """The row of an answer in the shape of its table; what has no row (304) stays."""
    if not isinstance(answer, tuple):
        return answer
    row, *rest = answer
    return flask.jsonify(plain.schema().dump(row)), *rest
