"""Lint, types, dependencies and lock file: each check notices a planted fault and passes what is right."""

import re
import shutil
from pathlib import Path

import pytest

from tests.repository.planted import BIN, ROOT, Tree, run

MAZE = f"""\
def maze(n: int) -> int:
{"".join(f"    if n == {i}:{chr(10)}        return {i}{chr(10)}" for i in range(11))}    return n
"""
# Rule, where, and a line that breaks it there.
LINT = [
    ("TID252", "services/propagation/queries/runs.py", "from .strings import placed\n\nprint_it = placed\n"),
    ("TID251", "services/propagation/config.py", 'import os\n\nHOME = os.environ["HOME"]\n'),
    ("TID251", "shared/db.py", 'import os\n\nHOME = os.getenv("HOME")\n'),
    ("TID251", "shared/outbound.py", "import requests\n\nget = requests.get\n"),
    ("T201", "shared/db.py", 'print("here")\n'),
    ("F401", "shared/db.py", "import json\n"),
    ("F821", "shared/db.py", "answer = question\n"),
    ("DTZ005", "shared/db.py", "from datetime import datetime\n\nNOW = datetime.now()\n"),
    ("ARG001", "shared/db.py", "def reads(nothing: int) -> int:\n    return 1\n"),
    ("S608", "shared/db.py", 'def sql(name: str) -> str:\n    return f"select * from {name}"\n'),
    ("E501", "tests/test_db.py", f'LINE = "{"x" * 120}"\n'),
    ("B006", "tests/test_db.py", "def collect(into: list[int] = []) -> list[int]:\n    return into\n"),
    ("I001", "tests/test_db.py", "import re\nimport json\n\nboth = (re, json)\n"),
    ("C901", "shared/db.py", MAZE),
]
# What the rules let pass on purpose.
ALLOWED = [
    ("concord/settings.py", 'import os\n\nHOME = os.environ["HOME"]\n'),
    ("tests/test_db.py", 'import os\n\nHOME = os.environ["HOME"]\n'),
    ("shared/db.py", "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n"),
]
UNTYPED = """\
def twice(number):
    return number + number


def half(number: int) -> str:
    return number / 2


length: int = len("text").upper()
items: list = []
"""


@pytest.mark.parametrize(("rule", "path", "code"), LINT, ids=[f"{rule}-{path}" for rule, path, _ in LINT])
def test_ruff_notices(rule: str, path: str, code: str) -> None:
    found = run(BIN / "ruff", "check", "--no-cache", "--stdin-filename", path, "-", folder=ROOT, stdin=code)
    assert (found.status, rule in found.text) == (1, True), found.text


@pytest.mark.parametrize(("path", "code"), ALLOWED)
def test_ruff_lets_pass(path: str, code: str) -> None:
    found = run(BIN / "ruff", "check", "--no-cache", "--stdin-filename", path, "-", folder=ROOT, stdin=code)
    assert found.status == 0, found.text


@pytest.mark.parametrize(("code", "status"), [("a = {'b':1}\n", 1), ('a = {"b": 1}\n', 0)])
def test_ruff_checks_the_format(code: str, status: int) -> None:
    found = run(BIN / "ruff", "format", "--check", "--stdin-filename", "shared/db.py", "-", folder=ROOT, stdin=code)
    assert found.status == status


def test_mypy_is_strict(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    tree.plant({"faulty.py": UNTYPED, "right.py": "def twice(number: int) -> int:\n    return number + number\n"})
    found = tree.run("mypy", "--cache-dir", str(tmp_path / "cache"), "faulty.py", "right.py")
    assert found.status == 1
    assert "right.py" not in found.text
    codes = set(re.findall(r"\[([a-z-]+)\]$", found.text, re.MULTILINE))
    assert codes >= {"no-untyped-def", "return-value", "attr-defined", "type-arg"}, found.text


def test_deptry_notices_dependencies_that_are_missing_unused_or_only_for_tests(tmp_path: Path) -> None:
    tree = Tree.grow(tmp_path)
    tree.plant({"shared/db.py": "import numpy\nimport pytest\nimport sqlalchemy\n"})
    found = tree.run("deptry", ".", "--no-ansi")
    assert found.status == 1
    rules = set(re.findall(r"(DEP\d+) '?(\w+)", found.text))
    assert rules >= {("DEP001", "numpy"), ("DEP004", "pytest"), ("DEP002", "alembic")}, found.text
    assert "'sqlalchemy'" not in found.text


def test_the_lock_file_has_to_follow_the_project_file(tmp_path: Path) -> None:
    own = ROOT / ".tools/bin/uv"
    uv = own if own.exists() else Path(shutil.which("uv") or "")
    for name in ("pyproject.toml", "uv.lock", "README.md"):
        shutil.copy(ROOT / name, tmp_path)
    assert run(uv, "lock", "--check", "--offline", folder=tmp_path).status == 0
    project = tmp_path / "pyproject.toml"
    project.write_text(project.read_text().replace('"sqlalchemy>=2.1,<2.2",', '"sqlalchemy>=2.0,<2.2",'))
    assert run(uv, "lock", "--check", "--offline", folder=tmp_path).status != 0


def test_make_check_runs_them_all() -> None:
    recipe = (ROOT / "Makefile").read_text().split("\ncheck:")[1].split("\n\n")[0]
    for tool in ("ruff format --check .", "ruff check .", "mypy", "lint-imports", "deptry .", "lock --check"):
        assert tool in recipe
