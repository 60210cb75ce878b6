"""The same anatomy in every service, files of a size that one reads, and a worker for every queue."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from benchmarks.__main__ import SUITES
from concord import catalogue
from concord.settings import StackSettings
from concord.stack.home import Home
from concord.stack.plan import Plan, make_plan
from docs.clients import MODULES
from tests.repository.planted import ROOT
from tests.repository.sources import files, nodes, source

SERVICES = [path.name for path in sorted((ROOT / "services").iterdir()) if (path / "app.py").exists()]
# A service has these at its top, each as a file or as a package, and nothing else.
REQUIRED = {"__init__", "app", "config", "errors", "models", "schemas", "routes", "operations", "domain", "migrations"}
CONTRACT = "openapi"  # made by docs/contracts.py
OPTIONAL = {"queries", "clients", "extractors", "loaders", "jobs", "commands", "console", "definitions", "metrics"}

# "About": a tenth above is no reason to tear a file apart.
LINES, TEST_LINES, CONFTEST_LINES, LINES_OF_SHARED = 330, 500, 100, 250
CEILING_OF_SHARED, CEILING_OF_CONSOLE = 12_000, 1_500
LONGER = {
    "services/propagation/operations/runs/applying.py": "the statements of one wave, which are read side by side",
    "services/propagation/operations/runs/editing.py": "one edit from its preview to its run",
    "services/propagation/migrations/versions/0001_first_tables.py": "all tables of the service, once",
    "services/workflow/migrations/versions/0001_first_tables.py": "all tables of the service, once",
    "services/sync/migrations/versions/0002_catalogue.py": "all tables of the catalogue, once",
    "services/sync/migrations/versions/0003_pipelines_and_runs.py": "all tables of pipelines and runs, once",
    "services/sync/migrations/versions/0004_companies_and_menus.py": "all that promotions refer to, once",
    "services/sync/migrations/versions/0005_promotions.py": "all tables of promotions, once",
    "services/validation/migrations/versions/0002_characters.py": "the tables that refer to each other, once",
    "tests/faults/conftest.py": "servers and processes that only these tests may kill",
}


def length(path: Path) -> int:
    return source(path).count("\n")


def allowed(path: Path) -> int:
    if path.name == "conftest.py":
        return CONFTEST_LINES
    if path.parts[0] == "tests":
        return TEST_LINES
    return LINES_OF_SHARED if path.parts[0] == "shared" else LINES


def test_files_are_short() -> None:
    long = {str(path) for path in files() if ROOT / path not in MODULES and length(path) > allowed(path)}
    assert long <= LONGER.keys()


def test_shared_stays_below_its_ceiling() -> None:
    """What grows here is paid by every service; raising the ceiling takes a decision record."""
    console = {path for path in files("shared") if path.parts[1] == "console"}
    assert sum(length(path) for path in set(files("shared")) - console) < CEILING_OF_SHARED
    assert sum(length(path) for path in console) < CEILING_OF_CONSOLE


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_the_usual_rooms(service: str) -> None:
    folder = ROOT / "services" / service
    found = {path.stem for path in folder.iterdir() if path.name != "__pycache__"}
    assert found >= REQUIRED | {CONTRACT}
    assert found - REQUIRED - {CONTRACT} <= OPTIONAL
    assert (folder / "migrations/versions").is_dir()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_says_what_it_owns(service: str) -> None:
    path = Path("services") / service / "__init__.py"
    (only,) = ast.parse(source(path)).body
    assert isinstance(only, ast.Expr)
    assert isinstance(only.value, ast.Constant)
    assert len(str(only.value.value)) > 80


@pytest.mark.parametrize("service", SERVICES)
def test_wiring_is_only_wiring(service: str) -> None:
    assert length(Path("services") / service / "app.py") < 60
    assert length(Path("services") / service / "migrations/env.py") <= 5


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_tests(service: str) -> None:
    assert [path for path in files("tests") if path.parts[1] == service and path.name.startswith("test_")]


@pytest.fixture
def plan(tmp_path: Path) -> Iterator[Plan]:
    """The stack on servers that exist elsewhere; nothing is started."""
    home = Home(tmp_path / "home")
    given = {
        "CONCORD_HOME": str(home.root),
        "CONCORD_DATABASE_URL": "postgresql://boss:secret@db.example/postgres",
        "CONCORD_REDIS_URL": "redis://cache.example/0",
        "PATH": "/usr/bin:/bin",
    }
    yield make_plan(StackSettings.read(given), home)
    home.remove_run()


def test_every_queue_is_worked_off(plan: Plan) -> None:
    queues = [import_module(f"services.{name}.config").QUEUES for name in SERVICES]
    workers = [program.command for program in plan.programs if program.name.startswith("worker-")]
    assert sorted(command[command.index("worker") + 1 :] for command in workers) == sorted(queues)


def test_all_services_are_part_of_the_stack(plan: Plan) -> None:
    names = {program.name for program in plan.programs}
    assert names >= {f"web-{service}" for service in SERVICES} | {"relay", "stream"}
    assert [name for name in catalogue.SERVICES if name in SERVICES] == catalogue.installed_names()


@pytest.mark.parametrize("service", SERVICES)
def test_jobs_are_sent_to_queues_that_exist(service: str) -> None:
    queues = import_module(f"services.{service}.config").QUEUES
    named = [
        (path, word.value.value)
        for path in files("services")
        if path.parts[1] == service
        for call in nodes(path, ast.Call)
        for word in call.keywords
        if word.arg == "queue" and isinstance(word.value, ast.Constant)
    ]
    assert named
    assert [(path, queue) for path, queue in named if queue not in queues] == []


def test_every_suite_of_benchmarks_is_run_with_the_others() -> None:
    found = {path.parent.name for path in (ROOT / "benchmarks").glob("*/__main__.py")}
    assert found == {suite.partition(".")[0] for suite in SUITES}
