"""What a cache asks of Redis: tokens, entries, counts. A Redis that fails is left alone for a while."""

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Lock
from typing import Any, TypeVar

import redis

from shared.circuit import CircuitBreaker
from shared.metrics import REDIS_ERRORS

# Longer than any entry lives; a token that has gone makes a miss, nothing else.
TOKEN_SECONDS = 2 * 86_400
# A marked token goes by itself, should the process die between its commit and the renewal.
MARK, MARK_SECONDS = "~", 30
COUNT_SECONDS = 25 * 3600

T = TypeVar("T")


class Store:
    """Every method answers None (or False) when Redis does not."""

    def __init__(self, client: "redis.Redis", *, service: str, part: str) -> None:
        self._redis: Any = client
        self._service, self._part = service, part
        # One time-out is enough: a host that swallows what it is sent would cost that long on each call.
        self._breaker = CircuitBreaker(threshold=3, rest_seconds=5)
        self._counts: Counter[str] = Counter()
        self._owed: set[str] = set()
        self._lock = Lock()

    def read(self, token_keys: Sequence[str], key: str) -> tuple[tuple[str, ...], bytes | None] | None:
        """The tokens and the entry; tokens that are not there are made. None also while a token is marked."""
        found = self._attempt(lambda: self._look(token_keys, key))
        return None if found is None or MARK in found[0] else found

    def write(self, key: str, entry: bytes, *, seconds: int) -> None:
        self._attempt(lambda: self._redis.set(key, entry, ex=seconds))

    def remove(self, key: str) -> None:
        REDIS_ERRORS.labels(self._service, f"{self._part}_entry").inc()
        self._attempt(lambda: self._redis.delete(key))

    def mark(self, token_keys: Iterable[str]) -> bool:
        """Keeps readers from storing anything until the tokens are renewed."""
        return self._attempt(lambda: self._set(dict.fromkeys(token_keys, MARK), MARK_SECONDS)) is True

    def renew(self, token_keys: Iterable[str]) -> bool:
        """Replaces the tokens; what Redis could not be told is repeated with the next look."""
        keys = set(token_keys)
        done = self._attempt(lambda: self._set({key: _new_token() for key in keys}, TOKEN_SECONDS)) is True
        with self._lock:
            self._owed = self._owed - keys if done else self._owed | keys
        return done

    def lock(self, key: str, *, milliseconds: int) -> bool:
        """Whether this caller is the one to go on; everybody is, without Redis."""
        found = self._attempt(lambda: [self._redis.set(key, 1, nx=True, px=milliseconds)])
        return found is None or bool(found[0])

    def unlock(self, key: str) -> None:
        self._attempt(lambda: self._redis.delete(key))

    def count(self, key: str) -> None:
        """Adds one, with the next look."""
        with self._lock:
            self._counts[key] += 1

    def counts(self, keys: Sequence[str]) -> list[int]:
        def ask() -> list[bytes | None]:
            self._flush()
            found: list[bytes | None] = self._redis.mget(keys)
            return found

        return [int(number or 0) for number in self._attempt(ask) or [None] * len(keys)]

    def _look(self, token_keys: Sequence[str], key: str) -> tuple[tuple[str, ...], bytes | None]:
        self._flush()
        *tokens, entry = self._redis.mget([*token_keys, key])
        if None in tokens:
            with self._redis.pipeline(transaction=False) as pipe:
                for name in token_keys:
                    pipe.set(name, _new_token(), nx=True, ex=TOKEN_SECONDS)
                pipe.mget(token_keys)
                tokens, entry = pipe.execute()[-1], None
        return tuple((token or MARK.encode()).decode() for token in tokens), entry

    def _flush(self) -> None:
        """What could not be told before, and the counts of this process."""
        with self._lock:
            owed, counts = set(self._owed), self._counts
            self._counts = Counter()
        if not owed and not counts:
            return
        self._set(dict.fromkeys(owed, _new_token()), TOKEN_SECONDS)
        with self._lock:
            self._owed -= owed
        with self._redis.pipeline(transaction=False) as pipe:
            for key, number in counts.items():
                pipe.incrby(key, number)
                pipe.expire(key, COUNT_SECONDS)
            pipe.execute()

    def _set(self, values: Mapping[str, str], seconds: int) -> bool:
        with self._redis.pipeline(transaction=True) as pipe:
            for key, value in values.items():
                pipe.set(key, value, ex=seconds)
            pipe.execute()
        return True

    def _attempt(self, ask: Callable[[], T]) -> T | None:
        if not self._breaker.allows():
            return None
        try:
            answer = ask()
        except redis.RedisError as failure:
            REDIS_ERRORS.labels(self._service, self._part).inc()
            self._breaker.failed(at_once=isinstance(failure, redis.TimeoutError))
            return None
        self._breaker.succeeded()
        return answer


def _new_token() -> str:
    return secrets.token_hex(8)
