"""Who decides about a request for a trait, and what a decision does."""

from typing import Any

import pytest
from sqlalchemy import func, select, update

from services.validation.models import AuditEvent, QuarantineEntry, StRelationship, TraitDefinition, XpSpendRequest
from tests.fixtures.people import Person, codes
from tests.fixtures.services import AtOnce, MakePerson
from tests.validation.ledger.world import Stage


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


@pytest.fixture
def lucita(stage: Stage) -> int:
    return stage.character(granted=20, strength=2)


def test_an_approval_posts_and_raises_together(stage: Stage, lucita: int) -> None:
    request = stage.spend(lucita)
    answer = stage.teller.post(f"spend-requests/{request['id']}/approve", {"reason": "earned", "expected_value": 3})
    assert answer.status_code == 200
    body = answer.get_json()
    assert body["balance"] == {"available": 12, "pending": 0, "spent": 8, "earned": 20}
    decided = body["request"]
    assert (decided["state"], decided["decided_by"], decided["reason"]) == ("Approved", "teller", "earned")
    assert decided["approved_at"] == decided["decided_at"] is not None
    assert stage.column(lucita, "strength") == 3
    assert stage.balance(lucita) == (12, 0, 8)
    assert stage.kinds(lucita) == ["grant", "reserve", "post"]
    with stage.unit() as session:
        found = session.scalars(select(AuditEvent.action).where(AuditEvent.actor == "teller").order_by(AuditEvent.id))
        assert list(found) == ["xp_spend_request.approved", "character.updated"]
    for what in ("approve", "deny"):
        again = stage.head.post(f"spend-requests/{request['id']}/{what}")
        assert refusal(again) == (409, "already_processed")
        assert again.get_json()["state"] == "Approved"


def test_a_denial_gives_back_exactly_the_cost(stage: Stage, lucita: int) -> None:
    first = stage.spend(lucita)
    stage.spend(lucita, "wits")
    answer = stage.admin.post(f"spend-requests/{first['id']}/deny", {"reason": "not yet"})
    assert answer.get_json()["balance"] == {"available": 16, "pending": 4, "spent": 0, "earned": 20}
    decided = answer.get_json()["request"]
    assert (decided["state"], decided["approved_at"], decided["decided_by"]) == ("Denied", None, "ada")
    assert stage.column(lucita, "strength") == 2
    assert stage.requests(lucita) == ["Denied", "Pending"]
    stage.spend(lucita)  # a denied one is not in the way


def test_a_willpower_point_raises_both(stage: Stage) -> None:
    lucita = stage.character(granted=20, willpower=4, temporary_willpower=2)
    stage.head.post(f"spend-requests/{stage.spend(lucita, 'willpower')['id']}/approve")
    assert (stage.column(lucita, "willpower"), stage.column(lucita, "temporary_willpower")) == (5, 3)


def test_a_defined_trait_is_stored_and_taken_back(stage: Stage, lucita: int) -> None:
    request = stage.spend(lucita, "allies")
    version = stage.column(lucita, "version")
    stage.head.post(f"spend-requests/{request['id']}/approve")
    assert stage.rating(lucita, "allies") == 1
    assert stage.column(lucita, "version") == version + 1
    stage.head.post(f"spend-requests/{request['id']}/reverse", {"reason": "a mistake"})
    assert stage.rating(lucita, "allies") == 0
    assert stage.balance(lucita) == (20, 0, 0)


def test_who_may_decide(stage: Stage, lucita: int) -> None:
    address = f"spend-requests/{stage.spend(lucita)['id']}/approve"
    for who in (stage.bob, stage.other, stage.manager):
        assert refusal(who.post(address)) == (403, "not_approver")
    assert refusal(stage.stranger.post(address)) == (404, "invalid_request")
    assert refusal(stage.head.post("spend-requests/9000000/approve")) == (404, "invalid_request")
    other = stage.character()
    assert refusal(stage.head.post(address, {"character": other})) == (404, "invalid_request")
    assert stage.teller.post(address, {"character": lucita}).status_code == 200
    # Decided ones are as hidden as others, and the right comes before the state.
    assert refusal(stage.stranger.post(address)) == (404, "invalid_request")
    assert refusal(stage.bob.post(address)) == (403, "not_approver")


def test_nobody_decides_for_their_own(stage: Stage, person: MakePerson) -> None:
    with stage.unit() as session:
        session.add(StRelationship(user_id="bob", chronicle_id=stage.chronicle, gameline_id=stage.gameline))
    own = stage.spend(stage.character(granted=9), "wits")["id"]
    for what in ("approve", "deny"):
        assert refusal(stage.bob.post(f"spend-requests/{own}/{what}")) == (403, "own_character")
    npc = stage.spend(stage.character(granted=9, npc=True), "wits")["id"]
    assert stage.bob.post(f"spend-requests/{npc}/approve").status_code == 200
    staff = person(sub="carol", roles=["admin"])
    for is_npc in (True, False):
        hers = stage.character(granted=9, owner="carol", npc=is_npc)
        request = staff.post(f"characters/{hers}/spend", {"trait": "wits"}).get_json()["request"]["id"]
        assert refusal(staff.post(f"spend-requests/{request}/approve")) == (403, "own_character")


@pytest.mark.parametrize("field", ["trait", "trait_value", "cost", "xp", "strength", "state"])
def test_a_decision_names_no_other_target(stage: Stage, lucita: int, field: str) -> None:
    address = f"spend-requests/{stage.spend(lucita)['id']}/approve"
    assert refusal(stage.head.post(address, {field: 5})) == (422, "unknown_field")
    assert stage.balance(lucita) == (12, 8, 0)


def test_what_a_decision_refuses_after_that(stage: Stage, lucita: int) -> None:
    request = stage.spend(lucita)
    address = f"spend-requests/{request['id']}/approve"
    stage.set(lucita, strength=4, status="Dec")
    stale = stage.head.post(address, headers={"If-Match": '"7-x"'})
    assert refusal(stale) == (412, "version_conflict")
    found = stage.head.post(address, {"expected_value": 4}).get_json()
    assert (found["code"], found["sent"], found["expected"]) == ("value_mismatch", 4, 3)
    found = stage.head.post(address).get_json()
    assert (found["code"], found["expected"], found["current"]) == ("trait_changed", 2, 4)
    stage.set(lucita, strength=2)
    assert refusal(stage.head.post(address)) == (409, "character_not_active")
    stage.set(lucita, status="App")
    with stage.unit() as session:
        session.execute(update(XpSpendRequest).values(trait_value=11))
    assert refusal(stage.head.post(address)) == (422, "strength_range")
    with stage.unit() as session:
        session.execute(update(XpSpendRequest).values(trait="flying"))
    assert refusal(stage.head.post(address)) == (422, "unknown_trait")
    assert stage.balance(lucita) == (12, 8, 0)
    assert stage.requests(lucita) == ["Pending"]
    assert stage.head.post(f"spend-requests/{request['id']}/deny").status_code == 200


def test_a_withdrawn_trait_is_not_bought(stage: Stage, lucita: int) -> None:
    address = f"spend-requests/{stage.spend(lucita, 'allies')['id']}/approve"
    with stage.unit() as session:
        session.execute(update(TraitDefinition).where(TraitDefinition.code == "allies").values(active=False))
    assert refusal(stage.head.post(address)) == (422, "unknown_trait")


def test_a_reversal_takes_an_approved_step_back_once(stage: Stage, lucita: int) -> None:
    request = stage.spend(lucita)
    address = f"spend-requests/{request['id']}/reverse"
    why = {"reason": "the wrong trait"}
    assert refusal(stage.head.post(address, {})) == (422, "required")
    assert refusal(stage.head.post(address, why)) == (409, "already_processed")
    stage.head.post(f"spend-requests/{request['id']}/approve")
    assert refusal(stage.bob.post(address, why)) == (403, "not_approver")
    stage.set(lucita, strength=4)
    assert refusal(stage.head.post(address, why)) == (409, "trait_changed")
    stage.set(lucita, strength=3)
    answer = stage.teller.post(address, why)
    body = answer.get_json()
    assert body["balance"] == {"available": 20, "pending": 0, "spent": 0, "earned": 20}
    assert (body["request"]["state"], body["request"]["reversed_by"]) == ("Approved", "teller")
    assert stage.column(lucita, "strength") == 2
    assert stage.kinds(lucita) == ["grant", "reserve", "post", "reverse"]
    assert refusal(stage.head.post(address, why)) == (409, "already_processed")


def test_a_request_is_corrected_to_the_same_cost(stage: Stage, lucita: int) -> None:
    stage.set(lucita, dexterity=2, wits=3)
    address = f"spend-requests/{stage.spend(lucita)['id']}"
    assert refusal(stage.bob.patch(address, {"trait": "dexterity"})) == (403, "not_approver")
    for body, code in (
        ({"cost": 4}, "read_only"),
        ({"state": "Approved"}, "read_only"),
        ({"colour": "red"}, "unknown_field"),
        ({"trait": "wits"}, "cost_mismatch"),
        ({"trait": "flying"}, "unknown_trait"),
        ({"trait_value": 5}, "invalid_target"),
    ):
        assert refusal(stage.head.patch(address, body)) == (422, code)
    answer = stage.head.patch(address, {"trait": "dexterity", "trait_value": 3})
    assert answer.status_code == 200
    assert (answer.get_json()["trait"], answer.get_json()["trait_from"], answer.get_json()["version"]) == (
        "dexterity",
        2,
        2,
    )
    other = stage.spend(lucita)["id"]
    assert refusal(stage.head.patch(f"spend-requests/{other}", {"trait": "dexterity"})) == (409, "duplicate_request")
    stage.head.post(f"{address}/approve")
    assert (stage.column(lucita, "strength"), stage.column(lucita, "dexterity")) == (2, 3)
    assert refusal(stage.head.patch(address, {"trait": "wits"})) == (409, "already_processed")


@pytest.mark.parametrize("verbs", [("approve", "deny"), ("approve", "approve"), ("deny", "deny")])
def test_decisions_at_once_are_one(stage: Stage, lucita: int, at_once: AtOnce, verbs: tuple[str, str]) -> None:
    address = f"spend-requests/{stage.spend(lucita)['id']}"
    people: list[Person] = [stage.head, stage.teller]
    answers = at_once(*(lambda p=p, v=v: p.post(f"{address}/{v}") for p, v in zip(people, verbs, strict=True)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (lost,) = (answer.get_json() for answer in answers if answer.status_code == 409)
    (state,) = stage.requests(lucita)
    assert (lost["code"], lost["state"]) == ("already_processed", state)
    bought = state == "Approved"
    assert stage.balance(lucita) == ((12, 0, 8) if bought else (20, 0, 0))
    assert stage.column(lucita, "strength") == (3 if bought else 2)


def test_lists_show_what_the_caller_sees(stage: Stage, lucita: int) -> None:
    mine, other = stage.spend(lucita)["id"], stage.spend(stage.character(granted=9, name="Anatole"), "wits")["id"]
    stage.head.post(f"spend-requests/{mine}/approve")

    def listed(who: Person, query: str = "") -> list[int]:
        return [row["id"] for row in who.get(f"spend-requests?{query}").get_json()["results"]]

    assert listed(stage.bob) == listed(stage.manager) == [other, mine]
    assert listed(stage.stranger) == []
    assert listed(stage.head, "state=Pending") == [other]
    assert listed(stage.head, f"character={lucita}&trait=strength&chronicle={stage.chronicle}") == [mine]
    assert listed(stage.head, "created_after=2999-01-01T00:00:00Z") == []
    assert stage.bob.get("spend-requests?state=Lost").status_code == 422
    own = stage.bob.get(f"characters/{lucita}/spend-requests?state=Approved").get_json()["results"]
    assert [row["id"] for row in own] == [mine]
    assert refusal(stage.stranger.get(f"spend-requests/{mine}")) == (404, "invalid_request")
    assert stage.bob.post("spend-requests", {}).status_code == 405
    assert stage.bob.delete(f"spend-requests/{mine}").status_code == 405


def test_what_quarantine_stops(stage: Stage, lucita: int) -> None:
    first, second = stage.spend(lucita)["id"], stage.spend(lucita, "wits")["id"]
    stage.quarantine(lucita)
    grant = {"amount": 1, "reason": "Halloween"}
    assert refusal(stage.bob.post(f"characters/{lucita}/spend", {"trait": "brawl"})) == (409, "quarantined")
    assert refusal(stage.head.post(f"characters/{lucita}/grant", grant)) == (409, "quarantined")
    assert refusal(stage.head.post(f"spend-requests/{first}/approve")) == (409, "quarantined")
    assert refusal(stage.head.post(f"characters/{lucita}/transition", {"status": "Ret"})) == (409, "quarantined")
    made = stage.manager.post("stories", {"name": "Ash", "chronicle": stage.chronicle}).get_json()["id"]
    award = stage.head.post(f"stories/{made}/award", {"awards": {str(lucita): 1}})
    assert codes(award) == ["quarantined"]
    assert stage.head.post(f"spend-requests/{second}/deny").status_code == 200
    with stage.unit() as session:
        released = {"state": "released", "closed_at": func.now(), "reason": "looked at"}
        session.execute(update(QuarantineEntry).values(**released))
    assert stage.head.post(f"spend-requests/{first}/approve").status_code == 200
