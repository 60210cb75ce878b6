"""`concord sync` in this process, over the application of the tests."""

from typing import Any

import httpx2
import pytest
from click.testing import CliRunner, Result

from concord.cli import cli
from concord.client import Concord
from concord.connection import ClientConnection
from shared.connection import Connection
from tests.sync.working import Sync


class Doors:
    """The application in this process; its jobs are done here."""

    def __init__(self, sync: Sync) -> None:
        self._sync = sync

    def over_http(self, service: str, *, address: str | None, token: str | None) -> Connection:
        transport = httpx2.WSGITransport(app=self._sync.app)
        client = Concord("http://local", self._sync.person.token, transport=transport)
        return ClientConnection(getattr(client, service), self._sync.perform)

    def local(self, service: str, *, tenant: str | None) -> Connection:
        raise NotImplementedError


@pytest.fixture
def concord(sync: Sync) -> Any:
    def call(*arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(cli, ["sync", *arguments], obj=Doors(sync))
        assert result.exit_code == code, result.output
        return result

    return call
