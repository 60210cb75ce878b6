"""What another tenant has looks like what nobody has, at every address of the service."""

import uuid

from shared.app import ServiceApp
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson
from tests.repository.test_entrance import routes
from tests.validation.working import character, chronicle, faults, gameline, made


def test_foreign_rows_look_like_missing_ones(app: ServiceApp, ada: Person, person: MakePerson) -> None:
    ours = person(tenant_id=uuid.uuid4())
    night, vtm = chronicle(ada)["id"], gameline(ada)
    row = character(ada, chronicle=night, visibility="PUB")["id"]
    ids = {
        "characters": row,
        "chronicles": night,
        "gamelines": vtm,
        "groups": made(ada, "groups", name="Coterie")["id"],
        "st-relationships": made(ada, "st-relationships", user="tess", chronicle=night, gameline=vtm)["id"],
        "limit-profiles": made(ada, "limit-profiles", reason="Legal.", character_type="elder")["id"],
        "trait-definitions": made(ada, "trait-definitions", code="luck", label="Luck", kind="merit")["id"],
        "scenes": made(ada, "scenes", name="Elysium", chronicle=night)["id"],
    }
    tried = 0
    for route in routes(app):
        if "/<key:" not in route.rule or route.rule.split("/v1/")[-1].split("/")[0] not in ids:
            continue
        body: object = {} if route.method in ("POST", "PATCH") else None
        foreign = ours.call(route.method, route.address(**ids), body)
        absent = ours.call(route.method, route.address(), body)
        told = [(answer.status_code, answer.get_json()["code"]) for answer in (foreign, absent)]
        assert told[0] == told[1], route
        assert foreign.status_code in (404, 422), route
        tried += foreign.status_code == 404
    assert tried > 25
    place = {"name": "Lena", "chronicle": night, "gameline": vtm}
    assert faults(ours.post("characters", place)) == {
        "/chronicle": "unknown_reference",
        "/gameline": "unknown_reference",
    }
    group = made(ours, "groups", name="Ours")["id"]
    assert faults(ours.post(f"groups/{group}/memberships", {"character": row})) == {"/character": "unknown_reference"}
    assert [
        ours.get(path).get_json()["results"] for path in ("characters", "chronicles", f"characters?chronicle={night}")
    ] == [
        [],
        [],
        [],
    ]
