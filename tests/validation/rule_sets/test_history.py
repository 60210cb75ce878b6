"""What runs have found of a rule, as history and in its documentation."""

import uuid
from datetime import UTC, datetime

from services.validation.models import IntegrityResult, IntegrityRun
from tests.fixtures.people import Person
from tests.fixtures.services import Unit
from tests.validation.working import refusal


def test_history_shows_what_each_run_found(ada: Person, unit: Unit, tenant_id: uuid.UUID) -> None:
    def result(run: IntegrityRun, found: int, **more: object) -> IntegrityResult:
        plain = {"rule_set": "core", "rule": "valid_status", "table_name": "characters", "position": 1}
        plain |= {"check": "status", "title": "invalid status", "severity": "error", "kind": "set", "fixable": True}
        figures = {"found": found, "remaining": found, "status": "findings"} | more
        return IntegrityResult(tenant_id=tenant_id, run_id=run.id, **plain, **figures)

    with unit() as session:
        for day, found in ((1, 5), (2, 3)):
            at = datetime(2026, 11, day, tzinfo=UTC)
            run = IntegrityRun(tenant_id=tenant_id, mode="check", state="completed", created_at=at, finished_at=at)
            session.add(run)
            session.flush()
            session.add(result(run, found))
        waiting = IntegrityRun(tenant_id=tenant_id, mode="fix")
        session.add(waiting)
        session.flush()
        session.add(result(waiting, 0, status="not_run"))
    runs = ada.get("rules/core/valid_status/history").get_json()["results"]
    assert [(one["found"], one["remaining"], one["mode"]) for one in runs] == [(3, 3, "check"), (5, 5, "check")]
    (newest,) = ada.get("rules/core/valid_status/history?limit=1").get_json()["results"]
    assert newest == runs[0]
    told = ada.get("rule-sets/core/docs?format=markdown").get_data(as_text=True)
    assert told.count("- Last result: 3 on 2026-11-02") == 1
    assert ada.get("rules/core/xp_non_negative/history").get_json()["results"] == []
    assert refusal(ada.get("rules/core/nothing/history")) == (404, "not_found")
    assert refusal(ada.get("rules/nothing/valid_status/history")) == (404, "not_found")
