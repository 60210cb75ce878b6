"""The naming structure of one platform by name, for work that meets thousands of strings as texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.propagation.domain.constraints import Constraint
from services.propagation.domain.dependencies import Dependencies
from services.propagation.domain.generation import NO_RULE, RuleLevel
from services.propagation.domain.values import Key
from services.propagation.models import Dimension, DimensionValue, Field, Platform, Rule
from services.propagation.queries.constraints import active_constraints
from services.propagation.queries.walk import rule_levels
from shared.tenancy import tenant_of


class Level(NamedTuple):
    """A field; `below` is the field of its children."""

    id: int
    below: int | None


@dataclass(frozen=True, slots=True)
class NamingStructure:
    """`values` are the ids of list values by (dimension, text); `constraints` those of free texts."""

    fields: Mapping[str, Level]
    rules: Mapping[str, int]
    dimensions: Mapping[str, int]
    texts: frozenset[int]
    values: Mapping[tuple[int, str], int]
    levels: Mapping[tuple[int, int], RuleLevel]
    constraints: Mapping[int, Sequence[Constraint]]
    dependencies: Dependencies

    def rule_level(self, rule_id: int, field_id: int) -> RuleLevel:
        return self.levels.get((rule_id, field_id), NO_RULE)


def dimension_names(session: Session) -> dict[Key, str]:
    """Of all dimensions of the workspace, by id."""
    found = select(Dimension.id, Dimension.name).where(Dimension.tenant_id == tenant_of(session))
    return {dimension_id: name for dimension_id, name in session.execute(found)}


def naming_structure(session: Session, platform: str) -> NamingStructure:
    """What strings of the platform with this slug are made of: a constant number of statements."""
    tenant = tenant_of(session)
    here = select(Platform.id).where(Platform.tenant_id == tenant, Platform.slug == platform).scalar_subquery()
    fields = session.execute(
        select(Field.name, Field.id, Field.next_field_id).where(Field.tenant_id == tenant, Field.platform_id == here)
    )
    rules = session.execute(select(Rule.name, Rule.id).where(Rule.tenant_id == tenant, Rule.platform_id == here))
    dimensions = session.execute(
        select(Dimension.name, Dimension.id, Dimension.type, Dimension.parent_id).where(Dimension.tenant_id == tenant)
    ).all()
    texts = frozenset(row_id for _name, row_id, kind, _parent in dimensions if kind == "text")
    values = session.execute(
        select(DimensionValue.dimension_id, DimensionValue.value, DimensionValue.id, DimensionValue.parent_id).where(
            DimensionValue.tenant_id == tenant, DimensionValue.status == "active"
        )
    ).all()
    return NamingStructure(
        fields={name: Level(row_id, below) for name, row_id, below in fields},
        rules={name: row_id for name, row_id in rules},
        dimensions={name: row_id for name, row_id, _kind, _parent in dimensions},
        texts=texts,
        values={(dimension_id, text): row_id for dimension_id, text, row_id, _parent in values},
        levels=rule_levels(session),
        constraints=active_constraints(session, texts),
        dependencies=Dependencies(
            {row_id: parent for _name, row_id, _kind, parent in dimensions if parent is not None},
            {row_id: parent for _dimension_id, _text, row_id, parent in values if parent is not None},
        ),
    )
