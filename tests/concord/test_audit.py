"""`concord audit verify`: text, JSON, exit codes, and under whose rights it reads."""

import json
import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from services.propagation.models import AuditEvent, AuditSeal
from shared import migrations
from shared.auditing import Entry, record_many
from shared.db import Database
from shared.sealing import seal
from shared.tenancy import Context
from tests.concord.conftest import Run
from tests.fixtures.databases import TestDatabase, drop_database
from tests.gateway.stage import free_port


@pytest.fixture(scope="module")
def migrated(postgres_url: str, worker_id: str) -> Iterator[TestDatabase]:
    """Of its own: other tests tamper with nothing here."""
    name = f"concord_audited_{worker_id}"
    drop_database(postgres_url, name)
    database = TestDatabase.make(postgres_url, "propagation", name)
    migrations.upgrade("propagation", database.owner_url)
    yield database
    database.db.dispose()
    drop_database(postgres_url, name)


@pytest.fixture
def sealed(migrated: TestDatabase, tenant_id: uuid.UUID) -> uuid.UUID:
    """A tenant with three sealed rows."""
    with migrated.db.transaction(Context(tenant_id=tenant_id)) as session:
        record_many(session, AuditEvent, [Entry("string.updated", "string", n) for n in range(3)])
    relay = Database(migrated.relay_url, pooled=False)
    with relay.transaction(Context(tenant_id=None)) as session:
        seal(session, AuditEvent, AuditSeal)
    return tenant_id


def change(migrated: TestDatabase, statement: str, tenant_id: uuid.UUID) -> None:
    engine = create_engine(make_url(migrated.owner_url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("alter table audit_events no force row level security"))
        connection.execute(text(statement), {"t": tenant_id})
        connection.execute(text("alter table audit_events force row level security"))
    engine.dispose()


def test_an_intact_log_is_0(run: Run, migrated: TestDatabase, sealed: uuid.UUID) -> None:
    result = run("audit", "verify", "propagation", "--local", CONCORD_PROPAGATION_RELAY_URL=migrated.relay_url)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("propagation: intact; ")
    assert "0 rows not sealed yet" in result.stdout


def test_a_changed_row_is_3_and_named(run: Run, migrated: TestDatabase, sealed: uuid.UUID) -> None:
    relay = {"CONCORD_PROPAGATION_RELAY_URL": migrated.relay_url}
    change(migrated, "update audit_events set actor = 'eve' where tenant_id = :t and entity_id = '1'", sealed)
    shown = run("audit", "verify", "propagation", "--local", **relay)
    assert shown.exit_code == 3, shown.output
    assert "propagation: NOT INTACT" in shown.stdout
    assert f"row_changed: tenant {sealed}, standard, seal 1, row " in shown.stdout
    data = run("audit", "verify", "propagation", "--local", "--json", **relay)
    assert data.exit_code == 3
    (report,) = json.loads(data.stdout)
    (finding,) = report["findings"]
    assert (finding["kind"], finding["tenant_id"], finding["number"]) == ("row_changed", str(sealed), 1)
    assert (report["service"], report["intact"], report["truncated"]) == ("propagation", False, False)
    change(migrated, "update audit_events set actor = null where tenant_id = :t and entity_id = '1'", sealed)
    assert run("audit", "verify", "propagation", "--local", **relay).exit_code == 0


def test_an_unknown_service_is_2_and_no_stack_4(run: Run) -> None:
    assert run("audit", "verify", "nonsense", "--local").exit_code == 2
    assert run("audit", "verify", "propagation").exit_code == 4


def test_a_database_that_is_away_is_4(run: Run) -> None:
    nowhere = f"postgresql://nobody@127.0.0.1:{free_port()}/none"
    result = run("audit", "verify", "--local", CONCORD_PROPAGATION_RELAY_URL=nowhere)
    assert result.exit_code == 4
    assert "propagation" in result.stderr
    assert run("audit", "verify", "--local").exit_code == 4, "no local stack either"
