"""A cache of one service: look, compute, keep; and what a unit of work says when it writes."""

import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import redis
import structlog
from sqlalchemy.orm import Session

from shared.cache.entries import Damaged, LocalCopy, Lookup, digest, pack, unpack
from shared.cache.store import Store
from shared.db import after_commit, gathered
from shared.metrics import CACHE_BYTES, CACHE_HITS, CACHE_REQUESTS
from shared.outbox.models import OutboxMixin
from shared.outbox.senders import NotDelivered
from shared.outbox.writing import Letter, post
from shared.tenancy import tenant_of

KIND = "cache"
WAIT_SECONDS, LOOK_SECONDS, COMPUTE_MILLISECONDS = 0.25, 0.025, 5000
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Statistics:
    """Look-ups of one tenant in the last 24 hours."""

    hits: int
    misses: int

    @property
    def requests(self) -> int:
        return self.hits + self.misses

    @property
    def hit_rate(self) -> float:
        return round(self.hits / self.requests, 4) if self.requests else 0.0


class Cache:
    """One cache of a service; make one per process.

    `local_seconds` above 0 keeps hits in this process too, for so long blind to what others write. `outbox` is where
    a change waits that Redis could not be told; its letters come back to `send`.
    """

    def __init__(
        self,
        client: "redis.Redis",
        *,
        service: str,
        name: str,
        outbox: type[OutboxMixin] | None = None,
        local_seconds: float = 0.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = Store(client, service=service, part=name)
        self._service, self._name, self._outbox, self._clock = service, name, outbox, clock
        self._local = LocalCopy(local_seconds, clock)

    def look(self, tenant_id: uuid.UUID, nouns: Iterable[str], material: Sequence[object]) -> Lookup:
        """`material` is all that the answer depends on: the question as understood, who asks, with which rights."""
        key = self._key(tenant_id, "entry", digest(material))
        found = self._local.get(key) or self._ask(key, self._tokens(tenant_id, nouns))
        self._local.put(found)
        if found.state != "bypass":
            CACHE_REQUESTS.labels(self._service, self._name).inc()
            CACHE_HITS.labels(self._service, self._name).inc(found.state == "hit")
            self._store.count(self._counter(tenant_id, found.state, 0))
        return found

    def keep(self, lookup: Lookup, value: Any, *, seconds: int) -> None:
        """Keeps an answer that was computed after this look. Nothing of what failed or is partial belongs here."""
        if lookup.state != "miss":
            return
        entry, length = pack(value, lookup.tokens, now=self._clock())
        CACHE_BYTES.labels(self._service, self._name, "plain").inc(length)
        CACHE_BYTES.labels(self._service, self._name, "stored").inc(len(entry))
        self._store.write(lookup.key, entry, seconds=seconds)

    def through(
        self,
        tenant_id: uuid.UUID,
        nouns: Iterable[str],
        material: Sequence[object],
        compute: Callable[[], Any],
        *,
        seconds: int,
    ) -> tuple[Any, Lookup]:
        """The kept answer or the computed one. Of several who miss at once one computes; the others wait for it a
        quarter of a second, then compute themselves."""
        nouns = tuple(nouns)
        found = self.look(tenant_id, nouns, material)
        busy = f"{found.key}:busy"
        is_mine = found.state == "miss" and self._store.lock(busy, milliseconds=COMPUTE_MILLISECONDS)
        if found.state == "miss" and not is_mine:
            found = self._wait(self._tokens(tenant_id, nouns), found)
        if found.state == "hit":
            return found.value, found
        try:
            value = compute()
            self.keep(found, value, seconds=seconds)
        finally:
            if is_mine:
                self._store.unlock(busy)
        return value, found

    def statistics(self, tenant_id: uuid.UUID) -> Statistics:
        keys = [self._counter(tenant_id, state, back) for state in ("hit", "miss") for back in range(24)]
        counts = self._store.counts(keys)
        return Statistics(sum(counts[:24]), sum(counts[24:]))

    def changed(self, session: Session, *nouns: str) -> None:
        """What this unit of work writes: with its commit, what was kept of these is not found any more."""
        waiting: dict[Cache, set[str]] = gathered(session, "cache_nouns", dict, _mark_all)
        waiting.setdefault(self, set()).update(nouns)

    def renew(self, tenant_id: uuid.UUID, nouns: Iterable[str]) -> bool:
        """Makes everything that was kept of these unfindable now; whether Redis could be told."""
        self._local.clear()
        return self._store.renew(self._tokens(tenant_id, nouns))

    def send(self, letter: OutboxMixin) -> None:
        """The sender of letters of the kind `cache`."""
        if not self.renew(letter.tenant_id, letter.payload["nouns"]):
            raise NotDelivered("Redis does not answer")

    def mark(self, session: Session, nouns: Iterable[str]) -> None:
        """Before the commit: see the package."""
        tenant_id, nouns = tenant_of(session), sorted(nouns)
        if self._store.mark(self._tokens(tenant_id, nouns)):
            after_commit(session, lambda: self.renew(tenant_id, nouns))
            return
        log.warning("cache_change_deferred", cache=self._name)
        session.info.setdefault("answer_headers", {})["X-Cache-Invalidation"] = "deferred"
        if self._outbox is not None:
            post(session, self._outbox, Letter(KIND, "cache.changed", self._name, {"nouns": nouns}))

    def _ask(self, key: str, token_keys: list[str]) -> Lookup:
        answer = self._store.read(token_keys, key)
        if answer is None:
            return Lookup("bypass", key)
        tokens, entry = answer
        try:
            found = unpack(entry, tokens) if entry is not None else None
        except Damaged:
            self._store.remove(key)
            found = None
        if found is None:
            return Lookup("miss", key, tokens)
        return Lookup("hit", key, tokens, found[0], max(0.0, self._clock() - found[1]))

    def _wait(self, token_keys: list[str], missed: Lookup) -> Lookup:
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until:
            time.sleep(LOOK_SECONDS)
            found = self._ask(missed.key, token_keys)
            if found.state != "miss":
                return found
        return missed

    def _key(self, tenant_id: uuid.UUID, *parts: str) -> str:
        return ":".join(("concord", self._service, self._name, str(tenant_id), *parts))

    def _tokens(self, tenant_id: uuid.UUID, nouns: Iterable[str]) -> list[str]:
        return [self._key(tenant_id, "token", noun) for noun in sorted(set(nouns))]

    def _counter(self, tenant_id: uuid.UUID, state: str, hours_back: int) -> str:
        return self._key(tenant_id, state, str(int(self._clock() // 3600) - hours_back))


def _mark_all(session: Session, waiting: dict[Cache, set[str]]) -> None:
    for cache, nouns in waiting.items():
        cache.mark(session, nouns)
