"""A whole local stack of its own, by the command line in processes of its own, as people call it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from concord.demo.calling import Caller
from concord.stack.health import fetch
from concord.stack.home import Home
from concord.stack.launch import leftovers
from concord.stack.supervision import Supervisor
from tests.gateway.stage import free_port

# Enough for two pages of a table.
DEMO_ROWS = 1_100
NOT_STEERED = ("CONCORD_", "PYTEST_")


class Stack:
    def __init__(self, root: Path) -> None:
        self.home = Home(root)
        self.port = free_port()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(NOT_STEERED)}
        self._environment = kept | {
            "CONCORD_HOME": str(root),
            "CONCORD_PORT": str(self.port),
            "CONCORD_DEMO_ROWS": str(DEMO_ROWS),
            "XDG_CONFIG_HOME": str(root),
        }

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def call(self, *words: str, code: int = 0) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "concord", *words]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, timeout=600)
        assert done.returncode == code, f"{words}: {done.stdout}\n{done.stderr}"
        return done

    def status(self, code: int = 0) -> dict[str, dict[str, Any]]:
        programs = json.loads(self.call("status", "--json", code=code).stdout)["programs"]
        return {program["name"]: program for program in programs}

    def processes(self) -> list[int]:
        return leftovers([self.home.run, self.home.root])

    def fetch(self, path: str) -> tuple[int, Any]:
        status, body = fetch(f"{self.address}{path}")
        return status, json.loads(body)

    @contextmanager
    def person(self, name: str, role: str) -> Iterator[Caller]:
        """Somebody of the demo tenant, who calls through the gateway."""
        token = self.call("token", "--sub", name.lower(), "--name", name, "--role", role).stdout.strip()
        headers = {"Authorization": f"Bearer {token}"}
        with Caller(httpx2.Client(base_url=self.address, headers=headers, timeout=60)) as caller:
            yield caller

    def stop(self, programs: Iterable[str]) -> None:
        Supervisor(self.home).stop(programs, seconds=60)

    def start(self, programs: Iterable[str]) -> None:
        Supervisor(self.home).start(programs)


def until(condition: Callable[[], object], *, seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
