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


@cache
def by_kind(path: Path) -> dict[type[ast.AST], list[ast.AST]]:
    """Every test of a file looks for something else, and a walk takes longer than reading it."""
    found: dict[type[ast.AST], list[ast.AST]] = {}
    for node in ast.walk(tree(path)):
        found.setdefault(type(node), []).append(node)
    return found


def nodes(path: Path, kind: type[Node]) -> Iterator[Node]:
    return (node for of, found in by_kind(path).items() if issubclass(of, kind) for node in found)  # type: ignore[misc]


def imports(path: Path) -> Iterator[str]:
    """Dotted names of what a file imports, anywhere in it."""
    for plain in nodes(path, ast.Import):
        yield from (alias.name for alias in plain.names)
    for node in nodes(path, ast.ImportFrom):
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
