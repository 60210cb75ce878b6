"""The Python files of this repository, read once."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

from tests.repository.planted import ROOT

Node = TypeVar("Node", bound=ast.AST)
PACKAGES = ("concord", "shared", "services", "benchmarks", "examples", "tests")


@cache
def files(*packages: str) -> list[Path]:
    """Files of these packages (all if none is named), as paths from the root."""
    found = (path for name in packages or PACKAGES for path in (ROOT / name).rglob("*.py"))
    return sorted(path.relative_to(ROOT) for path in found)


@cache
def source(path: Path) -> str:
    return (ROOT / path).read_text()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(source(path), str(path))


def nodes(path: Path, kind: type[Node]) -> Iterator[Node]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, kind))


def imports(path: Path) -> Iterator[str]:
    """Dotted names of what a file imports, anywhere in it."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
