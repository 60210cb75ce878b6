"""Quarantine through HTTP: entries read with and without their values, corrected, discarded."""

import uuid

import pytest
from sqlalchemy import select

from services.sync.models import AuditEvent
from tests.fixtures.people import Person, codes
from tests.fixtures.services import AtOnce, MakePerson, Unit
from tests.sync.putting import RUN, Putting
from tests.sync.putting import put as put

VALUE = {"code": "greater_than", "field": "weight", "rule": "greater_than", "text": "Too light.", "value": "-1"}


def test_values_are_for_those_who_may_see_them(ada: Person, person: MakePerson, put: Putting) -> None:
    entry_id = put.entry(row={"Art_Nr": "A-1", "Maße": {"Höhe": 3}, "Namen": ["Ada"]}, errors=[VALUE])
    seen = ada.get(f"quarantine/{entry_id}")
    entry = seen.get_json()
    assert entry["row"] == {"Art_Nr": "A-1", "Maße": {"Höhe": 3}, "Namen": ["Ada"]}
    assert (entry["errors"], entry["waiting_for"], entry["status"], entry["times_seen"]) == ([VALUE], None, "open", 1)
    viewer = person(roles=["viewer"], sub="vic")
    masked = viewer.get(f"quarantine/{entry_id}")
    assert masked.get_json()["row"] == {"Art_Nr": "***", "Maße": {"Höhe": "***"}, "Namen": ["***"]}
    assert masked.get_json()["errors"] == [VALUE | {"value": "***"}]
    assert viewer.get("quarantine").get_json()["results"][0]["row"]["Art_Nr"] == "***"
    assert masked.headers["ETag"] != seen.headers["ETag"]
    again = ada.get(f"quarantine/{entry_id}", headers={"If-None-Match": seen.headers["ETag"]})
    assert again.status_code == 304


def test_the_list_is_filtered(ada: Person, put: Putting) -> None:
    heavy, other = put.entry("A-1"), put.entry("A-2", pipeline="others", errors=[VALUE], stage="validate")
    parked = put.entry("A-3", kind="parked", stage="load", waiting_table="customer", waiting_key="4711", errors=[])

    def found(query: str) -> list[int]:
        return [entry["id"] for entry in ada.get(f"quarantine?ordering=id&{query}").get_json()["results"]]

    assert found("") == [heavy, other, parked]
    assert found("pipeline=others") == [other]
    assert found("kind=parked&status=open") == [parked]
    assert found("code=greater_than&code=unheard") == [other]
    assert found("field=weight") == [heavy, other]
    assert found("key=A-1&key=A-3") == [heavy, parked]
    assert found("waiting_table=customer") == [parked]
    assert ada.get(f"quarantine/{parked}").get_json()["waiting_for"] == {"table": "customer", "key": "4711"}
    assert codes(ada.get("quarantine?colour=red")) == ["unknown_field"]


def test_entries_are_grouped_by_what_is_wrong(ada: Person, put: Putting, person: MakePerson) -> None:
    light = VALUE | {"value": "-2"}
    missing = {"code": "missing_reference", "text": "There is no customer 4711."}
    first = put.entry("A-1")
    put.entry("A-2", errors=[VALUE, light, {"code": "invalid_number", "field": "price", "text": "No number."}])
    newest = put.entry("A-3")
    other = put.entry("A-4", kind="parked", stage="load", errors=[missing], run_id=uuid.uuid4(), pipeline="others")
    gone = put.entry("A-5", errors=[VALUE])
    ada.post(f"quarantine/{gone}/discard", {"comment": "Test data."})

    def found(query: str = "") -> list[tuple[str, str, str, str | None, int]]:
        answer = ada.get(f"quarantine/causes?{query}").get_json()["results"]
        return [tuple(one[name] for name in ("pipeline", "kind", "code", "field", "entries")) for one in answer]

    heavy = ("families", "bad", "invalid_number", "weight", 2)
    rest = [
        ("families", "bad", "greater_than", "weight", 1),
        ("families", "bad", "invalid_number", "price", 1),
        ("others", "parked", "missing_reference", None, 1),
    ]
    assert found() == [heavy, *rest]
    assert found("limit=1") == [heavy]
    assert found("kind=parked") == found("pipeline=others") == rest[-1:]
    assert found(f"run={RUN}&stage=transform") == [heavy, *rest[:2]]
    assert found("status=discarded") == rest[:1]
    (top, *_), (waiting,) = (
        ada.get(f"quarantine/causes?{which}").get_json()["results"] for which in ("", "kind=parked")
    )
    assert top["sample"] == {"id": newest, "key": "A-3", "text": "This is no number."}
    assert top["first_seen_at"] == ada.get(f"quarantine/{first}").get_json()["first_seen_at"]
    assert waiting["sample"] == {"id": other, "key": "A-4", "text": "There is no customer 4711."}
    assert codes(ada.get("quarantine/causes?colour=red")) == ["unknown_field"]
    assert person(roles=["viewer"], sub="vic").get("quarantine/causes").status_code == 200


def test_a_row_is_corrected(ada: Person, put: Putting, unit: Unit) -> None:
    entry_id = put.entry()
    read = ada.get(f"quarantine/{entry_id}").headers["ETag"]
    right = {"Art_Nr": "A-1", "Gewicht": 2.5, "Text": "a\u0000b"}
    changed = ada.patch(f"quarantine/{entry_id}", {"corrected_row": right}, headers={"If-Match": read})
    assert changed.status_code == 200
    assert changed.get_json()["corrected_row"] == right | {"Text": "a\ufffdb"}
    assert changed.get_json()["row"] == {"Art_Nr": "A-1", "Gewicht": "heavy"}
    stale = ada.patch(f"quarantine/{entry_id}", {"corrected_row": None}, headers={"If-Match": read})
    assert stale.status_code == 412
    assert ada.patch(f"quarantine/{entry_id}", {"corrected_row": None}).get_json()["corrected_row"] is None
    with unit() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "quarantine_entry.corrected")).all()
        assert len(events) == 2
        assert "heavy" not in str([event.changes for event in events])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"corrected_row": "A-1"}, "invalid"),
        ({"corrected_row": {}, "row": {}}, "unknown_field"),
        ({"corrected_row": {}, "status": "resolved"}, "unknown_field"),
        ({"corrected_row": {}, "version": "x"}, "invalid"),
    ],
)
def test_what_a_correction_refuses(ada: Person, put: Putting, body: dict[str, object], code: str) -> None:
    refused = ada.patch(f"quarantine/{put.entry()}", body)
    assert (refused.status_code, codes(refused)) == (422, [code])


def test_an_entry_is_discarded_with_a_reason_and_stays_so(ada: Person, put: Putting) -> None:
    entry_id = put.entry()
    assert codes(ada.post(f"quarantine/{entry_id}/discard")) == ["required"]
    assert codes(ada.post(f"quarantine/{entry_id}/discard", {"comment": " "})) == ["blank"]
    done = ada.post(f"quarantine/{entry_id}/discard", {"comment": "Test data."}).get_json()
    assert (done["status"], done["comment"], done["resolved_by"]) == ("discarded", "Test data.", "ada")
    assert done["resolved_at"] is not None
    for refused in (
        ada.post(f"quarantine/{entry_id}/discard", {"comment": "Again."}),
        ada.patch(f"quarantine/{entry_id}", {"corrected_row": {"Art_Nr": "A-1"}}),
    ):
        problem = refused.get_json()
        assert (refused.status_code, problem["code"], problem["status_of_entry"]) == (409, "entry_settled", "discarded")


def test_only_one_of_two_discards_at_once(ada: Person, put: Putting, at_once: AtOnce) -> None:
    entry_id = put.entry()
    answers = at_once(*(lambda: ada.post(f"quarantine/{entry_id}/discard", {"comment": "Mine."}) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]


def test_rights_and_strangers(ada: Person, person: MakePerson, other_tenant: uuid.UUID, put: Putting) -> None:
    entry_id = put.entry()
    operator, stranger = person(roles=["operator"], sub="otto"), person(tenant_id=other_tenant)
    for method, path, body in (
        ("PATCH", f"quarantine/{entry_id}", {"corrected_row": {}}),
        ("POST", f"quarantine/{entry_id}/discard", {"comment": "No."}),
    ):
        assert operator.call(method, path, body).status_code == 403
        assert stranger.call(method, path, body).status_code == 404
    assert stranger.get(f"quarantine/{entry_id}").status_code == 404
    assert stranger.get("quarantine").get_json()["results"] == []
    assert ada.get(f"quarantine/{entry_id}").get_json()["version"] == 1
