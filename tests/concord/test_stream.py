"""The dispatcher before the services' event streams."""

from collections.abc import Callable
from typing import Any
from wsgiref.util import setup_testing_defaults

from concord.stream import Dispatcher


def call(path: str) -> tuple[str, bytes]:
    def service(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/event-stream")])
        return [f"{environ['SCRIPT_NAME']}|{environ['PATH_INFO']}".encode()]

    environ: dict[str, Any] = {"PATH_INFO": path, "SCRIPT_NAME": ""}
    setup_testing_defaults(environ)
    status: list[str] = []

    def start_response(line: str, _headers: list[tuple[str, str]], _failure: Any = None) -> Callable[[bytes], object]:
        status.append(line)
        return bytes

    body = b"".join(Dispatcher({"sync": service})(environ, start_response))
    return status[0], body


def test_the_full_path_reaches_the_service() -> None:
    assert call("/api/sync/v1/runs/5/events") == ("200 OK", b"|/api/sync/v1/runs/5/events")


def test_other_services_are_not_found() -> None:
    status, body = call("/api/synchro/v1/events")
    assert status == "404 Not Found"
    assert b'"code": "not_found"' in body


def test_health_needs_no_service() -> None:
    assert call("/healthz")[0] == "200 OK"
