"""Calls that are not worth a transaction each, refused ones and polls without news: logged many at a time.

They wait in this process for some seconds at most as long as edges call; whoever reads the log here has them written
first. A process that ends takes those of its last seconds along.
"""

import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock
from typing import Final

import flask
import structlog
from sqlalchemy.exc import DBAPIError, TimeoutError

from services.sync.operations.edges.contacts import Told, log_calls
from shared.db import Database
from shared.tenancy import Context

LONGEST_SECONDS: Final = 5.0
MOST: Final = 500
TOO_MANY: Final = 10 * MOST
Logged = list[tuple[datetime, Told]]
log = structlog.get_logger(__name__)


class Gathered:
    """The calls of one process."""

    def __init__(
        self, db: Database, *, longest_seconds: float = LONGEST_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.longest_seconds = longest_seconds
        self._db, self._clock = db, clock
        self._waiting: dict[uuid.UUID, Logged] = defaultdict(list)
        # When the first of those came that nobody has tried to write yet, and how many they are.
        self._since, self._fresh = 0.0, 0
        self._lock = Lock()

    def note(self, tenant_id: uuid.UUID | None, told: Told) -> None:
        if tenant_id is None:
            return
        with self._lock:
            self._since = self._since if self._fresh else self._clock()
            self._fresh += 1
            self._waiting[tenant_id].append((datetime.now(UTC), told))

    def is_due(self) -> bool:
        is_old = self._fresh > 0 and self._clock() - self._since >= self.longest_seconds
        return is_old or self._fresh >= MOST

    def write(self) -> None:
        """Logs what waits, each company's calls in one transaction; what the database does not take waits again.

        A log is not worth a refusal: nothing is raised.
        """
        with self._lock:
            waiting, self._waiting, self._fresh = self._waiting, defaultdict(list), 0
        for tenant_id, calls in waiting.items():
            try:
                with self._db.transaction(Context(tenant_id=tenant_id)) as session:
                    log_calls(session, calls)
            except (DBAPIError, TimeoutError):
                log.warning("edge_calls_not_logged", calls=len(calls), exc_info=True)
                self._put_back(tenant_id, calls)

    def _put_back(self, tenant_id: uuid.UUID, calls: Logged) -> None:
        with self._lock:
            self._waiting[tenant_id][:0] = calls
            del self._waiting[tenant_id][:-TOO_MANY]


def calls_gathered() -> Gathered:
    found: Gathered = flask.current_app.extensions["edge_calls"]
    return found
