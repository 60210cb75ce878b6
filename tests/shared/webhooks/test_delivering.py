"""Events reach the addresses that asked for them: signed, logged, again while they do not arrive."""

import json
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select, update

from shared.db import Database
from shared.outbox.delivering import Courier
from shared.signatures import SignatureRefused, verify
from shared.tenancy import Context
from shared.webhooks.publishing import Event, publish
from shared.webhooks.sending import forget_deliveries
from tests.fixtures.databases import TestDatabase
from tests.fixtures.people import Person
from tests.fixtures.stand_in import StandIn, says
from tests.shared.webhooks.sample import Delivery, Outbox, Webhook

Publish = Callable[..., int]


@pytest.fixture
def published(hooks_database: TestDatabase, context: Context) -> Publish:
    def make(*events: Event) -> int:
        with hooks_database.db.transaction(context) as session:
            return publish(session, Outbox, Webhook, events)

    return make


def bodies(receiver: StandIn) -> Sequence[dict[str, Any]]:
    return [json.loads(request.get_data()) for request in receiver.requests]


def test_an_event_arrives_signed(
    hook: dict[str, Any], postman: Courier, receiver: StandIn, published: Publish, ada: Person
) -> None:
    assert published(Event("order.approved", {"id": 7}, ordering_key="order:7")) == 1
    postman.deliver()
    (request,) = receiver.requests
    message = json.loads(request.get_data())
    assert (request.method, request.path, message["type"], message["data"]) == (
        "POST",
        "/in",
        "order.approved",
        {"id": 7},
    )
    assert request.headers["Content-Type"] == "application/json"
    message_id = verify(dict(request.headers), request.get_data(), [hook["secret"]])
    (row,) = ada.get(f"webhooks/{hook['id']}/deliveries").get_json()["results"]
    assert (row["message_id"], row["event_type"], row["attempt"]) == (message_id, "order.approved", 1)
    assert (row["status_code"], row["succeeded"], row["error"]) == (204, True, None)


def test_only_what_was_asked_for_is_sent(ada: Person, receiver: StandIn, postman: Courier, published: Publish) -> None:
    for name, types in (("all", []), ("some", ["order.closed", "ticket.opened"]), ("off", [])):
        ada.post("webhooks", {"name": name, "url": f"{receiver.url}/{name}", "event_types": types})
    off = ada.get("webhooks?ordering=name").get_json()["results"][1]
    assert ada.patch(f"webhooks/{off['id']}", {"active": False}).get_json()["inactive_reason"] == "switched_off"
    events = [Event("order.approved"), Event("order.closed"), Event("ticket.opened")]
    assert published(*events) == 5
    postman.deliver()
    seen = sorted((request.path, json.loads(request.get_data())["type"]) for request in receiver.requests)
    assert seen == [
        ("/all", "order.approved"),
        ("/all", "order.closed"),
        ("/all", "ticket.opened"),
        ("/some", "order.closed"),
        ("/some", "ticket.opened"),
    ]
    assert published() == 0


def test_publishing_many_is_one_statement(
    hook: dict[str, Any], hooks_database: TestDatabase, context: Context, published: Publish
) -> None:
    statements: list[str] = []
    with hooks_database.db.transaction(context) as session:
        event.listen(hooks_database.db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
        publish(session, Outbox, Webhook, [Event("order.approved", {"n": n}, f"order:{n % 3}") for n in range(300)])
        assert len(statements) == 1
        numbers = session.execute(select(Outbox.payload["data"]["n"].as_integer()).order_by(Outbox.number)).scalars()
        assert list(numbers) == list(range(300))


def test_a_webhook_of_another_tenant_hears_nothing(hook: dict[str, Any], hooks_database: TestDatabase) -> None:
    with hooks_database.db.transaction(Context(tenant_id=uuid.uuid4())) as session:
        assert publish(session, Outbox, Webhook, [Event("order.approved")]) == 0


def test_what_does_not_arrive_is_tried_again_and_logged(
    hook: dict[str, Any],
    ada: Person,
    postman: Courier,
    receiver: StandIn,
    published: Publish,
    context: Context,
    hooks_database: TestDatabase,
) -> None:
    receiver.answers = [says(500), says(302, {}, Location="http://127.0.0.1/"), says(200)]
    published(Event("order.approved"))
    for _ in range(3):
        postman.deliver()
        with hooks_database.db.transaction(context) as session:
            session.execute(update(Outbox).values(next_attempt_at=Outbox.created_at).where(Outbox.status == "pending"))
    rows = ada.get(f"webhooks/{hook['id']}/deliveries?ordering=created_at").get_json()["results"]
    found = [(row["attempt"], row["status_code"], row["error"], row["succeeded"]) for row in rows]
    assert found == [(1, 500, None, False), (2, None, "fetch_failed", False), (3, 200, None, True)]
    assert len({row["message_id"] for row in rows}) == 1


def test_the_receiver_may_ask_for_a_pause(
    hook: dict[str, Any],
    postman: Courier,
    receiver: StandIn,
    published: Publish,
    hooks_database: TestDatabase,
    context: Context,
) -> None:
    receiver.answers = [says(503, {}, Retry_After="1800")]
    published(Event("order.approved"))
    postman.deliver()
    with hooks_database.db.transaction(context) as session:
        wait = session.scalar(select(Outbox.next_attempt_at - func.now()))
    assert wait is not None
    assert timedelta(minutes=29) < wait < timedelta(minutes=46)


def test_410_switches_the_webhook_off(
    hook: dict[str, Any], ada: Person, postman: Courier, receiver: StandIn, published: Publish
) -> None:
    receiver.answers = [says(410)]
    published(Event("order.approved"), Event("order.closed"))
    postman.deliver()
    assert len(receiver.requests) == 1
    now = ada.get(f"webhooks/{hook['id']}").get_json()
    assert (now["active"], now["inactive_reason"], now["version"]) == (False, "gone", 2)
    assert published(Event("order.approved")) == 0
    on = ada.patch(f"webhooks/{hook['id']}", {"active": True}).get_json()
    assert (on["active"], on["inactive_reason"]) == (True, None)


def test_letters_of_a_webhook_that_is_gone_are_skipped(
    hook: dict[str, Any],
    ada: Person,
    postman: Courier,
    receiver: StandIn,
    published: Publish,
    hooks_database: TestDatabase,
    context: Context,
) -> None:
    published(Event("order.approved"))
    assert ada.delete(f"webhooks/{hook['id']}").status_code == 204
    postman.deliver()
    assert receiver.requests == []
    with hooks_database.db.transaction(context) as session:
        assert session.scalars(select(Outbox.status)).all() == ["skipped"]


def test_after_a_rotation_both_secrets_verify_for_a_day(
    hook: dict[str, Any],
    ada: Person,
    postman: Courier,
    receiver: StandIn,
    published: Publish,
    hooks_database: TestDatabase,
    context: Context,
) -> None:
    rotated = ada.post(f"webhooks/{hook['id']}/rotate-secret").get_json()
    assert rotated["secret"] != hook["secret"]
    assert rotated["previous_valid_until"] is not None
    published(Event("order.approved"))
    postman.deliver()
    with hooks_database.db.transaction(context) as session:
        session.execute(update(Webhook).values(previous_valid_until=func.now()))
    published(Event("order.approved"))
    postman.deliver()
    both, new = receiver.requests
    for secret in (hook["secret"], rotated["secret"]):
        verify(dict(both.headers), both.get_data(), [secret])
    verify(dict(new.headers), new.get_data(), [rotated["secret"]])
    with pytest.raises(SignatureRefused):
        verify(dict(new.headers), new.get_data(), [hook["secret"]])


def test_an_address_that_became_private_is_not_called(
    hook: dict[str, Any],
    ada: Person,
    postman: Courier,
    published: Publish,
    hooks_database: TestDatabase,
    context: Context,
) -> None:
    with hooks_database.db.transaction(context) as session:
        session.execute(update(Webhook).values(url="http://10.0.0.1/in"))
    published(Event("order.approved"))
    postman.deliver()
    (row,) = ada.get(f"webhooks/{hook['id']}/deliveries").get_json()["results"]
    assert (row["error"], row["status_code"]) == ("address_refused", None)


def test_the_log_is_forgotten_after_a_month(
    hook: dict[str, Any], ada: Person, postman: Courier, published: Publish, hooks_database: TestDatabase
) -> None:
    published(Event("order.approved"), Event("order.closed"))
    postman.deliver()
    postman.deliver()
    relay = Database(hooks_database.relay_url, pooled=False)
    with relay.transaction(Context(tenant_id=None)) as session:
        assert forget_deliveries(session, Delivery) == 0
    assert len(ada.get(f"webhooks/{hook['id']}/deliveries").get_json()["results"]) == 2
