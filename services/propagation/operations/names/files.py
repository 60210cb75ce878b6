"""Names to check in a CSV file, and the same file with what was found in further columns."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from services.propagation.domain import sheets
from services.propagation.domain.cells import lines
from services.propagation.operations.names.wanted import NameRow
from shared.errors import Invalid

MAX_ROWS = 10_000
OWN = ("value", "field", "rule", "parent")
ADDED = ("valid", "matches", "ambiguous", "codes", "messages")
ROWS_AT_ONCE = 500


def read_rows(content: bytes) -> tuple[tuple[str, ...], list[NameRow]]:
    """The columns of the file and its rows. Raises Invalid if it cannot be read, has no values, or too many rows."""
    try:
        header, rows = sheets.read(content, is_column=bool, max_rows=MAX_ROWS)
        found = [_row(number, cells) for number, cells in enumerate(rows, 1)]
    except sheets.BadSheet as problem:
        raise Invalid.field("/file", problem.code, problem.message) from problem
    if "value" not in header.columns:
        raise Invalid.field("/file", "missing_column", "The column `value` is missing; it has the names.")
    if not found:
        raise Invalid.field("/file", "no_rows", "The file has no rows.")
    return header.columns, found


def _row(number: int, cells: dict[str, str]) -> NameRow:
    field, rule, parent = (cells.get(name) or None for name in OWN[1:])
    return NameRow(number, cells.get("value", ""), field, rule, parent, cells)


def with_findings(
    found: Iterable[tuple[NameRow, dict[str, Any]]], *, columns: Sequence[str], dimensions: Sequence[str]
) -> Iterator[bytes]:
    """CSV in pieces: the columns as they came (or the four of a call), then what was found, then the best reading."""
    added = [*ADDED, *(f"{sheets.DIMENSION}{name}" for name in dimensions)]
    kept = [name for name in columns or OWN if name not in added]
    yield lines([[*kept, *added]])
    rows = iter(found)
    while piece := list(islice(rows, ROWS_AT_ONCE)):
        yield lines([[*_given(row, kept), *_found(result, dimensions)] for row, result in piece])


def _given(row: NameRow, columns: Sequence[str]) -> list[object]:
    own = {"value": row.value, "field": row.field, "rule": row.rule, "parent": row.parent}
    return [row.cells.get(name, own.get(name)) for name in columns]


def _found(result: dict[str, Any], dimensions: Sequence[str]) -> list[object]:
    notes = [note for kind in ("reasons", "errors", "warnings") for note in result[kind]]
    best = {part["dimension_name"]: part["text"] for part in (result["readings"] or [[]])[0]}
    return [
        *(str(result[name]).lower() for name in ("valid", "matches", "ambiguous")),
        ";".join(note["code"] for note in notes),
        " ".join(note["message"] for note in notes),
        *(best.get(name) for name in dimensions),
    ]
