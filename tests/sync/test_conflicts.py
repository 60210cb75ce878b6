"""Conflicts through HTTP: both sides shown, resolved one by one and in bulk, and never twice."""

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from services.sync.models import AuditEvent
from shared.app import ServiceApp
from tests.fixtures.people import Person, codes
from tests.fixtures.services import AtOnce, MakePerson, Unit
from tests.fixtures.statements import counting
from tests.sync.putting import RUN, Putting
from tests.sync.putting import put as put
from tests.sync.working import Sync, item
from tests.sync.working import sync as sync


def row_of(ada: Person, row_id: int) -> dict[str, Any]:
    found: dict[str, Any] = ada.get(f"catalogue/product/{row_id}").get_json()
    return found


def test_a_conflict_shows_both_sides(ada: Person, put: Putting) -> None:
    conflict_id, row_id = put.conflict(ada)
    shown = ada.get(f"conflicts/{conflict_id}")
    conflict = shown.get_json()
    assert (conflict["table"], conflict["row_id"], conflict["key"]) == ("product", row_id, "A-1")
    assert conflict["differing_fields"] == ["name"]
    assert (conflict["source_values"]["name"], conflict["target_values"]["name"]) == ("Chair, oak", "Armchair")
    assert (conflict["target_edited_by"], conflict["status"], conflict["strategy"]) == ("ada", "open", "manual")
    assert ada.get(f"conflicts/{conflict_id}", headers={"If-None-Match": shown.headers["ETag"]}).status_code == 304
    assert [one["id"] for one in ada.get("conflicts?status=open&table=product").get_json()["results"]] == [conflict_id]
    assert ada.get("conflicts?pipeline=others").get_json()["results"] == []


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"resolution": "source"}, "Chair, oak"),
        ({"resolution": "target"}, "Armchair"),
        ({"resolution": "merged", "values": {"name": "Armchair, oak"}}, "Armchair, oak"),
    ],
)
def test_a_decision_is_written_like_a_load(
    ada: Person, put: Putting, unit: Unit, body: dict[str, Any], name: str
) -> None:
    conflict_id, row_id = put.conflict(ada)
    before = row_of(ada, row_id)
    resolved = ada.post(f"conflicts/{conflict_id}/resolve", body)
    conflict = resolved.get_json()
    assert (resolved.status_code, conflict["status"], conflict["resolved_by"]) == (200, "resolved", "ada")
    assert conflict["resolution"] == body["resolution"]
    row = row_of(ada, row_id)
    assert (row["name"], row["edited_at"], row["weight"]) == (name, before["edited_at"], "1.500")
    assert row["content_hash"] is not None
    assert (row["loaded_at"] > row["edited_at"]) == (body["resolution"] != "target")
    history = ada.get(f"catalogue/product/{row_id}/history").get_json()["results"]
    wanted = [] if name == "Armchair" else [(str(RUN), {"name": ["Armchair", name]})]
    assert [(one["run_id"], one["fields"]) for one in history] == wanted
    # The same again is no change, another decision comes too late.
    again = ada.post(f"conflicts/{conflict_id}/resolve", body)
    assert (again.status_code, again.get_json()["version"]) == (200, conflict["version"])
    other = "source" if body["resolution"] == "target" else "target"
    late = ada.post(f"conflicts/{conflict_id}/resolve", {"resolution": other})
    assert (late.status_code, late.get_json()["code"]) == (409, "conflict_resolved")
    with unit() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "conflict.resolved")).all()
        assert [event.entity_id for event in events] == [str(conflict_id)]


def test_a_target_that_changed_again_is_shown_before_it_is_overwritten(ada: Person, put: Putting) -> None:
    conflict_id, row_id = put.conflict(ada)
    ada.patch(f"catalogue/product/{row_id}", {"name": "Throne"})
    refused = ada.post(f"conflicts/{conflict_id}/resolve", {"resolution": "source"})
    problem = refused.get_json()
    assert (refused.status_code, problem["code"], problem["target_values"]["name"]) == (409, "target_changed", "Throne")
    assert row_of(ada, row_id)["name"] == "Throne"
    seen = {"resolution": "source", "target_version": problem["target_version"]}
    assert ada.post(f"conflicts/{conflict_id}/resolve", seen).status_code == 200
    assert row_of(ada, row_id)["name"] == "Chair, oak"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "required"),
        ({"resolution": "newest"}, "invalid"),
        ({"resolution": "merged"}, "required"),
        ({"resolution": "source", "values": {"name": "x"}}, "unexpected"),
        ({"resolution": "merged", "values": {"weight": "2"}}, "not_differing"),
        ({"resolution": "merged", "values": {"tenant_id": "2"}}, "not_differing"),
        ({"resolution": "merged", "values": {"name": "x" * 501}}, "too_long"),
        ({"resolution": "merged", "values": {"name": 7}}, "invalid"),
    ],
)
def test_what_a_decision_refuses(ada: Person, put: Putting, body: dict[str, Any], code: str) -> None:
    conflict_id, row_id = put.conflict(ada)
    refused = ada.post(f"conflicts/{conflict_id}/resolve", body)
    assert (refused.status_code, codes(refused)) == (422, [code])
    assert row_of(ada, row_id)["name"] == "Armchair"


def test_of_two_decisions_at_once_one_holds(ada: Person, put: Putting, at_once: AtOnce) -> None:
    conflict_id, row_id = put.conflict(ada)
    answers = at_once(
        *(
            lambda side=side: ada.post(f"conflicts/{conflict_id}/resolve", {"resolution": side})
            for side in ("source", "target")
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (won,) = [answer.get_json()["resolution"] for answer in answers if answer.status_code == 200]
    assert row_of(ada, row_id)["name"] == ("Chair, oak" if won == "source" else "Armchair")


def test_many_are_resolved_each_for_itself(ada: Person, put: Putting) -> None:
    made = [put.conflict(ada, sku=f"A-{n}") for n in range(3)]
    ada.patch(f"catalogue/product/{made[1][1]}", {"name": "Throne"})
    ids = [conflict_id for conflict_id, _row in made]
    answer = ada.post("conflicts/resolve", {"resolution": "source", "ids": [*ids, 404]})
    told = answer.get_json()
    assert (answer.status_code, told["resolved"], told["failed"]) == (207, 2, 2)
    assert [one["code"] for one in told["results"]] == [None, "target_changed", None, "not_found"]
    assert [row_of(ada, row_id)["name"] for _one, row_id in made] == ["Chair, oak", "Throne", "Chair, oak"]
    again = ada.post("conflicts/resolve", {"resolution": "source", "ids": [ids[0], ids[2]]})
    assert (again.status_code, again.get_json()["unchanged"]) == (200, 2)
    rest = ada.post("conflicts/resolve", {"resolution": "source", "filter": {"pipeline": "families"}}).get_json()
    assert ([one["id"] for one in rest["results"]], rest["left"]) == ([ids[1]], 1)
    for body in ({"resolution": "source"}, {"resolution": "source", "ids": ids, "filter": {}}):
        assert codes(ada.post("conflicts/resolve", body)) == ["ids_or_filter"]


def test_statements_do_not_grow_with_conflicts(ada: Person, put: Putting, app: ServiceApp) -> None:
    def statements(number: int, mark: str) -> int:
        ids = [put.conflict(ada, sku=f"{mark}-{n}")[0] for n in range(number)]
        with counting(app.runtime.db.engine) as sent:
            assert ada.post("conflicts/resolve", {"resolution": "source", "ids": ids}).get_json()["resolved"] == number
        return len(sent)

    assert statements(2, "A") == statements(6, "B")


def test_a_run_opens_a_conflict_that_a_decision_ends(sync: Sync, ada: Person) -> None:
    """The engine and the decision together: what was decided is unchanged for the next run."""
    sync.put(target={"type": "table", "config": {"table": "product", "key": "sku"}, "conflict_strategy": "manual"})
    sync.source("items", [item("A"), item("B")])
    assert sync.stats() == {"created": 2}
    sync.sql("update catalogue_product set name = 'Edited'")
    source = sync.source("items", [item("A", "New"), item("B", "New")])
    assert sync.stats() == {"conflicts": 2}
    first, second = (one["id"] for one in ada.get("conflicts?ordering=key").get_json()["results"])
    assert ada.post(f"conflicts/{first}/resolve", {"resolution": "source"}).status_code == 200
    assert ada.post(f"conflicts/{second}/resolve", {"resolution": "target"}).status_code == 200
    assert sync.stats() == {"unchanged": 2}
    assert sync.products("sku, name") == [("A", "New"), ("B", "Edited")]
    source.pages = [[item("A", "Newer"), item("B", "Newer")]]
    assert sync.stats() == {"updated": 1, "conflicts": 1}


def test_rights_and_strangers(ada: Person, person: MakePerson, other_tenant: uuid.UUID, put: Putting) -> None:
    conflict_id, row_id = put.conflict(ada)
    operator, stranger = person(roles=["operator"], sub="otto"), person(tenant_id=other_tenant)
    for path in (f"conflicts/{conflict_id}/resolve", "conflicts/resolve"):
        body = {"resolution": "source"} | ({"ids": [conflict_id]} if path == "conflicts/resolve" else {})
        refused = operator.post(path, body)
        assert (refused.status_code, refused.get_json()["permission"]) == (403, "conflict.resolve")
    assert stranger.post(f"conflicts/{conflict_id}/resolve", {"resolution": "source"}).status_code == 404
    foreign = stranger.post("conflicts/resolve", {"resolution": "source", "ids": [conflict_id]}).get_json()
    assert [one["code"] for one in foreign["results"]] == ["not_found"]
    assert row_of(ada, row_id)["name"] == "Armchair"
