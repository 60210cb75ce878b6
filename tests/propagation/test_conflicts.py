"""Conflicts between editors, through HTTP."""

from typing import Any

import pytest

from shared.app import ServiceApp
from tests.fixtures.people import Person, codes
from tests.fixtures.services import MakePerson
from tests.fixtures.statements import counting
from tests.propagation.batching import wanted
from tests.propagation.changing import change, held, job, stored_names, values_of
from tests.propagation.naming import Naming, answered

Body = dict[str, Any]


def conflicts(naming: Naming, *updates: Body, person: Person | None = None) -> list[Body]:
    found: list[Body] = answered((person or naming.person).post("strings/conflicts", {"updates": list(updates)}))[
        "conflicts"
    ]
    return found


def kinds(found: list[Body]) -> list[tuple[int, str]]:
    return [(row["string_id"], row["type"]) for row in found]


def resolve(naming: Naming, *decided: Body, status: int = 200, **more: Any) -> Body:
    found: Body = answered(naming.person.post("strings/conflicts/resolve", {"conflicts": list(decided)} | more), status)
    return found


def outcomes(answer: Body) -> list[str]:
    return [row["resolution"] for row in answer["resolutions"]]


def test_nothing_asked_none_found(naming: Naming) -> None:
    account = naming.tree(0)["account"]
    assert conflicts(naming) == []
    assert conflicts(naming, wanted(account, {"Brand": "PUMA"}, version=1)) == []


def test_somebody_was_faster(naming: Naming) -> None:
    account = naming.tree(0)["account"]
    answered(change(naming, account, "Region", "US"))
    (found,) = conflicts(naming, wanted(account, {"Brand": "PUMA"}, version=1))
    assert (found["string_id"], found["type"], found["index"]) == (account["id"], "concurrent_edit", 0)
    assert (found["expected_version"], found["actual_version"]) == (1, 2)
    assert "version 2" in found["message"]


def test_inherited_values_that_would_become_own(naming: Naming) -> None:
    tree = naming.tree(1, 1)
    campaign = tree["campaigns"][0]
    (found,) = conflicts(naming, wanted(campaign, {"Brand": "PUMA", "Season": "FW26"}))
    assert (found["string_id"], found["type"]) == (campaign["id"], "inheritance")
    assert "NIKE" in found["message"]
    assert conflicts(naming, wanted(tree["account"], {"Brand": "PUMA"}), wanted(campaign, {"Brand": "PUMA"})) == []


def test_all_the_other_types(naming: Naming) -> None:
    tree = naming.tree(2, 1)
    first, second = tree["campaigns"]
    ad = tree["ads"][1]
    found = conflicts(
        naming,
        wanted(tree["account"], parent=ad["id"]),
        wanted(first, {"Note": "c1"}),
        wanted(ad, {"Season": "SS99"}),
        {"string_id": 10**12, "values": {"Brand": "PUMA"}, "version": 3},
        wanted(second, {"Season": None}),
    )
    assert kinds(found) == [
        (tree["account"]["id"], "circular_inheritance"),
        (first["id"], "duplicate_value"),
        (ad["id"], "validation"),
        (10**12, "validation"),
        (second["id"], "validation"),
    ]
    assert found[1]["conflicting_string_id"] == second["id"]


def test_finding_writes_nothing_and_costs_a_constant(naming: Naming, app: ServiceApp) -> None:
    tree = naming.tree(6, 1)
    before = stored_names(naming)

    def cost(count: int) -> int:
        updates = [wanted(row, {"Brand": "PUMA"}, version=2) for row in tree["campaigns"][:count]]
        with counting(app.runtime.db.engine) as sent:
            assert len(conflicts(naming, *updates)) == 2 * count
        return len(sent)

    cost(1)  # what is read once for each process
    assert cost(1) == cost(6)
    assert stored_names(naming) == before


def test_ways_out(naming: Naming) -> None:
    types = ["concurrent_edit", "inheritance", "validation", "duplicate_value", "circular_inheritance"]
    asked = [{"string_id": number, "type": kind} for number, kind in enumerate(types, start=1)]
    found = answered(naming.person.post("strings/conflicts/suggest", {"conflicts": asked}))["suggestions"]
    assert kinds(found) == [(row["string_id"], row["type"]) for row in asked]
    ways = [[(way["strategy"], way["risk"]) for way in row["strategies"]] for row in found]
    assert ways[0] == [("take_mine", "high"), ("take_theirs", "low"), ("merge", "medium")]
    assert ways[1] == [("skip", "low"), ("take_mine", "medium")]
    assert ways[2:] == [[("skip", "low")]] * 3
    assert answered(naming.person.post("strings/conflicts/suggest", {"conflicts": []}))["suggestions"] == []


def test_what_was_found_can_be_sent_on(naming: Naming) -> None:
    account = naming.tree(0)["account"]
    answered(change(naming, account, "Region", "US"))
    found = conflicts(naming, wanted(account, {"Brand": "PUMA"}, version=1))
    assert len(answered(naming.person.post("strings/conflicts/suggest", {"conflicts": found}))["suggestions"]) == 1
    assert outcomes(resolve(naming, *found)) == ["skipped"]


def test_resolutions_without_applying(naming: Naming) -> None:
    account = naming.tree(0)["account"]
    one = {"string_id": account["id"], "type": "concurrent_edit"}
    answer = resolve(
        naming,
        one,
        one | {"strategy": "take_mine", "mine": {"Brand": "PUMA"}},
        one | {"strategy": "take_theirs"},
        one | {"strategy": "merge", "merged_values": {"Brand": "VANS"}},
        one | {"strategy": "merge"},
        {"string_id": account["id"], "type": "validation"},
        strategies={"concurrent_edit": "take_theirs"},
    )
    assert outcomes(answer) == ["take_theirs", "take_mine", "take_theirs", "merge", "failed", "skipped"]
    assert [row["strategy"] for row in answer["resolutions"]] == [
        "take_theirs",
        "take_mine",
        "take_theirs",
        "merge",
        "merge",
        "skip",
    ]
    assert (answer["applied"], answer["job_id"]) == (False, None)
    assert values_of(naming, [account]) == ["NIKE-EU"]


def test_mine_and_merged_values_are_applied_on_the_present_version(naming: Naming) -> None:
    tree = naming.tree(1, 1)
    campaign = tree["campaigns"][0]
    answered(change(naming, tree["account"], "Region", "US"))
    answered(change(naming, campaign, "Note", "theirs"))
    answer = resolve(
        naming,
        {"string_id": tree["account"]["id"], "type": "concurrent_edit", "mine": {"Brand": "PUMA"}},
        {
            "string_id": campaign["id"],
            "type": "concurrent_edit",
            "strategy": "merge",
            "merged_values": {"Season": "FW26", "Note": "both"},
        },
        {"string_id": tree["ads"][0]["id"], "type": "validation", "mine": {"Note": "x"}},
        strategies={"concurrent_edit": "take_mine"},
        apply=True,
    )
    assert outcomes(answer) == ["take_mine", "merge", "skipped"]
    assert (answer["applied"], answer["total_affected"]) == (True, 3)
    assert values_of(naming, [tree["account"], campaign, tree["ads"][0]]) == [
        "PUMA-US",
        "PUMA_FW26|[both]",
        "PUMA-FW26-a0",
    ]
    assert held(naming, campaign, "Brand")["is_inherited"] is True
    assert job(naming, answer["job_id"])["trigger_type"] == "batch_update"


def test_what_cannot_be_applied_fails_alone(naming: Naming) -> None:
    tree = naming.tree(2, 0)
    first, second = tree["campaigns"]
    mine = {"type": "concurrent_edit", "strategy": "take_mine"}
    answer = resolve(
        naming,
        mine | {"string_id": first["id"], "mine": {"Note": "new"}},
        mine | {"string_id": second["id"], "mine": {"Season": "SS99"}},
        mine | {"string_id": tree["account"]["id"]},
        apply=True,
        status=207,
    )
    assert outcomes(answer) == ["take_mine", "failed", "failed"]
    assert answer["resolutions"][1]["message"]
    nothing = resolve(naming, mine | {"string_id": second["id"], "mine": {"Note": "new"}}, apply=True, status=409)
    assert (outcomes(nothing), nothing["applied"], nothing["code"]) == (["failed"], False, "nothing_applied")


def test_applying_nothing_makes_no_run(naming: Naming) -> None:
    account = naming.tree(0)["account"]
    answer = resolve(naming, {"string_id": account["id"], "type": "validation"}, apply=True)
    assert (outcomes(answer), answer["applied"], answer["job_id"]) == (["skipped"], False, None)
    assert answered(naming.person.get("jobs"))["results"] == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("conflicts", {}),
        ("conflicts", {"updates": [{"string_id": 1}]}),
        ("conflicts", {"updates": [{"string_id": 1, "values": {"Brand": "x"}, "version": "1"}]}),
        ("conflicts/suggest", {"conflicts": [{"string_id": 1}]}),
        ("conflicts/suggest", {"conflicts": [{"string_id": 1, "type": "war"}]}),
        ("conflicts/resolve", {"conflicts": [{"string_id": 1, "type": "validation", "strategy": "fight"}]}),
        ("conflicts/resolve", {"conflicts": [], "strategies": {"validation": "fight"}}),
        ("conflicts/resolve", {"conflicts": [], "strategies": {"war": "skip"}}),
        ("conflicts/resolve", {"conflicts": [], "apply": "perhaps"}),
        ("conflicts/resolve", {"conflicts": [{"string_id": 1, "type": "validation", "mine": {"Brand": 5}}]}),
    ],
)
def test_what_cannot_be_asked(naming: Naming, path: str, body: Body) -> None:
    problem = answered(naming.person.post(f"strings/{path}", body), 422)
    assert [fault["pointer"] for fault in problem["errors"]]


def test_the_same_string_twice(naming: Naming) -> None:
    account = naming.tree(0)["account"]
    twice = [wanted(account, {"Brand": "PUMA"}), wanted(account, {"Region": "US"})]
    response = naming.person.post("strings/conflicts", {"updates": twice})
    assert (response.status_code, codes(response)) == (422, ["duplicate_item", "duplicate_item"])


def test_who_may(naming: Naming, person: MakePerson) -> None:
    account = naming.tree(0)["account"]
    viewer = person(sub="vera", roles=["viewer"])
    assert conflicts(naming, person=viewer) == []
    body: Body = {"conflicts": [{"string_id": account["id"], "type": "validation"}]}
    answered(viewer.post("strings/conflicts/resolve", body))
    assert (
        answered(viewer.post("strings/conflicts/resolve", body | {"apply": True}), 403)["permission"] == "string.edit"
    )
