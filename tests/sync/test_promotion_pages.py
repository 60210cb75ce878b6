"""The pages of promotions as forms meet them, without a browser."""

import uuid

import pytest
from flask.testing import FlaskClient

from shared.app import ServiceApp
from tests.fixtures.people import Issuer
from tests.sync.stores import Company

PAGE = "/sync/promotions/settings"


@pytest.fixture
def window(app: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID) -> FlaskClient:
    """Of somebody who is logged in."""
    client = app.test_client()
    client.post("/sync/login", data={"token": issuer.token(tenant_id)})
    return client


@pytest.mark.parametrize("path", ["settings", "compiler", f"compiler/{uuid.UUID(int=7)}"])
def test_without_a_company_the_start_page_says_why(window: FlaskClient, path: str) -> None:
    answer = window.get(f"/sync/promotions/{path}")
    assert (answer.status_code, answer.location) == (303, "/sync/")
    assert "There is no company yet" in window.get("/sync/pipelines").get_data(as_text=True)


def test_a_form_saves_like_the_call(window: FlaskClient, company: Company) -> None:
    form = {"sync_strategy": "current_only", "future_days": "3", "include_inactive": "on", "sync_times": "06:00, 18:30"}
    saved = window.post(PAGE, data=form)
    assert (saved.status_code, saved.location) == (303, PAGE)
    assert "Sync settings updated successfully!" in window.get(PAGE).get_data(as_text=True)
    settings = company.person.get("promotion-settings").get_json()
    assert (settings["sync_strategy"], settings["future_days"], settings["include_inactive"]) == (
        "current_only",
        3,
        True,
    )
    assert settings["sync_times"] == ["06:00:00", "18:30:00"]
    assert not settings["auto_sync_enabled"]  # its box was not ticked
    refused = window.post(PAGE, data=form | {"future_days": "91", "past_days": "x", "return_to": PAGE})
    assert refused.status_code == 400
    text = refused.get_data(as_text=True)
    assert 'id="future_days-error"' in text
    assert 'id="past_days-error"' in text
    assert company.person.get("promotion-settings").get_json()["future_days"] == 3


def test_what_is_compiled_is_text_in_pages_and_a_file(window: FlaskClient, company: Company) -> None:
    promotion = company.promotion(name="</pre><script>alert(1)</script>", code="P-1")
    page = window.get(f"/sync/promotions/compiler/{promotion}").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    file = window.get(f"/sync/promotions/compiler/{promotion}/file")
    assert file.headers["Content-Disposition"] == "attachment; filename=promotion-P-1.json"
    assert file.get_json()["code"] == "P-1"
    store = window.post("/sync/promotions/compiler/store", data={"store_id": company.stores["S1"]})
    assert "Store S1" in store.get_data(as_text=True)
    assert window.post("/sync/promotions/compiler/company").get_json()["summary"]["total_stores"] == 3
