"""Fields of items as pages show them and as forms send them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Option = str | tuple[str, str]
Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """`kind` is one of text, area, time, number, flag, people, word; a word has `options`."""

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


def _time(text: str) -> str:
    """Forms know no zones: what they hold is UTC."""
    return f"{text}Z" if text[-1:].isdecimal() else text


_AS_TEXT: Mapping[str, Callable[[Any], str]] = {
    "time": lambda value: value[:19],
    "flag": lambda value: "true" if value else "false",
    "people": " ".join,
}
_FROM_TEXT: Mapping[str, Callable[[str], Any]] = {
    "time": _time,
    "number": _number,
    "flag": lambda text: text == "true",
    "people": lambda text: text.replace(",", " ").split(),
}


def changes(fields: Iterable[Field], item: Told, form: Mapping[str, str]) -> dict[str, Any]:
    """What the form says otherwise than the item: an emptied field becomes null, what stands as it was is not sent."""
    return {
        field.name: field.from_text(form[field.name])
        for field in fields
        if field.name in form and form[field.name].strip().replace("\r\n", "\n") != field.as_text(item)
    }
