"""The number of the last visible change, read without a unit of work: all that a poll without news asks for."""

import uuid

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, TimeoutError

_ASKED = "select edge_number(%s)"


def present_number(engine: Engine, tenant_id: uuid.UUID) -> int | None:
    """One row by its key in one round trip, which commits nothing; None where there is none, or no answer."""
    try:
        connection = engine.raw_connection()
    except (DBAPIError, psycopg.Error, TimeoutError):
        return None
    try:
        driver = connection.driver_connection
        assert driver is not None  # until it is given back
        driver.autocommit = True
        row = driver.execute(_ASKED, (tenant_id,), prepare=True).fetchone()
        driver.autocommit = False
    except psycopg.Error:
        connection.invalidate()
        return None
    finally:
        connection.close()
    number: int | None = row[0]
    return number
