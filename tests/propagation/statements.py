"""Statements counted: their number must not grow with the number of strings."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event


@contextmanager
def counting(engine: Engine) -> Iterator[list[str]]:
    """The statements sent meanwhile, those that go past SQLAlchemy included."""
    sent: list[str] = []
    execute = psycopg.Connection.execute

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    def noted(connection: Any, query: Any, *rest: Any, **options: Any) -> Any:
        sent.append(str(query))
        return execute(connection, query, *rest, **options)

    event.listen(engine, "before_cursor_execute", note)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(psycopg.Connection, "execute", noted)
            yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
