"""Numbers as people and old systems write them: with either decimal separator, grouped, with a currency."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any, NamedTuple

from services.sync.domain.transform.types.currencies import CODES, SIGNS
from services.sync.domain.transform.types.reading import (
    FieldType,
    OptionRefused,
    Read,
    ReadAll,
    Unreadable,
    Wish,
    shown,
)

_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)
_CURRENCY = re.compile(rf"[A-Za-z]{{3}}|[{re.escape(''.join(SIGNS))}]")
_NUMBER = re.compile(r"([+-]?)([\d.,]+)", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(?:\D\d{3})+", re.ASCII)
_MAX_DIGITS = 100
_BIGINT = 2**63
_ZERO = Decimal(0)
_STRINGS = frozenset({str, type(None)})
_WHOLE = frozenset({int, type(None)})
_DECIMALS = frozenset({Decimal, type(None)})
# A whole column of plain numbers, a line each.
_PLAIN_LINES = re.compile(r"\n|(?:[+-]?\d{1,50}(?:\.\d{1,50})?\n)*", re.ASCII)
_WHOLE_LINES = re.compile(r"\n|(?:[+-]?\d{1,18}\n)*", re.ASCII)
_WIDE = Context(prec=2 * _MAX_DIGITS, rounding=ROUND_HALF_UP)


class Amount(NamedTuple):
    """A number and the ISO code of the currency that stood with it."""

    number: Decimal
    currency: str | None = None


def read_number(value: Any, *, separator: str | None = None) -> Amount | None:
    """The number that a value says, None for an empty text; `separator` is the decimal one where it is known.

    Raises Unreadable: `invalid_number`, or `ambiguous_number` for one comma before exactly three digits.
    """
    if isinstance(value, str):
        if separator != "," and _PLAIN.fullmatch(value):
            return Amount(_bounded(Decimal(value), value))
        return _written(value, separator)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise _invalid(value)
    return Amount(_bounded(Decimal(repr(value)) if isinstance(value, float) else Decimal(value), value))


def _written(text: str, separator: str | None) -> Amount | None:
    bare = "".join(text.split())
    if not bare:
        return None
    currencies = _CURRENCY.findall(bare)
    rest = _CURRENCY.sub("", bare, count=1)
    match = _NUMBER.fullmatch(rest)
    if match is None or len(currencies) > 1:
        raise _invalid(text)
    currency = _currency(currencies[0], bare, text) if currencies else None
    sign, digits = match.groups()
    return Amount(_bounded(Decimal(sign + _with_one_dot(digits, separator, text)), text), currency)


def _currency(found: str, bare: str, text: str) -> str:
    """Before or behind the number (a sign may stand before both), never inside it."""
    code = SIGNS.get(found) or found.upper()
    outside = bare.lstrip("+-").startswith(found) or bare.endswith(found)
    if code not in CODES or not outside:
        raise _invalid(text)
    return code


def _with_one_dot(digits: str, separator: str | None, text: str) -> str:
    decimal = _decimal_separator(digits) if separator is None else separator
    if not decimal or decimal not in digits:
        whole, fraction = digits, None
    else:
        whole, _, fraction = digits.partition(decimal)
    is_whole = whole.isdigit() or _GROUPED.fullmatch(whole) or (fraction and not whole)
    if not is_whole or (fraction is not None and not fraction.isdigit()):
        raise _invalid(text)
    whole = whole.replace(".", "").replace(",", "")
    return whole if fraction is None else f"{whole}.{fraction}"


def _decimal_separator(digits: str) -> str:
    """Empty where every separator groups thousands, or there is none."""
    last_dot, last_comma = digits.rfind("."), digits.rfind(",")
    if last_dot >= 0 and last_comma >= 0:
        return "." if last_dot > last_comma else ","
    only = "." if last_dot >= 0 else ","
    if digits.count(only) != 1:
        return ""
    if only == "," and len(digits) - last_comma == 4:
        raise Unreadable("ambiguous_number", f"{shown(digits)} may mean thousands; set decimal_separator.")
    return only


def _bounded(number: Decimal, value: Any) -> Decimal:
    if not number.is_finite() or number.adjusted() > _MAX_DIGITS:
        raise _invalid(value)
    return number if number.adjusted() >= -_MAX_DIGITS else _ZERO


def _invalid(value: Any) -> Unreadable:
    return Unreadable("invalid_number", f"{shown(value)} is no number.")


def rounded(number: Decimal, step: Decimal) -> Decimal:
    """Half away from zero; zero has no sign."""
    return _WIDE.quantize(number, step) or _WIDE.quantize(_ZERO, step)


def step_of(scale: int) -> Decimal:
    return Decimal(1).scaleb(-scale)


# Types


def _decimal_reader(wish: Wish) -> Read:
    separator, fit = _separator(wish), _fitting(wish, wish.options.get("scale"))

    def read(value: Any) -> Decimal | None:
        amount = read_number(value, separator=separator)
        return None if amount is None else fit(amount.number)

    return read


def _money_reader(wish: Wish) -> Read:
    separator, fit = _separator(wish), _fitting(wish, wish.options.get("scale", 2))
    wanted, rates = wish.options.get("currency"), _rates(wish)
    if wanted is not None and wanted not in CODES:
        raise OptionRefused("currency", "currency is a code of ISO 4217 such as EUR.")

    def read(value: Any) -> Decimal | None:
        amount = read_number(value, separator=separator)
        if amount is None:
            return None
        if wanted is None or amount.currency in (None, wanted):
            return fit(amount.number)
        rate = rates.get(amount.currency)
        if rate is None:
            raise Unreadable("wrong_currency", f"The amount is in {amount.currency}, not in {wanted}.")
        return fit(amount.number * rate)

    return read


def _rates(wish: Wish) -> Mapping[str | None, Decimal]:
    given = wish.options.get("rates", {})
    try:
        read = {code: Decimal(str(rate)) for code, rate in given.items()}
    except (AttributeError, InvalidOperation):
        raise OptionRefused("rates", "rates maps currency codes to numbers.") from None
    if not read.keys() <= CODES or not all(rate.is_finite() and rate > 0 for rate in read.values()):
        raise OptionRefused("rates", "rates maps currency codes to numbers above zero.")
    return read


def _separator(wish: Wish) -> str | None:
    separator = wish.options.get("decimal_separator")
    if separator not in (None, ".", ","):
        raise OptionRefused("decimal_separator", "decimal_separator is a dot or a comma.")
    return separator


def _fitting(wish: Wish, scale: Any) -> Callable[[Decimal], Decimal]:
    """Rounds to the scale and refuses what a column of that precision cannot hold."""
    if scale is not None and (not isinstance(scale, int) or isinstance(scale, bool) or not 0 <= scale <= 20):
        raise OptionRefused("scale", "scale is a whole number from 0 to 20.")
    step = None if scale is None else step_of(scale)
    limit = None if wish.whole_digits is None else Decimal(10) ** wish.whole_digits

    def fit(number: Decimal) -> Decimal:
        found = number if step is None else rounded(number, step)
        if limit is not None and abs(found) >= limit:
            raise Unreadable("number_out_of_range", f"{shown(found)} is larger than the column can hold.")
        return found

    return fit


def _as_integer(value: Any) -> int | None:
    amount = read_number(value)
    if amount is None:
        return None
    if amount.number != (whole := int(amount.number)):
        raise Unreadable("invalid_integer", f"{shown(value)} is no whole number.")
    return _in_range(whole)


def _as_quantity(value: Any) -> int | None:
    try:
        amount = read_number(value)
    except Unreadable:
        raise Unreadable("invalid_quantity", f"{shown(value)} is no quantity.") from None
    return None if amount is None else _in_range(int(amount.number))


def _in_range(whole: int) -> int:
    if not -_BIGINT <= whole < _BIGINT:
        raise Unreadable("number_out_of_range", f"{shown(whole)} is larger than the column can hold.")
    return whole


def _decimal_column(wish: Wish) -> ReadAll | None:
    """For columns with a scale whose values are plain numbers; what is written in another way is read one by one."""
    scale = wish.options.get("scale")
    if scale is None or wish.options.get("decimal_separator") == ",":
        return None
    step = step_of(scale)
    zero, limit = _ZERO.quantize(step), None if wish.whole_digits is None else Decimal(10) ** wish.whole_digits

    def read(values: list[Any]) -> list[Any] | None:
        numbers = _plain_numbers(values)
        try:
            if numbers is None:
                return None
            found = [None if number is None else number.quantize(step, ROUND_HALF_UP) or zero for number in numbers]
            return found if limit is None or _lie_within(limit, found) else None
        except InvalidOperation:  # more digits than usual, or no number
            return None

    return read


def _plain_numbers(values: list[Any]) -> list[Any] | None:
    kinds = set(map(type, values))
    if kinds <= _DECIMALS:
        return values if all(value is None or value.is_finite() for value in values) else None
    if kinds <= _WHOLE or (kinds <= _STRINGS and _PLAIN_LINES.fullmatch(_lines(values))):
        return [None if value is None or value == "" else Decimal(value) for value in values]
    return None


def _lie_within(limit: Decimal, numbers: list[Decimal | None]) -> bool:
    given = [number for number in numbers if number is not None]
    return not given or (max(given) < limit and min(given) > -limit)


def _money_column(wish: Wish) -> ReadAll | None:
    return _decimal_column(replace(wish, options={"scale": 2, **wish.options}))


def _lines(values: list[Any]) -> str:
    return "\n".join(filter(None, values)) + "\n"


def _whole_column(_wish: Wish) -> ReadAll:
    def read(values: list[Any]) -> list[Any] | None:
        kinds = set(map(type, values))
        if kinds <= _WHOLE:
            given = [value for value in values if value is not None]
            return values if min(given) >= -_BIGINT and max(given) < _BIGINT else None
        if kinds <= _STRINGS and _WHOLE_LINES.fullmatch(_lines(values)):
            return [int(value) if value else None for value in values]
        return None

    return read


_NUMERIC = frozenset({"scale", "decimal_separator"})
DECIMAL = FieldType("decimal", _decimal_reader, "null", _NUMERIC, fast=_decimal_column)
MONEY = FieldType("money", _money_reader, "null", _NUMERIC | {"currency", "rates"}, fast=_money_column)
INTEGER = FieldType("integer", lambda _wish: _as_integer, fast=_whole_column)
QUANTITY = FieldType("quantity", lambda _wish: _as_quantity, "reject", fast=_whole_column)
