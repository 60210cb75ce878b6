"""What the settings do to a run, and what is marked as behind when a change does not reach everyone."""

import uuid
from typing import Any

import pytest

from tests.fixtures.services import MakePerson
from tests.propagation.changing import (
    Body,
    analyze,
    batch,
    change,
    held,
    item,
    job,
    set_own,
    set_workspace,
    stored_names,
    values_of,
)  # fmt: skip
from tests.propagation.naming import Naming, answered


def marks(naming: Naming, *strings: Body) -> list[tuple[str | None, list[int]]]:
    """Reason and sources of each string."""
    shown = [naming.string(string["id"]) for string in strings]
    assert all(row["stale"] == (row["stale_reason"] is not None) for row in shown)
    assert all((row["stale_since"] is None) != row["stale"] for row in shown)
    return [(row["stale_reason"], row["stale_sources"]) for row in shown]


PENDING = "pending_propagation"

HOW: list[tuple[str, Body, Body, Body]] = [
    ("propagate false", {}, {}, {"propagate": False}),
    ("mode of the request", {}, {}, {"mode": "manual"}),
    ("mode of the user", {}, {"propagation_mode": "manual"}, {}),
    ("mode of the workspace", {"propagation_mode": "manual"}, {}, {}),
    ("propagate does not overrule manual", {"propagation_mode": "manual"}, {}, {"propagate": True}),
    ("inheritance is off", {"enable_inheritance_propagation": False}, {}, {"propagate": True}),
    ("propagation is off by the user", {}, {"default_propagation_enabled": False}, {}),
    ("propagation is off by the workspace", {"default_propagation_enabled": False}, {}, {}),
    ("depth of the request", {"max_inheritance_depth": 9}, {"default_propagation_depth": 9}, {"propagation_depth": 1}),
    ("depth of the user", {"max_inheritance_depth": 9}, {"default_propagation_depth": 1}, {}),
    ("depth of the workspace", {"max_inheritance_depth": 1}, {}, {}),
]


@pytest.mark.parametrize(
    ("workspace", "user", "request_options"), [case[1:] for case in HOW], ids=[case[0] for case in HOW]
)
def test_a_change_that_stays_where_it_was_made(
    naming: Naming, workspace: Body, user: Body, request_options: Body
) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    below = [*tree["campaigns"], *tree["ads"]]
    set_workspace(naming, **workspace)
    set_own(naming, **user)
    summary = answered(change(naming, tree["account"], "Brand", "PUMA", **request_options))["propagation_summary"]
    assert (summary["total_affected"], summary["stale_marked"]) == (1, 2)
    limited = "depth" in "".join([*workspace, *user, *request_options])
    assert (summary["status"], summary["truncated"]) == (("completed", True) if limited else ("direct_only", False))
    assert values_of(naming, [tree["account"], *below]) == ["PUMA-EU", *(row["value"] for row in below)]
    assert marks(naming, tree["account"], *below) == [(None, []), *[(PENDING, [tree["account"]["id"]])] * 2]
    assert held(naming, tree["account"], "Brand")["pending_since"] is not None
    assert job(naming, summary["job_id"])["processed_strings"] == 1
    listed = answered(naming.person.get("strings?stale=true"))["results"]
    assert {row["id"] for row in listed} == {row["id"] for row in below}


OVERRULED: list[tuple[str, Body, Body, Body]] = [
    ("mode", {"propagation_mode": "manual"}, {"propagation_mode": "manual"}, {"mode": "automatic"}),
    ("mode of the user", {"propagation_mode": "manual"}, {"propagation_mode": "automatic"}, {}),
    ("propagate", {"default_propagation_enabled": False}, {"default_propagation_enabled": False}, {"propagate": True}),
    ("depth", {"max_inheritance_depth": 1}, {"default_propagation_depth": 1}, {"propagation_depth": 3}),
    ("depth of the user", {"max_inheritance_depth": 1}, {"default_propagation_depth": 50}, {}),
]


@pytest.mark.parametrize(
    ("workspace", "user", "request_options"), [row[1:] for row in OVERRULED], ids=[row[0] for row in OVERRULED]
)
def test_the_nearer_layer_overrules(naming: Naming, workspace: Body, user: Body, request_options: Body) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    set_workspace(naming, **workspace)
    set_own(naming, **user)
    summary = answered(change(naming, tree["account"], "Brand", "PUMA", **request_options))["propagation_summary"]
    assert (summary["status"], summary["total_affected"], summary["stale_marked"]) == ("completed", 3, 0)
    assert marks(naming, *tree["ads"]) == [(None, [])]


def test_the_run_keeps_what_counted_and_why(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    set_workspace(naming, max_inheritance_depth=7, error_handling="stop")
    set_own(naming, error_handling="rollback")
    run = job(
        naming, answered(change(naming, account, "Brand", "PUMA", mode="automatic"))["propagation_summary"]["job_id"]
    )
    options = run["metadata"]["options"]
    assert options["propagation_mode"] == {"value": "automatic", "layer": "request"}
    assert options["error_handling"] == {"value": "rollback", "layer": "user"}
    assert options["max_inheritance_depth"] == {"value": 7, "layer": "workspace"}
    assert options["strict_auto_regeneration"] == {"value": False, "layer": "service"}
    assert (run["max_depth"], run["error_handling"]) == (7, "rollback")


def test_a_persons_settings_are_their_own(naming: Naming, person: MakePerson) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    set_own(naming, propagation_mode="manual")
    bob = person(sub="bob")
    summary = answered(change(naming, tree["account"], "Brand", "PUMA", person=bob))["propagation_summary"]
    assert (summary["mode"], summary["total_affected"]) == ("automatic", 3)


def test_a_mark_goes_when_the_string_is_up_to_date(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    answered(change(naming, tree["account"], "Brand", "PUMA", propagate=False))
    answered(change(naming, tree["account"], "Brand", "VANS"))
    assert marks(naming, tree["account"], *tree["campaigns"], *tree["ads"]) == [(None, [])] * 3
    assert held(naming, tree["account"], "Brand")["pending_since"] is None
    assert values_of(naming, tree["ads"]) == ["VANS-SS26-a0"]


def test_a_mark_goes_when_the_value_comes_back(naming: Naming) -> None:
    """Back to what everybody below still holds: nothing below changes, and nothing below is behind any more."""
    tree = naming.tree(campaigns=1, ads=1)
    answered(change(naming, tree["account"], "Brand", "PUMA", propagate=False))
    answered(change(naming, tree["account"], "Brand", "NIKE"))
    assert held(naming, tree["account"], "Brand")["pending_since"] is None
    assert marks(naming, *tree["campaigns"], *tree["ads"]) == [(None, [])] * 2


def test_a_mark_stays_while_another_choice_is_pending(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    campaign = tree["campaigns"][0]
    answered(change(naming, tree["account"], "Brand", "PUMA", propagate=False))
    answered(change(naming, campaign, "Season", "FW26"))
    assert values_of(naming, [campaign, *tree["ads"]]) == ["NIKE_FW26|[c0]", "NIKE-FW26-a0"]
    assert marks(naming, campaign, *tree["ads"]) == [(PENDING, [tree["account"]["id"]])] * 2


def test_what_would_not_have_changed_is_not_behind(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    set_workspace(naming, propagation_mode="manual")
    rules = {"dimension_value": "inherit_never"}
    summary = answered(change(naming, tree["account"], "Brand", "PUMA", field_propagation_rules=rules))
    assert summary["propagation_summary"]["stale_marked"] == 0
    assert marks(naming, *tree["campaigns"], *tree["ads"]) == [(None, [])] * 2
    assert held(naming, tree["account"], "Brand")["pending_since"] is None


class TestKillSwitch:
    """AUTO_REGENERATE_STRINGS off: choices are stored, names stay as they are."""

    @pytest.fixture
    def tree(self, naming: Naming) -> Any:
        tree = naming.tree(campaigns=1, ads=1)
        set_workspace(naming, auto_regenerate_strings=False)
        return tree

    def test_a_choice_is_stored_and_everybody_is_behind(self, naming: Naming, tree: Any) -> None:
        answer = answered(change(naming, tree["account"], "Brand", "PUMA"))
        assert answer["effective_value"] == "PUMA"
        summary = answer["propagation_summary"]
        assert (summary["status"], summary["job_id"]) == ("disabled", None)
        assert (summary["total_affected"], summary["stale_marked"]) == (0, 3)
        assert values_of(naming, [tree["account"], *tree["ads"]]) == ["NIKE-EU", "NIKE-SS26-a0"]
        everyone = (tree["account"], *tree["campaigns"], *tree["ads"])
        assert marks(naming, *everyone) == [("regeneration_disabled", [tree["account"]["id"]])] * 3
        assert answered(naming.person.get("jobs"))["results"] == []

    def test_a_preview_says_so(self, naming: Naming, tree: Any) -> None:
        impact = answered(analyze(naming, item(naming, tree["account"], "Brand", "PUMA")))
        assert (impact["affected_strings"], impact["summary"]["total_affected"]) == ([], 0)
        assert [row["type"] for row in impact["warnings"]] == ["regeneration_disabled"]

    def test_what_a_rule_requires_still_cannot_be_emptied(self, naming: Naming, tree: Any) -> None:
        problem = answered(change(naming, tree["account"], "Brand", None), 422)
        assert problem["code"] == "required_dimension_missing"
        assert held(naming, tree["account"], "Brand")["effective_value"] == "NIKE"

    def test_the_next_change_after_it_makes_the_name_again(self, naming: Naming, tree: Any) -> None:
        answered(change(naming, tree["account"], "Brand", "PUMA"))
        set_workspace(naming, auto_regenerate_strings=True)
        answered(change(naming, tree["account"], "Region", "US"))
        assert values_of(naming, [tree["account"]]) == ["PUMA-US"]

    def test_a_batch_stores_too(self, naming: Naming, tree: Any) -> None:
        answer = answered(batch(naming, item(naming, tree["account"], "Brand", "PUMA")))
        assert answer["total_affected"] == 0
        assert held(naming, tree["account"], "Brand")["effective_value"] == "PUMA"
        assert stored_names(naming)[tree["account"]["id"]] == "NIKE-EU"


def test_auto_preview_joins_the_answer(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    assert "impact_analysis" not in answered(change(naming, tree["account"], "Brand", "PUMA"))
    set_own(naming, auto_preview_enabled=True)
    impact = answered(change(naming, tree["account"], "Brand", "VANS"))["impact_analysis"]
    assert {row["string_id"]: row["new_value"] for row in impact["affected_strings"]} == stored_names(naming)


class TestPrompt:
    """Mode prompt: what reaches further strings is shown first and needs the token of the preview."""

    @pytest.fixture
    def tree(self, naming: Naming) -> Any:
        tree = naming.tree(campaigns=1, ads=1)
        set_workspace(naming, propagation_mode="prompt")
        return tree

    def test_a_call_that_reaches_further_asks_first(self, naming: Naming, tree: Any) -> None:
        before = stored_names(naming)
        asked = answered(change(naming, tree["account"], "Brand", "PUMA"), 409)
        assert (asked["code"], asked["impact_analysis"]["summary"]["total_affected"]) == ("confirmation_required", 3)
        assert asked["expires_at"]
        assert stored_names(naming) == before
        answer = answered(change(naming, tree["account"], "Brand", "PUMA", confirm_token=asked["confirm_token"]))
        assert answer["propagation_summary"]["total_affected"] == 3

    def test_a_call_that_changes_what_it_names_does_not(self, naming: Naming, tree: Any) -> None:
        assert change(naming, tree["ads"][0], "Brand", "PUMA").status_code == 200
        updates = [item(naming, row, "Note", "new") for row in (tree["campaigns"][0], tree["ads"][0])]
        assert batch(naming, *updates).status_code == 200

    def test_the_token_of_an_analysis_serves_the_call(self, naming: Naming, tree: Any) -> None:
        update = item(naming, tree["account"], "Brand", "PUMA")
        token = answered(analyze(naming, update))["confirm_token"]
        assert answered(batch(naming, update, confirm_token=token))["total_affected"] == 3

    def test_a_token_for_something_else(self, naming: Naming, tree: Any) -> None:
        token = answered(analyze(naming, item(naming, tree["account"], "Brand", "PUMA")))["confirm_token"]
        for refused in (
            change(naming, tree["account"], "Brand", "VANS", confirm_token=token),
            change(naming, tree["account"], "Brand", "PUMA", confirm_token=token, propagation_depth=2),
            change(naming, tree["account"], "Brand", "PUMA", confirm_token=token, propagate=False),
            change(naming, tree["account"], "Brand", "PUMA", confirm_token=token, error_handling="rollback"),
            change(naming, tree["account"], "Brand", "PUMA", confirm_token=token, own=True),
            change(naming, tree["account"], "Brand", "PUMA", confirm_token="x" + token),
        ):
            assert answered(refused, 422)["code"] == "confirmation_mismatch"
        assert answered(change(naming, tree["account"], "Brand", "PUMA", confirm_token=token, mode="automatic"))

    def test_a_token_is_bound_to_the_workspace(self, naming: Naming, tree: Any, person: MakePerson) -> None:
        stranger = Naming.build(person(tenant_id=uuid.uuid4()))
        token = answered(analyze(stranger, item(naming, tree["account"], "Brand", "PUMA")))["confirm_token"]
        refused = change(naming, tree["account"], "Brand", "PUMA", confirm_token=token)
        assert answered(refused, 422)["code"] == "confirmation_mismatch"

    def test_what_was_seen_has_changed(self, naming: Naming, tree: Any) -> None:
        token = answered(analyze(naming, item(naming, tree["account"], "Brand", "PUMA")))["confirm_token"]
        answered(change(naming, tree["ads"][0], "Note", "new"))
        stale = answered(change(naming, tree["account"], "Brand", "PUMA", confirm_token=token), 409)
        assert stale["code"] == "confirmation_stale"
        again = change(naming, tree["account"], "Brand", "PUMA", confirm_token=stale["confirm_token"])
        assert answered(again)["propagation_summary"]["total_affected"] == 3

    def test_a_name_that_was_shown_has_changed(self, naming: Naming, tree: Any) -> None:
        ad = tree["ads"][0]
        token = answered(analyze(naming, item(naming, ad, "Brand", "PUMA")))["confirm_token"]
        value = f"dimension-values/{naming.values['PUMA']}"
        assert naming.person.patch(value, {"value": "PUMA2"}).status_code == 200
        assert answered(change(naming, ad, "Brand", "PUMA", confirm_token=token), 409)["code"] == "confirmation_stale"
