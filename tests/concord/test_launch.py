"""The launcher: sweeps what an earlier start left, and ties its program to the supervisor."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from concord.stack.launch import leftovers, sweep
from concord.stack.programs import LAUNCHER

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel through /proc")
SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)",
]


@pytest.fixture
def start() -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
    started: list[subprocess.Popen[bytes]] = []

    def spawn(command: list[str], folder: Path) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, start_new_session=True)
        started.append(process)
        return process

    yield spawn
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def until(condition: Callable[[], bool]) -> bool:
    for _ in range(400):
        if condition():
            return True
        time.sleep(0.025)
    return False


def specification(folder: Path, command: list[str], **others: object) -> str:
    path = folder.parent / "program.json"
    program = {"command": command, "environment": {"PATH": ""}, "folders": [str(folder)], "account": None}
    path.write_text(json.dumps(program | {"death_signal": "TERM"} | others))
    return str(path)


def test_only_what_works_in_the_folder_is_swept(
    tmp_path: Path, start: Callable[..., "subprocess.Popen[bytes]"]
) -> None:
    inside, beside = tmp_path / "program", tmp_path / "program2"
    below = inside / "below"
    for folder in (below, beside):
        folder.mkdir(parents=True)
    ours = [start(SLEEP, inside), start(SLEEP, below)]
    other = start(SLEEP, beside)
    assert set(leftovers([inside])) == {process.pid for process in ours}
    assert set(sweep([inside])) == {process.pid for process in ours}
    assert [process.wait(10) for process in ours] == [-signal.SIGTERM, -signal.SIGTERM]
    assert other.poll() is None


def test_what_ignores_the_request_is_killed(tmp_path: Path, start: Callable[..., "subprocess.Popen[bytes]"]) -> None:
    stubborn = start(STUBBORN, tmp_path)
    assert stubborn.stdout is not None
    stubborn.stdout.readline()
    sweep([tmp_path], seconds=0.2)
    assert stubborn.wait(10) == -signal.SIGKILL


def test_the_program_keeps_the_process_id_and_its_predecessor_is_gone(
    tmp_path: Path, start: Callable[..., "subprocess.Popen[bytes]"]
) -> None:
    folder = tmp_path / "program"
    folder.mkdir()
    predecessor = start(SLEEP, folder)
    report = "import os, sys; print(os.getpid(), os.getcwd(), sorted(os.environ), flush=True)"
    path = specification(folder, [sys.executable, "-I", "-c", report], environment={"ONLY": "this"})
    program = start([sys.executable, "-I", "-S", str(LAUNCHER), path], tmp_path)
    assert program.stdout is not None
    pid, cwd, names = program.stdout.readline().decode().split(maxsplit=2)
    assert (int(pid), cwd) == (program.pid, str(folder))
    assert "'ONLY'" in names
    assert "'PATH'" not in names
    assert predecessor.wait(10) == -signal.SIGTERM


@pytest.mark.parametrize("death_signal", ["INT", "TERM"])
def test_the_program_ends_with_its_supervisor(
    tmp_path: Path, start: Callable[..., "subprocess.Popen[bytes]"], death_signal: str
) -> None:
    folder = tmp_path / "program"
    folder.mkdir()
    path = specification(folder, SLEEP, death_signal=death_signal)
    launcher = [sys.executable, "-I", "-S", str(LAUNCHER), path]
    supervisor = start([sys.executable, "-c", f"import subprocess; subprocess.run({launcher!r})"], tmp_path)
    assert until(lambda: len(leftovers([folder])) == 1)
    assert until(lambda: b"time.sleep" in Path(f"/proc/{leftovers([folder])[0]}/cmdline").read_bytes())
    supervisor.kill()
    assert until(lambda: leftovers([folder]) == [])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can change the account")
def test_an_account_is_taken_on_before_the_tie(tmp_path: Path, start: Callable[..., "subprocess.Popen[bytes]"]) -> None:
    folder = tmp_path / "program"
    folder.mkdir()
    path = specification(folder, ["/bin/sleep", "60"], account=[65534, 65534])
    launcher = [sys.executable, "-I", "-S", str(LAUNCHER), path]
    supervisor = start([sys.executable, "-c", f"import subprocess; subprocess.run({launcher!r})"], tmp_path)
    assert until(lambda: len(leftovers([folder])) == 1)
    status = Path(f"/proc/{leftovers([folder])[0]}/status")
    assert until(lambda: "Uid:\t65534\t65534\t65534\t65534" in status.read_text())
    assert "Groups:\t \n" in status.read_text()
    assert until(lambda: "NoNewPrivs:\t1" in status.read_text())
    supervisor.kill()
    assert until(lambda: leftovers([folder]) == [])
