"""CSV: fields between delimiters, a quoted one may go over several lines."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from services.sync.domain.components import Component
from services.sync.domain.pages import MAX_ROWS, Extractor, Fault
from services.sync.errors import BadResponse
from services.sync.extractors.files import Line, lines
from services.sync.extractors.line_files import LineFiles, Record
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
    """Hands decoded lines to the CSV reader and remembers where it is and what was wrong on the way."""

    def __init__(self, found: Iterator[Line], encoding: str) -> None:
        self._found, self._encoding = found, encoding
        self.last = Line(b"", 0, 0)
        self.fault: Fault | None = None

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        self.last = line = next(self._found)
        content = line.content
        if line.number == 1:
            content = content.removeprefix(b"\xef\xbb\xbf")
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


class Delimited:
    """Reads files by the options of a configuration."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._encoding = config.get("encoding", "utf-8")
        self._options = {"delimiter": config.get("delimiter", ","), "quotechar": config.get("quote", '"')}
        self._nulls = frozenset(config.get("null_values", ()))
        header = config.get("header", True)
        self._named = None if header is True else [str(name) for name in header]

    def records(self, path: Path, byte: int, number: int) -> Iterator[Record]:
        names, body = self._columns(path)
        if byte < body.end:
            byte, number = body.end, body.number
        found = _Lines(lines(path, byte=byte, number=number), self._encoding)
        reader = csv.reader(found, strict=True, **self._options)
        while True:
            fault: Fault | None
            try:
                fields = next(reader)
            except StopIteration:
                return
            except csv.Error as wrong:
                found.take_fault()
                fault = Fault("undecodable", f"The line is no CSV ({wrong}).")
                yield found.last.content, fault, found.last.end, found.last.number
                continue
            fault = found.take_fault()
            if not fields and fault is None:
                continue
            if fault is None and len(fields) != len(names):
                fault = Fault("wrong_columns", f"The line has {len(fields)} columns, the header {len(names)}.")
            row = self._row(names, fields) if fault is None else ",".join(fields)
            yield row, fault, found.last.end, found.last.number

    def _row(self, names: list[str], fields: list[str]) -> dict[str, Any]:
        if not self._nulls:
            return dict(zip(names, fields, strict=True))
        nulls = self._nulls
        return {name: None if field in nulls else field for name, field in zip(names, fields, strict=True)}

    def _columns(self, path: Path) -> tuple[list[str], Line]:
        """The names, and the line after which the rows begin. Raises BadResponse."""
        if self._named is not None:
            return self._named, Line(b"", 0, 0)
        found = _Lines(lines(path), self._encoding)
        try:
            names = next(csv.reader(found, strict=True, **self._options), [])
        except csv.Error:
            names = []
        if found.take_fault() is not None or len(set(names)) != len(names) or (found.last.end and not names):
            raise BadResponse(f"The first line of {path.name} does not name the columns, each of them once.")
        return names, found.last


def build(source: Mapping[str, Any], world: World) -> Extractor:
    config = source["config"]
    # A quoted field may go over several lines.
    return LineFiles(config, world, Delimited(config).records, unless=config.get("quote", '"').encode())


COMPONENT = Component("csv", SCHEMA, build, divides=frozenset({"files", "pages"}))
