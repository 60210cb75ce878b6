"""What can be said about a rule as a whole: what is missing in it, and what its levels repeat of each other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.propagation.domain.generation import NO_RULE, RuleLevel, RulePart

Levels = Mapping[int, RuleLevel]


class Place(NamedTuple):
    """A field of the rule's platform; `next_id` is the field of what stands below."""

    id: int
    name: str
    level: int
    next_id: int | None


class Problem(NamedTuple):
    """Why a rule makes no names for a field."""

    code: str
    field: int
    field_name: str
    message: str


class Cell(NamedTuple):
    """A dimension at one field. `source` is the nearest field above that has it as well; None for its first level.

    `agrees` says of prefix, suffix and delimiter whether they are the same as there.
    """

    place: Place
    part: RulePart
    source: Place | None
    agrees: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Line:
    dimension_id: int
    dimension_name: str
    cells: tuple[Cell, ...]


def problems(places: Sequence[Place], levels: Levels) -> Iterator[Problem]:
    """Fields without details and gaps in the orders, from the top down. `levels` are the rule's by field."""
    for place in sorted(places, key=lambda place: (place.level, place.id)):
        problem = levels.get(place.id, NO_RULE).problem
        if problem is not None:
            yield Problem(problem.code, place.id, place.name, problem.message)


def inheritance(places: Sequence[Place], levels: Levels) -> list[Line]:
    """Which dimension stands on which levels, in the order in which the names meet them."""
    above = {place.next_id: place for place in places}
    found: dict[int, list[Cell]] = {}
    for place in sorted(places, key=lambda place: (place.level, place.id)):
        for part in levels.get(place.id, NO_RULE).parts:
            source = _nearest(place, part.dimension_id, above, levels)
            cell = Cell(place, part, source, _agreement(part, source, levels))
            found.setdefault(part.dimension_id, []).append(cell)
    return [Line(dimension_id, cells[0].part.dimension_name, tuple(cells)) for dimension_id, cells in found.items()]


def _nearest(place: Place, dimension_id: int, above: Mapping[int | None, Place], levels: Levels) -> Place | None:
    higher = above.get(place.id)
    while higher is not None and dimension_id not in levels.get(higher.id, NO_RULE).positions:
        higher = above.get(higher.id)
    return higher


def _agreement(part: RulePart, source: Place | None, levels: Levels) -> dict[str, bool]:
    if source is None:
        return {}
    level = levels[source.id]
    other = level.parts[level.positions[part.dimension_id]]
    return {
        "prefix": (part.prefix or "") == (other.prefix or ""),
        "suffix": (part.suffix or "") == (other.suffix or ""),
        "delimiter": part.separator == other.separator,
    }
