"""Clocks of tasks and timers of their states: kept in step, told and fired once, gone with what they belong to."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.workflow import jobs
from services.workflow.config import ROLE_PERMISSIONS, Settings
from services.workflow.domain.machines.asking import Ask
from services.workflow.models import Clock, Job, Outbox, Schedule, Timer
from services.workflow.operations.tasks.expiring import close_expired
from services.workflow.operations.tasks.lifecycle import TASK
from services.workflow.operations.timers.firing import fire_timers, tell_clocks
from services.workflow.operations.transitions.lifecycle import Wanted
from services.workflow.operations.transitions.moving import move
from shared.app import ServiceApp
from tests.fixtures.people import Person, codes
from tests.fixtures.services import AtOnce, Unit
from tests.fixtures.statements import counting
from tests.workflow.working import ago, ahead, audit_rows, made, moved, task

DAY = 86_400
AT_ONCE = 1e-9


def clocks(person: Person, row: dict[str, Any]) -> dict[str, Any]:
    answer = person.get(f"tasks/{row['id']}/clocks")
    assert answer.status_code == 200
    return {clock["name"]: clock for clock in answer.get_json()["clocks"]}


def statuses(person: Person, row: dict[str, Any]) -> tuple[str, str]:
    told = clocks(person, row)
    return told["first_response"]["status"], told["resolution"]["status"]


def passed(unit: Unit, row: dict[str, Any], **span: float) -> None:
    """Lets that much time pass for the running clocks of a task."""
    with unit() as session:
        for clock in session.scalars(select(Clock).where(Clock.entity_id == row["id"], Clock.runs_since.is_not(None))):
            assert clock.runs_since is not None
            assert clock.due_at is not None
            clock.runs_since -= timedelta(**span)
            clock.due_at -= timedelta(**span)
            clock.next_at = clock.next_at and clock.next_at - timedelta(**span)


def told_of(person: Person, row: dict[str, Any]) -> list[str]:
    rows = audit_rows(person, "task", row["id"], event_type="UPDATED")
    return [f"{found['metadata']['clock']} {found['action'].removeprefix('task.sla_')}" for found in rows]


def tell(unit: Unit) -> int:
    with unit() as session:
        return tell_clocks(session)


def fire(unit: Unit) -> int:
    with unit() as session:
        return fire_timers(session)


def test_clocks_follow_the_states(ada: Person) -> None:
    row = task(ada)
    address = f"tasks/{row['id']}"
    assert statuses(ada, row) == ("running", "running")
    moved(ada, address, "STANDBY", comments="waiting for a key")
    assert statuses(ada, row) == ("paused", "paused")
    moved(ada, address, "INPROGRESS")
    assert statuses(ada, row) == ("met", "running")
    moved(ada, address, "STANDBY", comments="lunch")
    assert statuses(ada, row) == ("met", "paused")
    moved(ada, address, "WORKING")
    moved(ada, address, "COMPLETED")
    assert statuses(ada, row) == ("met", "met")
    assert clocks(ada, row)["resolution"]["due_at"] is None
    ada.post(f"{address}/reopen")
    assert statuses(ada, row) == ("met", "running")


def test_targets_are_the_tasks_own(ada: Person) -> None:
    assert clocks(ada, task(ada))["resolution"]["target_seconds"] == DAY
    assert clocks(ada, task(ada, sla_hours=2))["resolution"]["target_seconds"] == 7200
    row = task(ada, due_at=ahead(hours=1), sla_hours=2)
    told = clocks(ada, row)["resolution"]
    assert told["target_seconds"] == pytest.approx(3600, abs=30)
    assert told["due_at"] == row["due_at"]


def test_an_edit_moves_the_target(ada: Person) -> None:
    row = task(ada)
    ada.patch(f"tasks/{row['id']}", {"title": "Check again"})
    assert clocks(ada, row)["resolution"]["target_seconds"] == DAY
    ada.patch(f"tasks/{row['id']}", {"sla_hours": 48})
    assert clocks(ada, row)["resolution"]["target_seconds"] == 2 * DAY
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=3)
    ada.patch(f"tasks/{row['id']}", {"due_at": due.isoformat()})
    assert datetime.fromisoformat(clocks(ada, row)["resolution"]["due_at"]) == due


def test_a_pause_is_not_counted(ada: Person, unit: Unit) -> None:
    row = task(ada)
    passed(unit, row, hours=3)
    moved(ada, f"tasks/{row['id']}", "STANDBY", comments="over night")
    passed(unit, row, hours=12)
    assert clocks(ada, row)["resolution"]["spent_seconds"] == pytest.approx(3 * 3600, abs=30)
    moved(ada, f"tasks/{row['id']}", "WORKING")
    passed(unit, row, hours=2)
    told = clocks(ada, row)["resolution"]
    assert told["spent_seconds"] == pytest.approx(5 * 3600, abs=30)
    assert told["percent"] == pytest.approx(100 * 5 / 24, abs=0.1)


def test_warned_at_80_percent_breached_at_all_each_once(ada: Person, unit: Unit) -> None:
    row = task(ada, sla_hours=100)
    moved(ada, f"tasks/{row['id']}", "INPROGRESS")
    passed(unit, row, hours=79)
    assert tell(unit) == 0
    passed(unit, row, hours=1.5)
    assert (tell(unit), tell(unit)) == (1, 0)
    assert told_of(ada, row) == ["resolution warning"]
    passed(unit, row, hours=20)
    assert (tell(unit), tell(unit)) == (1, 0)
    assert told_of(ada, row) == ["resolution warning", "resolution breached"]
    told = clocks(ada, row)["resolution"]
    assert (told["status"], told["remaining_seconds"]) == ("breached", 0)
    assert told["warned_at"]
    assert told["breached_at"]


def test_a_standing_clock_tells_nothing(ada: Person, unit: Unit) -> None:
    row = task(ada)
    moved(ada, f"tasks/{row['id']}", "INPROGRESS")
    moved(ada, f"tasks/{row['id']}", "STANDBY", comments="for years")
    passed(unit, row, days=900)
    assert tell(unit) == 0


def test_many_workers_tell_each_breach_once(ada: Person, unit: Unit, at_once: AtOnce) -> None:
    rows = [task(ada, due_at=ago(hours=1), expires_at=None) for _ in range(10)]
    assert sum(at_once(*[lambda: tell(unit)] * 5)) == 10
    for row in rows:
        assert told_of(ada, row) == ["resolution breached"]


def test_working_hours_hold_a_clock(ada: Person) -> None:
    """Definitions count calendar time unless they say otherwise; hours are checked whoever uses them."""
    good = {"monday": [["09:00", "12:00"], ["13:00", "00:00"]]}
    assert ada.patch("settings", {"working_hours": good}).status_code == 200
    assert ada.get("settings").get_json()["working_hours"]["monday"][0] == ["09:00:00", "12:00:00"]
    refused: list[dict[str, Any]] = [
        {"monday": [["12:00", "09:00"]]},
        {"monday": []},
        {"someday": [["09:00", "10:00"]]},
        {"monday": [["9"]]},
    ]
    for bad in refused:
        assert ada.patch("settings", {"working_hours": bad}).status_code == 422
    assert ada.patch("settings", {"working_hours": {}}).status_code == 200


def test_a_timer_is_off_until_the_tenant_gives_it_hours(ada: Person, unit: Unit) -> None:
    task(ada)
    with unit() as session:
        assert session.scalars(select(Timer)).all() == []
    assert codes(ada.patch("settings", {"timer_hours": {"task.party": 5}})) == ["unknown_timer"]
    assert ada.patch("settings", {"timer_hours": {"task.remind": 0}}).status_code == 422
    ada.patch("settings", {"timer_hours": {"task.remind": 2}})
    row = task(ada)
    (timer,) = ada.get(f"tasks/{row['id']}/clocks").get_json()["timers"]
    assert (timer["name"], timer["state"]) == ("remind", "ASSIGNED")
    due = datetime.fromisoformat(row["created_at"]) + timedelta(hours=2)
    assert datetime.fromisoformat(timer["due_at"]) == due


def test_a_timer_takes_its_edge_once_as_the_system(ada: Person, unit: Unit) -> None:
    ada.patch("settings", {"timer_hours": {"task.hand_back": AT_ONCE}})
    row = task(ada)
    moved(ada, f"tasks/{row['id']}", "STANDBY", comments="waiting")
    assert (fire(unit), fire(unit)) == (1, 0)
    assert ada.get(f"tasks/{row['id']}").get_json()["state"] == "ASSIGNED"
    attempt = ada.get(f"transitions?entity=task&entity_id={row['id']}").get_json()["results"][0]
    assert (attempt["actor"], attempt["reason"]) == ("system", "timeout")
    assert attempt["comments"].startswith("Handed back")


def test_a_timer_dies_when_its_state_is_left(ada: Person, unit: Unit) -> None:
    ada.patch("settings", {"timer_hours": {"task.hand_back": AT_ONCE, "task.remind": AT_ONCE}})
    row = task(ada)
    moved(ada, f"tasks/{row['id']}", "STANDBY", comments="waiting")
    moved(ada, f"tasks/{row['id']}", "INPROGRESS")
    assert fire(unit) == 0


def test_what_is_gone_has_neither_clocks_nor_timers(ada: Person, unit: Unit) -> None:
    ada.patch("settings", {"timer_hours": {"task.remind": 1}})
    assert ada.delete(f"tasks/{task(ada)['id']}").status_code == 204
    with unit() as session:
        for model in (Clock, Timer):
            assert session.scalars(select(model.id)).all() == []


def test_many_workers_fire_each_timer_once(ada: Person, unit: Unit, at_once: AtOnce) -> None:
    ada.patch("settings", {"timer_hours": {"task.hand_back": AT_ONCE}})
    rows = [task(ada) for _ in range(10)]
    for row in rows:
        moved(ada, f"tasks/{row['id']}", "STANDBY", comments="waiting")
    assert sum(at_once(*[lambda: fire(unit)] * 5)) == 10
    for row in rows:
        found = ada.get(f"tasks/{row['id']}").get_json()
        assert (found["state"], found["version"]) == ("ASSIGNED", 2)


def test_a_timer_and_a_person_at_once(ada: Person, unit: Unit, at_once: AtOnce) -> None:
    ada.patch("settings", {"timer_hours": {"task.hand_back": AT_ONCE}})
    for _round in range(5):
        address = f"tasks/{task(ada)['id']}"
        moved(ada, address, "STANDBY", comments="waiting")
        _fired, answer = at_once(
            lambda: fire(unit), lambda at=address: ada.post(f"{at}/transition", {"target_state": "WORKING"})
        )
        assert answer.status_code == 200
        assert ada.get(address).get_json()["state"] == "WORKING"


def test_statements_do_not_grow_with_the_tasks(ada: Person, unit: Unit, app: ServiceApp) -> None:
    ada.patch("settings", {"timer_hours": {"task.hand_back": AT_ONCE}})
    ask = Ask(actor="ada", permissions=ROLE_PERMISSIONS["admin"], comments="waiting")
    counts = []
    for number in (2, 10):
        wanted = [Wanted(task(ada)["id"]) for _ in range(number)]
        with unit() as session, counting(app.runtime.db.engine) as sent:
            assert all(outcome.result.success for outcome in move(session, TASK, wanted, "STANDBY", ask))
        moving = len(sent)
        with unit() as session, counting(app.runtime.db.engine) as sent:
            assert fire_timers(session) == number
        counts.append((moving, len(sent)))
    assert counts[0] == counts[1]


def test_the_job_of_every_minute_does_it_all(
    ada: Person, unit: Unit, app: ServiceApp, tenant_id: uuid.UUID, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("database_url", "redis_url", "secret_key"):
        monkeypatch.setenv(f"CONCORD_WORKFLOW_{name.upper()}", getattr(settings, name).get_secret_value())
    monkeypatch.setenv("CONCORD_WORKFLOW_JWKS", settings.jwks)
    jobs._settings.cache_clear()
    ada.patch("settings", {"timer_hours": {"task.hand_back": AT_ONCE}})
    expired, waiting = task(ada, expires_at=ago(minutes=5)), task(ada, due_at=ago(minutes=5), expires_at=None)
    moved(ada, f"tasks/{waiting['id']}", "STANDBY", comments="waiting")
    moved(ada, f"tasks/{waiting['id']}", "WORKING")
    moved(ada, f"tasks/{waiting['id']}", "STANDBY", comments="waiting")
    late = task(ada, due_at=ago(minutes=5), expires_at=None)
    with unit() as session:
        schedule = session.scalars(select(Schedule).where(Schedule.name == "due")).one()
        assert (schedule.kind, schedule.cron) == ("workflow.due", "* * * * *")
        job = Job(tenant_id=tenant_id, kind=schedule.kind, queue=schedule.queue)
        session.add(job)
        session.flush()
        job_id = job.id
    jobs.perform(str(tenant_id), str(job_id))
    jobs._settings.cache_clear()
    told = ada.get(f"jobs/{job_id}").get_json()
    assert (told["status"], told["processed"]) == ("completed", 3)
    assert ada.get(f"tasks/{expired['id']}").get_json()["state"] == "AUTOCLOSED"
    assert ada.get(f"tasks/{waiting['id']}").get_json()["state"] == "ASSIGNED"
    assert told_of(ada, late) == ["resolution breached"]


def test_tickets_have_the_same_clocks_and_close_by_themselves(ada: Person, unit: Unit) -> None:
    ada.patch("settings", {"timer_hours": {"ticket.close_resolved": AT_ONCE}})
    address = f"tickets/{made(ada, 'tickets', subject='The elevator stands still')['id']}"

    def told() -> dict[str, str]:
        return {clock["name"]: clock["status"] for clock in ada.get(f"{address}/clocks").get_json()["clocks"]}

    assert told() == {"first_response": "running", "resolution": "running"}
    moved(ada, address, "OPEN")
    moved(ada, address, "ONHOLD")
    assert told() == {"first_response": "met", "resolution": "paused"}
    moved(ada, address, "RESOLVED", comments="Works again.")
    assert told() == {"first_response": "met", "resolution": "met"}
    assert (fire(unit), fire(unit)) == (1, 0)
    assert ada.get(address).get_json()["state"] == "CLOSED"


def test_a_closure_is_told_to_the_assignee(ada: Person, unit: Unit) -> None:
    row = task(ada, due_at=ago(minutes=5))
    with unit() as session:
        assert close_expired(session) == 1
        letters = session.scalars(select(Outbox).where(Outbox.kind == "notice")).all()
        assert [(letter.subject, letter.target) for letter in letters] == [("task.closed_by_server", "grace")]
        assert letters[0].payload["entity_id"] == row["id"]
