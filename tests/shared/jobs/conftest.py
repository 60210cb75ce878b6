import uuid
from collections.abc import Callable
from typing import Any

import pytest

from shared.db import Database
from shared.jobs.operations import submit
from shared.tenancy import Context
from tests.fixtures.databases import TestDatabase
from tests.shared.jobs.sample import PRIVILEGES, Base, Job


@pytest.fixture(scope="session")
def scratch(scratch_database: Callable[..., TestDatabase]) -> TestDatabase:
    return scratch_database(Base.metadata, PRIVILEGES)


@pytest.fixture
def db(scratch: TestDatabase) -> Database:
    return scratch.db


@pytest.fixture
def relay_db(scratch: TestDatabase) -> Database:
    return Database(scratch.relay_url, pooled=False)


Submit = Callable[..., Job]


@pytest.fixture
def submitted(db: Database, context: Context) -> Submit:
    """Commits a job and returns it."""

    def make(kind: str = "once", **options: Any) -> Job:
        with db.transaction(context) as session:
            return submit(session, Job, **({"kind": kind, "queue": "sample"} | options))

    return make


@pytest.fixture
def read(db: Database, context: Context) -> Callable[[uuid.UUID], Job]:
    def find(job_id: uuid.UUID) -> Job:
        with db.transaction(context) as session:
            return session.get_one(Job, (context.tenant_id, job_id))

    return find
