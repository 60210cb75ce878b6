"""Grants and withdrawals, and the entries that anybody may trace a point by."""

import csv
import io
from typing import Any

import pytest

from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson
from tests.validation.ledger.world import Stage


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


WHY = {"reason": "Halloween"}


def test_a_grant_is_an_entry_with_a_reason(stage: Stage) -> None:
    lucita = stage.character()
    answer = stage.head.post(f"characters/{lucita}/grant", {"amount": 5, **WHY})
    assert answer.status_code == 201
    body = answer.get_json()
    assert body["balance"] == {"available": 5, "pending": 0, "spent": 0, "earned": 5}
    assert stage.bob.get(answer.headers["Location"]).get_json() == body["transfer"]
    entry = {name: body["transfer"][name] for name in ("kind", "amount", "reason", "actor", "available_after")}
    assert entry == {"kind": "grant", "amount": 5, "reason": "Halloween", "actor": "head", "available_after": 5}
    taken = stage.manager.post(f"characters/{lucita}/withdraw", {"amount": 2, **WHY})
    assert taken.get_json()["balance"] == {"available": 3, "pending": 0, "spent": 0, "earned": 3}
    found = stage.head.post(f"characters/{lucita}/withdraw", {"amount": 4, **WHY}).get_json()
    assert (found["code"], found["need"], found["have"]) == ("insufficient_xp", 4, 3)
    assert stage.bob.get(f"characters/{lucita}/balance").get_json() == taken.get_json()["balance"]
    entries = stage.bob.get(f"characters/{lucita}/ledger").get_json()["results"]
    assert [(each["entry_no"], each["kind"]) for each in entries] == [(2, "withdraw"), (1, "grant")]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"amount": 0, **WHY}, "invalid"),
        ({"amount": 1_000_001, **WHY}, "invalid"),
        ({"amount": "5", **WHY}, "invalid"),
        ({"amount": True, **WHY}, "invalid"),
        ({"amount": 2**63, **WHY}, "invalid"),
        ({"amount": 5}, "required"),
        ({"amount": 5, "reason": " "}, "blank"),
        ({"amount": 5, "reason": "x" * 501}, "too_long"),
        ({"amount": 5, "to": 3, **WHY}, "unknown_field"),
    ],
)
def test_a_grant_that_says_nothing_sensible(stage: Stage, body: dict[str, Any], code: str) -> None:
    lucita = stage.character()
    for verb in ("grant", "withdraw"):
        assert refusal(stage.admin.post(f"characters/{lucita}/{verb}", body)) == (422, code)


def test_who_grants(stage: Stage, person: MakePerson) -> None:
    lucita, own = stage.character(), stage.character(owner="ada")
    npc = stage.character(owner="head", npc=True)
    body = {"amount": 1, **WHY}
    for verb in ("grant", "withdraw"):
        for who in (stage.bob, stage.other):
            assert refusal(who.post(f"characters/{lucita}/{verb}", body)) == (403, "not_approver")
        assert refusal(stage.stranger.post(f"characters/{lucita}/{verb}", body)) == (404, "not_found")
        assert refusal(stage.admin.post(f"characters/{own}/{verb}", body)) == (403, "own_character")
    assert stage.head.post(f"characters/{npc}/grant", body).status_code == 201
    nobody = person(sub="bob", roles=["unheard-of"])
    assert refusal(nobody.get(f"characters/{lucita}/balance")) == (403, "permission_missing")


def test_entries_are_listed_for_who_sees_the_character(stage: Stage) -> None:
    lucita = stage.character(granted=20)
    stage.spend(lucita, "wits")

    def listed(who: Person, query: str = "") -> list[str]:
        return [row["kind"] for row in who.get(f"xp-transfers?{query}").get_json()["results"]]

    assert listed(stage.bob) == listed(stage.other) == ["reserve", "grant"]
    assert listed(stage.stranger) == []
    assert listed(stage.bob, f"kind=grant&character={lucita}") == ["grant"]
    assert listed(stage.bob, "scene=1") == []
    assert listed(stage.bob, "created_after=2999-01-01T00:00:00Z") == []
    first = stage.bob.get("xp-transfers?limit=1&ordering=id").get_json()
    assert [row["kind"] for row in first["results"]] == ["grant"]
    assert [
        row["kind"] for row in stage.bob.get(first["next"].removeprefix("http://localhost")).get_json()["results"]
    ] == ["reserve"]
    entry = first["results"][0]["id"]
    assert refusal(stage.stranger.get(f"xp-transfers/{entry}")) == (404, "not_found")
    for method in ("PUT", "PATCH", "DELETE"):
        assert stage.admin.call(method, f"xp-transfers/{entry}", {}).status_code == 405
    assert stage.admin.post("xp-transfers", {}).status_code == 405


def test_entries_as_a_file(stage: Stage) -> None:
    lucita = stage.character()
    stage.head.post(f"characters/{lucita}/grant", {"amount": 5, "reason": "=1+1"})
    stage.spend(lucita, "wits")
    asked: Any = {"headers": {"Accept": "text/csv"}}
    answer = stage.bob.get(f"xp-transfers?character={lucita}", **asked)
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    assert [(row["kind"], row["amount"], row["reason"]) for row in rows] == [
        ("grant", "5", "'=1+1"),
        ("reserve", "4", ""),
    ]
    assert stage.bob.get("xp-transfers?limit=5", **asked).status_code == 422
    hidden = stage.stranger.get("xp-transfers", **asked).get_data(as_text=True)
    assert len(hidden.splitlines()) == 1


def test_tariffs_are_data(stage: Stage) -> None:
    found = stage.bob.get("tariffs?limit=200").get_json()["results"]
    assert len(found) == 15
    (ability,) = (row for row in found if row["kind"] == "ability")
    assert (ability["class"], ability["gameline"], ability["factor"], ability["new_price"]) == ("standard", None, 2, 3)
    lucita = stage.character(granted=20, athletics=2)
    price = f"characters/{lucita}/quote?trait=athletics"
    assert stage.bob.get(price).get_json()["cost"] == 4
    own = {"kind": "ability", "gameline": stage.gameline, "factor": 7, "cap": 3}
    assert refusal(stage.manager.post("tariffs", own)) == (403, "permission_missing")
    made = stage.admin.post("tariffs", own)
    assert made.status_code == 201
    assert stage.bob.get(price).get_json()["cost"] == 14
    assert refusal(stage.admin.post("tariffs", own)) == (409, "unique_tariff")
    assert refusal(stage.admin.post("tariffs", own | {"gameline": 10**9})) == (422, "unknown_reference")
    for wrong in (
        {"factor": -1},
        {"cap": 0},
        {"new_price": 0},
        {"kind": "Not A Slug"},
        {"version": 1, "colour": "red"},
    ):
        assert stage.admin.post("tariffs", own | wrong).status_code == 422
    address = f"tariffs/{made.get_json()['id']}"
    assert stage.admin.patch(address, {"factor": 1}).get_json()["factor"] == 1
    assert stage.bob.get(price).get_json()["cost"] == 2
    assert stage.admin.delete(address).status_code == 204
    stage.admin.delete(f"tariffs/{ability['id']}")
    assert refusal(stage.bob.get(price)) == (422, "unknown_trait")
