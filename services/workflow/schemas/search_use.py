"""Suggestions, clicks, analytics and the cache of the search."""

from typing import Any

import marshmallow as ma

from services.workflow.domain.search.entities import ENTITIES
from services.workflow.schemas.fields import Body
from services.workflow.schemas.search import LONGEST, SHORTEST, entity_list
from shared.listing import ListArgs, Several


class _Strict(ma.Schema):
    """Unknown query names are refused."""

    def load(self, data: Any, *, unknown: str | None = None, **options: Any) -> Any:  # noqa: ARG002
        return super().load(data, unknown=ma.RAISE, **options)


class SuggestionArgs(_Strict):
    q = ma.fields.String(
        required=True,
        validate=[
            lambda text: _demand(len(text.strip()) >= SHORTEST, f"query_too_short|q: at least {SHORTEST} characters."),
            lambda text: _demand(len(text.strip()) <= LONGEST, f"query_too_long|q: at most {LONGEST} characters."),
        ],
        error_messages={"required": f"query_too_short|q: at least {SHORTEST} characters."},
        metadata={"example": "elev"},
    )
    limit = ma.fields.Integer(load_default=5, validate=ma.validate.Range(1, 10))


def _demand(holds: bool, message: str) -> None:
    if not holds:
        raise ma.ValidationError(message)


class SuggestionsSchema(ma.Schema):
    suggestions = ma.fields.List(ma.fields.String(), required=True, metadata={"example": ["Elevator stuck"]})


class _Key(ma.fields.Field[Any]):
    """A number, or an owner's own id."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:  # noqa: ARG002
        if isinstance(value, bool) or not isinstance(value, (str, int)) or not 1 <= len(str(value)) <= 100:
            raise ma.ValidationError("invalid_id|A number, or a text of 1 to 100 characters.")
        return str(value)


class NewClickSchema(Body):
    """The search is named by `query_id`; on the long-known paths `correlation_id` does as well."""

    query_id = ma.fields.UUID()
    correlation_id = ma.fields.UUID(metadata={"description": "Of the answer; on the long-known paths only."})
    entity_type = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(ENTITIES, error="unknown_entity|entity_type: unknown entity."),
        metadata={"example": "ticket"},
    )
    entity_id = _Key(required=True, metadata={"example": 12})
    position = ma.fields.Integer(
        required=True, strict=True, validate=ma.validate.Range(1, 10_000), metadata={"example": 1}
    )

    @ma.validates_schema
    def _check_search(self, data: dict[str, Any], **_options: Any) -> None:
        if "query_id" not in data and "correlation_id" not in data:
            raise ma.ValidationError("required|query_id is needed.", "query_id")


class ClickSchema(ma.Schema):
    id = ma.fields.Integer(required=True, metadata={"example": 3})
    query_id = ma.fields.UUID(required=True)
    entity_type = ma.fields.String(required=True, metadata={"example": "ticket"})
    entity_id = ma.fields.String(required=True, metadata={"example": "12"})
    position = ma.fields.Integer(required=True, metadata={"example": 1})
    created_at = ma.fields.DateTime(required=True)
    created_by = ma.fields.String(required=True, allow_none=True, metadata={"example": "ada"})


class ClickArgs(ListArgs):
    query_id = Several(ma.fields.UUID())


class AnalyticsArgs(_Strict):
    hours = ma.fields.Integer(load_default=24, validate=ma.validate.Range(1, 24 * 90))


class MissedQuerySchema(ma.Schema):
    query = ma.fields.String(required=True, metadata={"example": "paternoster"})
    count = ma.fields.Integer(required=True, metadata={"example": 4})


class AnalyticsSchema(ma.Schema):
    """Of the last `hours`. Answers from the cache repeat a search and are not counted again."""

    hours = ma.fields.Integer(required=True, metadata={"example": 24})
    total_searches = ma.fields.Integer(required=True, metadata={"example": 120})
    total_clicks = ma.fields.Integer(required=True, metadata={"example": 31})
    clicked_searches = ma.fields.Integer(required=True, metadata={"example": 30})
    click_through_rate = ma.fields.Float(required=True, metadata={"example": 0.25})
    zero_result_searches = ma.fields.Integer(required=True, metadata={"example": 6})
    zero_result_queries = ma.fields.List(ma.fields.Nested(MissedQuerySchema), required=True)
    average_duration_ms = ma.fields.Float(required=True, metadata={"example": 5.1})


class CacheStatisticsSchema(ma.Schema):
    hits = ma.fields.Integer(required=True, metadata={"example": 70})
    misses = ma.fields.Integer(required=True, metadata={"example": 30})
    requests = ma.fields.Integer(required=True, metadata={"example": 100})
    hit_rate = ma.fields.Float(required=True, metadata={"example": 0.7, "description": "A fraction; 0 when unused."})


class InvalidationSchema(Body):
    entities = entity_list(load_default=list)


class InvalidatedSchema(ma.Schema):
    entities = ma.fields.List(ma.fields.String(), required=True, metadata={"example": ["ticket"]})
