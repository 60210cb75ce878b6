"""`concord validation rules …` and `evaluate`: their output and their exit codes."""

import json
import uuid
from pathlib import Path

import pytest
import yaml

from tests.fixtures.people import Person
from tests.validation.conftest import Command
from tests.validation.domain.rules.test_reading import PRODUCTS
from tests.validation.rule_sets.products import NAME, product


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "products.yaml"
    path.write_text(PRODUCTS)
    return path


def test_a_definition_is_linted_without_a_database(command: Command, file: Path) -> None:
    assert command("rules", "lint", str(file)).exit_code == 0
    file.write_text(PRODUCTS.replace("not_null", "odd"))
    told = command("rules", "lint", str(file))
    assert (told.exit_code, told.stdout) == (
        3,
        f"{file}:7:23: sku_present: kind is one of range, set, not_null, unique, reference, compare, expression.\n",
    )
    (fault,) = json.loads(command("rules", "lint", str(file), "--json").stdout)["faults"]
    assert (fault["rule"], fault["line"]) == ("sku_present", 7)
    file.write_text("a: [")
    assert "This is no YAML" in command("rules", "lint", str(file)).stdout


def test_built_in_sets_are_shown(command: Command) -> None:
    assert "## xp_non_negative" in command("rules", "docs", "core").stdout
    assert json.loads(command("rules", "show", "ledger").stdout)["name"] == "ledger"


def test_sets_go_in_and_out_and_judge_files(
    ada: Person, command: Command, file: Path, tmp_path: Path, tenant_id: uuid.UUID
) -> None:
    here = ("--tenant", str(tenant_id))
    ada.get("rule-sets")  # the tenant is known from its first call on
    assert command("rules", "import", str(file), *here).stdout == f"{NAME} version 1\n"
    assert json.loads(command("rules", "import", str(file), *here, "--json").stdout) == {"name": NAME, "version": 1}
    assert yaml.safe_load(command("rules", "export", NAME, *here).stdout)["rule_set"] == NAME
    assert command("rules", "show", "nothing", *here).exit_code == 1
    lines = [json.dumps(product(place)) for place in range(3)] + ["no json", json.dumps(product(9, price=-1))]
    records = tmp_path / "records.jsonl"
    records.write_text("\n".join(lines))
    told = command("evaluate", NAME, str(records), *here)
    assert told.exit_code == 3
    assert told.stdout.splitlines()[-2:] == [
        "line 5: category_known: fruit is not a known category.",
        "5 records, 3 passed, 2 failed, 3 warned",
    ]
    found = json.loads(command("evaluate", NAME, str(records), *here, "--json").stdout)
    assert [failure["line"] for failure in found["failures"]] == [1, 2, 3, 4, 5]
    records.write_text(json.dumps(product(1)))
    assert command("evaluate", NAME, str(records), *here).exit_code == 0
    assert command("evaluate", "core", str(records), *here).exit_code == 1
    file.write_text(PRODUCTS.replace(NAME, "core"))
    assert "built-in" in command("rules", "import", str(file), *here).stderr
