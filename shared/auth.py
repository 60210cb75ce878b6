"""Who calls: tokens verified locally against a key set, roles turned into permissions, permissions demanded by views.

Three issuers share one key set. A key whose `kid` begins with `service:<name>:` speaks for that service only; every
other key belongs to the issuer of user tokens. Nothing in a token chooses how it is checked.
"""

import time
import uuid
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

import httpx2
import jwt
import structlog

from shared.errors import PermissionMissing, Unauthenticated
from shared.tenancy import Context

ALGORITHMS = ("ES256", "EdDSA", "RS256")
_REFETCH_SECONDS = 10.0
_STALE_SECONDS = 300.0
REMEMBERED = 1024
log = structlog.get_logger(__name__)

RolePermissions = Mapping[str, frozenset[str]]


class KeySet:
    """Public keys by `kid` from a file or an address.

    Read again every five minutes, so that a removed key stops working, and when an unknown `kid` comes, but not more
    often than every ten seconds: a flood of forged tokens must not become a flood of requests. While the source is
    away the known keys go on.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._keys: dict[str, jwt.PyJWK] = {}
        self._text = ""
        self._read_at = float("-inf")
        self._lock = Lock()

    def find(self, kid: str) -> jwt.PyJWK:
        """The same object while the set is the same. Raises KeyError for a key that is not (or no longer) in it."""
        if kid not in self._keys or time.monotonic() - self._read_at > _STALE_SECONDS:
            self._refresh()
        return self._keys[kid]

    def _refresh(self) -> None:
        with self._lock:
            if time.monotonic() - self._read_at < _REFETCH_SECONDS:
                return
            self._read_at = time.monotonic()
            try:
                text = self._read()
                if text != self._text:
                    self._keys = {key.key_id: key for key in jwt.PyJWKSet.from_json(text).keys if key.key_id}
                    self._text = text
            except (OSError, ValueError, httpx2.HTTPError, jwt.PyJWTError):
                log.warning("key_set_unreadable", source=self._source, exc_info=True)

    def _read(self) -> str:
        if self._source.startswith(("http://", "https://")):
            answer = httpx2.get(self._source, timeout=3.0, trust_env=False)
            answer.raise_for_status()
            return answer.text
        return Path(self._source.removeprefix("file://")).read_text()


class Authenticator:
    """Turns a bearer token into a context for one service."""

    def __init__(
        self,
        keys: KeySet,
        *,
        service: str,
        issuer: str,
        role_permissions: RolePermissions,
        leeway_seconds: int = 10,
    ) -> None:
        self._keys = keys
        self._service = service
        self._issuer = issuer
        self._role_permissions = role_permissions
        self._leeway = leeway_seconds
        # Checking a signature costs more than all else that is done about a caller.
        self._verified: OrderedDict[str, tuple[str, jwt.PyJWK, dict[str, Any]]] = OrderedDict()
        self._lock = Lock()

    def context(self, authorization: str | None, *, correlation_id: uuid.UUID, client_address: str | None) -> Context:
        """Raises Unauthenticated unless the header holds a token that is valid for this service.

        A token without a tenant gives a context without one; refusing it is a later step.
        """
        token = _bearer(authorization)
        claims = self._remembered(token) or self._verify(token)
        return self.admitted(claims, correlation_id=correlation_id, client_address=client_address)

    def admitted(self, claims: Mapping[str, Any], *, correlation_id: uuid.UUID, client_address: str | None) -> Context:
        """The context of claims that hold already: of a verified token, or of a session."""
        roles = frozenset(_texts(claims, "roles"))
        own = frozenset(_texts(claims, "permissions"))
        granted = own.union(*(self._role_permissions.get(role, frozenset()) for role in roles))
        return Context(
            tenant_id=_tenant(claims),
            actor=str(claims["sub"]),
            actor_name=str(claims.get("name") or claims["sub"]),
            roles=roles,
            permissions=granted,
            teams=frozenset(_texts(claims, "teams")),
            correlation_id=correlation_id,
            client_address=client_address,
            session_id=str(claims.get("sid") or claims["jti"]),
            claims=claims,
        )

    def _remembered(self, token: str) -> dict[str, Any] | None:
        """Claims of a token that was verified before, while it has not expired and its key is still in the set."""
        kid, key, claims = self._verified.get(token, ("", None, {}))
        try:
            is_good = key is not None and self._keys.find(kid) is key and time.time() < claims["exp"]
        except KeyError:
            return None
        return claims if is_good else None

    def _remember(self, token: str, kid: str, key: jwt.PyJWK, claims: dict[str, Any]) -> None:
        with self._lock:
            self._verified[token] = kid, key, claims
            while len(self._verified) > REMEMBERED:
                self._verified.popitem(last=False)

    def _verify(self, token: str) -> dict[str, Any]:
        try:
            kid = str(jwt.get_unverified_header(token).get("kid", ""))
            key = self._keys.find(kid)
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                audience=self._service,
                issuer=_issuer_of(kid, self._issuer),
                leeway=self._leeway,
                options={"require": ["exp", "iss", "sub", "aud", "jti"]},
            )
        except KeyError:
            raise Unauthenticated("The token is signed by an unknown key.") from None
        except (jwt.PyJWTError, ValueError) as failure:
            raise Unauthenticated(f"The token does not hold: {_reason(failure)}.") from None
        if kid.startswith("service:") and not self._may_speak(":".join(kid.split(":")[:2]), claims["sub"]):
            raise Unauthenticated("The token speaks for another service than its key.")
        if claims["sub"].startswith("service:") and not kid.startswith("service:"):
            raise Unauthenticated("Only a service's own key may speak for a service.")
        self._remember(token, kid, key, claims)
        return claims

    def _may_speak(self, owner: str, subject: str) -> bool:
        """A service's key speaks for the service; at home also for those whom the service itself has let in."""
        return subject == owner or (owner == f"service:{self._service}" and not subject.startswith("service:"))


def _issuer_of(kid: str, user_issuer: str) -> str:
    return ":".join(kid.split(":")[:2]) if kid.startswith("service:") else user_issuer


def _reason(failure: Exception) -> str:
    known: dict[type[Exception], str] = {
        jwt.ExpiredSignatureError: "it has expired",
        jwt.InvalidAudienceError: "it is meant for another audience",
        jwt.InvalidIssuerError: "its issuer is not trusted",
        jwt.InvalidSignatureError: "its signature is wrong",
    }
    return known.get(type(failure), "it is malformed or lacks a claim")


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Send a token: `Authorization: Bearer <token>`.")
    return token.strip()


def _texts(claims: Mapping[str, Any], name: str) -> list[str]:
    value = claims.get(name) or []
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _tenant(claims: Mapping[str, Any]) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(claims["tenant"])) if claims.get("tenant") else None
    except ValueError:
        raise Unauthenticated("The claim `tenant` is not a UUID.") from None


def demand(context: Context, permission: str) -> None:
    """Raises PermissionMissing, naming the permission, unless the context holds it."""
    if permission not in context.permissions:
        raise PermissionMissing(permission)
