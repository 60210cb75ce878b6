"""Views that are kept: answered from Redis, without a statement, to who asked the same with the same rights before."""

from collections.abc import Mapping
from typing import Any

import flask

from services.validation.config import Settings
from services.validation.operations import freshness
from services.validation.operations.freshness import cache_of
from shared.app import ServiceApp
from shared.current import current_context
from shared.versioning import is_not_modified

SECONDS = 900
# Endpoint to what it shows.
VIEWS: Mapping[str, frozenset[str]] = {
    "characters.list_characters": freshness.CHARACTERS,
    "characters.read_character": freshness.CHARACTERS,
    "chronicles.chronicles_list": freshness.CHRONICLES,
    "chronicles.list_roster": freshness.CHARACTERS,
    "chronicles.trait_definitions_list": freshness.TRAITS,
    "groups.groups_list": freshness.GROUPS,
    "play.scenes_list": freshness.SCENES,
    "rule_sets.read_docs": freshness.RULE_DOCS,
    "tariffs.tariffs_list": freshness.TARIFFS,
}


class _NotKept(Exception):
    """Refusals, and answers to who has what is there already."""

    def __init__(self, response: flask.Response) -> None:
        super().__init__()
        self.response = response


def register(app: ServiceApp, settings: Settings) -> None:
    """Comes after the entrance, which knows the caller, and before the unit of work."""
    freshness.watch(settings)

    @app.before_request
    def kept_view() -> flask.Response | None:
        tables = VIEWS.get(flask.request.endpoint or "")
        if tables is None or flask.request.method != "GET" or "context" not in flask.g:
            return None
        _demand_session(app)
        return _answer(app, settings, tables)


def _answer(app: ServiceApp, settings: Settings, tables: frozenset[str]) -> flask.Response:
    context = current_context()
    assert context.tenant_id is not None  # the entrance lets nobody in without one
    request = flask.request
    rights = [context.actor, sorted(context.roles), sorted(context.permissions)]
    asked = [request.base_url, sorted(request.args.items(multi=True)), request.headers.get("Accept")]
    try:
        kept, found = cache_of(settings).through(
            context.tenant_id, tables, [*asked, *rights], lambda: _computed(app), seconds=SECONDS
        )
    except _NotKept as other:
        return other.response
    headers = {"X-Cache": found.state, "Cache-Control": "private", "Vary": "Authorization"}
    if found.state == "hit":
        headers["Age"] = str(int(found.age_seconds))
    tag = kept["etag"]
    if tag is not None:
        headers["ETag"] = tag
        if is_not_modified(request.headers.get("If-None-Match"), tag):
            return flask.Response(status=304, headers=headers)
    return flask.Response(kept["body"], content_type=kept["type"], headers=headers)


def _computed(app: ServiceApp) -> dict[str, Any]:
    response = app.make_response(app.dispatch_request())
    if response.status_code != 200:
        raise _NotKept(response)
    return {
        "body": response.get_data(as_text=True),
        "type": response.content_type,
        "etag": response.headers.get("ETag"),
    }


def _demand_session(app: ServiceApp) -> None:
    """Who has logged out is shown nothing that was kept. Raises SessionEnded."""
    revoked, context = app.revoked, current_context()
    if revoked is not None and not revoked.remembers(context):
        with app.runtime.db.transaction(context) as session:
            revoked.check(session, context)
