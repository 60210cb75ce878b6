"""Cells of CSV files: written so that a spreadsheet runs nothing and reading them again gives what was written."""

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

# What a spreadsheet takes for a formula, behind any number of the apostrophes that mark a text.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_MARKED = re.compile(r"'+[=+\-@\t\r\n]")
_NUMBER = re.compile(r"-?\d")


def harmless(text: str) -> str:
    """With an apostrophe in front of what would be run. `restored` takes it away again."""
    return f"'{text}" if _FORMULA.match(text) else text


def restored(cell: str) -> str:
    return cell[1:] if _MARKED.match(cell) else cell


def plain_cell(value: Any) -> str:
    """A plain value of a custom field: texts as they are, all else as JSON, and so a text that reads like JSON."""
    if isinstance(value, str) and value and plain_value(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)


def plain_value(text: str) -> Any:
    """What `plain_cell` was made of; None for an empty cell and for null."""
    if not text:
        return None
    if text in ("true", "false", "null") or text[0] == '"' or _NUMBER.match(text):
        try:
            value = json.loads(text)
        except ValueError:
            return text
        return text if isinstance(value, float) and not math.isfinite(value) else value
    return text


def lines(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows of CSV (RFC 4180) in UTF-8; None is an empty cell, texts are made harmless, other values cannot harm."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerows(
        [harmless(cell) if isinstance(cell, str) else "" if cell is None else cell for cell in row] for row in rows
    )
    return buffer.getvalue().encode()
