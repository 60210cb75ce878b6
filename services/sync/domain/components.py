"""A component: an extractor, a transform function, a validator or a loader, found by its name.

    [project.entry-points."concord.sync.extractors"]
    csv = "services.sync.extractors.csv:COMPONENT"

A package adds one in the same way, without a change here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["extractors", "functions", "validators", "loaders"]
KINDS: tuple[Kind, ...] = ("extractors", "functions", "validators", "loaders")


@dataclass(frozen=True, slots=True)
class Component:
    """`schema` is the JSON Schema of its configuration, with its required keys; `build` makes it from a configuration
    that has passed it. `group` is the dependency group of an optional adapter that is not installed. `divides` are the
    ways in which an extractor can cut its source into parts by itself (see Divisible). Of a loader, `writes` and
    `strategies` are what it can do, and `ends_rows` whether it can end rows that the source has no more."""

    name: str
    schema: Mapping[str, Any]
    build: Callable[..., Any]
    version: str = "1"
    group: str | None = None
    divides: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset({"upsert"})
    strategies: frozenset[str] = frozenset({"source_wins"})
    ends_rows: bool = False
