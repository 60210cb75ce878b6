"""The same commands over HTTP, as somebody elsewhere gives them: what they print and how they end does not differ."""

import json
import uuid
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
import yaml
from click.testing import CliRunner, Result

from concord.client import Concord
from concord.connection import ClientConnection
from services.validation.commands import validation
from services.validation.jobs import registry
from shared.app import ServiceApp
from shared.connection import Connection
from shared.jobs.performing import work
from tests.fixtures.people import Person
from tests.fixtures.services import Unit
from tests.validation.domain.rules.test_reading import PRODUCTS
from tests.validation.integrity.world import characters, run
from tests.validation.rule_sets.products import NAME, product

Command = Callable[..., Result]


class Elsewhere:
    """What a profile leads to; a worker there does what is asked."""

    has_profile = True

    def __init__(self, app: ServiceApp, person: Person, tenant_id: uuid.UUID) -> None:
        self._app, self._person, self._tenant_id = app, person, tenant_id

    def over_http(self, service: str, *, address: str | None, token: str | None) -> Connection:
        client = Concord("http://elsewhere", self._person.token, transport=httpx2.WSGITransport(app=self._app))
        return ClientConnection(getattr(client, service), self._perform)

    def _perform(self, job_id: str) -> None:
        work(self._app.runtime.db, registry, tenant_id=self._tenant_id, job_id=uuid.UUID(job_id))


@pytest.fixture
def far(app: ServiceApp, ada: Person, tenant_id: uuid.UUID) -> Command:
    doors = Elsewhere(app, ada, tenant_id)
    return lambda *arguments: CliRunner().invoke(validation, arguments, obj=doors)


def test_look_repair_undo(far: Command, ada: Person, unit: Unit) -> None:
    with unit() as session:
        ids = characters(session, {"strength": 11}, {"age": -1})
    looked = far("validate_data_integrity", "--verbose")
    assert looked.exit_code == 3, looked.output
    assert f"     #{ids[0]} Number 0: strength = 11" in looked.stdout.splitlines()
    fixed = far("validate", "--fix", "--json")
    document = json.loads(fixed.stdout)
    assert (fixed.exit_code, document["mode"], document["totals"]["fixed"]) == (0, "fix", 2)
    undone = far("undo", document["run_id"], "--json")
    assert (undone.exit_code, json.loads(undone.stdout)["info"]["restored"]) == (0, 2)

    run(ada, quarantine=True)
    listed = far("quarantine", "list", "--json")
    entries = json.loads(listed.stdout)
    assert (listed.exit_code, sorted(entry["row"] for entry in entries)) == (3, sorted(ids))
    for entry in entries:
        released = far("quarantine", "release", str(entry["id"]), "--reason", "known")
        assert (released.exit_code, released.stdout) == (0, f"characters {entry['row']} released\n")
    assert far("quarantine", "list").exit_code == 0


def test_health(far: Command, unit: Unit) -> None:
    with unit() as session:
        characters(session, {"strength": 11})
    shown = far("monitor", "--json", "--period", "48")
    report = json.loads(shown.stdout)
    assert report["period_hours"] == 48
    assert shown.exit_code == (0 if report["status"] == "healthy" else 3)
    assert far("monitor").stdout.startswith("Validation health report, last 24 hours\n")


def test_rule_sets_go_in_and_out_and_judge_files(far: Command, tmp_path: Path) -> None:
    file, records = tmp_path / "products.yaml", tmp_path / "records.jsonl"
    file.write_text(PRODUCTS)
    assert far("rules", "import", str(file)).stdout == f"{NAME} version 1\n"
    assert json.loads(far("rules", "show", NAME).stdout)["definition"]["rule_set"] == NAME
    assert yaml.safe_load(far("rules", "export", NAME).stdout)["target"] == "records"
    assert "## sku_present" in far("rules", "docs", NAME).stdout
    assert far("rules", "show", "nothing").exit_code == 1
    records.write_text("\n".join([json.dumps(product(1)), "no json", json.dumps(product(2, price=-1))]))
    judged = far("evaluate", NAME, str(records), "--json")
    assert (judged.exit_code, json.loads(judged.stdout)["failed"]) == (3, 2)
    assert [failure["line"] for failure in json.loads(judged.stdout)["failures"] if failure["violations"]][-1] == 3
    assert far("evaluate", "nothing", str(records)).exit_code == 1


def test_constraints_are_looked_at_and_measured(far: Command, unit: Unit) -> None:
    with unit() as session:
        characters(session, {"strength": 11})
    listed = far("constraints", "list", "--rule", "strength_range")
    assert listed.stdout == "characters_strength_range: absent, wanted: enforce\n"
    assert far("constraints", "assert", "--rule", "strength_range").exit_code == 3
    measured = far("constraints", "measure", "--rule", "strength_range", "--rule", "valid_status", "--json")
    assert (measured.exit_code, json.loads(measured.stdout)) == (
        3,
        {"characters_strength_range": 1, "characters_valid_status": 0},
    )


def test_a_ledger_is_proven(far: Command) -> None:
    assert far("ledger", "verify").stdout == "✓ Every balance follows from its entries.\n"


@pytest.mark.parametrize(
    "words",
    [
        ["constraints", "drop", "--rule", "strength_range", "--reason", "tried"],
        ["ledger", "rebuild"],
        ["xp-audit"],
        ["forget-user", "lea"],
        ["leave-scenes"],
        ["alert-mail", "--tenant", "demo", "--off"],
    ],
)
def test_what_the_api_cannot_do_is_not_done_to_another_database(far: Command, words: list[str]) -> None:
    result = far(*words)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert "--local" in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["validate", "--tenant", "demo"],
        ["validate", "--rule", "nonsense"],
        ["validate", "--rule-set", "nonsense"],
        ["monitor", "--alert"],
        ["undo", str(uuid.UUID(int=1))],
        ["quarantine", "release", "999999999", "--reason", "known"],
    ],
)
def test_wrong_use_is_2(far: Command, words: list[str]) -> None:
    result = far(*words)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert result.stderr
