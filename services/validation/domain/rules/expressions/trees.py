"""The typed tree of an expression."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from services.validation.domain.rules.types import Type

Value = None | bool | int | Decimal | str | date | datetime


@dataclass(frozen=True, slots=True)
class Literal:
    value: Value
    type: Type


@dataclass(frozen=True, slots=True)
class Field:
    """A value of the row: one that is judged, or a limit that the row carries."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Apply:
    """An operator or a function (a name in `operators.OPERATORS`) with its operands."""

    name: str
    operands: tuple["Tree", ...]
    type: Type


Tree = Literal | Field | Apply


def walk(tree: Tree) -> Iterator[Tree]:
    yield tree
    if isinstance(tree, Apply):
        for operand in tree.operands:
            yield from walk(operand)


def fields_of(tree: Tree) -> tuple[str, ...]:
    """The names of the fields that the expression reads, each once, in their order."""
    return tuple(dict.fromkeys(node.name for node in walk(tree) if isinstance(node, Field)))


def depth_of(tree: Tree) -> int:
    return 1 + max(map(depth_of, tree.operands), default=0) if isinstance(tree, Apply) else 1


def conjunction(*trees: Tree) -> Tree:
    return trees[0] if len(trees) == 1 else Apply("and", trees, Type.BOOLEAN)
