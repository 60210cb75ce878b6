"""A batch is a constant number of statements, whatever its size and whatever becomes of its rows."""

from typing import Any

import psycopg
import pytest

from tests.sync.working import Sync, item


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that leaves for the server, those past SQLAlchemy too."""
    statements: list[str] = []
    execute, copy = psycopg.Cursor.execute, psycopg.Cursor.copy

    def executed(cursor: Any, query: Any, *arguments: Any, **options: Any) -> Any:
        statements.append(str(query))
        return execute(cursor, query, *arguments, **options)

    def copied(cursor: Any, statement: Any, *arguments: Any, **options: Any) -> Any:
        statements.append(str(statement))
        return copy(cursor, statement, *arguments, **options)

    monkeypatch.setattr(psycopg.Cursor, "execute", executed)
    monkeypatch.setattr(psycopg.Cursor, "copy", copied)
    return statements


def rows(count: int, label: str, turn: int) -> list[dict[str, Any]]:
    """A third each as before, changed and new, and beside them every kind of row that does not load."""
    usual = [item(f"{turn}-{n:05}", label if n % 3 else "Item", group="1" if n % 2 else "gone") for n in range(count)]
    bad = [item(f"{turn}-B{n:05}", price="x") for n in range(count // 5)]
    return usual + usual[: count // 5] + bad + [{"label": "nobody"}] * (count // 10)


def test_statements_do_not_grow_with_rows(sync: Sync, sent: list[str]) -> None:
    sync.put(
        transform={
            "field_mappings": {
                "id": "sku",
                "label": "name",
                "price": {"to": "retail_price", "on_error": "reject"},
            },
            "lookups": {"category_id": {"table": "category", "match": {"legacy_id": "group"}}},
        },
        target={"type": "table", "config": {"table": "product", "key": "sku"}, "conflict_strategy": "manual"},
        deletes={"detect": True, "max_share": 1},
    )
    sync.sql("insert into catalogue_category (legacy_id) values ('1')")
    counts: dict[int, int] = {}
    for turn, size in enumerate((30, 30, 300)):
        sync.source("items", rows(size, "Before", turn)[: size // 2])
        sync.run()
        sync.sql("update catalogue_product set name = 'Edited' where sku like '%1'")
        sync.source("items", rows(size, "After", turn))
        run = sync.ask()
        sent.clear()
        sync.perform(run["id"])  # and not what it asks for: decisions about conflicts, another attempt at parked rows
        counts[size] = len(sent)
        stats = sync.read(run["id"])["stats"]
        assert all(stats[name] for name in ("created", "updated", "parked", "conflicts", "errors", "duplicates")), stats
    assert counts[30] == counts[300]
    assert counts[300] < 70


def test_statements_of_a_batch(sync: Sync, sent: list[str]) -> None:
    counts = []
    sync.put()
    for batches in (1, 5):
        sync.source("items", *[[item(f"{batches}-{page}-{n}") for n in range(3)] for page in range(batches)])
        sync.ask()
        sent.clear()
        sync.work()
        counts.append(len(sent))
    assert (counts[1] - counts[0]) % 4 == 0
    assert (counts[1] - counts[0]) // 4 <= 16
