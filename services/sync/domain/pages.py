"""What an extractor yields: pages of rows with the place where each begins, and what is wrong with single rows.

The contract between who reads a source and who runs a pipeline. A position is plain JSON that only the extractor that
made it understands; it is stored with the state and given back to go on from there.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, Self, runtime_checkable

from services.sync.domain.filters.conditions import Condition

MAX_ROWS = 10_000
MAX_BYTES = 64 * 1024 * 1024

Position = dict[str, Any]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a row; `rule` and `value` where a rule of the configuration is broken."""

    code: str
    text: str
    field: str | None = None
    rule: str | None = None
    value: Any = None


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be loaded, as it came (text where it could not be read as a row).

    `place` is {file, line} or {page, row}, counted from 1; `index` is the row's index in the page's `rows`, None where
    it never became one.
    """

    faults: tuple[Fault, ...]
    row: Any
    place: Mapping[str, Any] = field(default_factory=dict)
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """`position` is where these rows begin and `next` where the following ones do, None at the end of the source.

    `rows` are at most MAX_ROWS, with numbers as int, Decimal or float, and only those that meet the conditions.
    `number` counts from 1, on from the number that the position had when the reading began in the middle.
    """

    rows: list[Row]
    bad: list[BadRow]
    position: Position
    next: Position | None
    number: int
    places: Sequence[Mapping[str, Any]] = ()
    """Where each row stands, if the source knows better than by page and row."""

    def place(self, index: int) -> Mapping[str, Any]:
        return self.places[index] if self.places else {"page": self.number, "row": index + 1}


@dataclass(slots=True)
class Traffic:
    """What the reading took so far. `statuses` are how requests were answered: by status, `ok` where answers have none,
    `none` where no answer came. `clock_behind_seconds` is by how much the source's clock is behind ours."""

    statuses: Counter[str] = field(default_factory=Counter)
    retries: int = 0
    bytes: int = 0
    clock_behind_seconds: float | None = None
    asked_at: datetime | None = None

    @property
    def requests(self) -> int:
        return self.statuses.total()


class Extractor(Protocol):
    """A source that is opened and closed by the run, also when it fails."""

    traffic: Traffic

    def __enter__(self) -> Self: ...

    def __exit__(self, *failure: object) -> None: ...

    def pages(
        self, start: Position | None, conditions: Sequence[Condition], *, limit: int | None = None
    ) -> Iterator[Page]:
        """The pages from `start` (the `next` of the last page that was committed; None is the beginning).

        All conditions hold for every row that is yielded, wherever they are looked at. With `limit` exactly that many
        rows at most, and nothing is asked of the source beyond them. Raises the facts of services.sync.errors.
        """
        ...


@runtime_checkable
class Divisible(Protocol):
    """An extractor that can cut its source into parts."""

    def divide(self, by: str, count: int | None, conditions: Sequence[Condition]) -> list[dict[str, Any]]:
        """The parts, each the bounds of a partition (see services.sync.domain.partitions); at most one where the source
        does not tell how much it has. What only the extractor understands stands under `part`, which its world then
        has."""
        ...
