"""`concord sync` over HTTP, where workers do the runs, and on the database, where the command does them itself."""

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from werkzeug.serving import make_server

from services.sync import jobs
from services.sync.config import Settings
from shared.app import ServiceApp
from tests.concord.conftest import Run
from tests.fixtures.people import Issuer
from tests.gateway.stage import free_port

Call = Callable[..., Result]


@pytest.fixture
def folder(sync_folder: Path, tenant_id: uuid.UUID) -> Path:
    """Of this test, below the one that pipelines may read."""
    found = sync_folder / str(tenant_id)
    found.mkdir()
    return found


@pytest.fixture
def pipeline(folder: Path, tenant_id: uuid.UUID, tmp_path: Path) -> str:
    """The path of a file: two good rows, one without a key."""
    (folder / "items.csv").write_text("number,title\nA,Chair\nB,Table\n,Lamp\n")
    file = {
        "name": "items",
        "entity": "product",
        "source": {"type": "csv", "config": {"path": f"{tenant_id}/items.csv"}},
        "transform": {"field_mappings": {"number": "sku", "title": "name"}},
        "target": {"type": "table", "config": {"table": "product", "key": "sku"}},
    }
    path = tmp_path / "items.yaml"
    path.write_text(json.dumps(file))
    return str(path)


@pytest.fixture
def local(run: Run, sync_settings: Settings, tenant_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch) -> Iterator[Call]:
    for name in ("database_url", "redis_url", "secret_key"):
        monkeypatch.setenv(f"CONCORD_SYNC_{name.upper()}", getattr(sync_settings, name).get_secret_value())
    monkeypatch.setenv("CONCORD_SYNC_JWKS", sync_settings.jwks)
    monkeypatch.setenv("CONCORD_SYNC_DATA_DIR", str(sync_settings.data_dir))
    monkeypatch.setenv("CONCORD_SYNC_LOG_LEVEL", "CRITICAL")
    jobs._settings.cache_clear()
    yield lambda *words, **more: run("sync", *words, "--local", "--tenant", str(tenant_id), **more)
    jobs._settings.cache_clear()


@pytest.fixture
def http(run: Run, sync_app: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID) -> Iterator[Call]:
    """The service on a port of its own; nobody works there."""
    server = make_server("127.0.0.1", 0, sync_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    known = {"CONCORD_ADDRESS": f"http://127.0.0.1:{server.server_port}", "CONCORD_TOKEN": issuer.token(tenant_id)}
    yield lambda *words, **more: run("sync", *words, **(known | more))
    server.shutdown()
    thread.join()
    server.server_close()


def told(result: Result, code: int = 0) -> Any:
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def test_on_the_database_runs_are_done_at_once(local: Call, pipeline: str) -> None:
    assert local("apply", pipeline).stdout == "items: version 1\n"
    assert len(told(local("plan", "items", "--json"), 3)["diff"]) == 2
    run = told(local("run", "items", "--json"), 3)
    assert (run["status"], run["stats"]["created"], run["trigger"]) == ("completed_with_errors", 2, "cli")
    (entry,) = told(local("rejects", "list", "--json"))
    local("rejects", "correct", str(entry["id"]), '{"number": "C", "title": "Lamp"}')
    (again,) = told(local("rejects", "redrive", "--all", "--json"))
    assert (again["kind"], again["stats"]["created"]) == ("redrive", 1)
    assert told(local("conflicts", "list", "--json")) == []


def test_over_http_workers_do_them(http: Call, local: Call, pipeline: str) -> None:
    assert http("apply", pipeline).stdout == "items: version 1\n"
    assert http("list").stdout.startswith("items  product  never ran")
    late = http("run", "items", "--timeout", "0.1")
    assert (late.exit_code, "still pending" in late.stderr) == (5, True)
    assert http("run", "items").exit_code == 1  # one at a time
    (waiting,) = told(http("runs", "list", "--json"))
    assert told(local("runs", "watch", waiting["id"], "--json"), 3)["status"] == "completed_with_errors"
    assert told(http("runs", "show", waiting["id"], "--json"))["stats"]["created"] == 2


def test_who_is_away_or_may_not_is_4(http: Call, pipeline: str, issuer: Issuer, tenant_id: uuid.UUID) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    viewer = issuer.token(tenant_id, sub="vera", roles=["viewer"])
    http("apply", pipeline)
    for words in (["rejects", "list"], ["conflicts", "list"], ["run", "items"]):
        assert http(*words, CONCORD_ADDRESS=away).exit_code == 4
        assert http(*words, CONCORD_TOKEN="nobody").exit_code == 4
    assert http("run", "items", CONCORD_TOKEN=viewer).exit_code == 4
    assert http("rejects", "redrive", "--all", CONCORD_TOKEN=viewer).exit_code == 4
    assert http("rejects", "show", "999999").exit_code == 1
    assert http("list", "--tenant", "x").exit_code == 2
