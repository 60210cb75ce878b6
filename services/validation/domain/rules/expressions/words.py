"""Trees in words, for people."""

from datetime import date, datetime
from typing import Final

from services.validation.domain.rules.expressions.operators import OPERATORS
from services.validation.domain.rules.expressions.trees import Apply, Field, Literal, Tree, Value

_JOINED: Final = frozenset({"and", "or"})
_LISTED: Final = frozenset({"least", "greatest", "coalesce"})
# Put into parentheses where they stand inside something else.
_LOOSE: Final = _JOINED | {"+", "-", "*", "/", "%", "not"}


def to_words(tree: Tree) -> str:
    if isinstance(tree, Literal):
        return value_in_words(tree.value)
    if isinstance(tree, Field):
        return tree.name
    operands = [_inner(operand) for operand in tree.operands]
    words = OPERATORS[tree.name].words
    if tree.name in _JOINED:
        return words.join(operands)
    if tree.name in _LISTED:
        return words.format(", ".join(operands))
    if tree.name == "in":
        return words.format(operands[0], ", ".join(operands[1:]))
    return words.format(*operands)


def _inner(tree: Tree) -> str:
    printed = to_words(tree)
    return f"({printed})" if isinstance(tree, Apply) and tree.name in _LOOSE else printed


def value_in_words(value: Value) -> str:
    """A value as people write it: texts in quotation marks."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return f"'{value}'" if isinstance(value, str) else f"{value:f}" if not isinstance(value, int) else str(value)
