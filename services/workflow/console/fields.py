"""Fields of items as pages show them and as forms send them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import flask

Option = str | tuple[str, str]
Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """`kind` is one of text, area, time, clock, number, flag, people, places, word; a word has `options`."""

    name: str
    label: str
    kind: str = "text"
    options: tuple[Option, ...] = ()
    help: str | None = None

    def as_text(self, item: Told) -> str:
        """The value as a form's field holds it."""
        value = item.get(self.name)
        if value is None:
            return ""
        return _AS_TEXT.get(self.kind, str)(value)

    def from_text(self, text: str) -> Any:
        """The value as the API takes it; a text that is none of its kind goes there as it is, and is refused."""
        if text == "":
            return [] if self.kind == "people" else None
        return _FROM_TEXT.get(self.kind, str)(text)


def _number(text: str) -> int | str:
    return int(text) if text.strip().isdecimal() else text


def _places(text: str) -> list[dict[str, str]]:
    """A place a line: latitude, longitude; what is missing the API names."""
    found = [line.replace(",", " ").split() for line in text.splitlines() if line.strip()]
    return [dict(zip(("latitude", "longitude"), each, strict=False)) for each in found]


def _time(text: str) -> str:
    """Forms know no zones: what they hold is UTC."""
    return f"{text}Z" if text[-1:].isdecimal() else text


_AS_TEXT: Mapping[str, Callable[[Any], str]] = {
    "time": lambda value: value[:19],
    "flag": lambda value: "true" if value else "false",
    "people": " ".join,
    "clock": lambda value: value[:5],
    "places": lambda value: "\n".join(f"{each['latitude']}, {each['longitude']}" for each in value),
}
_FROM_TEXT: Mapping[str, Callable[[str], Any]] = {
    "time": _time,
    "number": _number,
    "flag": lambda text: text == "true",
    "people": lambda text: text.replace(",", " ").split(),
    "places": _places,
}


def form_sent() -> dict[str, str]:
    """Every field of the form, also the empty ones; of a checkbox what it says beside its hidden no."""
    return {name: values[-1] for name, values in flask.request.form.lists()}


def version_read() -> dict[str, int]:
    """The version that the form was made from: a number, which forms send as text."""
    return {"version": int(flask.request.form["version"])} if flask.request.form.get("version", "").isdecimal() else {}


def changes(fields: Iterable[Field], item: Told, form: Mapping[str, str]) -> dict[str, Any]:
    """What the form says otherwise than the item: an emptied field becomes null, what stands as it was is not sent."""
    return {
        field.name: field.from_text(form[field.name])
        for field in fields
        if field.name in form and form[field.name].strip().replace("\r\n", "\n") != field.as_text(item)
    }
