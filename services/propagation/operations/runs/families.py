"""Walks over pages of strings, whole families together, so that the names of siblings can be judged."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import TypeVar

from sqlalchemy.orm import Session

from services.propagation.operations.runs.walking import Planned

Row = TypeVar("Row", bound=Sequence[object])


class PagedWalk(ABC):
    """Plans wave after wave; `is_done` once nothing is left."""

    is_done: bool

    @abstractmethod
    def next_wave(self, session: Session, *, size: int) -> Planned: ...

    def waves(self, session: Session, *, size: int) -> Iterator[Planned]:
        """The caller stores each before it asks for the next."""
        while not self.is_done:
            yield self.next_wave(session, size=size)


def whole_families(found: list[Row], *, size: int, named_by: int) -> list[Row]:
    """Of `size` + 1 rows those up to the end of a family, which the first `named_by` columns name; of a family that is
    larger than a page as many as fit."""
    if len(found) <= size:
        return found
    last = found[-1][:named_by]
    return [row for row in found if row[:named_by] != last] or found[:size]
