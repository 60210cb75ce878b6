"""One string put back to an earlier version, through HTTP."""

from collections.abc import Mapping
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.fixtures.people import codes
from tests.fixtures.services import MakePerson
from tests.propagation.changing import change, held, job, set_workspace, stored_names, values_of
from tests.propagation.naming import Naming, answered, made

Body = dict[str, Any]


def restore(naming: Naming, string: Mapping[str, Any], version: Any, **more: Any) -> TestResponse:
    headers = more.pop("headers", {})
    person = more.pop("person", naming.person)
    response: TestResponse = person.post(
        f"strings/{string['id']}/restore", {"version": version} | more, headers=headers
    )
    return response


def test_a_version_comes_back_with_what_is_below(naming: Naming) -> None:
    tree = naming.tree(2, 1)
    before = stored_names(naming)
    answered(change(naming, tree["account"], "Brand", "PUMA"))
    answered(change(naming, tree["account"], "Region", "US"))
    answer = answered(restore(naming, tree["account"], 1))
    assert (answer["string"]["value"], answer["string"]["version"]) == ("NIKE-EU", 4)
    assert (answer["propagation_summary"]["status"], answer["propagation_summary"]["total_affected"]) == (
        "completed",
        5,
    )
    assert stored_names(naming) == before
    newest, *_ = answered(naming.person.get(f"strings/{tree['account']['id']}/history"))["results"]
    assert (newest["change_type"], newest["string_value"]) == ("rollback", "NIKE-EU")
    below, *_ = answered(naming.person.get(f"strings/{tree['ads'][0]['id']}/history"))["results"]
    assert below["change_type"] == "inheritance_update"
    run = job(naming, answer["propagation_summary"]["job_id"])
    assert (run["trigger_type"], run["undo_of"], run["status"]) == ("string_update", None, "completed")


def test_a_version_in_between(naming: Naming) -> None:
    account = naming.tree(0)["account"]
    for brand in ("PUMA", "VANS", "NIKE"):
        answered(change(naming, account, "Brand", brand))
    assert answered(restore(naming, account, 3))["string"]["value"] == "VANS-EU"
    assert answered(restore(naming, account, 2))["string"]["value"] == "PUMA-EU"
    assert answered(restore(naming, account, 5))["string"]["value"] == "VANS-EU"


def test_the_present_version_is_no_change(naming: Naming) -> None:
    account = naming.tree(0)["account"]
    answer = answered(restore(naming, account, 1))
    assert (answer["propagation_summary"]["status"], answer["propagation_summary"]["job_id"]) == ("unchanged", None)
    assert answer["string"]["version"] == 1


def test_details_that_came_and_went(naming: Naming) -> None:
    campaign = naming.make("campaign", {"Brand": "NIKE", "Season": "SS26"})
    note = {"string": campaign["id"], "dimension": naming.dimensions["Note"], "dimension_value_freetext": "x"}
    added = made(naming.person.post("string-details", note))
    answered(naming.person.delete(f"string-details/{added['id']}"))
    with_note = answered(restore(naming, campaign, 2))["string"]
    assert with_note["value"] == "NIKE_SS26|[x]"
    without = answered(restore(naming, campaign, 1))["string"]
    assert (without["value"], len(without["details"])) == ("NIKE_SS26", 2)


def test_custom_fields_come_back_and_the_parent_stays(naming: Naming) -> None:
    tree = naming.tree(1, 0)
    other = naming.make("account", {"Brand": "PUMA", "Region": "US"})
    address = f"strings/{tree['campaigns'][0]['id']}"
    answered(naming.person.patch(address, {"custom_fields": {"budget": 5}}))
    answered(naming.person.patch(address, {"custom_fields": {"budget": None, "owner": "ada"}}))
    answered(naming.person.patch(address, {"parent": other["id"]}))
    string = answered(restore(naming, tree["campaigns"][0], 2))["string"]
    assert (string["custom_fields"], string["parent"]) == ({"budget": 5}, other["id"])
    assert string["value"] == "NIKE_SS26|[c0]"
    assert held(naming, string, "Brand")["is_inherited"] is False


def test_own_becomes_own_again(naming: Naming) -> None:
    tree = naming.tree(1, 0)
    campaign = tree["campaigns"][0]
    answered(change(naming, campaign, "Brand", "PUMA"))
    answered(naming.person.post(f"string-details/{held(naming, campaign, 'Brand')['id']}/reset", {}))
    assert held(naming, campaign, "Brand")["is_inherited"] is True
    answered(restore(naming, campaign, 2))
    brand = held(naming, campaign, "Brand")
    assert (brand["effective_value"], brand["is_inherited"], brand["source_string"]) == ("PUMA", False, None)


def test_a_dry_run_writes_nothing_and_its_token_applies(naming: Naming) -> None:
    tree = naming.tree(1, 1)
    answered(change(naming, tree["account"], "Brand", "PUMA"))
    before = stored_names(naming)
    shown = answered(restore(naming, tree["account"], 1, dry_run=True))
    assert shown["dry_run"] is True
    assert shown["impact_analysis"]["summary"]["total_affected"] == 3
    assert stored_names(naming) == before
    token = shown["impact_analysis"]["confirm_token"]
    assert answered(restore(naming, tree["account"], 1, confirm_token=token))["string"]["value"] == "NIKE-EU"


def test_prompt_mode_asks_first(naming: Naming) -> None:
    tree = naming.tree(1, 1)
    answered(change(naming, tree["account"], "Brand", "PUMA"))
    set_workspace(naming, propagation_mode="prompt")
    problem = answered(restore(naming, tree["account"], 1), 409)
    assert problem["code"] == "confirmation_required"
    answered(restore(naming, tree["account"], 1, confirm_token=problem["confirm_token"]))
    assert values_of(naming, tree["ads"]) == ["NIKE-SS26-a0"]


def test_the_kill_switch_refuses(naming: Naming) -> None:
    account = naming.tree(0)["account"]
    answered(change(naming, account, "Brand", "PUMA"))
    set_workspace(naming, auto_regenerate_strings=False)
    assert answered(restore(naming, account, 1), 409)["code"] == "regeneration_disabled"


@pytest.mark.parametrize("version", [3, 2**62])
def test_a_version_that_never_was(naming: Naming, version: int) -> None:
    account = naming.tree(0)["account"]
    answered(change(naming, account, "Brand", "PUMA"))
    response = restore(naming, account, version)
    assert (response.status_code, codes(response)) == (422, ["not_found"])


@pytest.mark.parametrize("version", [0, -1, "1", None, 1.5])
def test_what_is_no_version(naming: Naming, version: Any) -> None:
    (fault,) = answered(restore(naming, naming.tree(0)["account"], version), 422)["errors"]
    assert fault["pointer"] == "/version"
    assert answered(naming.person.post("strings/999999/restore", {"version": 1}), 404)["code"] == "not_found"


def test_a_value_that_may_not_be_chosen_any_more(naming: Naming) -> None:
    account = naming.tree(0)["account"]
    answered(change(naming, account, "Brand", "PUMA"))
    answered(naming.person.patch(f"dimension-values/{naming.values['NIKE']}", {"status": "inactive"}))
    response = restore(naming, account, 1)
    assert (response.status_code, codes(response)) == (422, ["value_inactive"])
    assert naming.string(account["id"])["value"] == "PUMA-EU"


def test_a_name_that_is_taken_meanwhile(naming: Naming) -> None:
    account = naming.tree(0)["account"]
    answered(change(naming, account, "Brand", "PUMA"))
    holder = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    problem = answered(restore(naming, account, 1), 409)
    assert (problem["code"], problem["conflicting_string_id"]) == ("duplicate_value", holder["id"])
    assert job(naming, problem["job_id"])["status"] == "failed"


def test_a_stale_picture_is_refused(naming: Naming) -> None:
    account = naming.tree(0)["account"]
    tag = naming.person.get(f"strings/{account['id']}").headers["ETag"]
    answered(change(naming, account, "Brand", "PUMA"))
    assert answered(restore(naming, account, 1, headers={"If-Match": tag}), 412)["code"] == "version_conflict"
    assert naming.string(account["id"])["value"] == "PUMA-EU"


def test_viewers_may_not(naming: Naming, person: MakePerson) -> None:
    account = naming.tree(0)["account"]
    viewer = person(sub="vera", roles=["viewer"])
    assert answered(restore(naming, account, 1, person=viewer), 403)["permission"] == "string.edit"
