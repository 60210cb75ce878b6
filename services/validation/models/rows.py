"""What the tables of this service have in common."""

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.elements import conv

from services.validation.models import registry
from shared.db import TYPES, new_metadata
from shared.rows import Row
from shared.versioning import Versioned


class Base(DeclarativeBase):
    """One metadata for this service's own database."""

    metadata = new_metadata()
    type_annotation_map = TYPES


class Kept(Row, Versioned):
    """A row that people change: its version counts stored changes, from 1."""


def named(name: str, condition: str) -> CheckConstraint:
    """A constraint whose whole name is promised to whoever writes SQL."""
    return CheckConstraint(condition, name=conv(name))


def ruled(table: str) -> list[CheckConstraint]:
    """The checks that the rules of the registry become."""
    checks = [one for one in registry.enforced() if one.table == table and one.kind == "check"]
    return [named(one.name, one.definition.removeprefix("CHECK ")) for one in checks]


def referring(table: str, column: str) -> Index:
    """Finds the rows that refer to one that is to go; most refer to none."""
    return Index(f"ix_{table}_{column}", "tenant_id", column, postgresql_where=text(f"{column} is not null"))


def not_blank(table: str, column: str) -> CheckConstraint:
    return named(f"{table}_{column}_not_blank", f"btrim({column}, E' \\t\\n\\r') <> ''")


def slug(column: str) -> CheckConstraint:
    """Words of small letters and digits, held together by `-` or `_`."""
    return CheckConstraint(f"{column} ~ '^[a-z0-9]+([-_][a-z0-9]+)*$'", name=f"{column}_slug")
