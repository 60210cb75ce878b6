"""Products as an old system has them, and the same with every tenth changed: the same rows at every start."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

COLUMNS = {
    "sku": "text",
    "legacy_id": "text",
    "name": "text",
    "name_en": "text",
    "description": "text",
    "weight": "numeric(14,3)",
    "retail_price": "numeric(14,2)",
    "retail_unit": "text",
    "is_active": "boolean",
    "changed_at": "timestamptz",
}
CHANGED_SHARE = 10
PAGE_ROWS = 5_000
_WORDS = ("oak", "pine", "chair", "table", "lamp", "shelf", "round", "tall", "grey", "folding", "garden", "desk")
_UNITS = ("piece", "box", "pair")


def rows(count: int, *, changed: bool) -> Iterator[dict[str, Any]]:
    random = Random(1)
    for number in range(count):
        first, second, third = random.choices(_WORDS, k=3)
        cents = random.randrange(100, 100_000) + (1 if changed and number % CHANGED_SHARE == 0 else 0)
        yield {
            "sku": f"P{number:08}",
            "legacy_id": str(7_000_000 + number),
            "name": f"{first} {second} {number % 997}",
            "name_en": f"{second} {third}",
            "description": f"A {first} {second}, {third}; series {number % 61}, made by hand and easy to put together",
            "weight": f"{random.randrange(1, 900_000) / 1000:.3f}",
            "retail_price": f"{cents / 100:.2f}",
            "retail_unit": _UNITS[number % 3],
            "is_active": number % 7 != 0,
            "changed_at": f"2026-{1 + number % 9:02}-{1 + number % 28:02}T{number % 24:02}:00:00Z",
        }


def write(folder: Path, count: int) -> None:
    """`base` and `changed` as JSON lines and as CSV."""
    for name in ("base", "changed"):
        with (
            (folder / f"{name}.jsonl").open("w") as lines,
            (folder / f"{name}.csv").open("w", newline="") as table,
        ):
            writer = csv.DictWriter(table, list(COLUMNS), lineterminator="\n")
            writer.writeheader()
            for row in rows(count, changed=name == "changed"):
                lines.write(json.dumps(row) + "\n")
                writer.writerow(row)
