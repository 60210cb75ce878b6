"""The built-in rules as components, so that they are listed and found like those of other packages."""

from types import SimpleNamespace
from typing import Any

from services.sync.domain.checks.rules import RULES, UNIQUE
from services.sync.domain.components import Component


def _component(name: str, needs_value: bool) -> Component:
    properties: dict[str, Any] = {"field": {"type": "string"}, "message": {"type": "string"}}
    if needs_value:
        properties["value"] = {}
    required = ["field", "value"] if needs_value else ["field"]
    schema = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return Component(name, schema, _built_in)


def _built_in(*_: Any) -> None:
    raise AssertionError("built-in rules are made in `rules`")


BUILT_IN = SimpleNamespace(
    **{rule.name: _component(rule.name, rule.needs_value) for rule in RULES.values()},
    **{UNIQUE: _component(UNIQUE, False)},
)
