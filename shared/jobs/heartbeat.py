"""Keeps the lease of a running job while its handler works."""

import threading
import time
from types import TracebackType
from typing import Self

import structlog
from sqlalchemy.exc import SQLAlchemyError

from shared.jobs.lease import extend
from shared.jobs.run import Run

log = structlog.get_logger(__name__)


class Heartbeat:
    """A thread that extends the lease four times per lease length, and tells the run when there is none any more.

    When the database cannot be reached for a whole lease the job may belong to somebody else by now, so the run is
    told the same.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="job-heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        # A beat that hangs on a dead connection must not keep the worker; the thread is a daemon.
        self._thread.join(timeout=2)

    def _loop(self) -> None:
        run, beat_at = self._run, time.monotonic()
        while not self._stop.wait(run.lease_seconds / 4):
            try:
                wanted = self._beat()
            except SQLAlchemyError:
                log.warning("job_heartbeat_failed", job_id=str(run.job.id), attempt=run.attempt)
                if time.monotonic() - beat_at > run.lease_seconds:
                    run.lost.set()
                continue
            beat_at = time.monotonic()
            if wanted is None:
                # Ended and handed-over jobs have no lease either; then nobody asks for it any more.
                run.lost.set()
                return
            if wanted:
                run.cancelled.set()

    def _beat(self) -> bool | None:
        with self._run.db.transaction(self._run.context) as session:
            return extend(session, self._run.job, lease_seconds=self._run.lease_seconds)
