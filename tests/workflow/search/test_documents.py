"""Documents of other owners."""

from typing import Any

from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson

NOON, LATER = "2026-11-20T12:00:00Z", "2026-11-20T13:00:00Z"


def put(person: Person, where: str, title: str, at: str = NOON, **more: Any) -> Any:
    return person.put(f"search-documents/{where}", {"title": title, "source_updated_at": at} | more)


def found(person: Person, query: str, **body: Any) -> Any:
    return person.post("search", {"query": query} | body).get_json()["results"]


def test_a_document_is_found_replaced_and_gone(ada: Person) -> None:
    assert put(ada, "asset/pump-7", "Pump seven", LATER, body="Boiler room").status_code == 201
    (result,) = found(ada, "boiler seven")
    assert (result["entity"], result["id"], result["title"]) == ("asset", "pump-7", "Pump seven")
    assert put(ada, "asset/pump-7", "Older", NOON).get_json()["title"] == "Pump seven"
    assert put(ada, "asset/pump-7", "Compressor", LATER).status_code == 200
    assert found(ada, "seven") == []
    assert len(found(ada, "compresor")) == 1
    assert ada.delete("search-documents/asset/pump-7").status_code == 204
    assert found(ada, "compressor") == []
    assert ada.delete("search-documents/asset/pump-7").status_code == 404


def test_a_required_permission_hides_a_document(ada: Person, person: MakePerson) -> None:
    put(ada, "report/7", "Salaries", required_permission="payroll.view")
    put(ada, "report/8", "Salaries public")
    assert [one["id"] for one in found(person(roles=["viewer"]), "salaries")] == ["8"]
    assert len(found(person(roles=["viewer"], permissions=["payroll.view"]), "salaries")) == 2


def test_documents_of_people_hold_no_address_or_number(ada: Person) -> None:
    body = "Reach me at ada@example.org or +49 170 1234567."
    put(ada, "people/ada", "Ada", body=body, metadata={"department": "Night", "verified": True, "phone": "1"})
    (result,) = found(ada, "ada", filters={"people": {"department": "night", "verified": True}})
    assert "example.org" not in str(result)
    assert "1234567" not in str(result)
    assert result["metadata"]["phone"] == "[REDACTED]"
    assert found(ada, "ada", filters={"people": {"department": "day"}}) == []
    assert found(ada, "1234567") == []


def test_only_who_may_index_puts_documents_and_only_of_other_owners(ada: Person, person: MakePerson) -> None:
    assert put(person(roles=["manager"]), "asset/1", "Pump").status_code == 403
    assert put(ada, "ticket/1", "Pump").status_code == 422
    assert put(ada, "planet/1", "Pump").status_code == 422
    assert ada.put("search-documents/asset/1", {"title": ""}).status_code == 422
