"""Edits of the structure that make names again: renamed and replaced values, edited rules."""

import pytest

from tests.propagation.naming import Naming, answered, detail_of, made
from tests.propagation.working import Worker
from tests.propagation.working import worker as worker


def values_of(naming: Naming, tree: dict[str, object]) -> list[str]:
    ids = [tree["account"], *tree["campaigns"], *tree["ads"]]  # type: ignore[misc]
    return [naming.string(row["id"])["value"] for row in ids]


@pytest.fixture
def tree(naming: Naming) -> dict[str, object]:
    return naming.tree()


BEFORE = ["NIKE-EU", "NIKE_SS26|[c0]", "NIKE_SS26|[c1]", *["NIKE-SS26-a0", "NIKE-SS26-a1"] * 2]


def renamed(name: str) -> list[str]:
    return [value.replace("NIKE", name) for value in BEFORE]


def test_a_renamed_value_makes_every_name_again_that_holds_it(naming: Naming, tree: dict[str, object]) -> None:
    answer = answered(naming.person.patch(f"dimension-values/{naming.values['NIKE']}", {"value": "NKE"}))
    assert answer["value"] == "NKE"
    summary = answer["propagation_summary"]
    assert (summary["status"], summary["total_affected"]) == ("completed", 7)
    assert values_of(naming, tree) == renamed("NKE")
    job = answered(naming.person.get(f"jobs/{summary['job_id']}"))
    assert (job["trigger_type"], job["processed_strings"]) == ("dimension_value_change", 7)
    history = answered(naming.person.get(f"strings/{tree['account']['id']}/history"))["results"]  # type: ignore[index]
    assert [row["change_type"] for row in history] == ["regeneration"]


def test_a_rename_is_taken_back_with_its_names(naming: Naming, tree: dict[str, object]) -> None:
    address = f"dimension-values/{naming.values['NIKE']}"
    job = answered(naming.person.patch(address, {"value": "NKE"}))["propagation_summary"]["job_id"]
    undone = answered(naming.person.post(f"jobs/{job}/undo"))
    assert (undone["status"], undone["undo_of"]) == ("completed", job)
    assert answered(naming.person.get(address))["value"] == "NIKE"
    assert values_of(naming, tree) == BEFORE
    again = naming.person.post(f"jobs/{job}/undo")
    assert (again.status_code, again.get_json()["code"]) == (409, "already_undone")


def test_a_label_changes_no_name(naming: Naming, tree: dict[str, object]) -> None:
    answer = answered(naming.person.patch(f"dimension-values/{naming.values['NIKE']}", {"label": "Nike Inc."}))
    assert "propagation_summary" not in answer
    assert values_of(naming, tree) == BEFORE


def test_a_dry_run_shows_the_rename_and_writes_nothing(naming: Naming, tree: dict[str, object]) -> None:
    body = {"value": "NKE", "dry_run": True}
    shown = answered(naming.person.patch(f"dimension-values/{naming.values['NIKE']}", body))["impact_analysis"]
    assert shown["summary"]["total_affected"] == 7
    assert sorted(row["new_value"] for row in shown["affected_strings"]) == sorted(renamed("NKE"))
    assert values_of(naming, tree) == BEFORE
    assert answered(naming.person.get("jobs"))["results"] == []


def test_large_renames_are_left_to_a_worker(naming: Naming, tree: dict[str, object], worker: Worker) -> None:
    answered(naming.person.patch("settings/workspace", {"settings": {"background_processing_threshold": 3}}))
    answer = naming.person.patch(f"dimension-values/{naming.values['NIKE']}", {"value": "NKE"})
    assert answer.status_code == 202, answer.get_json()
    assert answer.get_json()["value"] == "NIKE"
    assert values_of(naming, tree) == BEFORE
    worker.run()
    job = answered(naming.person.get(answer.headers["Location"]))
    assert (job["status"], job["total_strings"], job["processed_strings"]) == ("completed", 7, 7)
    assert values_of(naming, tree) == renamed("NKE")
    undo = naming.person.post(f"jobs/{job['id']}/undo")
    assert undo.status_code == 202
    worker.run()
    assert values_of(naming, tree) == BEFORE


def test_a_value_in_use_does_not_go_without_a_successor(naming: Naming, tree: dict[str, object]) -> None:
    address = f"dimension-values/{naming.values['NIKE']}"
    for refused in (naming.person.delete(address), naming.person.patch(address, {"status": "inactive"})):
        assert (refused.status_code, refused.get_json()["code"]) == (409, "value_in_use")
        assert refused.get_json()["strings"] == 7
    for value, code in (("EU", "wrong_dimension"), ("NIKE", "same_value")):
        body = {"status": "inactive", "replace_with": naming.values[value]}
        deleted = naming.person.delete(f"{address}?replace_with={naming.values[value]}")
        for wrong in (deleted, naming.person.patch(address, body)):
            assert (wrong.status_code, wrong.get_json()["code"]) == (422, code)


def test_a_successor_may_take_the_place_of_a_value_that_stays(naming: Naming, tree: dict[str, object]) -> None:
    address = f"dimension-values/{naming.values['NIKE']}"
    answer = answered(naming.person.patch(address, {"replace_with": naming.values["PUMA"]}))
    assert (answer["status"], answer["propagation_summary"]["total_affected"]) == ("active", 7)
    assert values_of(naming, tree) == renamed("PUMA")
    renaming = answered(naming.person.patch(address, {"value": "NKE"}))  # nobody holds it any more
    assert (renaming["value"], renaming["propagation_summary"]["status"]) == ("NKE", "unchanged")
    again = answered(naming.person.patch(address, renaming | {"status": "inactive"}))
    assert (again["status"], again["propagation_summary"]["job_id"]) == ("inactive", None)


def test_a_successor_takes_the_place_and_the_lineage(naming: Naming, tree: dict[str, object]) -> None:
    address = f"dimension-values/{naming.values['NIKE']}"
    account = naming.string(tree["account"]["id"])  # type: ignore[index]
    before = detail_of(naming.string(tree["ads"][0]["id"]), "Brand")  # type: ignore[index]
    body = {"status": "inactive", "replace_with": naming.values["PUMA"]}
    answer = answered(naming.person.patch(address, body))
    assert answer["status"] == "inactive"
    assert values_of(naming, tree) == renamed("PUMA")
    after = detail_of(naming.string(tree["ads"][0]["id"]), "Brand")  # type: ignore[index]
    assert (after["is_inherited"], after["source_string"]) == (before["is_inherited"], before["source_string"])
    assert naming.string(account["id"])["version"] == account["version"] + 1
    answered(naming.person.post(f"jobs/{answer['propagation_summary']['job_id']}/undo"))
    assert answered(naming.person.get(address))["status"] == "active"
    assert values_of(naming, tree) == BEFORE


def test_a_deleted_value_is_replaced_first(naming: Naming, tree: dict[str, object]) -> None:
    address = f"dimension-values/{naming.values['NIKE']}"
    answer = answered(naming.person.delete(f"{address}?replace_with={naming.values['VANS']}"))
    assert answer["propagation_summary"]["total_affected"] == 7
    assert naming.person.get(address).status_code == 404
    assert values_of(naming, tree) == renamed("VANS")


def test_an_edited_part_makes_the_names_of_its_level_again(naming: Naming, tree: dict[str, object]) -> None:
    address = f"rule-details/{naming.rule_details['campaign', 'Brand']}"
    answer = answered(naming.person.patch(address, {"prefix": "b:"}))
    assert (answer["prefix"], answer["propagation_summary"]["total_affected"]) == ("b:", 2)
    assert values_of(naming, tree)[:4] == ["NIKE-EU", "b:NIKE_SS26|[c0]", "b:NIKE_SS26|[c1]", "NIKE-SS26-a0"]
    answered(naming.person.post(f"jobs/{answer['propagation_summary']['job_id']}/undo"))
    assert values_of(naming, tree) == BEFORE


def test_a_part_more_and_a_part_less(naming: Naming, tree: dict[str, object]) -> None:
    body = {
        "rule": naming.rule,
        "field": naming.fields["account"],
        "dimension": naming.dimensions["Note"],
        "dimension_order": 3,
        "is_required": False,
    }
    part = made(naming.person.post("rule-details", body))
    assert values_of(naming, tree) == BEFORE  # nobody has a note there
    first = naming.rule_details["account", "Brand"]
    answer = answered(naming.person.delete(f"rule-details/{first}"))
    assert answer["propagation_summary"]["total_affected"] == 1
    assert values_of(naming, tree)[0] == "EU"
    assert answered(naming.person.get(f"rule-details/{part['id']}"))["dimension_order"] == 2
    account_id = tree["account"]["id"]  # type: ignore[index]
    detail = detail_of(naming.string(account_id), "Region")
    answered(naming.person.patch(f"string-details/{detail['id']}", {"dimension_value": naming.values["US"]}))
    assert values_of(naming, tree)[0] == "US"


def test_parts_change_places(naming: Naming, tree: dict[str, object]) -> None:
    parts = [naming.rule_details["account", name] for name in ("Region", "Brand")]
    body = {"field": naming.fields["account"], "rule_details": parts}
    answer = answered(naming.person.post(f"rules/{naming.rule}/reorder", body))
    assert [row["id"] for row in answer["rule_details"]] == parts
    assert values_of(naming, tree)[0] == "EU-NIKE"
    for wrong in (parts[:1], [*parts, parts[0]], [*parts, 999999]):
        refused = naming.person.post(f"rules/{naming.rule}/reorder", body | {"rule_details": wrong})
        assert (refused.status_code, refused.get_json()["code"]) == (422, "not_all_parts")


def test_parts_change_places_by_a_worker(naming: Naming, tree: dict[str, object], worker: Worker) -> None:
    answered(naming.person.patch("settings/workspace", {"settings": {"background_processing_threshold": 1}}))
    parts = [naming.rule_details["account", name] for name in ("Region", "Brand")]
    body = {"field": naming.fields["account"], "rule_details": parts}
    answer = naming.person.post(f"rules/{naming.rule}/reorder", body)
    assert answer.status_code == 202, answer.get_json()
    assert values_of(naming, tree) == BEFORE
    worker.run()
    assert answered(naming.person.get(answer.headers["Location"]))["status"] == "completed"
    assert values_of(naming, tree)[0] == "EU-NIKE"


def test_a_gap_is_refused_while_names_are_built(naming: Naming, tree: dict[str, object]) -> None:
    refused = naming.person.patch(f"rule-details/{naming.rule_details['account', 'Region']}", {"dimension_order": 5})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "order_not_contiguous")


def test_names_that_would_collide_are_left_or_take_the_edit_back(naming: Naming) -> None:
    twins = [naming.make("account", {"Brand": brand, "Region": "EU"}) for brand in ("NIKE", "PUMA")]
    part = f"rule-details/{naming.rule_details['account', 'Brand']}"
    refused = naming.person.delete(f"{part}?error_handling=rollback")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "rolled_back")
    assert [naming.string(row["id"])["value"] for row in twins] == ["NIKE-EU", "PUMA-EU"]
    assert naming.person.get(part).status_code == 200
    job = answered(naming.person.get(f"jobs/{refused.get_json()['job_id']}"))
    assert (job["status"], job["processed_strings"]) == ("failed", 0)
    answer = answered(naming.person.delete(part))
    assert answer["propagation_summary"]["status"] == "partial_failure"
    assert [naming.string(row["id"])["value"] for row in twins] == ["EU", "PUMA-EU"]
    assert naming.string(twins[1]["id"])["stale_reason"] == "failed"


def test_the_kill_switch_stores_the_edit_alone(naming: Naming, tree: dict[str, object]) -> None:
    answered(naming.person.patch("settings/workspace", {"settings": {"auto_regenerate_strings": False}}))
    answer = answered(naming.person.patch(f"dimension-values/{naming.values['NIKE']}", {"value": "NKE"}))
    assert (answer["value"], answer["propagation_summary"]["status"]) == ("NKE", "disabled")
    assert values_of(naming, tree) == BEFORE
    assert naming.string(tree["account"]["id"])["stale_reason"] == "regeneration_disabled"  # type: ignore[index]


def test_a_dry_run_writes_nothing_where_nobody_holds_the_value_either(naming: Naming) -> None:
    address = f"dimension-values/{naming.values['VANS']}"
    shown = answered(naming.person.patch(address, {"value": "VNS", "dry_run": True}))["impact_analysis"]
    assert shown["summary"]["total_affected"] == 0
    answered(naming.person.delete(f"{address}?dry_run=true"))
    assert answered(naming.person.get(address))["value"] == "VANS"


def test_a_rename_may_be_confirmed(naming: Naming, tree: dict[str, object]) -> None:
    answered(naming.person.patch("settings/workspace", {"settings": {"propagation_mode": "prompt"}}))
    address = f"dimension-values/{naming.values['NIKE']}"
    asked = naming.person.patch(address, {"value": "NKE"})
    assert (asked.status_code, asked.get_json()["code"]) == (409, "confirmation_required")
    token = asked.get_json()["confirm_token"]
    other = naming.person.patch(address, {"value": "NIK", "confirm_token": token})
    assert (other.status_code, other.get_json()["code"]) == (422, "confirmation_mismatch")
    naming.make("account", {"Brand": "NIKE", "Region": "US"})
    stale = naming.person.patch(address, {"value": "NKE", "confirm_token": token})
    assert (stale.status_code, stale.get_json()["code"]) == (409, "confirmation_stale")
    assert values_of(naming, tree) == BEFORE
    answered(naming.person.patch(address, {"value": "NKE", "confirm_token": stale.get_json()["confirm_token"]}))
    assert values_of(naming, tree) == renamed("NKE")


def test_an_undo_brings_back_the_value_under_its_present_name(naming: Naming, tree: dict[str, object]) -> None:
    brand = detail_of(naming.string(tree["account"]["id"]), "Brand")  # type: ignore[index]
    body = {"dimension_value": naming.values["PUMA"]}
    job = answered(naming.person.patch(f"string-details/{brand['id']}", body))["propagation_summary"]["job_id"]
    answered(naming.person.patch(f"dimension-values/{naming.values['NIKE']}", {"value": "NKE"}))
    shown = answered(naming.person.post(f"jobs/{job}/undo", {"dry_run": True}))
    assert shown["impact_analysis"]["summary"]["total_affected"] == 7
    answered(naming.person.post(f"jobs/{job}/undo"))
    assert values_of(naming, tree) == renamed("NKE")
