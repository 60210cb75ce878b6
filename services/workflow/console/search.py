"""The search: as you type, misspelt words too; and searches kept under a name."""

from typing import Any
from urllib.parse import urlencode

import flask
from flask.typing import ResponseReturnValue

from services.workflow.console.fields import version_read
from services.workflow.domain.search.entities import ENTITIES, PATHS
from services.workflow.schemas.search import SHORTEST
from shared.console import api
from shared.console.pages import Pages, Values, asked, done, return_to, sent
from shared.current import current_context

pages = Pages("workflow", "search", __name__)
FREQUENCIES = [("realtime", "at once"), "hourly", "daily", "weekly"]


@pages.page("/search", "search.use", menu="Search")
def search() -> Values:
    args = flask.request.args
    query, entity = args.get("query", "").strip(), args.get("entity", "")
    found = _found(query, entity, args.get("status", "")) if len(query) >= SHORTEST else None
    saved = api.get("saved-searches", include="public", limit=20)["results"]
    return {
        "found": found,
        "query": query,
        "entities": ENTITIES,
        "saved": saved,
        "address_of": _address_of,
        "marked": marked,
        "saved_address": _saved_address,
        "frequencies": FREQUENCIES,
    }


@pages.page("/searches", "search.use", menu="Kept searches", rare=True)
def searches() -> Values:
    return {"searches": api.get("saved-searches", asked(include="public")), "saved_address": _saved_address}


@pages.page("/searches/<key:saved_id>", "search.use")
def kept_search(saved_id: int) -> Values:
    found = api.get(f"saved-searches/{saved_id}")
    is_own = found["created_by"] == current_context().actor
    return {
        "search": found,
        "is_own": is_own,
        "address": _saved_address(found),
        "alerts": api.get(f"saved-searches/{saved_id}/alerts", asked()) if is_own else None,
        "address_of": _address_of,
        "frequencies": FREQUENCIES,
    }


@pages.form("/searches/<key:saved_id>", "search.save")
def change_search(saved_id: int) -> ResponseReturnValue:
    form = sent()
    changed = {name: form.get(name, "") for name in ("name", "query", "description")}
    changed |= {name: form[name] for name in ("alert_frequency", "alert_enabled", "is_public") if name in form}
    api.patch(f"saved-searches/{saved_id}", changed | version_read())
    return done("Changed.")


@pages.form("/search/save", "search.save")
def save_search() -> ResponseReturnValue:
    form = sent()
    entity, status = form.pop("entity", None), form.pop("status", None)
    body = form | ({"entities": [entity]} if entity else {})
    api.post("saved-searches", body | ({"filters": {entity: {"status": status}}} if entity and status else {}))
    return done("The search is kept.")


@pages.form("/search/forget/<key:saved_id>", "search.save")
def forget_search(saved_id: int) -> ResponseReturnValue:
    api.delete(f"saved-searches/{saved_id}")
    return done(
        "The search is forgotten.", to=None if "/searches/" not in (return_to() or "") else "/workflow/searches"
    )


def _found(query: str, entity: str, status: str) -> api.Document:
    body: dict[str, Any] = {"query": query, "limit": 50}
    if entity:
        body |= {"entities": [entity]} | ({"filters": {entity: {"status": status}}} if status else {})
    return api.post("search", body)


def marked(result: dict[str, Any], field: str) -> list[tuple[str, bool]]:
    """The text of a result in pieces, and whether each is what was looked for."""
    text, at, pieces = result[field] or "", 0, list[tuple[str, bool]]()
    for place in sorted(
        (each for each in result["highlights"] if each["field"] == field), key=lambda each: each["offset"]
    ):
        end = place["offset"] + place["length"]
        pieces += [(text[at : place["offset"]], False), (text[place["offset"] : end], True)]
        at = end
    return [piece for piece in [*pieces, (text[at:], False)] if piece[0]]


def _address_of(result: dict[str, Any]) -> str | None:
    """The page of an item of ours; documents of other owners have none here."""
    path = PATHS.get(result["entity"])
    return f"/workflow/{path}/{result['id']}" if path else None


def _saved_address(saved: dict[str, Any]) -> str:
    entity = saved["entities"][0] if len(saved["entities"] or []) == 1 else ""
    status = ((saved["filters"] or {}).get(entity) or {}).get("status", "")
    known = {"query": saved["query"], "entity": entity, "status": status[0] if isinstance(status, list) else status}
    return "/workflow/search?" + urlencode({name: value for name, value in known.items() if value})
