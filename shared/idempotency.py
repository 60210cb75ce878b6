"""Idempotency keys: a request that is sent twice takes effect once, and the second one gets the first one's answer.

The app calls `begin` before the view and `finish` after it, both in the view's own unit of work: the answer is stored
together with the effect or not at all.
"""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import LargeBinary, SmallInteger, delete, func, insert, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared import metrics
from shared.db import Name
from shared.errors import Conflict, DomainError, Invalid
from shared.locking import try_named_lock
from shared.tenancy import TenantOwned, context_of, tenant_of

REPLAYED_HEADER = "Idempotency-Replayed"
MAX_KEY_LENGTH = 255
# Headers that belong to the answer itself; the others (correlation id, limits, date) are made anew for each replay.
_KEPT_HEADERS = (
    "content-type",
    "location",
    "etag",
    "last-modified",
    "link",
    "preference-applied",
    "retry-after",
)


class IdempotencyInFlight(Conflict):
    """The first request with this key has not ended yet."""

    code = "idempotency_in_flight"

    def __init__(self) -> None:
        super().__init__("A request with this Idempotency-Key is still running.", headers={"Retry-After": "1"})


class IdempotencyMismatch(DomainError):
    """The key was used for another request."""

    status = 422
    code = "idempotency_mismatch"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used for another request; take a new one for each request.")


class IdempotencyKeyMixin(TenantOwned):
    """Table of the answers given, `idempotency_keys` in each service.

    The app needs select, insert and delete; the relay, which cleans up for all tenants, select and delete.
    """

    __personal__: ClassVar = "actor headers body"

    actor: Mapped[str] = mapped_column(Name, primary_key=True)
    key: Mapped[str] = mapped_column(Name, primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int] = mapped_column(SmallInteger)
    headers: Mapped[dict[str, Any]] = mapped_column(JSONB)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    correlation_id: Mapped[uuid.UUID | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer as it was given the first time, with the header that says so."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to take effect under a key, until the transaction ends."""

    key: str
    request_hash: bytes


def request_hash(method: str, path: str, query: bytes, body: bytes) -> bytes:
    """What makes two requests the same one. Bodies are compared byte by byte, as sent."""
    digest = hashlib.sha256()
    for part in (method.upper().encode(), path.encode(), query, body):
        digest.update(len(part).to_bytes(8) + part)
    return digest.digest()


class IdempotencyStore:
    """The answers of one service, kept for `hours` per tenant and user."""

    def __init__(self, model: type[IdempotencyKeyMixin], *, service: str, hours: int = 24) -> None:
        self._model = model
        self._service = service
        self._hours = hours

    def begin(self, session: Session, key: str, *, request_hash: bytes) -> Claim | Stored:
        """The stored answer for a repeated request, else the claim with which to call `finish`.

        Until the transaction ends nobody else gets past this point with the same key. Raises
        IdempotencyInFlight, IdempotencyMismatch, or Invalid for a key that is none.
        """
        _check_key(key)
        tenant_id, actor = tenant_of(session), _actor(session)
        if not try_named_lock(session, "idempotency", tenant_id, actor, key):
            raise IdempotencyInFlight
        # A statement of its own: its snapshot is younger than the lock, so it sees what the last holder committed.
        row = session.execute(self._select(tenant_id, actor, key)).one_or_none()
        if row is None:
            return Claim(key, request_hash)
        if row.expired:
            session.execute(delete(self._model).where(*self._is(tenant_id, actor, key)))
            return Claim(key, request_hash)
        if row.request_hash != request_hash:
            raise IdempotencyMismatch
        metrics.IDEMPOTENT_REPLAYS.labels(self._service).inc()
        return Stored(row.status, row.headers | {REPLAYED_HEADER: "true"}, row.body)

    def finish(
        self, session: Session, claim: Claim, *, status: int, headers: Iterable[tuple[str, str]], body: bytes
    ) -> None:
        """Keeps the answer, in the transaction of its effect."""
        session.execute(
            insert(self._model).values(
                tenant_id=tenant_of(session),
                actor=_actor(session),
                key=claim.key,
                request_hash=claim.request_hash,
                status=status,
                headers={name: value for name, value in headers if name.lower() in _KEPT_HEADERS},
                body=body,
                correlation_id=context_of(session).correlation_id,
            )
        )

    def forget_old(self, session: Session, *, at_most: int = 10_000) -> int:
        """Removes answers that are past their time; for the relay. Returns how many, call again while it is
        `at_most`: short transactions let vacuum and the web go on."""
        old = (
            select(self._model.tenant_id, self._model.actor, self._model.key)
            .where(self._model.created_at < self._oldest_kept())
            .limit(at_most)
        )
        model = self._model
        removed = session.execute(delete(model).where(tuple_(model.tenant_id, model.actor, model.key).in_(old)))
        return int(removed.rowcount)  # type: ignore[attr-defined]

    def _select(self, tenant_id: uuid.UUID, actor: str, key: str) -> Any:
        model = self._model
        expired = (model.created_at < self._oldest_kept()).label("expired")
        columns = (model.request_hash, model.status, model.headers, model.body, expired)
        return select(*columns).where(*self._is(tenant_id, actor, key))

    def _is(self, tenant_id: uuid.UUID, actor: str, key: str) -> tuple[Any, ...]:
        model = self._model
        return model.tenant_id == tenant_id, model.actor == actor, model.key == key

    def _oldest_kept(self) -> Any:
        return func.now() - func.make_interval(0, 0, 0, 0, self._hours)


def _actor(session: Session) -> str:
    return context_of(session).actor or ""


def _check_key(key: str) -> None:
    if not 0 < len(key) <= MAX_KEY_LENGTH or not (key.isascii() and key.isprintable()):
        detail = f"An Idempotency-Key has 1 to {MAX_KEY_LENGTH} printable ASCII characters."
        raise Invalid.field("#Idempotency-Key", "idempotency_key_invalid", detail)
