"""First contact of a tenant, and what an inactive one may do."""

import uuid

from sqlalchemy import select, update

from services.sync.models import Schedule, Tenant
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson, Unit


def test_a_tenant_arrives_with_its_first_call(ada: Person, unit: Unit, tenant_id: uuid.UUID) -> None:
    assert ada.get("jobs").get_json()["results"] == []
    with unit() as session:
        tenant = session.get_one(Tenant, tenant_id)
        assert (tenant.slug, tenant.status, tenant.version) == (str(tenant_id)[:8], "active", 1)
        assert set(session.scalars(select(Schedule.name))) == {"cleanup"}


def test_an_inactive_tenant_can_be_read_only(ada: Person, unit: Unit) -> None:
    with unit() as session:
        session.execute(update(Tenant).values(status="inactive"))
    assert ada.get("jobs").status_code == 200
    refused = ada.post("webhooks", {"name": "ops", "url": "https://example.com/hook"})
    assert (refused.status_code, refused.get_json()["code"]) == (403, "tenant_inactive")


def test_a_refusal_is_audited(ada: Person, person: MakePerson) -> None:
    assert person(roles=["viewer"]).get("webhooks").status_code == 403
    (row,) = ada.get("audit-log?action=access.denied").get_json()["results"]
    assert row["entity_id"] == "webhook.manage"
