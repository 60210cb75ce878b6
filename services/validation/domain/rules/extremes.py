"""What a cheap look at a column proves about comparisons with fixed bounds.

Where even the least and the greatest value keep a condition, all of them do: finding the extremes is the cheapest look
that there is, and most columns of most batches are clean. Else, most floats lie on one side of a bound for certain.
"""

import math
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
# Up to here every whole number is a float.
_WHOLE_FLOATS: Final = 2.0**53
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


def within(tree: Tree, fields: Mapping[str, Typed]) -> tuple[str, float, float] | None:
    """The field of a comparison with fixed bounds, and bounds between which numbers certainly keep it; None for other
    conditions, and where no number of the field is a float.

    A float stands for its shortest text, which lies on the same side of a bound as the float itself lies of the float
    next to the bound, unless both are the same.
    """
    if not isinstance(tree, Apply) or tree.name not in ("between", *_COMPARISONS):
        return None
    about, *bounds = tree.operands
    if not isinstance(about, Field) or not fields[about.name].has_floats:
        return None
    near = [float(one.value) for one in bounds if isinstance(one, Literal) and one.type.family is Type.DECIMAL]  # type: ignore[arg-type]
    if len(near) < len(bounds) or any(abs(one) > _WHOLE_FLOATS for one in near):
        return None
    if tree.name == "between":
        return about.name, near[0], near[1]
    return (about.name, near[0], math.inf) if tree.name.startswith(">") else (about.name, -math.inf, near[0])


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
