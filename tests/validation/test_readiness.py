"""A process asks the database for its constraints when it starts, and every five minutes after."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import select

from services.validation.app import create_app
from services.validation.config import Settings
from services.validation.jobs import relayed
from services.validation.models import Schedule
from services.validation.models.registry import enforced
from services.validation.operations.constraints.assertion import INTERVAL_SECONDS, Assertion, Watch
from services.validation.operations.gauges import constraint_figures
from shared.app import ServiceApp
from shared.db import Database
from shared.tenancy import Context
from tests.fixtures.databases import TestDatabase
from tests.fixtures.people import Person
from tests.fixtures.services import Unit, running
from tests.validation.integrity.conftest import as_owner

AGE = "characters_reasonable_age"
LEADER = "one_leader_per_group"
NOBODY = Context(tenant_id=None)
RESTORED = {
    AGE: next(
        f"alter table {one.table} add constraint {one.name} {one.definition}" for one in enforced() if one.name == AGE
    ),
    LEADER: f"create unique index {LEADER} on group_memberships (tenant_id, group_id) where role = 'leader'",
}


@contextmanager
def without(database: TestDatabase, *names: str) -> Iterator[None]:
    gone = {AGE: f"alter table characters drop constraint {AGE}", LEADER: f"drop index {LEADER}"}
    as_owner(database, *(gone[name] for name in names))
    try:
        yield
    finally:
        as_owner(database, *(RESTORED[name] for name in names))


def ready(app: ServiceApp) -> tuple[int, str, str, list[str]]:
    for _ in range(5):  # on a busy machine the database may take longer than readiness waits
        answer = app.test_client().get("/readyz")
        body: dict[str, Any] = answer.get_json()
        if body["checks"].get("constraints", "unknown") != "unknown":
            break
    return answer.status_code, body["status"], body["checks"]["constraints"], body["missing_constraints"]


def test_a_process_is_not_ready_without_a_constraint(validation_database: TestDatabase, settings: Settings) -> None:
    with running(create_app, settings) as app, without(validation_database, AGE, LEADER):
        assert ready(app) == (503, "unavailable", "missing", [AGE, LEADER])
        warned = settings.model_copy(update={"constraint_assertion": "warn"})
        with running(create_app, warned) as careless:
            assert ready(careless) == (200, "degraded", "missing", [AGE, LEADER])
        as_owner(validation_database, f"alter table characters add constraint {AGE} check (age < 1000000)")
        assert ready(app)[3] == [AGE, LEADER]
        as_owner(validation_database, f"alter table characters drop constraint {AGE}", f"{RESTORED[AGE]} not valid")
        assert ready(app)[3] == [AGE, LEADER]
        as_owner(validation_database, f"alter table characters drop constraint {AGE}", RESTORED[AGE])
        assert ready(app)[3] == [LEADER]
        as_owner(validation_database, f"alter table characters drop constraint {AGE}", RESTORED[LEADER])
        as_owner(validation_database, RESTORED[AGE])
        assert ready(app) == (200, "ok", "ok", [])
        as_owner(validation_database, f"alter table characters drop constraint {AGE}", f"drop index {LEADER}")


def test_what_vanishes_later_degrades(validation_database: TestDatabase, app: ServiceApp) -> None:
    now = [0.0]
    assertion = Assertion(app.runtime.db, clock=lambda: now[0])

    def look() -> tuple[bool, tuple[str, ...]]:
        assertion.look()
        return assertion.has_passed, assertion.missing

    assert look() == (True, ())
    with without(validation_database, LEADER):
        assert look() == (True, ())
        now[0] = INTERVAL_SECONDS
        assert look() == (True, (LEADER,))


def test_reports_are_brought_forward(
    validation_database: TestDatabase, settings: Settings, ada: Person, unit: Unit
) -> None:
    assert ada.get("jobs").status_code == 200
    service = relayed(settings)
    (duty,) = [duty for duty in service.duties if duty.name == "constraints"]
    assert isinstance(duty.function, Watch)
    db = Database(service.relay_url, pooled=False)

    def look() -> tuple[datetime, float]:
        with db.transaction(NOBODY) as session:
            duty.function(session)
            figures = {family.name: family.samples[0].value for family in constraint_figures(session)}
        with unit() as session:
            due = session.scalars(select(Schedule.next_run_at).where(Schedule.name == "hourly report")).one()
        return due, figures["validation_constraints_missing"]

    usual, missing = look()
    assert missing == 0
    with without(validation_database, LEADER):
        sooner, missing = look()
        assert (sooner < usual, missing) == (True, 1)
        assert look() == (sooner, 1)
