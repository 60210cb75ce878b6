"""What the console's tests run against: the services in threads of this process, a real gateway before them, and a
real browser that may talk to nobody else."""

import os
import re
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)
from werkzeug.serving import WSGIRequestHandler, make_server

from shared.console import assets

DESKTOP: ViewportSize = {"width": 1280, "height": 900}
# How long a busy machine may take; nobody waits for it where all is well.
_PATIENCE_MS = 15_000
PHONE: ViewportSize = {"width": 390, "height": 844}
# No name leads anywhere, so that nothing but this machine can be reached; what is asked for elsewhere is noted besides.
ALONE = ["--no-sandbox", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
# What is wrong, and where; without the paths and counts that nobody reads here, and without reading all styles again.
AXE = {"resultTypes": ["violations"], "selectors": False, "preload": False}
# Propagation may ask workflow for approvals; no relay runs here that would do so.
SETTINGS = {
    "propagation": {
        "service_key_file": Path("unread.pem"),
        "siblings": {"workflow": "http://127.0.0.1:9"},
        "superuser_tables": True,
    }
}


class _Quiet(WSGIRequestHandler):
    def log(self, *_arguments: Any) -> None:
        pass


@contextmanager
def served(app: Any, port: int) -> Iterator[None]:
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        raise FileNotFoundError("the tests of the console need a browser: `apt-get install chromium`")
    if not assets.folder().is_dir():
        raise FileNotFoundError("the console's files are missing: `make assets`")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=ALONE)
        yield started
        started.close()


@dataclass
class Visit:
    """A browser's window at the console, and what went wrong in it."""

    page: Page
    address: str
    wrong: list[str] = field(default_factory=list)
    scripted: bool = True

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.settle()

    def settle(self) -> None:
        """Until what the page loads by itself is there."""
        self.page.wait_for_load_state("load")
        if self.scripted:
            expect(self.page.locator(".htmx-request")).to_have_count(0)

    def picture(self, path: str) -> None:
        """For `make screenshots`: into the folder that the environment names."""
        if folder := os.environ.get("CONCORD_SCREENSHOTS"):
            name = re.sub(r"[^a-z-]+", "-", path.lower()).strip("-") or "home"
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True, caret="initial")

    def axe(self, **options: Any) -> list[str]:
        """What axe complains about, with the elements."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(_axe())
        found = self.page.evaluate("options => axe.run(document, options)", AXE | options)
        return [
            f"{rule['id']}: {rule['help']}: {node['html'][:160]}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]


def _axe() -> str:
    return (assets.tests_folder() / "axe.js").read_text()


@contextmanager
def visit(browser: Browser, address: str, **options: Any) -> Iterator[Visit]:
    with ExitStack() as stack:
        context: BrowserContext = browser.new_context(viewport=DESKTOP, **options)
        stack.callback(context.close)
        context.set_default_timeout(_PATIENCE_MS)
        expect.set_options(timeout=_PATIENCE_MS)
        visited = Visit(context.new_page(), address, scripted=options.get("java_script_enabled", True))
        # To listen leaves the browser its cache; to stand in between does not.
        context.on("request", lambda request: _asked(request, address, visited.wrong))
        visited.page.on("console", lambda message: _heard(message, visited.wrong))
        visited.page.on("pageerror", lambda error: visited.wrong.append(f"error: {error}"))
        yield visited


def _asked(request: Request, address: str, wrong: list[str]) -> None:
    if not request.url.startswith((address, "data:")):
        wrong.append(f"asked for {request.url}")


def _heard(message: ConsoleMessage, wrong: list[str]) -> None:
    if message.type in ("error", "warning"):
        wrong.append(f"{message.type}: {message.text}")


Ids = Mapping[str, object]
