"""Whole runs from files: CSV and JSON lines through rules into the catalogue, and on from the middle of a file."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sync.working import Sync


def pipeline(kind: str, path: str, **more: Any) -> dict[str, Any]:
    return {
        "source": {"type": kind, "config": {"path": path, **more}},
        "transform": {
            "field_mappings": {
                "Art_Nr": ["sku", "base_sku"],
                "Bezeichnung": "name",
                "Gewicht": {"to": "weight", "type": "decimal", "scale": 3, "on_error": "reject"},
            }
        },
        "validate": {
            "rules": [
                {"field": "weight", "rule": "greater_than", "value": 0, "message": "a product weighs something"},
                {"field": "name", "rule": "regex", "value": "[A-Z].*"},
            ]
        },
    }


def test_a_csv_file_is_loaded(sync: Sync, sync_folder: Path) -> None:
    name = f"{sync.tenant_id}.csv"
    (sync_folder / name).write_text(
        "\ufeffArt_Nr;Bezeichnung;Gewicht;Farbe\n"
        'A-1;"Stuhl; rot";1.234,5;rot\n'
        "A-2;Tisch;12,3456;\n"
        "A-3;Bank;schwer;\n"
        "A-4;Nichts;0;\n"
        "A-5;regal;-1;\n"
        "A-6;zu;viele;Spalten;hier\n",
        encoding="utf-8",
    )
    sync.put(**pipeline("csv", name, delimiter=";"))
    run = sync.run()
    assert (run["status"], run["stats"]["created"], run["stats"]["errors"]) == ("completed_with_errors", 2, 4), run
    assert sync.products("sku, base_sku, name, weight::text") == [
        ("A-1", "A-1", "Stuhl; rot", "1234.500"),
        ("A-2", "A-2", "Tisch", "12.346"),
    ]
    assert run["unmapped_fields"] == ["Farbe"]
    assert {(key, code) for _outcome, key, code in sync.rows_of(run)} >= {
        ("A-3", "invalid_number"),
        ("A-4", "greater_than"),
        ("A-5", "greater_than"),
    }
    entry = "select stage, errors, position from quarantine_entries where key = 'A-5'"
    ((stage, errors, position),) = sync.sql(entry)
    assert (stage, [one["rule"] for one in errors], position["line"]) == ("validate", ["greater_than", "regex"], 6)
    assert errors[0]["text"] == "a product weighs something"
    assert sync.run()["stats"]["unchanged"] == 2


def test_json_lines_go_on_in_the_middle(sync: Sync, sync_folder: Path) -> None:
    name = f"{sync.tenant_id}.jsonl"
    lines = [json.dumps({"Art_Nr": f"A{n:03}", "Bezeichnung": "X", "Gewicht": 0.1 * (n + 1)}) for n in range(95)]
    (sync_folder / name).write_text("\n".join([*lines[:40], "{broken", *lines[40:]]) + "\n")
    sync.put(**pipeline("jsonl", name, page_size=10), batch_size=25)
    run = sync.run()
    assert (run["stats"]["created"], run["stats"]["errors"], run["stats"]["extracted"]) == (95, 1, 96)
    assert run["partitions"][0]["batches"] == 4
    assert sync.run(top=7)["stats"]["unchanged"] == 7


@pytest.mark.parametrize("path", ["../secret.csv", "/etc/passwd", "missing.csv"])
def test_files_elsewhere_are_not_read(sync: Sync, path: str) -> None:
    sync.put(**pipeline("csv", path))
    run = sync.run()
    assert (run["status"], run["error"]["code"]) == (
        "failed",
        "source_unavailable" if path == "missing.csv" else "file_refused",
    )
