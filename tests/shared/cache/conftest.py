import uuid
from collections.abc import Callable, Iterator

import pytest
import redis
from sqlalchemy.orm import DeclarativeBase

from shared.cache.reading import Cache
from shared.db import TYPES, Database, new_metadata
from shared.outbox.models import OutboxMixin
from tests.fixtures.databases import TestDatabase
from tests.fixtures.servers import free_port


class Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = TYPES


class Outbox(OutboxMixin, Base):
    __tablename__ = "outbox"


PRIVILEGES = {"outbox": ("select, insert, update", "select, insert, update, delete")}


@pytest.fixture(scope="session")
def cached_database(scratch_database: Callable[..., TestDatabase]) -> TestDatabase:
    return scratch_database(Base.metadata, PRIVILEGES)


@pytest.fixture
def db(cached_database: TestDatabase) -> Database:
    return cached_database.db


@pytest.fixture
def client(redis_url: str) -> Iterator["redis.Redis"]:
    made = redis.Redis.from_url(redis_url, socket_timeout=1, socket_connect_timeout=1)
    yield made
    made.close()


@pytest.fixture
def away() -> Iterator["redis.Redis"]:
    """A Redis that refuses."""
    made = redis.Redis.from_url(f"redis://127.0.0.1:{free_port()}/0", socket_timeout=1, socket_connect_timeout=1)
    yield made
    made.close()


@pytest.fixture
def cache(client: "redis.Redis") -> Cache:
    """Of a name that no other test has."""
    return Cache(client, service="sample", name=f"c{uuid.uuid4().hex[:8]}", outbox=Outbox)
