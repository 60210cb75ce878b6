"""The name checker: what names say by the rule of their level, while they are typed or pasted."""

from typing import Any

from shared.console import api
from shared.console.pages import Pages, Values, sent

pages = Pages("propagation", "checking", __name__)
AT_ONCE = 500


@pages.page("/check", "string.view", menu="Check names")
def check() -> Values:
    fields = api.get("fields", limit=200, ordering="field_level")["results"]
    rules = api.get("rules", limit=200)["results"]
    return {
        "fields": [(field["id"], field["name"]) for field in fields],
        "rules": [(rule["id"], rule["name"]) for rule in rules],
    }


@pages.form("/check/names", "string.view")
def checked_names() -> Values:
    """A name a line; nothing is kept."""
    body = sent()
    lines = [line.strip() for line in body.get("names", "").splitlines() if line.strip()]
    if not lines or "field" not in body:
        return {"found": None}
    shared = {name: int(body[name]) for name in ("field", "rule") if str(body.get(name, "")).isdecimal()}
    rows: list[dict[str, Any]] = [{"value": line, **shared} for line in lines[:AT_ONCE]]
    return {"found": api.post("names/check", {"rows": rows}), "left_out": len(lines) - len(rows)}
