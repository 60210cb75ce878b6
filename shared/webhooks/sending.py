"""The sender of webhook letters: signs, calls under guard, notes the attempt."""

import time
from datetime import timedelta
from typing import NoReturn

import orjson
from sqlalchemy import delete, func, insert, select, tuple_, update
from sqlalchemy.orm import Session

from shared.config import Settings
from shared.db import Database
from shared.errors import DomainError
from shared.outbound_guard import Fetched, Guard, Rules
from shared.outbox.models import OutboxMixin
from shared.outbox.senders import NotDelivered, NotWanted, Undeliverable
from shared.signatures import signed
from shared.tenancy import Context
from shared.vault import Unreadable, Vault
from shared.webhooks.models import WebhookDeliveryMixin, WebhookMixin
from shared.webhooks.operations import secrets_of

KEPT = timedelta(days=30)
_NOBODY = Context(tenant_id=None)
_GONE = 410


class WebhookSender:
    """Delivers the letters of one service's webhooks; `relay_url` is the role that sees them all."""

    def __init__(
        self,
        model: type[WebhookMixin],
        deliveries: type[WebhookDeliveryMixin],
        *,
        relay_url: str,
        vault: Vault,
        guard: Guard,
        pool_size: int = 4,
    ) -> None:
        self._model, self._deliveries = model, deliveries
        self._db = Database(relay_url, pool_size=pool_size, lock_wait_seconds=5)
        self._vault, self._guard = vault, guard

    def close(self) -> None:
        self._db.dispose()

    def __call__(self, letter: OutboxMixin) -> None:
        with self._db.transaction(_NOBODY) as session:
            webhook = session.get(self._model, (letter.tenant_id, int(letter.target)))
        if webhook is None or not webhook.active:
            raise NotWanted("the webhook is off or gone")
        begun = time.monotonic()
        try:
            answer = self._call(webhook, letter)
        except DomainError as refusal:
            self._note(letter, begun, error=refusal.code)
            raise NotDelivered(refusal.detail) from None
        self._note(letter, begun, answer=answer)
        if not 200 <= answer.status < 300:
            self._refused(webhook, answer)

    def _call(self, webhook: WebhookMixin, letter: OutboxMixin) -> Fetched:
        content = orjson.dumps(letter.payload)
        try:
            signatures = signed(str(letter.id), content, secrets_of(webhook, self._vault))
        except Unreadable as failure:
            raise Undeliverable(str(failure)) from None
        headers = {"Content-Type": "application/json", "User-Agent": "Concord"} | signatures
        return self._guard.fetch("POST", webhook.url, headers=headers, content=content)

    def _refused(self, webhook: WebhookMixin, answer: Fetched) -> NoReturn:
        if answer.status == _GONE:
            with self._db.transaction(_NOBODY) as session:
                session.execute(
                    update(self._model)
                    .where(self._model.tenant_id == webhook.tenant_id, self._model.id == webhook.id)
                    .values(active=False, inactive_reason="gone", version=self._model.version + 1)
                )
            raise Undeliverable("the receiver answered 410: the webhook was switched off")
        wait = answer.headers.get("Retry-After", "")
        seconds = min(float(wait), 3600.0) if wait.isascii() and wait.isdigit() else 0.0
        raise NotDelivered(f"the receiver answered {answer.status}", retry_after_seconds=seconds)

    def _note(
        self, letter: OutboxMixin, begun: float, *, answer: Fetched | None = None, error: str | None = None
    ) -> None:
        with self._db.transaction(_NOBODY) as session:
            session.execute(
                insert(self._deliveries).values(
                    tenant_id=letter.tenant_id,
                    webhook_id=int(letter.target),
                    message_id=letter.id,
                    event_type=letter.subject,
                    attempt=letter.attempt,
                    status_code=answer.status if answer else None,
                    error=error,
                    duration_ms=round((time.monotonic() - begun) * 1000),
                )
            )


def guard_of(settings: Settings) -> Guard:
    """The rules under which this installation calls webhooks: quick, without redirects, public unless it says so."""
    return Guard(
        Rules(
            ports=frozenset(settings.webhook_ports),
            allowed_networks=settings.webhook_networks,
            max_redirects=0,
            max_bytes=1024 * 1024,
            read_seconds=8.0,
            total_seconds=8.0,
        )
    )


def forget_deliveries(session: Session, model: type[WebhookDeliveryMixin], *, at_most: int = 10_000) -> int:
    """Removes attempts older than a month, as the relay; returns how many."""
    old = select(model.tenant_id, model.id).where(model.created_at < func.now() - KEPT).limit(at_most)
    removed = session.execute(delete(model).where(tuple_(model.tenant_id, model.id).in_(old)))
    return int(removed.rowcount)  # type: ignore[attr-defined]
