"""Who has logged out is out, in every process within seconds, and nobody else is."""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import flask
import pytest
from flask_smorest import Blueprint
from sqlalchemy import event, select
from sqlalchemy.orm import DeclarativeBase

from shared.access import requires
from shared.app import ServiceApp
from shared.db import TYPES, Database, new_metadata
from shared.sessions import REMEMBERED, RevokedSessionMixin, RevokedSessions, SessionEnded, forget_sessions, revoke
from shared.tenancy import Context
from tests.fixtures.apps import make_app
from tests.fixtures.databases import TestDatabase
from tests.fixtures.people import Issuer, Person

LATER = datetime.now(UTC) + timedelta(hours=1)


class Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = TYPES


class RevokedSession(RevokedSessionMixin, Base):
    __tablename__ = "revoked_sessions"


@pytest.fixture(scope="module")
def sessions_database(scratch_database: Callable[..., TestDatabase]) -> TestDatabase:
    return scratch_database(Base.metadata, {"revoked_sessions": ("select, insert", "select, delete")})


@pytest.fixture
def db(sessions_database: TestDatabase) -> Database:
    return sessions_database.db


def person(tenant_id: uuid.UUID, session_id: str | None = "s1", actor: str = "ada") -> Context:
    return Context(tenant_id=tenant_id, actor=actor, session_id=session_id)


def is_in(db: Database, known: RevokedSessions, context: Context) -> bool:
    with db.transaction(context) as session:
        try:
            known.check(session, context)
        except SessionEnded:
            return False
    return True


def end(db: Database, context: Context, expires_at: datetime = LATER) -> None:
    assert context.session_id is not None
    with db.transaction(context) as session:
        revoke(session, RevokedSession, context.session_id, expires_at=expires_at)


def test_a_session_that_was_ended_counts_no_more(db: Database, tenant_id: uuid.UUID) -> None:
    now = 0.0
    known = RevokedSessions(RevokedSession, seconds=2, clock=lambda: now)
    ada, other, stranger = person(tenant_id), person(tenant_id, "s2"), person(uuid.uuid4())
    assert is_in(db, known, ada)
    end(db, ada)
    end(db, ada)  # twice does not hurt
    assert not is_in(db, RevokedSessions(RevokedSession), ada)
    assert is_in(db, known, ada)  # asked a moment ago
    now = 2.0
    assert not is_in(db, known, ada)
    assert not is_in(db, known, ada)
    assert is_in(db, known, other)
    assert is_in(db, known, stranger)


def test_it_is_asked_once_in_a_while_and_never_for_services(db: Database, tenant_id: uuid.UUID) -> None:
    known = RevokedSessions(RevokedSession)
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    for context in (person(tenant_id, "s9"), person(tenant_id, None), person(tenant_id, "j", actor="service:sync")):
        for _ in range(5):
            assert is_in(db, known, context)
    assert len([statement for statement in asked if "revoked_sessions" in statement]) == 1


def test_the_memory_is_bounded(tenant_id: uuid.UUID) -> None:
    known = RevokedSessions(RevokedSession)
    for number in range(REMEMBERED + 10):
        known._remember((tenant_id, str(number)))
    assert len(known._good_until) == REMEMBERED


def test_what_has_expired_is_forgotten(db: Database, sessions_database: TestDatabase, tenant_id: uuid.UUID) -> None:
    end(db, person(tenant_id, "old"), expires_at=datetime.now(UTC) - timedelta(seconds=1))
    end(db, person(tenant_id, "new"))
    relay = Database(sessions_database.relay_url, pooled=False)
    with relay.transaction(Context(tenant_id=None)) as session:
        forget_sessions(session, RevokedSession)
    with db.transaction(person(tenant_id)) as session:
        assert session.scalars(select(RevokedSession.session_id)).all() == ["new"]


@pytest.fixture(scope="module")
def app(sessions_database: TestDatabase, redis_url: str, issuer: Issuer) -> Iterator[ServiceApp]:
    blueprint = Blueprint("things", __name__, url_prefix="/things")

    @blueprint.route("")
    @blueprint.response(200, {"type": "object"})
    @requires("thing.view")
    def read() -> flask.Response:
        return flask.jsonify({"ok": True})

    roles = {"admin": frozenset({"thing.view"})}
    app = make_app(sessions_database, redis_url, issuer, blueprint, roles=roles, revoked_sessions=RevokedSession)
    yield app
    app.runtime.db.dispose()


@pytest.mark.parametrize("claim", ["sid", "jti"])
def test_the_token_of_an_ended_session_is_refused(
    app: ServiceApp, db: Database, issuer: Issuer, tenant_id: uuid.UUID, claim: str
) -> None:
    ended, other = (
        Person(app.test_client(), "/api/propagation/v1", issuer.token(tenant_id, **{claim: name}))
        for name in ("mine", "other")
    )
    end(db, person(tenant_id, "mine"))
    answer = ended.get("things")
    assert (answer.status_code, answer.get_json()["code"]) == (401, "session_ended")
    assert "WWW-Authenticate" in answer.headers
    assert other.get("things").status_code == 200
