"""Rows for a table in another database: they commit there first, and a repeat is harmless."""

import json
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from services.sync.config import Settings
from services.sync.errors import SourceUnavailable
from services.sync.operations.runs import delivering
from tests.sync.runs.test_going_on import Killed
from tests.sync.working import Sync, item


@pytest.fixture
def schema(postgres_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A schema elsewhere, which pipelines of this test may reach."""
    door = urlsplit(postgres_url).netloc.rpartition("@")[2]
    monkeypatch.setattr(settings, "allowed_private", [door])
    monkeypatch.setenv("CONCORD_SYNC_ALLOWED_PRIVATE", json.dumps([door]))
    monkeypatch.setenv("SYNC_SECRET_DSN", postgres_url)
    name = f"elsewhere_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(f"create schema {name}".encode())
        admin.execute(
            f"create table {name}.goods (sku text primary key, name text, price numeric(10, 2) check (price >= 0),"
            " more jsonb, own text default 'theirs')".encode()
        )
        yield name
        admin.execute(f"drop schema {name} cascade".encode())
        admin.execute(b"drop table if exists concord_batches")


def loads(sync: Sync, schema: str, *, on_delete: Any = None, deletes: Any = None, **more: Any) -> None:
    config = {"dsn": {"env": "SYNC_SECRET_DSN"}, "table": f"{schema}.goods", "key": "sku"}
    config |= {"on_delete": on_delete} if on_delete else {}
    mapping = {
        "id": "sku",
        "label": "name",
        "price": {"to": "price", "type": "decimal"},
        "more": {"to": "more", "type": "json"},
    }
    found: dict[str, Any] = {}
    if on_delete or deletes:
        found = {"deletes": {"detect": True, "max_share": 0.5, **(deletes or {})}}
    sync.put(transform={"field_mappings": mapping}, target={"type": "postgres", "config": config, **more}, **found)


def there(url: str, statement: str) -> list[Any]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def goods(url: str, schema: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        statement = f"select sku, name, price::text, more, own from {schema}.goods order by sku"
        return list(connection.execute(statement.encode()))


def test_what_differs_is_written_and_nothing_else(sync: Sync, schema: str, postgres_url: str) -> None:
    rows = "('A', 'Item', 1, null, 'x'), ('B', 'Old', 1, null, 'theirs')"
    there(postgres_url, f"insert into {schema}.goods values {rows}")
    loads(sync, schema)
    sync.source("items", [item("A"), item("B"), item("C", more={"a": [1]}), item("D", price="-1"), item("C", "Last")])
    dry = sync.run(dry_run=True)
    assert [(one["key"], one["action"]) for one in dry["diff"]] == [("B", "update"), ("D", "create"), ("C", "create")]
    assert dry["diff"][0]["fields"] == {"name": ["Old", "Item"]}
    run = sync.run()
    counted = ("created", "updated", "unchanged", "duplicates", "errors")
    assert [run["stats"][name] for name in counted] == [1, 1, 1, 1, 1]
    assert sorted(sync.rows_of(run)) == [("duplicates", "C", "duplicate"), ("errors", "D", "constraint")]
    assert goods(postgres_url, schema) == [
        ("A", "Item", "1.00", None, "x"),
        ("B", "Item", "1.00", None, "theirs"),
        ("C", "Last", "1.00", None, "theirs"),
    ]
    sync.source("items", [item("A"), item("B", "New"), item("C", "Last")])
    assert sync.stats() == {"unchanged": 2, "updated": 1}
    loads(sync, schema, update_existing=False)
    sync.source("items", [item("A", "Other"), item("E")])
    run = sync.run()
    assert (run["skips"], run["stats"]["created"]) == ({"exists": 1}, 1)


@pytest.mark.parametrize("write", ["upsert", "append"])
def test_a_crash_after_the_commit_there_repeats_nothing(
    sync: Sync, schema: str, postgres_url: str, monkeypatch: pytest.MonkeyPatch, write: str
) -> None:
    if write == "append":
        there(postgres_url, f"alter table {schema}.goods drop constraint goods_pkey")
    loads(sync, schema, write=write)
    sync.source("items", [item("A"), item("B")], [item("C")])

    def killed(*_: object) -> None:
        raise Killed

    run = sync.ask()
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(delivering.Sender, "stage", killed)
        sync.work()
    assert len(goods(postgres_url, schema)) == 2
    sync.lose_worker(run["id"])
    sync.work()
    assert sync.read(run["id"])["status"] == "completed"
    assert [row[0] for row in goods(postgres_url, schema)] == ["A", "B", "C"]
    assert sync.run()["stats"]["created"] == (3 if write == "append" else 0)


def test_what_goes_wrong_elsewhere(sync: Sync, schema: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sync.source("items", [item("A")])
    loads(sync, f"{schema}_gone")
    run = sync.run()
    assert (run["status"], run["error"]["code"], run["error"]["class"]) == ("failed", "target_refused", "load")
    monkeypatch.setenv("SYNC_SECRET_DSN", "postgresql://elsewhere.example/x")
    loads(sync, schema)
    assert sync.run()["error"]["code"] == "address_refused"
    config = {"dsn": {"env": "SYNC_SECRET_DSN"}, "table": "t", "key": "sku"}
    for wrong, pointer, code in (
        ({"conflict_strategy": "manual"}, "/target/conflict_strategy", "invalid_value"),
        ({"conflict_strategy": "newest_wins"}, "/target/timestamp_field", "missing_field"),
        ({"write": "upsert"}, "/target/config/on_delete", "missing_field"),
        ({"write": "append"}, "/deletes/detect", "invalid_value"),
        ({"config": config | {"on_delete": "forget"}}, "/target/config/on_delete", "invalid_value"),
    ):
        target = {"type": "postgres", "config": config, **wrong}
        text = sync.file(target=target, deletes={"detect": True}, incremental={"field": "at"})
        answer = sync.person.call("POST", "pipelines/check", data=text, content_type="application/yaml")
        assert (pointer, code) in [(one["pointer"], one["code"]) for one in answer.get_json()["findings"]], wrong


def test_what_the_source_has_no_more_ends_there_and_may_come_back(sync: Sync, schema: str, postgres_url: str) -> None:
    there(postgres_url, f"insert into {schema}.goods (sku) values ('THEIRS')")
    loads(sync, schema, on_delete="remove")
    sync.source("items", [item("A"), item("B"), item("C")])
    assert sync.stats() == {"created": 3}
    sync.source("items", [item("A"), item("C")])
    dry = sync.run(dry_run=True)
    assert ([(one["key"], one["action"]) for one in dry["diff"]], dry["stats"]["deleted"]) == ([("B", "delete")], 1)
    # What holds a row there is told, and the row is tried again.
    there(postgres_url, f"create table {schema}.sold as select 'B'::text as sku")
    there(postgres_url, f"alter table {schema}.sold add constraint sold foreign key (sku) references {schema}.goods")
    run = sync.run()
    assert (run["stats"]["deleted"], [one["code"] for one in run["warnings"]]) == (0, ["deletes_refused"])
    assert sync.rows_of(run) == [("warnings", "B", "constraint")]
    there(postgres_url, f"drop table {schema}.sold")
    assert sync.stats() == {"unchanged": 2, "deleted": 1}
    assert [row[0] for row in goods(postgres_url, schema)] == ["A", "C", "THEIRS"]
    sync.source("items", [item("A"), item("B"), item("C")])
    assert sync.stats() == {"unchanged": 2, "updated": 1, "restored": 1}
    assert [row[0] for row in goods(postgres_url, schema)] == ["A", "B", "C", "THEIRS"]
    sync.source("items", [item("A")])
    assert sync.run()["error"]["code"] == "delete_threshold_exceeded"
    sync.source("items", [])
    refused = sync.run()["error"]
    assert (refused["code"], refused["live"], refused["missing"]) == ("empty_source", 3, 3)
    assert sync.run(allow_mass_delete=True)["stats"]["deleted"] == 3
    assert [row[0] for row in goods(postgres_url, schema)] == ["THEIRS"]


def test_every_version_of_a_row_is_kept_there(sync: Sync, schema: str, postgres_url: str) -> None:
    there(
        postgres_url,
        f"alter table {schema}.goods drop constraint goods_pkey, add valid_from timestamptz, add valid_to timestamptz,"
        " add is_current boolean",
    )
    loads(sync, schema, write="scd2", timestamp_field="at", deletes={"max_share": 0.5})
    sync.source("items", [item("A", at="2026-01-01T00:00:00Z"), item("B", at="2026-01-01T00:00:00Z")])
    assert sync.stats() == {"created": 2}
    changed = item("A", "Other", at="2026-02-01T00:00:00Z")
    sync.source("items", [changed, item("B", at="2026-01-05T00:00:00Z")])
    assert sync.stats() == {"updated": 1, "unchanged": 1}
    sync.source("items", [changed])
    assert sync.stats() == {"unchanged": 1, "deleted": 1}
    sync.source("items", [changed, item("B", at="2026-01-05T00:00:00Z")])
    assert sync.stats() == {"unchanged": 1, "updated": 1, "restored": 1}
    shown = "sku, name, to_char(valid_from at time zone 'UTC', 'MM-DD'), valid_to is null, is_current"
    versions = there(postgres_url, f"select {shown} from {schema}.goods order by sku, valid_from, is_current")
    assert versions[:2] == [("A", "Item", "01-01", False, False), ("A", "Other", "02-01", True, True)]
    assert [(row[0], row[3], row[4]) for row in versions[2:]] == [("B", False, False), ("B", True, True)]


def test_the_newer_side_wins_where_both_have_changed(sync: Sync, schema: str, postgres_url: str) -> None:
    there(postgres_url, f"alter table {schema}.goods add edited timestamptz")
    there(postgres_url, f"insert into {schema}.goods (sku, name, edited) values ('O', 'Theirs', '2026-03-01')")
    loads(sync, schema, conflict_strategy="newest_wins", timestamp_field="edited")
    sync.source("items", [item(sku, edited="2026-01-01") for sku in ("A", "B", "N")])
    assert sync.stats() == {"created": 3}
    there(postgres_url, f"update {schema}.goods set name = 'Edited', edited = '2026-03-01' where sku = 'A'")
    there(postgres_url, f"update {schema}.goods set name = 'Edited', edited = '2026-01-15' where sku = 'N'")
    assert sync.stats() == {"unchanged": 3}  # the source has not changed, so the edits stay
    sync.source("items", [item(sku, "New", edited="2026-02-01") for sku in ("A", "B", "N", "O")])
    run = sync.run()
    assert (run["skips"], run["stats"]["updated"]) == ({"target_newer": 2}, 2)
    assert sync.stats() == {"unchanged": 4}  # what has lost is not offered again
    found = there(postgres_url, f"select sku from {schema}.goods where name <> 'New' order by sku")
    assert [sku for (sku,) in found] == ["A", "O"]
    sync.source("items", [item(sku, "Newer", edited="2026-04-01") for sku in ("A", "B", "N", "O")])
    assert sync.run()["stats"]["updated"] == 4


def test_what_is_replaced_is_shown_when_all_of_it_is_there(sync: Sync, schema: str, postgres_url: str) -> None:
    loads(sync, schema, write="replace")
    sync.source("items", [item("A")], [item("B")])
    assert sync.stats() == {"created": 2}
    seen: list[Any] = []
    source = sync.source("items", [item("A", "New")], [item("C")])
    source.before = lambda number: (
        seen.append([row[:2] for row in goods(postgres_url, schema)]) if number == 2 else None
    )
    assert sync.stats() == {"updated": 1, "created": 1, "deleted": 1}
    assert seen == [[("A", "Item"), ("B", "Item")]]
    assert [row[:2] for row in goods(postgres_url, schema)] == [("A", "New"), ("C", "Item")]

    def fail(number: int) -> None:
        if number == 2:
            raise SourceUnavailable("It is gone.")

    source = sync.source("items", [item("D")], [])
    source.before = fail
    assert sync.run()["status"] == "failed"
    assert [row[0] for row in goods(postgres_url, schema)] == ["A", "C"]
