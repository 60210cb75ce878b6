"""One spelling for one content: canonical JSON, numbers as text, checksums."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(content: Any) -> bytes:
    """JSON with sorted keys and no white space, in UTF-8: equal contents are equal bytes."""
    return _ENCODER.encode(content).encode()


def sha256(content: bytes) -> str:
    """In hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def checksum(content: Mapping[str, Any]) -> str:
    return sha256(canonical(content))


def amount(value: Decimal) -> str:
    """A sum, a price or a percentage with its two decimals. Raises InvalidOperation for what is no number."""
    return str(value.quantize(CENT, ROUND_HALF_UP))


def amount_or_none(value: Decimal | None) -> str | None:
    """Null is told from zero: 0 stays "0.00"."""
    return None if value is None else amount(value)


def ids(values: Iterable[object]) -> list[str]:
    """A list of ids in the one order that does not depend on how it was stored."""
    return sorted(map(str, values))


def clock(value: time | None) -> str | None:
    """A local time of day, to the second."""
    return None if value is None else value.isoformat("seconds")


def instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
