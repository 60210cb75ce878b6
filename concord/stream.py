"""One process for the Server-Sent Events of all services: passes each request to the service its path names."""

import json
from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


_PATIENCE_SECONDS = 30.0


class Dispatcher:
    """The services mount at their full public prefix, so that the path is passed on as it is."""

    def __init__(self, applications: "dict[str, WSGIApplication]") -> None:
        self._applications = applications

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/healthz":
            return _answer(start_response, "200 OK", "application/json", {"status": "alive"})
        for service, application in self._applications.items():
            if path.startswith(f"/api/{service}/"):
                return application(environ, start_response)
        problem = {"type": "urn:concord:problem:not_found", "title": "Not Found", "status": 404, "code": "not_found"}
        return _answer(start_response, "404 Not Found", "application/problem+json", problem)


def create_app(*services: str) -> Dispatcher:
    """Of all installed services if none is named."""
    from concord.catalogue import installed_names

    return Dispatcher({name: _patient(name) for name in services or installed_names()})


def _patient(service: str) -> "WSGIApplication":
    """Hundreds share few connections here, each for a moment a second: when all come at once, they queue."""
    settings = import_module(f"services.{service}.config").Settings()
    app: WSGIApplication = import_module(f"services.{service}.app").create_app(
        settings.model_copy(update={"pool_timeout_seconds": max(settings.pool_timeout_seconds, _PATIENCE_SECONDS)})
    )
    return app


def _answer(start_response: "StartResponse", status: str, media_type: str, document: object) -> list[bytes]:
    body = json.dumps(document).encode()
    start_response(status, [("Content-Type", media_type), ("Content-Length", str(len(body)))])
    return [body]
