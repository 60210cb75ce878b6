"""The `$filter` of the old system: comparisons, `in`, and, or, parentheses."""

import re
from collections.abc import Callable
from typing import Any

Row = dict[str, Any]
Test = Callable[[Row], bool]

_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|([<>!]=|[=<>(),])|([^\s()=<>!,']+))")


class BadFilter(ValueError):
    """The text is no filter."""


def read_filter(text: str) -> Test:
    """Raises BadFilter."""
    tokens = _Tokens(text)
    test = _either(tokens)
    if tokens.peek() is not None:
        raise BadFilter(text)
    return test


class _Tokens:
    def __init__(self, text: str) -> None:
        found = list(_TOKEN.finditer(text))
        if "".join(match.group() for match in found).strip() != text.strip():
            raise BadFilter(text)
        self._found = [match.group().strip() for match in found]

    def peek(self) -> str | None:
        return self._found[0] if self._found else None

    def take(self, *wanted: str) -> str:
        if not self._found or (wanted and self._found[0].lower() not in wanted):
            raise BadFilter(f"{wanted or 'more'} is missing")
        return self._found.pop(0)


def _either(tokens: _Tokens) -> Test:
    tests = [_all(tokens)]
    while (tokens.peek() or "").lower() == "or":
        tokens.take()
        tests.append(_all(tokens))
    return lambda row: any(test(row) for test in tests)


def _all(tokens: _Tokens) -> Test:
    tests = [_one(tokens)]
    while (tokens.peek() or "").lower() == "and":
        tokens.take()
        tests.append(_one(tokens))
    return lambda row: all(test(row) for test in tests)


def _one(tokens: _Tokens) -> Test:
    if tokens.peek() == "(":
        tokens.take()
        test = _either(tokens)
        tokens.take(")")
        return test
    field, sign = tokens.take(), tokens.take("=", "!=", "<", "<=", ">", ">=", "in").lower()
    if sign != "in":
        value = _literal(tokens.take())
        return lambda row: _compare(row.get(field), sign, value)
    tokens.take("(")
    values = [_literal(tokens.take())]
    while tokens.take(",", ")") == ",":
        values.append(_literal(tokens.take()))
    return lambda row: any(_compare(row.get(field), "=", each) for each in values)


def _literal(token: str) -> Any:
    if token.startswith("'"):
        return token[1:-1].replace("''", "'")
    words = {"true": True, "false": False, "null": None}
    if token.lower() in words:
        return words[token.lower()]
    try:
        return float(token)
    except ValueError:
        raise BadFilter(token) from None


def _compare(found: Any, sign: str, value: Any) -> bool:
    if found is None or value is None:
        return {"=": found is value, "!=": found is not value}.get(sign, False)
    if sign in ("=", "!=") and isinstance(value, str) and value.endswith("@"):
        return str(found).lower().startswith(value[:-1].lower()) is (sign == "=")
    if isinstance(value, float) and isinstance(found, str):
        return sign == "!="
    left, right = (str(found).lower(), value.lower()) if isinstance(value, str) else (found, value)
    return bool(
        {"=": left == right, "!=": left != right}[sign]
        if sign in ("=", "!=")
        else {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[sign]
    )
