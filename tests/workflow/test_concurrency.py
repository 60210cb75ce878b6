"""Simultaneous requests for one item: nobody overwrites anybody, nothing happens twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from services.workflow.models import WorkOrder
from shared.app import ServiceApp
from shared.locking import lock_by_id
from shared.tenancy import Context
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson
from tests.workflow.working import order

TIMES = 10


def at_once(person: MakePerson, method: str, address: str, bodies: list[dict[str, Any]], **options: Any) -> list[Any]:
    people = [person() for _ in bodies]
    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(lambda n: people[n].call(method, address, bodies[n], **options), range(len(bodies))))


def test_of_ten_with_the_same_version_one_succeeds(ada: Person, person: MakePerson) -> None:
    row = order(ada)
    bodies = [{"target_state": "SUBMITTED", "version": 0}] * TIMES
    answers = at_once(person, "POST", f"work-orders/{row['id']}/transition", bodies)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 9}
    conflict = next(answer for answer in answers if answer.status_code == 409)
    told = conflict.get_json()
    assert told["code"] == "version_conflict"
    assert (told["entity"], told["entity_id"]) == ("work_order", row["id"])
    assert (told["expected_version"], told["actual_version"]) == (0, 1)
    assert told["resolution"]["action"] == "refresh_and_retry"
    current = ada.get(f"work-orders/{row['id']}")
    assert told["current_etag"] == current.headers["ETag"]
    assert current.get_json()["version"] == 1


def test_of_ten_with_the_same_tag_one_succeeds(ada: Person, person: MakePerson) -> None:
    row = order(ada)
    tag = ada.get(f"work-orders/{row['id']}").headers["ETag"]
    address = f"work-orders/{row['id']}/submit"
    answers = at_once(person, "POST", address, [{}] * TIMES, headers={"If-Match": tag})
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 9}


def test_of_ten_without_a_version_one_reports_a_change(ada: Person, person: MakePerson) -> None:
    row = order(ada)
    answers = at_once(person, "POST", f"work-orders/{row['id']}/submit", [{}] * TIMES)
    assert Counter(answer.get_json()["unchanged"] for answer in answers) == {False: 1, True: 9}
    records = ada.get(f"transitions?entity_id={row['id']}").get_json()["results"]
    assert len(records) == 1


def test_of_ten_editors_with_the_same_version_the_first_change_stays(ada: Person, person: MakePerson) -> None:
    row = order(ada)
    bodies = [{"title": f"Title {number}", "version": 0} for number in range(TIMES)]
    answers = at_once(person, "PATCH", f"work-orders/{row['id']}", bodies)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 9}
    (winner,) = [answer.get_json()["title"] for answer in answers if answer.status_code == 200]
    assert ada.get(f"work-orders/{row['id']}").get_json()["title"] == winner


def test_both_wrong_is_412(ada: Person) -> None:
    row = order(ada)
    wrong = {"title": "Other", "version": 5}
    assert ada.patch(f"work-orders/{row['id']}", wrong, headers={"If-Match": '"4-x"'}).status_code == 412


def test_numbers_are_given_once(ada: Person, person: MakePerson) -> None:
    order(ada, number="WO-000003")
    answers = at_once(person, "POST", "work-orders", [{"title": f"Order {n}"} for n in range(TIMES)])
    numbers = [answer.get_json()["number"] for answer in answers]
    assert sorted(numbers) == [f"WO-{n:06}" for n in range(1, TIMES + 2) if n != 3]


@pytest.mark.parametrize("call", ["transition", "edit", "delete"])
def test_who_waits_too_long_is_told_to_come_again(ada: Person, app: ServiceApp, context: Context, call: str) -> None:
    row = order(ada)
    app.runtime.db._limits["lock"] = 0.2
    try:
        with app.runtime.db.transaction(context) as session:
            lock_by_id(session, WorkOrder, [row["id"]])
            address = f"work-orders/{row['id']}"
            answer = {
                "transition": lambda: ada.post(f"{address}/submit"),
                "edit": lambda: ada.patch(address, {"title": "Other"}),
                "delete": lambda: ada.delete(address),
            }[call]()
        assert (answer.status_code, answer.get_json()["code"]) == (409, "locked")
        assert answer.headers["Retry-After"] == "1"
    finally:
        app.runtime.db._limits["lock"] = 10
