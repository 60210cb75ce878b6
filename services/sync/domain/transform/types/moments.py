"""Dates, and times in UTC."""

from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from services.sync.domain.dates import PIVOT, NoDate, in_utc, iso_times, read_moment
from services.sync.domain.transform.types.reading import (
    FieldType,
    OptionRefused,
    Read,
    ReadAll,
    Unreadable,
    Wish,
    shown,
)

# Days repeat: most columns of dates hold far fewer of them than rows.
_remembered = lru_cache(maxsize=8192)(read_moment)


def _pivot(wish: Wish) -> int:
    pivot = wish.options.get("pivot", PIVOT)
    if not isinstance(pivot, int) or isinstance(pivot, bool) or not 0 <= pivot <= 100:
        raise OptionRefused("pivot", "pivot is a whole number from 0 to 100.")
    return pivot


def _moment(value: Any, pivot: int) -> date | datetime | None:
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        try:
            return _remembered(value, pivot=pivot)
        except NoDate:
            pass
    raise Unreadable("invalid_date", f"{shown(value)} is no date.")


def _date_reader(wish: Wish) -> Read:
    pivot = _pivot(wish)

    def read(value: Any) -> date | None:
        moment = _moment(value, pivot)
        if not isinstance(moment, datetime):
            return moment
        return moment.date() if moment.tzinfo is None else _guarded(moment, wish).astimezone(wish.zone).date()

    return read


def _datetime_reader(wish: Wish) -> Read:
    pivot = _pivot(wish)

    def read(value: Any) -> datetime | None:
        moment = _moment(value, pivot)
        if moment is None:
            return None
        return _guarded(moment if isinstance(moment, datetime) else datetime.combine(moment, time()), wish)

    return read


def _iso_column(wish: Wish) -> ReadAll:
    return lambda values: iso_times(values, wish.zone)


def _guarded(moment: datetime, wish: Wish) -> datetime:
    try:
        return in_utc(moment, wish.zone)
    except NoDate:
        raise Unreadable("invalid_date", f"{shown(moment)} lies beyond the calendar.") from None


DATE = FieldType("date", _date_reader, "null", frozenset({"pivot"}))
DATETIME = FieldType("datetime", _datetime_reader, "null", frozenset({"pivot"}), fast=_iso_column)
