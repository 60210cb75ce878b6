"""The projection of a string's effective values, as `strings.parts` keeps it: in rule order, in one text."""

from collections.abc import Iterable

SEPARATOR = "\x1f"


def pack_parts(values: Iterable[str | None]) -> str:
    """No value can hold the separator: control characters are refused on every path."""
    return SEPARATOR.join(value or "" for value in values)


def unpack_parts(parts: str, *, count: int) -> list[str]:
    """`count` is the number of parts of the rule: one missing value and no part at all look alike without it."""
    return parts.split(SEPARATOR) if count else []
