"""Several people at once: nothing is lost, nothing hangs, and names always equal what their details give."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson
from tests.propagation.changing import Body, batch, change, held, item, stored, stored_names
from tests.propagation.naming import Naming, answered
from tests.propagation.rebuilding import demand_true_names

Call = Callable[[Person], TestResponse]


@pytest.fixture
def at_once(person: MakePerson) -> Callable[..., list[TestResponse]]:
    """Sends calls at the same moment, each by a client of its own."""

    def send(*calls: Call) -> list[TestResponse]:
        barrier = Barrier(len(calls))

        def one(number: int, call: Call) -> TestResponse:
            someone = person(sub=f"person-{number}")
            someone.get("workspace")  # the first contact of a person waits for others' first contacts
            barrier.wait(timeout=30)
            return call(someone)

        with ThreadPoolExecutor(len(calls)) as pool:
            waiting = [pool.submit(one, number, call) for number, call in enumerate(calls)]
            return [each.result(timeout=60) for each in waiting]

    return send


def test_two_details_of_one_string(naming: Naming, at_once: Any) -> None:
    for round_number in range(5):
        account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
        answers = at_once(
            lambda who, row=account: change(naming, row, "Brand", "PUMA", person=who),
            lambda who, row=account: change(naming, row, "Region", "US", person=who),
        )
        assert [answer.status_code for answer in answers] == [200, 200], round_number
        now = naming.string(account["id"])
        assert (now["value"], now["version"]) == ("PUMA-US", 3)
        history = answered(naming.person.get(f"strings/{account['id']}/history"))["results"]
        assert sorted(row["version"] for row in history) == [2, 3]
        assert naming.person.delete(f"strings/{account['id']}").status_code == 204


def test_overlapping_trees(naming: Naming, at_once: Any) -> None:
    tree = naming.tree(campaigns=3, ads=3)
    first = tree["campaigns"][0]
    for brand, season in (("PUMA", "FW26"), ("VANS", "SS26"), ("NIKE", "FW26")):
        answers = at_once(
            lambda who, value=brand: change(naming, tree["account"], "Brand", value, person=who),
            lambda who, value=season: change(naming, first, "Season", value, person=who),
            lambda who, value=brand + season: change(naming, tree["ads"][0], "Note", value, person=who),
        )
        assert [answer.status_code for answer in answers] == [200, 200, 200]
        names = stored_names(naming)
        assert names[first["id"]] == f"{brand}_{season}|[c0]"
        assert names[tree["ads"][0]["id"]] == f"{brand}-{season}-{brand}{season}"
        assert names[tree["ads"][8]["id"]] == f"{brand}-SS26-a2"
        demand_true_names(naming)


def test_a_child_made_while_a_run_propagates(naming: Naming, at_once: Any) -> None:
    tree = naming.tree(campaigns=2, ads=2)
    first = tree["campaigns"][0]
    for number, brand in enumerate(("PUMA", "VANS", "NIKE", "PUMA")):
        body = naming.body("ad", first["id"], values={"Note": f"new {number}"}, inherit_missing=True)
        answers = at_once(
            lambda who, value=brand: change(naming, tree["account"], "Brand", value, person=who),
            lambda who, wanted=body: who.post("strings", wanted),
        )
        assert [answer.status_code for answer in answers] == [200, 201]
        born = naming.string(answers[1].get_json()["id"])
        assert born["value"].startswith(f"{brand}-")
        demand_true_names(naming)
    assert {row["effective_value"] for row in _brands(naming)} == {"PUMA"}


def _brands(naming: Naming) -> list[Body]:
    return [row for string in stored(naming).values() for row in string["details"] if row["dimension_name"] == "Brand"]


def test_batches_in_opposite_order(naming: Naming, at_once: Any) -> None:
    tree = naming.tree(campaigns=4, ads=2)
    strings = [*tree["campaigns"], *tree["ads"]]
    for number in range(4):
        season = ("FW26", "SS26")[number % 2]
        seasons = [item(naming, row, "Season", season) for row in strings]
        notes = [item(naming, row, "Note", f"{number} {row['id']}") for row in reversed(strings)]
        answers = at_once(
            lambda who, updates=seasons: batch(naming, *updates, person=who),
            lambda who, updates=notes: batch(naming, *updates, person=who),
            lambda who, updates=seasons[::-1]: batch(naming, *updates, person=who),
        )
        assert [answer.status_code for answer in answers] == [200, 200, 200]
        for row in strings:
            assert held(naming, row, "Season")["effective_value"] == season
            assert held(naming, row, "Note")["effective_value"] == f"{number} {row['id']}"
        demand_true_names(naming)


def test_one_picture_lets_one_change_through(naming: Naming, at_once: Any) -> None:
    tree = naming.tree(campaigns=1, ads=2)
    address = f"string-details/{held(naming, tree['account'], 'Brand')['id']}"
    tag = naming.person.get(address).headers["ETag"]
    answers = at_once(
        *[lambda who: change(naming, tree["account"], "Brand", "PUMA", person=who, headers={"If-Match": tag})] * 10
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 9
    assert held(naming, tree["account"], "Brand")["version"] == 2
    assert len(answered(naming.person.get("jobs"))["results"]) == 1
    for refused in (answer.get_json() for answer in answers if answer.status_code == 412):
        assert (refused["code"], refused["expected_version"], refused["actual_version"]) == ("version_conflict", 1, 2)


def test_one_version_lets_one_change_through(naming: Naming, at_once: Any) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    calls = [
        lambda who, value=brand: change(naming, account, "Brand", value, person=who, version=1)
        for brand in ("PUMA", "VANS") * 2
    ]
    answers = at_once(*calls)
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert held(naming, account, "Brand")["version"] == 2


def test_one_picture_lets_one_action_through(naming: Naming, at_once: Any) -> None:
    """An older version put back, a value given up or changed, a detail taken away or changed."""
    campaign = naming.tree(campaigns=1, ads=1)["campaigns"][0]
    answered(change(naming, campaign, "Note", "second"))
    answered(change(naming, campaign, "Brand", "PUMA"))
    string = f"strings/{campaign['id']}"
    brand, note = (f"string-details/{held(naming, campaign, name)['id']}" for name in ("Brand", "Note"))
    actions: list[tuple[str, list[tuple[str, str, Body | None]]]] = [
        (string, [("POST", f"{string}/restore", {"version": 1})] * 2),
        (brand, [("PATCH", brand, {"dimension_value": naming.values["VANS"]}), ("POST", f"{brand}/reset", {})]),
        (note, [("PATCH", note, {"dimension_value_freetext": "third"}), ("DELETE", note, None)]),
    ]
    for picture, calls in actions:
        if picture == brand:
            answered(change(naming, campaign, "Brand", "PUMA"))
        tag = {"If-Match": naming.person.get(picture).headers["ETag"]}
        answers = at_once(*[lambda who, call=call, tag=tag: who.call(*call, headers=tag) for call in calls * 2])
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses[0] == 200
        assert set(statuses[1:]) <= {412, 404}, [answer.get_json() for answer in answers]
    demand_true_names(naming)


def test_two_strings_want_one_name(naming: Naming, at_once: Any) -> None:
    """One gets it; the other is told who has it."""
    for _round in range(4):
        accounts = [naming.make("account", {"Brand": brand, "Region": "EU"}) for brand in ("NIKE", "PUMA")]
        answers = at_once(*[lambda who, row=row: change(naming, row, "Brand", "VANS", person=who) for row in accounts])
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        loser = next(number for number, answer in enumerate(answers) if answer.status_code == 409)
        problem = answers[loser].get_json()
        assert (problem["code"], problem["conflicting_string_id"]) == ("duplicate_value", accounts[1 - loser]["id"])
        assert naming.string(accounts[loser]["id"])["value"] == accounts[loser]["value"]
        for row in accounts:
            assert naming.person.delete(f"strings/{row['id']}").status_code == 204


def test_a_string_deleted_while_a_run_propagates(naming: Naming, at_once: Any) -> None:
    tree = naming.tree(campaigns=2, ads=2)
    doomed = tree["ads"][0]
    answers = at_once(
        lambda who: change(naming, tree["account"], "Brand", "PUMA", person=who),
        lambda who: who.delete(f"strings/{doomed['id']}"),
    )
    assert [answer.status_code for answer in answers] == [200, 204]
    demand_true_names(naming)
    assert {name[:4] for name in stored_names(naming).values()} == {"PUMA"}
