"""Secrets that a service has to be able to read again: encrypted in its tables, bound to what they belong to."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12


class Unreadable(Exception):
    """Sealed under another key, for something else, or damaged."""


class Vault:
    """Seals with a key that is derived from the service's signing key; changing that one makes all unreadable."""

    def __init__(self, signing_key: bytes) -> None:
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"concord vault").derive(signing_key)
        self._cipher = AESGCM(key)

    def seal(self, secret: str, *, about: str) -> bytes:
        """`about` names the one row that the secret belongs to, so that it cannot be moved to another."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret.encode(), about.encode())

    def open(self, sealed: bytes, *, about: str) -> str:
        """Raises Unreadable."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], about.encode()).decode()
        except (InvalidTag, ValueError):
            raise Unreadable(f"the secret of {about} cannot be read with this key") from None
