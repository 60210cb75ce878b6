"""One choice changed: what is stored, what the answer says, and what happens to a change that fails."""

from typing import Any

import pytest

from tests.propagation.changing import (
    analyze,
    change,
    everything,
    held,
    item,
    job,
    shown_names,
    stored_names,
    values_of,
)
from tests.propagation.naming import Naming, answered, detail_of


def test_a_list_value_flows_down(naming: Naming) -> None:
    tree = naming.tree()
    answer = answered(change(naming, tree["account"], "Brand", "PUMA"))
    assert (answer["dimension_value"], answer["effective_value"], answer["version"]) == (
        naming.values["PUMA"],
        "PUMA",
        2,
    )
    assert (answer["is_inherited"], answer["source_string"]) == (False, None)
    summary = answer["propagation_summary"]
    assert (summary["status"], summary["mode"], summary["propagation_enabled"]) == ("completed", "automatic", True)
    counts = [summary[name] for name in ("total_affected", "successful", "failed", "skipped", "stale_marked")]
    assert (counts, summary["errors"], summary["truncated"]) == ([7, 7, 0, 0, 0], [], False)
    assert values_of(naming, [tree["account"], *tree["campaigns"], *tree["ads"]]) == [
        "PUMA-EU", "PUMA_SS26|[c0]", "PUMA_SS26|[c1]", "PUMA-SS26-a0", "PUMA-SS26-a1", "PUMA-SS26-a0", "PUMA-SS26-a1",
    ]  # fmt: skip
    assert held(naming, tree["ads"][3], "Brand")["source_string"] == tree["account"]["id"]
    run = job(naming, summary["job_id"])
    assert (run["status"], run["trigger_type"], run["processing_method"]) == (
        "completed",
        "detail_update",
        "synchronous",
    )
    counted = [run[f"{name}_strings"] for name in ("total", "processed", "failed", "skipped")]
    assert (counted, run["progress_percentage"], run["success_rate"]) == ([7, 7, 0, 0], 100.0, 100.0)
    assert run["started_at"] <= run["completed_at"]
    assert run["metadata"]["root_strings"] == [tree["account"]["id"]]


def test_each_string_has_one_version_more_with_its_cause(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    summary = answered(change(naming, tree["account"], "Brand", "PUMA"))["propagation_summary"]
    for string, kind in ((tree["account"], "direct_edit"), (tree["ads"][0], "inheritance_update")):
        now = naming.string(string["id"])
        assert now["version"] == 2
        assert now["generation_metadata"]["regenerated_from"] == string["value"]
        assert now["generation_metadata"]["dimension_values_used"]["Brand"] == "PUMA"
        (entry,) = everything(naming.person, f"strings/{string['id']}/history")
        assert (entry["version"], entry["change_type"], entry["batch_id"]) == (2, kind, summary["job_id"])
        assert (entry["string_value"], entry["modified_by"]) == (now["value"], "ada")
        assert entry["original_values"]["value"] == string["value"]
        assert entry["original_values"]["details"] == {"Brand": "NIKE"}


def test_the_run_lists_what_it_changed(naming: Naming) -> None:
    tree = naming.tree()
    summary = answered(change(naming, tree["account"], "Brand", "PUMA"))["propagation_summary"]
    changes = everything(naming.person, f"jobs/{summary['job_id']}/changes?limit=3")
    assert {row["string"]: row["value"] for row in changes} == stored_names(naming)
    assert {row["outcome"] for row in changes} == {"applied"}
    first = changes[0]
    assert (first["string"], first["level"], first["change_type"]) == (tree["account"]["id"], 0, "direct")
    assert (first["value_before"], first["version_before"], first["version_after"]) == ("NIKE-EU", 1, 2)
    assert first["before"] == {"value": "NIKE-EU", "details": {"Brand": "NIKE"}, "custom_fields": {}}
    assert first["after"] == {"value": "PUMA-EU", "details": {"Brand": "PUMA"}, "custom_fields": {}}
    assert sorted(row["level"] for row in changes) == [0, 1, 1, 2, 2, 2, 2]


def test_put_is_the_same_as_patch(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    address = f"string-details/{detail_of(tree['account'], 'Brand')['id']}"
    shown = answered(naming.person.get(address))
    shown.pop("dimension_value_freetext")
    answer = answered(naming.person.put(address, shown | {"dimension_value": naming.values["PUMA"]}))
    assert (answer["effective_value"], answer["propagation_summary"]["total_affected"]) == ("PUMA", 3)


def test_a_free_text_flows_only_where_there_is_none(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    campaign = naming.make("campaign", {"Brand": "NIKE", "Season": "SS26", "Note": "old"}, account["id"])
    full = naming.make("ad", {"Brand": "NIKE", "Note": "old"}, campaign["id"])
    empty = naming.make("ad", {"Brand": "NIKE", "Note": None}, campaign["id"])
    lacking = naming.make("ad", {"Brand": "NIKE", "Season": "SS26"}, campaign["id"])
    summary = answered(change(naming, campaign, "Note", "new"))["propagation_summary"]
    assert summary["total_affected"] == 2
    assert values_of(naming, [campaign, full, empty, lacking]) == [
        "NIKE_SS26|[new]", "NIKE-old", "NIKE-new", "NIKE-SS26",
    ]  # fmt: skip
    taken = held(naming, empty, "Note")
    assert (taken["is_inherited"], taken["source_string"]) == (True, campaign["id"])


@pytest.mark.parametrize("empty", [None, ""])
def test_an_optional_choice_can_be_emptied(naming: Naming, empty: str | None) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    answer = answered(change(naming, tree["campaigns"][0], "Note", empty))
    assert (answer["dimension_value_freetext"], answer["effective_value"]) == (None, None)
    assert values_of(naming, tree["campaigns"]) == ["NIKE_SS26"]
    again = answered(change(naming, tree["campaigns"][0], "Note", empty))
    assert again["propagation_summary"]["status"] == "unchanged"


def test_emptying_flows_by_rule(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    rules = {"dimension_value_freetext": "inherit_always"}
    answered(change(naming, tree["campaigns"][0], "Note", None, field_propagation_rules=rules))
    assert values_of(naming, tree["ads"]) == ["NIKE-SS26"]


def test_the_same_value_is_no_change(naming: Naming) -> None:
    tree = naming.tree()
    answer = answered(change(naming, tree["account"], "Brand", "NIKE"))
    summary = answer["propagation_summary"]
    assert (summary["status"], summary["total_affected"], summary["job_id"]) == ("unchanged", 0, None)
    assert answer["version"] == 1
    assert naming.string(tree["account"]["id"])["version"] == 1
    assert answered(naming.person.get("jobs"))["results"] == []


def test_a_value_equal_to_the_one_above_counts_as_inherited(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    campaign = tree["campaigns"][0]
    first = answered(change(naming, campaign, "Brand", "PUMA"))
    assert (first["is_inherited"], first["source_string"]) == (False, None)
    assert held(naming, tree["ads"][0], "Brand")["source_string"] == campaign["id"]
    back = answered(change(naming, campaign, "Brand", "NIKE"))
    assert (back["is_inherited"], back["source_string"]) == (True, tree["account"]["id"])
    assert held(naming, tree["ads"][0], "Brand")["source_string"] == tree["account"]["id"]


def test_own_protects_the_present_value(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    campaign, ad = tree["campaigns"][0], tree["ads"][0]
    answer = answered(naming.person.patch(f"string-details/{detail_of(campaign, 'Brand')['id']}", {"own": True}))
    assert (answer["is_inherited"], answer["source_string"], answer["effective_value"]) == (False, None, "NIKE")
    assert naming.string(campaign["id"])["value"] == campaign["value"]
    assert held(naming, ad, "Brand")["source_string"] == campaign["id"]
    rules = {"dimension_value": "inherit_unless_overridden"}
    answered(change(naming, tree["account"], "Brand", "PUMA", field_propagation_rules=rules))
    assert values_of(naming, [tree["account"], campaign, ad]) == ["PUMA-EU", campaign["value"], ad["value"]]


def test_own_goes_with_a_value(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    campaign = tree["campaigns"][0]
    answered(change(naming, campaign, "Brand", "PUMA"))
    answer = answered(change(naming, campaign, "Brand", "NIKE", own=True))
    assert (answer["is_inherited"], answer["source_string"]) == (False, None)


def test_depth_limits_the_run(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    summary = answered(change(naming, tree["account"], "Brand", "PUMA", propagation_depth=2))["propagation_summary"]
    assert (summary["total_affected"], summary["truncated"], summary["max_depth"]) == (2, True, 2)
    assert summary["stale_marked"] == 1
    assert values_of(naming, [*tree["campaigns"], *tree["ads"]]) == ["PUMA_SS26|[c0]", "NIKE-SS26-a0"]
    whole = answered(change(naming, tree["campaigns"][0], "Season", "FW26", propagation_depth=2))["propagation_summary"]
    assert (whole["total_affected"], whole["truncated"]) == (2, False)


def test_propagate_false_stops_at_the_string(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    summary = answered(change(naming, tree["account"], "Brand", "PUMA", propagate=False))["propagation_summary"]
    assert (summary["status"], summary["propagation_enabled"]) == ("direct_only", False)
    assert (summary["total_affected"], summary["stale_marked"], summary["truncated"]) == (1, 2, False)
    assert values_of(naming, [tree["account"], *tree["ads"]]) == ["PUMA-EU", "NIKE-SS26-a0"]


def test_a_dry_run_writes_nothing(naming: Naming) -> None:
    tree = naming.tree()
    before = stored_names(naming)
    answer = answered(change(naming, tree["account"], "Brand", "PUMA", dry_run=True))
    assert (answer["dry_run"], bool(answer["message"])) == (True, True)
    assert stored_names(naming) == before
    assert held(naming, tree["account"], "Brand")["version"] == 1
    assert answered(naming.person.get("jobs"))["results"] == []
    analysis = answered(analyze(naming, item(naming, tree["account"], "Brand", "PUMA")))
    assert answer["impact_analysis"]["affected_strings"] == analysis["affected_strings"]
    answered(change(naming, tree["account"], "Brand", "PUMA"))
    assert stored_names(naming) == shown_names(analysis)


@pytest.fixture
def twins(naming: Naming) -> dict[str, Any]:
    """An account with two campaigns that differ in their brand only."""
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    first, second = (
        naming.make("campaign", {"Brand": brand, "Season": "SS26", "Note": "n"}, account["id"])
        for brand in ("NIKE", "PUMA")
    )
    return {"account": account, "first": first, "second": second}


def test_a_taken_name_is_refused_with_a_record(naming: Naming, twins: dict[str, Any]) -> None:
    before = stored_names(naming)
    refused = change(naming, twins["second"], "Brand", "NIKE")
    problem = answered(refused, 409)
    assert refused.mimetype == "application/problem+json"
    assert (problem["code"], problem["error_type"]) == ("duplicate_value", "conflict_error")
    assert problem["conflicting_string_id"] == twins["first"]["id"]
    assert stored_names(naming) == before
    assert held(naming, twins["second"], "Brand")["version"] == 1
    run = job(naming, problem["job_id"])
    assert (run["status"], run["total_strings"], run["processed_strings"], run["failed_strings"]) == ("failed", 1, 0, 1)
    (error,) = answered(naming.person.get(f"jobs/{problem['job_id']}/errors"))["results"]
    assert (error["error_type"], error["error_code"]) == ("conflict_error", "duplicate_value")
    assert (error["string"], error["is_retryable"]) == (twins["second"]["id"], False)
    (left,) = answered(naming.person.get(f"jobs/{problem['job_id']}/changes"))["results"]
    assert (left["string"], left["outcome"], left["value"]) == (twins["second"]["id"], "failed", "NIKE_SS26|[n]")


def test_a_dry_run_shows_what_would_collide(naming: Naming, twins: dict[str, Any]) -> None:
    impact = answered(change(naming, twins["second"], "Brand", "NIKE", dry_run=True))["impact_analysis"]
    (conflict,) = impact["conflicts"]
    assert (conflict["string_id"], conflict["conflicting_string_id"]) == (twins["second"]["id"], twins["first"]["id"])
    assert (conflict["type"], conflict["value"], conflict["severity"]) == ("duplicate_value", "NIKE_SS26|[n]", "high")
    assert (impact["summary"]["total_affected"], impact["summary"]["failed"]) == (0, 1)


def test_what_a_rule_requires_cannot_be_emptied(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    problem = answered(change(naming, tree["account"], "Brand", None), 422)
    assert (problem["code"], problem["error_type"]) == ("required_dimension_missing", "string_generation_error")
    assert "Brand" in problem["detail"]
    assert job(naming, problem["job_id"])["status"] == "failed"
    (error,) = answered(naming.person.get(f"jobs/{problem['job_id']}/errors"))["results"]
    assert (error["string"], error["error_code"]) == (tree["account"]["id"], "required_dimension_missing")
    assert held(naming, tree["account"], "Brand")["effective_value"] == "NIKE"
    shown = answered(change(naming, tree["account"], "Brand", None, dry_run=True))["impact_analysis"]
    assert [warning["code"] for warning in shown["warnings"]] == ["required_dimension_missing"]


def test_strings_below_fail_by_themselves(naming: Naming, twins: dict[str, Any]) -> None:
    ad = naming.make("ad", {"Brand": "NIKE"}, twins["first"]["id"])
    answer = answered(change(naming, twins["account"], "Brand", "PUMA"))
    summary = answer["propagation_summary"]
    counts = [summary[name] for name in ("total_affected", "successful", "failed", "skipped")]
    assert (summary["status"], counts) == ("partial_failure", [1, 1, 1, 1])
    (error,) = summary["errors"]
    assert (error["string_id"], error["error_type"], error["code"]) == (
        twins["first"]["id"], "conflict_error", "duplicate_value",
    )  # fmt: skip
    assert error["retry_available"] is False
    assert values_of(naming, [twins["account"], twins["first"], ad]) == ["PUMA-EU", "NIKE_SS26|[n]", "NIKE"]
    assert held(naming, twins["first"], "Brand")["effective_value"] == "NIKE"
    run = job(naming, summary["job_id"])
    counted = [run[f"{name}_strings"] for name in ("total", "processed", "failed", "skipped")]
    assert (run["status"], counted) == ("partial_failure", [3, 1, 2, 1])
    outcomes = {row["string"]: row["outcome"] for row in everything(naming.person, f"jobs/{run['id']}/changes")}
    assert outcomes == {twins["account"]["id"]: "applied", twins["first"]["id"]: "failed", ad["id"]: "skipped"}
    for string in (twins["first"], ad):
        now = naming.string(string["id"])
        assert (now["stale_reason"], now["stale_sources"]) == ("failed", [twins["account"]["id"]])


@pytest.mark.parametrize("how", ["stop", "rollback", "strict"])
def test_all_or_nothing(naming: Naming, twins: dict[str, Any], how: str) -> None:
    ad = naming.make("ad", {"Brand": "NIKE"}, twins["first"]["id"])
    before = stored_names(naming)
    options: dict[str, Any] = {"error_handling": how}
    if how == "strict":
        answered(naming.person.patch("settings/workspace", {"settings": {"strict_auto_regeneration": True}}))
        options = {"error_handling": "continue"}
    problem = answered(change(naming, twins["account"], "Brand", "PUMA", **options), 409)
    assert problem["code"] == "rolled_back"
    (error,) = problem["run_errors"]
    assert (error["string_id"], error["code"]) == (twins["first"]["id"], "duplicate_value")
    assert stored_names(naming) == before
    assert naming.string(ad["id"])["stale"] is False
    run = job(naming, problem["job_id"])
    counted = [run[f"{name}_strings"] for name in ("total", "processed", "failed", "skipped")]
    assert (run["status"], counted) == ("failed", [3, 0, 3, 2])
    (row,) = answered(naming.person.get(f"jobs/{problem['job_id']}/errors"))["results"]
    assert row["string"] == twins["first"]["id"]


def test_all_or_nothing_where_nothing_fails(naming: Naming) -> None:
    tree = naming.tree()
    summary = answered(change(naming, tree["account"], "Brand", "PUMA", error_handling="rollback"))
    assert summary["propagation_summary"]["status"] == "completed"
    assert values_of(naming, [tree["ads"][0]]) == ["PUMA-SS26-a0"]


def test_a_dimension_that_the_name_does_not_use(naming: Naming) -> None:
    """A detail outside the rule of its level changes the string's details, not its name."""
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    campaign = naming.make("campaign", {"Brand": "NIKE", "Season": "SS26", "Region": "EU"}, account["id"])
    summary = answered(change(naming, account, "Region", "US"))["propagation_summary"]
    assert summary["status"] == "completed"
    assert values_of(naming, [account, campaign]) == ["NIKE-US", "NIKE_SS26"]
    assert held(naming, campaign, "Region")["effective_value"] == "US"


def test_a_name_of_more_than_400_characters(naming: Naming) -> None:
    for number in range(4):
        naming.dimensions[f"Long {number}"] = naming.add("dimensions", name=f"Long {number}", type="text")
    parts = [(f"Long {number}", {"is_required": number == 0}) for number in range(4)]
    naming.fields["page"] = naming.add("fields", platform=naming.platform, name="page", field_level=1)
    naming.set_rule("page", parts)
    page = naming.make("page", {f"Long {n}": "x" * 100 for n in range(3)} | {"Long 3": "y" * 90})
    refused = naming.person.patch(
        f"string-details/{detail_of(page, 'Long 3')['id']}", {"dimension_value_freetext": "y" * 98}
    )
    problem = answered(refused, 422)
    assert (problem["code"], problem["error_type"]) == ("value_too_long", "validation_error")
    fits = naming.person.patch(
        f"string-details/{detail_of(page, 'Long 3')['id']}", {"dimension_value_freetext": "y" * 97}
    )
    assert fits.status_code == 200
    assert len(naming.string(page["id"])["value"]) == 400
