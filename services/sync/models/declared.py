"""Tables that users declare. They stand in a schema of their own; its comments say what was declared."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.sync.domain.declarations import Declaration, DeclaredColumn
from services.sync.models.catalogue import CatalogueRow
from services.sync.models.rows import Base as OwnBase
from shared.auditing.classification import INTERNAL
from shared.db import TYPES, Name, new_metadata

SCHEMA = "declared"


class VersionedRow(CatalogueRow):
    """A version of a row: it holds from `valid_from` to before `valid_to`, which is null for the present one."""

    valid_from: Mapped[datetime] = mapped_column(sort_order=90, server_default=sa.func.now(), info=INTERNAL)
    valid_to: Mapped[datetime | None] = mapped_column(sort_order=91, info=INTERNAL)
    is_current: Mapped[bool] = mapped_column(sort_order=92, server_default=sa.text("true"), info=INTERNAL)


def model_for(declaration: Declaration) -> type[CatalogueRow]:
    """A model of its own registry: migrations know nothing of it."""

    class Base(DeclarativeBase):
        metadata = new_metadata()
        type_annotation_map = TYPES

    Base.metadata.info.update(OwnBase.metadata.info)  # edits are audited with those of the service's own tables
    row = VersionedRow if declaration.versions else CatalogueRow
    columns = {
        name: mapped_column(type_of(column), nullable=column.null, info={"class": column.classified})
        for name, column in declaration.columns.items()
    }
    own: dict[str, Any] = {
        "__tablename__": declaration.name,
        "__table_args__": (*_keys(declaration), {"schema": SCHEMA}),
        **columns,
    }
    made: type[CatalogueRow] = type(f"Declared_{declaration.name}", (row, Base), own)
    return made


def type_of(column: DeclaredColumn) -> Any:
    types: Mapping[str, Any] = {
        "text": Name,
        "integer": sa.BigInteger,
        "decimal": sa.Numeric(column.precision, column.scale),
        "boolean": sa.Boolean,
        "date": sa.Date,
        "datetime": sa.DateTime(timezone=True),
        "uuid": UUID,
        "json": JSONB,
    }
    return types[column.type]


def _keys(declaration: Declaration) -> tuple[Any, ...]:
    if not declaration.versions:
        return (sa.UniqueConstraint("tenant_id", *declaration.key),)
    present = sa.text("is_current")
    current = sa.Index(
        f"uq_{declaration.name}_current", "tenant_id", *declaration.key, unique=True, postgresql_where=present
    )
    return (current, sa.Index(f"ix_{declaration.name}_key", "tenant_id", *declaration.key, "valid_from"))
