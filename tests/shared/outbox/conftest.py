import uuid
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import delete, select, update

from shared.db import Database
from shared.outbox.delivering import Courier
from shared.outbox.writing import Letter, post_many
from shared.tenancy import Context
from tests.fixtures.databases import TestDatabase
from tests.shared.outbox.sample import PRIVILEGES, Base, Outbox, Receiver, courier


@pytest.fixture(scope="session")
def letters_database(scratch_database: Callable[..., TestDatabase]) -> TestDatabase:
    return scratch_database(Base.metadata, PRIVILEGES)


@pytest.fixture
def db(letters_database: TestDatabase) -> Database:
    return letters_database.db


@pytest.fixture(autouse=True)
def empty(letters_database: TestDatabase) -> None:
    """A courier sees all tenants: what another test left would fill its rounds."""
    relay = Database(letters_database.relay_url, pooled=False)
    with relay.transaction(Context(tenant_id=None)) as session:
        session.execute(delete(Outbox))


@pytest.fixture
def receiver(tenant_id: uuid.UUID) -> Receiver:
    return Receiver(tenant_id)


@pytest.fixture
def postman(letters_database: TestDatabase, receiver: Receiver) -> Iterator[Courier]:
    made = courier(letters_database, receiver)
    yield made
    made.close()


Posted = Callable[..., list[uuid.UUID]]


@pytest.fixture
def posted(db: Database, context: Context) -> Posted:
    """Commits one letter per subject, all with the same options."""

    def make(*subjects: str, target: str = "there", **options: object) -> list[uuid.UUID]:
        letters = [Letter("test", subject, target, **options) for subject in subjects]  # type: ignore[arg-type]
        with db.transaction(context) as session:
            return post_many(session, Outbox, letters)

    return make


Read = Callable[[], dict[str, Outbox]]


@pytest.fixture
def read(db: Database, context: Context) -> Read:
    """The tenant's letters by subject."""

    def find() -> dict[str, Outbox]:
        with db.transaction(context) as session:
            return {letter.subject: letter for letter in session.scalars(select(Outbox))}

    return find


@pytest.fixture
def make_due(db: Database, context: Context) -> Callable[[], None]:
    """As if all pauses were over."""

    def run() -> None:
        with db.transaction(context) as session:
            session.execute(update(Outbox).where(Outbox.status == "pending").values(next_attempt_at=Outbox.created_at))

    return run
