"""YAML to plain data, strictly: no tags, anchors, aliases or duplicate keys, and with the place of every value.

Plain words are texts but for true, false, null and decimal numbers, so that a country code stays one (`NO`). A number
with a point is a Decimal.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import yaml

MAX_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 12
Path = tuple[str | int, ...]
_WORDS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None, "~": None, "": None}
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,100}", re.ASCII)
_DECIMAL: Final = re.compile(r"[+-]?[0-9]{1,100}\.[0-9]{1,100}", re.ASCII)


class InvalidDocument(ValueError):
    """`line` and `column` count from 1."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Document:
    """`places` has line and column of the value at each path."""

    data: Any
    places: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def place(self, path: Path) -> tuple[int, int] | None:
        """Of the value at the path, or of the innermost one around it that stands in the document."""
        while path not in self.places and path:
            path = path[:-1]
        return self.places.get(path)


def read(text: str) -> Document:
    """Raises InvalidDocument."""
    if len(text.encode(errors="replace")) > MAX_BYTES:
        raise InvalidDocument(f"A definition has at most {MAX_BYTES // 1024} KiB.", 1, 1)
    try:
        return _Reader(yaml.parse(text, Loader=yaml.CSafeLoader)).read()
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        told = fault.problem or "it cannot be read"
        raise InvalidDocument(f"This is no YAML: {told}.", *_place(mark)) from fault
    except yaml.YAMLError as fault:
        raise InvalidDocument("This is no YAML: it holds a character that must not stand there.", 1, 1) from fault


class _Reader:
    """Builds the values from the events of the parser, which itself builds nothing."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self.events = events
        self.places: dict[Path, tuple[int, int]] = {}

    def read(self) -> Document:
        event = self._after(yaml.StreamStartEvent)
        if isinstance(event, yaml.StreamEndEvent):
            raise InvalidDocument("The document is empty.", 1, 1)
        data = self._value(next(self.events), ())
        following = self._after(yaml.DocumentEndEvent)
        if not isinstance(following, yaml.StreamEndEvent):
            raise _fault(following, "There is more than one document")
        return Document(data, self.places)

    def _after(self, kind: type[yaml.Event]) -> yaml.Event:
        """The event behind one of that kind, which comes next."""
        event = next(self.events)
        assert isinstance(event, kind)
        return next(self.events)

    def _value(self, event: yaml.Event, path: Path) -> Any:
        _demand_plain(event)
        self.places[path] = _place(event.start_mark)
        if len(path) > MAX_DEPTH:
            raise _fault(event, f"More than {MAX_DEPTH} levels")
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        return (self._list if isinstance(event, yaml.SequenceStartEvent) else self._mapping)(path)

    def _list(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._value(event, (*path, len(items))))
        return items

    def _mapping(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise _fault(event, "A key is a text")
            _demand_plain(event)
            key = event.value
            if key in found:
                raise _fault(event, f"The key {key!r} stands there twice")
            found[key] = self._value(next(self.events), (*path, key))
            self.places[(*path, key)] = _place(event.start_mark)
        return found


def _demand_plain(event: yaml.Event) -> None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
        raise _fault(event, "Anchors and aliases are not supported")
    if getattr(event, "tag", None) is not None:
        raise _fault(event, "Tags are not supported")


def _scalar(event: yaml.ScalarEvent) -> Any:
    text: str = event.value
    if event.style:  # in quotation marks
        return text
    if text in _WORDS:
        return _WORDS[text]
    for pattern, make in _NUMBERS:
        if pattern.fullmatch(text):
            return make(text)
    return text


_NUMBERS: Final[tuple[tuple[re.Pattern[str], Callable[[str], Any]], ...]] = ((_INTEGER, int), (_DECIMAL, Decimal))


def _place(mark: Any) -> tuple[int, int]:
    return (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)


def _fault(event: yaml.Event, message: str) -> InvalidDocument:
    return InvalidDocument(f"{message}.", *_place(event.start_mark))
