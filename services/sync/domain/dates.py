"""Dates and times as sources write them: ISO 8601, `D!M!Y` of 4D, `D.M.Y`."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

# Two-digit years below the pivot belong to this century.
PIVOT = 50
_DAY_FIRST = re.compile(r"(\d{1,2})([!.])(\d{1,2})\2(\d{1,4})(?:[ T]+(\S+))?", re.ASCII)
_NOTHING = re.compile(r"0+([!./-])0+\1(?:0+)(?:[ T]+[0:.]*Z?)?", re.ASCII)
_TIMES = re.compile(r"(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*(?:Z|[+-]\d\d:\d\d)?(?:\n|$))*", re.ASCII)
_ISO = re.compile(r"\d{4}-?(?:\d\d|W)[-\dT :.,Z+W]*", re.ASCII)


class NoDate(ValueError):
    """The text is no date or time of a known form, or one that the calendar does not have."""


def read_moment(text: str, *, pivot: int = PIVOT) -> date | datetime | None:
    """The date or time that a text says; None for an empty one and for the zero date. Raises NoDate.

    A datetime is naive where the text names no zone.
    """
    text = text.strip()
    if is_iso_time(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass  # told below, like everything else
    if not text or _NOTHING.fullmatch(text):
        return None
    try:
        day_first = _DAY_FIRST.fullmatch(text)
        if day_first is not None:
            return _day_first(day_first, pivot)
        if not _ISO.fullmatch(text):
            raise NoDate(text)
        return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text.replace(",", "."))
    except ValueError:
        raise NoDate(text) from None


def is_iso_time(text: str) -> bool:
    """Whether a text has the form that most times have, `2026-01-31T10:00…`: nothing else that is read here has it."""
    return text[4:5] == "-" and text[10:11] in ("T", " ")


def iso_times(values: Sequence[Any], zone: tzinfo) -> list[datetime | None] | None:
    """Times in UTC of a column of texts as ISO 8601 writes them, and nulls; None if one is something else."""
    given = [value for value in values if value is not None]
    if set(map(type, given)) != {str} or not _TIMES.fullmatch("\n".join(given)):
        return None
    try:
        moments = [None if value is None else datetime.fromisoformat(value) for value in values]
        return [m if m is None or m.tzinfo is UTC else in_utc(m, zone) for m in moments]
    except ValueError:
        return None


def _day_first(match: re.Match[str], pivot: int) -> date | datetime:
    day, _, month, year, clock = match.groups()
    if len(year) == 3:
        raise NoDate(match.group())
    full = int(year) if len(year) == 4 else int(year) + (2000 if int(year) < pivot else 1900)
    read = date(full, int(month), int(day))
    return read if clock is None else datetime.combine(read, time.fromisoformat(clock))


def in_utc(moment: datetime, zone: tzinfo) -> datetime:
    """A time in UTC; one without a zone is read in `zone`, and where clocks are set back as standard time.

    That is how PostgreSQL reads it. Raises NoDate beyond the years 1 to 9999.
    """
    if moment.tzinfo is UTC:
        return moment
    try:
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
        if zone is UTC:
            return moment.replace(tzinfo=UTC)
        offsets = [moment.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta() for fold in (0, 1)]
        return (moment - min(offsets)).replace(tzinfo=UTC)
    except OverflowError:
        raise NoDate(str(moment)) from None


def first_second(day: date) -> datetime:
    return datetime.combine(day, time(0, 0, 0), UTC)


def last_second(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), UTC)


def instant(value: object, zone: tzinfo) -> datetime | None:
    """The point in time that a row's value names, None where it names none; a plain date is its first second in UTC."""
    try:
        if isinstance(value, str):
            value = read_moment(value)
        if isinstance(value, datetime):
            return in_utc(value, zone)
    except NoDate:
        return None
    return first_second(value) if isinstance(value, date) else None
