"""The commands: exit codes, text and JSON, one tenant and all of them."""

import json
import uuid
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from services.validation.commands import validation
from tests.fixtures.databases import TestDatabase
from tests.fixtures.people import Issuer, Person
from tests.fixtures.services import MakePerson, Unit
from tests.validation.integrity.world import characters, read, run

Command = Callable[..., Result]


class Prepared:
    """The environment is there already."""

    def prepare(self, service: str) -> None:
        assert service == "validation"


@pytest.fixture
def command(loose_database: TestDatabase, redis_url: str, issuer: Issuer) -> Command:
    given = {
        "CONCORD_VALIDATION_DATABASE_URL": loose_database.app_url,
        "CONCORD_VALIDATION_OWNER_URL": loose_database.owner_url,
        "CONCORD_VALIDATION_RELAY_URL": loose_database.relay_url,
        "CONCORD_REDIS_URL": redis_url,
        "CONCORD_JWKS": str(issuer.jwks),
        "CONCORD_SECRET_KEY": "only-for-tests-" * 4,
    }

    def call(*arguments: str, **environment: str) -> Result:
        return CliRunner().invoke(validation, arguments, obj=Prepared(), env=given | environment)

    return call


def test_look_repair_undo(ada: Person, unit: Unit, command: Command, tenant_id: uuid.UUID) -> None:
    mine = ("--tenant", str(tenant_id))
    with unit() as session:
        ids = characters(session, {"strength": 11}, {"age": -1})
    looked = command("validate_data_integrity", "--verbose", *mine)
    assert looked.exit_code == 3, looked.output
    lines = looked.stdout.splitlines()
    assert lines[:3] == ["Data integrity report", "=" * 70, "Mode: check"]
    assert "3. Attributes out of range" in lines
    assert "   ✗ 1 strength out of range" in lines
    assert f"     #{ids[0]} Number 0: strength = 11" in lines
    assert lines[-1].startswith("2 issues found, 0 fixed, 2 remaining.")
    planned = command("validate", "--fix", "--dry-run", "--json", *mine)
    assert planned.exit_code == 3
    assert json.loads(planned.stdout)["mode"] == "dry_run"
    fixed = command("validate-data-integrity", "--fix", "--json", *mine)
    assert (fixed.exit_code, json.loads(fixed.stdout)["totals"]["fixed"]) == (0, 2)
    usual, strict = (
        command("validate", "--rule", "owner_given", "--rule-set", "hygiene", *mine, *more)
        for more in ((), ("--strict",))
    )
    assert (usual.exit_code, usual.stdout.splitlines()[-1][:15]) == (0, "0 issues found.")
    assert (strict.exit_code, strict.stdout.splitlines()[-1][:37]) == (3, "2 issues found, 0 fixed, 2 remaining.")
    clean = command("validate", *mine)
    assert clean.exit_code == 0
    assert clean.stdout.splitlines()[-1] == "0 issues found. The data is ready for its constraints."
    undone = command("undo", json.loads(fixed.stdout)["run_id"], *mine)
    assert (undone.exit_code, undone.stdout) == (0, "2 rows restored\n")
    with unit() as session:
        assert read(session, ids[0], "strength") == (11,)
    assert command("validate", "--fix-rule", "strength_range", *mine).exit_code == 3
    run(ada, quarantine=True)
    listed = command("quarantine", "list", "--json", *mine)
    (entry,) = json.loads(listed.stdout)
    assert (listed.exit_code, entry["row"]) == (3, ids[1])
    assert command("quarantine", "release", str(entry["id"]), "--reason", "known", *mine).exit_code == 0
    assert command("quarantine", "list", *mine).exit_code == 0


def test_without_a_tenant_figures_are_sums(
    command: Command, unit: Unit, ada: Person, person: MakePerson, other_tenant: uuid.UUID
) -> None:
    for somebody in (ada, person(tenant_id=other_tenant)):
        assert somebody.get("jobs").status_code == 200
    with unit() as session:
        characters(session, {"strength": 11})
    found = json.loads(command("validate", "--json", "--rule", "strength_range").stdout)
    assert found["tenant"] is None
    assert found["totals"]["found"] >= 1
    assert found["rules"][0]["samples"]


def test_what_it_cannot_do(command: Command, tenant_id: uuid.UUID) -> None:
    assert command("validate", "--nonsense").exit_code == 2
    assert command("validate", "--rule", "nonsense").exit_code == 2
    assert command("validate", "--tenant", "nobody").exit_code == 2
    away = command("validate", CONCORD_VALIDATION_RELAY_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert (away.exit_code, away.stdout) == (1, "")
    assert command("undo", str(uuid.uuid4()), "--tenant", str(tenant_id)).exit_code == 2
