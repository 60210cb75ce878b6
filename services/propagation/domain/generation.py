"""How a name is made from its parts (specified as value generation)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.propagation.domain.failures import ErrorType, Failure

MAX_LENGTH = 400
DEFAULT_DELIMITER = "-"


@dataclass(frozen=True, slots=True)
class RulePart:
    """One dimension of a rule at one level; a delimiter of None is the default one, an empty text is none at all."""

    dimension_id: int
    dimension_name: str
    order: int
    prefix: str | None = None
    suffix: str | None = None
    delimiter: str | None = None
    is_required: bool = True

    @property
    def separator(self) -> str:
        return DEFAULT_DELIMITER if self.delimiter is None else self.delimiter

    def text(self, value: str) -> str:
        return f"{self.prefix or ''}{value}{self.suffix or ''}"


class Piece(NamedTuple):
    """What a part adds to a name: `text` is None where it is left out, `delimiter_after` what really follows."""

    part: RulePart
    value: str | None
    text: str | None
    delimiter_after: str


class RuleLevel:
    """The parts of one rule for one field, compiled once and rendered for every string of a run."""

    __slots__ = ("_template", "parts", "positions", "problem")

    def __init__(self, parts: Sequence[RulePart]) -> None:
        self.parts = tuple(sorted(parts, key=lambda part: part.order))
        self.positions: dict[int | str, int] = {part.dimension_id: index for index, part in enumerate(self.parts)}
        self.problem = _problem(self.parts)
        self._template = _template(self.parts)

    def padded(self, values: Sequence[str | None]) -> list[str | None]:
        """A projection with nothing in it is stored like one without parts."""
        return [*values, *[None] * (len(self.parts) - len(values))]

    def render(self, values: Sequence[str | None]) -> str | Failure:
        """The name for the effective values in rule order (None or an empty text where there is none)."""
        if self.problem is not None:
            return self.problem
        if all(values):
            name = self._template % tuple(values)
        else:
            missing = self.first_missing(values)
            if missing is not None:
                return required_missing(missing)
            name = "".join(piece.text + piece.delimiter_after for piece in self.pieces(values) if piece.text)
        if len(name) > MAX_LENGTH:
            return _too_long(len(name))
        return name if name.strip() else _BLANK

    def first_missing(self, values: Sequence[str | None]) -> RulePart | None:
        for part, value in zip(self.parts, values, strict=True):
            if part.is_required and not value:
                return part
        return None

    def pieces(self, values: Sequence[str | None]) -> list[Piece]:
        """All parts in order, with the earlier part's delimiter between two that are present and none at the end."""
        pieces: list[Piece] = []
        last = max((index for index, value in enumerate(values) if value), default=-1)
        for index, (part, value) in enumerate(zip(self.parts, values, strict=True)):
            text = part.text(value) if value else None
            pieces.append(Piece(part, value or None, text, part.separator if text and index < last else ""))
        return pieces


def required_missing(part: RulePart) -> Failure:
    message = f"The dimension {part.dimension_name!r} is required at this level and has no value."
    return Failure(ErrorType.STRING_GENERATION, "required_dimension_missing", message)


def _template(parts: Sequence[RulePart]) -> str:
    """A %-template of the name with every part present, which is much the commonest case."""
    pieces: list[str] = []
    for part in parts:
        pieces += [_escaped(part.prefix or ""), "%s", _escaped(part.suffix or ""), _escaped(part.separator)]
    return "".join(pieces[:-1])


def _escaped(text: str) -> str:
    return text.replace("%", "%%")


def _problem(parts: Sequence[RulePart]) -> Failure | None:
    if not parts:
        message = "The rule has no details for the field of this string."
        return Failure(ErrorType.STRING_GENERATION, "no_rule_details", message)
    actual = [part.order for part in parts]
    expected = list(range(1, len(parts) + 1))
    if actual == expected:
        return None
    message = f"The orders of the rule details must be {expected} and are {actual}."
    return Failure(ErrorType.STRING_GENERATION, "order_not_contiguous", message)


def _too_long(length: int) -> Failure:
    message = f"The name would have {length} characters; at most {MAX_LENGTH} are allowed."
    return Failure(ErrorType.VALIDATION, "value_too_long", message)


_BLANK = Failure(ErrorType.STRING_GENERATION, "blank_value", "The name would be blank.")
NO_RULE = RuleLevel(())
