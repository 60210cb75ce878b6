"""A worker, Redis or PostgreSQL is lost on page 3 of 5 of a run: it goes on there, and every row comes once."""

import json
import os
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from werkzeug.wrappers import Request, Response

from services.sync.app import create_app
from services.sync.config import Settings
from shared import migrations
from shared.app import ServiceApp
from tests.faults.crew import Crew
from tests.faults.servers import Postgres, Valkey, wait_until
from tests.fixtures.databases import TestDatabase
from tests.fixtures.people import Issuer, Person
from tests.fixtures.services import running
from tests.fixtures.stand_in import StandIn

pytestmark = pytest.mark.faults
PAGES, ROWS, HELD = 5, 200, 3
QUEUES = ("sync", "sync_heavy")


class Source(StandIn):
    """Pages of rows. Whoever asks for page 3 first has to wait until somebody opens."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = [self._page]
        self.begin()

    def begin(self) -> None:
        self.asked, self.reached, self.opened = Counter[int](), threading.Event(), threading.Event()

    def _page(self, request: Request) -> Response:
        number = int(request.args["page"])
        self.asked[number] += 1
        if number == HELD:
            self.reached.set()
            self.opened.wait(60)
        rows = [{"id": f"{number}-{place:03}", "label": "Item"} for place in range(ROWS if number <= PAGES else 0)]
        return Response(json.dumps(rows), mimetype="application/json")


@pytest.fixture(scope="module")
def source() -> Iterator[Source]:
    made = Source()
    yield made
    made.opened.set()
    made.stop()


@pytest.fixture(scope="module")
def sync_database(postgres: Postgres) -> Iterator[TestDatabase]:
    made = TestDatabase.make(postgres.url, "sync", "concord_sync")
    migrations.upgrade("sync", made.owner_url)
    yield made
    made.db.dispose()


@pytest.fixture(scope="module")
def given(sync_database: TestDatabase, valkey: Valkey, issuer: Issuer, source: Source) -> dict[str, Any]:
    return {
        "database_url": sync_database.app_url,
        "relay_url": sync_database.relay_url,
        "redis_url": valkey.url,
        "jwks": str(issuer.jwks),
        "secret_key": "only-for-tests-" * 4,
        "allowed_private": [source.url.removeprefix("http://")],
        "job_lease_seconds": 2,
        "log_level": "WARNING",
    }


@pytest.fixture(scope="module")
def crew(given: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    passed = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    told = {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}
    settings = {f"CONCORD_SYNC_{name.upper()}": value for name, value in told.items()}
    made = Crew(passed | settings, Path(tmp_path_factory.mktemp("crew")) / "log", "sync", QUEUES)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def app(given: dict[str, Any]) -> Iterator[ServiceApp]:
    with running(create_app, Settings.model_validate(given)) as made:
        yield made


@pytest.fixture
def ada(app: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID, source: Source) -> Person:
    """With a pipeline over the source."""
    source.begin()
    app.runtime.db.dispose()  # an earlier test may have killed the server at the other end
    person = Person(app.test_client(), "/api/sync/v1", issuer.token(tenant_id))
    file = {
        "name": "items",
        "entity": "product",
        "source": {"type": "rest", "config": {"base_url": source.url, "path": "/", "paging": {"type": "page"}}},
        "transform": {"field_mappings": {"id": "sku", "label": "name"}},
        "target": {"type": "table", "config": {"table": "product", "key": "sku"}},
    }
    stored = person.call("PUT", "pipelines/items", data=json.dumps(file), content_type="application/yaml")
    assert stored.status_code == 201, stored.get_data(as_text=True)
    return person


Fault = Callable[[Crew, Valkey, Postgres], None]


def kill_horses(crew: Crew, _valkey: Valkey, _postgres: Postgres) -> None:
    crew.kill_horses()


def kill_redis(_crew: Crew, valkey: Valkey, _postgres: Postgres) -> None:
    valkey.kill()
    valkey.start()


def kill_postgres(_crew: Crew, _valkey: Valkey, postgres: Postgres) -> None:
    postgres.kill()
    postgres.start()


@pytest.mark.parametrize("fault", [kill_horses, kill_redis, kill_postgres])
def test_a_run_goes_on_at_its_checkpoint(
    fault: Fault, ada: Person, crew: Crew, source: Source, valkey: Valkey, postgres: Postgres, app: ServiceApp
) -> None:
    run_id = ada.post("pipelines/items/runs").get_json()["id"]
    assert source.reached.wait(30)
    before = ada.get(f"runs/{run_id}").get_json()
    assert (before["status"], before["stats"]["created"]) == ("running", ROWS * (HELD - 1))
    fault(crew, valkey, postgres)
    app.runtime.db.dispose()
    source.opened.set()
    check_completed(ada, run_id, crew, postgres)
    # What was committed is not read again.
    assert all(source.asked[number] == 1 for number in range(1, HELD))
    # A worker that asked nothing of PostgreSQL while it was away has not noticed, and goes on.
    again = {kill_horses: (2,), kill_redis: (1,), kill_postgres: (1, 2)}
    assert source.asked[HELD] in again[fault]


def test_a_run_that_is_asked_for_without_redis_is_done_when_it_is_back(
    ada: Person, crew: Crew, source: Source, valkey: Valkey, postgres: Postgres
) -> None:
    source.opened.set()
    valkey.kill()
    asked = ada.post("pipelines/items/runs")
    valkey.start()
    assert asked.status_code == 202
    check_completed(ada, asked.get_json()["id"], crew, postgres)


def check_completed(ada: Person, run_id: str, crew: Crew, postgres: Postgres) -> None:
    """All rows, each created once and never touched again."""

    def is_over() -> bool:
        crew.mend()
        answer = ada.get(f"runs/{run_id}")
        return answer.status_code == 200 and answer.get_json()["completed_at"] is not None

    wait_until(is_over, "the end of the run", seconds=60)
    run = ada.get(f"runs/{run_id}").get_json()
    counts = {name: count for name, count in run["stats"].items() if count}
    size = PAGES * ROWS
    assert (run["status"], run["error"]) == ("completed", None)
    assert counts == dict.fromkeys(("extracted", "transformed", "loaded", "created"), size)
    url = f"{postgres.url.removesuffix('/postgres')}/concord_sync"
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "select count(*), count(distinct sku), max(version) from catalogue_product where created_run_id = %s",
            (run_id,),
        ).fetchone()
    assert found == (size, size, 1)
