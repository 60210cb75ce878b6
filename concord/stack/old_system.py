"""The old system that pipelines of the demo read: an example server that the stack runs, for this machine only.

Its address is let through to the sync service by that service's own settings; nothing else that is private is.
"""

import json
import socket
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec

from concord.settings import StackSettings
from concord.stack.home import Home

NAME = "old-system"
_FILE = "old-system.json"
_ENVIRONMENT = "live"  # as the pipelines of the example name it
_ALLOWED, _ENVIRONMENTS = "CONCORD_SYNC_ALLOWED_PRIVATE", "CONCORD_SYNC_LEGACY_ENVIRONMENTS"


@dataclass(frozen=True, slots=True)
class OldSystem:
    port: int
    rows: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def command(self) -> tuple[str, ...]:
        server = (sys.executable, "-m", "examples.legacy.server")
        return (*server, "--port", str(self.port), "--size", str(self.rows))

    def environment(self) -> Mapping[str, str]:
        """What lets the sync service read it."""
        return {
            _ALLOWED: json.dumps([f"127.0.0.1:{self.port}"]),
            _ENVIRONMENTS: json.dumps({_ENVIRONMENT: {"base_url": self.url}}),
        }


def settle(settings: StackSettings, home: Home, *, wanted: bool, is_running: bool) -> None:
    """Decides whether there is one, before a plan is made. Its port is kept while the stack runs.

    Who sets what pipelines may read has sources of their own.
    """
    is_wanted = wanted and find_spec("examples") is not None and not {_ALLOWED, _ENVIRONMENTS} & settings.passed.keys()
    port = home.read(_FILE).get("port") if is_running else None
    home.write(_FILE, {"port": port or _free_port(), "rows": settings.demo_rows} if is_wanted else {})


def settled(home: Home) -> OldSystem | None:
    known = home.read(_FILE)
    return OldSystem(**known) if known else None


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
