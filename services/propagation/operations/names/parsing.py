"""One name read back by its rule."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from services.propagation.domain.generation import NO_RULE
from services.propagation.domain.reading import read
from services.propagation.domain.vocabulary import Above
from services.propagation.models import Field, Rule, String
from services.propagation.operations.names.checking import told
from services.propagation.operations.references import demand_reference
from services.propagation.queries.rules import levels_of_rule
from services.propagation.queries.strings import lineage
from services.propagation.queries.vocabulary import vocabulary_of
from shared.errors import Invalid


def parse(session: Session, rule_id: int, field_id: int, value: str, *, parent_id: int | None = None) -> dict[str, Any]:
    """What the name says. Readings that repeat what stands above come first.

    Raises Invalid for a rule, field or parent that is not there or does not fit.
    """
    rule: Rule = demand_reference(session, Rule, rule_id, "/rule")
    place: Field = demand_reference(session, Field, field_id, "/field")
    if place.platform_id != rule.platform_id:
        raise Invalid.field("/field", "wrong_platform", "The field belongs to another platform than the rule.")
    above = _above(session, place, parent_id)
    level = levels_of_rule(session, rule.id).get(place.id, NO_RULE)
    today = datetime.now(UTC).date()
    vocabulary = vocabulary_of(session, [part.dimension_id for part in level.parts], today=today, name=value)
    return told(read(value, level, vocabulary, above=above))


def _above(session: Session, place: Field, parent_id: int | None) -> Above:
    if parent_id is None:
        return {}
    parent: String = demand_reference(session, String, parent_id, "/parent")
    if parent.field.next_field_id != place.id:
        detail = f"Below a string of the field {parent.field.name!r} stands no string of the field {place.name!r}."
        raise Invalid.field("/parent", "invalid_parent", detail)
    found = lineage(session, parent.id).details
    return {dimension_id: held.value.effective for dimension_id, held in found.items() if held.value.effective}
