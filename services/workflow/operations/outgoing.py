"""What leaves the service because of a change: events and notices, stored with the change and sent after it.

The one seam to the outbox: whoever has something to tell calls these, and nothing else.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from services.workflow.domain.search.entities import found_as
from services.workflow.models import JobEvent, Outbox, Webhook
from services.workflow.operations.search.freshness import items_changed
from shared.jobs.events import record_event
from shared.outbox.writing import Letter, post_many
from shared.tenancy import tenant_of
from shared.webhooks.publishing import Event as PublishedEvent
from shared.webhooks.publishing import publish

NOTICE: Final = "notice"
_SOME: Final = 50
_NOTHING: Final[Mapping[str, Any]] = {}
NOTICES: Final = uuid.UUID("3f0f2f63-8d55-4f0b-9f0a-6f2f1c1a7b52")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`type` is past tense under its entity: `work_order.approved`. What many share is best the same `data`."""

    type: str
    entity: str
    entity_id: int
    version: int | None = None
    data: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """An event that one person (or vendor) hears of: one for each event, item version and recipient."""

    event: str
    recipient: str
    entity: str
    entity_id: int
    version: int
    data: Mapping[str, Any] = field(default_factory=dict)


def emit(session: Session, events: Sequence[Event]) -> None:
    """A letter for each event and each webhook that wants it, in the order of an item; and the live stream.

    No kept answer of the search shows items of these kinds any more.
    """
    if len(events) < _SOME or _has_listeners(session):
        publish(session, Outbox, Webhook, [_published(event) for event in events])
    for _look, alike in groupby(events, key=lambda event: (event.type, event.entity, id(event.data))):
        _show_live(session, list(alike))
    items_changed(session, *dict.fromkeys(name for event in events for name in found_as(event.entity)))


def _has_listeners(session: Session) -> bool:
    """Worth a question before a thousand messages are made for nobody."""
    listens = exists().where(Webhook.tenant_id == tenant_of(session), Webhook.active)
    return bool(session.scalar(select(listens)))


def notify(session: Session, notices: Sequence[Notice]) -> None:
    """A letter for each notice; its id is made of what makes it one, so that no second one can be stored."""
    post_many(session, Outbox, [_letter(session, notice) for notice in notices])


def _show_live(session: Session, events: Sequence[Event]) -> None:
    """Into the ring of events, with which the stream resumes; each kind of item is a job there. `events` are alike."""
    tenant_id, first = tenant_of(session), events[0]
    record_event(
        session,
        JobEvent,
        tenant_id=tenant_id,
        job_id=uuid.uuid5(tenant_id, first.entity),
        requested_by=None,
        type=first.type,
        data={"entity": first.entity, **first.data},
        numbers={
            "entity_id": [event.entity_id for event in events],
            "version": [event.version for event in events],
        },
    )


def _published(event: Event) -> PublishedEvent:
    version = {} if event.version is None else {"version": event.version}
    data = {"entity": event.entity, "entity_id": event.entity_id, **event.data, **version}
    return PublishedEvent(event.type, data, ordering_key=f"{event.entity}:{event.entity_id}")


def _letter(session: Session, notice: Notice) -> Letter:
    item = f"{notice.entity}:{notice.entity_id}"
    about = (tenant_of(session), notice.event, item, notice.version, notice.recipient)
    return Letter(
        kind=NOTICE,
        subject=notice.event,
        target=notice.recipient,
        payload={"entity": notice.entity, "entity_id": notice.entity_id, **notice.data},
        ordering_key=item,
        id=uuid.uuid5(NOTICES, "\x1f".join(map(str, about))),
    )
