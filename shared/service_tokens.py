"""Tokens that a service signs for itself, to call one sibling for one tenant."""

import hashlib
import json
import time
import uuid
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import jwt
from jwt.algorithms import ECAlgorithm

LIFETIME_SECONDS = 60


class ServiceTokens:
    """Signs with the service's own key (ES256). Its public half stands in the common key set under `key_id`."""

    def __init__(self, service: str, *, key_file: Path, calls: Mapping[str, Collection[str]]) -> None:
        """`calls` is whom this service may call, and with which permissions; nothing else is ever signed."""
        self._calls = {callee: frozenset(permissions) for callee, permissions in calls.items()}
        self._key: Any = ECAlgorithm(ECAlgorithm.SHA256).prepare_key(key_file.read_bytes())
        private = ECAlgorithm.to_jwk(self._key, as_dict=True)
        if private.get("crv") != "P-256" or "d" not in private:
            raise ValueError(f"{key_file} is no private key on the curve P-256")
        self._public = {name: private[name] for name in ("crv", "kty", "x", "y")}
        self.subject = f"service:{service}"
        # The prefix binds the key to the service: siblings let it speak for nobody else. The rest is the key's
        # thumbprint (RFC 7638), so that a new key has a new name.
        thumbprint = hashlib.sha256(json.dumps(self._public, sort_keys=True, separators=(",", ":")).encode())
        self.key_id = f"{self.subject}:{thumbprint.hexdigest()[:16]}"

    def issue(self, callee: str, *, tenant_id: uuid.UUID | None, permissions: Iterable[str] | None = None) -> str:
        """A token for exactly one service and tenant, good for a minute; with all permissions unless some are named.

        Raises ValueError for a callee or a permission that this service does not have.
        """
        allowed = self._calls.get(callee)
        asked = allowed if permissions is None else frozenset(permissions)
        if allowed is None or asked is None or not asked <= allowed:
            raise ValueError(f"{self.subject} may not ask {callee} for {sorted(asked or ())}")
        own = {} if tenant_id is None else {"tenant": str(tenant_id)}
        return self._sign(self.subject, callee, asked, LIFETIME_SECONDS, own)

    def admit(self, subject: str, permissions: Iterable[str], *, lifetime_seconds: int, **claims: str) -> str:
        """A token for somebody whom this service has let in by itself; good at this service only."""
        if subject.startswith("service:"):
            raise ValueError("no service is let in this way")
        return self._sign(subject, self.subject.removeprefix("service:"), permissions, lifetime_seconds, claims)

    def _sign(
        self, subject: str, audience: str, permissions: Iterable[str], lifetime_seconds: int, more: Mapping[str, str]
    ) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.subject,
            "sub": subject,
            "name": subject,
            "aud": audience,
            "iat": now,
            "exp": now + lifetime_seconds,
            "jti": str(uuid.uuid4()),
            "permissions": sorted(permissions),
        }
        return jwt.encode({**claims, **more}, self._key, algorithm="ES256", headers={"kid": self.key_id})

    def public_jwk(self) -> dict[str, Any]:
        """The entry for the key set."""
        return self._public | {"kid": self.key_id, "use": "sig", "alg": "ES256"}
