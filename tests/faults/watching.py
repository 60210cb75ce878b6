"""Many who look on: event streams that are opened at once and stay open."""

import select
import socket
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field

PATIENCE_SECONDS = 60


@dataclass
class Watchers:
    """Streams at `path` through the gateway on `port`, each over a connection of its own."""

    port: int
    token: str
    path: str
    _open: list[socket.socket] = field(default_factory=list)
    _kept: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> "Watchers":
        return self

    def __exit__(self, *_failure: object) -> None:
        self._kept.close()

    def open(self, count: int) -> Counter[int]:
        """All ask before the first is read; gives how many were answered with which status."""
        request = f"GET {self.path} HTTP/1.1\r\nHost: concord\r\nAuthorization: Bearer {self.token}\r\n\r\n".encode()
        for _ in range(count):
            connection = self._kept.enter_context(socket.create_connection(("127.0.0.1", self.port)))
            connection.settimeout(PATIENCE_SECONDS)
            connection.sendall(request)
            self._open.append(connection)
        return Counter(self._status(connection) for connection in self._open)

    def open_now(self) -> int:
        """Of how many the other side has not hung up. What they have been sent meanwhile is read away."""
        return sum(map(self._is_open, self._open))

    def _status(self, connection: socket.socket) -> int:
        head = b""
        while b"\r\n\r\n" not in head:
            piece = connection.recv(4096)
            if not piece:
                return 0
            head += piece
        return int(head.split(b" ", 2)[1])

    def _is_open(self, connection: socket.socket) -> bool:
        while select.select([connection], [], [], 0)[0]:
            if not connection.recv(65536):
                return False
        return True
