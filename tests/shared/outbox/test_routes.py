"""The resource `outbox` through HTTP."""

import uuid
from collections.abc import Iterator

import pytest

from shared.app import ServiceApp
from shared.outbox.delivering import Courier
from shared.outbox.models import OutboxMixin
from shared.outbox.routes import outbox_blueprint
from shared.outbox.senders import Undeliverable
from tests.fixtures.apps import make_app
from tests.fixtures.databases import TestDatabase
from tests.fixtures.people import Issuer, Person
from tests.shared.outbox.conftest import Posted
from tests.shared.outbox.sample import Outbox, Receiver

PREFIX = "/api/propagation/v1"
ROLES = {"viewer": frozenset({"outbox.view"}), "admin": frozenset({"outbox.view", "outbox.manage"})}


@pytest.fixture(scope="module")
def app(letters_database: TestDatabase, redis_url: str, issuer: Issuer) -> Iterator[ServiceApp]:
    app = make_app(letters_database, redis_url, issuer, outbox_blueprint(Outbox), roles=ROLES)
    yield app
    app.runtime.db.dispose()


@pytest.fixture
def ada(app: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID) -> Person:
    return Person(app.test_client(), PREFIX, issuer.token(tenant_id))


@pytest.fixture
def failed(postman: Courier, receiver: Receiver, posted: Posted) -> list[uuid.UUID]:
    """Three letters that failed and one that arrived."""

    def refuse(letter: OutboxMixin) -> None:
        if letter.target != "good":
            raise Undeliverable("no such address")

    receiver.behave = refuse
    ids = posted("a", "b", payload={"n": 1}) + posted("c", target="bad")
    posted("d", target="good")
    postman.deliver()
    return ids


def test_the_list_is_filtered_and_shows_no_payload(ada: Person, failed: list[uuid.UUID]) -> None:
    everything = ada.get("outbox").get_json()["results"]
    assert {(row["subject"], row["status"], row["dead_letter"]) for row in everything} == {
        ("a", "failed", True),
        ("b", "failed", True),
        ("c", "failed", True),
        ("d", "delivered", False),
    }
    assert all("payload" not in row for row in everything)

    def subjects(query: str) -> set[str]:
        return {row["subject"] for row in ada.get(f"outbox?{query}").get_json()["results"]}

    assert subjects("status=delivered&status=pending") == {"d"}
    assert subjects("target=there&subject=a") == {"a"}
    assert subjects("kind=other") == set()
    assert ada.get("outbox?color=red").status_code == 422
    assert ada.get("outbox?status=lost").status_code == 422


def test_one_letter_shows_why_it_failed(ada: Person, failed: list[uuid.UUID]) -> None:
    row = ada.get(f"outbox/{failed[0]}").get_json()
    assert (row["reason"], row["attempt"], row["payload"]) == ("no such address", 1, {"n": 1})
    assert ada.get(f"outbox/{uuid.uuid4()}").status_code == 404


def test_a_letter_is_sent_again(ada: Person, failed: list[uuid.UUID], postman: Courier, receiver: Receiver) -> None:
    receiver.behave = lambda _letter: None
    answer = ada.post(f"outbox/{failed[0]}/replay")
    assert (answer.status_code, answer.get_json()["status"], answer.get_json()["reason"]) == (202, "pending", None)
    again = ada.post(f"outbox/{failed[0]}/replay")
    assert (again.status_code, again.get_json()["code"]) == (409, "letter_pending")
    postman.deliver()
    assert ada.get(f"outbox/{failed[0]}").get_json()["status"] == "delivered"
    assert receiver.taken[-1].id == failed[0]


def test_failed_letters_are_sent_again_together(ada: Person, failed: list[uuid.UUID]) -> None:
    assert ada.post("outbox/replay", {"target": "there"}).get_json() == {"letters": 2}
    assert ada.post("outbox/replay", {"status": ["delivered"]}).status_code == 422
    assert ada.post("outbox/replay").get_json() == {"letters": 1}
    assert ada.get("outbox?status=failed").get_json()["results"] == []


def test_who_may_only_look_sends_nothing(
    app: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID, failed: list[uuid.UUID]
) -> None:
    viewer = Person(app.test_client(), PREFIX, issuer.token(tenant_id, roles=["viewer"]))
    assert viewer.get("outbox").status_code == 200
    for path in (f"outbox/{failed[0]}/replay", "outbox/replay"):
        answer = viewer.post(path)
        assert (answer.status_code, answer.get_json()["permission"]) == (403, "outbox.manage")
    stranger = Person(app.test_client(), PREFIX, issuer.token(uuid.uuid4()))
    assert stranger.get("outbox").get_json()["results"] == []
    assert stranger.post(f"outbox/{failed[0]}/replay").status_code == 404
    assert stranger.post("outbox/replay").get_json() == {"letters": 0}
