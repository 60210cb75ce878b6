"""A company of many stores is compiled by a job into a file that is streamed; one of few within the request."""

import uuid

import pytest
from sqlalchemy import insert, select

from services.sync.models import CompiledStore, Job, Store
from services.sync.operations.promotions import companies
from shared.app import ServiceApp
from tests.fixtures.services import MakePerson, Unit
from tests.fixtures.statements import counting
from tests.sync.stores import Company, answered
from tests.sync.working import Sync, sync

__all__ = ["sync"]


@pytest.fixture
def chain(company: Company, unit: Unit) -> Company:
    """One store more than is answered at once: 48 of soto beside the three; and nothing depends on the day."""
    answered(company.person.patch("promotion-settings", {"sync_strategy": "all_active"}))
    company.promotion("ALL")
    company.promotion("KOPI", brand_id=company.brands["kopi"])
    company.promotion("BOX", promo_type="package", all_stores=False, stores=[company.stores["S1"]])
    brand = uuid.UUID(company.brands["soto"])
    with unit() as session:
        rows = [
            {"tenant_id": company.id, "brand_id": brand, "store_code": f"N{n:02}", "store_name": "N"} for n in range(48)
        ]
        session.execute(insert(Store), rows)
    return company


def test_a_job_writes_what_a_request_would(
    chain: Company, sync: Sync, unit: Unit, app: ServiceApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = chain.person
    asked = ada.post("company/compile")
    job = asked.get_json()
    assert (asked.status_code, asked.headers["Location"]) == (202, f"/api/sync/v1/jobs/{job['id']}")
    assert (job["kind"], job["total"]) == ("sync.compile_company", 51)
    early = ada.get(f"company/compile/{job['id']}")
    assert (early.status_code, early.get_json()["code"]) == (409, "not_compiled")
    sync.work()
    ended = answered(ada.get(f"jobs/{job['id']}"))
    assert (ended["status"], ended["processed"], ended["progress_percentage"]) == ("completed", 51, 100)
    with counting(app.runtime.db.engine) as sent:
        file = ada.get(f"company/compile/{job['id']}")
        whole = answered(file)
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert len(sent) < 20  # three for each fifty stores, and those of any call
    assert list(whole) == ["company_id", "company_name", "compiled_at", "stores", "summary", "errors"]
    monkeypatch.setattr(companies, "AT_ONCE", 100)
    at_once = answered(ada.post("company/compile"))
    for name in ("stores", "summary", "errors"):
        assert whole[name] == at_once[name], name
    assert whole["summary"] == {
        "total_stores": 51,
        "total_promotions": 3,
        "stores_with_promotions": 51,
        "by_brand": {"Soto": {"stores": 50, "promotions": 2}, "Kopi": {"stores": 1, "promotions": 2}},
    }
    store = whole["stores"][chain.stores["S1"]]
    assert [each["code"] for each in store["promotions"]] == ["ALL", "BOX"]
    assert (store["brand_name"], store["store_code"], store["count"]) == ("Soto", "S1", 2)
    assert [error["promotion_code"] for error in whole["errors"]] == ["BOX"]


def test_it_is_cancelled_tried_again_and_kept_apart(
    chain: Company, sync: Sync, unit: Unit, person: MakePerson, other_tenant: uuid.UUID
) -> None:
    ada = chain.person
    job = answered(ada.post("company/compile"))
    assert answered(ada.post(f"jobs/{job['id']}/cancel"))["status"] == "cancelled"
    assert ada.get(f"company/compile/{job['id']}").get_json()["status_of_job"] == "cancelled"
    again = answered(ada.post(f"jobs/{job['id']}/retry"))
    assert again["retry_of"] == job["id"]
    with unit() as session:
        # A worker that was killed after its first step is taken over.
        first = session.get_one(Job, (chain.id, uuid.UUID(again["id"])))
        assert companies.compile_next(session, first) == companies.AT_ONCE
    sync.work()
    with unit() as session:
        rows = list(session.scalars(select(CompiledStore.store_code).where(CompiledStore.job_id == first.id)))
    assert len(rows) == len(set(rows)) == 51
    Company.found(stranger := person(tenant_id=other_tenant), other_tenant)
    assert stranger.get(f"company/compile/{again['id']}").status_code == 404
    sync.submit("sync.cleanup", {})
    (cleanup,) = answered(ada.get("jobs", query_string={"kind": "sync.cleanup", "status": "pending"}))["results"]
    assert ada.get(f"company/compile/{cleanup['id']}").status_code == 404
