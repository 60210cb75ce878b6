"""Strings that move, are filed and get custom fields, through HTTP."""

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from services.propagation.models import String
from shared.app import ServiceApp
from shared.tenancy import Context
from tests.fixtures.people import codes
from tests.propagation.changing import held, job, set_workspace, stored_names, values_of
from tests.propagation.naming import Naming, answered, detail_of, made


def counters(app: ServiceApp, context: Context) -> dict[int, int]:
    """How many children each string counts."""
    with app.runtime.db.transaction(context) as session:
        return {string_id: children for string_id, children in session.execute(select(String.id, String.children))}


def two_accounts(naming: Naming) -> dict[str, Any]:
    """NIKE-EU with a campaign and two ads, the second with a brand of its own, and PUMA-US."""
    nike = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    puma = naming.make("account", {"Brand": "PUMA", "Region": "US"})
    campaign = naming.make("campaign", {"Brand": "NIKE", "Season": "SS26"}, nike["id"])
    ad = naming.make("ad", {"Brand": "NIKE", "Season": "SS26"}, campaign["id"])
    own = naming.make("ad", {"Brand": "VANS", "Season": "FW26"}, campaign["id"])
    return {"nike": nike, "puma": puma, "campaign": campaign, "ad": ad, "own": own}


def test_a_string_moves_with_what_is_below(naming: Naming, app: ServiceApp, context: Context) -> None:
    tree = two_accounts(naming)
    campaign, puma = tree["campaign"], tree["puma"]
    response = naming.person.patch(f"strings/{campaign['id']}", {"parent": puma["id"]})
    answer = answered(response)
    assert (answer["parent"], answer["value"], answer["version"]) == (puma["id"], "PUMA_SS26", 2)
    assert response.headers["ETag"] == naming.person.get(f"strings/{campaign['id']}").headers["ETag"]
    summary = answer["propagation_summary"]
    assert (summary["status"], summary["total_affected"]) == ("completed", 3)
    assert values_of(naming, [tree["ad"], tree["own"]]) == ["PUMA-SS26", "PUMA-FW26"]
    assert held(naming, tree["ad"], "Brand")["source_string"] == puma["id"]
    assert held(naming, tree["ad"], "Season")["source_string"] == campaign["id"]
    assert counters(app, context) == {tree["nike"]["id"]: 0, puma["id"]: 1, campaign["id"]: 2} | {
        tree[name]["id"]: 0 for name in ("ad", "own")
    }
    assert job(naming, summary["job_id"])["trigger_type"] == "parent_change"
    (version,) = answered(naming.person.get(f"strings/{campaign['id']}/history"))["results"]
    moved = next(row for row in version["field_updates"] if row["field"] == "parent")
    assert (moved["old"], moved["new"]) == (tree["nike"]["id"], puma["id"])


def test_a_move_is_taken_back(naming: Naming, app: ServiceApp, context: Context) -> None:
    tree = two_accounts(naming)
    before, counted = stored_names(naming), counters(app, context)
    address = f"strings/{tree['campaign']['id']}"
    answer = answered(naming.person.patch(address, {"parent": tree["puma"]["id"]}))
    answered(naming.person.post(f"jobs/{answer['propagation_summary']['job_id']}/undo"))
    assert (stored_names(naming), counters(app, context)) == (before, counted)
    assert naming.string(tree["campaign"]["id"])["parent"] == tree["nike"]["id"]
    assert held(naming, tree["campaign"], "Brand")["source_string"] == tree["nike"]["id"]


def test_what_a_rule_keeps_becomes_own_in_a_new_place(naming: Naming) -> None:
    tree = two_accounts(naming)
    made(naming.person.post("string-details", note(naming, tree["nike"], "old")))
    made(naming.person.post("string-details", note(naming, tree["puma"], "new")))
    campaign = naming.make("campaign", {"Brand": "NIKE", "Season": "FW26", "Note": "old"}, tree["nike"]["id"])
    ad = naming.make("ad", {"Brand": "NIKE", "Note": "old"}, campaign["id"])
    assert detail_of(ad, "Note")["source_string"] == tree["nike"]["id"]
    answered(naming.person.patch(f"strings/{campaign['id']}", {"parent": tree["puma"]["id"]}))
    assert values_of(naming, [campaign, ad]) == ["PUMA_FW26|[old]", "PUMA-old"]
    assert held(naming, campaign, "Note")["is_inherited"] is False
    assert held(naming, ad, "Note")["source_string"] == campaign["id"]


def note(naming: Naming, string: dict[str, Any], text: str) -> dict[str, Any]:
    return {"string": string["id"], "dimension": naming.dimensions["Note"], "dimension_value_freetext": text}


def test_a_string_that_leaves_the_tree_keeps_its_values(naming: Naming) -> None:
    tree = two_accounts(naming)
    campaign = tree["campaign"]
    answer = answered(naming.person.patch(f"strings/{campaign['id']}", {"parent": None}))
    assert (answer["parent"], answer["value"]) == (None, "NIKE_SS26")
    assert detail_of(answer, "Brand")["is_inherited"] is False
    assert held(naming, tree["ad"], "Brand")["source_string"] == campaign["id"]


def test_own_values_stay_when_a_string_moves(naming: Naming) -> None:
    tree = two_accounts(naming)
    campaign = naming.make("campaign", {"Brand": "VANS", "Season": "FW26"}, tree["nike"]["id"])
    answer = answered(naming.person.patch(f"strings/{campaign['id']}", {"parent": tree["puma"]["id"]}))
    assert (answer["value"], answer["parent"]) == ("VANS_FW26", tree["puma"]["id"])
    assert answer["propagation_summary"]["total_affected"] == 1


def test_places_where_a_string_cannot_go(naming: Naming) -> None:
    tree = two_accounts(naming)
    address, before = f"strings/{tree['campaign']['id']}", stored_names(naming)
    wrong = {
        tree["campaign"]["id"]: "circular_dependency",
        tree["ad"]["id"]: "circular_dependency",
        naming.make("campaign", {"Brand": "NIKE", "Season": "FW26"}, tree["nike"]["id"])["id"]: "invalid_parent",
        999_999_999: "not_found",
    }
    for parent, code in wrong.items():
        refused = naming.person.patch(address, {"parent": parent})
        assert (refused.status_code, codes(refused)) == (422, [code]), refused.get_json()
        assert refused.get_json()["errors"][0]["pointer"] == "/parent"
    assert naming.person.patch(address, {"parent": tree["nike"]["id"]}).get_json()["version"] == 1
    assert {key: value for key, value in stored_names(naming).items() if key in before} == before
    assert answered(naming.person.get("jobs"))["results"] == []


def test_a_name_that_is_taken_in_the_new_place(naming: Naming, app: ServiceApp, context: Context) -> None:
    tree = two_accounts(naming)
    holder = naming.make("campaign", {"Brand": "PUMA", "Season": "SS26"}, tree["puma"]["id"])
    counted = counters(app, context)
    refused = naming.person.patch(f"strings/{tree['campaign']['id']}", {"parent": tree["puma"]["id"]})
    problem = refused.get_json()
    assert (refused.status_code, problem["code"]) == (409, "duplicate_value")
    assert problem["conflicting_string_id"] == holder["id"]
    assert job(naming, problem["job_id"])["status"] == "failed"
    assert counters(app, context) == counted
    assert naming.string(tree["campaign"]["id"])["parent"] == tree["nike"]["id"]


def test_a_move_can_be_tried(naming: Naming) -> None:
    tree = two_accounts(naming)
    body = {"parent": tree["puma"]["id"], "dry_run": True}
    shown = answered(naming.person.patch(f"strings/{tree['campaign']['id']}", body))["impact_analysis"]
    first = shown["affected_strings"][0]
    assert (first["new_value"], first["parent_id"]) == ("PUMA_SS26", tree["puma"]["id"])
    assert first["changed_fields"] == ["dimension_value", "parent"]
    assert naming.string(tree["campaign"]["id"])["parent"] == tree["nike"]["id"]


def test_prompt_mode_asks_before_more_than_the_string_changes(naming: Naming) -> None:
    tree = two_accounts(naming)
    address, body = f"strings/{tree['campaign']['id']}", {"parent": tree["puma"]["id"], "mode": "prompt"}
    asked = naming.person.patch(address, body)
    assert (asked.status_code, asked.get_json()["code"]) == (409, "confirmation_required")
    token = asked.get_json()["confirm_token"]
    other = naming.person.patch(address, {"custom_fields": {"x": 1}, "confirm_token": token})
    assert (other.status_code, other.get_json()["code"]) == (422, "confirmation_mismatch")
    assert answered(naming.person.patch(address, body | {"confirm_token": token}))["value"] == "PUMA_SS26"


def test_manual_mode_leaves_what_is_below(naming: Naming) -> None:
    tree = two_accounts(naming)
    body = {"parent": tree["puma"]["id"], "mode": "manual"}
    answer = answered(naming.person.patch(f"strings/{tree['campaign']['id']}", body))
    assert answer["propagation_summary"]["status"] == "direct_only"
    assert values_of(naming, [tree["campaign"], tree["ad"]]) == ["PUMA_SS26", "NIKE-SS26"]
    assert naming.string(tree["ad"]["id"])["stale_reason"] == "pending_propagation"


def test_a_parent_by_uuid(naming: Naming) -> None:
    tree = two_accounts(naming)
    address = f"strings/{tree['campaign']['id']}"
    answer = answered(naming.person.patch(address, {"parent_uuid": tree["puma"]["string_uuid"]}))
    assert (answer["parent"], answer["value"]) == (tree["puma"]["id"], "PUMA_SS26")
    refused = naming.person.patch(address, {"parent_uuid": str(uuid.uuid4())})
    assert (refused.status_code, codes(refused)) == (422, ["not_found"])
    refused = naming.person.patch(address, {"submission": 999_999_999, "dry_run": True})
    assert (refused.status_code, refused.get_json()["errors"][0]["pointer"]) == (422, "/submission")


def test_custom_fields_are_merged(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"}, custom_fields={"budget": 5, "code": "a"})
    address = f"strings/{account['id']}"
    answer = answered(naming.person.patch(address, {"custom_fields": {"budget": 7.5, "code": None, "live": True}}))
    assert answer["custom_fields"] == {"budget": 7.5, "live": True}
    assert (answer["value"], answer["version"]) == ("NIKE-EU", 2)
    assert answer["propagation_summary"]["status"] == "completed"
    (version,) = answered(naming.person.get(f"{address}/history"))["results"]
    changed = {row["key"]: (row["old"], row["new"]) for row in version["field_updates"]}
    assert changed == {"budget": (5, 7.5), "code": ("a", None), "live": (None, True)}
    same = answered(naming.person.patch(address, {"custom_fields": {"live": True, "gone": None}}))
    assert (same["version"], same["propagation_summary"]["status"]) == (2, "unchanged")
    answered(naming.person.post(f"jobs/{answer['propagation_summary']['job_id']}/undo"))
    assert naming.string(account["id"])["custom_fields"] == {"budget": 5, "code": "a"}


def test_custom_fields_flow_by_their_rule(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"}, custom_fields={"budget": "5"})
    chosen = {"Brand": "NIKE", "Season": "SS26"}
    same = naming.make("campaign", chosen, account["id"], custom_fields={"budget": "5"})
    own = naming.make("campaign", chosen | {"Note": "x"}, account["id"], custom_fields={"budget": "6"})
    lacking = naming.make("campaign", chosen | {"Note": "y"}, account["id"])
    address = f"strings/{account['id']}"

    def budgets() -> list[Any]:
        return [naming.string(row["id"])["custom_fields"].get("budget") for row in (account, same, own, lacking)]

    answered(naming.person.patch(address, {"custom_fields": {"budget": "7"}}))
    assert budgets() == ["7", "5", "6", None]
    rules = {"field_propagation_rules": {"custom_fields": "inherit_unless_overridden"}}
    answer = answered(naming.person.patch(address, {"custom_fields": {"budget": "8"}} | rules))
    assert answer["propagation_summary"]["total_affected"] == 2
    assert budgets() == ["8", "8", "6", None]
    answered(naming.person.patch(address, {"custom_fields": {"budget": None}} | rules))
    assert budgets() == [None, None, "6", None]
    assert set(stored_names(naming).values()) == {"NIKE-EU", "NIKE_SS26", "NIKE_SS26|[x]", "NIKE_SS26|[y]"}


@pytest.mark.parametrize(
    "body",
    [
        {"custom_fields": {"x": []}},
        {"custom_fields": {"x" * 31: 1}},
        {"custom_fields": {f"k{number}": 1 for number in range(50)}},
        {"colour": 1},
        {"mode": "fast"},
        {"propagation_depth": 0},
        {"submission": 999_999_999},
        {"field_propagation_rules": {"dimension_value:Colour": "inherit_never"}},
    ],
)
def test_bad_changes_of_a_string(naming: Naming, body: dict[str, Any]) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"}, custom_fields={"one": 1})
    refused = naming.person.patch(f"strings/{account['id']}", body)
    assert refused.status_code == 422, refused.get_json()
    assert naming.string(account["id"]) == account


def test_a_string_is_filed_under_a_submission(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    address = f"strings/{account['id']}"
    submission = naming.add("submissions", rule=naming.rule, starting_field=naming.fields["account"], name="Spring")
    answer = answered(naming.person.patch(address, {"submission": submission}))
    assert (answer["submission"], answer["version"], answer["value"]) == (submission, 2, "NIKE-EU")
    assert answer["propagation_summary"]["job_id"] is None
    (version,) = answered(naming.person.get(f"{address}/history"))["results"]
    (update,) = version["field_updates"]
    assert (update["field"], update["old"], update["new"]) == ("submission", None, submission)
    both = answered(naming.person.patch(address, {"submission": None, "custom_fields": {"x": 1}}))
    assert (both["submission"], both["version"], both["custom_fields"]) == (None, 3, {"x": 1})
    assert naming.person.patch(address, {"submission": None}).get_json()["version"] == 3


def test_who_saw_another_string_is_told(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    address = f"strings/{account['id']}"
    old = naming.person.get(address).headers["ETag"]
    repeated = {key: value for key, value in naming.string(account["id"]).items() if key != "custom_fields"}
    answered(naming.person.patch(address, repeated | {"custom_fields": {"x": 1}}, headers={"If-Match": old}))
    late = naming.person.patch(address, {"custom_fields": {"x": 2}}, headers={"If-Match": old})
    assert (late.status_code, naming.string(account["id"])["custom_fields"]) == (412, {"x": 1})
    assert naming.person.patch(address, {"custom_fields": {"x": 2}, "version": 1}).status_code == 409
    assert naming.person.patch("strings/999999999", {}).status_code == 404


def test_a_large_move_is_left_to_a_worker(naming: Naming) -> None:
    tree = two_accounts(naming)
    set_workspace(naming, background_processing_threshold=2)
    accepted = naming.person.patch(f"strings/{tree['campaign']['id']}", {"parent": tree["puma"]["id"]})
    assert (accepted.status_code, accepted.get_json()["parent"]) == (202, tree["nike"]["id"])
    assert accepted.get_json()["propagation_summary"]["status"] == "pending"
