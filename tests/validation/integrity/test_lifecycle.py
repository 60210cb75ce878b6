"""A rule's way into the database and out of it, by command."""

import json

from tests.fixtures.databases import TestDatabase
from tests.fixtures.people import Person
from tests.fixtures.services import Unit
from tests.validation.integrity.conftest import as_owner
from tests.validation.integrity.test_commands import Command, command
from tests.validation.integrity.world import characters
from tests.validation.working import audit_rows, faults

__all__ = ["command"]

AGE = ("--rule", "reasonable_age")
PAIR = ("--rule", "unique_st_per_chronicle_gameline")
NAME = "characters_reasonable_age"


def clean(database: TestDatabase) -> None:
    """Rows of other tests are in the way of no rule here."""
    as_owner(
        database,
        "alter table characters no force row level security",
        "update characters set age = null",
        "alter table characters force row level security",
        "alter table st_relationships no force row level security",
        "delete from st_relationships",
        "alter table st_relationships force row level security",
    )


def state(ada: Person, name: str = NAME) -> tuple[str, str]:
    rows = ada.get("constraints").get_json()["results"]
    (found,) = [row for row in rows if row["constraint"] == name]
    return found["state"], found["wanted"]


def test_measured_added_proven_enforced_and_taken_out(
    ada: Person, unit: Unit, command: Command, loose_database: TestDatabase
) -> None:
    clean(loose_database)
    assert state(ada) == ("absent", "enforce")
    with unit() as session:
        characters(session, {"age": -1})
    assert command("constraints", "measure", *AGE).exit_code == 3
    refused = command("constraints", "add", *AGE)
    assert (refused.exit_code, state(ada)) == (3, ("absent", "enforce"))
    assert command("constraints", "add", "--allow-existing", *AGE).exit_code == 0
    assert state(ada) == ("not_valid", "add")
    unproven = command("constraints", "validate", *AGE)
    assert (unproven.exit_code, state(ada)) == (3, ("not_valid", "add"))
    assert "Number 0: age = -1" in unproven.stdout
    assert command("constraints", "drop", "--reason", "too strict", *AGE).exit_code == 0
    assert state(ada) == ("absent", "measure")
    assert command("constraints", "assert", *AGE).exit_code == 0
    clean(loose_database)
    assert command("constraints", "rollout", *AGE).exit_code == 0
    assert state(ada) == ("valid", "enforce")
    told = [row["action"] for row in audit_rows(ada, "constraint", NAME)]  # type: ignore[arg-type]
    assert told[-3:] == ["constraint.added", "constraint.validated", "constraint.enforced"]
    assert command("constraints", "drop", "--reason", "as it was", *AGE).exit_code == 0
    assert command("constraints", "enforce", *AGE).exit_code == 0
    assert command("constraints", "assert", *AGE).exit_code == 3
    listed = json.loads(command("constraints", "list", "--json", *AGE).stdout)
    assert [row["state"] for row in listed] == ["absent"]


def test_each_step_tells_data_as_well(ada: Person, unit: Unit, command: Command, loose_database: TestDatabase) -> None:
    clean(loose_database)
    dry = json.loads(command("constraints", "rollout", "--dry-run", "--json", *AGE).stdout)
    assert [row["constraint"] for row in dry] == [NAME]
    with unit() as session:
        characters(session, {"age": -1})
    stopped = command("constraints", "rollout", "--json", *AGE)
    assert (stopped.exit_code, json.loads(stopped.stdout)[0]["outcome"]) == (3, "findings")
    clean(loose_database)
    done = command("constraints", "rollout", "--json", *AGE)
    assert [row["outcome"] for row in json.loads(done.stdout)] == ["added", "validated", "enforced"]
    dropped = json.loads(command("constraints", "drop", "--reason", "as it was", "--json", *AGE).stdout)
    assert dropped == [{"constraint": NAME, "outcome": "dropped"}]
    enforced = command("constraints", "enforce", "--json", *AGE)
    assert (enforced.exit_code, json.loads(enforced.stdout)[0]["outcome"]) == (0, "enforced")
    assert state(ada) == ("absent", "enforce")


def test_a_rule_can_be_taken_from_the_api_as_well(ada: Person, command: Command) -> None:
    """The tables of these tests lack their constraints, so that the API alone refuses."""
    old = {"name": "Methuselah", "age": 900}
    assert command("constraints", "drop", "--reason", "elders", *AGE).exit_code == 0
    assert faults(ada.post("characters", old)) == {"/age": "reasonable_age"}
    assert command("constraints", "drop", "--scan-only", "--reason", "elders", *AGE).exit_code == 0
    (told,) = [row for row in ada.get("constraints").get_json()["results"] if row["constraint"] == NAME]
    assert (told["wanted"], told["scan_only"], told["reason"]) == ("measure", True, "elders")
    assert ada.post("characters", old).status_code == 201
    assert faults(ada.post("characters", old | {"strength": 11})) == {"/strength": "strength_range"}
    assert command("constraints", "enforce", *AGE).exit_code == 0
    assert faults(ada.post("characters", old)) == {"/age": "reasonable_age"}


def test_a_pair_becomes_a_constraint_by_its_index(ada: Person, command: Command, loose_database: TestDatabase) -> None:
    clean(loose_database)
    assert command("constraints", "rollout", *PAIR).exit_code == 0
    name = "unique_st_per_chronicle_gameline"
    assert state(ada, name) == ("valid", "enforce")
    assert command("constraints", "drop", "--reason", "as it was", *PAIR).exit_code == 0
    assert command("constraints", "enforce", *PAIR).exit_code == 0


def test_what_is_refused(ada: Person, command: Command) -> None:
    for kept in ("amount_positive", "one_award_per_scene_and_character", "xp_matches_ledger"):
        refused = command("constraints", "drop", "--rule", kept, "--reason", "x")
        assert (refused.exit_code, refused.stderr) == (1, f"error: protected: {kept}\n")
    assert command("constraints", "drop", "--rule", "nonsense", "--reason", "x").exit_code == 2
    assert command("constraints", "add").exit_code == 2
    assert command("constraints", "add", "--rule", "nonsense").exit_code == 2
    shown = command("constraints", "add", "--dry-run", *AGE)
    assert shown.stdout.startswith(f"ALTER TABLE characters ADD CONSTRAINT {NAME} CHECK")
    assert state(ada)[0] == "absent"
