"""A whole stack from its first start to its end: the story, what documents tell people to type, callees that are away,
programs that are killed. Nothing may stay behind.

The callees are away in the long form alone (CONCORD_FAULTS=long), which takes two minutes more.

One test, because a start takes longer than most of what is asked of it.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from concord.catalogue import installed_names
from tests.faults.servers import is_long
from tests.stack import pasted, story
from tests.stack.stack import Stack, until

pytestmark = [pytest.mark.stack, pytest.mark.skipif(sys.platform != "linux", reason="tested on Linux only")]


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    stack = Stack(tmp_path / "100% of o'clock")
    yield stack
    stack.call("down", "--wipe", "--yes")
    assert stack.processes() == []
    assert not stack.home.root.exists()


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_a_stack_from_its_first_start_to_its_end(stack: Stack, tmp_path: Path) -> None:
    story.is_told(stack, stack.call("up").stdout)
    is_well(stack)
    pasted.works(stack, tmp_path / "pasted")
    with stack.person("Ada", "admin") as ada, stack.person("Grace", "manager") as grace:
        away = story.Away(stack, ada, grace) if is_long() else None
        if away:
            away.waits_for_validation_and_propagation()
        stack.stop(["web-workflow"])
        up_brings_back_what_is_missing(stack)
        if away:
            away.asks_workflow()
        up_begins_again_after_a_kill(stack)
        if away:
            away.has_resumed()
    run_folder = stack.home.run
    stack.call("down")
    assert stack.processes() == []
    assert not run_folder.exists()
    stack.status(code=4)


def is_well(stack: Stack) -> None:
    programs = stack.status()
    assert {"postgres", "valkey", "gateway"} <= programs.keys()
    assert all(program["healthy"] for program in programs.values())
    assert stack.fetch("/healthz") == (200, {"status": "alive"})
    assert [entry["name"] for entry in stack.fetch("/api")[1]["services"]] == installed_names()
    findings = json.loads(stack.call("doctor", "--json").stdout)
    assert not [finding for finding in findings if finding["level"] == "error"]


def up_brings_back_what_is_missing(stack: Stack) -> None:
    """A program that was stopped (workflow's), and two that were killed."""
    before = stack.status(code=1)
    # A dead master's orphans would keep the port.
    os.kill(before["gateway"]["pid"], signal.SIGKILL)
    os.kill(before["valkey"]["pid"], signal.SIGKILL)
    shown = stack.call("up").stdout
    assert stack.fetch("/healthz")[0] == 200
    after = stack.status()
    changed = {name for name in before if after[name]["pid"] != before[name]["pid"]}
    assert changed == {"gateway", "valkey", "web-workflow"}
    told = " ".join(shown.split())
    assert "10,000 of the tenant demo" in told  # told again, not played again
    assert "full: 12 promotions, then delta: 1 promotion" in told


def up_begins_again_after_a_kill(stack: Stack) -> None:
    os.kill(int((stack.home.run / "supervisord.pid").read_text()), signal.SIGKILL)
    assert until(lambda: stack.processes() == [], seconds=120)  # a worker puts down its job first
    assert stack.status(code=4) == {}
    assert json.loads(stack.call("up", "--no-demo", "--json").stdout)["address"] == stack.address
    assert stack.fetch("/healthz")[0] == 200
    # PostgreSQL was asked to end, not killed: there is nothing to recover.
    assert "interrupted" not in (stack.home.logs / "postgres.log").read_text()
