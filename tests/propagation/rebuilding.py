"""Names made again from what the service shows of details and rules, by a second reading of the specification."""

from collections.abc import Mapping
from typing import Any

from tests.propagation.changing import Body, everything, stored
from tests.propagation.naming import Naming


def name_of(parts: list[Body], details: Mapping[int, Body]) -> str | None:
    """Present parts with their delimiters between them; None where a required one is missing."""
    present: list[Body] = []
    for part in sorted(parts, key=lambda row: int(row["dimension_order"])):
        value = details.get(part["dimension"], {}).get("effective_value")
        if value:
            present.append(part | {"text": f"{part['prefix'] or ''}{value}{part['suffix'] or ''}"})
        elif part["is_required"]:
            return None
    name = ""
    for number, part in enumerate(present):
        delimiter = "-" if part["delimiter"] is None else part["delimiter"]
        name += part["text"] + (delimiter if number + 1 < len(present) else "")
    return name


def false_names(naming: Naming) -> list[tuple[int, str, str | None]]:
    """(string, stored name, name that its details give) wherever the two differ."""
    levels: dict[tuple[int, int], list[Body]] = {}
    for part in everything(naming.person, "rule-details?limit=200"):
        levels.setdefault((part["rule"], part["field"]), []).append(part)
    found = []
    for string in stored(naming).values():
        details = {row["dimension"]: row for row in string["details"]}
        name = name_of(levels[string["rule"], string["field"]], details)
        if name != string["value"]:
            found.append((string["id"], string["value"], name))
    return found


def false_origins(naming: Naming) -> list[tuple[int, str, Any]]:
    """Details whose lineage cannot be: an own one with a source, an inherited one whose source is not above it."""
    strings = stored(naming)
    found = []
    for string in strings.values():
        above, parent = set(), string["parent"]
        while parent is not None:
            above.add(parent)
            parent = strings[parent]["parent"]
        for row in string["details"]:
            source = row["source_string"]
            if row["is_inherited"] != (source is not None) or (source is not None and source not in above):
                found.append((string["id"], row["dimension_name"], source))
    return found


def demand_true_names(naming: Naming) -> None:
    assert false_names(naming) == []
    assert false_origins(naming) == []
    names = [(row["rule"], row["field"], row["parent"], row["value"]) for row in stored(naming).values()]
    assert len(names) == len(set(names))
