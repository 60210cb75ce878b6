"""A command line in its own home, never in the developer's."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from werkzeug.serving import make_server

from concord.cli import cli
from concord.stack.home import Home

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Calls `concord` in this process; environment variables are given as keywords."""
    for name in ("CONCORD_PORT", "CONCORD_ISSUER", "CONCORD_DATABASE_URL", "CONCORD_REDIS_URL", "CONCORD_NGINX"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: str, **environment: str) -> Result:
        return CliRunner().invoke(
            cli, arguments, env={"CONCORD_HOME": str(home), "XDG_CONFIG_HOME": str(home), **environment}
        )

    yield call
    Home(home).remove_run()


@contextmanager
def serving(app: "WSGIApplication") -> Iterator[str]:
    """The address of a service on a port of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
