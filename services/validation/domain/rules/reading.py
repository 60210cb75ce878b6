"""A definition, as plain data, to the rule set that it describes; everything that is wrong with it is found at once."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from services.validation.domain.rules.definition import (
    RECORDS,
    TABLES,
    Body,
    Condition,
    Enforce,
    Fix,
    Rule,
    RuleSet,
    Severity,
    Threshold,
)
from services.validation.domain.rules.expressions.trees import Apply, Literal, Tree, walk
from services.validation.domain.rules.fixes import BY_QUERY, read_fix
from services.validation.domain.rules.kinds import Fields, Read, kinds_for, read_expression, read_kind
from services.validation.domain.rules.members import INVALID_EXPRESSION, MISSING, Fault, InvalidRuleSet, Members, Path
from services.validation.domain.rules.tables import TABLES as KNOWN_TABLES
from services.validation.domain.rules.tables import Table
from services.validation.domain.rules.types import DECLARED, Type

MAX_RULES: Final = 500
MAX_SAMPLES: Final = 1000
MAX_FIELDS: Final = 500
MAX_PARTS: Final = 10_000
_NAME: Final = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", re.ASCII)
_PERCENT: Final = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?) ?%", re.ASCII)
# What says that a pattern cannot be used; the engine is no part of the domain.
Problem = Callable[[str], str | None]


def is_name(text: str) -> bool:
    """Whether it can be the name of a set, a list or a rule."""
    return len(text) <= 100 and _NAME.fullmatch(text) is not None


def read_rule_set(data: Any, *, pattern_problem: Problem, built_in: bool = False) -> RuleSet:
    """Raises InvalidRuleSet with all faults."""
    faults = [Fault(path, "A number has at most 15 digits.") for path in _too_long(data)]
    if not isinstance(data, Mapping) or not all(isinstance(name, str) for name in data):
        raise InvalidRuleSet([Fault((), "A rule set is a mapping.")])
    found = _Reading(Members(data, (), faults), pattern_problem, built_in).read()
    if faults:
        raise InvalidRuleSet(sorted(faults, key=_place))
    return found


def _too_long(data: Any, path: Path = ()) -> Iterator[Path]:
    """Where numbers stand that would not be the same after a way through JSON."""
    if isinstance(data, Decimal) and Decimal(repr(float(data))) != data:
        yield path
    if isinstance(data, Mapping | list):
        inside = data.items() if isinstance(data, Mapping) else enumerate(data)
        for step, value in inside:
            yield from _too_long(value, (*path, step))


def _place(fault: Fault) -> list[tuple[int, str]]:
    return [(step, "") if isinstance(step, int) else (-1, step) for step in fault.path]


class _Reading:
    """One definition; what is wrong goes to the faults that all its members share."""

    def __init__(self, members: Members, pattern_problem: Problem, built_in: bool) -> None:
        self.members = members
        self.pattern_problem = pattern_problem
        self.built_in = built_in

    def read(self) -> RuleSet:
        members = self.members
        name = members.matching("rule_set", is_name, "rule_set is a name of small letters, digits, - and _.")
        targets = [RECORDS, *(table.name for table in KNOWN_TABLES.values() if table.open)]
        target = members.word("target", [*targets, TABLES] if self.built_in else targets)
        if members.faults:
            raise InvalidRuleSet(members.faults)
        declared = self._declared(target)
        rule_set = RuleSet(
            name=name,
            target=target,
            title=members.text("title", most=200, default=name or "-"),
            description=members.text("description", most=2000, default="-").removeprefix("-"),
            checks=self._checks(),
            fields=declared,
            key=self._key(target, declared),
            coerce=self._only_for_records(target, "coerce") and members.flag("coerce", default=False),
            additional_fields=not self._only_for_records(target, "additional_fields")
            or members.word("additional_fields", ("allow", "forbid"), "allow") == "allow",
            rules=self._rules(target, declared),
            source=members.data,
        )
        members.finish()
        return rule_set

    def _only_for_records(self, target: str, name: str) -> bool:
        """Whether the member is given, for posted records; anywhere else it is a fault."""
        if not self.members.has(name):
            return False
        if target != RECORDS:
            self.members.raw(name)
            self.members.fault(name, f"{name} is for the target records only.")
            return False
        return True

    def _declared(self, target: str) -> dict[str, Type]:
        if target != RECORDS:
            self._only_for_records(target, "fields")
            return {}
        given = self.members.raw("fields")
        if not isinstance(given, Mapping) or not 0 < len(given) <= MAX_FIELDS:
            self.members.fault("fields", "fields tells the type of each field of the records.")
            return {}
        inside = Members(given, ("fields",), self.members.faults)
        words = [kind.value for kind in DECLARED]
        return {str(name): Type(inside.word(name, words)) for name in given}

    def _key(self, target: str, declared: Collection[str]) -> tuple[str, ...]:
        if not self._only_for_records(target, "key"):
            return ()
        key = self.members.names("key")
        for unknown in [name for name in key if name not in declared]:
            self.members.fault("key", f"The field {unknown!r} is not known.")
        return key

    def _checks(self) -> dict[str, str]:
        """Titles of the groups of a built-in set, in their order."""
        given = self.members.raw("checks")
        if given is MISSING:
            return {}
        inside = Members(given if isinstance(given, Mapping) else {}, ("checks",), self.members.faults)
        if not isinstance(given, Mapping):
            self.members.fault("checks", "checks gives each group of rules a title.")
        return {name: inside.text(name, most=200) for name in inside.data}

    def _rules(self, target: str, declared: Mapping[str, Type]) -> tuple[Rule, ...]:
        given = self.members.raw("rules")
        if not isinstance(given, list) or not 0 < len(given) <= MAX_RULES:
            self.members.fault("rules", f"rules is a list of 1 to {MAX_RULES} rules.")
            return ()
        rules, seen = [], set[str]()
        for place, one in enumerate(given):
            rule = self._rule(one, place, target, declared, seen)
            if rule is not None:
                rules.append(rule)
        if sum(_parts(rule) for rule in rules) > MAX_PARTS:
            self.members.fault("rules", f"All expressions of a set together have at most {MAX_PARTS} parts.")
        return tuple(rules)

    def _rule(self, given: Any, place: int, target: str, declared: Mapping[str, Type], seen: set[str]) -> Rule | None:
        faults, path = self.members.faults, ("rules", place)
        if not isinstance(given, Mapping) or not all(isinstance(name, str) for name in given):
            faults.append(Fault(path, "A rule is a mapping."))
            return None
        named = given.get("id")
        members = Members(given, path, faults, named if isinstance(named, str) else None)
        before = len(faults)
        rule_id = members.matching("id", is_name, "id is a name of small letters, digits, - and _.")
        table = self._table(members, target)
        # Built-in sets over several tables may say the same of two of them.
        identity = f"{table.name}.{rule_id}" if table else rule_id
        if identity in seen:
            members.fault("id", f"There is another rule {rule_id!r}.")
        seen.add(identity)
        rule = self._understood(members, rule_id, table, _fields_of(table, declared))
        members.finish()
        return rule if len(faults) == before else None

    def _table(self, members: Members, target: str) -> Table | None:
        if target == TABLES:
            return KNOWN_TABLES[members.word("table", tuple(KNOWN_TABLES))]
        return KNOWN_TABLES.get(target)

    def _understood(self, members: Members, rule_id: str, table: Table | None, fields: Fields) -> Rule | None:
        before = len(members.faults)
        kind = members.word("kind", kinds_for(built_in=self.built_in))
        if len(members.faults) > before:
            members.known |= set(members.data)  # what an unknown kind takes is not known either
            return None
        when = read_expression(members, "when", fields) if members.has("when") else None
        found = read_kind(kind, members, fields)
        common = self._common(members, rule_id, table)
        if found is None:
            members.known |= {"message", "fix"}
            return None
        self._demand_usable_patterns(members, "expression", found.body)
        self._demand_usable_patterns(members, "when", Condition(when) if when else found.body)
        return Rule(
            kind=kind,
            body=found.body,
            fields=found.fields,
            bounds=found.bounds,
            when=when,
            message=members.text("message", most=500, default=found.message),
            fix=self._fix(members, found, fields, table),
            **common,
        )

    def _common(self, members: Members, rule_id: str, table: Table | None) -> dict[str, Any]:
        """What all kinds have."""
        enforced = [Enforce.SCAN, Enforce.API, Enforce.DATABASE] if self.built_in else [Enforce.SCAN, Enforce.API]
        return {
            "id": rule_id,
            "table": table.name if table else "",
            "title": members.text("title", most=200, default=rule_id.replace("_", " ") or "-"),
            "description": members.text("description", most=2000, default="-").removeprefix("-"),
            "severity": Severity(members.word("severity", list(Severity), Severity.ERROR)),
            "enforce": Enforce(members.word("enforce", enforced, Enforce.SCAN)),
            "check": members.text("check", most=100, default=rule_id or "-"),
            "mostly": members.ratio("mostly"),
            "warn_if": _threshold(members, "warn_if"),
            "fail_if": _threshold(members, "fail_if"),
            "quarantine": members.flag("quarantine", default=False),
            "samples": members.whole("samples", default=20, least=0, most=MAX_SAMPLES),
        }

    def _fix(self, members: Members, found: Read, fields: Fields, table: Table | None) -> Fix | None:
        fix = read_fix(members, found, fields, table, built_in=self.built_in)
        if fix is not None and fix.kind not in BY_QUERY and not isinstance(found.body, Condition):
            members.fault("fix", "Only what one row alone breaks can be mended by a value.")
        return fix

    def _demand_usable_patterns(self, members: Members, name: str, body: Body) -> None:
        if not isinstance(body, Condition) or not members.has(name):
            return
        for form in _patterns(body.tree):
            if (problem := self.pattern_problem(form)) is not None:
                members.fault(name, problem, code=INVALID_EXPRESSION, position=1)


def _fields_of(table: Table | None, declared: Mapping[str, Type]) -> Fields:
    if table is None:
        return Fields(declared)
    return Fields(table.fields, {each.name: each.fields for each in KNOWN_TABLES.values()})


def _patterns(tree: Tree) -> list[str]:
    found = []
    for node in walk(tree):
        if isinstance(node, Apply) and node.name == "matches" and isinstance(node.operands[1], Literal):
            found.append(f"(?s){node.operands[1].value}")
    return found


def _parts(rule: Rule) -> int:
    return 0 if rule.holds is None else sum(1 for _ in walk(rule.holds))


def _threshold(members: Members, name: str) -> Threshold | None:
    """`5` rows, or `"2 %"` of the judged ones."""
    value = members.raw(name)
    if value is MISSING:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return Threshold(Decimal(value))
    percent = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    if percent is None or not 0 < Decimal(percent[1]) <= 100:
        members.fault(name, f'{name} is a number of rows, or a percentage such as "2%".')
        return None
    return Threshold(Decimal(percent[1]), percent=True)
