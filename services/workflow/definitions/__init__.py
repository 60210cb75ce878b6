"""The state machines, one file each; the only place that says which states and edges there are."""

from pathlib import Path


def texts() -> dict[str, str]:
    """File name to content."""
    return {path.name: path.read_text() for path in sorted(Path(__file__).parent.glob("*.toml"))}
