"""Makes the documentation's site, to be read without a network: `make docs` writes it to `.site/pages`.

What stands in the repository is copied as it stands, so that links lead to the same files on the site as in a checkout.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from shared.console.assets import take

ROOT = Path(__file__).parents[1]
SITE = ROOT / ".site"
LOCK = ROOT / "docs" / "package-lock.json"
# Draws diagrams; lets the search work in pages that are opened as files.
SCRIPTS = {"mermaid": {"dist/mermaid.min.js": "mermaid.js"}, "iframe-worker": {"shim/index.js": "iframe-worker.js"}}
# What stands in the menu, in this order: single pages, and the pages of a folder, its overview first.
MENU = {
    "Start": ["README.md", "docs/README.md", "docs/roadmap.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"],
    "Tutorials": ["docs/tutorial"],
    "How to": ["docs/how-to"],
    "Reference": ["docs/reference"],
    "Explanation": ["docs/explanation"],
    "Decisions": ["docs/adr"],
    "Examples": ["examples"],
}
_WORKER_ELSEWHERE = "https://unpkg.com/iframe-worker/shim"
_LOADED = re.compile(
    r"<(?:script|img|iframe|source)\b[^>]*\bsrc=\"?(https?:[^\s\">]+)|<link\b[^>]*\bhref=\"?(https?:[^\s\">]+)"
)
# Tells where the page lives, and loads nothing.
_TELLING = re.compile(r"<link[^>]*rel=\"?canonical")


def main() -> None:
    build(SITE, with_scripts=True)
    sys.stdout.write(f"{SITE}/pages/index.html\n")


def build(folder: Path, *, with_scripts: bool) -> Path:
    """The folder of the pages, below the given one, which is made anew. Without scripts nothing is fetched.

    Raises CalledProcessError where a link leads nowhere, RuntimeError where a page would load something from elsewhere.
    """
    shutil.rmtree(folder, ignore_errors=True)
    source, pages = folder / "source", folder / "pages"
    for path in _documents():
        target = source / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    if with_scripts:
        take(SCRIPTS, source, lock=LOCK)
    configuration = folder / "mkdocs.yml"
    menu = json.dumps([{title: list(_pages(source, places))} for title, places in MENU.items()])
    configuration.write_text(f"{(ROOT / 'mkdocs.yml').read_text().replace('.site/', '')}nav: {menu}\n")
    command: list[str | Path] = [Path(sys.executable).with_name("zensical"), "build", "--strict", "-f", configuration]
    told = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a fixed command
    if told.returncode:
        sys.stderr.write(told.stdout + told.stderr)
        told.check_returncode()
    _take_own_worker(pages)
    if elsewhere := sorted(set(_loaded_from_elsewhere(pages))):
        raise RuntimeError(f"pages load from elsewhere: {', '.join(elsewhere)}")
    return pages


def _pages(source: Path, places: list[str]) -> Iterator[str]:
    for place in places:
        found = [source / place] if place.endswith(".md") else (source / place).rglob("*.md")
        for page in sorted(found, key=lambda page: (page.name != "README.md", page)):
            yield str(page.relative_to(source))


def _documents() -> Iterator[Path]:
    yield from ROOT.glob("*.md")
    yield ROOT / "LICENSE"
    for folder in ("docs", "examples"):
        yield from (path for path in (ROOT / folder).rglob("*") if path.suffix in (".md", ".svg", ".png"))


def _take_own_worker(pages: Path) -> None:
    """The theme takes this script from elsewhere."""
    for page in pages.rglob("*.html"):
        own = "../" * (len(page.relative_to(pages).parts) - 1) + "iframe-worker.js"
        page.write_text(page.read_text().replace(_WORKER_ELSEWHERE, own))


def _loaded_from_elsewhere(pages: Path) -> Iterator[str]:
    for page in pages.rglob("*.html"):
        for found in _LOADED.finditer(page.read_text()):
            if not _TELLING.match(found[0]):
                yield found[1] or found[2]


if __name__ == "__main__":
    main()
