"""What edges send that is wrong, twice, too often, too late or by a wrong clock; and a database that is away."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from services.sync.app import create_app
from services.sync.config import Settings
from services.sync.routes.edge import calls
from shared.app import ServiceApp
from tests.fixtures.people import Issuer, Person
from tests.fixtures.services import AtOnce, MakePerson, running
from tests.fixtures.stand_in import pem
from tests.sync.stores import Clock, Company, answered


def use(company: Company, promotion: str, **more: Any) -> dict[str, Any]:
    ordinary = {"promotion_id": promotion, "bill_id": "B1", "discount_amount": "1.00", "store_id": company.stores["S1"]}
    return ordinary | {"used_at": "2026-06-15T10:00:00Z"} | more


def uses_of(company: Company, promotion: str) -> int:
    found: int = answered(company.person.get(f"promotions/{promotion}"))["current_uses"]
    return found


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"updated_since": 5}, "INVALID_DATE_FORMAT"),
    ({"updated_since": "2026-13-01"}, "INVALID_DATE_FORMAT"),
    ({"updated_since": "12:00"}, "INVALID_DATE_FORMAT"),
    ({"updated_since": "0001-01-01T00:00:00+14:00"}, "INVALID_DATE_FORMAT"),
    ({"cursor": ["x"]}, "INVALID_CURSOR"),
    ({"cursor": {"a": 1}}, "INVALID_CURSOR"),
    ({"limit": 0}, "INVALID_LIMIT"),
    ({"limit": -1}, "INVALID_LIMIT"),
    ({"limit": 1.5}, "INVALID_LIMIT"),
    ({"limit": True}, "INVALID_LIMIT"),
    ({"limit": "9" * 5000}, "INVALID_LIMIT"),
    ({"limit": "1_0"}, "INVALID_LIMIT"),
    ({"store_id": ["x"]}, "INVALID_UUID"),
    ({"store_id": "\0"}, "INVALID_UUID"),
    ({"brand_id": 7}, "INVALID_UUID"),
    ({"company_id": None}, "MISSING_COMPANY_ID"),
]


def test_values_of_another_kind_are_refused(company: Company) -> None:
    for change, code in WRONG:
        for what in ("promotions", "products"):
            refused = company.person.post(f"edge/{what}", company.query() | change)
            told = refused.get_json()
            assert (refused.status_code, told["code"], told["error"]) == (400, code, told["detail"]), (what, change)
    # Names of lists mean nothing where there is no list.
    nonsense: dict[str, Any] = dict.fromkeys(("limit", "cursor", "updated_since"), "x")
    assert company.ask("version", **nonsense)["version"] > 0


def test_bodies_that_are_no_objects(company: Company) -> None:
    for sent in (b"{", b"[1]", b'"x"', b"5", b"null", b"\xff", b'{"a": NaN'):
        options = {"data": sent, "content_type": "application/json"}
        for what in ("promotions", "usage"):
            refused = company.person.call("POST", f"edge/{what}", **options)
            assert (refused.status_code, refused.get_json()["code"]) == (400, "INVALID_BODY"), (what, sent)


def test_rows_that_cannot_be_uses(company: Company) -> None:
    promotion = company.promotion("ONE")
    wrong: list[tuple[Any, str]] = [
        (None, "INVALID_ROW"),
        ([], "INVALID_ROW"),
        ({}, "MISSING_FIELD"),
        (use(company, promotion, bill_id=""), "MISSING_FIELD"),
        (use(company, promotion, bill_id={"a": 1}), "INVALID_ROW"),
        (use(company, promotion, bill_id="x" * 101), "INVALID_ROW"),
        (use(company, promotion, bill_id="a\0b"), "INVALID_ROW"),
        (use(company, promotion, store_id=["x"]), "INVALID_UUID"),
        (use(company, promotion, promotion_id="x"), "INVALID_UUID"),
        (use(company, promotion, discount_amount="-0.01"), "INVALID_AMOUNT"),
        (use(company, promotion, discount_amount="1.001"), "INVALID_AMOUNT"),
        (use(company, promotion, discount_amount="NaN"), "INVALID_AMOUNT"),
        (use(company, promotion, discount_amount=True), "INVALID_AMOUNT"),
        (use(company, promotion, discount_amount="1e400"), "INVALID_AMOUNT"),
        (use(company, promotion, used_at="yesterday"), "INVALID_DATE_FORMAT"),
        (use(company, promotion, used_at=1750000000), "INVALID_DATE_FORMAT"),
    ]
    answer = company.person.post("edge/usage", {"usages": [row for row, _code in wrong] + [use(company, promotion)]})
    told = answer.get_json()
    assert (answer.status_code, told["created"], told["total"]) == (207, 1, len(wrong) + 1)
    assert [(error["index"], error["code"]) for error in told["errors"]] == [
        (index, code) for index, (_row, code) in enumerate(wrong)
    ]
    logged = answered(company.person.get("sync-log", query_string={"endpoint": "usage"}))["results"]
    assert [(row["store_id"], row["status"], row["sent"]) for row in logged] == [
        (company.stores["S1"], 207, len(wrong) + 1)
    ]


def test_replays_count_once_even_at_once(company: Company, at_once: AtOnce) -> None:
    promotion = company.promotion("ONE")
    rows = [use(company, promotion, bill_id=f"B{number % 50}") for number in range(100)]

    def send() -> tuple[int, int]:
        told = answered(
            company.person.client.application.test_client().post(  # a client for each thread
                f"{company.person.prefix}/edge/usage",
                json={"usages": rows},
                headers={"Authorization": f"Bearer {company.person.token}"},
            )
        )
        return told["created"], told["duplicates"]

    told = at_once(send, send, send)
    assert sum(created for created, _duplicates in told) == 50
    assert sum(map(sum, told)) == 300
    assert uses_of(company, promotion) == 50


def test_a_flood_of_one_store_leaves_the_others_alone(
    company: Company, person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "CALLS_PER_MINUTE", 3)
    promotion = company.promotion("ONE")
    edges = {
        store: person(sub=f"store:{company.stores[store]}", roles=[], permissions=["edge.read", "edge.usage"])
        for store in ("S1", "S2")
    }

    def ask(store: str, what: str = "promotions") -> Any:
        return edges[store].get(f"edge/{what}", query_string=company.query(store))

    assert [ask("S1").status_code for _ in range(3)] == [200] * 3
    refused = ask("S1")
    assert (refused.status_code, refused.get_json()["code"]) == (429, "RATE_LIMITED")
    assert int(refused.headers["Retry-After"]) > 0
    # Also where the call names no store: the token does.
    assert edges["S1"].get("edge/companies").status_code == 429
    assert edges["S1"].post("edge/usage", {"usages": [use(company, promotion)]}).status_code == 429
    assert ask("S2").status_code == 200
    theirs = use(company, promotion, store_id=company.stores["S2"])
    assert edges["S2"].post("edge/usage", {"usages": [theirs]}).status_code == 200
    assert uses_of(company, promotion) == 1


def test_clocks_that_are_wrong(company: Company, clock: Clock) -> None:
    promotion = company.promotion("ONE", -90, 90)
    ahead = {minutes: (clock.now + timedelta(minutes=minutes)).isoformat() for minutes in (4, 6, 60 * 24 * 365)}
    rows = [use(company, promotion, bill_id=str(minutes), used_at=at) for minutes, at in ahead.items()]
    assert answered(company.person.post("edge/usage", {"usages": rows}))["created"] == 3
    listed = answered(company.person.get(f"promotions/{promotion}/usages"))["results"]
    assert {row["bill_id"]: row["clock_suspect"] for row in listed} == {"4": False, "6": True, "525600": True}
    future = company.ask(updated_since=(clock.now + timedelta(days=1)).isoformat())
    assert (future["mode"], future["promotions"], future["total"], future["full_required"]) == ("since", [], 0, False)
    before = company.ask()
    clock.now -= timedelta(days=3)  # ours goes back; what the store holds is not forgotten
    again = company.ask(cursor=before["cursor"])
    assert (again["mode"], again["deleted_ids"], again["checksum"]) == ("delta", [], before["checksum"])


def test_a_store_that_keeps_no_cursor_and_comes_after_a_month(company: Company, clock: Clock) -> None:
    company.promotion("ONE", 0, 90)
    told = company.ask(updated_since=(clock.now - timedelta(days=31)).isoformat())
    assert (told["mode"], told["full_required"], told["total"]) == ("full", True, 1)


@pytest.fixture
def cut_off(sync_settings: Settings, tmp_path: Path) -> Iterator[ServiceApp]:
    """A process that has lost its database."""
    key = pem(tmp_path / "key.pem", ec.generate_private_key(ec.SECP256R1()))
    lost = {"database_url": "postgresql://nobody:secret@127.0.0.1:1/none", "service_key_file": key}
    with running(create_app, Settings.model_validate(sync_settings.model_dump() | lost)) as app:
        yield app


def test_without_the_database_stores_are_told_to_come_back(
    cut_off: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID
) -> None:
    person = Person(cut_off.test_client(), "/api/sync/v1", issuer.token(tenant_id))
    query = {"company_id": str(tenant_id), "store_id": str(uuid.uuid4())}
    for answer in (
        person.get("edge/promotions", query_string=query),
        person.post("edge/usage", {"usages": [{}]}),
        person.post("edge/token", {"store_id": query["store_id"], "secret": "whsec_" + "A" * 64}),
    ):
        told = answer.get_json()
        assert (answer.status_code, told["error"]) == (503, told["detail"])
        assert told["code"] == told["code"].upper()
        assert int(answer.headers["Retry-After"]) > 0
