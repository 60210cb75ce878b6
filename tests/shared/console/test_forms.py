"""Forms, their failures, and what htmx gets, with the application of one service standing for any."""

import uuid

import pytest
from flask.testing import FlaskClient

from shared.app import ServiceApp
from tests.fixtures.people import Issuer, Person
from tests.propagation.naming import Naming, detail_of

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Current-URL": "http://localhost/propagation/"}


@pytest.fixture
def naming(propagation_app: ServiceApp, issuer: Issuer) -> Naming:
    return Naming.build(Person(propagation_app.test_client(), "/api/propagation/v1", issuer.token(uuid.uuid4())))


@pytest.fixture
def client(naming: Naming) -> FlaskClient:
    client: FlaskClient = naming.person.client
    client.post("/propagation/login", data={"token": naming.person.token})
    return client


def test_htmx_gets_the_content_and_an_address_without_empty_fields(client: FlaskClient) -> None:
    whole, part = (client.get("/propagation/?value=&stale=true", headers=headers) for headers in ({}, PARTIAL))
    assert whole.text.startswith("<!doctype html>")
    assert part.text.lstrip().startswith("<title>")
    assert part.headers["HX-Replace-Url"] == "/propagation/?stale=true"
    assert "HX-Request-Type" in part.headers["Vary"]
    elsewhere = client.get("/propagation/jobs", headers=PARTIAL)
    assert elsewhere.headers["HX-Push-Url"] == "/propagation/jobs"


def test_a_form_changes_what_the_api_would_and_says_so_once(client: FlaskClient, naming: Naming) -> None:
    account = naming.tree()["account"]
    brand = detail_of(account, "Brand")
    page = f"/propagation/names/{account['id']}/edit/{brand['id']}"
    wanted = {"dimension_value": naming.values["VANS"], "return_to": page}
    shown = client.post(f"{page}/preview", data=wanted, headers=PARTIAL)
    assert "VANS-EU" in shown.text
    assert naming.string(account["id"])["value"] == "NIKE-EU"
    answer = client.post(page, data=wanted)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/propagation/names/{account['id']}")
    assert naming.string(account["id"])["value"] == "VANS-EU"
    assert "Changed." in client.get(answer.headers["Location"]).text
    assert "Changed." not in client.get(answer.headers["Location"]).text


def test_a_form_that_failed_is_shown_again(client: FlaskClient, naming: Naming) -> None:
    account = naming.tree()["account"]
    page = f"/propagation/names/{account['id']}/edit/{detail_of(account, 'Brand')['id']}"
    puma, vans = naming.values["PUMA"], naming.values["VANS"]
    stale = client.post(page, data={"dimension_value": puma, "tag": '"1-stale"', "return_to": page})
    assert stale.status_code == 412
    assert f'value="{puma}" selected' in stale.text
    assert naming.string(account["id"])["value"] == "NIKE-EU"
    empty = client.post(page, data={"dimension_value": "", "return_to": page}, headers=PARTIAL)
    assert empty.status_code in (409, 422)
    assert not empty.text.startswith("<!doctype html>")
    nowhere = client.post(page, data={"dimension_value": vans, "tag": '"1-stale"', "return_to": "//x.example/"})
    assert nowhere.status_code == 412
    assert "412 · " in nowhere.text


def test_what_does_not_exist_is_a_page_for_people_and_a_document_for_programs(client: FlaskClient) -> None:
    for path in ("/propagation/names/999999", "/propagation/nothing"):
        answer = client.get(path)
        assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert client.get("/api/propagation/v1/nothing").mimetype == "application/problem+json"


def test_who_is_logged_out_finds_the_way_back(naming: Naming) -> None:
    client = naming.person.client
    answer = client.get("/propagation/jobs?status=failed&kind=")
    assert answer.headers["Location"] == "/propagation/login?next=/propagation/jobs%3Fstatus%3Dfailed"
    part = client.get("/propagation/overview", headers=PARTIAL)
    assert (part.status_code, part.headers["HX-Redirect"]) == (401, "/propagation/login?next=/propagation/")
