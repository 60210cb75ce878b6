"""Trees put together with their types checked."""

from collections.abc import Sequence
from typing import Final

from services.validation.domain.rules.expressions.faults import (
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_NODES,
    InvalidExpression,
)
from services.validation.domain.rules.expressions.operators import OPERATORS, QUOTIENT_DIGITS, Operand, Operator, Takes
from services.validation.domain.rules.expressions.patterns import common_form
from services.validation.domain.rules.expressions.trees import Apply, Field, Literal, Tree, depth_of, walk
from services.validation.domain.rules.types import Type

ORDERED: Final = frozenset({Type.DECIMAL, Type.TEXT, Type.DATE, Type.DATETIME})
MAX_PLACES: Final = 12
# Digits before and behind the point that a number of a row may have; records with longer ones are refused.
FIELD_DIGITS: Final = 38


def apply(name: str, *operands: Tree, position: int = 1) -> Tree:
    """The operator with its operands. Raises InvalidExpression for operands that it does not take."""
    known = OPERATORS[name]
    _demand_number_of_operands(name, known, len(operands), position)
    if name == "matches":
        operands = (operands[0], _pattern(operands[1], position))
    if name == "round" and len(operands) > 1:
        _demand_places(operands[1], position)
    taken = [_takes(known, place) for place in range(len(operands))]
    common = _common_family(name, taken, operands, position)
    if common is None and known.gives is Takes.SAME:
        return Literal(None, Type.NULL)
    common = common or Type.TEXT
    fitted = tuple(_fit(name, kind, operand, common, position) for kind, operand in zip(taken, operands, strict=True))
    gives = known.gives if isinstance(known.gives, Type) else common
    return Apply(name, fitted, gives)


def demand_bounded(tree: Tree) -> Tree:
    """Raises InvalidExpression for a tree that is too large or too deep, or whose numbers could grow too long."""
    if sum(1 for _ in walk(tree)) > MAX_NODES:
        raise InvalidExpression(f"An expression has at most {MAX_NODES} parts.", 1)
    if depth_of(tree) > MAX_DEPTH:
        raise InvalidExpression(f"An expression is at most {MAX_DEPTH} levels deep.", 1)
    if _digits(tree) > MAX_DIGITS:
        raise InvalidExpression("It multiplies so often that its numbers could become too long.", 1)
    return tree


def demand_truth(tree: Tree) -> Tree:
    """Raises InvalidExpression unless the expression is true or false."""
    if tree.type not in (Type.BOOLEAN, Type.NULL):
        raise InvalidExpression(f"It must be true or false; this is {tree.type.words}.", 1)
    return tree


def _demand_number_of_operands(name: str, known: Operator, found: int, position: int) -> None:
    most = len(known.takes)
    fewest = most if known.fewest is None else known.fewest
    if found < fewest or (found > most and not known.more):
        wanted = f"{fewest} or more" if known.more else str(most) if fewest == most else f"{fewest} to {most}"
        raise InvalidExpression(f"{name} takes {wanted} operands, not {found}.", position)


def _takes(known: Operator, place: int) -> Operand:
    return known.takes[min(place, len(known.takes) - 1)]


def _common_family(name: str, taken: Sequence[Operand], operands: Sequence[Tree], position: int) -> Type | None:
    """The family of the operands that have to be of one type; None where all of them are null."""
    alike = [operand for kind, operand in zip(taken, operands, strict=True) if kind in (Takes.SAME, Takes.ORDERED)]
    families = list(dict.fromkeys(operand.type.family for operand in alike if operand.type is not Type.NULL))
    if len(families) > 1:
        told = " with ".join(family.words for family in families)
        raise InvalidExpression(f"{name} takes values of one type, not {told}.", position)
    if Takes.ORDERED in taken and families and families[0] not in ORDERED:
        raise InvalidExpression(f"{name} takes {Takes.ORDERED}, not {families[0].words}.", position)
    return families[0] if families else None


def _fit(name: str, kind: Operand, operand: Tree, common: Type, position: int) -> Tree:
    if kind is Takes.ANY:
        return operand
    wanted = kind if isinstance(kind, Type) else common
    if operand.type is Type.NULL:
        return Literal(None, wanted)
    if wanted is Type.DATE and operand.type is Type.DATETIME:
        return Apply("date", (operand,), Type.DATE)
    if operand.type.family is not wanted.family:
        raise InvalidExpression(f"{name} takes {wanted.words}, not {operand.type.words}.", position)
    return operand


def _pattern(operand: Tree, position: int) -> Tree:
    if not isinstance(operand, Literal) or not isinstance(operand.value, str):
        raise InvalidExpression("The pattern is written out as a text.", position)
    return Literal(common_form(operand.value, position), Type.TEXT)


def _demand_places(operand: Tree, position: int) -> None:
    fits = isinstance(operand, Literal) and isinstance(operand.value, int) and 0 <= operand.value <= MAX_PLACES
    if not fits:
        raise InvalidExpression(f"round takes a number of digits from 0 to {MAX_PLACES}, written out.", position)


def _digits(tree: Tree) -> int:
    """How many digits a number that this gives can have at most."""
    if isinstance(tree, Literal):
        return len(str(tree.value))
    if isinstance(tree, Field):
        return 2 * FIELD_DIGITS
    inside = [_digits(operand) for operand in tree.operands]
    if tree.name in ("*", "/", "%"):
        return sum(inside) + QUOTIENT_DIGITS + 1
    return max(inside, default=0) + (tree.name in ("+", "-"))
