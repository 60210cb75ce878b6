"""The rules of a run: those of built-in sets, and those that people have written about tables."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.validation.domain.integrity.options import ALL, Options
from services.validation.domain.integrity.planning import Planned, plan, unknown
from services.validation.domain.rules.definition import RECORDS, RuleSet
from services.validation.errors import UnknownRules
from services.validation.operations.rule_sets import finding
from services.validation.operations.rule_sets.finding import Found
from services.validation.operations.rule_sets.lists import with_lists
from shared.errors import FieldError, NotFound

# Set to the version that a run stays on, whatever is stored meanwhile.
Versions = Mapping[str, int]


def sets_of(session: Session, names: Sequence[str], versions: Versions | None = None) -> list[Found]:
    """The sets of a run, in their order. Raises UnknownRules."""
    found, errors = [], []
    for place, name in enumerate(dict.fromkeys(names)):
        one = _find(session, name, (versions or {}).get(name))
        if one is None:
            errors.append(
                FieldError(f"/rule_sets/{place}", "unknown_rule_set", f"There is no rule set {name} about tables.")
            )
        else:
            found.append(one)
    if errors:
        raise UnknownRules(errors)
    return found


def _find(session: Session, name: str, number: int | None) -> Found | None:
    try:
        found = finding.find(session, name, number=number)
    except NotFound:
        return None
    return None if found.rules.target == RECORDS else found


def planned_of(session: Session, options: Options, versions: Versions | None = None) -> list[Planned]:
    """The rules of a run in their order. Raises UnknownRules."""
    return planned_from(session, sets_of(session, options.rule_sets, versions), options)


def planned_from(session: Session, found: Sequence[Found], options: Options) -> list[Planned]:
    """Raises UnknownRules where the options name rules that none of these sets has."""
    sets = [each.rules if each.built_in else with_lists(session, each) for each in found]
    demand_rules(sets, options)
    return plan(sets, options)


def demand_rules(sets: Sequence[RuleSet], options: Options) -> None:
    """Raises UnknownRules."""
    errors = [
        FieldError(f"/{member}", "unknown_rule", f"There is no rule {name} in these sets.")
        for member, named in (("rules", options.rules), ("fix_rules", options.fix_rules))
        for name in unknown(sets, (name for name in named if name != ALL))
    ]
    if errors:
        raise UnknownRules(errors)


def versions_of(found: Sequence[Found], planned: Iterable[Planned]) -> list[dict[str, Any]]:
    """Name and version of the sets that a run has rules of."""
    used = {each.rule_set for each in planned}
    return [{"name": each.rules.name, "version": each.number} for each in found if each.rules.name in used]
