"""Talks to supervisord: starts it, tells it which programs there are, asks each program's state."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from xmlrpc.client import Fault, ServerProxy

from concord.stack.home import Home

# Codes of supervisor's faults.
_SHUTTING_DOWN = 6
_ALREADY_STARTED = 60
_NOT_RUNNING = 70
_SPAWN_ERROR = 50


class SupervisorFailed(Exception):
    """supervisord did not start or does not answer."""


@dataclass(frozen=True, slots=True)
class State:
    """`word` is supervisor's: RUNNING, STARTING, BACKOFF, FATAL, EXITED, STOPPING, STOPPED."""

    name: str
    word: str
    pid: int
    uptime_seconds: int
    reason: str

    @property
    def is_running(self) -> bool:
        return self.word == "RUNNING"

    @property
    def is_down(self) -> bool:
        return self.word in ("STOPPED", "EXITED", "FATAL")


class Supervisor:
    def __init__(self, home: Home) -> None:
        self._home = home
        self._configuration = home.root / "supervisord.conf"

    def _ask(self, method: str, *arguments: object, tolerated: tuple[int, ...] = ()) -> Any:
        from supervisor.xmlrpc import SupervisorTransport

        transport = SupervisorTransport(None, None, f"unix://{self._home.supervisor_socket}")
        remote = ServerProxy("http://localhost", transport=transport).supervisor
        try:
            return getattr(remote, method)(*arguments)
        except Fault as fault:
            if fault.faultCode in tolerated:
                return None
            raise SupervisorFailed(f"supervisord, asked to {method}: {fault.faultString}") from fault
        except OSError as error:
            raise SupervisorFailed(f"supervisord does not answer: {error}") from error
        finally:
            transport.close()

    def is_running(self) -> bool:
        """Also while it shuts down."""
        if not self._home.supervisor_socket.exists():
            return False
        try:
            self._ask("getState", tolerated=(_SHUTTING_DOWN,))
        except SupervisorFailed:
            return False
        return True

    def configure(self, text: str) -> None:
        """Starts supervisord with this configuration, or makes the running one follow it."""
        self._configuration.write_text(text)
        if self.is_running():
            self._follow()
        else:
            self._start()

    def _start(self) -> None:
        self._home.supervisor_socket.unlink(missing_ok=True)
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(self._configuration)]
        started = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=self._home.run)
        if started.returncode != 0:
            raise SupervisorFailed(f"supervisord did not start: {(started.stderr or started.stdout).strip()}")
        if not _until(self.is_running, seconds=15):
            raise SupervisorFailed(f"supervisord does not answer; see {self._home.logs / 'supervisord.log'}")

    def _follow(self) -> None:
        added, changed, removed = self._ask("reloadConfig")[0]
        for name in (*changed, *removed):
            self._ask("stopProcessGroup", name)
            self._ask("removeProcessGroup", name)
        for name in (*added, *changed):
            self._ask("addProcessGroup", name)

    def states(self) -> dict[str, State]:
        return {info["name"]: _state(info) for info in self._ask("getAllProcessInfo")}

    def start(self, names: Iterable[str]) -> None:
        """Asks for the start and does not wait for it; what runs already is left alone."""
        for name in names:
            self._ask("startProcess", name, False, tolerated=(_ALREADY_STARTED, _SPAWN_ERROR))

    def stop(self, names: Iterable[str], seconds: float) -> None:
        """Stops programs side by side and returns when they are down."""
        wanted = set(names)
        for name in wanted:
            self._ask("stopProcess", name, False, tolerated=(_NOT_RUNNING,))
        _until(lambda: all(state.is_down for state in self.states().values() if state.name in wanted), seconds=seconds)

    def shutdown(self, seconds: float) -> bool:
        """Ends supervisord with everything it runs; False if it is still there after that time."""
        pid_file = self._home.run / "supervisord.pid"
        pid = int(pid_file.read_text()) if pid_file.is_file() else None
        self._ask("shutdown")
        return _until(lambda: not _exists(pid), seconds=seconds)


def _state(info: dict[str, Any]) -> State:
    running = info["statename"] == "RUNNING"
    uptime = info["now"] - info["start"] if running else 0
    return State(info["name"], info["statename"], info["pid"], max(0, uptime), info["spawnerr"] or info["description"])


def _exists(pid: int | None) -> bool:
    if pid is None:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _until(condition: Callable[[], bool], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
