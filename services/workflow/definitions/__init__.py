"""The state machines, a file for each version; the only place that says which states and edges there are."""

from pathlib import Path

FOLDERS = [Path(__file__).parent]


def texts() -> dict[str, str]:
    """File name to content."""
    return {path.name: path.read_text() for folder in FOLDERS for path in sorted(folder.glob("*.toml"))}
