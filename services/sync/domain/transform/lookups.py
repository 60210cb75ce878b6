"""References to rows of other tables: by which fields a parent is found, and what becomes of a row without one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

OnMissing = Literal["park", "reject", "null", "skip", "placeholder"]
ON_MISSING: tuple[str, ...] = get_args(OnMissing)

Match = Mapping[str, str]
"""Column of the table to the field that holds its value: a target column, or a name among the helpers."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """Fills the column `target` with `take` of the parent in `table`.

    `matches` are tried in their order: the first one all of whose fields have a value that is found wins. Where every
    field of every match is empty there is no parent to look for, and the reference is null.
    """

    target: str
    table: str
    matches: tuple[Match, ...]
    take: str = "id"
    on_missing: OnMissing = "park"

    def fields(self) -> frozenset[str]:
        return frozenset(field for match in self.matches for field in match.values())
