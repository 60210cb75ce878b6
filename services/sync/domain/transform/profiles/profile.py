"""What a profile is: rules for the target fields of one kind of thing, so that source names do not matter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.sync.domain.transform.columns import Columns
from services.sync.domain.transform.lookups import Lookup

Apply = Callable[[Columns, Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A column whose repeated values get _2, _3, … in the order of first arrival, kept by `key` in later runs."""

    column: str
    key: str


@dataclass(frozen=True, slots=True)
class Profile:
    """`helpers` are fields that may be mapped and are not stored, with the type each is read by ("any": as it came).

    `suffixes` are endings that make any field a helper. `fills` are columns that the profile sets. `types` are its own
    types for target columns, with their options.
    """

    name: str
    apply: Apply
    helpers: Mapping[str, str] = field(default_factory=dict)
    suffixes: Mapping[str, str] = field(default_factory=dict)
    fills: frozenset[str] = frozenset()
    types: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    lookups: tuple[Lookup, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    numbered: Numbered | None = None

    def helper_type(self, name: str) -> str | None:
        """The type of a helper field, None for a field that is none."""
        found = self.helpers.get(name)
        if found is None and name not in self.helpers:
            found = next((kind for suffix, kind in self.suffixes.items() if name.endswith(suffix)), None)
        return found
