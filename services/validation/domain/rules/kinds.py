"""The kinds of rules: what each takes, and the condition or the comparison that it becomes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from services.validation.domain.rules.definition import (
    Body,
    Condition,
    LedgerBalance,
    Query,
    Reference,
    Unique,
)
from services.validation.domain.rules.expressions.building import apply, demand_truth
from services.validation.domain.rules.expressions.faults import InvalidExpression
from services.validation.domain.rules.expressions.operators import lower
from services.validation.domain.rules.expressions.parsing import parse
from services.validation.domain.rules.expressions.trees import Field, Literal, Tree, Value
from services.validation.domain.rules.expressions.words import to_words
from services.validation.domain.rules.literals import literal
from services.validation.domain.rules.members import INVALID_EXPRESSION, MISSING, Members
from services.validation.domain.rules.types import Type

MAX_VALUES: Final = 1000
OPERATORS: Final = ("=", "!=", "<", "<=", ">", ">=")
_OPERATOR_WORDS: Final = {
    "=": "the same as",
    "!=": "different from",
    "<": "less than",
    "<=": "at most",
    ">": "more than",
    ">=": "at least",
}


@dataclass(frozen=True, slots=True)
class Fields:
    """What rules of one target may read: its fields with their types, and which other columns there are to refer to."""

    types: Mapping[str, Type]
    columns: Mapping[str, Mapping[str, Type]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Read:
    """A rule as far as its kind decides it."""

    body: Body
    fields: tuple[str, ...]
    message: str
    bounds: Mapping[str, Value | Tree] = field(default_factory=dict)


def read_kind(kind: str, members: Members, fields: Fields) -> Read | None:
    """None where something was found to be wrong."""
    before = len(members.faults)
    found = KINDS[kind](members, fields)
    return found if len(members.faults) == before else None


def read_expression(members: Members, name: str, fields: Fields) -> Tree | None:
    source = members.raw(name)
    if not isinstance(source, str):
        members.fault(name, f"{name} is an expression, written as a text.")
        return None
    try:
        return demand_truth(parse(source, fields.types))
    except InvalidExpression as fault:
        members.fault(name, fault.message, code=INVALID_EXPRESSION, position=fault.position)
        return None


def _field(members: Members, fields: Fields, name: str = "field") -> Field | None:
    value = members.raw(name)
    if not isinstance(value, str) or value not in fields.types:
        told = (
            "is missing" if value is MISSING else f"{value!r} is not known" if isinstance(value, str) else "is a name"
        )
        members.fault(name, f"The {name} {told}.")
        return None
    return Field(value, fields.types[value])


def _fields(members: Members, fields: Fields) -> tuple[str, ...]:
    named = members.names("fields") if members.has("fields") or not members.has("field") else ()
    if not named and members.has("field") and (single := _field(members, fields)):
        named = (single.name,)
    for unknown in [name for name in named if name not in fields.types]:
        members.fault("fields", f"The field {unknown!r} is not known.")
    return named


def _range(members: Members, fields: Fields) -> Read | None:
    about = _field(members, fields)
    low, high = _bound(members, fields, about, "min"), _bound(members, fields, about, "max")
    exclusive = members.flag("exclusive", default=False)
    if about is None:
        return None
    if not members.has("min") and not members.has("max"):
        members.fault("", "A range has a min or a max.")
    if low is None and high is None:
        return None
    if about.type not in (Type.INTEGER, Type.DECIMAL, Type.DATE, Type.DATETIME):
        members.fault("field", f"A range is about numbers or dates; {about.name} is {about.type.words}.")
        return None
    if _runs_backwards(low, high):
        members.fault("max", "max is less than min.")
        return None
    bounds = {name: bound for name, bound in (("min", low), ("max", high)) if bound is not None}
    return Read(Condition(_within(about, low, high, exclusive)), (about.name,), _range_message(bounds), bounds)


def _within(about: Field, low: Tree | None, high: Tree | None, exclusive: bool) -> Tree:
    if low is not None and high is not None and not exclusive:
        return apply("between", about, low, high)
    above = [apply(">" if exclusive else ">=", about, low)] if low is not None else []
    below = [apply("<" if exclusive else "<=", about, high)] if high is not None else []
    parts = above + below
    return parts[0] if len(parts) == 1 else apply("and", *parts)


def _bound(members: Members, fields: Fields, about: Field | None, name: str) -> Tree | None:
    value = members.raw(name)
    if value is MISSING or about is None:
        return None
    if isinstance(value, Mapping):
        limit = value.get("limit")
        if set(value) != {"limit"} or not isinstance(limit, str) or fields.types.get(limit) is None:
            members.fault(name, f"{name} names no limit of the row.")
            return None
        if fields.types[limit].family is not about.type.family:
            members.fault(name, f"The limit {limit} is {fields.types[limit].words}, not {about.type.words}.")
            return None
        return Field(limit, fields.types[limit])
    found = literal(value, about.type)
    if found is None:
        members.fault(name, f"{name} is {about.type.words}, or {{limit: a field of the row}}.")
    return found


def _runs_backwards(low: Tree | None, high: Tree | None) -> bool:
    return isinstance(low, Literal) and isinstance(high, Literal) and low.value > high.value  # type: ignore[operator]


def _range_message(bounds: Mapping[str, Any]) -> str:
    if len(bounds) == 2:
        return "{field} must lie between {min} and {max}."
    return "{field} must be at least {min}." if "min" in bounds else "{field} must be at most {max}."


def _set(members: Members, fields: Fields) -> Read | None:
    about = _field(members, fields)
    case_sensitive = members.flag("case_sensitive", default=True)
    if about is None:
        return None
    if not case_sensitive and about.type is not Type.TEXT:
        members.fault("case_sensitive", "Only texts have upper and lower case.")
        return None
    if members.has("list"):
        name = members.text("list", most=100)
        return Read(Reference(about.name, list=name, case_sensitive=case_sensitive), (about.name,), _NOT_IN_LIST)
    values = _values(members, about.type)
    if not values:
        return None
    told = {"other": ", ".join(str(value.value) for value in values)}
    if case_sensitive:
        return Read(Condition(apply("in", about, *values)), (about.name,), _NOT_AMONG, told)
    folded = [Literal(lower(str(value.value)), Type.TEXT) for value in values]
    return Read(Condition(apply("in", apply("lower", about), *folded)), (about.name,), _NOT_AMONG, told)


_NOT_AMONG: Final = "{field} must be one of {other}."
_NOT_IN_LIST: Final = "{value} is not a known {field}."


def _values(members: Members, kind: Type) -> list[Literal]:
    given = members.raw("values")
    if not isinstance(given, list) or not 0 < len(given) <= MAX_VALUES:
        members.fault("values", f"values is a list of 1 to {MAX_VALUES} values.")
        return []
    found = [literal(value, kind) for value in given]
    for place, value in enumerate(found):
        if value is None:
            members.fault("values", f"Value {place + 1} is not {kind.words}.")
    return [value for value in found if value is not None]


def _not_null(members: Members, fields: Fields) -> Read | None:
    about = _field(members, fields)
    if about is None:
        return None
    blank = members.flag("blank_is_null", default=about.type is Type.TEXT)
    given: Tree = apply("is not null", about)
    if blank and about.type is Type.TEXT:
        given = apply("and", given, apply("!=", apply("trim", about), Literal("", Type.TEXT)))
    return Read(Condition(given), (about.name,), "{field} is missing.")


def _unique(members: Members, fields: Fields) -> Read | None:
    named = _fields(members, fields)
    nulls = members.word("nulls", ("equal", "distinct"), "equal")
    keep = members.word("keep", ("first", "none"), "first")
    return Read(Unique(named, nulls == "equal", keep == "first"), named, "{field} must not repeat: {value}.")


def _reference(members: Members, fields: Fields) -> Read | None:
    about = _field(members, fields)
    if about is None:
        return None
    if members.has("list"):
        return Read(Reference(about.name, list=members.text("list", most=100)), (about.name,), _NOT_IN_LIST)
    target = members.raw("references")
    table, _, column = target.partition(".") if isinstance(target, str) else ("", "", "")
    kind = fields.columns.get(table, {}).get(column)
    if kind is None or kind.family is not about.type.family:
        members.fault("references", f"A reference names a list, or a table.column of {about.type.words}.")
        return None
    return Read(Reference(about.name, table=table, column=column), (about.name,), _NOT_IN_LIST)


def _compare(members: Members, fields: Fields) -> Read | None:
    about, other = _field(members, fields), _field(members, fields, "other")
    sign = members.word("operator", OPERATORS)
    if about is None or other is None:
        return None
    try:
        tree = apply(sign, about, other)
    except InvalidExpression as fault:
        members.fault("other", fault.message, code=INVALID_EXPRESSION, position=fault.position)
        return None
    message = f"{{field}} must be {_OPERATOR_WORDS[sign]} {other.name}."
    return Read(Condition(tree), (about.name,), message, {"other": other})


def _expression(members: Members, fields: Fields) -> Read | None:
    tree = read_expression(members, "expression", fields)
    named: tuple[str, ...] = ()
    if members.has("field") and (about := _field(members, fields)):
        named = (about.name,)
    return None if tree is None else Read(Condition(tree), named, f"This does not hold: {_escaped(to_words(tree))}.")


def _escaped(text: str) -> str:
    """A text in which braces mean nothing, as part of a message."""
    return text.replace("{", "(").replace("}", ")")


def _ledger_balance(members: Members, _fields: Fields) -> Read | None:
    projection = members.text("projection", most=100)
    account = members.text("account", most=100)
    return Read(LedgerBalance(projection, account), (projection,), f"{{field}} differs from the {account} account.")


def _query(members: Members, fields: Fields) -> Read | None:
    named = _fields(members, fields) if members.has("field") or members.has("fields") else ()
    return Read(Query(members.text("query", most=100)), named, "This does not hold.")


KINDS: Final[Mapping[str, Callable[[Members, Fields], Read | None]]] = {
    "range": _range,
    "set": _set,
    "not_null": _not_null,
    "unique": _unique,
    "reference": _reference,
    "compare": _compare,
    "expression": _expression,
    "ledger_balance": _ledger_balance,
    "query": _query,
}
BUILT_IN_ONLY: Final = frozenset({"ledger_balance", "query"})


def kinds_for(*, built_in: bool) -> Sequence[str]:
    return [kind for kind in KINDS if built_in or kind not in BUILT_IN_ONLY]


def number_of(value: Any) -> Decimal | None:
    """A number of a definition, or None."""
    return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None
