"""The drill: what is backed up comes back into empty databases, is what it was, and passes every check."""

import json
import shutil
import signal
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from concord.cli import cli
from concord.stack.backup import MANIFEST
from concord.stack.databases import Database
from concord.stack.home import Home
from shared.app import ServiceApp
from shared.db import Database as Connections
from shared.sealing import seal
from shared.tenancy import Context
from tests.faults.servers import Postgres
from tests.fixtures.people import Issuer, Person

SERVICES = ("workflow", "validation")
TENANT = uuid.uuid4()
KEY = "only-for-tests-" * 4
Command = Callable[..., Result]
People = dict[str, Person]


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """Of its own: names of databases are fixed."""
    made = Postgres()
    try:
        made.initialize()
        made.start()
        yield made
    finally:
        made.stop(signal.SIGINT)


def command(server: Postgres, home: Path) -> Command:
    def call(*arguments: str, **environment: str) -> Result:
        given = {"CONCORD_DATABASE_URL": server.url, "CONCORD_HOME": str(home), **environment}
        return CliRunner().invoke(cli, arguments, env=given)

    return call


def database(service: str, server: Postgres, home: Path) -> Database:
    return Database.of(service, home=Home(home), admin_url=server.url, given={})


@contextmanager
def people(server: Postgres, home: Path, issuer: Issuer, redis_url: str) -> Iterator[People]:
    """Somebody of the tenant before each service's application on these databases."""
    with ExitStack() as stack:
        found = {}
        for service in SERVICES:
            kind = import_module(f"services.{service}.config").Settings
            url = database(service, server, home).app_url
            own = kind(database_url=url, redis_url=redis_url, jwks=str(issuer.jwks), secret_key=KEY)
            app: ServiceApp = import_module(f"services.{service}.app").create_app(own)
            stack.callback(app.runtime.db.dispose)
            found[service] = Person(app.test_client(), f"/api/{service}/v1", issuer.token(TENANT))
        yield found


def seal_audit(service: str, server: Postgres, home: Path) -> None:
    models = import_module(f"services.{service}.models")
    relay = Connections(database(service, server, home).relay_url or "", pooled=False)
    with relay.transaction(Context(tenant_id=None)) as session:
        seal(session, models.AuditEvent, models.AuditSeal)


def seen(people: People) -> dict[str, Any]:
    """What the tenant sees of its tickets and chronicles, and of the log."""
    rows = people["validation"].get("audit-log").get_json()["results"]
    return {
        "tickets": people["workflow"].get("tickets?ordering=id").get_json()["results"],
        "chronicles": people["validation"].get("chronicles?ordering=id").get_json()["results"],
        "log": [row for row in rows if row["event_type"] != "DATA_ACCESSED"],  # this very look is one
    }


def write(people: People, name: str) -> None:
    ticket = people["workflow"].post("tickets", {"subject": name, "description": "For the drill."})
    assert ticket.status_code == 201, ticket.get_json()
    chronicle = people["validation"].post("chronicles", {"name": name})
    assert chronicle.status_code == 201, chronicle.get_json()


def refused(result: Result, *words: str) -> None:
    assert result.exit_code == 1, result.output
    assert all(word in result.stderr for word in words), result.stderr


def test_what_is_backed_up_comes_back(server: Postgres, issuer: Issuer, redis_url: str, tmp_path: Path) -> None:
    first, second, folder = tmp_path / "first", tmp_path / "second", tmp_path / "monday"
    concord = command(server, first)
    assert concord("migrate", *SERVICES).exit_code == 0
    with people(server, first, issuer, redis_url) as ours:
        write(ours, "Before")
        for service in SERVICES:
            seal_audit(service, server, first)
        before = seen(ours)
        taken = concord("backup", str(folder), *SERVICES, "--json")
        assert taken.exit_code == 0, taken.output
        assert json.loads(taken.stdout) == json.loads((folder / MANIFEST).read_text())
        write(ours, "After")
    refused(concord("backup", str(folder), *SERVICES), "exists already")

    fresh = command(server, second)
    refused(fresh("restore", str(folder)), "has tables")
    restored = fresh("restore", str(folder), "--replace", "--yes")
    assert restored.exit_code == 0, restored.output
    with people(server, second, issuer, redis_url) as ours:
        assert seen(ours) == before
        write(ours, "Later")
    relays = {f"CONCORD_{name.upper()}_RELAY_URL": database(name, server, second).relay_url or "" for name in SERVICES}
    verified = fresh("audit", "verify", *SERVICES, "--local", **relays)
    assert verified.exit_code == 0, verified.output
    assert "workflow: intact; " in verified.stdout
    checked = fresh(
        "validation",
        "validate_data_integrity",
        CONCORD_VALIDATION_DATABASE_URL=database("validation", server, second).app_url,
        CONCORD_JWKS=str(issuer.jwks),
        CONCORD_REDIS_URL=redis_url,
        CONCORD_SECRET_KEY=KEY,
        **relays,
    )
    assert checked.exit_code == 0, checked.output
    spoilt(folder, fresh, tmp_path)


def spoilt(folder: Path, fresh: Command, tmp_path: Path) -> None:
    """What is not whole or of another time is refused before anything is dropped."""
    manifest = json.loads((folder / MANIFEST).read_text())
    newer = [part | {"revision": "9999"} for part in manifest["parts"]]
    cases: dict[str, tuple[dict[str, Any], str]] = {
        "format": (manifest | {"format": 2}, "format 2"),
        "revision": (manifest | {"parts": newer}, "newer than this code"),
        "checksum": (manifest | {"parts": [part | {"sha256": "0" * 64} for part in manifest["parts"]]}, "checksum"),
    }
    for name, (changed, word) in cases.items():
        copy = tmp_path / name
        shutil.copytree(folder, copy)
        (copy / MANIFEST).write_text(json.dumps(changed))
        refused(fresh("restore", str(copy), "--replace", "--yes"), word)
    (copy / MANIFEST).unlink()
    refused(fresh("restore", str(copy), "--replace", "--yes"), "no manifest.json")
    refused(fresh("restore", str(folder), "sync", "--replace", "--yes"), "has no sync")
    assert fresh("backup", str(folder), "nothing").exit_code == 2
