"""What the routes of all resources share: entity tags, versions that were read, lists, plain resources."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import flask
import marshmallow as ma
import structlog
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy import UUID, Uuid, select
from sqlalchemy.orm import Session

from shared import editing, listing, versioning
from shared.access import load, requires
from shared.current import current_address, current_context, current_session, runtime
from shared.listing import Expression, Filter, ListArgs, Listing, Page, page
from shared.rows import Tombstoned, noun
from shared.tenancy import tenant_of

Answer = ResponseReturnValue | Any
Values = dict[str, Any]
log = structlog.get_logger(__name__)

RESOLUTION = {
    "action": "refresh_and_retry",
    "steps": [
        "Read the item again.",
        "Look at what has changed since you read it.",
        "Repeat your change with the version that you have read now.",
    ],
}


def tag(version: int, *, parts: Iterable[object] = ()) -> str:
    """The entity tag of something of which everybody who may read it sees the same."""
    return versioning.etag(version, parts=parts, view=str(current_context().tenant_id))


def tag_of(row: Any) -> str:
    return tag(row.version, parts=getattr(row, "embedded", ()))


def with_tag(row: Any, status: int = 200, **headers: str) -> tuple[Any, int, dict[str, str]]:
    return row, status, {"ETag": tag_of(row)} | headers


def fresh(shown: Any, etag: str | None = None) -> Answer:
    """A row, or the shape of one with its tag; 304 for who has it already."""
    etag = etag or tag_of(shown)
    if versioning.is_not_modified(flask.request.headers.get("If-None-Match"), etag):
        return flask.Response(status=304, headers={"ETag": etag})
    return shown, 200, {"ETag": etag}


def check_tag(etag: str, version: int, *, body_version: int | None = None, if_match: str | None = None) -> None:
    """Raises VersionConflict for a stale picture (412 for If-Match, else 409), PreconditionRequired."""
    versioning.check(
        etag,
        version,
        if_match=if_match or flask.request.headers.get("If-Match"),
        if_match_required=current_context().if_match_required,
        body_version=body_version,
    )


def check_picture(row: Any, body_version: int | None, *, etag: str | None = None) -> None:
    """The same for a row; the refusal says which row it is and what to do."""
    try:
        check_tag(etag or tag_of(row), row.version, body_version=body_version, if_match=_if_match(row))
    except versioning.VersionConflict as conflict:
        entity, entity_id = noun(type(row)).replace(" ", "_"), getattr(row, "id", None)
        conflict.members |= {"entity": entity, "entity_id": entity_id, "resolution": RESOLUTION}
        log.warning("version_conflict", entity=entity, entity_id=entity_id, actual_version=row.version)
        raise


def _if_match(row: Any) -> str | None:
    """What is added below an item changes its tag, so that readers see it, but makes no editor's picture stale."""
    sent = flask.request.headers.get("If-Match")
    if sent is not None and hasattr(row, "embedded") and versioning.version_in(sent) == row.version:
        return "*"
    return sent


def check_version(row: Any, body: Values, *, etag: str | None = None) -> Values:
    """Refuses a stale picture of the row; returns the body without `version`."""
    check_picture(row, body.pop("version", None), etag=etag)
    return body


def listed(select_rows: Any, how: Listing, args: Mapping[str, Any]) -> Page:
    return page(
        current_session(), select_rows, how, args, address=current_address(), signing_key=runtime().settings.signing_key
    )


@dataclass(frozen=True)
class Plain:
    """A resource without a life of its own: list, create, read, PATCH, DELETE of rows of one table.

    `view`, `manage` and `delete` are permissions. `filters` and `orderings` are columns by query name. `check`
    completes or refuses the values of a new (row None) or changed row, `release` refuses to give a row up. `writes` are
    the methods that are plain here. Of rows that are kept as tombstones only the living are shown.
    `more` is what an answer with one row tells beside its columns, as `answer` has it; its entity tag covers that.
    """

    path: str
    model: type[Any]
    schema: type[ma.Schema]
    args: type[ListArgs]
    view: str
    manage: str
    delete: str = ""
    filters: Mapping[str, Expression] = field(default_factory=dict)
    orderings: Mapping[str, Expression] = field(default_factory=dict)
    default: str = "id"
    writes: frozenset[str] = frozenset({"POST", "PATCH", "DELETE"})
    check: Callable[[Session, Any, Values], Values] = lambda _session, _row, values: values
    release: Callable[[Session, Any], None] = lambda _session, _row: None
    answer: type[ma.Schema] | None = None
    more: Callable[[Session, Any], Values] | None = None

    @property
    def address(self) -> str:
        """Of one row; how its id looks follows from its type."""
        kind = "id" if isinstance(self.model.id.type, (UUID, Uuid)) else "key"
        return f"/{self.path}/<{kind}:row_id>"

    @property
    def one(self) -> type[ma.Schema]:
        return self.answer or self.schema

    def shape(self, row: Any) -> tuple[Any, str]:
        """What is shown of one row, and its entity tag."""
        if self.more is None:
            return row, tag_of(row)
        more = self.more(current_session(), row)
        return flask.jsonify(self.schema().dump(row) | more), tag(row.version, parts=[flask.json.dumps(more)])

    @property
    def listing(self) -> Listing:
        model = self.model
        filters: dict[str, Filter] = {name: listing.one_of(column) for name, column in self.filters.items()}
        times = {name: getattr(model, name) for name in ("created_at", "updated_at")}
        orderings = {"id": model.id} | times | dict(self.orderings)
        return Listing(key=model.id, orderings=orderings, default=self.default, filters=filters)


def register(blueprint: Blueprint, plain: Plain) -> None:
    """Adds a plain resource to the blueprint."""
    _add_reading(blueprint, plain)
    for method, add in (("POST", _add_create), ("PATCH", _add_change), ("DELETE", _add_delete)):
        if method in plain.writes:
            add(blueprint, plain)


def _add_reading(blueprint: Blueprint, plain: Plain) -> None:
    name, model = plain.path.replace("-", "_"), plain.model

    @blueprint.route(f"/{plain.path}", methods=["GET"], endpoint=f"{name}_list")
    @blueprint.arguments(plain.args, location="query")
    @blueprint.response(200, listing.envelope(plain.schema))
    @requires(plain.view)
    def list_rows(args: Values) -> Any:
        found = select(model).where(model.tenant_id == tenant_of(current_session()))
        if issubclass(model, Tombstoned):
            found = found.where(model.deleted_at.is_(None))
        return listed(found, plain.listing, args).as_dict()

    @blueprint.route(plain.address, methods=["GET"], endpoint=f"{name}_read")
    @blueprint.response(200, plain.one)
    @requires(plain.view, on=model)
    def read_row(row_id: Any) -> Answer:
        return fresh(*plain.shape(load(current_session(), model, row_id)))


def _add_create(blueprint: Blueprint, plain: Plain) -> None:
    name, model = plain.path.replace("-", "_"), plain.model

    @blueprint.route(f"/{plain.path}", methods=["POST"], endpoint=f"{name}_create")
    @blueprint.arguments(plain.schema)
    @blueprint.response(201, plain.one)
    @requires(plain.manage)
    def create_row(body: Values) -> Any:
        body.pop("version", None)
        session = current_session()
        row: Any = editing.create(session, model, plain.check(session, None, body))
        shown, etag = plain.shape(row)
        return shown, 201, {"ETag": etag, "Location": f"{flask.request.path.rstrip('/')}/{row.id}"}


def _add_change(blueprint: Blueprint, plain: Plain) -> None:
    name, model = plain.path.replace("-", "_"), plain.model

    @blueprint.route(plain.address, methods=["PATCH"], endpoint=f"{name}_change")
    @blueprint.arguments(plain.schema(partial=True))
    @blueprint.response(200, plain.one)
    @requires(plain.manage, on=model)
    def change_row(body: Values, row_id: Any) -> Any:
        session = current_session()
        row = editing.locked(session, model, row_id)
        values = check_version(row, body, etag=plain.shape(row)[1])
        editing.change(session, row, plain.check(session, row, values))
        shown, etag = plain.shape(row)
        return shown, 200, {"ETag": etag}


def _add_delete(blueprint: Blueprint, plain: Plain) -> None:
    name, model = plain.path.replace("-", "_"), plain.model

    @blueprint.route(plain.address, methods=["DELETE"], endpoint=f"{name}_delete")
    @blueprint.response(204)
    @requires(plain.delete or plain.manage, on=model)
    def delete_row(row_id: Any) -> None:
        row = editing.locked(current_session(), model, row_id)
        check_version(row, {}, etag=plain.shape(row)[1])
        plain.release(current_session(), row)
        editing.delete(current_session(), row)
