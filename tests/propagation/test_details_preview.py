"""analyze_impact: everything that a run over the same data would store, and what stands in its way."""

from itertools import pairwise
from typing import Any

import pytest

from tests.fixtures.services import MakePerson
from tests.propagation.changing import (
    analyze,
    batch,
    change,
    everything,
    item,
    set_workspace,
    shown_names,
    stored,
    stored_names,
)  # fmt: skip
from tests.propagation.naming import Naming, answered


def test_what_is_shown_of_a_string(naming: Naming) -> None:
    tree = naming.tree()
    account, (first, second), ads = tree["account"], tree["campaigns"], tree["ads"]
    impact = answered(analyze(naming, item(naming, account, "Brand", "PUMA"), item(naming, first, "Note", None)))
    rows = {row["string_id"]: row for row in impact["affected_strings"]}
    assert len(rows) == len(impact["affected_strings"]) == 7
    top = rows[account["id"]]
    assert (top["string_value"], top["new_value"], top["value_changed"]) == ("NIKE-EU", "PUMA-EU", True)
    assert (top["field_level"], top["level"], top["parent_id"], top["path"]) == (1, 0, None, [account["id"]])
    assert (top["change_type"], top["changed_fields"]) == ("direct", ["dimension_value"])
    assert top["children"] == [first["id"], second["id"]]
    (move,) = top["changes"]
    assert (move["dimension"], move["dimension_name"]) == (naming.dimensions["Brand"], "Brand")
    assert (move["field"], move["old_display"], move["new_display"]) == ("dimension_value", "NIKE", "PUMA")
    assert (move["old"], move["new"]) == (naming.values["NIKE"], naming.values["PUMA"])
    both = rows[first["id"]]
    assert (both["level"], both["change_type"], both["new_value"]) == (0, "direct", "PUMA_SS26")
    assert both["changed_fields"] == ["dimension_value", "dimension_value_freetext"]
    lowest = rows[ads[3]["id"]]
    assert (lowest["level"], lowest["change_type"], lowest["children"]) == (2, "inherited", [])
    assert lowest["path"] == [account["id"], second["id"], ads[3]["id"]]
    assert lowest["parent_id"] == second["id"]
    summary = impact["summary"]
    assert (summary["total_affected"], summary["by_level"]) == (7, {"0": 2, "1": 1, "2": 4})
    assert (summary["failed"], summary["skipped"], summary["truncated"]) == (0, 0, False)
    assert (summary["max_depth"], summary["requested_max_depth"]) == (3, 10)
    assert (summary["processing_method"], summary["requires_background"]) == ("synchronous", False)
    assert (impact["warnings"], impact["conflicts"], impact["affected_strings_truncated"]) == ([], [], False)


def test_direct_strings_come_first_in_the_order_of_the_updates(naming: Naming) -> None:
    tree = naming.tree()
    first, second = tree["campaigns"]
    updates = [
        item(naming, second, "Season", "FW26"),
        item(naming, tree["account"], "Region", "US"),
        item(naming, first, "Season", "FW26"),
    ]
    rows = answered(analyze(naming, *updates))["affected_strings"]
    assert [row["string_id"] for row in rows[:3]] == [second["id"], tree["account"]["id"], first["id"]]
    inherited = [(row["level"], row["string_id"]) for row in rows[3:]]
    assert inherited == sorted(inherited)


def test_it_is_what_a_run_stores(naming: Naming) -> None:
    tree = naming.tree(campaigns=3, ads=2)
    updates = [
        item(naming, tree["account"], "Brand", "PUMA"),
        item(naming, tree["campaigns"][1], "Brand", "VANS"),
        item(naming, tree["campaigns"][2], "Note", "c0"),
        item(naming, tree["ads"][0], "Note", "a1"),
        item(naming, tree["ads"][1], "Note", "a0"),
    ]
    before = stored_names(naming)
    impact = answered(analyze(naming, *updates))
    assert [row["string_id"] for row in impact["conflicts"]] == [tree["campaigns"][2]["id"]]
    answer = answered(batch(naming, *updates), 207)
    assert stored_names(naming) == before | shown_names(impact)
    assert answer["total_affected"] == impact["summary"]["total_affected"]
    written = everything(naming.person, f"jobs/{answer['job_id']}/changes?outcome=applied")
    shown = [
        (row["string_id"], row["level"], row["change_type"], row["new_value"]) for row in impact["affected_strings"]
    ]
    assert {(row["string"], row["level"], row["change_type"], row["value"]) for row in written} == set(shown)


DEPTHS = [(1, 1, {"0": 1}), (2, 3, {"0": 1, "1": 2}), (3, 7, None), (50, 7, None)]


@pytest.mark.parametrize(("depth", "affected", "levels"), DEPTHS)
def test_depth(naming: Naming, depth: int, affected: int, levels: dict[str, int] | None) -> None:
    tree = naming.tree()
    update = item(naming, tree["account"], "Brand", "PUMA")
    summary = answered(analyze(naming, update, max_depth=depth))["summary"]
    assert (summary["total_affected"], summary["requested_max_depth"]) == (affected, depth)
    assert summary["truncated"] is (affected < 7)
    assert summary["max_depth"] == min(depth, 3)
    assert summary["by_level"] == (levels or {"0": 1, "1": 2, "2": 4})
    answer = answered(batch(naming, update, max_depth=depth))
    assert (answer["total_affected"], answer["truncated"]) == (affected, affected < 7)


def test_a_string_passed_through_is_a_level_like_any_other(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    campaign = naming.make("campaign", {"Brand": "NIKE", "Season": "SS26"}, account["id"])
    ad = naming.make("ad", {"Brand": "NIKE", "Region": "EU"}, campaign["id"])
    update = item(naming, account, "Region", "US")
    below = answered(analyze(naming, update, max_depth=2))
    assert (list(shown_names(below)), below["summary"]["truncated"]) == ([account["id"]], True)
    whole = answered(analyze(naming, update, max_depth=3))
    assert list(shown_names(whole)) == [account["id"], ad["id"]]
    assert whole["affected_strings"][1]["level"] == 2
    assert whole["affected_strings"][1]["value_changed"] is False


def test_many_children(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    counts = {5: None, 51: "medium", 100: "high"}
    campaigns = {
        count: naming.make("campaign", {"Brand": "NIKE", "Season": "SS26", "Note": str(count)}, account["id"])
        for count in counts
    }
    for count, campaign in campaigns.items():
        for number in range(count):
            naming.make("ad", {"Brand": "NIKE", "Note": str(number)}, campaign["id"])
    impact = answered(analyze(naming, item(naming, account, "Brand", "PUMA")))
    assert [(row["type"], row["string_id"], row["severity"]) for row in impact["warnings"]] == [
        ("many_children", campaigns[count]["id"], severity) for count, severity in counts.items() if severity
    ]
    assert impact["summary"]["total_affected"] == 160
    assert impact["summary"]["requires_background"] is True


def test_an_unknown_detail_is_a_warning(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    unknown = {"string_detail_id": 2**40, "dimension_value": None}
    impact = answered(analyze(naming, unknown, item(naming, account, "Brand", "PUMA")))
    (warning,) = impact["warnings"]
    assert (warning["type"], warning["severity"], warning["index"]) == ("not_found", "high", 0)
    assert shown_names(impact) == {account["id"]: "PUMA-EU"}
    nothing = answered(analyze(naming, unknown))
    assert (nothing["affected_strings"], nothing["summary"]["total_affected"]) == ([], 0)
    assert nothing["summary"]["max_depth"] == 0


def test_what_would_fail_below(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    first, second = (
        naming.make("campaign", {"Brand": brand, "Season": "SS26"}, account["id"]) for brand in ("NIKE", "PUMA")
    )
    naming.make("ad", {"Brand": "NIKE"}, first["id"])
    impact = answered(analyze(naming, item(naming, account, "Brand", "PUMA")))
    (conflict,) = impact["conflicts"]
    assert (conflict["string_id"], conflict["conflicting_string_id"]) == (first["id"], second["id"])
    assert shown_names(impact) == {account["id"]: "PUMA-EU"}
    assert (impact["summary"]["failed"], impact["summary"]["skipped"]) == (1, 1)


def test_nothing_is_written(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    before = stored(naming)
    answered(analyze(naming, item(naming, tree["account"], "Brand", "PUMA"), max_depth=1))
    assert stored(naming) == before
    assert answered(naming.person.get("jobs"))["results"] == []


def test_the_estimate(naming: Naming) -> None:
    tree = naming.tree()
    update = item(naming, tree["account"], "Brand", "PUMA")
    summary = answered(analyze(naming, update))["summary"]
    assert summary["estimate_basis"] == "default"
    assert summary["estimated_seconds"] == pytest.approx(7 * 0.1 * 1.3)
    assert summary["estimated_duration"] == "0.9s"
    for brand in ("PUMA", "VANS", "NIKE"):
        answered(change(naming, tree["account"], "Brand", brand))
    assert answered(analyze(naming, update))["summary"]["estimate_basis"] == "measured"


def test_propagate_false(naming: Naming) -> None:
    tree = naming.tree()
    impact = answered(analyze(naming, item(naming, tree["account"], "Brand", "PUMA"), propagate=False))
    assert (list(shown_names(impact)), impact["summary"]["truncated"]) == ([tree["account"]["id"]], False)


def test_a_viewer_may_look(naming: Naming, person: MakePerson) -> None:
    tree = naming.tree(campaigns=1, ads=0)
    vic = person(sub="vic", roles=["viewer"])
    assert answered(analyze(naming, item(naming, tree["account"], "Brand", "PUMA"), person=vic))["confirm_token"]


def test_waves_make_no_difference(naming: Naming) -> None:
    """A preview of more strings than one wave holds is still complete, each string once."""
    tree: dict[str, Any] = naming.tree(campaigns=8, ads=4)
    set_workspace(naming, background_processing_threshold=1)
    impact = answered(analyze(naming, item(naming, tree["account"], "Brand", "PUMA")))
    ids = [row["string_id"] for row in impact["affected_strings"]]
    assert (len(ids), len(set(ids)), impact["summary"]["total_affected"]) == (41, 41, 41)
    assert all(first <= second for first, second in pairwise(row["level"] for row in impact["affected_strings"]))
