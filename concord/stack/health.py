"""Asks a program whether it does its work: running is not yet healthy.

Where to ask is a URL: `postgresql://…`, an address of Redis (`unix://…` and others), `http://…`, or
`http+unix://SOCKET/PATH` with the socket's path percent-encoded; or `file:///…`, in which a program notes the times of
its last rounds.
"""

import http.client
import json
import socket
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

TIMEOUT_SECONDS = 3.0
HEARTBEAT_SECONDS = 20.0


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=TIMEOUT_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(TIMEOUT_SECONDS)
        self.sock.connect(self._path)


def over_socket(path: Path, target: str) -> str:
    return f"http+unix://{quote(str(path), safe='')}{target}"


def complaint(url: str) -> str | None:
    """What is wrong with the program that answers at `url`, in a few words; None if it is healthy."""
    scheme = urlsplit(url).scheme
    known = {"postgresql": _postgres, "unix": _redis, "file": _heartbeat}
    return (_redis if scheme.startswith("redis") else known.get(scheme, _http))(url)


def _postgres(url: str) -> str | None:
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=int(TIMEOUT_SECONDS)) as connection:
            connection.execute("select 1")
    except psycopg.Error as error:
        return str(error).strip().splitlines()[0]
    return None


def _redis(url: str) -> str | None:
    import redis

    from shared.redis_client import connect

    try:
        with closing(connect(url)) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        return str(error)
    return None


def _heartbeat(url: str) -> str | None:
    try:
        rounds: dict[str, float] = json.loads(Path(unquote(urlsplit(url).path)).read_bytes())
    except (OSError, ValueError):
        return "has not noted a round yet"
    late = [name for name, at in rounds.items() if time.time() - at > HEARTBEAT_SECONDS]
    return f"no recent round for {', '.join(late)}" if late else None


def _http(url: str) -> str | None:
    try:
        status, body = fetch(url)
    except (OSError, http.client.HTTPException) as error:
        return f"no answer ({error})"
    return None if status == 200 else f"answers {status}{_checks(body)}"


def fetch(url: str, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
    """Status and body; also over a Unix socket. Raises OSError without an answer."""
    parts = urlsplit(url)
    connection: http.client.HTTPConnection
    if parts.scheme == "http+unix":
        connection = _UnixConnection(unquote(parts.netloc))
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT_SECONDS)
    with closing(connection):
        connection.request("GET", parts.path or "/", headers=dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, answer.read()


def _checks(body: bytes) -> str:
    try:
        checks = json.loads(body)["checks"]
        return ": " + ", ".join(f"{name} {word}" for name, word in checks.items() if word != "ok")
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""
