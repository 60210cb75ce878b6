"""The plain resources of the structure: list, create, read, PATCH, DELETE, all alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import flask
import marshmallow as ma
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.propagation.models import Base
from services.propagation.operations import structure
from services.propagation.operations.entry import standing_of
from services.propagation.schemas.fields import seen_by
from shared import listing, versioning
from shared.access import load, requires
from shared.current import current_address, current_context, current_session, runtime
from shared.listing import Expression, Filter, ListArgs, Listing, Page, page
from shared.tenancy import tenant_of


@dataclass(frozen=True)
class Plain:
    """One plain resource. `filters` are columns by query name; `orderings` likewise.

    `more` is what an answer with one row tells beside its columns, as `answer` has it; its entity tag covers that.
    """

    path: str
    model: type[Any]
    schema: type[ma.Schema]
    args: type[ListArgs]
    edit: str
    filters: Mapping[str, Expression] = field(default_factory=dict)
    orderings: Mapping[str, Expression] = field(default_factory=dict)
    default: str = "id"
    writes: frozenset[str] = frozenset({"POST", "PATCH", "DELETE"})
    answer: type[ma.Schema] | None = None
    more: Callable[[Session, Any], dict[str, Any]] | None = None

    @property
    def one(self) -> type[ma.Schema]:
        return self.answer or self.schema

    def shape(self, row: Any) -> tuple[Any, str]:
        """What is shown of one row, and its entity tag."""
        if self.more is None:
            return row, tag_of(row)
        more = self.more(current_session(), row)
        tag = versioning.etag(row.version, parts=[flask.json.dumps(more)], view=seen_by(current_context()))
        return flask.jsonify(self.schema().dump(row) | more), tag

    @property
    def listing(self) -> Listing:
        model = self.model
        filters: dict[str, Filter] = {name: listing.one_of(column) for name, column in self.filters.items()}
        orderings = {"id": model.id, "created_at": model.created_at, "updated_at": model.updated_at}
        return Listing(key=model.id, orderings=orderings | dict(self.orderings), default=self.default, filters=filters)


def tag_of(row: Any) -> str:
    return versioning.etag(row.version, view=seen_by(current_context()))


def check_version(row: Any, body: dict[str, Any], *, tag: str | None = None) -> dict[str, Any]:
    """Refuses a stale picture of the row; returns the body without `version`. `tag` is that of the row alone unless
    given."""
    sent = body.pop("version", None)
    required = standing_of(current_session()).if_match_required
    if_match = flask.request.headers.get("If-Match")
    versioning.check(tag or tag_of(row), row.version, if_match=if_match, if_match_required=required, body_version=sent)
    return body


def with_tag(row: Any, status: int = 200, **headers: str) -> tuple[Any, int, dict[str, str]]:
    return row, status, {"ETag": tag_of(row)} | headers


def listed(select_rows: Any, how: Listing, args: Mapping[str, Any]) -> Page:
    return page(
        current_session(), select_rows, how, args, address=current_address(), signing_key=runtime().settings.signing_key
    )


def register(blueprint: Blueprint, plain: Plain) -> None:
    """Adds the methods of a plain resource to the blueprint; `writes` are those that are plain here."""
    name, model, schema = plain.path.replace("-", "_"), plain.model, plain.schema
    address, one = f"/{plain.path}", f"/{plain.path}/<key:row_id>"

    @blueprint.route(address, methods=["GET"], endpoint=f"{name}_list")
    @blueprint.arguments(plain.args, location="query")
    @blueprint.response(200, listing.envelope(schema))
    @requires("string.view")
    def list_rows(args: dict[str, Any]) -> Any:
        rows = select(model).where(model.tenant_id == tenant_of(current_session()))
        return listed(rows, plain.listing, args).as_dict()

    @blueprint.route(one, methods=["GET"], endpoint=f"{name}_read")
    @blueprint.response(200, plain.one)
    @requires("string.view", on=model)
    def read_row(row_id: int) -> ResponseReturnValue | Any:
        shown, tag = plain.shape(load(current_session(), model, row_id))
        if versioning.is_not_modified(flask.request.headers.get("If-None-Match"), tag):
            return flask.Response(status=304, headers={"ETag": tag})
        return shown, 200, {"ETag": tag}

    for method, add in (("POST", _add_create), ("PATCH", _add_change), ("DELETE", _add_delete)):
        if method in plain.writes:
            add(blueprint, plain)


def _add_create(blueprint: Blueprint, plain: Plain) -> None:
    name, model, schema = plain.path.replace("-", "_"), plain.model, plain.schema

    @blueprint.route(f"/{plain.path}", methods=["POST"], endpoint=f"{name}_create")
    @blueprint.arguments(schema)
    @blueprint.response(201, plain.one)
    @requires(plain.edit)
    def create_row(body: dict[str, Any]) -> Any:
        body.pop("version", None)
        row: Any = structure.create(current_session(), model, body)
        shown, tag = plain.shape(row)
        return shown, 201, {"ETag": tag, "Location": f"{flask.request.path.rstrip('/')}/{row.id}"}


def _add_change(blueprint: Blueprint, plain: Plain) -> None:
    name, model, schema = plain.path.replace("-", "_"), plain.model, plain.schema

    @blueprint.route(f"/{plain.path}/<key:row_id>", methods=["PATCH"], endpoint=f"{name}_change")
    @blueprint.arguments(schema(partial=True))
    @blueprint.response(200, plain.one)
    @requires(plain.edit, on=model)
    def change_row(body: dict[str, Any], row_id: int) -> Any:
        row = load(current_session(), model, row_id)
        structure.update(current_session(), row, check_version(row, body, tag=plain.shape(row)[1]))
        shown, tag = plain.shape(row)
        return shown, 200, {"ETag": tag}


def _add_delete(blueprint: Blueprint, plain: Plain) -> None:
    name, model = plain.path.replace("-", "_"), plain.model

    @blueprint.route(f"/{plain.path}/<key:row_id>", methods=["DELETE"], endpoint=f"{name}_delete")
    @blueprint.response(204)
    @requires(plain.edit, on=model)
    def delete_row(row_id: int) -> None:
        row: Base = load(current_session(), model, row_id)
        check_version(row, {}, tag=plain.shape(row)[1])
        structure.delete(current_session(), row)
