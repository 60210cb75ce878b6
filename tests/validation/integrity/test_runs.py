"""Runs: what they find, what a fix makes of it, and what they keep."""

from typing import Any

from sqlalchemy import select

from services.validation.models import Character, Scene, StatusChange, StRelationship
from shared.app import ServiceApp
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson, Unit
from tests.fixtures.statements import counting
from tests.validation.integrity.conftest import Guarding
from tests.validation.integrity.world import characters, figures, fix, read, relationships, run, undo
from tests.validation.working import audit_rows, faults, refusal

WILD: dict[str, Any] = {"willpower": 11, "temporary_willpower": 12}


def test_clean_data_is_clean(ada: Person, unit: Unit) -> None:
    with unit() as session:
        characters(session, {}, {"strength": 10, "age": 500})
    found = run(ada)
    assert found["totals"] == {"rules": 45, "found": 0, "fixed": 0, "remaining": 0, "warnings": 0, "errors": 0}
    assert (found["exit_code"], found["state"], found["mode"]) == (0, "completed", "check")
    assert {rule["status"] for rule in found["rules"]} == {"ok"}
    assert [found["name"] for found in found["rule_sets"]] == ["core", "ledger"]
    assert found["info"] == {"scenes_with_xp": 0, "scenes_awaiting_xp": 0}


def test_a_check_counts_in_its_units_and_changes_nothing(ada: Person, unit: Unit) -> None:
    with unit() as session:
        ids = characters(
            session,
            {"strength": 11, "wits": 0, "science": -1},
            {"xp": -3},
            {"status": "Gone", "age": -1, "apparent_age": 201},
            WILD,
        )
        relationships(session, 3)
        session.add(Scene(name="Ball", finished=True))
    found = run(ada)
    assert figures(found) == {
        "xp_non_negative": 1,
        "valid_status": 1,
        "strength_range": 1,
        "wits_range": 1,
        "science_range": 1,
        "permanent_willpower_range": 1,
        "temp_willpower_range": 1,
        "temp_not_exceeds_max": 1,
        "reasonable_age": 1,
        "reasonable_apparent_age": 1,
        "unique_st_per_chronicle_gameline": 1,
    }
    assert (found["exit_code"], found["totals"]["remaining"]) == (3, 11)
    assert found["info"]["scenes_awaiting_xp"] == 1
    (strength,) = [rule for rule in found["rules"] if rule["rule"] == "strength_range"]
    assert strength["samples"] == [{"id": ids[0], "name": "Number 0", "field": "strength", "value": 11}]
    assert strength["constraint"] == {"name": "characters_strength_range", "state": "absent"}
    with unit() as session:
        assert read(session, ids[0], "strength", "version") == (11, 1)


def test_a_fix_mends_everything_that_has_one(ada: Person, unit: Unit) -> None:
    with unit() as session:
        ids = characters(
            session,
            {"strength": 11, "wits": 0},
            {"xp": -3},
            {"status": "Gone", "age": -1, "apparent_age": 201},
            WILD,
            {},
        )
        same = relationships(session, 3)
    shown = run(ada, "dry_run")
    assert shown["totals"]["remaining"] == 10
    (wits,) = [rule for rule in shown["rules"] if rule["rule"] == "wits_range"]
    assert wits["samples"][0] | {"fixed_value": 1} == wits["samples"][0]
    found = fix(ada)
    assert (found["totals"]["found"], found["totals"]["fixed"], found["exit_code"]) == (10, 10, 0)
    assert {rule["status"] for rule in found["rules"]} == {"ok", "fixed"}
    with unit() as session:
        assert read(session, ids[0], "strength", "wits", "version") == (10, 1, 2)
        assert read(session, ids[1], "xp", "version") == (0, 2)
        assert read(session, ids[2], "status", "age", "apparent_age") == ("Un", None, 200)
        assert read(session, ids[3], "willpower", "temporary_willpower", "version") == (10, 10, 2)
        assert read(session, ids[4], "version") == (1,)
        assert session.scalars(select(StRelationship.id)).all() == [same[0]]
        (moved,) = session.execute(select(StatusChange.old, StatusChange.new))
        assert moved == ("Gone", "Un")
    assert audit_rows(ada, "character", ids[3])[0]["changes"] == {
        "willpower": [11, 10],
        "temporary_willpower": [12, 10],
    }
    assert run(ada)["totals"]["found"] == 0
    assert fix(ada)["totals"]["found"] == 0


def test_only_what_is_named_is_mended(ada: Person, unit: Unit) -> None:
    with unit() as session:
        (one,) = characters(session, {"strength": 11, "wits": 0})
    found = fix(ada, "wits_range")
    assert (found["totals"]["fixed"], found["totals"]["remaining"], found["exit_code"]) == (1, 1, 3)
    with unit() as session:
        assert read(session, one, "strength", "wits") == (11, 1)
    assert figures(run(ada, rules=["wits_range"])) == {}
    assert figures(run(ada, character_status=["Un"])) == {}


def test_a_row_that_breaks_guarded_rules_is_mended_in_one_step(ada: Person, unit: Unit, guarding: Guarding) -> None:
    with unit() as session:
        (one,) = characters(session, {"strength": 11, "age": -4, "status": "Gone"})
    with guarding("characters_strength_range", "characters_reasonable_age", "characters_valid_status"):
        found = fix(ada)
    assert (found["totals"]["fixed"], found["totals"]["errors"]) == (3, 0)
    with unit() as session:
        assert read(session, one, "strength", "age", "status") == (10, None, "Un")


def test_a_check_that_fails_stops_those_after_it(ada: Person, unit: Unit, guarding: Guarding) -> None:
    with unit() as session:
        characters(session, {"strength": 11, "age": -4}, {"xp": -1})
    with guarding("characters_reasonable_age"):
        found = fix(ada, "xp_non_negative", "strength_range", "science_range")
    statuses = {rule["rule"]: rule["status"] for rule in found["rules"]}
    assert statuses["xp_non_negative"] == "fixed"
    assert (statuses["strength_range"], statuses["science_range"]) == ("error", "not_run")
    assert (found["exit_code"], found["state"]) == (1, "failed")


def test_undo_gives_back_what_nobody_has_changed_since(ada: Person, unit: Unit, guarding: Guarding) -> None:
    with unit() as session:
        balances: list[dict[str, Any]] = [{"xp": -3}, {"xp": 4, "xp_spent": 2, "age": 700}, {"xp_pending": 1}]
        ids = characters(
            session, {"strength": 11, "wits": 0}, {"strength": 12}, {"status": "Gone"}, {"age": -1}, *balances
        )
        same = relationships(session, 2)
    fixed = fix(ada)
    with unit() as session:
        assert read(session, ids[5], "xp", "xp_spent", "age", "version") == (0, 0, 500, 3)
        session.get_one(Character, (session.info["context"].tenant_id, ids[1])).strength = 5
    assert ada.post(f"characters/{ids[6]}/grant", {"amount": 9, "reason": "Played well."}).status_code == 201
    looked = undo(ada, fixed["run_id"], dry_run=True)["info"]
    assert looked["restored"] == 6
    with guarding("characters_reasonable_age", "characters_xp_non_negative"):
        found = undo(ada, fixed["run_id"])
    assert found["info"]["restored"] == 4
    assert [row["id"] for row in found["info"]["changed_since"]] == [ids[1], ids[6]]
    assert [row["id"] for row in found["info"]["constraint"]] == [ids[4], ids[3], ids[5]]
    assert found["exit_code"] == 3
    with unit() as session:
        assert read(session, ids[0], "strength", "wits") == (11, 0)
        # What stands in the way of its age keeps nothing from its balances.
        assert read(session, ids[5], "xp", "xp_spent", "age", "version") == (4, 2, 500, 4)
        assert read(session, ids[6], "xp", "xp_pending", "ledger_entries") == (9, 0, 1)
        assert read(session, ids[2], "status") == ("Gone",)
        assert session.scalars(select(StRelationship.id).order_by(StRelationship.id)).all() == same
    images = ada.get(f"integrity-runs/{fixed['run_id']}/before-images?rule=wits_range").get_json()["results"]
    assert [(image["row"], image["old"], image["new"]) for image in images] == [(ids[0], {"wits": 0}, {"wits": 1})]
    assert images[0]["undone_at"] is not None


def test_a_plan_is_followed_exactly_or_not_at_all(ada: Person, unit: Unit) -> None:
    with unit() as session:
        characters(session, {"strength": 11})
    plan = run(ada, "dry_run")["run_id"]
    with unit() as session:
        characters(session, {"strength": 12})
    late = ada.post("integrity-runs", {"mode": "fix", "fix_rules": ["all"], "plan": plan, "inline": True})
    assert refusal(late) == (409, "plan_stale")
    again = run(ada, "dry_run")["run_id"]
    assert fix(ada, plan=again)["totals"]["fixed"] == 2


def test_findings_and_history_are_kept(ada: Person, person: MakePerson, unit: Unit) -> None:
    with unit() as session:
        ids = characters(session, {"strength": 11}, {"strength": 12}, {"wits": 0})
    first = run(ada, samples=1)
    rows = ada.get(f"integrity-runs/{first['run_id']}/findings?rule=strength_range").get_json()["results"]
    assert [(row["row"], row["value"]) for row in rows] == [(ids[0], 11)]
    fix(ada)
    told = ada.get("rules/core/strength_range/history").get_json()["results"]
    assert [(row["mode"], row["found"], row["remaining"]) for row in told] == [("fix", 2, 0), ("check", 2, 2)]
    assert refusal(ada.get("rules/core/nonsense/history")) == (404, "not_found")
    listed = ada.get("integrity-runs?mode=check").get_json()["results"]
    assert [row["run_id"] for row in listed] == [first["run_id"]]
    assert ada.get(f"integrity-runs/{first['run_id']}").get_json()["totals"] == first["totals"]
    assert person(roles=["viewer"]).get("integrity-runs").status_code == 200


def test_what_cannot_be_asked_for(ada: Person, person: MakePerson) -> None:
    assert faults(ada.post("integrity-runs", {"mode": "fix"})) == {"/fix_rules": "required"}
    assert faults(ada.post("integrity-runs", {"mode": "break"})).keys() == {"/mode"}
    assert faults(ada.post("integrity-runs", {"rules": ["nonsense"]})) == {"/rules": "unknown_rule"}
    assert faults(ada.post("integrity-runs", {"rule_sets": ["nonsense"]})) == {"/rule_sets/0": "unknown_rule_set"}
    assert faults(ada.post("integrity-runs", {"samples": 1001})).keys() == {"/samples"}
    assert faults(ada.post("integrity-runs", {"chronicle": 99})) == {"/chronicle": "unknown_reference"}
    manager, viewer = person(roles=["manager"]), person(roles=["viewer"])
    assert refusal(manager.post("integrity-runs", {"mode": "fix", "fix_rules": ["all"]})) == (403, "permission_missing")
    assert refusal(viewer.post("integrity-runs", {})) == (403, "permission_missing")
    assert run(manager)["exit_code"] == 0
    checked = run(ada)["run_id"]
    assert refusal(ada.post(f"integrity-runs/{checked}/undo", {})) == (409, "nothing_to_undo")


def test_statements_grow_neither_with_rows_nor_with_what_is_broken(ada: Person, unit: Unit, app: ServiceApp) -> None:
    def sent(rows: int, mode: str, **body: Any) -> int:
        with unit() as session:
            characters(session, *({"strength": 11, "age": -1} for _ in range(rows)), {"xp": -1} if rows > 1 else {})
        with counting(app.runtime.db.engine) as statements:
            run(ada, mode, **body)
        # What a minute has counted is stored now and then.
        return len([statement for statement in statements if "operation_stats" not in statement])

    sent(1, "check", quarantine=True)  # closing entries is a statement more
    few, many = ([sent(rows, "check"), sent(rows, "check", quarantine=True)] for rows in (1, 30))
    assert few == many
    # 38 rules set rows of characters apart: one statement for all that one row can break, one for each balance.
    assert (few[1] - few[0], few[0] < 50) == (4, True)
    fixes = [sent(rows, "fix", fix_rules=["strength_range", "reasonable_age"]) for rows in (1, 30)]
    assert fixes[0] == fixes[1]
