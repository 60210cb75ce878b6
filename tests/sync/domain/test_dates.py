"""Dates and times in every form that sources write."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from services.sync.domain.dates import NoDate, in_utc, instant, read_moment

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-03-01", date(2026, 3, 1)),
        (" 20260301 ", date(2026, 3, 1)),
        ("15!04!1985", date(1985, 4, 15)),
        ("5!4!1985", date(1985, 4, 5)),
        ("15.04.1985", date(1985, 4, 15)),
        ("15.04.85", date(1985, 4, 15)),
        ("1!1!00", date(2000, 1, 1)),
        ("1!1!49", date(2049, 1, 1)),
        ("1!1!50", date(1950, 1, 1)),
        ("31.12.99", date(1999, 12, 31)),
        ("15.04.1985 10:30", datetime(1985, 4, 15, 10, 30)),
        ("2026-03-01T10:30:00", datetime(2026, 3, 1, 10, 30)),
        ("2026-03-01 10:30", datetime(2026, 3, 1, 10, 30)),
        ("2026-03-01T10:30:00.25Z", datetime(2026, 3, 1, 10, 30, 0, 250_000, UTC)),
        ("2026-03-01T10:30:00+05:30", datetime(2026, 3, 1, 10, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))),
        ("", None),
        ("  ", None),
        ("0!0!0", None),
        ("00!00!00", None),
        ("00.00.0000", None),
        ("0000-00-00", None),
    ],
)
def test_what_is_read(text: str, read: date | datetime | None) -> None:
    found = read_moment(text)
    assert found == read
    assert type(found) is type(read)


@pytest.mark.parametrize(
    "text",
    [
        *("yesterday", "31!02!2026", "2026-02-30", "1!13!2026", "15!04.1985", "15.04.198", "12", "0", "2026"),
        *("10:30", "2026-03-01T25:00:00", "٢٠٢٦-٠٣-٠١", "1/2/2026", "32.01.2026"),
    ],
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(NoDate):
        read_moment(text)


def test_the_pivot_may_be_set() -> None:
    assert read_moment("1.1.30", pivot=20) == date(1930, 1, 1)


def test_local_times_are_read_as_the_database_reads_them() -> None:
    winter, summer = datetime(2026, 1, 1, 12), datetime(2026, 7, 1, 12)
    assert in_utc(winter, BERLIN) == datetime(2026, 1, 1, 11, tzinfo=UTC)
    assert in_utc(summer, BERLIN) == datetime(2026, 7, 1, 10, tzinfo=UTC)
    # Clocks are set back on 2026-10-25 at 3: the second 2:30 is meant. They skip 2:30 on 2026-03-29.
    assert in_utc(datetime(2026, 10, 25, 2, 30), BERLIN) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert in_utc(datetime(2026, 3, 29, 2, 30), BERLIN) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    with pytest.raises(NoDate):
        in_utc(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), UTC)


def test_a_plain_date_of_a_row_is_its_first_second() -> None:
    assert instant("15!04!1985", BERLIN) == datetime(1985, 4, 15, tzinfo=UTC)
    assert instant(date(1985, 4, 15), BERLIN) == datetime(1985, 4, 15, tzinfo=UTC)
    assert instant("1985-04-15T00:00", BERLIN) == datetime(1985, 4, 14, 22, tzinfo=UTC)
    assert instant("soon", BERLIN) is None
    assert instant(17, BERLIN) is None
