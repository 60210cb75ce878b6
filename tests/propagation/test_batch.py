"""Many choices as one run: shapes and statuses of its answer, and what stands against what."""

import uuid
from typing import Any

import pytest

from tests.propagation.changing import (
    analyze,
    batch,
    everything,
    held,
    item,
    job,
    set_workspace,
    shown_names,
    stored_names,
    values_of,
)  # fmt: skip
from tests.propagation.naming import Naming, answered, detail_of


def counts(answer: dict[str, Any]) -> list[Any]:
    summary = answer["summary"]
    names = ("total_updates", "successful_count", "failed_count", "skipped_count", "status")
    return [summary[name] for name in names]


@pytest.fixture
def twins(naming: Naming) -> dict[str, Any]:
    """Two accounts; below the first two campaigns that differ in their brand only, and an ad."""
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    first, second = (
        naming.make("campaign", {"Brand": brand, "Season": "SS26", "Note": "n"}, account["id"])
        for brand in ("NIKE", "PUMA")
    )
    ad = naming.make("ad", {"Brand": "NIKE", "Season": "SS26"}, first["id"])
    return {
        "account": account,
        "first": first,
        "second": second,
        "ad": ad,
        "other": naming.make("account", {"Brand": "VANS", "Region": "US"}),
    }


def test_all_done(naming: Naming) -> None:
    tree = naming.tree()
    first, second = tree["campaigns"]
    response = batch(
        naming,
        item(naming, tree["account"], "Brand", "PUMA"),
        item(naming, first, "Season", "FW26"),
        item(naming, second, "Note", None),
    )
    answer = answered(response)
    assert response.headers["Location"].endswith(f"/jobs/{answer['job_id']}")
    assert (answer["dry_run"], answer["total_affected"], answer["truncated"]) == (False, 7, False)
    assert answer["processing_time"] >= 0
    assert counts(answer) == [3, 3, 0, 0, "completed"]
    assert (answer["failed_updates"], answer["skipped_updates"]) == ([], [])
    brand, season, note = answer["successful_updates"]
    assert [row["index"] for row in answer["successful_updates"]] == [0, 1, 2]
    assert (brand["string_id"], brand["string_detail_id"]) == (
        tree["account"]["id"], detail_of(tree["account"], "Brand")["id"],
    )  # fmt: skip
    assert brand["original_values"] == {
        "dimension_value": naming.values["NIKE"],
        "dimension_value_freetext": None,
        "value": "NIKE-EU",
    }
    assert note["original_values"] == {
        "dimension_value": None,
        "dimension_value_freetext": "c1",
        "value": second["value"],
    }
    # A string that two updates reach counts for both.
    assert [brand["affected_count"], season["affected_count"], note["affected_count"]] == [7, 3, 1]
    assert brand["failed_strings"] == []
    assert values_of(naming, [first, second, tree["ads"][0], tree["ads"][2]]) == [
        "PUMA_FW26|[c0]", "PUMA_SS26", "PUMA-FW26-a0", "PUMA-SS26-a0",
    ]  # fmt: skip
    run = job(naming, answer["job_id"])
    assert (run["trigger_type"], run["total_strings"], run["processed_strings"]) == ("batch_update", 7, 7)
    for string, kind in ((tree["account"], "batch_update"), (tree["ads"][3], "inheritance_update")):
        (entry,) = everything(naming.person, f"strings/{string['id']}/history")
        assert (entry["change_type"], entry["version"]) == (kind, 2)


def test_several_updates_of_one_string_are_one_change(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    answer = answered(batch(naming, item(naming, account, "Brand", "PUMA"), item(naming, account, "Region", "US")))
    assert (answer["total_affected"], counts(answer)) == (1, [2, 2, 0, 0, "completed"])
    assert naming.string(account["id"])["value"] == "PUMA-US"
    assert naming.string(account["id"])["version"] == 2


def test_nothing_to_change_is_still_a_job(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    answer = answered(batch(naming, item(naming, account, "Brand", "NIKE")))
    (done,) = answer["successful_updates"]
    assert (answer["total_affected"], done["affected_count"]) == (0, 0)
    assert done["original_values"]["value"] == "NIKE-EU"
    run = job(naming, answer["job_id"])
    assert (run["status"], run["total_strings"], run["progress_percentage"]) == ("completed", 0, 100.0)


@pytest.mark.parametrize("upper_first", [True, False])
def test_an_explicit_value_beats_an_inherited_one(naming: Naming, upper_first: bool) -> None:
    tree = naming.tree()
    updates = [item(naming, tree["account"], "Brand", "PUMA"), item(naming, tree["campaigns"][0], "Brand", "VANS")]
    answer = answered(batch(naming, *(updates if upper_first else reversed(updates))))
    assert values_of(naming, [*tree["campaigns"], tree["ads"][0], tree["ads"][2]]) == [
        "VANS_SS26|[c0]", "PUMA_SS26|[c1]", "VANS-SS26-a0", "PUMA-SS26-a0",
    ]  # fmt: skip
    assert held(naming, tree["ads"][0], "Brand")["source_string"] == tree["campaigns"][0]["id"]
    assert (answer["total_affected"], len(answer["successful_updates"])) == (7, 2)


def test_an_explicit_value_equal_to_the_planned_one_is_inherited(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    answered(
        batch(
            naming, item(naming, tree["campaigns"][0], "Brand", "PUMA"), item(naming, tree["account"], "Brand", "PUMA")
        )
    )
    for string in (tree["campaigns"][0], tree["ads"][0]):
        detail = held(naming, string, "Brand")
        assert (detail["is_inherited"], detail["source_string"]) == (True, tree["account"]["id"])


def test_keeping_a_value_while_the_one_above_changes(naming: Naming) -> None:
    """The stored value named again beside a change above stands against that change."""
    tree = naming.tree(campaigns=1, ads=1)
    updates = [item(naming, tree["account"], "Brand", "PUMA"), item(naming, tree["campaigns"][0], "Brand", "NIKE")]
    answered(batch(naming, *updates))
    assert values_of(naming, [tree["account"], *tree["campaigns"], *tree["ads"]]) == [
        "PUMA-EU", "NIKE_SS26|[c0]", "NIKE-SS26-a0",
    ]  # fmt: skip
    assert held(naming, tree["campaigns"][0], "Brand")["is_inherited"] is False
    assert held(naming, tree["ads"][0], "Brand")["source_string"] == tree["campaigns"][0]["id"]


def test_two_names_are_swapped(naming: Naming, twins: dict[str, Any]) -> None:
    updates = [item(naming, twins["first"], "Brand", "PUMA"), item(naming, twins["second"], "Brand", "NIKE")]
    impact = answered(analyze(naming, *updates))
    assert impact["conflicts"] == []
    answer = answered(batch(naming, *updates))
    assert counts(answer) == [2, 2, 0, 0, "completed"]
    assert values_of(naming, [twins["first"], twins["second"]]) == [twins["second"]["value"], twins["first"]["value"]]
    assert {key: value for key, value in stored_names(naming).items() if key in shown_names(impact)} == shown_names(
        impact
    )


def test_three_names_are_rotated(naming: Naming) -> None:
    accounts = [naming.make("account", {"Brand": brand, "Region": "EU"}) for brand in ("NIKE", "PUMA", "VANS")]
    wanted = ["PUMA", "VANS", "NIKE"]
    answered(
        batch(naming, *(item(naming, account, "Brand", brand) for account, brand in zip(accounts, wanted, strict=True)))
    )
    assert values_of(naming, accounts) == ["PUMA-EU", "VANS-EU", "NIKE-EU"]


def test_the_earlier_update_gets_a_contested_name(naming: Naming) -> None:
    accounts = [naming.make("account", {"Brand": brand, "Region": "EU"}) for brand in ("NIKE", "PUMA")]
    answer = answered(batch(naming, *(item(naming, one, "Brand", "VANS") for one in reversed(accounts))), 207)
    assert values_of(naming, accounts) == ["NIKE-EU", "VANS-EU"]
    (failed,) = answer["failed_updates"]
    assert (failed["index"], failed["code"], failed["conflicting_string_id"]) == (
        1, "duplicate_value", accounts[1]["id"],
    )  # fmt: skip


def test_some_done(naming: Naming, twins: dict[str, Any]) -> None:
    unknown = {"string_detail_id": 2**40, "dimension_value": naming.values["NIKE"]}
    response = batch(
        naming, item(naming, twins["other"], "Brand", "PUMA"), unknown, item(naming, twins["second"], "Brand", "NIKE")
    )
    answer = answered(response, 207)
    assert (response.mimetype, answer["total_affected"]) == ("application/json", 1)
    assert counts(answer) == [3, 1, 2, 0, "partial_failure"]
    missing, taken = answer["failed_updates"]
    assert (missing["index"], missing["update"], missing["string_id"]) == (1, unknown, None)
    assert (missing["error_type"], missing["code"]) == ("validation_error", "not_found")
    assert (taken["index"], taken["string_id"], taken["error_type"]) == (2, twins["second"]["id"], "conflict_error")
    assert bool(taken["error"])
    assert values_of(naming, [twins["other"], twins["second"]]) == ["PUMA-US", twins["second"]["value"]]
    errors = answered(naming.person.get(f"jobs/{answer['job_id']}/errors"))["results"]
    assert sorted((row["error_code"], row["string"]) for row in errors if row["string"]) == [
        ("duplicate_value", twins["second"]["id"])
    ]
    assert len(errors) == 2
    run = job(naming, answer["job_id"])
    assert [run[f"{name}_strings"] for name in ("total", "processed", "failed", "skipped")] == [2, 1, 1, 0]


def test_strings_below_that_fail_leave_the_update_a_success(naming: Naming, twins: dict[str, Any]) -> None:
    answer = answered(batch(naming, item(naming, twins["account"], "Brand", "PUMA")), 207)
    assert counts(answer) == [1, 1, 0, 0, "partial_failure"]
    (done,) = answer["successful_updates"]
    assert (done["affected_count"], done["failed_strings"]) == (1, [twins["first"]["id"]])
    run = job(naming, answer["job_id"])
    assert [run[f"{name}_strings"] for name in ("total", "processed", "failed", "skipped")] == [3, 1, 2, 1]
    ad = naming.string(twins["ad"]["id"])
    assert (ad["value"], ad["stale_reason"]) == (twins["ad"]["value"], "failed")


def test_nothing_done(naming: Naming, twins: dict[str, Any]) -> None:
    answer = answered(batch(naming, item(naming, twins["second"], "Brand", "NIKE")), 409)
    assert (answer["code"], counts(answer)) == ("nothing_applied", [1, 0, 1, 0, "failed"])
    assert (answer["total_affected"], answer["successful_updates"]) == (0, [])
    assert job(naming, answer["job_id"])["status"] == "failed"
    assert naming.string(twins["second"]["id"])["value"] == twins["second"]["value"]


def test_stop_keeps_what_came_before(naming: Naming, twins: dict[str, Any]) -> None:
    updates = [
        item(naming, twins["other"], "Brand", "PUMA"),
        item(naming, twins["second"], "Brand", "NIKE"),
        item(naming, twins["account"], "Region", "US"),
    ]
    answer = answered(batch(naming, *updates, error_handling="stop"), 207)
    assert counts(answer) == [3, 1, 1, 1, "partial_failure"]
    assert [row["index"] for row in answer["failed_updates"]] == [1]
    (skipped,) = answer["skipped_updates"]
    assert (skipped["index"], skipped["string_detail_id"]) == (2, updates[2]["string_detail_id"])
    assert bool(skipped["reason"])
    assert values_of(naming, [twins["other"], twins["account"]]) == ["PUMA-US", "NIKE-EU"]
    run = job(naming, answer["job_id"])
    assert (run["status"], run["processed_strings"], run["failed_strings"]) == ("partial_failure", 1, 2)


def test_stop_counts_a_string_below_against_its_update(naming: Naming, twins: dict[str, Any]) -> None:
    updates = [item(naming, twins["other"], "Brand", "PUMA"), item(naming, twins["account"], "Brand", "PUMA")]
    answer = answered(batch(naming, *updates, error_handling="stop"), 207)
    assert [row["index"] for row in answer["failed_updates"]] == [1]
    assert values_of(naming, [twins["other"], twins["account"]]) == ["PUMA-US", "NIKE-EU"]
    assert naming.string(twins["ad"]["id"])["stale"] is False


def test_stop_at_the_first_applies_nothing(naming: Naming, twins: dict[str, Any]) -> None:
    updates = [item(naming, twins["second"], "Brand", "NIKE"), item(naming, twins["other"], "Brand", "PUMA")]
    answer = answered(batch(naming, *updates, error_handling="stop"), 409)
    assert counts(answer) == [2, 0, 1, 1, "failed"]
    assert naming.string(twins["other"]["id"])["value"] == "VANS-US"


@pytest.mark.parametrize("is_strict", [True, False])
def test_rollback_changes_nothing(naming: Naming, twins: dict[str, Any], is_strict: bool) -> None:
    before = stored_names(naming)
    if is_strict:
        set_workspace(naming, strict_auto_regeneration=True)
    updates = [item(naming, twins["other"], "Brand", "PUMA"), item(naming, twins["account"], "Brand", "PUMA")]
    answer = answered(batch(naming, *updates, error_handling="continue" if is_strict else "rollback"), 409)
    assert counts(answer) == [2, 0, 1, 1, "failed"]
    assert [row["index"] for row in answer["failed_updates"]] == [1]
    assert [row["index"] for row in answer["skipped_updates"]] == [0]
    assert answer["total_affected"] == 0
    assert stored_names(naming) == before
    assert naming.string(twins["ad"]["id"])["stale"] is False
    run = job(naming, answer["job_id"])
    assert [run[f"{name}_strings"] for name in ("total", "processed", "failed")] == [4, 0, 4]
    assert len(answered(naming.person.get(f"jobs/{answer['job_id']}/errors"))["results"]) == 1


def test_a_failing_string_takes_only_what_flows_through_it(naming: Naming, twins: dict[str, Any]) -> None:
    updates = [item(naming, twins["account"], "Brand", "PUMA"), item(naming, twins["ad"], "Season", "FW26")]
    answer = answered(batch(naming, *updates), 207)
    assert [row["index"] for row in answer["successful_updates"]] == [0, 1]
    assert values_of(naming, [twins["first"], twins["ad"]]) == ["NIKE_SS26|[n]", "NIKE-FW26"]


def test_an_explicit_string_below_that_fails_counts_for_both(naming: Naming) -> None:
    """What fails below an update is in its failed_strings, also when another update names it."""
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    first = naming.make("campaign", {"Brand": "NIKE", "Season": "SS26"}, account["id"])
    naming.make("campaign", {"Brand": "PUMA", "Season": "FW26"}, account["id"])
    updates = [item(naming, account, "Brand", "PUMA"), item(naming, first, "Season", "FW26")]
    answer = answered(batch(naming, *updates), 207)
    assert [row["index"] for row in answer["failed_updates"]] == [1]
    (done,) = answer["successful_updates"]
    assert (done["index"], done["failed_strings"]) == (0, [first["id"]])


def test_a_version_that_was_read_is_checked_by_item(naming: Naming) -> None:
    accounts = [naming.make("account", {"Brand": brand, "Region": "EU"}) for brand in ("NIKE", "PUMA")]
    updates = [
        item(naming, one, "Region", "US", version=version) for one, version in zip(accounts, (1, 7), strict=True)
    ]
    answer = answered(batch(naming, *updates), 207)
    (failed,) = answer["failed_updates"]
    assert (failed["index"], failed["error_type"], failed["code"]) == (1, "conflict_error", "version_conflict")
    assert values_of(naming, accounts) == ["NIKE-US", "PUMA-EU"]


def test_a_dry_run_shows_what_would_fail(naming: Naming, twins: dict[str, Any]) -> None:
    before = stored_names(naming)
    unknown = {"string_detail_id": 2**40, "dimension_value": None}
    updates = [
        item(naming, twins["other"], "Brand", "PUMA"), unknown, item(naming, twins["second"], "Brand", "NIKE"),
    ]  # fmt: skip
    answer = answered(batch(naming, *updates, dry_run=True))
    assert (answer["job_id"], answer["dry_run"], answer["successful_updates"]) == (None, True, [])
    assert [(row["index"], row["code"]) for row in answer["failed_updates"]] == [
        (1, "not_found"), (2, "duplicate_value"),
    ]  # fmt: skip
    assert answer["total_affected"] == 1
    assert shown_names(answer["impact_analysis"]) == {twins["other"]["id"]: "PUMA-US"}
    assert stored_names(naming) == before
    assert answered(naming.person.get("jobs"))["results"] == []


def test_another_workspace_in_the_body(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    update = item(naming, account, "Brand", "PUMA")
    own = answered(naming.person.get("settings/workspace"))["workspace"]
    for path, key in (("batch_update", "updates"), ("analyze_impact", "string_detail_updates")):
        call = naming.person.put if path == "batch_update" else naming.person.post
        body = {key: [update], "workspace": str(uuid.uuid4())}
        refused = answered(call(f"string-details/{path}", body), 403)
        assert refused["code"] == "workspace_mismatch"
        assert call(f"string-details/{path}", body | {"workspace": own}).status_code == 200
