"""Starts one program of the stack: `python -I -S launch.py PROGRAM.json`. Standard library only, it must be quick.

The supervisor restarts what dies, but a killed master leaves children that hold its port or its queue, and a killed
supervisor leaves everything. So each start first ends what the previous one left in the program's working folder,
then ties the program to the life of the supervisor and becomes it (same process id).
"""

import ctypes
import json
import os
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38


def leftovers(folders: Iterable[Path]) -> list[int]:
    """Processes at work in or below the folders, except this one and people's shells.

    By working folder, because process titles overwrite the environment and work horses leave the process group.
    """
    roots = tuple(os.path.realpath(folder) for folder in folders)
    return [pid for pid in _processes() if pid != os.getpid() and _works_in(pid, roots)]


def sweep(folders: Iterable[Path], seconds: float = 5) -> list[int]:
    """Ends the leftovers, asking first; the ids of all that were there."""
    folders = list(folders)
    found = leftovers(folders)
    _send(found, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while (remaining := leftovers(folders)) and time.monotonic() < deadline:
        time.sleep(0.05)
    _send(remaining, signal.SIGKILL)
    while remaining and leftovers(folders) and time.monotonic() < deadline + seconds:
        time.sleep(0.05)
    return found


def _processes() -> list[int]:
    proc = Path("/proc")
    return [int(entry.name) for entry in proc.iterdir() if entry.name.isdigit()] if proc.is_dir() else []


def _works_in(pid: int, roots: tuple[str, ...]) -> bool:
    try:
        folder = os.readlink(f"/proc/{pid}/cwd").removesuffix(" (deleted)")
        # After the command's name, which may contain anything, come: state parent group session terminal.
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:  # gone, or another user's
        return False
    alive, has_terminal = fields[0] not in (b"Z", b"X"), fields[4] != b"0"
    return alive and not has_terminal and any(folder == root or folder.startswith(f"{root}/") for root in roots)


def _send(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _drop_privileges(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def _tie_to_parent(parent: int, death_signal: int, *, confined: bool) -> None:
    """The kernel sends `death_signal` when the supervisor dies. After the change of user, which would clear it."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if confined:
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.getppid() != parent:  # it died before the lines above
        sys.exit("the supervisor is gone")


def main(specification: str) -> None:
    parent = os.getppid()
    program: dict[str, Any] = json.loads(Path(specification).read_text())
    sweep([Path(folder) for folder in program["folders"]])
    os.chdir(program["folders"][0])
    os.umask(0o027)
    if account := program["account"]:
        _drop_privileges(*account)
    for number in (signal.SIGINT, signal.SIGTERM):  # ignored by who started the supervisor, they would stay so
        signal.signal(number, signal.SIG_DFL)
    _tie_to_parent(parent, signal.Signals[f"SIG{program['death_signal']}"], confined=bool(account))
    os.execve(program["command"][0], program["command"], program["environment"])  # noqa: S606 - no shell is meant


if __name__ == "__main__":
    main(sys.argv[1])
