"""The diff as CSV: of a preview, of an analysis in the background, and of a run."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from services.propagation.models import Job, RunChange
from shared.app import ServiceApp
from shared.tenancy import Context
from tests.fixtures.services import MakePerson
from tests.propagation.changing import (
    Body,
    answered_csv,
    batch,
    change,
    everything,
    item,
    job,
    set_workspace,
    stored_names,
)
from tests.propagation.naming import Naming, answered
from tests.propagation.working import Worker
from tests.propagation.working import worker as worker

COLUMNS = ["string_id", "level", "path", "change_type", "dimension", "old", "new", "old_value", "new_value", "problem"]


def previewed(naming: Naming, *updates: Body, **options: Any) -> list[dict[str, str]]:
    body = {"string_detail_updates": list(updates), **options}
    return answered_csv(naming.person.post("string-details/analyze_impact", body, headers={"Accept": "text/csv"}))


def test_a_line_for_each_changed_detail(naming: Naming) -> None:
    tree = naming.tree()
    account, (first, second), ads = tree["account"], tree["campaigns"], tree["ads"]
    rows = previewed(naming, item(naming, account, "Brand", "PUMA"), item(naming, first, "Note", None))
    assert list(rows[0]) == COLUMNS
    assert rows[0] == {
        "string_id": str(account["id"]), "level": "0", "path": str(account["id"]), "change_type": "direct",
        "dimension": "Brand", "old": "NIKE", "new": "PUMA", "old_value": "NIKE-EU", "new_value": "PUMA-EU",
        "problem": "",
    }  # fmt: skip
    own = [row for row in rows if row["string_id"] == str(first["id"])]
    assert [(row["dimension"], row["old"], row["new"]) for row in own] == [
        ("Brand", "NIKE", "PUMA"),
        ("Note", "c0", ""),
    ]
    lowest = next(row for row in rows if row["string_id"] == str(ads[3]["id"]))
    assert (lowest["level"], lowest["change_type"]) == ("2", "inherited")
    assert lowest["path"] == f"{account['id']}/{second['id']}/{ads[3]['id']}"
    assert len(rows) == 8


def test_problems_have_their_lines(naming: Naming) -> None:
    tree = naming.tree(campaigns=2, ads=1)
    first, second = tree["campaigns"]
    rows = previewed(naming, item(naming, first, "Note", "c1"), {"string_detail_id": 10**9, "dimension_value": None})
    assert [row["problem"].split(":")[0] for row in rows] == ["not_found", "duplicate_value"]
    assert (rows[1]["string_id"], rows[1]["new_value"]) == (str(first["id"]), second["value"])


def test_off_means_that_nothing_changes(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    set_workspace(naming, auto_regenerate_strings=False)
    (row,) = previewed(naming, item(naming, tree["account"], "Brand", "PUMA"))
    assert row["problem"].startswith("regeneration_disabled")


def test_formulas_are_harmless(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=0)
    rows = previewed(naming, item(naming, tree["campaigns"][0], "Note", "=1+1"))
    assert rows[0]["new"] == "'=1+1"


def test_what_a_run_did(naming: Naming) -> None:
    tree = naming.tree(campaigns=2, ads=1)
    answer = answered(change(naming, tree["account"], "Brand", "PUMA"))
    job_id = answer["propagation_summary"]["job_id"]
    rows = answered_csv(naming.person.get(f"jobs/{job_id}/changes?format=csv"))
    assert list(rows[0]) == [*COLUMNS, "outcome"]
    assert {int(row["string_id"]): row["new_value"] for row in rows} == stored_names(naming)
    assert {row["outcome"] for row in rows} == {"applied"}
    lowest = rows[-1]
    ids = [tree["account"]["id"], tree["campaigns"][-1]["id"], tree["ads"][-1]["id"]]
    assert (lowest["path"], lowest["old"], lowest["new"]) == ("/".join(map(str, ids)), "NIKE", "PUMA")
    assert answered_csv(naming.person.get(f"jobs/{job_id}/changes?format=csv&outcome=failed")) == []


def test_what_a_run_left_out(naming: Naming) -> None:
    tree = naming.tree(campaigns=2, ads=1)
    updates = [item(naming, tree["campaigns"][0], "Note", "c1"), item(naming, tree["account"], "Region", "US")]
    answer = answered(batch(naming, *updates), 207)
    rows = answered_csv(naming.person.get(f"jobs/{answer['job_id']}/changes", headers={"Accept": "text/csv"}))
    shown = everything(naming.person, f"jobs/{answer['job_id']}/changes")
    assert sorted(row["outcome"] for row in rows) == ["applied", "failed"]
    assert {row["problem"] for row in rows if row["outcome"] == "failed"} == {
        row["problem"] for row in shown if row["outcome"] == "failed"
    }


def analysis(naming: Naming, *updates: Body) -> TestResponse:
    body = {"string_detail_updates": list(updates), "background": True}
    return naming.person.post("string-details/analyze_impact", body)


def test_an_analysis_in_the_background(naming: Naming, worker: Worker) -> None:
    tree = naming.tree()
    before = stored_names(naming)
    updates = [item(naming, tree["account"], "Brand", "PUMA"), item(naming, tree["campaigns"][0], "Note", "c1")]
    response = analysis(naming, *updates)
    answer = answered(response, 202)
    assert (answer["trigger_type"], answer["status"]) == ("analysis", "pending")
    assert response.headers["Location"].endswith(f"jobs/{answer['id']}")
    worker.run()
    run = job(naming, answer["id"])
    assert (run["status"], run["total_strings"], run["failed_strings"], run["progress_percentage"]) == (
        "completed", 7, 0, 100.0,
    )  # fmt: skip
    found = run["metadata"]["impact_analysis"]
    assert (found["summary"]["total_affected"], len(found["conflicts"])) == (4, 1)
    assert stored_names(naming) == before
    rows = everything(naming.person, f"jobs/{run['id']}/changes")
    assert sorted(row["outcome"] for row in rows) == ["failed", *["planned"] * 4, *["skipped"] * 2]
    top = next(row for row in rows if row["string"] == tree["account"]["id"])
    assert (top["value_before"], top["value"], top["version_before"], top["version_after"]) == (
        "NIKE-EU", "PUMA-EU", 1, None,
    )  # fmt: skip
    assert top["after"] == {"value": "PUMA-EU", "details": {"Brand": "PUMA"}, "custom_fields": {}}
    assert answered(naming.person.post(f"jobs/{run['id']}/undo"), 409)["code"] == "job_not_undoable"
    kept = answered_csv(naming.person.get(f"jobs/{run['id']}/changes?format=csv"))
    shown = previewed(naming, *updates)
    told = [name for name in COLUMNS if name != "path"]  # one begins at the walk's top, one at the string that is named
    assert sorted([row[name] for name in told] for row in kept) == sorted([row[name] for name in told] for row in shown)


def test_its_token_is_good_for_the_run(naming: Naming, worker: Worker) -> None:
    tree = naming.tree()
    update = item(naming, tree["account"], "Brand", "PUMA")
    answer = answered(analysis(naming, update), 202)
    worker.run()
    token = job(naming, answer["id"])["metadata"]["impact_analysis"]["confirm_token"]
    done = answered(batch(naming, update, confirm_token=token))
    assert done["total_affected"] == 7


def age(app: ServiceApp, naming: Naming, job_id: str, *, hours: int) -> None:
    tenant = uuid.UUID(job(naming, job_id)["workspace"])
    with app.runtime.db.transaction(Context(tenant_id=tenant)) as session:
        row = update(Job).where(Job.tenant_id == tenant, Job.id == uuid.UUID(job_id))
        session.execute(row.values(started_at=None, completed_at=Job.completed_at - timedelta(hours=hours)))


def test_its_diff_is_kept_for_a_day(naming: Naming, worker: Worker, app: ServiceApp) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    one = answered(analysis(naming, item(naming, tree["account"], "Brand", "PUMA")), 202)["id"]
    worker.run()
    age(app, naming, one, hours=23)
    assert len(answered(naming.person.get(f"jobs/{one}/changes"))["results"]) == 3
    age(app, naming, one, hours=1)
    assert answered(naming.person.get(f"jobs/{one}/changes"), 410)["code"] == "diff_gone"
    assert naming.person.get(f"jobs/{one}/changes?format=csv").status_code == 410
    answered(analysis(naming, item(naming, tree["account"], "Brand", "VANS")), 202)
    worker.run()
    tenant = uuid.UUID(job(naming, one)["workspace"])
    with app.runtime.db.transaction(Context(tenant_id=tenant)) as session:
        kept = select(RunChange.job_id).where(RunChange.tenant_id == tenant).distinct()
        assert uuid.UUID(one) not in session.scalars(kept).all()


def test_one_that_was_cancelled_can_be_asked_for_again(naming: Naming, worker: Worker) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    before = stored_names(naming)
    one = answered(analysis(naming, item(naming, tree["account"], "Brand", "PUMA")), 202)["id"]
    answered(naming.person.post(f"jobs/{one}/cancel"))
    again = answered(naming.person.post(f"jobs/{one}/retry"), 202)["new_job_id"]
    worker.run()
    assert (job(naming, again)["status"], job(naming, again)["trigger_type"]) == ("completed", "analysis")
    assert len(everything(naming.person, f"jobs/{again}/changes")) == 3
    assert stored_names(naming) == before


def test_a_viewer_may_look_but_not_run(naming: Naming, person: MakePerson) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    viewer = person(roles=["viewer"], sub="vera")
    body = {"string_detail_updates": [item(naming, tree["account"], "Brand", "PUMA")]}
    assert len(answered_csv(viewer.post("string-details/analyze_impact", body, headers={"Accept": "text/csv"}))) == 3
    assert batch(naming, *body["string_detail_updates"]).status_code == 200
    assert viewer.put("string-details/batch_update", {"updates": body["string_detail_updates"]}).status_code == 403


@pytest.mark.parametrize("accept", ["application/json", "*/*", "text/html,application/json;q=0.9"])
def test_json_is_the_default(naming: Naming, accept: str) -> None:
    tree = naming.tree(campaigns=1, ads=0)
    body = {"string_detail_updates": [item(naming, tree["account"], "Brand", "PUMA")]}
    response = naming.person.post("string-details/analyze_impact", body, headers={"Accept": accept})
    assert answered(response)["summary"]["total_affected"] == 2
