"""Kept answers: found again however the same was asked, never by another, never after a write."""

import uuid
from typing import Any

from services.workflow.models import Ticket, WorkOrder
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson
from tests.workflow.search.items import Store
from tests.workflow.search.items import store as store


def ask(person: Person, query: str, **body: Any) -> Any:
    return person.post("search", {"query": query} | body).get_json()


def test_the_same_question_in_another_spelling_is_a_hit(ada: Person, store: Store) -> None:
    store(Ticket, "Pump leaks")
    first = ask(ada, "Pump leaks", entities=["ticket", "task"], filters={"ticket": {"status": ["NEW", "OPEN"]}})
    again = ask(ada, " pump   LEAKS ", entities=["task", "ticket"], filters={"ticket": {"status": ["open", "new"]}})
    assert (first["from_cache"], again["from_cache"]) == (False, True)
    assert {**again, "from_cache": False, "response_time_ms": 0} == {**first, "response_time_ms": 0}
    assert not ask(ada, "pump leaks", entities=["ticket", "task"])["from_cache"]
    assert not ask(ada, "pump leaks", entities=["ticket", "task"], fuzzy=False)["from_cache"]


def test_everything_spelled_out_is_everything(ada: Person, store: Store) -> None:
    store(Ticket, "Pump leaks")
    ask(ada, "pump")
    everything = ["work_order", "ticket", "task", "tour", "people", "asset", "location", "knowledge", "report"]
    assert ask(ada, "pump", entities=everything)["from_cache"]


def test_nobody_gets_anothers_answer(ada: Person, person: MakePerson, store: Store) -> None:
    store(Ticket, "Pump leaks")
    assert ask(ada, "pump")["total_results"] == 1
    assert not ask(person(sub="bob"), "pump")["from_cache"]
    assert not ask(person(roles=["viewer"]), "pump")["from_cache"]
    stranger = ask(person(tenant_id=uuid.uuid4()), "pump")
    assert (stranger["from_cache"], stranger["total_results"]) == (False, 0)


def test_a_write_makes_answers_about_its_kind_unfindable(ada: Person, store: Store) -> None:
    made = ada.post("work-orders", {"title": "Pump one"}).get_json()
    store(Ticket, "Pump two")
    ask(ada, "pump", entities=["work_order"])
    ask(ada, "pump", entities=["ticket"])
    ada.post("work-orders", {"title": "Pump three"})
    assert ask(ada, "pump", entities=["work_order"])["total_results"] == 2
    assert ask(ada, "pump", entities=["ticket"])["from_cache"]
    ada.post(f"work-orders/{made['id']}/submit", {})
    assert (
        ask(ada, "pump", entities=["work_order"], filters={"work_order": {"status": "SUBMITTED"}})["total_results"] == 1
    )


def test_a_refused_write_leaves_kept_answers_alone(ada: Person, store: Store) -> None:
    store(WorkOrder, "Pump one")
    ask(ada, "pump", entities=["work_order"])
    assert ada.post("work-orders", {"title": "Pump", "vendor_id": 99}).status_code == 422
    assert ask(ada, "pump", entities=["work_order"])["from_cache"]


def test_invalidation_and_statistics(ada: Person, person: MakePerson, store: Store) -> None:
    store(Ticket, "Pump")
    assert ada.get("search/cache/statistics").get_json() == {"hits": 0, "misses": 0, "requests": 0, "hit_rate": 0.0}
    ask(ada, "pump", entities=["ticket"])
    ask(ada, "pump", entities=["ticket"])
    answer = ada.post("search/cache/invalidate", {"entities": ["ticket"]})
    assert answer.get_json() == {"entities": ["ticket"]}
    assert not ask(ada, "pump", entities=["ticket"])["from_cache"]
    found = ada.get("search/cache/statistics").get_json()
    assert (found["hits"], found["misses"], found["requests"]) == (1, 2, 3)
    assert found["hit_rate"] == 0.3333
    assert person(roles=["manager"]).post("search/cache/invalidate", {}).status_code == 403
