"""Peers that live in environments of their own: what they need need not fit with ours."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

TOOLS = Path(".tools")


class Peer:
    """A program of another environment, which answers each line of JSON with one."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process, self._figures = process, psutil.Process(process.pid)

    def ask(self, told: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(told), file=self._process.stdin, flush=True)
        return json.loads(self._process.stdout.readline())

    def cpu_seconds(self) -> float:
        times = self._figures.cpu_times()
        return float(times.user + times.system)


@contextmanager
def running(name: str, script: str, *given: str) -> Iterator[Peer]:
    """The program, run by the interpreter of the environment `name`; ready once it has answered the first line."""
    command = [str(TOOLS / name / "bin/python"), script, *given]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Peer(process)
        assert process.stdin is not None
        process.stdin.close()


def install(uv: str, name: str, *packages: str) -> None:
    """Makes the environment, or adds what it lacks."""
    place = TOOLS / name
    if not (place / "bin/python").exists():
        subprocess.run([uv, "venv", "--quiet", str(place)], check=True)
    subprocess.run([uv, "pip", "install", "--quiet", "--python", str(place / "bin/python"), *packages], check=True)
