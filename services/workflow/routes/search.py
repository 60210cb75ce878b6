"""Searching, and what the search is told and asked about itself."""

from typing import Any

import flask
from flask_smorest import Blueprint

from services.workflow.domain.search.entities import MODULES
from services.workflow.models import SearchClick
from services.workflow.operations.search import remembering, searching, suggesting
from services.workflow.operations.search.asking import request_of, unified_request
from services.workflow.operations.search.freshness import cache_of
from services.workflow.operations.search.request import Request
from services.workflow.queries.search import analytics
from services.workflow.routes.contract import is_v1
from services.workflow.routes.search_answers import (
    Sent,
    escaped,
    kept_or_made,
    look_before,
    placed,
    settings,
    shape,
    with_results,
)
from services.workflow.routes.search_quotas import count_quota
from services.workflow.schemas import search as schemas
from services.workflow.schemas import search_use as use_schemas
from shared import listing
from shared.access import requires
from shared.current import current_context, current_session
from shared.errors import Invalid
from shared.resources import listed
from shared.tenancy import tenant_of

blueprint = Blueprint("search", __name__, description="Finding items by words, misspelt ones too.")
blueprint.after_request(escaped)
blueprint.after_request(with_results)
blueprint.after_request(count_quota)


@blueprint.before_request
def answer_from_cache() -> Any:
    """Repeated searches cost no transaction."""
    if flask.request.endpoint != "search.search_items":
        return None
    found = look_before()
    return None if found is None else flask.jsonify(found)


@blueprint.route("/search", methods=["POST"])
@blueprint.arguments(schemas.SearchSchema)
@blueprint.response(200, schemas.SearchAnswerSchema)
@requires("search.use")
def search_items(body: dict[str, Any]) -> Any:
    """Items that have all the words, the last one also as a beginning, misspelt ones too; the best first."""

    def make(asked: Request) -> Sent:
        return shape(asked, searching.search(current_session(), asked))

    return flask.jsonify(kept_or_made(placed(request_of(body), body["cursor"]), make, body["semantic"]))


@blueprint.route("/search/unified", methods=["GET"])
@blueprint.arguments(schemas.UnifiedArgs, location="query")
@blueprint.response(200, schemas.UnifiedAnswerSchema)
@requires("search.use")
def search_modules(args: dict[str, Any]) -> Any:
    """The same over modules, with filters that hold for all of them."""

    def make(asked: Request) -> Sent:
        answer = searching.search(current_session(), asked)
        searched = [name for name, entities in MODULES.items() if set(entities) & set(answer.searched)]
        return shape(asked, answer) | {
            "next": None,
            "total_count": answer.total,
            "search_time_ms": 0.0,
            "modules_searched": searched,
            "suggestions": suggesting.suggest(current_session(), settings(), args["q"], limit=5),
            "fuzzy_matches": list(answer.corrected),
            "correlation_id": "",
        }

    return flask.jsonify(kept_or_made(unified_request(args), make))


@blueprint.route("/search/suggestions", methods=["GET"])
@blueprint.arguments(use_schemas.SuggestionArgs, location="query")
@blueprint.response(200, use_schemas.SuggestionsSchema)
@requires("search.use")
def list_suggestions(args: dict[str, Any]) -> Any:
    """Titles that begin so, the caller's own past queries, and those that worked for several others."""
    found = suggesting.suggest(current_session(), settings(), args["q"], limit=args["limit"])
    return {"suggestions": found}


@blueprint.route("/search/clicks", methods=["POST"])
@blueprint.arguments(use_schemas.NewClickSchema)
@blueprint.response(201, use_schemas.ClickSchema)
@requires("search.use")
def store_click(body: dict[str, Any]) -> Any:
    """A result was opened."""
    if "query_id" not in body and not is_v1():
        raise Invalid.field("/query_id", "required", "query_id is needed.")
    return remembering.click(current_session(), **body), 201


CLICKS = listing.Listing(
    key=SearchClick.id,
    orderings={"id": SearchClick.id, "created_at": SearchClick.created_at},
    default="-id",
    filters={"query_id": listing.one_of(SearchClick.query_id)},
)


@blueprint.route("/search/clicks", methods=["GET"])
@blueprint.arguments(use_schemas.ClickArgs, location="query")
@blueprint.response(200, listing.envelope(use_schemas.ClickSchema))
@requires("search.analytics")
def list_clicks(args: dict[str, Any]) -> Any:
    return listed(analytics.clicks(tenant_of(current_session())), CLICKS, args).as_dict()


@blueprint.route("/search/analytics", methods=["GET"])
@blueprint.arguments(use_schemas.AnalyticsArgs, location="query")
@blueprint.response(200, use_schemas.AnalyticsSchema)
@requires("search.analytics")
def read_analytics(args: dict[str, Any]) -> Any:
    """How the search is used: searches, clicks, and what nobody found."""
    return remembering.analyse(current_session(), hours=args["hours"])


@blueprint.route("/search/cache/statistics", methods=["GET"])
@blueprint.response(200, use_schemas.CacheStatisticsSchema)
@requires("search.manage")
def read_cache_statistics() -> Any:
    """Of the tenant, the last 24 hours."""
    tenant_id = current_context().tenant_id
    assert tenant_id is not None
    found = cache_of(settings()).statistics(tenant_id)
    return {"hits": found.hits, "misses": found.misses, "requests": found.requests, "hit_rate": found.hit_rate}


@blueprint.route("/search/cache/invalidate", methods=["POST"])
@blueprint.arguments(use_schemas.InvalidationSchema)
@blueprint.response(200, use_schemas.InvalidatedSchema)
@requires("search.manage")
def invalidate_cache(body: dict[str, Any]) -> Any:
    """Forgets kept answers about these entities, or about all."""
    return {"entities": remembering.invalidate(current_session(), body["entities"])}
