"""Searching through HTTP: who finds what, in which order."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from services.workflow.models import Task, Ticket, WorkOrder
from tests.fixtures.databases import TestDatabase
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson
from tests.workflow.search.items import Store
from tests.workflow.search.items import store as store


def search(person: Person, query: str, **body: Any) -> Any:
    response = person.post("search", {"query": query} | body)
    assert response.status_code == 200, response.get_json()
    return response.get_json()


def titles(found: Any) -> list[str]:
    return [result["title"] for result in found["results"]]


def test_a_misspelt_word_finds_its_item_after_the_exact_ones(ada: Person, store: Store) -> None:
    store(Ticket, "Elevator stuck", "Elevatr manual missing", "Door open")
    found = search(ada, "elevatr")
    assert titles(found) == ["Elevatr manual missing", "Elevator stuck"]
    assert [result["typos"] for result in found["results"]] == [0, 1]
    assert found["results"][0]["score"] >= 0.5 > found["results"][1]["score"] >= 0.25
    assert found["total_results"] == 2
    assert not found["total_is_estimated"]
    assert found["partial"] is False


@pytest.mark.parametrize("typed", ["lightin", "lighitng", "ligting", "lxghting", "lightting", "LIGHTING", "Líghting"])
def test_each_kind_of_typo_finds_the_word(ada: Person, store: Store, typed: str) -> None:
    store(Ticket, "Lighting in the hall")
    assert titles(search(ada, typed)) == ["Lighting in the hall"]


def test_two_typos_are_allowed_from_eight_characters_on(ada: Person, store: Store) -> None:
    store(Ticket, "Ventilation broken", "Fuse blown")
    assert titles(search(ada, "vntilatoin")) == ["Ventilation broken"]
    assert titles(search(ada, "fsue", fuzzy=False)) == []
    assert titles(search(ada, "fux")) == []


def test_all_words_must_match_and_the_last_may_be_a_beginning(ada: Person, store: Store) -> None:
    store(Ticket, "Pump leaks oil", "Pump is loud")
    assert titles(search(ada, "pump oi")) == ["Pump leaks oil"]
    assert titles(search(ada, "pum oil", fuzzy=False)) == []
    assert search(ada, "pu")["total_results"] == 2


def test_words_in_quotes_are_exact(ada: Person, store: Store) -> None:
    store(Ticket, "Boilers", "Boiler")
    assert titles(search(ada, '"boiler"')) == ["Boiler"]
    assert search(ada, "boiler")["total_results"] == 2
    assert search(ada, '"boiler')["total_results"] == 2


def test_numbers_and_codes_are_never_fuzzy(ada: Person, store: Store) -> None:
    store(Ticket, {"subject": "Room A1234 dark", "number": "TCK-77123"})
    assert titles(search(ada, "tck-77123")) == ["Room A1234 dark"]
    assert titles(search(ada, "A1235 dark")) == []


def test_scripts_without_spaces_and_other_letters_are_found(ada: Person, store: Store) -> None:
    store(Ticket, "東京都の水道が壊れた", "Straße überflutet", "Кран течёт")
    assert titles(search(ada, "水道")) == ["東京都の水道が壊れた"]
    assert titles(search(ada, "STRASSE uberflutet")) == ["Straße überflutet"]
    assert titles(search(ada, "кран")) == ["Кран течёт"]


def test_body_and_number_are_found_and_shown(ada: Person, store: Store) -> None:
    store(Ticket, {"subject": "Noise", "description": "x " * 200 + "The compressor rattles at night.", "number": "T-9"})
    found = search(ada, "compresor")["results"][0]
    assert found["subtitle"] == "T-9"
    assert "compressor" in found["snippet"]
    assert len(found["snippet"]) <= 200
    (place,) = [one for one in found["highlights"] if one["field"] == "snippet"]
    assert found["snippet"][place["offset"] :][: place["length"]] == "compressor"


def test_entities_are_searched_together_and_apart(ada: Person, store: Store) -> None:
    store(Ticket, "Valve")
    store(WorkOrder, "Valve")
    store(Task, "Valve", {"title": "Valve", "kind": "tour"})
    everything = search(ada, "valve")
    assert [one["entity"] for one in everything["results"]] == ["ticket", "work_order", "task", "tour"]
    assert [one["entity"] for one in search(ada, "valve", entities=["tour"])["results"]] == ["tour"]


def test_filters_and_ranges(ada: Person, store: Store) -> None:
    late = datetime.now(UTC) - timedelta(days=1)
    store(
        Ticket,
        {"subject": "Gate one", "priority": "HIGH", "assigned_to_user": "bob", "due_at": late},
        {"subject": "Gate two", "state": "OPEN"},
    )
    store(WorkOrder, {"title": "Gate three", "location_id": "hall"})

    def of(**filters: Any) -> list[str]:
        entities = list(filters)
        return sorted(titles(search(ada, "gate", entities=entities, filters=filters)))

    assert of(ticket={"priority": "high"}) == ["Gate one"]
    assert of(ticket={"status": ["OPEN", "CLOSED"]}) == ["Gate two"]
    assert of(ticket={"assigned_to": "bob"}, work_order={"location": "hall"}) == ["Gate one", "Gate three"]
    assert of(ticket={"is_overdue": True}) == ["Gate one"]
    assert of(ticket={"is_overdue": False}) == ["Gate two"]
    assert of(ticket={"created_after": "2100-01-01T00:00:00Z"}) == []
    assert of(ticket={"due_at": {"from": "2000-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z"}}) == ["Gate one"]


def test_a_tenant_finds_only_its_own(ada: Person, person: MakePerson, store: Store) -> None:
    stranger = uuid.uuid4()
    store(Ticket, "Hydrant frozen")
    store(Ticket, "Hydrant secret", tenant=stranger)
    assert titles(search(ada, "hydrant")) == ["Hydrant frozen"]
    assert titles(search(person(tenant_id=stranger), "hydrnt")) == ["Hydrant secret"]
    assert search(ada, "secret")["total_results"] == 0


def test_who_may_see_only_his_own_counts_only_those(person: MakePerson, store: Store) -> None:
    store(
        Ticket,
        "Ladder a",
        {"subject": "Ladder b", "requester": "bob"},
        {"subject": "Ladder c", "assigned_to_user": "bob"},
        {"subject": "Ladder d", "assigned_to_team": "night"},
    )
    store(WorkOrder, "Ladder e")
    bob = person(sub="bob", roles=[], permissions=["search.use", "ticket.view_own"], teams=["night"])
    found = search(bob, "ladder", limit=1)
    assert found["total_results"] == 3
    assert len(found["results"]) == 1
    assert sorted(titles(search(bob, "ladder"))) == ["Ladder b", "Ladder c", "Ladder d"]
    nobody = person(sub="eve", roles=[], permissions=["search.use"])
    assert search(nobody, "ladder")["total_results"] == 0


def test_pages_and_cursors_show_everything_once(ada: Person, store: Store) -> None:
    store(Ticket, *(f"Sprinkler {word}" for word in "abcdefghijk"))
    store(WorkOrder, *(f"Sprinkler {word}" for word in "lmnop"))
    by_page = [one for page in (1, 2, 3, 4) for one in titles(search(ada, "sprinkler", limit=5, page=page))]
    assert len(by_page) == len(set(by_page)) == 16
    by_cursor, cursor = [], None
    for _ in range(10):
        found = search(ada, "sprinkler", limit=3, **({"cursor": cursor} if cursor else {}))
        by_cursor += titles(found)
        assert found["total_results"] == 16
        cursor = found["next"]
        if cursor is None:
            break
    assert by_cursor == by_page


def test_actions_are_what_this_person_may_do_in_this_state(ada: Person, person: MakePerson, store: Store) -> None:
    (ticket,) = store(Ticket, "Awning torn")
    shown = search(ada, "awning")["results"][0]["actions"]
    assert {"label": "Start", "href": f"/api/workflow/v1/tickets/{ticket}/transition", "method": "POST",
            "payload": {"target_state": "INPROGRESS"}} in shown  # fmt: skip
    viewer = person(sub="vic", roles=["viewer"])
    assert [one["method"] for one in search(viewer, "awning")["results"][0]["actions"]] == ["GET"]


def test_what_is_written_by_http_is_found_changed_and_gone(ada: Person) -> None:
    made = ada.post("work-orders", {"title": "Replace gasket"}).get_json()
    assert titles(search(ada, "gaskte")) == ["Replace gasket"]
    answer = ada.patch(f"work-orders/{made['id']}", {"title": "Replace washer"})
    assert answer.status_code == 200, answer.get_json()
    assert titles(search(ada, "gasket")) == []
    assert titles(search(ada, "washer")) == ["Replace washer"]
    assert ada.delete(f"work-orders/{made['id']}").status_code == 204
    assert titles(search(ada, "washer")) == []


HOSTILE = [
    "'; drop table tickets; --", '"><script>alert(1)</script>', "../../etc/passwd", "$(rm -rf /)",
    "*)(uid=*))(|(uid=*", "<!DOCTYPE foo [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>", "%s %(x)s {0} :name",
    "a\u202eb\u0000c", "' or '1'='1", "\\\\",
    "{{7*7}}", "NULL", "😀😀", "!!", "O'Brien & sons #5",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_ordinary_text(ada: Person, store: Store, text: str) -> None:
    stored = text.replace("\u0000", "")
    store(Ticket, {"subject": f"Marker {stored}"[:200]})
    response = ada.post("search", {"query": f"marker {text}"})
    assert response.status_code == 200
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert not {"<", ">", "&"} & set(response.get_data(as_text=True))
    assert titles(response.get_json()) == [f"Marker {stored}"]


def test_a_kind_that_fails_does_not_hold_up_the_others(
    ada: Person, store: Store, workflow_database: TestDatabase
) -> None:
    store(Ticket, "Boiler cold")
    store(WorkOrder, "Boiler cold")
    owner = workflow_database.owner_url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("revoke select on work_orders from concord_workflow_search")
        try:
            found = ada.post("search", {"query": "boiler"}).get_json()
            alone = ada.post("search", {"query": "boiler", "entities": ["work_order"]})
        finally:
            connection.execute("grant select on work_orders to concord_workflow_search")
    assert (found["partial"], found["failed_entities"]) == (True, ["work_order"])
    assert [one["entity"] for one in found["results"]] == ["ticket"]
    assert (alone.status_code, alone.get_json()["code"]) == (503, "search_unavailable")
    whole = ada.post("search", {"query": "boiler"}).get_json()
    assert (whole["partial"], whole["from_cache"], whole["total_results"]) == (False, False, 2)
