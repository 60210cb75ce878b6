"""The health report, its history, and alerts that do not repeat themselves."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from services.validation.jobs import registry
from services.validation.models import Alert, HealthPoint, HealthReport, Job, Outbox, Scene, XpSpendRequest
from services.validation.operations.health import judging, reporting
from shared.app import ServiceApp
from shared.jobs.operations import submit
from shared.jobs.performing import work
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson, Unit
from tests.validation.integrity.test_commands import Command, command
from tests.validation.integrity.world import characters, fix, relationships
from tests.validation.working import audit_rows, faults, refusal

__all__ = ["command"]


def health(person: Person, query: str = "") -> dict[str, Any]:
    answer = person.get(f"health{query}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.get_json()
    return found


def spends(unit: Unit, character_id: int, **states: int) -> None:
    """Requests of a character: with their state, without a ledger."""
    with unit() as session:
        for state, number in states.items():
            for place in range(number):
                session.execute(
                    insert(XpSpendRequest).values(
                        character_id=character_id,
                        trait=f"trait-{place}",
                        trait_name="Trait",
                        trait_type="attribute",
                        trait_from=1,
                        trait_value=2,
                        cost=4,
                        state=state,
                    )
                )


def test_an_empty_system_is_healthy(ada: Person) -> None:
    found = health(ada)
    assert (found["health_score"], found["status"], found["deductions"]) == (100, "healthy", [])
    checks = found["checks"]
    assert checks["data_integrity"]["healthy"] is True
    assert checks["xp_activity"]["activity"] == "no activity"
    assert checks["xp_activity"]["approval_rate"] is None
    assert checks["scene_xp_awards"]["xp_award_rate"] is None
    assert checks["character_stats"]["average_xp"] == 0


def test_what_is_reported(ada: Person, unit: Unit) -> None:
    with unit() as session:
        ids = characters(session, {"strength": 11, "science": -1}, {"status": "Gone"}, {"status": "Ret", "age": -1})
        relationships(session, 2)
        session.add_all(
            Scene(name=f"Scene {place}", finished=True, xp_given=place < 2, finished_at=datetime.now(UTC))
            for place in range(13)
        )
        session.add(Scene(name="Long ago", finished=True, xp_given=True, finished_at=datetime(2024, 1, 1, tzinfo=UTC)))
    spends(unit, ids[0], Approved=2, Denied=1)
    found = health(ada)
    checks = found["checks"]
    assert {name: number for name, number in checks["data_integrity"].items() if number} == {
        "attributes_out_of_range": 1,
        "abilities_out_of_range": 1,
        "invalid_status": 1,
        "age_violations": 1,
        "duplicate_st_relationships": 1,
        "total": 5,
    }
    assert checks["xp_activity"] == {
        "total_spending_records": 3,
        "pending_approval": 0,
        "approved": 2,
        "denied": 1,
        "approval_rate": 66.67,
        "activity": "active",
    }
    assert checks["scene_xp_awards"] == {
        "total_scenes": 14,
        "finished_scenes": 13,
        "scenes_with_xp_awarded": 2,
        "scenes_awaiting_xp": 11,
        "xp_award_rate": 15.38,
    }
    assert checks["character_stats"]["status_breakdown"]["retired"] == 1
    assert (found["health_score"], found["status"]) == (100 - 25 - 10 - 10, "degraded")
    with unit() as session:
        session.execute(update(XpSpendRequest).values(created_at=datetime.now(UTC) - timedelta(hours=30)))
    assert health(ada)["checks"]["xp_activity"]["activity"] == "no activity"
    assert health(ada, "?period_hours=48")["checks"]["xp_activity"]["total_spending_records"] == 3


def test_a_system_without_tenants_is_healthy(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the command finds it before anybody has called."""
    monkeypatch.setattr("services.validation.commands.tenants._tenants", lambda _settings, _wanted: [])
    told = command("monitor_validation", "--json", "--alert")
    found = json.loads(told.stdout)
    assert (told.exit_code, found["health_score"], found["tenants"]) == (0, 100, [])
    assert found["checks"]["xp_activity"]["activity"] == "no activity"


@pytest.mark.parametrize("hours", ["0", "-1", "8761", "many"])
def test_a_period_that_is_none(ada: Person, hours: str) -> None:
    assert faults(ada.get(f"health?period_hours={hours}")).keys() == {"?period_hours"}


def test_reports_are_kept_and_have_a_history(ada: Person, unit: Unit, command: Command, tenant_id: uuid.UUID) -> None:
    assert ada.get("jobs").status_code == 200
    mine = ("--tenant", str(tenant_id))
    first = command("monitor_validation", "--json", *mine)
    assert first.exit_code == 0, first.output
    with unit() as session:
        characters(session, *({"strength": 11} for _ in range(3)))
    second = command("monitor", *mine)
    assert second.exit_code == 3
    assert second.stdout.startswith("Validation health report, last 24 hours")
    assert health(ada, "?fresh=false")["health_score"] == 85
    told = ada.get("health/history").get_json()
    assert [(point["value"], point["change"]) for point in told["points"]] == [(100, None), (85, -15)]
    assert told["judgement"] == "learning"
    rule = ada.get("health/history?metric=rule:core.strength_range").get_json()
    assert [point["value"] for point in rule["points"]] == [0, 3]
    assert command("monitor", "--period", "0").exit_code == 2
    everybody = json.loads(command("monitor", "--json").stdout)
    assert {row["tenant"] for row in everybody["tenants"]} >= {str(tenant_id)}


def test_an_alert_opens_once_and_recovers_once(
    ada: Person, person: MakePerson, unit: Unit, app: ServiceApp, tenant_id: uuid.UUID
) -> None:
    def judged() -> list[tuple[str, str]]:
        with unit() as session:
            told, _by_rule = reporting.report(session, period_hours=24)
            return [(each["group"], each["news"]) for each in judging.judge_report(session, told)]

    # The tables of these tests lack their constraints, which alarms as well.
    assert judged() == [("constraints", "opened")]
    with unit() as session:
        characters(session, *({"strength": 11} for _ in range(3)))
    assert judged() == [("integrity", "opened")]
    assert judged() == []
    with unit() as session:
        characters(session, {"strength": 11})
    assert judged() == []  # more of the same is for the ticket alone
    with unit() as session:
        asked = session.scalars(select(Outbox).where(Outbox.subject == "ticket.asked").order_by(Outbox.number)).all()
        assert [letter.payload["body"]["priority"] for letter in asked] == ["CRITICAL", "HIGH"]
        assert len({letter.payload["body"]["external_ref"] for letter in asked}) == 2
        reply = asked[1].reply
    assert reply is not None
    outbox = {"status": "delivered", "answer": {"status": 201, "body": {"id": 17}}}
    with unit() as session:
        payload = reply["payload"] | {"outbox": outbox}
        job = submit(session, Job, kind=reply["kind"], queue=reply["queue"], payload=payload).id
    work(app.runtime.db, registry, tenant_id=tenant_id, job_id=job)
    with unit() as session:
        characters(session, *({"strength": 11} for _ in range(10)), {"xp": 5})
    assert judged() == [("integrity", "worse")]
    (alert,) = ada.get("alerts?group=integrity").get_json()["results"]
    assert (alert["severity"], alert["state"], alert["ticket"]) == ("critical", "open", 17)
    address = f"alerts/{alert['id']}"
    assert refusal(person(roles=["viewer"]).post(f"{address}/acknowledge", {})) == (403, "permission_missing")
    assert ada.post(f"{address}/acknowledge", {"reason": "On it."}).get_json()["state"] == "acknowledged"
    assert faults(ada.post(f"{address}/mute", {"until": "2024-01-01T00:00:00Z"})) == {"/until": "in_the_past"}
    fix(ada)
    assert judged() == [("integrity", "recovered")]
    assert judged() == []
    with unit() as session:
        notes = session.scalars(select(Outbox).where(Outbox.subject == "ticket.noted").order_by(Outbox.number)).all()
        told = [(letter.payload["path"], letter.payload["body"]["data"]["news"]) for letter in notes]
    assert told == [("/api/workflow/v1/tickets/17/history", news) for news in ("more findings", "worse", "recovered")]
    assert ada.get(address).get_json()["state"] == "resolved"
    assert refusal(ada.post(f"{address}/resolve", {})) == (409, "already_resolved")


def test_alerts_go_by_mail_where_a_tenant_wants_it(
    ada: Person, unit: Unit, command: Command, tenant_id: uuid.UUID
) -> None:
    assert ada.get("jobs").status_code == 200
    mine = ("--tenant", str(tenant_id))

    def mailed() -> list[tuple[str, str]]:
        with unit() as session:
            told, _by_rule = reporting.report(session, period_hours=24)
            judging.judge_report(session, told)
            letters = session.scalars(select(Outbox).where(Outbox.kind == "mail").order_by(Outbox.number)).all()
            return [(letter.payload["to"], letter.payload["subject"]) for letter in letters]

    assert command("alert-mail", *mine).exit_code == 2
    assert command("alert-mail", *mine, "--to", "nobody").exit_code == 2
    assert command("alert-mail", *mine, "--to", "data@example.org", "--severity", "critical").exit_code == 0
    # The tables of these tests lack their constraints, which is critical.
    opened = [("data@example.org", "Data quality: constraints opened (critical)")]
    assert mailed() == opened
    with unit() as session:
        characters(session, *({"strength": 11} for _ in range(3)))
    assert mailed() == opened
    assert command("alert-mail", *mine, "--to", "data@example.org").exit_code == 0
    fix(ada)
    assert mailed() == [*opened, ("data@example.org", "Data quality: integrity recovered (warning)")]
    assert command("alert-mail", *mine, "--off").exit_code == 0
    with unit() as session:
        characters(session, *({"strength": 11} for _ in range(3)))
    assert len(mailed()) == 2


def test_limits_are_the_tenants(ada: Person, unit: Unit) -> None:
    usual = {row["metric"]: row for row in ada.get("thresholds").get_json()["results"]}
    assert {metric: (row["target"], row["alert"], row["action"]) for metric, row in usual.items()} == {
        "health_score": ("100.00", "90.00", "investigate"),
        "xp_spend_success": ("95.00", "90.00", "review errors"),
        "xp_spend_time": ("200.00", "500.00", "review performance"),
        "scene_award_success": ("100.00", "99.00", "fix at once"),
        "constraint_violations": ("0.00", "10.00", "audit data"),
        "transaction_rollbacks": ("1.00", "5.00", "review code"),
        "deadlocks": ("0.00", "1.00", "analyse locks"),
    }
    assert ada.patch(f"thresholds/{usual['health_score']['id']}", {"alert": "50"}).status_code == 200
    again = ada.post("thresholds", {"metric": "health_score", "target": "100", "alert": "50"})
    assert refusal(again) == (409, "unique_threshold")
    assert faults(ada.post("thresholds", {"metric": "nonsense", "target": "1", "alert": "1"})).keys() == {"/metric"}
    with unit() as session:
        characters(session, *({"strength": 11} for _ in range(3)))
        told, _by_rule = reporting.report(session, period_hours=24)
        assert [each["group"] for each in judging.judge_report(session, told)] == ["constraints"]


def test_the_schedule_reports(
    ada: Person, person: MakePerson, unit: Unit, app: ServiceApp, tenant_id: uuid.UUID
) -> None:
    assert ada.get("jobs").status_code == 200
    (schedule,) = ada.get("schedules?name=daily report").get_json()["results"]
    assert (schedule["kind"], schedule["cron"], schedule["last_run_at"]) == ("validation.report", "0 9 * * *", None)
    address = f"schedules/{schedule['id']}/run"
    assert person(sub="vera", roles=["viewer"]).post(address).status_code == 403
    assert ada.post("schedules/0/run").status_code == 404
    early = {"cron": "30 8 * * 1-5", "time_zone": "Europe/Berlin", "active": False}
    row = f"schedules/{schedule['id']}"
    assert refusal(person(sub="vera", roles=["viewer"]).patch(row, early)) == (403, "permission_missing")
    assert ada.get(row).get_json() == schedule
    changed = ada.patch(row, early).get_json()
    assert changed == schedule | early | {"next_run_at": changed["next_run_at"]}
    assert changed["next_run_at"] != schedule["next_run_at"]
    for wrong in ({"cron": "nonsense"}, {"time_zone": "Middle/Earth"}, {"kind": "other"}, {"active": "yes"}):
        assert faults(ada.patch(row, wrong)).keys() == {f"/{name}" for name in wrong}
    assert [each["action"] for each in audit_rows(ada, "schedule", schedule["id"])] == ["schedule.updated"]
    schedule = changed
    asked = ada.post(address)  # brought forward, in the name of who asks
    job = asked.get_json()
    assert (asked.status_code, asked.headers["Location"]) == (202, f"/api/validation/v1/jobs/{job['id']}")
    assert (job["requested_by"], job["correlation_id"]) == ("ada", asked.headers["X-Correlation-ID"])
    work(app.runtime.db, registry, tenant_id=tenant_id, job_id=uuid.UUID(job["id"]))
    (after,) = ada.get("schedules?name=daily report").get_json()["results"]
    assert after == schedule
    with unit() as session:
        assert session.scalars(select(HealthReport.health_score)).all() == [100]
        assert len(session.scalars(select(HealthPoint.metric)).all()) > 50
        assert session.scalars(select(Alert.group)).all() == ["constraints"]
