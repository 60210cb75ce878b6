"""Brings the stack up, takes it down, tells how it is."""

import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from concord.settings import StackSettings
from concord.stack import databases, health, old_system
from concord.stack.home import Home
from concord.stack.launch import sweep
from concord.stack.plan import Plan, make_plan
from concord.stack.programs import Program, supervisor_configuration
from concord.stack.supervision import Supervisor
from concord.tokens import DEMO_TENANT_ID, Person

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


def up(
    settings: StackSettings, *, note: Note, restart: bool = False, timeout_seconds: float = 180, demo: bool = False
) -> Plan:
    """Starts what is not running, restarts what has changed, migrates, and returns when all are healthy.

    `demo` brings the old system that its pipelines read.
    """
    home = Home(settings.home)
    with home.locked():
        supervisor = Supervisor(home)
        was_running = supervisor.is_running()
        if not was_running:
            _clear(home)
        _check_named_servers(settings)
        old_system.settle(settings, home, wanted=demo, is_running=was_running)
        plan = make_plan(settings, home)
        changed = _write_specifications(home, plan, was_running=was_running)
        if not was_running:
            _check_port(plan)
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
        _greet(plan, note)
        return plan


def down(settings: StackSettings, *, note: Note, wipe: bool = False) -> bool:
    """Stops everything and leaves no process behind; False if nothing was there. `wipe` removes the data too."""
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
        if wipe:
            home.wipe()
    return was_running or bool(swept)


def status(settings: StackSettings) -> list[ProgramStatus]:
    """How each program is; empty if the stack is not running."""
    home = Home(settings.home)
    supervisor = Supervisor(home)
    return _look(home, supervisor) if supervisor.is_running() else []


def _clear(home: Home) -> list[int]:
    """Ends what a killed supervisor has left; PostgreSQL's processes work in its data folder."""
    known = [home.read(f"programs/{path.name}") for path in home.programs.glob("*.json")]
    folders = {home.run, *(Path(folder) for entry in known for folder in entry["folders"])}
    return sweep(folders, seconds=20)


def _write_specifications(home: Home, plan: Plan, *, was_running: bool) -> set[str]:
    """Names of the running programs whose command or environment is no longer what it was."""
    names = _names(plan.programs)
    for path in home.programs.glob("*.json"):
        if path.stem not in names:
            path.unlink()
    changed = {p.name for p in plan.programs if home.write(f"programs/{p.name}.json", p.specification())}
    return changed if was_running else set()


class Unreachable(Exception):
    """A server that the environment names does not answer."""


def _check_named_servers(settings: StackSettings) -> None:
    named = {"CONCORD_DATABASE_URL": settings.database_url, "CONCORD_REDIS_URL": settings.redis_url}
    for name, url in named.items():
        if url is not None and (complaint := health.complaint(url)):
            raise Unreachable(f"the server that {name} names: {complaint}")


def _check_port(plan: Plan) -> None:
    """Refuses a port that somebody else has; better said now than by a gateway that never gets up."""
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
    crashes = Crashes()
    while ill := [entry for entry in _look(home, supervisor, names) if not entry.is_healthy]:
        hopeless = next((entry for entry in ill if crashes.is_hopeless(entry)), None)
        if hopeless or time.monotonic() > deadline:
            raise NotReady(_explain(home, hopeless or ill[0]))
        time.sleep(0.1)


class Crashes:
    """Counts how often each program came back to BACKOFF, the state after a failed start."""

    ALLOWED = 4

    def __init__(self) -> None:
        self._last: dict[str, str] = {}
        self._count: Counter[str] = Counter()

    def is_hopeless(self, entry: ProgramStatus) -> bool:
        if entry.state == "BACKOFF" != self._last.get(entry.name):
            self._count[entry.name] += 1
        self._last[entry.name] = entry.state
        return entry.state == "FATAL" or self._count[entry.name] > self.ALLOWED


def _greet(plan: Plan, note: Note) -> None:
    """The demo tenant's first call makes its rows, and shows that a token of this stack gets all the way through."""
    person = Person("demo-admin", "Demo admin", DEMO_TENANT_ID, roles=("admin",))
    headers = {"Authorization": f"Bearer {plan.issuer.user_token(person, ttl_seconds=60)}"}
    for service in plan.services:
        try:
            answer, _ = health.fetch(f"{plan.address}/api/{service.name}/v1/jobs", headers)
        except OSError as error:
            note(f"{service.name} does not answer the demo tenant's first call: {error}")
            continue
        if answer != 200:
            note(f"{service.name} answers {answer} to the demo tenant's first call; see `concord logs`")


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
