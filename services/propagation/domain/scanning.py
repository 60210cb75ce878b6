"""The ways in which a name can be cut into the parts of its rule.

A place is a part that could begin at a position. It is reached once, however many ways lead there, so the work is
bounded by parts x characters x the longest value, whatever the name. The best way on from each place is known before
the readings are put together, so that only the few best ones ever are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import NamedTuple

from services.propagation.domain.generation import RulePart
from services.propagation.domain.vocabulary import Above, Known, Vocabulary

MAX_READINGS = 10
MAX_TEXT = 100
# Where a part could begin; True where a delimiter before it says that another part must come.
Place = tuple[int, bool]
# A possible value: its last position, that of its suffix, and what the list knows of it.
End = tuple[int, int, Known | None]

# A value that may not be used outweighs any number of parts that repeat the string above, and each of these any
# number of characters that lists know (a name has 400).
FAULT, REPEATED = 1_000_000, 1_000


class Found(NamedTuple):
    """What was read for one part that is present: the text without prefix and suffix, from `position` on."""

    part: RulePart
    text: str
    position: int
    known: Known | None


class Miss(NamedTuple):
    """Where a reading broke off: at `position`, in the part with this number, of which the value begins at `start`."""

    code: str
    position: int
    number: int
    start: int = 0


@dataclass(slots=True)
class Subject:
    """A name and what it is read with; `steps` counts the values that were tried."""

    name: str
    parts: Sequence[RulePart]
    vocabulary: Vocabulary
    above: Above
    steps: int = 0
    # For each place among the parts the first required one from there on.
    required_from: list[int | None] = field(init=False)

    def __post_init__(self) -> None:
        found: list[int | None] = [None]
        for number, part in reversed(list(enumerate(self.parts))):
            found.append(number if part.is_required else found[-1])
        self.required_from = found[::-1]

    def rank(self, part: RulePart, text: str, known: Known | None) -> int:
        """How good a value is; the smaller the better."""
        repeated = REPEATED if self.above.get(part.dimension_id) == text else 0
        if known is None:
            return -repeated
        return (0 if known.is_usable else FAULT) - repeated - len(text)


class Scan:
    """All ways from one place to the end of the name. `waived` is a part that is read without its prefix."""

    def __init__(self, subject: Subject, *, first: int = 0, position: int = 0, waived: int | None = None) -> None:
        self.subject = subject
        self.is_complete = False
        self.furthest: Miss | None = None
        self._depth: tuple[bool, int, bool, bool, int] = (False, -1, False, False, 0)
        self._waived = waived
        self._start = (first, (position, position > 0))
        self._ends: dict[tuple[int, int], list[End]] = {}
        self._reached: list[dict[Place, None]] = [{} for _part in range(len(subject.parts) + 1)]
        self._reached[first][self._start[1]] = None
        for number in range(first, len(subject.parts)):
            for place in self._reached[number]:
                self._go_on(number, place)
        for end, owed in self._reached[-1]:
            if owed:  # a delimiter after which nothing came
                self._miss("extra_text", end - 1, len(subject.parts) - 1)

    def _go_on(self, number: int, place: Place) -> None:
        subject, part = self.subject, self.subject.parts[number]
        if not part.is_required:
            self._reached[number + 1][place] = None
        size, is_last, separator = len(subject.name), number == len(subject.parts) - 1, part.separator
        following, start = self._reached[number + 1], self._value_start(number, place[0])
        for _end, after, known in self._ends_at(number, place[0]):
            if after == size:
                self._reach_end(number, known)
            elif is_last:
                self._miss("extra_text", after, number, start)
            elif subject.name.startswith(separator, after):
                following[after + len(separator), True] = None
            else:
                self._miss("missing_delimiter", after, number, start)

    def _reach_end(self, number: int, known: Known | None) -> None:
        required = self.subject.required_from[number + 1]
        if required is None:
            self.is_complete = True
        else:
            # A text takes whatever comes, so that it got this far says little.
            self._miss("missing_required", len(self.subject.name), required, is_weak=known is None)

    def _miss(self, code: str, position: int, number: int, start: int = 0, *, is_weak: bool = False) -> None:
        """Keeps the miss that tells most: the furthest, then of a required part, then of the earliest one."""
        is_required = self.subject.parts[number].is_required
        depth = (not is_weak, position, is_required, code != "missing_required", -number)
        if depth > self._depth:
            self._depth, self.furthest = depth, Miss(code, position, number, start)

    def _ends_at(self, number: int, position: int) -> list[End]:
        known = self._ends.get((number, position))
        if known is None:
            known = self._ends[number, position] = list(self._find_ends(number, position))
            self.subject.steps += len(known)
        return known

    def _value_start(self, number: int, position: int) -> int:
        prefix = self.subject.parts[number].prefix
        return position + len(prefix) if prefix and number != self._waived else position

    def _find_ends(self, number: int, position: int) -> Iterator[End]:
        subject, part = self.subject, self.subject.parts[number]
        start, size = self._value_start(number, position), len(subject.name)
        if start > position and not subject.name.startswith(part.prefix or "", position):
            if position < size:
                self._miss("wrong_prefix", position, number, position)
            elif part.is_required:
                self._miss("missing_required", size, number)
        elif start == size:
            if part.is_required or start > position:
                self._miss("missing_required", size, number)
        elif subject.vocabulary.is_list(part.dimension_id):
            yield from self._known_ends(number, start)
        else:
            yield from self._text_ends(number, start)

    def _known_ends(self, number: int, start: int) -> Iterator[End]:
        """Known values, the longest first."""
        subject, is_known = self.subject, False
        name, part = subject.name, subject.parts[number]
        suffix = part.suffix or ""
        for length in subject.vocabulary.lengths(part.dimension_id):
            subject.steps += 1
            end = start + length
            known = subject.vocabulary.find(part.dimension_id, name[start:end]) if end <= len(name) else None
            if known is None:
                continue
            is_known = True
            if name.startswith(suffix, end):
                yield end, end + len(suffix), known
            else:
                self._miss("wrong_suffix", end, number, start)
        if not is_known:
            self._miss("unknown_value", start, number, start)

    def _text_ends(self, number: int, start: int) -> Iterator[End]:
        """Texts up to the suffix and what must follow it, the shortest first."""
        name, parts = self.subject.name, self.subject.parts
        suffix, is_any = parts[number].suffix or "", False
        tail, furthest = len(name) - len(suffix), start + MAX_TEXT
        if number < len(parts) - 1:
            border = suffix + parts[number].separator
            end = name.find(border, start + 1)
            while -1 < end <= furthest and end < tail:
                is_any = True
                yield end, end + len(suffix), None
                end = name.find(border, end + 1)
        if start < tail <= furthest and name.endswith(suffix):
            yield tail, len(name), None
        elif not is_any:
            self._miss_text(number, start, suffix)

    def _miss_text(self, number: int, start: int, suffix: str) -> None:
        name = self.subject.name
        end = name.find(suffix, start + 1)
        if end == -1:
            self._miss("wrong_suffix", len(name), number, start)
        elif end > start + MAX_TEXT or not suffix:
            self._miss("too_long", start + MAX_TEXT, number, start)
        else:
            code = "extra_text" if number == len(self.subject.parts) - 1 else "missing_delimiter"
            self._miss(code, end + len(suffix), number, start)

    def readings(self) -> list[tuple[Found, ...]]:
        """The best readings of the whole name, the best first; among equals the one that decides so earlier."""
        if not self.is_complete:
            return []
        best, found = self._best_ranks(), list[tuple[Found, ...]]()
        # (rank of the whole reading, choices made, rank so far, where to go on, what was found)
        waiting: list[tuple[int, tuple[int, ...], int, tuple[int, Place] | None, tuple[Found, ...]]] = []
        heappush(waiting, (0, (), 0, self._start, ()))
        while waiting and len(found) < MAX_READINGS:
            _whole, choices, rank, spot, founds = heappop(waiting)
            if spot is None:
                found.append(founds)
                continue
            for choice, (added, following, one) in enumerate(self._steps_from(*spot)):
                rest = 0 if following is None else best.get(following)
                if rest is not None:
                    taken = founds if one is None else (*founds, one)
                    whole = (rank + added + rest, (*choices, choice), rank + added, following, taken)
                    heappush(waiting, whole)
        return found

    def _best_ranks(self) -> dict[tuple[int, Place], int]:
        """The rank of the best way from each place to the end of the name; dead ends are left out."""
        best: dict[tuple[int, Place], int] = {}
        for number in range(len(self.subject.parts) - 1, self._start[0] - 1, -1):
            for place in self._reached[number]:
                ranks = [
                    added + rest
                    for added, following, _found in self._steps_from(number, place)
                    if (rest := 0 if following is None else best.get(following)) is not None
                ]
                if ranks:
                    best[number, place] = min(ranks)
        return best

    def _steps_from(self, number: int, place: Place) -> Iterator[tuple[int, tuple[int, Place] | None, Found | None]]:
        """(rank, where it leads or None for the end of the name, what was found) for each value that the part could
        have, and for its absence."""
        subject, part = self.subject, self.subject.parts[number]
        name, is_last, separator = subject.name, number == len(subject.parts) - 1, part.separator
        start = self._value_start(number, place[0])
        for end, after, known in self._ends_at(number, place[0]):
            text = name[start:end]
            if after == len(name):
                if subject.required_from[number + 1] is None:
                    yield subject.rank(part, text, known), None, Found(part, text, start, known)
            elif not is_last and name.startswith(separator, after):
                following = (number + 1, (after + len(separator), True))
                yield subject.rank(part, text, known), following, Found(part, text, start, known)
        if not part.is_required and number + 1 < len(subject.parts):
            yield 0, (number + 1, place), None
