"""Posted records as columns: each declared field is read once, and its values brought to its type."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from operator import itemgetter
from typing import Any, Final

from services.validation.domain.rules.definition import RuleSet
from services.validation.domain.rules.expressions.columns import Column
from services.validation.domain.rules.literals import fits, literal, read_date, read_moment
from services.validation.domain.rules.types import Type

_NOTHING: Final = type(None)
# What JSON has for each type, without coercion; dates are texts that have to be read.
_JSON_TYPES: Final[Mapping[Type, frozenset[type]]] = {
    Type.INTEGER: frozenset({int}),
    Type.DECIMAL: frozenset({int, float, Decimal}),
    Type.TEXT: frozenset({str}),
    Type.BOOLEAN: frozenset({bool}),
    Type.DATE: frozenset({str}),
    Type.DATETIME: frozenset({str}),
}
# Within these a number of JSON has at most seventeen digits, and its point stands near them.
_LARGE: Final = 1e37
_TINY: Final = 1e-20
_COERCED: Final[Mapping[str, bool]] = {"true": True, "false": False}


@dataclass(frozen=True)
class Typed:
    """The values of one field; `wrong` are the places of those that are not of its type (None among the values).

    Numbers of JSON stay as they are until somebody calculates with them: most are only compared.
    """

    values: Sequence[Any]
    nullable: bool = True
    wrong: frozenset[int] = frozenset()
    has_floats: bool = False

    @cached_property
    def column(self) -> Column:
        if not self.has_floats:
            return Column(self.values, self.nullable)
        if self.nullable:
            return Column([exactly(value) for value in self.values])
        return Column(list(map(Decimal, map(repr, self.values))), nullable=False)

    @cached_property
    def given(self) -> Sequence[Any]:
        """Without nulls."""
        return [value for value in self.values if value is not None] if self.nullable else self.values

    @cached_property
    def least(self) -> Any:
        """None where nothing is given."""
        return min(self.given, default=None)

    @cached_property
    def greatest(self) -> Any:
        return max(self.given, default=None)

    @cached_property
    def distinct(self) -> set[Any]:
        return set(self.column.values)


def exactly(value: Any) -> Any:
    """A float stands for its shortest text, which is what the sender wrote."""
    return Decimal(repr(value)) if type(value) is float else value


@dataclass(frozen=True)
class Batch:
    """`shapeless` are the places of items that are no object, `strange` those with fields that must not be there."""

    records: Sequence[Any]
    fields: Mapping[str, Typed]
    shapeless: frozenset[int]
    strange: Mapping[int, str]

    def value(self, place: int, name: str) -> Any:
        """As it was posted."""
        record = self.records[place]
        return record.get(name) if isinstance(record, dict) else None


def batch_of(rule_set: RuleSet, records: Sequence[Any]) -> Batch:
    shapeless = frozenset() if set(map(type, records)) <= {dict} else _not_dicts(records)
    rows = [{} if place in shapeless else record for place, record in enumerate(records)] if shapeless else records
    fields = {name: typed(_column(rows, name), kind, coerce=rule_set.coerce) for name, kind in rule_set.fields.items()}
    strange = {} if rule_set.additional_fields else _strange(rule_set, rows)
    return Batch(records, fields, shapeless, strange)


def _column(rows: Sequence[Mapping[str, Any]], name: str) -> list[Any]:
    try:
        return list(map(itemgetter(name), rows))
    except KeyError:  # a missing field is null
        return [row.get(name) for row in rows]


def _not_dicts(records: Sequence[Any]) -> frozenset[int]:
    return frozenset(place for place, record in enumerate(records) if not isinstance(record, dict))


def _strange(rule_set: RuleSet, rows: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """The first field that is not declared, of each record that has one."""
    known = rule_set.fields.keys()
    return {
        place: next(name for name in row if name not in known) for place, row in enumerate(rows) if row.keys() - known
    }


def typed(values: list[Any], kind: Type, *, coerce: bool) -> Typed:
    """The values in their type; a missing one is null."""
    found = set(map(type, values))
    nullable = _NOTHING in found
    found.discard(_NOTHING)
    if found <= _JSON_TYPES[kind]:
        if kind in (Type.INTEGER, Type.DECIMAL):
            numbers = Typed(values, nullable, has_floats=float in found)
            return numbers if _are_short(numbers) else _checked(values, _number)
        read = _READERS.get(kind)
        return Typed(values, nullable) if read is None else _read(values, read, nullable)
    allowed, reader = _JSON_TYPES[kind], _READERS.get(kind, _as_is)
    return _checked(values, lambda value: reader(value) if type(value) in allowed else _coerced(value, kind, coerce))


def _are_short(numbers: Typed) -> bool:
    """Whether all of them certainly have few digits; a closer look may find that they have."""
    least, greatest = numbers.least, numbers.greatest
    if least is None:
        return True
    if not -_LARGE < least <= greatest < _LARGE:
        return False
    if not numbers.has_floats or least >= _TINY or greatest <= -_TINY:
        return True
    return all(not value or abs(value) >= _TINY for value in numbers.given)


def _read(values: list[Any], read: Callable[[Any], Any], nullable: bool) -> Typed:
    """Repeated values are read once."""
    known: dict[Any, Any] = {value: read(value) for value in set(values) if value is not None}
    if None in known.values():
        return _checked(values, read)
    if nullable:
        known[None] = None
    return Typed(list(map(known.__getitem__, values)), nullable)


def _checked(values: list[Any], read: Callable[[Any], Any]) -> Typed:
    """One by one; None of `read` for a value that is none of the type."""
    found = [None if value is None else read(value) for value in values]
    wrong = [place for place, value in enumerate(found) if value is None and values[place] is not None]
    return Typed(found, any(value is None for value in found), frozenset(wrong))


def _number(value: Any) -> int | Decimal | None:
    number: int | Decimal = exactly(value)
    return number if fits(number) else None


def _as_is(value: Any) -> Any:
    return value


def _coerced(value: Any, kind: Type, coerce: bool) -> Any:
    """A text that stands for a value of the type; None where it does not, or must not."""
    if not coerce or not isinstance(value, str):
        return None
    if kind is Type.BOOLEAN:
        return _COERCED.get(value)
    number = _digits(value)
    if number is None or (kind is Type.INTEGER and not isinstance(number, int)):
        return None
    found = literal(number, kind)
    return None if found is None else found.value


def _digits(text: str) -> int | Decimal | None:
    digits = text.removeprefix("-")
    whole, point, rest = digits.partition(".")
    if not (digits.isascii() and whole.isdigit() and (rest.isdigit() if point else True)) or len(text) > 100:
        return None
    return Decimal(text) if point else int(text)


_READERS: Final[Mapping[Type, Callable[[Any], Any]]] = {
    Type.INTEGER: _number,
    Type.DECIMAL: _number,
    Type.DATE: read_date,
    Type.DATETIME: read_moment,
}
