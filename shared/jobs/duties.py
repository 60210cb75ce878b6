"""What a service wants done regularly under the relay's role, beside the jobs and never in their way."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum

import structlog
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.db import Database
from shared.metrics import DUTY_FAILURES
from shared.tenancy import Context

log = structlog.get_logger(__name__)

_AGAIN_SECONDS = 300.0
_POLL_SECONDS = 0.5


class Pass(Enum):
    """What a duty may answer; anything else means that it is through."""

    AGAIN = "again"


@dataclass(frozen=True)
class Duty:
    """Something to be done every so often, in a transaction of its own.

    One copy of the relay at a time does it; the interval holds for each copy. A function that answers `Pass.AGAIN` is
    called again at once, in another transaction; a duty that failed is tried again after at most five minutes.
    """

    name: str
    interval_seconds: float
    function: Callable[[Session], object]
    statement_timeout_seconds: float = 60.0
    first_after_seconds: float = 0.0


@dataclass
class Duties:
    """The duties of one service, done one after the other."""

    service: str
    db: Database
    duties: Sequence[Duty]
    stop: threading.Event
    _due: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        now = time.monotonic()
        self._due = {duty.name: now + duty.first_after_seconds for duty in self.duties}
        for duty in self.duties:
            DUTY_FAILURES.labels(self.service, duty.name)  # from 0 on, or nobody would see the first increase

    def loop(self) -> None:
        """Until told to stop."""
        while not self.stop.wait(_POLL_SECONDS):
            self.do_due()

    def do_due(self) -> None:
        for duty in self.duties:
            if self.stop.is_set():
                return
            if time.monotonic() >= self._due[duty.name]:
                self._due[duty.name] = time.monotonic() + self._do(duty)

    def _do(self, duty: Duty) -> float:
        """Seconds until it is due again."""
        try:
            while self._pass(duty) is Pass.AGAIN and not self.stop.is_set():
                pass
        except Exception:
            log.exception("relay_duty_failed", service=self.service, duty=duty.name)
            DUTY_FAILURES.labels(self.service, duty.name).inc()
            return min(duty.interval_seconds, _AGAIN_SECONDS)
        return duty.interval_seconds

    def _pass(self, duty: Duty) -> object:
        limit = duty.statement_timeout_seconds
        with self.db.transaction(Context(tenant_id=None), statement_timeout_seconds=limit) as session:
            lock = text("select pg_try_advisory_xact_lock(hashtextextended(:name, 1))")
            is_mine = session.scalar(lock, {"name": f"duty:{duty.name}"})
            return duty.function(session) if is_mine else None
