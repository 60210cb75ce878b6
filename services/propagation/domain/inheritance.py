"""Which rule decides for a key, and what it makes of a value that arrives at a string."""

from collections.abc import Iterable, Mapping
from enum import Enum, StrEnum, auto
from typing import NamedTuple

from services.propagation.domain.values import Detail, Value


class Rule(StrEnum):
    ALWAYS = "inherit_always"
    IF_EMPTY = "inherit_if_empty"
    UNLESS_OVERRIDDEN = "inherit_unless_overridden"
    NEVER = "inherit_never"


class Kind(StrEnum):
    """What a key holds; the words are the rule keys for all keys of that kind."""

    LIST = "dimension_value"
    TEXT = "dimension_value_freetext"
    CUSTOM = "custom_fields"


RuleMap = Mapping[str, str]
DEFAULT_KEY = "default"
DIMENSION_PREFIX = f"{Kind.LIST}:"
_WITHOUT_ANSWER = {Kind.LIST: Rule.ALWAYS, Kind.TEXT: Rule.IF_EMPTY, Kind.CUSTOM: Rule.NEVER}


class Ruling(NamedTuple):
    """A rule, and where it stands: the place of the map that answers and the key in it, both None without an answer."""

    rule: Rule
    layer: int | None = None
    key: str | None = None


def ruling_for(kind: Kind, layers: Iterable[RuleMap | None], *, dimension_name: str | None = None) -> Ruling:
    """The rule of the first map (request, user, workspace, service) that has any answer, its default included."""
    keys = rule_keys(kind, dimension_name=dimension_name)
    for place, layer in enumerate(layers):
        for key in keys if layer else ():
            if layer and key in layer:
                return Ruling(Rule(layer[key]), place, key)
    return Ruling(_WITHOUT_ANSWER[kind])


def rule_for(kind: Kind, layers: Iterable[RuleMap | None], *, dimension_name: str | None = None) -> Rule:
    return ruling_for(kind, layers, dimension_name=dimension_name).rule


def rule_keys(kind: Kind, *, dimension_name: str | None = None) -> tuple[str, ...]:
    """The keys under which a map may answer, most specific first; a dimension's own key serves both of its kinds."""
    if kind is Kind.CUSTOM or dimension_name is None:
        return (kind, DEFAULT_KEY)
    return (DIMENSION_PREFIX + dimension_name, kind, DEFAULT_KEY)


class Verdict(Enum):
    """TAKE: it changes the string and flows on; PASS: the string has it already; STOP: it ends here."""

    TAKE = auto()
    PASS = auto()
    STOP = auto()


TAKE, PASS, STOP = Verdict.TAKE, Verdict.PASS, Verdict.STOP
_ALWAYS, _IF_EMPTY, _UNLESS_OVERRIDDEN = Rule.ALWAYS, Rule.IF_EMPTY, Rule.UNLESS_OVERRIDDEN


def decide(rule: Rule, detail: Detail, *, value: Value) -> Verdict:
    """What happens when `value` arrives at a string that holds `detail` (one that lacks the key is passed through)."""
    if rule is _ALWAYS:
        return PASS if detail.value == value else TAKE
    if rule is _UNLESS_OVERRIDDEN:
        if detail.value == value:
            return PASS
        return TAKE if detail.is_inherited or detail.value.effective is None else STOP
    if rule is _IF_EMPTY and detail.value.effective is None and value.effective is not None:
        return TAKE
    return STOP
