"""Promotions in JSON."""

from typing import Any

import marshmallow as ma

from services.sync.domain.promotions import promotion as known
from services.sync.schemas.promotions.fields import (
    Amount,
    Body,
    Count,
    Flag,
    Id,
    Ids,
    KeptArgs,
    KeptSchema,
    LocalTime,
    Text,
    Word,
    Words,
    read_only,
    storable_json,
)

PERCENT = "100.00"


class MixMatchSchema(Body):
    category_id = Id("From which category.", allow_none=True)
    required_quantity = Count(1, 1000, example=3, about="How many of them.")
    special_price = Amount(example="50000.00", about="What they cost together.")
    allow_same_product = Flag("Whether the same product counts more than once.")

    @ma.post_load
    def _as_json(self, data: Any, **_options: Any) -> Any:
        return {name: str(value) if name in ("category_id", "special_price") and value is not None else value
                for name, value in data.items()}  # fmt: skip


class TierSchema(Body):
    tier_name = Text(200, example="Silver", least=1, required=True, about="What people call it.")
    tier_order = Count(0, 1000, required=True, about="Its place; unique in the promotion.")
    min_amount = Amount(example="100000.00", required=True, about="From which purchase on.")
    max_amount = Amount(example="199999.99", allow_none=True, load_default=None, about="Up to which; null: no end.")
    discount_type = Word(*known.TIER_DISCOUNTS, required=True, about="What one gets.")
    discount_value = Amount(example="5.00", load_default="0.00", about="How much of it.")
    free_product = Id("The product that one gets.", allow_none=True, load_default=None)
    points_multiplier = Amount(example="2.00", load_default="1.00", about="By how much points are multiplied.")
    is_active = Flag("Off: it does not count.", load_default=True)


class PackageItemSchema(Body):
    item_type = Word(*known.ITEM_TYPES, required=True, about="A fixed product, or a choice from a category.")
    product = Id("The product, where it is fixed.", allow_none=True, load_default=None)
    category = Id("The category that is chosen from.", allow_none=True, load_default=None)
    quantity = Count(1, 1000, load_default=1, about="How many.")
    is_required = Flag("Whether it has to be taken.", load_default=True)
    min_selection = Count(0, 1000, example=0, load_default=0, about="Least that has to be chosen.")
    max_selection = Count(0, 1000, load_default=1, about="Most that may be chosen.")
    upsell_price = Amount(example="0.00", load_default="0.00", about="Added to the price.")
    sort_order = Count(0, 10**6, example=0, required=True, about="Its place; unique in the package.")


class PackageSchema(Body):
    package_name = Text(200, example="Family box", least=1, required=True, about="What people call it.")
    package_sku = Text(50, example="BOX-1", least=1, required=True, about="Its number, unique.")
    package_price = Amount(example="99000.00", required=True, about="What it costs.")
    allow_modification = Flag("Whether it may be changed at the till.", example=False, load_default=False)
    min_items = Count(example=2, allow_none=True, load_default=None, about="Least items.")
    max_items = Count(example=5, allow_none=True, load_default=None, about="Most items.")
    deduction_strategy = Word(
        *known.DEDUCTION_STRATEGIES, load_default="fixed_only", about="What is taken from the stock."
    )
    items = ma.fields.List(
        ma.fields.Nested(PackageItemSchema),
        load_default=[],
        validate=ma.validate.Length(max=200),
        metadata={"description": "What is in it."},
    )


class WarningSchema(ma.Schema):
    field = ma.fields.String(required=True, metadata={"example": "discount_percent", "description": "Of which field."})
    code = ma.fields.String(required=True, metadata={"example": "missing", "description": "For programs."})
    text = ma.fields.String(
        required=True,
        metadata={
            "example": "Without discount_percent it cannot take effect.",
            "description": "For people.",
        },
    )


class PromotionSchema(KeptSchema):
    """A promotion with its tiers and package."""

    code = Text(50, example="HAPPY10", least=1, required=True, about="Short name, unique among those not deleted.")
    name = Text(200, example="Happy ten", least=1, required=True, about="What people call it.")
    description = Text(5000, example="Ten per cent off.", about="What it is.")
    terms_conditions = Text(20_000, example="Not on holidays.", about="What customers have to know.")
    created_by = read_only(ma.fields.String, "ada", "Who made it.")

    promo_type = Word(*known.PROMO_TYPES, required=True, about="How it works.")
    apply_to = Word(*known.APPLY_TO, about="What it applies to.")
    scope = Word(*known.SCOPES, about="For which brands; derived from them unless given.")
    brand_id = Id("The one brand of scope single.", allow_none=True)
    brands = Ids("The brands of scope brands.")
    exclude_brands = Ids("Brands that never get it.")
    all_stores = Flag("For all stores of its brands.")
    stores = Ids("The stores, unless for all.")
    categories = Ids("What it applies to.")
    products = Ids("What it applies to.")
    exclude_categories = Ids("What it does not apply to.")
    exclude_products = Ids("What it does not apply to.")

    discount_percent = Amount(example="10.00", most=PERCENT, allow_none=True, about="Per cent off.")
    discount_amount = Amount(example="5000.00", allow_none=True, about="Amount off.")
    max_discount_amount = Amount(example="50000.00", allow_none=True, about="Most that is taken off.")
    buy_quantity = Count(example=2, allow_none=True, about="How many have to be bought.")
    get_quantity = Count(allow_none=True, about="How many one gets.")
    get_product = Id("What one gets.", allow_none=True)
    combo_price = Amount(example="45000.00", allow_none=True, about="Price of all of combo_products.")
    combo_products = Ids("What has to be bought together.")
    happy_hour_price = Amount(example="15000.00", allow_none=True, about="Price in these hours.")
    payment_methods = Words("With which it has to be paid.")
    payment_min_amount = Amount(example="100000.00", allow_none=True, about="Least bill.")
    required_product = Id("What has to be bought.", allow_none=True)
    upsell_product = Id("What is offered.", allow_none=True)
    upsell_special_price = Amount(example="8000.00", allow_none=True, about="For which price.")
    upsell_message = Text(1000, example="Make it large?", about="What is said; markup is text.")
    mix_match_rules = ma.fields.Nested(MixMatchSchema, metadata={"description": "Rules of mix_match."})

    is_cross_brand = Flag("Whether several brands take part.", example=False)
    cross_brand_type = Word(*known.CROSS_BRAND_TYPES, allow_none=True, about="How they do.")
    trigger_brands = Ids("Where it is earned.")
    trigger_min_amount = Amount(example="100000.00", allow_none=True, about="How much has to be spent there.")
    benefit_brands = Ids("Where it is used.")
    cross_brand_rules = ma.fields.Dict(
        keys=ma.fields.String(),
        validate=storable_json,
        metadata={"example": {"days": 7}, "description": "More of it, as tills know it."},
    )

    member_only = Flag("For members only.", example=False)
    member_tiers = Words("For members of these tiers.", example="gold")
    customer_type = Word(*known.CUSTOMER_TYPES, about="For which customers.")

    start_date = ma.fields.Date(required=True, metadata={"example": "2026-12-01", "description": "First day."})
    end_date = ma.fields.Date(required=True, metadata={"example": "2026-12-31", "description": "Last day."})
    valid_days = ma.fields.List(
        Count(0, 6, example=4),
        validate=ma.validate.Length(max=7),
        metadata={"example": [4, 5], "description": "0 = Monday to 6 = Sunday; empty: every day."},
    )
    valid_time_start = LocalTime("From when on, on each day.", example="17:00:00", allow_none=True)
    valid_time_end = LocalTime("Until when, on each day.", example="19:00:00", allow_none=True)
    exclude_holidays = Flag("Not on holidays.", example=False)

    max_uses = Count(example=500, allow_none=True, about="Most uses; null: no limit.")
    max_uses_per_customer = Count(allow_none=True, about="Of one customer.")
    max_uses_per_day = Count(example=50, allow_none=True, about="On one day.")
    current_uses = read_only(ma.fields.Integer, 12, "Uses that were reported.")
    min_purchase = Amount(example="0.00", about="Least purchase.")
    min_quantity = Count(example=2, allow_none=True, about="Least quantity.")
    min_items = Count(example=2, allow_none=True, about="Least items.")

    is_stackable = Flag("Whether others may be added.", example=False)
    priority = Count(-(10**6), 10**6, example=0, about="Among those that could apply.")
    cannot_combine_with = Ids("Promotions that it excludes.")
    execution_stage = Word(*known.STAGES, about="When it is applied.")
    execution_priority = Count(1, 999, example=500, about="Lower executes first.")
    sales_channels = Words("Where it counts.", example="dine_in")
    exclude_channels = Words("Where it does not count.", example="delivery")
    is_active = Flag("Off: no store gets it, unless its settings say so.")
    is_auto_apply = Flag("Applied without being asked for.", example=False)
    require_voucher = Flag("Only with a voucher.", example=False)
    show_in_menu = Flag("Shown in the menu.", example=False)

    tiers = ma.fields.List(
        ma.fields.Nested(TierSchema),
        validate=ma.validate.Length(max=100),
        metadata={"description": "Steps of threshold_tier."},
    )
    package = ma.fields.Nested(PackageSchema, allow_none=True, metadata={"description": "What a package holds."})
    warnings = ma.fields.List(
        ma.fields.Nested(WarningSchema), dump_only=True, metadata={"description": "What is still missing."}
    )

    @ma.post_load
    def _in_one_order(self, data: Any, **_options: Any) -> Any:
        if "valid_days" in data:
            data["valid_days"] = sorted(set(data["valid_days"]))
        return data


class PromotionArgs(KeptArgs):
    promo_type = ma.fields.String(metadata={"example": "combo", "description": "Of this type."})
    brand = Id("That this brand gets.")
    store = Id("That this store gets, by its stores.")
    is_active = ma.fields.Boolean(metadata={"description": "Switched on or off."})
    valid_on = ma.fields.Date(metadata={"example": "2026-12-24", "description": "Whose dates hold this day."})
    starts_after = ma.fields.Date(metadata={"example": "2026-12-24", "description": "That begin after this day."})
    ends_before = ma.fields.Date(metadata={"example": "2026-12-24", "description": "That were over on this day."})
    q = ma.fields.String(metadata={"example": "happy", "description": "Part of code or name."})


class UsageSchema(ma.Schema):
    id = ma.fields.Integer(required=True, metadata={"example": 7, "description": "Its number."})
    promotion_id = ma.fields.UUID(required=True, metadata={"description": "The promotion."})
    store_id = ma.fields.UUID(required=True, metadata={"description": "Where it was used."})
    bill_id = ma.fields.String(required=True, metadata={"example": "B-1", "description": "On which bill."})
    discount_amount = ma.fields.Decimal(
        as_string=True, required=True, metadata={"example": "5000.00", "description": "What it took off."}
    )
    used_at = ma.fields.DateTime(required=True, metadata={"description": "When, by the till's clock."})
    received_at = ma.fields.DateTime(required=True, metadata={"description": "When it was reported."})
    customer_id = ma.fields.String(
        required=True, allow_none=True, metadata={"example": "C-9", "description": "By whom, as the till says it."}
    )
    clock_suspect = ma.fields.Boolean(
        required=True, metadata={"example": False, "description": "The till's clock was ahead by minutes."}
    )
