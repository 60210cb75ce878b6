"""Names to check, as calls and files word them, and what their words mean in this workspace."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from services.propagation.domain.generation import NO_RULE, RuleLevel
from services.propagation.domain.placement import Note
from services.propagation.domain.rules import Place
from services.propagation.queries.names import PlatformRule, all_fields, all_rules
from services.propagation.queries.walk import rule_levels

Word = int | str


@dataclass(frozen=True, slots=True)
class NameRow:
    """One name; `field` and `rule` by id or by name. `cells` is the row of the file that it came from."""

    number: int
    value: str
    field: Word | None
    rule: Word | None = None
    parent: str | None = None
    cells: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "value": self.value,
            "field": self.field,
            "rule": self.rule,
            "parent": self.parent,
            "cells": dict(self.cells),
        }

    @classmethod
    def from_json(cls, number: int, packed: Mapping[str, Any]) -> "NameRow":
        return cls(number, **packed)


@dataclass(frozen=True, slots=True)
class Meaning:
    """A row's field and rule; `problem` where they cannot be told."""

    place: Place | None = None
    rule_id: int = 0
    platform_id: int = 0
    problem: Note | None = None


class Words:
    """The fields and rules of the workspace by id and by name."""

    def __init__(self, session: Session, *, default_rule: Word | None = None) -> None:
        self._fields = all_fields(session)
        self._rules = all_rules(session)
        self._levels = rule_levels(session)
        self._default_rule = default_rule
        self._known: dict[tuple[Word | None, Word | None], Meaning] = {}
        self.places = {found.place.id: found for found in self._fields}

    def level(self, rule_id: int, field_id: int) -> RuleLevel:
        return self._levels.get((rule_id, field_id), NO_RULE)

    def meaning(self, row: NameRow) -> Meaning:
        key = (row.field, row.rule if row.rule is not None else self._default_rule)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._find(*key)
        return known

    def _find(self, field_word: Word | None, rule_word: Word | None) -> Meaning:
        """Rule and field are of one platform; without a rule it is the default one of the field's platform."""
        if field_word is None:
            return _unclear("required", "The row names no field.")
        fields = _named(field_word, self._fields, lambda found: (found.place.id, found.place.name))
        if not fields:
            return _unclear("not_found", f"There is no field {field_word!r}.")
        rules = self._candidates(rule_word)
        if not rules:
            told = "default rule for this field" if rule_word is None else f"rule {rule_word!r}"
            return _unclear("not_found", f"There is no {told}.")
        pairs = [(found, rule) for found in fields for rule in rules if found.platform_id == rule.platform_id]
        if not pairs:
            return _unclear("not_found", f"No rule that is meant here has the field {field_word!r}.")
        if len(pairs) > 1:
            pairs = [pair for pair in pairs if self.level(pair[1].id, pair[0].place.id).parts]
        if len(pairs) != 1:
            return _unclear("ambiguous", "Several rules or fields have this name; name them by their ids.")
        ((found, rule),) = pairs
        return Meaning(found.place, rule.id, rule.platform_id)

    def _candidates(self, word: Word | None) -> Sequence[PlatformRule]:
        if word is None:
            return [rule for rule in self._rules if rule.is_default]
        return _named(word, self._rules, lambda rule: (rule.id, rule.name))


def _named(word: Word, found: Iterable[Any], names: Any) -> list[Any]:
    """Those with this name; a number, also one in a file, is an id where no name is meant."""
    by_name = [row for row in found if names(row)[1] == word]
    if by_name:
        return by_name
    number = word if isinstance(word, int) else int(word) if word.isascii() and word.isdigit() and len(word) < 19 else 0
    return [row for row in found if names(row)[0] == number]


def _unclear(code: str, message: str) -> Meaning:
    return Meaning(problem=Note(code, message, is_error=True))
