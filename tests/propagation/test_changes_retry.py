"""Another attempt at one error, through HTTP."""

from typing import Any

import pytest

from services.propagation.models import RunError
from shared.app import ServiceApp
from shared.tenancy import Context
from tests.fixtures.databases import TestDatabase
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson
from tests.propagation.changing import batch, change, item, job, set_workspace, values_of
from tests.propagation.naming import Naming, answered, detail_of
from tests.propagation.refusing import refusing


@pytest.fixture
def failed(naming: Naming, propagation_database: TestDatabase) -> dict[str, Any]:
    """A renamed brand that the first of two campaigns did not take, and the error of it."""
    tree = naming.tree()
    with refusing(propagation_database, "PUMA_SS26|[c0]"):
        summary = answered(change(naming, tree["account"], "Brand", "PUMA"))["propagation_summary"]
    (error,) = answered(naming.person.get(f"jobs/{summary['job_id']}/errors"))["results"]
    return tree | {"error": error, "job": summary["job_id"]}


def retry(naming: Naming, error: dict[str, Any]) -> Any:
    return naming.person.post(f"errors/{error['id']}/retry")


def test_what_failed_is_run_again_with_what_is_below(naming: Naming, failed: dict[str, Any]) -> None:
    campaign, ads = failed["campaigns"][0], failed["ads"]
    assert values_of(naming, [campaign, *ads[:2]]) == ["NIKE_SS26|[c0]", "NIKE-SS26-a0", "NIKE-SS26-a1"]
    answer = answered(retry(naming, failed["error"]))
    assert (answer["message"], answer["retry_count"], answer["resolved"]) == ("attempt 1 of 3", 1, True)
    assert values_of(naming, [campaign, *ads[:2]]) == ["PUMA_SS26|[c0]", "PUMA-SS26-a0", "PUMA-SS26-a1"]
    run = job(naming, answer["job_id"])
    assert (run["trigger_type"], run["status"], run["processed_strings"]) == ("retry", "completed", 3)
    assert run["retry_of"] == failed["job"]
    shown = answer["error"]
    assert (shown["resolution"], shown["resolved_by"], shown["is_retryable"]) == ("retried", "ada", False)
    assert naming.string(campaign["id"])["stale"] is False
    again = retry(naming, failed["error"])
    assert (again.status_code, again.get_json()["code"]) == (409, "not_retryable")


def test_an_error_is_tried_again_three_times(
    naming: Naming, failed: dict[str, Any], propagation_database: TestDatabase
) -> None:
    with refusing(propagation_database, "PUMA_SS26|[c0]"):
        for attempt in (1, 2, 3):
            answer = answered(retry(naming, failed["error"]))
            assert (answer["message"], answer["resolved"]) == (f"attempt {attempt} of 3", False)
            assert job(naming, answer["job_id"])["status"] == "failed"
    assert answer["error"]["is_retryable"] is False
    refused = retry(naming, failed["error"])
    assert (refused.status_code, refused.get_json()["code"]) == (409, "retry_limit_reached")


def test_what_somebody_has_changed_since_is_not_overwritten(naming: Naming, failed: dict[str, Any]) -> None:
    answered(change(naming, failed["campaigns"][0], "Brand", "VANS"))
    answer = answered(retry(naming, failed["error"]))
    assert (answer["resolved"], answer["job_id"], answer["retry_count"]) == (True, None, 0)
    assert answer["error"]["resolution"] == "superseded"
    assert values_of(naming, failed["campaigns"][:1]) == ["VANS_SS26|[c0]"]


def test_another_detail_changed_since_does_not_matter(naming: Naming, failed: dict[str, Any]) -> None:
    answered(change(naming, failed["campaigns"][0], "Note", "other"))
    assert answered(retry(naming, failed["error"]))["error"]["resolution"] == "retried"
    assert values_of(naming, failed["campaigns"][:1]) == ["PUMA_SS26|[other]"]


def test_the_error_of_a_string_that_is_gone(naming: Naming, failed: dict[str, Any]) -> None:
    assert naming.person.delete(f"strings/{failed['campaigns'][0]['id']}?cascade=true").status_code == 204
    answer = answered(retry(naming, failed["error"]))
    assert (answer["error"]["resolution"], answer["job_id"]) == ("obsolete", None)


def test_an_update_that_failed_itself_is_run_again(naming: Naming, propagation_database: TestDatabase) -> None:
    tree = naming.tree(campaigns=2, ads=1)
    updates = [item(naming, campaign, "Season", "FW26") for campaign in tree["campaigns"]]
    with refusing(propagation_database, "NIKE_FW26|[c1]"):
        answer = answered(batch(naming, *updates), 207)
    assert [row["code"] for row in answer["failed_updates"]] == ["database_error"]
    (error,) = answered(naming.person.get(f"jobs/{answer['job_id']}/errors"))["results"]
    assert (error["error_type"], error["is_retryable"]) == ("database_error", True)
    answered(retry(naming, error))
    assert values_of(naming, tree["campaigns"]) == ["NIKE_FW26|[c0]", "NIKE_FW26|[c1]"]
    assert values_of(naming, tree["ads"]) == ["NIKE-FW26-a0", "NIKE-FW26-a0"]


def test_a_subtree_that_was_not_reached_in_time(naming: Naming, app: ServiceApp, context: Context) -> None:
    tree = naming.tree(campaigns=1, ads=2)
    answered(change(naming, tree["account"], "Brand", "PUMA", propagation_depth=2))
    run = answered(naming.person.get("jobs"))["results"][0]
    with app.runtime.db.transaction(context) as session:
        row = RunError(tenant_id=context.tenant_id, job_id=run["id"], string_id=tree["campaigns"][0]["id"])
        row.error_type, row.error_code, row.error_message, row.is_retryable = "timeout_error", "timeout", "Late.", True
        session.add(row)
        session.flush()
        error = {"id": row.id}
    assert values_of(naming, tree["ads"]) == ["NIKE-SS26-a0", "NIKE-SS26-a1"]
    answer = answered(retry(naming, error))
    assert (answer["resolved"], job(naming, answer["job_id"])["processed_strings"]) == (True, 2)
    assert values_of(naming, tree["ads"]) == ["PUMA-SS26-a0", "PUMA-SS26-a1"]


def test_what_cannot_be_tried_again(naming: Naming, person: MakePerson, failed: dict[str, Any]) -> None:
    viewer: Person = person(sub="vic", roles=["viewer"])
    assert viewer.post(f"errors/{failed['error']['id']}/retry").status_code == 403
    assert naming.person.post("errors/999999999/retry").status_code == 404
    set_workspace(naming, auto_regenerate_strings=False)
    refused = retry(naming, failed["error"])
    assert (refused.status_code, refused.get_json()["code"]) == (409, "regeneration_disabled")
    set_workspace(naming, auto_regenerate_strings=True)
    ad = failed["ads"][3]
    problem = change(naming, ad, "Note", "a0").get_json()
    (conflict,) = answered(naming.person.get(f"jobs/{problem['job_id']}/errors"))["results"]
    refused = retry(naming, conflict)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "not_retryable")
    assert detail_of(naming.string(ad["id"]), "Note")["effective_value"] == "a1"


def test_a_large_retry_is_left_to_a_worker(naming: Naming, failed: dict[str, Any]) -> None:
    set_workspace(naming, background_processing_threshold=2)
    accepted = retry(naming, failed["error"])
    assert accepted.status_code == 202
    body = accepted.get_json()
    assert (body["message"], body["resolved"]) == ("attempt 1 of 3", False)
    assert job(naming, body["job_id"])["status"] == "pending"
