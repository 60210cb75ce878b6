"""What somebody must hold, as ids with checksums, and what it takes to get from one such state to another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.sync.domain.promotions.canonical import sha256


class Entry(NamedTuple):
    id: str
    checksum: str


@dataclass(frozen=True, slots=True)
class Difference:
    """`present` in the order of the new state."""

    present: list[Entry]
    gone: list[str]


def checksum_of(entries: Iterable[Entry]) -> str:
    """The proof that an edge can recompute from what it holds, in whatever order: lines `id:checksum`, sorted by id."""
    return sha256("\n".join(f"{entry.id}:{entry.checksum}" for entry in sorted(entries)).encode())


def difference(old: Sequence[Entry], new: Sequence[Entry]) -> Difference:
    """New and changed entries, and the ids that are no longer there (sorted)."""
    held: Mapping[str, str] = dict(old)
    kept = {entry.id for entry in new}
    return Difference(
        present=[entry for entry in new if held.get(entry.id) != entry.checksum],
        gone=sorted(held.keys() - kept),
    )
