"""Promotions as head office keeps them: what is stored, what is refused, what is compiled on demand."""

import json
import math
import uuid
from typing import Any

from tests.fixtures.people import Person, codes
from tests.fixtures.services import MakePerson
from tests.sync.stores import Company, answered

NOBODY = str(uuid.UUID(int=7))
BASE = {"name": "N", "start_date": "2026-06-01", "end_date": "2026-06-30"}


def refusals(person: Person, body: dict[str, Any]) -> dict[str, str]:
    response = person.post("promotions", BASE | {"code": "X", "promo_type": "combo"} | body)
    assert response.status_code == 422, response.get_data(as_text=True)
    return {error["pointer"]: error["code"] for error in response.get_json()["errors"]}


def test_what_is_refused(company: Company) -> None:
    ada = company.person
    assert refusals(ada, {"end_date": "2026-05-01"}) == {"/end_date": "end_before_start"}
    assert refusals(ada, {"all_stores": False}) == {"/stores": "no_store"}
    assert refusals(ada, {"scope": "brands"}) == {"/brands": "no_brand"}
    assert refusals(ada, {"promo_type": "buy_x_get_y", "buy_quantity": 0}) == {
        "/buy_quantity": "below_one",
        "/get_quantity": "below_one",
    }
    assert refusals(ada, {"discount_percent": "100.01"}) == {"/discount_percent": "out_of_range"}
    assert refusals(ada, {"discount_amount": "1.005"}) == {"/discount_amount": "too_many_places"}
    assert refusals(ada, {"promo_type": "gift", "colour": 1}) == {
        "/promo_type": "unknown_word",
        "/colour": "unknown_field",
    }
    assert refusals(ada, {"current_uses": 5}) == {"/current_uses": "read_only"}
    unknown = refusals(ada, {"stores": [NOBODY], "get_product": NOBODY, "brands": [company.brands["soto"]]})
    assert unknown == {"/stores/0": "unknown_reference", "/get_product": "unknown_reference"}
    rules = {"mix_match_rules": {"category_id": NOBODY}}
    assert refusals(ada, rules) == {"/mix_match_rules/category_id": "unknown_reference"}
    assert refusals(ada, {"valid_time_start": "17:00:00+07:00"}) == {"/valid_time_start": "local_time"}
    item = {"item_type": "fixed", "category": NOBODY, "sort_order": 1}
    package = {"package_name": "Box", "package_sku": "B", "package_price": "1", "items": [item, item]}
    assert refusals(ada, {"package": package}).keys() >= {
        "/package/items/0/product",
        "/package/items/1/sort_order",
    }
    for value in ("\ud800", math.nan):
        sent = json.dumps(BASE | {"code": "X", "promo_type": "combo", "cross_brand_rules": {"a": value}})
        refused = ada.call("POST", "promotions", data=sent, content_type="application/json")
        assert codes(refused) == ["not_storable"], value
    company.promotion("TAKEN")
    taken = ada.post("promotions", BASE | {"code": "TAKEN", "promo_type": "combo"})
    assert (taken.status_code, taken.get_json()["code"]) == (409, "code_taken")
    assert ada.get("promotions/x").get_json()["code"] == "invalid_uuid"
    assert ada.get(f"promotions/{NOBODY}").status_code == 404


def test_what_is_stored(company: Company) -> None:
    ada, kopi = company.person, company.brands["kopi"]
    name = "<script>alert(1)</script>"
    made = answered(
        ada.post(
            "promotions",
            BASE
            | {"id": NOBODY, "code": "A", "name": name, "promo_type": "package", "scope": "company", "brand_id": kopi},
        )
    )
    assert (made["id"], made["scope"], made["name"], made["version"]) == (NOBODY, "single", name, 1)
    assert [warning["field"] for warning in made["warnings"]] == ["package"]
    assert ada.post("promotions", BASE | {"id": NOBODY, "code": "B", "promo_type": "combo"}).status_code == 409
    package = {"package_name": "Box", "package_sku": "B-1", "package_price": "10"}
    changed = answered(ada.patch(f"promotions/{NOBODY}", {"package": package, "valid_days": [6, 0, 6]}))
    assert (changed["version"], changed["package"]["package_price"], changed["valid_days"]) == (2, "10.00", [0, 6])
    assert changed["warnings"] == []
    assert answered(ada.patch(f"promotions/{NOBODY}", {"package": changed["package"]}))["version"] == 2
    stale = ada.patch(f"promotions/{NOBODY}", {"name": "B", "version": 1})
    assert (stale.status_code, stale.get_json()["code"]) == (409, "version_conflict")
    assert ada.delete(f"promotions/{NOBODY}").status_code == 204
    assert ada.get(f"promotions/{NOBODY}").status_code == 404
    again = company.promotion("A", promo_type="package", package=package)
    told = [row["action"] for row in answered(ada.get("audit-log"))["results"]]
    assert sorted(action for action in told if action.startswith("promotion.")) == [
        "promotion.created",
        "promotion.created",
        "promotion.deleted",
        "promotion.updated",
    ]
    found = answered(
        ada.get("promotions", query_string={"q": "a", "valid_on": "2026-06-15", "store": company.stores["S1"]})
    )
    assert [row["id"] for row in found["results"]] == [again]
    for name in ("starts_after", "ends_before"):
        assert answered(ada.get("promotions", query_string={"q": "a", name: "2026-06-15"}))["results"] == []


def test_what_a_promotion_refers_to_is_in_use(company: Company) -> None:
    ada, store = company.person, company.stores["K1"]
    promotion = company.promotion("ONE", all_stores=False, stores=[store])
    refused = ada.delete(f"stores/{store}")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "in_use")
    answered(ada.patch(f"promotions/{promotion}", {"is_active": False}))
    assert ada.delete(f"stores/{store}").status_code == 204
    assert ada.get(f"stores/{store}").status_code == 404
    soups = company.add("categories", brand_id=company.brands["soto"], name="Soups")
    company.promotion("MIX", promo_type="mix_match", mix_match_rules={"category_id": soups})
    assert ada.delete(f"categories/{soups}").get_json()["code"] == "in_use"
    twin = {"brand_id": company.brands["kopi"], "store_code": "S2", "store_name": "Twin"}
    assert ada.post("stores", twin).status_code == 409
    assert codes(ada.post("stores", twin | {"store_code": "K1", "brand_id": NOBODY})) == ["unknown_reference"]
    assert company.add("stores", **twin | {"store_code": "K1"}) != store


def test_compiled_on_demand(company: Company) -> None:
    ada = company.person
    one, two = company.promotion("ONE", execution_priority=9), company.promotion("TWO", promo_type="package")
    single = answered(ada.post(f"promotions/{one}/compile"))
    assert (single["success"], single["promotion_code"]) == (True, "ONE")
    many = answered(ada.post("promotions/compile", {"ids": [two, one, two]}))
    assert [each["code"] for each in many["promotions"]] == ["TWO", "ONE", "TWO"]
    assert many["promotions"][1] == single["compiled_data"]
    assert many["errors"][0]["error"] == "Package details not configured"
    assert answered(ada.post("promotions/compile"))["count"] == 2
    store = answered(ada.post(f"stores/{company.stores['S1']}/compile"))
    assert store["promotions"] == company.ask()["promotions"]
    whole = answered(ada.post("company/compile"))
    assert whole["summary"] == {
        "total_stores": 3,
        "total_promotions": 2,
        "stores_with_promotions": 3,
        "by_brand": {"Soto": {"stores": 2, "promotions": 2}, "Kopi": {"stores": 1, "promotions": 2}},
    }
    for path in (f"promotions/{NOBODY}/compile", f"stores/{NOBODY}/compile"):
        assert ada.post(path).status_code == 404
    assert ada.post("promotions/compile", {"ids": [NOBODY]}).status_code == 404


def test_settings_and_previews(company: Company, person: MakePerson) -> None:
    ada = company.person
    company.promotion("NOW")
    company.promotion("LATER", 10, 12)
    company.promotion("OFF", is_active=False)
    response = ada.get("promotion-settings")
    first, first_tag = answered(response), response.headers["ETag"]
    assert (first["sync_strategy"], first["future_days"], first["updated_by"]) == ("include_future", 7, None)
    refused = ada.post("promotion-settings", {"future_days": 91, "sync_times": ["6"], "past_days": 2, "colour": 1})
    told = {error["pointer"]: error["code"] for error in refused.get_json()["errors"]}
    assert (refused.status_code, told) == (
        400,
        {"/future_days": "out_of_range", "/sync_times/0": "invalid", "/colour": "unknown_field"},
    )
    assert ada.patch("promotion-settings", {"sync_strategy": "all"}).status_code == 422
    assert answered(ada.get("promotion-settings"))["version"] == first["version"]
    preview = answered(ada.get("promotion-settings/preview-query"))
    assert (preview["count"], preview["strategy"], preview["description"]) == (
        1,
        "Include Future",
        "Promotions valid from 1 days ago to 7 days ahead",
    )
    tried = answered(ada.post("promotion-settings/preview", {"future_days": 10, "include_inactive": True, "limit": 1}))
    assert (tried["codes"], tried["compared_with_saved"]["come"], len(tried["samples"])) == (
        ["LATER", "NOW", "OFF"],
        ["LATER", "OFF"],
        1,
    )
    ahead = answered(
        ada.post("promotion-settings/preview", {"at": "2026-06-20T00:00:00Z", "store_id": company.stores["S1"]})
    )
    assert ahead["codes"] == ["LATER"]
    beyond = ada.post("promotion-settings/preview", {"at": "9999-12-31T23:59:59Z"})
    assert (beyond.status_code, codes(beyond)) == (422, ["out_of_range"])
    form = ada.client.post(
        "/api/sync/v1/promotion-settings",
        data={
            "sync_strategy": "current_only",
            "future_days": "3",
            "auto_sync_enabled": "on",
            "enable_compression": "false",
        },
        headers={"Authorization": f"Bearer {ada.token}"},
    )
    assert (form.status_code, form.headers["Location"]) == (303, "/sync/promotions/settings")
    saved = answered(ada.get("promotion-settings"))
    shown = [saved[name] for name in ("sync_strategy", "future_days", "auto_sync_enabled", "enable_compression")]
    assert shown == ["current_only", 3, True, False]
    path = f"promotion-settings/overrides/brand/{company.brands['soto']}"
    old_tag = ada.put(path, {"future_days": 8}).headers["ETag"]
    assert answered(ada.put(path, {"future_days": 9}, headers={"If-Match": old_tag}))["future_days"] == 9
    for method, sent in (("PUT", {"future_days": 7}), ("DELETE", None)):
        assert ada.call(method, path, sent, headers={"If-Match": old_tag}).status_code == 412, method
    effective = answered(ada.get("promotion-settings/effective", query_string={"store_id": company.stores["S1"]}))
    assert (effective["values"]["future_days"], effective["origins"]["future_days"]) == (9, "brand")
    override, _first, own = answered(ada.get("promotion-settings/history"))["results"]
    assert (override["layer"], own["changes"]["future_days"]) == ("brand", [7, 3])
    answered(ada.patch("promotion-settings", {"future_days": 30}))
    for action, asked in (("restore", {"id": own["id"]}), ("force-full-sync", {"comment": "New tills"})):
        stale = ada.post(f"promotion-settings/{action}", asked, headers={"If-Match": first_tag})
        assert stale.status_code == 412, action
    assert answered(ada.post("promotion-settings/restore", {"id": own["id"]}))["future_days"] == 3
    nobody = person(tenant_id=uuid.uuid4())
    homeless = nobody.get("promotion-settings/preview-query")
    assert (homeless.status_code, homeless.get_json()["success"]) == (400, False)
    for path in ("promotions", "stores", "company", "promotion-settings"):
        missing = nobody.get(path)
        assert (missing.status_code, missing.get_json()["code"]) == (404, "company_not_found"), path
