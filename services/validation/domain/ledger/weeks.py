"""Weeks of play end on Sundays, so that a day belongs to one week."""

from datetime import date, timedelta

_SUNDAY = 6


def is_sunday(day: date) -> bool:
    return day.weekday() == _SUNDAY


def week_end(day: date) -> date:
    """The Sunday on or after the day. Raises OverflowError in the last week of the calendar."""
    return day + timedelta(days=_SUNDAY - day.weekday())


def week_start(end: date) -> date:
    return end - timedelta(days=6)
