"""Rows from a source to the catalogue: what is written, what is left alone, and that everything is counted once."""

from decimal import Decimal
from typing import Any

import pytest

from services.sync.domain.pages import BadRow, Fault
from services.sync.loaders.recognising import Recognition
from services.sync.loaders.staging import Rows, Stage
from tests.sync.working import Sync, item


def test_rows_are_created_updated_and_left_alone(sync: Sync) -> None:
    sync.source("items", [item("A"), item("B", price="2.5")], [item("C")])
    sync.put()
    first = sync.run()
    assert (first["status"], first["stats"]["created"], first["stats"]["extracted"]) == ("completed", 3, 3)
    assert (first["kind"], first["why_full"], first["config_version"]) == ("full", None, 1)
    assert sync.products() == [("A", "Item", "1.00"), ("B", "Item", "2.50"), ("C", "Item", "1.00")]

    sync.source("items", [item("A", "Renamed"), item("B", price="2.50")], [item("C")])
    second = sync.run()
    counted = {name: second["stats"][name] for name in ("created", "updated", "unchanged", "loaded", "extracted")}
    assert counted == {"created": 0, "updated": 1, "unchanged": 2, "loaded": 1, "extracted": 3}
    assert sync.products("sku, name, version") == [("A", "Renamed", 2), ("B", "Item", 1), ("C", "Item", 1)]
    assert sync.sql("select row_id is not null, action, fields from row_history") == [
        (True, "update", {"name": ["Item", "Renamed"]})
    ]
    actions = [row["action"] for row in sync.person.get("audit-log?action=catalogue.loaded").get_json()["results"]]
    assert len(actions) == 3  # two batches, then the one that changed something


def test_unchanged_rows_are_not_touched(sync: Sync) -> None:
    sync.source("items", [item(f"A{n}") for n in range(50)])
    sync.put()
    sync.run()
    before = sync.sql("select xmin::text, xmax::text, ctid::text from catalogue_product order by id")
    assert sync.stats() == {"unchanged": 50}
    assert sync.sql("select xmin::text, xmax::text, ctid::text from catalogue_product order by id") == before


def test_what_is_known_is_not_sent_and_counts_the_same(sync: Sync, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth changed, one deleted and one twice: with and without the look at keys and hashes before."""
    staged: list[int] = []
    copy = Stage.copy

    def counted(stage: Stage, session: Any, rows: Rows) -> None:
        staged.append(len(rows))
        copy(stage, session, rows)

    monkeypatch.setattr(Stage, "copy", counted)
    found = []
    for mark, possible in (("A", True), ("B", False)):
        monkeypatch.setattr(Recognition, "is_possible", possible)
        sync.put(mark.lower())
        first = [item(f"{mark}{n}", price=f"{n}.5") for n in range(40)] + [item(f"{mark}\tb\\\x1f")]
        sync.source(mark.lower(), first)
        counts = [sync.stats(mark.lower())]
        changed = [{**row, "label": "New"} if n % 10 == 0 else row for n, row in enumerate(first)]
        after = [item(f"{mark}{n}", price=f"{n}.50") for n in range(1, 10)]
        twice = [item(f"{mark}5", "Other"), item(f"{mark}5", price="5.5")]
        sync.source(mark.lower(), changed, after, twice)
        sync.sql(f"update catalogue_product set deleted_at = now() where sku = '{mark}7'")
        counts.append(sync.stats(mark.lower()))
        columns = "substr(sku, 2), name, retail_price::text, version, deleted_at is null"
        products = [row for row in sync.products(f"sku, {columns}") if row[0].startswith(mark)]
        history = sync.sql(
            "select action, fields from row_history h join catalogue_product p on p.id = h.row_id"
            f" where sku like '{mark}%%' order by p.id"
        )
        found.append((counts, [row[1:] for row in products], history))
    assert found[0] == found[1]
    assert found[0][0] == [{"created": 41}, {"updated": 6, "restored": 1, "unchanged": 45, "duplicates": 1}]
    assert staged == [41, 6, 0, 2, 41, 41, 9, 2]


def test_keys_are_compared_as_text(sync: Sync) -> None:
    sync.source("items", [item("1")])
    sync.put()
    sync.run()
    sync.source("items", [{**item("1"), "id": 1}, item("001")])
    assert sync.stats() == {"unchanged": 1, "created": 1}


def test_columns_that_are_not_mapped_stay(sync: Sync) -> None:
    sync.source("items", [item("A")])
    sync.put()
    sync.run()
    sync.sql("update catalogue_product set name_en = 'Thing'")
    sync.source("items", [item("A", "Ding")])
    assert sync.stats() == {"updated": 1}
    assert sync.products("name, name_en, edited_by") == [("Ding", "Thing", "grace")]


def test_the_last_of_a_key_wins(sync: Sync) -> None:
    sync.source("items", [item("A", "first"), item("B"), item("A", "second"), item("A", "third")])
    sync.put(batch_size=0)
    run = sync.run()
    assert (run["stats"]["duplicates"], run["stats"]["created"], run["stats"]["extracted"]) == (2, 2, 4)
    assert sync.products("sku, name") == [("A", "third"), ("B", "Item")]
    assert sync.rows_of(run) == [("duplicates", "A", "duplicate"), ("duplicates", "A", "duplicate")]


def test_bad_rows_are_put_aside_and_the_others_load(sync: Sync) -> None:
    source = sync.source("items", [item("A", price="cheap"), item("B"), {"label": "no key"}, item("C", price="x")])
    source.bad = {1: [BadRow((Fault("undecodable", "This is no row."),), "{oops", {"file": "a.jsonl", "line": 9})]}
    mappings = {"id": "sku", "label": "name", "price": {"to": "retail_price", "on_error": "reject"}}
    sync.put(transform={"field_mappings": mappings})
    run = sync.run()
    assert (run["status"], run["stats"]["errors"], run["stats"]["created"]) == ("completed_with_errors", 4, 1)
    assert run["stats"]["extracted"] == 5
    assert sorted(sync.rows_of(run), key=str) == [
        ("errors", "A", "invalid_number"),
        ("errors", "C", "invalid_number"),
        ("errors", None, "missing_key"),
        ("errors", None, "undecodable"),
    ]
    job = sync.person.get(f"jobs/{run['id']}").get_json()
    assert (job["status"], job["processed"], job["failed"]) == ("partial_failure", 1, 4)
    entries = sync.sql(
        "select key, stage, errors->0->>'code', \"row\", times_seen from quarantine_entries order by key, stage"
    )
    assert entries[0][:3] == ("", "extract", "undecodable")
    assert entries[2] == ("A", "transform", "invalid_number", item("A", price="cheap"), 1)

    assert sync.run()["stats"]["errors"] == 4
    assert sync.sql("select count(*), min(times_seen), max(times_seen) from quarantine_entries") == [(4, 2, 2)]
    source.bad = {}
    sync.source("items", [item("A"), item("C")])
    assert sync.stats() == {"created": 2}
    assert sync.sql("select key, status from quarantine_entries where status <> 'open' order by key") == [
        ("A", "resolved"),
        ("C", "resolved"),
    ]


def test_a_row_that_breaks_a_constraint_is_a_bad_row(sync: Sync) -> None:
    rows = [item(f"A{n:03}") for n in range(40)]
    rows[7]["label"] = "x" * 600
    rows[30]["label"] = "y" * 600
    sync.source("items", rows)
    sync.put()
    run = sync.run()
    assert (run["status"], run["stats"]["created"], run["stats"]["errors"]) == ("completed_with_errors", 38, 2)
    assert sync.rows_of(run) == [("errors", "A007", "constraint"), ("errors", "A030", "constraint")]
    assert len(sync.products()) == 38
    assert sync.sql("select errors->0->>'field' from quarantine_entries") == [("name",), ("name",)]


@pytest.mark.parametrize(("batch_size", "batches"), [(None, 3), (0, 1), (4, 3), (5, 2)])
def test_rows_of_a_commit(sync: Sync, batch_size: int | None, batches: int) -> None:
    pages = [[item(f"{page}-{n}") for n in range(3)] for page in range(3)]
    sync.source("items", *pages)
    sections: dict[str, Any] = {} if batch_size is None else {"batch_size": batch_size}
    sync.put(**sections)
    run = sync.run()
    assert (run["stats"]["created"], run["partitions"][0]["batches"]) == (9, batches)
    assert run["partitions"][0]["done"]


def test_fields_that_become_null_are_told(sync: Sync) -> None:
    sync.source("items", [item("A", price="cheap", color="red")])
    sync.put()
    run = sync.run()
    assert (run["status"], run["stats"]["field_errors"], run["unmapped_fields"]) == ("completed", 1, ["color"])
    assert sync.rows_of(run) == [("field_errors", "A", "invalid_number")]
    assert sync.products() == [("A", "Item", None)]


def test_existing_rows_can_be_left_as_they_are(sync: Sync) -> None:
    sync.source("items", [item("A")])
    sync.put()
    sync.run()
    sync.source("items", [item("A", "Renamed"), item("B")])
    run = sync.run(update_existing=False)
    assert (run["stats"]["skipped"], run["stats"]["created"], run["skips"]) == (1, 1, {"exists": 1})
    assert sync.products("sku, name") == [("A", "Item"), ("B", "Item")]


def test_a_source_without_rows_completes(sync: Sync) -> None:
    sync.source("items")
    sync.put()
    run = sync.run()
    assert (run["status"], run["stats"]["extracted"], run["error"]) == ("completed", 0, None)


def test_hostile_text_is_text(sync: Sync) -> None:
    label = '\'; drop table runs; -- \\ \t {"a": 1} %s \u202e 💥'
    sync.source("items", [item("A'\"\\", label, price=Decimal("1E+2"))])
    sync.put()
    assert sync.stats() == {"created": 1}
    assert sync.products() == [("A'\"\\", label, "100.00")]
    sync.source("items", [item("A'\"\\", "plain")])
    assert sync.stats() == {"updated": 1}
