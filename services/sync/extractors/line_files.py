"""Pages out of files of lines, whose position is file and byte."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

from services.sync.domain.filters.conditions import Condition
from services.sync.domain.pages import BadRow, Fault, Page, Position, Row, Traffic
from services.sync.errors import SourceUnavailable
from services.sync.extractors.files import PAGE_BYTES, PAGE_ROWS, files_of
from services.sync.extractors.records import shown
from services.sync.extractors.sources import Source, number_of
from services.sync.extractors.world import World

# What a line, or several, turned out to be: a row, or as it came with what is wrong with it; the byte after it; the
# number of its last line. A plain tuple, because one is made for every row.
Record = tuple[Any, Fault | None, int, int]

Read = Callable[[Path, int, int], Iterator[Record]]
"""The records of a file from a byte on, with the number of the line before it."""


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
    """All files that the path of the configuration means, one after the other."""

    def __init__(self, config: Mapping[str, Any], world: World, read: Read) -> None:
        super().__init__(world)
        self._pattern: str = config["path"]
        self._size = int(config.get("page_size", PAGE_ROWS))
        self._read = read

    def read(self, start: Position | None, _conditions: Sequence[Condition], _limit: int | None) -> Iterator[Page]:
        paths = files_of(self._pattern, self.world.data_dir)
        names = [self._name(path) for path in paths]
        position: Position = start or {"file": names[0], "byte": 0, "line": 0, "number": 1}
        if position["file"] not in names:
            raise SourceUnavailable(f"The file {position['file']} is not there any more.")
        for at in range(names.index(position["file"]), len(names)):
            after = {"file": names[at + 1], "byte": 0, "line": 0} if at + 1 < len(names) else None
            for page in self._pages_of(paths[at], names[at], position, after):
                yield page
                if page.next is None:
                    return
                position = page.next

    def _name(self, path: Path) -> str:
        return str(path.relative_to(self.world.data_dir.resolve()))

    def _pages_of(self, path: Path, name: str, position: Position, after: Position | None) -> Iterator[Page]:
        """The pages of one file; a page waits for the first record behind it, so that the last one knows it is."""
        page = _Gathered(name, position, self._size)
        begin = end = int(position["byte"])
        line = int(position["line"])
        for row, fault, following, number in self._read(path, begin, line):
            if page.left <= 0 or end - begin >= PAGE_BYTES:
                following_page: Position = {"file": name, "byte": end, "line": line, "number": page.number + 1}
                yield page.done(following_page, self.traffic, end - begin)
                page, begin = _Gathered(name, following_page, self._size), end
            page.left -= 1
            if fault is None:
                page.rows.append(row)
                page.lines.append(number)
            else:
                page.bad.append(BadRow((fault,), shown(row), {"file": name, "line": number}))
            end, line = following, number
        last = None if after is None else {**after, "number": page.number + 1}
        yield page.done(last, self.traffic, end - begin)


class _Gathered:
    """What a page has so far, and how many records still have room."""

    def __init__(self, file: str, position: Position, room: int) -> None:
        self.file, self.position, self.left = file, position, room
        self.rows: list[Row] = []
        self.lines: list[int] = []
        self.bad: list[BadRow] = []
        self.number = number_of(position)

    def done(self, following: Position | None, traffic: Traffic, size: int) -> Page:
        traffic.bytes += size
        return Page(self.rows, self.bad, self.position, following, self.number, Lines(self.file, self.lines))
