"""What people call things, as ids."""

from collections.abc import Iterator
from typing import Any

from shared.connection import Connection


def string_id(connection: Connection, given: str) -> int:
    """Of a string, by its value or its id."""
    found: int = connection.pick("string", given, _strings(connection, given), "value", "below")
    return found


def rule_id(connection: Connection, given: str) -> int:
    """Of a rule, by its name, its slug or its id."""
    found: int = connection.pick("--rule", given, connection.pages("rules"), "name", "slug")
    return found


def field_id(connection: Connection, given: str) -> int:
    """Of a field, by its name or its id."""
    found: int = connection.pick("--field", given, connection.pages("fields"), "name")
    return found


def _strings(connection: Connection, value: str) -> Iterator[dict[str, Any]]:
    """Strings of this value, told apart by what they stand below where there are more."""
    rows = connection.get("strings", value=value, limit=10)["results"]
    for row in rows:
        above = row["parent"] is not None and len(rows) > 1
        yield row | {"below": connection.get(f"strings/{row['parent']}")["value"] if above else None}
