"""Reads a name back by its rule: the inverse of value generation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from services.propagation.domain.generation import MAX_LENGTH, RuleLevel, RulePart
from services.propagation.domain.scanning import MAX_TEXT, Found, Miss, Scan, Subject
from services.propagation.domain.vocabulary import Above, Vocabulary

MAX_REASONS = 20
Reading = tuple[Found, ...]


class Reason(NamedTuple):
    """Why a name is not one of its rule; `position` counts characters from 0."""

    code: str
    position: int
    message: str


@dataclass(frozen=True, slots=True)
class Answer:
    """`matches` if a reading is free of faults, `is_ambiguous` if several are; the best reading first, at most 10.

    Where none is free of faults the readings may still tell what was meant. `steps` is the work done.
    """

    matches: bool
    is_ambiguous: bool
    readings: tuple[Reading, ...]
    reasons: tuple[Reason, ...]
    steps: int = 0


def read(name: str, level: RuleLevel, vocabulary: Vocabulary, *, above: Above | None = None) -> Answer:
    """What the name says by the rule of this level."""
    if level.problem is not None:
        return Answer(False, False, (), (Reason(level.problem.code, 0, level.problem.message),))
    if len(name) > MAX_LENGTH:
        message = f"The name has {len(name)} characters; at most {MAX_LENGTH} are allowed."
        return Answer(False, False, (), (Reason("too_long", MAX_LENGTH, message),))
    subject = Subject(name, level.parts, vocabulary, above or {})
    scan = Scan(subject)
    readings = scan.readings()
    if not readings:
        return Answer(False, False, (), tuple(_diagnosis(scan)), subject.steps)
    faults = [list(_faults(reading, vocabulary)) for reading in readings]
    clean = tuple(reading for reading, found in zip(readings, faults, strict=True) if not found)
    if clean:
        return Answer(True, len(clean) > 1, clean, (), subject.steps)
    reasons = tuple(Reason(code, found.position, message) for found, code, message in faults[0])
    return Answer(False, False, tuple(readings), reasons, subject.steps)


def _faults(reading: Reading, vocabulary: Vocabulary) -> Iterator[tuple[Found, str, str]]:
    """What is wrong with a reading although the name can be cut that way."""
    held = {found.part.dimension_id: found.known.id for found in reading if found.known}
    for found in reading:
        if found.known is None:
            continue
        if not found.known.is_usable:
            yield found, "inactive_value", f"The value {found.text!r} may not be used now."
        parent = vocabulary.parents.get(found.part.dimension_id, 0)
        if parent in held and found.known.parent_id not in (None, held[parent]):
            message = f"The value {found.text!r} belongs to another value of the dimension that it depends on."
            yield found, "dependent_value_mismatch", message


def faults_of_values(
    held: Mapping[int, str], names: Mapping[int, str], vocabulary: Vocabulary
) -> Iterator[tuple[int, str, str]]:
    """(dimension, code, message) of what is wrong with chosen texts, whatever name they make. Both by dimension."""
    reading = []
    for dimension_id, text in held.items():
        known = vocabulary.find(dimension_id, text) if vocabulary.is_list(dimension_id) else None
        if known is None and vocabulary.is_list(dimension_id):
            yield dimension_id, "unknown_value", f"{text!r} is no value of {names[dimension_id]!r}."
        reading.append(Found(RulePart(dimension_id, names[dimension_id], 1), text, 0, known))
    for found, code, message in _faults(tuple(reading), vocabulary):
        yield found.part.dimension_id, code, message


def _diagnosis(scan: Scan) -> Iterator[Reason]:
    """What stopped the reading that got furthest; then reading goes on behind it, as far as it can."""
    for _number in range(MAX_REASONS):
        miss = scan.furthest
        if miss is None:
            yield Reason("missing_required", 0, "The name is empty.")
            return
        miss, following = _resolved(scan, miss)
        yield Reason(miss.code, miss.position, _message(scan.subject, miss))
        if following is None or following.is_complete:
            return
        scan = following


def _resolved(scan: Scan, miss: Miss) -> tuple[Miss, Scan | None]:
    """The miss as it should be told, and the scan that goes on behind it."""
    subject, part = scan.subject, scan.subject.parts[miss.number]
    is_last = miss.number == len(subject.parts) - 1
    if miss.code == "wrong_prefix":
        return miss, Scan(subject, first=miss.number, position=miss.position, waived=miss.number)
    if miss.code == "missing_delimiter":
        # Left out, or another sign stands in its place.
        places = (miss.position, miss.position + len(part.separator))
        scans = [Scan(subject, first=miss.number + 1, position=place) for place in places]
        following = max(scans, key=lambda found: (found.is_complete, found.furthest.position if found.furthest else 0))
        next_border = _border(subject, miss)
        if following.is_complete or next_border is None or not subject.vocabulary.is_list(part.dimension_id):
            return miss, following
        miss = miss._replace(code="unknown_value", position=miss.start)
    if miss.code in ("unknown_value", "wrong_suffix") and not is_last:
        border = _border(subject, miss)
        return miss, None if border is None else Scan(subject, first=miss.number + 1, position=border)
    return miss, None


def _border(subject: Subject, miss: Miss) -> int | None:
    """Where the next part would begin after a value that is not known: behind the next delimiter."""
    separator = subject.parts[miss.number].separator
    at = subject.name.find(separator, max(miss.position, miss.start + 1)) if separator else -1
    return at + len(separator) if at != -1 else None


def _message(subject: Subject, miss: Miss) -> str:
    part, name = subject.parts[miss.number], subject.name
    dimension = part.dimension_name
    match miss.code:
        case "missing_required":
            return f"The dimension {dimension!r} is required and its value is missing."
        case "wrong_prefix":
            return f"The prefix {part.prefix!r} of {dimension!r} should stand here."
        case "wrong_suffix":
            return f"The suffix {part.suffix!r} of {dimension!r} should stand here."
        case "missing_delimiter":
            return f"The delimiter {part.separator!r} should stand here, after {dimension!r}."
        case "too_long":
            return f"The text of {dimension!r} has more than {MAX_TEXT} characters."
        case "unknown_value":
            border = _border(subject, miss)
            text = name[miss.position : border - len(part.separator)] if border else name[miss.position :]
            return f"{text!r} is no value of {dimension!r}."
    return f"Nothing should follow here, but {name[miss.position :]!r} does."
