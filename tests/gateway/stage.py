"""What the gateway's tests run against: a small upstream that tells what reached it, and a real nginx."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from concord.gateway import Gateway, write
from concord.stack.binaries import bundled_nginx


def nginx_binaries() -> list[Path]:
    system = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
    return [path for path in (bundled_nginx(), Path(system) if system else None) if path is not None]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        behaviour = self.headers.get("X-Behaviour", "")
        if behaviour == "hang":
            self.server.released.wait(30)  # type: ignore[attr-defined]
        if behaviour in ("hang", "break"):
            self.close_connection = True
            return
        if behaviour == "events":
            self._stream()
            return
        seen = {
            "method": self.command,
            "path": self.path,
            "headers": dict(self.headers.items()),
            "body": body.decode(),
        }
        self._send(500 if behaviour == "fail" else 200, json.dumps(seen).encode())

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815 - the names are http.server's

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/problem+json" if status == 500 else "application/json")
        self.send_header("X-Correlation-ID", "set-by-the-service")
        self.send_header("X-Frame-Options", "SAMEORIGIN")
        self.send_header("ETag", '"7"')
        if policy := self.headers.get("X-Wanted-Policy"):
            self.send_header("Content-Security-Policy", policy)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b"id: 1\ndata: first\n\n")
        self.wfile.flush()
        self.server.released.wait(30)  # type: ignore[attr-defined]
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Upstream:
    """Answers with what it received as JSON; the header X-Behaviour makes it hang, break, fail or stream."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.released = threading.Event()  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self.address = f"127.0.0.1:{self._server.server_port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.released.set()  # type: ignore[attr-defined]
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Proxy:
    """A running nginx."""

    prefix: Path
    port: int

    def call(self, method: str, path: str, /, body: bytes | None = None, **headers: str) -> Answer:
        """Header names are given with underscores instead of hyphens."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())

    def get(self, path: str, **headers: str) -> Answer:
        return self.call("GET", path, None, **headers)

    def logs(self, text: str) -> bool:
        """Whether the access log has it; nginx writes a line after the answer."""
        for _ in range(200):
            if text in (self.prefix / "access.log").read_text():
                return True
            time.sleep(0.025)
        return False

    def raw(self, request: bytes) -> Answer:
        """Sends bytes that no well-behaved client would send."""
        with closing(socket.create_connection(("127.0.0.1", self.port), timeout=20)) as connection:
            connection.sendall(request)
            response = http.client.HTTPResponse(connection)
            response.begin()
            return Answer(response.status, response.headers, response.read())


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def start(binary: Path, prefix: Path, **options: Any) -> Iterator[Proxy]:
    port = free_port()
    # pytest's folders are closed to the account that a master started as root gives its workers.
    user = "root" if os.geteuid() == 0 else None
    write(Gateway(listen=f"127.0.0.1:{port}", user=user, **options), prefix)
    with (prefix / "error.log").open("wb") as log:
        command = [str(binary), "-e", "stderr", "-p", f"{prefix}/", "-c", "nginx.conf"]
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=prefix)
    try:
        _wait_for(port, process, prefix)
        yield Proxy(prefix, port)
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int, process: "subprocess.Popen[bytes]", prefix: Path) -> None:
    for _ in range(400):
        if process.poll() is not None:
            raise RuntimeError((prefix / "error.log").read_text())
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.025)
    raise TimeoutError("nginx did not start")
