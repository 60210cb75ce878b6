from math import asin, atan2, cos, degrees, radians, sin

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.workflow.domain.geofences import EARTH_RADIUS_M, Circle, Place, Polygon, distance_m

LATITUDES = st.floats(-85, 85)
LONGITUDES = st.floats(-180, 180)
SQUARE = Polygon([(0.0, 0.0), (0.0, 2.0), (2.0, 2.0), (2.0, 0.0)])
# The notch of this one reaches down to (1, 1).
NOTCHED = Polygon([(0.0, 0.0), (0.0, 2.0), (2.0, 2.0), (1.0, 1.0), (2.0, 0.0)])
# Drawn in one stroke; the pentagon in its middle is passed twice and so lies outside.
STAR = Polygon([(sin(radians(turn)), cos(radians(turn))) for turn in (90, 234, 18, 162, 306)])


def travelled(start: Place, bearing: float, metres: float) -> Place:
    """The place that lies so far along a great circle."""
    latitude, longitude = radians(start[0]), radians(start[1])
    arc, angle = metres / EARTH_RADIUS_M, radians(bearing)
    there = asin(sin(latitude) * cos(arc) + cos(latitude) * sin(arc) * cos(angle))
    turn = atan2(sin(angle) * sin(arc) * cos(latitude), cos(arc) - sin(latitude) * sin(there))
    return degrees(there), degrees(longitude + turn)


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        ((0, 0), (0, 1), 111_195.08),
        ((52.5200, 13.4050), (48.8566, 2.3522), 877_464.57),
        ((90, 0), (-90, 0), 20_015_114.44),
        ((10, 179.9), (10, -179.9), 21_901.37),
        ((7, 8), (7, 8), 0),
    ],
)
def test_distance_along_the_great_circle(one: Place, other: Place, metres: float) -> None:
    assert distance_m(one, other) == pytest.approx(metres, abs=1)
    assert distance_m(other, one) == pytest.approx(metres, abs=1)


@given(LATITUDES, LONGITUDES, st.floats(0, 360), st.floats(1, 100_000))
def test_the_border_of_a_circle_is_inside(latitude: float, longitude: float, bearing: float, radius: float) -> None:
    circle = Circle((latitude, longitude), radius)
    assert circle.contains(circle.centre)
    assert circle.contains(travelled(circle.centre, bearing, radius))
    assert circle.contains(travelled(circle.centre, bearing, radius * 0.999))
    assert not circle.contains(travelled(circle.centre, bearing, radius + 0.05))


@pytest.mark.parametrize("place", [(1, 1), (0, 0), (2, 2), (0, 1), (1, 0), (1, 2), (2, 1), (1.999999, 1)])
def test_inside_and_on_the_border_of_a_square(place: Place) -> None:
    assert SQUARE.contains(place)


@pytest.mark.parametrize("place", [(1, 2.000001), (-0.000001, 1), (1, -3), (1, 5), (0, 3), (2, -1), (3, 1)])
def test_outside_of_a_square(place: Place) -> None:
    assert not SQUARE.contains(place)


def test_a_notch_is_outside_and_its_edges_are_inside() -> None:
    assert not NOTCHED.contains((1.5, 1.0))
    assert NOTCHED.contains((1.0, 1.0))
    assert NOTCHED.contains((1.5, 0.5))
    assert NOTCHED.contains((0.999, 1.0))


def test_what_is_enclosed_twice_is_outside() -> None:
    assert not STAR.contains((0.0, 0.0))
    assert STAR.contains((0.7, 0.0))
    assert not STAR.contains((-0.9, 0.0))


def test_a_fence_across_the_180th_meridian() -> None:
    taveuni = Polygon([(-17.1, 179.8), (-17.1, -179.7), (-16.6, -179.7), (-16.6, 179.8)])
    assert taveuni.contains((-16.8, 179.99))
    assert taveuni.contains((-16.8, -179.99))
    assert taveuni.contains((-16.8, 180.0))
    assert taveuni.contains((-16.8, -180.0))
    assert not taveuni.contains((-16.8, 0.0))
    assert not taveuni.contains((-16.8, 179.7))


@st.composite
def convex(draw: st.DrawFn) -> tuple[Polygon, Place]:
    """A convex polygon around a place: vertices on an ellipse, in order."""
    latitude, longitude = draw(st.floats(-60, 60)), draw(st.floats(-170, 170))
    turns = sorted(draw(st.sets(st.integers(0, 359), min_size=3, max_size=20)))
    gaps = [(after - before) % 360 for before, after in zip(turns, [*turns[1:], turns[0]], strict=True)]
    assume(max(gaps) < 180)
    size = draw(st.floats(0.001, 5))
    vertices = [(latitude + size * sin(radians(turn)), longitude + 2 * size * cos(radians(turn))) for turn in turns]
    return Polygon(vertices), (latitude, longitude)


@given(convex(), st.floats(0, 1), st.integers(0, 19), st.floats(0, 1))
def test_a_convex_polygon_holds_what_lies_between_its_centre_and_its_edges(
    drawn: tuple[Polygon, Place], share: float, number: int, along: float
) -> None:
    polygon, (latitude, longitude) = drawn
    (y_1, x_1), (y_2, x_2) = (polygon.vertices[(number + step) % len(polygon.vertices)] for step in (0, 1))
    edge = y_1 + along * (y_2 - y_1), x_1 + along * (x_2 - x_1)
    assert polygon.contains(edge)

    def beyond(factor: float) -> Place:
        return latitude + factor * (edge[0] - latitude), longitude + factor * (edge[1] - longitude)

    assert polygon.contains(beyond(share))
    # Where the edge passes the centre closely, a step beyond it is less than rounding can tell.
    if abs(edge[0] - latitude) + abs(edge[1] - longitude) > 0.001:
        assert not polygon.contains(beyond(1.5 + share))


@given(convex(), LATITUDES, LONGITUDES, st.integers(0, 19))
def test_neither_start_nor_direction_of_the_vertices_matters(
    drawn: tuple[Polygon, Place], latitude: float, longitude: float, start: int
) -> None:
    vertices = list(drawn[0].vertices)
    start %= len(vertices)
    turned = Polygon(vertices[start:] + vertices[:start])
    for place in ((latitude, longitude), drawn[1]):
        assert turned.contains(place) == drawn[0].contains(place) == Polygon(vertices[::-1]).contains(place)
