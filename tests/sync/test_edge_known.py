"""Answers given again without a transaction: only while nothing has changed, to whom they may be given, and logged."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.sync.routes.edge import calls
from shared.app import ServiceApp
from tests.fixtures.people import Person
from tests.fixtures.services import AtOnce, MakePerson, Unit
from tests.fixtures.statements import counting
from tests.sync.stores import Clock, Company, answered

Poll = Callable[..., Any]


@pytest.fixture
def till(company: Company, person: MakePerson) -> Person:
    """The server in the store S1."""
    return person(sub=f"store:{company.stores['S1']}", roles=[], permissions=["edge.read", "edge.usage"])


@pytest.fixture
def poll(company: Company, till: Person) -> Poll:
    """Asks with the tag of the last answer; returns the status."""
    tags: list[str] = []

    def ask(store: str = "S1", **more: Any) -> int:
        headers = {"If-None-Match": tags[-1]} if tags else {}
        answer = till.get("edge/promotions", query_string=company.query(store, **more), headers=headers)
        if answer.status_code == 200:
            tags.append(answer.headers["ETag"])
        return answer.status_code

    return ask


def test_every_change_is_seen_by_the_next_poll(company: Company, poll: Poll, unit: Unit, clock: Clock) -> None:
    ada, one = company.person, company.promotion("ONE", 0, 3)
    company.promotion("TOMORROW", 8, 9)
    signed = answered(ada.post("edge-servers", {"store_id": company.stores["S1"]}))["id"]
    assert [poll(), poll(), poll()] == [200, 304, 304]

    def in_sql() -> None:
        with unit() as session:
            session.execute(text("update promotions set name = 'By hand', version = version + 1 where code = 'ONE'"))

    def tomorrow() -> None:
        clock.now += timedelta(days=1)

    def yesterday() -> None:
        clock.now -= timedelta(days=1)

    for change in (
        lambda: answered(ada.patch(f"promotions/{one}", {"name": "Two"})),
        in_sql,
        tomorrow,
        yesterday,
        lambda: answered(ada.patch("promotion-settings", {"future_days": 9})),
        lambda: answered(ada.put(f"promotion-settings/overrides/store/{company.stores['S1']}", {"future_days": 8})),
        lambda: answered(ada.patch(f"stores/{company.stores['S1']}", {"store_name": "Station"})),
        lambda: answered(ada.post("promotion-settings/force-full-sync", {"comment": "new tills"})),
    ):
        change()
        answers = [poll(), poll()]
        # A forced sync makes another cursor of the same promotions: that is news, too.
        assert answers == [200, 304], change
    assert company.person.delete(f"promotions/{one}").status_code == 204
    assert [poll(), poll()] == [200, 304]
    answered(ada.patch(f"edge-servers/{signed}", {"signature": "hmac-sha256"}))
    assert poll() == 304  # another signature of the same
    answered(ada.patch(f"brands/{company.brands['soto']}", {"is_active": False}))
    assert poll() == 409


def test_what_is_known_is_sent_again_as_it_was(company: Company, till: Person, app: ServiceApp) -> None:
    company.promotion("ONE", description="x" * 2000)

    def ask(**headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return till.get("edge/promotions", query_string=company.query(), headers=named)

    kept = ("Content-Type", "Content-Encoding", "ETag", "Vary", "X-Sync-Signature", "Cache-Control", "Content-Length")
    for encoding in ("identity", "gzip"):
        first = ask(Accept_Encoding=encoding)
        with counting(app.runtime.db.engine) as sent:
            again = ask(Accept_Encoding=encoding)
        assert (len(sent), again.data) == (1, first.data)
        assert [again.headers.get(name) for name in kept] == [first.headers.get(name) for name in kept]
    before = first.headers["X-Sync-Signature"]
    answered(company.person.post("edge-servers/rotate-key"))
    assert ask(Accept_Encoding="gzip").headers["X-Sync-Signature"] != before


def test_it_is_given_to_nobody_else(company: Company, poll: Poll, till: Person, person: MakePerson) -> None:
    company.promotion("ONE")
    assert [poll(), poll()] == [200, 304]
    tag = till.get("edge/promotions", query_string=company.query()).headers["ETag"]
    for stranger, status in (
        (person(sub=f"store:{company.stores['S2']}", roles=[], permissions=["edge.read"]), 403),
        (person(sub=f"store:{company.stores['S1']}", roles=[], permissions=["edge.usage"]), 403),
        (Person(till.client, till.prefix, "none"), 401),
    ):
        asked = stranger.get("edge/promotions", query_string=company.query(), headers={"If-None-Match": tag})
        assert asked.status_code == status


def test_it_counts_and_is_logged(company: Company, poll: Poll, till: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    company.promotion("ONE")
    monkeypatch.setattr(calls, "CALLS_PER_MINUTE", 6)
    assert [poll() for _ in range(3)] == [200, 304, 304]
    assert till.get("edge/products", query_string={"company_id": str(company.id)}).status_code == 400
    assert poll("S2") == 403
    assert till.call("OPTIONS", "edge/promotions", query_string=company.query()).status_code == 405
    assert poll() == 429
    logged = answered(company.person.get("sync-log"))["results"]
    one, two = company.stores["S1"], company.stores["S2"]
    assert [(row["store_id"], row["endpoint"], row["mode"], row["status"], row["sent"]) for row in logged] == [
        (one, "promotions", None, 429, 0),
        (one, "promotions", None, 405, 0),
        (two, "promotions", None, 403, 0),
        (one, "products", None, 400, 0),
        (one, "promotions", "full", 304, 1),
        (one, "promotions", "full", 304, 1),
        (one, "promotions", "full", 200, 1),
    ]
    (row,) = [row for row in answered(company.person.get("sync-log/summary"))["results"] if row["last_contact"]]
    assert (row["store_code"], row["calls"], row["bytes"]) == ("S1", 6, logged[-1]["bytes"])
    assert row["last_contact"] == logged[4]["called_at"]


def test_polls_while_a_promotion_is_edited(company: Company, person: MakePerson, at_once: AtOnce) -> None:
    """Whoever has been told that an edit is stored finds it with the next poll, whoever else polls meanwhile."""
    one = company.promotion("ONE")
    tills = [person(sub=f"store:{company.stores['S1']}", roles=[], permissions=["edge.read"]) for _ in range(3)]

    def edit() -> list[str]:
        seen = []
        for number in range(4):
            answered(company.person.patch(f"promotions/{one}", {"name": f"N{number}"}))
            (promotion,) = company.ask(person=tills[0])["promotions"]
            seen.append(promotion["name"])
        return seen

    def ask(till: Person) -> list[str]:
        return [company.ask(person=till)["promotions"][0]["name"] for _ in range(10)]

    seen, *others = at_once(edit, lambda: ask(tills[1]), lambda: ask(tills[2]))
    assert seen == [f"N{number}" for number in range(4)]
    for names in others:
        numbered = [name for name in names if name != "ONE"]
        assert numbered == sorted(numbered)
