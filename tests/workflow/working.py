"""Items as tests need them, made through HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fixtures.people import Person


def made(person: Person, path: str, /, **body: Any) -> dict[str, Any]:
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


def task(person: Person, **body: Any) -> dict[str, Any]:
    return made(person, "tasks", **({"title": "Check the pump room", "assigned_to_user": "grace"} | body))


def tour(person: Person, *names: str, **body: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A tour and its checkpoints."""
    row = task(person, kind="tour", **body)
    return row, [made(person, f"tasks/{row['id']}/checkpoints", name=name) for name in names]


def record(who: Person, /, **body: Any) -> dict[str, Any]:
    """An attendance record of this moment."""
    now = datetime.now(UTC).isoformat()
    return made(who, "attendance", **({"person": "grace", "event_at": now} | body))


def ago(**span: float) -> str:
    """A time that many hours (days, minutes) ago."""
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


def ahead(**span: float) -> str:
    return (datetime.now(UTC) + timedelta(**span)).isoformat()


def audit_rows(person: Person, entity: str, item_id: int, **filters: str) -> list[dict[str, Any]]:
    """The audit rows of an item in the order of time."""
    query = "&".join(
        f"{name}={value}" for name, value in ({"entity": entity, "ordering": "created_at"} | filters).items()
    )
    answer = person.get(f"audit-log?entity_id={item_id}&{query}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    rows: list[dict[str, Any]] = answer.get_json()["results"]
    return rows
