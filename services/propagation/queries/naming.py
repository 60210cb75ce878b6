"""The naming structure of one platform by name, for work that meets thousands of strings as texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.propagation.domain.generation import NO_RULE, RuleLevel
from services.propagation.models import Dimension, DimensionValue, Field, Platform, Rule
from services.propagation.queries.walk import rule_levels
from shared.tenancy import tenant_of


class Level(NamedTuple):
    """A field; `below` is the field of its children."""

    id: int
    below: int | None


@dataclass(frozen=True, slots=True)
class NamingStructure:
    """`values` are the ids of list values by (dimension, text)."""

    fields: Mapping[str, Level]
    rules: Mapping[str, int]
    dimensions: Mapping[str, int]
    texts: frozenset[int]
    values: Mapping[tuple[int, str], int]
    levels: Mapping[tuple[int, int], RuleLevel]

    def rule_level(self, rule_id: int, field_id: int) -> RuleLevel:
        return self.levels.get((rule_id, field_id), NO_RULE)


def naming_structure(session: Session, platform: str) -> NamingStructure:
    """What strings of the platform with this slug are made of: a constant number of statements."""
    tenant = tenant_of(session)
    here = select(Platform.id).where(Platform.tenant_id == tenant, Platform.slug == platform).scalar_subquery()
    fields = session.execute(
        select(Field.name, Field.id, Field.next_field_id).where(Field.tenant_id == tenant, Field.platform_id == here)
    )
    rules = session.execute(select(Rule.name, Rule.id).where(Rule.tenant_id == tenant, Rule.platform_id == here))
    dimensions = session.execute(
        select(Dimension.name, Dimension.id, Dimension.type).where(Dimension.tenant_id == tenant)
    ).all()
    values = session.execute(
        select(DimensionValue.dimension_id, DimensionValue.value, DimensionValue.id).where(
            DimensionValue.tenant_id == tenant, DimensionValue.status == "active"
        )
    )
    return NamingStructure(
        fields={name: Level(row_id, below) for name, row_id, below in fields},
        rules={name: row_id for name, row_id in rules},
        dimensions={name: row_id for name, row_id, _kind in dimensions},
        texts=frozenset(row_id for _name, row_id, kind in dimensions if kind == "text"),
        values={(dimension_id, text): row_id for dimension_id, text, row_id in values},
        levels=rule_levels(session),
    )
