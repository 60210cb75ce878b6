"""Who may do what at every address of the service, and that another tenant's rows look like missing ones."""

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import func, update
from werkzeug.test import TestResponse

from services.sync.config import ROLE_PERMISSIONS
from services.sync.models import Outbox
from shared.app import ServiceApp
from shared.outbox.writing import Letter, post_many
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson, Unit
from tests.repository.test_entrance import Called, routes
from tests.sync.putting import Putting
from tests.sync.putting import put as put
from tests.sync.stores import Company
from tests.sync.working import Sync, item
from tests.sync.working import sync as sync

NOBODY = str(uuid.UUID(int=7))
HOOK = "https://93.184.216.34/hook"  # never called
Ids = dict[str, str]


@pytest.fixture
def ids(sync: Sync, put: Putting, ada: Person, unit: Unit, company: Company) -> Ids:
    """A row of every kind, by the collection that it stands in."""
    sync.source("items", [item("A"), item("B", price="x")])
    sync.put(groups=["nightly"])
    run = sync.run()
    (group_run,) = {one["group_run_id"] for one in ada.post("groups/nightly/runs").get_json()["results"]}
    brand, store = company.brands["soto"], company.stores["S1"]
    category = company.add("categories", brand_id=brand, name="Soups")
    modifier = company.add("modifiers", brand_id=brand, name="Size")
    product = company.add("products", brand_id=brand, category_id=category, name="Soto", sku="S", price="1.00")
    area = company.add("table-areas", store_id=store, name="Inside")
    with unit() as session:
        (letter,) = post_many(session, Outbox, [Letter("call", "mark", "nowhere", {"path": "x"})])
        session.execute(update(Outbox).where(Outbox.id == letter).values(status="failed", ended_at=func.now()))
    conflict, row = put.conflict(ada)
    return {
        "pipelines": "items",
        "entities": "product",
        "groups": "nightly",
        "group-runs": group_run,
        "runs": run["id"],
        "jobs": run["id"],
        "quarantine": str(put.entry()),
        "conflicts": str(conflict),
        "outbox": str(letter),
        "webhooks": str(company.add("webhooks", name="ops", url=HOOK, event_types=["run.ended"])),
        "brands": brand,
        "stores": store,
        "categories": category,
        "products": product,
        "modifiers": modifier,
        "modifier-options": company.add("modifier-options", modifier_id=modifier, name="Large"),
        "product-modifiers": company.add("product-modifiers", product_id=product, modifier_id=modifier),
        "table-areas": area,
        "tables": company.add("tables", area_id=area, number="1"),
        "table-groups": company.add("table-groups", store_id=store, name="Big"),
        "edge-servers": company.add("edge-servers", store_id=store),
        "promotions": company.promotion(),
        "catalogue/product": str(row),
    }


Body = Callable[[Ids], dict[str, Any]]
# What a route takes, where it does not take an empty object.
BODIES: Mapping[str, Body] = {
    "PATCH pipelines/<>": lambda _ids: {"active": True},
    "POST runs": lambda _ids: {"all": True},
    "PATCH quarantine/<>": lambda _ids: {"corrected_row": {"id": "A"}},
    "POST quarantine/redrive": lambda ids: {"ids": [int(ids["quarantine"])]},
    "POST quarantine/<>/discard": lambda _ids: {"comment": "Gone."},
    "POST conflicts/<>/resolve": lambda _ids: {"resolution": "source"},
    "POST conflicts/resolve": lambda ids: {"resolution": "source", "ids": [int(ids["conflicts"])]},
    "POST conflicts/<>/decision": lambda _ids: {"approval_id": 12, "decision": "rejected"},
    "POST webhooks": lambda _ids: {"name": "more", "url": HOOK, "event_types": ["run.ended"]},
    "POST company": lambda _ids: {"code": "X", "name": "Other"},
    "POST brands": lambda _ids: {"code": "neu", "name": "New"},
    "POST stores": lambda ids: {"brand_id": ids["brands"], "store_code": "N", "store_name": "New"},
    "POST categories": lambda ids: {"brand_id": ids["brands"], "name": "New"},
    "POST products": lambda ids: {
        "brand_id": ids["brands"],
        "category_id": ids["categories"],
        "name": "New",
        "sku": "N",
        "price": "1.00",
    },
    "POST modifiers": lambda ids: {"brand_id": ids["brands"], "name": "New"},
    "POST modifier-options": lambda ids: {"modifier_id": ids["modifiers"], "name": "New"},
    "POST product-modifiers": lambda ids: {"product_id": ids["products"], "modifier_id": ids["modifiers"]},
    "POST table-areas": lambda ids: {"store_id": ids["stores"], "name": "New"},
    "POST tables": lambda ids: {"area_id": ids["table-areas"], "number": "9"},
    "POST table-groups": lambda ids: {"store_id": ids["stores"], "name": "New"},
    "POST promotions": lambda _ids: {
        "code": "NEW",
        "name": "New",
        "promo_type": "percent_discount",
        "discount_percent": "1.00",
        "start_date": "2026-01-01",
        "end_date": "2026-12-31",
    },
    "POST promotion-settings/restore": lambda _ids: {"id": 1},
    "POST promotion-settings/force-full-sync": lambda _ids: {"comment": "Afresh."},
    "POST edge-servers": lambda ids: {"store_id": ids["stores"]},
}
# They name what this world has not; they are tried in tests/shared and in test_company_compilation.py.
ELSEWHERE = ("POST webhooks/<>/deliveries/<>/replay", "GET company/compile/<>")


class Call:
    """A route with what it takes."""

    def __init__(self, route: Called) -> None:
        self.method, self.permission = route.method, route.permission
        self.below = route.rule.split("/v1/")[1]
        self.name = f"{self.method} {re.sub('<[^>]+>', '<>', self.below)}"
        self.collection = self.below.split("/<")[0]
        self.has_argument = "<" in self.below

    def __call__(self, person: Person, ids: Ids, own: Ids | None = None) -> TestResponse:
        """`own` are the ids for bodies, where they are not those of the address."""
        path = self.below.replace("<string:layer>", "brands").replace("<id:target_id>", ids["brands"])
        path = re.sub("<[^>]+>", str(ids.get(self.collection)), path)
        if self.name == "PUT pipelines/<>":
            return person.call("PUT", path, data="name: items", content_type="application/yaml")
        if self.method not in ("POST", "PUT", "PATCH"):
            return person.call(self.method, path)
        make = BODIES.get(self.name)
        return person.call(self.method, path, make(own or ids) if make else {})


def calls(app: ServiceApp) -> Iterator[Call]:
    """Reading first, deleting last. The tables of the catalogue are made alike, so one stands for all."""
    order = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    for route in sorted(routes(app), key=lambda one: (order.index(one.method), one.rule)):
        others = re.search(r"/catalogue/(?!product)", route.rule)
        if route.permission is not None and not others and (call := Call(route)).name not in ELSEWHERE:
            yield call


def refusal(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"].lower()


def test_roles_may_what_the_table_says(app: ServiceApp, ids: Ids, person: MakePerson) -> None:
    for role in ("unheard-of", *ROLE_PERMISSIONS):
        held, somebody = ROLE_PERMISSIONS.get(role, frozenset()), person(sub=role, roles=[role])
        for call in calls(app):
            if call.permission not in held:
                answer = call(somebody, ids)
                assert refusal(answer) == (403, "permission_missing"), (role, call.name, answer.get_data(as_text=True))
                assert answer.get_json()["permission"] == call.permission, call.name
            elif call.method == "GET" and role == "viewer":
                answer = call(somebody, ids)
                assert answer.status_code in (200, 400, 404), (role, call.name, answer.get_data(as_text=True))
                answer.close()


def test_what_is_anothers_looks_missing(app: ServiceApp, ids: Ids, person: MakePerson, other_tenant: uuid.UUID) -> None:
    theirs = person(tenant_id=other_tenant, permissions=["approval.callback"])
    Company.found(theirs, other_tenant)
    absent = {name: _absent(value) for name, value in ids.items()}
    marks = [value for value in ids.values() if len(value) == len(NOBODY)]
    tried = 0
    for call in calls(app):
        foreign = call(theirs, ids)
        if call.has_argument:
            assert refusal(foreign) == refusal(call(theirs, absent, ids)), call.name
            assert foreign.status_code in (404, 409, 422), (call.name, foreign.get_data(as_text=True))
            tried += foreign.status_code == 404
        elif call.method == "GET":
            shown = foreign.get_data(as_text=True)
            assert not [mark for mark in marks if mark in shown], call.name
    assert tried > 70


def _absent(value: str) -> str:
    """An id of the same form that nobody has."""
    return NOBODY if len(value) == len(NOBODY) else "9000000000000000" if value.isdecimal() else "unheard-of"


def test_the_permission_alone_is_enough(app: ServiceApp, ids: Ids, person: MakePerson) -> None:
    """What the first calls did may stop later ones, but never for lack of rights."""
    for call in calls(app):
        answer = call(person(sub="grace", roles=[], permissions=[call.permission]), ids)
        if call.permission == "approval.callback":  # it takes a signature as well
            assert refusal(answer) == (401, "signature_refused")
        else:
            assert answer.status_code not in (401, 403, 405, 500), (call.name, answer.get_data(as_text=True))
        answer.close()
