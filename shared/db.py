"""The one way to the database: engine, column types, and the unit of work with the only commit.

A unit of work has two extra doors: `keep_on_rollback` (rows that must survive a failure: denials, failed jobs,
written by a second short transaction on the same connection) and `after_commit` (doorbells and cache generations,
after the commit and before the answer). Nothing else commits.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

import orjson
from sqlalchemy import BigInteger, DateTime, Engine, MetaData, NullPool, Text, create_engine, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from shared.tenancy import Context

NAMING = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
TYPES: dict[Any, Any] = {
    datetime: DateTime(timezone=True),
    int: BigInteger(),
    str: Text(),
    dict[str, Any]: JSONB(),
    list[Any]: JSONB(),
}
# Codes and names are ordered and compared by code point, so that Python and PostgreSQL agree.
Name = Text(collation="C")

Callback = Callable[[Session], None]
Gathered = TypeVar("Gathered")


def new_metadata() -> MetaData:
    """Metadata with the naming convention; one per service, so that no service knows another's tables."""
    return MetaData(naming_convention=NAMING)


def keep_on_rollback(session: Session, callback: Callback) -> None:
    """Runs `callback` in a second transaction if this unit of work fails; it is forgotten if it commits."""
    session.info["keep_on_rollback"].append(callback)


def after_commit(session: Session, callback: Callable[[], object]) -> None:
    """Runs `callback` once this unit of work is committed; it must not raise and not touch the database."""
    session.info["after_commit"].append(callback)


def gathered(
    session: Session, name: str, make: Callable[[], Gathered], write: Callable[[Session, Gathered], None]
) -> Gathered:
    """What this unit of work gathers under `name` until it is about to commit; then `write` does what is to be done
    with all of it, in the same transaction. A rollback forgets it."""
    gatherings: dict[str, tuple[Any, Any]] = session.info["gatherings"]
    found: Gathered = gatherings.setdefault(name, (make(), write))[0]
    return found


def execute_prepared(session: Session, statement: str, parameters: Mapping[str, Any]) -> Any:
    """Runs SQL of the driver's own form (`%(name)s`) as a server-side prepared statement; returns its cursor.

    For statements whose parameters are arrays of thousands of items: planned once, not once per set of arrays.
    """
    session.flush()
    connection = session.connection().connection.driver_connection
    assert connection is not None  # a session always has one inside its unit of work
    return connection.execute(statement, parameters, prepare=True)


def plan_for_lookups(session: Session) -> None:
    """For the rest of this transaction: one generic plan per statement, by index.

    Arrays tell the planner nothing about how many rows come, and on tables without statistics it would scan them.
    """
    session.execute(
        text(
            "select set_config('plan_cache_mode', 'force_generic_plan', true),"
            " set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),"
            " set_config('enable_mergejoin', 'off', true)"
        )
    )


_BEGIN = (
    "select set_config('app.tenant_id', %(tenant)s, true), set_config('statement_timeout', %(s)s, true),"
    " set_config('lock_timeout', %(l)s, true), set_config('app.audit_days', %(days)s, true)"
)


def _to_json(value: Any) -> str:
    return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


class Database:
    """Connections of one service under one role."""

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 8,
        pool_timeout_seconds: float = 2.5,
        statement_timeout_seconds: float = 15.0,
        lock_wait_seconds: float = 3.0,
        pooled: bool = True,
        service: str = "concord",
        audit_days: int = 90,
    ) -> None:
        """`pooled=False` is for processes that fork or are short-lived (RQ work horses, commands). `service` is who
        asks, for metrics and for the server's list of connections; `audit_days` is how long its audit rows are kept
        before they are archived."""
        options: dict[str, Any] = {"poolclass": NullPool}
        if pooled:
            options = {"pool_size": pool_size, "max_overflow": 0, "pool_timeout": pool_timeout_seconds}
        self.engine: Engine = create_engine(
            url.replace("postgresql://", "postgresql+psycopg://", 1),
            json_serializer=_to_json,
            json_deserializer=orjson.loads,
            connect_args={"connect_timeout": 5, "application_name": service},
            **options,
        )
        self.service = service
        self.audit_days = audit_days
        self._limits = {"statement": statement_timeout_seconds, "lock": lock_wait_seconds}

    def dispose(self) -> None:
        self.engine.dispose()

    @contextmanager
    def transaction(
        self,
        context: Context,
        *,
        statement_timeout_seconds: float | None = None,
        snapshot: bool = False,
    ) -> Iterator[Session]:
        """One unit of work: commits when the block ends, rolls back when it raises.

        `snapshot` reads one consistent state (REPEATABLE READ) for work that reads in several statements.
        """
        limits = self._limits | ({"statement": statement_timeout_seconds} if statement_timeout_seconds else {})
        with self.engine.connect() as connection:
            if snapshot:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            session = Session(bind=connection, expire_on_commit=False, autoflush=True)
            session.info |= {"context": context, "keep_on_rollback": [], "after_commit": [], "database": self}
            session.info["gatherings"] = {}
            try:
                self._begin(session, context, limits)
                yield session
                self._commit(session)
            except BaseException:
                session.rollback()
                self._keep(session, context, limits)
                raise
            finally:
                session.close()
        for callback in session.info["after_commit"]:
            callback()

    def _begin(self, session: Session, context: Context, limits: dict[str, float]) -> None:
        # One round trip; the settings end with the transaction, so that a pooled connection carries nothing over.
        session.connection().exec_driver_sql(
            _BEGIN,
            {
                "tenant": str(context.tenant_id) if context.tenant_id else "",
                "s": str(int(limits["statement"] * 1000)),
                "l": str(int(limits["lock"] * 1000)),
                "days": str(self.audit_days),
            },
        )

    def _keep(self, session: Session, context: Context, limits: dict[str, float]) -> None:
        callbacks: list[Callback] = session.info["keep_on_rollback"]
        if not callbacks or session.connection().invalidated:
            return
        session.info["gatherings"].clear()
        self._begin(session, context, limits)
        for callback in callbacks:
            callback(session)
        self._commit(session)

    @staticmethod
    def _commit(session: Session) -> None:
        gatherings = session.info["gatherings"]
        session.flush()
        while gatherings:  # what is written now may lead to more
            found, write = gatherings.pop(next(iter(gatherings)))
            write(session, found)
            session.flush()
        session.commit()
