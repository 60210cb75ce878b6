"""Where an edge stands in a list: the content of the cursors that it is given.

Between two pages a place says which state the pages lead to, from which one, and how far they have come; after the
last page only which state the edge now holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Mode = Literal["full", "delta", "since"]
MODES: tuple[Mode, ...] = ("full", "delta", "since")


@dataclass(frozen=True, slots=True)
class Held:
    """The state that an edge holds. `epoch` counts the forced full syncs that had been ordered by then."""

    manifest: str
    epoch: int


@dataclass(frozen=True, slots=True)
class Underway:
    """`pages` is the state whose entries are sent (in mode `since` not all of `target`); `base` what a delta starts
    from; `built_at` when `target` was built, as answers say it."""

    mode: Mode
    target: str
    base: str
    pages: str
    offset: int
    epoch: int
    built_at: str


Place = Held | Underway


def written(place: Place) -> list[str]:
    match place:
        case Held():
            return ["held", place.manifest, str(place.epoch)]
        case Underway():
            return [
                place.mode,
                place.target,
                place.base,
                place.pages,
                str(place.offset),
                str(place.epoch),
                place.built_at,
            ]


def read(parts: Sequence[str]) -> Place:
    """Raises ValueError for what `written` has not written."""
    if parts and parts[0] == "held":
        _, manifest, epoch = parts
        return Held(manifest, int(epoch))
    mode, target, base, pages, offset, epoch, built_at = parts
    known = next((each for each in MODES if each == mode), None)
    if known is None:
        raise ValueError(f"no mode is called {mode!r}")
    return Underway(known, target, base, pages, int(offset), int(epoch), built_at)
