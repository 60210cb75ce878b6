"""Geofences and shifts: plain rows that attendance refers to."""

import uuid
from typing import Any

import pytest

from tests.fixtures.people import Person, codes
from tests.fixtures.services import MakePerson

OFFICE = {"name": "Office", "kind": "circle", "centre": {"latitude": 52.52, "longitude": 13.405}, "radius_m": 150}
YARD = {"name": "Yard", "kind": "polygon", "vertices": [[52.5, 13.4], [52.5, 13.5], [52.6, 13.5]]}
NIGHT = {"name": "Night", "start_time": "22:00", "end_time": "06:00"}


def made(person: Person, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = person.post(path, body)
    assert answer.status_code == 201, answer.get_json()
    row: dict[str, Any] = answer.get_json()
    assert answer.headers["Location"].endswith(f"/{path}/{row['id']}")
    return row


def test_a_circle_is_made_read_and_changed(ada: Person) -> None:
    fence = made(ada, "geofences", OFFICE)
    assert OFFICE.items() <= fence.items()
    assert (fence["latitude"], fence["longitude"], fence["vertices"], fence["version"]) == (52.52, 13.405, None, 0)
    changed = ada.patch(f"geofences/{fence['id']}", {"radius_m": 200, "version": 0})
    assert (changed.get_json()["radius_m"], changed.get_json()["version"]) == (200, 1)
    assert ada.patch(f"geofences/{fence['id']}", {"radius_m": 200}).get_json()["version"] == 1
    read = ada.get(f"geofences/{fence['id']}")
    assert read.headers["ETag"] == changed.headers["ETag"]


def test_a_centre_may_be_two_fields(ada: Person) -> None:
    body = {"name": "Gate", "kind": "CIRCLE", "latitude": 1.5, "longitude": 2.5, "radius_m": 10}
    assert made(ada, "geofences", body)["centre"] == {"latitude": 1.5, "longitude": 2.5}


def test_a_polygon_takes_its_vertices_either_way(ada: Person) -> None:
    fence = made(ada, "geofences", YARD)
    assert fence["vertices"][0] == {"latitude": 52.5, "longitude": 13.4}
    assert fence["centre"] is None
    again = ada.patch(f"geofences/{fence['id']}", {"vertices": fence["vertices"]})
    assert again.get_json()["version"] == 0


def test_another_kind_drops_the_old_shape(ada: Person) -> None:
    fence = made(ada, "geofences", OFFICE)
    address = f"geofences/{fence['id']}"
    assert ada.patch(address, {"kind": "polygon"}).status_code == 422
    polygon = ada.patch(address, {"kind": "polygon", "vertices": YARD["vertices"]}).get_json()
    assert (polygon["centre"], polygon["radius_m"], len(polygon["vertices"])) == (None, None, 3)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"radius_m": 0.5}, "/radius_m"),
        ({"radius_m": 100_001}, "/radius_m"),
        ({"radius_m": None}, "/radius_m"),
        ({"centre": {"latitude": 91, "longitude": 0}}, "/centre/latitude"),
        ({"centre": {"latitude": 1}}, "/centre/longitude"),
        ({"centre": [1, 181]}, "/centre/longitude"),
        ({"vertices": YARD["vertices"]}, "/vertices"),
        ({"kind": "square"}, "/kind"),
        ({"name": "  "}, "/name"),
        ({"surprise": 1}, "/surprise"),
        ({"id": 5}, "/id"),
    ],
)
def test_what_a_circle_refuses(ada: Person, change: dict[str, Any], pointer: str) -> None:
    answer = ada.post("geofences", OFFICE | change)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [pointer]


@pytest.mark.parametrize("number", [0, 2, 201])
def test_a_polygon_has_3_to_200_vertices(ada: Person, number: int) -> None:
    vertices = [[0.001 * step, 0.002 * step * step] for step in range(number)]
    answer = ada.post("geofences", YARD | {"vertices": vertices})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == "/vertices"
    assert ada.post("geofences", {"name": "Yard", "kind": "polygon"}).status_code == 422


def test_shifts_are_local_times(ada: Person) -> None:
    shift = made(ada, "shifts", NIGHT)
    assert (shift["start_time"], shift["end_time"]) == ("22:00:00", "06:00:00")
    assert codes(ada.post("shifts", {"name": "None", "start_time": "25:00", "end_time": "06:00"})) == ["invalid"]
    assert ada.patch(f"shifts/{shift['id']}", {"end_time": "07:00"}).get_json()["end_time"] == "07:00:00"


def test_names_are_unique_in_the_tenant(ada: Person, person: MakePerson) -> None:
    made(ada, "shifts", NIGHT)
    assert ada.post("shifts", NIGHT).get_json()["code"] == "already_exists"
    made(person(tenant_id=uuid.uuid4()), "shifts", NIGHT)


def test_lists_are_filtered(ada: Person) -> None:
    for body in (OFFICE, YARD):
        made(ada, "geofences", body)
    assert [row["name"] for row in ada.get("geofences?kind=polygon").get_json()["results"]] == ["Yard"]
    assert [row["name"] for row in ada.get("geofences?ordering=-name").get_json()["results"]] == ["Yard", "Office"]


def test_who_may_do_what(ada: Person, person: MakePerson) -> None:
    shift = made(ada, "shifts", NIGHT)
    viewer, manager = person(roles=["viewer"]), person(roles=["manager"])
    assert viewer.get(f"shifts/{shift['id']}").status_code == 200
    assert viewer.post("shifts", NIGHT | {"name": "Late"}).status_code == 403
    assert manager.post("shifts", NIGHT | {"name": "Late"}).status_code == 201
    refused = manager.delete(f"shifts/{shift['id']}")
    assert (refused.status_code, refused.get_json()["permission"]) == (403, "reference.delete")
    assert ada.delete(f"shifts/{shift['id']}").status_code == 204
    assert ada.get(f"shifts/{shift['id']}").status_code == 404
