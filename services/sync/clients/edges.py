"""The sender of messages to edge servers: signed with the secret of each, by Standard Webhooks."""

import uuid
from typing import NoReturn

import orjson
from sqlalchemy import text

from services.sync.models import EdgeServer
from shared.db import Database
from shared.errors import DomainError
from shared.outbound_guard import Fetched, Guard
from shared.outbox.models import OutboxMixin
from shared.outbox.senders import NotDelivered, NotWanted, Undeliverable
from shared.signatures import signed
from shared.tenancy import Context
from shared.vault import Unreadable, Vault

_NOBODY = Context(tenant_id=None)
_GONE = 410


class EdgeSender:
    """`target` of a letter is the id of an edge server. Works as the relay, which sees all companies' servers."""

    def __init__(self, *, relay_url: str, vault: Vault, guard: Guard) -> None:
        self._db = Database(relay_url, pool_size=2, lock_wait_seconds=5)
        self._vault, self._guard = vault, guard

    def close(self) -> None:
        self._db.dispose()

    def __call__(self, letter: OutboxMixin) -> None:
        with self._db.transaction(_NOBODY) as session:
            server = session.get(EdgeServer, (letter.tenant_id, uuid.UUID(letter.target)))
        if server is None or server.url is None or not server.wants_messages:
            raise NotWanted("the edge server is off or gone")
        content = orjson.dumps(letter.payload)
        try:
            secret = self._vault.open(server.secret, about=f"edge:{server.tenant_id}")
        except Unreadable as failure:
            raise Undeliverable(str(failure)) from None
        headers = {"Content-Type": "application/json", "User-Agent": "Concord"}
        try:
            answer = self._guard.fetch(
                "POST", server.url, headers=headers | signed(str(letter.id), content, [secret]), content=content
            )
        except DomainError as refusal:
            raise NotDelivered(refusal.detail) from None
        if not 200 <= answer.status < 300:
            self._refused(server, answer)

    def _refused(self, server: EdgeServer, answer: Fetched) -> NoReturn:
        if answer.status == _GONE:
            with self._db.transaction(_NOBODY) as session:
                session.execute(
                    text("update edge_servers set gone_at = now() where tenant_id = :tenant and id = :id"),
                    {"tenant": server.tenant_id, "id": server.id},
                )
            raise Undeliverable("the edge server answered 410: it is told no more at this address")
        wait = answer.headers.get("Retry-After", "")
        seconds = min(float(wait), 3600.0) if wait.isascii() and wait.isdigit() else 0.0
        raise NotDelivered(f"the edge server answered {answer.status}", retry_after_seconds=seconds)
