"""Units of work of a run, wherever it runs."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.validation.operations.integrity.asking import STATEMENT_SECONDS
from shared.db import Database
from shared.tenancy import Context


class Steps(Protocol):
    """Where a run finds its units of work: a job's are fenced, those of a command or a request are not."""

    @property
    def db(self) -> Database: ...

    @property
    def context(self) -> Context: ...

    def step(self) -> AbstractContextManager[Session]: ...

    def reading(self) -> AbstractContextManager[Session]: ...


@dataclass(frozen=True)
class Direct:
    """Units of work of this process itself."""

    db: Database
    context: Context

    @contextmanager
    def step(self) -> Iterator[Session]:
        with self.db.transaction(self.context, statement_timeout_seconds=STATEMENT_SECONDS) as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self.db.transaction(self.context, statement_timeout_seconds=STATEMENT_SECONDS, snapshot=True) as session:
            session.execute(text("set transaction read only"))
            yield session
