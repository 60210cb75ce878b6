"""Secrets in configurations: they stand there as a reference only, never as a value."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from services.sync.domain.findings import Finding

ENVIRONMENT_PREFIX = "SYNC_SECRET_"
_NAME = {
    "env": re.compile(rf"{ENVIRONMENT_PREFIX}[A-Z0-9_]+", re.ASCII),
    "file": re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII),
}
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_SECRET_WORDS = frozenset(
    {
        *("password", "passwd", "passphrase", "pwd", "pass", "passwort", "kennwort", "secret", "secrets"),
        *("token", "tokens", "authorization", "credential", "credentials", "dsn", "apikey", "bearer", "cookie"),
    }
)
_SECRET_PAIRS = frozenset({("api", "key"), ("access", "key"), ("private", "key"), ("secret", "key"), ("auth", "key")})
# A key that ends so says where a secret is got or how it is called, not what it is.
_ABOUT = frozenset({"url", "uri", "path", "pointer", "field", "param", "parameter", "header", "name", "type"})
_USERINFO = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#\s@]*@")


class Reference(NamedTuple):
    """Where a secret is: `kind` is env or file."""

    kind: str
    name: str


def reference(value: object) -> Reference | None:
    """The reference that a value is, None for anything else."""
    if isinstance(value, Mapping) and len(value) == 1:
        ((kind, name),) = value.items()
        if kind in _NAME and isinstance(name, str):
            return Reference(kind, name)
    return None


def is_well_named(found: Reference) -> bool:
    return _NAME[found.kind].fullmatch(found.name) is not None


def find_literal_secrets(section: Any, pointer: str = "") -> list[Finding]:
    """`literal_secret` for every plain value under a key that means a secret and for every URL with a user name, and
    `invalid_secret_reference` for references that can lead nowhere."""
    return list(_found(section, pointer, secret=False))


def _found(value: Any, pointer: str, *, secret: bool) -> Iterator[Finding]:
    meant = reference(value)
    if meant is not None and (secret or is_well_named(meant)):
        if not is_well_named(meant):
            text = f"Secrets are {{env: {ENVIRONMENT_PREFIX}…}} or {{file: NAME}}."
            yield Finding(pointer, "invalid_secret_reference", text)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            below = f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"
            yield from _found(inner, below, secret=secret or means_secret(str(key)))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _found(inner, f"{pointer}/{number}", secret=secret)
    elif secret and value is not None:
        text = f"A secret stands as a reference: {{env: {ENVIRONMENT_PREFIX}…}} or {{file: NAME}}."
        yield Finding(pointer, "literal_secret", text)
    elif isinstance(value, str) and _USERINFO.search(value):
        yield Finding(pointer, "literal_secret", "A URL carries no user name or password; give them by reference.")


def means_secret(key: str) -> bool:
    """Whether the words of a key say that its value is a secret."""
    words = [word.lower() for word in _WORD.findall(key)]
    if not words or words[-1] in _ABOUT:
        return False
    return not _SECRET_WORDS.isdisjoint(words) or any(pair in _SECRET_PAIRS for pair in pairwise(words))
