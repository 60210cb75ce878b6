"""Whether a place lies inside a fence; the border, and a millimetre beyond it for rounding, is inside.

Places are degrees on WGS 84. A circle is measured along the great circle with the mean Earth radius (IUGG R1), by the
haversine formula. A polygon follows the even-odd rule with straight edges in degrees of latitude and longitude; its
edges take the short way round, so that a fence may lie across the 180th meridian.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import asin, cos, hypot, radians, sin, sqrt
from typing import Protocol

EARTH_RADIUS_M = 6_371_008.7714
ROUNDING_M = 0.001
_ROUNDING_DEGREES = ROUNDING_M / (EARTH_RADIUS_M * radians(1))

Place = tuple[float, float]  # latitude, longitude


class Fence(Protocol):
    def contains(self, place: Place) -> bool: ...


@dataclass(frozen=True, slots=True)
class Circle:
    centre: Place
    radius_m: float

    def contains(self, place: Place) -> bool:
        return distance_m(self.centre, place) <= self.radius_m + ROUNDING_M


@dataclass(frozen=True, slots=True)
class Polygon:
    """`vertices` in order; the last one is joined to the first."""

    vertices: Sequence[Place]

    def contains(self, place: Place) -> bool:
        latitude, longitude = place
        edges = list(_edges(self.vertices))
        return any(_holds(edges, (latitude, longitude + turn)) for turn in (0.0, 360.0, -360.0))


def distance_m(one: Place, other: Place) -> float:
    """Metres along the great circle."""
    (lat_1, lon_1), (lat_2, lon_2) = one, other
    across = sin(radians(lat_2 - lat_1) / 2) ** 2
    along = cos(radians(lat_1)) * cos(radians(lat_2)) * sin(radians(lon_2 - lon_1) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(across + along)))


_Edge = tuple[Place, Place]


def _edges(vertices: Sequence[Place]) -> Iterator[_Edge]:
    """Edges whose longitudes run on past 180 degrees where the polygon does."""
    latitude, longitude = vertices[0]
    for next_latitude, given in (*vertices[1:], vertices[0]):
        next_longitude = given - 360 * round((given - longitude) / 360)
        yield (latitude, longitude), (next_latitude, next_longitude)
        latitude, longitude = next_latitude, next_longitude


def _holds(edges: Sequence[_Edge], place: Place) -> bool:
    if any(_touches(edge, place) for edge in edges):
        return True
    return sum(_crosses(edge, place) for edge in edges) % 2 == 1


def _touches(edge: _Edge, place: Place) -> bool:
    """Whether the place is nearer to the edge than rounding can tell."""
    (y_1, x_1), (y_2, x_2) = edge
    dx, dy = x_2 - x_1, y_2 - y_1
    y, x = place
    length = dx * dx + dy * dy
    share = min(1.0, max(0.0, ((x - x_1) * dx + (y - y_1) * dy) / length)) if length else 0.0
    return hypot(x - x_1 - share * dx, y - y_1 - share * dy) <= _ROUNDING_DEGREES


def _crosses(edge: _Edge, place: Place) -> bool:
    """Whether the edge crosses the line that runs east from the place; of two edges that meet on it, one counts."""
    (y_1, x_1), (y_2, x_2) = edge
    y, x = place
    return (y_1 > y) != (y_2 > y) and x < x_1 + (y - y_1) / (y_2 - y_1) * (x_2 - x_1)
