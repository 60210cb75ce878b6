"""Conditions in the words of each source; the one of PostgreSQL finds the rows that Python finds."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from services.sync.domain.filters.conditions import Condition
from services.sync.domain.filters.evaluating import predicate
from services.sync.domain.filters.legacy import legacy_filter
from services.sync.domain.filters.parameters import TimeFormat, since_until
from services.sync.domain.filters.reading import read_filters
from services.sync.domain.filters.sql import ColumnKind, where

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("filters", "text"),
    [
        ({"aktiv": True, "n": {">": Decimal("1E+2")}}, "aktiv = true and n > 100"),
        ({"name": "O'Neil' or 1=1"}, "name = 'O''Neil'' or 1=1'"),
        ({"f": [1, "x"]}, "f in (1, 'x')"),
        ({"f": None}, "f = null"),
        ({"f": {"ne": None}}, "f != null"),
        ({"d": {"gte": "2026-03-01"}}, "d >= '2026-03-01T00:00:00Z'"),
        ({"d": {"lte": "2026-03-01"}}, "d <= '2026-03-01T23:59:59Z'"),
        ({"d": {"gt": "2026-03-01"}}, "d > '2026-03-01T23:59:59Z'"),
        ({"d": {"lt": "2026-03-01"}}, "d < '2026-03-01T00:00:00Z'"),
        ({"d": "2026-03-01"}, "(d >= '2026-03-01T00:00:00Z' and d <= '2026-03-01T23:59:59Z')"),
        ({"d": {"ne": "2026-03-01"}}, "(d < '2026-03-01T00:00:00Z' or d > '2026-03-01T23:59:59Z')"),
        ({"d": {"gte": "2026-03-01T12:00:00+01:00"}}, "d >= '2026-03-01T11:00:00Z'"),
        ({"n": {"like": "ab%c_"}}, "n = 'ab@'"),
        ({"n": {"like": "%x"}}, ""),
        ({"n": {"ne": "a@b"}}, ""),
    ],
)
def test_legacy(filters: dict[str, Any], text: str) -> None:
    conditions, _ = read_filters(filters)
    assert legacy_filter(conditions) == text


def test_legacy_asks_for_rows_without_a_cursor_as_well() -> None:
    assert legacy_filter([Condition("d", "gte", DAY, cursor=True)]) == "(d >= '2026-03-01T00:00:00Z' or d = null)"
    two_days = Condition("d", "in", (DAY, date(2026, 3, 2)))
    assert legacy_filter([two_days]).count(" or ") == 1


@pytest.mark.parametrize(
    ("written", "since", "until"),
    [
        ("rfc3339", "2026-03-01T00:00:00Z", "2026-03-01T23:59:59Z"),
        ("date", "2026-03-01", "2026-03-01"),
        ("epoch_seconds", "1772323200", "1772409599"),
        ("epoch_ms", "1772323200000", "1772409599000"),
    ],
)
def test_parameters(written: TimeFormat, since: str, until: str) -> None:
    conditions = [
        Condition("d", "gte", DAY, cursor=True),
        Condition("d", "lte", DAY, cursor=True),
        Condition("e", "gte", 1),
    ]
    assert since_until(conditions, since="a", until="b", written=written) == {"a": since, "b": until}
    assert since_until(conditions, since=None, until=None, written=written) == {}


def test_parameters_of_number_cursors() -> None:
    assert since_until([Condition("n", "gt", 17, cursor=True)], since="a", until="b", written="rfc3339") == {"a": "17"}


KINDS: dict[str, ColumnKind | None] = {
    "n": "number",
    "f": "number",
    "t": "text",
    "b": "boolean",
    "tz": "timestamptz",
    "ts": "timestamp",
    "d": "date",
}
_MOMENTS = st.datetimes(datetime(2026, 2, 27), datetime(2026, 3, 3)).map(
    lambda moment: moment.replace(microsecond=0)
) | st.sampled_from([datetime(2026, 3, 1), datetime(2026, 3, 1, 23, 59, 59), datetime(2026, 3, 1, 23, 59, 59, 500_000)])
_TEXTS = st.sampled_from(["", "a", "A", "ab", "aXb", "a%", "a_b", "ä", "z", "1", "01", "10", "2026-03-01", "true", "'"])
_NUMBERS = st.sampled_from([0, 1, 2, 10, Decimal("1.5"), Decimal("0.1")])
_ROWS = st.fixed_dictionaries(
    {
        "n": st.none() | _NUMBERS,
        "f": st.none() | _NUMBERS.map(lambda number: float(str(number))),
        "t": st.none() | _TEXTS,
        "b": st.none() | st.booleans(),
        "tz": st.none() | _MOMENTS.map(lambda moment: moment.replace(tzinfo=UTC)),
        "ts": st.none() | _MOMENTS,
        "d": st.none() | _MOMENTS.map(lambda moment: moment.date()),
    }
)
_VALUES = _NUMBERS | _TEXTS | st.booleans() | _MOMENTS.map(lambda moment: moment.isoformat()) | st.just("2026-03-01")
_OPERANDS = st.one_of(
    st.none(),
    _VALUES,
    st.lists(_VALUES, min_size=1, max_size=3),
    st.dictionaries(st.sampled_from(["eq", "ne", "gt", "gte", "lt", "lte"]), _VALUES, min_size=1, max_size=2),
    st.fixed_dictionaries({"like": st.sampled_from(["a%", "%b", "a\\%", "_", "%", "a_b", "A", ""])}),
)
_FILTERS = st.dictionaries(st.sampled_from(sorted(KINDS)), _OPERANDS, min_size=1, max_size=3)


@pytest.fixture(scope="module")
def connection(postgres_url: str) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    with psycopg.connect(postgres_url, row_factory=dict_row) as opened:
        opened.execute("set time zone 'America/Lima'")  # must not matter
        opened.execute(
            "create temp table sample (id int, n numeric, f float8, t text, b boolean,"
            " tz timestamptz, ts timestamp, d date)"
        )
        yield opened


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(_ROWS, min_size=1, max_size=8), filters=_FILTERS, cursor=st.booleans())
def test_the_database_finds_what_python_finds(
    connection: psycopg.Connection[dict[str, Any]], rows: list[dict[str, Any]], filters: dict[str, Any], cursor: bool
) -> None:
    conditions, findings = read_filters(filters, zone=BERLIN)
    if findings:  # such as a boolean with an order
        return
    conditions = [Condition(c.field, c.operator, c.value, cursor and c.value is not None) for c in conditions]
    asked = where(conditions, KINDS, zone=BERLIN)
    columns = ["id", *KINDS]
    with connection.transaction(force_rollback=True), connection.cursor() as cursor_:
        cursor_.executemany(
            f"insert into sample ({', '.join(columns)}) values ({', '.join(['%s'] * len(columns))})",
            [[number, *(row[name] for name in KINDS)] for number, row in enumerate(rows)],
        )
        text = f"where {asked.text}" if asked.text else ""
        found = cursor_.execute(f"select * from sample {text}".encode(), asked.values).fetchall()
    left = predicate(asked.remaining, zone=BERLIN)
    by_database = {row["id"] for row in found if left is None or left(row)}
    test = predicate(conditions, zone=BERLIN)
    assert by_database == {number for number, row in enumerate(rows) if test is None or test(row)}
