"""A rule set about records, and records for it."""

from typing import Any

from werkzeug.test import TestResponse

from tests.fixtures.people import Person
from tests.validation.domain.rules.test_reading import PRODUCTS

NAME = "legacy-products"
ADDRESS = f"rule-sets/{NAME}"


def stored(person: Person, text: str = PRODUCTS, name: str = NAME) -> TestResponse:
    """The set, stored from its YAML."""
    return person.call("PUT", f"rule-sets/{name}", data=text, headers={"Content-Type": "application/yaml"})


def product(place: int, **changes: object) -> dict[str, Any]:
    return {
        "sku": f"A-{place}",
        "name": "Apple",
        "price": 1.5,
        "currency": "EUR",
        "category": "fruit",
        "listed_on": "2024-01-01",
        "delisted_on": None,
    } | changes


def rules(*listed: dict[str, Any], **head: Any) -> dict[str, Any]:
    """A definition as JSON."""
    return {"target": "records", "fields": {"a": "integer", "b": "text"}, "rules": list(listed)} | head
