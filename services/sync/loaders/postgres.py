"""The loader of other PostgreSQLs: what its configuration has to say."""

from services.sync.domain.components import Component
from services.sync.loaders.elsewhere import REMOVE, Elsewhere

_COLUMN = {"type": "string", "minLength": 1, "maxLength": 63}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["dsn", "table", "key"],
    "properties": {
        "dsn": {"description": "A reference to the connection string."},
        "table": {"type": "string", "pattern": r"^[^.]+(\.[^.]+)?$", "description": "Name, or schema.name."},
        "key": {"anyOf": [_COLUMN, {"type": "array", "minItems": 1, "uniqueItems": True, "items": _COLUMN}]},
        "on_delete": {
            "anyOf": [
                {"const": REMOVE},
                {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["column"],
                    "properties": {"column": _COLUMN},
                },
            ],
            "description": "What `deletes` does there: `remove`, or {column}, a time or a boolean that says so.",
        },
    },
}
COMPONENT = Component(
    "postgres",
    SCHEMA,
    Elsewhere,
    writes=frozenset({"upsert", "append", "replace", "scd2"}),
    strategies=frozenset({"source_wins", "target_wins", "newest_wins"}),
    ends_rows=True,
)
