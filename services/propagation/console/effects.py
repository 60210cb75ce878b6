"""What a change would do, in the words of a preview."""

from collections.abc import Mapping
from typing import Any

SHOWN = 20


def told_of(impact: Mapping[str, Any]) -> dict[str, Any]:
    """Values for the template of an impact: the first names that would change, before and after."""
    renamed = [each for each in impact["affected_strings"] if each["value_changed"]][:SHOWN]
    changes = [(f"Level {each['field_level']}", each["string_value"], each["new_value"]) for each in renamed]
    return {"impact": impact, "changes": changes}
