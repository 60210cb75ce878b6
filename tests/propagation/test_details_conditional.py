"""Changes that depend on what was read, and changes that are sent twice."""

import uuid
from typing import Any

import pytest

from tests.propagation.changing import Body, batch, change, everything, held, item, stored_names
from tests.propagation.naming import Naming, answered, detail_of


@pytest.fixture
def account(naming: Naming) -> Body:
    return naming.make("account", {"Brand": "NIKE", "Region": "EU"})


def address(string: Body, dimension: str = "Brand") -> str:
    return f"string-details/{detail_of(string, dimension)['id']}"


def test_the_tag_that_was_read_lets_one_change_through(naming: Naming, account: Body) -> None:
    read = naming.person.get(address(account))
    tag = read.headers["ETag"]
    assert naming.person.get(address(account), headers={"If-None-Match": tag}).status_code == 304
    first = change(naming, account, "Brand", "PUMA", headers={"If-Match": tag})
    assert answered(first)["version"] == 2
    assert first.headers["ETag"] == naming.person.get(address(account)).headers["ETag"] != tag
    problem = answered(change(naming, account, "Brand", "VANS", headers={"If-Match": tag}), 412)
    assert (problem["code"], problem["expected_version"], problem["actual_version"]) == ("version_conflict", 1, 2)
    assert problem["current_etag"] == first.headers["ETag"]
    assert change(naming, account, "Brand", "VANS", headers={"If-Match": first.headers["ETag"]}).status_code == 200
    assert change(naming, account, "Brand", "NIKE", headers={"If-Match": "*"}).status_code == 200


def test_a_picture_of_a_detail_that_a_run_above_changed(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    ad = tree["ads"][0]
    tag = naming.person.get(address(ad)).headers["ETag"]
    answered(change(naming, tree["account"], "Brand", "PUMA"))
    assert naming.person.get(address(ad), headers={"If-None-Match": tag}).status_code == 200
    assert change(naming, ad, "Brand", "VANS", headers={"If-Match": tag}).status_code == 412


def test_the_tag_follows_what_is_shown(naming: Naming) -> None:
    """A mark and the name of the value are in the answer, so they are in its tag."""
    tree = naming.tree(campaigns=1, ads=1)
    answered(change(naming, tree["account"], "Brand", "PUMA", propagation_depth=1))
    tag = naming.person.get(address(tree["account"])).headers["ETag"]
    answered(naming.person.patch(f"dimension-values/{naming.values['PUMA']}", {"label": "Puma SE"}))
    read = naming.person.get(address(tree["account"]), headers={"If-None-Match": tag})
    assert answered(read)["dimension_value_display"] == "Puma SE"


def test_a_version_in_the_body(naming: Naming, account: Body) -> None:
    refused = answered(change(naming, account, "Brand", "PUMA", version=7), 409)
    assert (refused["code"], refused["expected_version"], refused["actual_version"]) == ("version_conflict", 7, 1)
    assert refused["current_etag"] == naming.person.get(address(account)).headers["ETag"]
    assert answered(change(naming, account, "Brand", "PUMA", version=1))["version"] == 2


def test_a_workspace_can_demand_the_tag(naming: Naming, account: Body) -> None:
    answered(naming.person.patch("workspace", {"if_match_required": True}))
    assert answered(change(naming, account, "Brand", "PUMA"), 428)["code"] == "precondition_required"
    tag = naming.person.get(address(account)).headers["ETag"]
    assert change(naming, account, "Brand", "PUMA", headers={"If-Match": tag}).status_code == 200


def test_a_dry_run_looks_at_the_tag_too(naming: Naming, account: Body) -> None:
    assert change(naming, account, "Brand", "PUMA", dry_run=True, headers={"If-Match": '"0-x"'}).status_code == 412


def test_a_repeated_change_is_done_once(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first = change(naming, tree["account"], "Brand", "PUMA", headers=key)
    answered(change(naming, tree["account"], "Brand", "VANS"))
    again = change(naming, tree["account"], "Brand", "PUMA", headers=key)
    assert (again.status_code, again.get_json()) == (first.status_code, first.get_json())
    assert (again.headers["Idempotency-Replayed"], again.headers["ETag"]) == ("true", first.headers["ETag"])
    assert stored_names(naming)[tree["account"]["id"]] == "VANS-EU"
    assert len(everything(naming.person, "jobs")) == 2
    other = change(naming, tree["account"], "Brand", "NIKE", headers=key)
    assert other.status_code == 422
    assert "idempotency" in other.get_json()["code"]


def test_a_repeated_batch_is_done_once(naming: Naming, account: Body) -> None:
    key = {"Idempotency-Key": "batch-1"}
    body = {"updates": [item(naming, account, "Brand", "PUMA")]}
    first, again = (naming.person.put("string-details/batch_update", body, headers=key) for _ in range(2))
    assert again.get_json() == first.get_json()
    assert again.headers["Location"] == first.headers["Location"]
    assert held(naming, account, "Brand")["version"] == 2
    assert len(everything(naming.person, "jobs")) == 1


def test_a_refused_change_may_be_tried_again_under_its_key(naming: Naming, account: Body) -> None:
    """What was rolled back is not stored: the same request may succeed later."""
    other = naming.make("account", {"Brand": "PUMA", "Region": "EU"})
    key = {"Idempotency-Key": "again"}
    assert change(naming, account, "Brand", "PUMA", headers=key).status_code == 409
    answered(change(naming, other, "Region", "US"))
    assert change(naming, account, "Brand", "PUMA", headers=key).status_code == 200


def test_one_slash_at_the_end_is_tolerated(naming: Naming, account: Body) -> None:
    update = item(naming, account, "Brand", "PUMA")
    calls: list[Any] = [
        naming.person.post("string-details/analyze_impact/", {"string_detail_updates": [update]}),
        naming.person.put("string-details/batch_update/", {"updates": [update]}),
        naming.person.patch(f"{address(account)}/", {"dimension_value": naming.values["VANS"]}),
        naming.person.get(f"{address(account)}/"),
    ]
    assert [response.status_code for response in calls] == [200, 200, 200, 200]
    assert calls[-1].get_json()["effective_value"] == "VANS"


def test_other_methods(naming: Naming) -> None:
    for method, path in (
        ("POST", "string-details/batch_update"),
        ("PATCH", "string-details/analyze_impact"),
    ):
        refused = naming.person.call(method, path, {})
        assert (refused.status_code, refused.mimetype) == (405, "application/problem+json")


def test_the_item_of_a_batch_can_be_a_read_version(naming: Naming, account: Body) -> None:
    first = answered(batch(naming, item(naming, account, "Brand", "PUMA", version=1)))
    assert first["summary"]["status"] == "completed"
    stale = answered(batch(naming, item(naming, account, "Brand", "VANS", version=1)), 409)
    assert [row["code"] for row in stale["failed_updates"]] == ["version_conflict"]
