"""Workers and the relay as real processes: started, killed by a test, and started again as a supervisor would."""

import contextlib
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.fixtures.servers import _tied

ROOT = Path(__file__).parents[2]
QUEUES = ("propagation", "propagation_heavy", "propagation_heavy")


def worker(queue: str) -> tuple[str, ...]:
    return ("-m", "concord", "worker", queue)


@dataclass
class Member:
    """A process that shall run, and the one that does."""

    arguments: tuple[str, ...]
    process: subprocess.Popen[bytes]


@dataclass
class Crew:
    environment: Mapping[str, str]
    log: Path
    service: str = "propagation"
    queues: tuple[str, ...] = QUEUES
    members: list[Member] = field(default_factory=list)
    seen: set[psutil.Process] = field(default_factory=set)

    def start(self) -> None:
        for arguments in (("-m", "tests.faults.process", self.service), *map(worker, self.queues)):
            self.members.append(Member(arguments, self._run(arguments)))

    def mend(self) -> None:
        """Starts again what has ended: a worker leaves when its Redis stays away for more than some seconds."""
        for member in self.members:
            if member.process.poll() is not None:
                member.process = self._run(member.arguments)

    def replace(self) -> None:
        """Ends each as a deploy does, one after the other, and waits until it has put down its work."""
        for member in self.members:
            member.process.send_signal(signal.SIGTERM)
            member.process.wait(timeout=60)
            member.process = self._run(member.arguments)

    def kill_relay(self) -> None:
        self._kill(self.members[0])

    def kill_workers(self) -> None:
        """All of one queue, parents only: the jobs they have forked go on alone."""
        self.horses()
        for member in self.members:
            if member.arguments == worker(self.queues[-1]):
                self._kill(member)

    def horses(self) -> list[psutil.Process]:
        """The forks that do the jobs."""
        found = [child for member in self.members[1:] for child in _children(member.process)]
        self.seen.update(found)
        return found

    def peaks_of_horses(self) -> list[int]:
        """The most memory that each of them has had so far, in bytes."""
        return [peak for horse in self.horses() if (peak := _peak(horse.pid)) is not None]

    def kill_horses(self) -> None:
        for horse in self.horses():
            _end(horse)

    @contextlib.contextmanager
    def paused_horses(self) -> Iterator[None]:
        """As if the machine under them had been stopped for a while."""
        horses = self.horses()
        for horse in horses:
            horse.send_signal(signal.SIGSTOP)
        yield
        for horse in horses:
            with contextlib.suppress(psutil.NoSuchProcess):
                horse.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        self.horses()
        for member in self.members:
            member.process.kill()
            member.process.wait()
        for child in self.seen:
            _end(child)

    def _kill(self, member: Member) -> None:
        member.process.kill()
        member.process.wait()
        self.mend()

    def _run(self, arguments: tuple[str, ...]) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [*_tied("KILL"), sys.executable, *arguments],
                cwd=ROOT,
                env=dict(self.environment),
                stdout=log,
                stderr=subprocess.STDOUT,
            )


def _children(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _peak(pid: int) -> int | None:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else None


def _end(process: psutil.Process) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.kill()
