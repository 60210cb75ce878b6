"""Rows of the catalogue in JSON: one schema for each table, made of its columns and of the rules that they have."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import marshmallow as ma
import sqlalchemy as sa

from services.sync.loaders.targets import TargetTable
from services.sync.models import CatalogueRow
from services.sync.schemas.bodies import MAX_ID, Body, plain, version_read
from services.sync.schemas.fields import (
    TIME,
    UUID,
    count_told,
    id_told,
    object_told,
    text_told,
    time_told,
    told,
)
from shared.listing import ListArgs, Several

INT = 2**31 - 1
HISTORY_FIELDS = {"name": ["Chair", "Chair, oak"]}
# A column's rule as its table states it.
_LENGTH = re.compile(r"char_length\((\w+)\) <= (\d+)")
_WORDS = re.compile(r"(\w+) in \((.+)\)")


class CatalogueSchema(Body):
    """What every row tells beside its columns: where it came from, and whether a person has edited it since."""

    id = count_told(12, "Number of the row in its tenant.")
    version = version_read()
    source_pipeline = text_told("product_families", "The pipeline that loaded it last.", allow_none=True)
    content_hash = id_told("Of the mapped values of the source version seen last.", allow_none=True)
    source_changed_at = time_told("When it was changed at its source, as far as the source says so.")
    loaded_at = time_told("When a run wrote it last.")
    created_run_id = id_told("The run that made it.", allow_none=True)
    edited_at = time_told("When anyone but a run last changed a mapped column.")
    edited_by = text_told("grace", "Who did; null where nobody has.", allow_none=True)
    deleted_at = time_told("When a run no longer found it at its source; null while it lives.")
    is_placeholder = told(ma.fields.Boolean, False, "It has only its key, and waits for its own pipeline.")
    created_at = time_told("When it was made.")
    updated_at = time_told("When it was last changed.")


class CatalogueArgs(ListArgs):
    deleted = ma.fields.Boolean(
        load_default=False, metadata={"description": "True lists the deleted rows, and only them."}
    )
    source_pipeline = Several(ma.fields.String())
    is_placeholder = ma.fields.Boolean()


class HistorySchema(ma.Schema):
    """What a run changed in a row."""

    id = count_told(812, "Grows with time.")
    run_id = id_told("The run.")
    action = text_told("update", "update, restore or delete.")
    fields_ = object_told(HISTORY_FIELDS, "Field to its old and its new value.", data_key="fields", attribute="fields")
    at = time_told("When.")


def schema_of(target: TargetTable, model: type[CatalogueRow]) -> type[CatalogueSchema]:
    """The schema of a table, named after its model."""
    rules = _rules(target.table)
    columns = {name: _field(column, target.types[name], rules.get(name, [])) for name, column in target.columns.items()}
    made = CatalogueSchema.from_dict(columns, name=f"Catalogue{model.__name__}Schema")
    assert issubclass(made, CatalogueSchema)  # made of it
    return made


def args_of(target: TargetTable, model: type[CatalogueRow]) -> type[CatalogueArgs]:
    """Query arguments of a table's list: the columns that an index finds are filters."""
    filters: dict[str, ma.fields.Field[Any]] = {name: Several(_bare(target.types[name])) for name in filters_of(target)}
    made = CatalogueArgs.from_dict(filters, name=f"Catalogue{model.__name__}Args")
    assert issubclass(made, CatalogueArgs)  # made of it
    return made


def filters_of(target: TargetTable) -> list[str]:
    return [name for name in target.columns if target.finds((name,))]


def _rules(table: sa.Table) -> Mapping[str, list[Callable[[Any], Any]]]:
    """Column to validators, read from the constraints of the table, where each rule is stated once."""
    found: dict[str, list[Callable[[Any], Any]]] = {}
    for constraint in table.constraints:
        if not isinstance(constraint, sa.CheckConstraint):
            continue
        said = str(constraint.sqltext)
        if match := _LENGTH.fullmatch(said):
            limit = int(match[2])
            check = ma.validate.Length(max=limit, error=f"too_long|At most {limit} characters.")
            found.setdefault(match[1], []).append(check)
        elif match := _WORDS.fullmatch(said):
            words = [word.strip(" '") for word in match[2].split(",")]
            found.setdefault(match[1], []).append(ma.validate.OneOf(words))
    return found


def _field(column: sa.Column[Any], kind: str, rules: list[Callable[[Any], Any]]) -> ma.fields.Field[Any]:
    about = f"The row's {column.name.replace('_', ' ')}."
    options: dict[str, Any] = {"allow_none": column.nullable, "validate": list(rules)}
    if kind == "text":
        options["validate"].append(plain)
        if not column.nullable:
            options["validate"].append(ma.validate.Length(min=1, error="blank|This may not be blank."))
        words = next((rule.choices for rule in rules if isinstance(rule, ma.validate.OneOf)), ["A-1"])
        return ma.fields.String(metadata={"example": str(next(iter(words))), "description": about}, **options)
    if kind == "integer":
        limit = MAX_ID if isinstance(column.type, sa.BigInteger) else INT
        options["validate"].append(ma.validate.Range(-limit, limit))
        return ma.fields.Integer(strict=True, metadata={"example": 7, "description": about}, **options)
    if kind == "decimal":
        return _decimal(column, about, options)
    return _bare(kind, metadata=_shown(kind, about), **options)


def _decimal(column: sa.Column[Any], about: str, options: dict[str, Any]) -> ma.fields.Field[Any]:
    precision, scale = int(column.type.precision), int(column.type.scale)  # type: ignore[attr-defined]  # a Numeric
    most = 10 ** (precision - scale)
    fits = ma.validate.Range(-most, most, min_inclusive=False, max_inclusive=False)
    options["validate"].append(fits)
    example = f"{12:.{scale}f}"
    return ma.fields.Decimal(
        places=scale, as_string=True, metadata={"example": example, "description": about}, **options
    )


def _shown(kind: str, about: str) -> dict[str, Any]:
    examples = {"boolean": True, "date": TIME[:10], "datetime": TIME, "uuid": UUID}
    return {"example": examples.get(kind), "description": about}


def _bare(kind: str, **options: Any) -> ma.fields.Field[Any]:
    kinds: Mapping[str, type[ma.fields.Field[Any]]] = {
        "boolean": ma.fields.Boolean,
        "date": ma.fields.Date,
        "datetime": ma.fields.AwareDateTime,
        "uuid": ma.fields.UUID,
        "integer": ma.fields.Integer,
        "decimal": ma.fields.Decimal,
    }
    return kinds.get(kind, ma.fields.String)(**options)
