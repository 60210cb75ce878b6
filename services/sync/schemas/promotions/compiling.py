"""Compiled promotions in JSON."""

import marshmallow as ma

from services.sync.schemas.promotions.fields import Body, Id, Ids, KeptArgs, Moment


def _said(about: str) -> ma.fields.Boolean:
    return ma.fields.Boolean(required=True, metadata={"example": True, "description": about})


class CompileArgs(Body):
    company_id = Id("The company: the caller's own.")
    ids = Ids("Which, in this order; all unless given.", load_default=None, allow_none=True)


class CompiledSchema(ma.Schema):
    success = ma.fields.Boolean(required=True, metadata={"example": True, "description": "Always true."})
    promotion_code = ma.fields.String(required=True, metadata={"example": "HAPPY10", "description": "Its code."})
    compiled_data = ma.fields.Dict(required=True, metadata={"description": "What stores get."})


class CompiledManySchema(ma.Schema):
    success = ma.fields.Boolean(metadata={"example": True, "description": "Always true."})
    store_id = ma.fields.UUID(metadata={"description": "The store."})
    store_code = ma.fields.String(metadata={"example": "S2", "description": "Its code."})
    count = ma.fields.Integer(required=True, metadata={"example": 41, "description": "How many."})
    promotions = ma.fields.List(ma.fields.Dict(), required=True, metadata={"description": "What stores get."})
    errors = ma.fields.List(
        ma.fields.Dict(), required=True, metadata={"description": "What is wrong with some of them."}
    )


class StoreViewArgs(KeptArgs):
    at = Moment("At which moment; now unless given.", load_default=None)


class JudgedPromotionSchema(ma.Schema):
    """A promotion as a store sees it; it is held where all four rules say so."""

    id = ma.fields.UUID(required=True, metadata={"description": "The promotion."})
    code = ma.fields.String(required=True, metadata={"example": "HAPPY10", "description": "Its code."})
    name = ma.fields.String(required=True, metadata={"example": "Happy ten", "description": "Its name."})
    promo_type = ma.fields.String(required=True, metadata={"example": "happy_hour", "description": "How it works."})
    start_date = ma.fields.Date(required=True, metadata={"example": "2026-12-01", "description": "First day."})
    end_date = ma.fields.Date(required=True, metadata={"example": "2026-12-31", "description": "Last day."})
    is_held = _said("Whether the store holds it then.")
    is_on = _said("It is switched on, or the settings ask for those that are not, too.")
    is_in_time = _said("Its dates lie where the settings look.")
    is_for_brand = _said("It is one of the store's brand.")
    is_for_store = _said("It is one of the store.")


class CompileCompanyArgs(Body):
    company_id = Id("The company: the caller's own.")


class CompiledStoreSchema(ma.Schema):
    store_id = ma.fields.UUID(required=True, metadata={"description": "The store."})
    store_code = ma.fields.String(required=True, metadata={"example": "S2", "description": "Its code."})
    store_name = ma.fields.String(required=True, metadata={"example": "Harbour", "description": "What people call it."})
    brand_id = ma.fields.UUID(required=True, metadata={"description": "Its brand."})
    brand_name = ma.fields.String(required=True, metadata={"example": "Soto", "description": "The brand's name."})
    promotions = ma.fields.List(ma.fields.Dict(), required=True, metadata={"description": "What the store gets."})
    count = ma.fields.Integer(required=True, metadata={"example": 41, "description": "How many."})


class BrandCountSchema(ma.Schema):
    stores = ma.fields.Integer(required=True, metadata={"example": 12, "description": "Active stores."})
    promotions = ma.fields.Integer(required=True, metadata={"example": 41, "description": "Promotions, once each."})


class CompanySummarySchema(ma.Schema):
    total_stores = ma.fields.Integer(required=True, metadata={"example": 30, "description": "Active stores."})
    total_promotions = ma.fields.Integer(required=True, metadata={"example": 60, "description": "Counted once each."})
    stores_with_promotions = ma.fields.Integer(
        required=True, metadata={"example": 29, "description": "Stores that get any."}
    )
    by_brand = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Nested(BrandCountSchema),
        required=True,
        metadata={"description": "By the name of the brand."},
    )


class CompiledCompanySchema(ma.Schema):
    company_id = ma.fields.UUID(required=True, metadata={"description": "The company."})
    company_name = ma.fields.String(required=True, metadata={"example": "Warung", "description": "Its name."})
    compiled_at = ma.fields.DateTime(required=True, metadata={"description": "The moment that all stores stand for."})
    stores = ma.fields.Dict(
        keys=ma.fields.UUID(),
        values=ma.fields.Nested(CompiledStoreSchema),
        required=True,
        metadata={"description": "Active stores by id."},
    )
    summary = ma.fields.Nested(CompanySummarySchema, required=True, metadata={"description": "What it comes to."})
    errors = ma.fields.List(
        ma.fields.Dict(), required=True, metadata={"description": "What is wrong with some promotions."}
    )
