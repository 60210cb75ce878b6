"""Strings that the database does not take for a reason that nobody expected: the rest goes on."""

import pytest

from tests.fixtures.databases import TestDatabase
from tests.propagation.changing import change, job, set_workspace, stored, stored_names, values_of
from tests.propagation.naming import Naming, answered
from tests.propagation.refusing import refusing
from tests.propagation.working import Worker
from tests.propagation.working import worker as worker


def test_the_culprit_alone_and_what_is_below_it_are_left_out(
    naming: Naming, propagation_database: TestDatabase
) -> None:
    tree = naming.tree(campaigns=5, ads=2)
    with refusing(propagation_database, "PUMA_SS26|[c3]"):
        summary = answered(change(naming, tree["account"], "Brand", "PUMA"))["propagation_summary"]
    assert (summary["status"], summary["total_affected"]) == ("partial_failure", 13)
    assert (summary["failed"], summary["skipped"]) == (1, 2)
    (error,) = summary["errors"]
    assert (error["string_id"], error["error_type"]) == (tree["campaigns"][3]["id"], "database_error")
    assert error["retry_available"] is True
    assert "refused" not in error["error"]
    left = {row["id"]: row["value"] for row in stored(naming).values() if row["value"].startswith("NIKE")}
    below = {ad["id"] for ad in tree["ads"] if ad["parent"] == tree["campaigns"][3]["id"]}
    assert left.keys() == below | {tree["campaigns"][3]["id"]}
    assert {row["stale_reason"] for row in stored(naming).values() if row["stale"]} == {"failed"}
    run = job(naming, summary["job_id"])
    assert (run["status"], run["total_strings"], run["processed_strings"]) == ("partial_failure", 16, 13)


def test_several_culprits_on_several_levels(naming: Naming, propagation_database: TestDatabase) -> None:
    tree = naming.tree(campaigns=3, ads=3)
    with refusing(propagation_database, "PUMA-SS26-a1"):
        summary = answered(change(naming, tree["account"], "Brand", "PUMA"))["propagation_summary"]
    assert (summary["total_affected"], summary["failed"], summary["skipped"]) == (10, 3, 0)
    assert values_of(naming, tree["ads"][:3]) == ["PUMA-SS26-a0", "NIKE-SS26-a1", "PUMA-SS26-a2"]


def test_the_string_itself(naming: Naming, propagation_database: TestDatabase) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    before = stored_names(naming)
    with refusing(propagation_database, "PUMA-EU"):
        refused = change(naming, tree["account"], "Brand", "PUMA")
    problem = refused.get_json()
    assert (refused.status_code, problem["code"]) == (503, "database_error")
    assert job(naming, problem["job_id"])["status"] == "failed"
    assert stored_names(naming) == before


def test_all_or_nothing(naming: Naming, propagation_database: TestDatabase) -> None:
    tree = naming.tree(campaigns=2, ads=1)
    before = stored_names(naming)
    with refusing(propagation_database, "PUMA_SS26|[c1]"):
        refused = change(naming, tree["account"], "Brand", "PUMA", error_handling="rollback")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "rolled_back")
    assert stored_names(naming) == before


def test_in_a_worker(naming: Naming, propagation_database: TestDatabase, worker: Worker) -> None:
    tree = naming.tree(campaigns=4, ads=3)
    set_workspace(naming, background_processing_threshold=3)
    accepted = change(naming, tree["account"], "Brand", "PUMA")
    assert accepted.status_code == 202
    with refusing(propagation_database, "PUMA_SS26|[c2]"):
        worker.run()
    run = job(naming, accepted.get_json()["propagation_summary"]["job_id"])
    assert run["status"] == "partial_failure"
    assert (run["total_strings"], run["processed_strings"], run["skipped_strings"]) == (17, 13, 3)
    (error,) = answered(naming.person.get(f"jobs/{run['id']}/errors"))["results"]
    assert (error["string"], error["error_type"]) == (tree["campaigns"][2]["id"], "database_error")
    answered(naming.person.post(f"errors/{error['id']}/retry"), 202)
    worker.run()
    assert answered(naming.person.get(f"errors/{error['id']}"))["resolution"] == "retried"
    assert all(name.startswith("PUMA") for name in stored_names(naming).values())


@pytest.mark.parametrize("threshold", [100, 3])
def test_of_an_undo_and_of_an_edit(
    naming: Naming, propagation_database: TestDatabase, worker: Worker, threshold: int
) -> None:
    tree = naming.tree(campaigns=4, ads=1)
    run = job(naming, answered(change(naming, tree["account"], "Brand", "PUMA"))["propagation_summary"]["job_id"])
    set_workspace(naming, background_processing_threshold=threshold)
    with refusing(propagation_database, "NIKE_SS26|[c2]"):
        undo = naming.person.post(f"jobs/{run['id']}/undo").get_json()["id"]
        worker.run()
    kept = {name for name in stored_names(naming).values() if name.startswith("PUMA")}
    assert (job(naming, undo)["status"], kept) == ("partial_failure", {"PUMA_SS26|[c2]", "PUMA-SS26-a0"})
    with refusing(propagation_database, "NKE_SS26|[c1]"):
        response = naming.person.patch(f"dimension-values/{naming.values['NIKE']}", {"value": "NKE"})
        worker.run()
    edit = job(naming, response.get_json()["propagation_summary"]["job_id"])
    assert (edit["status"], edit["failed_strings"]) == ("partial_failure", 1)
    assert {name for name in stored_names(naming).values() if name.startswith("NIKE")} == {"NIKE_SS26|[c1]"}
    again = naming.person.post(f"jobs/{undo}/retry").get_json()
    worker.run()
    assert job(naming, again["new_job_id"])["status"] == "completed"
    assert all(not name.startswith("PUMA") for name in stored_names(naming).values())
