"""A company with stores, as tests of promotions arrange it through HTTP."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from werkzeug.test import TestResponse

from tests.fixtures.people import Person


def answered(response: TestResponse) -> Any:
    assert response.status_code < 300, response.get_data(as_text=True)
    return response.get_json()


class Clock:
    """The moment for which edges are answered."""

    def __init__(self) -> None:
        self.now = datetime(2026, 6, 15, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Company:
    """Two brands, three stores; `day` is the day that tests count from."""

    person: Person
    id: uuid.UUID
    day: date
    brands: dict[str, str] = field(default_factory=dict)
    stores: dict[str, str] = field(default_factory=dict)
    numbers: int = 0
    ids: dict[str, str] = field(default_factory=dict)

    @classmethod
    def found(cls, person: Person, tenant_id: uuid.UUID, **values: Any) -> "Company":
        answered(person.post("company", {"code": "W", "name": "Warung"} | values))
        company = cls(person, tenant_id, date(2026, 6, 15))
        for code in ("soto", "kopi"):
            company.brands[code] = company.add("brands", code=code, name=code.title())
        for code, brand in (("S1", "soto"), ("S2", "soto"), ("K1", "kopi")):
            company.stores[code] = company.add(
                "stores", brand_id=company.brands[brand], store_code=code, store_name=code
            )
        return company

    def add(self, path: str, **values: Any) -> str:
        made: str = answered(self.person.post(path, values))["id"]
        return made

    def promotion(self, code: str = "", start: int = 0, end: int = 0, **values: Any) -> str:
        """A promotion from so many days after `day` to so many days after it."""
        self.numbers += 1
        ordinary = {
            "code": code or f"P{self.numbers}",
            "name": code or f"P{self.numbers}",
            "promo_type": "percent_discount",
            "discount_percent": "10.00",
            "start_date": (self.day + timedelta(start)).isoformat(),
            "end_date": (self.day + timedelta(end)).isoformat(),
        }
        return self.add("promotions", **ordinary | values)

    def query(self, store: str = "S1", **more: Any) -> dict[str, Any]:
        return {"company_id": str(self.id), "store_id": self.stores.get(store, store)} | more

    def ask(self, what: str = "promotions", store: str = "S1", *, person: Person | None = None, **more: Any) -> Any:
        query = {name: value for name, value in self.query(store, **more).items() if value is not None}
        return answered((person or self.person).get(f"edge/{what}", query_string=query))
