"""The built-in rules as components, so that they are listed and found like those of other packages."""

from types import SimpleNamespace
from typing import Any

from services.sync.domain.checks.rules import RULES, UNIQUE
from services.sync.domain.components import Component


def _component(name: str, needs_value: bool) -> Component:
    """The schema is of what a rule says beside its field, its name and its message."""
    schema: dict[str, Any] = {"type": "object", "properties": {}, "additionalProperties": False}
    if needs_value:
        schema |= {"properties": {"value": {}}, "required": ["value"]}
    return Component(name, schema, _built_in)


def _built_in(*_: Any) -> None:
    raise AssertionError("built-in rules are made in `rules`")


BUILT_IN = SimpleNamespace(
    **{rule.name: _component(rule.name, rule.needs_value) for rule in RULES.values()},
    **{UNIQUE: _component(UNIQUE, False)},
)
