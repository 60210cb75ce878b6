"""Trees calculated over columns: each part of an expression is one pass over the values of a batch."""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import localcontext
from itertools import repeat
from typing import Any, Final, Protocol

from services.validation.domain.rules.expressions.operators import EXACT, OPERATORS
from services.validation.domain.rules.expressions.trees import Apply, Field, Literal, Tree


class Pattern(Protocol):
    def matches_each(self, texts: Iterable[str]) -> list[bool]: ...


# The engine of patterns is no part of the domain. It is given the common form of a pattern.
Compile = Callable[[str], Pattern]


@dataclass(frozen=True, slots=True)
class Column:
    """Values of a batch. One value alone, `fixed`, stands for all rows; without `nullable` none of them is None."""

    values: Sequence[Any]
    nullable: bool = True
    fixed: bool = False

    def __iter__(self) -> Iterator[Any]:
        return repeat(self.values[0]) if self.fixed else iter(self.values)

    def spread(self, size: int) -> Sequence[Any]:
        return list(self.values) * size if self.fixed else self.values


@dataclass(frozen=True, slots=True)
class Setting:
    """What expressions take from outside the rows: the day on which they are judged, and the engine of patterns."""

    today: date
    compile_pattern: Compile


def evaluate(tree: Tree, columns: Mapping[str, Column], setting: Setting) -> Column:
    """One value per row: None for unknown. All columns have the same number of rows."""
    with localcontext(EXACT):
        return _evaluate(tree, columns, setting)


def _evaluate(tree: Tree, columns: Mapping[str, Column], setting: Setting) -> Column:
    if isinstance(tree, Literal):
        return _fixed(tree.value)
    if isinstance(tree, Field):
        return columns[tree.name]
    if tree.name == "today":
        return _fixed(setting.today)
    if tree.name == "matches":
        return _matched(tree, columns, setting)
    operands = [_evaluate(operand, columns, setting) for operand in tree.operands]
    special = _SPECIAL.get(tree.name)
    if special is None:
        return _lifted(tree.name, operands)
    if all(operand.fixed for operand in operands):
        one = special([Column(operand.values, operand.nullable) for operand in operands])
        return Column(one.values, one.nullable, fixed=True)
    return special(operands)


def _fixed(value: Any) -> Column:
    return Column([value], nullable=value is None, fixed=True)


def _lifted(name: str, operands: Sequence[Column]) -> Column:
    """An operator that knows single values, over columns; a null operand gives null."""
    known = OPERATORS[name]
    calculate = known.values
    assert calculate is not None
    fixed = all(operand.fixed for operand in operands)
    nullable = any(operand.nullable for operand in operands)
    streams: list[Any] = [operand.values if fixed else operand for operand in operands]
    if not nullable:
        found = list(map(calculate, *streams))
    elif len(operands) == 1:
        found = [None if value is None else calculate(value) for value in streams[0]]
    elif len(operands) == 2:
        found = [
            None if left is None or right is None else calculate(left, right)
            for left, right in zip(*streams, strict=False)
        ]
    else:
        found = [None if None in values else calculate(*values) for values in zip(*streams, strict=False)]
    return Column(found, nullable or known.may_be_null, fixed)


def _matched(tree: Apply, columns: Mapping[str, Column], setting: Setting) -> Column:
    text = _evaluate(tree.operands[0], columns, setting)
    form = tree.operands[1]
    assert isinstance(form, Literal)
    texts = set(text.values) - {None}
    known: dict[Any, bool | None] = {None: None}
    known |= zip(texts, setting.compile_pattern(f"(?s){form.value}").matches_each(texts), strict=True)
    return Column(list(map(known.__getitem__, text.values)), text.nullable, text.fixed)


def _and(operands: Sequence[Column]) -> Column:
    return _folded(operands, _both, operator.and_)


def _or(operands: Sequence[Column]) -> Column:
    return _folded(operands, _either, operator.or_)


def _folded(
    operands: Sequence[Column], unsure: Callable[[Any, Any], bool | None], sure: Callable[[Any, Any], bool]
) -> Column:
    neutral = sure is operator.and_
    told = [operand for operand in operands if not (operand.fixed and operand.values[0] is neutral)]
    first, *rest = told or operands[:1]
    for other in rest:
        nullable, fixed = first.nullable or other.nullable, first.fixed and other.fixed
        streams = (first.values, other.values) if fixed else (first, other)
        first = Column(list(map(unsure if nullable else sure, *streams)), nullable, fixed)
    return first


def _both(left: bool | None, right: bool | None) -> bool | None:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def _either(left: bool | None, right: bool | None) -> bool | None:
    if left or right:
        return True
    return None if left is None or right is None else False


def _in(operands: Sequence[Column]) -> Column:
    value, *items = operands
    if all(item.fixed for item in items):
        return _in_set(value, {item.values[0] for item in items})
    same = [_lifted("=", [value, item]) for item in items]
    return _or(same)


def _in_set(value: Column, items: set[Any]) -> Column:
    """Unknown where nothing is found, but null is among the items."""
    missing = None if None in items else False
    known = items - {None}
    if not value.nullable and missing is False:
        return Column(list(map(known.__contains__, value.values)), False)
    return Column([None if one is None else one in known or missing for one in value.values])


def _between(operands: Sequence[Column]) -> Column:
    value, low, high = operands
    if low.fixed and high.fixed and not low.nullable and not high.nullable:
        least, most = low.values[0], high.values[0]
        if not value.nullable:
            return Column([least <= one <= most for one in value.values], False, value.fixed)
        return Column([None if one is None else least <= one <= most for one in value.values], True, value.fixed)
    return _and([_lifted(">=", [value, low]), _lifted("<=", [value, high])])


def _is_null(operands: Sequence[Column]) -> Column:
    (value,) = operands
    return Column([one is None for one in value.values], False, value.fixed)


def _is_not_null(operands: Sequence[Column]) -> Column:
    (value,) = operands
    if not value.nullable:
        return _fixed(True)
    return Column([one is not None for one in value.values], False, value.fixed)


def _is_true(operands: Sequence[Column]) -> Column:
    (value,) = operands
    return Column([one is True for one in value.values], False, value.fixed)


def _if(operands: Sequence[Column]) -> Column:
    found = [then if true else other for true, then, other in zip(*operands, strict=False)]
    return Column(found, any(operand.nullable for operand in operands[1:]))


def _coalesce(operands: Sequence[Column]) -> Column:
    return _chosen(operands, lambda given: given[0])


def _least(operands: Sequence[Column]) -> Column:
    return _chosen(operands, min)


def _greatest(operands: Sequence[Column]) -> Column:
    return _chosen(operands, max)


def _chosen(operands: Sequence[Column], choose: Callable[[list[Any]], Any]) -> Column:
    """One of the operands that are not null; null where all of them are."""
    found = []
    for values in zip(*operands, strict=False):
        given = [value for value in values if value is not None]
        found.append(choose(given) if given else None)
    return Column(found, all(operand.nullable for operand in operands))


_SPECIAL: Final[Mapping[str, Callable[[Sequence[Column]], Column]]] = {
    "and": _and,
    "or": _or,
    "in": _in,
    "between": _between,
    "is null": _is_null,
    "is not null": _is_not_null,
    "is true": _is_true,
    "if": _if,
    "coalesce": _coalesce,
    "least": _least,
    "greatest": _greatest,
}
