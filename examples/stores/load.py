"""The calls that bring the company into a tenant."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parent / "company.yaml"
# Clients may give the ids of rows, so that rows can name each other before they are there.
NAMES = uuid.UUID("8f0c2f1e-5a6b-4d0e-9d53-0c7a4f1b6e21")
PERIOD = {"start_date": "2026-01-01", "end_date": "2035-12-31"}
# Path below the service's own, and what is posted there.
Call = tuple[str, dict[str, Any]]


def id_of(name: str) -> str:
    return str(uuid.uuid5(NAMES, name))


def calls() -> Iterator[Call]:
    """All calls in the order in which they can be made; the names of a file's rows are unique in it."""
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    yield "company", content.pop("company")
    for path, rows in content.items():
        period = PERIOD if path == "promotions" else {}
        for name, row in rows.items():
            yield path, {"id": id_of(name), **period, **_referring(row)}


def _referring(value: Any) -> Any:
    match value:
        case dict():
            return {name: _referring(each) for name, each in value.items()}
        case list():
            return [_referring(each) for each in value]
        case str() if value.startswith("@"):
            return id_of(value[1:])
    return value
