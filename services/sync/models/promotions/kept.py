"""What the rows have in common that people keep and stores are sent."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Identity, Index, Numeric, func, text
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT, TEXT, UUID
from sqlalchemy.orm import Mapped, mapped_column

from shared.auditing.classification import INTERNAL, PERSONAL
from shared.db import Name
from shared.rows import Tombstoned
from shared.tenancy import TenantOwned
from shared.versioning import Versioned

MONEY = Numeric(10, 2)
PERCENT = Numeric(5, 2)
NOT_DELETED = text("deleted_at is null")


class Kept(TenantOwned, Tombstoned, Versioned):
    """An id that the server or the client gave, times, and a mark instead of nothing once it is deleted."""

    id: Mapped[uuid.UUID] = mapped_column(
        UUID, primary_key=True, server_default=text("gen_random_uuid()"), sort_order=-9
    )
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=90)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now(), sort_order=91)
    created_by: Mapped[str | None] = mapped_column(sort_order=92, info=PERSONAL)


class Loadable(Kept):
    """A row that pipelines may load as well. `row_number` is its number there; the rest is as in the catalogue."""

    row_number: Mapped[int] = mapped_column(BIGINT, Identity(always=True), sort_order=94, info=INTERNAL)
    source_pipeline: Mapped[str | None] = mapped_column(Name, sort_order=95, info=INTERNAL)
    content_hash: Mapped[uuid.UUID | None] = mapped_column(UUID, sort_order=95, info=INTERNAL)
    source_changed_at: Mapped[datetime | None] = mapped_column(sort_order=95, info=INTERNAL)
    loaded_at: Mapped[datetime | None] = mapped_column(sort_order=95, info=INTERNAL)
    created_run_id: Mapped[uuid.UUID | None] = mapped_column(UUID, sort_order=95, info=INTERNAL)
    edited_at: Mapped[datetime | None] = mapped_column(sort_order=95, info=INTERNAL)
    edited_by: Mapped[str | None] = mapped_column(sort_order=95, info=PERSONAL)
    is_placeholder: Mapped[bool] = mapped_column(server_default=text("false"), sort_order=95, info=INTERNAL)


class Switched(Loadable):
    """A row that serves nobody while it is not active. A trigger notes since when, of older rows nobody knows it."""

    switched_off_at: Mapped[datetime | None] = mapped_column(sort_order=93, info=INTERNAL)


def numbered(table: str) -> Index:
    """By which loads find the row again."""
    return Index(f"uq_{table}_row_number", "tenant_id", "row_number", unique=True)


def unique_living(name: str, *columns: str) -> Index:
    """Unique within the tenant among rows that are not deleted."""
    return Index(name, "tenant_id", *columns, unique=True, postgresql_where=NOT_DELETED)


def between(column: str, low: int, high: int) -> CheckConstraint:
    return CheckConstraint(f"{column} between {low} and {high}", name=column)


def not_negative(column: str) -> CheckConstraint:
    return CheckConstraint(f"{column} >= 0", name=column)


def flag(default: bool) -> Any:
    return mapped_column(server_default=text(str(default).lower()))


def whole(default: int) -> Any:
    return mapped_column(server_default=text(str(default)))


def words() -> Any:
    """A list of words, empty unless given."""
    return mapped_column(ARRAY(TEXT), server_default=text("'{}'::text[]"))


def wording() -> Any:
    """A text, empty unless given."""
    return mapped_column(server_default=text("''"))


def money(default: str | None = None) -> Any:
    return mapped_column(MONEY, server_default=None if default is None else text(default))


Amount = Mapped[Decimal]
MaybeAmount = Mapped[Decimal | None]
