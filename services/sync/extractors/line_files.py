"""Pages out of files of lines, whose position is file and byte."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from services.sync.domain.filters.conditions import Condition
from services.sync.domain.pages import BadRow, Fault, Page, Position, Row
from services.sync.errors import SourceUnavailable
from services.sync.extractors.files import PAGE_BYTES, PAGE_ROWS, files_of
from services.sync.extractors.records import shown
from services.sync.extractors.sources import Source, number_of
from services.sync.extractors.world import World


class Record(NamedTuple):
    """What a line, or several, turned out to be: a row, or what is wrong with it. `end` is the byte after it and
    `line` the number of its last line."""

    row: Any
    fault: Fault | None
    end: int
    line: int


Read = Callable[[Path, int, int], Iterator[Record]]
"""The records of a file from a byte on, with the number of the line before it."""


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
        gathered = _Gathered(name, position)
        for record in self._read(path, position["byte"], position["line"]):
            if gathered.count >= self._size or gathered.bytes >= PAGE_BYTES:
                yield gathered.page(gathered.end_position())
                gathered = _Gathered(name, gathered.end_position())
            self.traffic.bytes += record.end - gathered.end
            gathered.add(record)
        last = None if after is None else {**after, "number": gathered.number + 1}
        yield gathered.page(last)


class _Gathered:
    """What a page has so far."""

    def __init__(self, file: str, position: Position) -> None:
        self._file, self._position = file, position
        self._rows: list[Row] = []
        self._bad: list[BadRow] = []
        self._places: list[Mapping[str, Any]] = []
        self.number = number_of(position)
        self.end, self._line = int(position["byte"]), int(position["line"])

    @property
    def count(self) -> int:
        return len(self._rows) + len(self._bad)

    @property
    def bytes(self) -> int:
        return self.end - int(self._position["byte"])

    def add(self, record: Record) -> None:
        place = {"file": self._file, "line": record.line}
        if record.fault is None:
            self._rows.append(record.row)
            self._places.append(place)
        else:
            self._bad.append(BadRow((record.fault,), shown(record.row), place))
        self.end, self._line = record.end, record.line

    def end_position(self) -> Position:
        return {"file": self._file, "byte": self.end, "line": self._line, "number": self.number + 1}

    def page(self, following: Position | None) -> Page:
        return Page(self._rows, self._bad, self._position, following, self.number, self._places)
