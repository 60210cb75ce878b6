"""Tokens: what holds, what does not, and what a key may say."""

import base64
import hmac
import json
import time
import uuid
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from shared.auth import Authenticator, KeySet, demand
from shared.errors import PermissionMissing, Unauthenticated
from shared.tenancy import Context
from tests.fixtures.people import Issuer

ROLES = {"viewer": frozenset({"row.view"}), "admin": frozenset({"row.view", "row.edit"})}
TENANT = uuid.uuid4()


@pytest.fixture
def keys(tmp_path: Path) -> Issuer:
    return Issuer.make(tmp_path)


@pytest.fixture
def authenticator(keys: Issuer) -> Authenticator:
    return Authenticator(KeySet(str(keys.jwks)), service="propagation", issuer="concord", role_permissions=ROLES)


def context(authenticator: Authenticator, token: str | None) -> Context:
    header = None if token is None else f"Bearer {token}"
    return authenticator.context(header, correlation_id=uuid.uuid4(), client_address="192.0.2.1")


def test_a_valid_token_becomes_a_context(authenticator: Authenticator, keys: Issuer) -> None:
    found = context(authenticator, keys.token(TENANT, roles=["viewer"], permissions=["extra.thing"], teams=["red"]))
    assert (found.tenant_id, found.actor, found.actor_name) == (TENANT, "ada", "Ada")
    assert found.permissions == {"row.view", "extra.thing"}
    assert found.teams == {"red"}
    demand(found, "row.view")
    with pytest.raises(PermissionMissing, match=r"row\.edit"):
        demand(found, "row.edit")


def test_a_token_without_a_tenant_is_known_but_has_none(authenticator: Authenticator, keys: Issuer) -> None:
    assert context(authenticator, keys.token(None)).tenant_id is None


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"exp": int(time.time()) - 60}, "expired"),
        ({"aud": ["workflow"]}, "audience"),
        ({"iss": "somebody"}, "issuer"),
        ({"sub": "service:sync"}, "own key"),
        ({"tenant": "acme"}, "UUID"),
        ({"nbf": int(time.time()) + 86_400}, "malformed"),
    ],
)
def test_claims_that_do_not_hold(
    authenticator: Authenticator, keys: Issuer, claims: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Unauthenticated, match=reason):
        context(authenticator, keys.token(TENANT, **claims))


@pytest.mark.parametrize("claim", ["exp", "iss", "sub", "aud", "jti"])
def test_every_claim_is_required(authenticator: Authenticator, keys: Issuer, claim: str) -> None:
    token = keys.token(TENANT)
    claims = jwt.decode(token, options={"verify_signature": False})
    del claims[claim]
    bare = jwt.encode(claims, keys.key, algorithm="ES256", headers={"kid": keys.kid})
    with pytest.raises(Unauthenticated):
        context(authenticator, bare)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer a.b.c", "Bearer é.é.é"])
def test_headers_without_a_token(authenticator: Authenticator, header: str | None) -> None:
    with pytest.raises(Unauthenticated) as refused:
        authenticator.context(header, correlation_id=uuid.uuid4(), client_address=None)
    assert refused.value.headers["WWW-Authenticate"].startswith("Bearer")


def test_no_algorithm_of_the_token_is_trusted(authenticator: Authenticator, keys: Issuer) -> None:
    claims = jwt.decode(keys.token(TENANT), options={"verify_signature": False})
    unsigned = jwt.encode(claims, "", algorithm="none", headers={"kid": keys.kid})
    public = json.loads(keys.jwks.read_text())["keys"][0]
    confused = _hmac_signed(claims, json.dumps(public).encode(), kid=keys.kid)
    stranger = jwt.encode(claims, ec.generate_private_key(ec.SECP256R1()), algorithm="ES256", headers={"kid": keys.kid})
    for token in (unsigned, confused, stranger, _with_header(confused, {"alg": "ES256", "kid": keys.kid})):
        with pytest.raises(Unauthenticated):
            context(authenticator, token)


def _hmac_signed(claims: dict[str, Any], secret: bytes, *, kid: str) -> str:
    """By hand: the library refuses to sign with a public key, an attacker does not."""
    header = {"alg": "HS256", "kid": kid}
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, claims)]
    signature = hmac.digest(secret, ".".join(parts).encode(), "sha256")
    return ".".join([*parts, base64.urlsafe_b64encode(signature).decode().rstrip("=")])


def _with_header(token: str, header: dict[str, str]) -> str:
    encoded = base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
    return ".".join([encoded, *token.split(".")[1:]])


def test_a_service_s_key_speaks_for_that_service_only(tmp_path: Path) -> None:
    keys = Issuer.make(tmp_path, kid="service:sync:1")
    authenticator = Authenticator(
        KeySet(str(keys.jwks)), service="propagation", issuer="concord", role_permissions=ROLES
    )
    found = context(authenticator, keys.token(TENANT, sub="service:sync", iss="service:sync", roles=[]))
    assert found.is_service
    for sub in ("service:workflow", "ada"):
        with pytest.raises(Unauthenticated):
            context(authenticator, keys.token(TENANT, sub=sub, iss="service:sync"))
    with pytest.raises(Unauthenticated):
        context(authenticator, keys.token(TENANT, sub="service:sync"))  # the issuer of people


def test_a_new_key_is_found_and_a_flood_of_unknown_ones_does_not_read_again(
    authenticator: Authenticator, keys: Issuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr("shared.auth.time.monotonic", lambda: clock[0])
    context(authenticator, keys.token(TENANT))
    (tmp_path / "next").mkdir()
    following = Issuer.make(tmp_path / "next", kid="test-2")
    both = json.loads(keys.jwks.read_text())["keys"] + json.loads(following.jwks.read_text())["keys"]
    keys.jwks.write_text(json.dumps({"keys": both}))
    with pytest.raises(Unauthenticated, match="unknown key"):
        context(authenticator, following.token(TENANT))  # read a moment ago
    clock[0] += 11
    assert context(authenticator, following.token(TENANT)).actor == "ada"
    assert context(authenticator, keys.token(TENANT)).actor == "ada"


def test_a_key_that_is_removed_stops_working(
    authenticator: Authenticator, keys: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr("shared.auth.time.monotonic", lambda: clock[0])
    context(authenticator, keys.token(TENANT))
    other = ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key())
    keys.jwks.write_text(json.dumps({"keys": [json.loads(other) | {"kid": "other"}]}))
    clock[0] += 301
    with pytest.raises(Unauthenticated, match="unknown key"):
        context(authenticator, keys.token(TENANT))
