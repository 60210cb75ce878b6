"""What all extractors have in common: opened and closed by the run, conditions met by every row, cut at the limit."""

from collections.abc import Iterator, Sequence
from typing import Any, Self

from services.sync.domain.filters.conditions import Condition
from services.sync.domain.filters.evaluating import predicate
from services.sync.domain.pages import Page, Position, Traffic
from services.sync.extractors.world import World


class Source:
    """A subclass reads in `read`; what it cannot ask of its source is looked at here."""

    # Whether the source filters by itself, and so need not show every field it filtered by.
    filters_itself = False

    def __init__(self, world: World) -> None:
        self.world = world
        self.traffic = Traffic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failure: object) -> None:
        """Nothing is left open."""

    def read(self, start: Position | None, conditions: Sequence[Condition], limit: int | None) -> Iterator[Page]:
        raise NotImplementedError

    def pages(
        self, start: Position | None, conditions: Sequence[Condition], *, limit: int | None = None
    ) -> Iterator[Page]:
        meets = predicate(conditions, zone=self.world.zone, trust_absent=self.filters_itself)
        left = limit
        for read in self.read(start, conditions, limit):
            page = read if meets is None else _kept(read, [meets(row) for row in read.rows])
            if left is not None:
                page = _cut(page, left)
                left -= len(page.rows) + len(page.bad)
            yield page
            if left == 0:
                return


def _kept(page: Page, staying: list[bool]) -> Page:
    if all(staying):
        return page
    rows = [row for row, stays in zip(page.rows, staying, strict=True) if stays]
    every = page.places or [page.place(at) for at in range(len(page.rows))]
    places = [place for place, stays in zip(every, staying, strict=True) if stays]
    return Page(rows, page.bad, page.position, page.next, page.number, places)


def _cut(page: Page, left: int) -> Page:
    """The bad rows of a page count too; they come first. A page that reaches the limit is the last one."""
    bad = page.bad[:left]
    rows = page.rows[: left - len(bad)]
    after = page.next if len(rows) + len(bad) < left else None
    return Page(rows, bad, page.position, after, page.number, page.places[: len(rows)])


def number_of(position: Position | None) -> int:
    """The number of the page that begins there."""
    return 1 if position is None else int(position["number"])


def schema(required: Sequence[str], **properties: Any) -> dict[str, Any]:
    """The JSON Schema of a configuration."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }
