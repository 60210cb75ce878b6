"""A tenant's first call, and what it finds there."""

import uuid

from sqlalchemy import func, select, update

from services.validation.models import Gameline, Tenant, TraitDefinition
from tests.fixtures.people import Person
from tests.fixtures.services import AtOnce, MakePerson, Unit


def test_a_tenant_starts_with_gamelines_and_backgrounds(ada: Person, unit: Unit) -> None:
    assert ada.get("jobs").status_code == 200
    with unit() as session:
        gamelines = session.scalars(select(Gameline.code).order_by(Gameline.id)).all()
        backgrounds = session.scalars(select(TraitDefinition.code).order_by(TraitDefinition.id)).all()
    assert gamelines == ["wod", "vtm", "wta", "mta", "wto", "ctd", "dtf", "htr", "mtr"]
    assert backgrounds == ["allies", "contacts", "mentor", "resources"]


def test_two_first_calls_at_once_are_one(person: MakePerson, unit: Unit, at_once: AtOnce) -> None:
    people = [person(sub=f"person-{number}") for number in range(4)]
    answers = at_once(*(lambda caller=caller: caller.get("jobs") for caller in people))
    assert [answer.status_code for answer in answers] == [200] * 4
    with unit() as session:
        assert session.scalar(select(func.count()).select_from(Tenant)) == 1
        assert session.scalar(select(func.count()).select_from(Gameline)) == 9


def test_an_inactive_tenant_can_be_read_only(ada: Person, unit: Unit, tenant_id: uuid.UUID) -> None:
    assert ada.get("jobs").status_code == 200
    with unit() as session:
        session.execute(update(Tenant).where(Tenant.tenant_id == tenant_id).values(status="inactive"))
    assert ada.get("jobs").status_code == 200
    refused = ada.post("webhooks", {"name": "ours", "url": "https://example.com/hook"})
    assert (refused.status_code, refused.get_json()["code"]) == (403, "tenant_inactive")
