"""The resource `jobs` through HTTP."""

import threading
import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import event, select, update

from shared.app import ServiceApp, ServiceParts, create_service
from shared.db import Database
from shared.idempotency import IdempotencyKeyMixin
from shared.jobs.answers import preferred_wait
from shared.jobs.performing import work
from shared.jobs.routes import JobResource, jobs_blueprint
from shared.tenancy import Context
from tests.fixtures.databases import TestDatabase
from tests.fixtures.people import Issuer, Person
from tests.shared.jobs.conftest import Submit
from tests.shared.jobs.sample import Job, make_settings, registry


@pytest.fixture(scope="session")
def app(scratch: TestDatabase, redis_url: str, issuer: Issuer) -> Iterator[ServiceApp]:
    settings = make_settings(
        database_url=scratch.app_url,
        redis_url=redis_url,
        jwks=str(issuer.jwks),
        rate_limit_per_minute=0,
        event_stream_seconds=1,
    )
    roles = {"viewer": frozenset({"job.view"}), "admin": frozenset({"job.view", "job.manage"})}
    parts = ServiceParts(
        title="Sample",
        blueprints=[jobs_blueprint(JobResource(Job))],
        role_permissions=roles,
        idempotency_keys=IdempotencyKeyMixin,
        on_entry=lambda _session, context, _is_write: context,
        on_denial=lambda _session, _denial: None,
    )
    app = create_service(settings, parts)
    yield app
    app.runtime.db.dispose()


@pytest.fixture
def ada(app: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID) -> Person:
    return Person(app.test_client(), "/api/propagation/v1", issuer.token(tenant_id))


@pytest.fixture
def viewer(app: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID) -> Person:
    return Person(app.test_client(), "/api/propagation/v1", issuer.token(tenant_id, roles=["viewer"]))


def perform(db: Database, job: Job) -> None:
    work(db, registry, tenant_id=job.tenant_id, job_id=job.id)


def fail(db: Database, context: Context, job: Job) -> None:
    with db.transaction(context) as session:
        values = {"status": "failed", "completed_at": job.created_at, "error": {"code": "x"}}
        session.execute(update(Job).where(Job.id == job.id).values(**values))


def test_the_list_has_the_newest_first_and_no_chunks(ada: Person, submitted: Submit) -> None:
    jobs = [submitted() for _ in range(3)]
    submitted("chunk", parent_id=jobs[0].id)
    answer = ada.get("jobs").get_json()
    assert [row["id"] for row in answer["results"]] == [str(job.id) for job in reversed(jobs)]
    first = ada.get("jobs?limit=2").get_json()
    rest = ada.get(first["next"].removeprefix("http://localhost")).get_json()
    assert [row["id"] for row in rest["results"]] == [str(jobs[0].id)]


def test_the_list_is_filtered(ada: Person, db: Database, context: Context, submitted: Submit) -> None:
    waiting, done = submitted(), submitted("items", payload={"items": 1})
    perform(db, done)

    def ids(query: str) -> set[str]:
        return {row["id"] for row in ada.get(f"jobs?{query}").get_json()["results"]}

    assert ids("status=completed") == {str(done.id)}
    assert ids("status=completed&status=pending") == {str(done.id), str(waiting.id)}
    assert ids("kind=once") == {str(waiting.id)}
    assert ids("requested_by=nobody") == set()
    assert ids("created_after=2100-01-01T00:00:00Z") == set()
    assert ada.get("jobs?status=odd").status_code == 422
    assert ada.get("jobs?color=red").status_code == 422


def test_the_list_does_not_read_payloads(app: ServiceApp, ada: Person, submitted: Submit) -> None:
    submitted(payload={"long": "x" * 1000})
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(app.runtime.db.engine, "before_cursor_execute", note)
    ada.get("jobs")
    event.remove(app.runtime.db.engine, "before_cursor_execute", note)
    assert not any("payload" in statement for statement in statements)
    assert len(statements) == 2


def test_a_job_is_told_with_a_tag_that_changes_with_it(ada: Person, db: Database, submitted: Submit) -> None:
    job = submitted()
    first = ada.get(f"jobs/{job.id}")
    body = first.get_json()
    assert (body["status"], body["progress_percentage"], body["requested_by"]) == ("pending", 0.0, "ada")
    assert "payload" not in body
    tag = first.headers["ETag"]
    assert ada.get(f"jobs/{job.id}", headers={"If-None-Match": tag}).status_code == 304
    perform(db, job)
    second = ada.get(f"jobs/{job.id}", headers={"If-None-Match": tag})
    assert (second.status_code, second.get_json()["status"]) == (200, "completed")
    assert second.get_json()["duration_seconds"] >= 0


@pytest.mark.parametrize("path", ["", "/wait", "/events", "/cancel", "/retry"])
def test_a_foreign_and_a_missing_job_look_alike(app: ServiceApp, issuer: Issuer, submitted: Submit, path: str) -> None:
    stranger = Person(app.test_client(), "/api/propagation/v1", issuer.token(uuid.uuid4()))
    call = stranger.post if path in ("/cancel", "/retry") else stranger.get
    answers = [call(f"jobs/{job_id}{path}") for job_id in (submitted().id, uuid.uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert [answer.get_json()["code"] for answer in answers] == ["not_found", "not_found"]


def test_a_chunk_is_no_job_of_its_own(ada: Person, submitted: Submit) -> None:
    chunk = submitted("chunk", parent_id=submitted().id)
    assert ada.get(f"jobs/{chunk.id}").status_code == 404
    assert ada.post(f"jobs/{chunk.id}/cancel").status_code == 404


def test_wait_answers_by_status_code(ada: Person, db: Database, submitted: Submit) -> None:
    job = submitted()
    waiting = ada.get(f"jobs/{job.id}/wait")
    assert (waiting.status_code, waiting.get_json()["code"]) == (404, "job_active")
    perform(db, job)
    assert ada.get(f"jobs/{job.id}/wait").get_json()["status"] == "completed"


def test_cancel_tells_waiting_running_and_ended_apart(
    ada: Person, db: Database, context: Context, submitted: Submit
) -> None:
    waiting, running = submitted(), submitted()
    with db.transaction(context) as session:
        session.execute(update(Job).where(Job.id == running.id).values(status="running"))
    first, second = ada.post(f"jobs/{waiting.id}/cancel"), ada.post(f"jobs/{running.id}/cancel")
    assert (first.status_code, first.get_json()["status"]) == (200, "cancelled")
    assert (second.status_code, second.get_json()["cancel_requested"]) == (202, True)
    third = ada.post(f"jobs/{waiting.id}/cancel")
    assert (third.status_code, third.get_json()["code"]) == (409, "job_finished")


def test_retry_answers_with_the_new_job(ada: Person, db: Database, context: Context, submitted: Submit) -> None:
    job = submitted()
    refused = ada.post(f"jobs/{job.id}/retry")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "job_not_retryable")
    fail(db, context, job)
    answer = ada.post(f"jobs/{job.id}/retry")
    body = answer.get_json()
    assert answer.status_code == 202
    assert (body["new_job_id"], body["retry_of"]) == (body["id"], str(job.id))
    assert answer.headers["Location"] == f"/api/propagation/v1/jobs/{body['id']}"
    assert ada.get(answer.headers["Location"]).status_code == 200
    assert ada.post(f"jobs/{job.id}/retry", {"surprise": 1}).status_code == 422


def test_changing_jobs_needs_the_permission(viewer: Person, submitted: Submit) -> None:
    job = submitted()
    assert viewer.get(f"jobs/{job.id}").status_code == 200
    refusal = viewer.post(f"jobs/{job.id}/cancel")
    assert (refusal.status_code, refusal.get_json()["permission"]) == (403, "job.manage")


def test_jobs_have_no_other_writing_method(ada: Person, submitted: Submit) -> None:
    job = submitted()
    assert ada.post("jobs").status_code == 405
    assert {ada.call(method, f"jobs/{job.id}", {}).status_code for method in ("PUT", "PATCH", "DELETE")} == {405}


def test_the_summary(ada: Person, db: Database, submitted: Submit) -> None:
    perform(db, submitted())
    submitted()
    body = ada.get("jobs/summary").get_json()
    assert (body["total_jobs"], body["completed_jobs"], body["pending_jobs"]) == (2, 1, 1)
    assert body["success_rate"] == 100.0
    assert ada.get("jobs/summary?created_after=2100-01-01T00:00:00Z").get_json()["total_jobs"] == 0


def test_events_are_streamed_to_the_end(ada: Person, db: Database, submitted: Submit) -> None:
    job = submitted()
    perform(db, job)
    answer = ada.get(f"jobs/{job.id}/events", headers={"Last-Event-ID": "0"})
    assert answer.mimetype == "text/event-stream"
    assert answer.headers["X-Accel-Buffering"] == "no"
    text = answer.get_data(as_text=True)
    assert text.startswith("retry: 1000")
    assert text.index('"state":"running"') < text.index('"state":"completed"')


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0),
        ("", 0),
        ("wait=5", 5),
        ("respond-async, wait = 7", 7),
        ("wait=9999", 20),
        ("wait=-1", 0),
        ("await=3", 0),
    ],
)
def test_the_preference_to_wait(header: str | None, seconds: int) -> None:
    assert preferred_wait(header) == seconds


def test_who_prefers_to_wait_gets_the_ended_job(ada: Person, db: Database, context: Context, submitted: Submit) -> None:
    job = submitted()
    fail(db, context, job)

    def work_off_the_retry() -> None:
        new_id = None
        while new_id is None:
            with db.transaction(context) as session:
                new_id = session.scalar(select(Job.id).where(Job.retry_of == job.id))
        work(db, registry, tenant_id=job.tenant_id, job_id=new_id)

    # In place of a worker: it can see the job only because the request waits after its commit.
    worker = threading.Thread(target=work_off_the_retry)
    worker.start()
    answer = ada.post(f"jobs/{job.id}/retry", headers={"Prefer": "wait=20"})
    worker.join()
    assert (answer.status_code, answer.get_json()["status"]) == (200, "completed")
    assert answer.headers["Preference-Applied"] == "wait=20"
    assert answer.get_json()["new_job_id"] != str(job.id)


def test_the_document_describes_the_resource(ada: Person) -> None:
    paths = ada.get("openapi.json").get_json()["paths"]
    found = {path.rsplit("/v1", 1)[1] for path in paths}
    assert found == {
        "/jobs",
        "/jobs/summary",
        "/jobs/{job_id}",
        "/jobs/{job_id}/wait",
        "/jobs/{job_id}/events",
        "/jobs/{job_id}/cancel",
        "/jobs/{job_id}/retry",
    }
