"""What the bodies of this service have in common."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import marshmallow as ma

from shared.errors import FieldError, Invalid

MAX_ID = 2**63 - 1
ORIGIN = frozenset({"id", "workspace", "workspace_name", "created_by"})


class Reference(ma.fields.Integer):
    """An id of another row under the row's bare name: `field: 3` is the column `field_id`."""

    def __init__(self, column: str | None = None, **options: Any) -> None:
        options.setdefault("validate", ma.validate.Range(1, MAX_ID))
        options.setdefault("strict", True)
        metadata = {"example": 7} | options.pop("metadata", {})
        super().__init__(attribute=column, metadata=metadata, **options)


class Flag(ma.fields.Boolean):
    """True or false in JSON, and nothing that could be meant as either."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **options)


class Map(ma.fields.Dict):
    """An object with keys of the caller's own; what is wrong with a key or what it holds is told at its place."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        try:
            return super()._deserialize(value, attr, data, **options)  # type: ignore[no-untyped-call]
        except ma.ValidationError as refused:
            if not isinstance(refused.messages, dict):
                raise
            told = {escaped(str(key)): [*found.values()] for key, found in refused.messages.items()}
            raise ma.ValidationError(told) from refused


def escaped(name: str) -> str:
    """As a step of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def text(limit: int, *, example: str, **options: Any) -> ma.fields.String:
    """A text of at most `limit` characters, without control characters; required unless `options` say otherwise."""
    validate: list[Callable[[Any], Any]] = [ma.validate.Length(max=limit), printable]
    if options.get("required"):
        validate.append(ma.validate.Regexp(r"[\s\S]*\S", error="blank|This may not be blank."))
    metadata = {"example": example} | options.pop("metadata", {})
    return ma.fields.String(validate=validate, metadata=metadata, **options)


def printable(value: str) -> None:
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in value):
        raise ma.ValidationError("control_character|Control characters are not allowed.")


def word(*words: str, **options: Any) -> ma.fields.String:
    metadata = {"example": words[0]} | options.pop("metadata", {})
    return ma.fields.String(validate=ma.validate.OneOf(words), metadata=metadata, **options)


def version_read(**options: Any) -> ma.fields.Integer:
    """The version that the sender read; what cannot be one is refused, so that a refusal can repeat it."""
    metadata = {"example": 1, "description": "The version that was read."}
    return ma.fields.Integer(strict=True, validate=ma.validate.Range(0, MAX_ID), metadata=metadata, **options)


def csv_or_json() -> ma.fields.String:
    """`csv` streams all that the filters name; pages are for JSON."""
    return ma.fields.String(
        load_default="json",
        validate=ma.validate.OneOf(["json", "csv"]),
        metadata={"description": "`csv` streams everything that the filters name, in one file."},
    )


def refuse_twins(pointer: str, items: Sequence[Mapping[str, Any]], *, name: str, noun: str) -> None:
    """The same thing twice, with the places of both; the code is the whole call's, so this is no field's error."""
    times = Counter(item[name] for item in items)
    places = [index for index, item in enumerate(items) if times[item[name]] > 1]
    if places:
        code, detail = "duplicate_item", f"This {noun} is named more than once."
        errors = [FieldError(f"/{pointer}/{place}/{name}", code, detail) for place in places]
        raise Invalid(detail, code=code, errors=errors)


class Body(ma.Schema):
    """A request may repeat what was read: read-only fields are ignored, any other unknown field is 422.

    `TOLD_TOO` are those that only answers have.
    """

    TOLD_TOO: ClassVar[frozenset[str]] = frozenset({"propagation_summary"})

    @ma.pre_load
    def _forget_what_was_only_read(self, data: Any, **_options: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        own = {field.data_key or name for name, field in self.fields.items() if not field.dump_only}
        readable = {field.data_key or name for name, field in self.fields.items() if field.dump_only}
        readable |= ORIGIN | self.TOLD_TOO
        return {name: value for name, value in data.items() if name in own or name not in readable}


class Resource(Body):
    """A row of the structure. `version` in a request is the version that was read, never a value to store."""

    id = ma.fields.Integer(
        dump_only=True, metadata={"example": 12, "description": "Number of the row in its workspace."}
    )
    version = version_read()
    created_at = ma.fields.DateTime(
        dump_only=True, metadata={"description": "When it was made.", "example": "2026-11-20T09:30:00Z"}
    )
    updated_at = ma.fields.DateTime(
        dump_only=True, metadata={"description": "When it was last changed.", "example": "2026-11-21T14:05:00Z"}
    )
    created_by = ma.fields.String(
        dump_only=True,
        allow_none=True,
        metadata={"example": "ada", "description": "Who made it: the subject of a token; null for the system."},
    )


class Query(ma.Schema):
    """Query arguments of a view that is no list."""

    def load(self, data: Any, *, unknown: str | None = None, **options: Any) -> Any:  # noqa: ARG002
        # webargs drops unknown query names unless every call site says otherwise; here they are always an error.
        return super().load(data, unknown=ma.RAISE, **options)
