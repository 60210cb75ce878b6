"""The loader of this service's own tables: what its configuration has to say."""

from collections.abc import Mapping
from typing import Any

from services.sync.domain.components import Component
from services.sync.loaders.targets import TARGETS, TargetTable

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["table", "key"],
    "properties": {
        "table": {"type": "string", "minLength": 1},
        "key": {
            "anyOf": [
                {"type": "string", "minLength": 1},
                {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string", "minLength": 1}},
            ]
        },
    },
}


def target(config: Mapping[str, Any]) -> TargetTable:
    """The table that a checked configuration names. Raises KeyError."""
    return TARGETS[config["table"]]


COMPONENT = Component(
    "table",
    SCHEMA,
    target,
    writes=frozenset({"upsert", "append", "replace", "scd2"}),
    strategies=frozenset({"source_wins", "target_wins", "newest_wins", "manual"}),
    ends_rows=True,
)
