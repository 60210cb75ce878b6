"""The courier: hands due letters to the senders of their kinds and has the outcome recorded.

A letter is claimed for a minute before it is sent and ended after it: a courier that dies in between makes it leave
twice, never not at all. Any number of couriers may work side by side.
"""

import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

import structlog
from sqlalchemy import exists, func, select, tuple_, update
from sqlalchemy.orm import Session, aliased

from shared.db import Database
from shared.jobs.lease import after
from shared.jobs.models import JobMixin
from shared.outbox.models import OutboxMixin
from shared.outbox.recording import put_back, record
from shared.outbox.senders import NotDelivered, NotWanted, Outcome, Sender, Undeliverable
from shared.tenancy import Context

log = structlog.get_logger(__name__)

BATCH = 200
CLAIM_SECONDS = 60.0
# What one target may take of a round, and how long it then lets others go first.
ROUND_SECONDS, REST_SECONDS = 10.0, 5.0
_NOBODY = Context(tenant_id=None)
Target = tuple[uuid.UUID, str, str]


class Courier:
    """Delivers the letters of one service; `jobs` is where replies go. Its `loop` is one of the relay's."""

    def __init__(
        self,
        service: str,
        model: type[OutboxMixin],
        senders: Mapping[str, Sender],
        *,
        relay_url: str,
        jobs: type[JobMixin] | None = None,
        threads: int = 4,
    ) -> None:
        self._service, self._model, self._senders, self._jobs = service, model, dict(senders), jobs
        self._threads = threads
        self._db = Database(relay_url, pool_size=threads, lock_wait_seconds=5)
        self._resting: dict[Target, float] = {}

    def loop(self, stop: threading.Event, *, poll_seconds: float = 0.5) -> None:
        """Until told to stop; a database that goes away is tried again with growing pauses."""
        pause = poll_seconds
        while not stop.wait(pause):
            try:
                pause = 0.0 if self.deliver() == BATCH else poll_seconds
            except Exception as failure:
                log.warning("outbox_round_failed", service=self._service, error=type(failure).__name__)
                pause = min(max(pause, poll_seconds) * 2, 15.0)
        self.close()

    def close(self) -> None:
        self._db.dispose()

    def deliver(self) -> int:
        """One round; returns how many letters were due. Targets are served side by side, each one's letters in turn."""
        with self._db.transaction(_NOBODY) as session:
            letters = sorted(self._claim(session), key=lambda letter: (*_target(letter), letter.number))
        groups = [list(group) for _, group in groupby(letters, key=_target)]
        with ThreadPoolExecutor(self._threads, thread_name_prefix=f"outbox-{self._service}") as pool:
            list(pool.map(self._deliver_group, groups))
        return len(letters)

    def _claim(self, session: Session) -> Sequence[OutboxMixin]:
        model, first = self._model, aliased(self._model)
        is_behind = exists().where(
            first.tenant_id == model.tenant_id,
            first.kind == model.kind,
            first.target == model.target,
            first.ordering_key == model.ordering_key,
            first.status == "pending",
            first.number < model.number,
        )
        due = [model.status == "pending", model.next_attempt_at <= func.clock_timestamp(), ~is_behind]
        now = time.monotonic()
        self._resting = {target: until for target, until in self._resting.items() if until > now}
        if self._resting:
            due.append(tuple_(model.tenant_id, model.kind, model.target).not_in(list(self._resting)))
        keys = (
            select(model.tenant_id, model.id)
            .where(*due)
            .order_by(model.next_attempt_at, model.number)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
            .cte("due")
        )
        return session.scalars(
            update(model)
            .where(model.tenant_id == keys.c.tenant_id, model.id == keys.c.id)
            .values(attempt=model.attempt + 1, next_attempt_at=after(CLAIM_SECONDS))
            .returning(model),
            execution_options={"synchronize_session": False},
        ).all()

    def _deliver_group(self, letters: Sequence[OutboxMixin]) -> None:
        """Letters of one target, until its time in this round is over or one of them does not arrive."""
        outcomes: list[Outcome] = []
        end = time.monotonic() + ROUND_SECONDS
        while len(outcomes) < len(letters) and time.monotonic() < end:
            outcomes.append(self._send(letters[len(outcomes)]))
            if outcomes[-1].status == "pending":
                break
        left = letters[len(outcomes) :]
        if left:
            self._resting[_target(letters[0])] = time.monotonic() + REST_SECONDS
        with self._db.transaction(_NOBODY) as session:
            record(session, self._model, self._jobs, outcomes)
            put_back(session, self._model, left)

    def _send(self, letter: OutboxMixin) -> Outcome:
        try:
            sender = self._senders.get(letter.kind)
            if sender is None:
                raise Undeliverable(f"nobody delivers letters of the kind {letter.kind}")
            return Outcome(letter, "delivered", answer=sender(letter))
        except NotWanted as reason:
            return Outcome(letter, "skipped", str(reason))
        except Undeliverable as reason:
            log.warning("outbox_undeliverable", service=self._service, letter=str(letter.id), reason=str(reason))
            return Outcome(letter, "failed", str(reason))
        except NotDelivered as reason:
            return Outcome(letter, "pending", str(reason), pause_seconds=reason.retry_after_seconds)
        except Exception as failure:
            log.exception("outbox_sender_failed", service=self._service, letter=str(letter.id))
            return Outcome(letter, "pending", f"internal: {type(failure).__name__}")


def _target(letter: OutboxMixin) -> Target:
    return letter.tenant_id, letter.kind, letter.target
