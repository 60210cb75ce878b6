"""What the state of the data does not allow, through HTTP."""

from typing import Any

import pytest
from sqlalchemy import update

from services.propagation.models import String
from shared.app import ServiceApp
from shared.tenancy import Context
from tests.fixtures.people import codes
from tests.propagation import batching
from tests.propagation.changing import analyze, batch, change, item, job, set_workspace
from tests.propagation.naming import Naming, answered
from tests.propagation.working import Worker
from tests.propagation.working import worker as worker

Body = dict[str, Any]
UNKNOWN = 2**40


@pytest.fixture
def circle(naming: Naming, app: ServiceApp, context: Context) -> Body:
    """A tree whose account stands under its own campaign, written past the API."""
    tree = naming.tree(1, 1)
    with app.runtime.db.transaction(context) as session:
        top = update(String).where(String.id == tree["account"]["id"])
        session.execute(top.values(parent_id=tree["campaigns"][0]["id"]))
    return tree


def test_a_cycle_in_stored_data_stops_one_call(naming: Naming, circle: Body) -> None:
    account, campaign, ad = circle["account"]["id"], circle["campaigns"][0]["id"], circle["ads"][0]["id"]
    problem = answered(change(naming, circle["account"], "Brand", "PUMA"), 409)
    assert (problem["code"], problem["cycle_path"]) == ("circular_dependency", [account, campaign])
    below = answered(change(naming, circle["ads"][0], "Note", "x"), 409)
    assert below["cycle_path"] == [ad, campaign, account]


def test_a_cycle_in_stored_data_fails_an_update_of_a_batch(naming: Naming, circle: Body) -> None:
    sound = naming.make("account", {"Brand": "VANS", "Region": "US"})
    updates = [item(naming, circle["account"], "Brand", "PUMA"), item(naming, sound, "Brand", "PUMA")]
    answer = answered(batch(naming, *updates), 207)
    (failed,) = answer["failed_updates"]
    assert (failed["index"], failed["error_type"]) == (0, "circular_dependency")
    (warning,) = answered(analyze(naming, *updates))["warnings"]
    assert warning["type"] == "circular_dependency"
    blocked = answered(batching.analyze(naming, batching.wanted(circle["account"], {"Brand": "PUMA"})))
    assert [row["type"] for row in blocked["blockers"]] == ["circular_reference"]


def test_reading_a_cycle_comes_to_an_end(naming: Naming, circle: Body) -> None:
    account = circle["account"]["id"]
    for path in ("descendants", "ancestors"):
        found = [row["id"] for row in answered(naming.person.get(f"strings/{account}/{path}"))["results"]]
        assert len(found) == len(set(found)) > 0
    assert answered(naming.person.get(f"strings/{account}/explain"))["id"] == account
    assert answered(naming.person.get(f"strings/{account}/history"))["results"] == []


def test_ended_runs_are_not_cancelled(naming: Naming) -> None:
    job_id = answered(change(naming, naming.tree(0)["account"], "Brand", "PUMA"))["propagation_summary"]["job_id"]
    assert answered(naming.person.post(f"jobs/{job_id}/cancel"), 409)["code"] == "job_finished"
    assert answered(naming.person.post(f"jobs/{job_id}/retry", {}), 409)["code"] == "job_not_retryable"


def test_runs_that_have_not_ended_are_not_taken_back(naming: Naming, worker: Worker) -> None:
    tree = naming.tree(1, 1)
    set_workspace(naming, background_processing_threshold=1)
    job_id = answered(change(naming, tree["account"], "Brand", "PUMA"), 202)["propagation_summary"]["job_id"]
    assert answered(naming.person.post(f"jobs/{job_id}/undo", {}), 409)["code"] == "job_not_finished"
    assert answered(naming.person.post(f"jobs/{job_id}/retry", {}), 409)["code"] == "job_not_retryable"
    worker.run()
    set_workspace(naming, background_processing_threshold=None)
    answered(naming.person.post(f"jobs/{job_id}/undo", {}))
    assert answered(naming.person.post(f"jobs/{job_id}/undo", {}), 409)["code"] == "already_undone"
    assert job(naming, job_id)["undone_by"] is not None


def test_with_the_kill_switch_nothing_is_made_again(naming: Naming) -> None:
    tree = naming.tree(1, 1)
    job_id = answered(change(naming, tree["account"], "Brand", "PUMA"))["propagation_summary"]["job_id"]
    failed = answered(batch(naming, {"string_detail_id": UNKNOWN, "dimension_value": 1}), 409)["job_id"]
    set_workspace(naming, auto_regenerate_strings=False)
    for path, body in (
        (f"strings/{tree['account']['id']}/propagate", {}),
        (f"strings/{tree['account']['id']}/restore", {"version": 1}),
        (f"jobs/{job_id}/undo", {}),
        (f"jobs/{failed}/retry", {}),
    ):
        assert answered(naming.person.post(path, body), 409)["code"] == "regeneration_disabled", path


def test_orders_with_gaps_generate_nothing(naming: Naming) -> None:
    rule = naming.add("rules", platform=naming.platform, name="Gaps")
    for dimension, order in (("Brand", 1), ("Region", 3)):
        naming.add(
            "rule-details",
            rule=rule,
            field=naming.fields["account"],
            dimension=naming.dimensions[dimension],
            dimension_order=order,
        )
    body = naming.body("account", values={"Brand": "NIKE", "Region": "EU"}) | {"rule": rule}
    problem = answered(naming.person.post("strings", body), 422)
    assert (problem["code"], problem["error_type"]) == ("order_not_contiguous", "string_generation_error")
    assert "[1, 2]" in problem["detail"]
    assert "[1, 3]" in problem["detail"]
    empty = naming.add("rules", platform=naming.platform, name="Empty")
    nothing = answered(naming.person.post("strings", body | {"rule": empty}), 422)
    assert nothing["code"] == "no_rule_details"


def test_a_rule_of_another_platform(naming: Naming) -> None:
    other = naming.add("platforms", platform_type="search", name="Other")
    rule = naming.add("rules", platform=other, name="Foreign")
    body = naming.body("account", values={"Brand": "NIKE", "Region": "EU"}) | {"rule": rule}
    response = naming.person.post("strings", body)
    assert (response.status_code, codes(response)) == (422, ["wrong_platform"])


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("dimensions", {"name": "Brand"}),
        ("rules", {"name": "Standard"}),
        ("dimension-values", {"dimension": "Brand", "value": "NIKE"}),
        ("rules", {"name": "Second", "is_default": True}),
        ("fields", {"name": "ad", "field_level": 3}),
    ],
)
def test_what_is_used_already(naming: Naming, path: str, body: Body) -> None:
    if "dimension" in body:
        body = body | {"dimension": naming.dimensions[body["dimension"]]}
    if path in ("rules", "fields"):
        body = body | {"platform": naming.platform}
    assert answered(naming.person.post(path, body), 409)["code"] == "already_exists"


def test_parents_of_dimensions(naming: Naming) -> None:
    brand, region = (f"dimensions/{naming.dimensions[name]}" for name in ("Brand", "Region"))
    answered(naming.person.patch(region, {"parent": naming.dimensions["Brand"]}))
    for parent in (naming.dimensions["Brand"], naming.dimensions["Region"]):
        response = naming.person.patch(brand, {"parent": parent})
        assert (response.status_code, codes(response)) == (422, ["circular_dependency"])
        assert response.get_json()["errors"][0]["pointer"] == "/parent"
    unknown = naming.person.patch(brand, {"parent": UNKNOWN})
    assert (unknown.status_code, codes(unknown)) == (422, ["not_found"])


def test_values_in_use_do_not_go(naming: Naming) -> None:
    naming.tree(1, 1)
    nike = f"dimension-values/{naming.values['NIKE']}"
    for refused in (naming.person.delete(nike), naming.person.patch(nike, {"status": "inactive"})):
        problem = answered(refused, 409)
        assert (problem["code"], problem["strings"]) == ("value_in_use", 3)
