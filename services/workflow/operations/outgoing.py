"""What leaves the service because of a change: events and notices, stored with the change and sent after it.

The one seam to the outbox: whoever has something to tell calls these, and nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`type` is past tense under its entity: `work_order.approved`."""

    type: str
    entity: str
    entity_id: int
    data: Mapping[str, Any] = field(default_factory=dict)


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
    """Keeps the events with this unit of work, in order for each item."""
    session.info.setdefault("events", []).extend(events)


def notify(session: Session, notices: Sequence[Notice]) -> None:
    session.info.setdefault("notices", []).extend(notices)
