"""The points of a metric, and what they say."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.validation.domain.health.history import Judgement, Point, band, judge, slope_per_day
from services.validation.queries import health
from shared.errors import Invalid


def history(
    session: Session, metric: str, *, since: datetime | None, until: datetime | None, step_hours: int | None
) -> dict[str, Any]:
    """Points with the change from the one before. With `step_hours` the last point of each step. Raises Invalid."""
    if since is not None and until is not None and until <= since:
        raise Invalid.field("?to", "before_from", "`to` lies after `from`.")
    found = [Point(row.recorded_at, row.value) for row in health.points(session, metric, since=since, until=until)]
    shown = _stepped(found, step_hours) if step_hours else found
    values = [point.value for point in found]
    expected = band(values[:-1])
    return {
        "metric": metric,
        "points": [
            {"at": point.at, "value": point.value, "change": point.value - shown[place - 1].value if place else None}
            for place, point in enumerate(shown)
        ],
        "slope_per_day": slope_per_day(found),
        "judgement": str(judge(values[:-1], values[-1]) if values else Judgement.LEARNING),
        "expected": None
        if expected is None
        else {"from": expected.middle - expected.reach, "to": expected.middle + expected.reach},
    }


def _stepped(points: Sequence[Point], hours: int) -> list[Point]:
    last: dict[int, Point] = {}
    for point in points:
        last[int(point.at.timestamp()) // (hours * 3600)] = point
    return list(last.values())
