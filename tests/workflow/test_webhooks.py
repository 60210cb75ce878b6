"""Webhooks hear of items: the letters stand with the change, and only with it."""

from tests.fixtures.people import Person
from tests.workflow.working import moved, order, order_in


def test_events_of_an_item_become_letters_in_their_order(ada: Person) -> None:
    types = ["work_order.created", "work_order.submitted", "work_order.updated"]
    made = ada.post("webhooks", {"url": "https://93.184.216.34/x", "event_types": types})
    assert made.status_code == 201, made.get_data(as_text=True)
    assert made.get_json()["name"].startswith("hook-")
    row = order(ada)
    moved(ada, f"work-orders/{row['id']}", "SUBMITTED")
    ada.patch(f"work-orders/{row['id']}", {"title": "Other"})
    ada.post(f"work-orders/{row['id']}/approve")  # refused
    letters = ada.get("outbox?kind=webhook&ordering=created_at").get_json()["results"]
    assert [letter["subject"] for letter in letters] == types
    assert {letter["ordering_key"] for letter in letters} == {f"work_order:{row['id']}"}


def test_nothing_is_written_for_nobody(ada: Person) -> None:
    order_in(ada, "SUBMITTED")
    assert ada.get("outbox").get_json()["results"] == []


def test_a_webhook_asks_for_events_that_there_are(ada: Person) -> None:
    body = {"name": "hook", "url": "https://hook.example/x", "event_types": ["work_order.vanished"]}
    assert ada.post("webhooks", body).status_code == 422
