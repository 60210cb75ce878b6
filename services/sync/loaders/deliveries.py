"""Rows on their way to targets elsewhere, what is remembered of them, and who takes them there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol


class Known(NamedTuple):
    """Of a row that was delivered before: the hash of its content, how many times it has been, the mark of what it was
    there then (None where nobody noted it), and whether the source had no more of it since."""

    content: str
    revision: int
    mark: str | None = None
    is_gone: bool = False


class Waiting(NamedTuple):
    """A row that has to be delivered. `at` is its place in its page, `number` its number in the part of the run."""

    at: int
    number: int
    key: str
    row: dict[str, Any]
    hash: str
    known: Known | None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a row: an outcome, and the faults or the reason where it is none of the good ones. `is_settled`:
    this version of the source is not to be offered again. `mark` is of what the row is there now."""

    at: int
    key: str
    hash: str
    outcome: str
    code: str = ""
    text: str = ""
    is_settled: bool = False
    is_restored: bool = False
    mark: str | None = None
    address: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)


class Leaving(NamedTuple):
    """A row that the source has no more: `address` are the values by which it is found there."""

    key: str
    address: Mapping[str, Any]
    content: str
    revision: int


class Removal(NamedTuple):
    """What became of it: without a code it is gone there."""

    key: str
    code: str = ""
    text: str = ""


class Courier(Protocol):
    """Who takes rows elsewhere. What is repeated after a crash has to be harmless there."""

    def deliver(self, waiting: Sequence[Waiting]) -> Iterator[Delivery]: ...

    def remove(self, leaving: Sequence[Leaving]) -> Iterator[Removal]: ...

    def seal(self) -> None:
        """The run has come to its end: what was held back until then is shown."""
        ...

    def close(self) -> None: ...
