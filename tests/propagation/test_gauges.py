"""The figures of this service over all tenants, from rows as runs leave them."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import psycopg.errors
import pytest
from sqlalchemy import event, func, text
from sqlalchemy.exc import ProgrammingError

from services.propagation.config import Settings
from services.propagation.models import Job, RunError
from services.propagation.operations import gauges
from shared.app import ServiceApp
from shared.db import Database
from shared.tenancy import Context
from tests.propagation.naming import Naming

Figures = dict[tuple[str, ...], float]


@pytest.fixture
def relay(settings: Settings) -> Iterator[Database]:
    assert settings.relay_url is not None
    db = Database(settings.relay_url.get_secret_value(), pooled=False)
    yield db
    db.dispose()


def figures(relay: Database) -> Figures:
    """Values by name and labels."""
    with relay.transaction(Context(tenant_id=None)) as session:
        metrics = [*gauges.read_runs(session), *gauges.read_errors(session)]
    return {(one.name, *one.labels.values()): one.value for metric in metrics for one in metric.samples}


@pytest.fixture
def grown(relay: Database) -> Callable[[], Figures]:
    """What has grown since the start of the test; other tests leave rows of other tenants behind."""
    before = figures(relay)

    def differences() -> Figures:
        # Rounded: sums over all rows differ in their last bit with the order in which they are added.
        grown_by = {key: round(value - before.get(key, 0), 6) for key, value in figures(relay).items()}
        return {key: value for key, value in grown_by.items() if value}

    return differences


def add_job(app: ServiceApp, *, seconds: float = 1.0, ago: str = "0 seconds", **columns: Any) -> uuid.UUID:
    """A run of a tenant of its own that ended so long ago."""
    tenant_id = uuid.uuid4()
    ended = func.now() - text(f"interval '{ago}'")
    values: dict[str, Any] = {
        "kind": "propagation.run",
        "queue": "propagation",
        "status": "completed",
        "processing_method": "background",
        "started_at": ended - text(f"interval '{seconds} seconds'"),
        "completed_at": ended,
    }
    with app.runtime.db.transaction(Context(tenant_id=tenant_id)) as session:
        job = Job(tenant_id=tenant_id, **values | columns)
        session.add(job)
        session.flush()
        if columns.get("children"):
            chunk = {"kind": "propagation.chunk", "parent_id": job.id, "total": 9, "processed": 9}
            session.add(Job(tenant_id=tenant_id, **values | chunk))
    return tenant_id


def test_runs_by_status_and_method_with_their_strings_and_seconds(
    app: ServiceApp, grown: Callable[[], Figures]
) -> None:
    add_job(app, total=40, processed=40, seconds=4, processing_method="chunked", children=2)
    add_job(app, total=5, processed=3, failed=2, seconds=0.3, status="partial_failure")
    add_job(app, total=5, failed=5, seconds=700, status="failed")
    add_job(app, status="cancelled", started_at=None)
    add_job(app, status="pending", completed_at=None, started_at=None)
    add_job(app, kind="propagation.cleanup", total=7, processed=7)
    add_job(app, total=1000, processed=1000, ago="25 hours")
    found = grown()
    found.pop(("propagation_strings_per_second",))
    histogram = {key[1:]: value for key, value in found.items() if key[0] == "propagation_run_duration_seconds_bucket"}
    assert {key: value for key, value in found.items() if key[0] != "propagation_run_duration_seconds_bucket"} == {
        ("propagation_runs_total", "completed", "chunked"): 1,
        ("propagation_runs_total", "partial_failure", "background"): 1,
        ("propagation_runs_total", "failed", "background"): 1,
        ("propagation_strings_regenerated_total", "chunked"): 40,
        ("propagation_strings_regenerated_total", "background"): 3,
        ("propagation_run_duration_seconds_count", "chunked"): 1,
        ("propagation_run_duration_seconds_sum", "chunked"): 4,
        ("propagation_run_duration_seconds_count", "background"): 2,
        ("propagation_run_duration_seconds_sum", "background"): pytest.approx(700.3),
    }
    assert (histogram.get(("chunked", "2.5")), histogram["chunked", "5"], histogram["chunked", "+Inf"]) == (None, 1, 1)
    assert (histogram["background", "0.5"], histogram["background", "600"], histogram["background", "+Inf"]) == (
        1,
        1,
        2,
    )


def test_speed_is_that_of_the_last_minutes(app: ServiceApp, relay: Database) -> None:
    add_job(app, total=10**9, processed=10**9, seconds=1)
    assert figures(relay)["propagation_strings_per_second",] > 10**5


def test_a_real_run_is_counted(naming: Naming, grown: Callable[[], Figures]) -> None:
    naming.tree()
    naming.person.patch(f"dimension-values/{naming.values['NIKE']}", {"value": "NIKE2"})
    found = grown()
    assert found["propagation_runs_total", "completed", "synchronous"] >= 1
    assert found["propagation_strings_regenerated_total", "synchronous"] >= 7


def test_errors_and_stale_strings_of_all_tenants(
    app: ServiceApp, naming: Naming, tenant_id: uuid.UUID, grown: Callable[[], Figures]
) -> None:
    tree = naming.tree()
    with app.runtime.db.transaction(Context(tenant_id=tenant_id)) as session:
        session.execute(
            text("update strings set stale_reason = 'failed' where tenant_id = :t and id = any(:ids)"),
            {"t": tenant_id, "ids": [string["id"] for string in tree["ads"]]},
        )
    for kinds in (["conflict_error", "conflict_error", "timeout_error"], ["conflict_error"]):
        other = uuid.uuid4()
        with app.runtime.db.transaction(Context(tenant_id=other)) as session:
            job = Job(tenant_id=other, kind="propagation.run", queue="propagation")
            session.add(job)
            session.flush()
            for kind in kinds:
                row = {"error_type": kind, "error_code": "x", "error_message": "X.", "is_retryable": True}
                session.add(RunError(tenant_id=other, job_id=job.id, resolved=kind == "timeout_error", **row))
    assert {key: value for key, value in grown().items() if "run" not in key[0] and "strings_reg" not in key[0]} == {
        ("propagation_errors_total", "conflict_error"): 3,
        ("propagation_errors_total", "timeout_error"): 1,
        ("propagation_unresolved_errors", "conflict_error"): 3,
        ("propagation_stale_strings", "failed"): 4,
    }


def test_series_are_there_from_the_start(relay: Database) -> None:
    """Without the zeros nobody sees the first increase, and nothing completed would look like no answer."""
    found = figures(relay)
    for status in ("completed", "partial_failure", "failed", "cancelled"):
        assert ("propagation_runs_total", status, "synchronous") in found
    assert ("propagation_errors_total", "circular_dependency") in found
    assert ("propagation_stale_strings", "incomplete") in found


def test_two_statements_whatever_there_is(app: ServiceApp, relay: Database) -> None:
    statements: list[str] = []
    event.listen(relay.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    figures(relay)
    first = len(statements)
    for _ in range(5):
        add_job(app, status="failed")
    figures(relay)
    assert len(statements) == 2 * first
    assert first == 3, "the settings of the transaction, runs, errors and stale strings"


@pytest.mark.parametrize("statement", ["select * from propagation_errors", "select * from strings"])
def test_the_relay_sees_no_row_behind_the_figures(relay: Database, statement: str) -> None:
    with pytest.raises(ProgrammingError) as refusal, relay.transaction(Context(tenant_id=None)) as session:
        session.execute(text(statement))
    assert isinstance(refusal.value.orig, psycopg.errors.InsufficientPrivilege)


def test_the_application_may_not_ask_for_them(app: ServiceApp, context: Context) -> None:
    with pytest.raises(ProgrammingError) as refusal, app.runtime.db.transaction(context) as session:
        session.execute(text("select * from propagation_gauges()"))
    assert isinstance(refusal.value.orig, psycopg.errors.InsufficientPrivilege)
