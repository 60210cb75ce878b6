"""The number of the last visible change, read without a unit of work: all that a poll without news asks for."""

import uuid
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, TimeoutError

_ASKED = "select edge_number(%s)"
# An answer takes a fraction of a millisecond; who does not get a connection at once goes the long way.
CONNECTIONS, WAIT_SECONDS = 2, 0.05


class Numbers:
    """Asks over connections of its own, which never hold a transaction: a statement is all that is sent."""

    def __init__(self, beside: Engine) -> None:
        """`beside` is the engine of the process; with its connections these are given back."""
        options: dict[str, Any] = {"pool_size": CONNECTIONS, "max_overflow": 0, "pool_timeout": WAIT_SECONDS}
        self._engine = create_engine(beside.url, isolation_level="AUTOCOMMIT", pool_reset_on_return=None, **options)

        event.listen(beside, "engine_disposed", lambda _beside: self._engine.dispose())

    def present(self, tenant_id: uuid.UUID) -> int | None:
        """One row by its key, in one round trip; None where there is none, or no answer."""
        try:
            connection = self._engine.raw_connection()
        except (DBAPIError, psycopg.Error, TimeoutError):
            return None
        try:
            driver = connection.driver_connection
            assert driver is not None  # until it is given back
            row = driver.execute(_ASKED, (tenant_id,), prepare=True).fetchone()
        except psycopg.Error:
            connection.invalidate()
            return None
        finally:
            connection.close()
        number: int | None = row[0]
        return number
