"""Values of dimensions: the list, and renaming one, which makes every name again that holds it."""

from collections.abc import Mapping
from typing import Any

from flask.typing import ResponseReturnValue

from services.propagation.console import confirming
from services.propagation.console.effects import told_of
from shared.console import api
from shared.console.pages import Pages, Values, asked, done, sent

pages = Pages("propagation", "values", __name__)


@pages.page("/values", "string.view", menu="Values")
def values() -> Values:
    dimensions = api.get("dimensions", limit=200, ordering="name")["results"]
    return {
        "values": api.get("dimension-values", asked(ordering="value")),
        "dimensions": [(dimension["id"], dimension["name"]) for dimension in dimensions if dimension["type"] != "text"],
        "dimension_names": {dimension["id"]: dimension["name"] for dimension in dimensions},
    }


@pages.page("/values/<key:value_id>", "string.view")
def value(value_id: int) -> Values:
    found = api.get(f"dimension-values/{value_id}")
    return {
        "value": found,
        "tag": found.etag,
        "dimension": api.get(f"dimensions/{found['dimension']}"),
        "names": api.get("strings", dimension_value=value_id, limit=20),
    }


@pages.form("/values/<key:value_id>/preview", "value.edit")
def preview_value(value_id: int) -> Values:
    body = sent()
    shown = api.patch(f"dimension-values/{value_id}", {"value": body.get("value", ""), "dry_run": True})
    return told_of(shown["impact_analysis"])


@pages.form("/values/<key:value_id>", "value.edit")
def change_value(value_id: int) -> ResponseReturnValue | Values:
    body = sent()

    def send(answers: Mapping[str, Any]) -> api.Document:
        label = {"label": body["label"]} if "label" in body else {}
        wanted = {"value": body.get("value", ""), **label, **answers}
        return api.patch(f"dimension-values/{value_id}", wanted, if_match=body.get("tag"))

    return confirming.made(send, body, to=f"/propagation/values/{value_id}")


@pages.form("/values", "value.edit")
def add_value() -> ResponseReturnValue:
    api.post("dimension-values", sent())
    return done("Added.")
