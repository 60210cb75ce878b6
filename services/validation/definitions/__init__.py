"""The built-in rule sets, a file each: the only place that says which limits, codes and messages there are."""

from pathlib import Path

FOLDER = Path(__file__).parent


def texts() -> dict[str, str]:
    """Name of the set to its definition."""
    return {path.stem: path.read_text() for path in sorted(FOLDER.glob("*.yaml"))}
