"""A small naming structure of a test's tenant, and strings in it, made through HTTP.

    account:  Brand - Region
    campaign: Brand _ Season | Note   (Note is optional and in brackets)
    ad:       Brand - Season - Note   (Season and Note are optional)

Brand, Region and Season are lists, Note is a text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.fixtures.people import Person

VALUES = {
    "Brand": ("NIKE", "PUMA", "VANS"),
    "Region": ("EU", "US"),
    "Season": ("SS26", "FW26"),
}


def made(response: TestResponse) -> Any:
    assert response.status_code == 201, response.get_json()
    return response.get_json()


def answered(response: TestResponse, status: int = 200) -> Any:
    assert response.status_code == status, response.get_json()
    return response.get_json()


@dataclass
class Naming:
    """Ids by name; `make` and `child` add strings."""

    person: Person
    platform: int = 0
    rule: int = 0
    fields: dict[str, int] = field(default_factory=dict)
    dimensions: dict[str, int] = field(default_factory=dict)
    values: dict[str, int] = field(default_factory=dict)
    rule_details: dict[tuple[str, str], int] = field(default_factory=dict)

    @classmethod
    def build(cls, person: Person) -> "Naming":
        naming = cls(person)
        naming.platform = naming.add("platforms", platform_type="social", name="Meta Ads")
        for level, name in ((3, "ad"), (2, "campaign"), (1, "account")):
            below = naming.fields.get({"campaign": "ad", "account": "campaign"}.get(name, ""))
            naming.fields[name] = naming.add(
                "fields", platform=naming.platform, name=name, field_level=level, next_field=below
            )
        for name in (*VALUES, "Note"):
            naming.dimensions[name] = naming.add("dimensions", name=name, type="text" if name == "Note" else "list")
        for dimension, values in VALUES.items():
            for value in values:
                naming.add_value(dimension, value)
        naming.rule = naming.add("rules", platform=naming.platform, name="Standard", is_default=True)
        naming.set_rule("account", [("Brand", {}), ("Region", {})])
        note = {"prefix": "[", "suffix": "]", "is_required": False}
        naming.set_rule("campaign", [("Brand", {"delimiter": "_"}), ("Season", {"delimiter": "|"}), ("Note", note)])
        naming.set_rule("ad", [("Brand", {}), ("Season", {"is_required": False}), ("Note", {"is_required": False})])
        return naming

    def add(self, path: str, **body: Any) -> int:
        row_id: int = made(self.person.post(path, body))["id"]
        return row_id

    def add_value(self, dimension: str, value: str, **more: Any) -> int:
        self.values[value] = self.add("dimension-values", dimension=self.dimensions[dimension], value=value, **more)
        return self.values[value]

    def set_rule(self, field_name: str, parts: list[tuple[str, dict[str, Any]]]) -> None:
        for order, (dimension, options) in enumerate(parts, start=1):
            self.rule_details[field_name, dimension] = self.add(
                "rule-details",
                rule=self.rule,
                field=self.fields[field_name],
                dimension=self.dimensions[dimension],
                dimension_order=order,
                **options,
            )

    def body(self, field_name: str, parent: int | None = None, **more: Any) -> dict[str, Any]:
        """A body for POST strings; `values={"Brand": "NIKE"}` is the short form of its details."""
        rule = {} if parent is not None else {"rule": self.rule}
        return {"field": self.fields[field_name], "parent": parent} | rule | more

    def make(
        self, field_name: str, values: Mapping[str, str | None] | None = None, parent: int | None = None, **more: Any
    ) -> dict[str, Any]:
        """A new string as the service shows it."""
        body = self.body(field_name, parent, values=dict(values or {}), **more)
        string: dict[str, Any] = made(self.person.post("strings", body))
        return string

    def tree(self, campaigns: int = 2, ads: int = 2) -> dict[str, Any]:
        """NIKE-EU with campaigns of different notes and ads of different notes below each."""
        account = self.make("account", {"Brand": "NIKE", "Region": "EU"})
        chosen = {"Brand": "NIKE", "Season": "SS26"}
        middle = [self.make("campaign", chosen | {"Note": f"c{n}"}, account["id"]) for n in range(campaigns)]
        lowest = [self.make("ad", chosen | {"Note": f"a{n}"}, above["id"]) for above in middle for n in range(ads)]
        return {"account": account, "campaigns": middle, "ads": lowest}

    def string(self, string_id: int) -> dict[str, Any]:
        found: dict[str, Any] = answered(self.person.get(f"strings/{string_id}"))
        return found


def detail_of(string: Mapping[str, Any], dimension: str) -> dict[str, Any]:
    """The detail of a string for the dimension of this name."""
    found: dict[str, Any] = next(row for row in string["details"] if row["dimension_name"] == dimension)
    return found


@pytest.fixture
def naming(ada: Person) -> Naming:
    return Naming.build(ada)
