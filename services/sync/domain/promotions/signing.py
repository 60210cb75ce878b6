"""What the signature of an answer to an edge covers, and how the header says it.

The text names the store, so that an answer to one store cannot be passed off as one to another.
"""

import base64
import binascii
import hashlib
import hmac
import re
from typing import Final, Literal, NamedTuple
from uuid import UUID

HEADER: Final = "X-Sync-Signature"
Algorithm = Literal["ed25519", "hmac-sha256"]

_VERSION: Final = "concord-sync-1"
_HEADER: Final = re.compile(r"keyid=([^,\s]+), alg=(ed25519|hmac-sha256), sig=([A-Za-z0-9+/=]+)")


class Signature(NamedTuple):
    key_id: str
    algorithm: str
    value: bytes


def text_to_sign(subject: UUID | str, body: bytes) -> bytes:
    """`subject` is the id of the store, else of the company; `body` the answer before compression."""
    return f"{_VERSION}\n{subject}\n{hashlib.sha256(body).hexdigest()}".encode()


def hmac_sha256(secret: str, text: bytes) -> bytes:
    return hmac.digest(secret.encode(), text, "sha256")


def header(signature: Signature) -> str:
    value = base64.b64encode(signature.value).decode()
    return f"keyid={signature.key_id}, alg={signature.algorithm}, sig={value}"


def parse_header(text: str) -> Signature:
    """Raises ValueError for anything that `header` has not written."""
    found = _HEADER.fullmatch(text.strip())
    if found is None:
        raise ValueError("not a signature header of this protocol")
    key_id, algorithm, value = found.groups()
    try:
        return Signature(key_id, algorithm, base64.b64decode(value, validate=True))
    except binascii.Error as failure:
        raise ValueError("the signature is not base64") from failure
