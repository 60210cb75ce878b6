"""Who may do what with promotions, and what is seen of another company: nothing, whatever id is sent and where."""

import uuid
from typing import Any

import pytest

from services.sync.config import ROLE_PERMISSIONS
from shared.app import ServiceApp
from tests.fixtures.services import MakePerson
from tests.sync.stores import Company, answered

# The least role, by the first word of the path and whether it changes anything; what differs stands by itself.
LEAST = {
    "edge": "viewer",
    "company": "manager",
    "promotion-settings": "manager",
    "promotions": "manager",
    "edge-servers": "admin",
    "sync-log": "viewer",
}
REFERENCES = (
    *("brands", "stores", "categories", "products", "modifiers", "modifier-options", "product-modifiers"),
    *("table-areas", "tables", "table-groups"),
)
OTHERWISE = {
    ("POST", "company"): "admin",
    ("POST", "company/compile"): "viewer",
    ("POST", "edge/usage"): "operator",
    ("POST", "promotion-settings/force-full-sync"): "admin",
    ("POST", "promotion-settings/preview"): "viewer",
    ("POST", "promotion-settings/rehearsal"): "viewer",
    ("POST", "promotions/<id:row_id>/compile"): "viewer",
    ("POST", "promotions/compile"): "viewer",
    ("POST", "stores/<id:row_id>/compile"): "viewer",
}
ROLES = ("viewer", "operator", "manager", "admin")


def operations(app: ServiceApp) -> list[tuple[str, str, str]]:
    """Method, path and permission of every operation of part B."""
    found = []
    for rule in app.url_map.iter_rules():
        path = rule.rule.removeprefix("/api/sync/v1/")
        permission = getattr(app.view_functions[rule.endpoint], "required_permission", None)
        if path.partition("/")[0] in (*LEAST, *REFERENCES) and permission is not None:
            found += [(method, path, permission) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]
    return found


def test_each_operation_needs_its_role(app: ServiceApp) -> None:
    seen = operations(app)
    assert len(seen) > 80
    for method, path, permission in seen:
        word = path.partition("/")[0]
        ordinary = "viewer" if method == "GET" or word == "edge" else LEAST.get(word, "manager")
        least = OTHERWISE.get((method, path), ordinary)
        able = [role for role in ROLES if permission in ROLE_PERMISSIONS[role]]
        assert able == list(ROLES[ROLES.index(least) :]), (method, path, permission)
    assert {(method, path) for method, path, _permission in seen} >= OTHERWISE.keys()


def test_a_role_too_low_is_refused(company: Company, person: MakePerson) -> None:
    promotion = company.promotion("ONE")
    viewer, operator, manager = (person(roles=[role]) for role in ROLES[:3])
    for who, method, path, body in (
        (viewer, "POST", "edge/usage", {"usages": [{}]}),
        (operator, "PATCH", f"promotions/{promotion}", {"name": "B"}),
        (operator, "POST", "promotion-settings", {"future_days": 3}),
        (operator, "DELETE", f"stores/{company.stores['S1']}", None),
        (manager, "POST", "edge-servers", {"store_id": company.stores["S1"]}),
        (manager, "POST", "promotion-settings/force-full-sync", {"comment": "Why?"}),
    ):
        refused = who.call(method, path, body)
        assert refused.status_code == 403, (method, path)
        assert refused.get_json()["code"].lower() == "permission_missing"
    assert answered(viewer.get(f"promotions/{promotion}"))["version"] == 1


@pytest.fixture
def other(company: Company, person: MakePerson, other_tenant: uuid.UUID) -> Company:
    """Another company with one of everything that can be named."""
    theirs = Company.found(person(tenant_id=other_tenant), other_tenant)
    brand, store = theirs.brands["soto"], theirs.stores["S1"]
    ids = theirs.ids
    ids["category"] = theirs.add("categories", brand_id=brand, name="Soups")
    ids["product"] = theirs.add(
        "products", brand_id=brand, category_id=ids["category"], name="Soto", sku="1", price="1"
    )
    ids["modifier"] = theirs.add("modifiers", brand_id=brand, name="Size")
    ids["area"] = theirs.add("table-areas", store_id=store, name="Hall")
    ids["promotion"] = theirs.promotion("THEIRS")
    ids["server"] = theirs.add("edge-servers", store_id=store)
    return theirs


def test_nothing_of_another_company_is_seen_or_moved(company: Company, other: Company) -> None:
    ada, ids, brand, store = company.person, other.ids, other.brands["soto"], other.stores["S1"]
    rows = {
        "brands": brand,
        "stores": store,
        "categories": ids["category"],
        "products": ids["product"],
        "modifiers": ids["modifier"],
        "table-areas": ids["area"],
        "promotions": ids["promotion"],
        "edge-servers": ids["server"],
    }
    for path, row in rows.items():
        for method in ("GET", "PATCH", "DELETE"):
            sent: dict[str, Any] | None = {} if method == "PATCH" else None
            assert ada.call(method, f"{path}/{row}", sent).status_code == 404, (method, path)
    for path in (
        *(f"promotions/{ids['promotion']}/compile", f"stores/{store}/compile"),
        f"edge-servers/{ids['server']}/renew-secret",
    ):
        assert ada.post(path).status_code == 404, path
    assert ada.post("promotions/compile", {"ids": [ids["promotion"]]}).status_code == 404
    assert ada.get(f"promotions/{ids['promotion']}/usages").status_code == 404
    for layer, target in (("brand", brand), ("store", store)):
        path = f"promotion-settings/overrides/{layer}/{target}"
        assert ada.put(path, {"future_days": 3}).status_code == 404
        assert ada.delete(path).status_code == 404
    asked = {"store_id": store}
    for path in ("promotion-settings/effective", "promotion-settings/preview-query"):
        assert ada.get(path, query_string=asked).status_code == 404, path
    for place in (asked, {"brand_id": brand}):
        assert ada.post("promotion-settings/preview", place).status_code == 404
    own_brand = company.brands["soto"]
    for path, body, pointer in (
        ("stores", {"brand_id": brand, "store_code": "X", "store_name": "X"}, "/brand_id"),
        ("categories", {"brand_id": own_brand, "name": "X", "parent_id": ids["category"]}, "/parent_id"),
        ("modifier-options", {"modifier_id": ids["modifier"], "name": "X"}, "/modifier_id"),
        ("product-modifiers", {"product_id": ids["product"], "modifier_id": ids["modifier"]}, "/product_id"),
        ("tables", {"area_id": ids["area"], "number": "1"}, "/area_id"),
        ("edge-servers", {"store_id": store}, "/store_id"),
    ):
        refused = ada.post(path, body)
        (error,) = refused.get_json()["errors"]
        assert (refused.status_code, error["pointer"], error["code"]) == (422, pointer, "unknown_reference"), path
    one = company.promotion("ONE")
    for name in ("brands", "exclude_brands", "trigger_brands", "benefit_brands", "stores"):
        target = store if name == "stores" else brand
        assert ada.patch(f"promotions/{one}", {name: [target]}).status_code == 422, name
    for change in (
        {"categories": [ids["category"]]},
        {"exclude_products": [ids["product"]]},
        {"combo_products": [ids["product"]]},
        {"cannot_combine_with": [ids["promotion"]]},
        {"required_product": ids["product"]},
    ):
        assert ada.patch(f"promotions/{one}", change).status_code == 422, change
    use: dict[str, Any] = {
        "promotion_id": one,
        "bill_id": "B1",
        "discount_amount": "1.00",
        "used_at": "2026-01-01T10:00:00Z",
        "store_id": company.stores["S1"],
    }
    told = ada.post("edge/usage", {"usages": [use | {"promotion_id": ids["promotion"]}, use | {"store_id": store}]})
    assert [error["code"] for error in told.get_json()["errors"]] == ["PROMOTION_NOT_FOUND", "STORE_NOT_FOUND"]
    assert ada.get("edge/promotions", query_string=company.query(brand_id=brand)).get_json()["code"] == (
        "BRAND_NOT_FOUND"
    )
    assert answered(other.person.get(f"promotions/{ids['promotion']}"))["version"] == 1


def test_what_is_no_uuid_is_told_so_wherever_it_stands(company: Company) -> None:
    ada, one = company.person, company.promotion("ONE")
    for wrong in ("x", "123", "{5f3e9b1c-2d64-4c39-8a55-1b7e0c9d4f21}", 5, ["x"]):
        for method, path, body in (
            ("POST", "stores", {"brand_id": wrong, "store_code": "X", "store_name": "X"}),
            ("PATCH", f"promotions/{one}", {"stores": [wrong]}),
            ("PATCH", f"promotions/{one}", {"get_product": wrong}),
            ("POST", "promotions/compile", {"ids": [wrong]}),
            ("POST", "promotion-settings/preview", {"store_id": wrong}),
            ("POST", "company/compile", {"company_id": wrong}),
        ):
            refused = ada.call(method, path, body)
            assert (refused.status_code, refused.get_json()["code"]) == (400, "invalid_uuid"), (path, wrong)
    for path in (
        *("promotions/x", "promotions/x/compile", "stores/x/compile", "company/compile/x"),
        *(
            "products?brand_id=x",
            "promotions?brand=x",
            "sync-log?store_id=x",
            "promotion-settings/effective?store_id=x",
        ),
        *("promotion-settings/overrides/store/x", "stores?company_id=x"),
    ):
        refused = ada.call("DELETE" if "overrides" in path else "POST" if "compile" in path else "GET", path)
        if path == "company/compile/x":
            refused = ada.get(path)
        assert (refused.status_code, refused.get_json()["code"]) == (400, "invalid_uuid"), path
    token = ada.client.post("/api/sync/v1/edge/token", json={"store_id": "x", "secret": "x"})
    assert (token.status_code, token.get_json()["code"]) == (400, "INVALID_UUID")
