"""Rules as a whole: their problems, what is repeated on which level, and edits tried before they are saved."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.propagation.domain import rules as domain
from services.propagation.domain import simulation
from services.propagation.domain.constraints import refusal, violations
from services.propagation.domain.generation import NO_RULE, RuleLevel
from services.propagation.domain.reading import faults_of_values
from services.propagation.domain.simulation import PartEdit, Problem, Simulation
from services.propagation.models import Dimension, Field, Rule, RuleDetail
from services.propagation.operations.references import demand_reference
from services.propagation.queries.constraints import active_constraints
from services.propagation.queries.parts import unpack_parts
from services.propagation.queries.rules import levels_of_rule, named_strings, places
from services.propagation.queries.vocabulary import vocabulary_of
from shared.errors import Invalid
from shared.patterns import matches_whole
from shared.tenancy import tenant_of

FIRST = 20
COLUMNS = {name: "dimension_order" if name == "order" else name for name in simulation.FIELDS}


def problems(session: Session, rule: Rule) -> list[dict[str, Any]]:
    """Fields for which the rule makes no names, and why."""
    found = domain.problems(places(session, rule.platform_id), levels_of_rule(session, rule.id))
    return [problem._asdict() for problem in found]


def inheritance(session: Session, rule: Rule) -> tuple[list[domain.Place], list[domain.Line]]:
    """The fields from the top down, and for each dimension where it stands."""
    found = sorted(places(session, rule.platform_id), key=lambda place: (place.level, place.id))
    return found, domain.inheritance(found, levels_of_rule(session, rule.id))


@dataclass
class Effect:
    """What edits would do to the names that exist: `first` are (string, old, new or None, code of a failure)."""

    total: int = 0
    changed: int = 0
    failed: int = 0
    first: list[tuple[int, str, str | None, str | None]] = field(default_factory=list)

    def note(self, string_id: int, old: str, new: str | None, code: str | None) -> None:
        if len(self.first) < FIRST:
            self.first.append((string_id, old, new, code))


def simulate(session: Session, rule: Rule, body: Mapping[str, Any]) -> tuple[Simulation, Effect | None]:
    """The name that a new string would get, and with `strings` what happens to those that exist.

    Raises Invalid for a field, dimension or part that is not there.
    """
    place: Field = demand_reference(session, Field, body["field"], "/field")
    if place.platform_id != rule.platform_id:
        raise Invalid.field("/field", "wrong_platform", "The field belongs to another platform than the rule.")
    dimensions = _dimensions(session)
    stored = levels_of_rule(session, rule.id).get(place.id, NO_RULE)
    edits = _edits(session, rule, place, body.get("rule_details") or [], dimensions)
    level = simulation.edited(stored, edits) if edits else stored
    values = _values(body["values"], dimensions)
    made = simulation.simulate(level, values)
    made = Simulation(made.value, made.pieces, (*made.problems, *_faults(session, values, dimensions)))
    effect = _effect(session, rule, place, stored, level) if body.get("strings") else None
    return made, effect


def _dimensions(session: Session) -> dict[int, Dimension]:
    rows = session.scalars(select(Dimension).where(Dimension.tenant_id == tenant_of(session)))
    return {row.id: row for row in rows}


def _values(given: Mapping[str, str | None], dimensions: Mapping[int, Dimension]) -> dict[int, str | None]:
    by_name = {row.name: row.id for row in dimensions.values()}
    for name in given:
        if name not in by_name:
            raise Invalid.field(f"/values/{name}", "not_found", f"There is no dimension {name!r}.")
    return {by_name[name]: text for name, text in given.items()}


def _edits(
    session: Session,
    rule: Rule,
    place: Field,
    given: Sequence[Mapping[str, Any]],
    dimensions: Mapping[int, Dimension],
) -> list[PartEdit]:
    rows = session.execute(
        select(RuleDetail.id, RuleDetail.dimension_id).where(
            RuleDetail.tenant_id == rule.tenant_id, RuleDetail.rule_id == rule.id, RuleDetail.field_id == place.id
        )
    )
    dimension_of = {row_id: dimension_id for row_id, dimension_id in rows}
    edits = []
    for index, part in enumerate(given):
        pointer = f"/rule_details/{index}/{'id' if 'id' in part else 'dimension'}"
        dimension = dimensions.get(dimension_of.get(part["id"], 0) if "id" in part else part["dimension"])
        if dimension is None:
            raise Invalid.field(pointer, "not_found", "There is no such part, or no such dimension.")
        values = {name: part[column] for name, column in COLUMNS.items() if column in part}
        edits.append(PartEdit(dimension.id, dimension.name, values, part["remove"]))
    return edits


def _faults(
    session: Session, values: Mapping[int, str | None], dimensions: Mapping[int, Dimension]
) -> Iterator[Problem]:
    """Why the values could not be chosen, although a name can be made of them."""
    held = {dimension_id: text for dimension_id, text in values.items() if text}
    names = {dimension_id: dimensions[dimension_id].name for dimension_id in held}
    vocabulary = vocabulary_of(session, held, texts=set(held.values()), today=datetime.now(UTC).date())
    for dimension_id, code, message in faults_of_values(held, names, vocabulary):
        yield Problem(code, message, dimension_id)
    free = [dimension_id for dimension_id in held if not vocabulary.is_list(dimension_id)]
    rules = active_constraints(session, free)
    for dimension_id in free:
        broken = violations(rules.get(dimension_id, ()), held[dimension_id], matches_whole)
        failure = refusal(names[dimension_id], broken)
        if failure is not None:
            yield Problem(failure.code, failure.message, dimension_id)


def _effect(session: Session, rule: Rule, place: Field, stored: RuleLevel, level: RuleLevel) -> Effect:
    """One look at every name of the rule and field, as they come."""
    effect = Effect()
    new = [part.dimension_id for part in level.parts if part.dimension_id not in stored.positions]
    for string in named_strings(session, rule.id, place.id, more=new):
        effect.total += 1
        known = stored.padded(unpack_parts(string.parts, count=len(stored.parts)))
        held = [
            known[stored.positions[part.dimension_id]]
            if part.dimension_id in stored.positions
            else string.more.get(str(part.dimension_id))
            for part in level.parts
        ]
        made = level.render(held)
        if isinstance(made, str):
            if made != string.value:
                effect.changed += 1
                effect.note(string.id, string.value, made, None)
        elif string.is_auto_generated or made.code != "required_dimension_missing":
            effect.failed += 1
            effect.note(string.id, string.value, None, made.code)
    return effect
