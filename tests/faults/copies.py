"""Web processes of a service, as the stack starts them, each on a port of its own."""

import http.client
import signal
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from concord.catalogue import service_named
from concord.wsgi import stream_command, web_command
from tests.faults.crew import ROOT
from tests.faults.servers import wait_until
from tests.fixtures.servers import _tied, free_port


def web_of_propagation(bind: str) -> tuple[str, ...]:
    return web_command(service_named("propagation"), bind)


def streams_of_propagation(bind: str) -> tuple[str, ...]:
    return stream_command(bind, "propagation")


@dataclass
class Copy:
    """`command` gives the program that listens where it is told."""

    environment: dict[str, str]
    log: Path
    command: Callable[[str], tuple[str, ...]] = web_of_propagation
    health: str = "/readyz"
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*_tied("KILL"), *self.command(self.address)], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        wait_until(self.is_ready, f"a web process, see {self.log}", seconds=120)

    def is_ready(self) -> bool:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)) as connection:
            try:
                connection.request("GET", self.health)
                return connection.getresponse().status == 200
            except OSError:
                return False

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=30)
