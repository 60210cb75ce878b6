"""The convention as its two files state it."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

import yaml

FOLDER = Path(__file__).parent


class Value(NamedTuple):
    """One line of values.csv; empty cells are None. `ref` is its key in the old system beside it."""

    dimension: str
    value: str
    label: str
    utm: str | None
    parent: str | None
    ref: str | None


@dataclass(frozen=True, slots=True)
class Convention:
    """`rules` are descriptions by name; their `levels` hold the parts by level, in order."""

    platform: Mapping[str, str]
    levels: Sequence[str]
    dimensions: Mapping[str, Mapping[str, str]]
    rules: Mapping[str, Mapping[str, Any]]
    values: Sequence[Value]

    @classmethod
    def read(cls, folder: Path = FOLDER) -> Self:
        structure = yaml.safe_load((folder / "structure.yaml").read_text())
        with (folder / "values.csv").open(newline="") as file:
            values = [
                Value(
                    row["dimension"],
                    row["value"],
                    row["label"],
                    *(row[name] or None for name in ("utm", "parent", "ref")),
                )
                for row in csv.DictReader(file)
            ]
        return cls(**structure, values=values)

    def parts(self, rule: str, level: str) -> list[dict[str, Any]]:
        """The parts of a rule at a level, each with its dimension and options; empty where it has no such level."""
        listed = self.rules[rule]["levels"].get(level, [])
        return [part if isinstance(part, dict) else {"dimension": part} for part in listed]

    def texts(self, dimension: str, *, parent: str | None = None) -> list[str]:
        """The values of a dimension, in the order of the file; with `parent` only those that belong to it."""
        return [v.value for v in self.values if v.dimension == dimension and parent in (None, v.parent)]
