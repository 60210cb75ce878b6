"""Short forms of the calls that change many strings."""

from collections.abc import Mapping
from typing import Any

from werkzeug.test import TestResponse

from tests.fixtures.people import Person
from tests.propagation.naming import Naming

Body = dict[str, Any]


def wanted(string: Mapping[str, Any], values: Mapping[str, str | None] | None = None, **more: Any) -> Body:
    """One update of a batch of strings."""
    return {"string_id": string["id"]} | ({"values": dict(values)} if values is not None else {}) | more


def batch(naming: Naming, *updates: Body, person: Person | None = None, **options: Any) -> TestResponse:
    body: Body = {"updates": list(updates)} | ({"options": options} if options else {})
    return (person or naming.person).put("strings/batch_update", body)


def analyze(naming: Naming, *updates: Body, person: Person | None = None, **options: Any) -> TestResponse:
    return (person or naming.person).post("strings/analyze_impact", {"updates": list(updates)} | options)
