"""Pipelines that load what promotions refer to: stores are sent it, and only what really changed."""

from typing import Any

from tests.sync.stores import Clock, Company, answered
from tests.sync.working import Sync

CATEGORIES: dict[str, Any] = {
    "entity": "menu",
    "transform": {
        "field_mappings": {"name": "name", "brand": {"to": "brand_id", "type": "uuid"}, "place": "sort_order"},
    },
    "target": {"type": "table", "config": {"table": "promotions.category", "key": ["brand_id", "name"]}},
}
PRODUCTS: dict[str, Any] = {
    "entity": "menu",
    "transform": {
        "field_mappings": {"no": "sku", "label": "name", "price": "price", "brand": {"to": "brand_id", "type": "uuid"}},
        "lookups": {
            "category_id": {"table": "promotions.category", "match": {"name": "group"}, "on_missing": "park"},
        },
    },
    "target": {"type": "table", "config": {"table": "promotions.product", "key": "sku"}},
    "deletes": {"detect": True},
}


def dish(company: Company, number: str, price: str, group: str = "Soups") -> dict[str, Any]:
    return {"no": number, "label": f"Dish {number}", "price": price, "group": group, "brand": company.brands["soto"]}


def prices(company: Company) -> dict[str, str]:
    return {each["sku"]: each["price"] for each in company.ask("products")["products"]}


def test_a_menu_is_loaded_and_sent(company: Company, sync: Sync, clock: Clock) -> None:
    sync.put("categories", **CATEGORIES)
    sync.put("dishes", **PRODUCTS)
    sync.source("categories", [{"name": "Soups", "brand": company.brands["soto"], "place": 1}])
    dishes = [dish(company, "1", "9.90"), dish(company, "2", "12.00"), dish(company, "3", "5.00", "Sides")]
    sync.source("dishes", dishes)
    assert sync.stats("categories") == {"created": 1}
    assert sync.stats("dishes") == {"created": 2, "parked": 1}
    assert prices(company) == {"1": "9.90", "2": "12.00"}
    sync.source("categories", [{"name": "Sides", "brand": company.brands["soto"], "place": 2}])
    sync.run("categories")
    sync.work()  # what waited for its category
    assert prices(company).keys() == {"1", "2", "3"}

    version = company.ask("version")["version"]
    assert sync.stats("dishes") == {"unchanged": 3}
    assert company.ask("version")["version"] == version
    cursor = company.ask("products")["cursor"]
    sync.source("dishes", [dish(company, "1", "10.50"), *dishes[1:]])
    assert sync.stats("dishes") == {"updated": 1, "unchanged": 2}
    assert company.ask("version")["version"] == version + 1
    assert [each["price"] for each in company.ask("products", cursor=cursor)["products"]] == ["10.50"]

    # A person's price stays until the source changes; then the source wins, as the file says.
    (row,) = answered(company.person.get("products", query_string={"sku": "2"}))["results"]
    answered(company.person.patch(f"products/{row['id']}", {"price": "1.00"}))
    sync.run("dishes")
    assert prices(company)["2"] == "1.00"
    sync.source("dishes", [dish(company, "1", "10.50"), dish(company, "2", "13.00"), dishes[2]])
    assert sync.stats("dishes")["updated"] == 1
    assert prices(company)["2"] == "13.00"

    sync.source("dishes", [dish(company, "1", "10.50"), dishes[2]])
    assert sync.stats("dishes", mode="full")["deleted"] == 1
    assert prices(company).keys() == {"1", "3"}
    assert company.person.get(f"products/{row['id']}").status_code == 404
    sync.source("dishes", [dish(company, "1", "10.50"), dish(company, "2", "2.00"), dishes[2]])
    assert sync.stats("dishes")["restored"] == 1
    assert answered(company.person.get(f"products/{row['id']}"))["price"] == "2.00"


def test_a_category_that_is_only_named_is_made(company: Company, sync: Sync) -> None:
    brand = {"to": "brand_id", "type": "uuid"}
    match = {"brand_id": "brand_id", "name": "group"}
    made = {"category_id": {"table": "promotions.category", "match": match, "on_missing": "placeholder"}}
    mapping = {"no": "sku", "label": "name", "price": "price", "brand": brand}
    sync.put("categories", **CATEGORIES)
    sync.put("dishes", **PRODUCTS | {"transform": {"field_mappings": mapping, "lookups": made}})
    sync.source("dishes", [dish(company, "1", "9.90"), dish(company, "2", "5.00")])
    assert sync.stats("dishes") == {"created": 2}
    (category,) = company.ask("categories")["categories"]
    assert (category["name"], category["sort_order"]) == ("Soups", 0)
    assert {each["category_id"] for each in company.ask("products")["products"]} == {category["id"]}
    sync.source("categories", [{"name": "Soups", "brand": company.brands["soto"], "place": 7}])
    assert sync.stats("categories") == {"updated": 1}
    (filled,) = company.ask("categories")["categories"]
    assert (filled["id"], filled["sort_order"]) == (category["id"], 7)

    made["category_id"]["match"] = {"name": "group"}
    file = sync.file("dishes", **PRODUCTS | {"transform": {"field_mappings": mapping, "lookups": made}})
    refused = sync.person.call("PUT", "pipelines/dishes", data=file, content_type="application/yaml")
    (finding,) = refused.get_json()["findings"]
    assert finding["pointer"] == "/transform/lookups/category_id/on_missing"
    assert "brand_id" in finding["text"]


def test_groups_of_tables_are_loaded(company: Company, sync: Sync) -> None:
    area = company.add("table-areas", store_id=company.stores["S1"], name="Terrace")
    elsewhere = company.add("table-areas", store_id=company.stores["S2"], name="Hall")
    one, two = (company.add("tables", area_id=area, number=number) for number in "12")
    foreign = company.add("tables", area_id=elsewhere, number="1")
    mapping = {"label": "name", "store": {"to": "store_id", "type": "uuid"}, "of": "tables"}
    target = {"type": "table", "config": {"table": "promotions.table_group", "key": ["store_id", "name"]}}
    sync.put("groups", entity="menu", transform={"field_mappings": mapping}, target=target)
    rows = {"Long": [two, one], "Said": f"{one}; {two}", "Bare": "", "Wrong": ["x"], "Foreign": [one, foreign]}
    sync.source("groups", [{"label": name, "store": company.stores["S1"], "of": of} for name, of in rows.items()])
    assert sync.stats("groups") == {"created": 3, "errors": 2}
    groups = {each["name"]: each["tables"] for each in company.ask("table-groups")["table_groups"]}
    assert groups == {"Long": [two, one], "Said": [one, two], "Bare": []}
    assert sync.stats("groups")["unchanged"] == 3


def test_the_key_of_a_deleted_row_is_that_of_the_living_one(company: Company, sync: Sync) -> None:
    mapping = {"code": "code", "name": "name"}
    target = {"type": "table", "config": {"table": "promotions.brand", "key": "code"}}
    sync.put("brands", entity="brand", transform={"field_mappings": mapping}, target=target)
    gone = company.add("brands", code="NASI", name="Nasi")
    assert company.person.delete(f"brands/{gone}").status_code == 204
    living = company.add("brands", code="NASI", name="Nasi Two")
    sync.source("brands", [{"code": "NASI", "name": "Nasi Three"}, {"code": "BAKSO", "name": "Bakso"}, {"code": None}])
    assert sync.stats("brands") == {"created": 1, "updated": 1, "errors": 1}
    assert answered(company.person.get(f"brands/{living}"))["name"] == "Nasi Three"
    assert company.person.get(f"brands/{gone}").status_code == 404


def test_what_cannot_be_settled_is_refused(company: Company, sync: Sync) -> None:
    for change, pointer in (
        ({"conflict_strategy": "manual"}, "/target/conflict_strategy"),
        ({"write": "replace"}, "/target/write"),
    ):
        target = {**PRODUCTS["target"], **change}
        file = sync.file("dishes", **{**PRODUCTS, "target": target})
        refused = sync.person.call("PUT", "pipelines/dishes", data=file, content_type="application/yaml")
        assert refused.status_code == 422
        assert pointer in [finding["pointer"] for finding in refused.get_json()["findings"]]
