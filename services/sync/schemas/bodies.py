"""What the requests of this service have in common; fields.py has the answers' part."""

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

import marshmallow as ma

MAX_ID = 2**63 - 1


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


class Text(ma.fields.String):
    """At most so many characters, trimmed; of control characters only newline and tab."""

    def __init__(self, limit: int, *, example: str, about: str, blank: bool = True, **options: Any) -> None:
        validate: list[Callable[[Any], Any]] = [
            ma.validate.Length(max=limit, error=f"too_long|At most {limit} characters."),
            plain,
        ]
        if not blank:
            validate.append(ma.validate.Length(min=1, error="blank|This may not be blank."))
        super().__init__(validate=validate, metadata={"example": example, "description": about}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        return super()._deserialize(value, attr, data, **options).strip()


def plain(value: str) -> None:
    if any(letter not in "\n\t" and unicodedata.category(letter) in ("Cc", "Cs") for letter in value):
        raise ma.ValidationError("control_character|Control characters are not allowed.")


def version_read(**options: Any) -> ma.fields.Integer:
    """The version that the sender read."""
    about = "Counts stored changes; in a request: the version that was read."
    metadata = {"example": 3, "description": about}
    return ma.fields.Integer(strict=True, validate=ma.validate.Range(0, MAX_ID), metadata=metadata, **options)
