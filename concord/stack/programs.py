"""The programs of the stack as plain data, and how supervisord and the launcher are told about them."""

import os
import shlex
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from concord.stack.account import Account
from concord.stack.home import Home

# What cannot be asked whether it is well must at least outlive its own imports.
_SETTLED_SECONDS = 3
LAUNCHER = Path(__file__).with_name("launch.py")


@dataclass(frozen=True, slots=True)
class Program:
    """One process that the supervisor keeps alive.

    `folders`: the first is its working folder, what runs in any of them belongs to it. `health`: where to ask whether
    it does its work (see health.py), empty where running is all there is to say.
    """

    name: str
    command: tuple[str, ...]
    folders: tuple[Path, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None
    stop_signal: str = "TERM"
    stop_seconds: int = 15
    health: str = ""
    is_server: bool = False

    def specification(self) -> dict[str, Any]:
        return {
            "command": list(self.command),
            "environment": dict(self.environment),
            "folders": [str(folder) for folder in self.folders],
            "account": [self.account.uid, self.account.gid] if self.account else None,
            "death_signal": self.stop_signal,
            "health": self.health,
        }


def supervisor_configuration(home: Home, programs: Iterable[Program]) -> str:
    """Nothing starts by itself: `up` starts the servers, migrates, and then starts the rest.

    All paths go through the run folder, whose name is plain: supervisord expands percent signs once or twice.
    """
    head = f"""\
[unix_http_server]
file={home.supervisor_socket}
chmod=0700

[supervisord]
logfile={home.run / "logs" / "supervisord.log"}
logfile_maxbytes=1MB
logfile_backups=1
pidfile={home.run / "supervisord.pid"}
directory={home.run}
childlogdir={home.run / "logs"}
minfds=4096
{"user=root" if _is_root() else ""}

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""
    return head + "".join(_section(home, program) for program in programs)


def _section(home: Home, program: Program) -> str:
    command = [sys.executable, "-I", "-S", str(LAUNCHER), str(home.run / "programs" / f"{program.name}.json")]
    return f"""
[program:{program.name}]
command={shlex.join(command).replace("%", "%%")}
directory={program.folders[0]}
autostart=false
autorestart=true
startsecs={1 if program.health else _SETTLED_SECONDS}
startretries=100
stopsignal={program.stop_signal}
stopwaitsecs={program.stop_seconds}
killasgroup=true
redirect_stderr=true
stdout_logfile={home.run / "logs" / f"{program.name}.log"}
stdout_logfile_maxbytes=5MB
stdout_logfile_backups=1
"""


def _is_root() -> bool:
    return os.geteuid() == 0
