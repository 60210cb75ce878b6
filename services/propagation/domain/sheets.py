"""The form of an import: its columns, and what makes a file no CSV of ours."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from services.propagation.domain.cells import restored

MAX_ROWS = 100_000
MAX_BYTES = 20 * 1024 * 1024
# More than the longest name with all of its details; a quote that is never closed would swallow the file.
MAX_CELL = 10_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
DIMENSION, CUSTOM = "dimension:", "custom:"


class Column(StrEnum):
    STRING_ID = "string_id"
    KEY = "key"
    PARENT_ID = "parent_id"
    PARENT_KEY = "parent_key"
    FIELD = "field"
    VALUE = "value"


class Fault(NamedTuple):
    """One thing that is wrong; `column` None where it is the row as a whole."""

    column: str | None
    code: str
    message: str


class BadSheet(Exception):
    """The file as a whole cannot be read."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class TooManyRows(BadSheet):
    pass


@dataclass(frozen=True, slots=True)
class Header:
    """Columns in the order of the file; `dimensions` and `custom` by name without their prefix."""

    columns: tuple[str, ...]

    @property
    def dimensions(self) -> list[str]:
        return [name.removeprefix(DIMENSION) for name in self.columns if name.startswith(DIMENSION)]

    @property
    def custom(self) -> list[str]:
        return [name.removeprefix(CUSTOM) for name in self.columns if name.startswith(CUSTOM)]


def is_printable(text: str) -> bool:
    """Without control characters, which nothing that is stored may hold."""
    return _CONTROL.search(text) is None


def read(
    content: bytes, *, is_column: Callable[[str], bool] | None = None, max_rows: int = MAX_ROWS
) -> tuple[Header, Iterator[dict[str, str]]]:
    """The header, and the rows as they come: cells by column, formulas restored. Raises BadSheet, the rows as well.

    UTF-8 with or without the mark that spreadsheets put in front; empty lines are left out.
    """
    text = _decoded(content)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = _header(reader, is_column or is_column_of_import)
    return header, _rows(reader, header, max_rows)


def is_column_of_import(name: str) -> bool:
    bare = name.removeprefix(DIMENSION).removeprefix(CUSTOM)
    return name in set(Column) or (bare != name and bool(bare))


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadSheet("bad_encoding", "The file is in UTF-16; save it as CSV in UTF-8.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadSheet("bad_encoding", f"Line {line} is not UTF-8; save the file as CSV in UTF-8.") from error
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise BadSheet("nul_character", f"Line {line} holds a NUL character.")
    return text


def _header(reader: Iterator[list[str]], is_column: Callable[[str], bool]) -> Header:
    names = tuple(name.strip() for name in _next(reader) or ())
    if not any(names):
        raise BadSheet("no_header", "The first line must name the columns.")
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise BadSheet("duplicate_column", f"The column {twice[0]!r} stands in the header more than once.")
    for name in names:
        if not is_column(name):
            raise BadSheet("unknown_column", f"There is no column {name!r}.")
    return Header(names)


def _rows(reader: Iterator[list[str]], header: Header, max_rows: int) -> Iterator[dict[str, str]]:
    number, width = 0, len(header.columns)
    while (cells := _next(reader)) is not None:
        if not any(cells):
            continue
        number += 1
        if number > max_rows:
            raise TooManyRows("too_many_rows", f"A file may have {max_rows:,} rows.")
        if len(cells) > width:
            raise BadSheet("row_too_long", f"Row {number} has {len(cells)} cells, the header {width}.")
        yield _by_column(number, header.columns, cells)


def _by_column(number: int, columns: Sequence[str], cells: list[str]) -> dict[str, str]:
    if max(map(len, cells)) > MAX_CELL:
        raise BadSheet("cell_too_long", f"A cell of row {number} has more than {MAX_CELL:,} characters.")
    return {column: restored(cell) for column, cell in zip(columns, cells, strict=False)}


def _next(reader: Iterator[list[str]]) -> list[str] | None:
    try:
        return next(reader, None)
    except csv.Error as error:
        line = getattr(reader, "line_num", 0)
        raise BadSheet("not_csv", f"Line {line} is not CSV: {error}.") from error
