"""How failing rows may be mended."""

from collections.abc import Mapping
from typing import Any, Final

from services.validation.domain.rules.definition import Fix
from services.validation.domain.rules.expressions.building import apply
from services.validation.domain.rules.expressions.trees import Apply, Field, Literal, Tree, Value
from services.validation.domain.rules.kinds import Fields, Read
from services.validation.domain.rules.literals import literal
from services.validation.domain.rules.members import MISSING, Members
from services.validation.domain.rules.tables import Table
from services.validation.domain.rules.types import Type

OPEN: Final = ("clamp", "set_value", "set_null", "trim")
# What a query carries out; built-in sets only, as is lower_to.
BY_QUERY: Final = ("keep_oldest", "project", "detach")
_MEMBERS: Final = {"clamp": ("below",), "set_value": ("value",), "lower_to": ("field",), "keep_oldest": ("order",)}


def read_fix(members: Members, rule: Read, fields: Fields, table: Table | None, *, built_in: bool) -> Fix | None:
    """A word, or a mapping with `kind` and what that kind takes."""
    given = members.raw("fix")
    if given is MISSING or given is None:
        return None
    told = {"kind": given} if isinstance(given, str) else given
    if not isinstance(told, Mapping) or told.get("kind") not in (*OPEN, "lower_to", *BY_QUERY):
        members.fault("fix", f"A fix is one of {', '.join(OPEN)}.")
        return None
    kind = str(told["kind"])
    if table is None or (not built_in and (kind not in OPEN or not _may_write(rule, table))):
        members.fault("fix", f"The fix {kind} is not allowed here.")
        return None
    if set(told) - {"kind", *_MEMBERS.get(kind, ())}:
        members.fault("fix", f"A fix of the kind {kind} takes {', '.join(_MEMBERS.get(kind, ())) or 'nothing'}.")
        return None
    if kind in BY_QUERY:
        return Fix(kind, order=tuple(told.get("order", ())))
    return _assigning(kind, told, members, rule, fields)


def _may_write(rule: Read, table: Table) -> bool:
    return len(rule.fields) == 1 and table.may_be_fixed(rule.fields[0])


def _assigning(kind: str, told: Mapping[str, Any], members: Members, rule: Read, fields: Fields) -> Fix | None:
    name = rule.fields[0] if rule.fields else ""
    if name not in fields.types:
        members.fault("fix", "A fix needs the field that it writes.")
        return None
    about = Field(name, fields.types[name])
    new = _new_value(kind, told, rule, about, fields)
    if new is None or (kind == "clamp" and members.data.get("exclusive")):
        members.fault("fix", f"The fix {kind} does not fit this rule.")
        return None
    return Fix(kind, {name: new})


def _new_value(kind: str, told: Mapping[str, Any], rule: Read, about: Field, fields: Fields) -> Tree | None:
    if kind == "clamp":
        return _clamped(told, rule.bounds, about)
    if kind == "set_null":
        return Literal(None, about.type)
    if kind == "trim":
        return apply("trim", about) if about.type is Type.TEXT else None
    if kind == "set_value":
        return literal(told.get("value"), about.type)
    other = told.get("field")
    if not isinstance(other, str) or other not in fields.types:
        return None
    return apply("least", about, Field(other, fields.types[other]))


def _clamped(told: Mapping[str, Any], bounds: Mapping[str, Value | Tree], about: Field) -> Tree | None:
    """The nearest allowed value; `below: null` empties what is too low instead."""
    low, high = bounds.get("min"), bounds.get("max")
    if not bounds or ("below" in told and told["below"] is not None):
        return None
    new: Tree = about
    if isinstance(high, Literal | Field | Apply):
        new = apply("least", new, high)
    if not isinstance(low, Literal | Field | Apply):
        return new
    if "below" in told:
        return Apply("if", (apply("<", about, low), Literal(None, about.type), new), about.type)
    return apply("greatest", new, low)
