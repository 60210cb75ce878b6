"""What is counted, what the job table tells, and that web processes share their counts."""

import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from prometheus_client.core import Metric
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
    queue: Mapped[str] = mapped_column(server_default=text("'q'"))
    status: Mapped[str]
    dead_letter: Mapped[bool]
    run_at = mapped_column(DateTime(timezone=True), server_default=func.now())


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


def jobs_of(*rows: tuple[str, str, bool], minutes: int = 0) -> list[dict[str, object]]:
    """Jobs that could have begun that long ago, or will be due in future if it is negative."""
    run_at = func.now() - text(f"interval '{minutes} minutes'")
    names = ("kind", "status", "dead_letter")
    return [{"id": uuid.uuid4(), "run_at": run_at} | dict(zip(names, row, strict=True)) for row in rows]


def add(database: TestDatabase, rows: list[dict[str, object]]) -> None:
    with database.db.transaction(Context(tenant_id=uuid.uuid4())) as session:
        for row in rows:
            session.execute(insert(Job).values(row))


def sampled(metrics: list[Metric]) -> dict[tuple[str, str, str], float]:
    """Values by metric, kind and status."""
    samples = [sample for metric in metrics for sample in metric.samples]
    assert {(sample.labels["service"], sample.labels["queue"]) for sample in samples} == {("scratch", "q")}
    return {(sample.name, sample.labels["kind"], sample.labels.get("status", "")): sample.value for sample in samples}


def test_job_gauges_of_all_tenants_with_one_statement(database: TestDatabase) -> None:
    for minutes in (0, 10):
        rows = [("a", "pending", False), ("a", "running", False), ("b", "failed", True), ("b", "completed", False)]
        add(database, jobs_of(*rows, minutes=minutes))
    add(database, jobs_of(("c", "pending", False), minutes=-60))
    relay = Database(database.relay_url, pooled=False)
    statements: list[str] = []
    event.listen(relay.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    with relay.transaction(Context(tenant_id=None)) as session:
        found = sampled(list(JobCollector("scratch", Job)(session)))
    assert len([statement for statement in statements if "jobs" in statement]) == 1

    assert {key: value for key, value in found.items() if key[0] != "concord_jobs_oldest_pending_seconds"} == {
        ("concord_jobs", "a", "pending"): 2,
        ("concord_jobs", "a", "running"): 2,
        ("concord_jobs", "c", "pending"): 1,
        ("concord_jobs_dead_letter", "b", ""): 2,
    }
    assert found["concord_jobs_oldest_pending_seconds", "a", ""] >= 600
    assert found["concord_jobs_oldest_pending_seconds", "c", ""] == 0, "its time has not come"


def test_web_processes_share_their_counts(tmp_path: Path) -> None:
    count = "from shared.metrics import *; request_ended('m', method='GET', route='/x', status=200, seconds=0.1)"
    show = f"{count}; import sys; sys.stdout.buffer.write(exposition()[0])"
    environment = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "PYTHONPATH": str(Path(metrics.__file__).parents[1])}
    for script in (count, count):
        subprocess.run([sys.executable, "-c", script], env=environment, check=True)
    shown = subprocess.run([sys.executable, "-c", show], env=environment, check=True, capture_output=True)
    labels = {"service": "m", "method": "GET", "route": "/x", "status": "200"}
    assert value(shown.stdout, "concord_http_requests_total", **labels) == 3
