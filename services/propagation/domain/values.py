"""What a string holds for one key: a value, and where it came from."""

import json
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

# A dimension by its id, or a custom field by its name.
Key: TypeAlias = int | str


class Value(NamedTuple):
    """A list value (id and its name) or a text; the text of a custom field is the JSON text of its plain value.

    A tuple, so that the comparison made for every string of a run is done in C.
    """

    value_id: int | None
    text: str | None
    effective: str | None

    @property
    def is_empty(self) -> bool:
        return self.effective is None


EMPTY = Value(None, None, None)


def listed(value_id: int, name: str) -> Value:
    return Value(value_id, None, name)


def written(text: str | None) -> Value:
    """A free text; an empty one counts as null."""
    return Value(None, text, text) if text else EMPTY


def plain(value: Any) -> Value:
    """A custom field; null counts as nothing."""
    return EMPTY if value is None else Value(None, (text := json.dumps(value, ensure_ascii=False)), text)


def unpacked(text: str | None) -> Any:
    """The plain value of a custom field again."""
    return None if text is None else json.loads(text)


@dataclass(slots=True)
class Detail:
    """A stored or planned detail: `source_id` is the nearest string above whose detail is own, None for an own one."""

    value: Value
    is_inherited: bool = False
    source_id: int | None = None
    version: int = 1

    def has_lineage_of(self, other: "Detail") -> bool:
        return self.is_inherited == other.is_inherited and self.source_id == other.source_id


class Above(NamedTuple):
    """What the nearest string above that has the key holds; `source_id` is itself unless it inherited."""

    string_id: int
    value: Value
    source_id: int

    @classmethod
    def of(cls, string_id: int, detail: Detail) -> "Above":
        source_id = detail.source_id if detail.is_inherited else None
        return cls(string_id, detail.value, source_id or string_id)
