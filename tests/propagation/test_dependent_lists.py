"""Dependent lists through HTTP: values get parents, many at once, and what is chosen or replaced keeps to them."""

import threading
from typing import Any

import pytest
from werkzeug.test import TestResponse

from shared.app import ServiceApp
from tests.fixtures.people import Person, codes
from tests.fixtures.services import MakePerson
from tests.fixtures.statements import counting
from tests.propagation.changing import batch, change, item, stored_names, values_of
from tests.propagation.naming import Naming, answered, made
from tests.propagation.working import Worker
from tests.propagation.working import worker as worker


@pytest.fixture
def cities(naming: Naming) -> Naming:
    """Season depends on Region: SS26 belongs to EU, FW26 to US."""
    answered(naming.person.patch(f"dimensions/{naming.dimensions['Season']}", {"parent": naming.dimensions["Region"]}))
    answered(assign(naming, ("SS26", "EU"), ("FW26", "US")))
    return naming


def assign(naming: Naming, *pairs: tuple[str, str | None]) -> TestResponse:
    items = [{"id": naming.values[value], "parent": naming.values[above] if above else None} for value, above in pairs]
    return naming.person.post("dimension-values/set-parents", {"items": items})


def test_many_values_get_their_parents(cities: Naming) -> None:
    choices = f"dimension-values?dimension={cities.dimensions['Season']}&parent={cities.values['EU']}"
    assert [row["value"] for row in answered(cities.person.get(choices))["results"]] == ["SS26"]
    done = answered(assign(cities, ("FW26", "EU"), ("SS26", "EU")))["results"]
    assert [(row["value"], row["parent"], row["version"]) for row in done] == [
        ("FW26", cities.values["EU"], 3),
        ("SS26", cities.values["EU"], 2),
    ]
    assert answered(assign(cities, ("FW26", None)))["results"][0]["parent"] is None
    entries = answered(cities.person.get("audit-log?action=dimension_value.updated"))["results"]
    assert len(entries) == 4


def test_one_wrong_item_refuses_all(cities: Naming) -> None:
    first = {"id": cities.values["SS26"], "parent": cities.values["US"]}
    for wrong, pointer, code in (
        ({"id": 2**40, "parent": cities.values["EU"]}, "/items/1/id", "not_found"),
        ({"id": cities.values["FW26"], "parent": 2**40}, "/items/1/parent", "not_found"),
        ({"id": cities.values["FW26"], "parent": cities.values["NIKE"]}, "/items/1/parent", "wrong_dimension"),
        ({"id": cities.values["FW26"], "parent": cities.values["SS26"]}, "/items/1/parent", "wrong_dimension"),
        ({"id": cities.values["NIKE"], "parent": cities.values["EU"]}, "/items/1/parent", "wrong_dimension"),
        ({"id": cities.values["FW26"]}, "/items/1/parent", "required"),
        ({"id": "x", "parent": None}, "/items/1/id", "invalid"),
    ):
        refused = cities.person.post("dimension-values/set-parents", {"items": [first, wrong]})
        errors = [(error["pointer"], error["code"]) for error in refused.get_json()["errors"]]
        assert (refused.status_code, errors) == (422, [(pointer, code)])
    season = answered(cities.person.get(f"dimension-values/{cities.values['SS26']}"))
    assert (season["parent"], season["version"]) == (cities.values["EU"], 2)


def test_lists_that_cannot_be(cities: Naming) -> None:
    address = "dimension-values/set-parents"
    assert codes(cities.person.post(address, {"items": []})) == ["invalid"]
    assert codes(cities.person.post(address, {})) == ["required"]
    twice = cities.person.post(address, {"items": [{"id": cities.values["SS26"], "parent": None}] * 2})
    assert (twice.status_code, twice.get_json()["code"]) == (422, "duplicate_item")
    assert [error["pointer"] for error in twice.get_json()["errors"]] == ["/items/0/id", "/items/1/id"]


def test_it_takes_the_right_to_edit_values(cities: Naming, person: MakePerson) -> None:
    operator = person(sub="olga", roles=["operator"])
    body = {"items": [{"id": cities.values["SS26"], "parent": None}]}
    refused = operator.post("dimension-values/set-parents", body)
    assert (refused.status_code, refused.get_json()["permission"]) == (403, "value.edit")
    answered(person(sub="max", roles=["manager"]).post("dimension-values/set-parents", body))


def test_the_number_of_statements_does_not_grow(cities: Naming, app: ServiceApp) -> None:
    names = [f"W{number}" for number in range(40)]
    for name in names:
        cities.add_value("Season", name)
    counts = []
    for size in (2, 40):
        with counting(app.runtime.db.engine) as sent:
            answered(assign(cities, *((name, "US" if size == 2 else "EU") for name in names[:size])))
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_external_refs_are_unique_in_their_dimension(naming: Naming) -> None:
    brand, season = naming.dimensions["Brand"], naming.dimensions["Season"]
    first = naming.add("dimension-values", dimension=brand, value="ACME", external_ref="BR-1")
    naming.add("dimension-values", dimension=season, value="SS27", external_ref="BR-1")
    taken = naming.person.post("dimension-values", {"dimension": brand, "value": "ACNE", "external_ref": "BR-1"})
    assert (taken.status_code, taken.get_json()["code"]) == (409, "already_exists")
    for query in (f"dimension={brand}&external_ref=BR-1", f"dimension={brand}&value=ACME"):
        found = answered(naming.person.get(f"dimension-values?{query}"))["results"]
        assert [row["id"] for row in found] == [first]
    assert len(answered(naming.person.get("dimension-values?external_ref=BR-1"))["results"]) == 2


def account(naming: Naming, brand: str, region: str, **more: str) -> dict[str, Any]:
    return naming.make("account", {"Brand": brand, "Region": region, **more})


def test_what_is_chosen_keeps_to_its_parent(cities: Naming) -> None:
    top = account(cities, "NIKE", "EU")
    kept = {"Brand": "NIKE", "Region": "EU", "Season": "SS26"}
    fine = cities.make("campaign", kept, top["id"])
    for refused in (
        cities.person.post("strings", cities.body("campaign", top["id"], values=kept | {"Season": "FW26"})),
        change(cities, fine, "Season", "FW26"),
        change(cities, fine, "Region", "US"),
    ):
        assert (refused.status_code, refused.get_json()["code"]) == (422, "dependent_value_mismatch")
    # Both at once go together, and a string without the parent dimension is free.
    answered(batch(cities, item(cities, fine, "Season", "FW26"), item(cities, fine, "Region", "US")))
    cities.make("campaign", {"Brand": "NIKE", "Season": "FW26"}, account(cities, "PUMA", "EU")["id"])


def test_what_is_inherited_keeps_to_its_parent(cities: Naming) -> None:
    top = account(cities, "NIKE", "EU", Season="SS26")
    below = cities.make("campaign", {"Brand": "NIKE", "Region": "EU", "Season": "SS26"}, top["id"])
    answered(change(cities, top, "Season", None))
    answered(assign(cities, ("SS26", None)))
    answered(change(cities, top, "Season", "SS26"))
    answered(assign(cities, ("SS26", "US")))
    done = answered(change(cities, top, "Region", "US"))
    assert done["propagation_summary"]["status"] == "completed"
    assert cities.string(below["id"])["value"] == "NIKE_SS26"


@pytest.mark.parametrize("threshold", [100, 1])
def test_a_replacement_keeps_to_its_parent(cities: Naming, worker: Worker, threshold: int) -> None:
    """In the request and in a worker: what may not hold the new value keeps the old one, which therefore stays."""
    cities.add_value("Season", "SS27", parent=cities.values["US"])
    tops = [account(cities, "NIKE", "EU"), account(cities, "PUMA", "US")]
    bound = cities.make("campaign", {"Brand": "NIKE", "Region": "EU", "Season": "SS26"}, tops[0]["id"])
    free = cities.make("campaign", {"Brand": "PUMA", "Season": "SS26"}, tops[1]["id"])
    answered(cities.person.patch("settings/workspace", {"settings": {"background_processing_threshold": threshold}}))
    address = f"dimension-values/{cities.values['SS26']}?replace_with={cities.values['SS27']}"
    done = cities.person.delete(address)
    assert done.status_code == (202 if threshold == 1 else 200), done.get_json()
    worker.run()
    (job,) = answered(cities.person.get("jobs"))["results"]
    assert (job["status"], job["processed_strings"], job["failed_strings"]) == ("partial_failure", 1, 1)
    (error,) = answered(cities.person.get(f"jobs/{job['id']}/errors"))["results"]
    assert (error["string"], error["error_code"]) == (bound["id"], "dependent_value_mismatch")
    assert values_of(cities, [bound, free]) == ["NIKE_SS26", "PUMA_SS27"]
    assert cities.person.get(f"dimension-values/{cities.values['SS26']}").status_code == 200


def test_a_value_with_values_below_it_is_in_use(cities: Naming) -> None:
    account(cities, "NIKE", "EU")
    cities.add_value("Region", "UK")
    for query in ("", f"?replace_with={cities.values['UK']}"):
        refused = cities.person.delete(f"dimension-values/{cities.values['US']}{query}")
        assert (refused.status_code, refused.get_json()["code"]) == (409, "in_use")
    held = cities.person.delete(f"dimension-values/{cities.values['EU']}?replace_with={cities.values['UK']}")
    assert (held.status_code, held.get_json()["code"]) == (409, "in_use")
    assert set(stored_names(cities).values()) == {"NIKE-EU"}


def test_a_dimension_keeps_its_parent_while_values_need_it(cities: Naming) -> None:
    address = f"dimensions/{cities.dimensions['Season']}"
    for parent in (None, cities.dimensions["Brand"]):
        refused = cities.person.patch(address, {"parent": parent})
        assert (refused.status_code, refused.get_json()["code"]) == (409, "in_use")
    answered(cities.person.patch(address, {"parent": cities.dimensions["Region"], "description": "x"}))
    answered(assign(cities, ("SS26", None), ("FW26", None)))
    assert answered(cities.person.patch(address, {"parent": None}))["parent"] is None


def test_two_at_once_close_no_circle(ada: Person, person: MakePerson) -> None:
    first, second = (made(ada.post("dimensions", {"name": name}))["id"] for name in ("Region", "Country"))
    people, answers = [person(), person()], [0, 0]
    barrier = threading.Barrier(2)

    def put(place: int, child: int, parent: int) -> None:
        barrier.wait()
        answers[place] = people[place].patch(f"dimensions/{child}", {"parent": parent}).status_code

    threads = [
        threading.Thread(target=put, args=(0, first, second)),
        threading.Thread(target=put, args=(1, second, first)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 422]
