"""What the README, the tutorials and a how-to tell people to type, as pasted."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

from tests.repository.test_readme import HOW_TO, ORIGIN, PIPELINE, README, TUTORIAL, WORK_ORDER, console
from tests.stack.stack import Stack

IDLE = f"""until curl -s -H "Authorization: Bearer $TOKEN" {ORIGIN}/api/propagation-jobs/summary/ |
    grep '"pending_jobs":0,"running_jobs":0' > /dev/null; do sleep 1; done"""


def script(document: str, stack: Stack) -> str:
    text = "\n".join(block for block in console(document) if not block.startswith("make "))
    concord = f"{shlex.quote(sys.executable)} -m concord"
    return text.replace(ORIGIN, stack.address).replace(".venv/bin/concord", concord)


def works(stack: Stack, folder: Path) -> None:
    folder.mkdir()
    idle = IDLE.replace(ORIGIN, stack.address)
    parts = ['curl() { command curl --fail "$@"; }', script(README, stack), idle, script(TUTORIAL, stack)]
    parts += [idle, script(HOW_TO, stack), script(WORK_ORDER, stack), script(PIPELINE, stack)]
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(parts)],
        cwd=folder,
        env=os.environ | {"CONCORD_HOME": str(stack.home.root)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    lines = done.stdout.splitlines()
    assert lines.count("completed") == 3  # the run of the tutorial, the edit in between, the undo of the how-to
    assert lines.count("partial_failure") == 1  # the undo of the tutorial
    assert "1667" in lines
    assert "NORDEN-EMEA" in lines
    assert {"vendor_missing", "version_conflict", "verification_pending", "CLOSED"} <= set(lines)
    assert "The string 8 was changed after the run; it stays as it is." in lines
    assert "1 pipeline, nothing is wrong" in lines
    assert any(line.startswith("articles  product  completed  next 2") for line in lines)
