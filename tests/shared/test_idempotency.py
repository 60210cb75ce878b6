"""A request that is sent twice takes effect once."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from shared.db import TYPES, Database, new_metadata
from shared.errors import DomainError, Invalid
from shared.idempotency import (
    IdempotencyInFlight,
    IdempotencyKeyMixin,
    IdempotencyMismatch,
    IdempotencyStore,
    Stored,
    request_hash,
)
from shared.tenancy import Context, TenantOwned
from tests.fixtures.databases import TestDatabase


class Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = TYPES


class IdempotencyKey(IdempotencyKeyMixin, Base):
    __tablename__ = "idempotency_keys"


class Effect(TenantOwned, Base):
    __tablename__ = "effects"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


STORE = IdempotencyStore(IdempotencyKey, service="scratch")
HEADERS = [("Content-Type", "application/json"), ("Location", "/x/1"), ("X-Correlation-ID", "once"), ("ETag", '"1"')]


@pytest.fixture(scope="module")
def database(scratch_database: Callable[..., TestDatabase]) -> TestDatabase:
    privileges = {"idempotency_keys": ("select, insert, update, delete", "select, delete")}
    return scratch_database(Base.metadata, privileges)


@pytest.fixture
def db(database: TestDatabase) -> Database:
    return database.db


def post(
    db: Database, context: Context, key: str, *, body: bytes = b"{}", during: Callable[[Session], object] | None = None
) -> Stored | uuid.UUID:
    """A request with an effect: what was stored, or the id of the effect."""
    with db.transaction(context) as session:
        hashed = request_hash("POST", "/effects", b"", body)
        claim = STORE.begin(session, key, request_hash=hashed)
        if isinstance(claim, Stored):
            return claim
        effect = Effect(id=uuid.uuid4())
        session.add(effect)
        session.flush()
        if during:
            during(session)
        STORE.finish(session, claim, status=201, headers=HEADERS, body=effect.id.bytes)
        return effect.id


def effects(db: Database, context: Context) -> int:
    with db.transaction(context) as session:
        return session.scalar(select(func.count()).select_from(Effect)) or 0


def test_the_answer_is_repeated_and_the_effect_is_not(db: Database, context: Context) -> None:
    first = post(db, context, "k")
    again = post(db, replace(context, correlation_id=uuid.uuid4()), "k")
    assert isinstance(first, uuid.UUID)
    assert again == Stored(
        201,
        {
            "Content-Type": "application/json",
            "Location": "/x/1",
            "ETag": '"1"',
            "Idempotency-Replayed": "true",
        },
        first.bytes,
    )
    assert effects(db, context) == 1


def test_another_request_under_the_same_key_is_refused(db: Database, context: Context) -> None:
    post(db, context, "k")
    with pytest.raises(IdempotencyMismatch) as refusal:
        post(db, context, "k", body=b"{ }")
    assert (refusal.value.status, refusal.value.code) == (422, "idempotency_mismatch")
    assert effects(db, context) == 1


def test_the_hash_covers_all_parts() -> None:
    whole = ("POST", "/a", b"q=1", b"{}")
    hashes = {
        request_hash(*whole),
        request_hash("PUT", *whole[1:]),
        request_hash("POST", "/b", b"q=1", b"{}"),
        request_hash("POST", "/a", b"q=2", b"{}"),
        request_hash("POST", "/a", b"q=1", b"{} "),
        request_hash("POST", "/a", b"q=1{}", b""),
        request_hash("POST", "/aq", b"=1", b"{}"),
    }
    assert len(hashes) == 7


def test_a_running_request_is_409_and_takes_nothing(db: Database, context: Context) -> None:
    def send_again(_session: Session) -> None:
        with pytest.raises(IdempotencyInFlight) as refusal:
            post(db, context, "k")
        assert (refusal.value.status, refusal.value.code) == (409, "idempotency_in_flight")
        assert refusal.value.headers["Retry-After"] == "1"

    post(db, context, "k", during=send_again)
    assert effects(db, context) == 1


def test_keys_belong_to_tenant_and_user(db: Database, context: Context) -> None:
    others = [replace(context, actor="bob"), replace(context, tenant_id=uuid.uuid4()), replace(context, actor=None)]
    for caller in (context, *others):
        assert isinstance(post(db, caller, "k", body=str(caller.actor).encode()), uuid.UUID)
    assert effects(db, context) == 3


def test_a_rolled_back_request_leaves_its_key_free(db: Database, context: Context) -> None:
    def fail(_session: Session) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        post(db, context, "k", during=fail)
    assert isinstance(post(db, context, "k", body=b"other"), uuid.UUID)
    assert effects(db, context) == 1


def test_twenty_at_once_take_effect_once(db: Database, context: Context) -> None:
    start = Barrier(20)

    def send(_number: int) -> object:
        start.wait(20)
        try:
            return post(db, context, "k", during=lambda session: session.execute(text("select pg_sleep(0.05)")))
        except DomainError as refusal:
            return refusal

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(20)))
    made = [answer for answer in answers if isinstance(answer, uuid.UUID)]
    assert len(made) == 1
    assert effects(db, context) == 1
    for answer in answers:
        assert isinstance(answer, (uuid.UUID, Stored, IdempotencyInFlight))
        if isinstance(answer, Stored):
            assert answer.body == made[0].bytes
    assert isinstance(post(db, context, "k"), Stored)


@pytest.mark.parametrize("key", ["", "x" * 256, "ä", "a\x00b", "a\nb"])
def test_what_is_no_key(db: Database, context: Context, key: str) -> None:
    with pytest.raises(Invalid) as refusal:
        post(db, context, key)
    assert refusal.value.code == "idempotency_key_invalid"


def test_the_longest_key(db: Database, context: Context) -> None:
    assert isinstance(post(db, context, "x" * 255), uuid.UUID)
    assert isinstance(post(db, context, "x" * 255), Stored)


def age(db: Database, context: Context, hours: int) -> None:
    with db.transaction(context) as session:
        session.execute(update(IdempotencyKey).values(created_at=func.now() - func.make_interval(0, 0, 0, 0, hours)))


def test_an_old_key_is_free_again(db: Database, context: Context) -> None:
    post(db, context, "k")
    age(db, context, 25)
    assert isinstance(post(db, context, "k", body=b"other"), uuid.UUID)
    assert effects(db, context) == 2


def test_the_relay_forgets_old_ones_of_all_tenants(database: TestDatabase, context: Context) -> None:
    other = replace(context, tenant_id=uuid.uuid4())
    for caller in (context, other):
        post(database.db, caller, "old")
        age(database.db, caller, 25)
        post(database.db, caller, "young")
    relay = Database(database.relay_url, pooled=False)
    with relay.transaction(Context(tenant_id=None)) as session:
        assert STORE.forget_old(session, at_most=1) == 1
        assert STORE.forget_old(session) >= 1
        assert STORE.forget_old(session) == 0
    for caller in (context, other):
        with database.db.transaction(caller) as session:
            assert session.scalars(select(IdempotencyKey.key)).all() == ["young"]
