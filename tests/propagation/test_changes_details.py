"""Details that come and go, and own values that are given up, through HTTP."""

from typing import Any

import pytest

from tests.fixtures.people import Person, codes
from tests.fixtures.services import MakePerson
from tests.propagation.changing import change, everything, held, job, set_workspace, stored_names, values_of
from tests.propagation.naming import Naming, answered, detail_of, made
from tests.propagation.working import Worker
from tests.propagation.working import worker as worker


def add(naming: Naming, string: dict[str, Any], dimension: str, value: str | None, **more: Any) -> Any:
    """POST of a detail."""
    body = {"string": string["id"], "dimension": naming.dimensions[dimension]}
    if dimension == "Note":
        body["dimension_value_freetext"] = value
    else:
        body["dimension_value"] = naming.values[value] if value is not None else None
    return naming.person.post("string-details", body | more)


def lacking(naming: Naming) -> dict[str, Any]:
    """NIKE-EU, below it a campaign without note, below that two ads of which one has a note and one lacks it."""
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    campaign = naming.make("campaign", {"Brand": "NIKE", "Season": "SS26"}, account["id"])
    noted = naming.make("ad", {"Brand": "NIKE", "Season": "SS26", "Note": None}, campaign["id"])
    plain = naming.make("ad", {"Brand": "NIKE", "Season": "FW26"}, campaign["id"])
    return {"account": account, "campaign": campaign, "noted": noted, "plain": plain}


def test_a_new_detail_joins_the_name_and_flows_down(naming: Naming) -> None:
    tree = lacking(naming)
    response = add(naming, tree["campaign"], "Note", "launch")
    answer = made(response)
    assert (answer["effective_value"], answer["is_inherited"], answer["version"]) == ("launch", False, 1)
    assert response.headers["Location"].endswith(f"/string-details/{answer['id']}")
    assert response.headers["ETag"] == naming.person.get(f"string-details/{answer['id']}").headers["ETag"]
    summary = answer["propagation_summary"]
    assert (summary["status"], summary["total_affected"]) == ("completed", 2)
    names = values_of(naming, [tree["campaign"], tree["noted"], tree["plain"]])
    assert names == ["NIKE_SS26|[launch]", "NIKE-SS26-launch", "NIKE-FW26"]
    assert held(naming, tree["noted"], "Note")["source_string"] == tree["campaign"]["id"]
    run = job(naming, summary["job_id"])
    assert (run["trigger_type"], run["status"], run["total_strings"]) == ("detail_create", "completed", 2)


def test_a_new_detail_that_changes_no_name_makes_no_job(naming: Naming) -> None:
    tree = lacking(naming)
    before = stored_names(naming)
    answer = made(add(naming, tree["campaign"], "Note", None))
    assert (answer["effective_value"], answer["propagation_summary"]["job_id"]) == (None, None)
    assert answer["propagation_summary"]["status"] == "unchanged"
    other = made(add(naming, tree["plain"], "Region", "US"))
    assert other["propagation_summary"]["job_id"] is None
    assert stored_names(naming) == before
    assert held(naming, tree["plain"], "Region")["effective_value"] == "US"
    assert answered(naming.person.get("jobs"))["results"] == []


def test_a_new_detail_can_be_tried_and_taken_back(naming: Naming) -> None:
    tree = lacking(naming)
    before = stored_names(naming)
    shown = answered(add(naming, tree["campaign"], "Note", "x", dry_run=True))
    assert shown["dry_run"] is True
    impact = shown["impact_analysis"]
    assert [row["new_value"] for row in impact["affected_strings"]] == ["NIKE_SS26|[x]", "NIKE-SS26-x"]
    assert stored_names(naming) == before
    answer = made(add(naming, tree["campaign"], "Note", "x", confirm_token=impact["confirm_token"]))
    answered(naming.person.post(f"jobs/{answer['propagation_summary']['job_id']}/undo"))
    assert stored_names(naming) == before
    assert {row["dimension_name"] for row in naming.string(tree["campaign"]["id"])["details"]} == {"Brand", "Season"}


def test_an_own_detail_stays_own(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    made(add(naming, account, "Season", "SS26"))
    campaign = naming.make("campaign", {"Brand": "NIKE", "Season": "SS26"}, account["id"])
    ad = naming.make("ad", {"Brand": "NIKE"}, campaign["id"])
    other = naming.make("ad", {"Brand": "PUMA"}, campaign["id"])
    inherited = made(add(naming, ad, "Season", "SS26"))
    assert (inherited["is_inherited"], inherited["source_string"]) == (True, account["id"])
    assert made(add(naming, other, "Season", "SS26", own=True))["is_inherited"] is False


@pytest.mark.parametrize(
    ("changes", "status", "code", "pointer"),
    [
        ({"string": 999_999_999}, 422, "not_found", "/string"),
        ({"dimension": 999_999_999}, 422, "not_found", "/dimension"),
        ({"dimension": "Brand", "dimension_value": "PUMA"}, 409, "already_exists", "/dimension"),
        ({"dimension": "Note", "dimension_value": "PUMA"}, 422, "type_mismatch", "/dimension_value"),
        ({"dimension": "Region", "dimension_value": "PUMA"}, 422, "wrong_dimension", "/dimension_value"),
        ({"dimension": "Region", "dimension_value": 999_999_999}, 422, "not_found", "/dimension_value"),
        ({"dimension": "Region", "dimension_value_freetext": "x"}, 422, "type_mismatch", "/dimension_value_freetext"),
        ({"dimension": "Note"}, 422, "required", "/dimension_value"),
        ({"dimension": "Note", "dimension_value_freetext": "x" * 101}, 422, "invalid", "/dimension_value_freetext"),
        ({"dimension": "Note", "dimension_value_freetext": "x", "colour": 1}, 422, "unknown_field", "/colour"),
    ],
)
def test_a_new_detail_that_cannot_be(
    naming: Naming, changes: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    campaign = naming.make("campaign", {"Brand": "NIKE", "Season": "SS26"}, account["id"])
    body = {"string": campaign["id"], "dimension": "Note"} | changes
    body["dimension"] = naming.dimensions.get(body["dimension"], body["dimension"])
    if "dimension_value" in body:
        body["dimension_value"] = naming.values.get(body["dimension_value"], body["dimension_value"])
    elif body["dimension"] == 999_999_999 or body["string"] == 999_999_999:
        body["dimension_value_freetext"] = "x"
    refused = naming.person.post("string-details", body)
    assert (refused.status_code, codes(refused)) == (status, [code]), refused.get_json()
    assert refused.get_json()["errors"][0]["pointer"] == pointer
    assert len(naming.string(campaign["id"])["details"]) == 2
    assert answered(naming.person.get("jobs"))["results"] == []


def test_a_detail_goes_where_the_rule_does_not_need_it(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    (campaign,) = tree["campaigns"]
    ad = naming.make("ad", {"Brand": "NIKE", "Season": "SS26", "Note": "c0"}, campaign["id"])
    note = detail_of(campaign, "Note")["id"]
    assert detail_of(ad, "Note")["source_string"] == campaign["id"]
    summary = answered(naming.person.delete(f"string-details/{note}"))["propagation_summary"]
    assert (summary["status"], summary["total_affected"]) == ("completed", 1)
    assert values_of(naming, [campaign, ad]) == ["NIKE_SS26", "NIKE-SS26-c0"]
    kept = held(naming, ad, "Note")
    assert (kept["is_inherited"], kept["source_string"], kept["effective_value"]) == (False, None, "c0")
    assert naming.person.get(f"string-details/{note}").status_code == 404
    assert job(naming, summary["job_id"])["trigger_type"] == "detail_delete"
    changes = everything(naming.person, f"jobs/{summary['job_id']}/changes")
    assert [row["string"] for row in changes] == [campaign["id"]]
    answered(naming.person.post(f"jobs/{summary['job_id']}/undo"))
    assert values_of(naming, [campaign]) == [campaign["value"]]
    again = held(naming, ad, "Note")
    assert (again["is_inherited"], again["source_string"]) == (True, campaign["id"])
    answered(change(naming, naming.string(campaign["id"]), "Note", "new"))
    assert held(naming, ad, "Note")["effective_value"] == "c0"  # free texts keep what they hold


@pytest.mark.parametrize("threshold", [1, 100])
def test_what_became_own_is_inherited_again_after_an_undo(naming: Naming, worker: Worker, threshold: int) -> None:
    """At once and by a worker; not what somebody has changed since, and the undo can be taken back as well."""
    tree = naming.tree(campaigns=1, ads=1)
    (campaign,) = tree["campaigns"]
    one, other = (
        naming.make("ad", {"Brand": "NIKE", "Season": season, "Note": "c0"}, campaign["id"])
        for season in ("SS26", "FW26")
    )
    set_workspace(naming, background_processing_threshold=threshold)

    def act(response: Any) -> str:
        body = response.get_json()
        assert response.status_code in (200, 202), body
        worker.run()
        run_id: str = body["propagation_summary"]["job_id"] if "propagation_summary" in body else body["id"]
        return run_id

    def sources() -> list[int | None]:
        return [held(naming, ad, "Note")["source_string"] for ad in (one, other)]

    removed = act(naming.person.delete(f"string-details/{detail_of(campaign, 'Note')['id']}"))
    assert sources() == [None, None]
    undone = act(naming.person.post(f"jobs/{removed}/undo"))
    assert sources() == [campaign["id"], campaign["id"]]
    redone = act(naming.person.post(f"jobs/{undone}/undo"))
    assert sources() == [None, None]
    act(change(naming, naming.string(other["id"]), "Note", "mine"))
    act(naming.person.post(f"jobs/{redone}/undo"))
    assert sources() == [campaign["id"], None]


def test_a_required_detail_stays(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    before = stored_names(naming)
    brand = detail_of(tree["account"], "Brand")["id"]
    refused = naming.person.delete(f"string-details/{brand}")
    assert (refused.status_code, refused.get_json()["code"]) == (422, "required_dimension_missing")
    assert stored_names(naming) == before
    assert held(naming, tree["account"], "Brand")["id"] == brand
    assert naming.person.delete("string-details/999999999").status_code == 404


def test_deleting_takes_its_options_from_the_query(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    note = detail_of(tree["campaigns"][0], "Note")["id"]
    shown = answered(naming.person.delete(f"string-details/{note}?dry_run=true&propagation_depth=3"))
    assert (shown["dry_run"], shown["impact_analysis"]["summary"]["requested_max_depth"]) == (True, 3)
    assert naming.person.get(f"string-details/{note}").status_code == 200
    for query in ("error_handling=perhaps", "propagation_depth=51", "colour=red", "field_propagation_rules=x"):
        assert naming.person.delete(f"string-details/{note}?{query}").status_code == 422, query
    old = naming.person.get(f"string-details/{note}").headers["ETag"]
    answered(change(naming, tree["campaigns"][0], "Note", "other"))
    assert naming.person.delete(f"string-details/{note}", headers={"If-Match": old}).status_code == 412
    assert naming.person.delete(f"string-details/{note}").status_code == 200


def test_giving_up_an_own_value_takes_the_one_above(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    campaign = naming.make("campaign", {"Brand": "PUMA", "Season": "SS26"}, account["id"])
    ad = naming.make("ad", {"Brand": "PUMA"}, campaign["id"])
    brand = detail_of(campaign, "Brand")
    response = naming.person.post(f"string-details/{brand['id']}/reset")
    answer = answered(response)
    assert (answer["effective_value"], answer["is_inherited"]) == ("NIKE", True)
    assert answer["source_string"] == account["id"]
    assert answer["propagation_summary"]["total_affected"] == 2
    assert values_of(naming, [campaign, ad]) == ["NIKE_SS26", "NIKE"]
    assert held(naming, ad, "Brand")["source_string"] == account["id"]
    answered(naming.person.post(f"jobs/{answer['propagation_summary']['job_id']}/undo"))
    assert values_of(naming, [campaign, ad]) == ["PUMA_SS26", "PUMA"]


def test_giving_up_an_own_value_that_equals_the_one_above(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    campaign = naming.make("campaign", {"Brand": "NIKE", "Season": "SS26"}, account["id"])
    ad = naming.make("ad", {"Brand": "NIKE"}, campaign["id"])
    address = f"string-details/{detail_of(campaign, 'Brand')['id']}"
    answered(naming.person.patch(address, {"own": True}))
    assert held(naming, ad, "Brand")["source_string"] == campaign["id"]
    answer = answered(naming.person.post(f"{address}/reset"))
    assert (answer["is_inherited"], answer["source_string"]) == (True, account["id"])
    assert answer["propagation_summary"]["status"] == "unchanged"
    assert held(naming, ad, "Brand")["source_string"] == account["id"]
    assert naming.string(campaign["id"])["version"] == campaign["version"]


def test_nothing_above_to_take(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=0)
    top, season = detail_of(tree["account"], "Brand"), detail_of(tree["campaigns"][0], "Season")
    for detail in (top, season):
        refused = naming.person.post(f"string-details/{detail['id']}/reset")
        assert (refused.status_code, refused.get_json()["code"]) == (409, "nothing_above")
    assert naming.person.post("string-details/999999999/reset").status_code == 404
    assert answered(naming.person.get("jobs"))["results"] == []


def test_large_changes_are_left_to_a_worker(naming: Naming) -> None:
    tree = lacking(naming)
    set_workspace(naming, background_processing_threshold=2)
    accepted = add(naming, tree["campaign"], "Note", "launch")
    assert accepted.status_code == 202
    body = accepted.get_json()
    assert (body["id"], body["propagation_summary"]["status"]) == (None, "pending")
    assert accepted.headers["Location"].endswith(f"/jobs/{body['propagation_summary']['job_id']}")
    assert {row["dimension_name"] for row in naming.string(tree["campaign"]["id"])["details"]} == {"Brand", "Season"}


def test_viewers_change_nothing(naming: Naming, person: MakePerson) -> None:
    tree = lacking(naming)
    viewer: Person = person(sub="vic", roles=["viewer"])
    brand = detail_of(tree["campaign"], "Brand")["id"]
    body = {"string": tree["campaign"]["id"], "dimension": naming.dimensions["Note"], "dimension_value": None}
    assert viewer.post("string-details", body).status_code == 403
    assert viewer.delete(f"string-details/{brand}").status_code == 403
    assert viewer.post(f"string-details/{brand}/reset").status_code == 403
