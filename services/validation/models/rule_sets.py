"""Rule sets that people write: every version of each, the lists they refer to, and what callers' runs have added up to.

The built-in sets are no rows; see `registry`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Computed, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.validation.models.rows import Base, Kept, slug
from shared.db import Name
from shared.rows import Row, at_most, belongs_to, one_of, unique
from shared.tenancy import TenantOwned


class RuleSet(Kept, Base):
    """`latest` is the number of its newest definition. A retired one is out of use; its versions stay readable."""

    __tablename__ = "rule_sets"
    __table_args__ = (unique("name", name="unique_rule_set"), slug("name"), at_most("name", 100))

    name: Mapped[str] = mapped_column(Name)
    title: Mapped[str] = mapped_column(server_default=text("''"))
    target: Mapped[str]
    latest: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    retired_at: Mapped[datetime | None]


class RuleSetVersion(Row, Base):
    """One definition, written once."""

    __tablename__ = "rule_set_versions"
    __table_args__ = (
        belongs_to("rule_sets", "rule_set_id"),
        unique("rule_set_id", "number", name="unique_rule_set_version"),
    )

    rule_set_id: Mapped[int]
    number: Mapped[int] = mapped_column(Integer)
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)


class RuleList(Kept, Base):
    """A reference list of a set."""

    __tablename__ = "rule_lists"
    __table_args__ = (
        belongs_to("rule_sets", "rule_set_id"),
        unique("rule_set_id", "name", name="unique_rule_list"),
        slug("name"),
        at_most("name", 100),
    )

    rule_set_id: Mapped[int]
    name: Mapped[str] = mapped_column(Name)
    size: Mapped[int] = mapped_column(Integer, server_default=text("0"))


class RuleListValue(TenantOwned, Base):
    """A value of a list as text; `folded` is what is compared where case does not count."""

    __tablename__ = "rule_list_values"
    __table_args__ = (
        belongs_to("rule_lists", "list_id", ondelete="CASCADE"),
        at_most("value", 500),
        Index("ix_rule_list_values_folded", "tenant_id", "list_id", "folded"),
    )

    list_id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(Name, primary_key=True)
    folded: Mapped[str] = mapped_column(Text(collation="C"), Computed('lower(value COLLATE "C")', persisted=True))


class RuleEvaluation(Row, Base):
    """What one page of a caller's run came to; a repeated page replaces its own."""

    __tablename__ = "rule_evaluations"
    __table_args__ = (
        belongs_to("rule_sets", "rule_set_id"),
        unique("rule_set_id", "label", "page", name="unique_evaluated_page"),
        at_most("label", 200),
        one_of("verdict", "pass", "warn", "fail"),
    )

    rule_set_id: Mapped[int]
    label: Mapped[str] = mapped_column(Name)
    page: Mapped[int] = mapped_column(server_default=text("0"))
    number: Mapped[int] = mapped_column(Integer)
    records: Mapped[int] = mapped_column(Integer)
    failed: Mapped[int] = mapped_column(Integer)
    warned: Mapped[int] = mapped_column(Integer)
    verdict: Mapped[str]
