"""The naming structure: what is named, by which dimensions, by which rules, and who takes part."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Computed, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.propagation.domain.constraints import KINDS
from services.propagation.models.rows import Base
from shared.db import Name
from shared.rows import Row, at_most, belongs_to, one_of, unique
from shared.tenancy import TenantMixin
from shared.versioning import Versioned

ACTIVE = text("'active'")
FREE_KINDS = ", ".join(f"'{name}'" for name, kind in KINDS.items() if not kind.needs_value)


class Workspace(TenantMixin, Versioned, Base):
    """The tenant as this service sees it; made at its first call."""

    __tablename__ = "tenants"
    __table_args__ = (one_of("status", "active", "inactive"), at_most("name", 50), at_most("slug", 50))

    logo_url: Mapped[str | None]


class Member(Row, Versioned, Base):
    """A person's part in the workspace; can lower what the token grants, never raise it."""

    __tablename__ = "members"
    __table_args__ = (
        unique("user_id"),
        CheckConstraint("role in ('viewer', 'operator', 'manager', 'admin')", name="role"),
    )

    user_id: Mapped[str] = mapped_column(Name)
    name: Mapped[str]
    role: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))


class Platform(Row, Versioned, Base):
    __tablename__ = "platforms"
    __table_args__ = (unique("slug"), at_most("name", 50), at_most("slug", 50), at_most("platform_type", 50))

    platform_type: Mapped[str]
    name: Mapped[str] = mapped_column(Name)
    slug: Mapped[str] = mapped_column(Name)
    icon_name: Mapped[str | None]


class Field(Row, Versioned, Base):
    """One kind of entity of a platform, at one level (1 = top)."""

    __tablename__ = "fields"
    __table_args__ = (
        belongs_to("platforms", "platform_id"),
        # The generated level makes "exactly one level lower, on the same platform" a foreign key.
        belongs_to(
            "fields",
            "platform_id",
            "next_field_id",
            "next_level",
            remote=("platform_id", "id", "field_level"),
            name="fk_fields_next_field",
            deferrable=True,
            initially="DEFERRED",
        ),
        unique("platform_id", "name", "field_level"),
        unique("platform_id", "id"),
        unique("platform_id", "id", "field_level"),
        CheckConstraint("field_level >= 1", name="field_level"),
        at_most("name", 30),
    )

    platform_id: Mapped[int]
    name: Mapped[str] = mapped_column(Name)
    field_level: Mapped[int]
    next_field_id: Mapped[int | None]
    next_level: Mapped[int | None] = mapped_column(
        Computed("case when next_field_id is not null then field_level + 1 end", persisted=True)
    )


class Dimension(Row, Versioned, Base):
    __tablename__ = "dimensions"
    __table_args__ = (
        belongs_to("dimensions", "parent_id"),
        unique("name"),
        unique("slug"),
        one_of("type", "list", "text"),
        one_of("status", "active", "inactive"),
        CheckConstraint("parent_id <> id", name="not_own_parent"),
        at_most("name", 30),
        at_most("slug", 50),
        at_most("description", 500),
    )

    parent_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(Name)
    slug: Mapped[str] = mapped_column(Name)
    description: Mapped[str | None]
    type: Mapped[str] = mapped_column(server_default=text("'list'"))
    status: Mapped[str] = mapped_column(server_default=ACTIVE)


class DimensionValue(Row, Versioned, Base):
    """One choice of a list dimension."""

    __tablename__ = "dimension_values"
    __table_args__ = (
        belongs_to("dimensions", "dimension_id"),
        belongs_to("dimension_values", "parent_id"),
        unique("dimension_id", "value"),
        unique("dimension_id", "id"),
        unique("dimension_id", "external_ref"),
        Index("ix_dimension_values_parent", "tenant_id", "parent_id"),
        one_of("status", "active", "inactive"),
        CheckConstraint("valid_until >= valid_from", name="valid_dates"),
        CheckConstraint("btrim(value) <> '' and value !~ '[\\x01-\\x1f\\x7f]'", name="printable"),
        at_most("value", 30),
        at_most("label", 50),
        at_most("utm", 30),
        at_most("description", 500),
    )

    dimension_id: Mapped[int]
    parent_id: Mapped[int | None]
    value: Mapped[str] = mapped_column(Name)
    label: Mapped[str]
    utm: Mapped[str | None]
    description: Mapped[str | None]
    external_ref: Mapped[str | None] = mapped_column(Name)
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    status: Mapped[str] = mapped_column(server_default=ACTIVE)


class Constraint(Row, Versioned, Base):
    """What the values of a dimension must look like."""

    __tablename__ = "dimension_constraints"
    __table_args__ = (
        belongs_to("dimensions", "dimension_id"),
        unique("dimension_id", "order", deferrable=True, initially="DEFERRED"),
        CheckConstraint('"order" >= 1', name="order"),
        one_of("constraint_type", *KINDS),
        CheckConstraint(f"coalesce(value, '') <> '' or constraint_type in ({FREE_KINDS})", name="needed_value"),
        at_most("value", 200),
        at_most("error_message", 500),
    )

    dimension_id: Mapped[int]
    constraint_type: Mapped[str]
    value: Mapped[str | None]
    error_message: Mapped[str | None]
    order: Mapped[int]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))


class Rule(Row, Versioned, Base):
    """How names of a platform are built."""

    __tablename__ = "rules"
    __table_args__ = (
        belongs_to("platforms", "platform_id"),
        unique("platform_id", "name"),
        unique("platform_id", "id"),
        Index("uq_rules_default", "tenant_id", "platform_id", unique=True, postgresql_where=text("is_default")),
        one_of("status", "active", "inactive"),
        at_most("name", 50),
        at_most("slug", 50),
        at_most("description", 500),
    )

    platform_id: Mapped[int]
    name: Mapped[str] = mapped_column(Name)
    slug: Mapped[str] = mapped_column(Name)
    description: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default=ACTIVE)
    is_default: Mapped[bool] = mapped_column(server_default=text("false"))


class RuleDetail(Row, Versioned, Base):
    """One part of the names that a rule builds at one field."""

    __tablename__ = "rule_details"
    __table_args__ = (
        belongs_to("rules", "platform_id", "rule_id", remote=("platform_id", "id")),
        belongs_to("fields", "platform_id", "field_id", remote=("platform_id", "id")),
        belongs_to("dimensions", "dimension_id"),
        unique("rule_id", "field_id", "dimension_id"),
        unique("rule_id", "field_id", "dimension_order", deferrable=True, initially="DEFERRED"),
        CheckConstraint("dimension_order >= 1", name="dimension_order"),
        at_most("prefix", 20),
        at_most("suffix", 20),
        at_most("delimiter", 1),
    )

    platform_id: Mapped[int]
    rule_id: Mapped[int]
    field_id: Mapped[int]
    dimension_id: Mapped[int]
    prefix: Mapped[str | None]
    suffix: Mapped[str | None]
    delimiter: Mapped[str | None]
    dimension_order: Mapped[int]
    is_required: Mapped[bool] = mapped_column(server_default=text("true"))


class Submission(Row, Versioned, Base):
    """An optional folder for strings; gives them its rule."""

    __tablename__ = "submissions"
    __table_args__: tuple[Any, ...] = (
        belongs_to("rules", "rule_id"),
        belongs_to("fields", "starting_field_id"),
        belongs_to("strings", "selected_parent_string_id", use_alter=True),
        unique("name"),
        one_of("status", "draft", "submitted", "approved", "rejected"),
        at_most("name", 50),
        at_most("slug", 50),
        at_most("description", 500),
    )

    rule_id: Mapped[int]
    starting_field_id: Mapped[int]
    selected_parent_string_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(Name)
    slug: Mapped[str] = mapped_column(Name)
    description: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default=text("'draft'"))
