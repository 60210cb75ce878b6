"""Statements that write a table in another database, and what is decided about each of its rows."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import psycopg
import pytest

from services.sync.loaders.deliveries import Known
from services.sync.loaders.elsewhere import Elsewhere, Offered
from services.sync.loaders.verdicts import THEIRS, Present, verdict

NOW = datetime(2026, 2, 1, tzinfo=UTC)


@pytest.fixture
def there(postgres_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(postgres_url) as connection:
        connection.execute(
            "create temporary table goods (id int primary key, name text, gone_at timestamptz,"
            " is_gone boolean not null default false)"
        )
        connection.commit()
        yield connection


def offered(ids: range, name: str, known: Known | None = None) -> list[Offered]:
    judged = partial(verdict, known=known, strategy="source_wins", update_existing=True, changed_at=None)
    return [Offered({"id": number, "name": name}, NOW, judged) for number in ids]


@pytest.mark.parametrize("column", ["gone_at", "is_gone"])
def test_a_column_says_that_a_row_is_gone_and_that_it_is_back(there: psycopg.Connection[Any], column: str) -> None:
    table = Elsewhere(there, "goods", ("id",), ("id", "name"), on_delete=column)
    table.merge(offered(range(3), "One"))
    assert [one.verdict for one in table.remove([{"id": 1}, {"id": 9}], ended_at=NOW)] == ["delete", "delete"]
    found = f"select id, coalesce({column}::text, 'false') = 'false' from goods order by id"
    assert there.execute(found.encode()).fetchall() == [(0, True), (1, False), (2, True)]
    back = Known("", 1, None, is_gone=True)
    assert [one.verdict for one in table.merge(offered(range(1, 2), "One", back))] == ["restore"]
    assert there.execute(found.encode()).fetchall() == [(0, True), (1, True), (2, True)]


def test_statements_do_not_grow_with_rows(there: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    table = Elsewhere(there, "goods", ("id",), ("id", "name"), on_delete="remove")
    said: list[Any] = []
    run = Elsewhere._run

    def noted(self: Elsewhere, *given: Any) -> list[Any]:
        said.append(given[0])
        return run(self, *given)

    monkeypatch.setattr(Elsewhere, "_run", noted)

    def counted(work: Any) -> int:
        said.clear()
        work()
        return len(said)

    figures = []
    for ids in (range(2), range(1000, 1200)):
        known = range(ids[0], ids[-1])  # the last one is new
        table.merge(offered(known, "One"))
        merged = counted(lambda ids=ids: table.merge(offered(ids, "Two")))
        figures.append((merged, counted(lambda ids=ids: table.remove([{"id": one} for one in ids], ended_at=NOW))))
    assert figures[0] == figures[1]


@pytest.mark.parametrize(
    ("mark", "strategy", "changed_at", "expected"),
    [
        ("a:1", "target_wins", None, "update"),  # nobody has edited it
        ("a:0", "source_wins", None, "update"),
        ("a:0", "target_wins", None, "target_wins"),
        (THEIRS, "target_wins", None, "target_wins"),
        ("b:0", "target_wins", None, "update"),  # a mark of other columns says nothing
        (None, "target_wins", None, "update"),
        ("a:0", "newest_wins", NOW, "update"),
        ("a:0", "newest_wins", NOW.replace(day=2), "update"),
        ("a:0", "newest_wins", NOW.replace(month=1), "target_newer"),
        ("a:0", "newest_wins", None, "target_newer"),
    ],
)
def test_who_wins(mark: str | None, strategy: str, changed_at: datetime | None, expected: str) -> None:
    present, known = Present(False, "a:1", NOW, None, {}), Known("x", 1, mark)
    ask = partial(verdict, strategy=strategy, changed_at=changed_at)
    assert ask(present, known, update_existing=True) == expected
    assert ask(present, known, update_existing=False) == "exists"
    assert ask(present._replace(is_same=True), known, update_existing=True) == "unchanged"
    assert ask(present._replace(is_same=True), known._replace(is_gone=True), update_existing=True) == "restore"
    assert ask(None, known, update_existing=False) == "create"
    theirs = known._replace(mark=THEIRS)
    assert ask(present, None, update_existing=True) == ask(present, theirs, update_existing=True)
