"""What a trait costs, and how points are reserved for it."""

from typing import Any

import pytest

from tests.fixtures.people import codes
from tests.fixtures.services import AtOnce
from tests.validation.ledger.world import Stage


def test_a_quote_stores_nothing(stage: Stage) -> None:
    lucita = stage.character(granted=20, strength=2)
    answer = stage.bob.get(f"characters/{lucita}/quote?trait=strength")
    assert answer.get_json() == {
        "trait": "strength",
        "trait_name": "Strength",
        "trait_type": "attribute",
        "current": 2,
        "new_value": 3,
        "cost": 8,
        "xp": 20,
        "xp_after": 12,
        "affordable": True,
    }
    assert stage.kinds(lucita) == ["grant"]
    assert stage.bob.get(f"characters/{lucita}/quote?trait=wits&trait_value=2").get_json()["cost"] == 4
    stage.set(lucita, wits=5, willpower=9)
    assert stage.bob.get(f"characters/{lucita}/quote?trait=willpower").get_json()["cost"] == 9
    for query, code in (
        ("trait=xp", "unknown_trait"),
        ("trait=temporary_willpower", "unknown_trait"),
        ("trait=strength&trait_value=5", "invalid_target"),
        ("trait=wits", "trait_at_cap"),
        ("trait=strength&trait_value=x", "invalid"),
        ("", "required"),
        ("trait=strength&colour=red", "unknown_field"),
    ):
        refused = stage.bob.get(f"characters/{lucita}/quote?{query}")
        assert (refused.status_code, refused.get_json()["code"]) == (422, code), query
    assert stage.stranger.get(f"characters/{lucita}/quote?trait=wits").status_code == 404


def test_options_are_what_can_be_bought_now(stage: Stage) -> None:
    lucita = stage.character(granted=7, strength=2, wits=5, alertness=5, willpower=3)
    stage.define("celerity", "discipline", class_="clan", of=lucita, rating=1)
    stage.define("rage", "gift", class_="own", gameline_id=stage.gameline + 1)
    stage.define("luck", "merit", min=0, max=2)
    stage.define("withdrawn", "background", active=False)
    found = stage.bob.get(f"characters/{lucita}/spend-options").get_json()
    options = [(each["trait"], each["new_value"]) for each in found["results"]]
    assert found["xp"] == 7
    assert ("strength", 3) not in options  # costs 8
    assert {("dexterity", 2), ("athletics", 1), ("willpower", 4), ("allies", 1), ("celerity", 2), ("luck", 2)} <= {
        *options
    }
    assert not {"wits", "alertness", "rage", "withdrawn", "temporary_willpower"} & {trait for trait, _ in options}
    refused = stage.bob.post(f"characters/{lucita}/spend", {"trait": "strength"})
    assert refused.get_json()["code"] == "insufficient_xp"
    stage.spend(lucita, "celerity")
    left = stage.bob.get(f"characters/{lucita}/spend-options").get_json()
    assert {each["trait"] for each in left["results"]}.isdisjoint({"celerity", "allies"})


def test_a_spend_reserves_at_once_and_changes_no_trait(stage: Stage) -> None:
    lucita = stage.character(granted=20, strength=2)
    answer = stage.bob.post(
        f"characters/{lucita}/spend", {"trait": "strength", "trait_value": 3, "cost": 8, "reason": "gym"}
    )
    assert answer.status_code == 201
    body = answer.get_json()
    assert body["balance"] == {"available": 12, "pending": 8, "spent": 0, "earned": 20}
    request = body["request"]
    expected = {
        "character": lucita,
        "trait": "strength",
        "trait_name": "Strength",
        "trait_type": "attribute",
        "trait_from": 2,
        "trait_value": 3,
        "cost": 8,
        "state": "Pending",
        "reason": "gym",
        "decided_at": None,
        "approved_at": None,
    }
    assert {name: request[name] for name in expected} == expected
    read = stage.bob.get(answer.headers["Location"])
    assert read.get_json() == request
    assert read.headers["ETag"] == answer.headers["ETag"]
    assert stage.column(lucita, "strength") == 2
    assert stage.balance(lucita) == (12, 8, 0)
    reserved = stage.bob.get(f"xp-transfers/{request['reservation']}").get_json()
    assert (reserved["kind"], reserved["amount"], reserved["spend_request"]) == ("reserve", 8, request["id"])
    assert (reserved["debit_account"], reserved["credit_account"], reserved["entry_no"]) == ("available", "pending", 2)
    assert reserved["actor"] == "bob"


def test_exactly_the_balance_may_be_spent(stage: Stage) -> None:
    lucita = stage.character(granted=8, strength=2)
    stage.spend(lucita)
    assert stage.balance(lucita) == (0, 8, 0)
    refused = stage.bob.post(f"characters/{lucita}/spend", {"trait": "wits"})
    found = refused.get_json()
    assert (refused.status_code, found["code"], found["need"], found["have"]) == (422, "insufficient_xp", 4, 0)
    assert "4" in found["detail"]
    assert "0" in found["detail"]


def test_refusals_come_in_their_order(stage: Stage) -> None:
    """Each step mends what the one before was refused for."""
    lucita = stage.character(granted=3, strength=5, status="Sub")
    address = f"characters/{lucita}/spend"

    def refusal(who: Any, **body: Any) -> tuple[int, str]:
        answer = who.post(address, body)
        return answer.status_code, answer.get_json()["code"]

    wrong = {"trait": "flying", "trait_value": 9, "cost": 99}
    assert refusal(stage.bob, **wrong, colour="red") == (422, "unknown_field")
    assert refusal(stage.bob, **(wrong | {"cost": "8"})) == (422, "invalid")
    assert refusal(stage.bob, **(wrong | {"cost": 0})) == (422, "cost_not_positive")
    assert refusal(stage.bob, **(wrong | {"cost": -1})) == (422, "cost_not_positive")
    assert refusal(stage.stranger, **wrong) == (404, "not_found")
    for other in (stage.head, stage.teller, stage.admin, stage.manager):
        assert refusal(other, **wrong) == (403, "not_owner")
    assert refusal(stage.bob, **wrong) == (409, "character_not_active")
    stage.set(lucita, status="App")
    assert refusal(stage.bob, **wrong) == (422, "unknown_trait")
    assert refusal(stage.bob, **(wrong | {"trait": "strength"})) == (422, "invalid_target")
    assert refusal(stage.bob, trait="strength", trait_value=6, cost=99) == (422, "trait_at_cap")
    stage.set(lucita, strength=2)
    found = stage.bob.post(address, {"trait": "strength", "cost": 99}).get_json()
    assert (found["code"], found["sent"], found["expected"]) == ("cost_mismatch", 99, 8)
    assert [error["pointer"] for error in found["errors"]] == ["/cost"]
    assert refusal(stage.bob, trait="strength") == (422, "insufficient_xp")
    stage.set(lucita, alertness=1)
    waiting = stage.spend(lucita, "alertness")["id"]
    found = stage.bob.post(address, {"trait": "alertness"}).get_json()
    assert (found["code"], found["request"]) == ("duplicate_request", waiting)
    assert stage.kinds(lucita) == ["grant", "reserve"]


@pytest.mark.parametrize("status", ["Un", "Sub", "Ret", "Dec"])
def test_points_are_spent_in_play(stage: Stage, status: str) -> None:
    lucita = stage.character(granted=9, status=status)
    found = stage.bob.post(f"characters/{lucita}/spend", {"trait": "wits"})
    assert (found.status_code, found.get_json()["code"]) == (409, "character_not_active")
    assert found.get_json()["character_status"] == status


def test_merits_take_any_rating_of_their_definition(stage: Stage) -> None:
    lucita = stage.character(granted=30)
    stage.define("luck", "merit", min=-2, max=5, rating=2, of=lucita)
    for body in ({}, {"trait_value": 2}, {"trait_value": 6}, {"trait_value": -3}):
        refused = stage.bob.post(f"characters/{lucita}/spend", {"trait": "luck", **body})
        assert codes(refused) == ["invalid_target"]
    assert stage.spend(lucita, "luck", trait_value=-1)["cost"] == 9


def test_a_double_click_is_one_request(stage: Stage) -> None:
    lucita = stage.character(granted=20)
    key = {"headers": {"Idempotency-Key": "click-1"}}
    first, second = (stage.bob.post(f"characters/{lucita}/spend", {"trait": "wits"}, **key) for _ in range(2))
    assert first.get_json() == second.get_json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert stage.requests(lucita) == ["Pending"]


@pytest.mark.parametrize(
    ("points", "ratings", "cost", "accepted"),
    [
        (10, {"academics": 3, "science": 3}, 6, 1),
        (20, dict.fromkeys(("brawl", "drive", "melee", "stealth", "crafts"), 0), 3, 5),
        (10, dict.fromkeys(("brawl", "drive", "melee", "stealth", "crafts"), 2), 4, 2),
    ],
)
def test_spends_at_once_take_no_more_than_there_is(
    stage: Stage, at_once: AtOnce, points: int, ratings: dict[str, int], cost: int, accepted: int
) -> None:
    lucita = stage.character(granted=points, **ratings)
    answers = at_once(
        *(lambda t=trait: stage.bob.post(f"characters/{lucita}/spend", {"trait": t}) for trait in ratings)
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [201] * accepted + [422] * (len(ratings) - accepted)
    assert stage.balance(lucita) == (points - accepted * cost, accepted * cost, 0)
