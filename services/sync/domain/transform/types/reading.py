"""What a type is: how one value is read, what a value that cannot be read becomes, which options there are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any, Literal, NamedTuple

Read = Callable[[Any], Any]
ReadAll = Callable[[list[Any]], list[Any] | None]
OnError = Literal["null", "reject"]


class Unreadable(ValueError):
    """A value is none of its type. `code` tells which rule, `text` says it without the whole value."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


class OptionRefused(ValueError):
    """An option of a type has no sense; the message is for who writes the configuration."""

    def __init__(self, option: str, text: str) -> None:
        super().__init__(text)
        self.option, self.text = option, text


@dataclass(frozen=True, slots=True)
class Wish:
    """What a mapping entry asks of a type: its options, and the zone of times that name none.

    `whole_digits` is how many digits before the point the column can hold, None for any number.
    """

    options: Mapping[str, Any] = field(default_factory=dict)
    zone: tzinfo = UTC
    whole_digits: int | None = None


class Trouble(NamedTuple):
    """A value of a column that could not be read; `at` is its index."""

    at: int
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class FieldType:
    """`reader` makes the function that reads one value (null never comes to it) or raises Unreadable.

    `kept` are the Python types whose values are what they should be already. `fast` makes the function that reads a
    whole column of the usual form at once or gives up with None; it finds what `reader` finds. `instead` stands for
    what cannot be read where nothing else is said: such a value is then reported as a warning, not as an error.
    """

    name: str
    reader: Callable[[Wish], Read]
    on_error: OnError = "null"
    options: frozenset[str] = frozenset()
    kept: frozenset[type] = frozenset()
    fast: Callable[[Wish], ReadAll | None] | None = None
    instead: Any = None


class Column:
    """Reads one column after the other by one type; made once, used for every page."""

    __slots__ = ("_fast", "_kept", "_read")

    def __init__(self, kind: FieldType, wish: Wish) -> None:
        """Raises OptionRefused."""
        self._read = kind.reader(wish)
        self._fast = kind.fast(wish) if kind.fast is not None else None
        self._kept = kind.kept | {type(None)}

    def read(self, values: list[Any]) -> tuple[list[Any], list[Trouble]]:
        """The values in their order, None where one could not be read, and the troubles."""
        if self._kept.issuperset(map(type, values)):
            return values, []
        if self._fast is not None and (read_at_once := self._fast(values)) is not None:
            return read_at_once, []
        read, found, troubles = self._read, [], []
        for at, value in enumerate(values):
            try:
                found.append(None if value is None else read(value))
            except Unreadable as wrong:
                found.append(None)
                troubles.append(Trouble(at, wrong.code, wrong.text))
        return found, troubles


def shown(value: object) -> str:
    """A value as a message may show it: not longer than what tells it apart."""
    text = value if isinstance(value, str) else str(value)
    return repr(text if len(text) <= 40 else text[:39] + "…")
