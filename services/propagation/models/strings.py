"""Strings, the choices they are built from, and what they were before."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Identity, Index, func, text
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.propagation.models.rows import Base
from services.propagation.models.structure import Dimension, DimensionValue, Field
from shared.db import Name
from shared.rows import Row, at_most, belongs_to, one_of, unique
from shared.tenancy import TenantOwned
from shared.versioning import Versioned

EMPTY_OBJECT = text("'{}'::jsonb")


class String(Row, Versioned, Base):
    """One name in the tree.

    `parts` is a projection of the details, so that a run does not have to load all of them: the effective values in
    the order of the rule at this field, null where missing. The detail rows are the truth.
    """

    __tablename__ = "strings"
    __table_args__ = (
        belongs_to("strings", "parent_id", name="fk_strings_parent"),
        belongs_to("fields", "field_id"),
        belongs_to("rules", "rule_id"),
        belongs_to("submissions", "submission_id"),
        unique("string_uuid"),
        # The parent comes first, so that the same index finds the children of a string.
        unique(
            "parent_id",
            "rule_id",
            "field_id",
            "value",
            name="uq_strings_name",
            deferrable=True,
            initially="DEFERRED",
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_strings_rule", "tenant_id", "rule_id", "field_id"),
        Index("ix_strings_stale", "tenant_id", "id", postgresql_where=text("stale_reason is not null")),
        CheckConstraint("btrim(value) <> '' and value !~ '[\\x01-\\x1f\\x7f]'", name="value"),
        CheckConstraint("parent_id <> id", name="not_own_parent"),
        CheckConstraint(
            "stale_reason in ('pending_propagation', 'regeneration_disabled', 'failed', 'incomplete')",
            name="stale_reason",
        ),
        at_most("value", 400),
    )

    parent_id: Mapped[int | None]
    field_id: Mapped[int]
    rule_id: Mapped[int]
    submission_id: Mapped[int | None]
    value: Mapped[str] = mapped_column(Name)
    parts: Mapped[str] = mapped_column(Name, server_default=text("''"))
    string_uuid: Mapped[uuid.UUID] = mapped_column(UUID, server_default=func.gen_random_uuid())
    custom_fields: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    custom_field_sources: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    is_auto_generated: Mapped[bool] = mapped_column(server_default=text("true"))
    regenerated_at: Mapped[datetime | None] = mapped_column(server_default=func.now())
    regenerated_from: Mapped[str | None] = mapped_column(Name)
    # Kept by triggers; with the version it tells a run whether a family is still what it was when it was planned.
    children: Mapped[int] = mapped_column(server_default=text("0"))
    stale_reason: Mapped[str | None]
    stale_since: Mapped[datetime | None]

    field: Mapped[Field] = relationship(
        viewonly=True, primaryjoin="and_(String.tenant_id == Field.tenant_id, foreign(String.field_id) == Field.id)"
    )
    details: Mapped[list["Detail"]] = relationship(
        viewonly=True,
        primaryjoin="and_(String.tenant_id == Detail.tenant_id, String.id == foreign(Detail.string_id))",
        order_by="Detail.dimension_id",
    )

    @property
    def generation_metadata(self) -> dict[str, Any]:
        """When and from which value the name was last made, and the values it is made of."""
        used = {detail.dimension.name: detail.effective_value for detail in self.details if detail.effective_value}
        return {
            "last_regenerated": self.regenerated_at,
            "regenerated_from": self.regenerated_from,
            "dimension_values_used": used,
        }


class Detail(TenantOwned, Versioned, Base):
    """One choice of a string for one dimension; empty when it has neither value."""

    __tablename__ = "string_details"
    __table_args__ = (
        belongs_to("strings", "string_id", ondelete="CASCADE"),
        belongs_to("dimensions", "dimension_id"),
        belongs_to(
            "dimension_values",
            "dimension_id",
            "dimension_value_id",
            remote=("dimension_id", "id"),
            name="fk_string_details_value",
        ),
        unique("string_id", "dimension_id"),
        Index("ix_string_details_value", "tenant_id", "dimension_id", "dimension_value_id"),
        CheckConstraint("dimension_value_id is null or dimension_value_freetext is null", name="one_value"),
        at_most("dimension_value_freetext", 100),
        CheckConstraint("dimension_value_freetext !~ '[\\x01-\\x1f\\x7f]'", name="printable"),
        # Room for the next version of a row on the same page.
        {"postgresql_with": {"fillfactor": 85}},
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, sort_order=-9)
    string_id: Mapped[int]
    dimension_id: Mapped[int]
    dimension_value_id: Mapped[int | None]
    dimension_value_freetext: Mapped[str | None] = mapped_column(Name)
    is_inherited: Mapped[bool] = mapped_column(server_default=text("false"))
    source_string_id: Mapped[int | None]
    pending_since: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=90)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=91)

    dimension: Mapped[Dimension] = relationship(
        viewonly=True,
        primaryjoin="and_(Detail.tenant_id == Dimension.tenant_id, foreign(Detail.dimension_id) == Dimension.id)",
    )
    chosen: Mapped[DimensionValue | None] = relationship(
        viewonly=True,
        primaryjoin="and_(Detail.tenant_id == DimensionValue.tenant_id,"
        " foreign(Detail.dimension_value_id) == DimensionValue.id)",
    )

    @property
    def effective_value(self) -> str | None:
        """The list value's `value`, else the free text."""
        return self.chosen.value if self.chosen else self.dimension_value_freetext


class StringVersion(TenantOwned, Base):
    """What one run did to one string: history, diff of the run and undo record in one row.

    Outlives the job, the author and the string, so it has no foreign keys. `details_before` and `details` hold the
    changed keys only.
    """

    __tablename__ = "string_versions"
    __table_args__ = (
        one_of("change_type", "direct_edit", "inheritance_update", "batch_update", "regeneration", "rollback"),
        Index("ix_string_versions_job", "tenant_id", "job_id", "string_id"),
    )

    string_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value_before: Mapped[str] = mapped_column(Name)
    value: Mapped[str] = mapped_column(Name)
    details_before: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    details: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    change_type: Mapped[str]
    level: Mapped[int] = mapped_column(server_default=text("0"))
    job_id: Mapped[uuid.UUID | None] = mapped_column(UUID)
    caused_by_version: Mapped[int | None]
    modified_by: Mapped[str | None]
    modified_at: Mapped[datetime] = mapped_column(server_default=func.now())
