"""Imports from the threshold on: a worker does them part by part, and every fault is told."""

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from services.propagation.models import ImportRow
from services.propagation.operations.imports import running
from shared.app import ServiceApp
from shared.tenancy import Context
from tests.propagation.changing import Body, answered_csv, everything, job, set_workspace, stored, stored_names
from tests.propagation.importing import imported, outcomes, send, sheet
from tests.propagation.naming import Naming, answered
from tests.propagation.working import Worker
from tests.propagation.working import worker as worker

Row = dict[str, Any]


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "PART", 7)


def account(region: str = "EU", **more: Any) -> Row:
    return {"field": "account", "dimension:Brand": "NIKE", "dimension:Region": region, **more}


def campaign(note: str, **more: Any) -> Row:
    return {"field": "campaign", "dimension:Brand": "NIKE", "dimension:Season": "SS26", "dimension:Note": note, **more}


def handed_over(naming: Naming, rows: list[Row], **form: Any) -> Body:
    set_workspace(naming, background_processing_threshold=5)
    return imported(naming, rows, 202, **form)


def result(naming: Naming, answer: Body) -> Body:
    found: Body = answered(naming.person.get(f"imports/{answer['job_id']}"))
    return found


def a_file(faulty: int = 3) -> list[Row]:
    """Two accounts with campaigns; some of these name no season that there is."""
    rows = [account(key="a"), account("US", key="b")]
    rows += [campaign(f"n{n}", parent_key="ab"[n % 2]) for n in range(28)]
    for number in range(faulty):
        rows[5 + 9 * number]["dimension:Season"] = "NEVER"
    return rows


def test_a_large_file_is_a_job(naming: Naming, worker: Worker) -> None:
    answer = handed_over(naming, a_file())
    assert answer["tracking_url"].endswith(f"jobs/{answer['job_id']}")
    run = job(naming, answer["job_id"])
    assert (run["status"], run["trigger_type"], run["total_strings"]) == ("pending", "import", 30)
    assert stored_names(naming) == {}
    worker.run()
    run, found = job(naming, answer["job_id"]), result(naming, answer)
    assert (run["status"], run["total_strings"], run["processed_strings"], run["failed_strings"]) == (
        "partial_failure", 30, 27, 3,
    )  # fmt: skip
    assert found["summary"] | {"created": 27, "refused": 3, "skipped": 0} == found["summary"]
    refused = everything(naming.person, f"imports/{answer['job_id']}/rows?outcome=refused")
    assert [(row["row"], row["faults"][0]["column"], row["faults"][0]["code"]) for row in refused] == [
        (number, "dimension:Season", "not_found") for number in (6, 15, 24)
    ]
    assert len(everything(naming.person, f"jobs/{answer['job_id']}/errors")) == 3
    parents = [row["parent"] for row in stored(naming).values()]
    assert parents.count(None) == 2


def test_a_dry_run_in_a_worker_says_the_same(naming: Naming, worker: Worker) -> None:
    shown = handed_over(naming, a_file(), dry_run=True)
    worker.run()
    assert stored_names(naming) == {}
    run = job(naming, shown["job_id"])
    assert (run["status"], everything(naming.person, f"jobs/{shown['job_id']}/errors")) == ("completed", [])
    done = handed_over(naming, a_file())
    worker.run()
    first, second = result(naming, shown), result(naming, done)
    assert outcomes(first) == outcomes(second)
    assert [row["value"] for row in first["rows"]] == [row["value"] for row in second["rows"]]


def test_a_round_trip_of_edits(naming: Naming, worker: Worker) -> None:
    handed_over(naming, a_file(faulty=0))
    worker.run()
    rows = answered_csv(naming.person.get("strings?format=csv"))
    for row in rows:
        if row["field"] == "campaign":
            row["dimension:Note"] += " edited"
    rows[0]["dimension:Brand"] = "PUMA"
    answer = handed_over(naming, rows)
    worker.run()
    found = result(naming, answer)
    assert found["summary"] | {"updated": 29, "unchanged": 1, "refused": 0} == found["summary"]
    names = stored(naming)
    assert {row["version"] for row in names.values()} == {1, 2}
    assert sum(row["value"].startswith("PUMA") for row in names.values()) == 15
    assert all(row["value"].endswith(" edited]") for row in names.values() if row["parent"])
    again = handed_over(naming, answered_csv(naming.person.get("strings?format=csv")))
    worker.run()
    assert result(naming, again)["summary"]["unchanged"] == 30
    assert job(naming, again["job_id"])["total_strings"] == 0


@pytest.mark.parametrize(("handling", "created"), [("rollback", 0), ("stop", 5)])
def test_all_or_nothing(naming: Naming, worker: Worker, handling: str, created: int) -> None:
    answer = handed_over(naming, a_file(), error_handling=handling)
    worker.run()
    found = result(naming, answer)
    assert (found["summary"]["created"], found["summary"]["refused"]) == (created, 3)
    assert len(stored_names(naming)) == created
    assert found["summary"]["status"] == ("partial_failure" if created else "failed")


def test_it_can_be_cancelled_and_tried_again(naming: Naming, worker: Worker) -> None:
    answer = handed_over(naming, a_file())
    answered(naming.person.post(f"jobs/{answer['job_id']}/cancel"))
    worker.run()
    assert stored_names(naming) == {}
    again = answered(naming.person.post(f"jobs/{answer['job_id']}/retry"), 202)["new_job_id"]
    worker.run()
    assert (job(naming, again)["retry_of"], len(stored_names(naming))) == (answer["job_id"], 27)


def test_a_retry_takes_what_was_refused(naming: Naming, worker: Worker) -> None:
    answer = handed_over(naming, a_file())
    worker.run()
    naming.add_value("Season", "NEVER")
    again = answered(naming.person.post(f"jobs/{answer['job_id']}/retry"), 202)["new_job_id"]
    worker.run()
    assert (job(naming, again)["status"], job(naming, again)["processed_strings"]) == ("completed", 3)
    assert len(stored_names(naming)) == 30
    assert naming.person.post(f"jobs/{again}/retry").status_code == 409


def test_cells_are_kept_until_they_took_effect(naming: Naming, worker: Worker, app: ServiceApp) -> None:
    answer = handed_over(naming, a_file())
    assert kept(app, naming, answer) == 30
    worker.run()
    assert kept(app, naming, answer) == 3


def kept(app: ServiceApp, naming: Naming, answer: Body) -> int:
    tenant = uuid.UUID(job(naming, answer["job_id"])["workspace"])
    with app.runtime.db.transaction(Context(tenant_id=tenant)) as session:
        mine = (ImportRow.tenant_id == tenant, ImportRow.job_id == uuid.UUID(answer["job_id"]))
        return len(session.scalars(select(ImportRow.row).where(*mine, ImportRow.cells.is_not(None))).all())


def test_few_rows_with_much_below_are_a_job(naming: Naming, worker: Worker) -> None:
    tree = naming.tree(campaigns=2, ads=2)
    answer = handed_over(naming, [{"string_id": tree["account"]["id"], "dimension:Brand": "PUMA"}])
    worker.run()
    assert job(naming, answer["job_id"])["processed_strings"] == 7
    assert {value.split("-")[0].split("_")[0] for value in stored_names(naming).values()} == {"PUMA"}


def test_one_that_died_goes_on(naming: Naming, worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = handed_over(naming, a_file())
    advance, parts = running.Import.advance, []

    def dying(self: running.Import, session: Any) -> Any:
        parts.append(1)
        if len(parts) == 7:
            raise RuntimeError("died")
        return advance(self, session)

    monkeypatch.setattr(running.Import, "advance", dying)
    with pytest.raises(Exception, match="attempt 1"):
        worker.step()
    before = len(stored_names(naming))
    assert job(naming, answer["job_id"])["status"] == "pending"
    assert before < 27
    worker.skip_pause(answer["job_id"])
    worker.run()
    run = job(naming, answer["job_id"])
    assert (run["status"], run["processed_strings"], len(stored_names(naming))) == ("partial_failure", 27, 27)


def test_a_file_of_another_kind_is_refused_at_once(naming: Naming) -> None:
    set_workspace(naming, background_processing_threshold=5)
    assert answered(send(naming, sheet([{"colour": "red"}] * 10)), 422)["code"] == "unknown_column"
