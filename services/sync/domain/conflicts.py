"""Two sides of a row: where they differ, and what a decision makes of them."""

from collections.abc import Mapping
from typing import Any

Values = Mapping[str, Any]
# What a decision in workflow may choose, and how each option resolves the conflict.
OPTIONS: Mapping[str, str] = {"keep_source": "source", "keep_target": "target"}


def differing(source: Values, target: Values) -> list[str]:
    """The mapped fields in which the sides are not equal, by name."""
    return sorted(name for name, value in source.items() if value != target.get(name))


def decided(resolution: str, source: Values, merged: Values) -> dict[str, Any]:
    """The values to write; what a merge does not name stays as it is in the target."""
    return {"source": dict(source), "target": {}, "merged": dict(merged)}[resolution]


def resolution_of(decision: str, option: str | None) -> str:
    """How a decision on an approval resolves: nobody approved means that the target stays. Raises KeyError for an
    approval without one of the options."""
    return OPTIONS[option or ""] if decision == "approved" else "target"
