"""Alive without anything; ready with database and schema; degraded without Redis."""

from collections.abc import Callable, Iterator

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import NullPool, create_engine, make_url, text

from shared import health
from shared.db import Database, new_metadata
from tests.fixtures.databases import TestDatabase
from tests.fixtures.servers import free_port


@pytest.fixture(scope="module")
def db(scratch_database: Callable[..., TestDatabase]) -> Database:
    database = scratch_database(new_metadata())
    engine = create_engine(make_url(database.owner_url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("create table alembic_version (version_num text)"))
        connection.execute(text("insert into alembic_version values ('0007')"))
        connection.execute(text("grant select on alembic_version to public"))
    return database.db


@pytest.fixture
def client(redis_url: str) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(redis_url) as client:
        yield client


def away() -> redis.Redis:
    return redis.Redis(port=free_port(), socket_timeout=1, retry=Retry(NoBackoff(), 0))


def test_ready(db: Database, client: redis.Redis) -> None:
    assert health.ready(db, client, service="s", head="0007") == (
        200,
        {"service": "s", "status": "ok", "checks": {"database": "ok", "migrations": "ok", "redis": "ok"}},
    )


def test_another_schema_is_not_ready(db: Database, client: redis.Redis) -> None:
    status, body = health.ready(db, client, service="s", head="0008")
    assert (status, body["status"], body["checks"]["migrations"]) == (503, "unavailable", "other_version")


def test_redis_away_is_degraded(db: Database) -> None:
    status, body = health.ready(db, away(), service="s", head="0007")
    assert (status, body["status"], body["checks"]["redis"]) == (200, "degraded", "unavailable")


def test_database_away_is_red(client: redis.Redis) -> None:
    gone = Database(f"postgresql://nobody@127.0.0.1:{free_port()}/none", pooled=False)
    status, body = health.ready(gone, client, service="s", head="0007")
    assert (status, body["checks"]["database"]) == (503, "unavailable")
    assert health.alive("s") == {"service": "s", "status": "ok"}


def test_a_version_that_the_role_may_not_read(
    scratch_database: Callable[..., TestDatabase], client: redis.Redis
) -> None:
    database = scratch_database(new_metadata())
    engine = create_engine(make_url(database.owner_url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("create table alembic_version (version_num text)"))
    status, body = health.ready(database.db, client, service="s", head="0007")
    assert (status, body["checks"]["database"], body["checks"]["migrations"]) == (503, "ok", "unreadable")
