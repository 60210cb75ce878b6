"""Items as tests need them, made through HTTP."""

from typing import Any

from tests.fixtures.people import Person


def made(person: Person, path: str, **body: Any) -> dict[str, Any]:
    """The created row."""
    answer = person.post(path, body)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    row: dict[str, Any] = answer.get_json()
    return row


def order(person: Person, **body: Any) -> dict[str, Any]:
    return made(person, "work-orders", **({"title": "Elevator door does not close"} | body))


def ticket(person: Person, **body: Any) -> dict[str, Any]:
    return made(person, "tickets", **({"subject": "Elevator does not come"} | body))


def vendor(person: Person, **body: Any) -> dict[str, Any]:
    return made(person, "vendors", **({"name": "Lift & Co."} | body))


def moved(person: Person, address: str, target: str, **body: Any) -> dict[str, Any]:
    """The result of a transition that has to succeed."""
    answer = person.post(f"{address}/transition", {"target_state": target} | body)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    result: dict[str, Any] = answer.get_json()
    return result


PATH = ("DRAFT", "SUBMITTED", "APPROVED", "IN_PROGRESS", "COMPLETED", "CLOSED")


def order_in(person: Person, state: str, **body: Any) -> dict[str, Any]:
    """A work order that has gone the straight way to `state`."""
    if state not in ("DRAFT", "SUBMITTED") and "vendor_id" not in body:
        found = person.get("vendors").get_json()["results"]
        body["vendor_id"] = (found or [vendor(person)])[0]["id"]
    row = order(person, **body)
    for target in PATH[1 : PATH.index(state) + 1]:
        row = moved(person, f"work-orders/{row['id']}", target, comments="as planned")["entity"]
    return row
