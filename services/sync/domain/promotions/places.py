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
    from; `is_forced` that the first page told the edge to forget what it holds."""

    mode: Mode
    target: str
    base: str
    pages: str
    offset: int
    epoch: int
    is_forced: bool


Place = Held | Underway


def written(place: Place) -> list[str]:
    match place:
        case Held():
            return ["held", place.manifest, str(place.epoch)]
        case Underway():
            numbers = [str(place.offset), str(place.epoch), str(int(place.is_forced))]
            return [place.mode, place.target, place.base, place.pages, *numbers]


def read(parts: Sequence[str]) -> Place:
    """Raises ValueError for what `written` has not written."""
    if parts and parts[0] == "held":
        _, manifest, epoch = parts
        return Held(manifest, int(epoch))
    mode, target, base, pages, offset, epoch, forced = parts
    known = next((each for each in MODES if each == mode), None)
    if known is None:
        raise ValueError(f"no mode is called {mode!r}")
    return Underway(known, target, base, pages, int(offset), int(epoch), forced == "1")
