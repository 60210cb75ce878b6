"""The files that pages load: our own, and those of the packages that `package-lock.json` names, in one folder whose
name is a digest of all of it, so that browsers may keep them forever.

`python -m shared.console.assets` makes the folder: it fetches the packages over HTTPS, holds them against the lock's
integrity hashes and takes the few files that are needed. No Node, nothing from a CDN, nothing of it is committed.
"""

import base64
import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

HERE = Path(__file__).parent
OWN, BUILT, LOCK = HERE / "files", HERE / "static", HERE / "package-lock.json"
# What is taken of each package, and how it is called here.
TAKEN = {
    "@tabler/core": {"dist/css/tabler.min.css": "tabler.css"},
    "echarts": {"dist/echarts.simple.min.js": "echarts.js"},
    "htmx.org": {"dist/htmx.min.js": "htmx.js", "dist/ext/hx-sse.min.js": "htmx-sse.js"},
    "swagger-ui-dist": {"swagger-ui.css": "swagger-ui.css", "swagger-ui-bundle.js": "swagger-ui.js"},
}
# For tests only, served to nobody.
TAKEN_FOR_TESTS = {"axe-core": {"axe.min.js": "axe.js"}}
_TEXT = {".css", ".js", ".svg"}


class Tampered(Exception):
    """A package is not the one that the lock file means."""


@cache
def digest() -> str:
    """Of everything that the folder is made from; the same on every machine that has the same sources."""
    found = hashlib.sha256(LOCK.read_bytes() + json.dumps([TAKEN, TAKEN_FOR_TESTS]).encode())
    for path in sorted(OWN.iterdir()):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()[:16]


def folder() -> Path:
    """Where the files are, if they have been made."""
    return BUILT / digest()


def tests_folder() -> Path:
    return BUILT / f"{digest()}-tests"


def build() -> Path:
    """The folder, made anew unless it is there; older ones are removed."""
    if folder().is_dir():
        return folder()
    BUILT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILT) as draft:
        files, tests = Path(draft) / "files", Path(draft) / "tests"
        shutil.copytree(OWN, files)
        take(TAKEN, files)
        tests.mkdir()
        take(TAKEN_FOR_TESTS, tests)
        for path in [path for path in files.iterdir() if path.suffix in _TEXT]:
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
        for old in BUILT.iterdir():
            if old != Path(draft):
                shutil.rmtree(old, ignore_errors=True)
        tests.rename(tests_folder())
        files.rename(folder())
    return folder()


def take(wanted: dict[str, dict[str, str]], target: Path, *, lock: Path | None = None) -> None:
    """Fetches packages that a lock file (ours) names and puts the wanted files of each (name there to name here) into a
    folder. Raises Tampered."""
    packages = json.loads((lock or LOCK).read_text())["packages"]
    mirror = _mirror()
    for package, names in wanted.items():
        entry = packages[f"node_modules/{package}"]
        for inside, content in _members(_fetch(entry, mirror)):
            if inside in names:
                (target / names[inside]).write_bytes(_without_map(content))
        if missing := [name for name in names.values() if not (target / name).is_file()]:
            raise Tampered(f"{package} has no file for {', '.join(missing)}")


def _fetch(entry: dict[str, str], mirror: str | None) -> bytes:
    address = urlsplit(entry["resolved"])
    if mirror:  # the same path below another registry
        other = urlsplit(mirror)
        address = address._replace(scheme=other.scheme, netloc=other.netloc, path=other.path.rstrip("/") + address.path)
    with urlopen(urlunsplit(address), timeout=60) as answer:  # noqa: S310 - https, or what npm is told
        content: bytes = answer.read()
    algorithm, _, expected = entry["integrity"].partition("-")
    if base64.b64encode(hashlib.new(algorithm, content).digest()).decode() != expected:
        raise Tampered(f"{entry['resolved']} does not have the integrity that package-lock.json states")
    return content


def _mirror() -> str | None:
    """The registry that npm is told to use, where there is an npm."""
    npm = shutil.which("npm")
    if npm is None:
        return None
    asked = [npm, "config", "get", "registry"]
    told = subprocess.run(asked, capture_output=True, text=True, timeout=30, check=False)  # noqa: S603 - no input in it
    return told.stdout.strip() if told.stdout.startswith("http") else None


def _members(package: bytes) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=BytesIO(package), mode="r:gz") as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() else None
            if content is not None:
                yield member.name.partition("/")[2], content.read()


def _without_map(content: bytes) -> bytes:
    """Without the reference to a source map, which would be a request that ends in 404."""
    lines = content.rstrip().splitlines()
    if lines and b"sourceMappingURL=" in lines[-1][:40]:
        lines.pop()
    return b"\n".join(lines) + b"\n"


if __name__ == "__main__":
    sys.stdout.write(f"{build()}\n")
