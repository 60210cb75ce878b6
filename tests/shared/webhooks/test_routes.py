"""The resource `webhooks` through HTTP."""

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from shared.app import ServiceApp
from shared.outbox.delivering import Courier
from shared.tenancy import Context
from tests.fixtures.databases import TestDatabase
from tests.fixtures.people import Issuer, Person
from tests.fixtures.stand_in import StandIn, says
from tests.shared.webhooks.sample import MISSING, PREFIX, AuditEvent, Webhook


def test_the_secret_is_told_once(hook: dict[str, Any], ada: Person) -> None:
    assert hook["secret"].startswith("whsec_")
    read = ada.get(f"webhooks/{hook['id']}")
    assert read.get_json() == {name: value for name, value in hook.items() if name != "secret"}
    assert "secret" not in ada.get("webhooks").get_json()["results"][0]


def test_the_secret_is_not_stored_in_clear(
    hook: dict[str, Any], hooks_database: TestDatabase, context: Context
) -> None:
    with hooks_database.db.transaction(context) as session:
        stored = session.scalars(select(Webhook.secret)).one()
    assert hook["secret"].removeprefix("whsec_").encode() not in stored


def test_every_change_is_audited_without_the_address(
    hook: dict[str, Any], ada: Person, hooks_database: TestDatabase, context: Context
) -> None:
    address = f"webhooks/{hook['id']}"
    ada.patch(address, {"name": "other", "url": hook["url"] + "?token=secret"})
    ada.patch(address, {"name": "other"})  # changes nothing
    ada.post(f"{address}/rotate-secret")
    ada.delete(address)
    found = select(AuditEvent.action, AuditEvent.changes).order_by(AuditEvent.id)
    with hooks_database.db.transaction(context) as session:
        mine = session.execute(found).all()
    assert [action for action, _ in mine] == [
        f"webhook.{verb}" for verb in ("created", "updated", "secret_rotated", "deleted")
    ]
    assert mine[1][1] == {"name": ["ops-hook", "other"], "url": ["[REDACTED]", "[REDACTED]"]}


def test_a_stale_picture_is_refused(hook: dict[str, Any], ada: Person) -> None:
    address = f"webhooks/{hook['id']}"
    tag = ada.get(address).headers["ETag"]
    assert ada.get(address, headers={"If-None-Match": tag}).status_code == 304
    assert ada.patch(address, {"name": "b"}, headers={"If-Match": tag}).status_code == 200
    assert ada.patch(address, {"name": "c"}, headers={"If-Match": tag}).status_code == 412
    assert ada.patch(address, {"name": "c", "version": 1}).status_code == 409
    assert ada.delete(address, headers={"If-Match": tag}).status_code == 412
    assert ada.post(f"{address}/rotate-secret", headers={"If-Match": tag}).status_code == 412


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"url": "http://10.0.0.1/"}, "address_refused"),
        ({"url": "http://169.254.169.254/latest"}, "address_refused"),
        ({"url": "http://[::ffff:10.0.0.1]/"}, "address_refused"),
        ({"url": "file:///etc/passwd"}, "address_refused"),
        ({"url": "http://user:word@127.0.0.1/"}, "address_refused"),
        ({"name": ""}, "invalid"),
        ({"event_types": ["order.lost"]}, "invalid"),
        ({"color": "red"}, "unknown_field"),
        ({"secret": "mine"}, "unknown_field"),
    ],
)
def test_bad_webhooks_are_refused(ada: Person, receiver: StandIn, change: dict[str, Any], code: str) -> None:
    answer = ada.post("webhooks", {"name": "x", "url": receiver.url} | change)
    assert answer.status_code == 422
    assert answer.get_json()["code"] == code
    assert ada.get("webhooks").get_json()["results"] == []


def test_two_webhooks_cannot_share_a_name(hook: dict[str, Any], ada: Person, receiver: StandIn) -> None:
    answer = ada.post("webhooks", {"name": hook["name"], "url": receiver.url})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "webhook_name_taken")


def test_a_test_event_goes_to_this_address_only(
    hook: dict[str, Any], ada: Person, receiver: StandIn, postman: Courier
) -> None:
    ada.post("webhooks", {"name": "other", "url": f"{receiver.url}/other"})
    sent = ada.post(f"webhooks/{hook['id']}/test")
    assert sent.status_code == 202
    postman.deliver()
    (request,) = receiver.requests
    assert (request.path, request.get_json()["type"]) == ("/in", "webhook.test")
    assert request.headers["webhook-id"] == sent.get_json()["message_id"]


def test_messages_are_sent_again(hook: dict[str, Any], ada: Person, receiver: StandIn, postman: Courier) -> None:
    message_id = ada.post(f"webhooks/{hook['id']}/test").get_json()["message_id"]
    assert ada.post(f"webhooks/{hook['id']}/deliveries/{message_id}/replay").status_code == 404  # has not ended
    postman.deliver()
    assert ada.post(f"webhooks/{hook['id']}/deliveries/{message_id}/replay").status_code == 202
    postman.deliver()
    assert [request.headers["webhook-id"] for request in receiver.requests] == [message_id] * 2
    assert ada.post(f"webhooks/{hook['id']}/replay").get_json() == {"messages": 0}
    receiver.answers = [says(410)]
    ada.post(f"webhooks/{hook['id']}/test")
    postman.deliver()
    assert ada.post(f"webhooks/{hook['id']}/replay", {"since": "2100-01-01T00:00:00Z"}).get_json() == {"messages": 0}
    assert ada.post(f"webhooks/{hook['id']}/replay").get_json() == {"messages": 1}


def test_strangers_and_people_without_the_right(
    app: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID, hook: dict[str, Any]
) -> None:
    viewer = Person(app.test_client(), PREFIX, issuer.token(tenant_id, roles=["viewer"]))
    stranger = Person(app.test_client(), PREFIX, issuer.token(uuid.uuid4()))
    address = f"webhooks/{hook['id']}"
    paths = [("GET", address), ("PATCH", address), ("DELETE", address), ("GET", f"{address}/deliveries")]
    paths += [("POST", f"{address}/{verb}") for verb in ("rotate-secret", "test", "replay")]
    paths.append(("POST", f"{address}/deliveries/{MISSING}/replay"))
    for method, path in paths:
        body: Any = None if method in ("GET", "DELETE") else {}
        assert viewer.call(method, path, body).status_code == 403, path
        assert stranger.call(method, path, body).status_code == 404, path
    assert viewer.get("webhooks").status_code == 403
    assert stranger.get("webhooks").get_json()["results"] == []
