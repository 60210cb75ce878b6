"""What the rows of a file are read by: the rule, its platform's fields, and the dimensions that its header names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.propagation.domain.dependencies import Dependencies
from services.propagation.domain.generation import NO_RULE, RuleLevel
from services.propagation.domain.sheets import DIMENSION, BadSheet, Header
from services.propagation.models import Dimension, Field, Rule
from services.propagation.queries import walk
from shared.tenancy import tenant_of

MAX_KEY = 30


@dataclass(frozen=True, slots=True)
class Level:
    """A field of the platform."""

    id: int
    name: str
    level: int
    below: int | None


@dataclass(frozen=True, slots=True)
class Convention:
    """`texts` are the ids of dimensions that take a free text; `dimensions` are by their column."""

    rule_id: int
    is_active: bool
    fields: Mapping[int, Level]
    dimensions: Mapping[str, int]
    texts: frozenset[int]
    custom: tuple[str, ...]
    levels: Mapping[tuple[int, int], RuleLevel]
    dependencies: Dependencies

    def named(self, name: str) -> Iterator[Level]:
        """Fields with this name, the upper ones first: two levels may share one."""
        return (field for field in self.fields.values() if field.name == name)

    def rule_level(self, rule_id: int, field_id: int) -> RuleLevel:
        return self.levels.get((rule_id, field_id), NO_RULE)


def convention(session: Session, rule: Rule, header: Header) -> Convention:
    """A constant number of statements. Raises BadSheet for columns that name nothing."""
    tenant = tenant_of(session)
    fields = session.execute(
        select(Field.id, Field.name, Field.field_level, Field.next_field_id)
        .where(Field.tenant_id == tenant, Field.platform_id == rule.platform_id)
        .order_by(Field.field_level, Field.id)
    )
    found = session.execute(
        select(Dimension.name, Dimension.id, Dimension.type).where(
            Dimension.tenant_id == tenant, Dimension.name.in_(header.dimensions)
        )
    ).all()
    known = {name: row_id for name, row_id, _kind in found}
    for name in header.dimensions:
        if name not in known:
            raise BadSheet("unknown_column", f"There is no dimension {name!r}.")
    for key in header.custom:
        if len(key) > MAX_KEY:
            raise BadSheet("unknown_column", f"The name of a custom field has at most {MAX_KEY} characters: {key!r}.")
    return Convention(
        rule_id=rule.id,
        is_active=rule.status == "active",
        fields={row.id: Level(row.id, row.name, row.field_level, row.next_field_id) for row in fields},
        dimensions={f"{DIMENSION}{name}": known[name] for name in header.dimensions},
        texts=frozenset(row_id for _name, row_id, kind in found if kind == "text"),
        custom=tuple(header.custom),
        levels=walk.rule_levels(session),
        dependencies=walk.dependencies(session, known.values()),
    )
