"""What the bodies of part B have in common."""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

import marshmallow as ma

from services.sync.domain.promotions.canonical import canonical
from services.sync.domain.promotions.reading import as_uuid
from services.sync.operations.edges.refusals import InvalidUuid
from shared.listing import ListArgs

ID = "5f3e9b1c-2d64-4c39-8a55-1b7e0c9d4f21"
MAX_COUNT = 10**9


class Text(ma.fields.String):
    """Trimmed, in Unicode's composed form; markup is text like any other. Control characters are refused."""

    def __init__(self, limit: int, *, example: str, least: int = 0, about: str = "", **options: Any) -> None:
        checks: list[Callable[[Any], Any]] = [
            _storable,
            ma.validate.Length(max=limit, error=f"too_long|At most {limit} characters."),
        ]
        if least:
            checks.append(ma.validate.Length(min=least, error="blank|This may not be blank."))
        super().__init__(validate=checks, metadata=_about(example, about), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        return unicodedata.normalize("NFC", super()._deserialize(value, attr, data, **options)).strip()


class Word(ma.fields.String):
    """One of some words."""

    def __init__(self, *words: str, about: str = "", **options: Any) -> None:
        listed = ", ".join(words)
        check = ma.validate.OneOf(words, error=f"unknown_word|Must be one of: {listed}.")
        super().__init__(validate=check, metadata=_about(words[0], about), **options)


class Amount(ma.fields.Decimal):
    """A decimal as text, with at most two places; 0 or more unless `least` says otherwise."""

    def __init__(
        self, *, example: str = "9.90", most: str = "99999999.99", least: str = "0", places: int = 2, about: str = "",
        **options: Any,
    ) -> None:  # fmt: skip
        self.decimals = places

        def check(value: Decimal) -> None:
            if not value.is_finite() or not Decimal(least) <= value <= Decimal(most):
                raise ma.ValidationError(f"out_of_range|Must be {least} to {most}.")
            if value != value.quantize(Decimal(1).scaleb(-places)):
                raise ma.ValidationError(f"too_many_places|At most {places} decimals.")

        super().__init__(as_string=True, validate=check, metadata=_about(example, about), **options)


class Count(ma.fields.Integer):
    """A whole number."""

    def __init__(
        self, least: int = 0, most: int = MAX_COUNT, *, example: int = 1, about: str = "", **options: Any
    ) -> None:
        check = ma.validate.Range(least, most, error=f"out_of_range|Must be {least} to {most}.")
        super().__init__(strict=True, validate=check, metadata=_about(example, about), **options)


class Flag(ma.fields.Boolean):
    """True or false, and nothing that could be meant as either."""

    def __init__(self, about: str = "", *, example: bool = True, **options: Any) -> None:
        super().__init__(metadata=_about(example, about), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **options)


class LocalTime(ma.fields.Time):
    """A time of day by the clock on the wall, which says of no zone."""

    def __init__(self, about: str = "", *, example: str = "06:00:00", **options: Any) -> None:
        super().__init__(validate=_of_no_zone, metadata=_about(example, about), **options)


class Moment(ma.fields.AwareDateTime):
    """A point in time with its zone, in years that days can be counted from."""

    def __init__(self, about: str = "", **options: Any) -> None:
        example = _about("2026-12-24T12:00:00Z", about)
        super().__init__(default_timezone=None, validate=_countable, metadata=example, **options)


class Id(ma.fields.UUID):
    """An id; of another row unless it is the row's own. What is no UUID is refused by itself, wherever it stands:
    raises InvalidUuid."""

    def __init__(self, about: str = "", **options: Any) -> None:
        super().__init__(metadata=_about(ID, about), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        try:
            as_uuid(value)
        except ValueError as failure:
            raise InvalidUuid(attr or "An id in a list") from failure
        return super()._deserialize(value, attr, data, **options)


class Ids(ma.fields.List[Any]):
    """A set of ids."""

    def __init__(self, about: str = "", *, most: int = 5000, **options: Any) -> None:
        check = ma.validate.Length(max=most, error=f"too_many|At most {most}.")
        super().__init__(Id(), validate=check, metadata=_about([ID], about), **options)


class Words(ma.fields.List[Any]):
    """A list of short texts, in the order given."""

    def __init__(self, about: str = "", *, example: str = "card", **options: Any) -> None:
        check = ma.validate.Length(max=100, error="too_many|At most 100.")
        super().__init__(
            Text(50, example=example, least=1), validate=check, metadata=_about([example], about), **options
        )


def zone(about: str, **options: Any) -> ma.fields.String:
    return ma.fields.String(validate=_known_zone, metadata=_about("Asia/Jakarta", about), **options)


def _known_zone(value: str) -> None:
    if value not in available_timezones():
        raise ma.ValidationError("unknown_time_zone|This is no IANA time zone.")


def _countable(value: datetime) -> None:
    if not 1970 <= value.year <= 9998:
        raise ma.ValidationError("out_of_range|Must lie in the years 1970 to 9998.")


def _of_no_zone(value: time) -> None:
    if value.tzinfo is not None:
        raise ma.ValidationError("local_time|A local time has no zone.")


def _storable(value: str) -> None:
    if any(unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\r\t" for letter in value):
        raise ma.ValidationError("control_character|Control characters are not allowed.")


def storable_json(value: Any) -> None:
    """Raises ValidationError for what JSON has no word for: no number, half a character."""
    try:
        canonical(value)
    except ValueError as failure:
        raise ma.ValidationError("not_storable|It holds a value that cannot be stored.") from failure


def _about(example: Any, about: str) -> dict[str, Any]:
    return {"example": example} | ({"description": about} if about else {})


def read_only(kind: type[ma.fields.Field[Any]], example: Any, about: str, **options: Any) -> Any:
    return kind(dump_only=True, allow_none=True, metadata=_about(example, about), **options)


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
    """What every row has. The id may be the client's own when the row is made, and is fixed from then on; `version` in
    a request is the version that was read."""

    id = Id("Its id; given by the server unless the client gives one.")
    company_id = Id("The company: always the caller's own.", attribute="tenant_id")
    version = Count(0, 2**63 - 1, example=3, about="In a request: the version that was read.")
    created_at = read_only(ma.fields.DateTime, "2026-11-20T08:00:00Z", "When it was made.")
    updated_at = read_only(ma.fields.DateTime, "2026-11-21T09:30:00Z", "When it was last changed.")

    @ma.post_load
    def _forget_the_company(self, data: Any, **_options: Any) -> Any:
        # Whose it is has been judged before the body was read.
        return {name: value for name, value in data.items() if name != "tenant_id"}


class KeptArgs(ListArgs):
    company_id = Id("The company: the caller's own.", load_default=None)
