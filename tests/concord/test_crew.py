"""Workers that share one parent: each is replaced when it ends, and none outlives the parent."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[3]
SLEEPERS = "import time; from concord.crew import Crew; Crew(['a', 'b'], lambda post: time.sleep(60)).run()"
PATIENCE_SECONDS = 20


@pytest.fixture
def parent() -> Iterator[psutil.Popen]:
    process = psutil.Popen([sys.executable, "-c", SLEEPERS], cwd=ROOT, stderr=subprocess.DEVNULL)
    yield process
    for member in [*process.children(), process] if process.is_running() else []:
        member.kill()
    process.wait()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_member_that_dies_is_replaced_and_a_stop_ends_all(parent: psutil.Popen) -> None:
    until(lambda: len(parent.children()) == 2)
    killed, kept = parent.children()
    killed.kill()
    until(lambda: len(parent.children()) == 2 and killed not in parent.children())
    assert kept in parent.children()
    members = parent.children()
    parent.terminate()
    assert parent.wait(PATIENCE_SECONDS) == 0
    assert not any(member.is_running() for member in members)


def test_no_member_outlives_its_parent(parent: psutil.Popen) -> None:
    until(lambda: len(parent.children()) == 2)
    members = parent.children()
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    gone, outliving = psutil.wait_procs(members, timeout=PATIENCE_SECONDS)
    assert (len(gone), outliving) == (2, [])
