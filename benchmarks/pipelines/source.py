"""A paged HTTP interface over files of JSON lines: `python -m benchmarks.pipelines.source FOLDER`.

In a process of its own, so that what it costs is not counted. It says its port, and answers `GET /FILE?page=N`.
"""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from benchmarks.pipelines.data import PAGE_ROWS


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    pages: ClassVar[dict[str, list[bytes]]] = {}

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        number = int(parse_qs(parts.query).get("page", ["1"])[0])
        pages = self.pages[parts.path.strip("/")]
        rows = pages[number - 1] if number <= len(pages) else b""
        body = b'{"pages":%d,"data":[%b]}' % (len(pages), rows)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Says nothing."""


def main(folder: Path) -> None:
    for file in folder.glob("*.jsonl"):
        lines = file.read_bytes().splitlines()
        blocks = (lines[first : first + PAGE_ROWS] for first in range(0, len(lines), PAGE_ROWS))
        _Handler.pages[file.stem] = [b",".join(block) for block in blocks]
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
