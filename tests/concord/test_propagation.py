"""`concord propagation`: the same commands over HTTP and on the database, their output and their exit codes."""

import csv
import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import text

from services.propagation import jobs
from services.propagation.config import Settings
from shared.app import ServiceApp
from shared.tenancy import Context
from tests.concord.conftest import Run, serving
from tests.fixtures.people import Issuer, Person
from tests.gateway.stage import free_port
from tests.propagation.changing import change, set_workspace, stored_names
from tests.propagation.naming import Naming, answered

Call = Callable[..., Result]


@pytest.fixture(scope="module")
def address(propagation_app: ServiceApp) -> Iterator[str]:
    with serving(propagation_app) as found:
        yield found


@pytest.fixture
def naming(propagation_app: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID) -> Naming:
    return Naming.build(Person(propagation_app.test_client(), "/api/propagation/v1", issuer.token(tenant_id)))


@pytest.fixture
def local(
    run: Run, propagation_settings: Settings, tenant_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Call]:
    settings = propagation_settings
    for name in ("database_url", "redis_url", "secret_key"):
        monkeypatch.setenv(f"CONCORD_PROPAGATION_{name.upper()}", getattr(settings, name).get_secret_value())
    monkeypatch.setenv("CONCORD_PROPAGATION_JWKS", settings.jwks)
    monkeypatch.setenv("CONCORD_PROPAGATION_LOG_LEVEL", "CRITICAL")
    jobs._settings.cache_clear()
    yield lambda *words, **more: run("propagation", *words, "--local", "--tenant", str(tenant_id), **more)
    jobs._settings.cache_clear()


@pytest.fixture
def http(run: Run, address: str, issuer: Issuer, tenant_id: uuid.UUID) -> Call:
    known = {"CONCORD_ADDRESS": address, "CONCORD_TOKEN": issuer.token(tenant_id)}
    return lambda *words, **more: run("propagation", *words, **(known | more))


@pytest.fixture(params=["http", "local"])
def propagation(request: pytest.FixtureRequest) -> Call:
    found: Call = request.getfixturevalue(request.param)
    return found


def told(result: Result, code: int = 0) -> Any:
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def test_a_tree_has_a_limit(propagation: Call, naming: Naming) -> None:
    tree = naming.tree()
    top = str(tree["account"]["id"])
    lines = propagation("tree", top).stdout.splitlines()
    assert lines[0] == f"NIKE-EU  #{top}"
    assert lines[1].startswith("  NIKE_SS26|[c0]")
    assert lines[2].startswith("    NIKE-SS26-a0")
    assert len(lines) == 7
    assert len(propagation("tree", top, "--depth", "1").stdout.splitlines()) == 3
    cut = told(propagation("tree", top, "--limit", "2", "--json"))
    assert ([row["level"] for row in cut["descendants"]], cut["truncated"]) == ([1, 1], True)
    assert "more than 2 strings" in propagation("tree", top, "--limit", "2").stdout


def test_strings_rules_and_fields_have_names(http: Call, naming: Naming) -> None:
    tree = naming.tree()
    account, (one, other) = str(tree["account"]["id"]), tree["campaigns"]
    shown = http("tree", account).stdout
    assert [http("tree", name).stdout for name in ("NIKE-EU", f"#{account}")] == [shown, shown]
    assert len(http("export", "--rule", "Standard", "--field", "campaign").stdout.splitlines()) == 3
    none = http("check", "--rule", "Standart")
    assert (
        none.exit_code,
        f"--rule: nothing is called 'Standart'; there are {naming.rule} (Standard, " in none.stderr,
    ) == (2, True)
    twice = http("preview", tree["ads"][0]["value"], "Note=other")
    assert (twice.exit_code, "several are called 'NIKE-SS26-a0'" in twice.stderr) == (2, True)
    assert all(above["value"] in twice.stderr for above in (one, other))


def test_names_are_explained_simulated_and_read_back(http: Call, naming: Naming, tmp_path: Path) -> None:
    tree = naming.tree(1, 1)
    lines = http("explain", f"#{tree['ads'][0]['id']}").stdout.splitlines()
    assert lines[0].startswith("NIKE-SS26-a0")
    assert lines[1] == f"  Brand: NIKE  inherited from NIKE-EU  #{tree['account']['id']}, inherit_always"
    made = http("simulate", "Brand=PUMA", "Region=US", "--rule", "Standard", "--field", "account")
    assert (made.exit_code, made.stdout) == (0, "PUMA-US\n")
    short = told(http("simulate", "Brand=PUMA", "--rule", "Standard", "--field", "account", "--json"), 3)
    assert [problem["code"] for problem in short["problems"]] == ["required_dimension_missing"]
    file = tmp_path / "names.csv"
    file.write_text("value,field\nNIKE-EU,account\nNIKE-XX,account\n")
    read = http("check-names", str(file), "--rule", "Standard")
    assert (read.exit_code, read.stdout.splitlines()[-1]) == (3, "2 names, 1 of them not valid")
    assert "row 2, NIKE-XX: 'XX' is no value of 'Region'." in read.stdout


def test_a_run_is_taken_back(http: Call, naming: Naming) -> None:
    tree = naming.tree(1, 1)
    before = stored_names(naming)
    job = told(http("apply", f"#{tree['account']['id']}", "Brand=PUMA", "--yes", "--json"))
    assert "PUMA-EU  →  NIKE-EU" in http("undo", job["id"], "--dry-run").stdout
    assert told(http("undo", job["id"], "--json"))["undo_of"] == job["id"]
    assert stored_names(naming) == before
    assert http("undo", job["id"]).exit_code == 1


def test_preview_and_apply(propagation: Call, naming: Naming) -> None:
    tree = naming.tree()
    top = str(tree["account"]["id"])
    shown = propagation("preview", top, "Brand=PUMA")
    assert shown.exit_code == 0
    assert "NIKE-EU  →  PUMA-EU" in shown.stdout
    assert "7 strings change, 0 fail, 0 are skipped" in shown.stdout
    assert set(stored_names(naming).values()) & {"NIKE-EU"}
    job = told(propagation("apply", top, "Brand=PUMA", "--yes", "--json"))
    assert (job["status"], job["processed_strings"]) == ("completed", 7)
    assert stored_names(naming)[tree["account"]["id"]] == "PUMA-EU"


def test_without_consent_nothing_happens(propagation: Call, naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=0)
    before = stored_names(naming)
    assert propagation("apply", str(tree["account"]["id"]), "Brand=PUMA").exit_code == 1
    assert stored_names(naming) == before


def test_what_stands_in_the_way_is_3(propagation: Call, naming: Naming) -> None:
    tree = naming.tree(campaigns=2, ads=0)
    first = str(tree["campaigns"][0]["id"])
    assert propagation("preview", first, "Note=c1").exit_code == 3
    assert propagation("apply", first, "Note=c1", "--yes").exit_code == 1


def test_a_large_run_is_followed_to_its_end(local: Call, naming: Naming) -> None:
    tree = naming.tree()
    set_workspace(naming, background_processing_threshold=3)
    job = told(local("apply", str(tree["account"]["id"]), "Brand=PUMA", "--yes", "--json"))
    assert (job["status"], job["processed_strings"], job["processing_method"]) == ("completed", 7, "background")


def test_waiting_has_an_end(http: Call, naming: Naming) -> None:
    tree = naming.tree()
    set_workspace(naming, background_processing_threshold=3)
    result = http("apply", str(tree["account"]["id"]), "Brand=PUMA", "--yes", "--timeout", "0.1")
    assert result.exit_code == 5
    assert "still pending" in result.stderr


def damage(app: ServiceApp, naming: Naming, string_id: int) -> None:
    tenant = uuid.UUID(answered(naming.person.get("workspace"))["id"])
    with app.runtime.db.transaction(Context(tenant_id=tenant)) as session:
        session.execute(text("update strings set value = 'WRONG' where id = :id"), {"id": string_id})


def test_check_finds_and_regenerate_mends(propagation: Call, naming: Naming, propagation_app: ServiceApp) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    assert told(propagation("check", "--json"))["checked"] == 3
    damage(propagation_app, naming, tree["ads"][0]["id"])
    result = propagation("check", "--rule", str(naming.rule))
    assert result.exit_code == 3
    assert f"error: string {tree['ads'][0]['id']}" in result.stdout
    assert told(propagation("check", str(tree["account"]["id"]), "--json"))["error_count"] == 0
    assert "1 strings regenerated, 0 of them" in propagation("regenerate", "--all").stdout
    assert stored_names(naming)[tree["ads"][0]["id"]] == tree["ads"][0]["value"]


def test_regenerate_brings_stale_names_up(propagation: Call, naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    answered(change(naming, tree["account"], "Brand", "PUMA", propagate=False))
    assert told(propagation("regenerate", "--json"))["failed"] == 0
    assert {value[:4] for value in stored_names(naming).values()} == {"PUMA"}
    assert told(propagation("regenerate", "--json"))["regenerated"] == []


def test_export_edit_import(propagation: Call, naming: Naming, tmp_path: Path) -> None:
    naming.tree(campaigns=2, ads=1)
    file = tmp_path / "names.csv"
    assert propagation("export", str(file)).exit_code == 0
    assert propagation("export").stdout_bytes == file.read_bytes()
    with file.open(newline="") as content:
        rows = list(csv.DictReader(content))
    rows[0]["dimension:Brand"] = "PUMA"
    with file.open("w", newline="") as content:
        writer = csv.DictWriter(content, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    rule = str(naming.rule)
    shown = told(propagation("import", str(file), "--rule", rule, "--json"))
    assert (shown["dry_run"], shown["summary"]["updated"], shown["summary"]["unchanged"]) == (True, 1, 4)
    done = told(propagation("import", str(file), "--rule", rule, "--apply", "--json"))
    assert done["summary"]["updated"] == 1
    assert {value[:4] for value in stored_names(naming).values()} == {"PUMA"}


def test_refused_rows_are_3_and_named(propagation: Call, naming: Naming, tmp_path: Path) -> None:
    file = tmp_path / "names.csv"
    file.write_text("field,dimension:Brand,dimension:Region\naccount,NIKE,EU\naccount,NIEK,EU\n")
    result = propagation("import", str(file), "--rule", str(naming.rule), "--apply")
    assert result.exit_code == 3
    assert "line 3, dimension:Brand: The dimension 'Brand' has no value 'NIEK'. (not_found)" in result.stdout
    assert propagation("import", str(file), "--rule", str(naming.rule), "--apply").exit_code == 1
    file.write_text("colour\nred\n")
    refused = propagation("import", str(file), "--rule", str(naming.rule))
    assert refused.exit_code == 1
    assert "'colour'" in refused.stderr


def test_report_cleanup_and_errors(propagation: Call, naming: Naming) -> None:
    tree = naming.tree(campaigns=2, ads=0)
    answered(change(naming, tree["account"], "Brand", "PUMA"))
    assert change(naming, tree["campaigns"][0], "Note", "c1").status_code == 409
    found = told(propagation("report", "--json"))
    assert found["jobs"] == {
        "total": 2, "by_status": {"completed": 1, "failed": 1}, "by_trigger": {"detail_update": 2},
    }  # fmt: skip
    assert found["strings"] == {"changed": 3, "failed": 1, "skipped": 0}
    assert found["errors"] == {"total": 1, "unresolved": 1, "by_type": {"conflict_error": 1}}
    assert told(propagation("report", "--to", "2020-01-01", "--json"))["jobs"]["total"] == 0
    assert told(propagation("retry-errors", "--json")) == {"retried": [], "unresolved": 0}


def test_cleanup_forgets_at_once(local: Call, naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=0)
    answered(change(naming, tree["account"], "Brand", "PUMA"))
    assert told(local("cleanup", "--days", "0", "--json"))["processed_strings"] == 1
    assert told(local("report", "--json"))["jobs"]["total"] == 0


def test_who_is_not_there_is_4(run: Run, http: Call, naming: Naming) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    assert http("report", CONCORD_ADDRESS=away).exit_code == 4
    assert http("report", CONCORD_TOKEN="nobody").exit_code == 4
    assert run("propagation", "report").exit_code == 4
    assert run("propagation", "report", "--local").exit_code == 4
    gone = {"CONCORD_PROPAGATION_DATABASE_URL": f"postgresql://a:b@127.0.0.1:{free_port()}/x"}
    named = {"CONCORD_PROPAGATION_JWKS": "none.json", "CONCORD_PROPAGATION_SECRET_KEY": "x" * 40}
    redis = {"CONCORD_PROPAGATION_REDIS_URL": "redis://127.0.0.1:1/0"}
    assert run("propagation", "report", "--local", **gone, **named, **redis).exit_code in (2, 4)


def test_who_may_not_is_4_and_what_is_not_there_1(
    run: Run, http: Call, naming: Naming, issuer: Issuer, tenant_id: uuid.UUID
) -> None:
    assert http("tree", "999999999").exit_code == 1
    viewer = issuer.token(tenant_id, sub="vera", roles=["viewer"])
    assert http("cleanup", CONCORD_TOKEN=viewer).exit_code == 4
    result = http("tree", "999999999")
    assert "correlation id" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    "words",
    [
        ["tree", "x"],
        ["preview", "1"],
        ["preview", "1", "Brand"],
        ["check", "1", "--rule", "1"],
        ["report", "--tenant", "x"],
        ["import", "missing.csv", "--rule", "1"],
        ["cleanup", "--days", "-1"],
    ],
)
def test_wrong_use_is_2(http: Call, naming: Naming, words: list[str]) -> None:
    assert http(*words).exit_code == 2
