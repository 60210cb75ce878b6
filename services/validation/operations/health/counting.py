"""Counts how operations end, outside of the transactions that they are: what was rolled back counts as well.

Counts gather in the process and are written by a thread of its own, at most once a second; a crash loses that second.
"""

import atexit
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from services.validation.domain.health.outcomes import BUCKETS, Outcome, bucket_of
from services.validation.models import OperationStat
from shared.db import Database
from shared.tenancy import Context

log = structlog.get_logger(__name__)

INTERVAL_SECONDS = 1.0
# So many different counts wait for a database that is away; further ones are lost.
MOST_WAITING = 10_000

Key = tuple[uuid.UUID, str, str, datetime]


@dataclass
class Tally:
    """The counts of one process. `db` has no pool: it is asked once a second at most."""

    db: Database
    _waiting: dict[Key, Counter[int]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _writing: threading.Lock = field(default_factory=threading.Lock)
    _bell: threading.Event = field(default_factory=threading.Event)
    _writer: threading.Thread | None = None

    def count(self, tenant_id: uuid.UUID, operation: str, outcome: Outcome, *, seconds: float) -> None:
        minute = datetime.now(UTC).replace(second=0, microsecond=0)
        key = (tenant_id, str(operation), str(outcome), minute)
        with self._lock:
            if key in self._waiting or len(self._waiting) < MOST_WAITING:
                self._waiting.setdefault(key, Counter())[bucket_of(seconds * 1000)] += 1
            self._man()
        self._bell.set()

    def write(self, *, is_last: bool = False) -> None:
        """Stores what waits; what cannot be stored goes on waiting, and nothing is said of it as the process ends."""
        with self._writing:
            with self._lock:
                taken, self._waiting = self._waiting, {}
            by_tenant: dict[uuid.UUID, dict[Key, Counter[int]]] = defaultdict(dict)
            for key, counts in taken.items():
                by_tenant[key[0]][key] = counts
            for tenant_id, found in by_tenant.items():
                try:
                    with self.db.transaction(Context(tenant_id=tenant_id)) as session:
                        add(session, found)
                except SQLAlchemyError as failure:
                    self._put_back(found)
                    if not is_last:
                        log.warning("outcomes_not_stored", error=type(failure).__name__)

    def _put_back(self, found: Mapping[Key, Counter[int]]) -> None:
        with self._lock:
            for key, counts in found.items():
                self._waiting.setdefault(key, Counter()).update(counts)

    def _man(self) -> None:
        """A process that was forked has no writer yet, whatever its parent had."""
        if self._writer is None or not self._writer.is_alive():
            self._writer = threading.Thread(target=self._work, name="outcomes", daemon=True)
            self._writer.start()
            atexit.register(self.write, is_last=True)

    def _work(self) -> None:
        while True:
            self._bell.wait()
            self._bell.clear()
            self.write()
            time.sleep(INTERVAL_SECONDS)


def add(session: Session, found: Mapping[Key, Counter[int]]) -> None:
    """Adds to the rows of these minutes, in one order, so that processes that write at once do not deadlock."""
    new = insert(OperationStat).values(list(_rows(found)))
    grown = {
        "count": OperationStat.count + new.excluded.count,
        "durations": text(
            "(select array_agg(coalesce(a, 0) + coalesce(b, 0) order by place)"
            " from unnest(operation_stats.durations, excluded.durations) with ordinality as each(a, b, place))"
        ),
    }
    session.execute(new.on_conflict_do_update(constraint="pk_operation_stats", set_=grown))


def _rows(found: Mapping[Key, Counter[int]]) -> Iterable[dict[str, Any]]:
    for (tenant_id, operation, outcome, minute), counts in sorted(found.items()):
        yield {
            "tenant_id": tenant_id,
            "operation": operation,
            "outcome": outcome,
            "minute": minute,
            "count": counts.total(),
            "durations": [counts[place] for place in range(len(BUCKETS) + 1)],
        }
