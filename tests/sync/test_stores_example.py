"""The company of `examples/stores`: all of it is taken, every type compiles, a repetition adds nothing."""

import uuid

from examples.stores.load import calls, id_of
from services.sync.domain.promotions.promotion import PROMO_TYPES
from tests.fixtures.people import Person
from tests.sync.stores import answered


def test_the_whole_company_is_taken(ada: Person, tenant_id: uuid.UUID) -> None:
    made = {path: 0 for path, _body in calls()}
    for path, body in calls():
        answer = answered(ada.post(path, body))
        made[path] += 1
        assert answer.get("warnings", []) == [], body["code"]
    assert {ada.post(path, body).status_code for path, body in dict(calls()).items()} == {409}
    compiled = answered(ada.post("promotions/compile"))
    assert {each["promo_type"] for each in compiled["promotions"]} == set(PROMO_TYPES)
    assert (compiled["count"], compiled["errors"]) == (made["promotions"], [])
    asked = {"company_id": str(tenant_id), "store_id": id_of("station")}
    totals = {
        path: answered(ada.get(f"edge/{path}", query_string=asked))["total"] for path in made if path != "company"
    }
    soto_alone = {"brands": 1, "stores": 1, "categories": 3, "products": 6, "promotions": made["promotions"] - 1}
    assert totals == {path: soto_alone.get(path, made[path]) for path in totals}
