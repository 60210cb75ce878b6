"""What names are checked against, for many of them at once."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from services.propagation.domain.rules import Place
from services.propagation.models import Field, Rule, String
from shared.tenancy import tenant_of


class PlatformField(NamedTuple):
    platform_id: int
    place: Place


class PlatformRule(NamedTuple):
    id: int
    name: str
    platform_id: int
    is_default: bool


class Bearer(NamedTuple):
    """A stored string as a possible parent: its field and rule, and the projection of its values."""

    field_id: int
    rule_id: int
    parts: str


def all_fields(session: Session) -> list[PlatformField]:
    rows = select(Field.platform_id, Field.id, Field.name, Field.field_level, Field.next_field_id)
    found = session.execute(rows.where(Field.tenant_id == tenant_of(session)).order_by(Field.id))
    return [PlatformField(row[0], Place(*row[1:])) for row in found]


def all_rules(session: Session) -> list[PlatformRule]:
    rows = select(Rule.id, Rule.name, Rule.platform_id, Rule.is_default)
    found = session.execute(rows.where(Rule.tenant_id == tenant_of(session)).order_by(Rule.id))
    return [PlatformRule(*row) for row in found]


def bearers(session: Session, names: Collection[str]) -> dict[str, list[Bearer]]:
    """Stored strings by name, one of each field and rule."""
    if not names:
        return {}
    rows = (
        select(String.value, String.field_id, String.rule_id, String.parts)
        .ext(distinct_on(String.value, String.field_id, String.rule_id))
        .where(String.tenant_id == tenant_of(session), String.value.in_(names))
        .order_by(String.value, String.field_id, String.rule_id, String.id)
    )
    found: dict[str, list[Bearer]] = {}
    for row in session.execute(rows):
        found.setdefault(row[0], []).append(Bearer(*row[1:]))
    return found
