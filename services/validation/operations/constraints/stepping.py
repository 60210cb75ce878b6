"""The steps of constraints, as the role that owns the tables: each is one short transaction."""

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.validation.domain.rules.constraints import Constraint
from services.validation.queries.constraints import ABSENT, relaxed, states
from shared.db import Database
from shared.errors import Busy
from shared.locking import busy_when_locked, retrying
from shared.tenancy import Context

NOBODY = Context(tenant_id=None)
PROOF_SECONDS = 3600


def add(db: Database, one: Constraint, *, reason: str) -> None:
    """New and changed rows are checked from now on. Raises Busy, and IntegrityError for a pair that is there twice."""

    def change(session: Session) -> None:
        if states(session, [one.name])[one.name] == ABSENT:
            if one.kind != "check":
                _adopt(session, one)
            else:
                session.execute(text(one.ddl))
        _wish(session, one, "add", reason)

    if one.kind != "check":
        _build(db, one)
    _in_transaction(db, change)


def _build(db: Database, one: Constraint) -> None:
    """The unique index, without keeping writers out; an invalid rest of an earlier attempt goes first."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        with_state = text("select indisvalid from pg_index where indexrelid = to_regclass(:name)")
        there = connection.scalar(with_state, {"name": one.name})
        if there is False:
            connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY {one.name}")
        if not there:
            connection.exec_driver_sql(_index(one))


def _index(one: Constraint) -> str:
    if one.kind == "index":
        return one.ddl
    columns = one.definition.removeprefix("UNIQUE")
    nulls = " NULLS NOT DISTINCT" if "NULLS NOT DISTINCT" in columns else ""
    columns = columns.replace(" NULLS NOT DISTINCT", "").strip()
    return f"CREATE UNIQUE INDEX CONCURRENTLY {one.name} ON {one.table} {columns}{nulls}"


def _adopt(session: Session, one: Constraint) -> None:
    if one.kind == "unique":
        session.execute(text(f"ALTER TABLE {one.table} ADD CONSTRAINT {one.name} UNIQUE USING INDEX {one.name}"))


def validate(db: Database, one: Constraint) -> bool:
    """Proves it for all rows, while others write; False where a row breaks it."""
    if one.validation is None:
        return True
    statement = text(one.validation)
    try:
        _in_transaction(db, lambda session: session.execute(statement), seconds=PROOF_SECONDS)
    except IntegrityError:
        return False
    return True


def enforce(db: Database, one: Constraint) -> None:
    """From now on its absence is an alarm."""
    _in_transaction(db, lambda session: _wish(session, one, None, ""))


def drop(db: Database, one: Constraint, *, reason: str, scan_only: bool = False) -> None:
    """Takes it out of the database, and nothing else; with `scan_only` the API does not check its rule either."""

    def change(session: Session) -> None:
        gone = f"DROP INDEX IF EXISTS {one.name}"
        if one.kind != "index":
            gone = f"ALTER TABLE {one.table} DROP CONSTRAINT IF EXISTS {one.name}"
        session.execute(text(gone))
        _wish(session, one, "measure", reason, scan_only=scan_only)

    _in_transaction(db, change)


def _wish(session: Session, one: Constraint, wanted: str | None, reason: str, *, scan_only: bool = False) -> None:
    """What is wanted of a constraint stands in the comment of its table, unless it is to be enforced."""
    found = {name: told for name, told in relaxed(session).items() if told["table"] == one.table}
    found.pop(one.name, None)
    if wanted is not None:
        found[one.name] = {"table": one.table, "wanted": wanted, "reason": reason, "scan_only": scan_only}
    told = json.dumps({"constraints": found}, separators=(",", ":")).replace("'", "''") if found else ""
    session.connection().exec_driver_sql(f"COMMENT ON TABLE {one.table} IS '{told}'".replace("%", "%%"))


def _in_transaction(db: Database, change: Callable[[Session], Any], *, seconds: float = 60) -> None:
    """Waits for the lock of the table for a short time only, and tries again: who waits for it keeps all others out."""

    def once() -> None:
        with busy_when_locked(), db.transaction(NOBODY, statement_timeout_seconds=seconds) as session:
            change(session)

    retrying(once, when=lambda failure: isinstance(failure, Busy))
