"""What the bodies of this service have in common."""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import marshmallow as ma

from services.workflow.domain.working_time import is_countable
from services.workflow.models.person_keys import reader
from shared.current import current_session

MAX_ID = 2**63 - 1
MAX_COMMENTS = 1000


class Text(ma.fields.String):
    """Trimmed, in Unicode's composed form (NFC), without control characters other than newline and tab."""

    def __init__(self, limit: int, *, example: str | None, least: int = 0, **options: Any) -> None:
        validate: list[Callable[[Any], Any]] = [
            ma.validate.Length(max=limit, error=f"too_long|At most {limit} characters.")
        ]
        if least:
            validate.append(ma.validate.Length(min=least, error="blank|This may not be blank."))
        validate += options.pop("validate", [])
        metadata = {"example": example} | options.pop("metadata", {})
        super().__init__(validate=validate, metadata=metadata, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        return tidied(super()._deserialize(value, attr, data, **options))


class PersonalText(Text):
    """What a person has written; it is stored under that person's key and opened to be shown. Who shows many opens
    them together before (`reader`), so that the number of statements stays the same."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> Any:
        return super()._serialize(reader(current_session(), [value])(value), attr, obj, **options)


def tidied(text: str) -> str:
    kept = "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", kept).strip()


class Word(ma.fields.String):
    """One of some words, read in any case."""

    def __init__(self, *words: str, lower: bool = False, **options: Any) -> None:
        self.words = words
        self._fold = str.lower if lower else str.upper
        listed = ", ".join(words)
        check = ma.validate.OneOf(words, error=f"unknown_word|Must be one of: {listed}.")
        super().__init__(validate=check, metadata={"example": words[0]}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        return self._fold(str(super()._deserialize(value, attr, data, **options)).strip())


class Person(ma.fields.String):
    """An opaque id of a person, team or remote thing: 1 to 100 characters without white space."""

    def __init__(self, *, example: str = "ada", **options: Any) -> None:
        super().__init__(validate=_opaque, metadata={"example": example}, **options)


def _opaque(value: str) -> None:
    if not 1 <= len(value) <= 100 or not value.isprintable() or any(letter.isspace() for letter in value):
        raise ma.ValidationError("invalid_id|1 to 100 characters without white space.")


def people(**options: Any) -> ma.fields.List[Any]:
    """At most twenty different persons, in the order given."""
    return ma.fields.List(
        Person(), validate=ma.validate.Length(max=20, error="too_many|At most 20 persons."), **options
    )


class Amount(ma.fields.Decimal):
    """A decimal with a fixed number of places, as text in JSON; rounded half away from zero."""

    def __init__(self, places: int, *, example: str, above_zero: bool = False, **options: Any) -> None:
        def check(value: Decimal) -> None:
            if value < 0 or (above_zero and value == 0) or value >= 10 ** (12 - places):
                least = "more than 0" if above_zero else "0 or more"
                raise ma.ValidationError(f"out_of_range|Must be {least}, with at most {12 - places} digits.")

        metadata = {"example": example}
        super().__init__(
            places=places, rounding=ROUND_HALF_UP, as_string=True, validate=check, metadata=metadata, **options
        )


class Reference(ma.fields.Integer):
    """An id of another row of this service."""

    def __init__(self, **options: Any) -> None:
        super().__init__(strict=True, validate=ma.validate.Range(1, MAX_ID), metadata={"example": 7}, **options)


def _countable(value: datetime) -> None:
    if not is_countable(value):
        raise ma.ValidationError("out_of_range|Between the years 1900 and 2999.")


class Moment(ma.fields.AwareDateTime):
    """A time with its zone, far enough from both ends of the calendar to be counted with."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("validate", _countable)
        super().__init__(default_timezone=None, metadata={"example": "2026-12-01T16:00:00Z"}, **options)


def read_only(kind: type[ma.fields.Field[Any]], example: Any, **options: Any) -> Any:
    return kind(dump_only=True, allow_none=True, metadata={"example": example}, **options)


def version_read(**options: Any) -> ma.fields.Integer:
    """The version that the sender read."""
    metadata = {"example": 3, "description": "In a request: the version that was read."}
    return ma.fields.Integer(strict=True, validate=ma.validate.Range(0, MAX_ID), metadata=metadata, **options)


class Body(ma.Schema):
    """Unknown fields are refused, and so are fields that only the service writes."""

    class Meta:
        unknown = ma.RAISE

    @ma.pre_load
    def _refuse_what_is_only_read(self, data: Any, **_options: Any) -> Any:
        if isinstance(data, Mapping):
            sent = {name for name, field in self.fields.items() if field.dump_only and name in data}
            if sent:
                raise ma.ValidationError({name: [f"read_only|{name} is read only."] for name in sorted(sent)})
        return data


class KeptSchema(Body):
    """What every row has that people change. `version` in a request is the version that was read."""

    id = read_only(ma.fields.Integer, 12)
    version = version_read()
    created_at = read_only(ma.fields.DateTime, "2026-11-20T08:00:00Z")
    created_by = read_only(ma.fields.String, "ada")
    updated_at = read_only(ma.fields.DateTime, "2026-11-20T08:00:00Z")
    updated_by = read_only(ma.fields.String, "ada")


class LivingSchema(KeptSchema):
    """An item with a lifecycle; nothing but a transition writes its state."""

    state = read_only(ma.fields.String, "DRAFT")
    state_changed_at = read_only(ma.fields.DateTime, "2026-11-20T08:00:00Z")
    machine_version = read_only(ma.fields.Integer, 1)


class ViewArgs(ma.Schema):
    """For views whose query takes nothing: any name is unknown."""
