"""What `/healthz` and `/readyz` say. Alive asks nothing; ready asks the database and the schema, and notes Redis."""

from typing import Any

import redis
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from shared import migrations
from shared.db import Database
from shared.tenancy import Context

_LIMIT_SECONDS = 1.0


def alive(service: str) -> dict[str, Any]:
    return {"service": service, "status": "ok"}


def ready(db: Database, client: "redis.Redis", *, service: str, head: str | None) -> tuple[int, dict[str, Any]]:
    """Status and body of `/readyz`: 503 without the database or with a schema of another version than the code.

    Redis away is `degraded` and 200: jobs wait in the database, caches miss, limits let pass. `head` is
    `migrations.head_of(service)`, read once at the start, because it reads the migration files.
    """
    database, schema = _database(db, head)
    cache = _redis(client)
    red = database != "ok" or schema != "ok"
    status = "unavailable" if red else "ok" if cache == "ok" else "degraded"
    checks = {"database": database, "migrations": schema, "redis": cache}
    return (503 if red else 200), {"service": service, "status": status, "checks": checks}


def _database(db: Database, head: str | None) -> tuple[str, str]:
    try:
        with db.transaction(Context(tenant_id=None), statement_timeout_seconds=_LIMIT_SECONDS) as session:
            session.execute(text("select 1"))
            current = migrations.current(session.connection())
    except ProgrammingError:  # the role may not read the version table
        return "ok", "unreadable"
    except SQLAlchemyError:
        return "unavailable", "unknown"
    return "ok", "ok" if current == head else "other_version"


def _redis(client: "redis.Redis") -> str:
    try:
        client.ping()
    except redis.RedisError:
        return "unavailable"
    return "ok"
