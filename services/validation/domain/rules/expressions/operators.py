"""What the language can calculate: each operator and function once, with its types and its three faces.

SQL and Python give the same value for the same operands: decimals are exact, halves are rounded away from zero,
text compares by code point, upper and lower case are ASCII, null operands give null unless said otherwise.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from typing import Any, Final

from services.validation.domain.rules.types import Type


class Takes(StrEnum):
    """Operands of a type that is not one alone."""

    ANY = "anything"
    SAME = "values of one type"
    ORDERED = "numbers, texts or dates"


Operand = Type | Takes
Printer = Callable[[Sequence[str]], str]

# What is calculated here must come out as PostgreSQL's numeric does: without rounding on the way.
EXACT: Final = Context(prec=5000, rounding=ROUND_HALF_UP, Emax=999_999, Emin=-999_999)
# Digits behind the point of a quotient.
QUOTIENT_DIGITS: Final = 12
BLANKS: Final = " \t\n\r"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """`values` calculates one value from operands that are not null; None where `columns` has a way of its own.

    `exact` has numbers cast to numeric in SQL, which neither overflows nor falls back to floating point.
    `more` allows the last operand again and again, `fewest` allows the last ones to be left out.
    """

    takes: tuple[Operand, ...]
    gives: Operand
    sql: Printer
    words: str
    values: Callable[..., Any] | None = None
    exact: bool = False
    more: bool = False
    fewest: int | None = None
    may_be_null: bool = False


def _infix(sign: str) -> Printer:
    return lambda operands: "(" + f" {sign} ".join(operands) + ")"


def _call(name: str) -> Printer:
    return lambda operands: f"{name}({', '.join(operands)})"


def _template(text: str) -> Printer:
    return lambda operands: text.format(*operands)


def _membership(operands: Sequence[str]) -> str:
    return f"({operands[0]} = ANY (ARRAY[{', '.join(operands[1:])}]))"


def _quotient(dividend: int | Decimal, divisor: int | Decimal) -> Decimal | None:
    """Rounded half away from zero to QUOTIENT_DIGITS; null for a division by zero."""
    if divisor == 0:
        return None
    scaled = EXACT.divide_int(Decimal(dividend).scaleb(QUOTIENT_DIGITS + 1, EXACT), Decimal(divisor))
    return EXACT.quantize(scaled.scaleb(-QUOTIENT_DIGITS - 1, EXACT), Decimal(1).scaleb(-QUOTIENT_DIGITS))


def _remainder(dividend: int | Decimal, divisor: int | Decimal) -> Decimal | None:
    """With the sign of the dividend; null for a division by zero."""
    return None if divisor == 0 else EXACT.remainder(Decimal(dividend), Decimal(divisor))


def _rounded(number: int | Decimal, digits: int = 0) -> Decimal:
    return Decimal(number).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, EXACT)


def _floor(number: int | Decimal) -> Decimal:
    return Decimal(number).to_integral_value(ROUND_FLOOR)


def _ceil(number: int | Decimal) -> Decimal:
    return Decimal(number).to_integral_value(ROUND_CEILING)


_LOWER: Final = {letter: letter + 32 for letter in range(ord("A"), ord("Z") + 1)}
_UPPER: Final = {letter + 32: letter for letter in range(ord("A"), ord("Z") + 1)}


def lower(text: str) -> str:
    return text.lower() if text.isascii() else text.translate(_LOWER)


def upper(text: str) -> str:
    return text.upper() if text.isascii() else text.translate(_UPPER)


def _trim(text: str) -> str:
    return text.strip(BLANKS)


def _days_between(first: date, last: date) -> int:
    return (last - first).days


def _date_of(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


_NUMBER, _TEXT, _TRUTH, _DATE = Type.DECIMAL, Type.TEXT, Type.BOOLEAN, Type.DATE


def _number(sign: str, values: Callable[..., Any]) -> Operator:
    words = f"{{0}} {sign} {{1}}"
    return Operator(takes=(_NUMBER, _NUMBER), gives=_NUMBER, sql=_infix(sign), words=words, values=values, exact=True)


def _compared(sign: str, words: str, values: Callable[..., Any], *, ordered: bool = True) -> Operator:
    kind = Takes.ORDERED if ordered else Takes.SAME
    return Operator(
        takes=(kind, kind),
        gives=_TRUTH,
        sql=_infix("<>" if sign == "!=" else sign),
        words=f"{{0}} {words} {{1}}",
        values=values,
    )


def _function(name: str, takes: Sequence[Operand], gives: Operand, values: Callable[..., Any], words: str) -> Operator:
    return Operator(takes=tuple(takes), gives=gives, sql=_call(name), words=words, values=values)


def _of_number(name: str, values: Callable[..., Any], words: str) -> Operator:
    return Operator(takes=(_NUMBER,), gives=_NUMBER, sql=_call(name), words=words, values=values, exact=True)


def _of_texts(name: str, sql: Printer, values: Callable[..., Any]) -> Operator:
    return Operator(takes=(_TEXT, _TEXT), gives=_TRUTH, sql=sql, words=f"{{0}} {name} {{1}}", values=values)


def _part(name: str) -> Operator:
    return Operator(
        takes=(_DATE,),
        gives=_NUMBER,
        sql=_template(f"EXTRACT({name} FROM {{0}})"),
        words=f"the {name} of {{0}}",
        values=operator.attrgetter(name),
    )


_SCALE: Final = QUOTIENT_DIGITS + 1
# Cut off one digit later than wanted and then rounded: exact, and each operand stands there once.
_DIVISION: Final = (
    f"round(div(({{0}} * 1{'0' * _SCALE}), NULLIF({{1}}, 0)) * 0.{'0' * (_SCALE - 1)}1, {QUOTIENT_DIGITS})"
)

OPERATORS: Final[Mapping[str, Operator]] = {
    "+": _number("+", operator.add),
    "-": _number("-", operator.sub),
    "*": _number("*", operator.mul),
    "/": Operator(
        takes=(_NUMBER, _NUMBER),
        gives=_NUMBER,
        sql=_template(_DIVISION),
        words="{0} / {1}",
        values=_quotient,
        exact=True,
        may_be_null=True,
    ),
    "%": Operator(
        takes=(_NUMBER, _NUMBER),
        gives=_NUMBER,
        sql=_template("({0} % NULLIF({1}, 0))"),
        words="the remainder of {0} / {1}",
        values=_remainder,
        exact=True,
        may_be_null=True,
    ),
    "negative": Operator(
        takes=(_NUMBER,), gives=_NUMBER, sql=_template("(- {0})"), words="-{0}", values=operator.neg, exact=True
    ),
    "=": _compared("=", "is", operator.eq, ordered=False),
    "!=": _compared("!=", "is not", operator.ne, ordered=False),
    "<": _compared("<", "is less than", operator.lt),
    "<=": _compared("<=", "is at most", operator.le),
    ">": _compared(">", "is more than", operator.gt),
    ">=": _compared(">=", "is at least", operator.ge),
    "and": Operator(takes=(_TRUTH,), gives=_TRUTH, sql=_infix("AND"), words=" and ", more=True),
    "or": Operator(takes=(_TRUTH,), gives=_TRUTH, sql=_infix("OR"), words=" or ", more=True),
    "not": Operator(takes=(_TRUTH,), gives=_TRUTH, sql=_template("(NOT {0})"), words="not {0}", values=operator.not_),
    "in": Operator(takes=(Takes.SAME, Takes.SAME), gives=_TRUTH, sql=_membership, words="{0} is one of {1}", more=True),
    "between": Operator(
        takes=(Takes.ORDERED, Takes.ORDERED, Takes.ORDERED),
        gives=_TRUTH,
        sql=_template("(({0} >= {1}) AND ({0} <= {2}))"),
        words="{0} lies between {1} and {2}",
    ),
    "is null": Operator(takes=(Takes.ANY,), gives=_TRUTH, sql=_template("({0} IS NULL)"), words="{0} is empty"),
    "is not null": Operator(takes=(Takes.ANY,), gives=_TRUTH, sql=_template("({0} IS NOT NULL)"), words="{0} is given"),
    # Two for definitions alone: what is not true is not judged, and a fix may depend on the value.
    "is true": Operator(takes=(_TRUTH,), gives=_TRUTH, sql=_template("({0} IS TRUE)"), words="{0}"),
    "if": Operator(
        takes=(_TRUTH, Takes.SAME, Takes.SAME),
        gives=Takes.SAME,
        sql=_template("CASE WHEN {0} THEN {1} ELSE {2} END"),
        words="{1} where {0}, else {2}",
    ),
    "abs": _of_number("abs", abs, "the absolute value of {0}"),
    "round": Operator(
        takes=(_NUMBER, Type.INTEGER),
        gives=_NUMBER,
        sql=_call("round"),
        words="{0} rounded",
        values=_rounded,
        exact=True,
        fewest=1,
    ),
    "floor": _of_number("floor", _floor, "{0} rounded down"),
    "ceil": _of_number("ceil", _ceil, "{0} rounded up"),
    "least": Operator(
        takes=(Takes.ORDERED,), gives=Takes.SAME, sql=_call("LEAST"), words="the least of {0}", more=True
    ),
    "greatest": Operator(
        takes=(Takes.ORDERED,), gives=Takes.SAME, sql=_call("GREATEST"), words="the greatest of {0}", more=True
    ),
    "coalesce": Operator(
        takes=(Takes.SAME,), gives=Takes.SAME, sql=_call("COALESCE"), words="the first given of {0}", more=True
    ),
    "length": _function("length", [_TEXT], _NUMBER, len, "the length of {0}"),
    "lower": Operator(
        takes=(_TEXT,),
        gives=_TEXT,
        sql=_template('lower(({0} COLLATE "C"))'),
        words="{0} in small letters",
        values=lower,
    ),
    "upper": Operator(
        takes=(_TEXT,),
        gives=_TEXT,
        sql=_template('upper(({0} COLLATE "C"))'),
        words="{0} in capitals",
        values=upper,
    ),
    "trim": Operator(
        takes=(_TEXT,),
        gives=_TEXT,
        sql=_template(f"btrim({{0}}, '{BLANKS}')"),
        words="{0} without blanks around it",
        values=_trim,
    ),
    "contains": _of_texts("contains", _template("(strpos({0}, {1}) > 0)"), operator.contains),
    "starts_with": _of_texts("starts with", _call("starts_with"), str.startswith),
    "ends_with": _of_texts("ends with", _template("starts_with(reverse({0}), reverse({1}))"), str.endswith),
    "matches": Operator(
        takes=(_TEXT, _TEXT),
        gives=_TRUTH,
        sql=_template('(({0} COLLATE "C") ~ {1})'),
        words="{0} matches {1}",
    ),
    "year": _part("year"),
    "month": _part("month"),
    "day": _part("day"),
    "days_between": Operator(
        takes=(_DATE, _DATE),
        gives=_NUMBER,
        sql=_template("({1} - {0})"),
        words="the days from {0} to {1}",
        values=_days_between,
    ),
    "today": Operator(takes=(), gives=_DATE, sql=lambda _: ":today", words="today"),
    # The date of a moment, put around one where a date is wanted.
    "date": Operator(
        takes=(Type.DATETIME,),
        gives=_DATE,
        sql=_template("CAST(({0} AT TIME ZONE 'UTC') AS date)"),
        words="the date of {0}",
        values=_date_of,
    ),
}
# What is written like a call: name(operands).
FUNCTIONS: Final = frozenset(
    {"abs", "round", "floor", "ceil", "least", "greatest", "coalesce"}
    | {"length", "lower", "upper", "trim", "contains", "starts_with", "ends_with", "matches"}
    | {"year", "month", "day", "days_between", "today"}
)
