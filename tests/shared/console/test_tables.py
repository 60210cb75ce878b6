"""Tables for superusers, with the application of one service standing for any."""

import html
import json
import re
import uuid
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from services.propagation.app import create_app
from services.propagation.config import Settings
from shared.app import ServiceApp
from shared.console import tables
from tests.fixtures.people import Issuer, Person
from tests.fixtures.services import running


@pytest.fixture(scope="module")
def app(propagation_settings: Settings) -> Iterator[ServiceApp]:
    with running(create_app, propagation_settings.model_copy(update={"superuser_tables": True})) as app:
        yield app


@pytest.fixture
def ada(app: ServiceApp, issuer: Issuer) -> Person:
    return Person(app.test_client(), "/api/propagation/v1", issuer.token(uuid.uuid4()))


@pytest.fixture
def client(ada: Person) -> FlaskClient:
    ada.client.post("/propagation/login", data={"token": ada.token})
    return ada.client


def test_they_are_there_only_where_it_is_said(propagation_app: ServiceApp, client: FlaskClient, ada: Person) -> None:
    token = {"Authorization": f"Bearer {ada.token}"}
    assert propagation_app.test_client().get("/propagation/tables", headers=token).status_code == 404
    assert "/propagation/tables/dimensions" in client.get("/propagation/tables").text
    assert client.get("/propagation/tables/pg_class").status_code == 404
    assert client.get("/propagation/tables/alembic_version").status_code == 404


def test_admins_read_rows_of_their_tenant(
    app: ServiceApp, client: FlaskClient, ada: Person, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Person(app.test_client(), "/api/propagation/v1", issuer.token(uuid.uuid4()))
    for person, name in ((ada, "Brand"), (ada, "Season"), (other, "Elsewhere")):
        assert person.post("dimensions", {"name": name, "type": "list"}).status_code == 201
    shown = client.get("/propagation/tables/dimensions").text
    assert "Brand" in shown
    assert "Season" in shown
    assert "Elsewhere" not in shown
    some = client.get("/propagation/tables/dimensions?column=name&value=Brand").text
    assert ("Brand" in some, "Season" in some) == (True, False)
    monkeypatch.setattr(tables, "AT_ONCE", 1)
    first = client.get("/propagation/tables/dimensions").text
    more = html.unescape(re.search(r'href="([^"]*after=[^"]*)"', first)[1])  # type: ignore[index]
    assert ("Season" in first, "Season" in client.get(more).text, "after=" in client.get(more).text) == (
        False,
        True,
        False,
    )
    mary = issuer.token(uuid.uuid4(), roles=["manager"])
    assert client.get("/propagation/tables", headers={"Authorization": f"Bearer {mary}"}).status_code == 403


def test_a_change_is_the_apis(client: FlaskClient, ada: Person) -> None:
    made = ada.post("dimensions", {"name": "Brand", "type": "list"}).get_json()
    page = f"/propagation/tables/dimensions/row?{urlencode({'key': made['id']})}"
    shown = client.get(page).text
    document = json.loads(html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", shown, re.DOTALL)[1]))  # type: ignore[index]
    tag = html.unescape(re.search(r'name="tag" value="([^"]*)"', shown)[1])  # type: ignore[index]
    sent = {"document": json.dumps(document | {"name": "Label"}), "tag": tag, "return_to": page}
    answer = client.post(page, data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    assert ada.get(f"dimensions/{made['id']}").get_json()["name"] == "Label"
    rows = ada.get("audit-log?entity=dimension&ordering=-created_at").get_json()["results"]
    assert ["Brand", "Label"] in [row["changes"].get("name") for row in rows]
    assert client.post(page, data=sent).status_code == 412
    assert client.post(page, data=sent | {"document": "{"}).status_code == 422
    assert client.post(page, data={"delete": "yes"}).status_code == 303
    assert client.get(page).status_code == 404


def test_what_the_api_does_not_change_is_only_read(client: FlaskClient, ada: Person) -> None:
    ada.post("dimensions", {"name": "Brand", "type": "list"}, headers={"Idempotency-Key": "abc"})
    listed = client.get("/propagation/tables/idempotency_keys").text
    page = html.unescape(re.search(r'href="(/propagation/tables/idempotency_keys/row[^"]*)"', listed)[1])  # type: ignore[index]
    shown = client.get(page).text
    assert "Read only" in shown
    assert "[REDACTED]" in shown
    assert client.post(page, data={"document": "{}"}).status_code == 404
    assert client.get("/propagation/tables/idempotency_keys/row?key=1").status_code == 404
    assert client.get("/propagation/tables/dimensions/row?key=x").status_code == 404
