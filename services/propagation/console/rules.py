"""Rules: which parts make a name on each level, and changing a part while its effect is shown."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from flask.typing import ResponseReturnValue

from services.propagation.console import confirming
from shared.console import api
from shared.console.pages import Pages, Values, sent

pages = Pages("propagation", "rules", __name__)
WRITTEN = ("prefix", "suffix", "delimiter")


@pages.page("/rules", "string.view", menu="Rules")
def rules() -> Values:
    platforms = {row["id"]: row["name"] for row in api.get("platforms", limit=200)["results"]}
    return {"rules": api.get("rules", limit=200), "platforms": platforms}


@pages.page("/rules/<key:rule_id>", "string.view")
def rule(rule_id: int) -> Values:
    matrix = api.get(f"rules/{rule_id}/inheritance")
    parts = api.get("rule-details", rule=rule_id, limit=200)["results"]
    parts.sort(key=lambda part: (part["field"], part["dimension_order"]))
    return {
        "rule": api.get(f"rules/{rule_id}"),
        "fields": {place["field"]: place["field_name"] for place in matrix["fields"]},
        "dimensions": {line["dimension"]: line["dimension_name"] for line in matrix["dimensions"]},
        "levels": {field: list(own) for field, own in groupby(parts, key=lambda part: part["field"])},
    }


@pages.page("/rules/<key:rule_id>/parts/<key:part_id>", "rule.manage")
def edit_part(rule_id: int, part_id: int) -> Values:
    part = api.get(f"rule-details/{part_id}")
    return {
        "rule": api.get(f"rules/{rule_id}"),
        "part": part,
        "tag": part.etag,
        "dimension": api.get(f"dimensions/{part['dimension']}")["name"],
        "field": api.get(f"fields/{part['field']}")["name"],
    }


@pages.form("/rules/<key:rule_id>/parts/<key:part_id>/preview", "rule.manage")
def effect(rule_id: int, part_id: int) -> Values:
    """The names of this level with the part as it is typed; nothing is stored."""
    field = api.get(f"rule-details/{part_id}")["field"]
    edit = {"id": part_id, **_part(sent())}
    found = api.post(f"rules/{rule_id}/simulate", {"field": field, "rule_details": [edit], "strings": True})
    return {"found": found, "changes": [("", each["old"], each["new"]) for each in found["strings"]["first"]]}


@pages.form("/rules/<key:rule_id>/parts/<key:part_id>", "rule.manage")
def change_part(rule_id: int, part_id: int) -> ResponseReturnValue | Values:
    body = sent()

    def send(answers: Mapping[str, Any]) -> api.Document:
        return api.patch(f"rule-details/{part_id}", {**_part(body), **answers}, if_match=body.get("tag"))

    return confirming.made(send, body, to=f"/propagation/rules/{rule_id}")


def _part(body: dict[str, Any]) -> dict[str, Any]:
    """Empty texts stand for none."""
    return {name: body.get(name) for name in WRITTEN} | {"is_required": body.get("is_required") == "true"}
