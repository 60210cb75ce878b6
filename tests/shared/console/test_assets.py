"""The console's files: exactly those of the lock, and nothing that points elsewhere."""

import base64
import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.console import assets, standing
from tests.repository.planted import ROOT

TEMPLATES = [*ROOT.glob("shared/console/templates/**/*.html"), *ROOT.glob("services/*/console/templates/**/*.html")]


def package(**files: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(f"package/{name}.js")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return buffer.getvalue()


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A lock of one package, which lies in a file."""
    content = package(one="a()\n//# sourceMappingURL=one.js.map", two="b()")
    archive = tmp_path / "one.tgz"
    archive.write_bytes(content)
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
    lock = {"packages": {"node_modules/one": {"resolved": archive.as_uri(), "integrity": integrity}}}
    (tmp_path / "lock.json").write_text(json.dumps(lock))
    for name, value in {
        "LOCK": tmp_path / "lock.json",
        "BUILT": tmp_path / "static",
        "TAKEN": {"one": {"one.js": "one.js"}},
        "TAKEN_FOR_TESTS": {"one": {"two.js": "two.js"}},
    }.items():
        monkeypatch.setattr(assets, name, value)
    monkeypatch.setattr(assets, "_mirror", lambda: None)
    assets.digest.cache_clear()
    yield archive
    monkeypatch.undo()
    assets.digest.cache_clear()


def test_files_are_taken_packed_and_kept(source: Path) -> None:
    folder = assets.build()
    assert (folder / "one.js").read_text() == "a()\n"
    assert (folder / "one.js.gz").is_file()
    assert (folder / "console.css").is_file()
    assert not (folder / "two.js").exists()
    assert (assets.tests_folder() / "two.js").is_file()
    source.unlink()
    assert assets.build() == folder


def test_another_package_than_the_locked_one_is_refused(source: Path) -> None:
    source.write_bytes(package(one="evil()"))
    with pytest.raises(assets.Tampered):
        assets.build()
    assert not assets.folder().exists()


def test_the_lock_has_what_is_taken_at_exact_versions() -> None:
    wanted = json.loads((assets.HERE / "package.json").read_text())
    locked = json.loads(assets.LOCK.read_text())["packages"]
    for name, version in (wanted["dependencies"] | wanted["devDependencies"]).items():
        entry = locked[f"node_modules/{name}"]
        assert entry["version"] == version
        assert entry["integrity"].startswith("sha512-")
    assert {*assets.TAKEN, *assets.TAKEN_FOR_TESTS} == {*wanted["dependencies"], *wanted["devDependencies"]}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_name_no_other_origin_no_script_and_no_style(template: Path) -> None:
    text = template.read_text()
    for banned in ("http://", "https://", "style=", "<style", "onclick", "hx-on", "js:", "|safe"):
        assert banned not in text, banned
    if "services" in template.parts:
        assert "class=" not in text, "only macros know class names"


def test_pages_that_need_no_service_are_complete() -> None:
    found = standing.render(["one", "two"])
    assert set(found) == set(standing.PAGES)
    for name, text in found.items():
        assert "{{" not in text, name
    assert "/two/overview" in found["home.html"]
