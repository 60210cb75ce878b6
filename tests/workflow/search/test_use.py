"""What the search is told and asked about itself: clicks, analytics, suggestions, the unified form."""

import uuid
from typing import Any

from services.workflow.models import Task, Ticket, WorkOrder
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson
from tests.workflow.search.items import Store
from tests.workflow.search.items import store as store


def clicked(person: Person, query_id: str, **body: Any) -> Any:
    return person.post(
        "search/clicks", {"query_id": query_id, "entity_type": "ticket", "entity_id": 1, "position": 1} | body
    )


def test_clicks_belong_to_ones_own_searches(ada: Person, person: MakePerson, store: Store) -> None:
    store(Ticket, "Pump")
    query_id = ada.post("search", {"query": "pump"}).get_json()["query_id"]
    assert clicked(ada, query_id).status_code == 201
    assert clicked(ada, query_id, entity_id="1", position=3).status_code == 201
    assert clicked(person(sub="bob"), query_id).status_code == 404
    assert clicked(ada, str(uuid.uuid4())).status_code == 404
    assert clicked(ada, query_id, position=0).status_code == 422
    assert clicked(ada, query_id, entity_type="planet").status_code == 422
    listed = ada.get(f"search/clicks?query_id={query_id}").get_json()["results"]
    assert [one["position"] for one in listed] == [3, 1]
    assert person(roles=["operator"]).get("search/clicks").status_code == 403


def test_a_click_by_correlation_id_on_the_long_known_paths(ada: Person) -> None:
    answer = ada.post("search", {"query": "pump"})
    body = {
        "correlation_id": answer.headers["X-Correlation-ID"],
        "entity_type": "ticket",
        "entity_id": 1,
        "position": 1,
    }
    assert ada.post("search/clicks", body, headers={"X-Contract": "v1-paths"}).status_code == 201
    elsewhere = ada.post("search/clicks", body)
    assert (elsewhere.status_code, elsewhere.get_json()["errors"][0]["pointer"]) == (422, "/query_id")
    assert ada.post("search/clicks", {}, headers={"X-Contract": "v1-paths"}).status_code == 400


def test_analytics_count_searches_clicks_and_what_nobody_finds(ada: Person, store: Store) -> None:
    store(Ticket, "Pump")
    ids = [ada.post("search", {"query": text}).get_json()["query_id"] for text in ("pump", "unicorn", "pumpe")]
    ada.post("search", {"query": "call +49 170 1234567"})
    clicked(ada, ids[0])
    found = ada.get("search/analytics").get_json()
    assert (found["total_searches"], found["total_clicks"], found["click_through_rate"]) == (4, 1, 0.25)
    assert found["zero_result_searches"] == 2
    queries = [one["query"] for one in found["zero_result_queries"]]
    assert "unicorn" in queries
    assert not any("1234567" in query for query in queries)


def test_suggestions_are_visible_titles_own_queries_and_what_worked_for_three(
    ada: Person, person: MakePerson, store: Store
) -> None:
    store(Ticket, "Elevator stuck", {"subject": "Elevator of ada@example.org"})
    store(WorkOrder, "Elevator cable")
    for sub in ("bob", "cyd", "dan"):
        person(sub=sub).post("search", {"query": "elevator stuck now"})
        person(sub=sub).post("search", {"query": "elevator cable"})
    ada.post("search", {"query": "Elevator music"})
    found = ada.get("search/suggestions?q=ELEV&limit=10").get_json()["suggestions"]
    assert found == ["Elevator stuck", "Elevator cable", "elevator music"]
    viewer = person(sub="eve", roles=[], permissions=["search.use", "workorder.view"])
    assert viewer.get("search/suggestions?q=elev").get_json()["suggestions"] == ["Elevator cable"]
    assert ada.get("search/suggestions?q=e").status_code == 422
    assert ada.get("search/suggestions?q=elev&limit=11").status_code == 422


def test_unified_search(ada: Person, store: Store) -> None:
    store(Ticket, {"subject": "Chiller noise", "priority": "HIGH"}, {"subject": "Chiller", "state": "OPEN"})
    store(Task, "Chiller filter")
    response = ada.get("search/unified?q=chilller&limit=10")
    found = response.get_json()
    assert found["total_count"] == found["total_results"] == 3
    assert found["fuzzy_matches"] == ["chiller"]
    assert set(found["modules_searched"]) == {"tickets", "work_orders", "assets", "people", "knowledge_base", "tasks"}
    assert found["correlation_id"] == response.headers["X-Correlation-ID"]
    assert found["search_time_ms"] > 0
    assert [one["entity"] for one in found["results"]] == ["ticket", "ticket", "task"]
    assert ada.get("search/unified?q=chiller&modules=tickets&priority=high").get_json()["total_count"] == 1
    assert ada.get("search/unified?q=chiller&status=OPEN&modules=tickets&modules=tasks").get_json()["total_count"] == 1
    assert ada.get("search/unified?q=chiller&date_from=2100-01-01").get_json()["total_count"] == 0
    again = ada.get("search/unified?q=chilller&limit=10")
    assert again.get_json()["from_cache"]
    assert again.get_json()["correlation_id"] == again.headers["X-Correlation-ID"] != found["correlation_id"]


def test_a_search_that_was_meant_semantically_is_answered_with_a_warning(ada: Person) -> None:
    warnings = ada.post("search", {"query": "pump", "semantic": True}).get_json()["warnings"]
    assert any("emantic" in warning for warning in warnings)
    words = " ".join(f"word{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(40))
    assert "8 were left out" in ada.post("search", {"query": words}).get_json()["warnings"][0]
