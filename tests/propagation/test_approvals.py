"""Runs that wait for an approval: asked of workflow (here a stand-in) through the outbox, started or dropped by its
signed callback."""

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import delete, select, update
from werkzeug.test import TestResponse

from services.propagation.app import create_app
from services.propagation.config import Settings
from services.propagation.jobs import relayed
from services.propagation.models import AuditEvent, Job, Outbox
from shared.app import ServiceApp
from shared.db import Database
from shared.jobs.performing import AttemptFailed
from shared.outbox.delivering import Courier
from shared.service_tokens import ServiceTokens
from shared.signatures import new_secret, signed, verify
from shared.tenancy import Context
from tests.fixtures.databases import TestDatabase
from tests.fixtures.people import Issuer, Person
from tests.fixtures.services import MakePerson
from tests.fixtures.stand_in import StandIn, pem, says
from tests.propagation.changing import Body, batch, change, item, job, set_workspace, stored_names
from tests.propagation.naming import Naming, answered
from tests.propagation.working import Worker
from tests.propagation.working import worker as worker

SECRET = new_secret()
CALLBACK = {"propagation": ["approval.callback"]}


@pytest.fixture(scope="module")
def workflow() -> Iterator[StandIn]:
    made = StandIn()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> ServiceTokens:
    """As workflow signs them."""
    file = pem(tmp_path_factory.mktemp("workflow") / "key.pem", ec.generate_private_key(ec.SECP256R1()))
    return ServiceTokens("workflow", key_file=file, calls=CALLBACK)


@pytest.fixture(scope="module")
def settings(
    propagation_settings: Settings,
    issuer: Issuer,
    workflow: StandIn,
    tokens: ServiceTokens,
    tmp_path_factory: pytest.TempPathFactory,
) -> Settings:
    """An installation that has a workflow service."""
    folder: Path = tmp_path_factory.mktemp("propagation")
    keys = json.loads(issuer.jwks.read_text())["keys"]
    (folder / "jwks.json").write_text(json.dumps({"keys": [*keys, tokens.public_jwk()]}))
    changes = {
        "jwks": str(folder / "jwks.json"),
        "service_key_file": pem(folder / "key.pem", ec.generate_private_key(ec.SECP256R1())),
        "siblings": {"workflow": workflow.url},
        "pair_secrets": {"workflow": SECRET},
    }
    return Settings.model_validate(propagation_settings.model_dump() | changes)


@pytest.fixture(scope="module")
def app(settings: Settings) -> Iterator[ServiceApp]:
    made = create_app(settings)
    yield made
    made.runtime.db.dispose()


@pytest.fixture
def postman(settings: Settings, workflow: StandIn, propagation_database: TestDatabase) -> Iterator[Courier]:
    """The relay's, which meets a workflow that takes the request as approval 12."""
    relay = Database(propagation_database.relay_url, pooled=False)
    with relay.transaction(Context(tenant_id=None)) as session:
        session.execute(delete(Outbox))  # a courier sees all tenants
    workflow.answers, workflow.requests = [says(201, {"id": 12, "state": "PENDING"})], []
    (loop,) = relayed(settings).loops
    courier: Courier = loop.__self__  # type: ignore[attr-defined]  # a bound method
    yield courier
    courier.close()


@pytest.fixture
def tree(naming: Naming) -> Any:
    tree = naming.tree(campaigns=1, ads=1)
    set_workspace(naming, propagation_mode="prompt")
    return tree


Decide = Callable[..., TestResponse]


@pytest.fixture
def decide(app: ServiceApp, tokens: ServiceTokens, tenant_id: uuid.UUID) -> Decide:
    """The callback, as workflow sends it."""

    def send(job_id: str, decision: str, *, approval_id: int = 12, secret: str = SECRET, **more: Any) -> TestResponse:
        body = {"approval_id": approval_id, "external_ref": job_id, "decision": decision, "option": None}
        content = orjson.dumps(body | {"person": "grace", "comments": "As agreed."} | more)
        token = tokens.issue("propagation", tenant_id=tenant_id)
        headers = {"Authorization": f"Bearer {token}"} | signed(str(uuid.uuid4()), content, [secret])
        return app.test_client().post(
            f"/api/propagation/v1/jobs/{job_id}/decision",
            data=content,
            content_type="application/json",
            headers=headers,
        )

    return send


def asked(naming: Naming, tree: Any, **options: Any) -> Body:
    """A change that waits for its approval."""
    answer = change(naming, tree["account"], "Brand", "PUMA", **options)
    body: Body = answered(answer, 202)
    summary: Body = body["propagation_summary"]
    assert answer.headers["Location"].endswith(summary["job_id"])
    return summary


def actions(app: ServiceApp, context: Context, job_id: str) -> list[str]:
    with app.runtime.db.transaction(context) as session:
        found = select(AuditEvent.action).where(AuditEvent.entity_id == job_id).order_by(AuditEvent.id)
        return list(session.scalars(found))


def test_prompt_mode_asks_for_an_approval_where_it_can(
    naming: Naming, tree: Any, postman: Courier, workflow: StandIn, worker: Worker, settings: Settings
) -> None:
    before = stored_names(naming)
    summary = asked(naming, tree)
    assert (summary["status"], summary["total_affected"]) == ("pending", 3)
    waiting = job(naming, summary["job_id"])
    assert (waiting["kind"], waiting["status"]) == ("propagation.run", "pending")
    assert stored_names(naming) == before
    assert workflow.requests == []
    postman.deliver()
    (request,) = workflow.requests
    assert (request.method, request.path) == ("POST", "/api/workflow/v1/approvals")
    assert verify(dict(request.headers), request.get_data(), [SECRET]) == request.headers["Idempotency-Key"]
    body = request.get_json()
    assert (body["kind"], body["external_ref"], body["on_expiry"]) == ("propagation.run", summary["job_id"], "expire")
    assert body["callback_url"] == f"{settings.public_url}/api/propagation/v1/jobs/{summary['job_id']}/decision"
    expires_in = datetime.fromisoformat(body["expires_at"]) - datetime.now(UTC)
    assert timedelta(hours=23) < expires_in <= timedelta(hours=24)
    rows = body["payload"]["rows"]
    assert [(row["level"], row["before"] != row["after"]) for row in rows] == [(0, True), (1, True), (2, True)]
    assert body["payload"]["summary"]["total_affected"] == 3
    assert body["title"] == "3 names would change"


def test_an_approved_run_applies_what_was_shown(
    naming: Naming, tree: Any, postman: Courier, worker: Worker, decide: Decide, app: ServiceApp, context: Context
) -> None:
    summary = asked(naming, tree)
    postman.deliver()
    worker.run()  # notes the approval's number; the run itself is not due
    assert job(naming, summary["job_id"])["status"] == "pending"
    answer = decide(summary["job_id"], "approved")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "pending")
    again = decide(summary["job_id"], "approved")
    assert again.status_code == 200
    worker.run()
    ended = job(naming, summary["job_id"])
    assert (ended["status"], ended["processed_strings"], ended["triggered_by"]) == ("completed", 3, "ada")
    assert all("PUMA" in name for name in stored_names(naming).values())
    assert decide(summary["job_id"], "approved").get_json()["status"] == "completed"
    found = actions(app, context, summary["job_id"])
    assert found == ["job.approval_requested", "job.approved", "run.completed"]


@pytest.mark.parametrize("decision", ["rejected", "expired", "cancelled"])
def test_any_other_decision_drops_the_run(
    naming: Naming, tree: Any, postman: Courier, worker: Worker, decide: Decide, decision: str
) -> None:
    before = stored_names(naming)
    summary = asked(naming, tree)
    person = None if decision == "expired" else "grace"
    for _ in range(2):
        answer = decide(summary["job_id"], decision, person=person).get_json()
        assert (answer["status"], answer["error"]["code"]) == ("cancelled", f"approval_{decision}")
    contrary = decide(summary["job_id"], "approved")
    assert (contrary.status_code, contrary.get_json()["code"]) == (409, "already_decided")
    worker.run()
    assert stored_names(naming) == before


def test_an_approved_run_does_nothing_else_than_what_was_shown(
    naming: Naming, tree: Any, postman: Courier, worker: Worker, decide: Decide
) -> None:
    summary = asked(naming, tree)
    answered(change(naming, tree["ads"][0], "Note", "meanwhile"))
    before = stored_names(naming)
    assert decide(summary["job_id"], "approved").status_code == 200
    worker.run()
    ended = job(naming, summary["job_id"])
    assert (ended["status"], ended["processed_strings"]) == ("failed", 0)
    assert stored_names(naming) == before


def test_the_wish_of_the_request_counts_in_every_mode(naming: Naming, tree: Any, postman: Courier) -> None:
    set_workspace(naming, propagation_mode="automatic")
    asked(naming, tree, request_approval=True)
    waiting = batch(naming, item(naming, tree["account"], "Brand", "VANS"), request_approval=True)
    assert (waiting.status_code, waiting.get_json()["summary"]["status"]) == (202, "pending")


def test_without_the_wish_prompt_mode_asks_the_caller(naming: Naming, tree: Any, postman: Courier) -> None:
    shown = answered(change(naming, tree["account"], "Brand", "PUMA", request_approval=False), 409)
    assert shown["code"] == "confirmation_required"
    token = shown["confirm_token"]
    assert answered(change(naming, tree["account"], "Brand", "PUMA", confirm_token=token))


def test_an_approval_may_be_asked_for_a_confirmed_plan(
    naming: Naming, tree: Any, postman: Courier, worker: Worker, decide: Decide
) -> None:
    shown = answered(change(naming, tree["account"], "Brand", "PUMA", request_approval=False), 409)
    summary = asked(naming, tree, request_approval=True, confirm_token=shown["confirm_token"])
    decide(summary["job_id"], "approved")
    worker.run()
    assert job(naming, summary["job_id"])["status"] == "completed"


def test_what_names_only_itself_needs_nobody(naming: Naming, tree: Any, postman: Courier) -> None:
    assert change(naming, tree["ads"][0], "Brand", "PUMA").status_code == 200


def test_nobody_can_be_asked_without_a_workflow_service(
    propagation_app: ServiceApp, issuer: Issuer, naming: Naming, tree: Any, tenant_id: uuid.UUID
) -> None:
    alone = Person(propagation_app.test_client(), "/api/propagation/v1", issuer.token(tenant_id))
    refused = change(naming, tree["account"], "Brand", "PUMA", person=alone, request_approval=True)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "approval_unavailable")
    assert change(naming, tree["account"], "Brand", "PUMA", person=alone).get_json()["code"] == "confirmation_required"


def test_a_run_that_is_cancelled_here_withdraws_its_approval(
    naming: Naming, tree: Any, postman: Courier, workflow: StandIn, worker: Worker, decide: Decide
) -> None:
    summary = asked(naming, tree)
    postman.deliver()
    worker.run()
    assert answered(naming.person.post(f"jobs/{summary['job_id']}/cancel"))["status"] == "cancelled"
    postman.deliver()
    assert [request.path for request in workflow.requests][1:] == ["/api/workflow/v1/approvals/12/cancel"]
    late = decide(summary["job_id"], "approved")
    assert (late.status_code, late.get_json()["code"]) == (409, "job_finished")
    worker.run()
    assert job(naming, summary["job_id"])["status"] == "cancelled"


def test_an_approval_that_comes_after_the_cancelling_is_withdrawn_then(
    naming: Naming, tree: Any, postman: Courier, workflow: StandIn, worker: Worker
) -> None:
    summary = asked(naming, tree)
    naming.person.post(f"jobs/{summary['job_id']}/cancel")
    postman.deliver()
    worker.run()
    postman.deliver()
    assert [request.path for request in workflow.requests][1:] == ["/api/workflow/v1/approvals/12/cancel"]


def test_a_run_whose_approval_cannot_be_asked_for_ends(
    naming: Naming, tree: Any, postman: Courier, workflow: StandIn, worker: Worker
) -> None:
    workflow.answers = [says(422, {"code": "invalid", "detail": "No such kind."})]
    summary = asked(naming, tree)
    postman.deliver()
    worker.run()
    ended = job(naming, summary["job_id"])
    assert (ended["status"], ended["error"]["code"]) == ("cancelled", "approval_not_asked")
    letters = answered(naming.person.get("outbox"))["results"]
    assert [(row["subject"], row["dead_letter"]) for row in letters] == [("approval.requested", True)]


def test_a_run_that_nobody_decided_on_is_dropped_when_its_time_is_over(
    naming: Naming, tree: Any, postman: Courier, worker: Worker, app: ServiceApp, context: Context
) -> None:
    before = stored_names(naming)
    summary = asked(naming, tree)
    with app.runtime.db.transaction(context) as session:
        session.execute(update(Job).where(Job.id == uuid.UUID(summary["job_id"])).values(run_at=Job.created_at))
    worker.run()
    ended = job(naming, summary["job_id"])
    assert (ended["status"], ended["error"]["code"]) == ("cancelled", "approval_unanswered")
    assert stored_names(naming) == before


def test_trying_a_rejected_run_again_asks_again(naming: Naming, tree: Any, postman: Courier, decide: Decide) -> None:
    summary = asked(naming, tree)
    decide(summary["job_id"], "rejected")
    again = answered(naming.person.post(f"jobs/{summary['job_id']}/retry"), 202)
    assert (again["status"], again["retry_of"]) == ("pending", summary["job_id"])
    assert decide(again["new_job_id"], "rejected", approval_id=13).status_code == 200


def test_edits_of_the_structure_wait_for_their_approval_too(
    naming: Naming, tree: Any, postman: Courier, worker: Worker, decide: Decide, workflow: StandIn
) -> None:
    before = stored_names(naming)
    place = f"dimension-values/{naming.values['NIKE']}"
    waiting = answered(naming.person.patch(place, {"value": "Nike"}), 202)
    job_id = waiting["propagation_summary"]["job_id"]
    assert (waiting["value"], stored_names(naming)) == ("NIKE", before)
    postman.deliver()
    assert workflow.requests[0].get_json()["title"] == "3 names would change"
    assert decide(job_id, "rejected").status_code == 200
    again = answered(naming.person.post(f"jobs/{job_id}/retry"), 202)["new_job_id"]
    assert decide(again, "approved").status_code == 200
    worker.run()
    assert (job(naming, again)["status"], job(naming, again)["processed_strings"]) == ("completed", 3)
    assert answered(naming.person.get(place))["value"] == "Nike"
    assert all("Nike" in name for name in stored_names(naming).values())
    asks = answered(naming.person.patch(place, {"value": "NIKE", "request_approval": False}), 409)
    assert asks["code"] == "confirmation_required"


def test_an_approved_edit_makes_nothing_else_than_what_was_shown(
    naming: Naming, tree: Any, postman: Courier, worker: Worker, decide: Decide
) -> None:
    place = f"dimension-values/{naming.values['NIKE']}"
    job_id = answered(naming.person.patch(place, {"value": "Nike"}), 202)["propagation_summary"]["job_id"]
    answered(change(naming, tree["ads"][0], "Note", "meanwhile"))
    before = stored_names(naming)
    decide(job_id, "approved")
    with pytest.raises(AttemptFailed):
        worker.run()
    ended = job(naming, job_id)
    assert (ended["status"], ended["error"]["code"]) == ("failed", "confirmation_stale")
    assert (stored_names(naming), answered(naming.person.get(place))["value"]) == (before, "NIKE")


@pytest.mark.parametrize("forged", ["secret", "person", "no signature", "unsigned service"])
def test_a_decision_that_workflow_did_not_sign_is_refused_and_recorded(
    naming: Naming,
    tree: Any,
    postman: Courier,
    decide: Decide,
    forged: str,
    person: MakePerson,
    tokens: ServiceTokens,
    app: ServiceApp,
    tenant_id: uuid.UUID,
    context: Context,
) -> None:
    summary = asked(naming, tree)
    body = {"approval_id": 12, "decision": "approved"}
    path = f"/api/propagation/v1/jobs/{summary['job_id']}/decision"
    match forged:
        case "secret":
            answer = decide(summary["job_id"], "approved", secret=new_secret())
        case "person":
            answer = person(permissions=["approval.callback"]).post(path, body)
        case "unsigned service":
            token = tokens.issue("propagation", tenant_id=tenant_id)
            answer = app.test_client().post(path, json=body, headers={"Authorization": f"Bearer {token}"})
        case _:
            answer = person().post(path, body)
    expected = (403, "permission_missing") if forged == "no signature" else (401, "signature_refused")
    assert (answer.status_code, answer.get_json()["code"]) == expected
    assert job(naming, summary["job_id"])["status"] == "pending"
    assert actions(app, context, "approval.callback") == ["access.denied"]


def test_a_decision_needs_a_run_that_waits_for_it(
    naming: Naming, tree: Any, postman: Courier, decide: Decide, worker: Worker
) -> None:
    assert decide(str(uuid.uuid4()), "approved").status_code == 404
    done = answered(change(naming, tree["ads"][0], "Brand", "PUMA"))["propagation_summary"]["job_id"]
    assert decide(done, "approved").status_code == 404
    summary = asked(naming, tree)
    assert decide(summary["job_id"], "maybe").status_code == 422
    postman.deliver()
    worker.run()
    other = decide(summary["job_id"], "approved", approval_id=99)
    assert (other.status_code, other.get_json()["code"]) == (409, "approval_mismatch")
