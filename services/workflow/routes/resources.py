"""What the routes of all resources share: entity tags, versions that were read, lists."""

from collections.abc import Mapping
from typing import Any

import flask
from flask.typing import ResponseReturnValue

from services.workflow.operations.entry import own_tenant
from shared import versioning
from shared.current import current_address, current_context, current_session, runtime
from shared.listing import Listing, Page, page

Answer = ResponseReturnValue | Any


def tag_of(row: Any) -> str:
    # Everybody who may read a row sees the same of it.
    return versioning.etag(row.version, view=str(current_context().tenant_id))


def with_tag(row: Any, status: int = 200, **headers: str) -> tuple[Any, int, dict[str, str]]:
    return row, status, {"ETag": tag_of(row)} | headers


def fresh(row: Any) -> Answer:
    """The row with its tag, or 304 for who has it already."""
    tag = tag_of(row)
    if versioning.is_not_modified(flask.request.headers.get("If-None-Match"), tag):
        return flask.Response(status=304, headers={"ETag": tag})
    return row, 200, {"ETag": tag}


def check_version(row: Any, body: dict[str, Any]) -> dict[str, Any]:
    """Refuses a stale picture of the row; returns the body without `version`."""
    sent = body.pop("version", None)
    required = own_tenant(current_session()).if_match_required
    if_match = flask.request.headers.get("If-Match")
    versioning.check(tag_of(row), row.version, if_match=if_match, if_match_required=required, body_version=sent)
    return body


def listed(select_rows: Any, how: Listing, args: Mapping[str, Any]) -> Page:
    return page(
        current_session(), select_rows, how, args, address=current_address(), signing_key=runtime().settings.signing_key
    )
