"""Everything of its own: servers that may be killed, the service's real processes, a tree for each test."""

import os
import signal
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from services.propagation.app import create_app
from services.propagation.config import Settings
from shared import migrations
from shared.app import ServiceApp
from shared.db import Database
from shared.tenancy import Context
from tests.faults import tree
from tests.faults.crew import Crew
from tests.faults.ledger import Ledger
from tests.faults.runs import STRINGS
from tests.faults.sentinels import Sentinels
from tests.faults.servers import Postgres, Valkey
from tests.fixtures.databases import TestDatabase
from tests.fixtures.people import Issuer, Person
from tests.propagation.naming import Naming

LoadTree = Callable[..., Naming]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    try:
        server.initialize()
        server.start()
        yield server
    finally:
        server.stop(signal.SIGINT)


@pytest.fixture(scope="session")
def valkey() -> Iterator[Valkey]:
    server = Valkey()
    try:
        server.start()
        yield server
    finally:
        server.stop(signal.SIGTERM)


@pytest.fixture(scope="session")
def sentinels(valkey: Valkey) -> Iterator[Sentinels]:
    """The way to Valkey of all processes here; only `alert` lets them choose another one."""
    servers = Sentinels(valkey)
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()


@pytest.fixture(scope="session")
def database(postgres: Postgres) -> Iterator[TestDatabase]:
    made = TestDatabase.make(postgres.url, "propagation", postgres.database)
    migrations.upgrade("propagation", made.owner_url)
    yield made
    made.db.dispose()


@pytest.fixture(scope="session")
def given(database: TestDatabase, sentinels: Sentinels, issuer: Issuer) -> dict[str, Any]:
    """Settings of all processes: small chunks, and leases that are soon found to be lost."""
    return {
        "database_url": database.app_url,
        "relay_url": database.relay_url,
        "redis_url": sentinels.url,
        "jwks": str(issuer.jwks),
        "secret_key": "only-for-tests-" * 4,
        "propagation_chunk_size": STRINGS // 20,
        "max_parallel_workers": 2,
        "job_lease_seconds": 2,
        "lock_wait_seconds": 30,
        "log_level": "WARNING",
    }


@pytest.fixture(scope="session")
def crew(given: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    passed = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    settings = {f"CONCORD_PROPAGATION_{name.upper()}": str(value) for name, value in given.items()}
    made = Crew(passed | settings, Path(tmp_path_factory.mktemp("crew")) / "log")
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="session")
def app(given: dict[str, Any]) -> Iterator[ServiceApp]:
    app = create_app(Settings.model_validate(given))
    yield app
    app.runtime.close()
    pool: Any = app.runtime.redis.connection_pool
    pool.sentinel_manager.close()  # their connections are not the client's to close


def person(app: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID) -> Person:
    """An admin."""
    return Person(app.test_client(), "/api/propagation/v1", issuer.token(tenant_id))


@pytest.fixture
def ledger(admin: Database, postgres: Postgres, crew: Crew, tenant_id: uuid.UUID) -> Ledger:
    return Ledger(postgres.admin_url, admin, tenant_id, tend=crew.mend)


@pytest.fixture(scope="session")
def admin(postgres: Postgres, database: TestDatabase) -> Iterator[Database]:
    """The superuser in the service's database, without a pool: PostgreSQL may have been killed since."""
    made = Database(postgres.admin_url, pooled=False)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def originals(app: ServiceApp, admin: Database, issuer: Issuer) -> Callable[[int], tuple[uuid.UUID, Naming]]:
    """Trees that nobody changes, each made once, and the tenants that have them."""

    @cache
    def make(count: int) -> tuple[uuid.UUID, Naming]:
        tenant_id = uuid.uuid4()
        naming = Naming.build(person(app, issuer, tenant_id))
        tree.load(admin, Context(tenant_id=tenant_id), count)
        return tenant_id, naming

    return make


@pytest.fixture
def load_tree(
    originals: Callable[[int], tuple[uuid.UUID, Naming]],
    app: ServiceApp,
    admin: Database,
    issuer: Issuer,
    tenant_id: uuid.UUID,
    crew: Crew,
) -> LoadTree:
    """Gives this test's tenant, or the one named, a tree of so many strings."""

    app.runtime.db.dispose()  # an earlier test may have killed the server at the other end

    def make(count: int, *, tenant_id: uuid.UUID = tenant_id) -> Naming:
        of, original = originals(count)
        return tree.copy(admin, original, tenant_id, of=of, person=person(app, issuer, tenant_id))

    return make
