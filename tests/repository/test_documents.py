"""Documents are current: generated pages, links, the list of decisions."""

import re
from pathlib import Path

import pytest

from concord import settings as stack_settings
from docs import generate, pipeline_files
from docs.site import build
from shared.config import Settings
from tests.repository.planted import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs/adr").glob("[0-9]*.md"))
SECTIONS = ["Context", "Decision", "Consequences", "What enforces it"]


def test_every_key_of_a_pipelines_file_is_explained() -> None:
    ours = pipeline_files.page().partition("## Sources")[0]
    assert [line for line in ours.splitlines() if line.endswith("|  |")] == []


@pytest.mark.parametrize("path", generate.PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_generated_pages_are_current(path: Path) -> None:
    assert path.read_text() == generate.PAGES[path](), "run: python -m docs.generate"


def test_each_setting_has_one_description() -> None:
    fields = {name: field for known in generate.settings_classes() for name, field in known.model_fields.items()}
    described = {name for name, field in fields.items() if field.description}
    assert described.isdisjoint(generate.MEANINGS)
    assert fields.keys() == described | generate.MEANINGS.keys()


def test_every_variable_of_the_stack_is_described() -> None:
    source = Path(stack_settings.__file__).read_text()
    named = set(re.findall(r'"(CONCORD_[A-Z_]*[A-Z])"', source))
    of_services = {f"CONCORD_{name.upper()}" for name in Settings.model_fields}
    assert generate.STACK.keys() <= named <= generate.STACK.keys() | of_services


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files_and_headings(document: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", document.read_text(), flags=re.MULTILINE | re.DOTALL)
    for target, heading in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", text):
        path = (document.parent / target).resolve() if target else document
        assert path.exists(), target
        assert not heading or heading in anchors(path), f"{target}#{heading}"


def anchors(document: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_decisions_are_numbered_listed_and_complete() -> None:
    assert [path.name[:4] for path in DECISIONS] == [f"{number:04}" for number in range(1, len(DECISIONS) + 1)]
    listed = re.findall(r"^\| \[\d{4}\]\(([^)]+)\)", (ROOT / "docs/adr/README.md").read_text(), re.MULTILINE)
    assert listed == [path.name for path in DECISIONS]
    for path in DECISIONS:
        assert re.findall(r"^## (.+)$", path.read_text(), re.MULTILINE) == SECTIONS, path.name


def test_files_that_documents_name_exist() -> None:
    for document in DOCUMENTS:
        for name in re.findall(r"`((?:tests|shared|services|concord|deploy)/[\w/.]+)`", document.read_text()):
            assert (ROOT / name).exists(), f"{document.name}: {name}"


def test_the_site_is_built_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    pages = build(tmp_path / "site", with_scripts=False)
    assert "Concord" in (pages / "index.html").read_text()
    opened_as_a_file = pages / "docs" / "reference" / "problems.html"
    assert 'src="../../iframe-worker.js"' in opened_as_a_file.read_text()
    assert (pages / "search.js").is_file()
