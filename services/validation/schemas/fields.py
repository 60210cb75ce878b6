"""What the bodies of this service have in common."""

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

import marshmallow as ma

MAX_ID = 2**63 - 1
INT = 2**31 - 1
SLUG = r"^[a-z0-9]+([-_][a-z0-9]+)*\Z"


class Text(ma.fields.String):
    """Trimmed, in Unicode's composed form (NFC); of control characters only newline and tab."""

    def __init__(self, limit: int, *, example: str | None, blank: bool = True, **options: Any) -> None:
        self.blank = blank
        validate: list[Callable[[Any], Any]] = [
            ma.validate.Length(max=limit, error=f"too_long|At most {limit} characters."),
            *options.pop("validate", []),
        ]
        metadata = {"example": example} | options.pop("metadata", {})
        super().__init__(validate=validate, metadata=metadata, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        text = super()._deserialize(value, attr, data, **options)
        if any(letter not in "\n\t" and unicodedata.category(letter) in ("Cc", "Cs") for letter in text):
            raise ma.ValidationError("control_character|Control characters are not allowed.")
        tidied = unicodedata.normalize("NFC", text).strip()
        if not tidied and not self.blank:
            raise ma.ValidationError("blank|This may not be blank.")
        return tidied


class Slug(Text):
    """Words of small letters and digits, held together by `-` or `_`."""

    def __init__(self, limit: int = 50, *, example: str, **options: Any) -> None:
        check = ma.validate.Regexp(SLUG, error="slug|Small letters and digits, held together by - or _.")
        super().__init__(limit, example=example, validate=[check], **options)


class User(Text):
    """A person: the subject of a token, 1 to 255 characters; whether there is such a person is not checked."""

    def __init__(self, *, example: str = "ada", **options: Any) -> None:
        super().__init__(255, example=example, blank=False, **options)


class Whole(ma.fields.Integer):
    """A whole number that PostgreSQL can hold."""

    def __init__(self, least: int = -INT, most: int = INT, *, example: int, **options: Any) -> None:
        metadata = {"example": example} | options.pop("metadata", {})
        super().__init__(strict=True, validate=ma.validate.Range(least, most), metadata=metadata, **options)


class Flag(ma.fields.Boolean):
    """True or false, and nothing that could be meant as either."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **options)


class Reference(Whole):
    """An id of another row under its bare name: `chronicle: 3` is the column `chronicle_id`."""

    def __init__(self, column: str, **options: Any) -> None:
        super().__init__(1, MAX_ID, example=7, attribute=column, **options)


def read_only(kind: type[ma.fields.Field[Any]], example: Any, about: str, **options: Any) -> Any:
    metadata = {"example": example, "description": about}
    return kind(dump_only=True, allow_none=True, metadata=metadata, **options)


class Body(ma.Schema):
    """Unknown fields are refused, and so are fields that only the service writes."""

    class Meta:
        unknown = ma.RAISE

    @ma.pre_load
    def _refuse_what_is_only_read(self, data: Any, **_options: Any) -> Any:
        if isinstance(data, Mapping):
            own = {field.data_key or name: field for name, field in self.fields.items()}
            sent = [name for name, field in own.items() if field.dump_only and name in data]
            if sent:
                raise ma.ValidationError({name: [f"read_only|{name} is read only."] for name in sent})
        return data


class KeptSchema(Body):
    """What every row has that people change. `version` in a request is the version that was read."""

    id = read_only(ma.fields.Integer, 12, "Number of the row in its tenant.")
    version = Whole(
        0,
        MAX_ID,
        example=3,
        metadata={"description": "Counts stored changes; in a request: the version that was read."},
    )
    created_at = read_only(ma.fields.DateTime, "2026-11-20T08:00:00Z", "When it was made.")
    created_by = read_only(ma.fields.String, "ada", "Who made it; null for the system.")
    updated_at = read_only(ma.fields.DateTime, "2026-11-21T14:05:00Z", "When it was last changed.")


class ViewArgs(ma.Schema):
    """For views that are no lists; names that they do not take are refused, see routes/query_names.py."""
