"""A tiny service that posts letters, with a sender that notes what it is handed."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import DeclarativeBase

from shared.db import TYPES, new_metadata
from shared.jobs.models import JobEventMixin, JobMixin
from shared.outbox.delivering import Courier
from shared.outbox.models import OutboxMixin
from shared.outbox.senders import Sender
from tests.fixtures.databases import TestDatabase

PRIVILEGES = {
    "outbox": ("select, insert, update", "select, insert, update, delete"),
    "jobs": ("select, insert, update, delete", "select, insert, update"),
    "job_events": ("select, insert", "select, insert, delete"),
}


class Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = TYPES


class Outbox(OutboxMixin, Base):
    __tablename__ = "outbox"


class JobEvent(JobEventMixin, Base):
    __tablename__ = "job_events"


class Job(JobMixin, Base):
    __tablename__ = "jobs"
    event_model = JobEvent


class Receiver:
    """Takes letters of one tenant; `behave` may raise, wait, or give the answer."""

    def __init__(self, tenant_id: uuid.UUID) -> None:
        self.tenant_id = tenant_id
        self.behave: Callable[[OutboxMixin], Any] = lambda _letter: None
        self.taken: list[OutboxMixin] = []
        self._lock = threading.Lock()

    def __call__(self, letter: OutboxMixin) -> Any:
        if letter.tenant_id != self.tenant_id:
            return None
        with self._lock:
            self.taken.append(letter)
        return self.behave(letter)

    @property
    def subjects(self) -> list[str]:
        return [letter.subject for letter in self.taken]


def courier(database: TestDatabase, sender: Sender, **options: Any) -> Courier:
    return Courier("sample", Outbox, {"test": sender}, relay_url=database.relay_url, jobs=Job, **options)
