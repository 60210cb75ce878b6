"""A rule tried with edits that are not saved, by the same code that makes the names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from services.propagation.domain.failures import Failure
from services.propagation.domain.generation import Piece, RuleLevel, RulePart, required_missing

FIELDS = ("prefix", "suffix", "delimiter", "order", "is_required")


class PartEdit(NamedTuple):
    """Changes to the part of this dimension, or a new part; `values` are fields of RulePart by name."""

    dimension_id: int
    dimension_name: str
    values: Mapping[str, Any]
    is_removed: bool = False


class Problem(NamedTuple):
    code: str
    message: str
    dimension_id: int | None = None


@dataclass(frozen=True, slots=True)
class Simulation:
    """`value` is None where no name can be made; `pieces` are the parts of the rule in order."""

    value: str | None
    pieces: tuple[Piece, ...]
    problems: tuple[Problem, ...]


def edited(level: RuleLevel, edits: Sequence[PartEdit]) -> RuleLevel:
    """The level as it would be: a new part comes last unless it says where, parts behind a removed one move up."""
    parts = {part.dimension_id: part for part in level.parts}
    removed = {edit.dimension_id for edit in edits if edit.is_removed}
    gone = [parts.pop(dimension_id).order for dimension_id in removed if dimension_id in parts]
    parts = {
        key: replace(part, order=part.order - sum(order < part.order for order in gone)) for key, part in parts.items()
    }
    for edit in edits:
        if edit.is_removed:
            continue
        last = max((part.order for part in parts.values()), default=0)
        part = parts.get(edit.dimension_id) or RulePart(edit.dimension_id, edit.dimension_name, last + 1)
        parts[edit.dimension_id] = replace(part, **edit.values)
    return RuleLevel(tuple(parts.values()))


def simulate(level: RuleLevel, values: Mapping[int, str | None]) -> Simulation:
    """The name for these effective values by dimension, or every reason why there is none."""
    held = [values.get(part.dimension_id) or None for part in level.parts]
    made = level.render(held)
    pieces = tuple(level.pieces(held))
    if isinstance(made, str):
        return Simulation(made, pieces, ())
    return Simulation(None, pieces, tuple(_problems(level, held, made)))


def _problems(level: RuleLevel, held: Sequence[str | None], failure: Failure) -> Iterator[Problem]:
    missing = [part for part, value in zip(level.parts, held, strict=True) if part.is_required and not value]
    for part in missing:
        found = required_missing(part)
        yield Problem(found.code, found.message, part.dimension_id)
    if level.problem is not None or not missing:
        yield Problem(failure.code, failure.message)
