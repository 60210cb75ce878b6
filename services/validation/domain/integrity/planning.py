"""The rules of a run in their order, and the checks that they are mended in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.validation.domain.integrity.options import Options
from services.validation.domain.rules.definition import Rule, RuleSet, Severity


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """A rule in its place. `check` is the group that it is reported and mended in."""

    position: int
    rule_set: str
    rule: Rule

    @property
    def check(self) -> str:
        return self.rule.check or self.rule.id

    @property
    def key(self) -> tuple[str, str]:
        """Checks of different sets are different checks."""
        return self.rule_set, self.check

    @property
    def field(self) -> str | None:
        return self.rule.fields[0] if len(self.rule.fields) == 1 else None

    @property
    def is_issue(self) -> bool:
        return self.rule.severity is Severity.ERROR


def plan(rule_sets: Iterable[RuleSet], options: Options) -> list[Planned]:
    """The rules of these sets, or those of them that are named."""
    rules = [(found.name, rule) for found in rule_sets for rule in found.rules]
    wanted = [each for each in rules if not options.rules or each[1].id in options.rules]
    return [Planned(position, name, rule) for position, (name, rule) in enumerate(wanted)]


def unknown(rule_sets: Iterable[RuleSet], named: Iterable[str]) -> list[str]:
    known = {rule.id for found in rule_sets for rule in found.rules}
    return [name for name in named if name not in known]


def checks_to_mend(planned: Sequence[Planned], options: Options) -> list[list[Planned]]:
    """Rules that are to be mended, check by check."""
    found: dict[tuple[str, str], list[Planned]] = {}
    for each in planned:
        if each.rule.fix is not None and options.mends(each.rule.id):
            found.setdefault(each.key, []).append(each)
    return list(found.values())
