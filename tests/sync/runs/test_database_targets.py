"""Rows for a table in another database: they commit there first, and a repeat is harmless."""

import json
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from services.sync.config import Settings
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
        admin.execute(b"drop table if exists concord_loads")


def loads(sync: Sync, schema: str, **more: Any) -> None:
    config = {"dsn": {"env": "SYNC_SECRET_DSN"}, "table": f"{schema}.goods", "key": "sku"}
    mapping = {
        "id": "sku",
        "label": "name",
        "price": {"to": "price", "type": "decimal"},
        "more": {"to": "more", "type": "json"},
    }
    sync.put(transform={"field_mappings": mapping}, target={"type": "postgres", "config": config, **more})


def goods(url: str, schema: str) -> list[Any]:
    with psycopg.connect(url) as there:
        statement = f"select sku, name, price::text, more, own from {schema}.goods order by sku"
        return list(there.execute(statement.encode()))


def test_what_differs_is_written_and_nothing_else(sync: Sync, schema: str, postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as there:
        there.execute(
            f"insert into {schema}.goods values ('A', 'Item', 1, null, 'x'), ('B', 'Old', 1, null, 'theirs')".encode()
        )
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
        with psycopg.connect(postgres_url, autocommit=True) as there:
            there.execute(f"alter table {schema}.goods drop constraint goods_pkey".encode())
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
    for section in ({"write": "scd2"}, {"conflict_strategy": "manual"}):
        text = sync.file(
            target={
                "type": "postgres",
                "config": {"dsn": {"env": "SYNC_SECRET_DSN"}, "table": "t", "key": "sku"},
                **section,
            }
        )
        answer = sync.person.call("POST", "pipelines/check", data=text, content_type="application/yaml")
        assert answer.status_code == 422, section
