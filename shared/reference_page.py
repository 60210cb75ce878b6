"""`/api/<service>/docs`: the service's OpenAPI document for people, from files of an installed package, no CDN."""

import importlib.util
from pathlib import Path

import flask
from flask.typing import ResponseReturnValue

from shared.access import open_to_everybody

_FILES = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
# No inline script or style: the page works under `default-src 'self'`.
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Concord</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="icon" type="image/png" href="docs/favicon-32x32.png">
</head>
<body>
<div id="reference"></div>
<noscript>The document itself: <a href="v1/openapi.json">openapi.json</a>.</noscript>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
_START = """SwaggerUIBundle({
  url: "v1/openapi.json", dom_id: "#reference", deepLinking: true, persistAuthorization: false
});
"""


def register(app: flask.Flask, *, service: str, title: str) -> None:
    """Adds the page and its files to the app."""
    folder = _assets()
    policy = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"

    @open_to_everybody
    def page() -> ResponseReturnValue:
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy}
        return _PAGE.format(title=title), 200, headers

    @open_to_everybody
    def asset(name: str) -> ResponseReturnValue:
        if name == "start.js":
            return _START, 200, {"Content-Type": "text/javascript; charset=utf-8"}
        if name not in _FILES:
            flask.abort(404)
        return flask.send_from_directory(folder, name, max_age=3600)

    app.add_url_rule(f"/api/{service}/docs", "reference", page)
    app.add_url_rule(f"/api/{service}/docs/<name>", "reference_asset", asset)


def _assets() -> Path:
    spec = importlib.util.find_spec("flask_swagger_ui")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("flask-swagger-ui is not installed")
    return Path(spec.origin).parent / "dist"
