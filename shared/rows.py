"""What the domain tables of all services have in common, and their usual constraints in one line each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Identity, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from shared.auditing.classification import INTERNAL, PERSONAL
from shared.tenancy import TenantOwned


def noun(model: type[Any]) -> str:
    """`LineItem` reads as "line item"."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in model.__name__).strip()


class Row(TenantOwned):
    """A domain row: integer id within the tenant, times, and who made it (null = the system)."""

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, sort_order=-9)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=90)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now(), sort_order=91)
    created_by: Mapped[str | None] = mapped_column(sort_order=92, info=PERSONAL)


class Tombstoned:
    """Deleting such a row leaves a mark that others may learn from; from then on it looks missing."""

    deleted_at: Mapped[datetime | None] = mapped_column(sort_order=93, info=INTERNAL)


def is_deleted(row: object) -> bool:
    return isinstance(row, Tombstoned) and row.deleted_at is not None


def belongs_to(table: str, *columns: str, remote: Sequence[str] = ("id",), **options: Any) -> ForeignKeyConstraint:
    """A foreign key that contains the tenant, so that a row of another tenant cannot be referred to."""
    return ForeignKeyConstraint(
        ["tenant_id", *columns], [f"{table}.tenant_id", *(f"{table}.{name}" for name in remote)], **options
    )


def unique(*columns: str, **options: Any) -> UniqueConstraint:
    """Unique within the tenant."""
    return UniqueConstraint("tenant_id", *columns, **options)


def at_most(column: str, length: int) -> CheckConstraint:
    """A text column's length limit; the name carries the column, so that the failure can name the field."""
    return CheckConstraint(f"char_length({column}) <= {length}", name=f"{column}_length")


def one_of(column: str, *words: str) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} in ({listed})", name=column)
