"""What an edge checks before it believes an answer: who signed it, and that it holds what it should."""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SIGNATURE = re.compile(r"keyid=(\S+), alg=(ed25519), sig=(\S+)")


class NotBelieved(Exception):
    """An answer that is not from our head office, or does not add up."""


def key_of(header: str) -> str:
    """Name of the key that a signature was made with."""
    found = SIGNATURE.fullmatch(header)
    if found is None:
        raise NotBelieved("the answer is not signed in a way that this edge knows")
    return found[1]


def check_signature(header: str, body: bytes, *, store_id: str, keys: Mapping[str, str]) -> None:
    """`body` is the answer after decompression; `keys` are those published, in base64, by name."""
    name = key_of(header)
    if name not in keys:
        raise NotBelieved(f"the key {name} is not published")
    found = SIGNATURE.fullmatch(header)
    assert found is not None  # or its key would have had no name
    text = f"concord-sync-1\n{store_id}\n{hashlib.sha256(body).hexdigest()}".encode()
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(keys[name])).verify(base64.b64decode(found[3]), text)
    except (InvalidSignature, ValueError) as failure:
        raise NotBelieved("the signature does not fit the answer") from failure


def check_promotion(promotion: Mapping[str, Any]) -> None:
    """Recomputes the checksum, which leaves out when it was compiled and how often it had been used."""
    limits = {name: value for name, value in promotion["limits"].items() if name != "current_uses"}
    kept = {name: value for name, value in promotion.items() if name not in ("checksum", "compiled_at")}
    text = json.dumps(kept | {"limits": limits}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if hashlib.sha256(text.encode()).hexdigest() != promotion["checksum"]:
        raise NotBelieved(f"promotion {promotion['code']} is not what it was compiled as")


def checksum_of(held: Iterable[tuple[str, str]]) -> str:
    """Over the lines `id:checksum` of all that is held, sorted by id."""
    lines = "\n".join(f"{name}:{checksum}" for name, checksum in sorted(held))
    return hashlib.sha256(lines.encode()).hexdigest()
