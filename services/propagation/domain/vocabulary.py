"""What names are read with: the values of lists, and what the string above holds."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Known(NamedTuple):
    """A value of a list; `parent_id` is the value of the parent dimension that it belongs to."""

    id: int
    is_usable: bool = True
    parent_id: int | None = None


class Vocabulary:
    """Values by dimension and text; a dimension without a list takes any text.

    `parents` says which dimension depends on which.
    """

    __slots__ = ("_lengths", "_lists", "parents")

    def __init__(self, lists: Mapping[int, Mapping[str, Known]], parents: Mapping[int, int] | None = None) -> None:
        self._lists = lists
        self._lengths = {
            dimension_id: sorted({len(text) for text in values}, reverse=True) for dimension_id, values in lists.items()
        }
        self.parents = parents or {}

    def is_list(self, dimension_id: int) -> bool:
        return dimension_id in self._lists

    def lengths(self, dimension_id: int) -> Sequence[int]:
        """Lengths of the list's values, the longest first."""
        return self._lengths[dimension_id]

    def find(self, dimension_id: int, text: str) -> Known | None:
        return self._lists[dimension_id].get(text)


# What the string above holds: effective values by dimension.
Above = Mapping[int, str]
