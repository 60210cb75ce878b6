"""What the extremes of a column prove: where even the least and the greatest value keep a condition, all of them do.

Finding the extremes is the cheapest look at a column that there is, and most columns of most batches are clean.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from services.validation.domain.rules.batches import Typed
from services.validation.domain.rules.expressions.trees import Apply, Field, Literal, Tree
from services.validation.domain.rules.types import Type

_Compare = Callable[[Any, Any], bool]
_LEAST, _GREATEST = operator.attrgetter("least"), operator.attrgetter("greatest")
# Which extreme decides, how it is compared, and how where the bound is no float.
_COMPARISONS: Final[Mapping[str, tuple[Callable[[Typed], Any], _Compare, _Compare]]] = {
    ">=": (_LEAST, operator.ge, operator.gt),
    ">": (_LEAST, operator.gt, operator.gt),
    "<=": (_GREATEST, operator.le, operator.lt),
    "<": (_GREATEST, operator.lt, operator.lt),
}
# Sorts behind every text that consists of blanks.
_BEHIND_BLANKS: Final = "!"


def is_proven(tree: Tree, fields: Mapping[str, Typed]) -> bool:
    """Whether the condition certainly is not false for any row; False says nothing."""
    if not isinstance(tree, Apply):
        return False
    if tree.name == "and":
        return all(is_proven(operand, fields) for operand in tree.operands)
    if tree.name == "between":
        about, low, high = tree.operands
        return _keeps(">=", (about, low), fields) and _keeps("<=", (about, high), fields)
    if tree.name in _COMPARISONS:
        return _keeps(tree.name, tree.operands, fields)
    if tree.name == "is not null":
        (about,) = tree.operands
        return isinstance(about, Field) and not fields[about.name].nullable
    return tree.name == "!=" and _is_not_blank(tree.operands, fields)


def _keeps(sign: str, operands: Sequence[Tree], fields: Mapping[str, Typed]) -> bool:
    about, bound = operands
    if not isinstance(about, Field) or not isinstance(bound, Literal) or bound.value is None:
        return False
    end, compare, strictly = _COMPARISONS[sign]
    extreme, limit = end(fields[about.name]), bound.value
    if extreme is None:
        return True
    if bound.type.family is not Type.DECIMAL:
        return compare(extreme, limit)
    # A float stands for its shortest text. It may be that of a bound which lies beside it; then nothing is proven.
    near = float(limit)  # type: ignore[arg-type]
    return compare(extreme, limit) if near == limit else strictly(extreme, limit) and strictly(extreme, near)


def _is_not_blank(operands: Sequence[Tree], fields: Mapping[str, Typed]) -> bool:
    """`trim(field) != ''`, where every value begins with something else than a blank."""
    left, right = operands
    if not isinstance(left, Apply) or left.name != "trim" or right != Literal("", Type.TEXT):
        return False
    (about,) = left.operands
    if not isinstance(about, Field):
        return False
    least = fields[about.name].least
    return least is None or bool(least >= _BEHIND_BLANKS)
