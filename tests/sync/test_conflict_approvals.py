"""Conflicts that workflow (here a stand-in) is asked about through the outbox, resolved by its signed callback."""

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import delete
from werkzeug.test import TestResponse

from services.sync.app import create_app
from services.sync.config import Settings
from services.sync.jobs import relayed
from services.sync.models import Outbox
from shared.app import ServiceApp
from shared.db import Database
from shared.outbox.delivering import Courier
from shared.service_tokens import ServiceTokens
from shared.signatures import new_secret, signed, verify
from shared.tenancy import Context
from tests.fixtures.databases import TestDatabase
from tests.fixtures.people import Issuer, Person, codes
from tests.fixtures.services import AtOnce, running
from tests.fixtures.stand_in import StandIn, pem, says
from tests.sync.working import Sync, item
from tests.sync.working import sync as sync

SECRET = new_secret()
APPROVAL = 12


@pytest.fixture(scope="module")
def workflow() -> Iterator[StandIn]:
    made = StandIn()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> ServiceTokens:
    """As workflow signs them."""
    file = pem(tmp_path_factory.mktemp("workflow") / "key.pem", ec.generate_private_key(ec.SECP256R1()))
    return ServiceTokens("workflow", key_file=file, calls={"sync": ["approval.callback"]})


@pytest.fixture(scope="module")
def settings(
    sync_settings: Settings,
    issuer: Issuer,
    workflow: StandIn,
    tokens: ServiceTokens,
    tmp_path_factory: pytest.TempPathFactory,
) -> Settings:
    """An installation that has a workflow service."""
    folder: Path = tmp_path_factory.mktemp("sync")
    keys = json.loads(issuer.jwks.read_text())["keys"]
    (folder / "jwks.json").write_text(json.dumps({"keys": [*keys, tokens.public_jwk()]}))
    changes = {
        "jwks": str(folder / "jwks.json"),
        "service_key_file": pem(folder / "key.pem", ec.generate_private_key(ec.SECP256R1())),
        "siblings": {"workflow": workflow.url},
        "pair_secrets": {"workflow": SECRET},
    }
    return Settings.model_validate(sync_settings.model_dump() | changes)


@pytest.fixture(scope="module")
def app(settings: Settings) -> Iterator[ServiceApp]:
    with running(create_app, settings) as made:
        yield made


@pytest.fixture
def postman(settings: Settings, workflow: StandIn, sync_database: TestDatabase) -> Iterator[Courier]:
    """The relay's, which meets a workflow that takes the request as approval 12."""
    relay = Database(sync_database.relay_url, pooled=False)
    with relay.transaction(Context(tenant_id=None)) as session:
        session.execute(delete(Outbox))  # a courier sees all tenants
    workflow.answers, workflow.requests = [says(201, {"id": APPROVAL, "state": "PENDING"})], []
    (loop,) = relayed(settings).loops
    courier: Courier = loop.__self__  # type: ignore[attr-defined]  # a bound method
    yield courier
    courier.close()


Decide = Callable[..., TestResponse]


@pytest.fixture
def decide(app: ServiceApp, tokens: ServiceTokens, tenant_id: uuid.UUID) -> Decide:
    """The callback, as workflow sends it."""

    def send(conflict_id: int, decision: str, option: str | None = None, **more: Any) -> TestResponse:
        secret, approval_id = more.pop("secret", SECRET), more.pop("approval_id", APPROVAL)
        body = {"approval_id": approval_id, "external_ref": str(conflict_id), "decision": decision, "option": option}
        content = orjson.dumps(body | {"person": "grace", "comments": "As agreed."} | more)
        headers = {"Authorization": f"Bearer {tokens.issue('sync', tenant_id=tenant_id)}"}
        return app.test_client().post(
            f"/api/sync/v1/conflicts/{conflict_id}/decision",
            data=content,
            content_type="application/json",
            headers=headers | signed(str(uuid.uuid4()), content, [secret]),
        )

    return send


@pytest.fixture
def conflict_id(sync: Sync, ada: Person, postman: Courier) -> int:
    """A row that its source and Grace have changed; workflow is about to be asked by `postman`, who came first."""
    sync.put(target={"type": "table", "config": {"table": "product", "key": "sku"}, "conflict_strategy": "manual"})
    sync.source("items", [item("A")])
    sync.run()
    sync.sql("update catalogue_product set name = 'Edited'")
    sync.source("items", [item("A", "New")])
    assert sync.stats() == {"conflicts": 1}
    sync.work()
    (found,) = ada.get("conflicts").get_json()["results"]
    return int(found["id"])


def name_of(sync: Sync) -> str:
    return str(sync.products("name")[0][0])


def test_opening_one_asks_for_an_approval_once(
    sync: Sync, conflict_id: int, postman: Courier, workflow: StandIn, settings: Settings, ada: Person
) -> None:
    assert workflow.requests == []
    assert sync.stats() == {"conflicts": 1}  # met again, still open
    sync.work()
    postman.deliver()
    (request,) = workflow.requests
    assert (request.method, request.path) == ("POST", "/api/workflow/v1/approvals")
    assert verify(dict(request.headers), request.get_data(), [SECRET]) == request.headers["Idempotency-Key"]
    body = request.get_json()
    assert (body["kind"], body["external_ref"]) == ("sync.conflict", str(conflict_id))
    assert body["options"] == ["keep_source", "keep_target"]
    assert body["title"] == "items: A was changed on both sides"
    assert body["payload"]["fields"] == {"name": {"source": "New", "target": "Edited"}}
    assert body["callback_url"] == f"{settings.public_url}/api/sync/v1/conflicts/{conflict_id}/decision"
    sync.work()  # notes the approval's number
    assert ada.get(f"conflicts/{conflict_id}").get_json()["approval_id"] == APPROVAL


@pytest.mark.parametrize(
    ("decision", "option", "resolution", "name"),
    [
        ("approved", "keep_source", "source", "New"),
        ("approved", "keep_target", "target", "Edited"),
        ("rejected", None, "target", "Edited"),
        ("expired", None, "target", "Edited"),
        ("cancelled", None, "target", "Edited"),
    ],
)
@pytest.mark.usefixtures("postman")
def test_a_decision_resolves_and_a_repeat_changes_nothing(
    sync: Sync, conflict_id: int, decide: Decide, decision: str, option: str | None, resolution: str, name: str
) -> None:
    person = None if decision == "expired" else "grace"
    first = decide(conflict_id, decision, option, person=person)
    told = first.get_json()
    assert (first.status_code, told["status"], told["resolution"]) == (200, "resolved", resolution)
    assert told["resolved_by"] == (person or "service:workflow")
    again = decide(conflict_id, decision, option, person=person)
    assert (again.status_code, again.get_json()["version"]) == (200, told["version"])
    assert name_of(sync) == name
    assert sync.stats() == {"unchanged": 1}


@pytest.mark.usefixtures("postman")
def test_the_same_callback_twice_at_once(conflict_id: int, decide: Decide, at_once: AtOnce, sync: Sync) -> None:
    answers = at_once(*(lambda: decide(conflict_id, "approved", "keep_source") for _ in range(2)))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len({answer.get_json()["version"] for answer in answers}) == 1
    assert name_of(sync) == "New"
    assert sync.sql("select count(*) from row_history") == [(1,)]


def test_resolving_here_withdraws_the_approval(
    sync: Sync, conflict_id: int, postman: Courier, workflow: StandIn, decide: Decide, ada: Person
) -> None:
    postman.deliver()
    sync.work()
    assert ada.post(f"conflicts/{conflict_id}/resolve", {"resolution": "source"}).status_code == 200
    postman.deliver()
    assert [request.path for request in workflow.requests] == [
        "/api/workflow/v1/approvals",
        f"/api/workflow/v1/approvals/{APPROVAL}/cancel",
    ]
    # What comes of the withdrawal says nothing new; a late approval of the other side is refused.
    assert decide(conflict_id, "cancelled").get_json()["resolution"] == "source"
    late = decide(conflict_id, "approved", "keep_target")
    assert (late.status_code, late.get_json()["code"]) == (409, "conflict_resolved")
    assert name_of(sync) == "New"


def test_an_approval_that_comes_after_the_resolution_is_withdrawn(
    sync: Sync, conflict_id: int, postman: Courier, workflow: StandIn, ada: Person
) -> None:
    assert ada.post(f"conflicts/{conflict_id}/resolve", {"resolution": "target"}).status_code == 200
    postman.deliver()
    sync.work()
    postman.deliver()
    assert workflow.requests[-1].path == f"/api/workflow/v1/approvals/{APPROVAL}/cancel"


@pytest.mark.usefixtures("postman")
def test_what_is_no_decision(
    sync: Sync, conflict_id: int, decide: Decide, ada: Person, person: Callable[..., Person]
) -> None:
    refused = decide(conflict_id, "approved", "keep_source", secret=new_secret())
    assert (refused.status_code, refused.get_json()["code"]) == (401, "signature_refused")
    assert ada.get("audit-log?action=access.denied").get_json()["results"][0]["entity_id"] == "approval.callback"
    body = {"approval_id": APPROVAL, "decision": "approved", "option": "keep_source"}
    assert ada.post(f"conflicts/{conflict_id}/decision", body).status_code == 403
    assert codes(decide(conflict_id, "approved")) == ["unknown_option"]
    assert codes(decide(conflict_id, "perhaps")) == ["invalid"]
    assert decide(conflict_id + 1000, "approved", "keep_source").status_code == 404
    assert name_of(sync) == "Edited"
    sync.sql("update conflicts set approval_id = 99")
    other = decide(conflict_id, "approved", "keep_source")
    assert (other.status_code, other.get_json()["code"]) == (409, "approval_mismatch")


@pytest.mark.usefixtures("postman")
def test_a_target_that_changed_meanwhile_is_kept_but_not_overwritten(
    sync: Sync, conflict_id: int, decide: Decide, ada: Person
) -> None:
    sync.sql("update catalogue_product set name = 'Again', version = version + 1")
    refused = decide(conflict_id, "approved", "keep_source")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "target_changed")
    assert ada.get(f"conflicts/{conflict_id}").get_json()["status"] == "open"
    assert decide(conflict_id, "approved", "keep_target").get_json()["status"] == "resolved"
    assert name_of(sync) == "Again"


def test_a_source_that_goes_on_asks_anew_and_one_that_comes_round_withdraws(
    sync: Sync, conflict_id: int, postman: Courier, workflow: StandIn, decide: Decide, ada: Person
) -> None:
    def paths() -> list[str]:
        postman.deliver()
        sync.work()
        told = [request.path.removeprefix("/api/workflow/v1/approvals") for request in workflow.requests]
        workflow.requests.clear()
        return told

    assert paths() == [""]
    sync.source("items", [item("A", "Newer")])
    assert sync.stats() == {"conflicts": 1}
    sync.work()
    workflow.answers = [says(200, {}), says(201, {"id": 13, "state": "PENDING"})]
    postman.deliver()
    sync.work()
    cancelled, asked = workflow.requests
    assert cancelled.path.endswith(f"/{APPROVAL}/cancel")
    assert asked.get_json()["external_ref"] == f"{conflict_id}.1"
    assert asked.get_json()["payload"]["fields"] == {"name": {"source": "Newer", "target": "Edited"}}
    workflow.requests.clear()
    late = decide(conflict_id, "approved", "keep_source")
    assert (late.status_code, late.get_json()["status"]) == (200, "open")
    assert ada.get(f"conflicts/{conflict_id}").get_json()["approval_id"] == 13
    sync.source("items", [item("A", "Edited")])
    assert sync.stats() == {"unchanged": 1}
    assert ada.get(f"conflicts/{conflict_id}").get_json()["status"] == "obsolete"
    sync.work()
    assert paths() == ["/13/cancel"]
    assert sync.stats() == {"unchanged": 1}
    sync.work()
    assert paths() == []


def test_an_approval_that_comes_after_the_source_went_on_is_withdrawn(
    sync: Sync, conflict_id: int, postman: Courier, workflow: StandIn, ada: Person
) -> None:
    sync.source("items", [item("A", "Newer")])
    assert sync.stats() == {"conflicts": 1}
    postman.deliver()
    sync.work()  # notes that the first has come, and asks for the second
    workflow.answers = [says(200, {}), says(201, {"id": 13, "state": "PENDING"})]
    postman.deliver()
    sync.work()
    later = [request.path.removeprefix("/api/workflow/v1/approvals") for request in workflow.requests[1:]]
    assert sorted(later) == ["", f"/{APPROVAL}/cancel"]
    assert ada.get(f"conflicts/{conflict_id}").get_json()["status"] == "open"
