"""Bulk calls as tests make them."""

import uuid
from typing import Any

from sqlalchemy import text
from werkzeug.test import TestResponse

from shared.app import ServiceApp
from shared.tenancy import Context
from tests.fixtures.people import Person


def bulk(person: Person, address: str, **body: Any) -> TestResponse:
    """`work-orders/approve` is `work-orders/bulk/approve`."""
    entity, operation = address.split("/")
    return person.post(f"{entity}/bulk/{operation}", body)


def told(answer: TestResponse, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.get_data(as_text=True)
    body: dict[str, Any] = answer.get_json()
    return body


def statuses(body: dict[str, Any]) -> list[tuple[Any, str, str | None]]:
    return [(item["id"], item["status"], item["code"]) for item in body["items"]]


def versions(person: Person, path: str, ids: list[int]) -> list[int]:
    return [person.get(f"{path}/{item}").get_json()["version"] for item in ids]


def many_orders(app: ServiceApp, tenant_id: uuid.UUID, number: int, *, state: str = "DRAFT") -> list[int]:
    """Ids of that many work orders, stored past the service; the tenant has to be known."""
    with app.runtime.db.transaction(Context(tenant_id=tenant_id)) as session:
        found = session.scalars(
            text(
                "insert into work_orders (tenant_id, number, title, state, requester)"
                " select :tenant, 'B-' || n || '-' || :state, 'Order ' || n, :state, 'ada'"
                " from generate_series(1, :number) as n returning id"
            ),
            {"tenant": tenant_id, "state": state, "number": number},
        )
        return sorted(found)
