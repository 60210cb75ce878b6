"""Pages out of files of lines, whose position is file and byte."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, overload

from services.sync.domain.filters.conditions import Condition
from services.sync.domain.pages import BadRow, Fault, Page, Position, Row, Traffic
from services.sync.domain.partitions import MOST, shared_out
from services.sync.errors import SourceUnavailable
from services.sync.extractors.files import PAGE_BYTES, PAGE_ROWS, files_of, starts_of_lines
from services.sync.extractors.records import shown
from services.sync.extractors.sources import Source, number_of
from services.sync.extractors.world import World


@dataclass(frozen=True, slots=True)
class Records:
    """What lines that stand one after the other turned out to be: each a row, or as it came where a fault is told under
    its index. `ends` are the bytes after the records, `numbers` those of their last lines."""

    rows: Sequence[Any]
    ends: Sequence[int]
    numbers: Sequence[int]
    faults: Mapping[int, Fault] = field(default_factory=dict)


Read = Callable[[Path, int, int], Iterator[Records]]
"""The records of a file from a byte on, with the number of the line before it."""
Segment = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Lines(Sequence[Mapping[str, Any]]):
    """The place of each row, told when somebody asks."""

    file: str
    numbers: list[int]

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, at: int) -> Mapping[str, Any]: ...

    @overload
    def __getitem__(self, at: slice) -> "Lines": ...

    def __getitem__(self, at: int | slice) -> "Mapping[str, Any] | Lines":
        if isinstance(at, slice):
            return Lines(self.file, self.numbers[at])
        return {"file": self.file, "line": self.numbers[at]}


class LineFiles(Source):
    """All files that the path of the configuration means, one after the other, or the part of them that the world says:
    `segments`, each a file with the byte and line where it begins and the byte before which it ends, null at the end.

    Within a file it can be cut between lines if no record goes over several: `unless` is the sign of those that may.
    """

    def __init__(self, config: Mapping[str, Any], world: World, read: Read, *, unless: bytes = b"") -> None:
        super().__init__(world)
        self._pattern: str = config["path"]
        self._size = int(config.get("page_size", PAGE_ROWS))
        self._read, self._unless = read, unless

    def read(self, start: Position | None, _conditions: Sequence[Condition], _limit: int | None) -> Iterator[Page]:
        paths = self._paths()
        segments = self.world.part.get("segments") or [_whole(name) for name in paths]
        names = [segment["file"] for segment in segments]
        position: Position = start or {**_begin(segments[0]), "number": 1}
        for name in (position["file"], *names):
            if name not in paths or name not in names:
                raise SourceUnavailable(f"The file {name} is not there any more.")
        first = names.index(position["file"])
        for segment, after in zip(segments[first:], [*segments[first + 1 :], None], strict=True):
            following = None if after is None else _begin(after)
            for page in self._pages_of(paths[segment["file"]], segment, position, following):
                yield page
                if page.next is None:
                    return
                position = page.next

    def divide(self, by: str, count: int | None, _conditions: Sequence[Condition]) -> list[dict[str, Any]]:
        paths = self._paths()
        segments = [_whole(name) for name in paths]
        if by == "pages":
            size = sum(path.stat().st_size for path in paths.values()) // (count or 1) + 1
            segments = [segment for name, path in paths.items() for segment in self._cut(name, path, size)]
        groups = shared_out(segments, min(count or MOST, MOST))
        return [{"part": {"segments": group}} for group in groups]

    def _cut(self, name: str, path: Path, size: int) -> list[Segment]:
        wanted = list(range(size, path.stat().st_size, size))
        starts = starts_of_lines(path, wanted, without=self._unless) or []
        edges = [(0, 0), *starts]
        ends = [byte for byte, _line in starts] + [None]
        return [
            {"file": name, "byte": byte, "line": line, "end": end}
            for (byte, line), end in zip(edges, ends, strict=True)
        ]

    def _paths(self) -> dict[str, Path]:
        root = self.world.data_dir.resolve()
        return {str(path.relative_to(root)): path for path in files_of(self._pattern, self.world.data_dir)}

    def _pages_of(self, path: Path, segment: Segment, position: Position, after: Position | None) -> Iterator[Page]:
        """The pages of one file; a page waits for the first record behind it, so that the last one knows it is."""
        name, stop = segment["file"], segment["end"]
        page = _Gathered(name, position, self._size)
        for records in self._read(path, page.end, page.line):
            count = len(records.ends) if stop is None else bisect_right(records.ends, stop)
            taken = 0
            while taken < count:
                if page.is_full:
                    following: Position = {"file": name, "byte": page.end, "line": page.line, "number": page.number + 1}
                    yield page.done(following, self.traffic)
                    page = _Gathered(name, following, self._size)
                taken = page.take(records, taken, count)
            if count < len(records.ends):
                break
        last = None if after is None else {**after, "number": page.number + 1}
        yield page.done(last, self.traffic)


def _whole(name: str) -> Segment:
    return {"file": name, "byte": 0, "line": 0, "end": None}


def _begin(segment: Segment) -> Position:
    return {"file": segment["file"], "byte": segment["byte"], "line": segment["line"]}


class _Gathered:
    """What a page has so far: `left` is how many records still have room, `end` and `line` are those of the last."""

    def __init__(self, file: str, position: Position, room: int) -> None:
        self.file, self.position, self.left = file, position, room
        self.rows: list[Row] = []
        self.lines: list[int] = []
        self.bad: list[BadRow] = []
        self.number = number_of(position)
        self.begin = self.end = int(position["byte"])
        self.line = int(position["line"])

    @property
    def is_full(self) -> bool:
        return self.left <= 0 or self.end - self.begin >= PAGE_BYTES

    def take(self, records: Records, first: int, last: int) -> int:
        """As many from the first to before the last as there is room for; where the next one stands."""
        filled = bisect_left(records.ends, self.begin + PAGE_BYTES, first, last) + 1
        last = min(last, first + self.left, filled)
        faults = records.faults
        if not faults:
            self.rows += records.rows[first:last]
            self.lines += records.numbers[first:last]
        for at in range(first, last) if faults else ():
            if at in faults:
                place = {"file": self.file, "line": records.numbers[at]}
                self.bad.append(BadRow((faults[at],), shown(records.rows[at]), place))
            else:
                self.rows.append(records.rows[at])
                self.lines.append(records.numbers[at])
        self.left -= last - first
        self.end, self.line = records.ends[last - 1], records.numbers[last - 1]
        return last

    def done(self, following: Position | None, traffic: Traffic) -> Page:
        traffic.bytes += self.end - self.begin
        return Page(self.rows, self.bad, self.position, following, self.number, Lines(self.file, self.lines))
