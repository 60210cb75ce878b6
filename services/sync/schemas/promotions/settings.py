"""Settings of promotions in JSON, and in the form of the long-known page."""

from typing import Any

import marshmallow as ma

from services.sync.domain.promotions.settings import LIMITS, MAX_SYNC_TIMES
from services.sync.domain.promotions.windows import STRATEGIES
from services.sync.schemas.promotions.fields import (
    Body,
    Count,
    Flag,
    Id,
    KeptArgs,
    LocalTime,
    Moment,
    Text,
    Word,
    read_only,
)


def _days(name: str, about: str, **options: Any) -> Count:
    low, high = LIMITS[name]
    return Count(low, high, example=max(low, 1), about=about, **options)


class OverrideSchema(Body):
    """What a brand or a store may have otherwise; what is absent or null counts as above it."""

    company_id = Id("The company: the caller's own.", load_only=True)
    sync_strategy = Word(*STRATEGIES, allow_none=True, about="Which promotions count.")
    future_days = _days("future_days", "Days ahead, for include_future.", allow_none=True)
    past_days = _days("past_days", "Days back, for include_future.", allow_none=True)
    include_inactive = Flag("Also those that are switched off.", example=False, allow_none=True)
    enable_compression = Flag("Answers are compressed where the edge takes it.", allow_none=True)
    max_promotions_per_sync = _days("max_promotions_per_sync", "Most promotions of one page.", allow_none=True)


class SettingsSchema(Body):
    """The company's settings."""

    company_id = Id("The company: the caller's own.", attribute="tenant_id")
    sync_strategy = Word(*STRATEGIES, about="Which promotions count.")
    future_days = _days("future_days", "Days ahead, for include_future.")
    past_days = _days("past_days", "Days back, for include_future.")
    include_inactive = Flag("Also those that are switched off.", example=False)
    auto_sync_enabled = Flag("Edge servers are told by themselves that something changed.")
    enable_compression = Flag("Answers are compressed where the edge takes it.")
    sync_interval_hours = _days("sync_interval_hours", "Hours between two times at which they are told.")
    max_promotions_per_sync = _days("max_promotions_per_sync", "Most promotions of one page.")
    sync_times = ma.fields.List(
        LocalTime(),
        validate=ma.validate.Length(max=MAX_SYNC_TIMES, error=f"too_many|At most {MAX_SYNC_TIMES} times."),
        metadata={"example": ["06:00:00"], "description": "Local times in place of the interval, unless empty."},
    )
    version = Count(0, 2**63 - 1, example=3, about="In a request: the version that was read.")
    updated_at = read_only(ma.fields.DateTime, "2026-11-21T09:30:00Z", "When they were last saved.")
    updated_by = read_only(ma.fields.String, "ada", "Who saved them; null: nobody yet.")


class EffectiveArgs(ma.Schema):
    store_id = Id("For which store; the company unless given.", load_default=None)
    company_id = Id("The company: the caller's own.", load_default=None)


class EffectiveSchema(ma.Schema):
    values = ma.fields.Dict(required=True, metadata={"example": {"future_days": 7}, "description": "What counts."})
    origins = ma.fields.Dict(
        required=True, metadata={"example": {"future_days": "store"}, "description": "From where each value comes."}
    )


class SaveSchema(ma.Schema):
    """One save."""

    id = ma.fields.Integer(required=True, metadata={"example": 12, "description": "To restore it by."})
    layer = ma.fields.String(required=True, metadata={"example": "company", "description": "Whose settings."})
    target_id = ma.fields.UUID(
        required=True, allow_none=True, metadata={"description": "The brand or store; null: the company."}
    )
    saved_at = ma.fields.DateTime(required=True, metadata={"description": "When."})
    saved_by = ma.fields.String(required=True, allow_none=True, metadata={"example": "ada", "description": "Who."})
    saved_by_name = ma.fields.String(
        required=True, allow_none=True, metadata={"example": "Ada", "description": "Who, by name."}
    )
    changes = ma.fields.Dict(
        required=True, metadata={"example": {"future_days": [7, 14]}, "description": "Old to new, by field."}
    )
    values = ma.fields.Dict(required=True, metadata={"example": {"future_days": 14}, "description": "All after it."})
    comment = ma.fields.String(
        required=True, allow_none=True, metadata={"example": "Easter", "description": "Why, where it was said."}
    )


class HistoryArgs(KeptArgs):
    layer = ma.fields.String(metadata={"example": "store", "description": "Of this layer."})


class RestoreSchema(Body):
    company_id = Id("The company: the caller's own.", load_only=True)
    id = Count(1, 2**63 - 1, example=12, required=True, about="The save whose values come back.")


class ForceSchema(Body):
    company_id = Id("The company: the caller's own.", load_only=True)
    comment = Text(1000, example="New tills everywhere", least=1, required=True, about="Why.")


class PreviewArgs(ma.Schema):
    store_id = Id("For which store; the whole company unless given.", load_default=None)
    company_id = Id("The company: the caller's own.", load_default=None)


class RehearsalSchema(SettingsSchema):
    """Settings that are not saved, laid over those that are."""

    at = Moment("At which moment; now unless given.", allow_none=True, load_default=None)


class MovesSchema(ma.Schema):
    """What a change of the settings would move: every store that its brand's and its own overrides let it reach."""

    stores = ma.fields.Integer(required=True, metadata={"example": 30, "description": "Active stores."})
    stores_moved = ma.fields.Integer(required=True, metadata={"example": 28, "description": "That would get news."})
    objects_sent = ma.fields.Integer(required=True, metadata={"example": 140, "description": "Promotions to send."})
    objects_deleted = ma.fields.Integer(required=True, metadata={"example": 3, "description": "Ids to forget."})
    bytes = ma.fields.Integer(required=True, metadata={"example": 182000, "description": "Of it, uncompressed."})


class TrySchema(RehearsalSchema):
    """The same for one place, with samples."""

    store_id = Id("For which store; the whole company unless given.", allow_none=True, load_default=None)
    brand_id = Id("With which brand in place of the store's.", allow_none=True, load_default=None)
    limit = Count(0, 500, example=5, load_default=5, about="How many samples.")


class SampleSchema(ma.Schema):
    code = ma.fields.String(required=True, metadata={"example": "HAPPY10", "description": "Its code."})
    name = ma.fields.String(required=True, metadata={"example": "Happy ten", "description": "Its name."})
    start_date = ma.fields.Date(required=True, metadata={"example": "2026-12-01", "description": "First day."})
    end_date = ma.fields.Date(required=True, metadata={"example": "2026-12-31", "description": "Last day."})
    is_active = ma.fields.Boolean(required=True, metadata={"example": True, "description": "Switched on."})


class PreviewSchema(ma.Schema):
    success = ma.fields.Boolean(required=True, metadata={"example": True, "description": "Always true."})
    count = ma.fields.Integer(required=True, metadata={"example": 41, "description": "How many."})
    description = ma.fields.String(
        required=True, metadata={"example": "Promotions valid today only", "description": "The settings in a sentence."}
    )
    strategy = ma.fields.String(required=True, metadata={"example": "Include Future", "description": "Its name."})
    samples = ma.fields.List(
        ma.fields.Nested(SampleSchema), required=True, metadata={"description": "The first of them."}
    )
    codes = ma.fields.List(ma.fields.String(), metadata={"example": ["HAPPY10"], "description": "All, in order."})
    compared_with_saved = ma.fields.Dict(
        metadata={"example": {"come": [], "go": []}, "description": "Codes that would come and go."}
    )
