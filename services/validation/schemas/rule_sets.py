"""Rule sets, their lists, and batches of records that are judged by them, in JSON."""

from typing import Any

import marshmallow as ma

from services.validation.operations.rule_sets.evaluating import MAX_RECORDS
from services.validation.operations.rule_sets.lists import MAX_VALUES
from services.validation.schemas.fields import INT, MAX_ID, Body, Text, Whole, read_only
from shared.listing import ListArgs, Several

DEFINITION = {
    "rule_set": "legacy-products",
    "target": "records",
    "fields": {"sku": "text", "price": "decimal"},
    "rules": [{"id": "price_range", "kind": "range", "field": "price", "min": 0.01, "max": 100000}],
}
_NUMBER = {"example": 3, "description": "Number of the definition, from 1; the newest where none is named."}


def _whole(example: int, about: str) -> ma.fields.Integer:
    return ma.fields.Integer(required=True, metadata={"example": example, "description": about})


def _word(example: str, about: str, **options: Any) -> ma.fields.String:
    return ma.fields.String(metadata={"example": example, "description": about}, **options)


class RuleSetSchema(ma.Schema):
    name = _word("legacy-products", "What addresses and labels call it.")
    title = _word("Legacy products", "What people call it.")
    target = _word("records", "`records`, or the table that its rules are about; `tables` for several.")
    version = _whole(3, "Number of the definition shown here.")
    latest = _whole(3, "Number of the newest definition.")
    built_in = ma.fields.Boolean(
        metadata={"example": False, "description": "A part of the service, which nobody edits."}
    )
    rules = _whole(7, "How many rules it has.")
    created_at = read_only(
        ma.fields.DateTime, "2026-11-20T08:00:00Z", "When this definition was stored; null if built in."
    )
    created_by = read_only(ma.fields.String, "ada", "Who stored it.")
    retired_at = read_only(ma.fields.DateTime, None, "When the set was retired.")


class RuleSetWithDefinitionSchema(RuleSetSchema):
    definition = ma.fields.Dict(metadata={"example": DEFINITION, "description": "The whole definition."})
    lists = ma.fields.List(
        ma.fields.String(),
        metadata={"example": ["product-categories"], "description": "Reference lists that its rules look into."},
    )


class VersionSchema(ma.Schema):
    version = ma.fields.Integer(
        attribute="number", metadata={"example": 3, "description": "Number of the definition, from 1."}
    )
    created_at = read_only(ma.fields.DateTime, "2026-11-20T08:00:00Z", "When it was stored.")
    created_by = read_only(ma.fields.String, "ada", "Who stored it.")


class DefinitionSchema(ma.Schema):
    """A rule set; what it may hold stands in the reference of rule sets."""

    class Meta:
        unknown = ma.INCLUDE

    rule_set = _word("legacy-products", "The name of the set; the one in the address if it is left out.")


class RuleSetArgs(ListArgs):
    target = Several(ma.fields.String(metadata={"example": "records"}))


class VersionArgs(ma.Schema):
    version = ma.fields.Integer(load_default=None, validate=ma.validate.Range(1, INT), metadata=_NUMBER)


class DocsArgs(VersionArgs):
    format = ma.fields.String(
        load_default=None,
        validate=ma.validate.OneOf(["html", "markdown"]),
        metadata={"example": "markdown", "description": "Instead of the header Accept."},
    )


def _is_list(value: Any) -> None:
    if not isinstance(value, list):
        raise ma.ValidationError("no_array|Send an array.")


def _at_most(limit: int, code: str) -> Any:
    def check(value: Any) -> None:
        if isinstance(value, list) and len(value) > limit:
            raise ma.ValidationError(f"{code}|At most {limit} at a time.")

    return check


class Records(ma.fields.Raw):
    """An array of which each item is judged, whatever it is; nothing here looks into them."""

    def __init__(self, **options: Any) -> None:
        about = {
            "type": "array",
            "items": {},
            "example": [{"sku": "A-1", "price": 12.5}],
            "description": f"0 to {MAX_RECORDS} records.",
        }
        super().__init__(validate=[_is_list, _at_most(MAX_RECORDS, "too_many_records")], metadata=about, **options)


class _ToldSchema(Body):
    """How much of the failures is told."""

    detail = ma.fields.String(
        load_default="failures",
        validate=ma.validate.OneOf(["summary", "failures"]),
        metadata={"example": "failures", "description": "`summary` leaves the failures out."},
    )
    failure_limit = Whole(
        0,
        MAX_RECORDS,
        example=100,
        load_default=MAX_RECORDS,
        metadata={"description": "How many records are told with what they break."},
    )


class EvaluateSchema(_ToldSchema):
    records = Records(required=True)
    version = Whole(1, INT, example=3, load_default=None, metadata=_NUMBER)
    label = Text(
        200,
        example="run-2026-11-21",
        blank=False,
        load_default=None,
        metadata={"description": "The caller's own run, whose totals are kept."},
    )
    page = Whole(
        0, MAX_ID, example=4, load_default=0, metadata={"description": "Its page; repeated it replaces its own."}
    )


class RuleResultSchema(ma.Schema):
    rule = _word("price_range", "Id of the rule; `record_shape` and `field_type` are about the records as such.")
    severity = _word("error", "error, warning or info.")
    judged = _whole(5000, "Records that could be judged.")
    failed = _whole(3, "Records that break it.")
    not_judged = _whole(0, "Left out by `when`, or because a value has the wrong type.")
    failed_ratio = ma.fields.Float(metadata={"example": 0.0006, "description": "failed / judged, six digits."})
    status = _word("fail", "pass, warn or fail, by the rule's own thresholds.")


class ViolationSchema(ma.Schema):
    rule = _word("price_range", "Id of the rule.")
    code = _word("price_range", "The same, or what is wrong with the shape.")
    severity = _word("error", "error or warning.")
    field = _word("price", "Null where several fields are concerned.", allow_none=True)
    pointer = _word("/records/17/price", "Where it stands in the request.")
    value = ma.fields.Raw(allow_none=True, metadata={"example": -1, "description": "As sent, cut at 200 characters."})
    message = _word("A price lies between 0.01 and 100000; this one is -1.", "For people.")


class FailureSchema(ma.Schema):
    index = _whole(17, "Place of the record, from 0.")
    key = ma.fields.Dict(
        allow_none=True, metadata={"example": {"sku": "A-1"}, "description": "What identifies it; null without `key`."}
    )
    violations = ma.fields.List(ma.fields.Nested(ViolationSchema), metadata={"description": "All that it breaks."})


def _indexes(about: str) -> ma.fields.List[Any]:
    return ma.fields.List(ma.fields.Integer(), metadata={"example": [17], "description": about})


class EvaluationSchema(ma.Schema):
    rule_set = _word("legacy-products", "Name of the set.")
    version = ma.fields.Integer(allow_none=True, metadata={"example": 3, "description": "Null for a set only tried."})
    records = _whole(5000, "How many were sent.")
    passed = _whole(4997, "Records that break no error rule.")
    failed = _whole(3, "Records that break one.")
    warned = _whole(1, "Passed ones with a warning.")
    verdict = _word("fail", "The worst status of a rule.")
    failed_indexes = _indexes("All of them, in order.")
    warned_indexes = _indexes("All of them, in order.")
    rules = ma.fields.List(ma.fields.Nested(RuleResultSchema), metadata={"description": "One for each rule."})
    failures = ma.fields.List(
        ma.fields.Nested(FailureSchema), metadata={"description": "Records that break an error or a warning rule."}
    )
    failures_truncated = ma.fields.Boolean(metadata={"example": False, "description": "Whether there are more."})
    duration_ms = ma.fields.Float(metadata={"example": 21.4, "description": "Of the judging."})


class CheckDefinitionSchema(_ToldSchema):
    definition = ma.fields.Raw(
        required=True,
        metadata={"example": DEFINITION, "description": "A rule set, as an object or as YAML in a text."},
    )
    records = Records(load_default=None)


class CheckedDefinitionSchema(ma.Schema):
    valid = ma.fields.Boolean(metadata={"example": True, "description": "Whether it could be stored."})
    faults = ma.fields.List(
        ma.fields.Dict(),
        metadata={
            "example": [{"pointer": "/rules/0/kind", "code": "invalid_rule_set", "detail": "kind is …", "line": 5}],
            "description": "What is wrong with it, as in the refusal of a PUT.",
        },
    )
    results = ma.fields.Nested(
        EvaluationSchema, allow_none=True, metadata={"description": "Of the records, if any were sent."}
    )


class ListBody(Body):
    values = ma.fields.List(
        ma.fields.Raw(),
        required=True,
        validate=_at_most(MAX_VALUES, "too_many_values"),
        metadata={"example": ["fruit", "vegetables"], "description": f"Texts or numbers, at most {MAX_VALUES}."},
    )

    @ma.validates("values")
    def _are_plain(self, values: list[Any], **_options: Any) -> None:
        for place, value in enumerate(values):
            text = str(value)
            if not isinstance(value, str | int | float) or not 0 < len(text) <= 500 or "\0" in text:
                raise ma.ValidationError({place: ["invalid|A text of 1 to 500 characters, or a number."]})


class RuleListSchema(ma.Schema):
    rule_set = _word("legacy-products", "The set that it belongs to.")
    name = _word("product-categories", "What rules call it.")
    size = _whole(2, "How many different values it has.")
    version = _whole(1, "Counts its changes.")
    updated_at = read_only(ma.fields.DateTime, "2026-11-21T14:05:00Z", "When it was last changed.")


class RuleListWithValuesSchema(RuleListSchema):
    values = ma.fields.List(
        ma.fields.String(),
        metadata={"example": ["fruit", "vegetables"], "description": "All values, as texts, in order."},
    )


class EvaluationTotalsSchema(ma.Schema):
    label = _word("run-2026-11-21", "The caller's own run.")
    pages = _whole(12, "Pages of which the figures are kept.")
    records = _whole(60000, "Of all pages.")
    passed = _whole(59990, "Of all pages.")
    failed = _whole(10, "Of all pages.")
    warned = _whole(4, "Of all pages.")
    verdict = _word("fail", "The worst of the pages.")
    first_at = read_only(ma.fields.DateTime, "2026-11-21T14:05:00Z", "When the first page was judged.")
    last_at = read_only(ma.fields.DateTime, "2026-11-21T14:06:00Z", "When the last one was.")


class EvaluationArgs(ListArgs):
    label = Several(ma.fields.String(metadata={"example": "run-2026-11-21"}))


class FoundByRunSchema(ma.Schema):
    run = ma.fields.UUID(
        metadata={"example": "0198a1de-0000-7000-8000-000000000001", "description": "The integrity run."}
    )
    mode = _word("check", "check, dry_run, fix or undo.")
    created_at = read_only(ma.fields.DateTime, "2026-11-21T14:05:00Z", "When it was asked for.")
    found = _whole(12, "Rows that broke the rule when it began.")
    fixed = _whole(0, "How many of them it mended.")
    remaining = _whole(12, "How many still break it.")
