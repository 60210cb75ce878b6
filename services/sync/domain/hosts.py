"""Which hosts a pipeline may name: what the operator's list says."""

import re
from collections.abc import Iterable
from typing import NamedTuple

USUAL_PORTS = frozenset({80, 443, 5432})
_ENTRY = re.compile(r"(\*\.)?([^\s:*/\[\]]+|\[[0-9a-fA-F:.]+\])(?::(\d{1,5}))?")


class InvalidHost(ValueError):
    """An entry of the list is neither a host nor a `*.domain`, with or without a port."""


class _Entry(NamedTuple):
    below: bool
    host: str
    port: int | None


class HostList:
    """`host` or `*.domain` (its sub-domains, not itself), each with or without `:port`.

    An entry without a port stands for the usual ones of the protocols that are spoken.
    """

    def __init__(self, entries: Iterable[str]) -> None:
        """Raises InvalidHost."""
        self._entries = [_read(entry) for entry in entries]

    def allows(self, host: str, port: int) -> bool:
        name = _plain(host)
        return any(
            (name.endswith(f".{entry.host}") if entry.below else name == entry.host)
            and (port == entry.port if entry.port is not None else port in USUAL_PORTS)
            for entry in self._entries
        )

    def names(self, host: str, port: int) -> bool:
        """Whether an entry names exactly this host with exactly this port."""
        return any(not entry.below and entry.host == _plain(host) and entry.port == port for entry in self._entries)


def _read(entry: str) -> _Entry:
    match = _ENTRY.fullmatch(entry.strip())
    if match is None:
        raise InvalidHost(f"{entry!r} is neither a host nor *.domain, with or without :port")
    below, host, port = match.groups()
    return _Entry(below is not None, _plain(host), int(port) if port else None)


def _plain(host: str) -> str:
    return host.strip("[]").rstrip(".").lower()
