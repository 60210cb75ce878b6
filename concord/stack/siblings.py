"""How services of the stack know each other: a key pair for each, a secret for each two that talk, an address."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from concord.catalogue import Service
from concord.stack.account import Account
from concord.stack.home import Home, write_private
from concord.tokens import Issuer, new_private_key
from shared.service_tokens import ServiceTokens
from shared.signatures import new_secret


def introduce(
    services: Iterable[Service], home: Home, issuer: Issuer, *, owner: Account | None, address: str
) -> dict[str, str]:
    """Settings that are each one service's own. Publishes the public keys; what was made once is kept."""
    services = tuple(services)
    keys = {service.name: _key_file(home, service.name, owner) for service in services}
    issuer.publish_services(_public(name, file) for name, file in keys.items())
    secrets = _secrets(home, services)
    environment: dict[str, str] = {}
    for service in services:
        prefix = f"CONCORD_{service.name.upper()}_"
        siblings = {callee: address for callee in service.calls if callee in keys}
        known = {other: secret for pair, secret in secrets.items() if (other := _other(pair, service.name))}
        environment |= {
            f"{prefix}SERVICE_KEY_FILE": str(keys[service.name]),
            f"{prefix}SIBLINGS": json.dumps(siblings, sort_keys=True),
            f"{prefix}PAIR_SECRETS": json.dumps(known, sort_keys=True),
        }
    return environment


def _key_file(home: Home, name: str, owner: Account | None) -> Path:
    file = home.secret_key_file.with_name(f"{name}.pem")
    if not file.is_file():
        write_private(file, new_private_key())
    if owner is not None:
        owner.own([file])
    return file


def _public(name: str, file: Path) -> dict[str, Any]:
    return ServiceTokens(name, key_file=file, calls={}).public_jwk()


def _secrets(home: Home, services: Iterable[Service]) -> Mapping[str, str]:
    """One for each two services of which one calls the other, by `a+b`."""
    services = tuple(services)
    names = {service.name for service in services}
    pairs = {"+".join(sorted((service.name, callee))) for service in services for callee in names & {*service.calls}}
    known: dict[str, str] = home.read("secrets/pairs.json")
    home.write("secrets/pairs.json", {pair: new_secret() for pair in pairs} | known)
    return {pair: secret for pair, secret in home.read("secrets/pairs.json").items() if pair in pairs}


def _other(pair: str, name: str) -> str | None:
    names = pair.split("+")
    return next(other for other in names if other != name) if name in names else None
