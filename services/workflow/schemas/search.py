"""Searches and their answers."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import marshmallow as ma

from services.workflow.domain.search.entities import ENTITIES, MODULES
from services.workflow.models.rows import PRIORITIES
from services.workflow.schemas.fields import Moment, tidied

SHORTEST, LONGEST = 2, 500
MAX_LIMIT, MAX_PAGE = 100, 40
_TOO_SHORT = f"query_too_short|query: at least {SHORTEST} characters are needed."
_TOO_LONG = f"query_too_long|query: at most {LONGEST} characters."


class QueryText(ma.fields.String):
    """What to look for; blanks around it do not count."""

    def __init__(self, **options: Any) -> None:
        wrong: Any = {"required": _TOO_SHORT, "null": _TOO_SHORT}
        metadata = {"example": "elevatr", "description": "Words; those in double quotes are taken exactly."}
        check = [
            ma.validate.Length(min=SHORTEST, error=_TOO_SHORT),
            ma.validate.Length(max=LONGEST, error=_TOO_LONG),
        ]
        super().__init__(required=True, validate=check, error_messages=wrong, metadata=metadata, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        return tidied(super()._deserialize(value, attr, data, **options))


class OneOrSeveral(ma.fields.List[Any]):
    """A value or a list of values, which are alternatives; loaded as a list."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        return super()._deserialize(value if isinstance(value, list) else [value], attr, data, **options)


class _Loose(ma.fields.Field[Any]):
    """A text or a number, as text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:  # noqa: ARG002
        if isinstance(value, bool) or not isinstance(value, (str, int)) or len(str(value)) > 100:
            raise ma.ValidationError("invalid|A text or a number of at most 100 characters.")
        return str(value).strip()


class _Upper(_Loose):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        return super()._deserialize(value, attr, data, **options).upper()


class _Truth(ma.fields.Boolean):
    """Compared with what documents say as text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        return "true" if super()._deserialize(value, attr, data, **options) else "false"


def _priority() -> OneOrSeveral:
    return OneOrSeveral(
        _Upper(validate=ma.validate.OneOf(PRIORITIES, error="unknown_word|Unknown priority.")),
        metadata={"example": ["HIGH"]},
    )


class RangeSchema(ma.Schema):
    """A span of time, both ends included."""

    start = Moment(data_key="from")
    end = Moment(data_key="to")


class FiltersSchema(ma.Schema):
    """Filters of one entity; the key that `search_matches` knows is the attribute."""

    created_at = ma.fields.Nested(RangeSchema)
    updated_at = ma.fields.Nested(RangeSchema)

    class Meta:
        unknown = ma.RAISE

    def handle_error(self, error: ma.ValidationError, data: Any, **_options: Any) -> None:  # noqa: ARG002
        for name, texts in (error.messages_dict if isinstance(error.messages, dict) else {}).items():
            if texts == ["Unknown field."]:
                error.messages_dict[name] = [f"unknown_filter|There is no filter {name} here."]

    @ma.post_load
    def _flatten(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """Ranges as `<column>_from` and `<column>_to`, times as text."""
        flat: dict[str, Any] = {}
        for name, value in data.items():
            if isinstance(value, Mapping):
                prefix = name.removesuffix("_at")
                ends = {"start": f"{prefix}_from", "end": f"{prefix}_to"}
                flat |= {ends[end]: moment.isoformat() for end, moment in value.items()}
            else:
                flat[name] = value.isoformat() if isinstance(value, datetime) else value
        return flat


class WorkFiltersSchema(FiltersSchema):
    """What all items with a lifecycle have."""

    status = OneOrSeveral(_Upper(), attribute="state", metadata={"example": ["OPEN"]})
    priority = _priority()
    assigned_to = OneOrSeveral(_Loose(), attribute="assignee", metadata={"example": ["ada"]})
    is_overdue = ma.fields.Boolean(metadata={"example": True})
    due_at = ma.fields.Nested(RangeSchema)


class WorkOrderFiltersSchema(WorkFiltersSchema):
    location = OneOrSeveral(_Loose(), attribute="location_id", metadata={"example": ["7"]})
    asset = OneOrSeveral(_Loose(), attribute="asset_id", metadata={"example": ["7"]})
    vendor = OneOrSeveral(_Loose(), attribute="vendor_id", metadata={"example": ["7"]})


class TicketFiltersSchema(WorkFiltersSchema):
    created_after = Moment(attribute="created_from")


class PeopleFiltersSchema(FiltersSchema):
    status = OneOrSeveral(_Upper(), attribute="state", metadata={"example": ["OPEN"]})
    department = OneOrSeveral(_Loose(), metadata={"example": ["facilities"]})
    type = OneOrSeveral(_Loose(), metadata={"example": ["contractor"]})
    verified = OneOrSeveral(_Truth(), metadata={"example": [True]})


_OF_ENTITY: Mapping[str, type[FiltersSchema]] = {
    "work_order": WorkOrderFiltersSchema,
    "ticket": TicketFiltersSchema,
    "task": WorkFiltersSchema,
    "tour": WorkFiltersSchema,
    "people": PeopleFiltersSchema,
}
FiltersByEntity = ma.Schema.from_dict(
    {entity: ma.fields.Nested(_OF_ENTITY.get(entity, FiltersSchema)) for entity in ENTITIES}, name="SearchFilters"
)


def entity_list(**options: Any) -> Any:
    known = ", ".join(ENTITIES)
    check = ma.validate.OneOf(ENTITIES, error=f"unknown_entity|entities: one of {known}.")
    description = "Empty is everything."
    return ma.fields.List(
        ma.fields.String(validate=check),
        validate=ma.validate.Length(max=50),
        metadata={"example": ["ticket"], "description": description},
        **options,
    )


class SearchSchema(ma.Schema):
    """A search. `page` and `cursor` exclude each other."""

    class Meta:
        unknown = ma.RAISE

    query = QueryText()
    entities = entity_list(load_default=list)
    filters: Any = ma.fields.Nested(
        FiltersByEntity, load_default=dict, metadata={"example": {"ticket": {"status": ["OPEN"]}}}
    )
    limit = ma.fields.Integer(
        strict=True, load_default=20, validate=ma.validate.Range(1, MAX_LIMIT), metadata={"example": 20}
    )
    page = ma.fields.Integer(
        strict=True, load_default=1, validate=ma.validate.Range(1, MAX_PAGE), metadata={"example": 1}
    )
    cursor = ma.fields.String(load_default=None, allow_none=True, metadata={"description": "From `next`."})
    fuzzy = ma.fields.Boolean(load_default=True, metadata={"description": "Whether misspelt words find theirs."})
    semantic = ma.fields.Boolean(load_default=False, metadata={"description": "Not offered; answered with a warning."})


class HighlightSchema(ma.Schema):
    """`length` characters from `offset` in the text of `field`."""

    field = ma.fields.String(required=True, metadata={"example": "title"})
    offset = ma.fields.Integer(required=True, metadata={"example": 0})
    length = ma.fields.Integer(required=True, metadata={"example": 8})


class ActionSchema(ma.Schema):
    """What the caller may do with a result in its present state."""

    label = ma.fields.String(required=True, metadata={"example": "Start"})
    href = ma.fields.String(required=True, metadata={"example": "/api/workflow/v1/tickets/12/transition"})
    method = ma.fields.String(required=True, metadata={"example": "POST"})
    payload = ma.fields.Dict(required=True, allow_none=True, metadata={"example": {"target_state": "INPROGRESS"}})


class ResultSchema(ma.Schema):
    entity = ma.fields.String(required=True, metadata={"example": "ticket"})
    id = ma.fields.Raw(required=True, metadata={"example": 12, "description": "A number, or its owner's own id."})
    title = ma.fields.String(required=True, metadata={"example": "Elevator stuck"})
    subtitle = ma.fields.String(required=True, allow_none=True, metadata={"example": "TCK-2026-000012"})
    snippet = ma.fields.String(required=True, metadata={"example": "The elevator in the east wing does not move."})
    highlights = ma.fields.List(ma.fields.Nested(HighlightSchema), required=True)
    score = ma.fields.Float(required=True, metadata={"example": 0.8425})
    typos = ma.fields.Integer(required=True, metadata={"example": 1})
    metadata = ma.fields.Dict(required=True, metadata={"example": {"state": "NEW", "priority": "HIGH"}})
    actions = ma.fields.List(ma.fields.Nested(ActionSchema), required=True)


class SearchAnswerSchema(ma.Schema):
    results = ma.fields.List(ma.fields.Nested(ResultSchema), required=True)
    total_results = ma.fields.Integer(required=True, metadata={"example": 1})
    total_is_estimated = ma.fields.Boolean(required=True, metadata={"example": False})
    response_time_ms = ma.fields.Float(required=True, metadata={"example": 4.2})
    query_id = ma.fields.UUID(required=True, metadata={"description": "For clicks."})
    from_cache = ma.fields.Boolean(required=True, metadata={"example": False})
    next = ma.fields.String(required=True, allow_none=True, metadata={"description": "The cursor of the next page."})
    warnings = ma.fields.List(ma.fields.String(), required=True, metadata={"example": []})
    is_partial = ma.fields.Boolean(data_key="partial", required=True, metadata={"example": False})
    failed_entities = ma.fields.List(ma.fields.String(), required=True, metadata={"example": []})


class UnifiedAnswerSchema(SearchAnswerSchema):
    total_count = ma.fields.Integer(required=True, metadata={"example": 1})
    search_time_ms = ma.fields.Float(required=True, metadata={"example": 4.2})
    modules_searched = ma.fields.List(ma.fields.String(), required=True, metadata={"example": ["tickets"]})
    suggestions = ma.fields.List(ma.fields.String(), required=True, metadata={"example": ["elevator stuck"]})
    fuzzy_matches = ma.fields.List(ma.fields.String(), required=True, metadata={"example": ["elevator"]})
    correlation_id = ma.fields.UUID(required=True, metadata={"description": "Of this request."})


class _Day(ma.fields.Field[Any]):
    """A day or a time with its zone; a day is the whole of it, in UTC."""

    def __init__(self, *, is_end: bool = False, **options: Any) -> None:
        self._end = "T23:59:59.999999+00:00" if is_end else "T00:00:00+00:00"
        super().__init__(metadata={"type": "string", "example": "2026-11-20"}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:  # noqa: ARG002
        try:
            if len(value) == 10:
                return date.fromisoformat(value).isoformat() + self._end
            moment = datetime.fromisoformat(value)
        except (ValueError, TypeError):
            moment = None
        if moment is None or moment.tzinfo is None:
            raise ma.ValidationError("bad_date|A date, or a time with its zone.")
        return moment.isoformat()


class _Strict(ma.Schema):
    """Unknown query names are refused, whatever the caller of `load` says."""

    def load(self, data: Any, *, unknown: str | None = None, **options: Any) -> Any:  # noqa: ARG002
        return super().load(data, unknown=ma.RAISE, **options)


def _repeated(inner: ma.fields.Field[Any], **options: Any) -> Any:
    return ma.fields.List(inner, validate=ma.validate.Length(max=50), **options)


class _Words(ma.fields.List[Any]):
    """May be repeated, and may hold several parted by commas."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        texts = [piece.strip() for text in value for piece in str(text).split(",") if piece.strip()]
        return super()._deserialize(texts, attr, data, **options)


class UnifiedArgs(_Strict):
    q = QueryText()
    modules = _Words(
        ma.fields.String(validate=ma.validate.OneOf(list(MODULES), error="unknown_module|modules: unknown module.")),
        load_default=list,
        metadata={"example": ["tickets"]},
    )
    limit = ma.fields.Integer(load_default=50, validate=ma.validate.Range(1, MAX_LIMIT), metadata={"example": 50})
    status = _Words(_Upper(), load_default=list, metadata={"example": ["OPEN"]})
    priority = _Words(
        _Upper(validate=ma.validate.OneOf(PRIORITIES, error="unknown_word|Unknown priority.")), load_default=list
    )
    date_from = _Day()
    date_to = _Day(is_end=True)
