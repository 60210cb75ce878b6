"""CSV: fields between delimiters, a quoted one may go over several lines."""

import csv
from collections.abc import Iterator, Mapping
from itertools import accumulate
from pathlib import Path
from typing import Any

from services.sync.domain.components import Component
from services.sync.domain.pages import MAX_ROWS, Extractor, Fault
from services.sync.errors import BadResponse
from services.sync.extractors.files import Block, blocks
from services.sync.extractors.line_files import LineFiles, Records
from services.sync.extractors.records import BYTE_ORDER_MARK
from services.sync.extractors.sources import schema
from services.sync.extractors.world import World

_ONE_SIGN = {"type": "string", "minLength": 1, "maxLength": 1}
SCHEMA = schema(
    ["path"],
    path={"type": "string", "minLength": 1, "description": "File or pattern below the folder of data; .gz and .zst."},
    delimiter=_ONE_SIGN,
    quote=_ONE_SIGN,
    encoding={"enum": ["utf-8", "latin-1", "cp1252", "iso-8859-15", "cp850", "mac-roman"]},
    header={
        "oneOf": [{"const": True}, {"type": "array", "items": {"type": "string"}, "minItems": 1}],
        "description": "true: the first line names the columns; else their names.",
    },
    null_values={"type": "array", "items": {"type": "string"}},
    decimal_separator={"enum": [".", ","]},
    page_size={"type": "integer", "minimum": 1, "maximum": MAX_ROWS},
)


class _Lines:
    """Decoded lines for the CSV reader. Remembers where it is (`end` and `number` are those of the last line) and what
    was wrong on the way."""

    def __init__(self, found: Iterator[Block], encoding: str, *, byte: int = 0, number: int = 0) -> None:
        self._found, self._encoding = found, encoding
        self._block: list[bytes] = []
        self._taken = 0
        self.end, self.number = byte, number
        self.last = b""
        self.fault: Fault | None = None

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if not self.left():
            raise StopIteration
        is_first = self.number == 0
        (self.last,) = self.take(1)
        content = self.last.removeprefix(BYTE_ORDER_MARK) if is_first else self.last
        try:
            text = content.decode(self._encoding)
        except UnicodeDecodeError:
            self.fault = Fault("undecodable", f"The line is not in {self._encoding}.")
            text = content.decode(self._encoding, "replace")
        if "\x00" in text:
            self.fault = Fault("nul_character", "The line contains the character U+0000.")
        return text

    def take_fault(self) -> Fault | None:
        fault, self.fault = self.fault, None
        return fault

    def left(self) -> int:
        """How many lines of the present block nobody has taken; 0 is the end of the file."""
        while self._taken == len(self._block):
            block = next(self._found, None)
            if block is None:
                return 0
            self._block, self._taken = block.lines, 0
        return len(self._block) - self._taken

    def decoded(self) -> list[str] | None:
        """Those lines, None if one of them needs a closer look."""
        lines = self._block[self._taken :]
        if self.number == 0 or any(b"\0" in line for line in lines):
            return None
        try:
            return [line.decode(self._encoding) for line in lines]
        except UnicodeDecodeError:
            return None

    def take(self, count: int) -> list[bytes]:
        taken = self._block[self._taken : self._taken + count]
        self._taken += count
        self.end, self.number = self.end + sum(map(len, taken)), self.number + count
        return taken


class Delimited:
    """Reads files by the options of a configuration."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._encoding = config.get("encoding", "utf-8")
        self._options = {"delimiter": config.get("delimiter", ","), "quotechar": config.get("quote", '"')}
        self._nulls = frozenset(config.get("null_values", ()))
        header = config.get("header", True)
        self._named = None if header is True else [str(name) for name in header]

    def records(self, path: Path, byte: int, number: int) -> Iterator[Records]:
        names, begin, line = self._columns(path)
        if byte < begin:
            byte, number = begin, line
        found = _Lines(blocks(path, byte=byte, number=number), self._encoding, byte=byte, number=number)
        while found.left():
            yield self._at_once(names, found) or self._one_by_one(names, found)

    def _at_once(self, names: list[str], found: _Lines) -> Records | None:
        """The rest of a block, if each of its lines is a row: nearly always."""
        texts = found.decoded()
        try:
            records = list(csv.reader(texts or (), strict=True, **self._options))
        except csv.Error:
            return None
        if texts is None or len(records) != len(texts) or set(map(len, records)) != {len(names)}:
            return None
        first, number = found.end, found.number
        ends = list(accumulate(map(len, found.take(len(texts))), initial=first))[1:]
        return Records(
            [self._row(names, fields) for fields in records], ends, range(number + 1, number + 1 + len(ends))
        )

    def _one_by_one(self, names: list[str], found: _Lines) -> Records:
        """The rest of a block; its last record may end in the next."""
        rows: list[Any] = []
        ends: list[int] = []
        numbers: list[int] = []
        faults: dict[int, Fault] = {}
        reader = csv.reader(found, strict=True, **self._options)
        last = found.number + found.left()
        while found.number < last:
            row, fault = self._next(names, reader, found)
            if row is None:
                continue
            if fault is not None:
                faults[len(rows)] = fault
            rows.append(row)
            ends.append(found.end)
            numbers.append(found.number)
        return Records(rows, ends, numbers, faults)

    def _next(self, names: list[str], reader: Iterator[list[str]], found: _Lines) -> tuple[Any, Fault | None]:
        """A row, what stands in its place with what is wrong with it, or None for an empty line."""
        try:
            fields = next(reader)
        except csv.Error as wrong:
            found.take_fault()
            return found.last, Fault("undecodable", f"The line is no CSV ({wrong}).")
        fault = found.take_fault()
        if not fields and fault is None:
            return None, None
        if fault is None and len(fields) != len(names):
            fault = Fault("wrong_columns", f"The line has {len(fields)} columns, the header {len(names)}.")
        return (self._row(names, fields) if fault is None else ",".join(fields)), fault

    def _row(self, names: list[str], fields: list[str]) -> dict[str, Any]:
        nulls = self._nulls
        if nulls.isdisjoint(fields):
            return dict(zip(names, fields, strict=True))
        return {name: None if field in nulls else field for name, field in zip(names, fields, strict=True)}

    def _columns(self, path: Path) -> tuple[list[str], int, int]:
        """The names, and the byte and the line after which the rows begin. Raises BadResponse."""
        if self._named is not None:
            return self._named, 0, 0
        found = _Lines(blocks(path), self._encoding)
        try:
            names = next(csv.reader(found, strict=True, **self._options), [])
        except csv.Error:
            names = []
        if found.take_fault() is not None or len(set(names)) != len(names) or (found.end and not names):
            raise BadResponse(f"The first line of {path.name} does not name the columns, each of them once.")
        return names, found.end, found.number


def build(source: Mapping[str, Any], world: World) -> Extractor:
    config = source["config"]
    # A quoted field may go over several lines.
    return LineFiles(config, world, Delimited(config).records, unless=config.get("quote", '"').encode())


COMPONENT = Component("csv", SCHEMA, build, divides=frozenset({"files", "pages"}))
