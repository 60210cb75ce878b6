"""Tables that a pipeline may load: their columns by type, and which columns find a row by index."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.sync.domain.declarations import BOOKKEEPING, read_declaration
from services.sync.models import (
    CATALOGUE,
    Brand,
    CatalogueRow,
    MenuCategory,
    MenuProduct,
    Modifier,
    ModifierOption,
    ProductModifier,
    Store,
    StoreTable,
    TableArea,
    TableGroup,
)
from services.sync.models.declared import model_for

PREFIX = "catalogue_"
PROMOTIONS = "promotions."
# Reference rows have ids that clients may give; beside them they are numbered, as the rows of other tables are.
NUMBER = "row_number"
_NOT_LOADED = BOOKKEEPING | {NUMBER, "switched_off_at"}
REFERENCES: Mapping[str, type[Any]] = {
    "brand": Brand,
    "store": Store,
    "category": MenuCategory,
    "product": MenuProduct,
    "modifier": Modifier,
    "modifier_option": ModifierOption,
    "product_modifier": ProductModifier,
    "table_area": TableArea,
    "table": StoreTable,
    "table_group": TableGroup,
}
_KINDS: tuple[tuple[type[Any], str], ...] = (
    (sa.Boolean, "boolean"),
    (sa.DateTime, "datetime"),
    (sa.Date, "date"),
    (sa.Uuid, "uuid"),
    (sa.ARRAY, "ids"),  # the only lists that there are
    (JSONB, "json"),
    (sa.Integer, "integer"),
    (sa.Numeric, "decimal"),
    (sa.Text, "text"),
)


@dataclass(frozen=True)
class TargetTable:
    """`name` is what pipelines call it; `columns` are those that may be mapped. `versions`: it keeps every version of a
    row, of which `is_current` marks the present one. `row_id` is the column that numbers its rows."""

    name: str
    table: sa.Table
    columns: Mapping[str, sa.Column[Any]]
    model: type[CatalogueRow] | None = None
    versions: bool = False
    row_id: str = "id"

    @property
    def keeps_tombstones(self) -> bool:
        """Whether a new row may have the key of a deleted one."""
        return self.row_id == NUMBER

    @property
    def table_name(self) -> str:
        return self.table.fullname

    @cached_property
    def types(self) -> Mapping[str, str]:
        """Column to the name of its type, in the words of field mappings."""
        return {name: kind_of(column) for name, column in self.columns.items()}

    @cached_property
    def required(self) -> frozenset[str]:
        """The columns without which there is no row."""
        return frozenset(
            name for name, column in self.columns.items() if not column.nullable and column.server_default is None
        )

    @cached_property
    def natural_key(self) -> tuple[str, ...]:
        """The columns that are unique together."""
        found: Any = next((one for one in self.table.constraints if isinstance(one, sa.UniqueConstraint)), None)
        found = found or next(one for one in self.table.indexes if one.unique)
        return tuple(column.name for column in found.columns if column.name != "tenant_id")

    def finds(self, key: tuple[str, ...]) -> bool:
        """Whether an index leads from this key to its row."""
        indexed = [index.columns for index in self.table.indexes if _holds_all_keys(index)]
        leading = [[column.name for column in columns if column.name != "tenant_id"] for columns in indexed]
        return tuple(key) == self.natural_key or any(found[:1] == list(key[:1]) for found in leading)


def _holds_all_keys(index: sa.Index) -> bool:
    """An index of the rows that have a value misses none: a row without a key is never looked for."""
    condition = index.dialect_options["postgresql"]["where"]
    return condition is None or str(condition) in {f"{column.name} is not null" for column in index.columns}


def kind_of(column: sa.Column[Any]) -> str:
    return next(name for kind, name in _KINDS if isinstance(column.type, kind))


def stand_in(name: str, fields: Sequence[str]) -> TargetTable:
    """In the place of a table, for rows that go elsewhere: its columns are the mapped fields."""
    table = sa.Table(name, sa.MetaData(), *(sa.Column(field, sa.Text) for field in fields))
    return TargetTable(name, table, dict(table.columns))


def _target(model: type[CatalogueRow], *, versions: bool = False) -> TargetTable:
    table: sa.Table = model.__table__  # type: ignore[attr-defined]
    columns = {column.name: column for column in table.columns if column.name not in BOOKKEEPING}
    return TargetTable(table.name.removeprefix(PREFIX), table, columns, model, versions)


def _reference(name: str, model: type[Any]) -> TargetTable:
    columns = {column.name: column for column in model.__table__.columns if column.name not in _NOT_LOADED}
    return TargetTable(f"{PROMOTIONS}{name}", model.__table__, columns, row_id=NUMBER)


class Targets(Mapping[str, TargetTable]):
    """The tables of the catalogue, what promotions refer to, and the tables that users have declared as far as this
    process knows them."""

    def __init__(self) -> None:
        self._shipped = {found.name: found for found in map(_target, CATALOGUE)}
        self._references = {found.name: found for found in (_reference(*one) for one in REFERENCES.items())}
        self._declared: dict[str, TargetTable] = {}
        self._said: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> TargetTable:
        return self._shipped.get(name) or self._references.get(name) or self._declared[name]

    def __iter__(self) -> Iterator[str]:
        return iter([*self._shipped, *self._references, *self._declared])

    def __len__(self) -> int:
        return len(self._shipped) + len(self._references) + len(self._declared)

    @property
    def references(self) -> Mapping[str, TargetTable]:
        return self._references

    @property
    def shipped(self) -> Mapping[str, TargetTable]:
        return self._shipped

    def refresh(self, session: Session) -> None:
        """Learns what is declared now; one short statement. To be called before names are looked up."""
        said = tuple(session.scalars(DECLARED))
        if said == self._said:
            return
        found = [read_declaration(orjson.loads(one))[0] for one in said]
        self._declared = {one.name: _target(model_for(one), versions=one.versions) for one in found if one is not None}
        self._said = said


# What a table says of itself is its comment.
DECLARED = sa.text(
    "select obj_description(c.oid, 'pg_class') from pg_class c where c.relnamespace = to_regnamespace('declared')"
    " and c.relkind = 'r' and obj_description(c.oid, 'pg_class') is not null order by c.relname"
)
TARGETS = Targets()
