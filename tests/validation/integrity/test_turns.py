"""Runs beside each other, runs as jobs, runs that were cut off, rows that are set apart."""

import uuid

from sqlalchemy import event, select

from services.validation.domain.integrity.options import Mode, Options
from services.validation.jobs import registry
from services.validation.models import BeforeImage, Character, IntegrityRun
from services.validation.operations.integrity import asking, choosing, fixing, running
from services.validation.operations.integrity.running import carry_out
from services.validation.operations.integrity.steps import Direct
from services.validation.queries.quarantine import is_quarantined
from shared.app import ServiceApp
from shared.jobs.performing import work
from shared.locking import named_lock
from shared.tenancy import Context
from tests.fixtures.people import Person
from tests.fixtures.services import Unit
from tests.validation.integrity.world import characters, fix, read, run
from tests.validation.working import refusal


def test_a_run_as_a_job_has_the_id_of_its_job(ada: Person, unit: Unit, app: ServiceApp, tenant_id: uuid.UUID) -> None:
    with unit() as session:
        characters(session, {"strength": 11})
    asked = ada.post("integrity-runs", {"mode": "fix", "fix_rules": ["all"]})
    assert asked.status_code == 202
    job_id = asked.get_json()["id"]
    assert asked.headers["Location"].endswith(f"jobs/{job_id}")
    assert ada.get(f"integrity-runs/{job_id}").get_json()["state"] == "pending"
    assert refusal(ada.post("integrity-runs", {"mode": "fix", "fix_rules": ["all"]})) == (409, "run_in_progress")
    assert run(ada)["totals"]["found"] == 1
    work(app.runtime.db, registry, tenant_id=tenant_id, job_id=uuid.UUID(job_id))
    ended = ada.get(f"integrity-runs/{job_id}").get_json()
    assert (ended["state"], ended["totals"]["fixed"]) == ("completed", 1)
    assert ada.get(f"jobs/{job_id}").get_json()["status"] == "completed"


def test_who_changes_rows_has_the_turn(ada: Person, unit: Unit) -> None:
    assert ada.get("jobs").status_code == 200
    with unit() as session:
        named_lock(session, *asking.turn(session))
        busy = ada.post("integrity-runs", {"mode": "fix", "fix_rules": ["all"], "inline": True})
        assert refusal(busy) == (409, "run_in_progress")
        assert run(ada)["exit_code"] == 0
    assert fix(ada)["exit_code"] == 0


def test_a_run_that_was_cut_off_is_finished_by_its_next_attempt(
    ada: Person, unit: Unit, app: ServiceApp, tenant_id: uuid.UUID
) -> None:
    """The process dies between two checks: what was mended stays, nothing is half done, found is what it was."""
    with unit() as session:
        ids = characters(session, {"strength": 11, "science": -1}, {"science": 12})
        one = asking.ask(session, Options(mode=Mode.FIX, fix_rules=("all",))).id
    steps = Direct(app.runtime.db, Context(tenant_id=tenant_id, actor="ada"))
    planned, options = running._begin(steps, one)
    outcomes = running._first_look(steps, one, planned, options)
    abilities = [outcome.planned for outcome in outcomes if outcome.planned.check == "abilities"]
    with unit() as session:
        fixing.mend_check(session, one, abilities, [], options)
    with unit() as session:
        assert read(session, ids[0], "strength", "science") == (11, 0)
    carry_out(steps, one)
    found = ada.get(f"integrity-runs/{one}").get_json()
    assert (found["totals"]["found"], found["totals"]["fixed"], found["state"]) == (3, 3, "completed")
    with unit() as session:
        assert session.scalars(select(BeforeImage.rule).order_by(BeforeImage.rule)).all() == [
            "science_range",
            "science_range",
            "strength_range",
        ]


def test_the_turn_of_a_dead_process_is_free(ada: Person, unit: Unit) -> None:
    with unit() as session:
        dead = asking.ask(session, Options(mode=Mode.FIX, fix_rules=("all",))).id
        session.get_one(IntegrityRun, (session.info["context"].tenant_id, dead)).state = "running"
    assert fix(ada)["exit_code"] == 0
    assert ada.get(f"integrity-runs/{dead}").get_json()["state"] == "failed"


def test_a_cancelled_run_is_told_so(ada: Person) -> None:
    job_id = ada.post("integrity-runs", {}).get_json()["id"]
    assert ada.post(f"jobs/{job_id}/cancel").status_code in (200, 202)
    assert ada.get(f"integrity-runs/{job_id}").get_json()["state"] == "cancelled"


def test_rows_are_set_apart_until_they_are_clean_or_released(ada: Person, unit: Unit) -> None:
    with unit() as session:
        ids = characters(session, {"strength": 11}, {"wits": 0}, {})
    run(ada)
    assert ada.get("quarantine").get_json()["results"] == []
    for _ in range(2):
        run(ada, quarantine=True)
    entries = ada.get("quarantine?state=open&ordering=id").get_json()["results"]
    assert [(entry["row"], entry["rule"]) for entry in entries] == [(ids[0], "strength_range"), (ids[1], "wits_range")]
    with unit() as session:
        told = session.scalars(select(Character.id).where(is_quarantined(session)).order_by(Character.id)).all()
        assert told == ids[:2]
    released = ada.post(f"quarantine/{entries[0]['id']}/release", {"reason": "Talked to the player."})
    assert (released.status_code, released.get_json()["state"]) == (200, "released")
    assert ada.get(f"quarantine/{entries[0]['id']}").get_json() == released.get_json()
    again = ada.post(f"quarantine/{entries[0]['id']}/release", {"reason": "Again."})
    assert refusal(again) == (409, "already_closed")
    fix(ada)
    (fixed,) = ada.get("quarantine?state=fixed").get_json()["results"]
    assert fixed["row"] == ids[1]


def test_statements_do_not_grow_with_rows(ada: Person, unit: Unit, app: ServiceApp) -> None:
    counts = []
    run(ada)
    for number in (3, 60):
        with unit() as session:
            rows = [{"strength": 11, "xp": -place, "age": -1} for place in range(number)]
            characters(session, *rows)
        sent: list[str] = []
        listen = lambda _c, _cursor, statement, *_rest, sent=sent: sent.append(statement)  # noqa: E731
        event.listen(app.runtime.db.engine, "before_cursor_execute", listen)
        try:
            found = fix(ada)
        finally:
            event.remove(app.runtime.db.engine, "before_cursor_execute", listen)
        assert found["totals"]["remaining"] == 0
        # Revoked sessions are asked for now and then only.
        counts.append(sum("revoked_sessions" not in statement for statement in sent))
    assert counts[0] == counts[1]


def test_core_takes_at_most_five_statements(unit: Unit, app: ServiceApp, tenant_id: uuid.UUID) -> None:
    with unit() as session:
        characters(session, {"strength": 11})
        planned = choosing.planned_of(session, Options(rule_sets=("core",)))
    sent: list[str] = []
    listen = lambda _c, _cursor, statement, *_rest: sent.append(statement)  # noqa: E731
    event.listen(app.runtime.db.engine, "before_cursor_execute", listen)
    try:
        running._scanned(Direct(app.runtime.db, Context(tenant_id)), planned, Options(rule_sets=("core",)))
    finally:
        event.remove(app.runtime.db.engine, "before_cursor_execute", listen)
    asked = [statement for statement in sent if "FROM" in statement]
    assert 1 <= len(asked) <= 5
