"""Who may what: the roles as they are promised, and every address called by the highest role that may not."""

from collections.abc import Mapping
from typing import Any

import pytest

from services.validation.config import ROLE_PERMISSIONS
from shared.app import ServiceApp
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson
from tests.repository.test_entrance import routes
from tests.validation.working import character, chronicle, gameline, made

# Each role may what those before it may, and this.
PROMISED = {
    "viewer": "character.view chronicle.view rules.view health.view",
    "operator": "character.edit_own xp.spend xp.request rules.evaluate",
    "manager": "character.view_all character.edit_all chronicle.manage xp.grant integrity.run rules.manage"
    " alerts.manage",
    "admin": "integrity.fix quarantine.manage policy.manage",
}
# Bodies without which a request would be refused for its form, before anybody asks for the right.
BODIES: Mapping[str, dict[str, Any]] = {
    "POST chronicles": {"name": "Other"},
    "POST gamelines": {"code": "oth", "name": "Other"},
    "POST groups": {"name": "Other"},
    "POST scenes": {"name": "Other"},
    "POST stories": {"name": "Other"},
    "POST weeks": {"end_date": "2024-01-14"},
    "POST limit-profiles": {"reason": "Legal.", "character_type": "other"},
    "POST tariffs": {"kind": "other", "factor": 1},
    "POST thresholds": {"metric": "deadlocks", "target": "0", "alert": "1"},
    "POST trait-definitions": {"code": "other", "label": "Other", "kind": "merit"},
    "PUT rule-sets/<name>": {"target": "records", "fields": {"a": "integer"}, "rules": []},
    "PUT rule-sets/<name>/lists/<list_name>": {"values": []},
    "POST rule-sets/<name>/evaluate": {"records": []},
    "POST rule-sets/check": {"definition": {}},
}


def test_roles_are_as_promised() -> None:
    told: set[str] = set()
    for role, more in PROMISED.items():
        told |= set(more.split())
        of_rows = {
            name for name in ROLE_PERMISSIONS[role] if name.split(".")[0] not in ("job", "audit", "outbox", "webhook")
        }
        assert of_rows == told, role


@pytest.fixture
def ids(ada: Person) -> dict[str, Any]:
    night, vtm = chronicle(ada)["id"], gameline(ada)
    return {
        "characters": character(ada, chronicle=night, visibility="PUB")["id"],
        "chronicles": night,
        "gamelines": vtm,
        "groups": made(ada, "groups", name="Coterie")["id"],
        "st-relationships": made(ada, "st-relationships", user="tess", chronicle=night, gameline=vtm)["id"],
        "limit-profiles": made(ada, "limit-profiles", reason="Legal.", character_type="elder")["id"],
        "trait-definitions": made(ada, "trait-definitions", code="luck", label="Luck", kind="merit")["id"],
        "scenes": made(ada, "scenes", name="Elysium", chronicle=night)["id"],
        "stories": made(ada, "stories", name="Fall", chronicle=night)["id"],
        "weeks": made(ada, "weeks", end_date="2024-01-21")["id"],
        "tariffs": ada.get("tariffs?limit=1").get_json()["results"][0]["id"],
        "thresholds": ada.get("thresholds?limit=1").get_json()["results"][0]["id"],
    }


def test_unknown_names_of_a_query_are_refused_everywhere(app: ServiceApp, ada: Person, ids: dict[str, Any]) -> None:
    asked = 0
    for route in routes(app):
        if route.permission is not None:
            body = BODIES.get(f"{route.method} {route.rule.split('/v1/')[-1]}", {}) if route.method != "GET" else None
            answer = ada.call(route.method, f"{route.address(**ids)}?colour=red", body)
            assert answer.get_json()["errors"][0]["pointer"] == "?colour", route.rule
            asked += 1
    assert asked > 100
    assert ada.get("/validation/?colour=red").status_code != 422  # pages may be linked to with more


def test_who_lacks_a_permission_is_refused_by_name(app: ServiceApp, person: MakePerson, ids: dict[str, Any]) -> None:
    people = {role: person(sub=f"some-{role}", roles=[role]) for role in ROLE_PERMISSIONS}
    nobody = person(sub="nobody", roles=["unheard-of"])
    refused = 0
    for route in routes(app):
        if route.permission is None or route.permission.split(".")[0] in ("job", "audit", "outbox", "webhook"):
            continue
        short = route.rule.split("/v1/")[-1]
        name = f"{route.method} {short}"
        collection = short.split("/")[0]
        if "<" in short and collection not in ids and not collection.startswith("rule-sets"):
            continue
        body = BODIES.get(name, {} if route.method in ("PATCH", "POST", "PUT") else None)
        address = route.address(**ids).replace("rule-sets/unknown", "rule-sets/core")
        lacking = [role for role, permissions in ROLE_PERMISSIONS.items() if route.permission not in permissions]
        for caller in (nobody, *(people[role] for role in lacking[-1:])):
            answer = caller.call(route.method, address, body)
            told = answer.get_json()
            if answer.status_code == 403:
                assert told.get("permission", route.permission) == route.permission, name
                refused += 1
            else:  # a form or a row that is missing is told first
                assert answer.status_code in (404, 405, 409, 422), (name, answer.status_code, told)
    assert refused > 100
