"""Rules of this house that no linter knows."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.repository.planted import ROOT
from tests.repository.sources import files, imports, nodes, source

PRODUCT = ("concord", "shared", "services")

COMMITS = {
    "shared/db.py": "the unit of work",
    "shared/migrations.py": "the runner of migrations has a connection of its own",
}
ENVIRONMENT = {
    "concord/settings.py": "reads what the local stack is told, once",
    "concord/commands/processes.py": "hands its own environment to the program that takes its place",
    "concord/stack/backup.py": "hands its own environment, and where to connect, to PostgreSQL's programs",
    "services/sync/clients/secrets.py": "the names of secrets are the users', so no settings class can list them",
    "shared/metrics.py": "prometheus_client itself is steered by the environment",
}
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "service", "base", "misc", "lib"}
VAGUE_ALL_THE_SAME = {"benchmarks/propagation/service.py": "a running service, as opposed to its parts"}
# What the services are about. Words that are terms of the trade as well (string, rule, task, pipeline, edge, store,
# sync, validation) are not in the list, although they are nouns of a service too.
DOMAIN_WORDS = {
    "approval",
    "attendance",
    "campaign",
    "chronicle",
    "company",
    "dataset",
    "dimension",
    "extractor",
    "gameline",
    "platform",
    "promotion",
    "propagation",
    "submission",
    "ticket",
    "vendor",
    "workflow",
    "workspace",
}


def where(path: Path, node: ast.AST) -> str:
    return f"{path}:{getattr(node, 'lineno', 0)}"


def commits(path: Path) -> list[str]:
    """Calls of `.commit()`; releasing a savepoint stores nothing, so one of that name may."""
    return [
        where(path, call)
        for call in nodes(path, ast.Call)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "commit"
        and not (isinstance(call.func.value, ast.Name) and call.func.value.id == "savepoint")
    ]


def test_nothing_commits_but_the_unit_of_work() -> None:
    found = {str(path) for path in files(*PRODUCT) if commits(path)}
    assert found == COMMITS.keys()


def environment_readers(path: Path) -> list[str]:
    named = [
        where(path, node)
        for node in nodes(path, ast.Attribute)
        if node.attr in ("environ", "getenv", "putenv") and isinstance(node.value, ast.Name) and node.value.id == "os"
    ]
    return named + [name for name in imports(path) if name in ("os.environ", "os.getenv")]


def test_the_environment_is_read_in_few_places() -> None:
    found = {str(path) for path in files(*PRODUCT) if environment_readers(path)}
    assert found <= ENVIRONMENT.keys()


def test_no_module_has_a_vague_name() -> None:
    parts = {str(path): {*path.parent.parts, path.stem} for path in files()}
    assert {path for path, names in parts.items() if names & VAGUE} == VAGUE_ALL_THE_SAME.keys()


def words(text: str) -> set[str]:
    """`DimensionValue`, `dimension_values` and `dimension` all hold the word dimension."""
    found = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", text)}
    return found | {word.removesuffix("s") for word in found} | {re.sub("ies$", "y", word) for word in found}


@pytest.mark.parametrize("path", files("shared"), ids=str)
def test_shared_knows_no_service_and_no_meaning(path: Path) -> None:
    assert words(source(path)) & DOMAIN_WORDS == set()
    assert [name for name in imports(path) if name.startswith(("services", "concord", "tests"))] == []


def test_words_are_found_in_every_form() -> None:
    for text in ("class DimensionValue:", "dimension_values = 1", "# Dimensions of it", "'dimension'"):
        assert "dimension" in words(text)
    assert "company" in words("companies")


def test_services_do_not_name_each_others_tables_or_modules() -> None:
    services = {path.name for path in (ROOT / "services").iterdir() if (path / "app.py").exists()}
    for path in files("services"):
        own = path.parts[1]
        foreign = [name for name in imports(path) if name.startswith("services.") and name.split(".")[1] != own]
        assert not foreign, path
        others = services - {own}
        assert not any(f"concord_{other}_" in source(path) for other in others), path


@pytest.mark.parametrize("path", files("tests"), ids=str)
def test_what_is_skipped_says_why(path: Path) -> None:
    for call in nodes(path, ast.Call):
        name = ast.unparse(call.func)
        if name in ("pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail"):
            assert any(word.arg == "reason" for word in call.keywords), where(path, call)
        if name in ("pytest.skip", "pytest.xfail", "pytest.importorskip"):
            assert call.args or call.keywords, where(path, call)
    bare = [ast.unparse(node) for node in nodes(path, ast.Attribute)]
    called = [ast.unparse(call.func) for call in nodes(path, ast.Call)]
    for name in ("pytest.mark.skip", "pytest.mark.xfail"):
        assert bare.count(name) == called.count(name), path


def test_tests_put_nothing_in_the_place_of_our_own_modules() -> None:
    for path in files("tests"):
        assert not [name for name in imports(path) if name.startswith("unittest.mock")], path


def test_opt_outs_name_the_rule() -> None:
    blanket = re.compile(r"#\s*noqa(?!: ?[A-Z]+\d)|#\s*type: ignore(?!\[)")
    found = [str(path) for path in files() if path.name != "test_policy.py" and blanket.search(source(path))]
    assert found == []


@pytest.mark.parametrize(
    ("code", "check"),
    [
        ("session.commit()", commits),
        ("with x: self.db.session.commit()", commits),
        ("import os; os.environ['A']", environment_readers),
        ("from os import environ", environment_readers),
    ],
)
def test_the_checks_notice(tmp_path: Path, code: str, check: Callable[[Path], list[str]]) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text(code + "\n")
    assert check(planted)
