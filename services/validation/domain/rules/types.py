"""The types of fields and expressions."""

from enum import StrEnum
from typing import Final


class Type(StrEnum):
    INTEGER = "integer"
    DECIMAL = "decimal"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    NULL = "null"

    @property
    def family(self) -> "Type":
        """What can be compared and calculated with it: integers and decimals are one family of numbers."""
        return Type.DECIMAL if self is Type.INTEGER else self

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS: Final = {
    Type.INTEGER: "a whole number",
    Type.DECIMAL: "a number",
    Type.TEXT: "a text",
    Type.BOOLEAN: "true or false",
    Type.DATE: "a date",
    Type.DATETIME: "a date with time",
    Type.NULL: "null",
}
# What a definition may declare.
DECLARED: Final = tuple(kind for kind in Type if kind is not Type.NULL)
