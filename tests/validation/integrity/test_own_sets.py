"""Runs over rule sets that people have written about tables."""

from typing import Any

from sqlalchemy import insert

from services.validation.models import Chronicle
from shared.tenancy import tenant_of
from tests.fixtures.people import Person
from tests.fixtures.services import Unit
from tests.validation.integrity.test_commands import Command, command
from tests.validation.integrity.world import characters, figures, fix, read, run, undo
from tests.validation.rule_sets.products import stored
from tests.validation.working import faults, refusal

__all__ = ["command"]

HOUSE = """
rule_set: house
target: characters
rules:
  - {id: strong_enough, kind: range, field: strength, min: 2, fix: clamp, quarantine: true}
  - {id: concept_trimmed, kind: expression, field: concept, expression: "concept = trim(concept)", fix: trim}
  - {id: concept_known, kind: reference, field: concept, list: concepts, severity: warning, when: "concept != ''"}
  - {id: one_name, kind: unique, fields: [name], severity: warning}
"""
YEARS = """
rule_set: years
target: chronicles
rules: [{id: modern, kind: range, field: year, min: 1950, fix: {kind: set_value, value: 2000}}]
"""
RATINGS = (
    "{rule_set: ratings, target: character_traits, rules: [{id: low, kind: range, field: rating, max: 5, fix: clamp}]}"
)


def own(ada: Person, mode: str = "check", *names: str, **body: Any) -> dict[str, Any]:
    return run(ada, mode, rule_sets=list(names or ("house",)), **body)


def test_a_stored_set_is_looked_for_mended_and_undone(ada: Person, unit: Unit) -> None:
    assert stored(ada, HOUSE, "house").status_code == 201
    assert ada.put("rule-sets/house/lists/concepts", {"values": ["thief", "poet"]}).status_code in (200, 201)
    with unit() as session:
        ids = characters(
            session, {"strength": 1, "concept": " poet "}, {"strength": 3, "concept": "cook"}, {"name": "Number 0"}
        )
    found = own(ada, quarantine=True)
    assert figures(found) == {"strong_enough": 2, "concept_trimmed": 1, "concept_known": 2, "one_name": 1}
    assert found["rule_sets"] == [{"name": "house", "version": 1}]
    assert (found["totals"]["found"], found["totals"]["warnings"], found["exit_code"]) == (3, 3, 3)
    entries = ada.get("quarantine?state=open").get_json()["results"]
    assert {(entry["rule_set"], entry["rule"], entry["row"]) for entry in entries} == {
        ("house", "strong_enough", ids[0]),
        ("house", "strong_enough", ids[2]),
    }
    assert run(ada)["exit_code"] == 0  # the built-in sets close nothing of it
    assert len(ada.get("quarantine?state=open").get_json()["results"]) == 2
    dry = own(ada, "dry_run")
    assert {each["rule"]: each["samples"][0].get("fixed_value") for each in dry["rules"]}["strong_enough"] == 2
    mended = fix(ada, rule_sets=["house"])
    assert (mended["totals"]["fixed"], mended["totals"]["remaining"], mended["exit_code"]) == (3, 0, 0)
    assert ada.get("quarantine?state=open").get_json()["results"] == []
    with unit() as session:
        assert read(session, ids[0], "strength", "concept") == (2, "poet")
    given_back = undo(ada, mended["run_id"])["info"]
    assert (given_back["restored"], given_back["changed_since"], given_back["constraint"]) == (2, [], [])
    with unit() as session:
        assert read(session, ids[0], "strength", "concept") == (1, " poet ")
    told = ada.get("rules/house/strong_enough/history").get_json()["results"]
    assert [row["found"] for row in told] == [2, 2, 2]


def test_sets_about_other_tables_and_several_at_once(ada: Person, unit: Unit) -> None:
    assert stored(ada, YEARS, "years").status_code == 201
    assert stored(ada, RATINGS, "ratings").status_code == 201
    lena = ada.post("characters", {"name": "Lena", "traits": {"allies": 5}}).get_json()["id"]
    with unit() as session:
        session.execute(insert(Chronicle).values(tenant_id=tenant_of(session), name="Old", year=1890))
    assert figures(own(ada, "check", "core", "years", "ratings")) == {"modern": 1}
    assert stored(ada, RATINGS.replace("max: 5", "max: 3"), "ratings").status_code == 200
    mended = fix(ada, rule_sets=["years", "ratings"])
    assert figures(mended, "fixed") == {"modern": 1, "low": 1}
    assert mended["rule_sets"] == [{"name": "years", "version": 1}, {"name": "ratings", "version": 2}]
    assert ada.get("chronicles").get_json()["results"][0]["year"] == 2000
    assert ada.get(f"characters/{lena}").get_json()["traits"]["allies"] == 3
    assert undo(ada, mended["run_id"])["info"]["restored"] == 2
    assert ada.get("chronicles").get_json()["results"][0]["year"] == 1890


def test_rules_for_the_api_refuse_what_is_written(ada: Person) -> None:
    house = HOUSE.replace("fix: clamp, quarantine: true", "enforce: api, message: Nobody is that weak.")
    assert stored(ada, house, "house").status_code == 201
    assert stored(ada, YEARS.replace("min: 1950", "min: 1950, enforce: api"), "years").status_code == 201
    refused = ada.post("characters", {"name": "Lena", "strength": 1, "age": 900})
    assert faults(refused) == {"/strength": "strong_enough", "/age": "reasonable_age"}
    assert faults(ada.post("chronicles", {"name": "Old", "year": 1890})) == {"/year": "modern"}
    lena = ada.post("characters", {"name": "Lena", "strength": 2, "concept": " poet "})
    assert lena.status_code == 201
    address = f"characters/{lena.get_json()['id']}"
    assert faults(ada.patch(address, {"strength": 1})) == {"/strength": "strong_enough"}
    assert ada.delete("rule-sets/house").status_code == 204
    assert ada.patch(address, {"strength": 1}).status_code == 200


def test_what_cannot_be_looked_for(ada: Person, unit: Unit, command: Command, tenant_id: object) -> None:
    records = (
        "{rule_set: posted, target: records, fields: {a: integer}, rules: [{id: a_there, kind: not_null, field: a}]}"
    )
    assert stored(ada, records, "posted").status_code == 201
    for name in ("posted", "nonsense"):
        assert faults(ada.post("integrity-runs", {"rule_sets": ["core", name]})) == {"/rule_sets/1": "unknown_rule_set"}
    assert stored(ada, YEARS, "years").status_code == 201
    assert faults(ada.post("integrity-runs", {"rule_sets": ["years"], "rules": ["nonsense"]})) == {
        "/rules": "unknown_rule"
    }
    assert refusal(ada.get("rules/years/nonsense/history")) == (404, "not_found")
    fixed = "fix: {kind: set_value, value: human}"
    forbidden = HOUSE.replace("field: strength, min: 2, fix: clamp", f"field: character_type, min: a, {fixed}")
    assert stored(ada, forbidden, "house").status_code == 422
    assert command("validate", "--rule-set", "years").exit_code == 2
    assert command("validate", "--rule-set", "years", "--tenant", str(tenant_id)).exit_code == 0
    assert ada.delete("rule-sets/years").status_code in (200, 204)
    assert faults(ada.post("integrity-runs", {"rule_sets": ["years"]})) == {"/rule_sets/0": "unknown_rule_set"}
