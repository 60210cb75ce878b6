"""How personal a column is, declared where the column is declared, and the difference between two states.

    email: Mapped[str] = mapped_column(info=PERSONAL)

Columns of mixins that every service shares have their class here. `unclassified_columns` lets a test fail for a
column that nobody classified.
"""

import enum
import inspect
from collections.abc import Iterator, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import MetaData, Table
from sqlalchemy.orm import DeclarativeBase

from shared.redaction import REDACTED

Classification = Literal["public", "internal", "personal", "secret"]
Classes = Mapping[str, Classification]

PUBLIC: Final = {"class": "public"}
INTERNAL: Final = {"class": "internal"}
PERSONAL: Final = {"class": "personal"}
SECRET: Final = {"class": "secret"}

_CLASSES: Final = ("public", "internal", "personal", "secret")
HIDDEN: Final = ("personal", "secret")

# Columns that a diff leaves out: they change with every write and say nothing.
TIMESTAMPS: Final = frozenset({"created_at", "updated_at", "modified_at"})

_SHARED_COLUMNS: Classes = dict.fromkeys(
    (
        "tenant_id",
        "id",
        "version",
        "created_at",
        "updated_at",
        "correlation_id",
        "origin_correlation_id",
    ),
    "internal",
)


def classes_of(table: Table) -> dict[str, Classification]:
    """Class of each classified column of a table."""
    known = {column.name: column.info.get("class", _SHARED_COLUMNS.get(column.name)) for column in table.columns}
    return {name: found for name, found in known.items() if found in _CLASSES}


def classify(table: Table, classes: Classes) -> None:
    """Declares classes next to a table instead of in it."""
    for name, found in classes.items():
        table.columns[name].info["class"] = found


def classify_models(base: type[DeclarativeBase], *, personal: Mapping[type, str], internal: Mapping[type, str]) -> None:
    """Declares the columns of a service by model, names in one text: what is not written in the table itself.

    The columns of a mixin with a list `__personal__` are internal but for those that stand in it.
    """
    for mapper in base.registry.mappers:
        model, table = mapper.class_, base.metadata.tables[mapper.class_.__tablename__]
        for mixin in (found for found in model.__mro__ if "__personal__" in vars(found)):
            hidden = vars(mixin)["__personal__"].split()
            own = [name for name in inspect.get_annotations(mixin) if name in table.columns]
            classify(table, {name: "personal" if name in hidden else "internal" for name in own})
        classify(table, dict.fromkeys(personal.get(model, "").split(), "personal"))
        classify(table, dict.fromkeys(internal.get(model, "").split(), "internal"))


def unclassified_columns(metadata: MetaData) -> list[str]:
    """`table.column` of each column without a class, or with an unknown one."""
    return [
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if column.name not in classes_of(table)
    ]


def diff(
    before: Mapping[str, Any], after: Mapping[str, Any], classification: Classes | None = None
) -> dict[str, list[Any]]:
    """Field to [old, new] for the fields that differ, ready for JSON; timestamps of the row itself are left out.

    Personal and secret values are `[REDACTED]`; the rest is redacted by pattern when the row is recorded. A field
    that one side lacks counts as null there, so that a creation or deletion can be shown with an empty side.
    """
    classes = classification or {}
    return {
        field: [_shown(old, classes.get(field)), _shown(new, classes.get(field))]
        for field, old, new in _differences(before, after)
    }


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for field in (*before, *(name for name in after if name not in before)):
        old, new = before.get(field), after.get(field)
        if field not in TIMESTAMPS and (
            old != new or (type(old) is not type(new) and serialised(old) != serialised(new))
        ):
            yield field, old, new


def _shown(value: Any, found: Classification | None) -> Any:
    return REDACTED if value is not None and found in HIDDEN else serialised(value)


def serialised(value: Any) -> Any:
    """The JSON form of a Python value: times in UTC, decimals and identifiers as text, sets in order."""
    match value:
        case enum.Enum():
            return serialised(value.value)
        case None | int() | float():  # before the kinds that take a look at a whole family
            return value
        case str():
            # PostgreSQL stores neither NUL nor half a surrogate pair; an odd text must not stop what it is about.
            return value.replace("\0", "\ufffd").encode(errors="replace").decode()
        case date() | time():
            return value.isoformat().replace("+00:00", "Z")
        case UUID() | Decimal():
            return str(value)
        case bytes():
            return value.hex()
        case Mapping():
            return {str(key): serialised(item) for key, item in value.items()}
        case set() | frozenset():
            return sorted((serialised(item) for item in value), key=str)
        case list() | tuple():
            return [serialised(item) for item in value]
        case _:
            return value
