"""Trees as SQL, written the way PostgreSQL itself prints an expression, so that both can be compared."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Protocol

from services.validation.domain.rules.expressions.operators import OPERATORS
from services.validation.domain.rules.expressions.trees import Apply, Field, Literal, Tree, Value
from services.validation.domain.rules.types import Type

_ARITHMETIC: Final = frozenset({"+", "-", "*", "/", "%", "negative", "abs", "round", "floor", "ceil"})
_ORDERING: Final = frozenset({"<", "<=", ">", ">=", "between", "least", "greatest"})
_CASTS: Final = {
    Type.INTEGER: "bigint",
    Type.DECIMAL: "numeric",
    Type.TEXT: "text",
    Type.BOOLEAN: "boolean",
    Type.DATE: "date",
    Type.DATETIME: "timestamptz",
    Type.NULL: "text",
}
_BIGGEST: Final = 2**63 - 1


class Literals(Protocol):
    """How the values that stand in an expression come into the SQL."""

    def __call__(self, value: Value, kind: Type) -> str: ...


@dataclass(slots=True)
class Bound:
    """As parameters of the statement: what users write is never part of its text."""

    params: dict[str, object] = field(default_factory=dict)
    # Of the parameters' names, where one statement takes the values of two conditions.
    prefix: str = "value"

    def __call__(self, value: Value, kind: Type) -> str:
        if isinstance(value, bool):
            return quoted(value, kind)
        name = f"{self.prefix}_{len(self.params)}"
        self.params[name] = value
        if isinstance(value, int) and not -_BIGGEST <= value <= _BIGGEST:
            kind = Type.DECIMAL
        return f"CAST(:{name} AS {_CASTS[kind]})"


def quoted(value: Value, kind: Type) -> str:
    """As constants: for constraints, which take no parameters, and which only this service's own files define."""
    if value is None:
        return f"CAST(NULL AS {_CASTS[kind]})"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return str(value) if value >= 0 else f"'{value}'"
    text = value.isoformat() if isinstance(value, date | datetime) else value.replace("'", "''")
    return f"'{text}'"


def column(name: str, *, of: str = "") -> str:
    """A column's name as PostgreSQL prints it."""
    plain = name.isidentifier() and name.islower() and name.isascii() and name not in _RESERVED
    printed = name if plain else '"' + name.replace('"', '""') + '"'
    return f"{of}.{printed}" if of else printed


# Names of columns that are words of SQL.
_RESERVED: Final = frozenset({"user", "order", "group", "column", "table", "check", "default", "end", "new", "old"})


def to_sql(tree: Tree, literals: Literals, *, columns: Callable[[str], str] = column) -> str:
    """The tree in SQL; `columns` tells what stands for a field."""
    if isinstance(tree, Literal):
        return literals(tree.value, tree.type)
    if isinstance(tree, Field):
        return columns(tree.name)
    known = OPERATORS[tree.name]
    operands = [_operand(tree, place, literals, columns) for place in range(len(tree.operands))]
    return known.sql(operands)


def _operand(tree: Apply, place: int, literals: Literals, columns: Callable[[str], str]) -> str:
    operand = tree.operands[place]
    if tree.name == "matches" and place == 1 and isinstance(operand, Literal):
        return literals(f"^(?:{operand.value})$", Type.TEXT)
    if tree.name == "round" and place == 1 and isinstance(operand, Literal):
        return str(operand.value)
    printed = to_sql(operand, literals, columns=columns)
    if OPERATORS[tree.name].exact and not (isinstance(operand, Apply) and operand.name in _ARITHMETIC):
        return f"CAST({printed} AS numeric)"
    if operand.type is Type.TEXT and tree.name in _ORDERING:
        return f'({printed} COLLATE "C")'
    return printed
