"""Rows as tests need them, made through HTTP, and what is asked of answers."""

from typing import Any

from werkzeug.test import TestResponse

from tests.fixtures.people import Person


def made(person: Person, path: str, /, **body: Any) -> dict[str, Any]:
    """The created row."""
    answer = person.post(path, body)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    row: dict[str, Any] = answer.get_json()
    return row


def chronicle(person: Person, **body: Any) -> dict[str, Any]:
    return made(person, "chronicles", **({"name": "Berlin by Night"} | body))


def character(person: Person, **body: Any) -> dict[str, Any]:
    return made(person, "characters", **({"name": "Lena"} | body))


def gameline(person: Person, code: str = "vtm") -> int:
    """The id of one that the tenant starts with."""
    (found,) = person.get(f"gamelines?code={code}").get_json()["results"]
    number: int = found["id"]
    return number


def changed(person: Person, path: str, /, **body: Any) -> dict[str, Any]:
    """The row after a change that has to succeed."""
    answer = person.patch(path, body)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    row: dict[str, Any] = answer.get_json()
    return row


def refusal(answer: TestResponse) -> tuple[int, str]:
    """Status and code."""
    return answer.status_code, answer.get_json()["code"]


def faults(answer: TestResponse) -> dict[str, str]:
    """Pointer to code, of a request that is refused as wrong."""
    assert answer.status_code == 422, answer.get_data(as_text=True)
    return {error["pointer"]: error["code"] for error in answer.get_json()["errors"]}


def audit_rows(person: Person, entity: str, row_id: int) -> list[dict[str, Any]]:
    """The audit rows of one row in the order of time."""
    answer = person.get(f"audit-log?entity={entity}&entity_id={row_id}&ordering=created_at")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    rows: list[dict[str, Any]] = answer.get_json()["results"]
    return rows
