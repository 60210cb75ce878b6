"""Log-in through a provider: a small one, which says whatever it is told to."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import flask
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask.testing import FlaskClient
from pydantic import SecretStr

from services.propagation.app import create_app
from services.propagation.config import Settings
from shared.console import identity
from tests.console.stage import served
from tests.fixtures.people import Issuer
from tests.gateway.stage import free_port


class Provider:
    """Answers the code `good` of whoever knows the verifier and the secret, with `claims`."""

    def __init__(self, address: str, issuer: Issuer) -> None:
        self.address, self.issuer, self.claims = address, issuer, dict[str, Any]()
        self.challenge = ""
        self.app = flask.Flask("provider")
        self.app.add_url_rule("/.well-known/openid-configuration", "about", self._about)
        self.app.add_url_rule("/keys", "keys", lambda: issuer.jwks.read_text())
        self.app.add_url_rule("/token", "token", self._token, methods=["POST"])

    def _about(self) -> dict[str, str]:
        paths = {"authorization_endpoint": "ask", "token_endpoint": "token", "jwks_uri": "keys"}
        return {name: f"{self.address}/{path}" for name, path in paths.items()}

    def _token(self) -> Any:
        form, who = flask.request.form, flask.request.authorization
        known = who is not None and (who.username, who.password) == ("console", "hush")
        if not known or form["code"] != "good" or create_s256_code_challenge(form["code_verifier"]) != self.challenge:
            return {"error": "invalid_grant"}, 400
        return {"id_token": self.issuer.token(None, **self.claims)}


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    port = free_port()
    found = Provider(f"http://127.0.0.1:{port}", Issuer.make(tmp_path, kid="provider-1"))
    with served(found.app, port):
        yield found
    identity._described.cache_clear()


@pytest.fixture
def client(propagation_settings: Settings, provider: Provider) -> Iterator[FlaskClient]:
    own: dict[str, Any] = {"oidc_issuer": provider.address, "oidc_client_id": "console", "oidc_roles_claim": "groups"}
    own |= {"oidc_client_secret": SecretStr("hush")}
    app = create_app(propagation_settings.model_copy(update=own))
    yield app.test_client()
    app.runtime.close()


def asked(client: FlaskClient, provider: Provider, **claims: Any) -> str:
    """Begins a log-in; the state with which the provider sends the browser back."""
    answer = client.get("/propagation/login/provider?next=/propagation/values")
    query = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}
    assert (query["client_id"], query["code_challenge_method"]) == ("console", "S256")
    provider.challenge = query["code_challenge"]
    standard = {"iss": provider.address, "aud": "console", "nonce": query["nonce"], "groups": ["manager"]}
    provider.claims = standard | {"tenant": str(uuid.uuid4())} | claims
    return query["state"]


def test_who_the_provider_knows_is_logged_in(client: FlaskClient, provider: Provider) -> None:
    assert "with your organisation" in client.get("/propagation/login").text
    state = asked(client, provider, sub="eve", name="Eve")
    answer = client.get(f"/propagation/login/callback?code=good&state={state}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/propagation/values")
    page = client.get("/propagation/values").text
    assert "Eve" in page
    assert "manager" in page
    assert client.get("/propagation/audit").status_code == 200


@pytest.mark.parametrize(
    ("query", "claims"),
    [
        ("code=bad&state={}", {}),
        ("code=good&state=other", {}),
        ("error=access_denied&state={}", {}),
        ("code=good&state={}", {"aud": "somebody else"}),
        ("code=good&state={}", {"iss": "https://elsewhere.example"}),
        ("code=good&state={}", {"nonce": "of another log-in"}),
        ("code=good&state={}", {"exp": 1}),
        ("code=good&state={}", {"tenant": None}),
    ],
)
def test_anything_else_is_refused(client: FlaskClient, provider: Provider, query: str, claims: dict[str, Any]) -> None:
    state = asked(client, provider, **claims)
    answer = client.get(f"/propagation/login/callback?{query.format(state)}")
    assert answer.status_code in (401, 403)
    assert "That did not work" in answer.text
    assert client.get_cookie("concord_session") is None
