"""The form of what is kept, and a small copy of it in the process."""

import hashlib
import zlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Literal

import orjson

COMPRESSED_FROM_BYTES = 16
LOCAL_ENTRIES = 256

State = Literal["hit", "miss", "bypass"]


class Damaged(Exception):
    """The bytes are no entry."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """What was found; of a miss, where and under which tokens the answer may be kept. `age_seconds` is a hit's."""

    state: State
    key: str
    tokens: tuple[str, ...] = ()
    value: Any = None
    age_seconds: float = 0.0


def digest(material: Sequence[object]) -> str:
    """Of all that an answer depends on; 0, "" and None differ."""
    plain = orjson.dumps(list(material), default=repr, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return hashlib.blake2b(plain, digest_size=16).hexdigest()


def pack(value: Any, tokens: Sequence[str], *, now: float) -> tuple[bytes, int]:
    """The entry, and how long its value was before compression."""
    plain = orjson.dumps(value, default=str)
    body = zlib.compress(plain, 6) if len(plain) >= COMPRESSED_FROM_BYTES else plain
    return orjson.dumps([list(tokens), now, body is not plain]) + b"\n" + body, len(plain)


def unpack(entry: bytes, tokens: Sequence[str]) -> tuple[Any, float] | None:
    """Value and time of an entry; None if it was kept under other tokens. Raises Damaged."""
    try:
        head, _, body = entry.partition(b"\n")
        kept_under, kept_at, is_compressed = orjson.loads(head)
        if kept_under != list(tokens):
            return None
        return orjson.loads(zlib.decompress(body) if is_compressed else body), float(kept_at)
    except (ValueError, TypeError, zlib.error):
        raise Damaged from None


class LocalCopy:
    """Hits of the last moment, in this process: 256 at most, blind to what other processes write for so long."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds, self._clock = seconds, clock
        self._kept: OrderedDict[str, tuple[float, Lookup]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> Lookup | None:
        with self._lock:
            until, found = self._kept.get(key, (0.0, None))
            return found if until > self._clock() else None

    def put(self, found: Lookup) -> None:
        if self._seconds <= 0 or found.state != "hit":
            return
        with self._lock:
            self._kept[found.key] = (self._clock() + self._seconds, found)
            self._kept.move_to_end(found.key)
            while len(self._kept) > LOCAL_ENTRIES:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
