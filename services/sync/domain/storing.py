"""A source's row as it is kept: always valid JSON, one text for one content."""

import base64
import hashlib
import json
import math
import uuid
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any


def storable(value: Any) -> Any:
    """The value as JSON can hold it: NaN and infinity null, decimals and times text, bytes base64, no U+0000."""
    match value:
        case None | bool() | int():
            return value
        case float():
            return value if math.isfinite(value) else None
        case str():
            return value.replace("\0", "\ufffd").encode(errors="replace").decode()
        case Decimal():
            return str(value) if value.is_finite() else None
        case date() | time():
            return value.isoformat().replace("+00:00", "Z")
        case bytes():
            return base64.b64encode(value).decode()
        case Mapping():
            return {str(storable(str(key))): storable(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [storable(item) for item in value]
        case _:
            return storable(str(value))


def canonical(row: Any) -> str:
    """The one text of a row."""
    try:
        written = _encode(row)  # the same text, if nothing in the row has to be replaced
        written.encode()
    except (TypeError, ValueError):
        return _encode(storable(row))
    return _encode(storable(row)) if "\\u0000" in written else written


_encode = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=storable
).encode


def fingerprint(text: str) -> uuid.UUID:
    """128 bits that two texts practically never share; the same that the database makes by `md5(…)::uuid`."""
    return uuid.UUID(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest())
