"""What a store is sent of promotions: everything, differences, and what changed since a time."""

from datetime import timedelta
from typing import Any

from services.sync.domain.promotions.canonical import canonical
from services.sync.domain.promotions.compiling import content_checksum
from services.sync.domain.promotions.manifests import Entry, checksum_of
from tests.sync.stores import Clock, Company, answered


def codes_of(answer: dict[str, Any]) -> list[str]:
    return [promotion["code"] for promotion in answer["promotions"]]


def proof(promotions: list[dict[str, Any]]) -> str:
    for each in promotions:
        assert content_checksum(each) == each["checksum"]
    return checksum_of(Entry(each["id"], each["checksum"]) for each in promotions)


def test_a_full_sync(company: Company) -> None:
    company.promotion("LATE", 7, 9, execution_priority=1)
    company.promotion("TOO_LATE", 8, 9)
    company.promotion("OVER", -3, -1, name="B")
    company.promotion("LONG_OVER", -3, -2)
    company.promotion("OFF", is_active=False)
    company.promotion("A", name="A")
    company.promotion("ELSEWHERE", all_stores=False, stores=[company.stores["S2"]])
    answer = company.ask()
    assert codes_of(answer) == ["LATE", "A", "OVER"]
    assert (answer["mode"], answer["total"], answer["total_available"]) == ("full", 3, 3)
    assert answer["checksum"] == proof(answer["promotions"])
    assert answer["settings"] == {
        "strategy": "include_future",
        "future_days": 7,
        "past_days": 1,
        "max_promotions": 100,
    }
    assert answer["store"] == {"id": company.stores["S1"], "code": "S1", "name": "S1"}
    assert answer["filter"]["brand_id"] == company.brands["soto"]
    assert (answer["has_more"], answer["next"], answer["deleted_ids"], answer["errors"]) == (False, None, [], [])


def test_scopes_and_exclusions(company: Company) -> None:
    soto, kopi = company.brands["soto"], company.brands["kopi"]
    company.promotion("ALL")
    company.promotion("SOTO", brand_id=soto)
    company.promotion("KOPI", brands=[kopi])
    company.promotion("BOTH", scope="brands", brands=[kopi, soto])
    company.promotion("NOT_SOTO", exclude_brands=[soto])
    assert codes_of(company.ask()) == ["ALL", "BOTH", "SOTO"]
    assert codes_of(company.ask(store="K1")) == ["ALL", "BOTH", "KOPI", "NOT_SOTO"]
    assert codes_of(company.ask(brand_id=kopi)) == ["ALL", "BOTH", "KOPI", "NOT_SOTO"]
    company.promotion("OFF", is_active=False)
    company.promotion("LATER", 8, 8, all_stores=False, stores=[company.stores["K1"]])

    def view(**at: str) -> dict[str, list[bool]]:
        """What the page of the store says of each promotion: held, on, in time, of the brand, of the store."""
        found = answered(
            company.person.get(f"stores/{company.stores['S1']}/promotions", query_string={"limit": 6, **at})
        )
        rows, link = found["results"], found["next"]
        rows += answered(company.person.get(link.split("localhost")[1]))["results"][:9] if link else []
        names = ("is_held", "is_on", "is_in_time", "is_for_brand", "is_for_store")
        return {row["code"]: [row[name] for name in names] for row in rows}

    now = view()
    assert sorted(code for code, said in now.items() if said[0]) == ["ALL", "BOTH", "SOTO"]
    assert view(at="2026-06-16T00:00:00Z") == now | {"LATER": [False, True, True, True, False]}


def test_nothing_new_is_an_empty_delta_with_the_same_cursor(company: Company) -> None:
    company.promotion("ONE")
    cursor = company.ask()["cursor"]
    answer = company.ask(cursor=cursor)
    assert (answer["promotions"], answer["deleted_ids"], answer["cursor"]) == ([], [], cursor)
    assert (answer["mode"], answer["full_required"]) == ("delta", False)


def test_whatever_moves_a_promotion_is_a_difference(company: Company, clock: Clock) -> None:
    one, two = company.promotion("ONE", 0, 3), company.promotion("TWO", 0, 30)
    tomorrow = company.promotion("TOMORROW", 8, 9)
    cursor = company.ask()["cursor"]

    def delta() -> tuple[list[str], list[str]]:
        nonlocal cursor
        answer = company.ask(cursor=cursor)
        cursor = answer["cursor"]
        assert answer["mode"] == "delta"
        return codes_of(answer), answer["deleted_ids"]

    answered(company.person.patch(f"promotions/{one}", {"name": "One!"}))
    assert delta() == (["ONE"], [])
    answered(
        company.person.patch(
            f"promotions/{one}",
            {"tiers": [{"tier_name": "T", "tier_order": 1, "min_amount": "1", "discount_type": "percent"}]},
        )
    )
    assert delta() == ([], [])  # tiers are no part of a percentage
    clock.now += timedelta(days=1)
    assert delta() == (["TOMORROW"], [])
    answered(company.person.patch(f"promotions/{two}", {"is_active": False}))
    assert delta() == ([], [two])
    answered(
        company.person.patch(
            f"promotions/{two}", {"is_active": True, "all_stores": False, "stores": [company.stores["S2"]]}
        )
    )
    assert delta() == ([], [])
    answered(company.person.patch(f"promotions/{two}", {"stores": list(company.stores.values())}))
    assert delta() == (["TWO"], [])
    assert company.person.delete(f"promotions/{two}").status_code == 204
    assert delta() == ([], [two])
    clock.now += timedelta(days=5)
    assert delta() == ([], [one])
    answered(company.person.patch(f"promotions/{tomorrow}", {"brand_id": company.brands["kopi"]}))
    assert delta() == ([], [tomorrow])
    answered(company.person.patch(f"stores/{company.stores['S1']}", {"brand_id": company.brands["kopi"]}))
    assert delta() == (["TOMORROW"], [])
    answered(company.person.patch("promotion-settings", {"sync_strategy": "current_only"}))
    assert delta() == ([], [tomorrow])


def test_a_rehearsal_is_what_saving_moves(company: Company) -> None:
    ada, k1 = company.person, company.stores["K1"]
    for code, start, end in (("NOW", 0, 9), ("LATER", 10, 12), ("OVER", -3, -1)):
        company.promotion(code, start, end)
    company.promotion("AT_S2", 15, 15, all_stores=False, stores=[company.stores["S2"]])
    answered(ada.put(f"promotion-settings/overrides/store/{k1}", {"sync_strategy": "all_active"}))
    cursors = {store: company.ask(store=store)["cursor"] for store in company.stores}
    change = {"future_days": 20, "past_days": 0}
    told = answered(ada.post("promotion-settings/rehearsal", change))
    assert answered(ada.get("promotion-settings"))["future_days"] == 7
    answered(ada.patch("promotion-settings", change))
    deltas = [company.ask(store=store, cursor=cursor) for store, cursor in cursors.items()]
    sent = [promotion for delta in deltas for promotion in delta["promotions"]]
    assert sorted(each["code"] for each in sent) == ["AT_S2", "LATER", "LATER"]
    assert told == {
        "stores": 3,
        "stores_moved": 2,
        "objects_sent": 3,
        "objects_deleted": sum(len(delta["deleted_ids"]) for delta in deltas),
        "bytes": sum(len(canonical(each)) for each in sent),
    }
    assert answered(ada.post("promotion-settings/rehearsal", change))["stores_moved"] == 0
