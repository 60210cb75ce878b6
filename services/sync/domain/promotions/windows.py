"""Which promotions count on a day: three strategies, each no more than two bounds of dates."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

Strategy = Literal["current_only", "include_future", "all_active"]
STRATEGIES: Final[tuple[Strategy, ...]] = ("current_only", "include_future", "all_active")
LABELS: Final[dict[Strategy, str]] = {
    "current_only": "Current Only",
    "include_future": "Include Future",
    "all_active": "All Active",
}


@dataclass(frozen=True, slots=True)
class Window:
    """A promotion counts that starts on or before one day and ends on or after another; None sets no bound."""

    starts_by: date | None
    ends_from: date | None

    def holds(self, start: date, end: date) -> bool:
        return (self.starts_by is None or start <= self.starts_by) and (self.ends_from is None or end >= self.ends_from)


def window(strategy: Strategy, today: date, *, future_days: int, past_days: int) -> Window:
    """The bounds of a day. Both numbers of days count for `include_future` only."""
    if strategy == "all_active":
        return Window(None, None)
    if strategy == "current_only":
        return Window(today, today)
    return Window(today + timedelta(days=future_days), today - timedelta(days=past_days))


def local_date(moment: datetime, time_zone: str) -> date:
    """The day that a moment belongs to in a place. Raises ZoneInfoNotFoundError for an unknown zone."""
    return moment.astimezone(ZoneInfo(time_zone)).date()


def description(strategy: Strategy, *, future_days: int, past_days: int, include_inactive: bool) -> str:
    """The sentence that a preview says of its settings."""
    sentence = {
        "current_only": "Promotions valid today only",
        "include_future": f"Promotions valid from {past_days} days ago to {future_days} days ahead",
        "all_active": "All active promotions (no date filtering)",
    }[strategy]
    return f"{sentence}, inactive ones included" if include_inactive else sentence
