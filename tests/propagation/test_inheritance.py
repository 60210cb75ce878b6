"""How a choice flows down: each rule over each state of a string below, and which rule decides."""

from typing import Any

import pytest

from tests.propagation.changing import (
    Body,
    analyze,
    change,
    held,
    item,
    set_own,
    set_workspace,
    shown_names,
    stored_names,
)
from tests.propagation.naming import Naming, answered

ALWAYS, IF_EMPTY, UNLESS, NEVER = (
    "inherit_always", "inherit_if_empty", "inherit_unless_overridden", "inherit_never",
)  # fmt: skip


class Ladder:
    """An account, a campaign in a given state of its region, and an ad that inherits from whatever is above it.

    Region takes part in the account's name only; below it is a detail of its own, so that any state is possible.
    """

    def __init__(self, naming: Naming, state: str) -> None:
        self.naming = naming
        self.account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
        values: dict[str, str | None] = {"Brand": "NIKE", "Season": "SS26"}
        if state != "lacking":
            values["Region"] = {"inherited": "EU", "own": "US"}.get(state)
        self.campaign = naming.make("campaign", values, self.account["id"])
        self.ad = naming.make(
            "ad", {"Brand": "NIKE", "Region": "EU" if state == "inherited" else None}, self.campaign["id"]
        )
        naming.add_value("Region", "APAC")

    def send(self, **options: Any) -> Body:
        summary: Body = answered(change(self.naming, self.account, "Region", "APAC", **options))["propagation_summary"]
        return summary

    def regions(self) -> list[str | None]:
        """Of the campaign and the ad."""
        found: list[str | None] = []
        for string in (self.campaign, self.ad):
            details = self.naming.string(string["id"])["details"]
            found += [row["effective_value"] for row in details if row["dimension_name"] == "Region"] or ["lacking"]
        return found


CASES = [
    (ALWAYS, "empty", ["APAC", "APAC"]),
    (ALWAYS, "inherited", ["APAC", "APAC"]),
    (ALWAYS, "own", ["APAC", "APAC"]),
    (ALWAYS, "lacking", ["lacking", "APAC"]),
    (IF_EMPTY, "empty", ["APAC", "APAC"]),
    (IF_EMPTY, "inherited", ["EU", "EU"]),
    (IF_EMPTY, "own", ["US", None]),
    (IF_EMPTY, "lacking", ["lacking", "APAC"]),
    (UNLESS, "empty", ["APAC", "APAC"]),
    (UNLESS, "inherited", ["APAC", "APAC"]),
    (UNLESS, "own", ["US", None]),
    (UNLESS, "lacking", ["lacking", "APAC"]),
    (NEVER, "empty", [None, None]),
    (NEVER, "inherited", ["EU", "EU"]),
    (NEVER, "own", ["US", None]),
    (NEVER, "lacking", ["lacking", None]),
]


@pytest.mark.parametrize(("rule", "state", "after"), CASES)
def test_each_rule_over_each_state(naming: Naming, rule: str, state: str, after: list[str | None]) -> None:
    ladder = Ladder(naming, state)
    before = ladder.regions()
    rules = {"dimension_value": rule}
    impact = answered(analyze(naming, item(naming, ladder.account, "Region", "APAC"), field_propagation_rules=rules))
    ladder.send(field_propagation_rules=rules)
    assert ladder.regions() == after
    changed = [
        string["id"] for string, was, now in zip((ladder.campaign, ladder.ad), before, after, strict=True) if was != now
    ]
    assert [row["string_id"] for row in impact["affected_strings"]] == [ladder.account["id"], *changed]
    for string in changed:
        detail = held(naming, {"id": string}, "Region")
        assert (detail["is_inherited"], detail["source_string"]) == (True, ladder.account["id"])


def test_a_string_that_has_the_value_already_is_not_listed(naming: Naming) -> None:
    """But the walk goes on below it, and from then on the value comes from above."""
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    campaign = naming.make("campaign", {"Brand": "PUMA", "Season": "SS26"}, account["id"])
    ad = naming.make("ad", {"Brand": "VANS"}, campaign["id"])
    update = item(naming, account, "Brand", "PUMA")
    assert shown_names(answered(analyze(naming, update))) == {account["id"]: "PUMA-EU", ad["id"]: "PUMA"}
    answered(change(naming, account, "Brand", "PUMA"))
    assert stored_names(naming)[ad["id"]] == "PUMA"
    assert naming.string(campaign["id"])["version"] == 1


@pytest.mark.parametrize(
    ("rules", "flows"),
    [
        ({"dimension_value:Region": NEVER, "dimension_value": ALWAYS, "default": ALWAYS}, False),
        ({"dimension_value:Region": ALWAYS, "dimension_value": NEVER, "default": NEVER}, True),
        ({"dimension_value:Brand": NEVER, "dimension_value": ALWAYS}, True),
        ({"dimension_value": NEVER, "default": ALWAYS}, False),
        ({"dimension_value_freetext": NEVER, "default": ALWAYS}, True),
        ({"default": NEVER}, False),
        ({"custom_fields": NEVER}, True),
        ({}, True),
    ],
)
def test_the_most_specific_key_decides(naming: Naming, rules: dict[str, str], flows: bool) -> None:
    ladder = Ladder(naming, "inherited")
    ladder.send(field_propagation_rules=rules)
    assert ladder.regions() == (["APAC", "APAC"] if flows else ["EU", "EU"])


def test_a_text_has_its_own_key(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    campaign, ad = tree["campaigns"][0], tree["ads"][0]
    answered(change(naming, campaign, "Note", "one", field_propagation_rules={"dimension_value": ALWAYS}))
    assert held(naming, ad, "Note")["effective_value"] == "a0"
    answered(change(naming, campaign, "Note", "two", field_propagation_rules={"dimension_value_freetext": ALWAYS}))
    assert held(naming, ad, "Note")["effective_value"] == "two"
    rules = {"dimension_value:Note": NEVER, "dimension_value_freetext": ALWAYS}
    answered(change(naming, campaign, "Note", "three", field_propagation_rules=rules))
    assert held(naming, ad, "Note")["effective_value"] == "two"


@pytest.mark.parametrize(
    ("request_map", "user", "workspace", "flows"),
    [
        (None, None, {"dimension_value": NEVER}, False),
        (None, {"dimension_value": ALWAYS}, {"dimension_value": NEVER}, True),
        ({"dimension_value": NEVER}, {"dimension_value": ALWAYS}, {"dimension_value": ALWAYS}, False),
        # The first map with any answer decides, its default included, also against a more specific key further away.
        (None, {"default": NEVER}, {"dimension_value:Region": ALWAYS}, False),
        ({"default": ALWAYS}, {"dimension_value:Region": NEVER}, {"dimension_value": NEVER}, True),
        # A map without an answer is passed.
        ({"dimension_value_freetext": NEVER}, {"custom_fields": NEVER}, {"default": NEVER}, False),
        ({}, {}, {}, True),
    ],
)
def test_the_nearest_map_with_an_answer_decides(
    naming: Naming,
    request_map: dict[str, str] | None,
    user: dict[str, str] | None,
    workspace: dict[str, str] | None,
    flows: bool,
) -> None:
    ladder = Ladder(naming, "inherited")
    if workspace is not None:
        set_workspace(naming, field_propagation_rules=workspace)
    if user is not None:
        set_own(naming, field_propagation_rules=user)
    ladder.send(**({} if request_map is None else {"field_propagation_rules": request_map}))
    assert ladder.regions() == (["APAC", "APAC"] if flows else ["EU", "EU"])


@pytest.mark.parametrize("rule", [ALWAYS, UNLESS])
def test_emptying_flows_like_any_value(naming: Naming, rule: str) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    campaign, ad = tree["campaigns"][0], tree["ads"][0]
    taking = {"dimension_value_freetext": ALWAYS}
    answered(change(naming, campaign, "Note", "same", field_propagation_rules=taking))
    assert held(naming, ad, "Note")["is_inherited"] is True
    answered(change(naming, campaign, "Note", None, field_propagation_rules={"dimension_value_freetext": rule}))
    assert held(naming, ad, "Note")["effective_value"] is None
    assert naming.string(ad["id"])["value"] == "NIKE-SS26"


def test_a_descendant_that_requires_what_is_emptied_fails_by_itself(naming: Naming) -> None:
    """Season is optional on an ad; the URL below requires it."""
    naming.fields["url"] = naming.add("fields", platform=naming.platform, name="url", field_level=4)
    answered(naming.person.patch(f"fields/{naming.fields['ad']}", {"next_field": naming.fields["url"]}))
    naming.set_rule("url", [("Season", {}), ("Note", {"is_required": False})])
    tree = naming.tree(campaigns=1, ads=1)
    ad = tree["ads"][0]
    url = naming.make("url", {"Season": "SS26"}, ad["id"])
    summary = answered(change(naming, ad, "Season", None))["propagation_summary"]
    assert (summary["status"], summary["total_affected"]) == ("partial_failure", 1)
    assert [(row["string_id"], row["code"]) for row in summary["errors"]] == [(url["id"], "required_dimension_missing")]
    assert stored_names(naming)[ad["id"]] == "NIKE-a0"
    assert stored_names(naming)[url["id"]] == "SS26"


def test_a_kept_value_keeps_its_lineage(naming: Naming) -> None:
    """What a rule keeps while its source moves on still says where it came from."""
    ladder = Ladder(naming, "inherited")
    ladder.send(field_propagation_rules={"dimension_value": IF_EMPTY})
    kept = held(naming, ladder.campaign, "Region")
    assert (kept["effective_value"], kept["is_inherited"]) == ("EU", True)
    assert kept["source_string"] == ladder.account["id"]


def test_strings_below_an_own_value_follow_it(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=2)
    campaign = tree["campaigns"][0]
    answered(change(naming, campaign, "Brand", "PUMA"))
    for ad in tree["ads"]:
        detail = held(naming, ad, "Brand")
        assert (detail["effective_value"], detail["source_string"]) == ("PUMA", campaign["id"])
    answered(change(naming, tree["account"], "Brand", "VANS"))
    for string in (campaign, *tree["ads"]):
        detail = held(naming, string, "Brand")
        assert (detail["effective_value"], detail["is_inherited"]) == ("VANS", True)
        assert detail["source_string"] == tree["account"]["id"]
