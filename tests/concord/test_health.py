"""How the stack asks a program whether it is well."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from concord.stack.health import HEARTBEAT_SECONDS, complaint, over_socket
from concord.stack.lifecycle import Crashes, ProgramStatus
from tests.gateway.stage import free_port

Serve = Callable[[bytes], Path]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Answers one request on a Unix socket with the given bytes."""
    listener = socket.socket(socket.AF_UNIX)
    threads = []

    def answer(reply: bytes) -> None:
        connection, _ = listener.accept()
        with closing(connection):
            connection.recv(4096)
            connection.sendall(reply)

    def start(reply: bytes) -> Path:
        path = tmp_path / "s"
        listener.bind(str(path))
        listener.listen()
        threads.append(threading.Thread(target=answer, args=(reply,)))
        threads[0].start()
        return path

    with closing(listener):
        yield start
        for thread in threads:
            thread.join(10)


def test_servers(postgres_url: str, redis_url: str) -> None:
    assert complaint(postgres_url) is None
    assert complaint(redis_url) is None


@pytest.mark.parametrize("scheme", ["postgresql", "redis", "http"])
def test_nobody_there(scheme: str) -> None:
    assert complaint(f"{scheme}://127.0.0.1:{free_port()}/0")


def test_ready_over_a_unix_socket(serve: Serve) -> None:
    socket_path = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    assert complaint(over_socket(socket_path, "/readyz")) is None


def test_not_ready_says_which_check_failed(serve: Serve) -> None:
    body = json.dumps({"checks": {"database": "ok", "migrations": "other_version"}}).encode()
    socket_path = serve(b"HTTP/1.1 503 X\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    assert complaint(over_socket(socket_path, "/readyz")) == "answers 503: migrations other_version"


def test_heartbeat(tmp_path: Path) -> None:
    file = tmp_path / "heart beat"
    assert complaint(file.as_uri()) == "has not noted a round yet"
    file.write_text(json.dumps({"sync": time.time(), "workflow": time.time()}))
    assert complaint(file.as_uri()) is None
    file.write_text(json.dumps({"sync": time.time(), "workflow": time.time() - HEARTBEAT_SECONDS - 1}))
    assert complaint(file.as_uri()) == "no recent round for workflow"


def test_a_program_that_comes_back_to_backoff_is_given_up() -> None:
    crashes = Crashes()
    seen = [
        crashes.is_hopeless(ProgramStatus("relay", word, 0, 0, None)) for word in ["STARTING", "BACKOFF", "BACKOFF"] * 5
    ]
    assert seen.index(True) == 3 * Crashes.ALLOWED + 1
    assert Crashes().is_hopeless(ProgramStatus("relay", "FATAL", 0, 0, None))
