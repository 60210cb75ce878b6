"""What the routes of all resources share: entity tags, versions that were read, lists, plain resources."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import flask
import marshmallow as ma
import structlog
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy import select

from services.workflow.operations import rows
from services.workflow.operations.entry import own_tenant
from shared import listing, versioning
from shared.access import load, requires
from shared.current import current_address, current_context, current_session, runtime
from shared.listing import Filter, ListArgs, Listing, Page, page
from shared.tenancy import tenant_of
from shared.versioning import VersionConflict

Answer = ResponseReturnValue | Any
Check = Callable[[Any, dict[str, Any]], dict[str, Any]]
log = structlog.get_logger(__name__)

RESOLUTION = {
    "action": "refresh_and_retry",
    "steps": [
        "Read the item again.",
        "Look at what has changed since you read it.",
        "Repeat your change with the version that you have read now.",
    ],
}


def tag_of(row: Any) -> str:
    # Everybody who may read a row sees the same of it.
    parts = getattr(row, "embedded", ())
    return versioning.etag(row.version, parts=parts, view=str(current_context().tenant_id))


def with_tag(row: Any, status: int = 200, **headers: str) -> tuple[Any, int, dict[str, str]]:
    return row, status, {"ETag": tag_of(row)} | headers


def fresh(row: Any) -> Answer:
    """The row with its tag, or 304 for who has it already."""
    tag = tag_of(row)
    if versioning.is_not_modified(flask.request.headers.get("If-None-Match"), tag):
        return flask.Response(status=304, headers={"ETag": tag})
    return row, 200, {"ETag": tag}


def check_picture(row: Any, body_version: int | None) -> None:
    """Raises VersionConflict for a stale picture of the row (412 for If-Match, else 409), PreconditionRequired."""
    try:
        versioning.check(
            tag_of(row),
            row.version,
            if_match=_if_match(row),
            if_match_required=own_tenant(current_session()).if_match_required,
            body_version=body_version,
        )
    except VersionConflict as conflict:
        entity, entity_id = rows.noun(type(row)).replace(" ", "_"), getattr(row, "id", None)
        conflict.members |= {"entity": entity, "entity_id": entity_id, "resolution": RESOLUTION}
        log.warning("version_conflict", entity=entity, entity_id=entity_id, actual_version=row.version)
        raise


def _if_match(row: Any) -> str | None:
    """What is added below an item changes its tag, so that readers see it, but makes no editor's picture stale."""
    sent = flask.request.headers.get("If-Match")
    if sent is not None and hasattr(row, "embedded") and versioning.version_in(sent) == row.version:
        return "*"
    return sent


def check_version(row: Any, body: dict[str, Any]) -> dict[str, Any]:
    """Refuses a stale picture of the row; returns the body without `version`."""
    check_picture(row, body.pop("version", None))
    return body


def listed(select_rows: Any, how: Listing, args: Mapping[str, Any]) -> Page:
    return page(
        current_session(), select_rows, how, args, address=current_address(), signing_key=runtime().settings.signing_key
    )


@dataclass(frozen=True)
class Plain:
    """A resource without a lifecycle. `check` completes or refuses values (row None for a new one)."""

    path: str
    model: type[Any]
    schema: type[ma.Schema]
    args: type[ListArgs]
    view: str
    manage: str
    delete: str
    filters: Mapping[str, Filter] = field(default_factory=dict)
    check: Check = field(default=lambda _row, values: values)

    @property
    def listing(self) -> Listing:
        model = self.model
        orderings = {"id": model.id, "name": model.name, "created_at": model.created_at}
        return Listing(key=model.id, orderings=orderings, default="name", filters=self.filters)


def register(blueprint: Blueprint, plain: Plain) -> None:
    """Adds list, create, read, PATCH and DELETE of a plain resource to the blueprint."""
    _add_reading(blueprint, plain)
    _add_writing(blueprint, plain)


def _add_reading(blueprint: Blueprint, plain: Plain) -> None:
    name, model = plain.path.replace("-", "_"), plain.model

    @blueprint.route(f"/{plain.path}", methods=["GET"], endpoint=f"{name}_list")
    @blueprint.arguments(plain.args, location="query")
    @blueprint.response(200, listing.envelope(plain.schema))
    @requires(plain.view)
    def list_rows(args: dict[str, Any]) -> Any:
        found = select(model).where(model.tenant_id == tenant_of(current_session()))
        return listed(found, plain.listing, args).as_dict()

    @blueprint.route(f"/{plain.path}/<key:row_id>", methods=["GET"], endpoint=f"{name}_read")
    @blueprint.response(200, plain.schema)
    @requires(plain.view, on=model)
    def read_row(row_id: int) -> Answer:
        return fresh(load(current_session(), model, row_id))


def _add_writing(blueprint: Blueprint, plain: Plain) -> None:
    name, model = plain.path.replace("-", "_"), plain.model

    @blueprint.route(f"/{plain.path}", methods=["POST"], endpoint=f"{name}_create")
    @blueprint.arguments(plain.schema)
    @blueprint.response(201, plain.schema)
    @requires(plain.manage)
    def create_row(body: dict[str, Any]) -> Any:
        body.pop("version", None)
        row: Any = rows.create(current_session(), model, plain.check(None, body))
        return with_tag(row, 201, Location=f"{flask.request.path.rstrip('/')}/{row.id}")

    @blueprint.route(f"/{plain.path}/<key:row_id>", methods=["PATCH"], endpoint=f"{name}_change")
    @blueprint.arguments(plain.schema(partial=True))
    @blueprint.response(200, plain.schema)
    @requires(plain.manage, on=model)
    def change_row(body: dict[str, Any], row_id: int) -> Any:
        row = rows.locked(current_session(), model, row_id)
        rows.change(current_session(), row, plain.check(row, check_version(row, body)))
        return with_tag(row)

    @blueprint.route(f"/{plain.path}/<key:row_id>", methods=["DELETE"], endpoint=f"{name}_delete")
    @blueprint.response(204)
    @requires(plain.delete, on=model)
    def delete_row(row_id: int) -> None:
        row = rows.locked(current_session(), model, row_id)
        check_version(row, {})
        rows.delete(current_session(), row)
