"""What is asked of the cursor, as the two parameters that many HTTP interfaces have for it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from services.sync.domain.filters.conditions import Condition, Scalar, rfc3339, span

TimeFormat = Literal["rfc3339", "date", "epoch_seconds", "epoch_ms"]


def since_until(
    conditions: Iterable[Condition], *, since: str | None, until: str | None, written: TimeFormat
) -> dict[str, str]:
    """What is asked of the cursor, as the parameters that the source has for it; at least the rows that are meant."""
    parameters: dict[str, str] = {}
    for condition in conditions:
        if not condition.cursor or isinstance(condition.value, tuple) or condition.value is None:
            continue
        low, high = _low_and_high(condition)
        if since is not None and low is not None:
            parameters[since] = _written(low, written)
        if until is not None and high is not None:
            parameters[until] = _written(high, written, up=True)
    return parameters


def _low_and_high(condition: Condition) -> tuple[Scalar, Scalar]:
    if isinstance(condition.value, date):
        meant = span(condition.operator, condition.value)
        return meant.low or meant.above, meant.high or meant.below
    value = condition.value
    assert not isinstance(value, tuple)
    return (value if condition.operator in ("gt", "gte") else None), (
        value if condition.operator in ("lt", "lte") else None
    )


def _written(value: Scalar, written: TimeFormat, *, up: bool = False) -> str:
    if not isinstance(value, datetime):
        return str(value)
    if written == "rfc3339":
        return rfc3339(value)
    if written == "date":
        return value.astimezone(UTC).date().isoformat()
    unit = timedelta(seconds=1) if written == "epoch_seconds" else timedelta(milliseconds=1)
    since_epoch = value - datetime(1970, 1, 1, tzinfo=UTC)
    return str(-(-since_epoch // unit) if up else since_epoch // unit)
