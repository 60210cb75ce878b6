"""A PostgreSQL of its own for one benchmark, durable as in production, on a free port, gone afterwards."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
import psycopg
from sqlalchemy import make_url

from concord.stack import binaries
from concord.stack.account import Account, arguments_for, server_account

# Vacuum and checkpoints belong between the measurements, so nothing starts them by itself.
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "shared_buffers": "512MB",
    "work_mem": "64MB",
    "max_wal_size": "16GB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
    "jit": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track_utility": "on",
    "log_min_messages": "fatal",
}


@dataclass(frozen=True, slots=True)
class Server:
    """`url` is the administrator's."""

    url: str
    process: psutil.Process
    version: str

    def url_of(self, database: str) -> str:
        return make_url(self.url).set(database=database).render_as_string(hide_password=False)

    def cpu_seconds(self) -> float:
        """Of the whole server so far, ended backends included."""
        own = self.process.cpu_times()
        total = own.user + own.system + own.children_user + own.children_system
        for child in self.process.children():
            try:
                times = child.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system
        return float(total)

    def machine(self, **more: str) -> dict[str, str]:
        """What a report says of the place and the time; the load is that of the last five minutes."""
        model = next((line.split(":")[1].strip() for line in _cpu_info() if line.startswith("model name")), "unknown")
        return {
            "cpu": f"{os.cpu_count()} x {model}",
            "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
            "system": " ".join(os.uname()[i] for i in (0, 2, 4)),
            "PostgreSQL": self.version,
            **more,
            "load": f"{os.getloadavg()[1]:.0f}",
            "measured": f"{datetime.now(UTC):%Y-%m-%d %H:%M UTC}",
        }


@contextmanager
def running() -> Iterator[Server]:
    account = server_account("nobody")
    folder = Path(tempfile.mkdtemp(prefix="concord-bench-"))
    folder.chmod(0o755)
    try:
        binary = binaries.runnable(binaries.postgres(), account, folder)
        data, password = _initialise(binary, folder, account)
        port = free_port()
        arguments = [
            part for name, value in (OPTIONS | {"port": str(port)}).items() for part in ("-c", f"{name}={value}")
        ]
        with (folder / "server.log").open("wb") as log:
            process = subprocess.Popen(
                [binary, "-D", data, "-k", data, *arguments], stdout=log, stderr=log, cwd=data, **arguments_for(account)
            )
        url = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
        try:
            yield Server(url, psutil.Process(process.pid), _wait_for(url, folder))
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _initialise(binary: Path, folder: Path, account: Account | None) -> tuple[Path, str]:
    data, password = folder / "data", secrets.token_hex(16)
    data.mkdir(mode=0o700)
    password_file = folder / "password"
    password_file.touch(mode=0o600)
    password_file.write_text(password)
    if account is not None:
        account.own([data, password_file])
    subprocess.run(
        [binary.with_name("initdb"), "-D", data, "-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8",
         "--locale=C.UTF-8", f"--pwfile={password_file}"],
        check=True, stdout=subprocess.DEVNULL, cwd=data, **arguments_for(account),
    )  # fmt: skip
    return data, password


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, folder: Path) -> str:
    deadline = time.monotonic() + 60
    while True:
        try:
            with psycopg.connect(url) as connection:
                return str(connection.info.parameter_status("server_version"))
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise RuntimeError((folder / "server.log").read_text()) from None
            time.sleep(0.1)


def _cpu_info() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.is_file() else []
