"""A whole stack of its own: up, up again, killed, up, down. Nothing may stay behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from concord.catalogue import installed_names
from concord.stack.health import fetch
from concord.stack.home import Home
from concord.stack.launch import leftovers
from tests.gateway.stage import free_port

pytestmark = [pytest.mark.stack, pytest.mark.skipif(sys.platform != "linux", reason="tested on Linux only")]
DEMO_ROWS = 300
LOADED = [
    ("categories", "completed"),
    ("concepts", "completed"),
    ("customers", "completed"),
    ("products", "completed"),  # one row, which two have changed
    ("products", "completed_with_errors"),
    ("variants", "completed"),
]
NOT_STEERED = ("CONCORD_", "PYTEST_")


class Stack:
    """The command line in processes of its own, as people call it."""

    def __init__(self, root: Path) -> None:
        self.home = Home(root)
        self.port = free_port()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(NOT_STEERED)}
        self._environment = kept | {
            "CONCORD_HOME": str(root),
            "CONCORD_PORT": str(self.port),
            "CONCORD_DEMO_ROWS": str(DEMO_ROWS),
        }

    def call(self, *words: str, code: int = 0) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "concord", *words]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == code, f"{words}: {done.stdout}\n{done.stderr}"
        return done

    def status(self, code: int = 0) -> dict[str, dict[str, Any]]:
        programs = json.loads(self.call("status", "--json", code=code).stdout)["programs"]
        return {program["name"]: program for program in programs}

    def processes(self) -> list[int]:
        return leftovers([self.home.run, self.home.root])

    def fetch(self, path: str) -> tuple[int, Any]:
        status, body = fetch(f"http://127.0.0.1:{self.port}{path}")
        return status, json.loads(body)


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    stack = Stack(tmp_path / "100% of o'clock")
    yield stack
    stack.call("down", "--wipe", "--yes")
    assert stack.processes() == []
    assert not stack.home.root.exists()


def until(condition: Callable[[], bool]) -> bool:
    for _ in range(300):
        if condition():
            return True
        time.sleep(0.1)
    return False


def test_round_trip(stack: Stack) -> None:
    assert json.loads(stack.call("up", "--json").stdout)["address"] == f"http://127.0.0.1:{stack.port}"
    first = stack.status()
    assert {"postgres", "valkey", "gateway"} <= first.keys()
    assert all(program["healthy"] for program in first.values())
    assert stack.fetch("/healthz") == (200, {"status": "alive"})
    assert [entry["name"] for entry in stack.fetch("/api")[1]["services"]] == installed_names()
    findings = json.loads(stack.call("doctor", "--json").stdout)
    assert not [finding for finding in findings if finding["level"] == "error"]

    runs = json.loads(stack.call("sync", "runs", "list", "--json").stdout)
    assert sorted((run["pipeline"], run["status"]) for run in runs) == LOADED
    shown = stack.call("up").stdout
    assert "full: 12 promotions" in shown.partition("the story\n")[2]
    assert {n: p["pid"] for n, p in stack.status().items()} == {n: p["pid"] for n, p in first.items()}

    # A dead master's orphans would keep the port.
    os.kill(first["gateway"]["pid"], signal.SIGKILL)
    os.kill(first["valkey"]["pid"], signal.SIGKILL)
    stack.call("up")
    assert stack.fetch("/healthz")[0] == 200
    assert stack.status()["gateway"]["pid"] != first["gateway"]["pid"]

    os.kill(int((stack.home.run / "supervisord.pid").read_text()), signal.SIGKILL)
    assert until(lambda: stack.processes() == [])
    assert stack.status(code=4) == {}

    run_folder = stack.home.run
    stack.call("up")
    assert stack.fetch("/healthz")[0] == 200
    # PostgreSQL was asked to end, not killed: there is nothing to recover.
    assert "interrupted" not in (stack.home.logs / "postgres.log").read_text()
    stack.call("down")
    assert stack.processes() == []
    assert not run_folder.exists()
    stack.status(code=4)
