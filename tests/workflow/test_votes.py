"""Edges that take several votes: the last one takes the edge, an edit voids them, nobody votes twice."""

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from services.workflow import definitions
from services.workflow.domain.machines.reading import DefinitionFault, read
from services.workflow.domain.machines.voting import Ballot, Vote, ballot
from shared.app import ServiceApp
from tests.fixtures.people import Person
from tests.fixtures.services import AtOnce, MakePerson
from tests.fixtures.statements import counting
from tests.workflow.domain.test_machines import SOUND
from tests.workflow.working import moved, order, vendor

TWO = 'verb = "approve"\nvotes = 2\nvoters = ["v0", "v1", "v2", "v3"]'


@pytest.fixture
def voting(later_versions: Callable[..., None], tmp_path: Path) -> None:
    """Approving a work order takes two of four voters."""
    text = (Path(definitions.FOLDERS[0]) / "work_order.toml").read_text()
    changed = text.replace("version = 1", "version = 3", 1).replace('verb = "approve"', TWO)
    assert changed.count("votes = 2") == 1
    (tmp_path / "work_order_3.toml").write_text(changed)
    later_versions(tmp_path)


@pytest.fixture
def voters(person: MakePerson) -> list[Person]:
    return [person(sub=f"v{number}") for number in range(4)]


def submitted(ada: Person) -> str:
    found = vendor(ada, name=f"Supplier {uuid.uuid4()}")
    address = f"work-orders/{order(ada, vendor_id=found['id'])['id']}"
    moved(ada, address, "SUBMITTED")
    return address


@pytest.mark.usefixtures("voting")
def test_the_last_vote_takes_the_edge(ada: Person, voters: list[Person]) -> None:
    address = submitted(ada)
    kept_out = ada.post(f"{address}/approve", {})
    assert (kept_out.status_code, kept_out.get_json()["code"]) == (403, "not_a_voter")
    looked = voters[0].post(f"{address}/approve", {"dry_run": True}).get_json()
    assert (looked["success"], looked["to_state"], looked["metadata"]) == (
        True,
        "SUBMITTED",
        {"votes": 1, "votes_needed": 2},
    )
    first = voters[0].post(f"{address}/approve", {"comments": "Fine."}).get_json()
    assert (first["to_state"], first["entity"]["state"], first["transition_id"]) == ("SUBMITTED", "SUBMITTED", None)
    again = voters[0].post(f"{address}/approve", {})
    assert (again.status_code, again.get_json()["code"]) == (409, "already_voted")
    blocked = voters[0].get(f"{address}/transitions").get_json()["blocked"]
    assert ("APPROVED", "already_voted") in [(one["target"], one["reasons"][0]["code"]) for one in blocked]
    last = moved(voters[1], address, "APPROVED")
    assert (last["to_state"], last["metadata"]["votes"]) == ("APPROVED", 2)
    story = ada.get(f"{address}/history").get_json()["results"]
    assert [entry["actor"] for entry in story if entry["kind"] == "vote"] == ["v1", "v0"]


@pytest.mark.usefixtures("voting")
def test_an_edit_and_a_rejection_void_the_votes(ada: Person, voters: list[Person]) -> None:
    address = submitted(ada)
    item = ada.post(f"{address}/line-items", {"description": "Paint"}).get_json()
    edits: tuple[Callable[[], TestResponse], ...] = (
        lambda: ada.patch(address, {"description": "Two walls"}),
        lambda: ada.post(f"{address}/line-items", {"description": "Brushes"}),
        lambda: ada.patch(f"{address}/line-items/{item['id']}", {"description": "More paint"}),
        lambda: ada.delete(f"{address}/line-items/{item['id']}"),
    )
    for edit in edits:
        assert voters[0].post(f"{address}/approve", {}).get_json()["to_state"] == "SUBMITTED"
        assert edit().status_code in (200, 201, 204)
    assert voters[1].post(f"{address}/approve", {}).get_json()["metadata"]["votes"] == 1
    moved(ada, address, "DRAFT", comments="Not yet.")
    moved(ada, address, "SUBMITTED")
    assert voters[1].post(f"{address}/approve", {}).get_json()["to_state"] == "SUBMITTED"
    assert voters[0].post(f"{address}/approve", {}).get_json()["to_state"] == "APPROVED"


@pytest.mark.usefixtures("voting")
def test_of_votes_at_once_exactly_one_is_the_last(ada: Person, voters: list[Person], at_once: AtOnce) -> None:
    address = submitted(ada)
    answers = at_once(*(lambda voter=voter: voter.post(f"{address}/approve", {}) for voter in voters))
    told = [answer.get_json() for answer in answers]
    assert sum(one.get("transition_id") is not None for one in told) == 1
    # Whoever came after the last one found it done.
    assert sorted(one["to_state"] for one in told) == ["APPROVED", "APPROVED", "APPROVED", "SUBMITTED"]
    assert [one["unchanged"] for one in told].count(True) == 2


@pytest.mark.usefixtures("voting")
def test_votes_on_many_take_the_same_number_of_statements(app: ServiceApp, ada: Person, voters: list[Person]) -> None:
    def statements(count: int) -> int:
        ids = [int(submitted(ada).split("/")[1]) for _ in range(count)]
        with counting(app.runtime.db.engine) as counted:
            answer = voters[0].post("work-orders/bulk/approve", {"ids": ids})
        assert {item["to_state"] for item in answer.get_json()["items"]} == {"SUBMITTED"}
        return len(counted)

    statements(1)
    assert statements(2) == statements(5)


@pytest.mark.parametrize(
    ("votes", "verb", "version", "found"),
    [
        ([], "approve", 4, Ballot(4, 3)),
        ([Vote("approve", 4, "a")], "approve", 5, Ballot(4, 3, frozenset({"a"}), 1)),
        ([Vote("approve", 4, "a", "b"), Vote("approve", 4, "c")], "approve", 6, Ballot(4, 3, frozenset("abc"), 2)),
        ([Vote("approve", 4, "a")], "approve", 6, Ballot(6, 3)),  # an edit came between
        ([Vote("approve", 4, "a")], "reject", 5, Ballot(5, 3)),  # it was for another edge
        ([Vote("approve", 4, "a"), Vote("approve", 7, "a")], "approve", 8, Ballot(7, 3, frozenset("a"), 1)),
    ],
)
def test_which_votes_count(votes: list[Vote], verb: str, version: int, found: Ballot) -> None:
    assert ballot(votes, verb=verb, version=version, needed=3) == found
    assert found.missing == 2 - found.cast


@pytest.mark.parametrize(
    ("says", "rule"),
    [
        ("votes = 0", "votes_counted"),
        ('votes = "2"', "votes_counted"),
        ("votes = true", "votes_counted"),
        ('votes = 3\nvoters = ["a", "b", "b"]', "voters_enough"),
        ("votes = 2\nsystem_only = true", "votes_of_people"),
    ],
)
def test_votes_that_nobody_could_cast_are_refused(says: str, rule: str) -> None:
    text = SOUND.replace("[[edges]]\n", f"[[edges]]\n{says}\n", 1)
    with pytest.raises(DefinitionFault, match=rule):
        read("votes.toml", text)
