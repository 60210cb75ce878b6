"""Edge servers and the log of their calls in JSON."""

import marshmallow as ma

from services.sync.models.promotions.edges import ALGORITHMS
from services.sync.schemas.promotions.fields import Flag, Id, KeptArgs, KeptSchema, Text, Word, read_only
from shared.listing import ListArgs


class EdgeServerSchema(KeptSchema):
    """The server in a store."""

    store_id = Id("The store in which it stands.", required=True)
    url = Text(2000, example="https://s2.example.com/hook", allow_none=True, about="Where it wants to be told.")
    signature = Word(*ALGORITHMS, about="How its answers are signed: by the company's key, or by its own secret.")
    active = Flag("Off: it is not told and cannot log in.")
    gone_at = read_only(ma.fields.DateTime, "2026-11-21T09:30:00Z", "When `url` answered 410; naming it again ends it.")
    secret = read_only(ma.fields.String, "whsec_…", "In the answer that makes or renews it, and never again.")
    last_seen_at = read_only(ma.fields.DateTime, "2026-11-21T09:30:00Z", "When its store called last.")
    last_version = read_only(ma.fields.Integer, 412, "The version that its store held then.")


class EdgeServerArgs(KeptArgs):
    store_id = Id("Of this store.")
    active = ma.fields.Boolean()


class EdgeKeyMadeSchema(ma.Schema):
    key_id = ma.fields.String(required=True, metadata={"example": "1f0a55c2d4e6b798", "description": "The new key."})
    public_key = ma.fields.String(required=True, metadata={"example": "a2V5", "description": "32 bytes in base64."})
    created_at = ma.fields.DateTime(required=True, metadata={"description": "When it was made."})


class SyncLogSchema(ma.Schema):
    """One call of an edge."""

    id = ma.fields.Integer(required=True, metadata={"example": 7, "description": "Its number."})
    called_at = ma.fields.DateTime(required=True, metadata={"description": "When."})
    store_id = ma.fields.UUID(required=True, allow_none=True, metadata={"description": "For which store."})
    endpoint = ma.fields.String(required=True, metadata={"example": "promotions", "description": "What was asked."})
    mode = ma.fields.String(
        required=True, allow_none=True, metadata={"example": "delta", "description": "Full, delta or since."}
    )
    status = ma.fields.Integer(required=True, metadata={"example": 304, "description": "How it was answered."})
    version = ma.fields.Integer(
        required=True, allow_none=True, metadata={"example": 412, "description": "The version told."}
    )
    sent = ma.fields.Integer(required=True, metadata={"example": 3, "description": "Things on the page."})
    deleted = ma.fields.Integer(required=True, metadata={"example": 1, "description": "Ids to forget."})
    bytes = ma.fields.Integer(required=True, metadata={"example": 2048, "description": "Before compression."})
    seconds = ma.fields.Float(required=True, metadata={"example": 0.012, "description": "How long it took."})


class SyncLogArgs(ListArgs):
    company_id = Id("The company: the caller's own.", load_default=None)
    store_id = Id("Of this store.")
    endpoint = ma.fields.String()
    mode = ma.fields.String()
    status = ma.fields.Integer()
    called_after = ma.fields.AwareDateTime()
    called_before = ma.fields.AwareDateTime()


class ContactSchema(ma.Schema):
    """A store, by its calls of the last 30 days."""

    store_id = ma.fields.UUID(required=True, metadata={"description": "The store."})
    store_code = ma.fields.String(required=True, metadata={"example": "S2", "description": "Its code."})
    last_contact = ma.fields.DateTime(required=True, allow_none=True, metadata={"description": "Null: never."})
    version_held = ma.fields.Integer(
        required=True, allow_none=True, metadata={"example": 410, "description": "What it holds."}
    )
    version = ma.fields.Integer(required=True, metadata={"example": 412, "description": "The present one."})
    is_stale = ma.fields.Boolean(required=True, metadata={"example": False, "description": "Silent for two intervals."})
    calls = ma.fields.Integer(required=True, metadata={"example": 8640, "description": "How often it called."})
    share_unchanged = ma.fields.Float(
        required=True, metadata={"example": 0.97, "description": "Share of calls without news."}
    )
    share_full = ma.fields.Float(required=True, metadata={"example": 0.01, "description": "Share of full syncs."})
    bytes = ma.fields.Integer(required=True, metadata={"example": 204800, "description": "Sent in all."})


class ContactsSchema(ma.Schema):
    results = ma.fields.List(
        ma.fields.Nested(ContactSchema), required=True, metadata={"description": "Longest silent first."}
    )
