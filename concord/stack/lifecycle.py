"""Brings the stack up, takes it down, tells how it is."""

import socket
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass

from concord.settings import StackSettings
from concord.stack import databases, health
from concord.stack.home import Home
from concord.stack.launch import sweep
from concord.stack.plan import Plan, make_plan
from concord.stack.programs import Program, supervisor_configuration
from concord.stack.supervision import Supervisor

SHUTDOWN_SECONDS = 60
Note = Callable[[str], None]


class NotReady(Exception):
    """A program did not become healthy; the text names it and its log."""


@dataclass(frozen=True, slots=True)
class ProgramStatus:
    """`state` is supervisor's word, `complaint` what keeps the program from being healthy."""

    name: str
    state: str
    pid: int
    uptime_seconds: int
    complaint: str | None

    @property
    def is_healthy(self) -> bool:
        return self.state == "RUNNING" and self.complaint is None


def up(settings: StackSettings, *, note: Note, restart: bool = False, timeout_seconds: float = 90) -> Plan:
    """Starts what is not running, restarts what has changed, migrates, and returns when all are healthy."""
    home = Home(settings.home)
    with home.locked():
        supervisor = Supervisor(home)
        was_running = supervisor.is_running()
        if not was_running:
            _clear(home)
        plan = make_plan(settings, home)
        changed = _write_specifications(home, plan, was_running=was_running)
        _check_port(plan, supervisor if was_running else None)
        supervisor.configure(supervisor_configuration(home, plan.programs))
        if stale := _names(plan.programs) if restart else changed:
            supervisor.stop(stale, seconds=SHUTDOWN_SECONDS)
        deadline = time.monotonic() + timeout_seconds
        first = [program for program in plan.programs if program.is_server]
        note("starting the servers")
        _start(home, supervisor, first, deadline)
        for database in plan.databases:
            note(f"migrating {database.service}")
            databases.prepare(database, home=home, admin_url=plan.admin_url)
        note("starting the services")
        _start(home, supervisor, plan.programs, deadline)
        return plan


def down(settings: StackSettings, *, note: Note) -> bool:
    """Stops everything and leaves no process behind; False if nothing was there."""
    home = Home(settings.home)
    if not home.root.is_dir():
        return False
    with home.locked():
        supervisor = Supervisor(home)
        was_running = supervisor.is_running()
        if was_running:
            note("stopping the services")
            servers = {name for name in supervisor.states() if name in ("postgres", "valkey")}
            supervisor.stop(supervisor.states().keys() - servers, seconds=SHUTDOWN_SECONDS)
            note("stopping the servers")
            supervisor.shutdown(seconds=SHUTDOWN_SECONDS)
        swept = _clear(home)
        home.remove_run()
    return was_running or bool(swept)


def status(settings: StackSettings) -> list[ProgramStatus]:
    """How each program is; empty if the stack is not running."""
    home = Home(settings.home)
    supervisor = Supervisor(home)
    return _look(home, supervisor) if supervisor.is_running() else []


def _clear(home: Home) -> list[int]:
    """Ends what a killed supervisor has left; PostgreSQL's processes work in its data folder."""
    known = [home.read(f"programs/{path.name}") for path in home.programs.glob("*.json")]
    folders = {home.run, *(folder for entry in known for folder in map(type(home.run), entry["folders"]))}
    return sweep(folders, seconds=20)


def _write_specifications(home: Home, plan: Plan, *, was_running: bool) -> set[str]:
    """Names of the running programs whose command or environment is no longer what it was."""
    names = _names(plan.programs)
    for path in home.programs.glob("*.json"):
        if path.stem not in names:
            path.unlink()
    changed = {p.name for p in plan.programs if home.write(f"programs/{p.name}.json", p.specification())}
    return changed if was_running else set()


def _check_port(plan: Plan, supervisor: Supervisor | None) -> None:
    """Refuses a port that somebody else has; better said now than by a gateway that never gets up."""
    if supervisor is not None and (gateway := supervisor.states().get("gateway")) and gateway.is_running:
        return
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((plan.bind, plan.port))
        except OSError as error:
            advice = "set CONCORD_PORT to a free one"
            raise NotReady(f"port {plan.port} cannot be used ({error.strerror}): {advice}") from error


def _start(home: Home, supervisor: Supervisor, programs: Iterable[Program], deadline: float) -> None:
    names = _names(programs)
    waiting = [name for name, state in supervisor.states().items() if name in names and state.is_down]
    supervisor.start(waiting)
    while ill := [entry for entry in _look(home, supervisor, names) if not entry.is_healthy]:
        fatal = next((entry for entry in ill if entry.state == "FATAL"), None)
        if fatal or time.monotonic() > deadline:
            raise NotReady(_explain(home, fatal or ill[0]))
        time.sleep(0.1)


def _explain(home: Home, entry: ProgramStatus) -> str:
    log = home.logs / f"{entry.name}.log"
    tail = log.read_text(errors="replace").splitlines()[-12:] if log.is_file() else []
    return "\n".join([f"{entry.name} is {entry.state}: {entry.complaint or 'no reason given'}", *tail, f"Log: {log}"])


def _look(home: Home, supervisor: Supervisor, names: set[str] | None = None) -> list[ProgramStatus]:
    entries = []
    for name, state in sorted(supervisor.states().items()):
        if names is None or name in names:
            url = home.read(f"programs/{name}.json").get("health", "")
            complaint = (health.complaint(url) if url else None) if state.is_running else state.reason
            entries.append(ProgramStatus(name, state.word, state.pid, state.uptime_seconds, complaint))
    return entries


def _names(programs: Iterable[Program]) -> set[str]:
    return {program.name for program in programs}
