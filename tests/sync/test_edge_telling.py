"""Stores that are told by themselves: when, who, and once; what is forgotten; how many statements all that takes."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from services.sync.models import EdgeManifest, EdgeObject, EdgeState, Outbox, Schedule
from services.sync.operations.edges import telling, upkeep
from shared.app import ServiceApp
from tests.fixtures.services import MakePerson, Unit
from tests.fixtures.statements import counting
from tests.sync.stores import Clock, Company, answered


def crons(unit: Unit) -> dict[str, tuple[str, str]]:
    with unit() as session:
        rows = session.execute(select(Schedule.name, Schedule.cron, Schedule.time_zone).where(Schedule.active))
        return {name: (cron, zone) for name, cron, zone in rows if name.startswith("edges-at")}


def test_due_times_become_schedules(company: Company, unit: Unit) -> None:
    assert crons(unit) == {"edges-at-00": ("0 0,6,12,18 * * *", "UTC")}
    answered(company.person.patch("company", {"timezone": "Asia/Jakarta"}))
    answered(company.person.patch("promotion-settings", {"sync_times": ["06:00", "06:30", "22:30"]}))
    assert crons(unit) == {
        "edges-at-00": ("0 6 * * *", "Asia/Jakarta"),
        "edges-at-30": ("30 6,22 * * *", "Asia/Jakarta"),
    }
    answered(company.person.patch("promotion-settings", {"auto_sync_enabled": False}))
    assert crons(unit) == {}


def test_servers_that_hold_something_else_are_told(company: Company, unit: Unit, clock: Clock) -> None:
    ids = {}
    for store in ("S1", "S2"):
        body = {"store_id": company.stores[store], "url": "https://93.184.216.34/hook"}
        ids[store] = answered(company.person.post("edge-servers", body))["id"]
    company.promotion("ONE")
    company.ask(store="S1")

    def told(*, again: bool = False) -> list[str]:
        with unit() as session:
            telling.tell(session, clock.now, again=again)
        with unit() as session:
            letters = session.scalars(select(Outbox).where(Outbox.kind == telling.KIND).order_by(Outbox.created_at))
            return [letter.target for letter in letters]

    assert told() == [ids["S2"]]
    assert told() == [ids["S2"]]
    assert told(again=True) == [ids["S2"]] * 2  # the next due time: it has not come yet
    company.ask(store="S2")
    company.promotion("TWO", all_stores=False, stores=[company.stores["S1"]])
    assert told() == [ids["S2"], ids["S2"], ids["S1"]]
    answered(company.person.patch("promotion-settings", {"auto_sync_enabled": False}))
    company.promotion("THREE")
    assert len(told(again=True)) == 3
    with unit() as session:
        (letter, *_others) = session.scalars(select(Outbox).where(Outbox.kind == telling.KIND))
    assert letter.payload["type"] == "edge.changed"
    assert letter.payload["data"].keys() == {"company_id", "store_id", "version"}


def test_a_month_later_only_what_is_in_use_is_kept(company: Company, unit: Unit, clock: Clock) -> None:
    one = company.promotion("ONE", 0, 300)
    first = company.ask()["cursor"]
    answered(company.person.patch(f"promotions/{one}", {"name": "Two"}))
    second = company.ask()["cursor"]
    with unit() as session:
        long_ago = datetime.now(UTC) - timedelta(days=40)
        session.execute(update(EdgeManifest).values(used_at=long_ago))
        session.execute(update(EdgeObject).values(created_at=long_ago))
        upkeep.forget(session, datetime.now(UTC))
        assert set(session.scalars(select(EdgeManifest.digest))) == set(session.scalars(select(EdgeState.manifest)))
        assert len(list(session.scalars(select(EdgeObject.checksum)))) == 1
    assert company.ask(cursor=second)["mode"] == "delta"
    answer = company.ask(cursor=first)  # a store that comes back after a month
    assert (answer["mode"], answer["full_required"], answer["total"]) == ("full", True, 1)


def test_statements_do_not_grow_with_promotions_or_stores(
    company: Company, unit: Unit, clock: Clock, app: ServiceApp, person: MakePerson
) -> None:
    # Of a store's own server nobody asks whether it has logged out meanwhile.
    tills = {
        code: person(sub=f"store:{store}", roles=[], permissions=["edge.read"])
        for code, store in company.stores.items()
    }

    def count(what: Any) -> int:
        with counting(app.runtime.db.engine) as sent:
            what()
        # Whether the session still counts is asked every two seconds, not with every call.
        return len([each for each in sent if "revoked_sessions" not in each])

    def poll(cursor: str) -> dict[str, int]:
        query = company.query("S1", cursor=cursor)
        tag = tills["S1"].get("edge/promotions", query_string=query).headers["ETag"]
        known = {"If-None-Match": tag}
        unchanged = count(lambda: tills["S1"].get("edge/promotions", query_string=query, headers=known))
        company.ask(store="K1", person=tills["K1"])
        company.promotion()

        def tell() -> None:
            with unit() as session:
                telling.tell(session, clock.now)

        return {
            "304": unchanged,
            "full": count(lambda: company.ask(store="K1", person=tills["K1"])),
            "tell": count(tell),
            "moves": count(lambda: answered(company.person.post("promotion-settings/rehearsal", change))),
            "company": count(lambda: company.person.post("company/compile")),
            "some": count(lambda: company.person.post("promotions/compile", {"ids": ids})),
            "list": count(lambda: company.person.get("promotions")),
        }

    change = {"future_days": 90}
    tier = {"tier_name": "T", "tier_order": 1, "min_amount": "1", "discount_type": "percent"}
    ids = [company.promotion()]
    small = poll(company.ask(person=tills["S1"])["cursor"])
    for number in range(5):
        ids.append(company.promotion(tiers=[tier]))
        company.add("stores", brand_id=company.brands["soto"], store_code=f"N{number}", store_name="N")
    large = poll(company.ask(person=tills["S1"])["cursor"])
    assert large == small
    assert small["304"] == 1  # the number that says whether anything has changed
