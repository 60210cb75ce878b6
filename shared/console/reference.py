"""`/api/<service>/docs`: the service's OpenAPI document for people, without a CDN and without inline script."""

import flask
from flask.typing import ResponseReturnValue

from shared.access import open_to_everybody
from shared.console import assets
from shared.console.pages import show


def register(app: flask.Flask, *, service: str, title: str) -> None:
    @open_to_everybody
    def reference() -> ResponseReturnValue:
        return show("console/reference.html", {"title": title, "ui": f"/{service}/_ui/{assets.digest()}"})

    app.add_url_rule(f"/api/{service}/docs", "reference", reference)
