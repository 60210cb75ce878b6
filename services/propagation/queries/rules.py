"""Rules with the fields of their platform, and the strings that a rule names."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.propagation.domain.generation import RuleLevel
from services.propagation.domain.rules import Place
from services.propagation.models import Field
from services.propagation.queries.walk import rule_levels
from shared.tenancy import tenant_of

ROWS_AT_ONCE = 2000


def places(session: Session, platform_id: int) -> list[Place]:
    """The fields of a platform."""
    rows = select(Field.id, Field.name, Field.field_level, Field.next_field_id).where(
        Field.tenant_id == tenant_of(session), Field.platform_id == platform_id
    )
    return [Place(*row) for row in session.execute(rows)]


def levels_of_rule(session: Session, rule_id: int) -> dict[int, RuleLevel]:
    """By field."""
    return {field_id: level for (owner, field_id), level in rule_levels(session).items() if owner == rule_id}


class NamedString(NamedTuple):
    """`parts` is the projection in the order of the stored rule; `more` the effective values of other dimensions."""

    id: int
    value: str
    parts: str
    is_auto_generated: bool
    more: dict[str, str | None]


_NAMED = text("""
    select s.id, s.value, s.parts, s.is_auto_generated, coalesce(more.held, '{}'::jsonb)
    from strings s
    left join lateral (
        select jsonb_object_agg(d.dimension_id, coalesce(v.value, d.dimension_value_freetext)) as held
        from string_details d
        left join dimension_values v on v.tenant_id = d.tenant_id and v.id = d.dimension_value_id
        where d.tenant_id = s.tenant_id and d.string_id = s.id and d.dimension_id = any(:more)
    ) more on cardinality(cast(:more as bigint[])) > 0
    where s.tenant_id = :tenant and s.rule_id = :rule and s.field_id = :field
    order by s.id
""")


def named_strings(session: Session, rule_id: int, field_id: int, *, more: Collection[int]) -> Iterator[NamedString]:
    """All strings of a rule and field in the order of their ids, streamed; `more` are further dimensions to bring."""
    given = {"tenant": tenant_of(session), "rule": rule_id, "field": field_id, "more": list(more)}
    rows = session.execute(_NAMED, given, execution_options={"yield_per": ROWS_AT_ONCE})
    for row in rows:
        yield NamedString(*row)
