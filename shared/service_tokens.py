"""Tokens that a service signs for itself, to call one sibling for one tenant."""

import hashlib
import json
import time
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jwt
from jwt.algorithms import ECAlgorithm

LIFETIME_SECONDS = 60


class ServiceTokens:
    """Signs with the service's own key (ES256). Its public half stands in the common key set under `key_id`."""

    def __init__(self, service: str, *, key_file: Path) -> None:
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

    def issue(self, callee: str, *, tenant_id: uuid.UUID | None, permissions: Iterable[str]) -> str:
        """A token for exactly one service and tenant, good for a minute."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.subject,
            "sub": self.subject,
            "name": self.subject,
            "aud": callee,
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
            "jti": str(uuid.uuid4()),
            "permissions": sorted(permissions),
        }
        if tenant_id is not None:
            claims["tenant"] = str(tenant_id)
        return jwt.encode(claims, self._key, algorithm="ES256", headers={"kid": self.key_id})

    def public_jwk(self) -> dict[str, Any]:
        """The entry for the key set."""
        return self._public | {"kid": self.key_id, "use": "sig", "alg": "ES256"}
