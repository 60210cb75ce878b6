"""Names: the list, one of them with its reasons, its place in the tree and its history, and changing it."""

from collections.abc import Mapping
from typing import Any

from flask.typing import ResponseReturnValue

from services.propagation.console import confirming
from services.propagation.console.effects import told_of
from shared.console import api
from shared.console.pages import Pages, Values, asked, sent

pages = Pages("propagation", "naming", __name__)
CHILDREN = 50


@pages.page("/", "string.view", menu="Names")
def names() -> Values:
    fields = api.get("fields", limit=200)["results"]
    return {
        "names": api.get("strings", asked()),
        "fields": [(field["id"], field["name"]) for field in fields],
        "field_names": {field["id"]: field["name"] for field in fields},
    }


@pages.page("/names/<key:name_id>", "string.view")
def name(name_id: int) -> Values:
    string = api.get(f"strings/{name_id}")
    details = {detail["dimension"]: detail["id"] for detail in string["details"]}
    above = api.get(f"strings/{name_id}/ancestors", limit=50)["results"]
    return {
        "string": string,
        "explained": api.get(f"strings/{name_id}/explain"),
        "details": details,
        "values": {detail["dimension"]: detail["dimension_value"] for detail in string["details"]},
        "trail": [("Names", "/propagation/"), *_trail(above)],
        "below": api.get("strings", parent=[name_id], limit=CHILDREN),
        "history": api.get(f"strings/{name_id}/history", limit=10),
    }


@pages.page("/names/<key:name_id>/edit/<key:detail_id>", "string.edit")
def edit_detail(name_id: int, detail_id: int) -> Values:
    detail = api.get(f"string-details/{detail_id}")
    values = api.get("dimension-values", dimension=[detail["dimension"]], status="active", ordering="value", limit=200)
    return {
        "string": api.get(f"strings/{name_id}"),
        "detail": detail,
        "tag": detail.etag,
        "values": [(value["id"], value["label"] or value["value"]) for value in values["results"]],
    }


@pages.form("/names/<key:name_id>/edit/<key:detail_id>/preview", "string.view")
def impact(name_id: int, detail_id: int) -> Values:  # noqa: ARG001 - part of the address
    update = _wanted(sent()) | {"string_detail_id": detail_id}
    return told_of(api.post("string-details/analyze_impact", {"string_detail_updates": [update]}))


@pages.form("/names/<key:name_id>/edit/<key:detail_id>", "string.edit")
def change_detail(name_id: int, detail_id: int) -> ResponseReturnValue | Values:
    body = sent()

    def send(answers: Mapping[str, Any]) -> api.Document:
        return api.patch(f"string-details/{detail_id}", {**_wanted(body), **answers}, if_match=body.get("tag"))

    return confirming.made(send, body, to=f"/propagation/names/{name_id}")


@pages.form("/names/<key:name_id>/restore", "string.edit")
def restore_name(name_id: int) -> ResponseReturnValue | Values:
    body = sent()
    wanted = {"version": int(version) if (version := body.get("version", "")).isdecimal() else version}

    def send(answers: Mapping[str, Any]) -> api.Document:
        return api.post(f"strings/{name_id}/restore", {**wanted, **answers})

    return confirming.made(send, body, to=f"/propagation/names/{name_id}")


@pages.form("/names/<key:name_id>/propagate", "string.edit")
def bring_up_to_date(name_id: int) -> ResponseReturnValue:
    """The name itself, and what has not reached the names below."""
    return confirming.led_on(api.post(f"strings/{name_id}/propagate"), f"/propagation/names/{name_id}")


def _trail(above: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(each["value"], f"/propagation/names/{each['id']}") for each in reversed(above)]


def _wanted(body: dict[str, Any]) -> dict[str, Any]:
    """A value of the list, or a text; an empty one leaves the part out."""
    if "text" in body or body.get("kind") == "text":
        return {"dimension_value_freetext": body.get("text")}
    value = body.get("dimension_value")
    return {"dimension_value": int(value) if value else None}
