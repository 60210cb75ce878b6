"""Logging in and out, with the application of one service standing for any."""

import re
import time
import uuid

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr

from services.propagation.app import create_app
from services.propagation.config import Settings
from shared.app import ServiceApp
from tests.fixtures.people import Issuer

START = "/propagation/"


@pytest.fixture
def client(propagation_app: ServiceApp) -> FlaskClient:
    return propagation_app.test_client()


def log_in(client: FlaskClient, issuer: Issuer, **claims: object) -> None:
    token = issuer.token(uuid.uuid4(), **claims)  # type: ignore[arg-type]
    answer = client.post("/propagation/login", data={"token": token, "next": START})
    assert (answer.status_code, answer.headers["Location"]) == (303, START)


def test_a_token_becomes_a_session_of_the_same_length(client: FlaskClient, issuer: Issuer) -> None:
    log_in(client, issuer)
    cookie = client.get_cookie("concord_session")
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site, cookie.path) == (True, "Lax", "/")
    assert cookie.max_age is not None
    assert 500 < cookie.max_age <= 600
    assert "Ada" in client.get(START).text
    assert client.get("/api/propagation/v1/strings").status_code == 200  # the API knows the session as well


def test_a_token_that_does_not_hold_is_told_so(client: FlaskClient, issuer: Issuer) -> None:
    for token in ("", "nonsense", issuer.token(uuid.uuid4(), exp=int(time.time()) - 60), issuer.token(None)):
        answer = client.post("/propagation/login", data={"token": token})
        assert answer.status_code in (401, 403)
        assert "That did not work" in answer.text
    assert client.get_cookie("concord_session") is None


def test_nobody_is_sent_to_another_origin(client: FlaskClient, issuer: Issuer) -> None:
    for place in ("https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example"):
        answer = client.post("/propagation/login", data={"token": issuer.token(uuid.uuid4()), "next": place})
        assert answer.headers["Location"] == "/"


def test_a_link_logs_in_once(client: FlaskClient, issuer: Issuer) -> None:
    key = issuer.token(uuid.uuid4(), aud=["propagation/login"])
    assert client.get("/api/propagation/v1/jobs", headers={"Authorization": f"Bearer {key}"}).status_code == 401
    assert client.get(f"/propagation/login/once?key={key}").status_code == 303
    assert client.get(START).status_code == 200
    again = client.get(f"/propagation/login/once?key={key}")
    assert again.status_code == 401
    assert "was used already" in again.text
    assert client.get(f"/propagation/login/once?key={issuer.token(uuid.uuid4())}").status_code == 401


def test_a_changed_cookie_is_nobody(client: FlaskClient, issuer: Issuer) -> None:
    log_in(client, issuer)
    cookie = client.get_cookie("concord_session")
    assert cookie is not None
    client.set_cookie("concord_session", f"x{cookie.value}")
    assert client.get(START).status_code == 303


def test_logging_out_ends_the_session_everywhere(client: FlaskClient, issuer: Issuer) -> None:
    log_in(client, issuer)
    stolen = client.get_cookie("concord_session")
    assert stolen is not None
    answer = client.post("/propagation/logout")
    assert client.get_cookie("concord_session") is None
    (picture,) = re.findall(r'src="([^"]+logout[^"]+)"', answer.text)
    assert client.get(picture).mimetype == "image/svg+xml"
    assert client.get("/propagation/logout/forged.svg").status_code == 404
    client.set_cookie("concord_session", stolen.value)
    assert client.get(START).status_code == 303


def test_the_api_takes_no_session_from_another_origin(client: FlaskClient, issuer: Issuer) -> None:
    log_in(client, issuer)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        answer = client.post("/api/propagation/v1/dimensions", json={"name": "Colour"}, headers=headers)
        assert (answer.status_code, answer.get_json()["code"]) == (403, "cross_site")
    own = {"Origin": "http://localhost"}
    assert client.post("/api/propagation/v1/dimensions", json={"name": "Colour"}, headers=own).status_code == 201


def test_keys_are_replaced_without_logging_anybody_out(propagation_settings: Settings, issuer: Issuer) -> None:
    keys = [SecretStr("old-" * 10), SecretStr("new-" * 10)]
    held = {("old", "old"), ("old", "both"), ("both", "both"), ("both", "new")}  # made by, read by
    sessions = {}
    for name, known in (("old", keys[:1]), ("both", keys), ("new", keys[1:])):
        app = create_app(propagation_settings.model_copy(update={"session_keys": known}))
        client = app.test_client()
        if name != "new":
            log_in(client, issuer)
            cookie = client.get_cookie("concord_session")
            assert cookie is not None
            sessions[name] = cookie.value
        for made, value in sessions.items():
            client.set_cookie("concord_session", value)
            accepted = client.get(START).status_code == 200
            assert accepted is ((made, name) in held)
        app.runtime.close()
