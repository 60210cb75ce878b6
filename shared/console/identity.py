"""Log-in through an identity provider: OpenID Connect's code flow with PKCE, where `CONCORD_OIDC_ISSUER` names one.

What has to be known at the return stands in a signed cookie of ten minutes. The provider's token speaks for a person
only here: who that is goes into the session, and the token is forgotten.
"""

import secrets
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import flask
import httpx2
import jwt
from authlib.oauth2.client import OAuth2Client
from flask.typing import ResponseReturnValue

from shared.auth import ALGORITHMS, KeySet
from shared.config import Settings
from shared.console import sessions
from shared.current import runtime
from shared.errors import NotFound, Unauthenticated, Unavailable

_SECONDS, _PATIENCE_SECONDS = 600, 5.0
_SCOPE: Final = "openid profile email"


class ProviderRefused(Unauthenticated):
    """The identity provider did not say who this is, or not in a way that holds."""

    code = "provider_refused"


def begin(go_to: str) -> ResponseReturnValue:
    """Sends the browser to the provider."""
    kept = {name: secrets.token_urlsafe(48) for name in ("state", "nonce", "verifier")}
    address, _state = _client().create_authorization_url(
        _provider()["authorization_endpoint"],
        state=kept["state"],
        nonce=kept["nonce"],
        code_verifier=kept["verifier"],
    )
    answer = flask.make_response(flask.redirect(address, 303))
    sessions.carry(answer, "login", {**kept, "next": go_to}, seconds=_SECONDS)
    return answer


def finish() -> tuple[dict[str, Any], str]:
    """The claims of who came back, in the form of a token of ours, and where they wanted to go. Raises
    ProviderRefused, Unavailable."""
    kept, given = sessions.carried("login"), flask.request.args
    if kept is None or not secrets.compare_digest(kept["state"], given.get("state", "")) or "code" not in given:
        raise ProviderRefused("The log-in was not begun here, took longer than ten minutes, or was refused.")
    claims = _verified(_exchanged(given["code"], kept["verifier"]))
    if not secrets.compare_digest(kept["nonce"], str(claims.get("nonce", ""))):
        raise ProviderRefused("The provider's answer belongs to another log-in.")
    settings = runtime().settings
    roles = claims.get(settings.oidc_roles_claim)
    own = {"tenant": claims.get(settings.oidc_tenant_claim), "roles": roles if isinstance(roles, list) else []}
    return {name: claims[name] for name in ("sub", "name", "email", "exp", "jti") if name in claims} | own, kept["next"]


def _exchanged(code: str, verifier: str) -> str:
    settings, client = runtime().settings, _client()
    sent = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
    own = (client.client_id, client.client_secret or "")
    try:
        answer = httpx2.post(
            _provider()["token_endpoint"],
            data=sent | {"redirect_uri": _return_address(settings)},
            auth=own,
            timeout=_PATIENCE_SECONDS,
        )
    except httpx2.HTTPError as failure:
        raise Unavailable("The identity provider does not answer.") from failure
    if answer.status_code != 200 or "id_token" not in answer.json():
        raise ProviderRefused("The identity provider did not accept its own code.")
    return str(answer.json()["id_token"])


def _verified(token: str) -> dict[str, Any]:
    settings = runtime().settings
    try:
        key = _keys(_provider()["jwks_uri"]).find(str(jwt.get_unverified_header(token).get("kid", "")))
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            audience=settings.oidc_client_id,
            issuer=settings.oidc_issuer,
            leeway=settings.token_leeway_seconds,
            options={"require": ["exp", "iss", "sub", "aud"]},
        )
    except (KeyError, ValueError, jwt.PyJWTError):
        raise ProviderRefused("The identity provider's token does not hold.") from None
    return claims


def _client() -> Any:
    settings = runtime().settings
    secret = settings.oidc_client_secret
    return OAuth2Client(
        None,
        settings.oidc_client_id,
        secret.get_secret_value() if secret else None,
        scope=_SCOPE,
        redirect_uri=_return_address(settings),
        code_challenge_method="S256",
    )


def _return_address(settings: Settings) -> str:
    return f"{settings.public_url}/{settings.service}/login/callback"


def _provider() -> Mapping[str, str]:
    issuer = runtime().settings.oidc_issuer
    if issuer is None:
        raise NotFound("No identity provider is set.")
    try:
        return _described(issuer)
    except (httpx2.HTTPError, ValueError) as failure:
        raise Unavailable("The identity provider does not answer.") from failure


@cache
def _described(issuer: str) -> Mapping[str, str]:
    answer = httpx2.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration", timeout=_PATIENCE_SECONDS)
    answer.raise_for_status()
    found: dict[str, str] = answer.json()
    return found


@cache
def _keys(address: str) -> KeySet:
    return KeySet(address)
