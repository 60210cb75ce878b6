"""Answers to edges in JSON."""

from typing import Any

import marshmallow as ma

from services.sync.schemas.promotions.fields import Id

ID = "5f3e9b1c-2d64-4c39-8a55-1b7e0c9d4f21"
CHECKSUM = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def said(text: str, example: Any) -> dict[str, Any]:
    return {"description": text, "example": example}


class EdgeFilterSchema(ma.Schema):
    company_id = ma.fields.UUID(required=True, metadata=said("The company.", ID))
    brand_id = ma.fields.UUID(required=True, allow_none=True, metadata=said("The brand in force.", ID))
    store_id = ma.fields.UUID(required=True, allow_none=True, metadata=said("The store asked for.", ID))


class EdgeStoreSchema(ma.Schema):
    id = ma.fields.UUID(required=True, metadata=said("Its id.", ID))
    code = ma.fields.String(required=True, metadata=said("Its code.", "S2"))
    name = ma.fields.String(required=True, metadata=said("Its name.", "Station"))


class EdgePageSchema(ma.Schema):
    """One page. The things themselves stand under the name of the list; their fields are in the reference."""

    deleted_ids = ma.fields.List(
        ma.fields.UUID(), required=True, metadata=said("Ids to forget; on the first page.", [ID])
    )
    sync_timestamp = ma.fields.DateTime(
        required=True, metadata=said("When the state was built to which the pages lead.", "2026-11-21T09:00:00Z")
    )
    total = ma.fields.Integer(required=True, metadata=said("Things on this page.", 3))
    total_available = ma.fields.Integer(required=True, metadata=said("Things of this sync over all its pages.", 3))
    filter = ma.fields.Nested(EdgeFilterSchema, required=True, metadata={"description": "What was asked for."})
    store = ma.fields.Nested(
        EdgeStoreSchema, required=True, allow_none=True, metadata={"description": "The store asked for."}
    )
    mode = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(["full", "delta", "since"]),
        metadata=said("How the pages are meant.", "delta"),
    )
    full_required = ma.fields.Boolean(
        required=True, metadata=said("The edge forgets what it holds before it takes this.", False)
    )
    has_more = ma.fields.Boolean(required=True, metadata=said("There is another page.", False))
    next_cursor = ma.fields.String(required=True, allow_none=True, metadata=said("Leads to the next page.", None))
    next = ma.fields.String(required=True, allow_none=True, metadata=said("Address of the next page.", None))
    cursor = ma.fields.String(
        required=True, allow_none=True, metadata=said("To be kept; null until the last page.", "eyJvcGFxdWUi")
    )
    checksum = ma.fields.String(
        required=True, metadata=said("SHA-256 over the lines `id:checksum` of all that is held then.", CHECKSUM)
    )

    class Meta:
        unknown = ma.INCLUDE


class EdgeSettingsSchema(ma.Schema):
    strategy = ma.fields.String(required=True, metadata=said("Strategy in force.", "include_future"))
    future_days = ma.fields.Integer(required=True, metadata=said("Days ahead.", 7))
    past_days = ma.fields.Integer(required=True, metadata=said("Days back.", 1))
    max_promotions = ma.fields.Integer(required=True, metadata=said("Most promotions of one page.", 100))


class EdgePromotionsSchema(EdgePageSchema):
    """One page of promotions, in the order in which they are executed."""

    promotions = ma.fields.List(
        ma.fields.Dict(), required=True, metadata=said("Compiled promotions; their members are in the reference.", [])
    )
    settings = ma.fields.Nested(EdgeSettingsSchema, required=True, metadata={"description": "What is in force."})
    errors = ma.fields.List(
        ma.fields.Dict(), required=True, metadata=said("What is wrong with promotions of this page.", [])
    )
    schema_version = ma.fields.String(required=True, metadata=said("Version of this form.", "1"))


class EdgeVersionSchema(ma.Schema):
    version = ma.fields.Integer(required=True, metadata=said("Grows with every change that an edge could see.", 412))
    last_updated = ma.fields.DateTime(
        required=True, allow_none=True, metadata=said("When it grew last.", "2026-11-21T09:00:00Z")
    )
    force_update = ma.fields.Boolean(required=True, metadata=said("A forced full sync is due.", False))
    next_sync_at = ma.fields.DateTime(
        required=True, allow_none=True, metadata=said("When stores are told next; null: never.", "2026-11-21T12:00:00Z")
    )


class EdgeKeySchema(ma.Schema):
    key_id = ma.fields.String(required=True, metadata=said("As in the signature's `keyid`.", "1f0a55c2d4e6b798"))
    alg = ma.fields.String(required=True, metadata=said("How it signs.", "ed25519"))
    public_key = ma.fields.String(required=True, metadata=said("32 bytes in base64.", "a2V5"))
    created_at = ma.fields.DateTime(required=True, metadata=said("When it was made.", "2026-11-21T09:00:00Z"))
    expires_at = ma.fields.DateTime(
        required=True, allow_none=True, metadata=said("Until when signatures may be by it.", None)
    )


class EdgeKeysSchema(ma.Schema):
    keys = ma.fields.List(ma.fields.Nested(EdgeKeySchema), required=True, metadata={"description": "The newest first."})


class EdgeLoginSchema(ma.Schema):
    store_id = Id("The store.", required=True)
    secret = ma.fields.String(
        required=True, load_only=True, metadata=said("The edge server's secret, told when it was made.", "whsec_…")
    )


class EdgeTokenSchema(ma.Schema):
    access_token = ma.fields.String(required=True, metadata=said("For the header Authorization.", "eyJhbGciOi…"))
    token_type = ma.fields.String(required=True, metadata=said("How it is sent.", "Bearer"))
    expires_in = ma.fields.Integer(required=True, metadata=said("Seconds until it expires.", 3600))


class UsageErrorSchema(ma.Schema):
    index = ma.fields.Integer(required=True, metadata=said("Place of the row, from 0.", 2))
    data = ma.fields.Raw(required=True, metadata=said("The row as it came.", {}))
    code = ma.fields.String(required=True, metadata=said("What is wrong with it.", "INVALID_AMOUNT"))
    error = ma.fields.String(required=True, metadata=said("The same for people.", "discount_amount is negative."))


class UsageAnswerSchema(ma.Schema):
    created = ma.fields.Integer(required=True, metadata=said("Rows stored.", 12))
    duplicates = ma.fields.Integer(required=True, metadata=said("Rows that were known already.", 1))
    errors = ma.fields.List(
        ma.fields.Nested(UsageErrorSchema), required=True, metadata={"description": "Rows that were not stored."}
    )
    total = ma.fields.Integer(required=True, metadata=said("Rows sent.", 13))
