"""What edges rely on: refusals and their order, tags, compression, signatures, pages, the other lists."""

import base64
import gzip
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.sync.domain.promotions.signing import hmac_sha256, parse_header, text_to_sign
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson
from tests.sync.stores import Clock, Company, answered

NOBODY = str(uuid.UUID(int=7))


REFUSALS: list[tuple[dict[str, Any], int, str]] = [
    ({"company_id": "", "store_id": ""}, 400, "MISSING_COMPANY_ID"),
    ({"store_id": None, "company_id": "x"}, 400, "MISSING_STORE_ID"),
    ({"company_id": "x"}, 400, "INVALID_UUID"),
    ({"brand_id": "x"}, 400, "INVALID_UUID"),
    ({"updated_since": "soon", "company_id": NOBODY}, 400, "INVALID_DATE_FORMAT"),
    ({"cursor": "AAAA"}, 400, "INVALID_CURSOR"),
    ({"limit": "x"}, 400, "INVALID_LIMIT"),
    ({"limit": 101}, 400, "INVALID_LIMIT"),
    ({"company_id": NOBODY, "store_id": NOBODY}, 404, "COMPANY_NOT_FOUND"),
    ({"store_id": NOBODY, "brand_id": NOBODY}, 404, "STORE_NOT_FOUND"),
    ({"brand_id": NOBODY, "cursor": "AAAA"}, 404, "BRAND_NOT_FOUND"),
]


def test_refusals(company: Company) -> None:
    for change, status, code in REFUSALS:
        sent = {name: value for name, value in (company.query() | change).items() if value is not None}
        for response in (
            company.person.get("edge/promotions", query_string=sent),
            company.person.post("edge/promotions", sent),
        ):
            told = response.get_json()
            assert (response.status_code, told["code"]) == (status, code), change
            assert told["error"] == told["detail"]


def test_other_forms_of_refusal(company: Company, person: MakePerson) -> None:
    ada = company.person
    assert ada.call("DELETE", "edge/promotions").get_json()["code"] == "METHOD_NOT_ALLOWED"
    assert ada.get("edge/usage").status_code == 405
    for what in ("token", "usage", "version", "products"):
        assert ada.call("OPTIONS", f"edge/{what}").status_code == 405, what
    assert ada.call("HEAD", "edge/promotions", query_string=company.query()).status_code == 200
    assert ada.post("edge/stores", [1]).get_json()["code"] == "INVALID_BODY"
    bare = Person(ada.client, ada.prefix, "none").get("edge/version")
    assert (bare.status_code, bare.get_json()["code"]) == (401, "UNAUTHENTICATED")
    helpless = person(roles=[]).get("edge/version")
    assert (helpless.status_code, helpless.get_json()["code"]) == (403, "PERMISSION_MISSING")
    bound = person(roles=[], permissions=["edge.read"], store=company.stores["S1"])
    assert bound.get("edge/promotions", query_string=company.query()).status_code == 200
    refused = bound.get("edge/promotions", query_string=company.query("S2"))
    assert (refused.status_code, refused.get_json()["code"]) == (403, "STORE_FORBIDDEN")
    assert bound.get("promotions").status_code == 403


def test_another_company_is_forbidden_and_nothing_else_of_it_is_seen(company: Company, person: MakePerson) -> None:
    other = Company.found(person(tenant_id=uuid.uuid4()), uuid.uuid4())
    for call in ("edge/promotions", "promotions", "promotion-settings", "stores"):
        response = company.person.get(call, query_string={"company_id": NOBODY, "store_id": other.stores["S1"]})
        assert (response.status_code, response.get_json()["code"]) == (404, "COMPANY_NOT_FOUND"), call
    stranger = uuid.UUID(answered(other.person.get("company"))["id"])
    response = company.person.get("edge/version", query_string={"company_id": str(stranger)})
    assert (response.status_code, response.get_json()["code"]) == (403, "COMPANY_FORBIDDEN")
    assert company.person.get("promotions", query_string={"company_id": str(stranger)}).status_code == 403
    theirs = company.person.get("edge/promotions", query_string=company.query(other.stores["S1"]))
    assert theirs.get_json()["code"] == "STORE_NOT_FOUND"


def test_what_is_switched_off_is_off_everywhere(company: Company) -> None:
    answered(company.person.patch(f"brands/{company.brands['kopi']}", {"is_active": False}))
    for what in ("promotions", "products", "version", "tables"):
        response = company.person.get(f"edge/{what}", query_string=company.query("K1"))
        assert (response.status_code, response.get_json()["code"]) == (409, "STORE_INACTIVE"), what
    answered(company.person.patch("company", {"is_active": False}))
    response = company.person.get("edge/companies")
    assert (response.status_code, response.get_json()["code"]) == (409, "COMPANY_INACTIVE")


def test_pages_of_one_manifest(company: Company) -> None:
    answered(company.person.patch("promotion-settings", {"sync_strategy": "all_active"}))
    ids = [company.promotion(f"P{number:02}", execution_priority=number + 1) for number in range(25)]

    def held() -> int | None:
        (row,) = (
            row
            for row in answered(company.person.get("sync-log/summary"))["results"]
            if row["store_id"] == company.stores["S1"]
        )
        found: int | None = row["version_held"]
        return found

    first = company.ask(limit=10)
    assert (first["total"], first["total_available"], first["cursor"], first["has_more"]) == (10, 25, None, True)
    company.promotion("LATER", execution_priority=1)
    assert company.person.delete(f"promotions/{ids[12]}").status_code == 204
    second = answered(company.person.get(first["next"].split("localhost")[1]))
    third = company.ask(limit=10, cursor=second["next_cursor"])
    got = [each["code"] for page in (first, second, third) for each in page["promotions"]]
    assert got == [f"P{number:02}" for number in range(25)]
    assert third["checksum"] == first["checksum"]
    # What it holds now was right when it began.
    assert held() is None
    delta = company.ask(cursor=third["cursor"])
    assert held() == company.ask("version")["version"]
    assert ([each["code"] for each in delta["promotions"]], delta["deleted_ids"]) == (["LATER"], [ids[12]])


def test_a_forced_full_sync_makes_cursors_void(company: Company) -> None:
    company.promotion("ONE")
    cursor = company.ask()["cursor"]
    assert company.ask("version")["force_update"] is False
    answered(company.person.post("promotion-settings/force-full-sync", {"comment": "new tills"}))
    assert company.ask("version")["force_update"] is True
    answer = company.ask(cursor=cursor)
    assert (answer["mode"], answer["full_required"], answer["total"]) == ("full", True, 1)
    assert company.ask("version")["force_update"] is False
    assert company.ask(cursor=answer["cursor"])["mode"] == "delta"


def test_tags_and_compression(company: Company) -> None:
    company.promotion("ONE", description="x" * 2000)
    query, ada = company.query(), company.person
    plain = ada.get("edge/promotions", query_string=query)
    packed = ada.get("edge/promotions", query_string=query, headers={"Accept-Encoding": "gzip"})
    assert [each.headers.get("Content-Encoding") for each in (plain, packed)] == [None, "gzip"]
    assert gzip.decompress(packed.data) == plain.data == ada.get("edge/promotions", query_string=query).data
    assert plain.headers["ETag"] != packed.headers["ETag"]
    for tag in (plain.headers["ETag"], packed.headers["ETag"]):
        known = ada.get("edge/promotions", query_string=query, headers={"If-None-Match": tag})
        assert (known.status_code, known.data) == (304, b"")
    answered(ada.put(f"promotion-settings/overrides/store/{company.stores['S1']}", {"enable_compression": False}))
    packed = ada.get("edge/promotions", query_string=query, headers={"Accept-Encoding": "gzip"})
    assert packed.content_encoding is None


def test_signatures_and_rotation(company: Company) -> None:
    ada, store = company.person, company.stores["S1"]

    def check(response: Any, keys: dict[str, str]) -> str:
        found = parse_header(response.headers["X-Sync-Signature"])
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(keys[found.key_id]))
        public.verify(found.value, text_to_sign(store, response.data))
        with pytest.raises(InvalidSignature):
            public.verify(found.value, text_to_sign(company.stores["S2"], response.data))
        return found.key_id

    def published() -> dict[str, str]:
        return {key["key_id"]: key["public_key"] for key in company.ask("keys")["keys"]}

    before = ada.get("edge/promotions", query_string=company.query())
    first = check(before, published())
    new = answered(ada.post("edge-servers/rotate-key"))["key_id"]
    assert published().keys() == {first, new}
    assert check(ada.get("edge/promotions", query_string=company.query()), published()) == new
    assert check(before, published()) == first
    made = answered(ada.post("edge-servers", {"store_id": store, "signature": "hmac-sha256"}))
    response = ada.get("edge/promotions", query_string=company.query())
    found = parse_header(response.headers["X-Sync-Signature"])
    assert found.value == hmac_sha256(made["secret"], text_to_sign(store, response.data))
    assert "secret" not in answered(ada.get(f"edge-servers/{made['id']}"))


def test_reference_lists(company: Company, clock: Clock) -> None:
    clock.now = datetime.now(UTC) + timedelta(minutes=1)
    brand, store = company.brands["soto"], company.stores["S1"]
    category = company.add("categories", brand_id=brand, name="Soups")
    product = company.add("products", brand_id=brand, category_id=category, name="Soto", sku="1", price="9.90")
    modifier = company.add("modifiers", brand_id=brand, name="Size")
    option = company.add("modifier-options", modifier_id=modifier, name="Large", price_adjustment="1.00")
    company.add("product-modifiers", product_id=product, modifier_id=modifier)
    area = company.add("table-areas", store_id=store, name="Terrace")
    table = company.add("tables", area_id=area, number="12", capacity=4)
    company.add("table-groups", store_id=store, name="Long", tables=[table])

    answer = company.ask("products")
    (shown,) = answer["products"]
    assert {name: shown[name] for name in ("id", "store_id", "price", "cost", "category_id", "company_id")} == {
        "id": product,
        "store_id": store,
        "price": "9.90",
        "cost": None,
        "category_id": category,
        "company_id": str(company.id),
    }
    assert company.ask("modifiers")["modifiers"][0]["options"][0]["price_adjustment"] == "1.00"
    lists = ("categories", "modifier-options", "product-modifiers", "table-areas", "tables", "table-groups")
    for name in lists:
        assert company.ask(name)["total"] == 1, name
        assert company.ask(name, store="K1")["total"] == 0, name
    assert [each["name"] for each in company.ask("companies")["companies"]] == ["Warung"]
    assert {each["point_expiry_months"] for each in company.ask("brands", store="K1")["brands"]} == {12}
    assert company.ask("stores")["stores"][0]["timezone"] == "UTC"

    cursor = answer["cursor"]
    answered(company.person.patch(f"products/{product}", {"price": "10.00"}))
    delta = company.ask("products", cursor=cursor)
    assert [each["price"] for each in delta["products"]] == ["10.00"]
    answered(company.person.patch(f"products/{product}", {"is_active": False}))
    gone = company.ask("products", cursor=delta["cursor"])
    assert (gone["products"], gone["deleted_ids"]) == ([], [product])
    since = company.ask("modifier-options")["sync_timestamp"]
    assert company.person.delete(f"modifier-options/{option}").status_code == 204
    assert company.ask("modifier-options", updated_since=since)["deleted_ids"] == [option]
    assert [each["options"] for each in company.ask("modifiers", updated_since=since)["modifiers"]] == [[]]


def test_the_version_tells_of_visible_changes_only(company: Company) -> None:
    promotion = company.promotion("ONE", max_uses=1)
    category = company.add("categories", brand_id=company.brands["soto"], name="Soups")
    sold = {"brand_id": company.brands["soto"], "category_id": category, "name": "Soto", "sku": "1", "price": "1"}
    product = company.add("products", **sold)

    def version() -> int:
        found: int = company.ask("version")["version"]
        return found

    before = version()
    assert version() == before
    answered(company.person.patch(f"products/{product}", {"stock_quantity": 5}))
    answered(company.person.patch(f"products/{product}", {"price": "1"}))
    assert version() == before
    answered(company.person.patch(f"products/{product}", {"price": "2"}))
    assert version() == before + 1
    use = {
        "promotion_id": promotion,
        "bill_id": "B1",
        "discount_amount": "1.00",
        "used_at": "2026-01-01T10:00:00Z",
        "store_id": company.stores["S1"],
    }
    answered(company.person.post("edge/usage", {"usages": [use]}))
    assert version() == before + 2
    answered(company.person.post("edge/usage", {"usages": [use | {"bill_id": "B2"}]}))
    assert version() == before + 2


def test_uses_are_stored_once(company: Company, person: MakePerson) -> None:
    promotion = company.promotion("ONE")
    use = {
        "promotion_id": promotion,
        "bill_id": "B1",
        "discount_amount": "1.50",
        "used_at": "2026-01-01T10:00:00Z",
        "store_id": company.stores["S1"],
    }
    till = person(roles=[], permissions=["edge.usage"])
    first = till.post("edge/usage", {"usages": [use, use, use | {"bill_id": "B2"}]})
    assert (first.status_code, first.get_json()) == (200, {"created": 2, "duplicates": 1, "errors": [], "total": 3})
    rows = [use, use | {"promotion_id": NOBODY}, use | {"discount_amount": "-1"}, use | {"store_id": NOBODY}, 5]
    second = till.post("edge/usage", {"usages": rows})
    told = second.get_json()
    assert (second.status_code, told["created"], told["duplicates"], told["total"]) == (207, 0, 1, 5)
    assert [(error["index"], error["code"]) for error in told["errors"]] == [
        (1, "PROMOTION_NOT_FOUND"),
        (2, "INVALID_AMOUNT"),
        (3, "STORE_NOT_FOUND"),
        (4, "INVALID_ROW"),
    ]
    assert told["errors"][1]["data"] == rows[2]
    shown = answered(company.person.get(f"promotions/{promotion}"))
    assert (shown["current_uses"], shown["version"]) == (2, 1)
    listed = answered(company.person.get(f"promotions/{promotion}/usages"))["results"]
    assert [each["bill_id"] for each in listed] == ["B2", "B1"]
    own = company.person.get(f"promotions/{promotion}").get_json()["company_id"]
    assert answered(company.person.get(f"promotions/{promotion}/usages?company_id={own}"))["results"] == listed
    assert company.person.delete(f"promotions/{promotion}").status_code == 204
    assert till.post("edge/usage", {"usages": [use | {"bill_id": "B3"}]}).get_json()["created"] == 1
    for body, code in (
        ({}, "USAGES_MISSING"),
        ({"usages": 5}, "USAGES_INVALID"),
        ({"usages": [1] * 1001}, "USAGES_TOO_MANY"),
    ):
        assert till.post("edge/usage", body).get_json()["code"] == code
    answered(company.person.patch(f"stores/{company.stores['S1']}", {"is_active": False}))
    later = till.post(
        "edge/usage", {"usages": [use | {"bill_id": "B4", "used_at": "2999-01-01"}, use | {"bill_id": "B5"}]}
    )
    assert (later.get_json()["created"], later.get_json()["errors"][0]["code"]) == (1, "STORE_INACTIVE")


def test_uses_after_a_store_was_switched_off(company: Company) -> None:
    promotion, ada = company.promotion("ONE"), company.person
    off = answered(ada.patch(f"stores/{company.stores['S1']}", {"is_active": False}))
    answered(ada.patch(f"stores/{company.stores['S1']}", {"phone": "5"}))  # does not make it later
    answered(ada.patch(f"brands/{company.brands['kopi']}", {"is_active": False}))
    soon_after = datetime.fromisoformat(off["updated_at"]) + timedelta(microseconds=1)
    rows = [
        {"promotion_id": promotion, "bill_id": str(n), "discount_amount": "1", "store_id": store, "used_at": at}
        for n, (store, at) in enumerate(
            (company.stores[code], at)
            for code, after in (("S1", soon_after.isoformat()), ("K1", "2999-01-01"), ("S2", "2999-01-01"))
            for at in ("2026-01-01", after)
        )
    ]
    told = ada.post("edge/usage", {"usages": rows}).get_json()
    assert [(error["index"], error["code"]) for error in told["errors"]] == [
        (1, "STORE_INACTIVE"),
        (3, "STORE_INACTIVE"),
    ]


def test_calls_are_logged_and_stores_summed_up(company: Company, clock: Clock) -> None:
    clock.now = datetime.now(UTC) + timedelta(hours=11)
    company.promotion("ONE", -9, 900)
    first = company.person.get("edge/promotions", query_string=company.query())
    company.person.get(
        "edge/promotions", query_string=company.query(), headers={"If-None-Match": first.headers["ETag"]}
    )
    last, before = answered(company.person.get("sync-log"))["results"]
    assert (last["status"], last["bytes"], before["status"], before["sent"], before["mode"]) == (304, 0, 200, 1, "full")
    rows = {row["store_code"]: row for row in answered(company.person.get("sync-log/summary"))["results"]}
    assert (rows["S1"]["calls"], rows["S1"]["share_unchanged"], rows["S1"]["is_stale"]) == (2, 0.5, False)
    assert (rows["S2"]["last_contact"], rows["S2"]["is_stale"]) == (None, False)
    assert rows["S1"]["version_held"] == rows["S1"]["version"]
    clock.now += timedelta(hours=2)  # twice the six hours between two due times are over
    rows = {row["store_code"]: row for row in answered(company.person.get("sync-log/summary"))["results"]}
    assert {code: row["is_stale"] for code, row in rows.items()} == {"S1": True, "S2": True, "K1": True}
