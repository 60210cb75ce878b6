"""Cursors of lists: opaque to clients, readable only by the list and ordering that wrote them."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from typing import Any

import orjson

from shared.errors import Invalid

_MAC_BYTES = 12


class Cursors:
    """Cursors of one list in one ordering (its `scope`): `<` or `>`, then the values as text, signed."""

    def __init__(self, key: bytes, *, scope: str) -> None:
        self._key = key
        self._scope = scope.encode()

    def write(self, values: Iterable[Any], *, backwards: bool = False) -> str:
        place = orjson.dumps([_text(value) for value in values])
        payload = (b"<" if backwards else b">") + place
        return base64.urlsafe_b64encode(self._mac(payload) + payload).decode().rstrip("=")

    def read(self, cursor: str | None) -> tuple[bool, list[str] | None]:
        """Direction and place. Raises Invalid for what `write` has not written for this list and ordering."""
        if cursor is None:
            return False, None
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except ValueError:
            raw = b""
        mac, payload = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(payload)):
            detail = "This cursor is not one of this list and ordering; start again without it."
            raise Invalid.field("?cursor", "bad_cursor", detail)
        place: list[str] = orjson.loads(payload[1:])
        return payload[:1] == b"<", place

    def _mac(self, payload: bytes) -> bytes:
        return hmac.digest(self._key, b"cursor\n" + self._scope + b"\n" + payload, hashlib.sha256)[:_MAC_BYTES]


def _text(value: Any) -> str:
    if value is None:
        raise TypeError("an ordering gave NULL; declare it with `coalesced`")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
