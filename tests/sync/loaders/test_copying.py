"""What is copied is what was meant, whatever stands in a text."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest

from services.sync.loaders.copying import fixed, json_texts, lines, texts

TEXTS = ["plain", "tab\there", "two\nlines\r", "back\\slash \\N", "", "ä€😀", None]
COLUMNS: dict[str, tuple[str, list[Any]]] = {
    "texts": ("text", TEXTS),
    "clean": ("text", ["a", "b", "c", "d", "e", "f", "g"]),
    "nothing": ("text", [None] * 7),
    "whole": ("bigint", [-2, 1, 3, 4, 5, 6, 7]),
    "exact": ("numeric", [Decimal("1.50"), Decimal("-0.00001"), 3, Decimal("1E+3"), None, Decimal(0), 7]),
    "flags": ("boolean", [True, False, True, True, True, None, False]),
    "days": ("date", [date(2026, 1, 31)] * 7),
    "times": ("timestamptz", [datetime(2026, 1, 31, 10, 0, 0, 5, tzinfo=UTC)] * 7),
    "ids": ("uuid", [UUID(int=7)] * 7),
    "things": ("jsonb", [{"a\tb": [1, None]}, [], "text", "\\", True, None, 2]),
}


def test_every_kind_comes_back_as_it_went(postgres_url: str) -> None:
    columns = [values for _, values in COLUMNS.values()]
    written = [texts(json_texts(values) if kind == "jsonb" else values) for kind, values in COLUMNS.values()]
    with psycopg.connect(postgres_url) as connection:
        kinds = ", ".join(f"{name} {kind}" for name, (kind, _) in COLUMNS.items())
        connection.execute(f"create temporary table copied ({kinds})".encode())
        with connection.cursor().copy("copy copied from stdin") as copy:
            copy.write("\n".join([*lines(written), ""]).encode())
        found = connection.execute("select * from copied order by whole").fetchall()
    assert [list(values) for values in zip(*found, strict=True)] == columns


def test_what_no_column_holds_is_refused() -> None:
    with pytest.raises(TypeError):
        texts([{"a": 1}])


def test_one_value_has_one_text() -> None:
    numbers = ["1.5", "1.50", "15E-1", "1.495", "-0", "NaN", "\\N", "a thing", "1" * 40]
    same = ["1.50", "1.50", "1.50", "1.50", "0.00", "NaN", "\\N", "a thing", "1" * 40]
    assert fixed(numbers, 2) == same
    assert fixed(["12", "-3", "\\N"], 0) == ["12", "-3", "\\N"]
    elsewhere = datetime(2026, 1, 31, 12, tzinfo=timezone(timedelta(hours=2)))
    assert len(set(texts([elsewhere, elsewhere.astimezone(UTC)]))) == 1
    assert json_texts([{"a": 1, "b": 2}, {"b": 2, "a": 1}]) == ['{"a":1,"b":2}'] * 2
