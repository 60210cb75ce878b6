"""Tables that a pipeline may load: their columns by type, and which columns find a row by index."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.sync.models import CATALOGUE, CatalogueRow

PREFIX = "catalogue_"
_KINDS: tuple[tuple[type[Any], str], ...] = (
    (sa.Boolean, "boolean"),
    (sa.DateTime, "datetime"),
    (sa.Date, "date"),
    (sa.Uuid, "uuid"),
    (JSONB, "json"),
    (sa.Integer, "integer"),
    (sa.Numeric, "decimal"),
    (sa.Text, "text"),
)


@dataclass(frozen=True)
class TargetTable:
    """`name` is what pipelines call it; `columns` are those that may be mapped."""

    name: str
    table: sa.Table
    columns: Mapping[str, sa.Column[Any]]

    @property
    def table_name(self) -> str:
        return self.table.name

    @cached_property
    def types(self) -> Mapping[str, str]:
        """Column to the name of its type, in the words of field mappings."""
        return {name: kind_of(column) for name, column in self.columns.items()}

    @cached_property
    def natural_key(self) -> tuple[str, ...]:
        """The columns that are unique together."""
        (found,) = [one for one in self.table.constraints if isinstance(one, sa.UniqueConstraint)]
        return tuple(column.name for column in found.columns if column.name != "tenant_id")

    def finds(self, key: tuple[str, ...]) -> bool:
        """Whether an index leads from this key to its row."""
        indexed = [
            index.columns for index in self.table.indexes if index.dialect_options["postgresql"]["where"] is None
        ]
        leading = [[column.name for column in columns if column.name != "tenant_id"] for columns in indexed]
        return tuple(key) == self.natural_key or any(found[:1] == list(key[:1]) for found in leading)


def kind_of(column: sa.Column[Any]) -> str:
    return next(name for kind, name in _KINDS if isinstance(column.type, kind))


def _target(model: type[CatalogueRow]) -> TargetTable:
    table: sa.Table = model.__table__  # type: ignore[attr-defined]
    book = {"tenant_id", "id", "version", "created_at", "updated_at", "created_by"} | set(_bookkeeping())
    columns = {column.name: column for column in table.columns if column.name not in book}
    return TargetTable(table.name.removeprefix(PREFIX), table, columns)


def _bookkeeping() -> list[str]:
    return [
        "source_pipeline",
        "content_hash",
        "source_changed_at",
        "loaded_at",
        "created_run_id",
        "edited_at",
        "edited_by",
        "deleted_at",
        "is_placeholder",
    ]


TARGETS: Mapping[str, TargetTable] = {found.name: found for found in map(_target, CATALOGUE)}
