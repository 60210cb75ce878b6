"""Quarantine: what did not load, by its causes; one row with its faults, corrected, tried again, discarded."""

import json
from typing import Any

from flask.typing import ResponseReturnValue

from services.sync.schemas.quarantine import KINDS, STAGES
from shared.console import api
from shared.console.pages import Pages, Values, asked, done, sent
from shared.errors import Invalid

pages = Pages("sync", "quarantine", __name__)
CHOICE = ("pipeline", "kind", "stage", "code", "field", "key")
# What the causes can be narrowed by; who looks for more than that wants rows.
OF_CAUSES = {"pipeline", "kind", "stage"}
CAUSES, AT_ONCE = 10, 200


@pages.page("/quarantine", "quarantine.view", menu="Quarantine")
def quarantine() -> Values:
    query = asked(status=["open"])
    choice = {name: values[0] for name, values in query.items() if name in CHOICE}
    return {
        "entries": api.get("quarantine", query),
        "causes": _causes(asked()),
        "choice": _as_fields(choice),
        "words": ", ".join(f"{name} {value}" for name, value in choice.items()),
        "kinds": KINDS,
        "stages": STAGES,
    }


@pages.page("/quarantine/<key:entry_id>", "quarantine.view")
def entry(entry_id: int) -> Values:
    found = api.get(f"quarantine/{entry_id}")
    row = _latest(found)
    hints = {str(fault.get("field")).lower(): fault.get("text") for fault in found["errors"]}
    return {
        "entry": found,
        "tag": found.etag,
        "fields": _fields(found),
        "cells": [(name, _shown(value), hints.get(name.lower())) for name, value in row.items()]
        if _is_flat(row)
        else None,
        "text": json.dumps(row, indent=2, ensure_ascii=False),
    }


@pages.form("/quarantine/<key:entry_id>/correct", "quarantine.correct")
def correct_entry(entry_id: int) -> ResponseReturnValue:
    body = sent()
    if "cells" in body:
        corrected = _edited(_latest(api.get(f"quarantine/{entry_id}")), body["cells"])
    else:
        corrected = _row(body.get("corrected_row", ""))
    api.patch(f"quarantine/{entry_id}", {"corrected_row": corrected}, if_match=body.get("tag"))
    if body.get("then") != "redrive":
        return done("The corrected row is kept; the next attempt takes it.")
    return _tried_again(entry_id)


@pages.form("/quarantine/<key:entry_id>/redrive", "quarantine.redrive")
def redrive_entry(entry_id: int) -> ResponseReturnValue:
    return _tried_again(entry_id)


@pages.form("/quarantine/redrive", "quarantine.redrive")
def redrive_entries() -> ResponseReturnValue:
    body = sent()
    runs = api.post("quarantine/redrive", {"filter": body.get("filter", {})})["results"]
    return done("They are tried again.", to=f"/sync/runs/{runs[0]['id']}" if len(runs) == 1 else "/sync/runs")


@pages.form("/quarantine/discard", "quarantine.discard")
def discard_entries() -> ResponseReturnValue:
    """All that the filter names, up to 200 at once."""
    body = sent()
    found = api.get("quarantine", {"status": ["open"], **body.get("filter", {})}, limit=AT_ONCE)
    for each in found["results"]:
        api.post(f"quarantine/{each['id']}/discard", {"comment": body.get("comment", "")})
    rest = " There are more: do it again." if found["next"] else ""
    return done(f"{len(found['results'])} are discarded; the same content is skipped from now on.{rest}")


@pages.form("/quarantine/<key:entry_id>/discard", "quarantine.discard")
def discard_entry(entry_id: int) -> ResponseReturnValue:
    body = sent()
    api.post(f"quarantine/{entry_id}/discard", {"comment": body.get("comment", "")}, if_match=body.get("tag"))
    return done("It is discarded; the same content is skipped from now on.")


def _causes(query: dict[str, Any]) -> list[dict[str, Any]]:
    """Open rows by what is wrong with them, each with the filter that means them."""
    if query.keys() - OF_CAUSES:
        return []
    told = []
    for cause in api.get("quarantine/causes", query, limit=CAUSES)["results"]:
        chosen = {name: cause[name] for name in ("pipeline", "kind", "code", "field") if cause[name] is not None}
        told.append(cause | {"chosen": chosen, "fields": _as_fields(chosen)})
    return told


def _as_fields(choice: dict[str, str]) -> dict[str, str]:
    return {f"filter/{name}": value for name, value in choice.items()}


def _tried_again(entry_id: int) -> ResponseReturnValue:
    run = api.post(f"quarantine/{entry_id}/redrive")
    return done("It is tried again.", to=f"/sync/runs/{run['id']}")


def _fields(entry: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Of the row as it came: name, value, and what people have made of it where that is something else."""
    row, corrected = entry["row"], entry["corrected_row"]
    if not isinstance(row, dict):
        return [("row", row, corrected)]
    after = row | (corrected or {})
    return [(name, row.get(name), value if value != row.get(name) else None) for name, value in after.items()]


def _latest(entry: dict[str, Any]) -> Any:
    return entry["row"] if entry["corrected_row"] is None else entry["corrected_row"]


def _is_flat(row: Any) -> bool:
    """Whether the row is edited field by field; anything else is edited as JSON."""
    return isinstance(row, dict) and bool(row) and not any(isinstance(value, dict | list) for value in row.values())


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def _edited(row: dict[str, Any], cells: dict[str, str]) -> dict[str, Any]:
    """The row with what its fields say, by their number; a field that says what it said keeps its type."""
    typed = {name: cells.get(str(place), "") for place, name in enumerate(row)}
    return {name: value if typed[name] == _shown(value) else _like(value, typed[name]) for name, value in row.items()}


def _like(value: Any, text: str) -> Any:
    """A number or a flag where one stood, if the text is one."""
    if not isinstance(value, int | float):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _row(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as wrong:
        raise Invalid.field("/corrected_row", "invalid", f"This is no JSON: {wrong}.") from None
