"""The old system's HTTP interface: login, tables with `$skip`, `$top`, `$filter`, `$orderby`, and failures on demand.

python -m examples.legacy.server --port 8990
"""

import argparse
import json
import secrets
import threading
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

from examples.legacy.filtering import BadFilter, read_filter
from examples.legacy.stock import SMALL, TABLES, Row

MAX_ROWS = 10_000
COOKIE = "4DSID_Lager"


class Stock:
    """The tables, with the changes that were made to rows since the start."""

    def __init__(self, size: int) -> None:
        self.sizes = {table: min(size, SMALL.get(table, size)) for table in TABLES}
        self._changes: dict[tuple[str, int], Row] = {}

    def row(self, table: str, number: int) -> Row:
        return TABLES[table](number) | self._changes.get((table, number), {})

    def change(self, table: str, number: int, fields: Row) -> Row:
        """Changes fields of a row, which is then the youngest."""
        stamp = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        self._changes[table, number] = {**self._changes.get((table, number), {}), **fields, "__TIMESTAMP": stamp}
        return self.row(table, number)

    def rows(self, table: str, wanted: dict[str, str], *, skip: int = 0) -> Iterator[Row]:
        """In the order that is asked for; without one, in none that can be relied upon. Raises BadFilter."""
        numbers: Iterator[int] = iter(range(1, self.sizes[table] + 1))
        order = wanted.get("$orderby", "").split()
        if not order:
            numbers = iter(sorted(numbers, key=lambda number: number * 7_919 % 10_007))
        is_sorted = bool(order) and (order[0] != "__KEY" or order[-1].lower() == "desc")
        if not is_sorted and not wanted.get("$filter"):  # what is skipped need not be made
            numbers, skip = islice(numbers, skip, None), 0
        found: Iterator[Row] = (self.row(table, number) for number in numbers)
        if wanted.get("$filter"):
            found = filter(read_filter(wanted["$filter"]), found)
        if is_sorted:
            key = "__STAMP" if order[0] == "__KEY" else order[0]
            found = iter(sorted(found, key=lambda row: (str(row.get(key)), int(row["__KEY"]))))
            if order[-1].lower() == "desc":
                found = iter(list(found)[::-1])
        return islice(found, skip, None)


class LegacyServer(ThreadingHTTPServer):
    """Its own little world; `login` is the name and password that it wants, None lets everybody in."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], *, size: int, login: tuple[str, str] | None = None) -> None:
        super().__init__(address, _Handler)
        self.stock, self.login = Stock(size), login
        self.sessions: set[str] = set()
        self.failures: deque[tuple[int, str | None]] = deque()
        self.asked: deque[str] = deque(maxlen=10_000)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def fail(self, status: int, *, times: int = 1, retry_after: str | None = None) -> None:
        """The next answers to reading requests."""
        self.failures.extend([(status, retry_after)] * times)

    def forget_sessions(self) -> None:
        self.sessions.clear()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server, parts = cast(LegacyServer, self.server), urlsplit(self.path)
        if parts.path == "/":
            self._answer(200, {"tables": server.stock.sizes})
            return
        server.asked.append(self.path)
        if server.failures:
            status, retry_after = server.failures.popleft()
            self._answer(status, {}, **({"Retry-After": retry_after} if retry_after else {}))
        elif server.login is not None and not self._is_known(server):
            self._answer(401, {"__ERROR": [{"message": "No session"}]})
        else:
            self._table(server, parts.path.removeprefix("/rest/"), dict(parse_qsl(parts.query)))

    def do_POST(self) -> None:
        server, parts = cast(LegacyServer, self.server), urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        wanted = dict(parse_qsl(parts.query))
        if parts.path == "/rest/$directory/login":
            self._login(server)
        elif parts.path == "/failures":
            server.fail(int(wanted["status"]), times=int(wanted.get("times", 1)), retry_after=wanted.get("retry_after"))
            self._answer(200, {"result": True})
        elif (table := parts.path.removeprefix("/rest/")) in server.stock.sizes and "key" in wanted:
            self._answer(200, server.stock.change(table, int(wanted["key"]), json.loads(body)))
        else:
            self._answer(404, {})

    def _login(self, server: LegacyServer) -> None:
        given = (self.headers.get("username-4D", ""), self.headers.get("password-4D", ""))
        if server.login is not None and given != server.login:
            self._answer(401, {"result": False})
            return
        session = secrets.token_hex(8)
        server.sessions.add(session)
        self._answer(200, {"result": True}, **{"Set-Cookie": f"{COOKIE}={session}; Path=/; HttpOnly"})

    def _is_known(self, server: LegacyServer) -> bool:
        cookies = self.headers.get("Cookie", "").split("; ")
        return any(cookie == f"{COOKIE}={session}" for cookie in cookies for session in server.sessions)

    def _table(self, server: LegacyServer, table: str, wanted: dict[str, str]) -> None:
        if table not in server.stock.sizes:
            self._answer(404, {"__ERROR": [{"message": f"No table {table}"}]})
            return
        try:
            skip, top = int(wanted.get("$skip", 0)), min(int(wanted.get("$top", 100)), MAX_ROWS)
            found = list(islice(server.stock.rows(table, wanted, skip=skip), top))
        except (BadFilter, ValueError) as wrong:
            self._answer(400, {"__ERROR": [{"message": str(wrong)}]})
            return
        self._answer(
            200, {"__entityModel": table, "__COUNT": server.stock.sizes[table], "__FIRST": skip, "__ENTITIES": found}
        )

    def _answer(self, status: int, body: Any, **headers: str) -> None:
        content = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments: Any) -> None:
        """Says nothing; who wants to know asks the gateway of the reader."""


def started(*, size: int, port: int = 0, login: tuple[str, str] | None = None) -> LegacyServer:
    """A server in a thread of its own; stop it with `shutdown` and `server_close`."""
    server = LegacyServer(("127.0.0.1", port), size=size, login=login)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at [127.0.0.1]")
    parser.add_argument("--port", type=int, default=8990)
    parser.add_argument("--size", type=int, default=50_000, help="rows of each table [50000]")
    parser.add_argument("--login", metavar="USER:PASSWORD", help="wanted of everybody who reads")
    given = parser.parse_args()
    login = tuple(given.login.split(":", 1)) if given.login else None
    server = LegacyServer((given.host, given.port), size=given.size, login=cast(tuple[str, str] | None, login))
    print(f"{server.url}: {', '.join(server.stock.sizes)}")
    server.serve_forever()


if __name__ == "__main__":
    main()
