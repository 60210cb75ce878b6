"""Events become letters to the webhooks that asked for them, within the unit of work that they tell of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Text, bindparam, column, func, insert, literal, or_, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from shared.outbox.models import OutboxMixin
from shared.outbox.writing import origin
from shared.tenancy import tenant_of
from shared.webhooks.models import WebhookMixin

KIND = "webhook"
TEST_EVENT = "webhook.test"


@dataclass(frozen=True, slots=True)
class Event:
    """What happened: a dotted word in the past tense, and data that a receiver may see.

    Events with the same `ordering_key` (one thing's id) reach each webhook in their order.
    """

    type: str
    data: Mapping[str, Any] = field(default_factory=dict)
    ordering_key: str | None = None

    def message(self) -> dict[str, Any]:
        return {"type": self.type, "timestamp": datetime.now(UTC).isoformat(), "data": dict(self.data)}


def publish(session: Session, outbox: type[OutboxMixin], webhooks: type[WebhookMixin], events: Sequence[Event]) -> int:
    """Writes a letter for each event and each active webhook that wants it, with one statement; returns how many."""
    if not events:
        return 0
    session.flush()
    sent = [
        {"n": n, "type": event.type, "key": event.ordering_key, "message": event.message()}
        for n, event in enumerate(events)
    ]
    event = (
        func.jsonb_to_recordset(bindparam("events", sent, JSONB))
        .table_valued(column("n", BigInteger), column("type", Text), column("key", Text), column("message", JSONB))
        .render_derived(name="event", with_types=True)
    )
    wants = or_(func.cardinality(webhooks.event_types) == 0, event.c.type == func.any(webhooks.event_types))
    where_from = origin(session)
    letters = (
        select(
            literal(KIND),
            event.c.type,
            webhooks.id.cast(Text),
            event.c.key,
            event.c.message,
            *(literal(value, getattr(outbox, name).type) for name, value in where_from.items()),
        )
        .select_from(event)
        .join(webhooks, true())
        .where(webhooks.tenant_id == tenant_of(session), webhooks.active, wants)
        .order_by(event.c.n, webhooks.id)
    )
    names = ["kind", "subject", "target", "ordering_key", "payload", *where_from]
    statement = insert(outbox).from_select(names, letters, include_defaults=False)
    written = session.execute(statement, execution_options={"preserve_rowcount": True})
    return int(written.rowcount)  # type: ignore[attr-defined]
