"""A small tree of the house's shape in which a test plants a fault, and the project's own tools to find it."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent

_AROUND = ("concord/__init__", "concord/cli", "services/__init__", "shared/__init__", "shared/db", "shared/auth")
_SERVICE = (
    "__init__",
    "app",
    "errors",
    "config",
    "queries",
    "jobs",
    "schemas",
    "commands",
    "clients",
    "models/__init__",
    "models/rows",
    "domain/__init__",
    "domain/rules",
    "operations/__init__",
    "operations/strings",
    "routes/__init__",
    "routes/strings",
)


@dataclass(frozen=True)
class Tree:
    """A project folder with the configuration of this repository and packages without content."""

    root: Path

    @classmethod
    def grow(cls, root: Path) -> "Tree":
        tree = cls(root)
        shutil.copy(ROOT / "pyproject.toml", root)
        services = [
            f"services/{name}/{path}" for name in ("propagation", "workflow") for path in ("__init__", *_SERVICE)
        ]
        packages = [
            "concord/__init__",
            "concord/cli",
            "services/__init__",
            "shared/__init__",
            "shared/db",
            "shared/auth",
        ]
        tree.plant({f"{path}.py": "" for path in (*packages, *services)})
        return tree

    def plant(self, files: Mapping[str, str]) -> None:
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)

    def run(self, tool: str, *arguments: str, stdin: str = "") -> "Finding":
        """Runs one of the environment's tools in this folder."""
        return run(BIN / tool, *arguments, folder=self.root, stdin=stdin)


@dataclass(frozen=True)
class Finding:
    status: int
    text: str


def run(program: Path, *arguments: str, folder: Path, stdin: str = "") -> Finding:
    done = subprocess.run(
        [str(program), *arguments], cwd=folder, input=stdin, capture_output=True, text=True, timeout=120, check=False
    )
    return Finding(done.returncode, done.stdout + done.stderr)
