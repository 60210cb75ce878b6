"""The import contracts hold, and each of them notices when they do not."""

import re

import pytest

from tests.repository.planted import BIN, ROOT, Finding, Tree, run

INDEPENDENT = "Services do not know each other"
TOP = "The command line stands above services, services above shared"
INSIDE = "Inside a service everything points one way"
PURE = "The domain is pure"
ACYCLIC = "No cycle in shared"

FAULTS = {
    "a sibling": (INDEPENDENT, {"services/workflow/clients.py": "import services.propagation.models"}),
    "a sibling, by a detour": (INDEPENDENT, {"services/workflow/models/rows.py": "from services import propagation"}),
    "shared knows a service": (TOP, {"shared/db.py": "import services.propagation.models"}),
    "a service knows the command line": (TOP, {"services/workflow/jobs.py": "import concord.cli"}),
    "upwards": (INSIDE, {"services/propagation/models/rows.py": "import services.propagation.operations.strings"}),
    "sideways": (INSIDE, {"services/propagation/jobs.py": "from services.propagation.routes import strings"}),
    "a layer of its own": (INSIDE, {"services/propagation/helpers.py": ""}),
    "a domain with a database": (PURE, {"services/propagation/domain/rules.py": "from sqlalchemy import select"}),
    "a domain with a framework": (PURE, {"services/propagation/domain/rules.py": "import flask"}),
    "a domain with a mechanism": (PURE, {"services/propagation/domain/rules.py": "from shared.db import Name"}),
    "a cycle": (ACYCLIC, {"shared/db.py": "import shared.auth", "shared/auth.py": "import shared.db"}),
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    return Tree.grow(tmp_path_factory.mktemp("planted"))


def broken(finding: Finding) -> list[str]:
    return re.findall(r"^(.+?) BROKEN", finding.text, re.MULTILINE)


def test_the_contracts_of_this_repository_are_kept() -> None:
    found = run(BIN / "lint-imports", "--no-logo", folder=ROOT)
    assert (found.status, broken(found)) == (0, []), found.text


def test_a_tree_without_faults_is_kept(tree: Tree) -> None:
    found = tree.run("lint-imports", "--no-cache", "--no-logo")
    assert (found.status, found.text.count(" KEPT")) == (0, 5), found.text


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_contract_is_noticed(tree: Tree, fault: str) -> None:
    contract, files = FAULTS[fault]
    before = {name: (tree.root / name).read_text() for name in files if (tree.root / name).exists()}
    tree.plant(files)
    try:
        found = tree.run("lint-imports", "--no-cache", "--no-logo")
    finally:
        for name in files:
            (tree.root / name).unlink()
        tree.plant(before)
    assert found.status != 0
    assert broken(found) == [contract], found.text
