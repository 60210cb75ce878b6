"""What is counted, what the job table tells, and that web processes share their counts."""

import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event, func, insert, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import DateTime

from shared import metrics
from shared.db import TYPES, Database, new_metadata
from shared.metrics import JobCollector, count_database_errors, exposition, request_ended
from shared.tenancy import Context, TenantOwned
from tests.fixtures.databases import TestDatabase


class Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = TYPES


class Job(TenantOwned, Base):
    __tablename__ = "jobs"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    status: Mapped[str]
    dead_letter: Mapped[bool]
    created_at = mapped_column(DateTime(timezone=True), server_default=func.now())


@pytest.fixture(scope="module")
def database(scratch_database: Callable[..., TestDatabase]) -> TestDatabase:
    return scratch_database(Base.metadata, {"jobs": ("select, insert, update, delete", "select")})


def sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def value(body: bytes, name: str, **labels: str) -> float | None:
    """Of one sample of an exposition; None if it is not there."""
    for family in text_string_to_metric_families(body.decode()):
        for found in family.samples:
            if found.name == name and found.labels == labels:
                return found.value
    return None


def test_requests_by_route_and_status() -> None:
    service = f"s{uuid.uuid4()}"
    for status in (200, 200, 404):
        request_ended(service, method="GET", route="/strings/<id>", status=status, seconds=0.02)
    request_ended(service, method="BREW", route=None, status=405, seconds=0.02)
    body, total = exposition()[0], "concord_http_requests_total"
    known = {"service": service, "method": "GET", "route": "/strings/<id>"}
    assert value(body, total, status="200", **known) == 2
    assert value(body, total, status="404", **known) == 1
    assert value(body, total, status="405", service=service, method="other", route="unknown") == 1
    assert value(body, "concord_http_request_duration_seconds_count", **known) == 3


def test_refusals_by_code_and_version_conflicts() -> None:
    service = f"s{uuid.uuid4()}"
    request_ended(service, method="PUT", route="/x", status=412, seconds=0.1, code="version_conflict")
    request_ended(service, method="PUT", route="/x", status=404, seconds=0.1, code="not_found")
    assert sample("version_conflicts_total", service=service, status="412") == 1
    assert sample("concord_refusals_total", service=service, code="not_found") == 1


def test_database_errors_by_sqlstate(database: TestDatabase, context: Context) -> None:
    service, db = f"s{uuid.uuid4()}", Database(database.app_url, pooled=False)
    count_database_errors(db.engine, service)
    with db.transaction(context) as session:
        session.execute(text("select 1"))
    assert sample("concord_transactions_rolled_back_total", service=service) == 0
    with pytest.raises(DBAPIError), db.transaction(context) as session:
        session.execute(text("select 1/0"))
    assert sample("concord_database_errors_total", service=service, sqlstate="22012") == 1
    assert sample("concord_transactions_rolled_back_total", service=service) == 1


def jobs_of(*rows: tuple[str, str, bool]) -> list[dict[str, object]]:
    return [{"id": uuid.uuid4(), "kind": kind, "status": status, "dead_letter": dead} for kind, status, dead in rows]


def test_job_gauges_of_all_tenants_with_one_statement(database: TestDatabase) -> None:
    rows = jobs_of(("a", "pending", False), ("a", "running", False), ("b", "failed", True), ("b", "completed", False))
    for _ in range(2):
        with database.db.transaction(Context(tenant_id=uuid.uuid4())) as session:
            session.execute(insert(Job), rows)
    relay = Database(database.relay_url, pooled=False)
    statements: list[str] = []
    event.listen(relay.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    collector = JobCollector("scratch", lambda: relay.transaction(Context(tenant_id=None)), Job)
    assert statements == []

    body = exposition(collector)[0]
    assert len([statement for statement in statements if "jobs" in statement]) == 1
    a, b = {"service": "scratch", "kind": "a"}, {"service": "scratch", "kind": "b"}
    assert value(body, "concord_jobs", status="pending", **a) == 2
    assert value(body, "concord_jobs", status="running", **a) == 2
    assert value(body, "concord_jobs", status="completed", **b) is None
    assert value(body, "concord_jobs_dead_letter", **b) == 2
    assert (value(body, "concord_jobs_oldest_pending_seconds", **a) or -1) >= 0


def test_metrics_survive_a_database_that_is_away() -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/none", pooled=False)
    collector = JobCollector("scratch", lambda: away.transaction(Context(tenant_id=None)), Job)
    body, content_type = exposition(collector)
    assert b"concord_http_requests" in body
    assert content_type.startswith("text/plain")


def test_web_processes_share_their_counts(tmp_path: Path) -> None:
    count = "from shared.metrics import *; request_ended('m', method='GET', route='/x', status=200, seconds=0.1)"
    show = f"{count}; import sys; sys.stdout.buffer.write(exposition()[0])"
    environment = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "PYTHONPATH": str(Path(metrics.__file__).parents[1])}
    for script in (count, count):
        subprocess.run([sys.executable, "-c", script], env=environment, check=True)
    shown = subprocess.run([sys.executable, "-c", show], env=environment, check=True, capture_output=True)
    labels = {"service": "m", "method": "GET", "route": "/x", "status": "200"}
    assert value(shown.stdout, "concord_http_requests_total", **labels) == 3
