"""The web process: order of refusals, one transaction around each view, problem documents for everything."""

import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, ClassVar

import flask
import marshmallow as ma
import pytest
from flask_smorest import Blueprint
from sqlalchemy import UniqueConstraint, func, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from shared import migrations
from shared.access import load, open_to_everybody, requires
from shared.app import ServiceApp, ServiceParts, create_service
from shared.config import Settings
from shared.current import answer_after_commit, current_session
from shared.db import TYPES, execute_prepared, new_metadata
from shared.errors import Conflict, PermissionMissing
from shared.idempotency import IdempotencyKeyMixin
from shared.tenancy import Context, TenantOwned, tenant_of
from tests.fixtures.databases import TestDatabase
from tests.fixtures.people import Issuer, Person, codes


class Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = TYPES


class Thing(TenantOwned, Base):
    __tablename__ = "things"
    __table_args__ = (UniqueConstraint("tenant_id", "name", deferrable=True, initially="DEFERRED"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Denial(TenantOwned, Base):
    __tablename__ = "denials"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    permission: Mapped[str]


class Key(IdempotencyKeyMixin, Base):
    __tablename__ = "idempotency_keys"


class ThingSchema(ma.Schema):
    id = ma.fields.Integer(required=True, strict=True)
    name = ma.fields.String(required=True)


class SampleSettings(Settings):
    service: ClassVar[str] = "sample"


blueprint = Blueprint("things", __name__, url_prefix="/things")
seen: list[int] = []


@blueprint.route("", methods=["POST"])
@blueprint.arguments(ThingSchema)
@blueprint.response(201, ThingSchema)
@requires("thing.edit")
def create(body: dict[str, Any]) -> Any:
    thing = Thing(tenant_id=tenant_of(current_session()), **body)
    current_session().add(thing)
    current_session().flush()
    return thing


@blueprint.route("/<key:thing_id>", methods=["PATCH"])
@blueprint.arguments(ThingSchema(partial=True))
@blueprint.response(200, ThingSchema)
@requires("thing.edit", on=Thing)
def change(body: dict[str, Any], thing_id: int) -> Any:
    thing = load(current_session(), Thing, thing_id)
    thing.name = body.get("name", thing.name)
    if thing.name == "boom":
        raise RuntimeError("secret text of the exception")
    if thing.name == "conflict":
        raise Conflict("Not now.", code="not_now", errors=[])
    return thing


@blueprint.route("/sql/<word>", methods=["GET"])
@requires("thing.view")
def provoke(word: str) -> Any:
    statements = {
        "canceled": "select set_config('statement_timeout', '20', true); select pg_sleep(1)",
        "number": "select 1/0",
        "foreign": f"insert into things (tenant_id, id, name) values ('{uuid.uuid4()}', 1, 'x')",
        "null": "insert into things (id, name) values (1, null)",
    }
    for statement in statements[word].split("; "):
        current_session().execute(text(statement))
    return {}


@blueprint.route("/bare/<word>", methods=["GET"])
@requires("thing.view")
def provoke_bare(word: str) -> Any:
    """Failures of statements that go past SQLAlchemy."""
    statements = {"number": "select 1/%(one)s - 1/0", "null": "insert into things (id, name) values (%(one)s, null)"}
    execute_prepared(current_session(), statements[word], {"one": 1})
    return {}


deadlocks: list[str] = []


@blueprint.route("/deadlocks/<key:thing_id>", methods=["POST"])
@requires("thing.edit")
def deadlock(thing_id: int) -> Any:
    """As often as `deadlocks` says the database gives the transaction up, after a row was stored."""
    current_session().add(Thing(tenant_id=tenant_of(current_session()), id=thing_id, name="stored"))
    current_session().flush()
    if deadlocks:
        deadlocks.pop()
        current_session().execute(text("do $$ begin raise exception using errcode = '40P01'; end $$"))
    return {}


@blueprint.route("/later", methods=["POST"])
@requires("thing.view")
def later() -> Any:
    answer_after_commit(lambda: ({"answer": "after the commit"}, 200))
    return {"answer": "within"}, 202


def enter(_session: Session, context: Context, _is_write: bool) -> Context:
    return context


def deny(session: Session, denial: PermissionMissing) -> None:
    session.add(Denial(tenant_id=tenant_of(session), permission=denial.members["permission"]))


@pytest.fixture(scope="module")
def database(scratch_database: Callable[..., TestDatabase]) -> TestDatabase:
    return scratch_database(Base.metadata)


@pytest.fixture(scope="module")
def app(
    database: TestDatabase, redis_url: str, issuer: Issuer, module_monkeypatch: pytest.MonkeyPatch
) -> Iterator[ServiceApp]:
    module_monkeypatch.setattr(migrations, "head_of", lambda _service: None)
    settings = SampleSettings.model_validate(
        {
            "database_url": database.app_url,
            "redis_url": redis_url,
            "jwks": str(issuer.jwks),
            "secret_key": "k" * 40,
            "rate_limit_per_minute": 40,
            "max_body_bytes": 2000,
        }
    )
    roles = {"viewer": frozenset({"thing.view"}), "admin": frozenset({"thing.view", "thing.edit"})}
    app = create_service(settings, ServiceParts("Sample", [blueprint], roles, Key, enter, deny))
    app.add_url_rule("/open", "open", open_to_everybody(lambda: {"open": True}))
    app.add_url_rule("/address", "address", open_to_everybody(lambda: {"address": flask.request.remote_addr}))
    yield app
    app.runtime.db.dispose()


@pytest.fixture(scope="module")
def module_monkeypatch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture
def person(app: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID) -> Callable[..., Person]:
    def make(tenant: uuid.UUID | None = tenant_id, **claims: Any) -> Person:
        return Person(app.test_client(), "/api/sample/v1", issuer.token(tenant, aud=["sample"], **claims))

    return make


@pytest.fixture
def ada(person: Callable[..., Person]) -> Person:
    return person()


def names(database: TestDatabase, tenant_id: uuid.UUID) -> list[str]:
    with database.db.transaction(Context(tenant_id=tenant_id)) as session:
        return list(session.scalars(select(Thing.name).order_by(Thing.id)))


def test_a_view_s_work_is_committed(ada: Person, database: TestDatabase, tenant_id: uuid.UUID) -> None:
    assert ada.post("things", {"id": 1, "name": "one"}).status_code == 201
    assert names(database, tenant_id) == ["one"]


def test_a_failure_at_the_commit_is_a_problem_too(ada: Person, database: TestDatabase, tenant_id: uuid.UUID) -> None:
    ada.post("things", {"id": 1, "name": "one"})
    refused = ada.post("things", {"id": 2, "name": "one"})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "already_exists")
    assert refused.mimetype == "application/problem+json"
    assert names(database, tenant_id) == ["one"]


def test_a_failure_undoes_what_the_view_did(ada: Person, database: TestDatabase, tenant_id: uuid.UUID) -> None:
    ada.post("things", {"id": 1, "name": "one"})
    for name, status, code in (("conflict", 409, "not_now"), ("boom", 500, "internal_error")):
        refused = ada.patch("things/1", {"name": name})
        assert (refused.status_code, refused.get_json()["code"]) == (status, code)
        assert "secret" not in refused.text
    assert names(database, tenant_id) == ["one"]


def test_refusals_come_in_order(person: Callable[..., Person], app: ServiceApp) -> None:
    nobody = Person(app.test_client(), "/api/sample/v1", "")
    homeless, viewer = person(None), person(roles=["viewer"])
    broken = {"id": "x"}
    assert nobody.patch("things/1", broken).status_code == 401
    assert homeless.patch("things/1", broken).get_json()["code"] == "tenant_missing"
    assert viewer.patch("things/1", broken).status_code == 422
    assert viewer.patch("things/1", {"name": "n"}).status_code == 404
    person().post("things", {"id": 1, "name": "one"})
    refused = viewer.patch("things/1", {"name": "n"})
    assert (refused.status_code, refused.get_json()["permission"]) == (403, "thing.edit")


def test_a_denial_is_kept_although_the_request_was_rolled_back(
    person: Callable[..., Person], database: TestDatabase, tenant_id: uuid.UUID
) -> None:
    assert person(roles=["viewer"]).post("things", {"id": 1, "name": "n"}).status_code == 403
    with database.db.transaction(Context(tenant_id=tenant_id)) as session:
        assert session.scalars(select(Denial.permission)).all() == ["thing.edit"]


def test_foreign_rows_look_like_missing_ones(ada: Person, person: Callable[..., Person]) -> None:
    ada.post("things", {"id": 1, "name": "one"})
    stranger = person(uuid.uuid4())
    foreign, missing = stranger.patch("things/1", {"name": "n"}), stranger.patch("things/9", {"name": "n"})
    differing = {"instance", "correlation_id"}
    assert foreign.status_code == 404
    assert {k: v for k, v in foreign.get_json().items() if k not in differing} == {
        k: v for k, v in missing.get_json().items() if k not in differing
    }


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "code"),
    [
        ("GET", "nothing", {}, 404, "not_found"),
        ("PATCH", "things/99999999999999999999999", {"json": {"name": "n"}}, 404, "not_found"),
        ("PATCH", f"things/{2**63}", {"json": {"name": "n"}}, 404, "not_found"),
        ("PATCH", f"things/{2**63 - 1}", {"json": {"name": "n"}}, 404, "not_found"),
        ("DELETE", "things", {}, 405, "method_not_allowed"),
        ("POST", "things", {"data": "{", "content_type": "application/json"}, 400, "not_parseable"),
        ("POST", "things", {"data": b"\xff", "content_type": "application/json"}, 400, "not_parseable"),
        ("POST", "things", {"data": "a=b", "content_type": "text/plain"}, 415, "unsupported_media_type"),
        ("POST", "things", {"json": {"id": 1, "name": "x" * 3000}}, 413, "too_large"),
        ("POST", "things", {"json": [1]}, 422, "invalid"),
        ("GET", "things/sql/canceled", {}, 503, "timeout"),
        ("GET", "things/sql/number", {}, 422, "invalid"),
        ("GET", "things/sql/foreign", {}, 409, "foreign_row"),
        ("GET", "things/sql/null", {}, 422, "constraint"),
        ("GET", "things/bare/number", {}, 422, "invalid"),
        ("GET", "things/bare/null", {}, 422, "constraint"),
    ],
)
def test_every_failure_is_a_problem_document(
    ada: Person, method: str, path: str, options: dict[str, Any], status: int, code: str
) -> None:
    refused = ada.call(method, path, **options)
    body = refused.get_json()
    assert (refused.status_code, body["code"]) == (status, code)
    assert refused.mimetype == "application/problem+json"
    assert body["type"] == f"urn:concord:problem:{code}"
    assert body["status"] == status
    assert body["correlation_id"] == refused.headers["X-Correlation-ID"]
    assert refused.headers["Cache-Control"] == "no-store"


def test_wrong_fields_are_all_named(ada: Person) -> None:
    refused = ada.post("things", {"id": "x", "colour": "red"})
    found = {error["pointer"]: error["code"] for error in refused.get_json()["errors"]}
    assert found == {"/id": "invalid", "/name": "required", "/colour": "unknown_field"}
    assert codes(ada.post("things", {"name": "n"})) == ["required"]


@pytest.mark.parametrize("given", ["", "abc", "x" * 36, "1" * 400])
def test_a_bad_correlation_id_is_replaced(ada: Person, given: str) -> None:
    answer = ada.post("things/later", headers={"X-Correlation-ID": given})
    assert uuid.UUID(answer.headers["X-Correlation-ID"]).version == 4


def test_a_good_correlation_id_is_kept(ada: Person) -> None:
    given = str(uuid.uuid4())
    assert ada.post("things/later", headers={"X-Correlation-ID": given}).headers["X-Correlation-ID"] == given


def test_an_answer_may_be_replaced_after_the_commit(ada: Person) -> None:
    answer = ada.post("things/later")
    assert (answer.status_code, answer.get_json()) == (200, {"answer": "after the commit"})


def test_a_repeated_key_takes_effect_once(ada: Person, database: TestDatabase, tenant_id: uuid.UUID) -> None:
    key = {"Idempotency-Key": "once"}
    first = ada.post("things", {"id": 1, "name": "one"}, headers=key)
    again = ada.post("things", {"id": 1, "name": "one"}, headers=key)
    assert (again.status_code, again.get_json()) == (201, first.get_json())
    assert again.headers["Idempotency-Replayed"] == "true"
    other = ada.post("things", {"id": 2, "name": "two"}, headers=key)
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency_mismatch")
    assert names(database, tenant_id) == ["one"]


def test_an_answer_that_was_rolled_back_is_not_kept(ada: Person) -> None:
    key = {"Idempotency-Key": "second-try"}
    assert ada.patch("things/1", {"name": "n"}, headers=key).status_code == 404
    ada.post("things", {"id": 1, "name": "one"})
    assert ada.patch("things/1", {"name": "n"}, headers=key).status_code == 200


def test_the_quota_counts_per_person(person: Callable[..., Person]) -> None:
    eve, bob = person(sub="eve"), person(sub="bob")
    answers = [eve.post("things/later") for _ in range(41)]
    assert [answer.status_code for answer in answers].count(429) == 1
    refused = answers[-1]
    assert refused.get_json()["code"] == "rate_limited"
    assert int(refused.headers["Retry-After"]) >= 1
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert bob.post("things/later").status_code == 200


def test_open_views_need_no_token(app: ServiceApp) -> None:
    client = app.test_client()
    assert client.get("/open").get_json() == {"open": True}
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").get_json()["checks"]["database"] == "ok"
    assert b"concord_http_requests_total" in client.get("/metrics").data
    assert client.get("/api/sample/v1/openapi.json").get_json()["openapi"] == "3.1.1"


def test_the_database_away_is_503_and_heals(app: ServiceApp, ada: Person, database: TestDatabase) -> None:
    ada.post("things", {"id": 1, "name": "one"})
    with database.db.transaction(Context(tenant_id=None)) as session:
        others = text(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
        assert (session.scalar(others) or 0) >= 1
    first = ada.patch("things/1", {"name": "two"})
    assert first.status_code in (200, 503)
    if first.status_code == 503:
        assert "Retry-After" in first.headers
    assert ada.patch("things/1", {"name": "two"}).status_code == 200


def test_threads_have_their_own_transactions(ada: Person, database: TestDatabase, tenant_id: uuid.UUID) -> None:
    threads = [
        threading.Thread(target=ada.post, args=("things", {"id": number, "name": f"n{number}"})) for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.db.transaction(Context(tenant_id=tenant_id)) as session:
        assert session.scalar(select(func.count()).select_from(Thing)) == 8


def test_the_client_s_address_comes_from_the_proxy_in_front(app: ServiceApp) -> None:
    forged = {"X-Forwarded-For": "198.51.100.7, 192.0.2.9"}
    assert app.test_client().get("/address", headers=forged).get_json() == {"address": "192.0.2.9"}


@pytest.mark.parametrize(("begins_again", "times", "status"), [(True, 2, 200), (True, 3, 409), (False, 1, 409)])
def test_a_request_that_the_database_gave_up_begins_again_where_a_service_wants_it(
    app: ServiceApp,
    ada: Person,
    database: TestDatabase,
    tenant_id: uuid.UUID,
    monkeypatch: pytest.MonkeyPatch,
    begins_again: bool,
    times: int,
    status: int,
) -> None:
    monkeypatch.setattr(app, "parts", replace(app.parts, begins_again=begins_again))
    monkeypatch.setattr("shared.locking.time.sleep", lambda _seconds: None)
    deadlocks[:] = ["once"] * times
    answer = ada.post("things/deadlocks/7")
    assert answer.status_code == status
    assert deadlocks == []
    assert names(database, tenant_id) == (["stored"] if status == 200 else [])
    assert status == 200 or answer.get_json()["code"] == "locked"
