"""Rules that people have written for the API about what is played, kept wherever it is written."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from services.validation.models import Tenant
from shared.app import ServiceApp
from tests.fixtures.people import Person
from tests.fixtures.services import AtOnce
from tests.fixtures.statements import counting
from tests.validation.ledger.world import Stage
from tests.validation.rule_sets.products import stored
from tests.validation.working import faults, made, refusal

# By table: the rules of a set.
OWN = {
    "characters": "{id: human_strength, kind: range, field: strength, max: 3, enforce: api}",
    "character_traits": "{id: few_friends, kind: range, field: rating, max: 2, enforce: api}",
    "scenes": "{id: named_place, kind: not_null, field: location, enforce: api}, "
    "{id: told, kind: expression, field: st_message, enforce: api, expression: \"not finished or st_message != ''\"}, "
    "{id: paid_at_home, kind: expression, field: location, enforce: api,"
    " expression: \"not xp_given or location = 'Home'\"}",
    "st_relationships": "{id: not_mallory, kind: expression, field: user_id, expression: \"user_id != 'mallory'\","
    " enforce: api}",
    "weekly_xp_requests": "{id: finished_first, kind: expression, field: finishing, expression: finishing,"
    " enforce: api}",
    "xp_spend_requests": "{id: small_steps, kind: range, field: cost, max: 12, enforce: api}, "
    "{id: reasoned, kind: expression, field: reason, enforce: api, expression: \"state != 'Denied' or reason != ''\"}",
}


# The same, of rules that compare rows.
COMPARING = {
    "characters": "{id: one_name, kind: unique, fields: [name, chronicle_id], when: \"status != 'Dec'\","
    " enforce: api}, "
    "{id: known_concept, kind: reference, field: concept, list: concepts, when: \"concept != ''\", enforce: api}",
    "character_traits": "{id: one_of_each, kind: unique, fields: [trait_definition_id, rating], enforce: api}",
    "scenes": "{id: one_place, kind: unique, fields: [location], nulls: distinct, enforce: api}",
    "st_relationships": "{id: a_player, kind: reference, field: user_id, references: characters.owner, enforce: api}",
    "xp_spend_requests": "{id: one_wish, kind: unique, fields: [character_id], when: \"state = 'Pending'\","
    " enforce: api, message: One wish at a time.}, "
    "{id: only_warns, kind: unique, fields: [trait], severity: warning, enforce: api}",
}


def write(person: Person, table: str, rules: Mapping[str, str] = OWN) -> None:
    text = f"{{rule_set: own-{table.replace('_', '-')}, target: {table}, rules: [{rules[table]}]}}"
    answer = stored(person, text, f"own-{table.replace('_', '-')}")
    assert answer.status_code == 201, answer.get_data(as_text=True)


def test_what_is_played_keeps_them(stage: Stage) -> None:
    lucita = stage.character(granted=60, strength=2)
    for table in OWN:
        write(stage.admin, table)
    place = {"chronicle": stage.chronicle, "gameline": stage.gameline}
    teller: dict[str, Any] = {"user": "mallory", **place}
    assert faults(stage.manager.post("st-relationships", teller)) == {"/user": "not_mallory"}
    told = made(stage.manager, "st-relationships", **(teller | {"user": "trent"}))
    moved = stage.manager.patch(f"st-relationships/{told['id']}", {"user": "mallory"})
    assert faults(moved) == {"/user": "not_mallory"}

    assert faults(stage.manager.post("scenes", {"name": "Ball"})) == {"/location": "named_place"}
    scene = made(stage.manager, "scenes", name="Ball", location="Opera", chronicle=stage.chronicle)
    assert faults(stage.manager.patch(f"scenes/{scene['id']}", {"location": ""})) == {"/location": "named_place"}
    assert faults(stage.head.post(f"scenes/{scene['id']}/close", {})) == {"/st_message": "told"}
    assert stage.manager.patch(f"scenes/{scene['id']}", {"st_message": "Well played."}).status_code == 200
    assert stage.head.post(f"scenes/{scene['id']}/close", {}).status_code == 200
    award = f"scenes/{scene['id']}/award"
    assert faults(stage.head.post(award, {"awards": {}})) == {"/location": "paid_at_home"}
    assert stage.manager.patch(f"scenes/{scene['id']}", {"location": "Home"}).get_json()["xp_given"] is False
    assert stage.head.post(award, {"awards": {}}).status_code == 200

    week = made(stage.manager, "weeks", end_date="2024-01-21")["id"]
    asked = {"week": week, "character": lucita, "finishing": False}
    assert faults(stage.head.post("weekly-requests", asked)) == {"/finishing": "finished_first"}
    request = made(stage.head, "weekly-requests", **(asked | {"finishing": True}))
    refused = stage.head.post(f"weekly-requests/{request['id']}/approve", {"finishing": False})
    assert faults(refused) == {"/finishing": "finished_first"}
    assert stage.balance(lucita) == (60, 0, 0)


def test_what_points_buy_keeps_them(stage: Stage) -> None:
    lucita = stage.character(granted=60, strength=2)
    stage.define("friends", "background", rating=2, of=lucita)
    for table in ("characters", "character_traits", "xp_spend_requests"):
        write(stage.admin, table)
    strength = stage.spend(lucita)["id"]
    assert faults(stage.head.post(f"spend-requests/{strength}/deny", {})) == {"/reason": "reasoned"}
    assert stage.head.post(f"spend-requests/{strength}/approve", {}).status_code == 200
    few = stage.head.post(f"spend-requests/{stage.spend(lucita, 'friends')['id']}/approve", {})
    assert faults(few) == {"/trait_value": "few_friends"}
    assert stage.balance(lucita) == (46, 6, 8)
    stage.set(lucita, stamina=4)
    assert faults(stage.bob.post(f"characters/{lucita}/spend", {"trait": "stamina"})) == {"/cost": "small_steps"}
    again = stage.spend(lucita)["id"]
    assert faults(stage.head.post(f"spend-requests/{again}/approve", {})) == {"/trait_value": "human_strength"}
    assert faults(stage.admin.patch(f"characters/{lucita}", {"traits": {"friends": 3}})) == {
        "/traits/friends": "few_friends"
    }
    assert (stage.rating(lucita, "friends"), stage.column(lucita, "strength")) == (2, 3)


def test_rules_that_compare_rows_are_kept(stage: Stage, at_once: AtOnce) -> None:
    for table in COMPARING:
        write(stage.admin, table, COMPARING)
    assert stage.admin.put("rule-sets/own-characters/lists/concepts", {"values": ["poet"]}).status_code == 201
    lucita = stage.character(granted=60, strength=2, name="Lucita")
    place = {"name": "Lucita", "chronicle": stage.chronicle}
    refused = stage.manager.post("characters", place | {"concept": "cook"})
    assert faults(refused) == {"/name": "one_name", "/concept": "known_concept"}
    refused = stage.manager.post("characters", place | {"concept": "poet"})
    assert refusal(refused) == (409, "one_name")
    assert refused.get_json()["errors"] == [
        {
            "pointer": "/name",
            "code": "one_name",
            "detail": f"name, chronicle_id must not repeat: Lucita, {stage.chronicle}.",
        }
    ]
    other = made(stage.manager, "characters", name="Lucita", traits={"allies": 2})["id"]
    assert refusal(stage.manager.patch(f"characters/{other}", {"chronicle": stage.chronicle})) == (409, "one_name")
    assert stage.admin.patch(f"characters/{lucita}", {"name": "Lucita", "strength": 3}).status_code == 200
    stage.set(lucita, status="Dec")
    assert stage.manager.patch(f"characters/{other}", {"chronicle": stage.chronicle}).status_code == 200
    stage.set(lucita, status="App", name="Lucita of old")

    wanted = {"traits": {"allies": 2, "mentor": 2}}
    refused = stage.admin.patch(f"characters/{lucita}", wanted)
    assert refusal(refused) == (409, "one_of_each")
    assert [error["pointer"] for error in refused.get_json()["errors"]] == ["/traits/allies"]
    assert stage.admin.patch(f"characters/{lucita}", {"traits": {"allies": 1}}).status_code == 200
    wish = stage.spend(lucita, "allies")["id"]
    assert refusal(stage.bob.post(f"characters/{lucita}/spend", {"trait": "wits"})) == (409, "one_wish")
    refused = stage.head.post(f"spend-requests/{wish}/approve")
    assert refusal(refused) == (409, "one_of_each")
    assert stage.head.post(f"spend-requests/{wish}/deny").status_code == 200

    teller = {"user": "nobody", "chronicle": stage.chronicle, "gameline": stage.gameline}
    assert faults(stage.manager.post("st-relationships", teller)) == {"/user": "a_player"}
    assert stage.manager.post("st-relationships", teller | {"user": "bob"}).status_code == 201
    for _scene in range(2):
        assert stage.manager.post("scenes", {"name": "Ball", "location": f"Opera {_scene}"}).status_code == 201
    scene = {"name": "Ball", "location": "Theatre"}
    answers: Any = at_once(*(lambda: stage.manager.post("scenes", scene) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


def test_nobody_is_asked_where_there_are_none(stage: Stage, app: ServiceApp) -> None:
    lucita = stage.character(granted=60)
    write(stage.admin, "scenes")
    with counting(app.runtime.db.engine) as sent:
        stage.spend(lucita)
    assert not [statement for statement in sent if "rule_sets" in statement]
    with stage.unit() as session:
        assert session.scalars(select(Tenant.settings)).one()["api_tables"] == ["scenes"]
    assert stage.admin.delete("rule-sets/own-scenes").status_code == 204
    with stage.unit() as session:
        assert session.scalars(select(Tenant.settings)).one()["api_tables"] == []
