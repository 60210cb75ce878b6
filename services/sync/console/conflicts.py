"""Conflicts: rows that their source and a person have both changed, both sides beside each other."""

from typing import Any

from flask.typing import ResponseReturnValue

from shared.console import api
from shared.console.pages import Pages, Values, asked, done, sent
from shared.errors import Invalid

pages = Pages("sync", "conflicts", __name__)


@pages.page("/conflicts", "conflict.view", menu="Conflicts")
def conflicts() -> Values:
    query = asked(status=["open"])
    choice = {f"filter/{name}": query[name][0] for name in ("pipeline", "table") if name in query}
    return {"conflicts": api.get("conflicts", query), "choice": choice}


@pages.page("/conflicts/<key:conflict_id>", "conflict.view")
def conflict(conflict_id: int) -> Values:
    found = api.get(f"conflicts/{conflict_id}")
    return {"conflict": found, "tag": found.etag, "agreed": _agreed(found)}


@pages.form("/conflicts/<key:conflict_id>/resolve", "conflict.resolve")
def resolve_conflict(conflict_id: int) -> ResponseReturnValue:
    body = sent()
    decision = {"resolution": body.get("resolution")}
    if decision["resolution"] == "merged":
        decision["values"] = body.get("values", {})
    api.post(f"conflicts/{conflict_id}/resolve", decision, if_match=body.get("tag"))
    return done("Decided and written.")


@pages.form("/conflicts/resolve", "conflict.resolve")
def resolve_conflicts() -> ResponseReturnValue:
    body = sent()
    ids = [int(one) for one in body.get("ids", []) if one.isdecimal()]
    if not ids and "all" not in body:
        raise Invalid("Tick the rows that this is about.")
    chosen = {"ids": ids} if ids else {"filter": body.get("filter", {})}
    found = api.post("conflicts/resolve", {"resolution": body.get("resolution")} | chosen)
    return done(_told(found))


def _agreed(conflict: dict[str, Any]) -> list[tuple[str, Any]]:
    """The mapped fields on which both sides agree."""
    different = conflict["differing_fields"]
    return [(name, value) for name, value in conflict["target_values"].items() if name not in different]


def _told(found: dict[str, Any]) -> str:
    said = [f"{found['resolved']} decided and written."]
    if found["failed"]:
        said.append(f"{found['failed']} could not be: they were changed since.")
    if found["left"]:
        said.append(f"{found['left']} more match: do it again.")
    return " ".join(said)
