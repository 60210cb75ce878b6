"""How spends and awards end is counted, whatever became of their transactions, and judged."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select, update

from services.validation.domain.health.outcomes import BUCKETS, Outcome
from services.validation.domain.health.thresholds import Measured
from services.validation.models import Alert, BeforeImage, HealthPoint, IntegrityRun, OperationStat
from services.validation.operations import faults, keeping
from services.validation.operations.health import judging, reporting
from services.validation.operations.health.counting import Tally
from services.validation.operations.health.measuring import DEADLOCKS_COUNTED, measured
from shared.app import ServiceApp
from shared.db import Database
from shared.tenancy import tenant_of
from tests.fixtures.services import Unit
from tests.validation.ledger.world import Stage


def counts(app: ServiceApp, unit: Unit) -> dict[tuple[str, str], int]:
    """What is stored once everything is written."""
    app.extensions["outcomes"].write()
    with unit() as session:
        found = session.scalars(select(OperationStat).order_by(OperationStat.minute)).all()
        assert all(row.count == sum(row.durations) for row in found)
        told: dict[tuple[str, str], int] = {}
        for row in found:
            told[row.operation, row.outcome] = told.get((row.operation, row.outcome), 0) + row.count
        return told


def put(unit: Unit, operation: str, *, at: datetime | None = None, bucket: int = 0, **outcomes: int) -> None:
    """Counts of one minute."""
    with unit() as session:
        for outcome, number in outcomes.items():
            durations = [number if place == bucket else 0 for place in range(len(BUCKETS) + 1)]
            minute = at or datetime.now(UTC) - timedelta(hours=1)
            row = {"operation": operation, "outcome": outcome, "minute": minute, "count": number}
            session.execute(
                insert(OperationStat).values(row | {"tenant_id": tenant_of(session), "durations": durations})
            )


def figures(unit: Unit) -> dict[str, Measured]:
    with unit() as session:
        return measured(session, {"health_score": 100})


def judged(unit: Unit) -> list[tuple[str, str, str]]:
    with unit() as session:
        told, _by_rule = reporting.report(session, period_hours=24)
        return [(each["group"], each["news"], each["severity"]) for each in judging.judge_report(session, told)]


def test_spends_decisions_and_awards_are_counted_by_how_they_end(stage: Stage, app: ServiceApp, unit: Unit) -> None:
    lucita = stage.character(granted=10, strength=1)
    request = stage.spend(lucita)["id"]
    assert stage.bob.post(f"characters/{lucita}/spend", {"trait": "strength"}).status_code == 409
    assert stage.bob.post(f"characters/{lucita}/spend", {"trait": "xp"}).status_code == 422
    assert stage.head.post(f"spend-requests/{request}/approve", {}).status_code == 200
    assert stage.head.post("scenes/99999/award", {"awards": {}}).status_code == 404
    found = counts(app, unit)
    assert found["xp_spend", "accepted"] == 1
    assert found["xp_spend", "refused"] == 2
    assert found["xp_decision", "accepted"] == 1
    assert found["scene_award", "refused"] == 1
    assert stage.bob.get(f"characters/{lucita}").status_code == 200
    assert counts(app, unit)["read", "accepted"] >= 1


def test_a_constraint_that_stops_a_write_counts(stage: Stage, app: ServiceApp, unit: Unit, monkeypatch: Any) -> None:
    """The check before the write is left out, as if another request had come in between."""
    lucita = stage.character()
    monkeypatch.setattr(faults, "demand", lambda *_args, **_named: None)
    refused = stage.admin.patch(f"characters/{lucita}", {"strength": 12})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "strength_range")
    assert counts(app, unit)["write", "stopped"] == 1
    assert figures(unit)["constraint_violations"] == Measured(Decimal(1))


def test_a_database_that_is_away_loses_nothing(app: ServiceApp, unit: Unit, tenant_id: uuid.UUID) -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/none", pooled=False)
    tally = Tally(away)
    tally.count(tenant_id, "xp_spend", Outcome.FAILED, seconds=0.2)
    tally.write()
    tally.db = app.extensions["outcomes"].db
    tally.write()
    tally.count(tenant_id, "xp_spend", Outcome.FAILED, seconds=0.2)
    tally.write()
    assert counts(app, unit)["xp_spend", "failed"] == 2


def test_figures_over_the_last_day(unit: Unit) -> None:
    yesterday = datetime.now(UTC) - timedelta(hours=25)
    put(unit, "xp_spend", accepted=15, refused=60, failed=3)
    put(unit, "xp_spend", at=yesterday, failed=100)
    assert figures(unit)["xp_spend_success"] == Measured(Decimal("83.33"), 18)
    assert judged(unit) == []
    put(unit, "xp_spend", at=datetime.now(UTC), bucket=12, accepted=2)
    put(unit, "scene_award", accepted=30, failed=1)
    found = figures(unit)
    assert found["xp_spend_success"] == Measured(Decimal("85.00"), 20)
    assert found["xp_spend_time"] == Measured(Decimal("625.0"))
    assert found["transaction_rollbacks"] == Measured(Decimal("3.60"), 111)
    assert found["deadlocks"] == Measured(None)
    assert judged(unit) == [("activity", "opened", "critical"), ("performance", "opened", "warning")]
    assert judged(unit) == []


def test_deadlocks_are_those_since_the_first_report_of_the_day(unit: Unit) -> None:
    with unit() as session:
        judging.look(session, period_hours=24)
    assert figures(unit)["deadlocks"] == Measured(Decimal(0))
    with unit() as session:
        kept = session.scalars(select(HealthPoint).where(HealthPoint.metric == DEADLOCKS_COUNTED)).one()
        kept.value -= 2
    assert figures(unit)["deadlocks"].value in (Decimal(2), Decimal(0))


def test_an_alert_is_repeated_after_the_window_of_its_threshold(stage: Stage, unit: Unit) -> None:
    (limit,) = stage.admin.get("thresholds?metric=xp_spend_success").get_json()["results"]
    assert stage.admin.patch(f"thresholds/{limit['id']}", {"window_hours": 2}).status_code == 200
    put(unit, "xp_spend", accepted=10, failed=10)
    assert judged(unit)[0][:2] == ("activity", "opened")
    for hours, news in ((1, []), (2, ["repeated"])):
        with unit() as session:
            session.execute(update(Alert).values(told_at=datetime.now(UTC) - timedelta(hours=hours)))
        assert [told for group, told, _severity in judged(unit) if group == "activity"] == news


def test_what_is_too_old_is_forgotten(unit: Unit, tenant_id: uuid.UUID) -> None:
    put(unit, "xp_spend", at=datetime.now(UTC) - timedelta(days=401), accepted=1)
    put(unit, "xp_spend", at=datetime.now(UTC) - timedelta(days=399), accepted=2)
    with unit() as session:
        run = IntegrityRun(tenant_id=tenant_id, mode="fix", state="completed")
        session.add(run)
        session.flush()
        for days in (401, 399):
            session.add(
                BeforeImage(
                    tenant_id=tenant_id,
                    run_id=run.id,
                    rule="strength_range",
                    table_name="characters",
                    row_id=days,
                    old={"strength": 11},
                    new={"strength": 10},
                    created_at=datetime.now(UTC) - timedelta(days=days),
                )
            )
    with unit() as session:
        assert keeping.forget_old(session) == 1
    with unit() as session:
        assert session.scalars(select(OperationStat.count)).all() == [2]
        assert session.scalars(select(BeforeImage.row_id)).all() == [399]
