"""How a run is cut into parts that are loaded by themselves.

A part is plain JSON (`Bounds`) that says which rows it reads; it holds no row and no secret. Empty, it is everything.
Parts of one run never overlap, and together they are what the run would read as a whole.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from itertools import pairwise
from typing import Any, TypeVar

from services.sync.domain.filters.conditions import Condition
from services.sync.domain.filters.reading import read_scalar

Bounds = dict[str, Any]
T = TypeVar("T")

MOST = 1000
WHOLE: Bounds = {}


def by_values(field: str, values: Sequence[Any], *, count: int | None = None) -> list[Bounds]:
    """A part for each value, or `count` parts that share them evenly."""
    groups = [[value] for value in values] if count is None else shared_out(values, count)
    return [{"field": field, "values": group} for group in groups]


def by_ranges(field: str, limits: Sequence[Any]) -> list[Bounds]:
    """Parts between ascending limits: what lies below the first, with the rows that have no value, up to what lies at
    the last or above it."""
    edges = [None, *limits, None]
    parts = [{"field": field, "from": low, "to": high} for low, high in pairwise(edges)]
    parts[0]["nulls"] = True
    return parts


def by_months(field: str, months: Sequence[str]) -> list[Bounds]:
    """Exactly the named months (`2026-01`, in UTC). Raises ValueError."""
    return [{"field": field, "from": _text(start), "to": _text(_next_month(start))} for start in map(_month, months)]


def latest_months(count: int, *, now: datetime) -> list[str]:
    """The limits of `count` parts by month, of which the first has all that is older and the last all that is newer."""
    start = datetime(now.year, now.month, 1, tzinfo=UTC)
    limits: list[datetime] = []
    for _ in range(count - 1):
        limits.append(start)
        start = _month_before(start)
    return [_text(limit) for limit in reversed(limits)]


def not_below(parts: Sequence[Bounds], low: datetime | Decimal | None) -> list[Bounds]:
    """Without the parts that a run which begins at `low` has nothing to read in."""
    left = [part for part in parts if low is None or not _ends_before(part, low)]
    if any(part.get("nulls") for part in parts) and left:
        left[0] = {**left[0], "nulls": True}
    return left


def shared_out(things: Sequence[T], count: int) -> list[list[T]]:
    """At most `count` groups of neighbours, as even as can be."""
    groups = min(count, len(things))
    edges = [len(things) * at // groups for at in range(groups + 1)] if groups else [0]
    return [list(things[low:high]) for low, high in pairwise(edges)]


def conditions_of(bounds: Mapping[str, Any], *, zone: tzinfo = UTC) -> list[Condition]:
    """What a row has to meet to belong to a part."""
    if "field" not in bounds:
        return []
    field, nulls = bounds["field"], bool(bounds.get("nulls"))
    if "values" in bounds:
        return [Condition(field, "in", tuple(read_scalar(value, zone=zone) for value in bounds["values"]))]
    found: list[Condition] = []
    if bounds["from"] is not None:
        found.append(Condition(field, "gte", read_scalar(bounds["from"], zone=zone), cursor=nulls))
    if bounds["to"] is not None:
        found.append(Condition(field, "lt", read_scalar(bounds["to"], zone=zone), cursor=nulls))
    return found


def _ends_before(part: Bounds, low: datetime | Decimal) -> bool:
    end = read_scalar(part.get("to"))
    if isinstance(end, int) and not isinstance(end, bool):
        end = Decimal(end)
    return isinstance(end, type(low)) and end <= low  # type: ignore[operator]  # both of one type


def _month(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC)
    except (TypeError, ValueError):
        raise ValueError(f"{text!r} is no month such as 2026-01.") from None


def _next_month(start: datetime) -> datetime:
    return start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)


def _month_before(start: datetime) -> datetime:
    return start.replace(year=start.year - (start.month == 1), month=(start.month - 2) % 12 + 1)


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
