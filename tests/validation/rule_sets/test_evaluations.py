"""Batches posted to rule sets: what is answered, what is refused, what is kept."""

from typing import Any

import pytest
from sqlalchemy import event

from shared.app import ServiceApp
from tests.fixtures.people import Person
from tests.validation.rule_sets.products import ADDRESS, product, rules, stored
from tests.validation.working import refusal

EVALUATE = f"{ADDRESS}/evaluate"
GIVEN = {"id": "given", "kind": "not_null", "field": "b"}


@pytest.fixture
def keeper(ada: Person) -> Person:
    """Somebody with the set and its list."""
    stored(ada)
    ada.put(f"{ADDRESS}/lists/product-categories", {"values": ["fruit", "service"]})
    return ada


def evaluated(person: Person, records: list[Any], /, **body: Any) -> dict[str, Any]:
    answer = person.post(EVALUATE, {"records": records} | body)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.get_json()
    return found


def test_the_answer_tells_which_records_break_which_rule(keeper: Person) -> None:
    records = [product(0), product(1, price=0), product(2, category="stone"), 7, product(0, currency="CHF")]
    found = evaluated(keeper, records)
    assert found.pop("duration_ms") >= 0
    failures, per_rule = found.pop("failures"), {one["rule"]: one for one in found.pop("rules")}
    assert found == {
        "rule_set": "legacy-products",
        "version": 1,
        "records": 5,
        "passed": 2,
        "failed": 3,
        "warned": 1,
        "verdict": "fail",
        "failed_indexes": [1, 3, 4],
        "warned_indexes": [2],
        "failures_truncated": False,
    }
    assert [(one["index"], one["key"], [v["rule"] for v in one["violations"]]) for one in failures] == [
        (1, {"sku": "A-1"}, ["price_range"]),
        (2, {"sku": "A-2"}, ["category_known"]),
        (3, {"sku": None}, ["record_shape"]),
        (4, {"sku": "A-0"}, ["sku_once", "currency_known"]),
    ]
    assert failures[0]["violations"][0]["message"] == "A price lies between 0.01 and 100000; this one is 0."
    assert per_rule["price_range"] == {
        "rule": "price_range",
        "severity": "error",
        "judged": 4,
        "failed": 1,
        "not_judged": 1,
        "failed_ratio": 0.25,
        "status": "fail",
    }
    assert per_rule["category_known"]["status"] == "warn"
    again = evaluated(keeper, records)
    assert (again["failures"], again["failed_indexes"]) == (failures, [1, 3, 4])


def test_indexes_are_complete_however_little_is_told(keeper: Person) -> None:
    records = [product(place, price=-1) for place in range(5000)]
    found = evaluated(keeper, records, failure_limit=2)
    assert (len(found["failures"]), found["failures_truncated"]) == (2, True)
    assert found["failed_indexes"] == list(range(5000))
    summary = evaluated(keeper, records, detail="summary")
    assert (summary["failures"], summary["failures_truncated"], summary["failed"]) == ([], False, 5000)
    assert evaluated(keeper, [])["verdict"] == "pass"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/records", "required"),
        ({"records": None}, "/records", "null"),
        ({"records": {"a": 1}}, "/records", "no_array"),
        ({"records": [{}] * 5001}, "/records", "too_many_records"),
        ({"records": [], "version": "1"}, "/version", "invalid"),
        ({"records": [], "detail": "all"}, "/detail", "invalid"),
        ({"records": [], "failure_limit": 5001}, "/failure_limit", "invalid"),
        ({"records": [], "label": " "}, "/label", "blank"),
        ({"records": [], "more": 1}, "/more", "unknown_field"),
    ],
)
def test_requests_of_the_wrong_form(keeper: Person, body: dict[str, Any], pointer: str, code: str) -> None:
    answer = keeper.post(EVALUATE, body)
    assert refusal(answer) == (422, code)
    assert answer.get_json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("body", [b"{", b'{"records": [{"price": NaN}]}', b'{"records": [{"price": 1e400}]}'])
def test_bodies_that_are_no_json(keeper: Person, body: bytes) -> None:
    answer = keeper.call("POST", EVALUATE, data=body, headers={"Content-Type": "application/json"})
    assert refusal(answer) == (400, "not_parseable")


def test_versions_judge_as_they_did(keeper: Person) -> None:
    keeper.put("rule-sets/grown", rules(GIVEN))
    keeper.put("rule-sets/grown", rules(GIVEN, {"id": "low", "kind": "range", "field": "a", "min": 0}))
    for version, failed in ((1, []), (2, [0]), (None, [0])):
        body = {"records": [{"a": -1, "b": "x"}]} | ({"version": version} if version else {})
        assert keeper.post("rule-sets/grown/evaluate", body).get_json()["failed_indexes"] == failed
    assert refusal(keeper.post("rule-sets/grown/evaluate", {"records": [], "version": 3})) == (404, "not_found")
    assert refusal(keeper.post("rule-sets/nothing/evaluate", {"records": []})) == (404, "not_found")


def test_totals_are_kept_by_label_and_page(keeper: Person) -> None:
    bad, soft = product(1, price=-1), product(1, category="stone")
    evaluated(keeper, [bad, bad], label="r1", page=1)
    evaluated(keeper, [soft], label="r1", page=2)
    evaluated(keeper, [product(1)] * 1, label="r2")
    evaluated(keeper, [product(1)])
    listed = {one["label"]: one for one in keeper.get(f"{ADDRESS}/evaluations").get_json()["results"]}
    assert set(listed) == {"r1", "r2"}
    first = listed["r1"]
    assert {name: first[name] for name in ("pages", "records", "passed", "failed", "warned", "verdict")} == {
        "pages": 2,
        "records": 3,
        "passed": 1,
        "failed": 2,
        "warned": 1,
        "verdict": "fail",
    }
    evaluated(keeper, [product(1)], label="r1", page=1)
    (first,) = keeper.get(f"{ADDRESS}/evaluations?label=r1").get_json()["results"]
    assert (first["pages"], first["records"], first["failed"], first["verdict"]) == (2, 2, 0, "warn")


def test_a_repeated_call_with_a_key_is_answered_as_before(keeper: Person) -> None:
    headers = {"Idempotency-Key": "one"}
    body = {"records": [product(1)], "label": "r1"}
    first, second = (keeper.post(EVALUATE, body, headers=headers) for _ in range(2))
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.get_json() == first.get_json()
    assert refusal(keeper.post(EVALUATE, body | {"label": "r2"}, headers=headers))[0] == 422


def test_statements_do_not_grow_with_records(keeper: Person, app: ServiceApp) -> None:
    def statements(count: int) -> int:
        seen: list[str] = []
        records = [product(place, category=f"c{place}") for place in range(count)]

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        event.listen(app.runtime.db.engine, "before_cursor_execute", note)
        try:
            evaluated(keeper, records, label="r", page=count)
        finally:
            event.remove(app.runtime.db.engine, "before_cursor_execute", note)
        return len(seen)

    evaluated(keeper, [product(1)])
    few, many = statements(10), statements(2000)
    assert few == many
    assert few <= 8


def test_odd_texts_reach_no_statement(keeper: Person) -> None:
    records = [product(1, category="stone\0"), product(2, category="x" * 5000), product(3, name="\t")]
    assert evaluated(keeper, records)["warned_indexes"] == [0, 1]
