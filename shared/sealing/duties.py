"""Sealing, archiving, purging and verifying as regular duties of the relay."""

from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session

from shared.jobs.duties import Duty, Pass
from shared.metrics import AUDIT_FINDINGS
from shared.sealing.chain import Events, Mark, Seals, seal
from shared.sealing.retention import archive, purge
from shared.sealing.verification import verify

log = structlog.get_logger(__name__)

_DAY_SECONDS = 24 * 3600
# Not at the start: a relay that is restarted again and again would do nothing but read the log.
_VERIFY_AFTER_SECONDS = 3600


def audit_duties(service: str, events: Events, seals: Seals) -> tuple[Duty, ...]:
    """Seals every minute; archives, purges and verifies daily, in this order, because purging and verifying exclude
    each other."""
    log_of = _AuditLog(service, events, seals)
    return (
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
    mark: Mark | None = None

    def seal(self, session: Session) -> Pass | None:
        # Without patience: who is writing now will be through by the next minute.
        sealed = seal(session, self.events, self.seals, mark=self.mark, patience_seconds=0)
        self.mark = sealed.mark
        return Pass.AGAIN if sealed.more else None

    def archive(self, session: Session) -> None:
        archive(session, self.events, self.seals)

    def purge(self, session: Session) -> Pass | None:
        return Pass.AGAIN if purge(session, self.events, self.seals) else None

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
