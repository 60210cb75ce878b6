"""Whether the database holds what it is to enforce: asked when a process starts, and every five minutes after."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy import func, update
from sqlalchemy.orm import Session

from services.validation.models import Schedule
from services.validation.operations.entry import HOURLY_REPORT
from services.validation.queries.constraints import missing
from shared.db import Database
from shared.tenancy import Context

log = structlog.get_logger(__name__)

INTERVAL_SECONDS = 300.0
_LIMIT_SECONDS = 2.0


@dataclass
class Assertion:
    """What one web process knows. Once it has found everything there it goes on whatever vanishes: requests that are
    stopped do not bring a constraint back. Until then it looks each time it is asked, so that it is ready as soon as
    the database is mended."""

    db: Database
    clock: Callable[[], float] = time.monotonic
    has_passed: bool = False
    missing: tuple[str, ...] = ()
    _due: float = 0.0

    def look(self) -> None:
        """Raises SQLAlchemyError where the database cannot be asked."""
        if self.has_passed and self.clock() < self._due:
            return
        with self.db.transaction(Context(tenant_id=None), statement_timeout_seconds=_LIMIT_SECONDS) as session:
            found = tuple(missing(session)[0])
        if found != self.missing:
            log.error("constraints_missing", constraints=found) if found else log.info("constraints_complete")
        self.missing, self._due = found, self.clock() + INTERVAL_SECONDS
        self.has_passed = self.has_passed or not found


@dataclass
class Watch:
    """The relay's look: what vanished or came back brings the hourly reports forward, which alert and recover."""

    known: tuple[str, ...] = ()

    def __call__(self, session: Session) -> None:
        found = tuple(missing(session)[0])
        if found == self.known:
            return
        log.warning("constraints_changed", missing=found)
        hourly = update(Schedule).where(Schedule.name == HOURLY_REPORT, Schedule.active)
        session.execute(hourly.values(next_run_at=func.now()), execution_options={"synchronize_session": False})
        self.known = found
