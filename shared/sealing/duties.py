"""Sealing, archiving, purging and verifying as regular duties of the relay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import Table
from sqlalchemy.orm import Session

from shared.auditing.spool import move_spool
from shared.jobs.duties import Duty, Pass
from shared.metrics import AUDIT_FINDINGS
from shared.sealing.chain import Events, Mark, Seals, seal
from shared.sealing.retention import archive, purge
from shared.sealing.verification import verify

log = structlog.get_logger(__name__)

AT_ONCE = 1000
_DAY_SECONDS = 24 * 3600
# Not at the start: a relay that is restarted again and again would do nothing but read the log.
_VERIFY_AFTER_SECONDS = 3600


def audit_duties(
    service: str, events: Events, seals: Seals, *, records: Sequence[Table] = (), archive_days: int = 730
) -> tuple[Duty, ...]:
    """Seals every minute; archives, purges and verifies daily, in this order, because purging and verifying exclude
    each other. Empties the spool, if there is one; `records` are as in `move_spool`, `archive_days` is how
    long archived rows are kept."""
    log_of = _AuditLog(service, events, seals, records, timedelta(days=archive_days))
    return (
        *((Duty("spool", 10, log_of.move_spool),) if events.spool else ()),
        Duty("seal", 60, log_of.seal, statement_timeout_seconds=300),
        Duty("archive", _DAY_SECONDS, log_of.archive, statement_timeout_seconds=300, first_after_seconds=300),
        Duty("purge", _DAY_SECONDS, log_of.purge, statement_timeout_seconds=300, first_after_seconds=600),
        Duty(
            "verify",
            _DAY_SECONDS,
            log_of.verify,
            statement_timeout_seconds=1800,
            first_after_seconds=_VERIFY_AFTER_SECONDS,
        ),
    )


@dataclass
class _AuditLog:
    """`mark` is what the last pass of sealing could not get through with; it stays true whatever becomes of the
    transaction that noted it."""

    service: str
    events: Events
    seals: Seals
    records: Sequence[Table]
    archived_for: timedelta
    mark: Mark | None = None

    def move_spool(self, session: Session) -> Pass | None:
        assert self.events.spool is not None
        moved = move_spool(session, self.events.__table__, self.events.spool, self.records, at_most=AT_ONCE)  # type: ignore[attr-defined]
        return Pass.AGAIN if moved == AT_ONCE else None

    def seal(self, session: Session) -> Pass | None:
        # Without patience: who is writing now will be through by the next minute.
        sealed = seal(session, self.events, self.seals, mark=self.mark, patience_seconds=0)
        self.mark = sealed.mark
        return Pass.AGAIN if sealed.more else None

    def archive(self, session: Session) -> None:
        archive(session, self.events, self.seals)

    def purge(self, session: Session) -> Pass | None:
        return Pass.AGAIN if purge(session, self.events, self.seals, archived_for=self.archived_for) else None

    def verify(self, session: Session) -> None:
        found = verify(session, self.events, self.seals)
        AUDIT_FINDINGS.labels(self.service).set(len(found.findings))
        report = log.info if found.intact else log.error
        report(
            "audit_verified",
            service=self.service,
            seals=found.seals,
            rows=found.rows,
            unsealed_rows=found.unsealed_rows,
            findings=[finding.as_dict() for finding in found.findings[:20]],
        )
