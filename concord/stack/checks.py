"""What `concord doctor` looks at. Each check answers in a sentence and, where something is wrong, says what to do."""

import platform
import shutil
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from concord import catalogue
from concord.settings import StackSettings
from concord.stack import binaries, health, lifecycle
from concord.stack.account import server_account
from concord.stack.home import Home
from concord.stack.memory import remembered
from concord.stack.plan import python_account

Level = Literal["ok", "note", "warning", "error"]
_SUPPORTED = {("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64")}
_CLOCK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Finding:
    subject: str
    level: Level
    detail: str
    advice: str = ""


def examine(settings: StackSettings) -> list[Finding]:
    home = Home(settings.home)
    checks: tuple[Callable[[StackSettings, Home], Iterator[Finding]], ...] = (
        _python,
        _machine,
        _binaries,
        _accounts,
        _port,
        _programs,
        _migrations,
        _queues,
        _clock,
    )
    return [finding for check in checks for finding in check(settings, home)]


def _python(_settings: StackSettings, _home: Home) -> Iterator[Finding]:
    text = f"{platform.python_version()} at {sys.executable}"
    if (3, 11) <= sys.version_info < (3, 14):
        yield Finding("Python", "ok", text)
    else:
        yield Finding("Python", "error", text, "use 3.11, 3.12 or 3.13")


def _machine(_settings: StackSettings, home: Home) -> Iterator[Finding]:
    here = (platform.system().lower(), platform.machine().lower())
    if here in _SUPPORTED:
        yield Finding("platform", "ok", " ".join(here))
    else:
        advice = "name PostgreSQL, Redis and nginx by CONCORD_DATABASE_URL, CONCORD_REDIS_URL, CONCORD_NGINX"
        yield Finding("platform", "warning", f"{' '.join(here)}: no bundled servers", advice)
    if here[0] != "linux":
        yield Finding("platform", "note", "a killed supervisor may leave programs behind here; `concord down` asks it")
    existing = next(folder for folder in (home.root, *home.root.parents) if folder.exists())
    free = shutil.disk_usage(existing).free // 2**20
    low = free < 1024
    yield Finding("disk", "warning" if low else "ok", f"{free} MiB free at {home.root}", "make room" if low else "")


def _binaries(settings: StackSettings, _home: Home) -> Iterator[Finding]:
    if settings.database_url:
        yield _named("PostgreSQL", "CONCORD_DATABASE_URL", settings.database_url)
    else:
        yield _binary("PostgreSQL", binaries.postgres)
    if settings.redis_url:
        yield _named("Redis", "CONCORD_REDIS_URL", settings.redis_url)
    else:
        yield _binary("Valkey", binaries.valkey)
    yield _binary("nginx", lambda: binaries.nginx(settings.nginx))


def _named(product: str, variable: str, url: str) -> Finding:
    if complaint := health.complaint(url):
        return Finding(product, "error", complaint, f"start that server or change {variable}")
    return Finding(product, "ok", f"the server that {variable} names answers")


def _binary(product: str, find: Callable[[], Path]) -> Finding:
    try:
        path = find()
    except binaries.BinaryMissing as missing:
        return Finding(product, "error", str(missing))
    flag = "-v" if product == "nginx" else "--version"
    answer = subprocess.run([path, flag], capture_output=True, text=True)
    words = (answer.stdout or answer.stderr).strip().splitlines()
    if answer.returncode != 0 or not words:
        return Finding(product, "error", f"{path} does not run: {' '.join(words[-1:])}")
    return Finding(product, "ok", f"{words[0]} ({path})")


def _accounts(settings: StackSettings, home: Home) -> Iterator[Finding]:
    try:
        account = server_account(settings.user)
    except LookupError as error:
        yield Finding("account", "error", str(error.args[0]))
        return
    if account is None:
        yield Finding("account", "ok", "everything runs under your own account")
    elif home.root.exists() and python_account(account, home):
        yield Finding("account", "ok", f"everything but the supervisor runs as {account.name}")
    else:
        blocked = not account.reaches(Path(sys.executable), stat.S_IROTH)
        why = f"{Path(sys.executable).resolve()} is closed to it" if blocked else "the home is closed to it"
        yield Finding(
            "account",
            "note",
            f"the servers run as {account.name}, the Python programs as root: {why}",
            "for more than a trial, run the stack under an ordinary account",
        )


def _port(settings: StackSettings, home: Home) -> Iterator[Finding]:
    port = remembered(settings, home).port
    if lifecycle.status(settings):
        return
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.bind, port))
        except OSError as error:
            yield Finding("port", "error", f"{port}: {error.strerror}", "set CONCORD_PORT to a free one")
        else:
            yield Finding("port", "ok", f"{port} is free")


def _programs(settings: StackSettings, _home: Home) -> Iterator[Finding]:
    entries = lifecycle.status(settings)
    if not entries:
        yield Finding("stack", "note", "not running", "`concord up` starts it")
        return
    ill = [entry for entry in entries if not entry.is_healthy]
    for entry in ill:
        advice = f"`concord logs {entry.name}`, then `concord up`"
        yield Finding(entry.name, "error", f"{entry.state.lower()}: {entry.complaint or 'no reason given'}", advice)
    if not ill:
        yield Finding("stack", "ok", f"{len(entries)} programs run and are well")


def _migrations(settings: StackSettings, home: Home) -> Iterator[Finding]:
    admin_url = _admin_url(settings, home)
    if admin_url is None or not lifecycle.status(settings):
        return
    from sqlalchemy import NullPool, create_engine
    from sqlalchemy.exc import SQLAlchemyError

    from concord.stack.databases import Database
    from shared import migrations

    for name in catalogue.installed_names():
        database = Database.of(name, home=home, admin_url=admin_url, given=settings.passed)
        url = (database.owner_url or database.app_url).replace("postgresql://", "postgresql+psycopg://", 1)
        try:
            with create_engine(url, poolclass=NullPool).connect() as connection:
                current, head = migrations.current(connection), migrations.head_of(name)
        except SQLAlchemyError as error:
            yield Finding(f"schema of {name}", "error", str(error).splitlines()[0], "`concord up`")
            continue
        same = current == head
        detail = f"{current or 'empty'}" + ("" if same else f", the code expects {head}")
        yield Finding(f"schema of {name}", "ok" if same else "error", detail, "" if same else "`concord migrate`")


def _queues(settings: StackSettings, home: Home) -> Iterator[Finding]:
    url = settings.redis_url or home.read("programs/valkey.json").get("health")
    if url is None or not lifecycle.status(settings):
        return
    import redis

    from shared.redis_client import connect

    with closing(connect(url)) as client:
        for service in catalogue.installed():
            for queue in service.queues:
                try:
                    waiting = int(client.llen(f"rq:queue:{queue}"))
                    workers = int(client.scard(f"rq:workers:{queue}"))
                except redis.RedisError as error:
                    yield Finding(f"queue {queue}", "error", str(error), "`concord logs valkey`")
                    continue
                detail = f"{waiting} waiting, {workers} at work"
                advice = "" if workers else f"`concord logs worker-{service.name}`"
                yield Finding(f"queue {queue}", "ok" if workers else "error", detail, advice)


def _clock(settings: StackSettings, home: Home) -> Iterator[Finding]:
    """Tokens and leases are compared across machines."""
    admin_url = _admin_url(settings, home)
    if admin_url is None or not lifecycle.status(settings):
        return
    import psycopg

    try:
        with psycopg.connect(admin_url, connect_timeout=3) as connection:
            row = connection.execute("select extract(epoch from clock_timestamp())::float8").fetchone()
    except psycopg.Error as error:
        yield Finding("clock", "error", f"PostgreSQL does not answer: {error}", "`concord logs postgres`")
        return
    difference = abs(time.time() - (row[0] if row else 0.0))
    off = difference > _CLOCK_SECONDS
    advice = "let both machines follow a time server" if off else ""
    yield Finding("clock", "warning" if off else "ok", f"{difference:.1f} s from PostgreSQL's", advice)


def _admin_url(settings: StackSettings, home: Home) -> str | None:
    return settings.database_url or home.read("programs/postgres.json").get("health")
