"""The local issuer of user tokens: a key pair under CONCORD_HOME, its public half in a JSON Web Key Set."""

import json
import secrets
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from concord.catalogue import SERVICES
from concord.stack.home import write_private

PROJECT_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:concord")
DEMO_TENANT = "demo"
DEMO_TENANT_ID = uuid.UUID("ca8f13f7-30c1-5666-ac06-b557fe6e6963")
ROLES = ("viewer", "operator", "manager", "admin")
ALGORITHM = "ES256"


def tenant_id_of(text: str) -> uuid.UUID:
    """A UUID stands for itself; any other name for the id that it always has on a local stack."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid5(PROJECT_NAMESPACE, text)


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a token speaks for."""

    subject: str
    name: str
    tenant_id: uuid.UUID
    roles: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()


class Issuer:
    """Signs with the newest key in `folder`, which lies in `key_file` where one is named; makes the first one when
    there is none."""

    def __init__(self, folder: Path, *, name: str, key_file: Path | None = None) -> None:
        self._folder = folder
        self._name = name
        self._key_file = key_file

    @property
    def key_set(self) -> Path:
        return self._folder / "jwks.json"

    def ensure(self) -> None:
        if not self.key_set.is_file():
            self._make_key()

    def user_token(self, person: Person, *, ttl_seconds: int) -> str:
        return self._sign(_claims_of(person) | {"aud": list(SERVICES)}, ttl_seconds)

    def login_token(self, person: Person, service: str, *, ttl_seconds: int) -> str:
        """For one log-in at one service's pages; no call of the API takes it."""
        return self._sign(_claims_of(person) | {"aud": [f"{service}/login"]}, ttl_seconds)

    def store_token(self, store: str, *, tenant_id: uuid.UUID, ttl_seconds: int) -> str:
        """An edge token, as the sync service issues them to stores."""
        held = ["edge.read", "edge.usage"]
        claims = {"sub": f"store:{store}", "store": store, "tenant": str(tenant_id), "aud": ["sync"]}
        return self._sign(claims | {"permissions": held}, ttl_seconds)

    def _sign(self, claims: dict[str, Any], ttl_seconds: int) -> str:
        import jwt

        self.ensure()
        kid = self._newest()
        now = int(time.time())
        issued = {"iss": self._name, "iat": now, "exp": now + ttl_seconds, "jti": str(uuid.uuid4())}
        private_key = (self._key_file or self.private_key).read_text()
        return jwt.encode(claims | issued, private_key, algorithm=ALGORITHM, headers={"kid": kid, "typ": "at+jwt"})

    @property
    def private_key(self) -> Path:
        """Of the newest key."""
        return self._folder / f"{self._newest()}.pem"

    def _newest(self) -> str:
        return str(self._keys(of_services=False)[-1]["kid"])

    def publish_services(self, keys: Iterable[dict[str, Any]]) -> None:
        """Puts the services' own public keys into the key set, in the place of what was there of them."""
        self.ensure()
        own, services = self._keys(of_services=False), list(keys)
        if services != self._keys(of_services=True):
            self._publish([*services, *own])

    def _keys(self, *, of_services: bool) -> list[dict[str, Any]]:
        known: list[dict[str, Any]] = json.loads(self.key_set.read_text())["keys"]
        return [key for key in known if key["kid"].startswith("service:") is of_services]

    def _make_key(self) -> None:
        from jwt.algorithms import ECAlgorithm

        kid, pem = f"local-{secrets.token_hex(4)}", new_private_key()
        private = ECAlgorithm(ECAlgorithm.SHA256).prepare_key(pem)
        public = {name: value for name, value in ECAlgorithm.to_jwk(private, as_dict=True).items() if name != "d"}
        self._folder.mkdir(parents=True, exist_ok=True)
        write_private(self._folder / f"{kid}.pem", pem)
        self._publish([public | {"kid": kid, "use": "sig", "alg": ALGORITHM}])

    def _publish(self, keys: Iterable[dict[str, Any]]) -> None:
        # In one step: a service may be reading.
        draft = self.key_set.with_suffix(".new")
        draft.write_text(json.dumps({"keys": list(keys)}, indent=1))
        draft.chmod(0o644)
        draft.rename(self.key_set)


def _claims_of(person: Person) -> dict[str, Any]:
    return {
        "sub": person.subject,
        "name": person.name,
        "tenant": str(person.tenant_id),
        "roles": list(person.roles),
        "permissions": list(person.permissions),
        "teams": list(person.teams),
    }


def new_private_key() -> str:
    """A key on the curve P-256, as PEM."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(*form).decode()
